//! Where things are in the repository.

use std::env;
use std::path::{Path, PathBuf};

/// The root of the checkout that this program was compiled from.
pub struct Repository {
    root: PathBuf,
}

impl Repository {
    pub fn find() -> Self {
        let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
        Self { root: xtask.parent().unwrap_or(xtask).to_path_buf() }
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    pub fn path(&self, inside: &str) -> PathBuf {
        self.root.join(inside)
    }

    /// Cargo's output folder; `CARGO_TARGET_DIR` moves it.
    pub fn target(&self) -> PathBuf {
        match env::var_os("CARGO_TARGET_DIR") {
            Some(folder) => self.root.join(folder),
            None => self.root.join("target"),
        }
    }

    /// What the program serves as files: `pkg/` from the build, the rest from `public/`.
    /// The program looks for it here, one folder above its own.
    pub fn site(&self) -> PathBuf {
        self.target().join("site")
    }

    pub fn program(&self, release: bool) -> PathBuf {
        self.target().join(if release { "release" } else { "debug" }).join("postroom")
    }

    pub fn end2end(&self) -> PathBuf {
        self.root.join("end2end")
    }
}
