//! Domain-based Message Authentication, Reporting and Conformance (RFC 7489): what a domain asks receivers to do.

use super::tags;
use crate::model::Policy;

/// True for a text that is meant as a DMARC record.
pub(super) fn is_dmarc(text: &str) -> bool {
    let version = text.split(';').next().unwrap_or_default();
    version.split_once('=').is_some_and(|(name, value)| name.trim() == "v" && value.trim() == "DMARC1")
}

/// The policy of a record, for the domain itself or for one below it; `None` where it cannot be read.
pub(super) fn policy(record: &str, below: bool) -> Option<Policy> {
    let tags = tags::read(record)?;
    let tag = |name: &str| tags.iter().find(|(found, _)| *found == name).map(|(_, value)| *value);
    let own = read(tag("p")?)?;
    match tag("sp").filter(|_| below) {
        Some(policy) => read(policy),
        None => Some(own),
    }
}

fn read(policy: &str) -> Option<Policy> {
    match policy.trim().to_ascii_lowercase().as_str() {
        "none" => Some(Policy::None),
        "quarantine" => Some(Policy::Quarantine),
        "reject" => Some(Policy::Reject),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_below_has_a_policy_of_its_own_where_the_record_says_so() {
        let record = "v=DMARC1; p=reject; sp=none; rua=mailto:dmarc@example.com";
        assert_eq!(policy(record, false), Some(Policy::Reject));
        assert_eq!(policy(record, true), Some(Policy::None));
        assert_eq!(policy("v=DMARC1;p=Quarantine", true), Some(Policy::Quarantine));
    }

    #[test]
    fn a_record_without_a_policy_cannot_be_read() {
        for record in ["v=DMARC1", "v=DMARC1; p=maybe", "v=DMARC1; p", "v=DMARC1; p=none; p=none"] {
            assert_eq!(policy(record, false), None, "{record}");
        }
        assert!(is_dmarc("v=DMARC1; p=none") && is_dmarc("v = DMARC1 ;p=none"));
        assert!(!is_dmarc("v=DMARC10; p=none") && !is_dmarc("p=none; v=DMARC1"));
    }
}
