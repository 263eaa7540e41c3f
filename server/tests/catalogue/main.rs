//! The whole catalogue of what can go wrong, row by row: what is seen of it, and the problem it must end in.
//!
//! `rows.toml` has an entry for each row, and `row.rs` says what can stand in one. What a server, the system or a
//! library says is given to the very code that judges it at work, and every problem that comes out must have its
//! field, a page in the help, and a remedy in both languages.

#![expect(clippy::unwrap_used, reason = "a world that cannot be made is a failed test")]

mod judge;
mod row;
mod tls;
mod walk;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use postroom_server::{
    model::{Language, Problem, Protocol, Provider, Remedy, Security},
    remedy::{Situation, catalogue, examples, remedy},
};

use self::row::{Case, Row, rows};

/// The chapters of the catalogue and how many rows each has.
const CHAPTERS: [(char, usize); 6] = [('D', 9), ('T', 9), ('S', 27), ('I', 41), ('M', 50), ('O', 18)];

#[test]
fn the_catalogue_has_every_row_once() {
    let numbered = |&(chapter, count): &(char, usize)| (1..=count).map(move |number| format!("{chapter}{number:02}"));
    let wanted: Vec<String> = CHAPTERS.iter().flat_map(numbered).collect();
    assert_eq!(wanted.len(), 154);
    let found: Vec<String> = rows().into_iter().map(|row| row.id).collect();
    assert_eq!(found, wanted, "rows are missing, doubled or out of order");
}

#[test]
fn every_row_has_something_to_judge_or_says_why_not() {
    for Row { id, name, cases, aside, tested } in rows() {
        assert!(!name.trim().is_empty(), "{id} has no name");
        assert_eq!(cases.is_empty(), aside.is_some(), "{id} has cases, or a reason why it has none");
        // What no single reply shows is shown by a test of its own.
        assert!(!cases.is_empty() || !tested.is_empty(), "{id} is tested nowhere");
        for test in tested.iter().chain(cases.iter().filter(|case| case.at == "tested").map(|case| &case.says)) {
            let (file, function) = test.split_once(": ").unwrap_or_else(|| panic!("{id}: {test}"));
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(file);
            let source = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{id}: {file}: {error}"));
            assert!(source.contains(&format!("fn {function}(")), "{id}: there is no {function} in {file}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_row_ends_in_its_problem_and_that_has_a_remedy_in_both_languages() {
    let mut wrong = Vec::new();
    for row in rows() {
        for case in &row.cases {
            let problem = problem(case).await;
            let told = |what: &str| format!("{} {} {:?}: {what}", row.id, case.at, case.says);
            let Some(problem) = problem else {
                wrong.push(told("nothing is wrong"));
                continue;
            };
            if problem.kind() != case.problem {
                wrong.push(told(&format!("{} in place of {}", problem.kind(), case.problem)));
            }
            if problem.field() != case.field {
                wrong.push(told(&format!("the field is {:?}", problem.field())));
            }
            wrong.extend(faults_of_remedy(case, &problem).into_iter().map(|fault| told(&fault)));
        }
    }
    assert!(wrong.is_empty(), "{} faults:\n{}", wrong.len(), wrong.join("\n"));
}

/// What comes of a case; `None` where nothing goes wrong.
async fn problem(case: &Case) -> Option<Problem> {
    let place = case.at.as_str();
    if let Some(place) = place.strip_prefix("imap ") {
        return match place {
            "walk" => walk::problem(Protocol::Imap, case).await,
            place => Some(judge::imap(place, case)),
        };
    }
    if let Some(place) = place.strip_prefix("smtp ") {
        return match place {
            "walk" => walk::problem(Protocol::Smtp, case).await,
            place => Some(judge::smtp(place, case)),
        };
    }
    if let Some(place) = place.strip_prefix("oauth ") {
        return Some(judge::oauth(place, case));
    }
    match place {
        "dns" => Some(walk::dns(&case.says).await),
        "name" | "guard" => Some(walk::host(&case.says).await),
        "socket" => Some(judge::socket(case)),
        "tls" => Some(tls::fault(case)),
        "certificate" => Some(tls::certificate(case)),
        // Its own test shows that it comes to this; here is the remedy's turn.
        "tested" => example(&case.problem).map(|(problem, _)| problem),
        other => panic!("nothing is said at {other:?}"),
    }
}

fn example(kind: &str) -> Option<(Problem, Situation)> {
    examples().into_iter().find(|(problem, _)| problem.kind() == kind)
}

fn faults_of_remedy(case: &Case, problem: &Problem) -> Vec<String> {
    let mut faults = Vec::new();
    let situation = situation(case, problem);
    let [english, korean] = [Language::En, Language::Ko].map(|language| remedy(problem, &situation, language));
    for (language, remedy) in [(Language::En, &english), (Language::Ko, &korean)] {
        if !is_written_in(language, remedy) {
            faults.push(format!("the remedy in {} is not finished: {remedy:?}", language.tag()));
        }
        if !catalogue(language).iter().any(|entry| entry.kind == problem.kind()) {
            faults.push(format!("no page of the help in {}", language.tag()));
        }
    }
    if english.steps.len() != korean.steps.len() {
        faults.push("one language knows a step more".to_owned());
    }
    if let Some(provider) = case.provider {
        if situation.provider() != provider {
            faults.push(format!("the host belongs to {:?}", situation.provider()));
        }
        let anywhere = Situation { host: "mail.example.com".to_owned(), oauth: None, ..situation };
        let elsewhere = remedy(problem, &anywhere, Language::En);
        if (&elsewhere.why, &elsewhere.steps) == (&english.why, &english.steps) {
            faults.push("the remedy is the one for everybody".to_owned());
        }
    }
    faults
}

fn is_written_in(language: Language, remedy: &Remedy) -> bool {
    let texts: BTreeSet<&str> =
        [&remedy.title, &remedy.why].into_iter().chain(&remedy.steps).map(String::as_str).collect();
    let hangul = |text: &str| text.chars().any(|c| matches!(c, '가'..='힣'));
    !remedy.steps.is_empty()
        && texts.iter().all(|text| !text.trim().is_empty() && hangul(text) == (language == Language::Ko))
}

/// The mailbox that the case is about.
fn situation(case: &Case, problem: &Problem) -> Situation {
    if (case.at.starts_with("oauth ") || case.at == "tested")
        && let Some((_, situation)) = example(problem.kind())
    {
        return situation;
    }
    let protocol = if case.at.starts_with("smtp") { Protocol::Smtp } else { Protocol::Imap };
    let address = match Provider::of_host(case.host()) {
        Provider::Microsoft | Provider::Google | Provider::Other => "support@example.com".to_owned(),
        _ => format!("support@{}", case.host().split_once('.').map_or("example.com", |(_, domain)| domain)),
    };
    Situation {
        protocol,
        host: case.host().to_owned(),
        port: protocol.default_port(Security::Tls),
        security: Security::Tls,
        username: address.clone(),
        address,
        oauth: None,
    }
}
