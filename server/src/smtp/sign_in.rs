//! Signs in (RFC 4954), in as few round trips as the method takes, and never says a secret in clear
//! unless the endpoint itself is without protection.

use secrecy::{ExposeSecret, SecretString};

use super::{
    classify::{self, Place, Scene},
    conversation::{Conversation, MASK},
    extensions::Extensions,
    reply::Reply,
    sasl,
};
use crate::{
    login::Login,
    model::{AuthMethod, Endpoint, Finding, Problem, Protocol, Provider, Security},
};

/// Longest AUTH line with its line end, in octets (RFC 4954 4.3).
const MAX_AUTH_LINE_BYTES: usize = 12_288;
/// How many challenges we answer before we give up.
const MAX_CHALLENGES: usize = 5;

/// How a sign-in ended.
struct Verdict {
    reply: Reply,
    /// What a bearer method's error challenge said.
    error: Option<String>,
}

/// Proves who we are, by the method wanted or, where it is not to be had, the other of its kind.
pub(super) async fn prove(
    talk: &mut Conversation,
    extensions: &Extensions,
    endpoint: &Endpoint,
    login: &Login,
) -> Result<((), Finding), Problem> {
    let encrypted = endpoint.security != Security::None;
    let offered = extensions.mechanisms();
    let mut methods = usable(login.method, &offered).into_iter();
    let Some(mut method) = methods.next() else {
        return Err(if !offered.is_empty() {
            Problem::MethodNotOffered { wanted: login.method, offered }
        } else if !encrypted && extensions.has("STARTTLS") {
            Problem::SignInNeedsTls { reply: None }
        } else {
            Problem::SignInNotOffered
        });
    };
    if method != login.method {
        let (wanted, used) = (login.method.mechanism(), method.mechanism());
        talk.note(&format!("The server does not offer {wanted}; signing in with {used}, which it offers."));
    }
    talk.hide_secret(login.secret.expose_secret());
    loop {
        let messages = sasl::messages(method, login, endpoint);
        for message in &messages {
            talk.hide(message.expose_secret());
        }
        let verdict = walk(talk, method, &messages).await?;
        if verdict.reply.is_positive() {
            return Ok(((), Finding::SignedIn { username: login.username.clone(), method, alerts: Vec::new() }));
        }
        let mut words = talk.words(&verdict.reply);
        if let Some(error) = verdict.error {
            words = format!("{words} {}", talk.quote(&error));
        }
        let scene = Scene {
            provider: Provider::of_host(&endpoint.host),
            method,
            offered: &offered,
            sender: "",
            encrypted,
            words,
        };
        let problem = classify::problem(Place::SignIn, &verdict.reply, scene);
        // Only a refused method is worth another try: a refused password counts towards a lockout.
        match (&problem, methods.next()) {
            (Problem::MethodNotOffered { .. }, Some(other)) => {
                talk.note(&format!("Trying {} instead of {}.", other.mechanism(), method.mechanism()));
                method = other;
            }
            _ => return Err(problem),
        }
    }
}

/// The methods that would do, best first: the one wanted, then the other one for the same secret.
fn usable(wanted: AuthMethod, offered: &[String]) -> Vec<AuthMethod> {
    let other = match wanted {
        AuthMethod::Plain => AuthMethod::Login,
        AuthMethod::Login => AuthMethod::Plain,
        AuthMethod::XOAuth2 => AuthMethod::OAuthBearer,
        AuthMethod::OAuthBearer => AuthMethod::XOAuth2,
        AuthMethod::None => return Vec::new(),
    };
    [wanted, other].into_iter().filter(|method| offered.iter().any(|name| name == method.mechanism())).collect()
}

/// One sign-in by one method, with the initial response on the command's line if it fits.
async fn walk(talk: &mut Conversation, method: AuthMethod, messages: &[SecretString]) -> Result<Verdict, Problem> {
    let command = format!("AUTH {}", method.mechanism());
    if let [message] = messages {
        let line = format!("{command} {}", message.expose_secret());
        if line.len() + "\r\n".len() <= MAX_AUTH_LINE_BYTES {
            let reply = talk.command_shown_as(&line, &format!("{command} {MASK}")).await?;
            if !classify::line_was_too_long(&reply) {
                return answer(talk, method, messages, 1, reply).await;
            }
            talk.note("The line is too long for the server; sending the credentials on a line of their own.");
        }
    }
    let reply = talk.command(&command).await?;
    answer(talk, method, messages, 0, reply).await
}

/// Answers challenges until the server decides. `said` messages have been sent already.
///
/// What a challenge asks is not looked at: servers word it in many ways, the order never differs.
async fn answer(
    talk: &mut Conversation,
    method: AuthMethod,
    messages: &[SecretString],
    mut said: usize,
    mut reply: Reply,
) -> Result<Verdict, Problem> {
    let mut error = None;
    for _ in 0..MAX_CHALLENGES {
        if reply.class() != 3 {
            return Ok(Verdict { reply, error });
        }
        let found = if method.uses_token() { sasl::error_json(reply.first()) } else { None };
        reply = if let Some(json) = found {
            error = Some(json);
            let line = sasl::answer_to_error(method);
            talk.command_shown_as(line, line).await?
        } else if let Some(message) = messages.get(said) {
            said += 1;
            talk.command_shown_as(message.expose_secret(), MASK).await?
        } else if reply.first().trim().is_empty() && messages.len() == 1 && said == 1 {
            // The server ignored the initial response and asks for it the old way.
            said += 1;
            match messages.first() {
                Some(message) => talk.command_shown_as(message.expose_secret(), MASK).await?,
                None => break,
            }
        } else if method.uses_token() && error.is_none() {
            // An error challenge we cannot read; the answer is the same.
            error = Some(talk.quote(reply.first()));
            talk.command(sasl::answer_to_error(method)).await?
        } else {
            break;
        };
    }
    if reply.class() != 3 {
        return Ok(Verdict { reply, error });
    }
    let line = talk.words(&reply);
    talk.command("*").await?;
    Err(Problem::ProtocolNonsense { protocol: Protocol::Smtp, line })
}
