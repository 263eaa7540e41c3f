//! Remembers what a step was last done with, so that it is done again only when that changed.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use crate::failure::{Context, Result};

/// A small file that holds the hash of a step's inputs.
pub struct Stamp {
    path: PathBuf,
    value: String,
}

impl Stamp {
    /// A stamp at `path` for these inputs.
    pub fn of(path: impl AsRef<Path>, inputs: impl Hash) -> Self {
        let mut hasher = DefaultHasher::new();
        inputs.hash(&mut hasher);
        Self { path: path.as_ref().to_path_buf(), value: format!("{:016x}", hasher.finish()) }
    }

    /// Whether the step was completed with the same inputs before.
    pub fn is_fresh(&self) -> bool {
        fs::read_to_string(&self.path).is_ok_and(|stored| stored == self.value)
    }

    /// Forgets the last completion. Done before the step starts, so that a step
    /// which is stopped halfway is done again.
    pub fn clear(&self) {
        let _ = fs::remove_file(&self.path);
    }

    /// Notes that the step is complete.
    pub fn set(&self) -> Result<()> {
        fs::write(&self.path, &self.value).context(format!("cannot write {}", self.path.display()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_fresh_until_its_inputs_change_or_it_starts_again() {
        let folder = tempfile::tempdir().unwrap();
        let stamp = Stamp::of(folder.path().join("stamp"), (b"module", true));
        assert!(!stamp.is_fresh());
        stamp.set().unwrap();
        assert!(stamp.is_fresh());
        assert!(!Stamp::of(folder.path().join("stamp"), (b"module", false)).is_fresh());
        stamp.clear();
        assert!(!stamp.is_fresh());
    }
}
