//! From a backup to a Postroom that can be started: everything is looked at before anything is written.

use std::collections::BTreeSet;
use std::fs::{self, DirBuilder, File};
use std::io::{self, BufReader, Read, Write as _};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;

use tar::Archive;

use super::manifest::{Entry, FORMAT, MANIFEST};
use super::{BackupError, Hashing, KEY, LEFT_OUT, Manifest, create, failed, sync_folder_of, table_file};
use crate::config::Config;
use crate::db::outbox::count_waiting;
use crate::db::{Db, Tx, Version, copy, from_json};
use crate::error::{Error, Result};
use crate::inbound::{OWN_CERTIFICATE, RECEIVED_FOLDER, place_of};

/// More is no manifest.
const MAX_MANIFEST_BYTES: u64 = 1 << 30;
/// Tables that are empty as long as nobody has set Postroom up. (The others have rows of their own from the start.)
const EMPTY_AT_FIRST: [&str; 3] = ["users", "workspaces", "mailboxes"];

/// What was restored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    pub manifest: Manifest,
    /// The key file is there: it came with the backup, or it was there before.
    pub has_key: bool,
    /// Messages that were waiting to be sent, and will be.
    pub waiting: i64,
}

/// Restores a backup into a data folder that has nothing of a backup yet and a database that nobody uses.
///
/// # Errors
/// [`BackupError`] for a file that is no backup or not whole, one of a newer version, and a folder or database in use;
/// then nothing was written. When files or database fail: then the folder has to be emptied before the next try.
pub async fn restore(config: &Config, file: &Path) -> Result<Restored> {
    let manifest = inspect(file)?;
    let version = Version::named(&manifest.migration)
        .filter(|_| manifest.format <= FORMAT)
        .ok_or_else(|| BackupError::NewerBackup(manifest.postroom.clone()))?;
    refuse_used_folder(config, &manifest)?;
    make_folder(&config.data_dir)?;
    let db = Db::connect(&config.database_url(), true).await?;
    let done = fill(config, &db, file, &manifest, version).await;
    db.close().await;
    let waiting = done?;
    Ok(Restored { has_key: config.key_file().exists(), manifest, waiting })
}

async fn fill(config: &Config, db: &Db, file: &Path, manifest: &Manifest, version: Version) -> Result<i64> {
    refuse_used_database(db, version).await?;
    // The rows go where they come from; then they learn what is new.
    db.migrate(version).await?;
    let mut tx = db.write().await?;
    let tables = copy::tables(&mut tx).await?;
    for table in tables.iter().rev() {
        copy::clear(&mut tx, table).await?;
    }
    let mut archive = open(file)?;
    for entry in archive.entries().map_err(failed(file))? {
        let mut entry = entry.map_err(failed(file))?;
        let name = name_of(&entry)?;
        if let Some(table) = tables.iter().find(|table| table_file(&table.name) == name) {
            fill_table(&mut tx, table, BufReader::new(&mut entry)).await?;
        } else if name != MANIFEST {
            let path = config.data_dir.join(&name);
            write_file(&config.data_dir, &path, &mut entry).map_err(failed(&path))?;
        }
    }
    for (table, last) in &manifest.last_numbers {
        if tables.iter().any(|known| known.name == *table) {
            copy::set_last_number(&mut tx, table, *last).await?;
        }
    }
    tx.commit().await?;
    db.migrate(Version::newest()).await?;
    count_waiting(&mut db.read().await?).await
}

/// Reads the whole backup and compares it with its manifest.
fn inspect(file: &Path) -> Result<Manifest> {
    let mut archive = open(file)?;
    let mut found = Vec::new();
    let mut manifest = None;
    let unreadable = |error: io::Error| BackupError::NotABackup(error.to_string());
    for entry in archive.entries().map_err(unreadable)? {
        let mut entry = entry.map_err(|error| BackupError::Broken(error.to_string()))?;
        let name = name_of(&entry)?;
        if manifest.is_some() {
            return Err(BackupError::NotABackup(format!("{name} comes after the manifest")).into());
        }
        if name == MANIFEST {
            let mut text = String::new();
            let read = (&mut entry).take(MAX_MANIFEST_BYTES).read_to_string(&mut text);
            read.map_err(|error| BackupError::Broken(error.to_string()))?;
            let read: Manifest = from_json(MANIFEST, &text)?;
            manifest = Some(read);
            continue;
        }
        let mut reader = Hashing::new(&mut entry);
        let copied = io::copy(&mut reader, &mut io::sink());
        copied.map_err(|error| BackupError::Broken(format!("{name}: {error}")))?;
        found.push(Entry { name, bytes: reader.bytes, sha256: reader.sum() });
    }
    let Some(manifest) = manifest else {
        let why = if found.is_empty() { "nothing is in it" } else { "the manifest at its end is missing" };
        return Err(BackupError::Broken(why.to_owned()).into());
    };
    compare(&manifest, &found)?;
    Ok(manifest)
}

fn compare(manifest: &Manifest, found: &[Entry]) -> Result<(), BackupError> {
    if let Some(changed) = manifest.files.iter().find(|entry| !found.contains(entry)) {
        return Err(BackupError::Broken(format!("{} is missing, or is not what it was", changed.name)));
    }
    if found.len() != manifest.files.len() {
        return Err(BackupError::Broken("it holds more files than it should".to_owned()));
    }
    let names: BTreeSet<&str> = found.iter().map(|entry| entry.name.as_str()).collect();
    if names.contains(KEY) != manifest.with_key {
        return Err(BackupError::Broken(format!("{KEY} is missing")));
    }
    if let Some(table) = manifest.rows.keys().find(|table| !names.contains(table_file(table).as_str())) {
        return Err(BackupError::Broken(format!("the rows of {table} are missing")));
    }
    Ok(())
}

/// The name of an entry, which must be one that a backup has: nothing is written anywhere else.
fn name_of<R: Read>(entry: &tar::Entry<'_, R>) -> Result<String, BackupError> {
    let path = entry.path().map_err(|error| BackupError::NotABackup(error.to_string()))?;
    let name = path.display().to_string();
    let is_mail = |name: &str| {
        let last = name.rsplit('/').next().unwrap_or_default();
        place_of(last).is_some_and(|place| place == Path::new(name))
    };
    let is_table = |name: &str| {
        let table = name.strip_prefix("database/").and_then(|name| name.strip_suffix(".jsonl"));
        table.is_some_and(|table| table.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_'))
    };
    let known = [MANIFEST, KEY, OWN_CERTIFICATE].contains(&name.as_str()) || is_table(&name) || is_mail(&name);
    if known && entry.header().entry_type().is_file() {
        Ok(name)
    } else {
        Err(BackupError::NotABackup(format!("it holds {}", name.escape_default())))
    }
}

fn refuse_used_folder(config: &Config, manifest: &Manifest) -> Result<(), BackupError> {
    let folder = &config.data_dir;
    let received = folder.join(RECEIVED_FOLDER);
    if fs::read_dir(&received).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(BackupError::FolderInUse(received));
    }
    let mut comes = vec![config.data_dir.join(OWN_CERTIFICATE)];
    // A key that is there may be the only one that opens something; without one in the backup it is what we need.
    comes.extend(manifest.with_key.then(|| config.key_file()));
    match comes.into_iter().find(|path| path.exists()) {
        Some(path) => Err(BackupError::FolderInUse(path)),
        None => Ok(()),
    }
}

async fn refuse_used_database(db: &Db, version: Version) -> Result<()> {
    match copy::version(db).await? {
        None => Ok(()),
        Some(Ok(there)) if there <= version => {
            let mut tx = db.read().await?;
            for table in EMPTY_AT_FIRST {
                if copy::count(&mut tx, table).await? > 0 {
                    return Err(BackupError::DatabaseInUse.into());
                }
            }
            Ok(())
        }
        Some(_) => Err(BackupError::DatabaseInUse.into()),
    }
}

async fn fill_table(tx: &mut Tx, table: &copy::Table, mut lines: impl io::BufRead) -> Result<()> {
    let broken = |why: &str| Error::from(BackupError::Broken(format!("the rows of {}: {why}", table.name)));
    if LEFT_OUT.contains(&table.name.as_str()) {
        return Ok(());
    }
    let mut line = String::new();
    let mut next = |line: &mut String| -> Result<bool> {
        line.clear();
        Ok(lines.read_line(line).map_err(|error| broken(&error.to_string()))? > 0)
    };
    next(&mut line)?;
    let names: Vec<String> = from_json("rows", &line)?;
    let known = |name: &String| table.columns.iter().find(|column| column.name == *name).cloned();
    let columns: Vec<copy::Column> = names.iter().filter_map(known).collect();
    if columns.len() != names.len() || columns.len() != table.columns.len() {
        return Err(broken("its columns are others"));
    }
    let table = copy::Table { name: table.name.clone(), columns };
    while next(&mut line)? {
        copy::insert(tx, &table, from_json("rows", &line)?).await?;
    }
    Ok(())
}

fn open(file: &Path) -> Result<Archive<BufReader<File>>, BackupError> {
    Ok(Archive::new(BufReader::with_capacity(1 << 20, File::open(file).map_err(failed(file))?)))
}

/// The data folder, for its owner alone.
fn make_folder(folder: &Path) -> Result<(), BackupError> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(failed(folder))
}

/// Writes a file for its owner alone, and makes it last.
fn write_file(root: &Path, path: &Path, from: &mut impl Read) -> io::Result<()> {
    for folder in path.ancestors().skip(1).take_while(|folder| *folder != root).collect::<Vec<_>>().into_iter().rev() {
        match DirBuilder::new().mode(0o700).create(folder) {
            Ok(()) => sync_folder_of(folder)?,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    let mut file: File = create(path)?;
    io::copy(from, &mut file)?;
    file.flush()?;
    file.sync_all()?;
    sync_folder_of(path)
}
