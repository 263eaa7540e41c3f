use super::{super::reply::ReplyReader, *};

/// Reads a reply as it came over the wire, one line each.
fn heard(text: &str) -> Reply {
    let mut reader = ReplyReader::new();
    let mut replies = text.lines().filter_map(|line| reader.push(line.as_bytes()).unwrap());
    let reply = replies.next().unwrap_or_else(|| panic!("no reply in {text}"));
    assert_eq!(replies.next(), None, "{text}");
    reply
}

fn scene(host: &str, method: AuthMethod, reply: &Reply) -> Scene<'static> {
    Scene {
        provider: Provider::of_host(host),
        method,
        offered: &[],
        sender: "support@example.com",
        encrypted: true,
        words: reply.to_string(),
    }
}

/// What a password sign-in, or the place itself, makes of a reply.
fn kind(place: Place, host: &str, text: &str) -> &'static str {
    let reply = heard(text);
    problem(place, &reply, scene(host, AuthMethod::Plain, &reply)).kind()
}

const M365: &str = "smtp.office365.com";
const GMAIL: &str = "smtp.gmail.com";
const OTHER: &str = "mail.example.com";

#[test]
fn the_many_refusals_of_exchange_online_are_told_apart() {
    let host = "[SL2P216CA0001.KORP216.PROD.OUTLOOK.COM 2026-11-20T01:02:03.004Z 08DE]";
    for (text, expected) in [
        (
            "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant. \
             Visit https://aka.ms/smtp_auth_disabled for more information.",
            "smtp_auth_disabled",
        ),
        (
            "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox. \
             Visit https://aka.ms/smtp_auth_disabled for more information.",
            "smtp_auth_disabled",
        ),
        (
            "535 5.7.139 Authentication unsuccessful, user is locked by your organization's security defaults \
             policy. Contact your administrator.",
            "blocked_by_policy",
        ),
        (
            "535 5.7.139 Authentication unsuccessful, the request did not meet the criteria to be authenticated \
             successfully. Contact your administrator.",
            "blocked_by_policy",
        ),
        ("535 5.7.139 Authentication unsuccessful, basic authentication is disabled.", "passwords_retired"),
        ("535 5.7.139 Authentication unsuccessful, the user credentials were incorrect.", "bad_credentials"),
        ("550 5.7.30 Basic authentication is not supported for Client Submission.", "passwords_retired"),
        ("535 5.7.3 Authentication unsuccessful", "bad_credentials"),
        ("504 5.7.4 Unrecognized authentication type", "method_not_offered"),
        ("454 4.7.0 Temporary authentication failure", "temporary_refusal"),
        ("451 4.7.500 Server busy. Please try again later", "temporary_refusal"),
    ] {
        assert_eq!(kind(Place::SignIn, M365, &format!("{text} {host}")), expected, "{text}");
    }
}

#[test]
fn the_many_refusals_of_google_are_told_apart() {
    for (text, expected) in [
        (
            "535-5.7.8 Username and Password not accepted. For more information, go to\n\
             535 5.7.8  https://support.google.com/mail/?p=BadCredentials d9443c01a7336-2 - gsmtp",
            "bad_credentials",
        ),
        (
            "534-5.7.9 Application-specific password required. For more information, go to\n\
             534 5.7.9  https://support.google.com/mail/?p=InvalidSecondFactor d9443c01a7336-2 - gsmtp",
            "app_password_needed",
        ),
        ("534 5.7.9 https://support.google.com/mail/?p=InvalidSecondFactor x - gsmtp", "app_password_needed"),
        (
            "534-5.7.14 <https://accounts.google.com/signin/continue?sarp=1&scc=1&plt=AKgnsbt>\n\
             534-5.7.14 Please log in via your web browser and then try again.\n\
             534 5.7.14 https://support.google.com/mail/answer/78754 x - gsmtp",
            "browser_sign_in_needed",
        ),
        ("454 4.7.0 Too many login attempts, please try again later. x - gsmtp", "rate_limited"),
        ("454 4.7.0 Cannot authenticate due to a temporary system problem. x - gsmtp", "temporary_refusal"),
        ("421 4.7.0 Try again later, closing connection. x - gsmtp", "temporary_refusal"),
    ] {
        assert_eq!(kind(Place::SignIn, GMAIL, text), expected, "{text}");
    }
    assert_eq!(
        kind(
            Place::Mail,
            GMAIL,
            "530-5.7.0 Authentication Required. For more information, go to\n530 5.7.0  https://support.google.com/accounts/troubleshooter/2402620 x - gsmtp"
        ),
        "sign_in_required"
    );
    assert_eq!(
        kind(Place::Mail, GMAIL, "550 5.4.5 Daily user sending limit exceeded. x - gsmtp"),
        "sending_limit_reached"
    );
    assert_eq!(
        kind(Place::Rcpt, GMAIL, "550 5.7.1 Message rejected by the domain's administrator. x - gcdp"),
        "refused_by_mail_rule"
    );
}

#[test]
fn a_bare_refusal_of_a_provider_with_passwords_for_programs_asks_for_one() {
    for (host, text) in [
        ("smtp.naver.com", "535 5.7.1 Username and Password not accepted kUaD7Vd5RXSpTLOJ - nsmtp"),
        ("smtp.daum.net", "535 5.7.8 Error: authentication failed"),
        ("smtp.kakao.com", "535 5.7.8 Error: authentication failed"),
        ("smtp.mail.yahoo.com", "535 5.7.0 (#AUTH005) Authentication unsuccessful"),
        ("smtp.mail.me.com", "535 5.7.8 Error: authentication failed: authentication failure"),
        ("smtp.qq.com", "535 Login Fail. Please enter your authorization code to login."),
        ("smtp.qq.com", "535 Error: authentication failed, system busy"),
        ("smtp.163.com", "535 Error: authentication failed"),
    ] {
        assert_eq!(kind(Place::SignIn, host, text), "app_password_needed", "{host}: {text}");
    }
    for host in ["smtp.worksmobile.com", "smtp.hiworks.com", OTHER] {
        assert_eq!(kind(Place::SignIn, host, "535 5.7.8 Error: authentication failed"), "bad_credentials", "{host}");
    }
}

#[test]
fn a_refused_token_is_never_called_a_password() {
    for (host, text) in [
        (M365, "535 5.7.3 Authentication unsuccessful [SL2P216CA0001.KORP216.PROD.OUTLOOK.COM]"),
        (GMAIL, "535-5.7.8 Username and Password not accepted.\n535 5.7.8 x - gsmtp"),
        ("smtp.mail.yahoo.com", "535 5.7.0 Authentication unsuccessful"),
    ] {
        let reply = heard(text);
        let found = problem(Place::SignIn, &reply, scene(host, AuthMethod::XOAuth2, &reply));
        assert_eq!(found, Problem::TokenRejected { reply: reply.to_string() });
    }
    let text = "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant.";
    let reply = heard(text);
    let found = problem(Place::SignIn, &reply, scene(M365, AuthMethod::XOAuth2, &reply));
    assert_eq!(found.kind(), "smtp_auth_disabled");
}

#[test]
fn what_other_servers_say_to_a_sign_in_is_understood() {
    for (text, expected) in [
        ("535 5.7.8 Error: authentication failed: UGFzc3dvcmQ6", "bad_credentials"),
        ("535 Incorrect authentication data", "bad_credentials"),
        ("535 5.7.1 Basic authentication is not supported", "passwords_retired"),
        ("535 Your app password is wrong", "app_password_needed"),
        ("535 Authorized code is incorrect", "app_password_needed"),
        ("535 Please use an app-specific password", "app_password_needed"),
        ("535 Please log in to your mail with a web browser first", "browser_sign_in_needed"),
        ("535 Too many authentication failures", "rate_limited"),
        ("535 Authentication credentials invalid", "bad_credentials"),
        ("535", "bad_credentials"),
        ("550 authentication failed", "bad_credentials"),
        ("535 5.7.8 Error: authentication failed: too many failed logins", "rate_limited"),
        ("535 5.7.0 Too many bad auth attempts", "rate_limited"),
        ("535 5.7.1 Please use an application password", "app_password_needed"),
        ("525 5.7.13 User account disabled", "account_disabled"),
        ("535 5.7.13 User disabled", "account_disabled"),
        ("535 Your account is disabled", "account_disabled"),
        ("535 5.7.4 Unrecognized authentication type", "method_not_offered"),
        ("535 5.7.8 Your account has been locked", "account_disabled"),
        ("535 5.7.8 Account suspended, contact your provider", "account_disabled"),
        ("535 5.7.8 Your password has expired", "password_expired"),
        ("432 4.7.12 A password transition is needed", "password_expired"),
        ("550 User has no permission", "smtp_auth_disabled"),
        ("535 SMTP access is disabled for this account", "smtp_auth_disabled"),
        ("535 SMTP is disabled for this user", "smtp_auth_disabled"),
        ("535 5.7.8 SMTP service is not enabled", "smtp_auth_disabled"),
        (
            "535 5.7.8 Error: authentication failed: This user does not have access rights to this service",
            "smtp_auth_disabled",
        ),
        ("530 5.7.0 Must issue a STARTTLS command first", "sign_in_needs_tls"),
        ("530 TLS required", "sign_in_needs_tls"),
        ("538 5.7.11 Encryption required for requested authentication mechanism", "sign_in_needs_tls"),
        ("535 5.7.11 Encryption required", "sign_in_needs_tls"),
        ("554 Encryption required for authentication", "sign_in_needs_tls"),
        ("503 AUTH command used when not advertised", "sign_in_not_offered"),
        ("503 5.5.1 Error: authentication not enabled", "sign_in_not_offered"),
        ("503 5.5.1 AUTH not available", "sign_in_not_offered"),
        ("503 5.5.1 Not allowed: AUTH on this port", "sign_in_not_offered"),
        ("502 5.5.1 Command not implemented", "sign_in_not_offered"),
        ("504 5.5.4 Mechanism not supported", "method_not_offered"),
        ("534 5.7.9 Authentication mechanism is too weak", "method_not_offered"),
        ("454 4.7.0 Temporary authentication failure: Connection lost to authentication server", "temporary_refusal"),
        ("421 4.7.0 mail.example.com Error: too many errors", "temporary_refusal"),
        ("500 5.5.2 Syntax error", "command_refused"),
    ] {
        assert_eq!(kind(Place::SignIn, OTHER, text), expected, "{text}");
    }
}

#[test]
fn auth_before_tls_is_a_matter_of_tls() {
    let reply = heard("503 AUTH command used when not advertised");
    let scene = Scene { encrypted: false, ..scene(OTHER, AuthMethod::Plain, &reply) };
    assert_eq!(problem(Place::SignIn, &reply, scene), Problem::SignInNeedsTls { reply: Some(reply.to_string()) });
}

#[test]
fn what_is_said_at_the_door_is_understood() {
    for (place, text, expected) in [
        (Place::Greeting, "554 5.7.1 Your address is not welcome here", "turned_away"),
        (Place::Greeting, "554 No SMTP service here", "turned_away"),
        (Place::Greeting, "421 4.3.2 Service not available", "temporary_refusal"),
        (Place::Greeting, "421 4.7.0 mail Error: too many connections from 192.0.2.1", "too_many_connections"),
        (Place::Greeting, "421 4.3.2 Too many concurrent connections", "too_many_connections"),
        (Place::Greeting, "421 4.3.2 The maximum number of connections has been reached", "too_many_connections"),
        (Place::Greeting, "421 Too many simultaneous sessions from your host", "too_many_connections"),
        (Place::Greeting, "421 Too many sessions", "too_many_connections"),
        (Place::Greeting, "421 Connection limit exceeded", "too_many_connections"),
        (Place::Greeting, "421 4.7.0 Connection rate limit reached", "rate_limited"),
        (Place::Greeting, "421 Your login is too frequent", "rate_limited"),
        (Place::Greeting, "421 4.7.66 TLS 1.0 and 1.1 are not supported. Please upgrade", "tls_downgraded"),
        (Place::Ehlo, "421 4.7.66 TLS 1.0 and 1.1 are not supported. Please upgrade", "tls_downgraded"),
        (Place::Ehlo, "451 TLS 1.0 is not supported", "tls_downgraded"),
        (Place::Greeting, "554 You are not allowed to connect", "turned_away"),
        (Place::Ehlo, "501 5.5.4 Invalid domain name", "ehlo_refused"),
        (Place::Ehlo, "504 5.5.2 <localhost>: Helo command rejected: need fully-qualified hostname", "ehlo_refused"),
        (Place::Rcpt, "450 4.7.1 <desk>: Helo command rejected: Host not found", "ehlo_refused"),
        (Place::Ehlo, "550 Access denied - Invalid HELO name (See RFC2821 4.1.1.1)", "ehlo_refused"),
        (Place::Rcpt, "550 Access denied - Invalid HELO name (See RFC2821 4.1.1.1)", "ehlo_refused"),
        (Place::Rcpt, "550 Invalid EHLO name", "ehlo_refused"),
        (Place::Ehlo, "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked", "block_listed"),
        (Place::Greeting, "554 5.7.1 Client host [192.0.2.1] blocked using zen.spamhaus.org", "block_listed"),
        (Place::Ehlo, "550 You are blocked", "turned_away"),
        (Place::Ehlo, "554 5.5.1 Error: SMTP protocol synchronization error", "command_refused"),
        (Place::Ehlo, "554 Improper use of SMTP command pipelining", "command_refused"),
        (Place::Ehlo, "554 5.7.1 Service unavailable", "turned_away"),
        (Place::Ehlo, "421 closing", "temporary_refusal"),
        (Place::StartTls, "454 4.7.0 TLS not available due to local problem", "start_tls_refused"),
        (Place::StartTls, "502 5.5.1 Error: command not implemented", "start_tls_refused"),
        (Place::StartTls, "421 4.3.0 going down", "temporary_refusal"),
        (Place::Mail, "530 5.7.0 Must issue a STARTTLS command first", "sign_in_needs_tls"),
    ] {
        assert_eq!(kind(place, OTHER, text), expected, "{text}");
    }
}

#[test]
fn what_is_said_to_a_sender_is_understood() {
    for (text, expected) in [
        ("553 5.7.1 <a@example.com>: Sender address rejected: not owned by user b@example.com", "sender_refused"),
        ("553 5.7.1 <a@example.com> not owned by user b", "sender_refused"),
        ("550 5.7.1 Sender is not allowed for this login", "sender_refused"),
        ("553 Relaying disallowed as a@example.com", "sender_refused"),
        ("501 5.1.7 Bad sender address syntax", "sender_refused"),
        ("550 5.1.8 Sender unknown", "sender_refused"),
        ("554 Transaction failed Unauthorized sender address.", "sender_refused"),
        ("550 5.7.60 SMTP; Client does not have permissions to send as this sender", "sender_refused"),
        ("554 5.2.252 SendAsDenied; a@example.com not allowed to send as b@example.com", "sender_refused"),
        (
            "554 5.2.0 STOREDRV.Submission.Exception:SendAsDeniedException.MapiExceptionSendAsDenied; Failed",
            "sender_refused",
        ),
        ("550 5.2.251 Sender throttled due to continuous mailbox-full errors", "sender_throttled"),
        ("550 5.2.252 Sender throttled due to continuous send-as-denied errors", "sender_refused"),
        ("550 5.2.253 Sender throttled due to continuous invalid-license errors", "sender_throttled"),
        ("550 5.2.254 Sender throttled due to continuous too-many-recipients errors", "sender_throttled"),
        ("550 5.2.255 Sender throttled due to continuous invalid-recipients errors", "sender_throttled"),
        ("550 Sender throttled", "sender_throttled"),
        ("550 5.1.90 Your message can't be sent because you've reached your daily limit", "sending_limit_reached"),
        ("554 5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException", "sending_limit_reached"),
        ("550 Daily sending quota exceeded", "sending_limit_reached"),
        ("550 You have reached a daily limit", "sending_limit_reached"),
        (
            "550 5.7.232 Your message can't be sent: the tenant's external recipients are used up",
            "sending_limit_reached",
        ),
        ("550 Hourly sending limit of the account", "sending_limit_reached"),
        ("550 Your sending quota is used up", "sending_limit_reached"),
        ("550 5.7.705 Access denied, tenant has exceeded threshold", "sender_blocked"),
        ("550 5.1.8 Access denied, bad outbound sender", "sender_blocked"),
        ("550 5.7.501 Access denied, spam abuse detected", "sender_blocked"),
        ("550 5.7.708 Service unavailable. Access denied, traffic not accepted from this IP", "sender_blocked"),
        ("554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.example.org", "block_listed"),
        ("554 5.7.1 Client host [192.0.2.1] blocked", "block_listed"),
        ("550 Your address is on our blacklist", "block_listed"),
        ("550 Your address is on a blocklist", "block_listed"),
        ("550 5.7.1 Your address is on our block list (S3150)", "block_listed"),
        ("554 5.7.1 192.0.2.1 found in dnsbl.example.org", "block_listed"),
        ("554 Spamhaus says no", "block_listed"),
        ("550 rejected: in the rbl", "block_listed"),
        ("550 192.0.2.1 listed by example.org", "block_listed"),
        ("550 192.0.2.1 is listed at example.org", "block_listed"),
        ("554 5.7.1 Blocked - see bl.spamcop.net", "block_listed"),
        ("554 5.7.1 192.0.2.1 is in b.barracudacentral.org", "block_listed"),
        ("550 5.7.606 Access denied, banned sending IP [192.0.2.1]", "block_listed"),
        ("550 5.7.1 Your IP 192.0.2.1 has been blocked", "block_listed"),
        ("554 5.7.1 The IP address 192.0.2.1 is blocked", "block_listed"),
        ("554 5.7.1 Your host 192.0.2.1 is blocked", "block_listed"),
        ("554 5.7.1 Your IP 192.0.2.1 is listed in bl.example.org", "block_listed"),
        ("554 5.7.1 IP address 192.0.2.1 is listed in bl.example.org", "block_listed"),
        ("554 5.7.1 Host [192.0.2.1] is listed in bl.example.org", "block_listed"),
        ("530 5.7.57 SMTP; Client was not authenticated to send anonymous mail during MAIL FROM", "sign_in_required"),
        ("550 5.7.1 Authentication required", "sign_in_required"),
        ("553 5.6.7 SMTPUTF8 is required, but was not offered", "international_address_not_supported"),
        ("555 SMTPUTF8 unknown", "international_address_not_supported"),
        ("550 Non-ASCII address", "international_address_not_supported"),
        (
            "432 4.3.2 Concurrent connections limit exceeded. Visit https://aka.ms/concurrent_sending",
            "too_many_connections",
        ),
        ("432 4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded", "too_many_connections"),
        ("451 4.3.0 Temporary lookup failure", "temporary_refusal"),
        ("503 5.5.1 Bad sequence of commands", "command_refused"),
    ] {
        assert_eq!(kind(Place::Mail, OTHER, text), expected, "{text}");
    }
}

#[test]
fn a_refused_recipient_counts_only_when_it_speaks_of_us() {
    let kind = |text: &str| {
        let reply = heard(text);
        recipient_problem(&reply, scene(OTHER, AuthMethod::Plain, &reply)).map(|problem| problem.kind())
    };
    for text in [
        "450 4.2.0 <a@example.com>: Recipient address rejected: Greylisted, see https://example.org/greylist",
        "451 4.7.1 Greylisting in action, please come back later",
        "452 4.2.2 Mailbox full",
        "450 4.1.1 User unknown in virtual mailbox table",
    ] {
        assert_eq!(kind(text), None, "{text}");
    }
    for (text, expected) in [
        ("554 5.7.1 <a@example.com>: Relay access denied", "relay_denied"),
        ("454 4.7.1 <a@example.com>: Relay access denied", "relay_denied"),
        ("550 5.7.1 Unable to relay", "relay_denied"),
        ("550 5.7.64 TenantAttribution; Relay Access Denied", "relay_denied"),
        ("550 5.7.64 TenantAttribution", "relay_denied"),
        ("550 5.1.1 <a@example.com>: Recipient address rejected: User unknown", "recipient_refused"),
        ("553 5.7.1 <a@example.com>: Sender address rejected: not owned by user b", "sender_refused"),
        ("450 4.1.8 <a@example.com>: Sender address rejected: Domain not found", "sender_refused"),
        ("421 4.3.2 closing", "temporary_refusal"),
        ("421 4.7.0 too many connections", "too_many_connections"),
        ("550 no", "recipient_refused"),
        // People are blocked and listed, too, which says nothing of our address.
        ("550 5.1.1 Recipient is not listed in the directory", "recipient_refused"),
        ("550 5.1.1 Mailbox blocked", "recipient_refused"),
        ("503 5.5.1 Bad sequence", "command_refused"),
    ] {
        assert_eq!(kind(text), Some(expected), "{text}");
    }
}

#[test]
fn what_is_said_to_a_message_is_understood() {
    for (place, text, expected) in [
        (Place::Mail, "552 5.3.4 Message size exceeds fixed limit", "message_too_large"),
        (
            Place::Mail,
            "552-5.3.4 Your message exceeded Google's message size limits.\n552 5.3.4 x - gsmtp",
            "message_too_large",
        ),
        (Place::Message, "552 5.2.3 Message exceeds local size limit", "message_too_large"),
        (Place::Message, "552 Message size exceeds maximum permitted", "message_too_large"),
        (Place::Message, "554 Over the size limit", "message_too_large"),
        (Place::Message, "550 Message too large", "message_too_large"),
        (Place::Mail, "552 Message too big", "message_too_large"),
        (
            Place::Message,
            "554 5.2.2 mailbox full; STOREDRV.Submission.Exception:QuotaExceededException",
            "mailbox_full",
        ),
        (Place::Rcpt, "452 4.2.2 The email account that you tried to reach is over quota", "mailbox_full"),
        (Place::Message, "552 Mailbox is full", "mailbox_full"),
        (Place::Message, "552 Requested mail action aborted: quota exceeded", "mailbox_full"),
        (Place::Message, "552 User over quota", "mailbox_full"),
        (
            Place::Message,
            "550 5.7.26 This mail has been blocked because the sender is unauthenticated.",
            "sender_not_authenticated",
        ),
        (
            Place::Message,
            "550 5.7.1 Unauthenticated email is not accepted due to domain's DMARC policy.",
            "sender_not_authenticated",
        ),
        (
            Place::Message,
            "550 5.7.515 Access denied, sending domain does not meet the required level",
            "sender_not_authenticated",
        ),
        (Place::Mail, "550 SPF check failed", "sender_not_authenticated"),
        (
            Place::Message,
            "550 5.7.509 Access denied, sending domain does not pass verification",
            "sender_not_authenticated",
        ),
        (Place::Message, "554 5.7.1 Message looks like spam", "message_refused"),
        (Place::Rcpt, "550 5.7.1 We take no spam", "message_refused"),
        (
            Place::Message,
            "552-5.7.0 This message was blocked because its content presents a potential security issue.\n552 5.7.0 x - gsmtp",
            "message_refused",
        ),
        (Place::Message, "550 5.2.253 Sender throttled due to continuous invalid-license errors", "sender_throttled"),
    ] {
        assert_eq!(kind(place, OTHER, text), expected, "{text}");
    }
}

#[test]
fn what_passes_by_itself_asks_for_nobody() {
    // Greylists, too many recipients at once, servers under load: the outbox waits or splits, and nothing is repaired.
    for (place, text) in [
        (Place::Rcpt, "450 4.2.0 Greylisted, please come back later"),
        (Place::Rcpt, "452 4.5.3 Too many recipients"),
        (Place::Rcpt, "450 4.2.1 The user is receiving mail too quickly"),
        (Place::Message, "451 4.7.500 Server busy. Please try again later"),
        (Place::Message, "432 4.3.2 Concurrent connections limit exceeded"),
        (Place::Message, "550 5.4.5 Daily user sending limit exceeded"),
        (Place::Greeting, "421 4.3.2 Service not available"),
        (Place::SignIn, "454 4.7.0 Temporary authentication failure"),
    ] {
        let reply = heard(text);
        assert!(!problem(place, &reply, scene(OTHER, AuthMethod::Plain, &reply)).needs_person(), "{text}");
    }
}

#[test]
fn every_row_is_reached_by_a_real_reply() {
    // The replies of the other tests, seen once more from the table's side: a row that none of them
    // reaches is either dead behind an earlier one or without a test.
    let source = include_str!("tests.rs").replace("\\\n", " ");
    let mut replies = Vec::new();
    for literal in source.split('"').skip(1).step_by(2) {
        let squeezed = literal.replace("\\n", "\n").lines().map(str::trim).collect::<Vec<_>>().join("\n");
        let mut reader = ReplyReader::new();
        let reply = squeezed.lines().find_map(|line| reader.push(line.as_bytes()).ok().flatten());
        replies.extend(reply.filter(Reply::is_refusal));
    }
    let places = [Place::Greeting, Place::Ehlo, Place::StartTls, Place::SignIn, Place::Mail, Place::Rcpt];
    let providers = [Provider::Google, Provider::Naver, Provider::Other];
    let unreached: Vec<&Row> = ROWS
        .iter()
        .enumerate()
        .filter(|&(number, _)| {
            !replies.iter().any(|reply| {
                let text = comparable(&reply.text());
                places.iter().any(|&place| {
                    providers.iter().any(|&provider| {
                        ROWS.iter().position(|row| row.fits(place, reply, provider, &text)) == Some(number)
                    })
                })
            })
        })
        .map(|(_, row)| row)
        .collect();
    assert!(unreached.is_empty(), "no reply reaches {unreached:#?}");
}

#[test]
fn strangers_are_recognised_by_their_first_line() {
    let kind = |line: &str| match foreign_greeting(line.as_bytes(), line.to_owned()) {
        Problem::WrongProtocol { found, .. } => found,
        other => other.kind().to_owned(),
    };
    assert_eq!(kind("* OK [CAPABILITY IMAP4rev1] Dovecot ready."), "IMAP");
    assert_eq!(kind("* BYE too many connections"), "IMAP");
    assert_eq!(kind("+OK Dovecot ready."), "POP3");
    assert_eq!(kind("-ERR go away"), "POP3");
    assert_eq!(kind("HTTP/1.1 400 Bad Request"), "not_a_mail_server");
    assert_eq!(kind("SSH-2.0-OpenSSH_9.2"), "not_a_mail_server");
}

#[test]
fn other_services_with_a_positive_greeting_are_no_mail_servers() {
    for text in ["220 (vsFTPd 3.0.3)", "220-FileZilla Server\n220 FTP ready", "200 news.example.com InterNetNews ready"]
    {
        assert!(greets_as_something_else(&heard(text)), "{text}");
    }
    for text in ["220 mail.example.com ESMTP", "220 smtp-and-ftp.example.com ESMTP", "220"] {
        assert!(!greets_as_something_else(&heard(text)), "{text}");
    }
}
