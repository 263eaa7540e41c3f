//! Messages on the disk: whole and synced under their name, or not there.
//!
//! ```text
//! received/ab/abcd….eml.part   while it arrives
//! received/ab/abcd….eml        synced, and so is the folder; a row in the database speaks of it
//! ```
//!
//! The name is random and says nothing. A file that no row speaks of is what a crash or a deleted mailbox has left.

use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::UNIX_EPOCH;

use tokio::fs::{self, DirBuilder, File, OpenOptions};
use tokio::io::{AsyncWriteExt as _, BufWriter};

use crate::context::Context;
use crate::db;
use crate::error::{Error, Result};
use crate::lock::{Lock, LockName};
use crate::model::Timestamp;
use crate::random;

/// Folder of the messages, in the data folder.
pub(crate) const FOLDER: &str = "received";
/// What must stay free on the disk, so that the database can go on.
const RESERVE_BYTES: u64 = 64 * 1_048_576;
/// Letters of a file's name, 5 bits each.
const NAME_LETTERS: usize = 26;
/// What follows them.
const ENDING: &str = ".eml";
/// A file that no row speaks of is left alone for so long: it may be on its way in.
const LEFT_ALONE_MILLIS: i64 = 60 * 60 * 1_000;

/// Where messages are kept. Clones are the same place.
#[derive(Clone, Debug)]
pub struct Store {
    folder: PathBuf,
    /// What may still be written, where a test says so.
    room: Option<Arc<AtomicU64>>,
}

/// A message that is being written. Dropping it takes it back.
#[derive(Debug)]
pub(super) struct Part {
    file: BufWriter<File>,
    /// Of the file that it will be, within the folder of the messages.
    name: String,
    path: PathBuf,
    bytes: u64,
    store: Store,
    kept: bool,
}

/// A message that is on the disk.
#[derive(Debug)]
pub(super) struct Stored {
    pub name: String,
    pub bytes: u64,
    path: PathBuf,
}

impl Store {
    /// The folder of the messages, made where there is none.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub async fn open(ctx: &Context) -> Result<Self> {
        let folder = ctx.config.data_dir.join(FOLDER);
        make_folder(&folder).await.map_err(|source| Error::File { path: folder.clone(), source })?;
        Ok(Self { folder, room: None })
    }

    /// The same on a disk with so many bytes left.
    #[must_use]
    pub fn with_room(self, bytes: u64) -> Self {
        Self { room: Some(Arc::new(AtomicU64::new(bytes))), ..self }
    }

    /// Whether so many bytes more leave the disk its reserve.
    pub(super) fn has_room_for(&self, bytes: u64) -> bool {
        if let Some(room) = &self.room {
            return room.load(Ordering::SeqCst) > bytes;
        }
        // A disk that will not say how full it is says so when it is written to.
        rustix::fs::statvfs(&self.folder)
            .is_ok_and(|disk| disk.f_bavail.saturating_mul(disk.f_frsize) > bytes.saturating_add(RESERVE_BYTES))
    }

    /// Begins a message under a new name.
    pub(super) async fn begin(&self) -> io::Result<Part> {
        let name = format!("{}{ENDING}", random::letters(NAME_LETTERS));
        let folder = self.folder_of(&name);
        make_folder(&folder).await?;
        let path = folder.join(format!("{name}.part"));
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path).await?;
        let file = BufWriter::with_capacity(65_536, file);
        Ok(Part { file, name, path, bytes: 0, store: self.clone(), kept: false })
    }

    fn folder_of(&self, name: &str) -> PathBuf {
        self.folder.join(name.chars().take(2).collect::<String>())
    }

    /// True where there was room for so many bytes, which is gone now.
    fn take_room(&self, bytes: u64) -> bool {
        let Some(room) = &self.room else { return true };
        room.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(bytes)).is_ok()
    }
}

impl Part {
    /// The name that the message will have, without its ending: what replies and `Received` call it.
    pub(super) fn id(&self) -> &str {
        self.name.strip_suffix(ENDING).unwrap_or(&self.name)
    }

    pub(super) async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let count = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        if !self.store.take_room(count) {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.bytes += count;
        self.file.write_all(bytes).await
    }

    /// Makes the message last: synced, then named, then the name synced.
    pub(super) async fn finish(mut self) -> io::Result<Stored> {
        self.file.flush().await?;
        self.file.get_ref().sync_all().await?;
        let folder = self.store.folder_of(&self.name);
        let path = folder.join(&self.name);
        fs::rename(&self.path, &path).await?;
        self.kept = true;
        let stored = Stored { name: std::mem::take(&mut self.name), bytes: self.bytes, path };
        if let Err(error) = File::open(&folder).await?.sync_all().await {
            stored.remove().await;
            return Err(error);
        }
        Ok(stored)
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        // What cannot be removed is swept later.
        if !self.kept {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

impl Stored {
    /// Takes the message back, which nobody has been told about.
    pub(super) async fn remove(&self) {
        // What cannot be removed is swept later.
        let _ = fs::remove_file(&self.path).await;
    }
}

/// True where writing failed because nothing more fits on the disk.
pub(super) fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

/// Where a message is within the data folder; `None` for a name that no message has.
pub(crate) fn place_of(name: &str) -> Option<PathBuf> {
    let letters = name.strip_suffix(ENDING)?;
    let known = letters.len() == NAME_LETTERS && letters.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    known.then(|| Path::new(FOLDER).join(name.chars().take(2).collect::<String>()).join(name))
}

/// Removes files that no row speaks of and that have not changed for an hour; how many. None while a backup is made,
/// which may need them.
///
/// # Errors
/// When the folder or the database cannot be read.
pub async fn sweep(ctx: &Context) -> Result<usize> {
    let _lock = match Lock::exclusive(&ctx.config, LockName::Received) {
        Err(Error::Locked) => return Ok(0),
        lock => lock?,
    };
    let root = ctx.config.data_dir.join(FOLDER);
    let before = ctx.clock.now().plus_millis(-LEFT_ALONE_MILLIS);
    let mut removed = 0;
    for folder in names(&root).await? {
        let path = root.join(&folder);
        let mut old = Vec::new();
        for name in names(&path).await? {
            if changed_at(&path.join(&name)).await.is_some_and(|at| at < before) {
                old.push(name);
            }
        }
        if old.is_empty() {
            continue;
        }
        let mut tx = ctx.db.read().await?;
        let known: HashSet<String> = db::inbound::files_of(&mut tx, &folder).await?.into_iter().collect();
        drop(tx);
        for name in old.into_iter().filter(|name| !known.contains(name)) {
            removed += usize::from(fs::remove_file(path.join(name)).await.is_ok());
        }
    }
    Ok(removed)
}

/// What is in a folder; nothing where it is not there, or is no folder.
async fn names(folder: &Path) -> Result<Vec<String>> {
    let failed = |source| Error::File { path: folder.to_owned(), source };
    let mut entries = match fs::read_dir(folder).await {
        Ok(entries) => entries,
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Ok(Vec::new());
        }
        Err(error) => return Err(failed(error)),
    };
    let mut names = Vec::new();
    while let Some(entry) = entries.next_entry().await.map_err(failed)? {
        names.extend(entry.file_name().into_string());
    }
    Ok(names)
}

/// When a file was last changed; `None` for what is no file.
async fn changed_at(path: &Path) -> Option<Timestamp> {
    let about = fs::metadata(path).await.ok().filter(std::fs::Metadata::is_file)?;
    let since = about.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    i64::try_from(since.as_millis()).ok().map(Timestamp)
}

/// Makes a folder that only its owner may look into, and syncs the one it is in, so that it lasts.
async fn make_folder(folder: &Path) -> io::Result<()> {
    match DirBuilder::new().mode(0o700).create(folder).await {
        Ok(()) => match folder.parent() {
            Some(parent) => File::open(parent).await?.sync_all().await,
            None => Ok(()),
        },
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error),
    }
}
