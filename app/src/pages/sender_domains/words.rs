//! What a verdict about a domain's record says.

use postroom_server::model::{DkimVerdict, DmarcVerdict, MxVerdict, Policy, SpfVerdict, Standing};

use crate::{components::Tone, i18n::Locale, say};

/// A verdict that has words.
pub trait DomainWords {
    fn say(&self, words: Locale) -> String;
}

/// The tone of a standing.
#[must_use]
pub const fn tone(standing: Standing) -> Tone {
    match standing {
        Standing::Good => Tone::Good,
        Standing::Warning | Standing::Missing => Tone::Warning,
        Standing::Unknown => Tone::Off,
        Standing::Wrong => Tone::Bad,
    }
}

/// How a domain is doing.
#[must_use]
pub fn domain_state(words: Locale, standing: Standing) -> &'static str {
    match standing {
        Standing::Good => say!(words, domains.state_good),
        Standing::Warning => say!(words, domains.state_warning),
        Standing::Unknown => say!(words, domains.state_unknown),
        Standing::Missing => say!(words, domains.state_missing),
        Standing::Wrong => say!(words, domains.state_wrong),
    }
}

/// How one kind of record is doing.
#[must_use]
pub fn part_state(words: Locale, standing: Standing) -> &'static str {
    match standing {
        Standing::Good => say!(words, domains.part_good),
        Standing::Warning => say!(words, domains.part_warning),
        Standing::Unknown => say!(words, domains.part_unknown),
        Standing::Missing => say!(words, domains.part_missing),
        Standing::Wrong => say!(words, domains.part_wrong),
    }
}

impl DomainWords for SpfVerdict {
    fn say(&self, words: Locale) -> String {
        match self {
            Self::Allowed => say!(words, domains.spf_allowed).to_owned(),
            Self::NoRelay => say!(words, domains.spf_no_relay).to_owned(),
            Self::AllowsAnybody => say!(words, domains.spf_anybody).to_owned(),
            Self::AllowsSome { missing } => say!(words, domains.spf_some, addresses = missing.join(", ")),
            Self::NotAllowed { hard: true } => say!(words, domains.spf_not_allowed_hard).to_owned(),
            Self::NotAllowed { hard: false } => say!(words, domains.spf_not_allowed_soft).to_owned(),
            Self::RelayUnknown { host } => say!(words, domains.spf_relay_unknown, host = host.clone()),
            Self::Missing => say!(words, domains.spf_missing).to_owned(),
            Self::Several { count } => say!(words, domains.spf_several, count = *count),
            Self::Broken { term } => say!(words, domains.spf_broken, term = term.clone()),
            Self::TooManyLookUps => say!(words, domains.spf_look_ups).to_owned(),
            Self::TooManyVoid => say!(words, domains.spf_void).to_owned(),
            Self::Loop { domain } => say!(words, domains.spf_loop, domain = domain.clone()),
            Self::IncludesNothing { domain } => say!(words, domains.spf_nothing, domain = domain.clone()),
        }
    }
}

impl DomainWords for DkimVerdict {
    fn say(&self, words: Locale) -> String {
        match self {
            Self::Good => say!(words, domains.dkim_good).to_owned(),
            Self::Testing => say!(words, domains.dkim_testing).to_owned(),
            Self::Missing => say!(words, domains.dkim_missing).to_owned(),
            Self::OtherKey => say!(words, domains.dkim_other).to_owned(),
            Self::Revoked => say!(words, domains.dkim_revoked).to_owned(),
            Self::Several { count } => say!(words, domains.dkim_several, count = *count),
            Self::Broken => say!(words, domains.dkim_broken).to_owned(),
        }
    }
}

impl DomainWords for DmarcVerdict {
    fn say(&self, words: Locale) -> String {
        let (text, inherited) = match self {
            Self::Good { policy, inherited_from } => {
                let text = match policy {
                    Policy::None => say!(words, domains.dmarc_none),
                    Policy::Quarantine => say!(words, domains.dmarc_quarantine),
                    Policy::Reject => say!(words, domains.dmarc_reject),
                };
                (text, inherited_from)
            }
            Self::NothingAligns { policy, inherited_from } => {
                let text = match policy {
                    Policy::Reject => say!(words, domains.dmarc_trap_reject),
                    Policy::None | Policy::Quarantine => say!(words, domains.dmarc_trap_quarantine),
                };
                (text, inherited_from)
            }
            Self::Missing => return say!(words, domains.dmarc_missing).to_owned(),
            Self::Several { count } => return say!(words, domains.dmarc_several, count = *count),
            Self::Broken => return say!(words, domains.dmarc_broken).to_owned(),
        };
        match inherited {
            Some(domain) => format!("{text} {}", say!(words, domains.dmarc_inherited, domain = domain.clone())),
            None => text.to_owned(),
        }
    }
}

impl DomainWords for MxVerdict {
    fn say(&self, words: Locale) -> String {
        match self {
            Self::Here => say!(words, domains.mx_here).to_owned(),
            Self::Elsewhere { host } => say!(words, domains.mx_elsewhere, host = host.clone()),
            Self::Missing => say!(words, domains.mx_missing).to_owned(),
            Self::Refuses => say!(words, domains.mx_refuses).to_owned(),
        }
    }
}
