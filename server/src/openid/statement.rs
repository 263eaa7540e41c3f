//! Who signed in: an id token is believed only after all of OpenID Connect Core 3.1.3.7.
//!
//! The library checks issuer, audience, signature and nonce. Times are judged here: a statement made for this very
//! attempt whose times do not fit tells of a clock.

use std::time::UNIX_EPOCH;

use openidconnect::core::{
    CoreGenderClaim, CoreJsonWebKey, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm,
};
use openidconnect::{
    AdditionalClaims, ClaimsVerificationError, ClientId, IdToken, IdTokenVerifier, IssuerUrl, Nonce, UserInfoClaims,
};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::description::{Keys, Provider};
use super::{Fault, Registration};
use crate::model::Timestamp;
use crate::net::trace::printable;
use crate::oauth::identity::{self, doubt, judge_times};

/// Longest name, address or subject taken out of a statement, in bytes; a subject has 255 at most (Core 2).
const MAX_TEXT_BYTES: usize = 320;
/// How many values of a claim are looked at.
const MAX_VALUES: usize = 1_000;

/// Everything a provider claims beside the standard claims.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(super) struct Claims {
    #[serde(flatten)]
    all: Map<String, Value>,
}

impl AdditionalClaims for Claims {}

pub(super) type Statement =
    IdToken<Claims, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>;

/// Who signed in, as the provider proves and says it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Person {
    /// With the issuer, what a person is known by.
    pub subject: String,
    /// Empty where the provider does not say.
    pub email: String,
    pub email_verified: bool,
    /// What they sign in with there, which may be an address: `preferred_username`, or `upn` at Microsoft.
    pub username: String,
    /// Empty where the provider does not say.
    pub name: String,
    pub(crate) claims: Map<String, Value>,
}

/// Why a statement is not believed.
#[derive(Debug)]
pub(super) enum Doubt {
    /// The keys at hand do not hold the one it is signed with.
    UnknownKey,
    Fault(Fault),
}

impl From<Doubt> for Fault {
    fn from(doubt: Doubt) -> Self {
        match doubt {
            Doubt::UnknownKey => Self::unproven("it is signed with a key that is none of the provider's"),
            Doubt::Fault(fault) => fault,
        }
    }
}

impl From<identity::Doubt> for Doubt {
    fn from(doubt: identity::Doubt) -> Self {
        match doubt {
            identity::Doubt::UnknownKey => Self::UnknownKey,
            identity::Doubt::Problem(problem) => Self::Fault(problem.into()),
        }
    }
}

/// Who signed in, if `statement` proves it.
///
/// # Errors
/// Why it does not, or that the keys may be out of date.
pub(super) fn prove(
    statement: &Statement,
    registration: &Registration,
    provider: &Provider,
    keys: &Keys,
    nonce: &SecretString,
    now: Timestamp,
) -> Result<Person, Doubt> {
    let unproven = |detail: &str| Doubt::Fault(Fault::unproven(detail));
    let issuer = IssuerUrl::new(provider.issuer.clone()).map_err(|_| unproven("its issuer is no address"))?;
    let client_id = ClientId::new(registration.client_id.clone());
    // A public client's verifier has no secret: a statement sealed with the client secret is none of the provider's.
    let verifier = IdTokenVerifier::<CoreJsonWebKey>::new_public_client(client_id, issuer, keys.clone())
        .set_allowed_algs([
            CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
            CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
            CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
            CoreJwsSigningAlgorithm::RsaSsaPssSha256,
            CoreJwsSigningAlgorithm::RsaSsaPssSha384,
            CoreJwsSigningAlgorithm::RsaSsaPssSha512,
            CoreJwsSigningAlgorithm::EcdsaP256Sha256,
            CoreJwsSigningAlgorithm::EcdsaP384Sha384,
            CoreJwsSigningAlgorithm::EdDsa,
        ])
        // Nothing has ended by then: the times are judged below, once the nonce is known to be ours.
        .set_time_fn(|| UNIX_EPOCH.into());
    let claims =
        statement.claims(&verifier, &Nonce::new(nonce.expose_secret().to_owned())).map_err(|error| match error {
            ClaimsVerificationError::InvalidIssuer(_) => unproven("it was issued by another provider"),
            error => doubt(&error).into(),
        })?;
    let all = &claims.additional_claims().all;
    judge_times(claims, all.get("nbf").and_then(Value::as_i64), now)?;
    let subject = claims.subject().as_str();
    if subject.is_empty() || subject.len() > MAX_TEXT_BYTES {
        return Err(unproven("it says nothing of who signed in"));
    }
    let upn = all.get("upn").and_then(Value::as_str);
    let username = claims.preferred_username().map(|name| name.as_str()).or(upn);
    let name = claims.name().and_then(|name| name.get(None)).map(|name| name.as_str());
    Ok(Person {
        subject: subject.to_owned(),
        email: clean(claims.email().map(|email| email.as_str())),
        email_verified: claims.email_verified().unwrap_or_default(),
        username: clean(username),
        name: clean(name),
        claims: all.clone(),
    })
}

fn clean(text: Option<&str>) -> String {
    printable(text.unwrap_or_default().trim(), MAX_TEXT_BYTES)
}

impl Person {
    /// True where the statement leaves out the address, or the claim that is wanted.
    pub(super) fn lacks(&self, claim: Option<&str>) -> bool {
        self.email.is_empty() || claim.is_some_and(|claim| self.claimed(claim).is_none())
    }

    /// Takes over what the provider tells about this person beside the statement. What is proven already stays.
    pub(super) fn learn(&mut self, told: &UserInfoClaims<Claims, CoreGenderClaim>) {
        // An address and whether it is verified belong together.
        if self.email.is_empty() {
            self.email = clean(told.email().map(|email| email.as_str()));
            self.email_verified = told.email_verified().unwrap_or_default();
        }
        if self.username.is_empty() {
            self.username = clean(told.preferred_username().map(|name| name.as_str()));
        }
        if self.name.is_empty() {
            self.name = clean(told.name().and_then(|name| name.get(None)).map(|name| name.as_str()));
        }
        for (name, value) in &told.additional_claims().all {
            self.claims.entry(name.clone()).or_insert_with(|| value.clone());
        }
    }

    /// The values of a claim, one or a list of them. A dot leads into what is nested (`realm_access.roles`), unless
    /// a claim has that very name.
    #[must_use]
    pub fn values(&self, claim: &str) -> Vec<String> {
        match self.claimed(claim) {
            Some(Value::Array(values)) => values.iter().take(MAX_VALUES).filter_map(text_of).collect(),
            Some(value) => text_of(value).into_iter().collect(),
            None => Vec::new(),
        }
    }

    fn claimed(&self, claim: &str) -> Option<&Value> {
        self.claims.get(claim).or_else(|| {
            let mut names = claim.split('.');
            let first = self.claims.get(names.next()?)?;
            names.try_fold(first, |value, name| value.get(name))
        })
    }
}

fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(yes) => Some(yes.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn person(claims: &Value) -> Person {
        Person { claims: claims.as_object().unwrap().clone(), ..Person::default() }
    }

    #[test]
    fn a_claim_has_one_value_or_many_and_may_be_nested() {
        let found = person(&json!({
            "groups": ["staff", 7, {"no": "text"}], "role": "admin", "realm_access": {"roles": ["a", "b"]},
            "https://example.com/roles": ["c"],
        }));
        assert_eq!(found.values("groups"), ["staff", "7"]);
        assert_eq!(found.values("role"), ["admin"]);
        assert_eq!(found.values("realm_access.roles"), ["a", "b"]);
        assert_eq!(found.values("https://example.com/roles"), ["c"]);
        for none in ["", "realm_access.none", "role.x", "nobody"] {
            assert_eq!(found.values(none), Vec::<String>::new(), "{none}");
        }
    }
}
