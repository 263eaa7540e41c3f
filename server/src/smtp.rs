//! Opens SMTP submission sessions: from a host name to a server that takes our sender (RFC 5321, RFC 6409).
//!
//! ```text
//! Resolve · Connect · [Tls] · Greeting · [StartTls] · Ehlo · [SignIn] · Sender
//! ```
//!
//! [`open`] walks these steps in a straight line, each through [`Trace::step`], so that a page can watch
//! and a worker can use the very same road. Nothing is sent on the way: the sender is offered and taken
//! back. A server that pipelines is signed in to and asked in six round trips from the first packet over
//! implicit TLS 1.3, in eight over STARTTLS.
//!
//! A server that chokes on the questions it was asked at once is asked again one by one, within the same step and
//! its deadline. Where that takes a new connection, the password is shown once more, and only after the server has
//! accepted it: so no count of wrong passwords grows by it, and no account is locked. A sign-in that fails, or
//! that is not answered, is never repeated.

pub mod classify;
mod conversation;
pub mod extensions;
mod greeting;
mod hello;
mod peek;
pub mod reply;
mod sasl;
mod sender;
mod sign_in;
mod start_tls;
mod submit;

use std::time::Duration;

use tokio::time::timeout;

use crate::{
    login::Login,
    model::{AuthMethod, EmailAddress, Endpoint, Finding, Problem, Provider, Security, Step},
    net::{Dialer, Trace, Wire},
};
use classify::Scene;
use conversation::Conversation;
pub use extensions::Extensions;
pub use peek::peek;
use sender::{Failed, Pace};
pub use submit::{Envelope, Submission};

/// How long a server may take to say goodbye.
const CLOSE_PATIENCE: Duration = Duration::from_secs(2);

/// A signed-in session that is ready for MAIL FROM.
#[derive(Debug)]
pub struct Session {
    talk: Conversation,
    extensions: Extensions,
    pace: Pace,
    provider: Provider,
    method: AuthMethod,
    encrypted: bool,
    /// False once nothing more can be said on this connection.
    usable: bool,
}

/// Opens a session as `login` that may send as `sender`.
///
/// # Errors
/// The problem of the step that failed.
pub async fn open(
    dialer: &Dialer,
    endpoint: &Endpoint,
    login: &Login,
    sender: &EmailAddress,
    trace: &Trace,
) -> Result<Session, Problem> {
    let wire = dialer.open(endpoint, trace).await?;
    open_over(wire, dialer, endpoint, login, sender).await
}

/// The part of [`open`] behind the dialer: `wire` is connected to `endpoint`, and encrypted already if
/// the endpoint is one of implicit TLS. Events go to the wire's own trace.
///
/// # Errors
/// The problem of the step that failed.
pub async fn open_over(
    wire: Wire,
    dialer: &Dialer,
    endpoint: &Endpoint,
    login: &Login,
    sender: &EmailAddress,
) -> Result<Session, Problem> {
    let trace = wire.trace().clone();
    let visit = Visit { dialer, endpoint, login, sender };
    let (talk, extensions) = visit.sign_in_over(wire).await?;
    let (talk, extensions, pace) = trace.step(Step::Sender, visit.offer_sender(talk, extensions)).await?;
    Ok(Session {
        talk,
        extensions,
        pace,
        provider: Provider::of_host(&endpoint.host),
        method: login.method,
        encrypted: endpoint.security != Security::None,
        usable: true,
    })
}

/// Who goes where.
struct Visit<'a> {
    dialer: &'a Dialer,
    endpoint: &'a Endpoint,
    login: &'a Login,
    sender: &'a EmailAddress,
}

impl<'a> Visit<'a> {
    /// What is known around a refusal, but for its words.
    fn scene(&self, encrypted: bool) -> impl Fn(String) -> Scene<'a> + Copy + use<'a> {
        let (method, sender) = (self.login.method, self.sender.as_str());
        let provider = Provider::of_host(&self.endpoint.host);
        move |words| Scene { provider, method, offered: &[], sender, encrypted, words }
    }

    /// From the greeting to the sign-in.
    async fn sign_in_over(&self, wire: Wire) -> Result<(Conversation, Extensions), Problem> {
        let Self { dialer, endpoint, login, .. } = *self;
        let trace = wire.trace().clone();
        let mut talk = Conversation::new(wire);
        let in_clear = self.scene(endpoint.security == Security::Tls);
        trace.step(Step::Greeting, greeting::hear(&mut talk, dialer, endpoint, in_clear)).await?;
        if endpoint.security == Security::StartTls {
            talk = trace.step(Step::StartTls, start_tls::upgrade(talk, dialer, endpoint, in_clear)).await?;
        }
        let extensions = trace
            .step(Step::Ehlo, async {
                let protected = self.scene(endpoint.security != Security::None);
                let extensions = hello::say(&mut talk, dialer.ehlo_name(), protected).await?;
                let finding = hello::finding(&talk, &extensions);
                Ok((extensions, finding))
            })
            .await?;
        if login.method != AuthMethod::None {
            trace.step(Step::SignIn, sign_in::prove(&mut talk, &extensions, endpoint, login)).await?;
        }
        Ok((talk, extensions))
    }

    /// Offers the sender in one group where the server allows it, and line by line where that goes wrong.
    async fn offer_sender(
        &self,
        mut talk: Conversation,
        extensions: Extensions,
    ) -> Result<((Conversation, Extensions, Pace), Finding), Problem> {
        let protected = self.scene(self.endpoint.security != Security::None);
        let pace = if extensions.has("PIPELINING") { Pace::Group } else { Pace::LineByLine };
        let (how, problem) = match sender::offer(&mut talk, &extensions, self.sender, pace, protected).await {
            Ok((finding, pace)) => return Ok(((talk, extensions, pace), finding)),
            Err(Failed::ForGood(problem)) => return Err(problem),
            Err(Failed::Together { how, problem }) => (how, problem),
        };
        talk.note(&format!("The server {how} when asked three things at once; signing in again to ask one by one."));
        // First the old one goes: some servers count how often somebody is signed in.
        drop(talk);
        let again = async {
            let wire = self.dialer.open(self.endpoint, &Trace::off()).await?;
            self.sign_in_over(wire).await
        };
        // What goes wrong on the second way in is not what the person has to hear about.
        let Ok((mut talk, extensions)) = again.await else { return Err(problem) };
        match sender::offer(&mut talk, &extensions, self.sender, Pace::LineByLine, protected).await {
            Ok((finding, pace)) => Ok(((talk, extensions, pace), finding)),
            Err(Failed::ForGood(problem) | Failed::Together { problem, .. }) => Err(problem),
        }
    }
}

impl Session {
    /// What the server can do, as it said after the connection was protected.
    #[must_use]
    pub const fn extensions(&self) -> &Extensions {
        &self.extensions
    }

    /// Gives the signed-in connection to whoever sends messages over it.
    #[must_use]
    pub fn into_wire(self) -> Wire {
        self.talk.into_wire()
    }

    /// True while another message can be handed over on this connection.
    #[must_use]
    pub const fn is_usable(&self) -> bool {
        self.usable
    }

    /// Says goodbye, and waits no longer than 2 s for it to be returned.
    pub async fn close(mut self) {
        // A server that does not say goodbye is left all the same.
        let _ = timeout(CLOSE_PATIENCE, self.talk.command("QUIT")).await;
    }
}
