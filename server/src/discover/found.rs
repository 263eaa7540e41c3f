//! What one source has to say.

use crate::{
    model::{Candidate, Need, NeedKind, Recognised},
    net::dns::Host,
};

/// What one source knows of an address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    pub incoming: Vec<Candidate>,
    pub outgoing: Vec<Candidate>,
    pub provider: Option<Recognised>,
    pub gateway: Option<String>,
    pub needs: Vec<Need>,
}

impl Found {
    /// True where it answers for reading, or says that there is none.
    pub(super) fn settles_incoming(&self) -> bool {
        !self.incoming.is_empty() || self.needs.iter().any(|need| need.kind == NeedKind::NoImap)
    }

    /// True where it answers for sending, or nothing is to be sent there.
    pub(super) fn settles_outgoing(&self) -> bool {
        !self.outgoing.is_empty() || self.needs.iter().any(|need| need.kind == NeedKind::NoImap)
    }
}

/// A name that a stranger says is a server: in A-labels, or `None`. An address without a name is no server's.
pub(super) fn host_of(text: &str) -> Option<String> {
    match Host::read(text)? {
        Host::Name(name) if name.contains('.') => Some(name),
        Host::Name(_) | Host::Address(_) => None,
    }
}

pub(super) const fn needs_no_imap() -> Need {
    Need { kind: NeedKind::NoImap, link: None }
}
