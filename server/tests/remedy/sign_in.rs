//! Signing in at Microsoft or Google: where it is advised, and what is advised after it.

use postroom_server::{
    model::{AuthMethod, Language, Problem, Protocol, Who},
    remedy::{Situation, examples, remedy},
};

use super::world::{mailboxes, nothing_known, shared_mailbox, signed_in, texts, with_oauth};

#[test]
fn where_microsoft_and_google_take_no_password_one_is_led_to_their_own_sign_in() {
    let reply = String::new;
    let browser_only = vec!["XOAUTH2".to_owned()];
    for problem in [
        Problem::BadCredentials { reply: reply() },
        Problem::AppPasswordNeeded { reply: reply() },
        Problem::PasswordsRetired { reply: reply() },
        Problem::BrowserSignInNeeded { reply: reply() },
        Problem::MethodNotOffered { wanted: AuthMethod::Plain, offered: browser_only },
    ] {
        for protocol in [Protocol::Imap, Protocol::Smtp] {
            for (name, situation) in mailboxes(protocol) {
                let button = match name {
                    "Microsoft 365" | "Outlook.com" => Some("Microsoft"),
                    "Google Workspace" | "Gmail" => Some("Google"),
                    _ => None,
                };
                for (language, other) in [(Language::En, "“Sign in with "), (Language::Ko, "로 로그인’")] {
                    let steps = remedy(&problem, &situation, language).steps.join(" ");
                    let context = format!("{} at {name}: {steps}", problem.kind());
                    match button {
                        Some(provider) => assert!(steps.contains(&button_of(provider, language)), "{context}"),
                        None => assert!(!steps.contains(other), "{context}"),
                    }
                }
            }
        }
    }
}

#[test]
fn who_signs_in_at_the_provider_is_sent_to_no_password() {
    let passwords = ["app password", "apppasswords", "user name and password", "앱 비밀번호", "사용자 이름과 비밀번호"];
    for (problem, example) in examples() {
        for (name, situation) in signed_in(example.protocol) {
            for language in Language::ALL {
                let remedy = remedy(&problem, &situation, language);
                // A server without the method is none of the provider's: another way in is the only one there.
                if matches!(problem, Problem::MethodNotOffered { .. }) {
                    continue;
                }
                for text in &remedy.steps {
                    let found = passwords.iter().find(|password| text.contains(**password));
                    assert_eq!(found, None, "{} at {name}: {text}", problem.kind());
                }
            }
        }
    }
}

#[test]
fn what_is_not_known_leaves_no_gap_in_a_sentence() {
    for (problem, example) in examples() {
        for (name, situation) in signed_in(example.protocol) {
            let situation = with_oauth(situation, |oauth| *oauth = nothing_known(oauth.provider));
            for language in Language::ALL {
                for text in texts(&remedy(&problem, &situation, language)) {
                    assert!(!text.replace("a–z", "").contains('–'), "{} at {name}: {text}", problem.kind());
                }
            }
        }
    }
}

#[test]
fn whoever_signs_in_for_a_shared_mailbox_gets_the_right_that_is_missing() {
    let reply = String::new;
    let full_access =
        "Add-MailboxPermission -Identity 'support@example.com' -User 'kim@example.com' -AccessRights FullAccess";
    for protocol in [Protocol::Imap, Protocol::Smtp] {
        for problem in [
            Problem::BadCredentials { reply: reply() },
            Problem::TokenRejected { reply: reply() },
            Problem::AuthenticatedButNotConnected { reply: reply() },
            Problem::NotAuthorized { reply: reply() },
        ] {
            let remedy = remedy(&problem, &shared_mailbox(protocol), Language::En);
            assert_eq!(remedy.command.as_deref(), Some(full_access), "{}", problem.kind());
            assert_eq!(remedy.who, Who::MailAdmin, "{}", problem.kind());
            assert!(remedy.steps[0].starts_with("kim@example.com needs full access to support@example.com"));
        }
    }
    let refused = Problem::SenderRefused { sender: "support@example.com".to_owned(), reply: reply() };
    assert_eq!(
        remedy(&refused, &shared_mailbox(Protocol::Smtp), Language::En).command.as_deref(),
        Some("Add-RecipientPermission -Identity 'support@example.com' -Trustee 'kim@example.com' -AccessRights SendAs")
    );
}

#[test]
fn a_person_who_is_written_otherwise_is_no_other_person() {
    let same = with_oauth(shared_mailbox(Protocol::Imap), |oauth| oauth.person = " Support@Example.com ".to_owned());
    let command = remedy(&Problem::TokenRejected { reply: String::new() }, &same, Language::En).command;
    assert_eq!(command.as_deref(), Some("Set-CASMailbox -Identity 'support@example.com' -ImapEnabled $true"));
}

#[test]
fn a_fresh_token_that_is_refused_leads_to_the_switches_of_the_mailbox() {
    let (_, own) = signed_in(Protocol::Smtp).remove(0);
    let remedy = remedy(&Problem::BadCredentials { reply: "535 5.7.3".to_owned() }, &own, Language::En);
    assert_eq!(remedy.who, Who::MailAdmin);
    assert_eq!(
        remedy.command.as_deref(),
        Some("Set-CASMailbox -Identity 'support@example.com' -SmtpClientAuthenticationDisabled $false")
    );
}

#[test]
fn a_redirect_uri_can_be_copied_whole_from_its_step() {
    let uri = "https://support.helpdesk.international-holding.example.com:8443/postroom/oauth/callback";
    let problem = Problem::RedirectUriMismatch { redirect_uri: uri.to_owned(), reply: String::new() };
    for (_, situation) in signed_in(Protocol::Imap) {
        for language in Language::ALL {
            let steps = remedy(&problem, &situation, language).steps;
            assert!(steps.iter().any(|step| step.split(' ').any(|word| word == uri)), "{steps:?}");
        }
    }
}

#[test]
fn what_is_wrong_with_the_application_is_repaired_by_whoever_runs_postroom() {
    for (problem, situation) in examples().into_iter().filter(|(problem, _)| problem.is_about_application()) {
        let remedy = remedy(&problem, &situation, Language::En);
        assert_eq!(remedy.who, Who::Postroom, "{}", problem.kind());
    }
}

#[test]
fn a_national_cloud_has_its_own_portal() {
    let problem = Problem::ClientSecretExpired { reply: String::new() };
    for (host, portal) in [
        ("outlook.office365.com", "entra.microsoft.com"),
        ("outlook.office365.us", "portal.azure.us"),
        ("partner.outlook.cn", "portal.azure.cn"),
    ] {
        let (_, situation) = signed_in(Protocol::Imap).remove(0);
        let remedy = remedy(&problem, &Situation { host: host.to_owned(), ..situation }, Language::En);
        assert!(remedy.steps[0].contains(portal), "{}", remedy.steps[0]);
        assert!(remedy.link.as_ref().is_some_and(|link| link.starts_with(&format!("https://{portal}"))));
    }
}

#[test]
fn a_mailbox_that_was_connected_before_stays_with_its_account() {
    let problem = Problem::WrongAccount { expected: "kim@example.com".to_owned(), got: "lee@example.com".to_owned() };
    let again = shared_mailbox(Protocol::Imap);
    let first = with_oauth(again.clone(), |oauth| oauth.person = String::new());
    let offers = |situation: &Situation| {
        remedy(&problem, situation, Language::En).steps.iter().any(|step| step.contains("another account. Then"))
    };
    assert!(!offers(&again), "another account would not be taken");
    assert!(offers(&first));
    let title = remedy(&problem, &again, Language::En).title;
    assert_eq!(title, "Expected kim@example.com, but got lee@example.com");
}

fn button_of(provider: &str, language: Language) -> String {
    match language {
        Language::En => format!("“Sign in with {provider}”"),
        Language::Ko => format!("‘{provider}로 로그인’"),
    }
}

#[test]
fn whoever_came_by_an_owners_link_is_not_told_to_make_one_or_to_open_a_mailbox() {
    let expected = "ada@example.com".to_owned();
    for problem in [
        Problem::GrantRevoked { reply: String::new() },
        Problem::InteractionNeeded { reply: String::new() },
        Problem::WrongAccount { expected, got: "bob@example.com".to_owned() },
        Problem::SignInExpired,
        Problem::ConsentDeclined { reply: String::new() },
    ] {
        for (name, situation) in signed_in(Protocol::Imap) {
            let by_link = with_oauth(situation, |oauth| oauth.by_link = true);
            for (language, forbidden) in [
                (Language::En, ["owner a link", "Open the mailbox"]),
                (Language::Ko, ["소유자에게 링크", "메일박스를 열어"]),
            ] {
                let steps = remedy(&problem, &by_link, language).steps;
                assert!(!steps.is_empty(), "{} at {name}", problem.kind());
                for text in forbidden {
                    assert!(!steps.join(" ").contains(text), "{} at {name}: {steps:?}", problem.kind());
                }
            }
        }
    }
}
