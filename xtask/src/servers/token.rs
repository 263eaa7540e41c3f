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
