//! What a browser loads for the first page, signing in, and whether that is still small.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::build::{self, Options, compress};
use crate::failure::{Context, Failure, Result};
use crate::repository::Repository;

/// Brotli bytes of the main module, the part with the page, their JavaScript and the style sheet.
const LIMIT: u64 = 250_000;
/// Bytes of the same modules without optimisation, as the tests build them: they grow with each other, and this is
/// known in no time. What is above it may still be small enough; [`run`] tells, and then this is raised.
const ROUGH_LIMIT: u64 = 5_600_000;
/// The part of the browser code that the first page is in; see `app/src/pages/lazy.rs`.
const FIRST_PART: &str = "entrance";

/// The module that every page needs.
const MAIN: &str = "postroom_bg.wasm";

/// Builds for release, prints a table and fails above the limit.
pub fn run(repository: &Repository) -> Result<()> {
    build::site(repository, Options { release: true, split: true })?;
    let package = repository.site().join("pkg");
    let first_part = modules_of(&package, FIRST_PART)?;
    println!("\n{:<44} {:>10} {:>10}", "First page", "bytes", "brotli");
    let (mut raw, mut small) = (0, 0);
    let mut later = (0, 0, 0);
    for file in compress::files(&package)? {
        let name = file.strip_prefix(&package).unwrap_or(&file);
        let Some(size) = Size::of(&file)? else { continue };
        if is_loaded_first(name, &first_part) {
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

/// Looks at what the tests have built, so that nobody finds out late that the first page has grown.
pub fn glance(repository: &Repository) -> Result<()> {
    let package = repository.site().join("pkg");
    let modules = modules_of(&package, FIRST_PART)?.into_iter().chain([PathBuf::from(MAIN)]);
    let lengths = modules.map(|module| length(&package.join(module))).collect::<Result<Vec<_>>>()?;
    let bytes = lengths.iter().sum::<u64>();
    println!("  first page: {bytes} bytes before optimisation, limit {ROUGH_LIMIT}");
    if bytes > ROUGH_LIMIT {
        return Err(Failure::new(format!(
            "The first page has {bytes} bytes of code before optimisation; `cargo xtask size` tells whether it is still \
             within its limit."
        )));
    }
    Ok(())
}

fn length(path: &Path) -> Result<u64> {
    Ok(fs::metadata(path).context(format!("cannot look at {}", path.display()))?.len())
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
        Ok(Some(Self { raw: length(file)?, small: length(&compress::beside(file))? }))
    }
}

/// All JavaScript and style; of the modules the main one and those of the page's part.
fn is_loaded_first(name: &Path, first_part: &[PathBuf]) -> bool {
    name.extension().is_none_or(|extension| extension != "wasm")
        || name == Path::new(MAIN)
        || first_part.iter().any(|module| module == name)
}

/// The modules that a part consists of, as the page itself learns them from the splitter's manifest.
fn modules_of(package: &Path, part: &str) -> Result<Vec<PathBuf>> {
    let file = package.join("__wasm_split_manifest.json");
    let text = fs::read_to_string(&file).context(format!("cannot read {}", file.display()))?;
    let parts: BTreeMap<String, Vec<String>> =
        serde_json::from_str(&text).context(format!("{} is not a list of parts", file.display()))?;
    let modules = parts.into_iter().find(|(name, _)| name.starts_with(&format!("{part}_"))).map(|(_, modules)| modules);
    let modules = modules.ok_or_else(|| Failure::new(format!("There is no part {part} in {}.", file.display())))?;
    Ok(modules.into_iter().map(|module| PathBuf::from(module + ".wasm")).collect())
}
