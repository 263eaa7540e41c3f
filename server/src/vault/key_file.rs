//! The key file as text: read by its owner alone, and replaced as a whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _, fchown};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use chacha20poly1305::XChaCha20Poly1305;
use chacha20poly1305::aead::{KeyInit as _, OsRng};
use zeroize::{Zeroize as _, Zeroizing};

use super::{Keys, Vault, VaultError};

/// The key file as it was before old keys were removed.
pub(crate) struct Removed {
    path: PathBuf,
    before: Zeroizing<String>,
}

impl Vault {
    /// Adds a key at the end of the file, which seals from now on; its number.
    ///
    /// # Errors
    /// When the file cannot be read or written. Then it is as it was.
    pub(crate) fn add_key(&self) -> Result<u32, VaultError> {
        let path = &self.0.path;
        let text = read(path)?;
        let keys = Keys::parse(&text, path)?;
        let newest = keys.all.iter().map(|(id, _)| *id).max().unwrap_or(0);
        let id = newest.checked_add(1).ok_or_else(|| VaultError::NoNumberLeft { path: path.clone() })?;
        let gap = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
        let more = Zeroizing::new([text.as_str(), gap, new_line(id).as_str()].concat());
        replace(path, &more)?;
        self.read_anew();
        Ok(id)
    }

    /// Removes every key but the last one.
    ///
    /// # Errors
    /// As [`Self::add_key`].
    pub(crate) fn remove_old_keys(&self) -> Result<Removed, VaultError> {
        let path = &self.0.path;
        let before = read(path)?;
        Keys::parse(&before, path)?;
        let is_key = |line: &&str| !line.trim().is_empty() && !line.trim().starts_with('#');
        let keys = before.lines().filter(is_key).count();
        let mut seen = 0;
        let mut kept = Zeroizing::new(String::with_capacity(before.len()));
        for line in before.lines() {
            seen += usize::from(is_key(&line));
            if !is_key(&line) || seen == keys {
                kept.push_str(line);
                kept.push('\n');
            }
        }
        replace(path, &kept)?;
        self.read_anew();
        Ok(Removed { path: path.clone(), before })
    }
}

impl Removed {
    /// Puts the old keys back.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub(crate) fn put_back(&self) -> Result<(), VaultError> {
        replace(&self.path, &self.before)
    }
}

/// The text of a key file that nobody else may read.
pub(super) fn read(path: &Path) -> Result<Zeroizing<String>, VaultError> {
    let failed = |source| VaultError::File { path: path.to_owned(), source };
    let mode = fs::metadata(path).map_err(failed)?.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(VaultError::ReadableByOthers { path: path.to_owned(), mode });
    }
    Ok(Zeroizing::new(fs::read_to_string(path).map_err(failed)?))
}

/// A line with a new key.
pub(super) fn new_line(id: u32) -> Zeroizing<String> {
    let mut key = XChaCha20Poly1305::generate_key(&mut OsRng);
    let line = Zeroizing::new(format!("{id} {}\n", Zeroizing::new(BASE64.encode(key)).as_str()));
    key.as_mut_slice().zeroize();
    line
}

/// Writes the file under another name, syncs it, and puts it in the place of the old one.
fn replace(path: &Path, text: &str) -> Result<(), VaultError> {
    let part = path.with_extension("key.part");
    let replaced = write(path, &part, text).and_then(|()| fs::rename(&part, path)).and_then(|()| sync_folder_of(path));
    replaced.map_err(|source| VaultError::File { path: path.to_owned(), source })
}

fn write(path: &Path, part: &Path, text: &str) -> io::Result<()> {
    // What a crash has left may be anybody's; a new file is ours.
    match fs::remove_file(part) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(part)?;
    let (old, new) = (fs::metadata(path)?, file.metadata()?);
    if (old.uid(), old.gid()) != (new.uid(), new.gid()) {
        // Root may do this for the user that Postroom runs as, who has to go on reading the file.
        fchown(&file, Some(old.uid()), Some(old.gid()))?;
    }
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// A new name lasts once its folder is synced.
fn sync_folder_of(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}
