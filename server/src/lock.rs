//! Locks between processes that share a data folder. The system takes a lock back when its process ends, however.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, fchown};
use std::path::{Path, PathBuf};

use crate::config::Config;
use crate::error::{Error, Result};

/// What a lock is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LockName {
    /// Whoever changes the key file is alone; a backup keeps it as it is.
    Keys,
    /// Whoever removes files of mails is alone; a backup keeps them all.
    Received,
}

/// A lock that is held until it is dropped.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

impl LockName {
    const fn file(self) -> &'static str {
        match self {
            Self::Keys => "keys.lock",
            Self::Received => "received.lock",
        }
    }
}

impl Lock {
    /// The lock for one alone, at once.
    ///
    /// # Errors
    /// [`Error::Locked`] when somebody has it.
    pub(crate) fn exclusive(config: &Config, name: LockName) -> Result<Self> {
        let (path, file) = open(&config.data_dir, name)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(Error::Locked),
            Err(TryLockError::Error(source)) => Err(Error::File { path, source }),
        }
    }

    /// The lock that many may hold at once. Waits for whoever has it alone, which is never for long.
    ///
    /// # Errors
    /// When the file of the lock cannot be used.
    pub(crate) async fn shared(config: &Config, name: LockName) -> Result<Self> {
        let (path, file) = open(&config.data_dir, name)?;
        let locked = tokio::task::spawn_blocking(move || file.lock_shared().map(|()| file)).await?;
        Ok(Self { _file: locked.map_err(|source| Error::File { path, source })? })
    }
}

/// Opens the file of a lock, made for whoever owns the folder: root may be here for a moment only.
fn open(folder: &Path, name: LockName) -> Result<(PathBuf, File)> {
    let path = folder.join(name.file());
    let made = || -> io::Result<File> {
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(&path)?;
        let (folder, made) = (fs::metadata(folder)?, file.metadata()?);
        if (folder.uid(), folder.gid()) != (made.uid(), made.gid()) {
            // Who may not give files away keeps it.
            let _ = fchown(&file, Some(folder.uid()), Some(folder.gid()));
        }
        Ok(file)
    };
    match made() {
        Ok(file) => Ok((path, file)),
        Err(source) => Err(Error::File { path, source }),
    }
}
