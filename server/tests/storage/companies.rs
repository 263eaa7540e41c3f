//! Companies: their domains, the mailbox that serves each, and what serves the others.

use futures::future::join_all;
use postroom_server::model::{
    Company, CompanyId, DraftId, Field, Invalid, MailboxForm, MailboxId, NameForm, PublishAs, Reason, Rule, ServerKind,
};
use postroom_server::{Error, companies, drafts, mailboxes, workspaces};

use crate::world::World;

crate::on_both_databases!(
    the_first_mailbox_of_a_company_serves_it,
    the_primary_mailbox_of_a_company_is_deleted_last,
    the_primary_mailbox_of_a_company_is_given_away_last,
    another_mailbox_of_a_company_can_be_made_its_primary_one,
    a_draft_serves_nobody_until_it_is_at_work,
    companies_without_a_mailbox_are_served_by_the_accounts_primary,
    the_accounts_primary_mailbox_is_chosen_and_then_kept,
    an_account_that_serves_no_companies_is_not_stopped_by_them,
    a_domain_belongs_to_one_company_however_it_is_written,
    what_is_no_domain_is_refused_in_words,
    a_subdomain_is_the_companys_unless_another_one_has_it,
    many_who_choose_at_once_leave_one_primary,
    a_company_is_shown_with_everything_of_it,
);

async fn company(world: &World, name: &str) -> Company {
    companies::create(&world.ctx, &world.admin, &NameForm { name: name.to_owned() }).await.unwrap()
}

/// A world that serves one company.
async fn serving(world: &World) -> Company {
    companies::set_msp(&world.ctx, &world.admin, true).await.unwrap();
    company(world, "Example Ltd.").await
}

fn form(world: &World, address: &str, company: Option<CompanyId>) -> MailboxForm {
    MailboxForm { company, kind: Some(ServerKind::Default), ..world.details(address) }
}

async fn draft(world: &World, address: &str, company: Option<CompanyId>, of: Option<MailboxId>) -> DraftId {
    let (ctx, manager) = (&world.ctx, &world.manager);
    let draft = drafts::begin(ctx, manager, of).await.unwrap();
    let wrong = drafts::save_details(ctx, manager, draft.id, &form(world, address, company)).await.unwrap();
    assert_eq!(wrong, []);
    drafts::save_kind(ctx, manager, draft.id, ServerKind::Default, None).await.unwrap();
    draft.id
}

async fn mailbox(world: &World, address: &str, company: Option<CompanyId>) -> MailboxId {
    let draft = draft(world, address, company, None).await;
    drafts::publish(&world.ctx, &world.manager, draft, PublishAs::Active).await.unwrap()
}

async fn primary(world: &World, company: &Company) -> Option<MailboxId> {
    companies::details(&world.ctx, &world.admin, company.id).await.unwrap().summary.primary.map(|mailbox| mailbox.id)
}

/// What serves whoever writes from this domain.
async fn server_of(world: &World, domain: &str) -> Option<MailboxId> {
    let serving = companies::mailbox_for(&world.ctx, &world.admin, domain).await.unwrap()?;
    serving.mailbox.map(|mailbox| mailbox.id)
}

async fn of_the_workspace(world: &World) -> MailboxId {
    mailboxes::list(&world.ctx, &world.manager).await.unwrap().into_iter().find(|one| one.primary).unwrap().id
}

fn refused(result: Result<impl std::fmt::Debug, Error>) -> Rule {
    match result {
        Err(Error::Rule(rule)) => rule,
        other => panic!("{other:?}"),
    }
}

fn wrong(result: Result<(), Error>) -> Vec<Invalid> {
    match result {
        Err(Error::Invalid(found)) => found,
        other => panic!("{other:?}"),
    }
}

async fn the_first_mailbox_of_a_company_serves_it(world: World) {
    let company = serving(&world).await;
    companies::add_domain(&world.ctx, &world.admin, company.id, "example.com").await.unwrap();
    let first = mailbox(&world, "first@example.net", Some(company.id)).await;
    let second = mailbox(&world, "second@example.net", Some(company.id)).await;

    assert_eq!(primary(&world, &company).await, Some(first));
    assert_eq!(server_of(&world, "example.com").await, Some(first));
    let summary = mailboxes::details(&world.ctx, &world.manager, second).await.unwrap().summary;
    assert!(!summary.company_primary);
    assert!(mailboxes::details(&world.ctx, &world.manager, first).await.unwrap().summary.company_primary);
}

async fn the_primary_mailbox_of_a_company_is_deleted_last(world: World) {
    let (ctx, manager) = (&world.ctx, &world.manager);
    let company = serving(&world).await;
    let first = mailbox(&world, "first@example.net", Some(company.id)).await;
    let second = mailbox(&world, "second@example.net", Some(company.id)).await;

    assert_eq!(refused(mailboxes::delete(ctx, manager, first).await), Rule::CompanyPrimary);
    mailboxes::delete(ctx, manager, second).await.unwrap();
    mailboxes::delete(ctx, manager, first).await.unwrap();

    assert_eq!(primary(&world, &company).await, None);
    let next = mailbox(&world, "next@example.net", Some(company.id)).await;
    assert_eq!(primary(&world, &company).await, Some(next));
}

async fn the_primary_mailbox_of_a_company_is_given_away_last(world: World) {
    let (ctx, manager) = (&world.ctx, &world.manager);
    let one = serving(&world).await;
    let other = company(&world, "Other Ltd.").await;
    let first = mailbox(&world, "first@example.net", Some(one.id)).await;
    let second = mailbox(&world, "second@example.net", Some(one.id)).await;

    let moved = draft(&world, "first@example.net", Some(other.id), Some(first)).await;
    assert_eq!(refused(drafts::publish(ctx, manager, moved, PublishAs::Active).await), Rule::CompanyPrimary);
    let second_moved = draft(&world, "second@example.net", None, Some(second)).await;
    drafts::publish(ctx, manager, second_moved, PublishAs::Active).await.unwrap();
    drafts::publish(ctx, manager, moved, PublishAs::Active).await.unwrap();

    assert_eq!(primary(&world, &one).await, None);
    assert_eq!(primary(&world, &other).await, Some(first), "it is the first one of its new company");
}

async fn another_mailbox_of_a_company_can_be_made_its_primary_one(world: World) {
    let (ctx, admin, manager) = (&world.ctx, &world.admin, &world.manager);
    let company = serving(&world).await;
    let first = mailbox(&world, "first@example.net", Some(company.id)).await;
    let second = mailbox(&world, "second@example.net", Some(company.id)).await;
    let stranger = mailbox(&world, "stranger@example.net", None).await;

    companies::make_primary(ctx, admin, second).await.unwrap();

    assert_eq!(primary(&world, &company).await, Some(second));
    mailboxes::delete(ctx, manager, first).await.unwrap();
    let nobodys = companies::make_primary(ctx, admin, stranger).await;
    assert!(matches!(nobodys, Err(Error::NotFound(_))), "{nobodys:?}");
    assert_eq!(primary(&world, &company).await, Some(second));
}

async fn a_draft_serves_nobody_until_it_is_at_work(world: World) {
    let (ctx, admin, manager) = (&world.ctx, &world.admin, &world.manager);
    let company = serving(&world).await;
    companies::add_domain(ctx, admin, company.id, "example.com").await.unwrap();
    let begun = draft(&world, "draft@example.net", Some(company.id), None).await;
    let saved = drafts::publish(ctx, manager, begun, PublishAs::Draft).await.unwrap();

    assert_eq!(primary(&world, &company).await, None);
    assert_eq!(server_of(&world, "example.com").await, Some(of_the_workspace(&world).await));
    assert_eq!(refused(companies::make_primary(ctx, admin, saved).await), Rule::DraftIsNoPrimary);
    assert_eq!(refused(companies::make_account_primary(ctx, admin, saved).await), Rule::DraftIsNoPrimary);

    mailboxes::resume(ctx, manager, saved).await.unwrap();
    assert_eq!(primary(&world, &company).await, Some(saved));
    assert_eq!(server_of(&world, "example.com").await, Some(saved));
}

async fn companies_without_a_mailbox_are_served_by_the_accounts_primary(world: World) {
    let (ctx, admin) = (&world.ctx, &world.admin);
    let company = serving(&world).await;
    companies::add_domain(ctx, admin, company.id, "example.com").await.unwrap();
    let oldest = of_the_workspace(&world).await;
    let (other, _) = world.other_workspace().await;

    assert_eq!(server_of(&world, "example.com").await, Some(oldest));
    assert_eq!(server_of(&world, "example.org").await, None, "nobody's domain");
    let shown = companies::overview(ctx, admin).await.unwrap();
    assert_eq!((shown.account_primary.map(|mailbox| mailbox.id), shown.chosen), (Some(oldest), false));

    // With its workspace it rests, and the next one serves.
    workspaces::set_archived(ctx, admin, world.workspace.id, true).await.unwrap();
    let elsewhere = world.manager_of(&other).await;
    let next = mailboxes::list(ctx, &elsewhere).await.unwrap()[0].id;
    assert_eq!(server_of(&world, "example.com").await, Some(next));
}

async fn the_accounts_primary_mailbox_is_chosen_and_then_kept(world: World) {
    let (ctx, admin, manager) = (&world.ctx, &world.admin, &world.manager);
    let company = serving(&world).await;
    companies::add_domain(ctx, admin, company.id, "example.com").await.unwrap();
    let chosen = mailbox(&world, "desk@example.net", None).await;
    let other = mailbox(&world, "other@example.net", None).await;

    companies::make_account_primary(ctx, admin, chosen).await.unwrap();

    assert_eq!(server_of(&world, "example.com").await, Some(chosen));
    assert!(companies::overview(ctx, admin).await.unwrap().chosen);
    assert_eq!(refused(mailboxes::delete(ctx, manager, chosen).await), Rule::AccountPrimary);
    companies::make_account_primary(ctx, admin, other).await.unwrap();
    mailboxes::delete(ctx, manager, chosen).await.unwrap();
    assert_eq!(server_of(&world, "example.com").await, Some(other));
}

async fn an_account_that_serves_no_companies_is_not_stopped_by_them(world: World) {
    let (ctx, admin, manager) = (&world.ctx, &world.admin, &world.manager);
    let company = serving(&world).await;
    let first = mailbox(&world, "first@example.net", Some(company.id)).await;
    let second = mailbox(&world, "second@example.net", Some(company.id)).await;
    companies::make_account_primary(ctx, admin, first).await.unwrap();

    companies::set_msp(ctx, admin, false).await.unwrap();
    mailboxes::delete(ctx, manager, first).await.unwrap();

    companies::set_msp(ctx, admin, true).await.unwrap();
    assert_eq!(primary(&world, &company).await, Some(second), "somebody serves the company");
}

async fn a_domain_belongs_to_one_company_however_it_is_written(world: World) {
    let (ctx, admin) = (&world.ctx, &world.admin);
    let one = serving(&world).await;
    let other = company(&world, "Other Ltd.").await;
    companies::add_domain(ctx, admin, one.id, " @Bücher.Example.COM. ").await.unwrap();

    let taken = [Invalid::new(Field::Domain, Reason::DomainTaken)];
    for (company, typed) in
        [(&other, "xn--bcher-kva.example.com"), (&other, "BÜCHER.example.com"), (&one, "bücher.example.com")]
    {
        assert_eq!(wrong(companies::add_domain(ctx, admin, company.id, typed).await), taken, "{typed}");
    }
    let details = companies::details(ctx, admin, one.id).await.unwrap();
    assert_eq!(details.summary.domains, ["bücher.example.com"]);
    for typed in ["bücher.example.com", "XN--BCHER-KVA.example.com."] {
        let serving = companies::mailbox_for(ctx, admin, typed).await.unwrap().unwrap();
        assert_eq!(serving.company.id, one.id, "{typed}");
    }

    companies::remove_domain(ctx, admin, one.id, "bücher.example.com").await.unwrap();
    let again = companies::remove_domain(ctx, admin, one.id, "bücher.example.com").await;
    assert!(matches!(again, Err(Error::NotFound(_))), "{again:?}");
    companies::add_domain(ctx, admin, other.id, "bücher.example.com").await.unwrap();
}

async fn what_is_no_domain_is_refused_in_words(world: World) {
    let company = serving(&world).await;
    for (typed, reason) in [
        ("  ", Reason::Empty),
        ("localhost", Reason::NotADomain),
        ("two words.com", Reason::NotADomain),
        ("ada@example.com", Reason::NotADomain),
        ("192.0.2.7", Reason::NotADomain),
        ("-.example.com", Reason::NotADomain),
        ("https://example.com", Reason::NotADomain),
        ("co.kr", Reason::PublicSuffix),
        ("CO.UK", Reason::PublicSuffix),
        ("github.io", Reason::PublicSuffix),
    ] {
        let found = wrong(companies::add_domain(&world.ctx, &world.admin, company.id, typed).await);
        assert_eq!(found, [Invalid::new(Field::Domain, reason)], "{typed}");
    }
    let nowhere = companies::add_domain(&world.ctx, &world.admin, CompanyId(999), "example.com").await;
    assert!(matches!(nowhere, Err(Error::NotFound(_))), "{nowhere:?}");
}

async fn a_subdomain_is_the_companys_unless_another_one_has_it(world: World) {
    let (ctx, admin) = (&world.ctx, &world.admin);
    let one = serving(&world).await;
    let other = company(&world, "Other Ltd.").await;
    companies::add_domain(ctx, admin, one.id, "example.co.kr").await.unwrap();
    companies::add_domain(ctx, admin, other.id, "lab.example.co.kr").await.unwrap();

    let company_of = async |domain: &str| {
        companies::mailbox_for(ctx, admin, domain).await.unwrap().map(|serving| serving.company.name)
    };

    assert_eq!(company_of("example.co.kr").await.as_deref(), Some("Example Ltd."));
    assert_eq!(company_of("mail.eu.example.co.kr").await.as_deref(), Some("Example Ltd."));
    assert_eq!(company_of("lab.example.co.kr").await.as_deref(), Some("Other Ltd."));
    assert_eq!(company_of("x.lab.example.co.kr").await.as_deref(), Some("Other Ltd."));
    assert_eq!(company_of("notexample.co.kr").await, None);
    assert_eq!(company_of("no domain at all").await, None);
}

async fn many_who_choose_at_once_leave_one_primary(world: World) {
    let (ctx, admin, manager) = (&world.ctx, &world.admin, &world.manager);
    let company = serving(&world).await;
    let mut all = Vec::new();
    for number in 0..6 {
        all.push(mailbox(&world, &format!("m{number}@example.net"), Some(company.id)).await);
    }
    for _ in 0..5 {
        let company_choices = all.iter().map(|id| companies::make_primary(ctx, admin, *id));
        let account_choices = all.iter().map(|id| companies::make_account_primary(ctx, admin, *id));
        let workspace_choices = all.iter().map(|id| mailboxes::make_primary(ctx, manager, *id));
        let (company_choices, account_choices, workspace_choices) =
            futures::join!(join_all(company_choices), join_all(account_choices), join_all(workspace_choices));
        for chosen in company_choices.into_iter().chain(account_choices).chain(workspace_choices) {
            chosen.unwrap();
        }
    }

    let listed = mailboxes::list(ctx, manager).await.unwrap();
    assert_eq!(listed.iter().filter(|one| one.primary).count(), 1);
    assert_eq!(listed.iter().filter(|one| one.company_primary).count(), 1);
    assert_eq!(listed.iter().filter(|one| one.account_primary).count(), 1);
}

async fn a_company_is_shown_with_everything_of_it(world: World) {
    let (ctx, admin, manager) = (&world.ctx, &world.admin, &world.manager);
    let one = serving(&world).await;
    let other = company(&world, "Another Ltd.").await;
    companies::add_domain(ctx, admin, one.id, "example.org").await.unwrap();
    companies::add_domain(ctx, admin, one.id, "example.com").await.unwrap();
    let first = mailbox(&world, "first@example.net", Some(one.id)).await;
    let begun = draft(&world, "draft@example.net", Some(one.id), None).await;
    drafts::publish(ctx, manager, begun, PublishAs::Draft).await.unwrap();

    let shown = companies::overview(ctx, admin).await.unwrap();

    assert_eq!(shown.all.iter().map(|one| one.company.id).collect::<Vec<_>>(), [other.id, one.id], "by name");
    assert_eq!((shown.all[0].mailboxes, shown.all[0].primary.clone(), shown.all[0].domains.len()), (0, None, 0));
    assert_eq!(shown.all[1].mailboxes, 2);
    assert_eq!(shown.all[1].domains, ["example.com", "example.org"]);
    assert_eq!(shown.all[1].primary.as_ref().map(|mailbox| mailbox.id), Some(first));
    let details = companies::details(ctx, admin, one.id).await.unwrap();
    assert_eq!(details.summary, shown.all[1]);
    assert_eq!(details.mailboxes.len(), 2);
    assert!(details.mailboxes[0].primary && details.mailboxes[0].workspace.slug == "it");
    let nothing = companies::details(ctx, admin, CompanyId(999)).await;
    assert!(matches!(nothing, Err(Error::NotFound(_))), "{nothing:?}");
}
