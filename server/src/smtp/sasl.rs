//! The messages of the four sign-in methods, before they are put on a line.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use secrecy::{ExposeSecret, SecretString};

use crate::{
    login::Login,
    model::{AuthMethod, Endpoint},
};

/// What the client answers to an error challenge, already in base64: nothing for XOAUTH2, one `^A` for
/// OAUTHBEARER (RFC 7628 3.2.3). Only then does the server say its last word.
pub(super) const fn answer_to_error(method: AuthMethod) -> &'static str {
    match method {
        AuthMethod::OAuthBearer => "AQ==",
        AuthMethod::Plain | AuthMethod::Login | AuthMethod::XOAuth2 | AuthMethod::None => "",
    }
}

/// The messages a method sends, in order and in base64. All but LOGIN have one.
pub(super) fn messages(method: AuthMethod, login: &Login, endpoint: &Endpoint) -> Vec<SecretString> {
    let user = &login.username;
    let secret = login.secret.expose_secret();
    let plain = match method {
        // RFC 4616: no authorisation identity.
        AuthMethod::Plain => vec![format!("\0{user}\0{secret}")],
        AuthMethod::Login => vec![user.clone(), secret.to_owned()],
        AuthMethod::None => Vec::new(),
        AuthMethod::XOAuth2 => vec![format!("user={user}\u{1}auth=Bearer {secret}\u{1}\u{1}")],
        AuthMethod::OAuthBearer => {
            let name = user.replace('=', "=3D").replace(',', "=2C");
            let (host, port) = (&endpoint.host, endpoint.port);
            vec![format!("n,a={name},\u{1}host={host}\u{1}port={port}\u{1}auth=Bearer {secret}\u{1}\u{1}")]
        }
    };
    plain.into_iter().map(|message| SecretString::from(STANDARD.encode(message))).collect()
}

/// What a server put into a challenge, decoded, if it is base64 of a JSON object: the error of a bearer method.
pub(super) fn error_json(challenge: &str) -> Option<String> {
    let json = String::from_utf8(STANDARD.decode(challenge.trim()).ok()?).ok()?;
    serde_json::from_str::<serde_json::Map<_, _>>(&json).is_ok().then_some(json)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Security;

    fn messages_of(method: AuthMethod, username: &str, secret: &str) -> Vec<String> {
        let login = Login { username: username.to_owned(), secret: SecretString::from(secret), method };
        let endpoint = Endpoint::new("server.example.com".to_owned(), 587, Security::StartTls);
        messages(method, &login, &endpoint).iter().map(|message| message.expose_secret().to_owned()).collect()
    }

    fn decoded(message: &str) -> String {
        String::from_utf8(STANDARD.decode(message).unwrap()).unwrap()
    }

    #[test]
    fn plain_has_an_empty_authorisation_identity() {
        assert_eq!(messages_of(AuthMethod::Plain, "user@example.com", "s3cret"), ["AHVzZXJAZXhhbXBsZS5jb20AczNjcmV0"]);
    }

    #[test]
    fn login_sends_the_name_and_then_the_password() {
        assert_eq!(messages_of(AuthMethod::Login, "tim", "s3cret"), ["dGlt", "czNjcmV0"]);
    }

    #[test]
    fn xoauth2_matches_the_published_example() {
        let token = "ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg";
        assert_eq!(
            messages_of(AuthMethod::XOAuth2, "user@example.com", token),
            [
                "dXNlcj11c2VyQGV4YW1wbGUuY29tAWF1dGg9QmVhcmVyIHlhMjkudkY5ZGZ0NHFtVGMyTnZiM1JsY2tCaGRIUmhkbWx6ZEdFdVkyOXRDZwEB"
            ]
        );
    }

    #[test]
    fn oauthbearer_names_the_real_connection_and_escapes_the_user() {
        let [message] = &messages_of(AuthMethod::OAuthBearer, "a=b,c@example.com", "t0ken")[..] else {
            panic!("one message")
        };
        assert_eq!(
            decoded(message),
            "n,a=a=3Db=2Cc@example.com,\u{1}host=server.example.com\u{1}port=587\u{1}auth=Bearer t0ken\u{1}\u{1}"
        );
    }

    #[test]
    fn only_a_json_object_in_base64_is_an_error_challenge() {
        let json = STANDARD.encode(r#"{"status":"401","schemes":"bearer","scope":"mail"}"#);
        assert_eq!(error_json(&json).as_deref(), Some(r#"{"status":"401","schemes":"bearer","scope":"mail"}"#));
        for challenge in ["", "VXNlcm5hbWU6", "***", "e30x", "NDAx"] {
            assert_eq!(error_json(challenge), None, "{challenge}");
        }
    }
}
