//! The remedies as people read them: complete, in their language, with the right names filled in.
//!
//! The snapshots beside this file are the whole catalogue as plain text, for proof-reading.

#[path = "remedy/sign_in.rs"]
mod sign_in;
#[path = "remedy/world.rs"]
mod world;

use std::collections::BTreeSet;

use postroom_server::{
    model::{
        AuthMethod, CheckReport, Event, Language, Line, Outcome, Party, Presented, Problem, Protocol, Remedy, Security,
        Step, Timestamp, Who,
    },
    remedy::{Service, Situation, advise, advise_event, catalogue, chapter, examples, remedy},
};

use self::world::{
    context_of, each_remedy, everywhere, mailbox, mailboxes, problems_after_a_sign_in, protocol_of, provider_problems,
    signed_in, texts,
};

// ---- the texts, for proof-reading ------------------------------------------------------------------

#[test]
fn the_catalogue_in_english_reads_as_it_was_proof_read() {
    insta::assert_snapshot!("catalogue_en", whole_catalogue(Language::En));
}

#[test]
fn the_catalogue_in_korean_reads_as_it_was_proof_read() {
    insta::assert_snapshot!("catalogue_ko", whole_catalogue(Language::Ko));
}

#[test]
fn the_repairs_at_every_provider_read_as_they_were_proof_read() {
    for language in Language::ALL {
        for problem in provider_problems() {
            let mut text = String::new();
            for (name, situation) in mailboxes(protocol_of(&problem)) {
                write_remedy(&mut text, name, &remedy(&problem, &situation, language));
            }
            insta::assert_snapshot!(format!("{}_{}", problem.kind(), language.tag()), text);
        }
    }
}

#[test]
fn the_repairs_after_a_sign_in_read_as_they_were_proof_read() {
    for language in Language::ALL {
        let mut text = String::new();
        for problem in problems_after_a_sign_in() {
            for (name, situation) in signed_in(protocol_of(&problem)) {
                let heading = format!("{} at {name}", problem.kind());
                write_remedy(&mut text, &heading, &remedy(&problem, &situation, language));
            }
        }
        insta::assert_snapshot!(format!("after_a_sign_in_{}", language.tag()), text);
    }
}

#[test]
fn the_repairs_of_a_sign_in_read_at_every_provider_as_they_were_proof_read() {
    for language in Language::ALL {
        let mut text = String::new();
        for (problem, example) in examples().into_iter().filter(|(_, situation)| situation.oauth.is_some()) {
            let mut seen = vec![remedy(&problem, &example, language)];
            for (name, situation) in signed_in(Protocol::Imap) {
                let remedy = remedy(&problem, &situation, language);
                if !seen.contains(&remedy) {
                    write_remedy(&mut text, &format!("{} at {name}", problem.kind()), &remedy);
                    seen.push(remedy);
                }
            }
        }
        insta::assert_snapshot!(format!("sign_in_{}", language.tag()), text);
    }
}

// ---- completeness ------------------------------------------------------------------------------------

#[test]
fn every_kind_of_problem_is_in_the_catalogue_once() {
    let source = include_str!("../src/model/problem.rs");
    let kinds: Vec<&str> = source
        .lines()
        .filter_map(|line| line.trim().strip_prefix("Self::"))
        .filter_map(|arm| arm.split_once("=> \"")?.1.strip_suffix("\","))
        .collect();
    assert!(kinds.len() > 50, "the kinds could not be read from the model: {kinds:?}");
    for language in Language::ALL {
        let listed: Vec<&str> = catalogue(language).iter().map(|entry| entry.kind).collect();
        assert_eq!(listed.iter().collect::<BTreeSet<_>>().len(), listed.len(), "a kind is listed twice");
        assert_eq!(BTreeSet::from_iter(listed), BTreeSet::from_iter(kinds.iter().copied()));
    }
}

#[test]
fn every_text_is_there_and_finished() {
    each_remedy(|context, _, _, remedy| {
        assert!(!remedy.steps.is_empty(), "no steps: {context}");
        for text in texts(remedy) {
            assert!(!text.trim().is_empty(), "an empty text: {context}");
            assert_eq!(text.trim(), text, "blanks around a text: {context}");
            assert!(!text.contains("  "), "two blanks: {context}: {text}");
            for left_over in ["{", "}", "\n", "\r", "\0", "TODO", "XXX", "Some(", "None"] {
                assert!(!text.contains(left_over), "{left_over:?} left over: {context}: {text}");
            }
        }
    });
}

#[test]
fn every_title_fits_on_one_line() {
    each_remedy(|context, _, _, remedy| {
        let characters = remedy.title.chars().count();
        assert!(characters <= 80, "{characters} characters: {context}: {}", remedy.title);
        assert!(!remedy.title.ends_with('.'), "a title is no sentence: {context}: {}", remedy.title);
    });
}

#[test]
fn korean_readers_get_korean_and_english_readers_english() {
    each_remedy(|context, _, language, remedy| {
        for text in texts(remedy) {
            let hangul = text.chars().any(|c| matches!(c, '가'..='힣'));
            match language {
                Language::Ko => assert!(hangul, "no Korean: {context}: {text}"),
                Language::En => assert!(!hangul, "Korean in English: {context}: {text}"),
            }
        }
    });
}

#[test]
fn korean_sentences_are_polite_throughout() {
    each_remedy(|context, _, language, remedy| {
        if language == Language::Ko {
            assert!(remedy.why.ends_with("다."), "{context}: {}", remedy.why);
            for step in &remedy.steps {
                assert!(step.ends_with("다.") || step.ends_with("요."), "{context}: {step}");
            }
        }
    });
}

#[test]
fn both_languages_say_the_same() {
    for (problem, situation) in everywhere() {
        let english = remedy(&problem, &situation, Language::En);
        let korean = remedy(&problem, &situation, Language::Ko);
        let context = context_of(&problem, &situation);
        assert_eq!(english.who, korean.who, "{context}");
        assert_eq!(english.link, korean.link, "{context}");
        assert_eq!(english.command, korean.command, "{context}");
        assert_eq!(english.steps.len(), korean.steps.len(), "one language knows a step more: {context}");
    }
}

#[test]
fn a_step_that_speaks_of_a_command_has_one_beside_it() {
    each_remedy(|context, _, language, remedy| {
        let phrase = match language {
            Language::En => "command shown here",
            Language::Ko => "아래 명령",
        };
        if remedy.steps.iter().any(|step| step.contains(phrase)) {
            assert!(remedy.command.is_some(), "{context}");
        }
    });
}

#[test]
fn nothing_is_said_to_be_missing_that_is_there() {
    each_remedy(|context, _, _, remedy| {
        for text in texts(remedy) {
            for absent in ["This version of Postroom", "이 버전의 Postroom"] {
                assert!(!text.contains(absent), "{context}: {text}");
            }
        }
    });
}

#[test]
fn links_lead_to_https_pages() {
    each_remedy(|context, _, _, remedy| {
        if let Some(link) = &remedy.link {
            assert!(link.starts_with("https://"), "{context}: {link}");
            assert!(link.chars().all(|c| c.is_ascii_graphic()), "{context}: {link}");
        }
    });
}

// ---- what is filled in ------------------------------------------------------------------------------

#[test]
fn an_expired_certificate_is_dated_as_its_reader_writes_dates() {
    let problem = Problem::CertificateExpired { not_after: Timestamp(1_795_392_000_000) };
    let situation = mailbox(Protocol::Imap, "mail.example.com", "support@example.com");
    assert!(remedy(&problem, &situation, Language::En).title.contains("23 November 2026"));
    assert!(remedy(&problem, &situation, Language::Ko).title.contains("2026년 11월 23일"));
}

#[test]
fn a_mistyped_server_of_a_known_service_is_answered_with_the_right_one() {
    let situation = mailbox(Protocol::Imap, "imap.gmial.com", "support@gmail.com");
    let problem = Problem::HostNotFound { host: situation.host.clone() };
    for language in Language::ALL {
        let first = remedy(&problem, &situation, language).steps.remove(0);
        assert!(first.contains("imap.gmail.com") && first.contains("993"), "{first}");
    }
}

#[test]
fn a_right_server_is_not_suggested_again() {
    let situation = mailbox(Protocol::Imap, "imap.gmail.com", "support@gmail.com");
    let problem = Problem::ConnectTimedOut { host: situation.host.clone(), port: 993 };
    let remedy = remedy(&problem, &situation, Language::En);
    assert!(
        remedy
            .steps
            .iter()
            .all(|step| !step.contains("Enter these values") && !step.contains("Check server name and port")),
        "{:?}",
        remedy.steps
    );
}

#[test]
fn a_port_that_a_known_service_does_not_have_is_never_advised() {
    let situation = mailbox(Protocol::Smtp, "smtp.office365.com", "support@example.com");
    for problem in [
        Problem::ConnectTimedOut { host: situation.host.clone(), port: 465 },
        Problem::ConnectionRefused { host: situation.host.clone(), port: 465 },
        Problem::NotATlsPort { port: 465 },
        Problem::NoGreeting,
        Problem::SignInNotOffered,
        Problem::SignInNeedsTls { reply: None },
    ] {
        for language in Language::ALL {
            let first = remedy(&problem, &situation, language).steps.remove(0);
            assert!(first.contains("587") && !first.contains("465"), "{}: {first}", problem.kind());
        }
    }
}

#[test]
fn the_form_of_a_user_name_is_explained_only_where_it_is_wrong() {
    let full = mailbox(Protocol::Imap, "imap.mail.me.com", "support@icloud.com");
    let local = Situation { username: "support".to_owned(), ..full.clone() };
    let explained = |situation: &Situation| {
        let remedy = remedy(&Problem::BadCredentials { reply: String::new() }, situation, Language::En);
        remedy.steps.iter().any(|step| step.starts_with("As the user name enter"))
    };
    assert!(explained(&full));
    assert!(!explained(&local));
}

#[test]
fn who_has_an_app_password_already_is_told_what_else_it_may_be() {
    let refused = "[AUTHENTICATIONFAILED] LOGIN invalid credentials or IMAP is disabled";
    let yandex = mailbox(Protocol::Imap, "imap.yandex.com", "support@yandex.com");
    let bare = remedy(&Problem::AppPasswordNeeded { reply: refused.to_owned() }, &yandex, Language::En);
    assert_eq!(bare.title, "This account probably needs an app password");
    let told = "If the password here is an app password already, IMAP may be switched off. Go on here.";
    let at = bare.steps.iter().position(|step| step == told).unwrap();
    assert!(bare.steps[at + 2].contains("imap.yandex.com server via IMAP"), "{:?}", bare.steps);

    let asked = "[ALERT] Application-specific password required";
    let plain = remedy(&Problem::AppPasswordNeeded { reply: asked.to_owned() }, &yandex, Language::En);
    assert_eq!(plain.title, "This account needs an app password");

    for (host, address) in [("imap.mail.me.com", "support@icloud.com"), ("imap.kakao.com", "support@kakao.com")] {
        let full = mailbox(Protocol::Imap, host, address);
        let first = remedy(&Problem::AppPasswordNeeded { reply: String::new() }, &full, Language::En).steps.remove(0);
        assert!(first.starts_with("As the user name enter only what stands before the “@”"), "{first}");
    }
}

#[test]
fn a_lockout_at_microsoft_is_waited_for_and_a_disabled_account_is_not() {
    let (_, own) = signed_in(Protocol::Imap).remove(0);
    let steps = |reply: &str| {
        let problem = Problem::AccountDisabled { reply: reply.to_owned() };
        remedy(&problem, &own, Language::En).steps.join(" ")
    };
    let locked = steps("invalid_grant: AADSTS50053: The account is locked, you've tried to sign in too many times.");
    assert!(locked.contains("Sign-in logs") && locked.contains("every attempt can prolong"), "{locked}");
    assert!(!locked.contains("Unblock") && !locked.contains("shared mailbox"), "{locked}");
    let disabled = steps("invalid_grant: AADSTS50057: The user account is disabled.");
    assert!(disabled.contains("Unblock sign-in"), "{disabled}");
}

#[test]
fn an_exchange_server_of_ones_own_is_thought_of_where_the_name_is_not_microsofts() {
    let problem = Problem::AuthenticatedButNotConnected { reply: String::new() };
    let own = mailbox(Protocol::Imap, "mail.example.com", "support@example.com");
    let there = remedy(&problem, &own, Language::En);
    assert!(there.steps[0].contains("Microsoft Exchange IMAP4 Backend"), "{:?}", there.steps);
    assert_eq!(there.command.as_deref(), Some("Set-CASMailbox -Identity 'support@example.com' -ImapEnabled $true"));
    let at_microsoft = mailbox(Protocol::Imap, "outlook.office365.com", "support@example.com");
    assert!(!remedy(&problem, &at_microsoft, Language::En).steps.join(" ").contains("Backend"));
}

#[test]
fn a_server_that_names_its_own_time_is_taken_at_its_word() {
    let situation = mailbox(Protocol::Imap, "outlook.office365.com", "support@example.com");
    let steps = |reply: &str| {
        remedy(&Problem::RateLimited { reply: reply.to_owned() }, &situation, Language::En).steps.join(" ")
    };
    let throttled = steps("BAD Request is throttled. Suggested Backoff Time: 92415 milliseconds");
    assert!(throttled.contains("wait 93 s") && !throttled.contains("password"), "{throttled}");
    let longer = steps("BAD Request is throttled. Suggested Backoff Time: 300000 milliseconds");
    assert!(longer.contains("wait 5 minutes"), "{longer}");
    let attempts = steps("454 4.7.0 Too many login attempts, please try again later");
    assert!(attempts.contains("old password"), "{attempts}");
}

#[test]
fn connections_are_counted_by_address_before_anybody_has_signed_in() {
    let situation = mailbox(Protocol::Smtp, "mail.example.com", "support@example.com");
    let steps = |before_sign_in| {
        let reply = "421 4.3.2 Too many concurrent connections".to_owned();
        let problem = Problem::TooManyConnections { reply, before_sign_in };
        remedy(&problem, &situation, Language::En).steps.join(" ")
    };
    assert!(steps(true).contains("Postroom's own mailboxes on mail.example.com count as well"));
    assert!(!steps(true).contains("signed in as"), "{}", steps(true));
    assert!(steps(false).contains("signed in as support@example.com"));
}

#[test]
fn an_unknown_recipient_is_not_the_mailboxs_own_address() {
    let situation = mailbox(Protocol::Smtp, "mail.example.com", "support@example.com");
    let refused = |recipient: &str| {
        let reply = "550 5.1.1 User unknown".to_owned();
        remedy(&Problem::RecipientRefused { recipient: recipient.to_owned(), reply }, &situation, Language::En)
    };
    assert!(refused("Support@example.com").why.contains("none was sent"));
    let somebody = refused("kim@example.net");
    assert!(somebody.steps[0].starts_with("Check the address kim@example.net"), "{somebody:?}");
    assert!(!somebody.why.contains("none was sent"), "{}", somebody.why);
}

#[test]
fn a_greeting_that_prevents_encryption_is_a_matter_for_the_network() {
    let situation = Situation {
        port: 143,
        security: Security::StartTls,
        ..mailbox(Protocol::Imap, "mail.example.com", "support@example.com")
    };
    let preauth = Problem::StartTlsInjected { reply: Some("PREAUTH Welcome".to_owned()) };
    let remedy = remedy(&preauth, &situation, Language::En);
    assert_eq!(remedy.who, Who::Network);
    assert!(remedy.why.contains("PREAUTH") && remedy.steps[0].contains("993"), "{remedy:?}");
}

#[test]
fn a_personal_account_is_let_in_by_the_applications_account_types() {
    let (_, private) = signed_in(Protocol::Imap).remove(2);
    let steps = |reply: &str| {
        remedy(&Problem::SingleTenantApp { reply: reply.to_owned() }, &private, Language::En).steps.join(" ")
    };
    let consumers = steps("unauthorized_client: The client does not exist or is not enabled for consumers.");
    assert!(consumers.contains("personal Microsoft accounts"), "{consumers}");
    assert!(!steps("invalid_request: AADSTS50194: not multi-tenant").contains("personal Microsoft accounts"));
}

/// What remedies call the fields of the form, in each language.
#[test]
fn fields_are_called_what_the_form_calls_them() {
    let files = [
        (Language::En, include_str!("../../app/locales/en/wizard.json"), ("“", "”")),
        (Language::Ko, include_str!("../../app/locales/ko/wizard.json"), ("‘", "’")),
    ];
    for (language, file, (open, close)) in files {
        let form: serde_json::Value = serde_json::from_str(file).unwrap();
        let label = |key: &str| find(&form, key).unwrap_or_else(|| panic!("no label {key}"));
        let all: Vec<String> =
            everywhere().iter().flat_map(|(problem, situation)| remedy(problem, situation, language).steps).collect();
        for key in ["tls", "more", "tls_mode", "tls_mode_auto", "tls_mode_implicit", "tls_mode_starttls"] {
            let quoted = format!("{open}{}{close}", label(key));
            assert!(all.iter().any(|step| step.contains(&quoted)), "{quoted} is in no remedy");
        }
    }
}

/// The text under `key`, however deep it is.
fn find(value: &serde_json::Value, key: &str) -> Option<String> {
    let serde_json::Value::Object(fields) = value else { return None };
    let here = fields.get(key).and_then(|text| text.as_str()).map(str::to_owned);
    here.or_else(|| fields.values().find_map(|inner| find(inner, key)))
}

#[test]
fn imap_at_microsoft_365_is_switched_on_in_the_admin_center_or_with_a_command() {
    let situation = mailbox(Protocol::Imap, "outlook.office365.com", "o'brien@example.com");
    let remedy = remedy(&Problem::ImapDisabled { reply: String::new() }, &situation, Language::En);
    assert_eq!(remedy.who, Who::MailAdmin);
    assert_eq!(remedy.link.as_deref(), Some("https://admin.microsoft.com"));
    assert_eq!(remedy.command.as_deref(), Some("Set-CASMailbox -Identity 'o''brien@example.com' -ImapEnabled $true"));
    assert!(remedy.steps.iter().any(|step| step.contains("Manage email apps")), "{:?}", remedy.steps);
}

#[test]
fn a_private_outlook_account_is_not_sent_to_an_administrator() {
    let situation = mailbox(Protocol::Imap, "outlook.office365.com", "someone@outlook.com");
    let remedy = remedy(&Problem::ImapDisabled { reply: String::new() }, &situation, Language::En);
    assert_eq!((remedy.who, remedy.command), (Who::You, None));
    assert_eq!(remedy.link.as_deref(), Some("https://outlook.live.com"));
}

#[test]
fn a_shared_mailbox_is_opened_to_the_account_that_signs_in() {
    let shared = Situation {
        username: "agent@example.com".to_owned(),
        ..mailbox(Protocol::Imap, "outlook.office365.com", "support@example.com")
    };
    assert_eq!(
        remedy(&Problem::NotAuthorized { reply: String::new() }, &shared, Language::En).command.as_deref(),
        Some(
            "Add-MailboxPermission -Identity 'support@example.com' -User 'agent@example.com' -AccessRights FullAccess"
        )
    );
}

#[test]
fn a_wrong_certificate_in_the_name_of_a_big_service_is_a_matter_for_the_network() {
    let problem = Problem::CertificateUntrusted { issuer: "Example Firewall CA".to_owned() };
    let google = mailbox(Protocol::Imap, "imap.gmail.com", "support@example.com");
    let own = mailbox(Protocol::Imap, "mail.example.com", "support@example.com");
    assert_eq!(remedy(&problem, &google, Language::En).who, Who::Network);
    assert_eq!(remedy(&problem, &own, Language::En).who, Who::MailAdmin);
}

#[test]
fn an_error_number_of_entra_leads_to_microsofts_page_about_it() {
    let situation = mailbox(Protocol::Imap, "outlook.office365.com", "support@example.com");
    let link = |reply: &str| remedy(&Problem::TokenRejected { reply: reply.to_owned() }, &situation, Language::En).link;
    assert_eq!(
        link("invalid_grant: AADSTS700082: The refresh token has expired").as_deref(),
        Some("https://login.microsoftonline.com/error?code=700082")
    );
    assert_eq!(link("AUTHENTICATE failed."), None);
    assert_eq!(link("AADSTS&x=<script>"), None);
}

#[test]
fn another_method_that_the_server_offers_is_named() {
    let situation = mailbox(Protocol::Smtp, "mail.example.com", "support@example.com");
    let offered = vec!["NTLM".to_owned(), "login".to_owned()];
    let problem = Problem::MethodNotOffered { wanted: AuthMethod::Plain, offered };
    let english = remedy(&problem, &situation, Language::En);
    assert_eq!(english.steps, ["Under Authentication choose Login and check again."]);
}

#[test]
fn a_command_for_starttls_asks_the_server_for_it() {
    let situation = Situation {
        port: 587,
        security: Security::StartTls,
        ..mailbox(Protocol::Smtp, "mail.example.com", "support@example.com")
    };
    assert_eq!(
        remedy(&Problem::TlsTooOld, &situation, Language::En).command.as_deref(),
        Some("openssl s_client -connect mail.example.com:587 -servername mail.example.com -starttls smtp")
    );
}

// ---- reports and events -------------------------------------------------------------------------------

#[test]
fn every_failed_step_of_a_report_gets_its_remedy_and_no_other() {
    let situation = mailbox(Protocol::Imap, "mail.example.com", "support@example.com");
    let mut report = CheckReport::planned(Protocol::Imap, Security::Tls);
    let problem = Problem::BadCredentials { reply: "NO".to_owned() };
    report.apply(Event::Failed { step: Step::SignIn, millis: 3, problem: problem.clone(), remedy: None });
    report.apply(Event::Ended { millis: 4 });
    advise(&mut report, &situation, Language::Ko);
    assert_eq!(report.outcome, Some(Outcome::Failed));
    for step in &report.steps {
        let expected = (step.step == Step::SignIn).then(|| Box::new(remedy(&problem, &situation, Language::Ko)));
        assert_eq!(step.remedy, expected, "{:?}", step.step);
    }
}

#[test]
fn a_failure_gets_its_remedy_on_the_way_to_the_page() {
    let situation = mailbox(Protocol::Smtp, "mail.example.com", "support@example.com");
    let problem = Problem::SignInNotOffered;
    let failed = |remedy| Event::Failed { step: Step::SignIn, millis: 3, problem: problem.clone(), remedy };
    let expected = failed(Some(Box::new(remedy(&problem, &situation, Language::En))));
    assert_eq!(advise_event(failed(None), &situation, Language::En), expected);
    for event in [
        Event::Started { step: Step::Resolve },
        Event::Line(Line { at_millis: 1, from: Party::Server, text: "* OK".to_owned() }),
        Event::Ended { millis: 2 },
    ] {
        assert_eq!(advise_event(event.clone(), &situation, Language::En), event);
    }
}

#[test]
fn a_certificate_that_was_not_believed_comes_with_the_command_that_shows_its_fingerprint() {
    let situation = mailbox(Protocol::Imap, "mail.example.com", "support@example.com");
    let presented = |compare: Option<&str>| {
        let certificate = postroom_server::net::tls::certificate::describe(b"none");
        Box::new(Presented { certificate, may_be_pinned: true, compare: compare.map(str::to_owned) })
    };
    let command = "openssl s_client -connect mail.example.com:993 -servername mail.example.com </dev/null \
                   | openssl x509 -noout -fingerprint -sha256";
    let expected = Event::Presented(presented(Some(command)));
    assert_eq!(advise_event(Event::Presented(presented(None)), &situation, Language::En), expected);
    let mut report = CheckReport::planned(Protocol::Imap, Security::Tls);
    report.apply(Event::Presented(presented(None)));
    advise(&mut report, &situation, Language::Ko);
    assert_eq!(report.presented, Some(presented(Some(command))));
}

// ---- how a remedy looks on paper ------------------------------------------------------------

fn whole_catalogue(language: Language) -> String {
    let mut text = String::new();
    for entry in catalogue(language) {
        write_remedy(&mut text, entry.kind, &entry.remedy);
    }
    text
}

fn write_remedy(text: &mut String, heading: &str, remedy: &Remedy) {
    let Remedy { kind: _, title, why, steps, who, link, command } = remedy;
    let mut line = |line: String| {
        text.push_str(&line);
        text.push('\n');
    };
    line(format!("== {heading} ({who:?})"));
    line(title.clone());
    line(why.clone());
    for (number, step) in (1..).zip(steps) {
        line(format!("  {number}. {step}"));
    }
    if let Some(link) = link {
        line(format!("  -> {link}"));
    }
    if let Some(command) = command {
        line(format!("  $ {command}"));
    }
    line(String::new());
}

// ---- the catalogue as a place to look things up ---------------------------------------------------------

/// The kinds whose words hold every word of `query`.
fn found(query: &str) -> Vec<&'static str> {
    let words: Vec<String> = query.to_lowercase().split_whitespace().map(str::to_owned).collect();
    let holds = |entry: &postroom_server::remedy::Entry| words.iter().all(|word| entry.said.contains(word));
    catalogue(Language::En).into_iter().filter(holds).map(|entry| entry.kind).collect()
}

#[test]
fn a_problem_is_found_by_what_servers_and_programs_say_of_it() {
    for (query, kind) in [
        ("5.7.139", "smtp_auth_disabled"),
        ("5.7.139", "passwords_retired"),
        ("SmtpClientAuthentication", "smtp_auth_disabled"),
        ("5.7.30", "passwords_retired"),
        ("AADSTS65001", "admin_consent_needed"),
        ("aadsts7000222", "client_secret_expired"),
        ("admin_policy_enforced", "app_blocked"),
        ("[PRIVACYREQUIRED]", "sign_in_needs_tls"),
        ("authenticated but not connected", "authenticated_but_not_connected"),
        ("mail_max_userip_connections", "too_many_connections"),
        ("weixin token", "app_password_needed"),
        ("5.2.253", "sender_throttled"),
        ("5.7.26 dmarc", "sender_not_authenticated"),
        ("unable to verify the first certificate", "certificate_chain_incomplete"),
        ("NXDOMAIN", "host_not_found"),
        ("ECONNREFUSED", "connection_refused"),
        ("wrong version number", "not_a_tls_port"),
    ] {
        assert!(found(query).contains(&kind), "{query}: {:?}", found(query));
    }
    assert_eq!(found("xyzzy"), Vec::<&str>::new());
}

#[test]
fn every_problem_has_a_page_of_its_own_that_names_the_same_kind() {
    for language in Language::ALL {
        for entry in catalogue(language) {
            let chapter = chapter(entry.kind, None, language).unwrap();
            assert_eq!(chapter.entry, entry, "{}", entry.kind);
        }
    }
    assert_eq!(chapter("no_such_problem", None, Language::En), None);
}

#[test]
fn a_page_shows_the_services_where_the_repair_differs_and_no_others() {
    let services = |kind: &str| chapter(kind, None, Language::En).unwrap().services;
    for service in Service::ALL {
        assert_eq!(Service::of_slug(service.slug()), Some(service));
        assert!(services("imap_disabled").contains(&service), "{service:?}");
    }
    assert_eq!(services("tls_no_shared_cipher"), []);
    assert_eq!(services("timed_out"), []);
    assert_eq!(services("client_secret_expired"), [Service::Google, Service::Gmail]);
    assert!(services("refused_by_mail_rule").contains(&Service::Google));

    let naver = chapter("imap_disabled", Some(Service::Naver), Language::Ko).unwrap();
    assert!(naver.entry.remedy.steps.iter().any(|step| step.contains("POP3/IMAP 설정")), "{naver:?}");
    let microsoft = chapter("imap_disabled", Some(Service::Microsoft), Language::En).unwrap();
    let command = "Set-CASMailbox -Identity 'support@example.com' -ImapEnabled $true";
    assert_eq!(microsoft.entry.remedy.command.as_deref(), Some(command));
}
