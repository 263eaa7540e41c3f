//! Passwords for signing in: Argon2id, away from the threads that serve.

use std::sync::LazyLock;

use argon2::Argon2;
use argon2::password_hash::rand_core::OsRng;
use argon2::password_hash::{Error as HashError, PasswordHash, PasswordHasher as _, PasswordVerifier as _, SaltString};
use secrecy::{ExposeSecret as _, SecretString};

use crate::error::{Error, Result};
use crate::model::SetupForm;

/// What a password is compared with when nobody has the address: the hash of nothing anybody knows.
static NOBODY: LazyLock<Option<String>> = LazyLock::new(|| {
    let unknown = SaltString::generate(&mut OsRng);
    hash_now(unknown.as_str()).ok()
});

/// The PHC string of a new password.
pub(crate) async fn hash(password: SecretString) -> Result<String> {
    let hash = tokio::task::spawn_blocking(move || hash_now(password.expose_secret())).await?;
    hash.map_err(Error::PasswordHash)
}

/// True when the password is the one that was hashed. Without a hash, or with an empty one, which whoever has no
/// password has, it takes as long and is never true.
pub(crate) async fn verify(password: SecretString, hash: Option<String>) -> Result<bool> {
    let verified = tokio::task::spawn_blocking(move || {
        // Made before the branch, so that the first stranger does not wait longer than others.
        let nobody = NOBODY.as_deref();
        let hash = hash.filter(|hash| !hash.is_empty());
        let known = hash.is_some();
        let Some(hash) = hash.as_deref().or(nobody) else { return Ok(false) };
        let password = password.expose_secret();
        let too_long = password.len() > 4 * SetupForm::MAX_PASSWORD_CHARACTERS;
        let parsed = PasswordHash::new(hash)?;
        match Argon2::default().verify_password(if too_long { "" } else { password }.as_bytes(), &parsed) {
            Ok(()) => Ok(known && !too_long),
            Err(HashError::Password) => Ok(false),
            Err(error) => Err(error),
        }
    });
    verified.await?.map_err(Error::PasswordHash)
}

fn hash_now(password: &str) -> std::result::Result<String, HashError> {
    let salt = SaltString::generate(&mut OsRng);
    Ok(Argon2::default().hash_password(password.as_bytes(), &salt)?.to_string())
}
