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
//!
//! Another process may add a key while we run ([`sealed`](crate::sealed)). So the file is looked at before anything is
//! sealed or opened, and read anew when it has changed: whoever seals after a key was added seals with that key, and
//! nobody meets a secret under a key that the file did not have before.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use chacha20poly1305::aead::{Aead as _, AeadCore as _, KeyInit as _, OsRng, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use secrecy::{ExposeSecret as _, SecretString};
use zeroize::{Zeroize as _, Zeroizing};

mod key_file;

/// The first byte of everything sealed; another layout would get another number.
const FORMAT: u8 = 1;
const NONCE_BYTES: usize = 24;

/// The keys that seal what we must be able to say again: passwords and tokens for mail servers.
#[derive(Clone)]
pub struct Vault(Arc<Inner>);

struct Inner {
    path: PathBuf,
    loaded: Mutex<Loaded>,
}

/// What the key file held when it was last read.
struct Loaded {
    stamp: Option<Stamp>,
    keys: Arc<Keys>,
}

/// What tells one state of the file from the next: device, inode, size, and when it was changed.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Stamp(u64, u64, u64, i64, i64);

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
    #[error("there are no numbers left for a key in {}", .path.display())]
    NoNumberLeft { path: PathBuf },
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
        Self::open_existing(path)
    }

    /// Reads the key file.
    ///
    /// # Errors
    /// When the file is not there or cannot be read, holds something else, or may be read by others.
    pub fn open_existing(path: &Path) -> Result<Self, VaultError> {
        // The stamp first: what changes while we read is noticed the next time.
        let stamp = Stamp::of(path);
        let keys = Arc::new(Keys::read(path)?);
        Ok(Self(Arc::new(Inner { path: path.to_owned(), loaded: Mutex::new(Loaded { stamp, keys }) })))
    }

    /// The number of the key that seals.
    #[must_use]
    pub fn current_key(&self) -> u32 {
        self.keys().current
    }

    /// The numbers of all keys, in the order of the file: the last one seals.
    #[must_use]
    pub fn key_ids(&self) -> Vec<u32> {
        self.keys().all.iter().map(|(id, _)| *id).collect()
    }

    /// The number of the key that something was sealed with.
    #[must_use]
    pub fn key_of(sealed: &[u8]) -> Option<u32> {
        let (id, _) = sealed.strip_prefix(&[FORMAT])?.split_first_chunk::<4>()?;
        Some(u32::from_be_bytes(*id))
    }

    /// Seals a secret for one record.
    ///
    /// # Errors
    /// [`VaultError::DoesNotSeal`] for a secret beyond what the cipher takes (256 GB).
    pub fn seal(&self, record: &str, secret: &SecretString) -> Result<Vec<u8>, VaultError> {
        self.seal_bytes(record, secret.expose_secret().as_bytes())
    }

    /// [`seal`](Self::seal), for what is no text.
    ///
    /// # Errors
    /// As [`seal`](Self::seal).
    pub fn seal_bytes(&self, record: &str, secret: &[u8]) -> Result<Vec<u8>, VaultError> {
        let keys = self.keys();
        let cipher = keys.cipher(keys.current)?;
        let nonce = XChaCha20Poly1305::generate_nonce(&mut OsRng);
        let payload = Payload { msg: secret, aad: record.as_bytes() };
        let ciphertext = cipher.encrypt(&nonce, payload).map_err(|_| VaultError::DoesNotSeal)?;
        Ok([&[FORMAT], keys.current.to_be_bytes().as_slice(), nonce.as_slice(), ciphertext.as_slice()].concat())
    }

    /// Opens what was sealed for this record.
    ///
    /// # Errors
    /// [`VaultError::UnknownKey`] and [`VaultError::DoesNotOpen`].
    pub fn open(&self, record: &str, sealed: &[u8]) -> Result<SecretString, VaultError> {
        let mut opened = self.open_bytes(record, sealed)?;
        String::from_utf8(std::mem::take(&mut *opened)).map(SecretString::from).map_err(|error| {
            error.into_bytes().zeroize();
            VaultError::DoesNotOpen
        })
    }

    /// [`open`](Self::open), for what is no text.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn open_bytes(&self, record: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        let sealed = sealed.strip_prefix(&[FORMAT]).ok_or(VaultError::DoesNotOpen)?;
        let (key_id, sealed) = sealed.split_first_chunk::<4>().ok_or(VaultError::DoesNotOpen)?;
        let (nonce, ciphertext) = sealed.split_first_chunk::<NONCE_BYTES>().ok_or(VaultError::DoesNotOpen)?;
        let key_id = u32::from_be_bytes(*key_id);
        let mut keys = self.keys();
        if keys.cipher(key_id).is_err() {
            // A file system that is shared may tell late that the file has changed.
            keys = self.read_anew();
        }
        let cipher = keys.cipher(key_id)?;
        let payload = Payload { msg: ciphertext, aad: record.as_bytes() };
        let opened = cipher.decrypt(XNonce::from_slice(nonce), payload).map_err(|_| VaultError::DoesNotOpen)?;
        Ok(Zeroizing::new(opened))
    }

    /// The keys as the file has them now.
    fn keys(&self) -> Arc<Keys> {
        let stamp = Stamp::of(&self.0.path);
        let loaded = self.0.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        if loaded.stamp == stamp {
            return Arc::clone(&loaded.keys);
        }
        drop(loaded);
        self.read_anew()
    }

    /// Reads the file again. One that cannot be read leaves the keys we have at work: they still open everything.
    fn read_anew(&self) -> Arc<Keys> {
        let stamp = Stamp::of(&self.0.path);
        let read = Keys::read(&self.0.path);
        let mut loaded = self.0.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        match read {
            Ok(keys) => loaded.keys = Arc::new(keys),
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::error!(error, "The key file has changed and cannot be read; the keys from before are used.");
            }
        }
        loaded.stamp = stamp;
        Arc::clone(&loaded.keys)
    }
}

impl Stamp {
    fn of(path: &Path) -> Option<Self> {
        let about = fs::metadata(path).ok()?;
        Some(Self(about.dev(), about.ino(), about.size(), about.mtime(), about.mtime_nsec()))
    }
}

impl Keys {
    fn read(path: &Path) -> Result<Self, VaultError> {
        Self::parse(&key_file::read(path)?, path)
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
        Ok(Self { current, all })
    }

    fn cipher(&self, key_id: u32) -> Result<&XChaCha20Poly1305, VaultError> {
        let found = self.all.iter().find(|(id, _)| *id == key_id);
        found.map(|(_, cipher)| cipher).ok_or(VaultError::UnknownKey(key_id))
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vault").field("path", &self.0.path).finish_non_exhaustive()
    }
}

fn write_first_key(mut file: File, path: &Path) -> io::Result<()> {
    let written = file.write_all(key_file::new_line(1).as_bytes()).and_then(|()| file.sync_all());
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
    use std::os::unix::fs::PermissionsExt as _;

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
    fn a_key_that_is_added_while_we_run_seals_and_opens_at_once() {
        let (_folder, path, running) = world();
        let old = running.seal("r", &secret()).unwrap();

        let id = Vault::open_existing(&path).unwrap().add_key().unwrap();

        assert_eq!(id, 2);
        let sealed = running.seal("r", &secret()).unwrap();
        assert_eq!(Vault::key_of(&sealed), Some(2));
        let elsewhere = Vault::open_existing(&path).unwrap();
        assert_eq!(
            running.open("r", &elsewhere.seal("r", &secret()).unwrap()).unwrap().expose_secret(),
            "correct horse battery"
        );
        assert!(running.open("r", &old).is_ok() && elsewhere.open("r", &sealed).is_ok());
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn old_keys_are_removed_and_can_be_put_back() {
        let (_folder, path, vault) = world();
        let old = vault.seal("r", &secret()).unwrap();
        vault.add_key().unwrap();
        let before = fs::read_to_string(&path).unwrap();

        let removed = vault.remove_old_keys().unwrap();

        assert_eq!(vault.key_ids(), [2]);
        assert!(matches!(vault.open("r", &old), Err(VaultError::UnknownKey(1))));
        removed.put_back().unwrap();
        assert!(vault.open("r", &old).is_ok());
        assert_eq!(fs::read_to_string(&path).unwrap(), before);
    }

    #[test]
    fn a_key_file_that_breaks_while_we_run_leaves_the_keys_at_work() {
        let (_folder, path, vault) = world();
        let sealed = vault.seal("r", &secret()).unwrap();
        for broken in ["", "1 AAAA\n"] {
            fs::write(&path, broken).unwrap();
            assert!(vault.open("r", &sealed).is_ok());
        }
        fs::remove_file(&path).unwrap();
        assert_eq!(Vault::key_of(&vault.seal("r", &secret()).unwrap()), Some(1));
        assert!(Vault::open_existing(&path).is_err(), "and nothing is made anew");
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
