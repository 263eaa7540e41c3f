//! The readers of what others say of a mailbox's servers, and the operator's own list of providers.
//!
//! Whatever is read, what comes out is a server that the form takes: a host name, a port, encryption, a user name that
//! fits. What leads people somewhere is an address of the web that begins with `https://`. There is no more of it than
//! is said, and no entity of a document's own is ever followed.

use std::sync::LazyLock;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use postroom_server::{
    discover::{
        MAX_DOCUMENT_BYTES, Table, Unreadable, autoconfig, autodiscover,
        found::Found,
        pacc,
        srv::{self, Offer, SERVICES},
    },
    model::{Candidate, EmailAddress, Protocol, Security, ServerForm, Source, address::is_host_name},
    net::dns::records::Service,
};

use crate::input::written_out;

pub const XML_WORDS: [&str; 26] = [
    "<clientConfig>",
    "</clientConfig>",
    "<emailProvider id='x'>",
    "</emailProvider>",
    "<incomingServer type='imap'>",
    "<incomingServer type='pop3'>",
    "</incomingServer>",
    "<outgoingServer>",
    "</outgoingServer>",
    "<hostname>mail.example.com</hostname>",
    "<port>993</port>",
    "<socketType>SSL</socketType>",
    "<socketType>plain</socketType>",
    "<username>%EMAILADDRESS%</username>",
    "%EMAILLOCALPART%",
    "%EMAILDOMAIN%",
    "<authentication>OAuth2</authentication>",
    "<enable visiturl='https://example.com/'/>",
    "<!DOCTYPE a [<!ENTITY b 'c'>]>",
    "<![CDATA[",
    "]]>",
    "<!--",
    "&b;",
    "&#0;",
    "&amp;",
    "\x1d",
];
pub const JSON_WORDS: [&str; 14] = [
    "{",
    "}",
    "[",
    "\"protocols\":",
    "\"imap\":{\"host\":\"imap.example.com\"}",
    "\"pop3\":{\"host\":\"pop.example.com\"}",
    "\"submit\":",
    "\"authentication\":",
    "\"Protocol\":\"AutodiscoverV1\"",
    "\"Url\":\"https://outlook.office365.com/\"",
    ",",
    "\\u0000",
    "v=UAAC1; a=sha256; d=",
    "\x1d",
];
pub const TOML_WORDS: [&str; 16] = [
    "[[provider]]\n",
    "[[gateway]]\n",
    "id='x'\n",
    "name='X'\n",
    "domains=['x.example']\n",
    "mx=['mx.example']\n",
    "imap=['imaps://imap.x.example']\n",
    "smtp=['smtp+starttls://x.example:587']\n",
    "needs=['no_imap']\n",
    "account='https://x.example/'\n",
    "sign_in='google'\n",
    "username='local_part'\n",
    ":0",
    ".",
    "127.0.0.1",
    "\x1d",
];
pub const RECORD_WORDS: [&str; 14] = [
    "mx ",
    "srv 0 ",
    "srv 3 ",
    "srv 4 ",
    "aspmx.l.google.com",
    "eu.mimecast.com",
    "example-com.mail.protection.outlook.com",
    "mail.example.com",
    "evil.example.net",
    "127.0.0.1",
    "\\032",
    " 993 ",
    ".",
    "\n",
];

/// More than this never comes out of one document: as JSON, in bytes.
const MAX_FOUND_BYTES: usize = 200_000;

/// Addresses of all sorts: the first byte of an input picks one.
static ADDRESSES: LazyLock<[EmailAddress; 4]> = LazyLock::new(|| {
    let long = format!("{}@{}.example", "a".repeat(64), "b".repeat(60));
    ["desk@example.com", "지원@예시.한국", "a+b%c@x-y.example.co.kr", &long]
        .map(|address| EmailAddress::parse(address).expect("an address"))
});
static TABLE: LazyLock<Table> = LazyLock::new(|| Table::built_in().expect("the list can be used"));

/// The target for `config-v1.1.xml`.
pub fn xml(data: &[u8]) {
    let (address, file) = address_and_rest(data);
    let read = autoconfig::parse(&file);
    if file.len() > MAX_DOCUMENT_BYTES {
        assert_eq!(read, Err(Unreadable::TooLong));
        return;
    }
    if let Ok(config) = &read {
        for source in [Source::Autoconfig, Source::Directory] {
            if let Some(found) = config.found(address, source) {
                trusted(&found, address, false);
            }
        }
    }
    let marked = autoconfig::parse(&[b"\xef\xbb\xbf", &file[..]].concat());
    assert!(
        file.starts_with(b"\xef\xbb\xbf") || file.len() + 3 > MAX_DOCUMENT_BYTES || marked == read,
        "a mark changes it"
    );
    for bomb in [&b"<!DOCTYPE a [<!ENTITY b 'c'>]><clientConfig/>"[..], b"<clientConfig>&b;</clientConfig>"] {
        let read = autoconfig::parse(&[bomb, &file[..]].concat());
        assert!(read.is_err(), "an entity is let through");
    }
}

/// The target for the configuration that a domain's DNS vouches for.
pub fn json(data: &[u8]) {
    let (address, file) = address_and_rest(data);
    if let Ok(config) = pacc::parse(&file)
        && let Some(found) = config.found()
    {
        trusted(&found, address, false);
        assert!(found.incoming.len() <= 1 && found.outgoing.len() <= 1);
        let mut servers = found.incoming.iter().chain(&found.outgoing);
        assert!(servers.all(|server| server.endpoint.value.security == Security::Tls));
    }
    let records: Vec<String> = String::from_utf8_lossy(&file).lines().map(str::to_owned).collect();
    let vouched = pacc::is_vouched_for(b"another file", &records);
    assert_ne!(vouched, Some(true), "what was made for no file vouches for one");
    let digests = records.iter().filter(|record| record.to_ascii_lowercase().contains("uaac1")).count();
    assert!(digests > 0 || vouched.is_none());
    let digest = STANDARD.encode(<[u8; 32]>::from(sha256(&file)));
    let own = [format!("v=UAAC1; a=sha256; d={digest}")];
    assert_eq!(pacc::is_vouched_for(&file, &own), Some(true));
    assert_eq!(pacc::is_vouched_for(&[&file[..], b" "].concat(), &own), Some(false));
}

/// The target for Microsoft's answer.
pub fn answer(data: &[u8]) {
    let bytes = written_out(data);
    if let Ok(answer) = autodiscover::parse(&bytes)
        && let Some(host) = answer.host_at_microsoft()
    {
        assert!(is_host_name(host) && answer.url.scheme() == "https", "{host:?}");
        let ends = ["office365.com", "outlook.com", "office365.us", "partner.outlook.cn"];
        assert!(ends.iter().any(|end| host == *end || host.ends_with(&format!(".{end}"))), "{host:?} is elsewhere");
    }
}

/// The target for a list of providers. What stands in quotes is looked up in it.
pub fn providers(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let Ok(table) = Table::parse(&text) else { return };
    for name in text.split(['"', '\'', '\n', ',', '/']).take(200) {
        let dotted = name.strip_prefix('.').map(|rest| format!("x.{rest}"));
        for domain in [name].into_iter().chain(dotted.as_deref()) {
            if let Some(found) = table.by_domain(domain) {
                trusted(&found, &ADDRESSES[0], true);
                assert!(found.provider.is_some_and(|one| !one.id.is_empty() && !one.name.is_empty()));
            }
        }
        if let Some(found) = table.by_exchange("example.com", &[format!("mx.{name}"), name.to_owned()]) {
            trusted(&found, &ADDRESSES[0], true);
            assert!(found.provider.is_some() || found.gateway.is_some());
        }
        if let Some((provider, needs)) = table.by_server(name) {
            assert!(!provider.id.is_empty() && needs.len() <= data.len());
        }
    }
}

/// The target for MX and SRV records: `mx HOST` and `srv SERVICE PORT TARGET`, one a line.
pub fn records(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let mut exchanges = Vec::new();
    let mut answers: Vec<(Offer, Vec<Service>)> = SERVICES.iter().map(|(_, offer)| (*offer, Vec::new())).collect();
    for line in text.lines().take(300) {
        let mut parts = line.split(' ');
        match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some("mx"), Some(host), _, _) => exchanges.push(host.to_lowercase()),
            (Some("srv"), Some(service), Some(port), Some(target)) => {
                let at = service.parse::<usize>().unwrap_or(0) % SERVICES.len();
                let port = port.parse().unwrap_or(0);
                let target = target.trim_end_matches('.').to_lowercase();
                answers[at].1.push(Service { priority: 0, weight: 0, port, target });
            }
            _ => {}
        }
    }
    if let Some(found) = srv::found("example.com", &answers) {
        trusted(&found, &ADDRESSES[0], false);
        assert!(found.incoming.len().max(found.outgoing.len()) <= 2 * srv::MAX_SERVERS);
    }
    if let Some(found) = TABLE.by_exchange("example.com", &exchanges) {
        trusted(&found, &ADDRESSES[0], true);
        let backwards: Vec<String> = exchanges.iter().map(|host| format!("{host}.invalid")).collect();
        assert_eq!(TABLE.by_exchange("example.com", &backwards), None, "a name within another counts");
    }
}

/// What is found can be put into the form as it is, and leads nowhere that is not said.
fn trusted(found: &Found, address: &EmailAddress, by_operator: bool) {
    for (protocol, candidates) in [(Protocol::Imap, &found.incoming), (Protocol::Smtp, &found.outgoing)] {
        for candidate in candidates {
            fits(candidate, protocol, address, by_operator);
        }
    }
    for need in &found.needs {
        let link = need.link.as_deref().unwrap_or("https://example.com/");
        assert!(link.starts_with("https://") && !link.contains(['"', '<', ' ', '\n']), "{link:?}");
    }
    let told = serde_json::to_string(&(&found.incoming, &found.outgoing, &found.needs)).expect("it is JSON");
    assert!(by_operator || told.len() <= MAX_FOUND_BYTES, "{} bytes come out", told.len());
}

fn fits(candidate: &Candidate, protocol: Protocol, address: &EmailAddress, by_operator: bool) {
    let endpoint = &candidate.endpoint.value;
    assert!(endpoint.security != Security::None, "{endpoint:?} is proposed in clear");
    // A list may name this very machine, for a bridge that runs beside Postroom.
    let this_machine = by_operator && endpoint.host == "127.0.0.1";
    let named = is_host_name(&endpoint.host) && endpoint.host.parse::<std::net::IpAddr>().is_err();
    assert!(this_machine || (named && endpoint.host.is_ascii() && endpoint.host.contains('.')), "{:?}", endpoint.host);
    let form = candidate.form(protocol, address);
    let settings = form.settings(protocol);
    let settings = settings.unwrap_or_else(|wrong| panic!("the form refuses {candidate:?}: {wrong:?}"));
    assert_eq!(settings.endpoint, *endpoint);
    assert!(settings.username.chars().count() <= ServerForm::MAX_USERNAME_CHARACTERS);
    assert!(candidate.is_in(protocol, &form), "the server is not found again in its own form");
}

fn address_and_rest(data: &[u8]) -> (&'static EmailAddress, Vec<u8>) {
    let (&first, rest) = data.split_first().unwrap_or((&0, &[]));
    (&ADDRESSES[usize::from(first) % ADDRESSES.len()], written_out(rest))
}

fn sha256(bytes: &[u8]) -> sha2::digest::Output<sha2::Sha256> {
    use sha2::Digest as _;
    sha2::Sha256::digest(bytes)
}
