//! Keys, backups and restoring, as the shell sees them.

#![expect(clippy::unwrap_used, reason = "a world that cannot be made is a failed test")]

use std::{
    fs,
    io::Write as _,
    path::Path,
    process::{Command, Output, Stdio},
};

fn postroom(data: &Path, words: &[&str], input: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_postroom"));
    command.args(words).current_dir(data.parent().unwrap()).env_clear().env("POSTROOM_DATA_DIR", data);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // Whoever does not read it has closed the pipe.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

fn done(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn refused(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stdout));
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn a_desk_is_backed_up_and_restored_and_says_what_happened() {
    let place = tempfile::tempdir().unwrap();
    let (data, copy) = (place.path().join("data"), place.path().join("copy"));
    let nothing = refused(&postroom(&data, &["backup", "early.tar"], ""));
    assert!(nothing.contains("there is no database to back up"), "{nothing}");
    let admin = ["admin", "create", "--email", "ada@example.com", "--name", "Ada"];
    done(&postroom(&data, &admin, "correct horse battery\n"));

    let said = done(&postroom(&data, &["backup", "desk.tar"], ""));

    assert!(said.contains("desk.tar holds 1 user, 1 workspace, 1 mailbox and 0 received mails."), "{said}");
    assert!(said.contains("whoever has this file has every password"), "{said}");
    let again = refused(&postroom(&data, &["backup", "desk.tar"], ""));
    assert!(again.contains("desk.tar is there already"), "{again}");
    let said = done(&postroom(&copy, &["restore", "desk.tar"], ""));
    assert!(said.contains("1 user, 1 workspace, 1 mailbox and 0 received mails, as they were at 2"), "{said}");
    assert!(said.contains("Everybody has to sign in again."), "{said}");
    assert_eq!(fs::read(data.join("vault.key")).unwrap(), fs::read(copy.join("vault.key")).unwrap());
    let again = refused(&postroom(&copy, &["restore", "desk.tar"], ""));
    assert!(again.contains("vault.key is there already; restore into an empty data folder"), "{again}");

    let said = done(&postroom(&data, &["backup", "sealed.tar", "--without-key"], ""));
    assert!(said.contains("The key is not in it"), "{said}");
    let third = place.path().join("third");
    let said = done(&postroom(&third, &["restore", "sealed.tar"], ""));
    assert!(said.contains("vault.key before you start"), "{said}");
    assert_eq!(postroom(&third, &["restore"], "").status.code(), Some(2));
}

#[test]
fn keys_are_listed_added_and_removed_in_words() {
    let place = tempfile::tempdir().unwrap();
    let data = place.path().join("data");
    let list = || done(&postroom(&data, &["key", "list"], ""));
    assert_eq!(list(), "Key 1 seals, and opens 0 secrets.\n");

    let said = done(&postroom(&data, &["key", "rotate"], ""));

    assert_eq!(said, "Key 2 seals from now on; 0 secrets were sealed anew.\n");
    assert_eq!(list(), "Key 1 opens 0 secrets.\nKey 2 seals, and opens 0 secrets.\n");
    let said = done(&postroom(&data, &["key", "drop-old"], ""));
    assert!(said.starts_with("Removed from the key file: 1."), "{said}");
    assert_eq!(done(&postroom(&data, &["key", "drop-old"], "")), "There is only one key.\n");
    assert_eq!(
        done(&postroom(&data, &["key", "reseal"], "")),
        "Key 2 seals from now on; 0 secrets were sealed anew.\n"
    );
}
