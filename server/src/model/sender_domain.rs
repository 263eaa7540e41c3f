//! The domain that a default mailbox sends from: what the DNS says of it, and what it should say.
//!
//! Receivers look at four records: SPF (RFC 7208), DKIM (RFC 6376), DMARC (RFC 7489) and MX (RFC 5321 5).
//! A verdict says what one of them means for mail that Postroom sends; the pages have the words.

use serde::{Deserialize, Serialize};

use super::Timestamp;

/// A domain that default mailboxes send from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SenderDomain {
    /// In A-labels, lower case.
    pub domain: String,
    /// The same as people write it.
    pub shown: String,
    /// Who keeps its DNS.
    pub keeper: Keeper,
    /// False for names that the public DNS does not know, such as `postroom.localhost`.
    pub public: bool,
    /// Default mailboxes with an address in it.
    pub mailboxes: u32,
    /// The host that mail of default mailboxes goes out through.
    pub relay: Option<String>,
    /// Mail is signed: the published key was seen to be ours.
    pub signing: bool,
    pub looked_at: Option<Timestamp>,
    /// `None` until it was looked up for the first time.
    pub report: Option<DomainReport>,
    /// What to publish; `None` where nothing can be said or nothing has to change.
    pub publish_spf: Option<Publish>,
    /// `None` until the key is made.
    pub publish_dkim: Option<Publish>,
    pub publish_dmarc: Option<Publish>,
}

/// Whoever keeps the DNS of a domain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Keeper {
    /// It is below `mail_domain`: whoever runs this Postroom.
    Operator,
    /// The organisation whose address it is.
    Organisation,
}

/// A TXT record to publish.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Publish {
    /// The whole name, without a final dot.
    pub name: String,
    /// The name as web forms want it: without the domain of the zone, `@` for the zone itself.
    pub host: String,
    /// The zone, as far as names tell: the registered domain.
    pub zone: String,
    /// On one line, for web forms.
    pub value: String,
}

/// What the DNS said of a domain, record by record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DomainReport {
    pub spf: Part<SpfVerdict>,
    pub dkim: Part<DkimVerdict>,
    pub dmarc: Part<DmarcVerdict>,
    pub mx: Part<MxVerdict>,
}

/// What was found of one kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part<V> {
    /// What it means; `None` where the DNS has never answered.
    pub verdict: Option<V>,
    /// The records as they stand, printable and cut.
    pub found: Vec<String>,
    /// When the DNS said so.
    pub seen_at: Option<Timestamp>,
    /// The DNS did not answer the last time, for this reason; everything else is from before.
    pub unanswered: Option<String>,
}

/// How good something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    Good,
    /// Works, or does no harm, but somebody should look.
    Warning,
    /// The DNS did not say.
    Unknown,
    Missing,
    Wrong,
}

/// What SPF means for mail through the relay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "spf", rename_all = "snake_case")]
pub enum SpfVerdict {
    Allowed,
    /// A good record, and no relay yet that it could allow.
    NoRelay,
    /// `+all`: everybody on the internet may send as this domain.
    AllowsAnybody,
    /// It allows some addresses of the relay and not these.
    AllowsSome {
        missing: Vec<String>,
    },
    /// It does not allow the relay: `-all` means that receivers refuse its mail.
    NotAllowed {
        hard: bool,
    },
    /// The relay's host has no address that could be compared.
    RelayUnknown {
        host: String,
    },
    Missing,
    Several {
        count: u32,
    },
    /// A part of the record, or of one it includes, that cannot be read.
    Broken {
        term: String,
    },
    /// More than ten look-ups: receivers stop reading (RFC 7208 4.6.4).
    TooManyLookUps,
    /// More than two look-ups that found nothing (RFC 7208 4.6.4).
    TooManyVoid,
    /// A record that includes itself.
    Loop {
        domain: String,
    },
    /// It includes a domain that has no record.
    IncludesNothing {
        domain: String,
    },
}

/// What the DNS says of our key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "dkim", rename_all = "snake_case")]
pub enum DkimVerdict {
    Good,
    /// Ours, with `t=y`: receivers may ignore the signature.
    Testing,
    Missing,
    OtherKey,
    /// An empty `p=`: the key was taken back.
    Revoked,
    Several {
        count: u32,
    },
    Broken,
}

/// What a domain asks receivers to do with mail that neither SPF nor DKIM vouches for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Policy {
    None,
    Quarantine,
    Reject,
}

/// What DMARC means for mail through the relay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "dmarc", rename_all = "snake_case")]
pub enum DmarcVerdict {
    Good {
        policy: Policy,
        inherited_from: Option<String>,
    },
    /// Neither DKIM nor SPF vouches for our mail, and receivers are asked to turn it away.
    NothingAligns {
        policy: Policy,
        inherited_from: Option<String>,
    },
    Missing,
    /// Receivers ignore all of several records (RFC 7489 6.6.3).
    Several {
        count: u32,
    },
    Broken,
}

/// Where mail to the domain goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "mx", rename_all = "snake_case")]
pub enum MxVerdict {
    /// To Postroom itself.
    Here,
    /// To another mail server, which has to forward it.
    Elsewhere { host: String },
    /// There is no MX record; senders try the domain's own address (RFC 5321 5.1).
    Missing,
    /// The domain says that it takes no mail (RFC 7505).
    Refuses,
}

/// Something that is good or not.
pub trait Verdict {
    fn standing(&self) -> Standing;
}

impl Verdict for SpfVerdict {
    fn standing(&self) -> Standing {
        match self {
            Self::Allowed | Self::NoRelay => Standing::Good,
            Self::AllowsAnybody | Self::AllowsSome { .. } | Self::RelayUnknown { .. } => Standing::Warning,
            Self::NotAllowed { hard: false } => Standing::Warning,
            Self::Missing => Standing::Missing,
            Self::NotAllowed { hard: true }
            | Self::Several { .. }
            | Self::Broken { .. }
            | Self::TooManyLookUps
            | Self::TooManyVoid
            | Self::Loop { .. }
            | Self::IncludesNothing { .. } => Standing::Wrong,
        }
    }
}

impl Verdict for DkimVerdict {
    fn standing(&self) -> Standing {
        match self {
            Self::Good => Standing::Good,
            Self::Testing => Standing::Warning,
            Self::Missing => Standing::Missing,
            Self::OtherKey | Self::Revoked | Self::Several { .. } | Self::Broken => Standing::Wrong,
        }
    }
}

impl Verdict for DmarcVerdict {
    fn standing(&self) -> Standing {
        match self {
            Self::Good { .. } => Standing::Good,
            // Senders of little mail are let in without it, so far.
            Self::Missing => Standing::Missing,
            Self::NothingAligns { .. } | Self::Several { .. } | Self::Broken => Standing::Wrong,
        }
    }
}

impl Verdict for MxVerdict {
    fn standing(&self) -> Standing {
        match self {
            Self::Here | Self::Elsewhere { .. } => Standing::Good,
            Self::Missing => Standing::Missing,
            Self::Refuses => Standing::Wrong,
        }
    }
}

impl<V: Verdict> Part<V> {
    /// How good it is; [`Standing::Unknown`] where the DNS has never answered.
    pub fn standing(&self) -> Standing {
        self.verdict.as_ref().map_or(Standing::Unknown, Verdict::standing)
    }
}

impl DomainReport {
    /// How good the records are that vouch for our mail: the worst of SPF, DKIM and DMARC.
    #[must_use]
    pub fn standing(&self) -> Standing {
        [self.spf.standing(), self.dkim.standing(), self.dmarc.standing()]
            .into_iter()
            .max()
            .unwrap_or(Standing::Unknown)
    }
}

impl Publish {
    /// The record as a line of a zone file, the value in strings of at most 255 octets (RFC 1035 3.3.14).
    #[must_use]
    pub fn zone_line(&self) -> String {
        let mut strings: Vec<String> = vec![String::new()];
        for c in self.value.chars() {
            if let Some(last) = strings.last_mut().filter(|last| last.len() + c.len_utf8() <= 255) {
                last.push(c);
            } else {
                strings.push(c.to_string());
            }
        }
        let quoted: Vec<String> =
            strings.iter().map(|one| format!("\"{}\"", one.replace('\\', "\\\\").replace('"', "\\\""))).collect();
        format!("{}. IN TXT ( {} )", self.name, quoted.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn publish(value: String) -> Publish {
        Publish { name: "a.example.com".to_owned(), host: "a".to_owned(), zone: "example.com".to_owned(), value }
    }

    #[test]
    fn a_line_of_a_zone_file_splits_a_long_value_and_loses_nothing() {
        let value = format!("v=DKIM1; p={}", "A".repeat(400));
        let line = publish(value.clone()).zone_line();
        let strings: Vec<&str> = line.split('"').skip(1).step_by(2).collect();
        assert_eq!(strings.iter().map(|one| one.len()).collect::<Vec<_>>(), [255, 156]);
        assert_eq!(strings.concat(), value);
        assert!(line.starts_with("a.example.com. IN TXT ( \""), "{line}");
    }

    #[test]
    fn the_worst_record_decides() {
        let part = |verdict| Part { verdict, found: vec![], seen_at: None, unanswered: None };
        let report = DomainReport {
            spf: part(Some(SpfVerdict::Allowed)),
            dkim: Part { verdict: Some(DkimVerdict::OtherKey), found: vec![], seen_at: None, unanswered: None },
            dmarc: Part { verdict: Some(DmarcVerdict::Missing), found: vec![], seen_at: None, unanswered: None },
            mx: Part { verdict: None, found: vec![], seen_at: None, unanswered: None },
        };
        assert_eq!(report.standing(), Standing::Wrong);
    }
}
