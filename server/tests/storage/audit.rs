use postroom_server::audit::{self, By, Changes, Entry, Export, Format};
use postroom_server::db::Db;
use postroom_server::model::{
    AuditAct, AuditActor, AuditChapter, AuditEntry, AuditFilter, Direction, NameForm, PublishAs, Roles, Timestamp,
};
use postroom_server::{companies, drafts, groups, mailboxes, people, relay, workspaces};

use crate::on_both_databases;
use crate::world::{ADMIN, MAIL_PASSWORD, START, World, server};

const DAY: i64 = 86_400_000;

on_both_databases![
    a_line_says_who_when_from_where_and_what,
    lines_are_found_by_words_chapter_and_days,
    percent_and_underscore_are_only_characters_in_a_search,
    nothing_can_change_or_remove_a_line,
    only_what_is_older_than_the_retention_goes,
    with_no_retention_everything_stays,
    a_page_begins_where_the_one_before_ended,
    a_file_for_spreadsheets_holds_every_line_once,
    a_file_for_programs_is_one_array_even_when_empty,
    every_act_leaves_its_line_and_no_secret,
    what_is_taken_back_leaves_no_line,
    saving_what_a_mailbox_was_before_is_nothing_to_tell_of,
];

fn stranger(address: &str) -> By {
    By::stranger(address, Some("192.0.2.7".parse().unwrap()))
}

async fn write(world: &World, act: AuditAct, subject: &str) {
    audit::note(&world.ctx, &By::shell(), Entry::of(act, subject)).await.unwrap();
}

/// The lines that these tests have written: making the world writes some as well.
async fn lines(world: &World, filter: &AuditFilter) -> Vec<AuditEntry> {
    audit::list(&world.ctx, &world.admin, filter, None, 1_000).await.unwrap()
}

fn text(text: &str) -> AuditFilter {
    AuditFilter { text: text.to_owned(), ..AuditFilter::default() }
}

/// Runs a statement outside everything that Postroom would do; answers the database's refusal.
async fn execute(world: &World, sql: &'static str) -> Option<String> {
    let result = match &world.ctx.db {
        Db::Sqlite { write, .. } => sqlx::query(sql).execute(write).await.map(|done| done.rows_affected()),
        Db::Postgres(pool) => sqlx::query(sql).execute(pool).await.map(|done| done.rows_affected()),
    };
    result.err().map(|error| error.to_string())
}

async fn a_line_says_who_when_from_where_and_what(world: World) {
    let changes = Changes::none().and("host", Some("a.example"), Some("b.example")).and_secret("password", true);
    let entry = Entry::of(AuditAct::MailboxChanged, "help@example.com").within(world.workspace.id).numbered(7);
    audit::note(&world.ctx, &stranger("eve@example.com"), entry.with(changes)).await.unwrap();
    let found = lines(&world, &text("help@example.com")).await;
    let [line] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!(line.actor, AuditActor::Stranger { address: "eve@example.com".to_owned() });
    assert_eq!(line.remote_address.as_deref(), Some("192.0.2.7"));
    assert_eq!((line.at, line.act), (START, AuditAct::MailboxChanged));
    assert_eq!((line.workspace_id, line.workspace.as_deref()), (Some(world.workspace.id), Some("IT")));
    assert_eq!((line.subject_id, line.subject.as_str()), (Some(7), "help@example.com"));
    let told: Vec<_> = line
        .changes
        .iter()
        .map(|change| (change.field.as_str(), change.before.as_deref(), change.after.as_deref(), change.secret))
        .collect();
    assert_eq!(told, [("host", Some("a.example"), Some("b.example"), false), ("password", None, None, true)]);
}

async fn lines_are_found_by_words_chapter_and_days(world: World) {
    audit::note(&world.ctx, &stranger("eve@example.com"), Entry::of(AuditAct::SignInRefused, "")).await.unwrap();
    world.ctx.clock.advance_millis(DAY);
    write(&world, AuditAct::RelayChanged, "Mail.Example.Com").await;
    let acts = async |filter: AuditFilter| {
        let found = lines(&world, &filter).await;
        found.into_iter().map(|line| line.act).collect::<Vec<_>>()
    };
    assert_eq!(acts(text("EVE@example")).await, [AuditAct::SignInRefused]);
    assert_eq!(acts(text("mail.example")).await, [AuditAct::RelayChanged]);
    assert_eq!(acts(text("192.0.2.7")).await, [AuditAct::SignInRefused]);
    let chapter = AuditFilter { chapter: Some(AuditChapter::Account), ..text("mail.example") };
    assert_eq!(acts(chapter).await, [AuditAct::RelayChanged]);
    let other = AuditFilter { chapter: Some(AuditChapter::People), ..text("mail.example") };
    assert_eq!(acts(other).await, []);
    let second_day = AuditFilter { from: Some(START.plus_millis(DAY)), ..AuditFilter::default() };
    assert_eq!(acts(second_day).await, [AuditAct::RelayChanged]);
    let first_day = AuditFilter { until: Some(START.plus_millis(DAY)), ..text("eve@") };
    assert_eq!(acts(first_day).await, [AuditAct::SignInRefused]);
}

async fn percent_and_underscore_are_only_characters_in_a_search(world: World) {
    write(&world, AuditAct::GroupCreated, "100% sure").await;
    write(&world, AuditAct::GroupCreated, "100 of them").await;
    assert_eq!(lines(&world, &text("100%")).await.len(), 1);
    assert_eq!(lines(&world, &text("100_o")).await.len(), 0);
    assert_eq!(lines(&world, &text("\\")).await.len(), 0);
}

async fn nothing_can_change_or_remove_a_line(world: World) {
    write(&world, AuditAct::RelayRemoved, "mail.example.com").await;
    for statement in ["UPDATE audit_log SET subject = 'nothing'", "DELETE FROM audit_log"] {
        let refused = execute(&world, statement).await.unwrap_or_else(|| panic!("{statement} went through"));
        assert!(refused.contains("only ever added to"), "{refused}");
    }
    assert_eq!(lines(&world, &text("mail.example.com")).await.len(), 1);
}

async fn only_what_is_older_than_the_retention_goes(world: World) {
    write(&world, AuditAct::RelayChanged, "old.example.com").await;
    let days = i64::from(world.ctx.config.audit.keep_days);
    world.ctx.clock.advance_millis(days * DAY + 1);
    write(&world, AuditAct::RelayChanged, "new.example.com").await;
    assert!(audit::prune(&world.ctx).await.unwrap() >= 1);
    assert_eq!(lines(&world, &text("old.example.com")).await.len(), 0);
    assert_eq!(lines(&world, &text("new.example.com")).await.len(), 1);
    assert!(execute(&world, "DELETE FROM audit_log").await.is_some());
}

async fn with_no_retention_everything_stays(mut world: World) {
    let mut config = postroom_server::Config::clone(&world.ctx.config);
    config.audit.keep_days = 0;
    world.ctx.config = std::sync::Arc::new(config);
    write(&world, AuditAct::RelayChanged, "old.example.com").await;
    world.ctx.clock.advance_millis(100 * 365 * DAY);
    assert_eq!(audit::prune(&world.ctx).await.unwrap(), 0);
    assert_eq!(lines(&world, &text("old.example.com")).await.len(), 1);
}

async fn a_page_begins_where_the_one_before_ended(world: World) {
    for number in 0..5 {
        write(&world, AuditAct::GroupCreated, &format!("page {number}")).await;
    }
    let page = async |before| audit::list(&world.ctx, &world.admin, &text("page "), before, 2).await.unwrap();
    let mut seen = Vec::new();
    let mut before = None;
    loop {
        let entries = page(before).await;
        let Some(last) = entries.last() else { break };
        before = Some(last.id);
        seen.extend(entries.into_iter().map(|entry| entry.subject));
    }
    assert_eq!(seen, ["page 4", "page 3", "page 2", "page 1", "page 0"]);
}

async fn exported(world: &World, filter: AuditFilter, format: Format) -> String {
    let mut export = Export::new(world.ctx.clone(), world.admin.clone(), filter, format);
    let mut file = Vec::new();
    while let Some(piece) = export.piece().await.unwrap() {
        file.extend(piece);
    }
    String::from_utf8(file).unwrap()
}

async fn a_file_for_spreadsheets_holds_every_line_once(world: World) {
    // More than one piece.
    for number in 0..501 {
        write(&world, AuditAct::GroupCreated, &format!("=group, \"{number}\"")).await;
    }
    let file = exported(&world, text("=group"), Format::Csv).await;
    let mut reader = csv::Reader::from_reader(file.as_bytes());
    assert_eq!(reader.headers().unwrap().get(8), Some("subject"));
    let subjects: Vec<_> = reader.records().map(|record| record.unwrap().get(8).unwrap().to_owned()).collect();
    assert_eq!(subjects.len(), 501);
    assert_eq!(subjects.first().map(String::as_str), Some("'=group, \"500\""));
    assert_eq!(subjects.last().map(String::as_str), Some("'=group, \"0\""));
    let empty = exported(&world, text("nothing has this"), Format::Csv).await;
    assert!(empty.starts_with("id,time,actor_kind,"), "{empty}");
}

async fn a_file_for_programs_is_one_array_even_when_empty(world: World) {
    for number in 0..500 {
        write(&world, AuditAct::GroupCreated, &format!("group {number}")).await;
    }
    let file = exported(&world, text("group "), Format::Json).await;
    let entries: Vec<AuditEntry> = serde_json::from_str(&file).unwrap();
    assert_eq!(entries.len(), 500);
    assert!(entries.iter().all(|entry| entry.at >= Timestamp(0) && entry.act == AuditAct::GroupCreated));
    assert_eq!(exported(&world, text("nothing has this"), Format::Json).await.trim(), "[\n]");
}

/// The acts since the world was made, the oldest first.
async fn acts(world: &World) -> Vec<AuditAct> {
    let mut found = lines(world, &AuditFilter::default()).await;
    found.reverse();
    found.into_iter().map(|line| line.act).collect()
}

fn named(name: &str) -> NameForm {
    NameForm { name: name.to_owned() }
}

async fn every_act_leaves_its_line_and_no_secret(world: World) {
    let (ctx, admin, manager) = (&world.ctx, &world.admin, &world.manager);
    let begun = acts(&world).await.len();
    let mailbox = world.mailbox("help@example.com").await;
    mailboxes::pause(ctx, manager, mailbox).await.unwrap();
    mailboxes::resume(ctx, manager, mailbox).await.unwrap();
    let draft = drafts::begin(ctx, manager, Some(mailbox)).await.unwrap();
    let form =
        postroom_server::model::ServerForm { host: "other.example.com".to_owned(), ..server(Direction::Incoming) };
    let secret = Some(MAIL_PASSWORD.into());
    drafts::save_server(ctx, manager, draft.id, Direction::Incoming, &form, secret).await.unwrap();
    drafts::publish(ctx, manager, draft.id, PublishAs::Draft).await.unwrap();
    mailboxes::delete(ctx, manager, mailbox).await.unwrap();
    let group = groups::create(ctx, manager, &named("Night")).await.unwrap();
    groups::rename(ctx, manager, group.id, &named("Day")).await.unwrap();
    groups::set_archived(ctx, manager, group.id, true).await.unwrap();
    let company = companies::create(ctx, admin, &named("ACME")).await.unwrap();
    companies::rename(ctx, admin, company.id, &named("Acme")).await.unwrap();
    companies::set_archived(ctx, admin, company.id, true).await.unwrap();
    companies::set_msp(ctx, admin, true).await.unwrap();
    let other = workspaces::create(ctx, admin, &named("HR"), "People").await.unwrap();
    workspaces::rename(ctx, admin, other.id, &named("Human Resources")).await.unwrap();
    workspaces::set_archived(ctx, admin, other.id, true).await.unwrap();
    relay::save(ctx, admin, &server(Direction::Outgoing), Some(MAIL_PASSWORD.into())).await.unwrap();
    relay::remove(ctx, admin).await.unwrap();
    let colleague = world.colleague().await;
    people::set_roles(ctx, admin, colleague.user.id, &Roles::Account).await.unwrap();
    people::deactivate(ctx, admin, colleague.user.id).await.unwrap();
    people::reactivate(ctx, admin, colleague.user.id).await.unwrap();
    let told: Vec<_> = acts(&world).await.split_off(begun);
    assert_eq!(
        told,
        [
            AuditAct::MailboxCreated,
            AuditAct::MailboxPaused,
            AuditAct::MailboxResumed,
            AuditAct::MailboxChanged,
            AuditAct::MailboxDeleted,
            AuditAct::GroupCreated,
            AuditAct::GroupChanged,
            AuditAct::GroupChanged,
            AuditAct::CompanyCreated,
            AuditAct::CompanyChanged,
            AuditAct::CompanyChanged,
            AuditAct::SwitchChanged,
            AuditAct::WorkspaceCreated,
            AuditAct::WorkspaceChanged,
            AuditAct::WorkspaceChanged,
            AuditAct::RelayChanged,
            AuditAct::RelayRemoved,
            AuditAct::PersonJoined,
            AuditAct::PersonChanged,
            AuditAct::PersonDeactivated,
            AuditAct::PersonReactivated,
        ]
    );
    let all = exported(&world, AuditFilter::default(), Format::Json).await;
    assert!(!all.contains(MAIL_PASSWORD), "a password stands in the log");
    let changed = lines(&world, &AuditFilter { act: Some(AuditAct::MailboxChanged), ..AuditFilter::default() }).await;
    let fields: Vec<_> = changed.first().unwrap().changes.iter().map(|change| change.field.as_str()).collect();
    assert!(fields.contains(&"incoming.endpoint.host") && fields.contains(&"incoming.password"), "{fields:?}");
    assert!(!fields.contains(&"outgoing.password"), "{fields:?}");
    let by_ada = lines(&world, &AuditFilter { act: Some(AuditAct::MailboxPaused), ..text(ADMIN) }).await;
    assert_eq!(by_ada.first().map(|line| line.actor.name()), Some(ADMIN));
}

async fn what_is_taken_back_leaves_no_line(world: World) {
    let before = acts(&world).await;
    groups::create(&world.ctx, &world.manager, &named(&world.group.name)).await.unwrap_err();
    workspaces::set_archived(&world.ctx, &world.admin, world.workspace.id, true).await.unwrap_err();
    people::deactivate(&world.ctx, &world.admin, world.admin.user.id).await.unwrap_err();
    assert_eq!(acts(&world).await, before);
}

async fn saving_what_a_mailbox_was_before_is_nothing_to_tell_of(world: World) {
    let mailbox = world.mailbox("help@example.com").await;
    let before = acts(&world).await;
    let draft = drafts::begin(&world.ctx, &world.manager, Some(mailbox)).await.unwrap();
    drafts::publish(&world.ctx, &world.manager, draft.id, PublishAs::Active).await.unwrap();
    assert_eq!(acts(&world).await, before);
}
