//! Hands one message over: MAIL, RCPT, DATA and the message itself (RFC 5321 3.3, RFC 6409).
//!
//! All recipients or none: where the server refuses one of them nothing is sent, so that a message never goes
//! out in part and is never repeated to those who have it. The reply to the final dot decides; a connection
//! that breaks before that reply leaves it open who has the message, and is told as [`Submission::Unknown`].

use std::time::Duration;

use tokio::time::timeout;

use super::{
    Session, classify,
    classify::{Place, Scene},
    reply::Reply,
    sender::{Carried, Pace, carried},
};
use crate::model::{EmailAddress, Problem};
use crate::net::trace::timed_out;

/// How long the server may take for MAIL, RCPT and DATA, and to take in the message.
const PATIENCE: Duration = Duration::from_secs(120);
/// How long it may take to make up its mind about the message: filters run then (RFC 5321 4.5.3.2.6).
const VERDICT_PATIENCE: Duration = Duration::from_secs(600);
/// What a server says to a connection that it is about to close.
const CLOSING: u16 = 421;

/// Who sends to whom.
#[derive(Clone, Copy, Debug)]
pub struct Envelope<'a> {
    pub sender: &'a EmailAddress,
    /// At least one.
    pub recipients: &'a [EmailAddress],
}

/// What became of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Submission {
    /// The server has it, and said so in these words.
    Accepted { reply: String },
    /// Not now: worth another try.
    Later(Problem),
    /// Never, as it is.
    Refused(Problem),
    /// The connection broke before the whole message was there: nobody has it.
    Broken(Problem),
    /// The connection broke between the final dot and the reply: the server may have it or not.
    Unknown(Problem),
}

/// A try that ended before its time.
type Stopped = Submission;

impl Session {
    /// Submits one message. Its line ends are made CRLF and its leading dots are doubled here.
    ///
    /// Afterwards [`Self::is_usable`] tells whether the connection serves for another one.
    pub async fn submit(&mut self, envelope: Envelope<'_>, message: &[u8]) -> Submission {
        let outcome = match self.walk(envelope, message).await {
            Ok(outcome) | Err(outcome) => outcome,
        };
        if matches!(outcome, Submission::Broken(_) | Submission::Unknown(_)) {
            self.usable = false;
        }
        outcome
    }

    async fn walk(&mut self, envelope: Envelope<'_>, message: &[u8]) -> Result<Submission, Stopped> {
        let body = on_the_wire(message);
        let commands = self.commands(envelope, &body).map_err(Submission::Refused)?;
        if let Err(refused) = self.address(envelope, &commands).await {
            self.take_back().await;
            return Err(refused);
        }
        let reply = self.hear_within(PATIENCE, Hear::Command("DATA")).await?;
        if reply.class() != 3 {
            let refused = self.refused(Place::Message, &reply, envelope.sender, envelope.sender);
            self.take_back().await;
            return Err(refused);
        }
        if let Err(problem) = self.pour(&body).await {
            return Err(Submission::Broken(problem));
        }
        // A server may refuse in the middle and hang up: then its words are here already.
        let ended = timeout(PATIENCE, self.talk.say_message(b".\r\n", ".")).await;
        if let Ok(Err(problem)) = ended {
            return Err(Submission::Unknown(problem));
        }
        let verdict = match timeout(VERDICT_PATIENCE, self.talk.reply()).await {
            Ok(Ok(reply)) => reply,
            Ok(Err(problem)) => return Err(Submission::Unknown(problem)),
            Err(_) => return Err(Submission::Unknown(timed_out(VERDICT_PATIENCE))),
        };
        Ok(self.judge(&verdict, envelope))
    }

    /// What the reply to the final dot means. Words that are no verdict at all leave it open.
    fn judge(&mut self, verdict: &Reply, envelope: Envelope<'_>) -> Submission {
        if verdict.is_positive() {
            return Submission::Accepted { reply: self.talk.words(verdict) };
        }
        if verdict.is_refusal() {
            return self.refused(Place::Message, verdict, envelope.sender, envelope.sender);
        }
        Submission::Unknown(Problem::CommandRefused { reply: self.talk.words(verdict) })
    }

    /// MAIL and every RCPT, in the form that this server can carry.
    fn commands(&self, envelope: Envelope<'_>, body: &[u8]) -> Result<Vec<String>, Problem> {
        let Carried { address, mut international } = carried(envelope.sender, &self.extensions)?;
        let mut recipients = Vec::with_capacity(envelope.recipients.len());
        for recipient in envelope.recipients {
            let carried = carried(recipient, &self.extensions)?;
            international |= carried.international;
            recipients.push(format!("RCPT TO:<{}>", carried.address));
        }
        let header = body.windows(4).position(|four| four == b"\r\n\r\n").and_then(|end| body.get(..end));
        let header_is_international = header.is_some_and(|header| !header.is_ascii());
        international |= header_is_international && self.extensions.has("SMTPUTF8");
        let mut mail = format!("MAIL FROM:<{address}>");
        if self.extensions.has("SIZE") {
            // Doubled dots do not count (RFC 1870 4), but a few bytes too many harm nobody.
            mail.push_str(&format!(" SIZE={}", body.len()));
        }
        if !body.is_ascii() && self.extensions.has("8BITMIME") {
            mail.push_str(" BODY=8BITMIME");
        }
        if international {
            mail.push_str(" SMTPUTF8");
        }
        Ok(std::iter::once(mail).chain(recipients).collect())
    }

    /// Says the envelope, in one write where the server can follow.
    async fn address(&mut self, envelope: Envelope<'_>, commands: &[String]) -> Result<(), Stopped> {
        if self.pace == Pace::Group {
            let lines: Vec<(&str, &str)> = commands.iter().map(|line| (line.as_str(), line.as_str())).collect();
            let said = timeout(PATIENCE, self.talk.say(&lines)).await;
            said.unwrap_or_else(|_| Err(timed_out(PATIENCE))).map_err(Submission::Broken)?;
        }
        let mut first = Ok(());
        for (number, command) in commands.iter().enumerate() {
            let hear = if self.pace == Pace::Group { Hear::Next } else { Hear::Command(command) };
            let reply = match self.hear_within(PATIENCE, hear).await {
                Ok(reply) => reply,
                // A server that refuses and hangs up has answered.
                Err(broken) => {
                    self.usable = false;
                    return first.and(Err(broken));
                }
            };
            if reply.is_positive() || first.is_err() {
                continue;
            }
            let recipient = number.checked_sub(1).and_then(|place| envelope.recipients.get(place));
            let place = if recipient.is_some() { Place::Rcpt } else { Place::Mail };
            first = Err(self.refused(place, &reply, envelope.sender, recipient.unwrap_or(envelope.sender)));
            if self.pace == Pace::LineByLine {
                break;
            }
        }
        first
    }

    /// Sends the message without its final dot.
    async fn pour(&mut self, body: &[u8]) -> Result<(), Problem> {
        let shown = format!("… a message of {} bytes …", body.len());
        let poured = timeout(PATIENCE, self.talk.say_message(body, &shown)).await;
        poured.unwrap_or_else(|_| Err(timed_out(PATIENCE)))
    }

    async fn hear_within(&mut self, patience: Duration, hear: Hear<'_>) -> Result<Reply, Stopped> {
        let heard = async {
            match hear {
                Hear::Command(line) => self.talk.command(line).await,
                Hear::Next => self.talk.reply().await,
            }
        };
        let heard = timeout(patience, heard).await.unwrap_or_else(|_| Err(timed_out(patience)));
        heard.map_err(Submission::Broken)
    }

    /// Brings the server back to where the next message can begin.
    async fn take_back(&mut self) {
        if self.usable {
            let reset = self.hear_within(PATIENCE, Hear::Command("RSET")).await;
            self.usable = matches!(reset, Ok(reply) if reply.is_positive());
        }
    }

    /// What a refusal means, and whether time can change it.
    fn refused(&mut self, place: Place, reply: &Reply, sender: &EmailAddress, recipient: &EmailAddress) -> Submission {
        if reply.code == CLOSING {
            self.usable = false;
        }
        let scene = Scene {
            provider: self.provider,
            method: self.method,
            offered: &[],
            sender: sender.as_str(),
            encrypted: self.encrypted,
            words: self.talk.words(reply),
        };
        let problem = match classify::problem(place, reply, scene) {
            Problem::RecipientRefused { reply, .. } => {
                Problem::RecipientRefused { recipient: recipient.as_str().to_owned(), reply }
            }
            Problem::RelayDenied { reply, .. } => {
                Problem::RelayDenied { recipient: recipient.as_str().to_owned(), reply }
            }
            problem => problem,
        };
        // Limits pass, though some servers say them with a 5.
        let passes = matches!(
            problem,
            Problem::RateLimited { .. } | Problem::TooManyConnections { .. } | Problem::SendingLimitReached { .. }
        );
        if reply.class() == 4 || passes { Submission::Later(problem) } else { Submission::Refused(problem) }
    }
}

/// What is waited for.
#[derive(Clone, Copy)]
enum Hear<'a> {
    Command(&'a str),
    Next,
}

/// A message as DATA carries it, without the final dot: every line ends in CRLF, and a leading dot is doubled.
///
/// A bare CR or LF becomes a line end of its own, so that nobody can hide a second message behind one
/// (RFC 5321 2.3.8).
fn on_the_wire(message: &[u8]) -> Vec<u8> {
    let mut sent = Vec::with_capacity(message.len().saturating_add(message.len() / 32).saturating_add(2));
    let mut at_line_start = true;
    let mut after_cr = false;
    for &byte in message {
        match byte {
            b'\n' if after_cr => {
                after_cr = false;
                continue;
            }
            b'\r' | b'\n' => {
                sent.extend_from_slice(b"\r\n");
                at_line_start = true;
                after_cr = byte == b'\r';
                continue;
            }
            b'.' if at_line_start => sent.push(b'.'),
            _ => {}
        }
        sent.push(byte);
        at_line_start = false;
        after_cr = false;
    }
    if !at_line_start {
        sent.extend_from_slice(b"\r\n");
    }
    sent
}

#[cfg(test)]
mod tests {
    use super::on_the_wire;

    #[test]
    fn no_line_of_a_message_can_end_it() {
        for (message, sent) in [
            ("a\r\n.\r\nb", "a\r\n..\r\nb\r\n"),
            ("a\n.\nMAIL FROM:<x>", "a\r\n..\r\nMAIL FROM:<x>\r\n"),
            ("a\r.\rb\r\n", "a\r\n..\r\nb\r\n"),
            ("a\n\r\n.b", "a\r\n\r\n..b\r\n"),
            (".", "..\r\n"),
            ("", ""),
            ("a..b\r\n", "a..b\r\n"),
        ] {
            assert_eq!(String::from_utf8(on_the_wire(message.as_bytes())).unwrap(), sent, "{message:?}");
        }
    }
}
