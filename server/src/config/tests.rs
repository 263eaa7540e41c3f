use figment::providers::Serialized;

use super::*;

const EXAMPLE: &str = include_str!("../../../postroom.example.toml");

fn file(text: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("postroom.toml");
    std::fs::write(&path, text).unwrap();
    (folder, path)
}

fn load(text: &str) -> Result<Config, ConfigError> {
    let (_folder, path) = file(text);
    Config::from_sources(Some(&path), Figment::new())
}

/// The example with every commented-out setting switched on.
fn uncommented_example() -> String {
    EXAMPLE.lines().map(|line| line.strip_prefix("#: ").unwrap_or(line)).collect::<Vec<_>>().join("\n")
}

/// Every key of a table, with its section.
fn keys(table: &figment::value::Dict, section: &str) -> Vec<String> {
    table
        .iter()
        .flat_map(|(key, value)| match value.as_dict() {
            Some(inner) => keys(inner, &format!("{section}{key}.")),
            None => vec![format!("{section}{key}")],
        })
        .collect()
}

fn keys_of(figment: &Figment) -> Vec<String> {
    keys(&figment.extract::<figment::value::Dict>().unwrap(), "")
}

#[test]
fn the_example_changes_nothing_as_it_stands() {
    assert_eq!(load(EXAMPLE).unwrap(), Config::default());
}

#[test]
fn the_example_documents_every_key() {
    let documented = keys_of(&Figment::from(Toml::string(&uncommented_example())));
    let known = keys_of(&Figment::from(Serialized::defaults(Config::default())));
    assert!(load(&uncommented_example()).is_ok(), "{:?}", load(&uncommented_example()));
    assert!(known.len() >= 13, "{known:?}");
    assert_eq!(documented, known);
}

#[test]
fn an_unknown_key_is_an_error_that_names_it() {
    for text in ["lisen = '127.0.0.1:1'", "[network]\nallow_privat = true"] {
        let error = load(text).unwrap_err().to_string();
        assert!(error.contains("lisen") || error.contains("allow_privat"), "{error}");
    }
}

#[test]
fn a_file_that_was_named_must_exist() {
    let missing = Path::new("/nonexistent/postroom.toml");
    assert!(matches!(Config::from_sources(Some(missing), Figment::new()), Err(ConfigError::NoFile(_))));
}

#[test]
fn without_any_file_there_are_the_defaults() {
    assert!(!Path::new(DEFAULT_FILE).exists(), "this test needs a folder without a configuration");
    assert_eq!(Config::from_sources(None, Figment::new()).unwrap(), Config::default());
}

#[test]
fn what_comes_later_wins_and_leaves_the_rest() {
    let (_folder, path) = file("mail_domain = 'desk.example'\n[network]\nallow_private = true");
    let later = Figment::new().merge(Serialized::default("network.allow_loopback", true));
    let config = Config::from_sources(Some(&path), later).unwrap();
    assert_eq!(config.mail_domain, "desk.example");
    assert!(config.network.allow_private && config.network.allow_loopback);
}

#[test]
fn a_mail_domain_must_be_a_domain() {
    assert!(matches!(load("mail_domain = 'a b'"), Err(ConfigError::MailDomain(_))));
    assert!(matches!(load("mail_domain = ''"), Err(ConfigError::MailDomain(_))));
}
