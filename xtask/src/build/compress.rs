//! A `.br` beside each file, made once when building instead of at every request.

use std::fs;
use std::path::{Path, PathBuf};

use brotli::enc::BrotliEncoderParams;

use crate::failure::{Context, Result};

/// What shrinks; pictures and fonts are compressed already.
const EXTENSIONS: [&str; 9] = ["wasm", "js", "css", "html", "svg", "json", "txt", "ico", "webmanifest"];

/// Writes the missing or outdated `.br` files of a folder and everything in it.
pub fn all(folder: &Path) -> Result<()> {
    for file in files(folder)? {
        let worth_it = file.extension().is_some_and(|found| EXTENSIONS.iter().any(|known| found == *known));
        let target = beside(&file);
        if !worth_it || is_newer(&target, &file) {
            continue;
        }
        let content = fs::read(&file).context(format!("cannot read {}", file.display()))?;
        fs::write(&target, compressed(&content)?).context(format!("cannot write {}", target.display()))?;
    }
    Ok(())
}

/// Removes them: a server that finds an old one would prefer it to the new file.
pub fn remove_all(folder: &Path) -> Result<()> {
    for file in files(folder)?.iter().filter(|file| file.extension().is_some_and(|extension| extension == "br")) {
        fs::remove_file(file).context(format!("cannot remove {}", file.display()))?;
    }
    Ok(())
}

/// `postroom.js` → `postroom.js.br`.
pub fn beside(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".br");
    name.into()
}

fn compressed(content: &[u8]) -> Result<Vec<u8>> {
    let parameters = BrotliEncoderParams { quality: 11, lgwin: 22, size_hint: content.len(), ..Default::default() };
    let mut small = Vec::new();
    brotli::BrotliCompress(&mut &*content, &mut small, &parameters).context("cannot compress")?;
    Ok(small)
}

fn is_newer(file: &Path, than: &Path) -> bool {
    let changed = |path: &Path| fs::metadata(path).and_then(|metadata| metadata.modified()).ok();
    matches!((changed(file), changed(than)), (Some(file), Some(than)) if file >= than)
}

/// Every file of a folder and of those inside it.
pub fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).context(format!("cannot read {}", folder.display()))?.flatten() {
        if entry.path().is_dir() {
            found.extend(files(&entry.path())?);
        } else {
            found.push(entry.path());
        }
    }
    found.sort();
    Ok(found)
}
