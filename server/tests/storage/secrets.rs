//! What must not be readable in the database, and who may read the folder.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use postroom_server::db::Tx;
use postroom_server::model::Direction;
use postroom_server::{Error, drafts, mailboxes, users};

use crate::world::{ADMIN_PASSWORD, MAIL_PASSWORD, World, passed};

crate::on_both_databases!(
    no_secret_is_in_the_database_in_clear,
    a_sealed_password_does_not_open_in_another_row,
    a_lost_key_is_said_and_breaks_nothing_else,
);

/// Everything the database holds, as bytes that a thief would search.
pub async fn everything(world: &World) -> Vec<u8> {
    const TABLES: [&str; 13] = [
        "settings",
        "users",
        "sessions",
        "workspaces",
        "agent_groups",
        "companies",
        "mailboxes",
        "mailbox_servers",
        "drafts",
        "draft_servers",
        "sender_domains",
        "second_factors",
        "recovery_codes",
    ];
    let mut found = Vec::new();
    match world.ctx.db.read().await.unwrap() {
        Tx::Sqlite(_) => {
            for file in fs::read_dir(world.folder()).unwrap() {
                let path = file.unwrap().path();
                if !path.ends_with("vault.key") {
                    found.extend(fs::read(path).unwrap());
                }
            }
        }
        Tx::Postgres(mut tx) => {
            for table in TABLES {
                // `bytea` is shown as hexadecimal digits.
                let query = format!("SELECT coalesce(string_agg(t::text, E'\\n'), '') FROM {table} t");
                let text: String = sqlx::query_scalar(sqlx::AssertSqlSafe(query)).fetch_one(&mut *tx).await.unwrap();
                found.extend(text.into_bytes());
            }
        }
    }
    found
}

pub fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle)
}

async fn no_secret_is_in_the_database_in_clear(world: World) {
    world.mailbox("help@example.com").await;
    world.filled("other@example.com").await;
    let (untouched, _folder) = world.untouched().await;
    let code = users::setup_code(&untouched).await.unwrap().unwrap();

    let everything = everything(&world).await;

    assert!(contains(&everything, b"help@example.com"), "the search finds what is there");
    for secret in [MAIL_PASSWORD, ADMIN_PASSWORD, code.as_str()] {
        let hexadecimal: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
        assert!(!contains(&everything, secret.as_bytes()), "{secret}");
        assert!(!contains(&everything, hexadecimal.as_bytes()), "{secret} in hexadecimal");
    }
    let mode = fs::metadata(world.folder().join("vault.key")).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode, 0o600);
}

async fn a_sealed_password_does_not_open_in_another_row(world: World) {
    let (ctx, manager) = (&world.ctx, &world.manager);
    let mine = world.mailbox("mine@example.com").await;
    let theirs = world.mailbox("theirs@example.com").await;
    let steal = "UPDATE mailbox_servers SET secret =
                     (SELECT s.secret FROM mailbox_servers s WHERE s.mailbox_id = $1 AND s.direction = 'incoming')
                 WHERE mailbox_id = $2 AND direction = 'incoming'";
    let mut tx = ctx.db.write().await.unwrap();
    match &mut tx {
        Tx::Sqlite(tx) => drop(sqlx::query(steal).bind(theirs).bind(mine).execute(&mut **tx).await.unwrap()),
        Tx::Postgres(tx) => drop(sqlx::query(steal).bind(theirs).bind(mine).execute(&mut **tx).await.unwrap()),
    }
    tx.commit().await.unwrap();

    let opened = mailboxes::target(ctx, manager, mine, Direction::Incoming).await.map(|_| ());

    assert!(matches!(opened, Err(Error::Vault(_))), "{opened:?}");
    assert!(mailboxes::target(ctx, manager, theirs, Direction::Incoming).await.is_ok());
}

async fn a_lost_key_is_said_and_breaks_nothing_else(world: World) {
    let id = world.mailbox("help@example.com").await;
    fs::remove_file(world.folder().join("vault.key")).unwrap();

    let world = world.restart().await;

    let (ctx, manager) = (&world.ctx, &world.manager);
    let target = mailboxes::target(ctx, manager, id, Direction::Incoming).await.map(|_| ());
    assert!(matches!(target, Err(Error::Vault(_))), "{target:?}");
    assert!(mailboxes::details(ctx, manager, id).await.is_ok());
    // The way out: the passwords are typed again.
    let draft = drafts::begin(ctx, manager, Some(id)).await.unwrap();
    world.fill(&draft, Direction::Incoming).await;
    world.check(&draft, Direction::Incoming, &passed(Direction::Incoming)).await;
    drafts::publish_direction(ctx, manager, draft.id, Direction::Incoming).await.unwrap();
    assert!(mailboxes::target(ctx, manager, id, Direction::Incoming).await.is_ok());
}
