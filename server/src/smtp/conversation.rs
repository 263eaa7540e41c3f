//! Says commands and hears replies on a [`Wire`], and remembers the server's last words.
//!
//! When a server hangs up, what it said just before is the best evidence there is: a reply cut short,
//! words that were waiting when our own write failed, or the last refusal. None of it is lost here.

use std::{fmt, time::Duration};

use tokio::time::timeout;

use super::reply::{Reply, ReplyReader, Unreadable, first_line};
use crate::{
    model::{Problem, Protocol},
    net::{
        Wire,
        masks::{self, Masks},
        trace::printable,
    },
};

/// Longest quotation of a server inside a problem, in bytes.
const MAX_WORDS_BYTES: usize = 1_024;
/// How long we listen for parting words after a write has failed.
const PARTING_PATIENCE: Duration = Duration::from_secs(1);
/// What stands where a secret stood.
pub(super) const MASK: &str = "•••";

/// What came instead of a reply.
#[derive(Debug)]
pub(super) enum Silence {
    /// The server said something that is no reply.
    Unreadable(Unreadable),
    /// The connection failed or was closed.
    Lost(Problem),
}

/// A wire on which SMTP is spoken.
pub(super) struct Conversation {
    wire: Wire,
    reader: ReplyReader,
    last_refusal: Option<String>,
    masks: Masks,
}

impl Conversation {
    pub(super) fn new(wire: Wire) -> Self {
        Self { wire, reader: ReplyReader::new(), last_refusal: None, masks: Masks::default() }
    }

    /// Gives the wire back, between two replies.
    pub(super) fn into_wire(self) -> Wire {
        self.wire
    }

    /// What has arrived and belongs to no reply yet.
    pub(super) fn inbox(&self) -> &[u8] {
        self.wire.inbox()
    }

    /// True in the middle of a reply of several lines.
    pub(super) fn has_begun_a_reply(&self) -> bool {
        !self.reader.is_empty()
    }

    /// Strikes a password or token out of the transcript and of every quotation from here on, in all the forms it
    /// may be told in.
    pub(super) fn hide_secret(&mut self, secret: &str) {
        for form in masks::forms(secret) {
            self.hide(&form);
        }
    }

    /// Strikes `secret` out of the transcript and out of every quotation from here on.
    pub(super) fn hide(&mut self, secret: &str) {
        self.wire.trace().hide(secret);
        self.masks.add(secret);
    }

    /// How long the server may be silent before we look why.
    pub(super) fn patience(&self) -> Duration {
        self.wire.trace().patience()
    }

    /// A remark of our own in the transcript.
    pub(super) fn note(&self, text: &str) {
        self.wire.trace().note(text);
    }

    /// Says one command and hears its reply.
    pub(super) async fn command(&mut self, line: &str) -> Result<Reply, Problem> {
        self.command_shown_as(line, line).await
    }

    /// Says one command and hears its reply; the transcript shows `shown` instead.
    pub(super) async fn command_shown_as(&mut self, line: &str, shown: &str) -> Result<Reply, Problem> {
        self.pass_over_early_words();
        self.say(&[(line, shown)]).await?;
        self.reply().await
    }

    /// Reads what has been said although nobody asked: a yes that came before the question does not answer it.
    ///
    /// Everything else stays where it is: a refusal is what servers say before they hang up.
    fn pass_over_early_words(&mut self) {
        while let Ok(Some(found)) = first_line(self.wire.inbox()) {
            if !found.line.is_empty() && found.line.first() != Some(&b'2') {
                return;
            }
            self.wire.trace().server(found.line);
            let used_bytes = found.used_bytes;
            self.wire.consume(used_bytes);
            self.note("The server said this without being asked; it counts for nothing.");
        }
    }

    /// Says commands in one write (RFC 2920); each comes with what the transcript shows for it.
    pub(super) async fn say(&mut self, lines: &[(&str, &str)]) -> Result<(), Problem> {
        let mut bytes = Vec::new();
        for (line, shown) in lines {
            self.wire.trace().client(shown);
            bytes.extend_from_slice(line.as_bytes());
            bytes.extend_from_slice(b"\r\n");
        }
        self.send(&bytes).await
    }

    /// Sends bytes that are no commands: a message, of which the transcript shows `shown` and no more.
    pub(super) async fn say_message(&mut self, bytes: &[u8], shown: &str) -> Result<(), Problem> {
        self.wire.trace().client(shown);
        self.send(bytes).await
    }

    async fn send(&mut self, bytes: &[u8]) -> Result<(), Problem> {
        let Err(problem) = self.wire.send(bytes).await else { return Ok(()) };
        // The server may have said why before it hung up; then its words are the reply.
        let listened = timeout(PARTING_PATIENCE, async {
            while matches!(first_line(self.wire.inbox()), Ok(None)) && matches!(self.wire.receive().await, Ok(1..)) {}
        })
        .await;
        if listened.is_err() || self.wire.inbox().is_empty() { Err(self.lost(problem)) } else { Ok(()) }
    }

    /// Hears one reply.
    pub(super) async fn reply(&mut self) -> Result<Reply, Problem> {
        self.hear().await.map_err(|silence| match silence {
            Silence::Lost(problem) => problem,
            Silence::Unreadable(Unreadable::TooMuch { limit_bytes }) => Problem::TooMuchData { limit_bytes },
            Silence::Unreadable(Unreadable::NotAReply { line }) => Problem::ProtocolNonsense {
                protocol: Protocol::Smtp,
                line: self.quote(&String::from_utf8_lossy(&line)),
            },
        })
    }

    /// Hears one reply, and tells what came instead where there is none.
    pub(super) async fn hear(&mut self) -> Result<Reply, Silence> {
        loop {
            while let Some(found) = first_line(self.wire.inbox()).map_err(Silence::Unreadable)? {
                self.wire.trace().server(found.line);
                let pushed = self.reader.push(found.line);
                let used_bytes = found.used_bytes;
                self.wire.consume(used_bytes);
                if let Some(reply) = pushed.map_err(Silence::Unreadable)? {
                    return Ok(self.remember(reply));
                }
            }
            let lost = match self.wire.receive().await {
                Ok(0) => Problem::ConnectionLost { reply: None },
                Ok(_) => continue,
                Err(problem) => problem,
            };
            return self.parting_words(lost);
        }
    }

    /// The reply as a person may read it: printable, bounded, our secrets struck out.
    pub(super) fn words(&self, reply: &Reply) -> String {
        self.quote(&reply.to_string())
    }

    /// Any text of the server's, made fit to be shown.
    pub(super) fn quote(&self, text: &str) -> String {
        printable(self.masks.cover(text).trim(), MAX_WORDS_BYTES)
    }

    /// The connection is gone: what has come of a reply counts as one if it is a refusal.
    fn parting_words(&mut self, lost: Problem) -> Result<Reply, Silence> {
        let rest = self.wire.inbox().to_vec();
        if !rest.is_empty() {
            self.wire.consume(rest.len());
            self.wire.trace().server(&rest);
            match self.reader.push(&rest) {
                Ok(Some(reply)) => return Ok(self.remember(reply)),
                Ok(None) => {}
                Err(unreadable) => return Err(Silence::Unreadable(unreadable)),
            }
        }
        match self.reader.finish() {
            Some(reply) if reply.is_refusal() => Ok(self.remember(reply)),
            Some(reply) => {
                let words = self.words(&reply);
                Err(Silence::Lost(with_words(lost, Some(words))))
            }
            None => Err(Silence::Lost(self.lost(lost))),
        }
    }

    fn lost(&self, problem: Problem) -> Problem {
        with_words(problem, self.last_refusal.clone())
    }

    fn remember(&mut self, reply: Reply) -> Reply {
        if reply.is_refusal() {
            self.last_refusal = Some(self.words(&reply));
        }
        reply
    }
}

impl fmt::Debug for Conversation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Conversation").field("wire", &self.wire).finish_non_exhaustive()
    }
}

/// Puts the last words into a lost connection that has none yet.
fn with_words(problem: Problem, words: Option<String>) -> Problem {
    match problem {
        Problem::ConnectionLost { reply: None } => Problem::ConnectionLost { reply: words },
        other => other,
    }
}
