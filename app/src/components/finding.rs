//! What a passed step saw, in a line, and the rest of it on demand.

use leptos::prelude::*;
use postroom_server::model::{Certificate, Finding};

use super::{Fold, date::day_in_words};
use crate::{i18n::Locale, say};

/// How many addresses a line shows; large providers have a dozen.
const ADDRESSES_IN_LINE: usize = 2;

/// The one line that stands below the step's title.
#[must_use]
pub fn finding_line(words: Locale, finding: &Finding) -> String {
    match finding {
        Finding::Resolved { addresses } => {
            let first = addresses.iter().take(ADDRESSES_IN_LINE).cloned().collect::<Vec<_>>().join(", ");
            match addresses.len().saturating_sub(ADDRESSES_IN_LINE) {
                0 => first,
                more => say!(words, components.finding_addresses_more, addresses = first, count = more),
            }
        }
        Finding::Connected { address, port } => {
            say!(words, components.finding_connected, address = address, port = port)
        }
        Finding::Secured { version, certificate, .. } => {
            let date = day_in_words(words, certificate.not_after);
            say!(words, components.finding_secured, version = version, date = date)
        }
        Finding::Greeted { text } => text.clone(),
        Finding::Capabilities { capabilities } => {
            say!(words, components.finding_capabilities, count = capabilities.len())
        }
        Finding::Ehlo { server, size_limit_bytes: Some(bytes), .. } => {
            say!(words, components.finding_ehlo_size, server = server, size = size(*bytes))
        }
        Finding::Ehlo { server, size_limit_bytes: None, .. } => {
            say!(words, components.finding_ehlo, server = server)
        }
        Finding::SignedIn { username, method, .. } => {
            say!(words, components.finding_signed_in, username = username, method = method.mechanism())
        }
        Finding::Folder { name, messages, recent: Some(recent), recent_since: Some(day), .. } if *messages > 1 => {
            let day = day_in_words(words, *day);
            say!(words, components.finding_folder_since, name = name, count = messages, recent = recent, day = day)
        }
        Finding::Folder { name, messages, recent: Some(recent), .. } if *messages > 1 => {
            say!(words, components.finding_folder_recent, name = name, count = messages, recent = recent)
        }
        Finding::Folder { name, messages, .. } => match messages {
            0 => say!(words, components.finding_folder_empty, name = name),
            1 => say!(words, components.finding_folder_one, name = name),
            count => say!(words, components.finding_folder, name = name, count = count),
        },
        Finding::Idle { supported: true } => say!(words, components.finding_idle).to_owned(),
        Finding::Idle { supported: false } => say!(words, components.finding_no_idle).to_owned(),
        Finding::SenderAccepted { sender } => say!(words, components.finding_sender, sender = sender),
    }
}

/// What does not fit into the line, folded; `None` where the line said everything.
#[must_use]
pub fn finding_details(words: Locale, finding: &Finding) -> Option<AnyView> {
    match finding {
        Finding::Resolved { addresses } if addresses.len() > ADDRESSES_IN_LINE => {
            Some(atoms(say!(words, components.details_addresses), addresses))
        }
        Finding::Secured { cipher, certificate, .. } => Some(certificate_details(words, cipher, certificate)),
        Finding::Capabilities { capabilities } if !capabilities.is_empty() => {
            Some(atoms(say!(words, components.details_capabilities), capabilities))
        }
        Finding::Ehlo { extensions, .. } if !extensions.is_empty() => {
            Some(atoms(say!(words, components.details_capabilities), extensions))
        }
        Finding::Folder { uid_validity, uid_next, folders, .. } => {
            let rows = [
                (say!(words, components.folder_folders), folders),
                (say!(words, components.folder_uid_validity), uid_validity),
                (say!(words, components.folder_uid_next), uid_next),
            ];
            let rows: Vec<_> =
                rows.into_iter().filter_map(|(name, value)| value.map(|value| (name, value.to_string()))).collect();
            (!rows.is_empty()).then(|| facts(say!(words, components.details_folder), rows))
        }
        _ => None,
    }
}

fn certificate_details(words: Locale, cipher: &str, certificate: &Certificate) -> AnyView {
    let fingerprint = certificate.fingerprint().map_or_else(|| certificate.sha256.clone(), |one| one.to_string());
    let mut rows = vec![
        (say!(words, components.certificate_subject), certificate.subject.clone()),
        (say!(words, components.certificate_names), certificate.names.join(", ")),
        (say!(words, components.certificate_issuer), certificate.issuer.clone()),
        (say!(words, components.certificate_from), day_in_words(words, certificate.not_before)),
        (say!(words, components.certificate_until), day_in_words(words, certificate.not_after)),
        (say!(words, components.certificate_cipher), cipher.to_owned()),
        (say!(words, components.certificate_fingerprint), fingerprint),
    ];
    // Reports of before there were subjects have none.
    rows.retain(|(_, value)| !value.is_empty());
    facts(say!(words, components.details_certificate), rows)
}

fn atoms(summary: &'static str, atoms: &[String]) -> AnyView {
    let atoms = atoms.iter().map(|atom| view! { <li>{atom.clone()}</li> }).collect_view();
    view! {
        <Fold summary=summary>
            <ul class="atoms">{atoms}</ul>
        </Fold>
    }
    .into_any()
}

fn facts(summary: &'static str, rows: Vec<(&'static str, String)>) -> AnyView {
    let rows = rows
        .into_iter()
        .map(|(name, value)| {
            view! {
                <dt>{name}</dt>
                <dd>{value}</dd>
            }
        })
        .collect_view();
    view! {
        <Fold summary=summary>
            <dl class="facts">{rows}</dl>
        </Fold>
    }
    .into_any()
}

/// Bytes in the unit people know from attachments: whole megabytes (10^6), or kilobytes below one.
fn size(bytes: u64) -> String {
    if bytes >= 1_000_000 { format!("{} MB", bytes / 1_000_000) } else { format!("{} kB", bytes.div_ceil(1_000)) }
}

#[cfg(test)]
mod tests {
    use postroom_server::model::{AuthMethod, Language, Timestamp};

    use super::*;
    use crate::{components::html_of, i18n::words_in};

    fn certificate() -> Certificate {
        Certificate {
            subject: "Example, mail.example.com".to_owned(),
            names: vec!["mail.example.com".to_owned(), "imap.example.com".to_owned()],
            issuer: "Example CA 1".to_owned(),
            not_before: Timestamp(1_792_108_800_000),
            not_after: Timestamp(1_799_884_800_000),
            sha256: "5e".repeat(32),
        }
    }

    fn addresses(texts: &[&str]) -> Finding {
        Finding::Resolved { addresses: texts.iter().map(|&text| text.to_owned()).collect() }
    }

    #[test]
    fn every_finding_has_its_line_in_both_languages() {
        let folder = |messages| Finding::Folder {
            name: "INBOX".to_owned(),
            messages,
            uid_validity: None,
            uid_next: None,
            folders: None,
            recent: None,
            recent_since: None,
            list: Vec::new(),
        };
        let of_late = |day| {
            let mut finding = folder(20);
            if let Finding::Folder { recent, recent_since, .. } = &mut finding {
                (*recent, *recent_since) = (Some(2), day);
            }
            finding
        };
        let ehlo = |size_limit_bytes| Finding::Ehlo {
            server: "mx.example.com".to_owned(),
            extensions: Vec::new(),
            size_limit_bytes,
        };
        let secured =
            Finding::Secured { version: "TLS 1.3".to_owned(), cipher: "X".to_owned(), certificate: certificate() };
        let expected = [
            (addresses(&["192.0.2.1"]), "192.0.2.1", "192.0.2.1"),
            (
                addresses(&["192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"]),
                "192.0.2.1, 192.0.2.2 and 2 more",
                "192.0.2.1, 192.0.2.2 외 2개",
            ),
            (
                Finding::Connected { address: "2001:db8::1".to_owned(), port: 993 },
                "2001:db8::1, port 993",
                "2001:db8::1, 포트 993",
            ),
            (
                secured,
                "TLS 1.3, certificate valid until 14 January 2027",
                "TLS 1.3, 인증서 유효 기간 2027년 1월 14일까지",
            ),
            (Finding::Greeted { text: "Dovecot ready.".to_owned() }, "Dovecot ready.", "Dovecot ready."),
            (Finding::Capabilities { capabilities: vec!["IDLE".to_owned(); 3] }, "3 abilities named", "지원 기능 3개"),
            (ehlo(None), "mx.example.com", "mx.example.com"),
            (
                ehlo(Some(52_428_800)),
                "mx.example.com takes messages of up to 52 MB",
                "mx.example.com, 메일 한 통에 최대 52 MB",
            ),
            (
                Finding::SignedIn {
                    username: "it@example.com".to_owned(),
                    method: AuthMethod::Plain,
                    alerts: Vec::new(),
                },
                "As it@example.com, with PLAIN",
                "사용자 이름 it@example.com, 인증 방식 PLAIN",
            ),
            (folder(0), "INBOX is empty", "INBOX 폴더가 비어 있습니다."),
            (folder(1), "INBOX holds one message", "INBOX 폴더에 메일 1통이 있습니다."),
            (folder(20), "INBOX holds 20 messages", "INBOX 폴더에 메일 20통이 있습니다."),
            (
                of_late(None),
                "INBOX holds 20 messages; 2 came within the last day",
                "INBOX 폴더에 메일 20통이 있으며, 그중 지난 24시간에 받은 메일은 2통입니다.",
            ),
            (
                of_late(Timestamp::of_day(2026, 11, 29)),
                "INBOX holds 20 messages; 2 came since 29 November 2026, the day before this check",
                "INBOX 폴더에 메일 20통이 있으며, 그중 확인 전날인 2026년 11월 29일부터 받은 메일은 2통입니다.",
            ),
            (
                Finding::Idle { supported: true },
                "The server tells us at once (IDLE).",
                "새 메일이 오면 서버가 바로 알려 줍니다(IDLE).",
            ),
            (
                Finding::Idle { supported: false },
                "The server does not tell us by itself; Postroom asks once a minute.",
                "서버가 새 메일을 알려 주지 않으므로 1분마다 직접 확인합니다.",
            ),
            (
                Finding::SenderAccepted { sender: "it@example.com".to_owned() },
                "it@example.com may send. No message was sent.",
                "it@example.com 주소로 보낼 수 있습니다. 실제로 보낸 메일은 없습니다.",
            ),
        ];
        for (finding, english, korean) in expected {
            assert_eq!(finding_line(words_in(Language::En), &finding), english);
            assert_eq!(finding_line(words_in(Language::Ko), &finding), korean);
        }
    }

    #[test]
    fn a_certificate_is_there_in_full_for_those_who_ask() {
        let finding = Finding::Secured {
            version: "TLS 1.3".to_owned(),
            cipher: "TLS13_AES_128_GCM_SHA256".to_owned(),
            certificate: certificate(),
        };
        let html = html_of(Language::En, || finding_details(words_in(Language::En), &finding));
        for text in ["mail.example.com, imap.example.com", "Example CA 1", "TLS13_AES_128_GCM_SHA256", "5E:5E:5E"] {
            assert!(html.contains(text), "{text}");
        }
    }

    #[test]
    fn a_line_that_said_everything_has_no_details() {
        let few = addresses(&["192.0.2.1", "192.0.2.2"]);
        assert!(finding_details(words_in(Language::En), &few).is_none());
        assert!(finding_details(words_in(Language::En), &Finding::Idle { supported: true }).is_none());
    }

    #[test]
    fn sizes_are_read_in_the_unit_people_know() {
        assert_eq!(size(35_882_577), "35 MB");
        assert_eq!(size(999_999), "1000 kB");
        assert_eq!(size(1), "1 kB");
    }
}
