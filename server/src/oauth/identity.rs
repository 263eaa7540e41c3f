//! Who signed in: an id token is believed only after all of OpenID Connect Core 3.1.3.7.
//!
//! The library checks audience, signature and nonce. Its rules of issuer and time are replaced: Microsoft's
//! issuer has a gap in it, and a statement made for this very attempt whose times do not fit tells of a clock.

use std::time::UNIX_EPOCH;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openidconnect::core::{
    CoreGenderClaim, CoreJsonWebKey, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm,
};
use openidconnect::{
    AdditionalClaims, ClaimsVerificationError, ClientId, IdToken, IdTokenClaims, IdTokenVerifier, IssuerUrl, Nonce,
    SignatureVerificationError,
};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};

use super::application::Application;
use super::grant::Identity;
use super::provider::{Keys, Provider};
use crate::model::oauth::is_guid;
use crate::model::{OAuthProvider, Problem, Timestamp};
use crate::net::trace::printable;

/// How far clocks may differ.
const LEEWAY_SECONDS: i64 = 5 * 60;
/// Longest name or address taken out of a statement, in bytes.
const MAX_TEXT_BYTES: usize = 320;

/// What Microsoft adds to the standard claims.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(super) struct Claims {
    tid: Option<String>,
    oid: Option<String>,
    upn: Option<String>,
    nbf: Option<i64>,
}

impl AdditionalClaims for Claims {}

pub(super) type Statement =
    IdToken<Claims, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>;

/// Why a statement is not believed.
#[derive(Debug)]
pub(crate) enum Doubt {
    /// The keys at hand do not hold the one it is signed with.
    UnknownKey,
    Problem(Problem),
}

/// Who signed in, if `statement` proves it.
///
/// # Errors
/// [`Problem::IdentityUnproven`], [`Problem::ClockDiffers`], [`Problem::AccountNotInTenant`], or that the keys
/// may be out of date.
pub(super) fn prove(
    statement: &Statement,
    application: &Application,
    provider: &Provider,
    keys: &Keys,
    nonce: &SecretString,
    now: Timestamp,
) -> Result<Identity, Doubt> {
    let issuer = IssuerUrl::new(provider.issuer.0.clone()).map_err(|_| unproven("its issuer is no address"))?;
    let client_id = ClientId::new(application.client_id.clone());
    // A public client's verifier has no secret: a statement sealed with the client secret is none of the provider's.
    let verifier = IdTokenVerifier::<CoreJsonWebKey>::new_public_client(client_id, issuer, keys.set.clone())
        .set_allowed_algs([
            CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
            CoreJwsSigningAlgorithm::RsaSsaPssSha256,
            CoreJwsSigningAlgorithm::EcdsaP256Sha256,
        ])
        .require_issuer_match(false)
        // Nothing has ended by then: the times are judged below, once the nonce is known to be ours.
        .set_time_fn(|| UNIX_EPOCH.into());
    let claims =
        statement.claims(&verifier, &Nonce::new(nonce.expose_secret().to_owned())).map_err(|error| doubt(&error))?;
    judge_times(claims, claims.additional_claims().nbf, now)?;
    let tenant_id = judge_tenant(claims, application, provider)?;
    let said = claims.issuer().as_str();
    if !provider.issuer.is(said, tenant_id) {
        return Err(unproven(&format!("it was issued by {said}")));
    }
    let for_key = key_id(statement).and_then(|key_id| keys.issuers.get(&key_id));
    if for_key.is_some_and(|issuer| !issuer.is(said, tenant_id)) {
        return Err(unproven("it is signed with a key that is another issuer's"));
    }
    Ok(identity(claims))
}

/// Why the library does not believe a statement.
pub(crate) fn doubt(error: &ClaimsVerificationError) -> Doubt {
    // The library's words quote the statement; these do not.
    unproven(match error {
        ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey) => {
            return Doubt::UnknownKey;
        }
        ClaimsVerificationError::SignatureVerification(
            SignatureVerificationError::DisallowedAlg(_)
            | SignatureVerificationError::UnsupportedAlg(_)
            | SignatureVerificationError::NoSignature,
        ) => "it is not signed in a way that proves anything",
        ClaimsVerificationError::SignatureVerification(_) => "its signature is wrong",
        ClaimsVerificationError::InvalidAudience(_) => "it is meant for another application",
        ClaimsVerificationError::InvalidNonce(_) => "it was made for another sign-in (its nonce is wrong)",
        ClaimsVerificationError::InvalidSubject(_) => "it says nothing of who signed in",
        _ => "it is malformed",
    })
}

/// A statement that proves nothing, and why.
pub(crate) fn unproven(detail: &str) -> Doubt {
    Doubt::Problem(Problem::IdentityUnproven { detail: printable(detail, MAX_TEXT_BYTES) })
}

/// A statement with our nonce was made for this attempt: where its times do not fit, a clock is wrong.
pub(crate) fn judge_times<C: AdditionalClaims>(
    claims: &IdTokenClaims<C, CoreGenderClaim>,
    not_before: Option<i64>,
    now: Timestamp,
) -> Result<(), Doubt> {
    let now_seconds = now.0.div_euclid(1_000);
    let (made, ends) = (claims.issue_time().timestamp(), claims.expiration().timestamp());
    if ends <= made {
        return Err(unproven("it ended before it was made"));
    }
    let begins = not_before.unwrap_or(made).max(made);
    let differs = |detail: String| Err(Doubt::Problem(Problem::ClockDiffers { detail }));
    let ahead = begins.saturating_sub(now_seconds);
    let behind = now_seconds.saturating_sub(ends);
    if ahead > LEEWAY_SECONDS {
        differs(format!("the provider's is at least {ahead} s ahead of this machine's"))
    } else if behind > LEEWAY_SECONDS {
        let made_ago = now_seconds.saturating_sub(made);
        differs(format!("this machine's is up to {made_ago} s ahead of the provider's"))
    } else {
        Ok(())
    }
}

/// The tenant of the account, if it is one that may sign in here. Always set at Microsoft.
fn judge_tenant<'a>(
    claims: &'a IdTokenClaims<Claims, CoreGenderClaim>,
    application: &Application,
    provider: &Provider,
) -> Result<Option<&'a str>, Doubt> {
    let tenant_id = claims.additional_claims().tid.as_deref();
    if application.provider == OAuthProvider::Google {
        return Ok(tenant_id);
    }
    let Some(tenant_id) = tenant_id.filter(|tenant_id| !tenant_id.is_empty()) else {
        return Err(unproven("it says nothing of the tenant"));
    };
    let personal = tenant_id.eq_ignore_ascii_case(Identity::PERSONAL_TENANT);
    let wanted = match application.tenant.to_ascii_lowercase().as_str() {
        "common" => None,
        "organizations" if personal => Some("any organisation"),
        "organizations" => None,
        "consumers" if !personal => Some("personal accounts"),
        // The provider itself says which id a domain stands for.
        _ => provider.issuer.tenant().filter(|tenant| !tenant.eq_ignore_ascii_case(tenant_id)),
    };
    // An id that was typed is compared itself, too, whatever the provider says it stands for.
    let typed =
        Some(application.tenant.as_str()).filter(|tenant| is_guid(tenant) && !tenant.eq_ignore_ascii_case(tenant_id));
    match wanted.or(typed) {
        None => Ok(Some(tenant_id)),
        Some(wanted) => Err(Doubt::Problem(Problem::AccountNotInTenant {
            reply: printable(&format!("the account is of the tenant {tenant_id}, not of {wanted}"), MAX_TEXT_BYTES),
        })),
    }
}

/// The key a statement says it is signed with (RFC 7515 4.1.4).
fn key_id(statement: &Statement) -> Option<String> {
    let text = statement.to_string();
    let header = URL_SAFE_NO_PAD.decode(text.split('.').next()?).ok()?;
    let header: serde_json::Value = serde_json::from_slice(&header).ok()?;
    header.get("kid")?.as_str().map(str::to_owned)
}

fn identity(claims: &IdTokenClaims<Claims, CoreGenderClaim>) -> Identity {
    let clean = |text: &str| printable(text.trim(), MAX_TEXT_BYTES);
    let more = claims.additional_claims();
    let email = claims.email().map(|email| email.as_str());
    let username = claims.preferred_username().map(|name| name.as_str());
    let email = [email, username, more.upn.as_deref()].into_iter().flatten().find(|text| !text.trim().is_empty());
    let name = claims.name().and_then(|name| name.get(None)).map(|name| name.as_str());
    Identity {
        issuer: claims.issuer().as_str().to_owned(),
        subject: claims.subject().as_str().to_owned(),
        tenant_id: more.tid.clone(),
        object_id: more.oid.clone(),
        email: clean(email.unwrap_or_default()),
        name: clean(name.unwrap_or_default()),
    }
}
