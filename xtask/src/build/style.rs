//! One style sheet out of many: `@import` lines are replaced by what they name.
//!
//! Understood are `@import "file.css";` and `@import "file.css" layer(name);`
//! on lines of their own, relative to the importing file. Everything else is
//! CSS that today's browsers read as it stands.

use std::fs;
use std::path::Path;

use super::write_if_changed;
use crate::failure::{Context, Failure, Result};

/// Writes the bundle of `main` to `target`; without comments when `release`.
pub fn bundle(main: &Path, target: &Path, release: bool) -> Result<()> {
    if !main.exists() {
        return Ok(());
    }
    let css = inline(main, 0)?;
    let css = if release { without_comments(&css) } else { css };
    write_if_changed(target, css.as_bytes())
}

fn inline(file: &Path, depth: usize) -> Result<String> {
    if depth > 8 {
        return Err(Failure::new(format!("{}: imports go in a circle", file.display())));
    }
    let text = fs::read_to_string(file).context(format!("cannot read {}", file.display()))?;
    let folder = file.parent().unwrap_or(Path::new(""));
    let mut css = String::with_capacity(text.len());
    for line in text.lines() {
        match import(line) {
            Some((name, layer)) => {
                let imported = inline(&folder.join(name), depth + 1)?;
                match layer {
                    Some(layer) => css.push_str(&format!("@layer {layer} {{\n{imported}}}\n")),
                    None => css.push_str(&imported),
                }
            }
            None => {
                css.push_str(line);
                css.push('\n');
            }
        }
    }
    Ok(css)
}

/// The file and the layer of an import line. Addresses with a scheme stay imports.
fn import(line: &str) -> Option<(&str, Option<&str>)> {
    let rest = line.trim().strip_prefix("@import")?.trim_start().strip_suffix(';')?.trim_end();
    let quote = rest.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    let (name, after) = rest.strip_prefix(quote)?.split_once(quote)?;
    if name.contains("://") {
        return None;
    }
    let after = after.trim();
    if after.is_empty() {
        return Some((name, None));
    }
    let layer = after.strip_prefix("layer(")?.strip_suffix(')')?;
    Some((name, Some(layer.trim())))
}

/// Removes comments and empty lines; what stands in quotes is left alone.
fn without_comments(css: &str) -> String {
    let mut kept = String::with_capacity(css.len());
    let mut characters = css.chars().peekable();
    let mut quote = None;
    while let Some(character) = characters.next() {
        match quote {
            None if character == '/' && characters.peek() == Some(&'*') => {
                characters.next();
                let mut last = ' ';
                for inside in characters.by_ref() {
                    if last == '*' && inside == '/' {
                        break;
                    }
                    last = inside;
                }
                continue;
            }
            None if matches!(character, '"' | '\'') => quote = Some(character),
            Some(open) if character == open => quote = None,
            Some(_) if character == '\\' => {
                kept.push(character);
                kept.extend(characters.next());
                continue;
            }
            _ => {}
        }
        kept.push(character);
    }
    kept.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_are_replaced_by_their_files_and_keep_their_layer() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(
            folder.path().join("main.css"),
            "@layer base, parts;\n@import \"base.css\" layer(base);\n@import 'parts.css';\nbody { color: red }\n",
        )
        .unwrap();
        fs::write(folder.path().join("base.css"), "html { margin: 0 }\n").unwrap();
        fs::write(folder.path().join("parts.css"), "a { color: blue }\n").unwrap();
        let css = inline(&folder.path().join("main.css"), 0).unwrap();
        assert_eq!(
            css,
            "@layer base, parts;\n@layer base {\nhtml { margin: 0 }\n}\na { color: blue }\nbody { color: red }\n"
        );
    }

    #[test]
    fn a_missing_file_is_named() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("main.css"), "@import \"gone.css\";\n").unwrap();
        let failure = inline(&folder.path().join("main.css"), 0).unwrap_err().to_string();
        assert!(failure.contains("gone.css"), "{failure}");
    }

    #[test]
    fn imports_in_a_circle_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("main.css"), "@import \"main.css\";\n").unwrap();
        let failure = inline(&folder.path().join("main.css"), 0).unwrap_err().to_string();
        assert!(failure.ends_with("imports go in a circle"), "{failure}");
    }

    #[test]
    fn comments_go_but_not_out_of_quotes() {
        let css = "/* a */ a::after { content: \"/* \\\" kept */\" } /* b\n c */\n\nb { top: 0 }\n";
        assert_eq!(without_comments(css), "a::after { content: \"/* \\\" kept */\" }\nb { top: 0 }");
    }
}
