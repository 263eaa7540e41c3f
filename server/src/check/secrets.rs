//! The forms a secret takes on the wire, so that none of them is ever shown.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use secrecy::ExposeSecret;
use zeroize::Zeroizing;

use crate::login::Login;

/// Base64 pieces shorter than this could stand in an innocent text.
const MIN_PIECE_BYTES: usize = 6;

/// Every form of the login's secret: as it is, quoted, and in base64, alone and inside SASL messages.
pub(super) fn forms(login: &Login) -> Vec<Zeroizing<String>> {
    let secret = login.secret.expose_secret();
    let user = login.username.as_str();
    let mut forms = vec![secret.to_owned(), secret.replace('\\', "\\\\").replace('"', "\\\"")];
    let messages = [
        secret.to_owned(),
        // PLAIN (RFC 4616), without and with an authorization identity.
        format!("\0{user}\0{secret}"),
        format!("{user}\0{user}\0{secret}"),
        // XOAUTH2.
        format!("user={user}\u{1}auth=Bearer {secret}\u{1}\u{1}"),
    ];
    forms.extend(messages.iter().map(|message| STANDARD.encode(message).trim_end_matches('=').to_owned()));
    forms.extend((0..3).map(|offset| inside_base64(secret, offset)).filter(|piece| piece.len() >= MIN_PIECE_BYTES));
    forms.into_iter().map(Zeroizing::new).collect()
}

/// The part of a base64 text that depends on the secret alone when the secret begins `offset` bytes into
/// a group of three: it is found in every message that carries the secret, whatever stands around it.
fn inside_base64(secret: &str, offset: usize) -> String {
    let mut message = vec![0; offset];
    message.extend_from_slice(secret.as_bytes());
    // A character stands for six bits; those that share bits with a neighbour are left out.
    let first = (offset * 8).div_ceil(6);
    let last = message.len() * 8 / 6;
    STANDARD.encode(&message).get(first..last).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{model::AuthMethod, net::masks::Masks};

    #[test]
    fn no_message_that_carries_the_secret_shows_it() {
        let secret = "correct horse";
        let login = Login { username: "ada".to_owned(), secret: secret.into(), method: AuthMethod::Plain };
        let masks = Masks::default();
        for form in forms(&login) {
            masks.add(&form);
        }
        for (before, behind) in [("", ""), ("x", ""), ("xy", "z"), ("n,a=ada,\u{1}auth=Bearer ", "\u{1}\u{1}")] {
            let message = STANDARD.encode(format!("{before}{secret}{behind}"));
            let shown = masks.cover(&message);
            for offset in 0..3 {
                assert!(!shown.contains(&inside_base64(secret, offset)), "{before:?}: {shown}");
            }
            assert_ne!(shown, message);
        }
        assert_eq!(masks.cover("LOGIN ada \"correct horse\""), "LOGIN ada \"•••\"");
        assert_eq!(masks.cover(&STANDARD.encode("\0ada\0correct horse")), "•••");
    }

    #[test]
    fn a_quoted_secret_is_one_of_its_forms() {
        let login = Login { username: "ada".to_owned(), secret: "a\"b\\c".into(), method: AuthMethod::Login };
        assert!(forms(&login).iter().any(|form| form.as_str() == "a\\\"b\\\\c"));
    }
}
