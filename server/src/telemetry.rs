//! What is counted, by the names that Prometheus sees. Without a recorder nothing is kept.
//!
//! Labels take few values: never an address, a name or anything that somebody typed.

use metrics::{Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};

use crate::context::Context;
use crate::db;
use crate::error::Result;
use crate::model::{CheckReport, OAuthProvider, Problem};

/// Servers of mailboxes.
const MAILBOXES: &str = "postroom_mailbox_servers";
const CHECKS: &str = "postroom_checks_total";
/// How long checks take.
pub const CHECK_SECONDS: &str = "postroom_check_duration_seconds";
const RENEWALS: &str = "postroom_token_renewals_total";
const RECEIVED: &str = "postroom_mails_received_total";
const REQUESTS: &str = "postroom_http_requests_total";

/// Says what each of them means; once, after the recorder is there.
pub fn describe() {
    describe_gauge!(MAILBOXES, "Mail servers of mailboxes, by direction, state of the mailbox and health.");
    describe_counter!(CHECKS, "Checks of mail servers that have ended, by protocol and outcome.");
    describe_histogram!(CHECK_SECONDS, Unit::Seconds, "How long checks of mail servers took.");
    describe_counter!(RENEWALS, "Access tokens that were asked for, by provider and outcome.");
    describe_counter!(RECEIVED, "Decisions of our own mail server about mail brought to it, by outcome.");
    describe_counter!(REQUESTS, "HTTP requests that were answered, by class of their status.");
}

/// Counts a check that has ended. The outcome is `passed` or the kind of its problem.
#[expect(clippy::cast_precision_loss, reason = "a check takes seconds, which a float holds to the millisecond")]
pub(crate) fn check_ended(report: &CheckReport) {
    let protocol = report.protocol.name();
    let outcome =
        if report.passed() { "passed" } else { report.problem().map_or("failed", |(_, problem)| problem.kind()) };
    counter!(CHECKS, "protocol" => protocol, "outcome" => outcome).increment(1);
    histogram!(CHECK_SECONDS, "protocol" => protocol).record(report.millis as f64 / 1_000.0);
}

/// Counts that an access token was asked for. The outcome is `renewed` or the kind of its problem.
pub(crate) fn token_asked(provider: OAuthProvider, problem: Option<&Problem>) {
    let outcome = problem.map_or("renewed", Problem::kind);
    counter!(RENEWALS, "provider" => provider.as_str(), "outcome" => outcome).increment(1);
}

/// Counts a decision of our own mail server: `accepted`, or why not.
pub(crate) fn mail_brought(outcome: &'static str) {
    counter!(RECEIVED, "outcome" => outcome).increment(1);
}

/// Counts an answered HTTP request.
pub fn request_answered(status: u16) {
    let class = match status / 100 {
        1 => "1xx",
        2 => "2xx",
        3 => "3xx",
        4 => "4xx",
        _ => "5xx",
    };
    counter!(REQUESTS, "class" => class).increment(1);
}

/// Brings what is measured by looking up to date.
///
/// # Errors
/// When the database fails.
#[expect(clippy::cast_precision_loss, reason = "nobody has 2^53 mailboxes")]
pub async fn measure(ctx: &Context) -> Result<()> {
    let mut tx = ctx.db.read().await?;
    let found = db::watch::counts(&mut tx).await?;
    drop(tx);
    // What there is none of any more must become zero, so every combination is set.
    for state in ["draft", "active", "paused"] {
        for direction in ["incoming", "outgoing"] {
            for health in ["unknown", "working", "doubtful", "failing"] {
                let count = found.iter().find(|(in_state, in_direction, in_health, _)| {
                    in_state == state
                        && in_direction == direction
                        && in_health.as_deref().unwrap_or("unknown") == health
                });
                let count = count.map_or(0, |(.., count)| *count);
                gauge!(MAILBOXES, "state" => state, "direction" => direction, "health" => health).set(count as f64);
            }
        }
    }
    Ok(())
}
