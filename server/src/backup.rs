//! A backup: one file with everything, taken while Postroom runs.
//!
//! ```text
//! database/users.jsonl …   one file per table: the columns, then a row a line
//! received/ab/abcd….eml    every mail that a row speaks of
//! inbound.pem, vault.key   what else is in the data folder
//! manifest.json            the last file: what belongs to the backup, with the SHA-256 of each
//! ```
//!
//! It is a tar file, and the same for both databases: what was taken from SQLite can be restored into PostgreSQL and
//! the other way round. The rows come from one transaction, so they are those of one moment. Mails are kept on the
//! disk and keys in their file ([`lock`](crate::lock)) until the backup is whole. What is at work for minutes only is
//! left out: sessions of browsers, sign-ins that have begun, and links to a new password.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Read, Seek as _, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use serde_json::json;
use sha2::{Digest as _, Sha256};
use tar::{Builder, EntryType, Header};

use crate::clock::Clock;
use crate::config::Config;
use crate::db::{self, Db, Tx, copy};
use crate::error::{Error, Result};
use crate::inbound::{OWN_CERTIFICATE, place_of};
use crate::lock::{Lock, LockName};
use crate::model::Timestamp;

mod manifest;
mod restore;

pub use self::manifest::Manifest;
use self::manifest::{Entry, FORMAT, MANIFEST};
pub use self::restore::{Restored, restore};

/// Tables whose rows are worth nothing elsewhere or later.
const LEFT_OUT: &[&str] = &["sessions", "sign_in_attempts", "sign_on_attempts", "password_wishes", "password_resets"];
/// The key file within the backup.
const KEY: &str = "vault.key";

/// Why there is no backup, or why one cannot be restored.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    #[error("{} is there already", .0.display())]
    Exists(PathBuf),
    #[error("there is no database to back up")]
    NoDatabase,
    #[error("the database is of a newer version than this program")]
    NewerDatabase,
    #[error("{} cannot be used", .path.display())]
    File { path: PathBuf, source: io::Error },
    #[error("this is no backup of Postroom: {0}")]
    NotABackup(String),
    #[error("the backup is not whole: {0}")]
    Broken(String),
    #[error("the backup was made by Postroom {0}, which is newer than this program")]
    NewerBackup(String),
    #[error("{} is there already; restore into an empty data folder", .0.display())]
    FolderInUse(PathBuf),
    #[error("the database is in use; restore into an empty one")]
    DatabaseInUse,
}

/// What a backup holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    pub manifest: Manifest,
    /// Mails that a row speaks of and the disk does not have.
    pub missing: Vec<String>,
}

/// Makes a backup, with the key file where that is wanted. The file is there when it is whole, and not before.
///
/// The database is read as it is, also while another process uses it, and brought to no other version.
///
/// # Errors
/// [`BackupError`] when the file is there already or cannot be written, or there is nothing to back up; when the
/// database fails.
pub async fn make(config: &Config, clock: &Clock, file: &Path, with_key: bool) -> Result<Made> {
    if file.exists() {
        return Err(BackupError::Exists(file.to_owned()).into());
    }
    if !config.data_dir.is_dir() {
        return Err(BackupError::NoDatabase.into());
    }
    let _mails = Lock::shared(config, LockName::Received).await?;
    let _keys = Lock::shared(config, LockName::Keys).await?;
    let db = open(config).await?;
    let made = write(config, &db, clock.now(), file, with_key).await;
    db.close().await;
    made
}

/// The database, which has to be there already.
async fn open(config: &Config) -> Result<Db> {
    let absent =
        |error: &sqlx::Error| error.as_database_error().is_some_and(|error| error.code().as_deref() == Some("14"));
    match Db::connect(&config.database_url(), false).await {
        Err(Error::Database(error)) if absent(&error) => Err(BackupError::NoDatabase.into()),
        opened => opened,
    }
}

async fn write(config: &Config, db: &Db, now: Timestamp, file: &Path, with_key: bool) -> Result<Made> {
    let version = match copy::version(db).await? {
        None => return Err(BackupError::NoDatabase.into()),
        Some(Err(_)) => return Err(BackupError::NewerDatabase.into()),
        Some(Ok(version)) => version,
    };
    let mut tx = db.read().await?;
    let mut tar = Archive::begin(file, now)?;
    let mut manifest = Manifest {
        format: FORMAT,
        postroom: env!("CARGO_PKG_VERSION").to_owned(),
        migration: version.name().to_owned(),
        made_at: now,
        with_key,
        rows: std::collections::BTreeMap::new(),
        last_numbers: copy::last_numbers(&mut tx).await?,
        files: Vec::new(),
    };
    for table in copy::tables(&mut tx).await? {
        if LEFT_OUT.contains(&table.name.as_str()) {
            continue;
        }
        let count = tar.add_table(&mut tx, &table).await?;
        manifest.rows.insert(table.name, count);
    }
    let mails = db::inbound::files(&mut tx).await?;
    drop(tx);
    let mut missing = Vec::new();
    for name in mails {
        let there = match place_of(&name) {
            Some(place) => tar.add_file(&config.data_dir, &place)?,
            None => false,
        };
        if !there {
            missing.push(name);
        }
    }
    tar.add_file(&config.data_dir, Path::new(OWN_CERTIFICATE))?;
    if with_key && !tar.add_file(&config.data_dir, Path::new(KEY))? {
        return Err(failed(&config.key_file())(io::ErrorKind::NotFound.into()).into());
    }
    manifest.files = std::mem::take(&mut tar.entries);
    tar.finish(&manifest)?;
    Ok(Made { manifest, missing })
}

/// A tar file that is being written. Dropping it takes it back.
struct Archive {
    tar: Option<Builder<BufWriter<File>>>,
    now: u64,
    file: PathBuf,
    part: Leftover,
    entries: Vec<Entry>,
}

/// A file that is removed in the end, unless it got another name.
struct Leftover(PathBuf);

impl Drop for Leftover {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

impl Archive {
    fn begin(file: &Path, now: Timestamp) -> Result<Self, BackupError> {
        let part = beside(file, "part");
        let opened = create(&part).map_err(failed(&part))?;
        Ok(Self {
            tar: Some(Builder::new(BufWriter::with_capacity(1 << 20, opened))),
            now: u64::try_from(now.0 / 1_000).unwrap_or(0),
            file: file.to_owned(),
            part: Leftover(part),
            entries: Vec::new(),
        })
    }

    /// Adds the rows of a table; how many. They wait in a file of their own, because a tar file has to know how long
    /// an entry is before it begins.
    async fn add_table(&mut self, tx: &mut Tx, table: &copy::Table) -> Result<u64> {
        let path = beside(&self.file, "rows");
        let mut rows = BufWriter::new(create(&path).map_err(failed(&path))?);
        let _rows = Leftover(path.clone());
        let columns: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
        let mut line = |value: serde_json::Value| writeln!(rows, "{value}").map_err(failed(&path));
        line(json!(columns))?;
        let count = copy::read(tx, table, |values| Ok(line(json!(values))?)).await?;
        let mut rows = rows.into_inner().map_err(|error| failed(&path)(error.into_error()))?;
        rows.rewind().map_err(failed(&path))?;
        self.append(&table_file(&table.name), rows).map_err(failed(&self.part.0))?;
        Ok(count)
    }

    /// Adds a file of the data folder; false where there is none.
    fn add_file(&mut self, folder: &Path, place: &Path) -> Result<bool, BackupError> {
        let path = folder.join(place);
        let opened = match File::open(&path) {
            Ok(opened) => opened,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(failed(&path)(error)),
        };
        self.append(&place.display().to_string(), opened).map_err(failed(&path))?;
        Ok(true)
    }

    fn append(&mut self, name: &str, file: File) -> io::Result<()> {
        let bytes = file.metadata()?.len();
        let mut reader = Hashing::new(file.take(bytes));
        let header = self.header(bytes);
        if let Some(tar) = &mut self.tar {
            tar.append_data(&mut { header }, name, &mut reader)?;
        }
        if reader.bytes != bytes {
            return Err(io::Error::other("the file became shorter while it was read"));
        }
        self.entries.push(Entry { name: name.to_owned(), bytes, sha256: reader.sum() });
        Ok(())
    }

    fn header(&self, bytes: u64) -> Header {
        let mut header = Header::new_gnu();
        header.set_entry_type(EntryType::Regular);
        header.set_mode(0o600);
        header.set_mtime(self.now);
        header.set_size(bytes);
        header
    }

    /// Writes the manifest, syncs the file and gives it its name.
    fn finish(mut self, manifest: &Manifest) -> Result<()> {
        let text = db::to_json("manifest", manifest)?;
        let mut header = self.header(u64::try_from(text.len()).unwrap_or(u64::MAX));
        let Some(mut tar) = self.tar.take() else { return Ok(()) };
        let mut finished = || -> io::Result<()> {
            tar.append_data(&mut header, MANIFEST, text.as_bytes())?;
            tar.finish()?;
            tar.get_mut().flush()?;
            tar.get_ref().get_ref().sync_all()?;
            // Unlike a new name, a link never takes the place of a file that came meanwhile.
            fs::hard_link(&self.part.0, &self.file)?;
            sync_folder_of(&self.file)
        };
        finished().map_err(failed(&self.file))?;
        Ok(())
    }
}

/// Reads, counts and hashes what it has read.
struct Hashing<R> {
    inner: R,
    hash: Sha256,
    bytes: u64,
}

impl<R> Hashing<R> {
    fn new(inner: R) -> Self {
        Self { inner, hash: Sha256::new(), bytes: 0 }
    }

    /// In hexadecimal digits.
    fn sum(self) -> String {
        self.hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.hash.update(buffer.get(..count).unwrap_or_default());
        self.bytes += u64::try_from(count).unwrap_or(u64::MAX);
        Ok(count)
    }
}

/// The rows of a table within the backup.
fn table_file(table: &str) -> String {
    format!("database/{table}.jsonl")
}

/// A file of the same name with an ending behind it.
fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    PathBuf::from(name)
}

/// A new file for its owner alone, in the place of what an earlier try has left.
fn create(path: &Path) -> io::Result<File> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(path)
}

fn sync_folder_of(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

fn failed(path: &Path) -> impl Fn(io::Error) -> BackupError {
    move |source| BackupError::File { path: path.to_owned(), source }
}
