//! The key that mail of a domain is signed with: 2048-bit RSA, which every receiver can verify (RFC 8301).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use chacha20poly1305::aead::OsRng;
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use rsa::RsaPrivateKey;
use rsa::pkcs8::{EncodePrivateKey as _, EncodePublicKey as _};
use secrecy::{ExposeSecret as _, SecretString};
use zeroize::Zeroizing;

use crate::error::{Error, Result};

const BITS: usize = 2048;

/// A key that was just made.
pub(super) struct NewKey {
    /// SubjectPublicKeyInfo in base64, as the record holds it.
    pub public: String,
    /// PKCS #8 in base64.
    pub private: SecretString,
}

/// Makes a key. This takes a moment of computing, so it is done on a thread that may.
pub(super) async fn make() -> Result<NewKey> {
    tokio::task::spawn_blocking(|| {
        let unusable = |error: &dyn std::fmt::Display| Error::stored("a new key")(error.to_string().into());
        let key = RsaPrivateKey::new(&mut OsRng, BITS).map_err(|error| unusable(&error))?;
        let public = key.to_public_key().to_public_key_der().map_err(|error| unusable(&error))?;
        let private = key.to_pkcs8_der().map_err(|error| unusable(&error))?;
        let private = SecretString::from(BASE64.encode(private.as_bytes()));
        Ok(NewKey { public: BASE64.encode(public.as_bytes()), private })
    })
    .await?
}

/// Signs with RSASSA-PKCS1-v1_5 and SHA-256 (RFC 6376 3.3.2); the signature in base64.
pub(super) fn sign(private: &SecretString, data: &[u8]) -> Result<String> {
    let unreadable = |why: String| Error::stored("sender_domains.private_key")(why.into());
    let der =
        BASE64.decode(private.expose_secret()).map(Zeroizing::new).map_err(|error| unreadable(error.to_string()))?;
    let key = RsaKeyPair::from_pkcs8(&der).map_err(|error| unreadable(error.to_string()))?;
    let mut signature = vec![0; key.public().modulus_len()];
    key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), data, &mut signature)
        .map_err(|_| unreadable("it does not sign".to_owned()))?;
    Ok(BASE64.encode(signature))
}
