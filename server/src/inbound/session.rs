//! One conversation: a command, a reply, until somebody has had enough (RFC 5321).
//!
//! What is refused is refused with the code that makes an honest server do the right thing: 4xx to come again, 5xx to
//! tell the sender. A client that goes on with nonsense, or tries address after address, is told 421 and left.

use std::borrow::Cow;
use std::net::IpAddr;
use std::str;
use std::sync::Arc;

use smtp_proto::{MAIL_BODY_7BIT, MAIL_BODY_8BITMIME, MAIL_SMTPUTF8, MailFrom, RcptTo, Request};
use tokio::net::TcpStream;

use super::addresses::{self, Found};
use super::budget::Visit;
use super::certificate::Certificate;
use super::connection::{Connection, Lost};
use super::host_name;
use super::limits::Limits;
use super::store::Store;
use crate::context::Context;
use crate::model::{EmailAddress, MailboxId};
use crate::stop::Stop;
use crate::telemetry;

/// What all conversations share.
pub(super) struct House {
    pub ctx: Context,
    pub limits: Limits,
    pub store: Store,
    certificate: Certificate,
}

impl House {
    pub(super) const fn new(ctx: Context, limits: Limits, store: Store, certificate: Certificate) -> Self {
        Self { ctx, limits, store, certificate }
    }

    pub(super) fn name(&self) -> &str {
        host_name(&self.ctx.config)
    }
}

/// From whom to whom a message goes, and over what kind of connection.
#[derive(Clone, Debug)]
pub(super) struct Envelope {
    /// Empty for the null reverse-path.
    pub sender: String,
    pub recipients: Vec<Recipient>,
    /// Fit to stand in a header.
    pub helo: String,
    /// EHLO, not HELO.
    pub extended: bool,
    pub tls: bool,
    pub utf8: bool,
}

/// A recipient that we know.
#[derive(Clone, Debug)]
pub(super) struct Recipient {
    pub mailbox: MailboxId,
    /// As the client wrote it.
    pub address: String,
    pub folded: String,
}

/// Whether the conversation goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    On,
    Close,
}

/// The client's name, once it has said it.
struct Hello {
    name: String,
    extended: bool,
}

/// A conversation.
pub(super) struct Session {
    pub(super) house: Arc<House>,
    pub(super) connection: Connection,
    pub(super) envelope: Option<Envelope>,
    visit: Visit,
    stop: Stop,
    hello: Option<Hello>,
    tls: bool,
    bad_commands: u32,
    bad_recipients: u32,
    pub(super) idle_commands: u32,
}

impl Session {
    pub(super) fn new(house: Arc<House>, stream: TcpStream, peer: IpAddr, visit: Visit, stop: Stop) -> Self {
        // Replies are small and waited for.
        let _ = stream.set_nodelay(true);
        let connection = Connection::new(stream, peer, house.limits.connection_time);
        Self {
            house,
            connection,
            envelope: None,
            visit,
            stop,
            hello: None,
            tls: false,
            bad_commands: 0,
            bad_recipients: 0,
            idle_commands: 0,
        }
    }

    /// Talks until one of the two has had enough.
    pub(super) async fn run(mut self) {
        let house = Arc::clone(&self.house);
        let limits = &house.limits;
        self.say(&format!("220 {} ESMTP Postroom", house.name()));
        loop {
            if self.connection.flush_unless_more(limits).await.is_err() {
                return;
            }
            let line = tokio::select! {
                biased;
                () = self.stop.asked() => {
                    self.say("421 4.3.2 Closing for now; come again in a moment");
                    break;
                }
                line = self.connection.line(limits) => line,
            };
            let step = match line {
                Ok(line) => self.obey(&line).await,
                Err(lost) => self.lost(lost),
            };
            if step == Step::Close {
                break;
            }
        }
        self.connection.close(limits).await;
    }

    pub(super) fn say(&mut self, reply: &str) {
        self.connection.say(reply);
    }

    /// Says why there is nothing more to be read.
    pub(super) fn lost(&mut self, lost: Lost) -> Step {
        match lost {
            Lost::Gone => {}
            Lost::Slow => self.say("421 4.4.2 This takes too long"),
            Lost::TooLong => self.say("500 5.5.2 Line too long"),
            Lost::Unclean => self.say("500 5.5.2 Lines end with CR LF"),
        }
        Step::Close
    }

    async fn obey(&mut self, line: &[u8]) -> Step {
        if str::from_utf8(line).is_err() {
            return self.bad("500 5.5.2 A command is UTF-8");
        }
        match Request::parse(&mut line.iter()) {
            Ok(Request::Ehlo { host }) => self.hello(&host, true),
            Ok(Request::Helo { host }) => self.hello(&host, false),
            Ok(Request::Mail { from }) => self.mail(&from),
            Ok(Request::Rcpt { to }) => self.rcpt(&to).await,
            Ok(Request::Data) => self.data().await,
            Ok(Request::StartTls) => self.start_tls().await,
            Ok(Request::Rset) => {
                self.envelope = None;
                self.idle("250 2.0.0 Forgotten")
            }
            Ok(Request::Noop { .. }) => self.idle("250 2.0.0 Still here"),
            Ok(Request::Vrfy { .. }) => self.idle("252 2.5.0 Send it and see"),
            Ok(Request::Help { .. }) => self.idle("214 2.0.0 RFC 5321 has it all"),
            Ok(Request::Expn { .. }) => self.bad("502 5.5.1 There are no lists here"),
            Ok(Request::Quit) => {
                self.say("221 2.0.0 Goodbye");
                Step::Close
            }
            // What comes next would be its argument, which must not be read as commands.
            Ok(Request::Bdat { .. } | Request::Burl { .. }) => {
                self.say("502 5.5.1 There is only DATA here");
                Step::Close
            }
            Ok(Request::Auth { .. }) => self.bad("502 5.5.1 Nobody signs in here"),
            Ok(Request::Lhlo { .. } | Request::Etrn { .. } | Request::Atrn { .. }) => {
                self.bad("502 5.5.1 No such command here")
            }
            Err(error) => self.unread(&error),
        }
    }

    fn unread(&mut self, error: &smtp_proto::Error) -> Step {
        match error {
            smtp_proto::Error::InvalidSenderAddress => self.bad("553 5.1.7 This sender is no address"),
            smtp_proto::Error::InvalidRecipientAddress => self.bad("553 5.1.3 This recipient is no address"),
            smtp_proto::Error::SyntaxError { syntax } => self.bad(&format!("501 5.5.4 It goes: {syntax}")),
            smtp_proto::Error::InvalidParameter { param } => self.bad(&format!("501 5.5.4 Bad parameter {param}")),
            smtp_proto::Error::UnsupportedParameter { .. } => self.bad("555 5.5.4 A parameter is not known here"),
            _ => self.bad("500 5.5.2 No such command"),
        }
    }

    /// Answers a command that was wrong; too many of them, and that was it.
    fn bad(&mut self, reply: &str) -> Step {
        self.bad_commands += 1;
        if self.bad_commands > self.house.limits.bad_commands {
            self.say("421 4.7.0 Too many errors");
            return Step::Close;
        }
        self.say(reply);
        Step::On
    }

    /// Answers a command that brings no mail nearer.
    fn idle(&mut self, reply: &str) -> Step {
        self.idle_commands += 1;
        if self.idle_commands > self.house.limits.idle_commands {
            self.say("421 4.7.0 Too many commands without mail");
            return Step::Close;
        }
        self.say(reply);
        Step::On
    }

    fn hello(&mut self, name: &str, extended: bool) -> Step {
        self.envelope = None;
        // It will stand in a header and on a page.
        let fit = |c: &char| c.is_ascii_alphanumeric() || "-._:[]".contains(*c);
        let name: String = name.chars().filter(fit).take(255).collect();
        let name = if name.is_empty() { "unknown".to_owned() } else { name };
        self.hello = Some(Hello { name, extended });
        let ours = self.house.name().to_owned();
        if !extended {
            return self.idle(&format!("250 {ours}"));
        }
        let start_tls = if self.tls { "" } else { "250-STARTTLS\r\n" };
        let size = self.house.limits.message_bytes;
        self.idle(&format!(
            "250-{ours}\r\n250-SIZE {size}\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n\
             250-ENHANCEDSTATUSCODES\r\n{start_tls}250 HELP"
        ))
    }

    /// RFC 3207. What came in the clear behind the command would be taken for encrypted, so it ends the connection.
    async fn start_tls(&mut self) -> Step {
        if self.tls {
            return self.bad("503 5.5.1 This is encrypted already");
        }
        if self.connection.has_more() {
            self.say("554 5.5.0 Nothing may follow STARTTLS");
            return Step::Close;
        }
        self.say("220 2.0.0 Go ahead");
        let house = Arc::clone(&self.house);
        if self.connection.flush(&house.limits).await.is_err() {
            return Step::Close;
        }
        if self.connection.secure(&house.certificate.acceptor(), &house.limits).await.is_err() {
            return Step::Close;
        }
        self.tls = true;
        self.hello = None;
        self.envelope = None;
        Step::On
    }

    fn mail(&mut self, from: &MailFrom<Cow<'_, str>>) -> Step {
        let Some(hello) = &self.hello else { return self.bad("503 5.5.1 Say EHLO first") };
        let (helo, extended) = (hello.name.clone(), hello.extended);
        if self.envelope.is_some() {
            return self.bad("503 5.5.1 There is a sender already");
        }
        if !is_offered(from) {
            return self.bad("555 5.5.4 A parameter is not offered here");
        }
        let utf8 = from.flags & MAIL_SMTPUTF8 != 0;
        if from.address.chars().any(char::is_control) {
            return self.bad("553 5.1.7 This sender is no address");
        }
        if !from.address.is_ascii() && !utf8 {
            return self.bad("553 5.6.7 This sender needs SMTPUTF8");
        }
        let size = u64::try_from(from.size).unwrap_or(u64::MAX);
        let limit = self.house.limits.message_bytes;
        if size > limit {
            return self.refuse("too_large", &format!("552 5.3.4 At most {limit} bytes"));
        }
        if !self.house.store.has_room_for(size) {
            return self.refuse("full", "452 4.3.1 No room at the moment");
        }
        if !self.visit.may_bring_one() {
            return self.refuse("limited", "450 4.7.0 Too many messages; come again in a minute");
        }
        let sender = from.address.clone().into_owned();
        self.envelope = Some(Envelope { sender, recipients: Vec::new(), helo, extended, tls: self.tls, utf8 });
        self.say("250 2.1.0 Sender ok");
        Step::On
    }

    async fn rcpt(&mut self, to: &RcptTo<Cow<'_, str>>) -> Step {
        let Some(envelope) = &self.envelope else { return self.bad("503 5.5.1 Say MAIL first") };
        if envelope.recipients.len() >= self.house.limits.recipients {
            return self.refuse("too_many_recipients", "452 4.5.3 Too many recipients for one message");
        }
        if to.flags != 0 || to.orcpt.is_some() || to.rrvs != 0 {
            return self.bad("555 5.5.4 A parameter is not offered here");
        }
        if !to.address.is_ascii() && !envelope.utf8 {
            return self.bad("553 5.6.7 This recipient needs SMTPUTF8");
        }
        // `<Postmaster>` without a domain arrives as an empty address, and is as unknown as any other stranger.
        let found = match EmailAddress::parse(&to.address) {
            Ok(address) => addresses::find(&self.house.ctx, &address).await,
            Err(_) if to.address.is_empty() => Ok(Found::Unknown),
            Err(_) => return self.stranger("553 5.1.3 This recipient is no address"),
        };
        match found {
            Ok(Found::Mailbox { mailbox, folded }) => {
                let recipient = Recipient { mailbox, address: to.address.clone().into_owned(), folded };
                // A recipient that is named twice still gets one message (RFC 5321 4.1.1.3 leaves it to us).
                if let Some(envelope) = &mut self.envelope
                    && envelope.recipients.iter().all(|known| known.folded != recipient.folded)
                {
                    envelope.recipients.push(recipient);
                }
                self.say("250 2.1.5 Recipient ok");
                Step::On
            }
            Ok(Found::Unknown) => {
                telemetry::mail_brought("unknown_recipient");
                self.stranger("550 5.1.1 There is no such mailbox here")
            }
            Ok(Found::Foreign) => {
                telemetry::mail_brought("foreign_recipient");
                self.stranger("554 5.7.1 This server takes mail for its own mailboxes only")
            }
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::error!(error, "Nobody knows whether a recipient is one of ours.");
                self.refuse("failed", "451 4.3.0 Something is wrong here; come again later")
            }
        }
    }

    /// Answers a recipient that is none of ours. Who tries many wants to find out who there is.
    fn stranger(&mut self, reply: &str) -> Step {
        self.bad_recipients += 1;
        if self.bad_recipients > self.house.limits.bad_recipients {
            self.say("421 4.7.0 Too many unknown recipients");
            return Step::Close;
        }
        self.say(reply);
        Step::On
    }

    /// Says no, and counts it.
    pub(super) fn refuse(&mut self, outcome: &'static str, reply: &str) -> Step {
        telemetry::mail_brought(outcome);
        self.say(reply);
        Step::On
    }
}

/// True where a MAIL command asks for nothing but what EHLO has offered: SIZE, BODY and SMTPUTF8.
const fn is_offered(from: &MailFrom<Cow<'_, str>>) -> bool {
    let known = MAIL_BODY_7BIT | MAIL_BODY_8BITMIME | MAIL_SMTPUTF8;
    from.flags & !known == 0
        && from.trans_id.is_none()
        && from.by == 0
        && from.env_id.is_none()
        && from.solicit.is_none()
        && from.mtrk.is_none()
        && from.auth.is_none()
        && from.hold_for == 0
        && from.hold_until == 0
        && from.mt_priority == 0
}
