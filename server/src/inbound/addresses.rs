//! Who mail is taken for: default mailboxes, at their own address and at their forwarding address.

use crate::context::Context;
use crate::db::{self, Tx, folded_address};
use crate::error::{Error, Result};
use crate::mailboxes;
use crate::model::{EmailAddress, Field, MailboxId, Reason, ReceivedMail, Rule, ServerKind, Workspace, WorkspaceId};
use crate::random;
use crate::users::{Manager, Viewer};
use crate::workspaces;

/// Random letters of a forwarding address: 60 bits, more than anybody can try.
const LETTERS: usize = 12;
/// How much of an address's local part its forwarding address keeps.
const KEPT: usize = 40;

/// Whose address something is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Found {
    Mailbox {
        mailbox: MailboxId,
        folded: String,
    },
    /// In our domain, and nobody's.
    Unknown,
    /// In somebody else's domain: who sends there must not come to us.
    Foreign,
}

/// Who takes mail for this address.
pub(super) async fn find(ctx: &Context, address: &EmailAddress) -> Result<Found> {
    let Some(folded) = folded_address(address) else { return Ok(Found::Foreign) };
    let ours = our_domain(ctx);
    let domain = folded.rsplit_once('@').map_or("", |(_, domain)| domain);
    if domain != ours && !domain.strip_suffix(&ours).is_some_and(|above| above.ends_with('.')) {
        return Ok(Found::Foreign);
    }
    let mut tx = ctx.db.read().await?;
    let mailbox = db::inbound::mailbox_for(&mut tx, &folded, domain, &ours).await?;
    Ok(mailbox.map_or(Found::Unknown, |mailbox| Found::Mailbox { mailbox, folded }))
}

/// The address that other mail systems forward to so that a default mailbox gets its mail. Nobody can guess it, and it
/// stays the same whatever happens to the mailbox's own address.
///
/// # Errors
/// [`Error::NotFound`]; [`Rule::NotConfigured`] for a mailbox on a server of its own.
pub async fn forwarding_address(ctx: &Context, manager: &Manager, mailbox: MailboxId) -> Result<EmailAddress> {
    let workspace = manager.workspace().id;
    let mut tx = ctx.db.read().await?;
    mailboxes::details_in(&mut tx, workspace, mailbox).await?;
    let found = db::inbound::forwarding_address(&mut tx, mailbox).await?;
    drop(tx);
    if let Some(address) = found {
        return Ok(address);
    }
    let mut tx = ctx.db.write().await?;
    let address = address_of(&mut tx, ctx, workspace, mailbox).await?;
    tx.commit().await?;
    Ok(address)
}

/// What a mailbox has received, the newest first.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn last_received(
    ctx: &Context,
    viewer: &Viewer,
    mailbox: MailboxId,
    at_most: usize,
) -> Result<Vec<ReceivedMail>> {
    let workspace = viewer.workspace().id;
    let mut tx = ctx.db.read().await?;
    mailboxes::details_in(&mut tx, workspace, mailbox).await?;
    db::inbound::last(&mut tx, mailbox, i64::try_from(at_most).unwrap_or(i64::MAX)).await
}

/// The forwarding address of a default mailbox, made where it has none.
pub(crate) async fn address_of(
    tx: &mut Tx,
    ctx: &Context,
    workspace: WorkspaceId,
    mailbox: MailboxId,
) -> Result<EmailAddress> {
    let summary = mailboxes::details_in(tx, workspace, mailbox).await?.summary;
    if summary.kind != ServerKind::Default {
        return Err(Rule::NotConfigured.into());
    }
    let workspace = workspaces::existing(tx, workspace).await?;
    give_forwarding_address(tx, ctx, &workspace, mailbox, &summary.address).await
}

/// Gives a default mailbox its forwarding address, unless it has one; the one it has then.
pub(crate) async fn give_forwarding_address(
    tx: &mut Tx,
    ctx: &Context,
    workspace: &Workspace,
    mailbox: MailboxId,
    address: &EmailAddress,
) -> Result<EmailAddress> {
    let domain = format!("{}.{}", workspace.slug, ctx.config.mail_domain);
    let text = format!("{}-{}@{domain}", stem(address), random::letters(LETTERS));
    let unfit = || Error::invalid(Field::Address, Reason::NotAnAddress);
    let new = EmailAddress::parse(&text).map_err(|_| unfit())?;
    let folded = folded_address(&new).ok_or_else(unfit)?;
    db::inbound::give_forwarding_address(tx, mailbox, &new, &folded).await?;
    db::inbound::forwarding_address(tx, mailbox).await?.ok_or(Error::NotFound("forwarding address"))
}

/// What people recognise a forwarding address by: the local part, as far as every mail system can carry it.
fn stem(address: &EmailAddress) -> String {
    let plain = address.local_part().to_lowercase();
    let plain: String = plain.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).take(KEPT).collect();
    let parts: Vec<&str> = plain.split('-').filter(|part| !part.is_empty()).collect();
    if parts.is_empty() { "mail".to_owned() } else { parts.join("-") }
}

/// The domain that all our addresses end in, as addresses are compared.
fn our_domain(ctx: &Context) -> String {
    let domain = &ctx.config.mail_domain;
    let folded = idna::domain_to_ascii(domain).unwrap_or_else(|_| domain.to_lowercase());
    folded.trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_forwarding_address_begins_with_what_people_recognise() {
        for (address, expected) in [
            ("Support@example.com", "support"),
            ("it.help+desk@example.com", "it-help-desk"),
            ("-a-@example.com", "a"),
            ("지원@예시.한국", "mail"),
            ("büro@example.com", "b-ro"),
        ] {
            assert_eq!(stem(&EmailAddress::parse(address).unwrap()), expected);
        }
        let long = EmailAddress::parse(&format!("{}@example.com", "a".repeat(64))).unwrap();
        assert_eq!(stem(&long).len(), KEPT);
    }
}
