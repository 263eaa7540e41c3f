//! The browser's half: compiled, split where pages are lazy, and given its JavaScript.
//!
//! The names of the files are what leptos' `HydrationScripts` asks for: the
//! module is `postroom_bg.wasm` because `LEPTOS_OUTPUT_NAME` is not set when
//! leptos is compiled, and the loader of the chunks has the name that the
//! `#[lazy]` macro writes into the module's imports.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use wasm_bindgen_cli_support::Bindgen;

use super::stamp::Stamp;
use super::{Options, cargo};
use crate::failure::{Context, Result};
use crate::node;
use crate::repository::Repository;
use crate::shell;

/// What browsers run.
pub const TARGET: &str = "wasm32-unknown-unknown";

/// Written into every split module by leptos' macros; the underscores are the place of a hash.
const LOADER: &str = "./__wasm_split.______________________.js";

/// Read by leptos when the server starts, to tell browsers early what a page will load.
const MANIFEST: &str = "__wasm_split_manifest.json";

/// Compiles the library for the browser and returns the raw module.
pub fn compile(repository: &Repository, options: Options) -> Result<PathBuf> {
    add_target()?;
    let profile = if options.release { "wasm-release" } else { "wasm-dev" };
    let mut command = cargo(repository);
    command.args(["rustc", "--package", "postroom-app", "--lib", "--crate-type", "cdylib"]);
    command.args(["--no-default-features", "--features", "hydrate", "--target", TARGET, "--profile", profile]);
    if options.split {
        // Splitting follows the linker's relocations. Only the last link needs
        // the flag, so it is no RUSTFLAGS, which would compile every dependency anew.
        command.args(["--", "-Clink-args=--emit-relocs"]);
    }
    shell::run(&mut command)?;
    Ok(repository.target().join(TARGET).join(profile).join("app.wasm"))
}

/// Makes what the browser loads out of the raw module, unless that was done with the same module before.
pub fn bind(repository: &Repository, module: &Path, package: &Path, options: Options) -> Result<()> {
    let bytes = fs::read(module).context(format!("cannot read {}", module.display()))?;
    let stamp = Stamp::of(package.join(".stamp"), (&bytes, options.release, options.split, node::lock(repository)));
    if stamp.is_fresh() {
        return Ok(());
    }
    let start = Instant::now();
    stamp.clear();
    remove_generated(package)?;

    let main = if options.split {
        let main = module.with_file_name("app_split.wasm");
        split(&bytes, &main, package)?;
        main
    } else {
        module.to_path_buf()
    };
    drop(bytes);

    Bindgen::new()
        .input_path(&main)
        .out_name("postroom")
        .typescript(false)
        // The chunks import the main module's own exports by their mangled names.
        .keep_lld_exports(options.split)
        .demangle(!options.split)
        .remove_name_section(options.release)
        .remove_producers_section(options.release)
        .web(true)
        .and_then(|bindgen| bindgen.generate(package))
        .map_err(|error| format!("{error:#}"))
        .context("wasm-bindgen failed")?;

    if options.release {
        optimize(repository, package)?;
    }
    println!("  browser files made in {:.1} s", start.elapsed().as_secs_f32());
    stamp.set()
}

fn split(bytes: &[u8], main: &Path, package: &Path) -> Result<()> {
    let mut options = wasm_split_cli_support::Options::new(bytes);
    options.output_dir = package;
    options.main_out_path = main;
    options.link_name = LOADER;
    options.main_module = "./postroom.js";
    let made = wasm_split_cli_support::transform(options)
        .map_err(|error| format!("{error:#}"))
        .context("cannot split the module")?;
    let manifest: BTreeMap<_, _> = made.prefetch_map.into_iter().collect();
    let text = serde_json::to_string_pretty(&manifest).context("cannot write the manifest")?;
    fs::write(package.join(MANIFEST), text).context("cannot write the manifest")
}

/// Shrinks every module with Binaryen, from npm: Debian's is too old and breaks them without a word.
fn optimize(repository: &Repository, package: &Path) -> Result<()> {
    node::install(repository)?;
    for file in modules(package)? {
        let mut command = Command::new(node::binary(repository, "wasm-opt"));
        command.args(["-Oz", "--strip-debug", "--strip-producers"]);
        command.args(["--enable-bulk-memory", "--enable-nontrapping-float-to-int", "--enable-reference-types"]);
        command.args(["--enable-sign-ext", "--enable-mutable-globals", "--enable-multivalue"]);
        command.arg(&file).arg("-o").arg(&file);
        shell::run(&mut command)?;
    }
    Ok(())
}

fn modules(package: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(package).context(format!("cannot read {}", package.display()))?;
    let mut modules: Vec<_> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "wasm"))
        .collect();
    modules.sort();
    Ok(modules)
}

/// Chunks carry names of their content, so those of the last build would stay for ever.
fn remove_generated(package: &Path) -> Result<()> {
    fs::remove_dir_all(package).context(format!("cannot empty {}", package.display()))?;
    fs::create_dir_all(package).context(format!("cannot make {}", package.display()))
}

/// Adds the WASM target to the toolchain when its standard library is not there.
pub fn add_target() -> Result<()> {
    let folder = shell::output(Command::new("rustc").args(["--print", "target-libdir", "--target", TARGET]))?;
    if Path::new(folder.trim()).exists() {
        return Ok(());
    }
    shell::run(Command::new("rustup").args(["target", "add", TARGET]))
}
