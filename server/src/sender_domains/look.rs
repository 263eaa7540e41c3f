//! One look at a domain: SPF, DKIM, DMARC and MX are asked for at the same time, and judged.

use std::net::IpAddr;
use std::time::Duration;

use super::asker::Asker;
use super::spf::{self, Answer, Evaluation, Sender, Stop, is_spf};
use super::{dkim, dmarc, relay};
use crate::model::{DkimVerdict, DmarcVerdict, DomainReport, MxVerdict, Part, Policy, Problem, SpfVerdict, Timestamp};
use crate::net::dns::Dns;
use crate::net::dns::records::Unanswered;
use crate::net::trace::printable;

/// How long one kind of record may take, with everything it leads to.
const PATIENCE: Duration = Duration::from_secs(20);
/// How much of a record is kept to be shown, and how many.
const SHOWN_BYTES: usize = 1_000;
const SHOWN_RECORDS: usize = 10;
/// Addresses that nobody sends from (RFC 5737, RFC 3849): a record that allows one of them allows everybody.
const NOBODY: [&str; 2] = ["192.0.2.1", "2001:db8::1"];

/// What is asked about a domain.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// In A-labels.
    pub domain: &'a str,
    pub selector: &'a str,
    /// In base64, as the record should hold it.
    pub public_key: &'a str,
    /// The name or address of the host that mail goes out through.
    pub relay: Option<&'a str>,
    /// The names that Postroom receives mail under.
    pub own_names: &'a [&'a str],
}

/// Asks the DNS. What it does not answer stays as it was `before`, and says so.
pub async fn look(
    dns: &Dns,
    deadline: Duration,
    question: Question<'_>,
    before: Option<&DomainReport>,
    now: Timestamp,
) -> DomainReport {
    let asker = Asker::new(dns, deadline);
    let (spf, dkim, dmarc, mx) = futures::join!(
        in_time(question.domain, spf_of(&asker, question)),
        in_time(question.domain, dkim_of(&asker, question)),
        in_time(question.domain, dmarc_of(&asker, question)),
        in_time(question.domain, mx_of(&asker, question)),
    );
    let spf = part(spf, before.map(|before| &before.spf), now);
    let dkim = part(dkim, before.map(|before| &before.dkim), now);
    let mut dmarc = part(dmarc, before.map(|before| &before.dmarc), now);
    if let Some(verdict) = dmarc.verdict.take() {
        dmarc.verdict = Some(aligned(verdict, spf.verdict.as_ref(), dkim.verdict));
    }
    DomainReport { spf, dkim, dmarc, mx: part(mx, before.map(|before| &before.mx), now) }
}

/// A verdict and the records it rests on.
type Seen<V> = Result<(V, Vec<String>), Unanswered>;

async fn in_time<V>(domain: &str, look: impl Future<Output = Seen<V>>) -> Seen<V> {
    let late = |_| Err(Unanswered(Problem::DnsTimedOut { host: domain.to_owned() }));
    tokio::time::timeout(PATIENCE, look).await.unwrap_or_else(late)
}

fn part<V: Clone>(seen: Seen<V>, before: Option<&Part<V>>, now: Timestamp) -> Part<V> {
    match seen {
        Ok((verdict, found)) => {
            let found = found.iter().take(SHOWN_RECORDS).map(|one| printable(one, SHOWN_BYTES)).collect();
            Part { verdict: Some(verdict), found, seen_at: Some(now), unanswered: None }
        }
        Err(Unanswered(problem)) => {
            let unanswered = Some(reason(&problem));
            match before {
                Some(before) => Part { unanswered, ..before.clone() },
                None => Part { verdict: None, found: Vec::new(), seen_at: None, unanswered },
            }
        }
    }
}

/// What the DNS said instead of an answer, in a word of its own.
fn reason(problem: &Problem) -> String {
    match problem {
        Problem::DnsFailed { detail, .. } => detail.clone(),
        Problem::DnsTimedOut { host } => format!("{host}: timeout"),
        Problem::DnsRefused { .. } => "REFUSED".to_owned(),
        Problem::HostNameInvalid { host } => format!("{host}: not a name"),
        other => other.kind().to_owned(),
    }
}

async fn spf_of(asker: &Asker<'_>, question: Question<'_>) -> Seen<SpfVerdict> {
    let texts = asker.txt(question.domain).await?;
    let found: Vec<String> = texts.into_iter().filter(|text| is_spf(text)).collect();
    let verdict = match spf_verdict(asker, question).await {
        Ok(verdict) => verdict,
        Err(stop) => stopped(stop, question.domain)?,
    };
    Ok((verdict, found))
}

fn stopped(stop: Stop, asked: &str) -> Result<SpfVerdict, Unanswered> {
    Ok(match stop {
        Stop::Unanswered(unanswered) => return Err(unanswered),
        Stop::NoRecord { domain } if domain == asked => SpfVerdict::Missing,
        Stop::NoRecord { domain } => SpfVerdict::IncludesNothing { domain: printable(&domain, 253) },
        Stop::Several { domain, count } if domain == asked => {
            SpfVerdict::Several { count: u32::try_from(count).unwrap_or(u32::MAX) }
        }
        Stop::Several { domain, .. } => SpfVerdict::Broken { term: printable(&domain, 253) },
        Stop::Broken { term } => SpfVerdict::Broken { term: printable(&term, 253) },
        Stop::TooManyLookUps => SpfVerdict::TooManyLookUps,
        Stop::TooManyVoid => SpfVerdict::TooManyVoid,
        Stop::Loop { domain } => SpfVerdict::Loop { domain },
    })
}

async fn spf_verdict(asker: &Asker<'_>, question: Question<'_>) -> Result<SpfVerdict, Stop> {
    let helo = question.relay.unwrap_or(question.domain);
    let sender = Sender { local_part: "support", domain: question.domain, helo };
    let Some(relay) = question.relay else {
        let (anybody, ..) = of_nobody(asker, sender).await?;
        return Ok(if anybody { SpfVerdict::AllowsAnybody } else { SpfVerdict::NoRelay });
    };
    if let Some(include) = relay::known_include(relay) {
        // A provider sends from other hosts than those that take our mail: its own record counts.
        let (anybody, hard, visited) = of_nobody(asker, sender).await?;
        return Ok(match visited.iter().any(|domain| domain == include) {
            _ if anybody => SpfVerdict::AllowsAnybody,
            true => SpfVerdict::Allowed,
            false => SpfVerdict::NotAllowed { hard },
        });
    }
    let addresses: Vec<IpAddr> = asker.addresses(relay).await.map_err(Stop::Unanswered)?;
    let addresses: Vec<IpAddr> = addresses.into_iter().filter(|&address| is_public(address)).take(8).collect();
    let (mut missing, mut hard) = (Vec::new(), true);
    for &address in &addresses {
        match Evaluation::new(asker, sender, address).run().await? {
            Answer::Pass => {}
            answer => {
                hard &= answer == Answer::Fail;
                missing.push(address.to_string());
            }
        }
    }
    if addresses.is_empty() {
        let (anybody, ..) = of_nobody(asker, sender).await?;
        let unknown = SpfVerdict::RelayUnknown { host: printable(relay, 253) };
        return Ok(if anybody { SpfVerdict::AllowsAnybody } else { unknown });
    }
    if missing.len() == addresses.len() {
        return Ok(SpfVerdict::NotAllowed { hard });
    }
    if !missing.is_empty() {
        return Ok(SpfVerdict::AllowsSome { missing });
    }
    // What is wrong behind the part that allows the relay does not concern its mail.
    let anybody = of_nobody(asker, sender).await.is_ok_and(|(anybody, ..)| anybody);
    Ok(if anybody { SpfVerdict::AllowsAnybody } else { SpfVerdict::Allowed })
}

/// Whether the record lets everybody send, whether it refuses all others, and the domains that it includes.
async fn of_nobody(asker: &Asker<'_>, sender: Sender<'_>) -> Result<(bool, bool, Vec<String>), Stop> {
    let (mut anybody, mut hard, mut visited) = (true, true, Vec::new());
    for address in NOBODY.iter().filter_map(|text| text.parse().ok()) {
        let mut evaluation = Evaluation::new(asker, sender, address);
        let answer = evaluation.run().await?;
        anybody &= answer == Answer::Pass;
        hard &= answer == Answer::Fail;
        visited.append(&mut evaluation.visited);
    }
    Ok((anybody, hard, visited))
}

/// An address that receivers on the internet may see.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => !(address.is_private() || address.is_loopback() || address.is_link_local()),
        IpAddr::V6(address) => !(address.is_unique_local() || address.is_loopback() || address.is_unicast_link_local()),
    }
}

async fn dkim_of(asker: &Asker<'_>, question: Question<'_>) -> Seen<DkimVerdict> {
    let name = format!("{}._domainkey.{}", question.selector, question.domain);
    let found = asker.txt(&name).await?;
    Ok((dkim::judge(&found, question.public_key), found))
}

async fn dmarc_of(asker: &Asker<'_>, question: Question<'_>) -> Seen<DmarcVerdict> {
    let mut from = question.domain;
    let mut found = dmarc_records(asker, from).await?;
    let organisation = super::registered(question.domain);
    if found.is_empty() && organisation != question.domain {
        from = organisation;
        found = dmarc_records(asker, from).await?;
    }
    let below = from != question.domain;
    let verdict = match found.as_slice() {
        [] => DmarcVerdict::Missing,
        [one] => match dmarc::policy(one, below) {
            Some(policy) => DmarcVerdict::Good { policy, inherited_from: below.then(|| from.to_owned()) },
            None => DmarcVerdict::Broken,
        },
        several => DmarcVerdict::Several { count: u32::try_from(several.len()).unwrap_or(u32::MAX) },
    };
    Ok((verdict, found))
}

async fn dmarc_records(asker: &Asker<'_>, domain: &str) -> Result<Vec<String>, Unanswered> {
    let texts = asker.txt(&format!("_dmarc.{domain}")).await?;
    Ok(texts.into_iter().filter(|text| dmarc::is_dmarc(text)).collect())
}

/// DMARC asks for one of both to vouch for the domain in `From` (RFC 7489 3.1). Ours is the domain that signs and
/// the domain of the envelope, so that either one aligns as soon as it passes.
fn aligned(verdict: DmarcVerdict, spf: Option<&SpfVerdict>, dkim: Option<DkimVerdict>) -> DmarcVerdict {
    let (DmarcVerdict::Good { policy, inherited_from } | DmarcVerdict::NothingAligns { policy, inherited_from }) =
        verdict
    else {
        return verdict;
    };
    let (Some(spf), Some(dkim)) = (spf, dkim) else { return DmarcVerdict::Good { policy, inherited_from } };
    let vouched = dkim == DkimVerdict::Good || matches!(spf, SpfVerdict::Allowed | SpfVerdict::AllowsAnybody);
    if vouched || policy == Policy::None {
        DmarcVerdict::Good { policy, inherited_from }
    } else {
        DmarcVerdict::NothingAligns { policy, inherited_from }
    }
}

async fn mx_of(asker: &Asker<'_>, question: Question<'_>) -> Seen<MxVerdict> {
    let exchanges = asker.exchanges(question.domain).await?;
    let found = exchanges.iter().map(|one| format!("{} {}.", one.preference, one.host)).collect();
    let ours = |host: &str| {
        question
            .own_names
            .iter()
            .any(|own| host == *own || host.strip_suffix(own).is_some_and(|rest| rest.ends_with('.')))
    };
    let verdict = match exchanges.first() {
        None => MxVerdict::Missing,
        Some(first) if first.host.is_empty() => MxVerdict::Refuses,
        Some(first) if ours(&first.host) => MxVerdict::Here,
        Some(first) => MxVerdict::Elsewhere { host: printable(&first.host, 253) },
    };
    Ok((verdict, found))
}

/// What SPF makes of a record that is to be published.
pub(super) fn reads_well(record: &str) -> bool {
    spf::Record::read(record).is_ok()
}
