use super::*;

fn desk() -> EmailAddress {
    EmailAddress::parse("desk@example.com").unwrap()
}

fn shown(candidates: &[Candidate]) -> Vec<(String, u16, Security, UsernameForm)> {
    let show = |one: &Candidate| {
        let endpoint = one.endpoint.value.clone();
        (endpoint.host, endpoint.port, endpoint.security, one.username.value.clone())
    };
    candidates.iter().map(show).collect()
}

#[test]
fn servers_keep_the_order_of_the_file_and_placeholders_are_filled_in_everywhere() {
    let config = parse(include_bytes!("files/several_servers_and_ways.xml")).unwrap();
    assert_eq!(config.display_name.as_deref(), Some("Example & Sons"));
    let found = config.found(&desk(), Source::Autoconfig).unwrap();
    assert_eq!(
        shown(&found.incoming),
        [
            ("imap.example.com".to_owned(), 993, Security::Tls, UsernameForm::Address),
            ("imap2.example.com".to_owned(), 143, Security::StartTls, UsernameForm::LocalPart),
        ]
    );
    let corp = UsernameForm::Text("corp-desk".to_owned());
    assert_eq!(shown(&found.outgoing), [("smtp.example.com".to_owned(), 465, Security::Tls, corp)]);
    assert_eq!(found.incoming[0].ways.value, [SignInWay::OAuth, SignInWay::Password]);
    let link = Some("https://example.com/settings".to_owned());
    assert_eq!(found.needs, [Need { kind: NeedKind::ImapOff, link }]);
}

#[test]
fn servers_that_would_be_spoken_to_in_clear_are_never_proposed() {
    let config = parse(include_bytes!("files/only_clear_servers.xml")).unwrap();
    assert_eq!(config.servers.len(), 2);
    let found = config.found(&desk(), Source::Autoconfig).unwrap();
    assert!(found.incoming.is_empty() && found.outgoing.is_empty());
    assert_eq!(found.needs, [bare(NeedKind::ClearOnly)]);
}

#[test]
fn a_provider_with_pop3_alone_has_no_imap() {
    let found = parse(include_bytes!("files/only_pop3.xml")).unwrap().found(&desk(), Source::Directory).unwrap();
    assert_eq!(found.needs, [bare(NeedKind::Pop3Only)]);
    assert!(found.incoming.is_empty());
}

#[test]
fn what_is_no_host_name_is_no_server() {
    let config = parse(include_bytes!("files/host_that_is_none.xml")).unwrap();
    assert_eq!(config.found(&desk(), Source::Autoconfig), None);
}

#[test]
fn entities_are_not_followed() {
    assert_eq!(parse(include_bytes!("files/entities_within_entities.xml")), Err(Unreadable::DocumentType));
    assert_eq!(parse(include_bytes!("files/entity_without_document_type.xml")), Err(Unreadable::Entity));
}

#[test]
fn a_user_name_that_no_form_takes_is_not_told() {
    let long = "%EMAILADDRESS%".repeat(30);
    let file = format!(
        "<clientConfig><emailProvider><incomingServer type='imap'><hostname>a.example</hostname>\
         <socketType>SSL</socketType><username>{long}</username></incomingServer></emailProvider></clientConfig>"
    );
    let found = parse(file.as_bytes()).unwrap().found(&desk(), Source::Autoconfig).unwrap();
    let usual = Sourced::new(UsernameForm::Address, Source::Usual, Certainty::Unsure);
    assert_eq!(found.incoming[0].username, usual);
}

#[test]
fn a_link_is_read_with_its_escapes() {
    let file = b"<clientConfig><emailProvider><enable visiturl='https://example.com/?a=1&amp;b=2'/></emailProvider>\
        </clientConfig>";
    assert_eq!(parse(file).unwrap().enable_url.as_deref(), Some("https://example.com/?a=1&b=2"));
    let file =
        b"<clientConfig><emailProvider><enable visiturl='https://example.com/&x;'/></emailProvider></clientConfig>";
    assert_eq!(parse(file).unwrap().enable_url, None);
}

#[test]
fn a_link_that_is_no_page_of_the_web_is_none() {
    for link in ["https://", "javascript:alert(1)", "http://example.com/", "https://a:b@example.com/", "https://[::1]/"]
    {
        let file = format!("<clientConfig><emailProvider><enable visiturl='{link}'/></emailProvider></clientConfig>");
        assert_eq!(parse(file.as_bytes()).unwrap().enable_url, None, "{link}");
    }
}

#[test]
fn what_is_no_such_file_says_so() {
    assert_eq!(parse(include_bytes!("files/page_for_people.xml")), Err(Unreadable::SomethingElse));
    assert!(matches!(parse(include_bytes!("files/breaks_off.xml")), Err(Unreadable::NotXml(_))));
    assert_eq!(parse(b""), Err(Unreadable::SomethingElse));
    assert!(parse(b"\xff\xfe<\x00c\x00").is_err());
}

#[test]
fn depth_and_length_have_an_end() {
    let deep = format!("<clientConfig>{}", "<a>".repeat(MAX_DEPTH));
    assert_eq!(parse(deep.as_bytes()), Err(Unreadable::TooDeep));
    assert_eq!(parse(&vec![b' '; crate::discover::MAX_DOCUMENT_BYTES + 1]), Err(Unreadable::TooLong));
    let server = "<incomingServer type='imap'><hostname>a.example</hostname></incomingServer>";
    let many = format!("<clientConfig><emailProvider>{}</emailProvider></clientConfig>", server.repeat(500));
    assert_eq!(parse(many.as_bytes()).unwrap().servers.len(), MAX_SERVERS);
}
