//! The mails in English.

use super::post::{Facts, News, Written, moment};

pub(super) fn letter(news: &News, facts: &Facts<'_>) -> Written {
    let Facts { name, address, base, now } = facts;
    let when = moment(*now);
    let (subject, body) = match news {
        News::Link { url, life_millis } => {
            let minutes = life_millis / 60_000;
            (
                "[Postroom] Choose a new password",
                format!(
                    "Somebody, probably you, has forgotten the password of {address} at {base}.\n\n\
                     Choose a new one here:\n{url}\n\n\
                     The link works once, and for {minutes} minutes. If you asked for several, only the last one \
                     works. If it was not you, do nothing: your password stays as it is."
                ),
            )
        }
        News::SignsInElsewhere => (
            "[Postroom] How you sign in",
            format!(
                "Somebody, probably you, has asked for a new password of {address} at {base}.\n\n\
                 You have no password there: you sign in with your organisation's own sign-in. Open this page and \
                 choose its button:\n{base}/sign-in\n\n\
                 If you have forgotten that password, your organisation can help. If it was not you who asked, do \
                 nothing."
            ),
        ),
        News::PasswordChanged => (
            "[Postroom] Your password was changed",
            format!(
                "The password of {address} at {base} was changed ({when}). Browsers that were signed in with the \
                 old one are signed out.\n\n\
                 If it was not you, choose a new password at once and tell whoever runs Postroom:\n{base}/forgotten"
            ),
        ),
        News::SecondFactorOff => (
            "[Postroom] Your second factor was turned off",
            format!(
                "The second factor of {address} at {base} was turned off ({when}). From now on the password alone \
                 is enough to sign in.\n\n\
                 If that was not meant to be, change your password, turn the second factor on again, and tell \
                 whoever runs Postroom:\n{base}/account/me"
            ),
        ),
    };
    Written {
        subject: subject.to_owned(),
        text: format!("Hello {name},\n\n{body}\n\n-- \nPostroom, {base}\nAnswers to this mail are not read.\n"),
    }
}
