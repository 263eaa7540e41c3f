//! Turns `locales/` into a module in which a missing or misspelt text does not compile.

use std::{env, error::Error, path::PathBuf};

use leptos_i18n_build::{Config, ParseOptions, TranslationsInfos};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=locales");
    let config = Config::new("en")?
        .add_locale("ko")?
        .add_namespaces([
            "common",
            "components",
            "account",
            "admin",
            "mailboxes",
            "wizard",
            "errors",
            "help",
            "signin",
            "signon",
            "watch",
            "alerts",
            "outbox",
            "domains",
            "relay",
            "forwarding",
            "activation",
            "own",
            "companies",
            "people",
            "audit",
            "discovery",
        ])?
        .parse_options(ParseOptions::new().interpolate_display(true));
    let texts = TranslationsInfos::parse(config)?;
    texts.emit_diagnostics();
    texts.rerun_if_locales_changed();
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("OUT_DIR is not set")?);
    texts.generate_i18n_module(out.join("i18n"))?;
    Ok(())
}
