//! Step one: address, name, group, company. The servers of the address are searched while the rest is typed.

use std::time::Duration;

use leptos::{
    ev::{Event, SubmitEvent},
    form::FromFormData,
    prelude::*,
};
use leptos_router::hooks::use_query_map;
use postroom_server::model::{Company, Draft, EmailAddress, Field as FormField, Group, Invalid, MailboxForm};

use super::{WizardPage, WizardStep, draft_in_address, search::Search, search_note::SearchNote};
use crate::{
    api::{
        ApiError,
        companies::companies_in_use,
        drafts::{SaveDetails, draft_errors, load_draft},
        workspaces::list_groups,
    },
    components::{Button, ButtonKind, Card, ErrorSummary, Field, LinkButton, Notice, PageWidth, Select, Tone},
    i18n::words,
    pages::{
        frame::{Place, in_managed_place},
        loaded::loaded,
        words::{action_error, api_error, field_error, summary},
    },
    say,
};

/// Whoever presses a button leaves the field first: what appears above the button must not move it away meanwhile.
const PAUSE: Duration = Duration::from_millis(300);

/// What the form needs to be drawn.
type Drawn = (Option<Draft>, Vec<Invalid>, Vec<Group>, Vec<Company>);

/// A new mailbox: nothing is stored before the first *Continue*.
#[component]
pub fn NewPage() -> impl IntoView {
    in_managed_place(|place| {
        let key = (place.slug.clone(), place.msp);
        loaded(
            move || key.clone(),
            |(slug, msp)| async move {
                let (groups, companies) = choices(slug, msp).await?;
                Ok::<Drawn, ApiError>((None, Vec::new(), groups, companies))
            },
            move |drawn| view! { <Details place=place.clone() drawn /> },
        )
    })
}

/// A draft that has been begun.
#[component]
pub fn DetailsPage() -> impl IntoView {
    in_managed_place(|place| {
        let id = draft_in_address();
        let query = use_query_map();
        let tried = Memo::new(move |_| query.with(|query| query.get("tried")).is_some());
        let (slug, msp) = (place.slug.clone(), place.msp);
        loaded(
            move || (slug.clone(), msp, id.get(), tried.get()),
            |(slug, msp, id, tried)| async move {
                let found = load_draft(slug.clone(), id).await?;
                let errors = if tried { draft_errors(slug.clone(), id).await? } else { Vec::new() };
                let (groups, companies) = choices(slug, msp).await?;
                Ok::<Drawn, ApiError>((Some(found), errors, groups, companies))
            },
            move |drawn| view! { <Details place=place.clone() drawn /> },
        )
    })
}

async fn choices(slug: String, msp: bool) -> Result<(Vec<Group>, Vec<Company>), ApiError> {
    let mut groups = list_groups(slug.clone()).await?;
    groups.retain(|group| !group.archived);
    let companies = if msp { companies_in_use(slug).await? } else { Vec::new() };
    Ok((groups, companies))
}

/// As the fields stand on the page, the address first.
fn in_order(mut errors: Vec<Invalid>) -> Vec<Invalid> {
    errors.sort_by_key(|invalid| invalid.field != FormField::Address);
    errors
}

#[component]
fn Details(place: Place, drawn: Drawn) -> impl IntoView {
    let words = words();
    let (draft, found, groups, companies) = drawn;
    let action = ServerAction::<SaveDetails>::new();
    let refused = action_error(action);
    let errors = RwSignal::new(in_order(found));
    let form = draft.as_ref().map(|draft| draft.form.clone()).unwrap_or_default();
    let draft_id = draft.as_ref().map(|draft| draft.id.to_string());
    let search = Search::new(place.slug.clone(), None);
    let saving = action.pending();
    // An address that somebody has left is whole; one that is half typed names somebody else's domain.
    let left = move |event: Event| {
        let Ok(address) = EmailAddress::parse(&event_target_value(&event)) else { return };
        let begin = move || {
            // The page may be gone by now, or on its way to the next one, which searches itself.
            if saving.try_get_untracked() == Some(false) {
                search.start(address, false);
            }
        };
        set_timeout(begin, PAUSE);
    };

    // One group is no choice: it is taken at once.
    let group = form.group.or_else(|| if groups.len() == 1 { groups.first().map(|group| group.id) } else { None });
    let group_value = group.map(|id| id.to_string()).unwrap_or_default();
    let mut group_options = vec![(String::new(), say!(words, wizard.choose_group).to_owned())];
    group_options.extend(groups.into_iter().map(|group| (group.id.to_string(), group.name)));
    let company_value = form.company.map(|id| id.to_string()).unwrap_or_default();
    let mut company_options = vec![(String::new(), say!(words, wizard.no_company).to_owned())];
    company_options.extend(companies.into_iter().map(|company| (company.id.to_string(), company.name)));

    let beside = move |field| Signal::derive(move || errors.with(|errors| field_error(words, errors, field)));
    let summed = Signal::derive(move || {
        errors.with(|errors| {
            summary(words, errors, |invalid| match invalid.field {
                FormField::Name => ("name".to_owned(), say!(words, wizard.name)),
                FormField::Group => ("group".to_owned(), say!(words, wizard.group)),
                FormField::Company => ("company".to_owned(), say!(words, wizard.company)),
                _ => ("address".to_owned(), say!(words, wizard.address)),
            })
        })
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let Ok(mut typed) = SaveDetails::from_event(&event) else { return };
        typed.live = true;
        let looked_at = MailboxForm {
            name: typed.name.clone(),
            address: typed.address.clone(),
            group: typed.group.parse().ok(),
            ..MailboxForm::default()
        };
        let mut wrong = looked_at.validate_details();
        wrong.retain(|invalid| invalid.field != FormField::ServerType);
        let right = wrong.is_empty();
        errors.set(in_order(wrong));
        if right {
            action.dispatch(typed);
        }
    };
    let msp = place.msp;
    let (slug, back) = (place.slug.clone(), place.mailboxes());
    view! {
        <WizardPage place draft step=WizardStep::Details width=PageWidth::Narrow>
            <ErrorSummary title=say!(words, wizard.fix_errors) errors=summed />
            {move || refused.get().map(|error| view! { <Notice tone=Tone::Bad>{api_error(words, &error)}</Notice> })}
            <form class="form" method="post" action="/api/save_details" novalidate on:submit=submit>
                <Card>
                    <div class="form">
                        <input type="hidden" name="workspace" value=slug />
                        {draft_id.map(|id| view! { <input type="hidden" name="draft" value=id /> })}
                        <div class="stack" on:change=left>
                            <Field
                                label=say!(words, wizard.address) name="address" value=form.address inputmode="email"
                                hint=say!(words, wizard.address_hint).to_owned() error=beside(FormField::Address)
                                required=true maxlength=320 autocomplete="off"
                            />
                            <SearchNote search />
                        </div>
                        <Field
                            label=say!(words, wizard.name) name="name" value=form.name hint=say!(words, wizard.name_hint).to_owned()
                            error=beside(FormField::Name) required=true maxlength=200 autocomplete="off"
                        />
                        <Select
                            label=say!(words, wizard.group) name="group" options=group_options value=group_value
                            hint=say!(words, wizard.group_hint).to_owned() error=beside(FormField::Group) required=true
                        />
                        {msp.then(|| view! {
                            <Select
                                label=say!(words, wizard.company) name="company" options=company_options value=company_value
                                hint=say!(words, wizard.company_hint).to_owned() error=beside(FormField::Company)
                            />
                        })}
                    </div>
                </Card>
                <div class="wizard-foot">
                    <LinkButton href=back kind=ButtonKind::Quiet>{say!(words, common.cancel)}</LinkButton>
                    <Button kind=ButtonKind::Primary busy=action.pending()>{say!(words, common.next)}</Button>
                </div>
            </form>
        </WizardPage>
    }
}
