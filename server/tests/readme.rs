//! What the pages for readers say of this repository is true: paths, functions and settings are there.

#![expect(clippy::unwrap_used, reason = "a repository that cannot be read is a failed test")]

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

const README: &str = include_str!("../../README.md");
const SECURITY: &str = include_str!("../../SECURITY.md");
const EXAMPLE: &str = include_str!("../../postroom.example.toml");

/// Made by building or by whoever runs Postroom, and not part of the repository.
const NOT_OURS: [&str; 4] = ["target/fuzz/", "target/release/postroom", "target/site", "postroom.toml"];
/// Made by `cargo xtask screenshots`: until that has run there is nothing to compare.
const PICTURES: &str = "docs/screenshots";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

/// What stands between backticks, outside of blocks of code.
fn quoted(text: &str) -> Vec<&str> {
    let mut in_block = false;
    let lines = text.lines().filter(|line| {
        let fence = line.trim_start().starts_with("```");
        in_block ^= fence;
        !fence && !in_block
    });
    lines.flat_map(|line| line.split('`').skip(1).step_by(2)).collect()
}

/// Where links and pictures lead that stay in this repository.
fn linked(text: &str) -> Vec<&str> {
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
    targets.map(|(target, _)| target).filter(|target| !target.starts_with("https://")).collect()
}

fn is_path(quoted: &str) -> bool {
    let plain = quoted.chars().all(|c| c.is_ascii_alphanumeric() || "._-/".contains(c));
    let named = ["md", "toml", "rs", "ts", "json", "css", "sql"].iter().any(|end| quoted.ends_with(&format!(".{end}")));
    plain && !quoted.starts_with('/') && (named || quoted.contains('/'))
}

fn paths(text: &str) -> Vec<&str> {
    quoted(text).into_iter().filter(|quoted| is_path(quoted) && !NOT_OURS.contains(quoted)).collect()
}

/// The part of the README under a heading, up to the next one of the same rank.
fn section(heading: &str) -> &'static str {
    let (_, rest) = README.split_once(&format!("\n## {heading}\n")).unwrap();
    rest.split_once("\n## ").map_or(rest, |(section, _)| section)
}

#[test]
fn every_path_that_is_named_exists() {
    let pictures = root().join(PICTURES).exists();
    for text in [README, SECURITY] {
        let links = linked(text).into_iter().filter(|link| pictures || !link.starts_with(PICTURES));
        for path in paths(text).into_iter().chain(links) {
            assert!(root().join(path).exists(), "there is no {path}");
        }
    }
    assert!(paths(README).len() > 100, "{:?}", paths(README));
}

#[test]
fn every_module_is_on_the_map() {
    let map: BTreeSet<&str> = paths(section("The map")).into_iter().map(|path| path.trim_end_matches('/')).collect();
    for folder in ["app/src", "server/src"] {
        for entry in fs::read_dir(root().join(folder)).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            let module = format!("{folder}/{}", name.trim_end_matches(".rs"));
            let listed = map.contains(module.as_str()) || map.contains(format!("{module}.rs").as_str());
            assert!(listed, "add {folder}/{name} to the map in README.md");
        }
    }
}

#[test]
fn every_name_in_a_walkthrough_stands_in_a_file_of_the_same_step() {
    let mut names = 0;
    for step in section("Walkthroughs").split("\n\n").flat_map(steps) {
        let files: Vec<String> = paths(&step).into_iter().map(read).collect();
        for name in quoted(&step).into_iter().filter_map(identifier) {
            names += 1;
            assert!(files.iter().any(|text| declares(text, name)), "no file of this step has {name}: {step}");
        }
    }
    assert!(names > 60, "only {names} names were found");
}

/// The numbered steps of a list, each with its further lines.
fn steps(list: &str) -> Vec<String> {
    let mut steps: Vec<String> = Vec::new();
    for line in list.lines() {
        if line.starts_with(|c: char| c.is_ascii_digit()) {
            steps.push(String::new());
        }
        if let Some(step) = steps.last_mut() {
            step.push_str(line);
            step.push('\n');
        }
    }
    steps
}

/// The last part of `module::name` or `name!`.
fn identifier(quoted: &str) -> Option<&str> {
    let name = quoted.trim_end_matches('!').rsplit("::").next()?;
    let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    (plain && !name.is_empty()).then_some(name)
}

/// Functions must be declared there; types, variants and fields be spoken of.
fn declares(text: &str, name: &str) -> bool {
    let words = || text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').filter(|word| !word.is_empty());
    let declared = words()
        .zip(words().skip(1))
        .any(|(before, word)| word == name && ["fn", "macro_rules", "struct", "enum", "pub", "use"].contains(&before));
    let is_type = name.starts_with(|c: char| c.is_ascii_uppercase());
    declared || (is_type && words().any(|word| word == name))
}

#[test]
fn the_settings_are_those_of_the_example_file() {
    let rows = section("Configuration").lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next());
    let listed: Vec<String> = rows.map(str::to_owned).collect();
    let mut documented = Vec::new();
    let mut section = String::new();
    for line in EXAMPLE.lines() {
        let line = line.strip_prefix("#: ").unwrap_or(line);
        if let Some(name) = line.strip_prefix('[') {
            section = format!("{}.", name.trim_end_matches(']'));
        } else if let Some((key, _)) = line.split_once(" = ").filter(|_| !line.starts_with('#')) {
            documented.push(format!("{section}{key}"));
        }
    }
    assert_eq!(listed, documented);
}
