//! Proves who we are: AUTHENTICATE (RFC 9051 6.2.2, SASL-IR RFC 4959) or LOGIN (RFC 9051 6.2.3).
//!
//! PLAIN goes by SASL where the server offers it and by the LOGIN command where it does not. A server that refuses
//! a bearer token says why in a challenge; we answer it as the mechanism wants, and only then does the refusal
//! itself arrive. Nothing secret reaches the transcript: here is where it is masked.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use secrecy::ExposeSecret;

use super::{
    argument::Pieces,
    capabilities::Capabilities,
    conversation::{Conversation, MASK, is},
    response::Response,
};
use crate::{
    login::Login,
    model::{AuthMethod, Endpoint, Finding, Problem, Security},
};

/// A server that keeps asking is not going to be satisfied.
const MAX_CHALLENGES: usize = 4;

/// How the secret is shown to the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Command,
    Authenticate(AuthMethod),
}

/// Signs in. The capabilities must be known; afterwards they are the ones the server told on the way, if it did.
///
/// # Errors
/// What the refusal means, or that no way is open.
pub(super) async fn sign_in(
    conversation: &mut Conversation,
    endpoint: &Endpoint,
    login: &Login,
) -> Result<((), Finding), Problem> {
    let capabilities = conversation.capabilities.take().unwrap_or_default();
    let secret = login.secret.expose_secret();
    conversation.hide_secret(secret);
    match way(login.method, &capabilities, endpoint.security)? {
        Way::Command => login_command(conversation, login, &capabilities).await?,
        Way::Authenticate(method) => {
            let responses = responses(method, endpoint, &login.username, secret);
            for response in &responses {
                conversation.hide(response);
            }
            let at_once = method != AuthMethod::Login && capabilities.offers("SASL-IR");
            match authenticate(conversation, method, &responses, at_once).await {
                // The command was refused and not the password: there is another way to show it.
                Err(Problem::CommandRefused { .. })
                    if method == AuthMethod::Plain && !capabilities.offers("LOGINDISABLED") =>
                {
                    conversation.trace().note("AUTHENTICATE is offered and refused; trying LOGIN.");
                    login_command(conversation, login, &capabilities).await?;
                }
                other => other?,
            }
        }
    }
    let alerts = conversation.take_alerts();
    Ok(((), Finding::SignedIn { username: login.username.clone(), method: login.method, alerts }))
}

/// Picks the way, or says why there is none.
fn way(method: AuthMethod, capabilities: &Capabilities, security: Security) -> Result<Way, Problem> {
    let command = !capabilities.offers("LOGINDISABLED");
    let sasl = capabilities.offers_mechanism(method);
    match method {
        AuthMethod::Login if command => Ok(Way::Command),
        _ if sasl => Ok(Way::Authenticate(method)),
        AuthMethod::Plain if command => Ok(Way::Command),
        _ if !command && security == Security::None => Err(Problem::SignInNeedsTls { reply: None }),
        _ => Err(Problem::MethodNotOffered { wanted: method, offered: capabilities.ways_to_sign_in() }),
    }
}

/// What the client answers, challenge by challenge, in base64 (RFC 4616, RFC 7628, and Google's XOAUTH2).
fn responses(method: AuthMethod, endpoint: &Endpoint, username: &str, secret: &str) -> Vec<String> {
    let encode = |text: &str| STANDARD.encode(text);
    match method {
        AuthMethod::Plain => vec![encode(&format!("\0{username}\0{secret}"))],
        AuthMethod::Login => vec![encode(username), encode(secret)],
        AuthMethod::None => Vec::new(),
        AuthMethod::XOAuth2 => vec![encode(&format!("user={username}\u{1}auth=Bearer {secret}\u{1}\u{1}"))],
        AuthMethod::OAuthBearer => {
            let name = username.replace('=', "=3D").replace(',', "=2C");
            let Endpoint { host, port, .. } = endpoint;
            vec![encode(&format!("n,a={name},\u{1}host={host}\u{1}port={port}\u{1}auth=Bearer {secret}\u{1}\u{1}"))]
        }
    }
}

async fn login_command(
    conversation: &mut Conversation,
    login: &Login,
    capabilities: &Capabilities,
) -> Result<(), Problem> {
    let tag = conversation.tag();
    let pieces = Pieces::new(&format!("{tag} LOGIN"))
        .string(&login.username, capabilities)
        .string(login.secret.expose_secret(), capabilities)
        .finish();
    let shown = format!("{tag} LOGIN {MASK} {MASK}");
    for (at, piece) in pieces.iter().enumerate() {
        if at == 0 {
            conversation.send(piece, &[&shown]).await?;
            continue;
        }
        // The literal waits for leave (RFC 9051 4.3); a server that refuses says so instead.
        loop {
            match conversation.hear().await? {
                Response::Continuation { .. } => break,
                Response::Status(status) if is(&status, &tag) => {
                    return conversation.granted(status).map(drop);
                }
                _ => {}
            }
        }
        conversation.send(piece, &[MASK]).await?;
    }
    conversation.finish(&tag).await.map(drop)
}

async fn authenticate(
    conversation: &mut Conversation,
    method: AuthMethod,
    responses: &[String],
    at_once: bool,
) -> Result<(), Problem> {
    let tag = conversation.tag();
    let command = format!("{tag} AUTHENTICATE {}", method.mechanism());
    let mut left = responses.iter();
    match left.next().filter(|_| at_once) {
        Some(first) => {
            let shown = format!("{command} {MASK}");
            conversation.send(format!("{command} {first}\r\n").as_bytes(), &[&shown]).await?;
        }
        None => {
            left = responses.iter();
            conversation.send(format!("{command}\r\n").as_bytes(), &[&command]).await?;
        }
    }
    let mut explanation = None;
    let mut challenges = 0_usize;
    loop {
        let challenge = match conversation.hear().await? {
            Response::Continuation { text } => text,
            Response::Status(status) if is(&status, &tag) => {
                return match conversation.granted(status) {
                    Err(Problem::TokenRejected { reply }) => {
                        Err(Problem::TokenRejected { reply: explanation.unwrap_or(reply) })
                    }
                    other => other.map(drop),
                };
            }
            _ => continue,
        };
        challenges = challenges.saturating_add(1);
        if challenges > MAX_CHALLENGES {
            return Err(conversation.nonsense(&format!("+ {challenge}")));
        }
        if let Some(response) = left.next() {
            conversation.send(format!("{response}\r\n").as_bytes(), &[MASK]).await?;
        } else if at_once && challenges == 1 && challenge.is_empty() {
            // The server offers SASL-IR and overlooked the initial response; it asks for it once more.
            let again = responses.first().map_or("", String::as_str);
            conversation.send(format!("{again}\r\n").as_bytes(), &[MASK]).await?;
        } else {
            explanation = Some(conversation.shown(&decoded(&challenge))).filter(|words| !words.is_empty());
            let (answer, shown) = answer_to_a_refusal(method);
            conversation.send(format!("{answer}\r\n").as_bytes(), &[shown]).await?;
        }
    }
}

/// How the client ends an exchange the server has turned down: an empty line for XOAUTH2, a lone `^A` for
/// OAUTHBEARER (RFC 7628 3.2.3), and `*` where no such rule exists (RFC 9051 6.2.2).
const fn answer_to_a_refusal(method: AuthMethod) -> (&'static str, &'static str) {
    match method {
        AuthMethod::XOAuth2 => ("", ""),
        AuthMethod::OAuthBearer => ("AQ==", "AQ=="),
        AuthMethod::Plain | AuthMethod::Login | AuthMethod::None => ("*", "*"),
    }
}

/// The challenge as text: mostly base64 of JSON, sometimes plain words.
fn decoded(challenge: &str) -> String {
    STANDARD
        .decode(challenge)
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .unwrap_or_else(|| challenge.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoint(security: Security) -> Endpoint {
        Endpoint::new("server.example.com".to_owned(), 143, security)
    }

    #[test]
    fn the_responses_are_those_of_the_specifications() {
        let of = |method, username, secret| responses(method, &endpoint(Security::Tls), username, secret);
        assert_eq!(of(AuthMethod::Plain, "user@example.com", "s3cret"), ["AHVzZXJAZXhhbXBsZS5jb20AczNjcmV0"]);
        assert_eq!(
            of(AuthMethod::XOAuth2, "user@example.com", "ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg"),
            [concat!(
                "dXNlcj11c2VyQGV4YW1wbGUuY29tAWF1dGg9QmVhcmVyIHlhMjkudkY5ZGZ0NHFtVGMyTnZiM1Js",
                "Y2tCaGRIUmhkbWx6ZEdFdVkyOXRDZwEB"
            )]
        );
        // The example of RFC 7628 4.1.
        assert_eq!(
            of(AuthMethod::OAuthBearer, "user@example.com", "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg=="),
            [concat!(
                "bixhPXVzZXJAZXhhbXBsZS5jb20sAWhvc3Q9c2VydmVyLmV4YW1wbGUuY29tAXBvcnQ9MTQzAWF1",
                "dGg9QmVhcmVyIHZGOWRmdDRxbVRjMk52YjNSbGNrQmhiSFJoZG1semRHRXVZMjl0Q2c9PQEB"
            )]
        );
        let odd = of(AuthMethod::OAuthBearer, "a,b=c@example.com", "token");
        assert!(decoded(&odd[0]).starts_with("n,a=a=2Cb=3Dc@example.com,\u{1}host="));
    }

    #[test]
    fn the_way_follows_what_the_server_offers() {
        use AuthMethod::{Login, Plain, XOAuth2};
        let way = |method, offered: &str, security| way(method, &Capabilities::parse(offered), security);
        let tls = Security::Tls;
        assert_eq!(way(Plain, "AUTH=PLAIN", tls), Ok(Way::Authenticate(Plain)));
        assert_eq!(way(Plain, "IMAP4REV1", tls), Ok(Way::Command));
        assert_eq!(way(Login, "AUTH=LOGIN", tls), Ok(Way::Command));
        assert_eq!(way(Login, "AUTH=LOGIN LOGINDISABLED", tls), Ok(Way::Authenticate(Login)));
        let offered = vec!["GSSAPI".to_owned()];
        assert_eq!(
            way(Plain, "AUTH=GSSAPI LOGINDISABLED", tls),
            Err(Problem::MethodNotOffered { wanted: Plain, offered })
        );
        let offered = vec!["PLAIN".to_owned(), "LOGIN".to_owned()];
        assert_eq!(way(XOAuth2, "AUTH=PLAIN", tls), Err(Problem::MethodNotOffered { wanted: XOAuth2, offered }));
        assert_eq!(way(Plain, "STARTTLS LOGINDISABLED", Security::None), Err(Problem::SignInNeedsTls { reply: None }));
        assert_eq!(way(Plain, "AUTH=PLAIN LOGINDISABLED", Security::None), Ok(Way::Authenticate(Plain)));
    }
}
