//! What is stored, and the rules about it, on SQLite and on PostgreSQL.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a world that cannot be made is a failed test"
)]

mod activation;
mod alerts;
mod audit;
mod cluster;
mod companies;
mod drafts;
mod keys;
mod mail_server;
mod mailboxes;
mod outbox;
mod password_resets;
mod people;
#[expect(dead_code, reason = "other tests want more of it")]
#[path = "../oauth/world.rs"]
mod provider;
mod publishing;
mod relay;
mod second_factor;
mod secrets;
mod sender_domains;
mod sessions;
mod sign_ins;
mod single_sign_on;
mod teams;
mod test_mail;
mod tokens;
mod transactions;
mod users;
mod watch;
mod workspaces;
mod world;

use world::on_both_databases;
