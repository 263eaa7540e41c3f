//! Seals passwords and tokens before they are stored, and opens them for whoever dials.
//!
//! ```text
//! sealed bytes:  format (1 byte = 1) │ key id (4, big endian) │ nonce (24) │ XChaCha20-Poly1305 ciphertext and tag
//! key file:      one key a line, `<key id> <32 bytes in base64>`; the last one seals, all of them open
//! ```
//!
//! The identity of the record (`mailbox/12/incoming`) is the associated data: a secret that is moved
//! to another row does not open there. The key file is made at the first start, readable by its owner
//! alone, and a file that others may read is refused.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use chacha20poly1305::aead::{Aead as _, AeadCore as _, KeyInit as _, OsRng, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use secrecy::{ExposeSecret as _, SecretString};
use zeroize::{Zeroize as _, Zeroizing};

/// The first byte of everything sealed; another layout would get another number.
const FORMAT: u8 = 1;
const NONCE_BYTES: usize = 24;

/// The keys that seal what we must be able to say again: passwords and tokens for mail servers.
#[derive(Clone)]
pub struct Vault(Arc<Keys>);

struct Keys {
    current: u32,
    /// Never empty; holds `current`.
    all: Vec<(u32, XChaCha20Poly1305)>,
}

/// Why nothing can be sealed or opened. No variant holds a secret.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    #[error("the key file {} cannot be used", .path.display())]
    File { path: PathBuf, source: io::Error },
    #[error(
        "the key file {} can be read by others (mode {mode:03o}): run `chmod 600` on it, \
         and change the passwords it seals if somebody may have read it",
        .path.display()
    )]
    ReadableByOthers { path: PathBuf, mode: u32 },
    #[error("line {line} of the key file {} is not a key", .path.display())]
    NotAKey { path: PathBuf, line: usize },
    #[error("the key file {} holds no key", .path.display())]
    NoKey { path: PathBuf },
    #[error("a secret was sealed with key {0}, which is not in the key file")]
    UnknownKey(u32),
    #[error("a sealed secret was changed, moved to another record, or sealed with a key that is lost")]
    DoesNotOpen,
    #[error("a secret could not be sealed")]
    DoesNotSeal,
}

impl Vault {
    /// Reads the key file, or makes one where there is none.
    ///
    /// # Errors
    /// When the file cannot be read or made, holds something else, or may be read by others.
    pub fn open_or_create(path: &Path) -> Result<Self, VaultError> {
        let failed = |source| VaultError::File { path: path.to_owned(), source };
        match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
            Ok(file) => write_first_key(file, path).map_err(failed)?,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(failed(error)),
        }
        let mode = fs::metadata(path).map_err(failed)?.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            return Err(VaultError::ReadableByOthers { path: path.to_owned(), mode });
        }
        let text = Zeroizing::new(fs::read_to_string(path).map_err(failed)?);
        Self::parse(&text, path)
    }

    fn parse(text: &str, path: &Path) -> Result<Self, VaultError> {
        let mut all = Vec::new();
        for (number, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let key = parse_key(line).ok_or_else(|| VaultError::NotAKey { path: path.to_owned(), line: number + 1 })?;
            all.push(key);
        }
        let current = all.last().ok_or_else(|| VaultError::NoKey { path: path.to_owned() })?.0;
        Ok(Self(Arc::new(Keys { current, all })))
    }

    /// Seals a secret for one record.
    ///
    /// # Errors
    /// [`VaultError::DoesNotSeal`] for a secret beyond what the cipher takes (256 GB).
    pub fn seal(&self, record: &str, secret: &SecretString) -> Result<Vec<u8>, VaultError> {
        let cipher = self.cipher(self.0.current)?;
        let nonce = XChaCha20Poly1305::generate_nonce(&mut OsRng);
        let payload = Payload { msg: secret.expose_secret().as_bytes(), aad: record.as_bytes() };
        let ciphertext = cipher.encrypt(&nonce, payload).map_err(|_| VaultError::DoesNotSeal)?;
        Ok([&[FORMAT], self.0.current.to_be_bytes().as_slice(), nonce.as_slice(), ciphertext.as_slice()].concat())
    }

    /// Opens what was sealed for this record.
    ///
    /// # Errors
    /// [`VaultError::UnknownKey`] and [`VaultError::DoesNotOpen`].
    pub fn open(&self, record: &str, sealed: &[u8]) -> Result<SecretString, VaultError> {
        let sealed = sealed.strip_prefix(&[FORMAT]).ok_or(VaultError::DoesNotOpen)?;
        let (key_id, sealed) = sealed.split_first_chunk::<4>().ok_or(VaultError::DoesNotOpen)?;
        let (nonce, ciphertext) = sealed.split_first_chunk::<NONCE_BYTES>().ok_or(VaultError::DoesNotOpen)?;
        let cipher = self.cipher(u32::from_be_bytes(*key_id))?;
        let payload = Payload { msg: ciphertext, aad: record.as_bytes() };
        let opened = cipher.decrypt(XNonce::from_slice(nonce), payload).map_err(|_| VaultError::DoesNotOpen)?;
        String::from_utf8(opened).map(SecretString::from).map_err(|error| {
            error.into_bytes().zeroize();
            VaultError::DoesNotOpen
        })
    }

    fn cipher(&self, key_id: u32) -> Result<&XChaCha20Poly1305, VaultError> {
        let found = self.0.all.iter().find(|(id, _)| *id == key_id);
        found.map(|(_, cipher)| cipher).ok_or(VaultError::UnknownKey(key_id))
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vault").field("current", &self.0.current).finish_non_exhaustive()
    }
}

fn write_first_key(mut file: File, path: &Path) -> io::Result<()> {
    let mut key = XChaCha20Poly1305::generate_key(&mut OsRng);
    let line = Zeroizing::new(format!("1 {}\n", BASE64.encode(key)));
    key.as_mut_slice().zeroize();
    let written = file.write_all(line.as_bytes()).and_then(|()| file.sync_all());
    if written.is_err() {
        // Half a key would be refused at the next start, with no hint that nothing was sealed with it yet.
        fs::remove_file(path)?;
    }
    written
}

fn parse_key(line: &str) -> Option<(u32, XChaCha20Poly1305)> {
    let (id, key) = line.split_once(' ')?;
    let key = Zeroizing::new(BASE64.decode(key.trim()).ok()?);
    let key: &[u8; 32] = key.as_slice().try_into().ok()?;
    Some((id.parse().ok()?, XChaCha20Poly1305::new(Key::from_slice(key))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn world() -> (tempfile::TempDir, PathBuf, Vault) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("vault.key");
        let vault = Vault::open_or_create(&path).unwrap();
        (folder, path, vault)
    }

    fn secret() -> SecretString {
        SecretString::from("correct horse battery")
    }

    #[test]
    fn what_was_sealed_opens_after_a_restart() {
        let (_folder, path, vault) = world();
        let sealed = vault.seal("mailbox/1/incoming", &secret()).unwrap();
        drop(vault);

        let opened = Vault::open_or_create(&path).unwrap().open("mailbox/1/incoming", &sealed).unwrap();

        assert_eq!(opened.expose_secret(), "correct horse battery");
    }

    #[test]
    fn sealed_bytes_hold_no_clear_text_and_never_repeat() {
        let (_folder, _, vault) = world();
        let (one, other) = (vault.seal("r", &secret()).unwrap(), vault.seal("r", &secret()).unwrap());
        assert_ne!(one, other);
        assert!(!one.windows(5).any(|window| window == b"horse"));
    }

    #[test]
    fn a_secret_moved_to_another_record_does_not_open() {
        let (_folder, _, vault) = world();
        let sealed = vault.seal("mailbox/1/incoming", &secret()).unwrap();
        let opened = vault.open("mailbox/2/incoming", &sealed);
        assert!(matches!(opened, Err(VaultError::DoesNotOpen)), "{opened:?}");
    }

    #[test]
    fn any_changed_or_missing_byte_is_noticed() {
        let (_folder, _, vault) = world();
        let sealed = vault.seal("r", &secret()).unwrap();
        for position in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[position] ^= 1;
            assert!(vault.open("r", &changed).is_err(), "byte {position}");
            assert!(vault.open("r", &sealed[..position]).is_err(), "cut at {position}");
        }
    }

    #[test]
    fn the_key_file_is_made_for_its_owner_alone_and_refused_when_others_may_read_it() {
        let (_folder, path, _) = world();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);

        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();

        let refused = Vault::open_or_create(&path);
        assert!(matches!(refused, Err(VaultError::ReadableByOthers { mode: 0o640, .. })), "{refused:?}");
    }

    #[test]
    fn a_new_last_key_seals_and_the_old_one_still_opens() {
        let (_folder, path, vault) = world();
        let old = vault.seal("r", &secret()).unwrap();
        let added = format!("{}2 {}\n", fs::read_to_string(&path).unwrap(), BASE64.encode([7; 32]));
        fs::write(&path, added).unwrap();

        let vault = Vault::open_or_create(&path).unwrap();

        assert_eq!(vault.open("r", &old).unwrap().expose_secret(), "correct horse battery");
        assert_eq!(vault.seal("r", &secret()).unwrap()[1..5], [0, 0, 0, 2]);
    }

    #[test]
    fn a_secret_of_another_key_file_names_the_missing_key_or_does_not_open() {
        let (_folder, _, vault) = world();
        let (_elsewhere, _, other) = world();
        let sealed = other.seal("r", &secret()).unwrap();
        assert!(matches!(vault.open("r", &sealed), Err(VaultError::DoesNotOpen)));
        let mut unknown = sealed;
        unknown[4] = 9;
        assert!(matches!(vault.open("r", &unknown), Err(VaultError::UnknownKey(9))));
    }

    #[test]
    fn a_broken_key_file_is_named_with_its_line() {
        let (_folder, path, _) = world();
        fs::write(&path, "# keys\n1 AAAA\n").unwrap();
        assert!(matches!(Vault::open_or_create(&path), Err(VaultError::NotAKey { line: 2, .. })));
        fs::write(&path, "").unwrap();
        assert!(matches!(Vault::open_or_create(&path), Err(VaultError::NoKey { .. })));
    }
}
