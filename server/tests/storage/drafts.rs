//! What is being typed.

use postroom_server::drafts;
use postroom_server::model::{
    AuthMethod, Candidate, Certainty, CompanyId, Direction, Discovery, DraftId, EmailAddress, Endpoint, Field,
    Fingerprint, GroupId, Invalid, MailboxForm, Protocol, PublishAs, Reason, Security, ServerForm, ServerKind, Source,
    Sourced, Trust, TrustChoice, UsernameForm,
};
use postroom_server::{Error, companies, groups, mailboxes, users, workspaces};

use crate::world::{MAIL_PASSWORD, World, endpoint, passed, password_of, refused, server};

crate::on_both_databases!(
    a_new_draft_proposes_encrypted_servers,
    what_was_typed_is_kept_across_a_restart_even_when_it_is_wrong,
    details_that_only_the_database_can_judge_are_judged,
    the_servers_addresses_follow_the_mailboxs_until_they_differ,
    a_found_server_goes_with_its_address_and_a_typed_one_stays,
    a_typed_password_is_handed_out_for_a_check_and_nowhere_else,
    an_empty_password_leaves_the_one_before,
    a_password_that_cannot_be_one_is_refused_and_the_rest_is_kept,
    a_check_needs_valid_settings,
    whom_to_trust_is_kept_through_draft_mailbox_and_edit,
    a_trusted_certificate_does_not_follow_to_another_server,
    what_is_no_authority_is_not_checked_with_and_private_keys_are_not_kept,
    a_report_is_dropped_when_its_settings_or_password_change,
    saving_the_same_settings_again_keeps_the_report,
    a_report_of_settings_that_changed_meanwhile_is_not_stored,
    a_check_that_was_stopped_halfway_is_not_stored,
    a_draft_belongs_to_its_user_and_its_workspace,
    a_discarded_draft_is_gone,
    drafts_that_nobody_comes_back_to_are_thrown_away,
);

async fn a_new_draft_proposes_encrypted_servers(world: World) {
    let draft = drafts::begin(&world.ctx, &world.manager, None).await.unwrap();
    assert_eq!((draft.workspace_id, draft.mailbox_id, draft.touched), (world.workspace.id, None, false));
    assert!(!draft.incoming_has_password && !draft.outgoing_has_password);
    assert_eq!(draft.form.incoming, ServerForm::default_for(Protocol::Imap, ""));
    assert_eq!((draft.form.incoming.tls, draft.form.outgoing.port.as_str()), (true, "465"));
    assert_eq!(world.load(&draft).await, draft);
}

async fn what_was_typed_is_kept_across_a_restart_even_when_it_is_wrong(world: World) {
    let (ctx, manager) = (&world.ctx, &world.manager);
    let draft = drafts::begin(ctx, manager, None).await.unwrap();
    let details = MailboxForm {
        name: "x".repeat(1000),
        address: "no address\0 'at all'; DROP TABLE drafts".to_owned(),
        group: Some(GroupId(4711)),
        company: Some(CompanyId(4711)),
        ..MailboxForm::default()
    };
    let typed = ServerForm {
        host: "imap://\u{0}\n".to_owned(),
        port: "99999".to_owned(),
        method: AuthMethod::Login,
        ..ServerForm::default()
    };
    let wrong = drafts::save_details(ctx, manager, draft.id, &details).await.unwrap();
    assert_eq!(wrong.len(), 4, "{wrong:?}");
    drafts::save_server(ctx, manager, draft.id, Direction::Incoming, &typed, None).await.unwrap();

    let world = world.restart().await;

    let draft = world.load(&draft).await;
    assert!(draft.touched);
    assert_eq!((&draft.form.name, &draft.form.address), (&details.name, &details.address));
    assert_eq!((draft.form.group, draft.form.company), (details.group, details.company));
    assert_eq!(draft.form.incoming, typed);
}

async fn details_that_only_the_database_can_judge_are_judged(world: World) {
    let (ctx, admin, manager) = (&world.ctx, &world.admin, &world.manager);
    let (_, people) = world.other_workspace().await;
    let retired = groups::create(ctx, manager, &named("Retired")).await.unwrap();
    groups::set_archived(ctx, manager, retired.id, true).await.unwrap();
    let gone = companies::create(ctx, admin, &named("Gone")).await.unwrap();
    companies::set_archived(ctx, admin, gone.id, true).await.unwrap();
    world.mailbox("지원@예시.한국").await;

    let draft = drafts::begin(ctx, manager, None).await.unwrap();
    let good = world.details("new@example.com");
    let unknown = |field| vec![Invalid::new(field, Reason::Unknown)];
    let duplicate = vec![Invalid::new(Field::Address, Reason::Duplicate)];
    for (form, expected) in [
        (good.clone(), vec![]),
        (MailboxForm { group: Some(people.id), ..good.clone() }, unknown(Field::Group)),
        (MailboxForm { group: Some(retired.id), ..good.clone() }, unknown(Field::Group)),
        (MailboxForm { company: Some(gone.id), ..good.clone() }, unknown(Field::Company)),
        (MailboxForm { company: Some(CompanyId(4711)), ..good.clone() }, unknown(Field::Company)),
        (world.details("SUPPORT@it.postroom.LOCALHOST"), duplicate.clone()),
        (world.details("지원@xn--vv4b11d.xn--3e0b707e"), duplicate),
    ] {
        let wrong = drafts::save_details(ctx, manager, draft.id, &form).await.unwrap();
        assert_eq!(wrong, expected, "{form:?}");
        assert_eq!(drafts::errors(ctx, manager, draft.id).await.unwrap(), expected);
    }
}

fn named(name: &str) -> postroom_server::model::NameForm {
    postroom_server::model::NameForm { name: name.to_owned() }
}

async fn the_servers_addresses_follow_the_mailboxs_until_they_differ(world: World) {
    let (ctx, manager) = (&world.ctx, &world.manager);
    let draft = world.begun("one@example.com").await;
    assert_eq!(draft.form.incoming.email, "one@example.com");
    let own = ServerForm { email: "own@example.com".to_owned(), ..draft.form.outgoing.clone() };
    drafts::save_server(ctx, manager, draft.id, Direction::Outgoing, &own, None).await.unwrap();

    drafts::save_details(ctx, manager, draft.id, &world.details("two@example.com")).await.unwrap();

    let form = world.load(&draft).await.form;
    assert_eq!((form.incoming.email.as_str(), form.outgoing.email.as_str()), ("two@example.com", "own@example.com"));
    assert_eq!(form.kind, Some(ServerKind::Custom));
}

fn found(address: &str) -> Discovery {
    let server = |host: &str, port: u16| Candidate {
        endpoint: Sourced::new(Endpoint::new(host.to_owned(), port, Security::Tls), Source::Srv, Certainty::Likely),
        username: Sourced::new(UsernameForm::LocalPart, Source::Usual, Certainty::Likely),
        ways: Sourced::new(Vec::new(), Source::Usual, Certainty::Unsure),
    };
    Discovery {
        incoming: vec![server("imap.example.com", 993)],
        outgoing: vec![server("smtp.example.com", 465)],
        ..Discovery::nothing(EmailAddress::parse(address).unwrap())
    }
}

async fn a_found_server_goes_with_its_address_and_a_typed_one_stays(world: World) {
    let (ctx, manager) = (&world.ctx, &world.manager);
    let draft = world.begun("one@example.com").await;
    let found = found("one@example.com");
    let filled = |direction: Direction| found.fill(direction.protocol(), draft.form.server(direction)).unwrap();
    let save = async |direction, form: &ServerForm, password: Option<&str>| {
        let password = password.map(Into::into);
        drafts::save_server(ctx, manager, draft.id, direction, form, password).await.unwrap();
    };
    let hosts = async || {
        let form = world.load(&draft).await.form;
        (form.incoming.host, form.outgoing.host)
    };
    let hosts_are = async |incoming: &str, outgoing: &str| {
        assert_eq!(hosts().await, (incoming.to_owned(), outgoing.to_owned()));
    };
    let edited = ServerForm { port: "587".to_owned(), ..filled(Direction::Outgoing) };
    save(Direction::Incoming, &filled(Direction::Incoming), None).await;
    save(Direction::Outgoing, &edited, None).await;

    drafts::drop_found(ctx, manager, draft.id, &found).await.unwrap();
    hosts_are("", "smtp.example.com").await;
    assert!(world.load(&draft).await.form.incoming.is_blank(Protocol::Imap));

    // A password was typed for this very host: it goes nowhere else by itself.
    save(Direction::Incoming, &filled(Direction::Incoming), Some(MAIL_PASSWORD)).await;
    drafts::drop_found(ctx, manager, draft.id, &found).await.unwrap();
    hosts_are("imap.example.com", "smtp.example.com").await;
}

async fn a_typed_password_is_handed_out_for_a_check_and_nowhere_else(world: World) {
    let draft = world.filled("help@example.com").await;
    assert!(draft.incoming_has_password && draft.outgoing_has_password);
    let shown = serde_json::to_string(&draft).unwrap() + &format!("{draft:?}");
    assert!(!shown.contains(MAIL_PASSWORD));
    for direction in Direction::BOTH {
        let (settings, key) = drafts::target(&world.ctx, &world.manager, draft.id, direction).await.unwrap();
        assert_eq!(settings.endpoint, endpoint(direction));
        assert_eq!((settings.username.as_str(), settings.method), ("help-user", AuthMethod::Login));
        assert_eq!(password_of(&key), MAIL_PASSWORD);
    }
}

async fn an_empty_password_leaves_the_one_before(world: World) {
    let (ctx, manager) = (&world.ctx, &world.manager);
    let draft = world.filled("help@example.com").await;
    let form = server(Direction::Incoming);
    for password in [None, Some("".into())] {
        let saved = drafts::save_server(ctx, manager, draft.id, Direction::Incoming, &form, password).await;
        assert!(saved.unwrap().incoming_has_password);
    }
    let (_, key) = drafts::target(ctx, manager, draft.id, Direction::Incoming).await.unwrap();
    assert_eq!(password_of(&key), MAIL_PASSWORD);
}

async fn a_password_that_cannot_be_one_is_refused_and_the_rest_is_kept(world: World) {
    let (ctx, manager) = (&world.ctx, &world.manager);
    let draft = world.begun("help@example.com").await;
    let form = server(Direction::Outgoing);
    let bad = Some("two\nlines".into());

    let refused = drafts::save_server(ctx, manager, draft.id, Direction::Outgoing, &form, bad).await;

    let Err(Error::Invalid(found)) = refused else { panic!("{refused:?}") };
    assert_eq!(found, [Invalid::of(Protocol::Smtp, Field::Password, Reason::ForbiddenCharacters)]);
    let draft = world.load(&draft).await;
    assert_eq!(draft.form.outgoing, form);
    assert!(!draft.outgoing_has_password);
}

async fn a_check_needs_valid_settings(world: World) {
    let draft = world.begun("help@example.com").await;
    let refused = drafts::target(&world.ctx, &world.manager, draft.id, Direction::Incoming).await.map(|_| ());
    let Err(Error::Invalid(found)) = refused else { panic!("{refused:?}") };
    let imap = |field| Invalid::of(Protocol::Imap, field, Reason::Empty);
    assert_eq!(found, [imap(Field::Host), imap(Field::Password)]);
}

async fn a_report_is_dropped_when_its_settings_or_password_change(world: World) {
    let (ctx, manager) = (&world.ctx, &world.manager);
    let draft = world.passed("help@example.com").await;
    assert_eq!(draft.incoming_report, Some(passed(Direction::Incoming)));

    let other_port = ServerForm { port: "10993".to_owned(), ..server(Direction::Incoming) };
    drafts::save_server(ctx, manager, draft.id, Direction::Incoming, &other_port, None).await.unwrap();
    let changed = world.load(&draft).await;
    assert_eq!(changed.incoming_report, None);
    assert_eq!(changed.outgoing_report, Some(passed(Direction::Outgoing)));

    let (form, password) = (server(Direction::Outgoing), Some("another".into()));
    drafts::save_server(ctx, manager, draft.id, Direction::Outgoing, &form, password).await.unwrap();
    assert_eq!(world.load(&draft).await.outgoing_report, None);
}

async fn saving_the_same_settings_again_keeps_the_report(world: World) {
    let (ctx, manager) = (&world.ctx, &world.manager);
    let draft = world.passed("help@example.com").await;
    let same = server(Direction::Incoming);
    drafts::save_server(ctx, manager, draft.id, Direction::Incoming, &same, None).await.unwrap();
    drafts::save_details(ctx, manager, draft.id, &world.details("help@example.com")).await.unwrap();
    let again = Some(MAIL_PASSWORD.into());
    drafts::save_server(ctx, manager, draft.id, Direction::Incoming, &same, again).await.unwrap();
    assert_eq!(world.load(&draft).await.incoming_report, Some(passed(Direction::Incoming)));
}

async fn a_report_of_settings_that_changed_meanwhile_is_not_stored(world: World) {
    let (ctx, manager) = (&world.ctx, &world.manager);
    let draft = world.filled("help@example.com").await;
    drafts::target(ctx, manager, draft.id, Direction::Incoming).await.unwrap();
    let elsewhere = ServerForm { host: "other.example.com".to_owned(), ..server(Direction::Incoming) };
    drafts::save_server(ctx, manager, draft.id, Direction::Incoming, &elsewhere, None).await.unwrap();

    let report = passed(Direction::Incoming);
    drafts::store_report(ctx, manager, draft.id, Direction::Incoming, &report).await.unwrap();

    assert_eq!(world.load(&draft).await.incoming_report, None);
}

async fn a_check_that_was_stopped_halfway_is_not_stored(world: World) {
    let draft = world.filled("help@example.com").await;
    let before = refused(Direction::Incoming);
    world.check(&draft, Direction::Incoming, &before).await;
    let mut halfway = passed(Direction::Incoming);
    halfway.outcome = None;
    world.check(&draft, Direction::Incoming, &halfway).await;
    assert_eq!(world.load(&draft).await.incoming_report, Some(before));
}

async fn a_draft_belongs_to_its_user_and_its_workspace(world: World) {
    let (ctx, own) = (&world.ctx, &world.manager);
    let colleague = world.colleague().await;
    let colleague = users::manager(ctx, &colleague, own.slug()).await.unwrap();
    let hr = world.manager_of(&world.other_workspace().await.0).await;
    let draft = world.filled("help@example.com").await;
    let form = server(Direction::Incoming);
    let direction = Direction::Incoming;
    for (manager, id) in [(&colleague, draft.id), (&hr, draft.id), (own, DraftId(4711))] {
        let attempts = [
            drafts::load(ctx, manager, id).await.err(),
            drafts::errors(ctx, manager, id).await.err(),
            drafts::save_details(ctx, manager, id, &MailboxForm::default()).await.err(),
            drafts::save_kind(ctx, manager, id, ServerKind::Default, None).await.err(),
            drafts::save_server(ctx, manager, id, direction, &form, None).await.err(),
            drafts::target(ctx, manager, id, direction).await.err(),
            drafts::store_report(ctx, manager, id, direction, &passed(direction)).await.err(),
            drafts::publish_direction(ctx, manager, id, direction).await.err(),
            drafts::publish(ctx, manager, id, postroom_server::model::PublishAs::Draft).await.err(),
            drafts::discard(ctx, manager, id).await.err(),
        ];
        for error in attempts {
            assert!(matches!(error, Some(Error::NotFound("draft"))), "{error:?}");
        }
    }
    assert_eq!(world.load(&draft).await, draft);
    let mailbox = mailboxes::list(ctx, own).await.unwrap()[0].id;
    let foreign = drafts::begin(ctx, &hr, Some(mailbox)).await;
    assert!(matches!(foreign, Err(Error::NotFound("mailbox"))), "{foreign:?}");
}

async fn a_discarded_draft_is_gone(world: World) {
    let draft = world.filled("help@example.com").await;
    drafts::discard(&world.ctx, &world.manager, draft.id).await.unwrap();
    let gone = drafts::load(&world.ctx, &world.manager, draft.id).await;
    assert!(matches!(gone, Err(Error::NotFound("draft"))), "{gone:?}");
}

async fn drafts_that_nobody_comes_back_to_are_thrown_away(world: World) {
    const DAY: i64 = 24 * 60 * 60 * 1000;
    let (ctx, admin, manager) = (&world.ctx, &world.admin, &world.manager);
    let touched = world.begun("help@example.com").await;
    drafts::begin(ctx, manager, None).await.unwrap();

    ctx.clock.advance_millis(DAY);
    assert_eq!(drafts::prune(ctx).await.unwrap(), 0);
    ctx.clock.advance_millis(1);
    assert_eq!(drafts::prune(ctx).await.unwrap(), 1);
    ctx.clock.advance_millis(29 * DAY - 1);
    assert_eq!(drafts::prune(ctx).await.unwrap(), 0);
    assert_eq!(world.load(&touched).await, touched);
    ctx.clock.advance_millis(1);
    workspaces::list(ctx, admin).await.unwrap();
    assert_eq!(drafts::prune(ctx).await.unwrap(), 1);
}

const PIN: &str = "0F:1E:2D:3C:4B:5A:69:78:87:96:A5:B4:C3:D2:E1:F0:0F:1E:2D:3C:4B:5A:69:78:87:96:A5:B4:C3:D2:E1:F0";

fn pinned() -> ServerForm {
    let pin = PIN.to_lowercase().replace(':', "");
    ServerForm { trust: TrustChoice::Certificate, pin, ..server(Direction::Incoming) }
}

fn one_certificate() -> Trust {
    Trust::Certificate { sha256: Fingerprint::parse(PIN).unwrap() }
}

async fn whom_to_trust_is_kept_through_draft_mailbox_and_edit(world: World) {
    let (ctx, manager) = (&world.ctx, &world.manager);
    let draft = world.passed("help@example.com").await;
    let save = async |form: &ServerForm| {
        drafts::save_server(ctx, manager, draft.id, Direction::Incoming, form, None).await.unwrap()
    };
    let kept = save(&pinned()).await;
    assert_eq!(kept.incoming_report, None, "another trust is another server");
    assert_eq!(kept.form.incoming.pin_for, "imap.example.com:993");
    world.check(&draft, Direction::Incoming, &passed(Direction::Incoming)).await;
    let respelt = ServerForm { pin: format!("sha256 Fingerprint={PIN}"), ..kept.form.incoming.clone() };
    assert_eq!(save(&respelt).await.incoming_report, Some(passed(Direction::Incoming)), "the same in other letters");

    let id = world.publish(&draft, PublishAs::Active).await.unwrap();
    let (settings, _) = mailboxes::target(ctx, manager, id, Direction::Incoming).await.unwrap();
    assert_eq!(settings.endpoint.trust, one_certificate());
    let edit = drafts::begin(ctx, manager, Some(id)).await.unwrap();
    assert_eq!((edit.form.incoming.trust, edit.form.incoming.pin.as_str()), (TrustChoice::Certificate, PIN));
    let (settings, _) = drafts::target(ctx, manager, edit.id, Direction::Incoming).await.unwrap();
    assert_eq!(settings.endpoint.trust, one_certificate());
}

async fn a_trusted_certificate_does_not_follow_to_another_server(world: World) {
    let (ctx, manager) = (&world.ctx, &world.manager);
    let draft = world.filled("help@example.com").await;
    let save = async |form: &ServerForm| {
        let kept = drafts::save_server(ctx, manager, draft.id, Direction::Incoming, form, None).await.unwrap();
        let (settings, _) = drafts::target(ctx, manager, draft.id, Direction::Incoming).await.unwrap();
        (kept.form.incoming, settings.endpoint.trust)
    };
    let (kept, trust) = save(&pinned()).await;
    assert_eq!(trust, one_certificate());
    for moved in [
        ServerForm { port: "10993".to_owned(), ..kept.clone() },
        ServerForm { host: "imap.example.org".to_owned(), ..kept.clone() },
    ] {
        let (left, trust) = save(&moved).await;
        assert_eq!((left.pin_left_behind(), trust), (Some("imap.example.com:993"), Trust::Usual));
    }
    assert_eq!(save(&kept).await.1, one_certificate(), "back where it was given for");
}

async fn what_is_no_authority_is_not_checked_with_and_private_keys_are_not_kept(world: World) {
    let (ctx, manager) = (&world.ctx, &world.manager);
    let draft = world.filled("help@example.com").await;
    let trusted = async |authority: &str| {
        let form = ServerForm {
            trust: TrustChoice::Authority,
            authority: authority.to_owned(),
            ..server(Direction::Incoming)
        };
        let kept = drafts::save_server(ctx, manager, draft.id, Direction::Incoming, &form, None).await.unwrap();
        let checked = drafts::target(ctx, manager, draft.id, Direction::Incoming).await;
        (kept.form.incoming.authority, checked.map(|(settings, _)| settings.endpoint.trust))
    };
    let wrong = |reason| vec![Invalid::of(Protocol::Imap, Field::Authority, reason)];

    // Right from outside, and no certificate within.
    let hollow = "-----BEGIN CERTIFICATE-----\nTUlJ\n-----END CERTIFICATE-----\n";
    let (_, checked) = trusted(hollow).await;
    assert!(matches!(checked, Err(Error::Invalid(found)) if found == wrong(Reason::NotACertificate)));

    let key = "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n";
    let (kept, checked) = trusted(key).await;
    assert!(matches!(checked, Err(Error::Invalid(found)) if found == wrong(Reason::PrivateKey)));
    assert!(!kept.contains("c2VjcmV0"), "{kept}");
    assert!(!world.load(&draft).await.form.incoming.authority.contains("c2VjcmV0"));

    let root = postroom_testing::Authority::new("House CA").root();
    let text = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, &root);
    let pem = format!("-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n");
    let (_, checked) = trusted(&format!("Our own:\r\n{pem}")).await;
    assert_eq!(checked.unwrap(), Trust::Authority { pem: pem.clone() });
    let read = postroom_server::trust::describe(manager, &pem).unwrap();
    assert_eq!(read.len(), 1);
    assert_eq!(read[0].subject, "Postroom tests, House CA");
}
