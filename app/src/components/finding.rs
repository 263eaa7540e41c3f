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
        Finding::SignedIn { username, method } => {
            say!(words, components.finding_signed_in, username = username, method = method.mechanism())
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
    let rows = vec![
        (say!(words, components.certificate_names), certificate.names.join(", ")),
        (say!(words, components.certificate_issuer), certificate.issuer.clone()),
        (say!(words, components.certificate_from), day_in_words(words, certificate.not_before)),
        (say!(words, components.certificate_until), day_in_words(words, certificate.not_after)),
        (say!(words, components.certificate_cipher), cipher.to_owned()),
        (say!(words, components.certificate_fingerprint), certificate.sha256.clone()),
    ];
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
