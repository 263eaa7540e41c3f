//! Secrets that are only recognised, never read: made at random, stored as a hash.

use rand::RngCore as _;
use secrecy::SecretString;
use sha2::{Digest as _, Sha256};

/// 256 random bits, hexadecimal.
#[must_use]
pub fn secret() -> SecretString {
    hexadecimal::<32>()
}

/// 128 random bits, hexadecimal: short enough to stand in a line of a mail, and as little to be guessed.
pub(crate) fn short_secret() -> SecretString {
    hexadecimal::<16>()
}

fn hexadecimal<const BYTES: usize>() -> SecretString {
    let mut bytes = [0_u8; BYTES];
    rand::rng().fill_bytes(&mut bytes);
    SecretString::from(bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
}

/// A name that nobody guesses: random letters and digits of base32 (RFC 4648), in lower case, 5 bits each.
#[must_use]
pub fn letters(count: usize) -> String {
    const ALPHABET: [char; 32] = [
        'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o', 'p', 'q', 'r', 's', 't', 'u', 'v',
        'w', 'x', 'y', 'z', '2', '3', '4', '5', '6', '7',
    ];
    let mut bytes = vec![0_u8; count];
    rand::rng().fill_bytes(&mut bytes);
    bytes.iter().filter_map(|byte| ALPHABET.get(usize::from(byte & 31))).collect()
}

/// What is stored of a secret: its SHA-256. There is nothing to guess in that many random bits, so no salt is
/// needed.
pub(crate) fn hash(secret: &str) -> Vec<u8> {
    Sha256::digest(secret).to_vec()
}
