//! The words for what a search has found, who said so, and what that is worth.

use postroom_server::model::{
    Because, Candidate, Certainty, Discovery, NeedKind, OAuthProvider, Recognised, Source, SourceOutcome, SourceReport,
    Trouble,
};

use crate::{
    api::drafts::MailServer,
    components::Tone,
    i18n::{Locale, words},
    say,
};

/// Where the values in the fields of one server come from, as sentences.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origins {
    pub certainty: Certainty,
    /// Of host, port and encryption.
    pub server: String,
    pub username: String,
    /// `None` where nobody told and the form's own proposal stands.
    pub method: Option<String>,
}

impl Origins {
    /// Those of a server that was found.
    #[must_use]
    pub fn of(found: &Discovery, candidate: &Candidate) -> Self {
        let words = words();
        let from = |source| from(words, found, source, candidate);
        Self {
            certainty: candidate.endpoint.certainty,
            server: say!(words, discovery.origin, from = from(candidate.endpoint.source)),
            username: say!(words, discovery.origin_username, from = from(candidate.username.source)),
            method: (!candidate.ways.value.is_empty())
                .then(|| say!(words, discovery.origin_method, from = from(candidate.ways.source))),
        }
    }
}

/// Who said so, as the end of a sentence.
#[must_use]
pub fn from(words: Locale, found: &Discovery, source: Source, candidate: &Candidate) -> String {
    let domain = found.address.domain().to_owned();
    let host = || found.report(source).map(|report| report.asked.clone()).unwrap_or_default();
    match source {
        Source::Table | Source::Autodiscover => say!(words, discovery.from_table).to_owned(),
        Source::Mx => say!(words, discovery.from_mx, domain = domain),
        Source::Pacc => say!(words, discovery.from_pacc, domain = domain),
        Source::Autoconfig => say!(words, discovery.from_autoconfig, domain = domain),
        Source::WellKnown => say!(words, discovery.from_well_known, domain = domain),
        Source::Directory => say!(words, discovery.from_directory, host = host()),
        Source::MxAutoconfig => say!(words, discovery.from_mx_autoconfig, domain = domain),
        Source::MxDirectory => say!(words, discovery.from_mx_directory, host = host(), domain = domain),
        Source::Srv => say!(words, discovery.from_srv, domain = domain),
        Source::Guess => say!(words, discovery.from_guess, port = candidate.endpoint.value.port),
        Source::Usual => say!(words, discovery.from_usual).to_owned(),
    }
}

/// How much a value is worth.
#[must_use]
pub fn certainty(words: Locale, certainty: Certainty) -> (Tone, &'static str) {
    match certainty {
        Certainty::Certain => (Tone::Good, say!(words, discovery.certain)),
        Certainty::Likely => (Tone::Info, say!(words, discovery.likely)),
        Certainty::Unsure => (Tone::Warning, say!(words, discovery.unsure)),
    }
}

/// A source by its name.
#[must_use]
pub fn source_title(words: Locale, source: Source) -> &'static str {
    match source {
        Source::Table => say!(words, discovery.source_table),
        Source::Mx => say!(words, discovery.source_mx),
        Source::Pacc => say!(words, discovery.source_pacc),
        Source::Autoconfig => say!(words, discovery.source_autoconfig),
        Source::WellKnown => say!(words, discovery.source_well_known),
        Source::Directory => say!(words, discovery.source_directory),
        Source::MxAutoconfig => say!(words, discovery.source_mx_autoconfig),
        Source::MxDirectory => say!(words, discovery.source_mx_directory),
        Source::Srv => say!(words, discovery.source_srv),
        Source::Autodiscover => say!(words, discovery.source_autodiscover),
        Source::Guess | Source::Usual => say!(words, discovery.source_guess),
    }
}

/// How a source has ended, in a word or two.
#[must_use]
pub fn outcome(words: Locale, report: &SourceReport) -> &'static str {
    match report.outcome {
        SourceOutcome::Found => say!(words, discovery.state_found),
        SourceOutcome::Nothing => say!(words, discovery.state_nothing),
        SourceOutcome::NotNeeded => say!(words, discovery.state_not_needed),
        SourceOutcome::Off => say!(words, discovery.state_off),
        SourceOutcome::Failed { .. } => say!(words, discovery.state_failed),
    }
}

/// Why a source could not answer.
#[must_use]
pub fn trouble(words: Locale, trouble: &Trouble) -> String {
    match trouble {
        Trouble::Unreachable { .. } => say!(words, discovery.trouble_unreachable).to_owned(),
        Trouble::TimedOut => say!(words, discovery.trouble_timed_out).to_owned(),
        Trouble::Status { status } => say!(words, discovery.trouble_status, status = *status),
        Trouble::TooLong { .. } => say!(words, discovery.trouble_too_long).to_owned(),
        Trouble::TooManyRedirects => say!(words, discovery.trouble_redirects).to_owned(),
        Trouble::RedirectRefused { to } => say!(words, discovery.trouble_refused, host = to.clone()),
        Trouble::Unreadable { .. } => say!(words, discovery.trouble_unreadable).to_owned(),
        Trouble::NotVouchedFor => say!(words, discovery.trouble_not_vouched).to_owned(),
        Trouble::DigestDiffers => say!(words, discovery.trouble_digest).to_owned(),
    }
}

/// What has to be done at the provider first; `sign_in` where one signs in there, which has names of its own for it.
#[must_use]
pub fn need(words: Locale, kind: NeedKind, sign_in: Option<OAuthProvider>) -> &'static str {
    match kind {
        NeedKind::AppPassword => say!(words, discovery.need_app_password),
        NeedKind::TwoStep => say!(words, discovery.need_two_step),
        NeedKind::TwoStepAppPassword => say!(words, discovery.need_two_step_app_password),
        NeedKind::ClientCode => say!(words, discovery.need_client_code),
        NeedKind::SeparatePassword => say!(words, discovery.need_separate_password),
        NeedKind::ImapOff => say!(words, discovery.need_imap_off),
        NeedKind::SmtpOff => say!(words, discovery.need_smtp_off),
        NeedKind::AdminSwitch if sign_in == Some(OAuthProvider::Microsoft) => {
            say!(words, discovery.need_admin_switch_microsoft)
        }
        NeedKind::AdminSwitch => say!(words, discovery.need_admin_switch),
        NeedKind::Paid => say!(words, discovery.need_paid),
        NeedKind::Region => say!(words, discovery.need_region),
        NeedKind::Bridge => say!(words, discovery.need_bridge),
        NeedKind::NoImap => say!(words, discovery.need_no_imap),
        NeedKind::Pop3Only => say!(words, discovery.need_pop3_only),
        NeedKind::ClearOnly => say!(words, discovery.need_clear_only),
        NeedKind::SendingKey => say!(words, discovery.need_sending_key),
    }
}

/// What came of it, in one sentence.
#[must_use]
pub fn headline(words: Locale, found: &Discovery) -> String {
    let domain = found.address.domain().to_owned();
    let name = |one: &Recognised| one.name.clone();
    if found.has_no_imap() {
        return match (&found.provider, found.needs(NeedKind::NoImap)) {
            (Some(one), Some(_)) => say!(words, discovery.headline_no_imap, provider = name(one)),
            _ => say!(words, discovery.headline_pop3, domain = domain),
        };
    }
    if let Some(one) = &found.provider {
        return match (one.sign_in, &one.because) {
            (_, Because::Autodiscover { .. }) => {
                say!(words, discovery.headline_hint, domain = domain, provider = name(one))
            }
            (Some(_), _) => say!(words, discovery.headline_sign_in, domain = domain, provider = name(one)),
            (None, _) => say!(words, discovery.headline_provider, domain = domain, provider = name(one)),
        };
    }
    let hosts: Vec<String> = [found.incoming.first(), found.outgoing.first()]
        .into_iter()
        .flatten()
        .map(|candidate| candidate.endpoint.value.host.clone())
        .collect();
    if !hosts.is_empty() {
        let servers = if hosts.first() == hosts.get(1) { hosts.first().cloned() } else { Some(hosts.join(", ")) };
        return say!(words, discovery.headline_servers, domain = domain, servers = servers.unwrap_or_default());
    }
    match (&found.gateway, found.needs(NeedKind::ClearOnly)) {
        (Some(gateway), _) => say!(words, discovery.headline_gateway, gateway = gateway.clone(), domain = domain),
        (None, Some(_)) => say!(words, discovery.headline_clear, domain = domain),
        (None, None) if found.is_offline() => say!(words, discovery.headline_offline, domain = domain),
        (None, None) => say!(words, discovery.headline_nothing, domain = domain),
    }
}

/// The choice that what was found speaks for, and why. Nobody makes it but the administrator.
#[must_use]
pub fn recommended(words: Locale, found: &Discovery) -> Option<(MailServer, String)> {
    if found.has_no_imap() {
        return Some((MailServer::Default, say!(words, discovery.why_no_imap).to_owned()));
    }
    match &found.provider {
        Some(Recognised { sign_in: Some(way), name, because, .. }) => {
            let server = match way {
                OAuthProvider::Microsoft => MailServer::Microsoft,
                OAuthProvider::Google => MailServer::Google,
            };
            Some((server, why(words, because, name)))
        }
        _ if found.incoming.is_empty() => None,
        _ => Some((MailServer::Custom, say!(words, discovery.why_servers).to_owned())),
    }
}

fn why(words: Locale, because: &Because, provider: &str) -> String {
    let provider = provider.to_owned();
    match because.clone() {
        Because::Domain { domain } => say!(words, discovery.because_domain, domain = domain, provider = provider),
        Because::Mx { domain, host } => say!(words, discovery.because_mx, domain = domain, host = host),
        Because::Server { host } => say!(words, discovery.because_server, host = host, provider = provider),
        Because::Autodiscover { domain, .. } => say!(words, discovery.because_autodiscover, domain = domain),
    }
}

#[cfg(test)]
mod tests {
    use postroom_server::model::{EmailAddress, Language, Need, Provider};

    use super::*;
    use crate::i18n::words_in;

    fn found(provider: Option<(Option<OAuthProvider>, Because)>, needs: &[NeedKind]) -> Discovery {
        Discovery {
            provider: provider.map(|(sign_in, because)| Recognised {
                id: "x".to_owned(),
                name: "Example".to_owned(),
                provider: Provider::Other,
                sign_in,
                because,
            }),
            needs: needs.iter().map(|&kind| Need { kind, link: None }).collect(),
            ..Discovery::nothing(EmailAddress::parse("desk@example.com").unwrap())
        }
    }

    fn by_mx() -> Because {
        Because::Mx { domain: "example.com".to_owned(), host: "aspmx.l.google.com".to_owned() }
    }

    #[test]
    fn a_domain_at_a_provider_one_signs_in_to_recommends_that_with_the_reason() {
        let (server, why) =
            recommended(words_in(Language::En), &found(Some((Some(OAuthProvider::Google), by_mx())), &[])).unwrap();
        assert_eq!(server, MailServer::Google);
        assert_eq!(why, "the MX record of example.com points to aspmx.l.google.com.");
    }

    #[test]
    fn who_offers_pop3_alone_is_recommended_to_forward() {
        let found = found(Some((None, by_mx())), &[NeedKind::Pop3Only]);
        let words = words_in(Language::En);
        assert_eq!(recommended(words, &found).unwrap().0, MailServer::Default);
        assert!(headline(words, &found).contains("Only POP3"));
    }

    #[test]
    fn microsofts_own_name_for_the_switch_is_said_where_one_signs_in_there() {
        let said = |sign_in| need(words_in(Language::En), NeedKind::AdminSwitch, sign_in);
        assert!(said(Some(OAuthProvider::Microsoft)).contains("Authenticated SMTP"));
        assert!(!said(None).contains("Authenticated"));
    }

    #[test]
    fn where_nothing_is_known_nothing_is_recommended() {
        for (found, said) in [
            (found(None, &[]), "Nobody could say"),
            (found(None, &[NeedKind::ClearOnly]), "encrypt nothing"),
            (Discovery { gateway: Some("Mimecast".to_owned()), ..found(None, &[]) }, "Mimecast filters"),
        ] {
            let words = words_in(Language::En);
            assert_eq!(recommended(words, &found), None);
            assert!(headline(words, &found).contains(said), "{}", headline(words, &found));
        }
    }
}
