//! What one source has to say, and what of it is believed to be a host or a link.

use url::Url;

use crate::{
    model::{Candidate, Need, NeedKind, Recognised},
    net::dns::Host,
};

/// What one source knows of an address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    pub incoming: Vec<Candidate>,
    pub outgoing: Vec<Candidate>,
    pub provider: Option<Recognised>,
    pub gateway: Option<String>,
    pub needs: Vec<Need>,
}

impl Found {
    /// True where it answers for reading, or knows that there is no IMAP.
    pub(super) fn settles_incoming(&self) -> bool {
        !self.incoming.is_empty() || self.denies_imap()
    }

    /// True where the list of providers knows that there is no IMAP. A document or a record that names POP3 alone may
    /// just leave IMAP out: the others are heard first.
    pub(super) fn denies_imap(&self) -> bool {
        self.needs(NeedKind::NoImap) || (self.provider.is_some() && self.needs(NeedKind::Pop3Only))
    }

    /// True where it answers for sending, or nothing is to be sent there.
    pub(super) fn settles_outgoing(&self) -> bool {
        !self.outgoing.is_empty() || self.needs(NeedKind::NoImap)
    }

    fn needs(&self, kind: NeedKind) -> bool {
        self.needs.iter().any(|need| need.kind == kind)
    }
}

/// A name that a stranger says is a server: in A-labels, or `None`. An address without a name is no server's.
pub(super) fn host_of(text: &str) -> Option<String> {
    match Host::read(text)? {
        Host::Name(name) if name.contains('.') => Some(name),
        Host::Name(_) | Host::Address(_) => None,
    }
}

/// The longest link, in bytes.
const MAX_LINK_BYTES: usize = 1_024;

/// A page for people that a stranger names: an address of the web with a name, encrypted and without a sign-in in it.
pub(super) fn link_of(text: &str) -> Option<String> {
    let url = Url::parse(text).ok().filter(|url| url.scheme() == "https")?;
    let bare = url.username().is_empty() && url.password().is_none();
    let named = matches!(url.host(), Some(url::Host::Domain(name)) if host_of(name).is_some());
    let link = String::from(url);
    (bare && named && link.len() <= MAX_LINK_BYTES).then_some(link)
}

/// A need without a page of its own.
pub(super) const fn bare(kind: NeedKind) -> Need {
    Need { kind, link: None }
}
