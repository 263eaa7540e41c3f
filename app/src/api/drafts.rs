//! The wizard's draft: what was typed is kept on the server, valid or not, so that nothing is lost
//! between pages, without JavaScript, or when the server restarts.

use std::fmt;

use leptos::prelude::*;
use postroom_server::model::{
    AuthMethod, Direction, Draft, DraftId, Endpoint, Fingerprint, Invalid, MailboxId, ServerForm, TlsMode, TrustChoice,
    trust,
};
use serde::{Deserialize, Serialize};

use super::ApiError;
#[cfg(feature = "ssr")]
use super::{
    live::{Whose, native::Check},
    manager,
};
#[cfg(feature = "ssr")]
use postroom_server::{
    Context, discover, drafts,
    model::{CompanyId, EmailAddress, Field, GroupId, MailboxForm, OAuthProvider, PublishAs, Rule, ServerKind},
    remedy,
    users::Manager,
};

/// Longest text that is handed back within the address of a page, in bytes.
const MAX_BYTES_IN_ADDRESS: usize = 3_000;

/// One server's fields as the browser posts them; an unticked box is not posted at all.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct TypedServer {
    pub host: String,
    pub port: String,
    #[serde(default)]
    pub tls: Option<String>,
    pub tls_mode: TlsMode,
    pub method: AuthMethod,
    pub email: String,
    #[serde(default)]
    pub username: String,
    /// Empty: the inbox.
    #[serde(default)]
    pub folder: String,
    #[serde(default)]
    pub trust: TrustChoice,
    #[serde(default)]
    pub pin: String,
    /// The host and port that the fingerprint was given for; empty where it was just typed.
    #[serde(default)]
    pub pin_for: String,
    #[serde(default)]
    pub authority: String,
    /// The fingerprint that the last check offers to trust, and the host and port that showed it.
    #[serde(default)]
    pub offered: String,
    #[serde(default)]
    pub offered_for: String,
    /// Empty: the password that is already sealed stays.
    #[serde(default)]
    pub password: String,
}

impl fmt::Debug for TypedServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TypedServer").field("host", &self.host).field("port", &self.port).finish_non_exhaustive()
    }
}

impl TypedServer {
    /// The fields without the password.
    #[must_use]
    pub fn form(&self) -> ServerForm {
        ServerForm {
            host: self.host.clone(),
            port: self.port.clone(),
            tls: self.tls.is_some(),
            tls_mode: self.tls_mode,
            method: self.method,
            email: self.email.clone(),
            username: self.username.clone(),
            folder: self.folder.clone(),
            trust: self.trust,
            pin: self.pin.clone(),
            pin_for: self.pin_for.clone(),
            authority: trust::without_private_keys(&self.authority),
        }
    }

    /// What was typed, but for the password, by the names of the fields: for an address, where a long text has no room.
    pub fn pairs(&self) -> [(&'static str, &str); 11] {
        let authority = if self.authority.len() <= MAX_BYTES_IN_ADDRESS { self.authority.as_str() } else { "" };
        [
            ("host", &self.host),
            ("port", &self.port),
            ("tls", if self.tls.is_some() { "on" } else { "" }),
            (
                "tls_mode",
                match self.tls_mode {
                    TlsMode::Auto => "auto",
                    TlsMode::Implicit => "implicit",
                    TlsMode::StartTls => "starttls",
                },
            ),
            (
                "method",
                match self.method {
                    AuthMethod::Login => "login",
                    AuthMethod::None => "none",
                    AuthMethod::Plain | AuthMethod::XOAuth2 | AuthMethod::OAuthBearer => "plain",
                },
            ),
            ("email", &self.email),
            ("username", &self.username),
            ("trust", self.trust.as_str()),
            ("pin", &self.pin),
            ("pin_for", &self.pin_for),
            ("authority", authority),
        ]
    }

    /// Takes over port and protection that a check has found open, where they are of the host that is typed.
    pub fn take(&mut self, offer: &Endpoint) {
        let mut form = self.form();
        if form.is_for(&offer.host) {
            form.take(offer);
            self.port = form.port;
            self.tls = form.tls.then(|| "on".to_owned());
            self.tls_mode = form.tls_mode;
        }
    }

    /// Trusts the certificate that was offered, and that somebody has compared, where it was shown by the server that
    /// is typed.
    pub fn trust_offered(&mut self) {
        let mut form = self.form();
        let fits = form.place().is_some_and(|place| place == self.offered_for);
        if let (Some(fingerprint), true) = (Fingerprint::parse(&self.offered), fits) {
            form.pin(&fingerprint);
            self.trust = form.trust;
            self.pin = form.pin;
            self.pin_for = form.pin_for;
        }
    }

    /// What is wrong with the fields, when a password is or is not sealed already.
    #[must_use]
    pub fn validate(&self, direction: Direction, has_password: bool) -> Vec<Invalid> {
        self.form().validate(direction.protocol(), has_password || !self.password.is_empty())
    }
}

/// Whose mail server, as the wizard asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MailServer {
    Microsoft,
    Google,
    /// Any other one, with server names and a password.
    Custom,
    /// Postroom's own.
    Default,
}

/// The page's buttons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Intent {
    /// Keep what was typed; the page goes on by itself.
    Keep,
    CheckBoth,
    CheckIncoming,
    CheckOutgoing,
    /// Take the best offer of the last check, and check with it.
    HealIncoming,
    HealOutgoing,
    /// Trust the certificate that the last check was shown, and check with it.
    TrustIncoming,
    TrustOutgoing,
    /// Take over the server that was found for the address.
    UseIncoming,
    UseOutgoing,
    SaveIncoming,
    SaveOutgoing,
    /// Save and put to work; both checks must have passed.
    Save,
    SaveAsDraft,
}

impl Intent {
    /// The directions whose fields must be right for this.
    #[must_use]
    pub const fn directions(self) -> &'static [Direction] {
        match self {
            Self::Keep | Self::UseIncoming | Self::UseOutgoing => &[],
            Self::CheckIncoming | Self::HealIncoming | Self::TrustIncoming | Self::SaveIncoming => {
                &[Direction::Incoming]
            }
            Self::CheckOutgoing | Self::HealOutgoing | Self::TrustOutgoing | Self::SaveOutgoing => {
                &[Direction::Outgoing]
            }
            Self::CheckBoth | Self::Save | Self::SaveAsDraft => &Direction::BOTH,
        }
    }

    /// True for the buttons that start a check.
    #[must_use]
    pub const fn checks(self) -> bool {
        matches!(self, Self::CheckBoth | Self::CheckIncoming | Self::CheckOutgoing)
            || self.heals().is_some()
            || self.trusts().is_some()
    }

    /// The direction that takes over an offer.
    #[must_use]
    pub const fn heals(self) -> Option<Direction> {
        match self {
            Self::HealIncoming => Some(Direction::Incoming),
            Self::HealOutgoing => Some(Direction::Outgoing),
            _ => None,
        }
    }

    /// The direction that trusts the certificate it was shown.
    #[must_use]
    pub const fn trusts(self) -> Option<Direction> {
        match self {
            Self::TrustIncoming => Some(Direction::Incoming),
            Self::TrustOutgoing => Some(Direction::Outgoing),
            _ => None,
        }
    }

    /// The direction that takes over what was found.
    #[must_use]
    pub const fn uses(self) -> Option<Direction> {
        match self {
            Self::UseIncoming => Some(Direction::Incoming),
            Self::UseOutgoing => Some(Direction::Outgoing),
            _ => None,
        }
    }
}

/// A draft as the wizard shows it, remedies of its reports included.
#[server(endpoint = "draft")]
pub async fn load_draft(workspace: String, draft: DraftId) -> Result<Draft, ApiError> {
    let (ctx, manager) = manager(&workspace).await?;
    let mut draft = drafts::load(&ctx, &manager, draft).await?;
    let address = draft.form.address.clone();
    for (direction, report) in
        [(Direction::Incoming, &mut draft.incoming_report), (Direction::Outgoing, &mut draft.outgoing_report)]
    {
        if let (Some(report), Ok(settings)) = (report, draft.form.server(direction).settings(direction.protocol())) {
            let (protocol, grant) = (direction.protocol(), draft.grant.as_ref());
            let situation = super::situation::of_server(&ctx, &manager, protocol, &settings, &address, grant).await?;
            remedy::advise(report, &situation, crate::i18n::language());
        }
    }
    Ok(draft)
}

/// Begins to edit a mailbox and goes to the wizard.
#[server(endpoint = "edit_mailbox")]
pub async fn edit_mailbox(workspace: String, mailbox: MailboxId) -> Result<(), ApiError> {
    let (ctx, manager) = manager(&workspace).await?;
    let draft = drafts::begin(&ctx, &manager, Some(mailbox)).await?;
    go(&manager, draft.id, "details")
}

/// The first page of the wizard: address, name, group, company. Begins the draft where there is none.
///
/// A page that is not `live` cannot search by itself: the servers of a new address are searched before the answer.
#[server(endpoint = "save_details")]
pub async fn save_details(
    workspace: String,
    #[server(default)] draft: Option<DraftId>,
    name: String,
    address: String,
    #[server(default)] group: String,
    #[server(default)] company: String,
    #[server(default)] live: bool,
) -> Result<(), ApiError> {
    let (ctx, manager) = manager(&workspace).await?;
    let draft = match draft {
        Some(draft) => drafts::load(&ctx, &manager, draft).await?,
        None => drafts::begin(&ctx, &manager, None).await?,
    };
    let of_mailbox = draft.mailbox_id.is_some();
    let (before, now) = (EmailAddress::parse(&draft.form.address).ok(), EmailAddress::parse(&address).ok());
    if let Some(found) =
        before.filter(|before| now.as_ref() != Some(before)).and_then(|one| ctx.discoverer.remembered(&one))
    {
        drafts::drop_found(&ctx, &manager, draft.id, &found).await?;
    }
    let form = MailboxForm {
        name,
        address,
        group: group.parse::<GroupId>().ok(),
        company: company.parse::<CompanyId>().ok(),
        ..draft.form
    };
    drafts::save_details(&ctx, &manager, draft.id, &form).await?;
    let wrong = wrong_details(&ctx, &manager, draft.id).await?;
    if let Some(address) = now.filter(|now| !live && !of_mailbox && ctx.discoverer.remembered(now).is_none())
        && super::discovery::native::brake(&manager).is_ok()
    {
        discover::discover(&ctx.discoverer, &address, |_| {}).await;
    }
    go(&manager, draft.id, if wrong.is_empty() { "server" } else { "details?tried=1" })
}

/// What is wrong with a draft's details, including what only the server knows.
#[server(endpoint = "draft_errors")]
pub async fn draft_errors(workspace: String, draft: DraftId) -> Result<Vec<Invalid>, ApiError> {
    let (ctx, manager) = manager(&workspace).await?;
    wrong_details(&ctx, &manager, draft).await
}

/// Without the mail server, which the next page asks for.
#[cfg(feature = "ssr")]
async fn wrong_details(ctx: &Context, manager: &Manager, draft: DraftId) -> Result<Vec<Invalid>, ApiError> {
    let mut wrong = drafts::errors(ctx, manager, draft).await?;
    wrong.retain(|invalid| invalid.field != Field::ServerType);
    Ok(wrong)
}

/// The second page: whose mail server. The default one needs nothing more and is saved.
#[server(endpoint = "save_kind")]
pub async fn save_kind(
    workspace: String,
    draft: DraftId,
    #[server(default)] kind: Option<MailServer>,
) -> Result<(), ApiError> {
    let (ctx, manager) = manager(&workspace).await?;
    let Some(kind) = kind else { return go(&manager, draft, "server?tried=1") };
    let (kind, sign_in) = match kind {
        MailServer::Microsoft => (ServerKind::Custom, Some(OAuthProvider::Microsoft)),
        MailServer::Google => (ServerKind::Custom, Some(OAuthProvider::Google)),
        MailServer::Custom => (ServerKind::Custom, None),
        MailServer::Default => (ServerKind::Default, None),
    };
    drafts::save_kind(&ctx, &manager, draft, kind, sign_in).await?;
    match kind {
        ServerKind::Custom => go(&manager, draft, "connect"),
        ServerKind::Default => publish(&ctx, &manager, draft, PublishAs::Active).await,
    }
}

/// The third page: both servers, and whatever button was pressed.
///
/// What was typed is kept first, whatever is wrong with it. A check started here runs to its end before
/// the answer: this is how pages without JavaScript check. Live pages send [`Intent::Keep`] and then
/// watch with [`watch_check`](super::live::watch_check).
#[server(endpoint = "submit_servers")]
pub async fn submit_servers(
    workspace: String,
    draft: DraftId,
    intent: Intent,
    incoming: TypedServer,
    outgoing: TypedServer,
) -> Result<(), ApiError> {
    let (ctx, manager) = manager(&workspace).await?;
    let offer = match intent.heals() {
        Some(direction) => {
            let kept = drafts::load(&ctx, &manager, draft).await?;
            kept.report(direction).and_then(|report| report.offers.first().cloned()).map(|offer| (direction, offer))
        }
        None => None,
    };
    for (direction, mut typed) in [(Direction::Incoming, incoming), (Direction::Outgoing, outgoing)] {
        if let Some((_, offer)) = offer.as_ref().filter(|(healed, _)| *healed == direction) {
            typed.take(offer);
        }
        if intent.trusts() == Some(direction) {
            typed.trust_offered();
        }
        let password = (!typed.password.is_empty()).then(|| typed.password.clone().into());
        drafts::save_server(&ctx, &manager, draft, direction, &typed.form(), password).await?;
    }
    if intent == Intent::Keep {
        return Ok(());
    }
    let kept = drafts::load(&ctx, &manager, draft).await?;
    if let Some(direction) = intent.uses() {
        let protocol = direction.protocol();
        let address = EmailAddress::parse(&kept.form.address).ok();
        let found = address.and_then(|address| ctx.discoverer.remembered(&address));
        if let Some(form) = found.and_then(|found| found.fill(protocol, kept.form.server(direction))) {
            drafts::save_server(&ctx, &manager, draft, direction, &form, None).await?;
        }
        return go(&manager, draft, "connect");
    }
    let wrong = intent.directions().iter().any(|&direction| !kept.validate_server(direction).is_empty());
    if wrong {
        let tried: Vec<&str> = intent.directions().iter().map(|direction| direction.as_str()).collect();
        return go(&manager, draft, &format!("connect?tried={}", tried.join("-")));
    }
    match intent {
        Intent::Save => publish(&ctx, &manager, draft, PublishAs::Active).await,
        Intent::SaveAsDraft => publish(&ctx, &manager, draft, PublishAs::Draft).await,
        Intent::SaveIncoming | Intent::SaveOutgoing => {
            for &direction in intent.directions() {
                drafts::publish_direction(&ctx, &manager, draft, direction).await?;
            }
            go(&manager, draft, "connect?done=direction_saved")
        }
        Intent::CheckBoth
        | Intent::CheckIncoming
        | Intent::CheckOutgoing
        | Intent::HealIncoming
        | Intent::HealOutgoing
        | Intent::TrustIncoming
        | Intent::TrustOutgoing => {
            let one =
                async |direction| Check::prepare(manager.slug(), Whose::Draft(draft), direction).await?.run().await;
            let ended = match intent.directions() {
                [only] => one(*only).await,
                _ => {
                    let (incoming, outgoing) = futures::join!(one(Direction::Incoming), one(Direction::Outgoing));
                    incoming.and(outgoing)
                }
            };
            match ended {
                // The page says what is wrong; an authority's certificates, for one, are opened here alone.
                Err(ApiError::Invalid { .. }) => go(&manager, draft, "connect?tried=incoming-outgoing"),
                Err(error) => Err(error),
                Ok(()) => go(&manager, draft, "connect?checked=1"),
            }
        }
        Intent::Keep | Intent::UseIncoming | Intent::UseOutgoing => Ok(()),
    }
}

/// Throws a draft away.
#[server(endpoint = "discard_draft")]
pub async fn discard_draft(workspace: String, draft: DraftId) -> Result<(), ApiError> {
    let (ctx, manager) = manager(&workspace).await?;
    drafts::discard(&ctx, &manager, draft).await?;
    super::workspaces::done(&format!("/admin/{}/channels/email/mailboxes", manager.slug()), "discarded")
}

#[cfg(feature = "ssr")]
async fn publish(ctx: &Context, manager: &Manager, draft: DraftId, wish: PublishAs) -> Result<(), ApiError> {
    use postroom_server::Error;
    match drafts::publish(ctx, manager, draft, wish).await {
        Ok(mailbox) => {
            let page = format!("/admin/{}/channels/email/mailboxes/{mailbox}", manager.slug());
            super::workspaces::done(&page, if wish == PublishAs::Active { "saved" } else { "saved_as_draft" })
        }
        Err(Error::Rule(Rule::CheckFirst)) => go(manager, draft, "connect?refused=check_first"),
        Err(Error::Invalid(errors)) if errors.iter().all(|invalid| invalid.protocol.is_none()) => {
            go(manager, draft, "details?tried=1")
        }
        Err(Error::Invalid(_)) => go(manager, draft, "connect?tried=incoming-outgoing"),
        Err(error) => Err(error.into()),
    }
}

/// Goes to a page of the wizard.
#[cfg(feature = "ssr")]
fn go(manager: &Manager, draft: DraftId, page: &str) -> Result<(), ApiError> {
    leptos_axum::redirect(&format!("/admin/{}/channels/email/drafts/{draft}/{page}", manager.slug()));
    Ok(())
}
