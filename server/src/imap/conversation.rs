//! The dialogue with an IMAP server: commands out, responses in, every line in the transcript.
//!
//! A conversation remembers what later steps need: the capabilities, what the server remarked on the way, and the
//! `* BYE` it may have said. A connection that ends after a BYE is told as what the BYE meant, never as a bare
//! "connection lost". Credentials are masked by the step that sends them, and struck out of what the server says.

use std::{fmt, mem, time::Duration};

use tokio::time::timeout;

use super::{
    capabilities::Capabilities,
    classify::{Place, Scene, classify},
    response::{Code, Condition, Frame, Response, Status, TooMuch, frame, last_words, parse},
};
use crate::{
    model::{AuthMethod, Problem, Protocol, Provider},
    net::{
        Trace, Wire,
        masks::{self, Masks},
        trace::{printable, timed_out},
    },
};

/// What stands where a secret stood.
pub(super) const MASK: &str = "•••";
/// Longest reply that is kept as evidence, in bytes.
const MAX_REPLY_BYTES: usize = 1_024;
/// How much a server may say to one command, in bytes: enough for seventy thousand folders. A server that never
/// comes to an end is left here, long before the deadline and before anything that is collected grows large.
const MAX_ANSWER_BYTES: usize = 8_388_608;
/// What a response counts besides its bytes: it costs us time, however short it is.
const RESPONSE_BYTES: usize = 64;
/// How many alerts are shown.
const MAX_ALERTS: usize = 3;
/// How many untagged remarks are kept for one command.
const MAX_REMARKS: usize = 8;
/// How long a server that said BYE may take to say why, or to close the connection.
const AFTER_BYE: Duration = Duration::from_secs(1);
/// How long the polite end of a session may take.
const FAREWELL: Duration = Duration::from_secs(1);

/// An IMAP connection.
pub(super) struct Conversation {
    wire: Wire,
    trace: Trace,
    provider: Provider,
    method: AuthMethod,
    /// Problems are masked here too: the workers walk with a trace that is off.
    masks: Masks,
    tags: u32,
    /// What was said since the last command.
    answer_bytes: usize,
    place: Place,
    folder: String,
    /// The newest the server told; `None` when it has to be asked.
    pub(super) capabilities: Option<Capabilities>,
    remarks: Vec<Status>,
    /// What the server wants people to see though all is well (RFC 9051 7.1).
    alerts: Vec<String>,
    /// Of the last response.
    literals: Vec<Vec<u8>>,
    goodbye: Option<Status>,
    /// The tag of an IDLE that was sent and has not ended.
    pub(super) idle: Option<String>,
    /// Whether the server would understand a LOGOUT.
    can_end_politely: bool,
    /// A list of found messages that is longer than a line may be is read past and left out. Only where somebody
    /// merely counts them: whoever needs the list must hear that it was too long.
    pub(super) may_skip_search: bool,
    /// The inbox begins in the middle of such a list.
    skipping: bool,
}

impl Conversation {
    /// Begins before the greeting. `trace` gets the transcript.
    pub(super) fn new(wire: Wire, trace: Trace, provider: Provider, method: AuthMethod, folder: &str) -> Self {
        Self {
            wire,
            trace,
            provider,
            method,
            masks: Masks::default(),
            tags: 0,
            answer_bytes: 0,
            place: Place::Greeting,
            folder: folder.to_owned(),
            capabilities: None,
            remarks: Vec::new(),
            alerts: Vec::new(),
            literals: Vec::new(),
            goodbye: None,
            idle: None,
            can_end_politely: false,
            may_skip_search: false,
            skipping: false,
        }
    }

    /// Strikes a password or token out of everything the server says from here on, in all the forms it may be told in.
    pub(super) fn hide_secret(&mut self, secret: &str) {
        for form in masks::forms(secret) {
            self.hide(&form);
        }
    }

    /// Strikes these words out of everything the server says from here on.
    pub(super) fn hide(&mut self, secret: &str) {
        self.trace.hide(secret);
        self.masks.add(secret);
    }

    /// Says what the commands from here on are about, which decides what a refusal means.
    pub(super) fn turn_to(&mut self, place: Place) {
        self.place = place;
        self.remarks.clear();
        self.can_end_politely = place != Place::Greeting && self.goodbye.is_none();
    }

    pub(super) const fn trace(&self) -> &Trace {
        &self.trace
    }

    /// The next tag: `A1`, `A2`, …
    pub(super) fn tag(&mut self) -> String {
        self.answer_bytes = 0;
        self.tags = self.tags.saturating_add(1);
        format!("A{}", self.tags)
    }

    /// Sends bytes; `shown` is what the transcript may show of them, a line each.
    pub(super) async fn send(&mut self, bytes: &[u8], shown: &[&str]) -> Result<(), Problem> {
        for line in shown {
            self.trace.client(line);
        }
        let sent = self.wire.send(bytes).await;
        match sent {
            // A server that refuses and closes may have said why before our words broke on the closed door.
            Err(Problem::ConnectionLost { .. }) => self.why_it_closed().await,
            other => other,
        }
    }

    /// Sends one command without secrets and returns its tag.
    pub(super) async fn ask(&mut self, command: &str) -> Result<String, Problem> {
        let tag = self.tag();
        let line = format!("{tag} {command}");
        self.send(format!("{line}\r\n").as_bytes(), &[&line]).await?;
        Ok(tag)
    }

    /// Reads until the tagged end of a command; what it refuses becomes the problem.
    pub(super) async fn finish(&mut self, tag: &str) -> Result<Status, Problem> {
        loop {
            match self.hear().await? {
                Response::Status(status) if is(&status, tag) => return self.granted(status),
                Response::Continuation { text } => return Err(self.nonsense(&format!("+ {text}"))),
                _ => {}
            }
        }
    }

    /// The status itself when it is OK, else the problem it means.
    pub(super) fn granted(&self, status: Status) -> Result<Status, Problem> {
        if status.condition == Condition::Ok { Ok(status) } else { Err(self.meaning_of(&status)) }
    }

    /// What a refusal means here.
    pub(super) fn meaning_of(&self, status: &Status) -> Problem {
        classify(status, &self.remarks, self.scene())
    }

    /// The next response, noted: capabilities, remarks and BYE are remembered, blank lines are skipped.
    ///
    /// # Errors
    /// [`Problem::ProtocolNonsense`], [`Problem::TooMuchData`], or why the connection ended.
    pub(super) async fn hear(&mut self) -> Result<Response, Problem> {
        loop {
            let text = self.line().await?;
            let mut response = parse(&text);
            match &mut response {
                Response::Blank => continue,
                Response::Nonsense => return Err(self.nonsense(&String::from_utf8_lossy(&text))),
                Response::Status(status) => {
                    status.line = self.shown(&status.line);
                    self.note(status);
                }
                Response::Data { name, rest, .. } if name == "CAPABILITY" => {
                    self.capabilities = Some(Capabilities::parse(rest));
                }
                Response::Data { .. } | Response::Continuation { .. } => {}
            }
            return Ok(response);
        }
    }

    /// The next line as it came.
    async fn line(&mut self) -> Result<Vec<u8>, Problem> {
        loop {
            if let Some(text) = self.arrived()? {
                return Ok(text);
            }
            let received = match &self.goodbye {
                // Nothing can follow a BYE but the end, and some servers forget to close.
                Some(_) => timeout(AFTER_BYE, self.wire.receive()).await.unwrap_or(Ok(0)),
                None => self.wire.receive().await,
            };
            match received {
                // TLS connections often end without the proper goodbye of TLS itself.
                Ok(0) | Err(Problem::ConnectionLost { .. }) => {
                    if self.wire.inbox().is_empty() {
                        return Err(self.ended());
                    }
                    let words = last_words(self.wire.inbox());
                    return Ok(self.take(words));
                }
                Ok(_) => {}
                Err(problem) => {
                    self.can_end_politely = false;
                    return Err(if self.goodbye.is_some() { self.ended() } else { problem });
                }
            }
        }
    }

    /// A whole response from the inbox, if there is one.
    pub(super) fn arrived(&mut self) -> Result<Option<Vec<u8>>, Problem> {
        if self.skipping {
            self.skip()?;
        }
        match frame(self.wire.inbox()) {
            Ok(Some(frame)) => {
                self.answer_bytes = self.answer_bytes.saturating_add(frame.bytes).saturating_add(RESPONSE_BYTES);
                if self.answer_bytes > MAX_ANSWER_BYTES {
                    return Err(self.too_much(MAX_ANSWER_BYTES));
                }
                Ok(Some(self.take(frame)))
            }
            Ok(None) => Ok(None),
            Err(TooMuch { .. }) if self.may_skip_search && is_search(self.wire.inbox()) => {
                self.trace.note("The server lists more messages than are worth counting.");
                self.skip()?;
                // What came behind the list waits for nobody else to look at it.
                if self.skipping { Ok(None) } else { self.arrived() }
            }
            Err(TooMuch { limit_bytes }) => Err(self.too_much(limit_bytes)),
        }
    }

    /// Reads past the line that the inbox begins in, as far as it is there.
    fn skip(&mut self) -> Result<(), Problem> {
        let inbox = self.wire.inbox();
        let end = inbox.iter().position(|&byte| byte == b'\n');
        let bytes = end.map_or(inbox.len(), |end| end.saturating_add(1));
        self.skipping = end.is_none();
        self.answer_bytes = self.answer_bytes.saturating_add(bytes);
        self.wire.consume(bytes);
        if self.answer_bytes > MAX_ANSWER_BYTES { Err(self.too_much(MAX_ANSWER_BYTES)) } else { Ok(()) }
    }

    const fn too_much(&mut self, limit_bytes: usize) -> Problem {
        self.can_end_politely = false;
        Problem::TooMuchData { limit_bytes }
    }

    fn take(&mut self, frame: Frame) -> Vec<u8> {
        self.wire.consume(frame.bytes);
        self.trace.server(&frame.text);
        for literal in &frame.literals {
            self.trace.server(literal);
        }
        self.literals = frame.literals;
        frame.text
    }

    /// What stood in the literals of the last response, in order.
    pub(super) fn take_literals(&mut self) -> Vec<Vec<u8>> {
        mem::take(&mut self.literals)
    }

    /// Keeps the capabilities a status response carries (RFC 9051 7.1): a round trip saved.
    pub(super) fn remember(&mut self, status: &Status) {
        if let Some(Code { name, rest }) = &status.code
            && name == "CAPABILITY"
        {
            self.capabilities = Some(Capabilities::parse(rest));
        }
    }

    /// What the server has told so far that people have to see.
    pub(super) fn take_alerts(&mut self) -> Vec<String> {
        mem::take(&mut self.alerts)
    }

    fn note(&mut self, status: &Status) {
        self.remember(status);
        // What is refused is shown with its words anyway.
        if status.condition == Condition::Ok && status.has_code("ALERT") && self.alerts.len() < MAX_ALERTS {
            self.alerts.push(self.shown(&status.text));
        }
        if status.tag.is_some() {
            if self.idle.as_deref().is_some_and(|idle| is(status, idle)) {
                self.idle = None;
            }
            return;
        }
        if status.condition == Condition::Bye {
            self.goodbye = Some(status.clone());
            self.can_end_politely = false;
        } else if status.condition != Condition::Ok {
            if self.remarks.len() == MAX_REMARKS {
                self.remarks.remove(0);
            }
            self.remarks.push(status.clone());
        }
    }

    /// The connection is over: why, in the server's own words if it said any.
    pub(super) fn ended(&mut self) -> Problem {
        self.can_end_politely = false;
        match &self.goodbye {
            Some(goodbye) => self.meaning_of(goodbye),
            None => Problem::ConnectionLost { reply: self.remarks.last().map(|remark| remark.line.clone()) },
        }
    }

    /// Our words did not get through: reads what the server had said before it closed.
    async fn why_it_closed(&mut self) -> Result<(), Problem> {
        let words = async {
            loop {
                match self.hear().await {
                    Ok(Response::Status(status)) if status.tag.is_some() && status.condition != Condition::Ok => {
                        return self.meaning_of(&status);
                    }
                    Ok(_) => {}
                    Err(problem) => return problem,
                }
            }
        };
        match timeout(AFTER_BYE, words).await {
            Ok(problem) => Err(problem),
            Err(_) => Err(self.ended()),
        }
    }

    /// What the server said is not IMAP.
    pub(super) fn nonsense(&mut self, line: &str) -> Problem {
        self.can_end_politely = false;
        Problem::ProtocolNonsense { protocol: Protocol::Imap, line: self.shown(line) }
    }

    /// The server's words as they may be shown.
    pub(super) fn shown(&self, words: &str) -> String {
        printable(&self.masks.cover(words), MAX_REPLY_BYTES)
    }

    /// True when the server has said that it will close the connection.
    pub(super) const fn has_said_goodbye(&self) -> bool {
        self.goodbye.is_some()
    }

    fn scene(&self) -> Scene<'_> {
        Scene { place: self.place, provider: self.provider, method: self.method, folder: &self.folder }
    }

    pub(super) fn wire(&mut self) -> &mut Wire {
        &mut self.wire
    }

    /// Hands the connection over, to put TLS over it; a dead one takes its place until [`Self::put_wire`].
    pub(super) fn take_wire(&mut self) -> Wire {
        self.can_end_politely = false;
        mem::replace(&mut self.wire, Wire::new(tokio::io::empty(), Trace::off()))
    }

    /// Goes on over another connection, on which nothing of the old one's capabilities counts.
    pub(super) fn put_wire(&mut self, wire: Wire) {
        self.wire = wire;
        self.capabilities = None;
    }

    /// Ends a running IDLE (RFC 2177).
    pub(super) async fn leave_idle(&mut self) -> Result<(), Problem> {
        let Some(tag) = self.idle.clone() else { return Ok(()) };
        self.send(b"DONE\r\n", &["DONE"]).await?;
        let patience = self.trace.patience();
        timeout(patience, self.end_of(&tag)).await.unwrap_or_else(|_| Err(timed_out(patience)))
    }

    /// Reads until a command has ended, no matter how.
    async fn end_of(&mut self, tag: &str) -> Result<(), Problem> {
        loop {
            if let Response::Status(status) = self.hear().await?
                && is(&status, tag)
            {
                return Ok(());
            }
        }
    }

    /// Says LOGOUT, waits a short while for the answer, and closes. Never fails: there is nothing left to lose.
    pub(super) async fn close(mut self) {
        if !self.can_end_politely {
            return;
        }
        let farewell = async {
            let tag = self.tag();
            let logout = format!("{tag} LOGOUT");
            if self.idle.is_some() {
                self.send(format!("DONE\r\n{logout}\r\n").as_bytes(), &["DONE", &logout]).await?;
            } else {
                self.send(format!("{logout}\r\n").as_bytes(), &[&logout]).await?;
            }
            self.end_of(&tag).await
        };
        // Whatever goes wrong here, the session is over.
        let _ = timeout(FAREWELL, farewell).await;
    }
}

impl fmt::Debug for Conversation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Conversation")
            .field("place", &self.place)
            .field("capabilities", &self.capabilities)
            .field("idle", &self.idle)
            .finish_non_exhaustive()
    }
}

/// True for the beginning of a list of found messages.
fn is_search(inbox: &[u8]) -> bool {
    inbox.get(.."* SEARCH ".len()).is_some_and(|start| start.eq_ignore_ascii_case(b"* SEARCH "))
}

/// True when the status ends the command with this tag.
pub(super) fn is(status: &Status, tag: &str) -> bool {
    status.tag.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(tag))
}
