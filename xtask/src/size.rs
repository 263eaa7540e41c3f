//! What a browser loads for the first page, and whether that is still small.

use std::fs;
use std::path::Path;

use crate::build::{self, Options, compress};
use crate::failure::{Context, Failure, Result};
use crate::repository::Repository;

/// Brotli bytes of the main module, its JavaScript and the style sheet.
const LIMIT: u64 = 250_000;

/// Builds for release, prints a table and fails above the limit.
pub fn run(repository: &Repository) -> Result<()> {
    build::site(repository, Options { release: true, split: true })?;
    let package = repository.site().join("pkg");
    println!("\n{:<44} {:>10} {:>10}", "First page", "bytes", "brotli");
    let (mut raw, mut small) = (0, 0);
    let mut later = (0, 0, 0);
    for file in compress::files(&package)? {
        let name = file.strip_prefix(&package).unwrap_or(&file);
        let Some(size) = Size::of(&file)? else { continue };
        if is_loaded_first(name) {
            println!("{:<44} {:>10} {:>10}", name.display(), size.raw, size.small);
            (raw, small) = (raw + size.raw, small + size.small);
        } else {
            later = (later.0 + 1, later.1 + size.raw, later.2 + size.small);
        }
    }
    println!("{:<44} {raw:>10} {small:>10}   limit {LIMIT}", "together");
    println!("{:<44} {:>10} {:>10}", format!("later, when wanted ({} chunks)", later.0), later.1, later.2);
    if small > LIMIT {
        return Err(Failure::new(format!("The first page is {} bytes above its limit.", small - LIMIT)));
    }
    Ok(())
}

struct Size {
    raw: u64,
    small: u64,
}

impl Size {
    /// Nothing for files that no browser asks for.
    fn of(file: &Path) -> Result<Option<Self>> {
        let browser_loads =
            file.extension().is_some_and(|found| ["wasm", "js", "css"].iter().any(|known| found == *known));
        if !browser_loads {
            return Ok(None);
        }
        let length = |path: &Path| fs::metadata(path).context(format!("cannot look at {}", path.display()));
        Ok(Some(Self { raw: length(file)?.len(), small: length(&compress::beside(file))?.len() }))
    }
}

/// All JavaScript and style, and of the modules only the main one.
fn is_loaded_first(name: &Path) -> bool {
    name.extension().is_none_or(|extension| extension != "wasm") || name == Path::new("postroom_bg.wasm")
}
