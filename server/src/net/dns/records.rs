//! Records that are no addresses: what a domain says of itself in text, and who takes its mail.

use std::{net::IpAddr, time::Duration};

use hickory_resolver::{
    net::NetError,
    proto::rr::{Name, RData, RecordType},
};

use super::{Dns, problem};
use crate::model::Problem;

/// No more records of one name than this are read.
const MAX_RECORDS: usize = 50;

/// One MX record (RFC 5321 5.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    pub preference: u16,
    /// Lower case, without a final dot; empty where the domain takes no mail (RFC 7505).
    pub host: String,
}

/// One SRV record (RFC 2782).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    pub priority: u16,
    pub weight: u16,
    pub port: u16,
    /// Lower case, without a final dot; empty where the service is decidedly not offered.
    pub target: String,
}

/// Why the DNS did not answer, as [`Problem::DnsTimedOut`], [`Problem::DnsFailed`] or
/// [`Problem::HostNameInvalid`]. That there is no such record is an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unanswered(pub Problem);

impl Dns {
    /// The TXT records of a name, the strings of each joined (RFC 7208 3.3); aliases are followed.
    ///
    /// # Errors
    /// [`Unanswered`].
    pub async fn txt(&self, name: &str, deadline: Duration) -> Result<Vec<String>, Unanswered> {
        let texts = self.records(name, RecordType::TXT, deadline).await?;
        let joined = |data: RData| match data {
            RData::TXT(text) => Some(String::from_utf8_lossy(&text.txt_data.concat()).into_owned()),
            _ => None,
        };
        Ok(texts.into_iter().filter_map(joined).collect())
    }

    /// Who takes mail for a name, the preferred first.
    ///
    /// # Errors
    /// [`Unanswered`].
    pub async fn exchanges(&self, name: &str, deadline: Duration) -> Result<Vec<Exchange>, Unanswered> {
        let records = self.records(name, RecordType::MX, deadline).await?;
        let exchange = |data: RData| match data {
            RData::MX(mx) => Some(Exchange {
                preference: mx.preference,
                host: mx.exchange.to_ascii().trim_end_matches('.').to_lowercase(),
            }),
            _ => None,
        };
        let mut found: Vec<Exchange> = records.into_iter().filter_map(exchange).collect();
        found.sort_by_key(|exchange| exchange.preference);
        Ok(found)
    }

    /// Who offers a service such as `_imaps._tcp.example.com`, by priority and then by weight, the heavier first.
    ///
    /// RFC 2782 wants the dice thrown between weights; here somebody reads the list, and the same answer must look the
    /// same twice.
    ///
    /// # Errors
    /// [`Unanswered`].
    pub async fn services(&self, name: &str, deadline: Duration) -> Result<Vec<Service>, Unanswered> {
        let records = self.records(name, RecordType::SRV, deadline).await?;
        let service = |data: RData| match data {
            RData::SRV(srv) => Some(Service {
                priority: srv.priority,
                weight: srv.weight,
                port: srv.port,
                target: srv.target.to_ascii().trim_end_matches('.').to_lowercase(),
            }),
            _ => None,
        };
        let mut found: Vec<Service> = records.into_iter().filter_map(service).collect();
        found.sort_by_key(|service| (service.priority, std::cmp::Reverse(service.weight)));
        Ok(found)
    }

    /// The addresses of one family; none where the name has none.
    ///
    /// # Errors
    /// [`Unanswered`].
    pub async fn family_of(&self, name: &str, v6: bool, deadline: Duration) -> Result<Vec<IpAddr>, Unanswered> {
        let kind = if v6 { RecordType::AAAA } else { RecordType::A };
        Ok(self.records(name, kind, deadline).await?.iter().filter_map(RData::ip_addr).collect())
    }

    async fn records(&self, name: &str, kind: RecordType, deadline: Duration) -> Result<Vec<RData>, Unanswered> {
        let host = || name.to_owned();
        let Ok(absolute) = Name::from_ascii(format!("{}.", name.trim_end_matches('.'))) else {
            return Err(Unanswered(Problem::HostNameInvalid { host: host() }));
        };
        match tokio::time::timeout(deadline, self.resolver.lookup(absolute, kind)).await {
            Ok(Ok(answer)) => Ok(answer.answers().iter().take(MAX_RECORDS).map(|record| record.data.clone()).collect()),
            Ok(Err(error)) if is_absence(&error) => Ok(Vec::new()),
            Ok(Err(error)) => Err(Unanswered(problem(name, &error))),
            Err(_) => Err(Unanswered(Problem::DnsTimedOut { host: host() })),
        }
    }
}

/// There is no such name, or it has no such record. A server that failed has said neither.
fn is_absence(error: &NetError) -> bool {
    match problem("", error) {
        Problem::HostNotFound { .. } | Problem::HostHasNoAddress { .. } => true,
        _ => error.is_nx_domain(),
    }
}
