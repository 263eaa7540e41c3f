//! Every input of the corpus, and a few thousand changed ones, the same in every run.

#![expect(clippy::print_stderr, reason = "the input that breaks a property has to be shown")]
#![expect(clippy::unwrap_used, reason = "a corpus that cannot be read is a failed test")]

use std::{fs, panic, path::Path};

use postroom_fuzz::{TARGETS, Target, mutation::changed, target};
use rand::{SeedableRng, rngs::StdRng};

fn corpus(target: Target) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target.name);
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| fs::read(file).unwrap()).collect()
}

/// Runs an input, and says which it was if a property does not hold.
fn hold(target: Target, input: &[u8]) {
    if let Err(broken) = panic::catch_unwind(|| (target.run)(input)) {
        eprintln!("{}: \"{}\"", target.name, input.escape_ascii());
        panic::resume_unwind(broken);
    }
}

fn run(name: &str, changes: usize) {
    let target = target(name).unwrap();
    let corpus = corpus(target);
    for input in &corpus {
        hold(target, input);
    }
    let mut random = StdRng::seed_from_u64(5321);
    for _ in 0..changes {
        hold(target, &changed(&mut random, &corpus, target.words));
    }
}

#[test]
fn imap_responses_are_the_same_however_they_arrive() {
    run("imap_responses", 1_500);
}

#[test]
fn smtp_replies_are_the_same_however_they_arrive() {
    run("smtp_replies", 1_500);
}

#[test]
fn a_secret_survives_in_no_covered_text() {
    run("masks", 2_000);
}

#[test]
fn a_message_ends_where_its_sender_says_and_nowhere_else() {
    run("inbound_message", 2_000);
}

#[test]
fn a_walk_to_any_imap_server_ends_and_tells_no_secret() {
    run("imap_walk", 2_000);
}

#[test]
fn a_walk_to_any_smtp_server_ends_and_tells_no_secret() {
    run("smtp_walk", 2_000);
}

#[test]
fn a_configuration_in_xml_names_only_servers_that_the_form_takes() {
    run("discovered_autoconfig", 3_000);
}

#[test]
fn a_configuration_in_json_names_only_servers_that_the_form_takes() {
    run("discovered_pacc", 3_000);
}

#[test]
fn an_answer_of_microsoft_leads_to_microsoft_or_nowhere() {
    run("discovered_autodiscover", 3_000);
}

#[test]
fn a_list_of_providers_that_is_taken_names_only_servers_that_the_form_takes() {
    run("discovered_providers", 2_000);
}

#[test]
fn records_in_the_dns_name_only_servers_that_the_form_takes() {
    run("discovered_records", 3_000);
}

#[test]
fn every_target_is_run_and_has_real_replies_to_begin_with() {
    let tests = include_str!("corpus.rs");
    for target in TARGETS {
        assert!(tests.contains(&format!("run(\"{}\"", target.name)), "no test runs {}", target.name);
        assert!(corpus(target).len() >= 5, "{} has too small a corpus", target.name);
    }
}
