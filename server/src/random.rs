//! Secrets that are only recognised, never read: made at random, stored as a hash.

use rand::RngCore as _;
use secrecy::SecretString;
use sha2::{Digest as _, Sha256};

/// 256 random bits, hexadecimal.
#[must_use]
pub fn secret() -> SecretString {
    let mut bytes = [0_u8; 32];
    rand::rng().fill_bytes(&mut bytes);
    SecretString::from(bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
}

/// What is stored of a secret: its SHA-256. There is nothing to guess in 256 random bits, so no salt is needed.
pub(crate) fn hash(secret: &str) -> Vec<u8> {
    Sha256::digest(secret).to_vec()
}
