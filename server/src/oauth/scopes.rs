//! Whether what was granted includes mail.

use crate::model::{OAuthProvider, Problem};
use crate::net::trace::printable;

/// The longest scope that is shown, in bytes, and how many of them.
const MAX_SCOPE_BYTES: usize = 200;
const MAX_SCOPES: usize = 40;

/// Refuses a grant that lacks one of the `wanted` scopes.
///
/// # Errors
/// [`Problem::MailScopeMissing`].
pub(super) fn judge(provider: OAuthProvider, wanted: &[String], granted: &[String]) -> Result<(), Problem> {
    let is_granted = |wanted: &String| granted.iter().any(|granted| same(provider, wanted, granted));
    if wanted.iter().all(is_granted) {
        return Ok(());
    }
    let shown = granted.iter().take(MAX_SCOPES).map(|scope| printable(scope, MAX_SCOPE_BYTES)).collect();
    Err(Problem::MailScopeMissing { granted: shown })
}

/// Microsoft answers in another case at times, and with or without the resource in front of the scope.
fn same(provider: OAuthProvider, wanted: &str, granted: &str) -> bool {
    wanted.eq_ignore_ascii_case(granted)
        || match provider {
            OAuthProvider::Microsoft => bare(wanted).eq_ignore_ascii_case(granted),
            OAuthProvider::Google => false,
        }
}

fn bare(scope: &str) -> &str {
    scope.rsplit('/').next().unwrap_or(scope)
}

#[cfg(test)]
mod tests {
    use super::*;

    const IMAP: &str = "https://outlook.office.com/IMAP.AccessAsUser.All";
    const SMTP: &str = "https://outlook.office.com/SMTP.Send";

    fn all(scopes: &[&str]) -> Vec<String> {
        scopes.iter().map(|&scope| scope.to_owned()).collect()
    }

    #[test]
    fn microsofts_scopes_are_known_in_every_spelling() {
        for granted in [
            all(&[IMAP, SMTP]),
            all(&["openid", "imap.accessasuser.all", "smtp.send"]),
            all(&["HTTPS://OUTLOOK.OFFICE.COM/imap.accessasuser.all", SMTP, "profile"]),
        ] {
            assert_eq!(judge(OAuthProvider::Microsoft, &all(&[IMAP, SMTP]), &granted), Ok(()), "{granted:?}");
        }
    }

    #[test]
    fn a_scope_that_is_missing_is_missed() {
        for granted in [all(&[]), all(&[IMAP]), all(&["https://graph.microsoft.com/IMAP.AccessAsUser.All", SMTP])] {
            assert_eq!(
                judge(OAuthProvider::Microsoft, &all(&[IMAP, SMTP]), &granted),
                Err(Problem::MailScopeMissing { granted: granted.clone() })
            );
        }
        let wanted = all(&["https://mail.google.com/"]);
        let granted = all(&["openid", "https://www.googleapis.com/auth/userinfo.email"]);
        assert_eq!(
            judge(OAuthProvider::Google, &wanted, &granted),
            Err(Problem::MailScopeMissing { granted: granted.clone() })
        );
    }
}
