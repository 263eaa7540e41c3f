//! The same domain gets the same answer, whoever is quicker.

use super::*;
use crate::{
    model::{Certainty, Endpoint, Protocol, Security, Sourced, UsernameForm},
    net::DialOptions,
};

const ASKED: [Source; 3] = [Source::Mx, Source::Autoconfig, Source::Srv];

fn server(host: &str, source: Source, protocol: Protocol) -> Candidate {
    let endpoint = Endpoint::new(host.to_owned(), protocol.default_port(Security::Tls), Security::Tls);
    Candidate {
        endpoint: Sourced::new(endpoint, source, Certainty::Likely),
        username: Sourced::new(UsernameForm::Address, Source::Usual, Certainty::Unsure),
        ways: Sourced::new(Vec::new(), Source::Usual, Certainty::Unsure),
    }
}

fn imap(host: &str, source: Source) -> Found {
    Found { incoming: vec![server(host, source, Protocol::Imap)], ..Found::default() }
}

fn smtp(host: &str, source: Source) -> Found {
    Found { outgoing: vec![server(host, source, Protocol::Smtp)], ..Found::default() }
}

fn both(host: &str, source: Source) -> Found {
    Found { outgoing: smtp(host, source).outgoing, ..imap(host, source) }
}

fn pop3_only(found: Found) -> Found {
    Found { needs: vec![found::bare(NeedKind::Pop3Only)], ..found }
}

/// What comes of these answers in this order, each heard only while it could matter.
fn discovery(answers: &[(Source, Option<Found>)]) -> Discovery {
    let name_servers = vec!["127.0.0.1:53".parse().unwrap()];
    let dialer = Dialer::new(DialOptions { name_servers, ..DialOptions::default() }).unwrap();
    let options = Options::with_table(Table::built_in().unwrap());
    let discoverer = Discoverer::new(Arc::new(dialer), options).unwrap();
    let address = EmailAddress::parse("desk@example.com").unwrap();
    let mut search =
        Search { discoverer: &discoverer, address: &address, ended: BTreeMap::new(), found: BTreeMap::new() };
    for (source, answer) in answers {
        if !search.is_enough(&ASKED) {
            search.settle(*source, Ok(answer.clone()), "example.com", 0, &|_| {});
        }
    }
    Discovery { sources: Vec::new(), ..search.into_discovery() }
}

/// The same, which must not hang on the order.
fn in_any_order(mx: Option<Found>, autoconfig: Option<Found>, srv: Option<Found>) -> Discovery {
    let answers = [(Source::Mx, mx), (Source::Autoconfig, autoconfig), (Source::Srv, srv)];
    let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
    let all = orders.map(|order| discovery(&order.map(|at| answers[at].clone())));
    assert!(all.iter().all(|one| *one == all[0]), "{all:#?}");
    all[0].clone()
}

fn hosts(candidates: &[Candidate]) -> Vec<&str> {
    candidates.iter().map(|one| one.endpoint.value.host.as_str()).collect()
}

#[tokio::test]
async fn a_document_with_pop3_alone_hides_no_imap_server_however_quick_it_was() {
    let document = pop3_only(smtp("document.example.com", Source::Autoconfig));
    let found = in_any_order(None, Some(document.clone()), Some(both("srv.example.com", Source::Srv)));
    assert_eq!(hosts(&found.incoming), ["srv.example.com"]);
    assert_eq!(hosts(&found.outgoing), ["document.example.com", "srv.example.com"]);
    assert_eq!(found.needs, []);
    let found = in_any_order(None, Some(document), None);
    assert!(found.has_no_imap(), "nobody knows better");
}

#[tokio::test]
async fn a_provider_that_is_known_to_have_pop3_alone_is_believed() {
    let hiworks = Table::built_in().unwrap().by_exchange("example.com", &["mx1.hiworks.co.kr".to_owned()]);
    let found = in_any_order(hiworks, None, Some(both("srv.example.com", Source::Srv)));
    assert!(found.has_no_imap());
    assert_eq!(hosts(&found.outgoing), ["smtps.hiworks.com"]);
}

#[tokio::test]
async fn a_quick_answer_adds_nothing_to_a_better_one() {
    let (document, records) = (both("document.example.com", Source::Autoconfig), both("srv.example.com", Source::Srv));
    let found = in_any_order(None, Some(document), Some(records));
    assert_eq!(hosts(&found.incoming), ["document.example.com"]);
    let partial = imap("document.example.com", Source::Autoconfig);
    let found = in_any_order(None, Some(partial), Some(both("srv.example.com", Source::Srv)));
    assert_eq!(hosts(&found.incoming), ["document.example.com", "srv.example.com"], "who is needed is heard");
}

#[tokio::test]
async fn a_server_that_only_sends_gets_the_user_name_that_is_its_own() {
    let (document, records) = (imap("imap.example.com", Source::Autoconfig), smtp("smtp.sendgrid.net", Source::Srv));
    let found = in_any_order(None, Some(document), Some(records));
    assert_eq!(found.outgoing[0].username.value, UsernameForm::Text("apikey".to_owned()));
    assert!(found.needs(NeedKind::SendingKey).is_some());
    assert_eq!(found.provider, None, "the mail is not there");
}
