//! The forms a secret takes on the wire, so that none of them is ever shown.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use secrecy::ExposeSecret;
use zeroize::Zeroizing;

use crate::{login::Login, net::masks};

/// Every form of the login's secret: those it may be told in by itself, and in base64 alone and inside SASL messages.
pub(super) fn forms(login: &Login) -> Vec<Zeroizing<String>> {
    let secret = login.secret.expose_secret();
    let user = login.username.as_str();
    let messages = [
        secret.to_owned(),
        // PLAIN (RFC 4616), without and with an authorization identity.
        format!("\0{user}\0{secret}"),
        format!("{user}\0{user}\0{secret}"),
        // XOAUTH2.
        format!("user={user}\u{1}auth=Bearer {secret}\u{1}\u{1}"),
    ];
    let whole = messages.iter().map(|message| STANDARD.encode(message).trim_end_matches('=').to_owned());
    masks::forms(secret).into_iter().chain(whole.map(Zeroizing::new)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{model::AuthMethod, net::masks::Masks};

    #[test]
    fn a_whole_message_that_carries_the_secret_is_struck_out_as_one() {
        let login = Login { username: "ada".to_owned(), secret: "correct horse".into(), method: AuthMethod::Plain };
        let masks = Masks::default();
        for form in forms(&login) {
            masks.add(&form);
        }
        assert_eq!(masks.cover("LOGIN ada \"correct horse\""), "LOGIN ada \"•••\"");
        assert_eq!(masks.cover(&STANDARD.encode("\0ada\0correct horse")), "•••");
    }
}
