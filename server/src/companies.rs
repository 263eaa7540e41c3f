//! The companies of a managed service provider, and whether the account is one.
//!
//! A company is known by its domains and served by its primary mailbox: the first one it got, unless another was
//! chosen. That one is deleted last. Companies without a mailbox are served by the account's primary mailbox, which an
//! administrator chooses; until then it is the primary mailbox of the oldest workspace in use.

use std::collections::{BTreeSet, HashMap};

use crate::audit::{self, Changes, Entry};
use crate::context::Context;
use crate::db::{self, Tx};
use crate::error::{Error, Result, accept};
use crate::model::address::is_host_name;
use crate::model::{
    AuditAct, Companies, Company, CompanyDetails, CompanyId, CompanyMailbox, CompanySummary, Field, MailboxId,
    MailboxState, NameForm, Reason, Rule, Serving,
};
use crate::users::{Admin, Manager, Person};
use crate::workspaces;

/// The setting that makes the account a managed service provider's.
const MSP: &str = "msp";

/// True where the account serves companies.
///
/// # Errors
/// When the database fails.
pub async fn msp(ctx: &Context, _: &Person) -> Result<bool> {
    let mut tx = ctx.db.read().await?;
    is_msp(&mut tx).await
}

/// Makes the account one that serves companies, or none.
///
/// # Errors
/// When the database fails.
pub async fn set_msp(ctx: &Context, admin: &Admin, msp: bool) -> Result<()> {
    let mut tx = ctx.db.write().await?;
    let before = db::settings::get(&mut tx, MSP).await?.is_some_and(|value| value == "true");
    let changes = Changes::none().and_between("msp", Some(&before), Some(&msp));
    audit::record(&mut tx, ctx, &admin.by(), Entry::of(AuditAct::SwitchChanged, "msp").with(changes)).await?;
    db::settings::set(&mut tx, MSP, if msp { "true" } else { "false" }).await?;
    tx.commit().await
}

/// All companies, archived ones too, by name.
///
/// # Errors
/// When the database fails.
pub async fn list(ctx: &Context, _: &Admin) -> Result<Vec<Company>> {
    all(ctx).await
}

async fn all(ctx: &Context) -> Result<Vec<Company>> {
    let mut tx = ctx.db.read().await?;
    let mut companies = db::companies::all(&mut tx).await?;
    companies.sort_by_key(|company| db::folded_name(&company.name));
    Ok(companies)
}

/// The companies that a mailbox can be given to, by name.
///
/// # Errors
/// When the database fails.
pub async fn in_use(ctx: &Context, _: &Manager) -> Result<Vec<Company>> {
    let mut companies = all(ctx).await?;
    companies.retain(|company| !company.archived);
    Ok(companies)
}

/// Adds a company.
///
/// # Errors
/// [`Error::Invalid`] when the name cannot be taken or is taken.
pub async fn create(ctx: &Context, admin: &Admin, form: &NameForm) -> Result<Company> {
    accept(form.validate())?;
    let mut tx = ctx.db.write().await?;
    let company = db::companies::insert(&mut tx, form.trimmed()).await?;
    let entry = Entry::of(AuditAct::CompanyCreated, &company.name).numbered(company.id.0);
    audit::record(&mut tx, ctx, &admin.by(), entry).await?;
    tx.commit().await?;
    Ok(company)
}

/// Gives a company another name.
///
/// # Errors
/// As [`create`], and [`Error::NotFound`].
pub async fn rename(ctx: &Context, admin: &Admin, id: CompanyId, form: &NameForm) -> Result<Company> {
    accept(form.validate())?;
    let mut tx = ctx.db.write().await?;
    let before = db::companies::by_id(&mut tx, id).await?;
    let company = db::companies::rename(&mut tx, id, form.trimmed()).await?.ok_or(Error::NotFound("company"))?;
    changed(&mut tx, ctx, admin, before.as_ref(), &company).await?;
    tx.commit().await?;
    Ok(company)
}

/// Archives a company, or takes it back: an archived one stays where it is used and is offered no more.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn set_archived(ctx: &Context, admin: &Admin, id: CompanyId, archived: bool) -> Result<Company> {
    let mut tx = ctx.db.write().await?;
    let before = db::companies::by_id(&mut tx, id).await?;
    let company = db::companies::set_archived(&mut tx, id, archived).await?.ok_or(Error::NotFound("company"))?;
    changed(&mut tx, ctx, admin, before.as_ref(), &company).await?;
    tx.commit().await?;
    Ok(company)
}

/// All companies with their domains and what serves each, and what serves the others.
///
/// # Errors
/// When the database fails.
pub async fn overview(ctx: &Context, _: &Admin) -> Result<Companies> {
    let mut tx = ctx.db.read().await?;
    let mut all = db::companies::all(&mut tx).await?;
    all.sort_by_key(|company| db::folded_name(&company.name));
    let mut domains: HashMap<CompanyId, Vec<String>> = HashMap::new();
    for (company, domain) in db::companies::domains(&mut tx, None).await? {
        domains.entry(company).or_default().push(shown(&domain));
    }
    let mut mailboxes: HashMap<CompanyId, Vec<CompanyMailbox>> = HashMap::new();
    for (company, mailbox) in db::companies::mailboxes(&mut tx, None).await? {
        mailboxes.entry(company).or_default().push(mailbox);
    }
    let account = db::companies::account_primary(&mut tx).await?;
    let summarised = |company: Company| {
        let domains = domains.remove(&company.id).unwrap_or_default();
        let mailboxes = mailboxes.remove(&company.id).unwrap_or_default();
        summary(company, domains, &mailboxes)
    };
    let all = all.into_iter().map(summarised).collect();
    let chosen = account.as_ref().is_some_and(|(_, chosen)| *chosen);
    Ok(Companies { all, account_primary: account.map(|(mailbox, _)| mailbox), chosen })
}

/// One company with its mailboxes.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn details(ctx: &Context, _: &Admin, id: CompanyId) -> Result<CompanyDetails> {
    let mut tx = ctx.db.read().await?;
    let company = db::companies::by_id(&mut tx, id).await?.ok_or(Error::NotFound("company"))?;
    let domains = db::companies::domains(&mut tx, Some(id)).await?;
    let domains = domains.into_iter().map(|(_, domain)| shown(&domain)).collect();
    let mailboxes: Vec<CompanyMailbox> =
        db::companies::mailboxes(&mut tx, Some(id)).await?.into_iter().map(|(_, mailbox)| mailbox).collect();
    let account_primary = db::companies::account_primary(&mut tx).await?.map(|(mailbox, _)| mailbox);
    Ok(CompanyDetails { summary: summary(company, domains, &mailboxes), mailboxes, account_primary })
}

/// Gives a company a domain; its subdomains are the company's too, unless another company has one of them.
///
/// # Errors
/// [`Error::Invalid`] for what is no domain, one under which anybody can have a name (`com`, `co.kr`), and one that a
/// company has already; [`Error::NotFound`].
pub async fn add_domain(ctx: &Context, _: &Admin, id: CompanyId, typed: &str) -> Result<()> {
    if typed.trim().is_empty() {
        return Err(Error::invalid(Field::Domain, Reason::Empty));
    }
    let domain = folded(typed).ok_or_else(|| Error::invalid(Field::Domain, Reason::NotADomain))?;
    if psl::domain_str(&domain).is_none() {
        return Err(Error::invalid(Field::Domain, Reason::PublicSuffix));
    }
    let mut tx = ctx.db.write().await?;
    db::companies::by_id(&mut tx, id).await?.ok_or(Error::NotFound("company"))?;
    db::companies::add_domain(&mut tx, id, &domain).await?;
    tx.commit().await
}

/// Takes a domain away from a company.
///
/// # Errors
/// [`Error::NotFound`] where the company has no such domain.
pub async fn remove_domain(ctx: &Context, _: &Admin, id: CompanyId, domain: &str) -> Result<()> {
    let domain = folded(domain).ok_or(Error::NotFound("domain"))?;
    let mut tx = ctx.db.write().await?;
    if !db::companies::remove_domain(&mut tx, id, &domain).await? {
        return Err(Error::NotFound("domain"));
    }
    tx.commit().await
}

/// Has a mailbox serve its company.
///
/// # Errors
/// [`Error::NotFound`] also for a mailbox of no company; [`Rule::DraftIsNoPrimary`]; [`Rule::WorkspaceArchived`].
pub async fn make_primary(ctx: &Context, _: &Admin, mailbox: MailboxId) -> Result<()> {
    let mut tx = ctx.db.write().await?;
    db::companies::hold_primaries(&mut tx).await?;
    let company = db::companies::of_mailbox(&mut tx, mailbox).await?.ok_or(Error::NotFound("company"))?;
    db::companies::hold(&mut tx, company).await?;
    refuse_to_serve(&mut tx, mailbox).await?;
    if !db::companies::set_primary(&mut tx, company, mailbox).await? {
        return Err(Error::NotFound("mailbox"));
    }
    tx.commit().await
}

/// Has a mailbox serve the companies that have none.
///
/// # Errors
/// [`Error::NotFound`]; [`Rule::DraftIsNoPrimary`]; [`Rule::WorkspaceArchived`].
pub async fn make_account_primary(ctx: &Context, _: &Admin, mailbox: MailboxId) -> Result<()> {
    let mut tx = ctx.db.write().await?;
    db::companies::hold_primaries(&mut tx).await?;
    refuse_to_serve(&mut tx, mailbox).await?;
    db::companies::set_account_primary(&mut tx, mailbox).await?;
    tx.commit().await
}

/// Who answers whoever writes from an address of this domain; `None` where it is no company's.
///
/// # Errors
/// When the database fails.
pub async fn mailbox_for(ctx: &Context, _: &Admin, domain: &str) -> Result<Option<Serving>> {
    serving(&mut ctx.db.read().await?, domain).await
}

/// [`mailbox_for`] inside a transaction, for mail that comes in.
pub(crate) async fn serving(tx: &mut Tx, domain: &str) -> Result<Option<Serving>> {
    let Some(domain) = folded(domain) else { return Ok(None) };
    let mut rest = domain.as_str();
    loop {
        if let Some(company) = db::companies::by_domain(tx, rest).await? {
            let mailbox = match db::companies::serving(tx, company.id).await? {
                Some(own) => Some(own),
                None => db::companies::account_primary(tx).await?.map(|(mailbox, _)| mailbox),
            };
            return Ok(Some(Serving { company, mailbox }));
        }
        match rest.split_once('.') {
            // Nobody has a name that everybody shares.
            Some((_, parent)) if psl::domain_str(parent).is_some() => rest = parent,
            _ => return Ok(None),
        }
    }
}

/// Holds the companies that a mailbox belongs to and is to belong to, before the mailbox itself is held.
pub(crate) async fn hold_of(
    tx: &mut Tx,
    mailbox: Option<MailboxId>,
    becomes: Option<CompanyId>,
) -> Result<BTreeSet<CompanyId>> {
    let mut held: BTreeSet<CompanyId> = becomes.into_iter().collect();
    if let Some(mailbox) = mailbox {
        held.extend(db::companies::of_mailbox(tx, mailbox).await?);
    }
    // Always in the same order, so that two who hold the same ones do not wait for each other.
    for &company in &held {
        db::companies::hold(tx, company).await?;
    }
    Ok(held)
}

/// Sees to it that companies that are held have a primary mailbox, as soon as they have one that may be it.
pub(crate) async fn settle(tx: &mut Tx, held: BTreeSet<CompanyId>) -> Result<()> {
    for company in held {
        db::companies::settle_primary(tx, company).await?;
    }
    Ok(())
}

/// A mailbox that leaves its company, by being deleted or given to another one, must not leave it without its primary
/// mailbox while there are others. The company is held.
///
/// # Errors
/// [`Rule::CompanyPrimary`].
pub(crate) async fn may_leave(tx: &mut Tx, mailbox: MailboxId) -> Result<()> {
    let Some(company) = db::companies::of_mailbox(tx, mailbox).await? else { return Ok(()) };
    let is_primary = db::mailboxes::is_company_primary(tx, mailbox).await?;
    if is_msp(tx).await? && is_primary && db::companies::count_others(tx, company, mailbox).await? > 0 {
        return Err(Rule::CompanyPrimary.into());
    }
    Ok(())
}

/// Whether a mailbox may be deleted, as far as companies rest on it. An account that serves none asks nothing.
///
/// # Errors
/// As [`may_leave`], and [`Rule::AccountPrimary`].
pub(crate) async fn may_go(tx: &mut Tx, mailbox: MailboxId) -> Result<()> {
    may_leave(tx, mailbox).await?;
    if is_msp(tx).await? && db::mailboxes::is_account_primary(tx, mailbox).await? {
        return Err(Rule::AccountPrimary.into());
    }
    Ok(())
}

async fn is_msp(tx: &mut Tx) -> Result<bool> {
    Ok(db::settings::get(tx, MSP).await?.as_deref() == Some("true"))
}

/// Refuses what cannot serve a company: what is no mailbox, a draft, and what rests with its workspace.
async fn refuse_to_serve(tx: &mut Tx, mailbox: MailboxId) -> Result<()> {
    let workspace = db::mailboxes::workspace_of(tx, mailbox).await?;
    workspaces::in_use(tx, workspace).await?;
    match db::mailboxes::hold(tx, workspace, mailbox).await?.0 {
        MailboxState::Draft => Err(Rule::DraftIsNoPrimary.into()),
        MailboxState::Active | MailboxState::Paused => Ok(()),
    }
}

fn summary(company: Company, domains: Vec<String>, mailboxes: &[CompanyMailbox]) -> CompanySummary {
    let serves = |mailbox: &&CompanyMailbox| {
        mailbox.primary && mailbox.state != MailboxState::Draft && !mailbox.workspace.archived
    };
    CompanySummary {
        company,
        domains,
        mailboxes: u32::try_from(mailboxes.len()).unwrap_or(u32::MAX),
        primary: mailboxes.iter().find(serves).cloned(),
    }
}

/// The form in which domains are compared: lower case, in A-labels, without a dot at the end. `None` for what is no
/// domain of mail: it has to have two labels or more, and each must be a name of a host (RFC 5321 2.3.5).
fn folded(typed: &str) -> Option<String> {
    let typed = typed.trim().trim_start_matches('@').trim_end_matches('.');
    let domain = idna::domain_to_ascii(typed).ok()?;
    let (_, last) = domain.rsplit_once('.')?;
    // A number at the end is an address of a machine.
    (is_host_name(&domain) && !last.bytes().all(|byte| byte.is_ascii_digit())).then_some(domain)
}

/// A domain as people write it.
fn shown(domain: &str) -> String {
    match idna::domain_to_unicode(domain) {
        (shown, Ok(())) => shown,
        (_, Err(_)) => domain.to_owned(),
    }
}

/// Writes down what is different about a company.
async fn changed(tx: &mut Tx, ctx: &Context, admin: &Admin, before: Option<&Company>, after: &Company) -> Result<()> {
    let entry = Entry::of(AuditAct::CompanyChanged, &after.name).numbered(after.id.0);
    audit::record(tx, ctx, &admin.by(), entry.with(Changes::between(before, Some(after)))).await
}
