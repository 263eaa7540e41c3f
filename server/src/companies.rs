//! The companies of a managed service provider, and whether the account is one.

use crate::audit::{self, Changes, Entry};
use crate::context::Context;
use crate::db::{self, Tx};
use crate::error::{Error, Result, accept};
use crate::model::{AuditAct, Company, CompanyId, NameForm};
use crate::users::{Admin, Manager, Person};

/// The setting that makes the account a managed service provider's.
const MSP: &str = "msp";

/// True where the account serves companies.
///
/// # Errors
/// When the database fails.
pub async fn msp(ctx: &Context, _: &Person) -> Result<bool> {
    let mut tx = ctx.db.read().await?;
    Ok(db::settings::get(&mut tx, MSP).await?.as_deref() == Some("true"))
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

/// Writes down what is different about a company.
async fn changed(tx: &mut Tx, ctx: &Context, admin: &Admin, before: Option<&Company>, after: &Company) -> Result<()> {
    let entry = Entry::of(AuditAct::CompanyChanged, &after.name).numbered(after.id.0);
    audit::record(tx, ctx, &admin.by(), entry.with(Changes::between(before, Some(after)))).await
}
