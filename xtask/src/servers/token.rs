//! Access tokens for XOAUTH2 and OAUTHBEARER, which Dovecot believes by their signature (RFC 7519, HS256).

use std::path::Path;

use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use ring::hmac;
use serde_json::json;

use super::people::Person;
use super::{make_folder, write};
use crate::failure::Result;

/// Known to all: whoever reads this may sign in to the test servers.
const KEY: &[u8] = b"the signing key of the test servers, known to all";

/// A token that is good until 2049.
pub fn for_person(person: &Person) -> String {
    let header = encode(&json!({ "alg": "HS256", "typ": "JWT" }));
    let mut claims = json!({
        "sub": person.address,
        "upn": person.address,
        "iat": 1_577_836_800,
        "exp": 2_493_072_000_u32,
    });
    if let Some(claims) = claims.as_object_mut() {
        claims.extend(person.shared_mailboxes().map(|shared| (shared.full_access_claim(), shared.address.into())));
    }
    let claims = encode(&claims);
    let signed = format!("{header}.{claims}");
    let signature = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, KEY), signed.as_bytes());
    format!("{signed}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature))
}

/// Puts the key where Dovecot looks for it: party, algorithm, key id.
pub fn write_key(folder: &Path) -> Result<()> {
    let keys = folder.join("keys/default/HS256");
    make_folder(&keys)?;
    write(&keys.join("default"), &BASE64_STANDARD.encode(KEY))
}

fn encode(value: &serde_json::Value) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(value.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::servers::PEOPLE;

    #[test]
    fn a_members_token_names_the_shared_mailboxes_and_nobody_elses_does() {
        for (address, names_desk) in [("ada@example.test", true), ("bob@example.test", false)] {
            let person = PEOPLE.iter().find(|person| person.address == address).unwrap();
            let token = for_person(person);
            let claims = BASE64_URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
            let claims: serde_json::Value = serde_json::from_slice(&claims).unwrap();
            assert_eq!(claims["upn"], address);
            assert_eq!(claims.get("full_access desk@example.test").is_some(), names_desk, "{address}");
        }
    }
}
