//! The records to publish, made from what is there already.

use super::look::reads_well;
use super::{dkim, registered, relay};
use crate::model::{DmarcVerdict, DomainReport, Publish, SpfVerdict};

/// The record with our key.
pub(super) fn dkim(domain: &str, selector: &str, public_key: &str) -> Publish {
    record(domain, Some(&format!("{selector}._domainkey")), dkim::record(public_key))
}

/// The SPF record that allows the relay; `None` where the present one need not or cannot be amended.
pub(super) fn spf(domain: &str, relay: Option<&str>, report: Option<&DomainReport>) -> Option<Publish> {
    let part = &report?.spf;
    let allow = relay.map(relay::mechanism);
    let value = match part.verdict.as_ref()? {
        SpfVerdict::Missing => format!("v=spf1 {} ~all", allow?),
        SpfVerdict::NotAllowed { .. } | SpfVerdict::AllowsSome { .. } => amended(part.found.first()?, &allow?),
        SpfVerdict::AllowsAnybody => closed(part.found.first()?),
        _ => return None,
    };
    reads_well(&value).then(|| record(domain, None, value))
}

/// A policy that changes nothing and asks for nothing yet; only where there is none.
pub(super) fn dmarc(domain: &str, report: Option<&DomainReport>) -> Option<Publish> {
    let missing = matches!(report?.dmarc.verdict, Some(DmarcVerdict::Missing));
    missing.then(|| record(domain, Some("_dmarc"), "v=DMARC1; p=none".to_owned()))
}

fn record(domain: &str, label: Option<&str>, value: String) -> Publish {
    let zone = registered(domain);
    let name = label.map_or_else(|| domain.to_owned(), |label| format!("{label}.{domain}"));
    let host = match name.strip_suffix(zone) {
        Some("") => "@".to_owned(),
        Some(rest) => rest.trim_end_matches('.').to_owned(),
        None => name.clone(),
    };
    Publish { name, host, zone: zone.to_owned(), value }
}

/// The record with another mechanism, before the part that decides about everybody else.
fn amended(found: &str, mechanism: &str) -> String {
    let mut terms: Vec<&str> = found.split(' ').filter(|term| !term.is_empty()).collect();
    let last = terms.iter().position(|term| is_all(term) || term.to_ascii_lowercase().starts_with("redirect="));
    terms.insert(last.unwrap_or(terms.len()), mechanism);
    terms.join(" ")
}

/// The record without leave for everybody.
fn closed(found: &str) -> String {
    let terms = found.split(' ').filter(|term| !term.is_empty());
    terms.map(|term| if is_all(term) { "~all" } else { term }).collect::<Vec<_>>().join(" ")
}

fn is_all(term: &str) -> bool {
    term.trim_start_matches(['+', '-', '~', '?']).eq_ignore_ascii_case("all")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_relay_goes_before_what_decides_about_everybody_else() {
        for (found, wanted) in [
            ("v=spf1 mx -all", "v=spf1 mx a:r.example -all"),
            ("v=spf1  redirect=_spf.example.net", "v=spf1 a:r.example redirect=_spf.example.net"),
            ("v=spf1 mx", "v=spf1 mx a:r.example"),
        ] {
            assert_eq!(amended(found, "a:r.example"), wanted);
        }
        assert_eq!(closed("v=spf1 mx +all"), "v=spf1 mx ~all");
        assert_eq!(closed("v=spf1 ALL"), "v=spf1 ~all");
    }

    #[test]
    fn web_forms_want_the_name_without_the_zone() {
        let record = dkim("mail.example.co.uk", "postroom1", "AAAA");
        assert_eq!(record.name, "postroom1._domainkey.mail.example.co.uk");
        assert_eq!((record.host.as_str(), record.zone.as_str()), ("postroom1._domainkey.mail", "example.co.uk"));
        assert_eq!(record.value, "v=DKIM1; k=rsa; p=AAAA");
        assert_eq!(super::record("example.com", None, String::new()).host, "@");
        assert_eq!(super::record("desk.localhost", None, String::new()).zone, "desk.localhost");
    }
}
