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

/// True where a personal account was to sign in through an application that does not take them.
pub(super) fn is_about_personal_accounts(reply: &str) -> bool {
    reply.to_lowercase().contains("not enabled for consumers")
}

/// True where it is the traffic of the account that is too much, not its attempts to sign in.
pub(super) fn is_about_traffic(reply: &str) -> bool {
    let reply = reply.to_lowercase();
    ["bandwidth", "throttl", "overquota"].iter().any(|word| reply.contains(word))
}

/// How long the server itself wants to be left alone, in seconds, where it says so.
///
/// Exchange Online says `Suggested Backoff Time: 92415 milliseconds`.
pub(super) fn pause(reply: &str) -> Option<u64> {
    let reply = reply.to_lowercase();
    let (_, rest) = reply.split_once("backoff time:")?;
    let mut words = rest.split_whitespace();
    let number: u64 = words.next()?.parse().ok()?;
    let seconds = if words.next()?.starts_with("milli") { number.div_ceil(1_000) } else { number };
    (1..=86_400).contains(&seconds).then_some(seconds)
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
    fn too_much_traffic_is_told_from_too_many_attempts() {
        for traffic in [
            "BYE [OVERQUOTA] Account exceeded command or bandwidth limits.",
            "BAD Request is throttled. Suggested Backoff Time: 92415 milliseconds",
        ] {
            assert!(is_about_traffic(traffic), "{traffic}");
        }
        assert!(!is_about_traffic("454 4.7.0 Too many login attempts, please try again later"));
    }

    #[test]
    fn the_servers_own_time_is_read_and_nothing_else_is_taken_for_one() {
        let says = |time: &str| pause(&format!("BAD Request is throttled. Suggested Backoff Time: {time}"));
        assert_eq!(says("92415 milliseconds"), Some(93));
        assert_eq!(says("5 seconds"), Some(5));
        for odd in ["", "soon", "0 milliseconds", "99999999999999999999 milliseconds", "999999999999 milliseconds"] {
            assert_eq!(says(odd), None, "{odd}");
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
