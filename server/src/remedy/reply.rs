//! What a remedy reads in the server's own words, where one problem has several causes.

use crate::{imap, smtp};

/// True where the server itself asks for an app password.
///
/// Elsewhere it is only concluded from whose server it is, and something else may be wrong. The words are those of the
/// tables that recognise replies.
pub(super) fn asks_for_app_password(reply: &str) -> bool {
    let reply = reply.to_lowercase();
    imap::classify::vocabulary()
        .chain(smtp::classify::vocabulary())
        .any(|(kind, words)| kind == "app_password_needed" && !words.is_empty() && reply.contains(&words))
}

/// True where Microsoft has locked sign-ins for a while (smart lockout), or distrusts the IP address they come from.
pub(super) fn is_lockout(reply: &str) -> bool {
    entra_number(reply) == Some("50053")
}

/// The number of an error at Microsoft, such as `700082` in `AADSTS700082`.
pub(super) fn entra_number(reply: &str) -> Option<&str> {
    let (_, rest) = reply.split_once("AADSTS")?;
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len()).min(10);
    rest.get(..end).filter(|digits| !digits.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_asks_for_an_app_password_is_told_from_one_that_only_refuses() {
        for asks in [
            "[ALERT] Application-specific password required: https://support.google.com/accounts/answer/185833",
            "534-5.7.9 Application-specific password required.",
            "Login fail. Please using authorized code to login.",
        ] {
            assert!(asks_for_app_password(asks), "{asks}");
        }
        for refuses in [
            "[AUTHENTICATIONFAILED] LOGIN invalid credentials or IMAP is disabled",
            "535 5.7.8 Error: authentication failed: Invalid user or password!",
            "",
        ] {
            assert!(!asks_for_app_password(refuses), "{refuses}");
        }
    }

    #[test]
    fn a_number_of_microsofts_is_found_among_the_words() {
        assert_eq!(entra_number("invalid_grant: AADSTS700082: The refresh token has expired"), Some("700082"));
        assert_eq!(entra_number("AADSTS50053"), Some("50053"));
        assert_eq!(entra_number("AADSTS&x=<script>"), None);
        assert!(is_lockout("invalid_grant: AADSTS50053: The account is locked."));
        assert!(!is_lockout("invalid_grant: AADSTS50057: The user account is disabled."));
    }
}
