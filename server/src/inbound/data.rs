//! A message arrives: piece by piece to the disk, never whole in memory, and then into the database.

use std::io;
use std::net::IpAddr;
use std::sync::Arc;

use tokio::time::Instant;

use super::accept::{self, accept};
use super::connection::Lost;
use super::head::{self, Way};
use super::scanner::{BareNewline, Scanner};
use super::session::{Envelope, House, Session, Step};
use super::store::{self, Part};
use crate::error::Result;
use crate::telemetry;

/// Why a message is not taken: for the numbers, and for the sender.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Refusal {
    outcome: &'static str,
    reply: &'static str,
}

const FULL: Refusal = Refusal { outcome: "full", reply: "452 4.3.1 No room at the moment" };
const FAILED: Refusal = Refusal { outcome: "failed", reply: "451 4.3.0 Something is wrong here; come again later" };
const TOO_LARGE: Refusal = Refusal { outcome: "too_large", reply: "552 5.3.4 The message is too large" };
const LONG_HEADER: Refusal = Refusal { outcome: "too_large", reply: "552 5.3.4 The header is too large" };
const LONG_LINE: Refusal = Refusal { outcome: "unclean", reply: "554 5.6.0 A line is too long" };
const LOOPING: Refusal = Refusal { outcome: "loop", reply: "554 5.4.6 This message goes in circles" };
const UNCLEAN: Refusal = Refusal { outcome: "unclean", reply: "554 5.6.0 Lines end with CR LF, and with nothing else" };

/// A message on its way in.
struct Incoming<'a> {
    house: &'a House,
    envelope: &'a Envelope,
    /// `None` once it is clear that the message will not be taken; the rest is only read.
    part: Option<Part>,
    refusal: Option<Refusal>,
    /// The beginning of the message.
    head: Vec<u8>,
    header_ended: bool,
    bytes: u64,
}

impl Session {
    /// DATA, from the command to the reply behind the message.
    pub(super) async fn data(&mut self) -> Step {
        let Some(envelope) = self.envelope.take() else {
            self.say("503 5.5.1 Say MAIL first");
            return Step::On;
        };
        if envelope.recipients.is_empty() {
            self.say("554 5.5.1 There is no valid recipient");
            return Step::On;
        }
        // DATA ends a group of pipelined commands (RFC 2920 3.1). Who does not wait for the answer has no message to
        // send but something to hide in one.
        if self.connection.has_more() {
            self.say("554 5.5.0 Nothing may follow DATA before its answer");
            return Step::Close;
        }
        let house = Arc::clone(&self.house);
        let mut incoming = match Incoming::begin(&house, &envelope, self.connection.peer).await {
            Ok(incoming) => incoming,
            Err(refusal) => return self.refuse(refusal.outcome, refusal.reply),
        };
        self.say("354 Go on; end with a dot on a line of its own");
        match self.receive(&mut incoming).await {
            Ok(true) => {}
            Ok(false) => {
                let refusal = incoming.refusal.unwrap_or(TOO_LARGE);
                self.refuse(refusal.outcome, refusal.reply);
                return Step::Close;
            }
            Err(lost) => {
                telemetry::mail_brought("interrupted");
                return self.lost(lost);
            }
        }
        match incoming.finish(self.connection.peer).await {
            Ok(id) => {
                self.idle_commands = 0;
                telemetry::mail_brought("accepted");
                self.say(&format!("250 2.0.0 Taken as {id}"));
                Step::On
            }
            Err(refusal) => self.refuse(refusal.outcome, refusal.reply),
        }
    }

    /// Reads a message to its end; false where it must not be read any further.
    async fn receive(&mut self, incoming: &mut Incoming<'_>) -> Result<bool, Lost> {
        let house = Arc::clone(&self.house);
        let limits = &house.limits;
        self.connection.flush(limits).await?;
        let (mut scanner, mut text) = (Scanner::default(), Vec::new());
        let (began, mut arrived) = (Instant::now(), 0_u64);
        loop {
            let piece = self.connection.piece(limits).await?;
            let whole = piece.len();
            let ended = match scanner.read(piece, &mut text) {
                Ok(ended) => ended,
                Err(BareNewline) => {
                    incoming.refuse(UNCLEAN);
                    return Ok(false);
                }
            };
            self.connection.consume(ended.unwrap_or(whole));
            incoming.take(&text).await;
            text.clear();
            if scanner.longest_line() > limits.text_line_bytes {
                incoming.refuse(LONG_LINE);
            }
            if ended.is_some() {
                return Ok(true);
            }
            arrived = arrived.saturating_add(u64::try_from(whole).unwrap_or(u64::MAX));
            // Who sends twice what is allowed will not stop by itself.
            if arrived / 2 > limits.message_bytes {
                incoming.refuse(TOO_LARGE);
                return Ok(false);
            }
            let took = began.elapsed();
            if took > limits.slow_after && arrived / took.as_secs().max(1) < limits.slowest_bytes_per_second {
                return Err(Lost::Slow);
            }
        }
    }
}

impl<'a> Incoming<'a> {
    async fn begin(house: &'a House, envelope: &'a Envelope, peer: IpAddr) -> Result<Self, Refusal> {
        let mut part = house.store.begin().await.map_err(|error| refusal_of(&error))?;
        let way = Way { envelope, id: part.id(), by: house.name(), peer, at: house.ctx.clock.now() };
        let fields = way.fields();
        part.write(fields.as_bytes()).await.map_err(|error| refusal_of(&error))?;
        let (part, head) = (Some(part), Vec::new());
        Ok(Self { house, envelope, part, refusal: None, head, header_ended: false, bytes: 0 })
    }

    /// The message will not be taken, for the first of the reasons; what was written is taken back.
    fn refuse(&mut self, refusal: Refusal) {
        self.refusal.get_or_insert(refusal);
        self.part = None;
    }

    /// Takes a piece of the message itself.
    async fn take(&mut self, text: &[u8]) {
        let limits = &self.house.limits;
        self.bytes = self.bytes.saturating_add(u64::try_from(text.len()).unwrap_or(u64::MAX));
        if self.bytes > limits.message_bytes {
            self.refuse(TOO_LARGE);
        }
        if self.part.is_none() {
            return;
        }
        self.look_at_the_head(text);
        if let Some(part) = &mut self.part
            && let Err(error) = part.write(text).await
        {
            self.refuse(refusal_of(&error));
        }
    }

    fn look_at_the_head(&mut self, text: &[u8]) {
        let limits = &self.house.limits;
        let room = limits.head_bytes.saturating_sub(self.head.len());
        if room == 0 {
            return;
        }
        // The empty line may be half in what came before.
        let looked_at = self.head.len().saturating_sub(3);
        self.head.extend_from_slice(text.get(..room.min(text.len())).unwrap_or_default());
        if self.header_ended {
            return;
        }
        let end = if looked_at == 0 {
            head::end(&self.head)
        } else {
            self.head.get(looked_at..).and_then(head::end_within).map(|end| looked_at + end)
        };
        self.header_ended = end.is_some();
        match end.and_then(|end| self.head.get(..end)) {
            Some(header) if head::is_looping(header, self.envelope, limits.received_fields) => self.refuse(LOOPING),
            None if self.head.len() >= limits.head_bytes => self.refuse(LONG_HEADER),
            _ => {}
        }
    }

    /// Makes the message ours; its name.
    async fn finish(self, peer: IpAddr) -> Result<String, Refusal> {
        if let Some(refusal) = self.refusal {
            return Err(refusal);
        }
        let part = self.part.ok_or(FAILED)?;
        // A message may be a header alone.
        if !self.header_ended && head::is_looping(&self.head, self.envelope, self.house.limits.received_fields) {
            return Err(LOOPING);
        }
        let id = part.id().to_owned();
        let stored = part.finish().await.map_err(|error| refusal_of(&error))?;
        let peer = peer.to_canonical().to_string();
        match accept(&self.house.ctx, self.envelope, &peer, &stored, &self.head).await {
            Ok(()) => Ok(id),
            Err(error) if accept::is_full(&error) => Err(FULL),
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "A mail could not be written down.");
                Err(FAILED)
            }
        }
    }
}

fn refusal_of(error: &io::Error) -> Refusal {
    if store::is_full(error) {
        return FULL;
    }
    tracing::error!(error = error as &dyn std::error::Error, "A mail could not be stored.");
    FAILED
}
