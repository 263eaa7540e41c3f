//! Servers are found from the address: who is believed, what is refused, and that a failure hides nothing.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a world that cannot be made is a failed test")]

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use postroom_server::{
    discover::{Discoverer, Options, Patience, Ports, Table, discover},
    model::{Because, Certainty, Discovery, EmailAddress, OAuthProvider, Progress, Source, SourceOutcome, Trouble},
    net::{DialOptions, Dialer, Guard},
};
use postroom_testing::{Authority, HttpReply, HttpRequest, Https, Leaf, Script, ServerTls, Zone};

const NAMES: [&str; 8] = [
    "autoconfig.example.com",
    "example.com",
    "directory.example",
    "ua-auto-config.example.com",
    "autodiscover-s.outlook.com",
    "autoconfig.in.provider.example",
    "autoconfig.provider.example",
    "autoconfig.mimecast.com",
];
const PLENTY: Duration = Duration::from_secs(10);
const IMAP_IN_CLEAR: &str = "S: * OK ready
    C: CAPABILITY
    S: * CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED
    S: OK done";

fn config(host: &str) -> HttpReply {
    let server = |element: &str, kind: &str, port: u16| {
        format!(
            "<{element} type='{kind}'><hostname>{host}</hostname><port>{port}</port><socketType>SSL</socketType>\
             <username>%EMAILADDRESS%</username></{element}>"
        )
    };
    let servers = server("incomingServer", "imap", 993) + &server("outgoingServer", "smtp", 465);
    HttpReply::of(
        200,
        "text/xml",
        format!("<clientConfig><emailProvider id='x'>{servers}</emailProvider></clientConfig>"),
    )
}

fn pop3_config(host: &str) -> HttpReply {
    let server = |element: &str, kind: &str, port: u16| {
        format!(
            "<{element} type='{kind}'><hostname>{host}</hostname><port>{port}</port><socketType>SSL</socketType>\
             </{element}>"
        )
    };
    let servers = server("incomingServer", "pop3", 995) + &server("outgoingServer", "smtp", 465);
    HttpReply::of(
        200,
        "text/xml",
        format!("<clientConfig><emailProvider id='x'>{servers}</emailProvider></clientConfig>"),
    )
}

fn asked_of(request: &HttpRequest) -> &str {
    let host = request.headers.iter().find(|(name, _)| name == "host").map_or("", |(_, host)| host.as_str());
    host.split(':').next().unwrap_or_default()
}

fn missing() -> HttpReply {
    HttpReply::of(404, "text/plain", "no")
}

/// A name server, an HTTPS server that has every name, and whoever asks them.
struct World {
    https: Https,
    discoverer: Discoverer,
}

impl World {
    async fn new(zone: Zone, answer: impl Fn(&HttpRequest) -> HttpReply + Send + Sync + 'static) -> Self {
        Self::with(zone, answer, Guard::allow_all(), |_| {}).await
    }

    async fn with(
        zone: Zone,
        answer: impl Fn(&HttpRequest) -> HttpReply + Send + Sync + 'static,
        guard: Guard,
        change: impl FnOnce(&mut Options),
    ) -> Self {
        Self::trusting(&Authority::new("Discovery CA"), zone, answer, guard, change).await
    }

    async fn trusting(
        authority: &Authority,
        zone: Zone,
        answer: impl Fn(&HttpRequest) -> HttpReply + Send + Sync + 'static,
        guard: Guard,
        change: impl FnOnce(&mut Options),
    ) -> Self {
        let identity = authority.issue(&Leaf::named(&NAMES));
        let https = Https::serve(ServerTls::of(&identity), answer).await;
        let zone = NAMES.iter().fold(zone, |zone, name| zone.address(name, "127.0.0.1"));
        let name_server: SocketAddr = zone.serve().await;
        let dialer = Dialer::new(DialOptions {
            guard,
            extra_roots: vec![authority.root()],
            name_servers: vec![name_server],
            ..DialOptions::default()
        })
        .unwrap();
        let mut options = Options::with_table(Table::built_in().unwrap());
        options.ports = Ports { https: https.port(), imaps: 1, imap: 1, submissions: 1, submission: 1 };
        options.patience = Patience { dns: PLENTY, document: PLENTY, asking: PLENTY, guessing: PLENTY };
        change(&mut options);
        let discoverer = Discoverer::new(Arc::new(dialer), options).unwrap();
        Self { https, discoverer }
    }

    async fn find(&self, address: &str) -> Discovery {
        discover(&self.discoverer, &EmailAddress::parse(address).unwrap(), |_| {}).await
    }
}

fn outcome(discovery: &Discovery, source: Source) -> SourceOutcome {
    discovery.sources.iter().find(|report| report.source == source).unwrap().outcome.clone()
}

fn best(discovery: &Discovery) -> (String, u16, Source) {
    let endpoint = &discovery.incoming[0].endpoint;
    (endpoint.value.host.clone(), endpoint.value.port, endpoint.source)
}

#[tokio::test]
async fn a_providers_own_domain_asks_nobody() {
    let world = World::new(Zone::default(), |_| missing()).await;
    let found = world.find("desk@naver.com").await;
    assert_eq!(best(&found), ("imap.naver.com".to_owned(), 993, Source::Table));
    assert!(!found.needs.is_empty());
    assert_eq!(outcome(&found, Source::Mx), SourceOutcome::NotNeeded);
    assert_eq!(world.https.asked(), []);
    assert_eq!(world.discoverer.remembered(&found.address), Some(found));
}

#[tokio::test]
async fn the_mx_record_says_that_signing_in_with_google_is_the_way() {
    let zone = Zone::default().mx("example.com", 1, "aspmx.l.google.com");
    let world = World::new(zone, |_| config("mail.elsewhere.example")).await;
    let found = world.find("desk@example.com").await;
    let provider = found.provider.clone().unwrap();
    assert_eq!(provider.sign_in, Some(OAuthProvider::Google));
    let host = "aspmx.l.google.com".to_owned();
    assert_eq!(provider.because, Because::Mx { domain: "example.com".to_owned(), host });
    assert_eq!(best(&found), ("imap.gmail.com".to_owned(), 993, Source::Mx));
}

#[tokio::test]
async fn srv_records_are_read_in_their_order_and_a_dot_means_not_offered() {
    let zone = Zone::default()
        .srv("_imaps._tcp.example.com", (10, 0, 993), "second.example.com")
        .srv("_imaps._tcp.example.com", (1, 5, 1993), "light.example.com")
        .srv("_imaps._tcp.example.com", (1, 50, 2993), "heavy.example.net")
        .srv("_imap._tcp.example.com", (0, 0, 0), ".")
        .srv("_submission._tcp.example.com", (0, 1, 587), "mail.example.com");
    let found = World::new(zone, |_| missing()).await.find("desk@example.com").await;
    let hosts: Vec<&str> = found.incoming.iter().map(|one| one.endpoint.value.host.as_str()).collect();
    assert_eq!(hosts, ["heavy.example.net", "light.example.com", "second.example.com"]);
    assert_eq!(found.incoming[0].endpoint.certainty, Certainty::Unsure, "it is outside of the domain");
    assert_eq!(found.incoming[1].endpoint.certainty, Certainty::Likely);
    assert_eq!(found.outgoing[0].endpoint.value.port, 587);
    assert_eq!(outcome(&found, Source::Guess), SourceOutcome::NotNeeded);
}

#[tokio::test]
async fn the_better_source_wins_and_the_directory_learns_the_domain_alone() {
    let answer = |request: &HttpRequest| match request.target.as_str() {
        target if target.starts_with("/mail/config-v1.1.xml") => config("own.example.com"),
        "/v1.1/example.com" => config("listed.example.com"),
        _ => missing(),
    };
    let zone = Zone::default().srv("_imaps._tcp.example.com", (0, 0, 993), "srv.example.com");
    let world = World::with(zone, answer, Guard::allow_all(), |options| {
        let directory = format!("https://directory.example:{}/v1.1/", options.ports.https);
        options.directory = Some(directory.parse().unwrap());
    })
    .await;
    let found = world.find("desk@example.com").await;
    assert_eq!(best(&found), ("own.example.com".to_owned(), 993, Source::Autoconfig));
    for request in world.https.asked() {
        let header = |name: &str| request.headers.iter().any(|(key, _)| key == name);
        assert!(!header("cookie") && !header("authorization") && !header("referer"), "{request:?}");
        let tells_address = request.target.contains("desk");
        assert_eq!(tells_address, request.target.starts_with("/mail/"), "{}", request.target);
    }
}

#[tokio::test]
async fn a_source_that_fails_hides_no_other_and_says_why() {
    let answer = |request: &HttpRequest| match request.target.as_str() {
        target if target.starts_with("/mail/") => HttpReply::of(500, "text/plain", "oops"),
        target if target.starts_with("/.well-known/autoconfig") => HttpReply::of(200, "text/xml", "<!DOCTYPE x><x/>"),
        target if target.starts_with("/.well-known/user-agent") => HttpReply::of(200, "application/json", "{}"),
        _ => missing(),
    };
    let zone = Zone::default().srv("_imaps._tcp.example.com", (0, 0, 993), "mail.example.com").srv(
        "_submissions._tcp.example.com",
        (0, 0, 465),
        "mail.example.com",
    );
    let found = World::new(zone, answer).await.find("desk@example.com").await;
    let failed = |trouble| SourceOutcome::Failed { trouble };
    assert_eq!(best(&found), ("mail.example.com".to_owned(), 993, Source::Srv));
    assert_eq!(outcome(&found, Source::Autoconfig), failed(Trouble::Status { status: 500 }));
    assert!(matches!(
        outcome(&found, Source::WellKnown),
        SourceOutcome::Failed { trouble: Trouble::Unreadable { detail } } if detail.contains("document type")
    ));
    assert_eq!(outcome(&found, Source::Pacc), failed(Trouble::NotVouchedFor));
}

#[tokio::test]
async fn redirects_leave_neither_https_nor_the_world_of_names() {
    for target in ["http://example.com/", "https://127.0.0.1/", "https://example.com:1/", "https://a:b@example.com/"] {
        let answer = move |_: &HttpRequest| HttpReply::of(302, "text/plain", "").with("Location", target);
        let found = World::new(Zone::default(), answer).await.find("desk@example.com").await;
        let outcome = outcome(&found, Source::Autoconfig);
        let refused = matches!(outcome, SourceOutcome::Failed { trouble: Trouble::RedirectRefused { .. } });
        assert!(refused, "{target}: {outcome:?}");
    }
    let round = |_: &HttpRequest| HttpReply::of(302, "text/plain", "").with("Location", "/again");
    let world = World::new(Zone::default(), round).await;
    let found = world.find("desk@example.com").await;
    let trouble = Trouble::TooManyRedirects;
    assert_eq!(outcome(&found, Source::WellKnown), SourceOutcome::Failed { trouble });
}

#[tokio::test]
async fn a_document_without_an_end_is_not_read_to_it() {
    let long = |_: &HttpRequest| HttpReply::of(200, "text/xml", " ".repeat(300 * 1024));
    let found = World::new(Zone::default(), long).await.find("desk@example.com").await;
    let trouble = Trouble::TooLong { max_bytes: 256 * 1024 };
    assert_eq!(outcome(&found, Source::Autoconfig), SourceOutcome::Failed { trouble });
}

#[tokio::test]
async fn the_guard_keeps_look_ups_out_of_this_machine() {
    let world = World::with(Zone::default(), |_| config("mail.example.com"), Guard::default(), |_| {}).await;
    let found = world.find("desk@example.com").await;
    assert_eq!(world.https.asked(), []);
    assert!(found.incoming.is_empty() && found.outgoing.is_empty());
    assert!(matches!(
        outcome(&found, Source::WellKnown),
        SourceOutcome::Failed { trouble: Trouble::Unreachable { .. } }
    ));
}

#[tokio::test]
async fn a_silent_server_costs_no_more_than_the_time_for_asking() {
    let short = Duration::from_millis(300);
    let silent = |_: &HttpRequest| HttpReply::Silence;
    let world = World::with(Zone::default(), silent, Guard::allow_all(), |options| {
        options.patience = Patience { dns: short, document: PLENTY, asking: short, guessing: short };
    })
    .await;
    let began = std::time::Instant::now();
    let found = world.find("desk@example.com").await;
    assert!(began.elapsed() < Duration::from_secs(5));
    let trouble = Trouble::TimedOut;
    assert_eq!(outcome(&found, Source::Autoconfig), SourceOutcome::Failed { trouble });
}

#[tokio::test]
async fn switched_off_it_knows_the_list_and_asks_nobody() {
    let zone = Zone::default().mx("example.com", 1, "aspmx.l.google.com");
    let world =
        World::with(zone, |_| config("x.example.com"), Guard::allow_all(), |options| options.enabled = false).await;
    let found = world.find("desk@example.com").await;
    assert!(found.incoming.is_empty() && found.provider.is_none());
    assert_eq!(outcome(&found, Source::Mx), SourceOutcome::Off);
    assert_eq!(outcome(&found, Source::Guess), SourceOutcome::Off);
    assert_eq!(world.https.asked(), []);
    assert_eq!(best(&world.find("desk@gmail.com").await).0, "imap.gmail.com");
}

#[tokio::test]
async fn every_source_is_told_of_as_it_begins_and_ends() {
    let world = World::new(Zone::default(), |_| missing()).await;
    let heard = Mutex::new(Vec::new());
    let address = EmailAddress::parse("desk@example.com").unwrap();
    let found = discover(&world.discoverer, &address, |progress| heard.lock().unwrap().push(progress)).await;
    let heard = heard.into_inner().unwrap();
    let ended = heard.iter().filter(|one| matches!(one, Progress::Ended { .. })).count();
    assert_eq!(ended, Source::ASKED.len());
    let sources: Vec<Source> = found.sources.iter().map(|report| report.source).collect();
    assert_eq!(sources, Source::ASKED);
    assert_eq!(outcome(&found, Source::Autoconfig), SourceOutcome::Nothing);
}

#[tokio::test]
async fn microsofts_hint_is_worth_more_than_a_web_host_that_greets() {
    let answer = |request: &HttpRequest| match asked_of(request) {
        "autodiscover-s.outlook.com" => HttpReply::of(
            200,
            "application/json",
            r#"{"Protocol":"AutodiscoverV1","Url":"https://outlook.office365.com/autodiscover/autodiscover.xml"}"#,
        ),
        _ => missing(),
    };
    let web_host = Script::serve(IMAP_IN_CLEAR).await;
    let zone =
        Zone::default().mx("example.com", 1, "eu-smtp-inbound-1.mimecast.com").address("mail.example.com", "127.0.0.1");
    let world = World::with(zone, answer, Guard::allow_all(), |options| options.ports.imap = web_host.port()).await;
    let found = world.find("desk@example.com").await;
    assert_eq!(best(&found).2, Source::Guess, "it may still be the right one");
    let provider = found.provider.clone().unwrap();
    assert_eq!(provider.sign_in, Some(OAuthProvider::Microsoft));
    assert!(matches!(provider.because, Because::Autodiscover { .. }));
    assert_eq!(found.gateway.as_deref(), Some("Mimecast"));
}

#[tokio::test]
async fn a_document_with_pop3_alone_does_not_keep_from_guessing() {
    let server = Script::serve(IMAP_IN_CLEAR).await;
    let zone = Zone::default().address("mail.example.com", "127.0.0.1");
    let answer = |request: &HttpRequest| match asked_of(request) {
        "autoconfig.example.com" => pop3_config("pop.example.com"),
        _ => missing(),
    };
    let world = World::with(zone, answer, Guard::allow_all(), |options| options.ports.imap = server.port()).await;
    let found = world.find("desk@example.com").await;
    assert_eq!(best(&found), ("mail.example.com".to_owned(), server.port(), Source::Guess));
    assert_eq!(found.outgoing[0].endpoint.value.host, "pop.example.com", "it sends as the document says");
    assert_eq!(found.needs, []);
}

#[tokio::test]
async fn the_domain_behind_the_mail_exchanger_is_asked_although_the_one_before_it_fails() {
    let zone = Zone::default().mx("example.com", 1, "mx1.in.provider.example");
    let answer = |request: &HttpRequest| match asked_of(request) {
        "autoconfig.in.provider.example" => HttpReply::of(500, "text/plain", "oops"),
        "autoconfig.provider.example" => config("mail.provider.example"),
        _ => missing(),
    };
    let found = World::new(zone.clone(), answer).await.find("desk@example.com").await;
    assert_eq!(best(&found), ("mail.provider.example".to_owned(), 993, Source::MxAutoconfig));
    let answer = |request: &HttpRequest| match asked_of(request) {
        "autoconfig.in.provider.example" => HttpReply::of(500, "text/plain", "oops"),
        _ => missing(),
    };
    let found = World::new(zone, answer).await.find("desk@example.com").await;
    let trouble = Trouble::Status { status: 500 };
    assert_eq!(outcome(&found, Source::MxAutoconfig), SourceOutcome::Failed { trouble }, "it is told all the same");
}

#[tokio::test]
async fn a_filter_is_not_asked_for_the_servers_behind_it() {
    let zone = Zone::default().mx("example.com", 1, "eu-smtp-inbound-1.mimecast.com").mx(
        "example.com",
        20,
        "mx1.in.provider.example",
    );
    let answer = |request: &HttpRequest| match asked_of(request) {
        "autoconfig.provider.example" => config("mail.provider.example"),
        _ => missing(),
    };
    let world = World::with(zone, answer, Guard::allow_all(), |options| {
        let directory = format!("https://directory.example:{}/v1.1/", options.ports.https);
        options.directory = Some(directory.parse().unwrap());
    })
    .await;
    let found = world.find("desk@example.com").await;
    let asked = world.https.asked();
    assert!(asked.iter().all(|request| asked_of(request) != "autoconfig.mimecast.com"), "{asked:?}");
    assert!(asked.iter().all(|request| !request.target.contains("mimecast")), "{asked:?}");
    assert_eq!(best(&found).0, "mail.provider.example", "whoever takes the mail too is asked");
    assert_eq!(found.gateway.as_deref(), Some("Mimecast"));
}

#[tokio::test]
async fn a_guessed_server_whose_certificate_is_at_fault_is_there_and_comes_after_those_without_a_fault() {
    let authority = Authority::new("Discovery CA");
    let tls = ServerTls::of(&authority.issue(&Leaf::named(&["mail.example.com"])));
    let encrypted = Script::serve_tls("S: * OK ready", &tls).await;
    let clear = Script::serve(IMAP_IN_CLEAR).await;
    let guess = async |zone: Zone| {
        let world = World::trusting(
            &authority,
            zone,
            |_| missing(),
            Guard::allow_all(),
            |options| {
                (options.ports.imaps, options.ports.imap) = (encrypted.port(), clear.port());
            },
        )
        .await;
        let found = world.find("desk@example.com").await;
        assert!(found.incoming.iter().all(|one| one.endpoint.certainty == Certainty::Unsure));
        found.incoming.into_iter().map(|one| (one.endpoint.value.host, one.endpoint.value.port)).collect::<Vec<_>>()
    };
    let place = |host: &str, server: &Script| (host.to_owned(), server.port());
    let other_name = Zone::default().address("imap.example.com", "127.0.0.1");
    let places = guess(other_name.clone()).await;
    assert_eq!(places[0], place("imap.example.com", &encrypted), "its port in clear has the same certificate");
    assert_eq!(places[1], place("imap.example.com", &clear));
    let places = guess(other_name.address("mail.example.com", "127.0.0.1")).await;
    assert_eq!(places[0], place("mail.example.com", &encrypted), "its name is in the certificate");
    assert_eq!(places[2], place("imap.example.com", &encrypted));
}
