//! Opens IMAP sessions (RFC 9051, RFC 3501): from a host name to a folder that tells us of new mail.
//!
//! Check and work take the same road, and every step of it goes through the trace:
//!
//! ```text
//! Resolve · Connect · [Tls]     net::Dialer
//! Greeting                      greeting        ┐
//! [StartTls]                    start_tls       │ over a Conversation, which reads
//! Capabilities                  capabilities    │ responses with the sans-I/O
//! SignIn                        sign_in         │ `response` and refusals with
//! Folder · Idle                 folder          ┘ the table in `classify`
//! ```
//!
//! With implicit TLS and a server that tells its capabilities in the greeting, the walk takes four round trips
//! after TCP: TLS, the greeting, the sign-in, and one for everything behind it.
//!
//! A server that chokes on what came together is asked again one command at a time, within the same step and its
//! deadline: on the same connection where it said BAD, on a new one where it hung up or lost a part. The new one
//! shows the password once more, and only after the server has accepted it: so no count of wrong passwords grows
//! by it, and no account is locked. A sign-in that fails, or that is not answered, is never repeated.

mod argument;
pub mod capabilities;
pub mod classify;
mod conversation;
pub mod errand;
pub mod folder;
mod greeting;
pub mod listing;
mod peek;
pub mod response;
pub mod session;
mod sign_in;
mod start_tls;

pub use self::{capabilities::Capabilities, folder::Folder, peek::peek, session::Session};

use self::{
    classify::Place,
    conversation::Conversation,
    folder::{Failed, Look},
    greeting::{Greeting, greeting},
    sign_in::sign_in,
    start_tls::start_tls,
};
use crate::{
    login::Login,
    model::{Endpoint, Finding, Problem, Provider, Security, Step},
    net::{Dialer, Trace, Wire},
};

/// Opens a session, walking the steps of [`Step::plan`], and looks at `folder` without changing it.
///
/// `folder` is a name as people see it, such as `INBOX` or `지원`; how it is written for the server is our concern.
///
/// # Errors
/// The problem of the step that failed; the connection is closed by then, politely where that is possible.
pub async fn open(
    dialer: &Dialer,
    endpoint: &Endpoint,
    login: &Login,
    folder: &str,
    trace: &Trace,
) -> Result<Session, Problem> {
    let wire = dialer.open(endpoint, trace).await?;
    open_over(dialer, wire, endpoint, login, folder, trace).await
}

/// The part of [`open`] behind the dialer: takes a connection on which nothing has been said.
///
/// # Errors
/// The problem of the step that failed.
pub async fn open_over(
    dialer: &Dialer,
    wire: Wire,
    endpoint: &Endpoint,
    login: &Login,
    folder: &str,
    trace: &Trace,
) -> Result<Session, Problem> {
    let road = Road { dialer, endpoint, login, folder, lines: trace };
    let mut conversation = road.conversation(wire);
    match road.walk(&mut conversation, trace).await {
        Ok((capabilities, look)) => Ok(Session::new(conversation, capabilities, look)),
        Err(problem) => {
            // A server that has just missed a deadline will not answer a LOGOUT either.
            if !matches!(problem, Problem::TimedOut { .. }) {
                conversation.close().await;
            }
            Err(problem)
        }
    }
}

/// How many capabilities a finding shows. Real servers have some forty.
const MAX_SHOWN_CAPABILITIES: usize = 200;

/// Where we go and as whom.
#[derive(Clone, Copy)]
struct Road<'a> {
    dialer: &'a Dialer,
    endpoint: &'a Endpoint,
    login: &'a Login,
    folder: &'a str,
    /// Where the transcript goes.
    lines: &'a Trace,
}

impl Road<'_> {
    fn conversation(&self, wire: Wire) -> Conversation {
        let provider = Provider::of_host(&self.endpoint.host);
        Conversation::new(wire, self.lines.clone(), provider, self.login.method, self.folder)
    }

    fn new_look(&self, before: Capabilities) -> Look {
        Look::new(self.folder, before, self.dialer.clock().now())
    }

    async fn walk(&self, conversation: &mut Conversation, steps: &Trace) -> Result<(Capabilities, Look), Problem> {
        let before = self.arrive(conversation, steps).await?;
        let mut look = self.new_look(before.clone());
        steps.step(Step::Folder, self.look(conversation, &mut look)).await?;
        steps.step(Step::Idle, self.idle(conversation, &mut look)).await?;
        let capabilities = conversation.capabilities.clone().unwrap_or(before);
        Ok((capabilities, look))
    }

    /// From the greeting to being signed in; returns the capabilities from before the sign-in.
    async fn arrive(&self, conversation: &mut Conversation, steps: &Trace) -> Result<Capabilities, Problem> {
        let greeted = steps.step(Step::Greeting, greeting(conversation, self.dialer, self.endpoint)).await?;
        if self.endpoint.security == Security::StartTls {
            steps.step(Step::StartTls, start_tls(conversation, self.dialer, self.endpoint, &greeted)).await?;
        }
        let before = steps.step(Step::Capabilities, ask_capabilities(conversation)).await?;
        conversation.turn_to(Place::SignIn);
        match greeted {
            Greeting::Ok => {
                // Twice a step's time, of which the patience is three quarters: servers answer a wrong password
                // late on purpose (Dovecot up to 15 s after a few of them), and "no answer" would hide the cause.
                let deadline = steps.patience() * 8 / 3;
                let signing_in = sign_in(conversation, self.endpoint, self.login);
                steps.step_within(deadline, Step::SignIn, signing_in).await?;
            }
            Greeting::PreAuth { .. } => {
                let (username, method) = (self.login.username.clone(), self.login.method);
                let finding = Finding::SignedIn { username, method, alerts: conversation.take_alerts() };
                conversation.trace().note("The server took us in without asking for a password.");
                steps.step(Step::SignIn, async { Ok(((), finding)) }).await?;
            }
        }
        Ok(before)
    }

    /// The folder, in one round trip where the server bears it.
    async fn look(&self, conversation: &mut Conversation, look: &mut Look) -> Result<((), Finding), Problem> {
        let problem = match look.together(conversation).await {
            Ok(finding) => return Ok(((), finding)),
            Err(Failed::ForGood(problem)) => return Err(problem),
            Err(Failed::Together(problem)) => problem,
        };
        self.again(conversation, look, problem).await.map(|finding| ((), finding))
    }

    /// The answer to IDLE, which some servers bear only alone.
    async fn idle(&self, conversation: &mut Conversation, look: &mut Look) -> Result<((), Finding), Problem> {
        match look.idle(conversation).await {
            Err(problem @ Problem::ConnectionLost { .. })
                if look.went_together() && !conversation.has_said_goodbye() =>
            {
                self.again(conversation, look, problem).await?;
                look.idle(conversation).await
            }
            other => other,
        }
    }

    /// Connects and signs in once more, and asks for the folder one command at a time. What the sign-in is worth is
    /// known by now: it was accepted.
    async fn again(&self, conversation: &mut Conversation, look: &mut Look, lost: Problem) -> Result<Finding, Problem> {
        self.lines.note("The server lost commands that were sent together; connecting again to ask one at a time.");
        // First the old one goes: some servers count how often somebody is signed in.
        drop(conversation.take_wire());
        let silent = Trace::off();
        let again = async {
            let wire = self.dialer.open(self.endpoint, &silent).await?;
            let mut conversation = self.conversation(wire);
            let before = self.arrive(&mut conversation, &silent).await?;
            Ok::<_, Problem>((conversation, before))
        };
        // What goes wrong on the second way in is not what the person has to hear about.
        let Ok((fresh, before)) = again.await else { return Err(lost) };
        *conversation = fresh;
        *look = self.new_look(before);
        look.one_by_one(conversation).await
    }
}

/// What the server can do: known from the greeting, or asked for (RFC 9051 6.1.1).
async fn ask_capabilities(conversation: &mut Conversation) -> Result<(Capabilities, Finding), Problem> {
    conversation.turn_to(Place::Capabilities);
    if conversation.capabilities.is_none() {
        let tag = conversation.ask("CAPABILITY").await?;
        conversation.finish(&tag).await?;
    }
    let capabilities = conversation.capabilities.clone().unwrap_or_default();
    if !capabilities.is_imap() {
        let names = capabilities.names().join(" ");
        return Err(Problem::NotAMailServer { reply: conversation.shown(&format!("CAPABILITY {names}")) });
    }
    let shown = capabilities.names().iter().take(MAX_SHOWN_CAPABILITIES).map(|name| conversation.shown(name));
    let finding = Finding::Capabilities { capabilities: shown.collect() };
    Ok((capabilities, finding))
}
