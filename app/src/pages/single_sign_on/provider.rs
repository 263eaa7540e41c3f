//! One identity provider: how to register Postroom there, what it is told, the test, who has come in through it.

use leptos::{either::Either, html, prelude::*};
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};
use postroom_server::model::{
    Field as FormField, GrantedRole, IdentityProvider, IdentityProviderForm, IdentityProviderId, LinkedPerson,
    Membership, ProviderStep, ProviderTrial, ProviderTrouble, ProviderTroubleKind, Role, RoleRule, StepState,
    Workspace,
};
use serde::{Deserialize, Serialize};

use super::super::{
    loaded::{loaded, redrawn},
    nowhere::NotFound,
    words::{action_error, api_error, error_beside, summary},
};
use crate::{
    api::{
        ApiError,
        single_sign_on::{
            RemoveIdentityProvider, SaveIdentityProvider, TypedRule, UnlinkIdentity, load_identity_provider,
            rule_field, try_identity_provider,
        },
    },
    components::{
        Breadcrumb, Button, ButtonKind, Card, Checkbox, CopyLine, ErrorSummary, Field, Fold, Icon, LinkButton, Moment,
        Notice, Page, PageHead, PageWidth, PasswordField, Picture, Select, Tone,
        check_words::{state_name, state_word},
    },
    i18n::{Locale, words},
    say,
};

/// How many rows are there to type further rules into.
const MORE_RULES: usize = 3;

/// A provider, and the test where one was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Drawn {
    provider: IdentityProvider,
    workspaces: Vec<Workspace>,
    tried: Option<Result<Vec<ProviderTrial>, ApiError>>,
}

/// `/account/single-sign-on/new`.
#[component]
pub fn NewProviderPage() -> impl IntoView {
    let words = words();
    let save = ServerAction::<SaveIdentityProvider>::new();
    view! {
        <Frame title=say!(words, signon.new_title).to_owned() text=say!(words, signon.new_lead).to_owned()>
            {loaded(|| (), |()| load_identity_provider(None), move |shown| view! {
                <Card title=say!(words, signon.steps_title).to_owned() text=say!(words, signon.steps_text).to_owned()>
                    <Guide redirect_uri=shown.redirect_uri />
                </Card>
                <Form save workspaces=shown.workspaces />
            })}
        </Frame>
    }
}

/// `/account/single-sign-on/{identity_provider}`; `?try=1` tests.
#[component]
pub fn ProviderPage() -> impl IntoView {
    let params = use_params_map();
    let id =
        Memo::new(move |_| params.with(|params| params.get("identity_provider"))?.parse::<IdentityProviderId>().ok());
    redrawn(move || match id.get() {
        Some(id) => Either::Left(view! { <OfProvider id /> }),
        None => Either::Right(view! { <NotFound /> }),
    })
}

#[component]
fn OfProvider(id: IdentityProviderId) -> impl IntoView {
    let words = words();
    let query = use_query_map();
    let trying = Memo::new(move |_| query.with(|query| query.get("try")).is_some());
    let (save, unlink) = (ServerAction::<SaveIdentityProvider>::new(), ServerAction::<UnlinkIdentity>::new());
    let remove = ServerAction::<RemoveIdentityProvider>::new();
    let (saving, unlinking, removing) = (action_error(save), action_error(unlink), action_error(remove));
    let refused = move || {
        let saving = saving.get().filter(|error| error.invalid().is_empty());
        saving.or_else(|| unlinking.get()).or_else(|| removing.get())
    };
    view! {
        <Frame title=say!(words, signon.provider_title).to_owned()>
            {move || refused().map(|error| view! { <Notice tone=Tone::Bad>{api_error(words, &error)}</Notice> })}
            {loaded(
                move || (trying.get(), save.version().get(), unlink.version().get()),
                move |(trying, ..)| async move {
                    let tried = if trying { Some(try_identity_provider(id).await) } else { None };
                    let shown = load_identity_provider(Some(id)).await?;
                    let provider = shown.provider.ok_or(ApiError::NotFound)?;
                    Ok::<Drawn, ApiError>(Drawn { provider, workspaces: shown.workspaces, tried })
                },
                move |Drawn { provider, workspaces, tried }| {
                    let (form, people) = (provider.form.clone(), provider.people.clone());
                    // The test has just said the same.
                    let trouble = provider.trouble.filter(|_| tried.is_none());
                    view! {
                        {trouble.map(|(trouble, since)| view! {
                            <Notice tone=Tone::Bad title=say!(words, signon.state_trouble).to_owned()>
                                <Trouble trouble />
                                <p class="soft">{say!(words, signon.trouble_since)} " " <Moment at=since /></p>
                            </Notice>
                        })}
                        <Fold summary=say!(words, signon.steps_title)>
                            <Guide redirect_uri=provider.redirect_uri />
                        </Fold>
                        <Form save workspaces id form />
                        <Trial id tried />
                        <People id people unlink />
                        <Remove id name=provider.form.name remove />
                    }
                },
            )}
        </Frame>
    }
}

#[component]
fn Frame(title: String, #[prop(optional, into)] text: Option<String>, children: Children) -> impl IntoView {
    let words = words();
    let items = vec![
        (say!(words, common.admin).to_owned(), Some("/".to_owned())),
        (say!(words, signon.title).to_owned(), Some("/account/single-sign-on".to_owned())),
        (title.clone(), None),
    ];
    view! {
        <Title text=title.clone() />
        <Page width=PageWidth::Narrow>
            <Breadcrumb items />
            <PageHead title text />
            {children()}
        </Page>
    }
}

/// The redirect URI to copy, and what to do at the provider.
#[component]
fn Guide(redirect_uri: String) -> impl IntoView {
    let words = words();
    let steps = [
        say!(words, signon.step_client),
        say!(words, signon.step_redirect),
        say!(words, signon.step_copy),
        say!(words, signon.step_entra),
        say!(words, signon.step_google),
        say!(words, signon.step_keycloak),
    ];
    view! {
        <div class="stack">
            <div>
                <p><strong>{say!(words, signon.redirect)}</strong></p>
                <p class="hint">{say!(words, signon.redirect_hint)}</p>
            </div>
            <CopyLine text=redirect_uri />
            <ul class="steps">{steps.map(|step| view! { <li>{step}</li> }).collect_view()}</ul>
        </div>
    }
}

#[component]
fn Form(
    save: ServerAction<SaveIdentityProvider>,
    workspaces: Vec<Workspace>,
    #[prop(optional)] id: Option<IdentityProviderId>,
    #[prop(optional)] form: IdentityProviderForm,
) -> impl IntoView {
    let words = words();
    let error = action_error(save);
    // What was typed before the page came back counts more than what is kept.
    let value = move |field: &str, kept: String| {
        error
            .with_untracked(|error| error.as_ref().and_then(|error| error.typed(field)).map(str::to_owned))
            .unwrap_or(kept)
    };
    let ticked = move |field: &str, kept: bool| value(field, kept.to_string()) == "true";
    let summed = Signal::derive(move || {
        error.with(|error| {
            let errors = error.as_ref().map(|error| error.invalid()).unwrap_or_default();
            summary(words, errors, |invalid| match invalid.field {
                FormField::Name => ("name".to_owned(), say!(words, signon.name)),
                FormField::ClientId => ("client_id".to_owned(), say!(words, signon.client_id)),
                FormField::ClientSecret => ("client_secret".to_owned(), say!(words, signon.client_secret)),
                FormField::Scopes => ("scopes".to_owned(), say!(words, signon.scopes)),
                FormField::Domains => ("domains".to_owned(), say!(words, signon.domains)),
                FormField::DefaultRole => ("default_role".to_owned(), say!(words, signon.default_role)),
                FormField::RoleClaim => ("role_claim".to_owned(), say!(words, signon.role_claim)),
                FormField::RoleRules => ("rule-0-value".to_owned(), say!(words, signon.rules)),
                _ => ("issuer".to_owned(), say!(words, signon.issuer)),
            })
        })
    });
    // What was typed stays in its fields whatever comes anew around them: a secret that is kept has to go.
    let typed = NodeRef::<html::Form>::new();
    Effect::new(move |_| {
        let saved = save.value().with(|answer| matches!(answer, Some(Ok(()))));
        if let Some(typed) = typed.get().filter(|_| saved) {
            typed.reset();
        }
    });
    let kept = id.is_some();
    let roles = role_options(words, &workspaces);
    let mapping = view! {
        <Mapping
            error claim=value("role_claim", form.role_claim.clone()) rules=typed_rules(error, &form.role_rules)
            refuse_others=ticked("refuse_others", form.refuse_others) roles=roles.clone()
        />
    };
    let default_role = form.default_role.map(|role| role.to_string()).unwrap_or_default();
    view! {
        <Card title=say!(words, signon.fields).to_owned()>
            <ErrorSummary title=say!(words, errors.summary) errors=summed />
            <ActionForm action=save node_ref=typed attr:class="form" attr:novalidate="">
                {id.map(|id| view! { <input type="hidden" name="id" value=id.0 /> })}
                <Field
                    label=say!(words, signon.name) name="name" value=value("name", form.name)
                    hint=say!(words, signon.name_hint).to_owned() error=error_beside(error, FormField::Name)
                    autocomplete="off" required=true maxlength=100
                />
                <Field
                    label=say!(words, signon.issuer) name="issuer" kind="url" value=value("issuer", form.issuer)
                    hint=say!(words, signon.issuer_hint).to_owned() error=error_beside(error, FormField::Issuer)
                    autocomplete="off" required=true maxlength=500
                />
                <Field
                    label=say!(words, signon.client_id) name="client_id" value=value("client_id", form.client_id)
                    inputmode="text" error=error_beside(error, FormField::ClientId) autocomplete="off" required=true
                    maxlength=500
                />
                <PasswordField
                    label=say!(words, signon.client_secret) name="client_secret" unchanged=kept
                    error=error_beside(error, FormField::ClientSecret) required=true
                />
                <Field
                    label=say!(words, signon.domains) name="domains" value=value("domains", form.domains)
                    inputmode="text" hint=say!(words, signon.domains_hint).to_owned()
                    error=error_beside(error, FormField::Domains) autocomplete="off" optional_mark=true
                />
                <Checkbox
                    label=say!(words, signon.trusted) name="trusted" checked=ticked("trusted", form.trusted)
                    hint=say!(words, signon.trusted_hint).to_owned()
                />
                <Checkbox
                    label=say!(words, signon.create_accounts) name="create_accounts"
                    checked=ticked("create_accounts", form.create_accounts)
                    hint=say!(words, signon.create_accounts_hint).to_owned()
                />
                <Select
                    label=say!(words, signon.default_role) name="default_role" options=roles
                    value=value("default_role", default_role) hint=say!(words, signon.default_role_hint).to_owned()
                    error=error_beside(error, FormField::DefaultRole)
                />
                {mapping}
                <Field
                    label=say!(words, signon.scopes) name="scopes" value=value("scopes", form.scopes)
                    inputmode="text" hint=say!(words, signon.scopes_hint).to_owned()
                    error=error_beside(error, FormField::Scopes) autocomplete="off"
                />
                <div class="actions">
                    <Button kind=ButtonKind::Primary busy=save.pending()>{say!(words, common.save)}</Button>
                </div>
            </ActionForm>
        </Card>
    }
}

/// The claim that decides on roles, and what its values mean; folded where there is none.
#[component]
fn Mapping(
    error: Signal<Option<ApiError>>,
    claim: String,
    rules: Vec<TypedRule>,
    refuse_others: bool,
    roles: Vec<(String, String)>,
) -> impl IntoView {
    let words = words();
    let wrong = error.with_untracked(|error| {
        let errors = error.as_ref().map(ApiError::invalid).unwrap_or_default();
        errors.iter().any(|invalid| matches!(invalid.field, FormField::RoleClaim | FormField::RoleRules))
    });
    let open = wrong || !claim.is_empty();
    let beside = error_beside(error, FormField::RoleRules);
    let rows = rules
        .into_iter()
        .enumerate()
        .map(|(index, rule)| {
            let number = index + 1;
            let beside = if index == 0 { beside } else { Signal::stored(None) };
            view! {
                <div class="role-rule">
                    <Field
                        label=say!(words, signon.rule_value, number = number) name=rule_field(index, "value")
                        id=format!("rule-{index}-value") value=rule.value inputmode="text" error=beside
                        autocomplete="off" maxlength=500
                    />
                    <Select
                        label=say!(words, signon.rule_role, number = number) name=rule_field(index, "role")
                        id=format!("rule-{index}-role") options=roles.clone() value=rule.role
                    />
                </div>
            }
        })
        .collect_view();
    view! {
        <Fold summary=say!(words, signon.mapping) open>
            <div class="form">
                <p class="hint">{say!(words, signon.mapping_text)}</p>
                <Field
                    label=say!(words, signon.role_claim) name="role_claim" value=claim inputmode="text"
                    hint=say!(words, signon.role_claim_hint).to_owned() error=error_beside(error, FormField::RoleClaim)
                    autocomplete="off" optional_mark=true maxlength=500
                />
                {rows}
                <p class="hint">{say!(words, signon.rules_more)}</p>
                <Checkbox
                    label=say!(words, signon.refuse_others) name="refuse_others" checked=refuse_others
                    hint=say!(words, signon.refuse_others_hint).to_owned()
                />
            </div>
        </Fold>
    }
}

/// What was typed, else what is kept, and a few rows more to type into.
fn typed_rules(error: Signal<Option<ApiError>>, kept: &[RoleRule]) -> Vec<TypedRule> {
    let typed = error.with_untracked(|error| {
        let typed = |index: usize, part: &str| {
            error.as_ref().and_then(|error| error.typed(&rule_field(index, part))).map(str::to_owned)
        };
        (0..)
            .map_while(|index| Some(TypedRule { value: typed(index, "value")?, role: typed(index, "role")? }))
            .collect::<Vec<_>>()
    });
    let kept = kept.iter().map(|rule| TypedRule { value: rule.value.clone(), role: rule.role.to_string() });
    let mut rules: Vec<TypedRule> = if typed.is_empty() { kept.collect() } else { typed };
    rules.retain(|rule| *rule != TypedRule::default());
    rules.resize(rules.len().saturating_add(MORE_RULES), TypedRule::default());
    rules
}

/// Every role that can be given, none first.
fn role_options(words: Locale, workspaces: &[Workspace]) -> Vec<(String, String)> {
    let none = (String::new(), say!(words, signon.role_none).to_owned());
    let account = (GrantedRole::Account.to_string(), say!(words, signon.role_account).to_owned());
    let of_workspaces = workspaces.iter().flat_map(|workspace| {
        Role::ALL.map(|role| {
            let name = workspace.name.clone();
            let text = match role {
                Role::Administrator => say!(words, signon.role_administrator, workspace = name),
                Role::Viewer => say!(words, signon.role_viewer, workspace = name),
            };
            (GrantedRole::Workspace(Membership { workspace: workspace.id, role }).to_string(), text)
        })
    });
    [none, account].into_iter().chain(of_workspaces).collect()
}

/// The button, and what the last press of it found. It is a link: the page that comes carries the answer.
#[component]
fn Trial(id: IdentityProviderId, tried: Option<Result<Vec<ProviderTrial>, ApiError>>) -> impl IntoView {
    let words = words();
    let label = if tried.is_some() { say!(words, signin.app_test_again) } else { say!(words, signin.app_test) };
    let found = tried.map(|tried| match tried {
        Ok(steps) => view! { <Found steps /> }.into_any(),
        Err(error) => view! { <Notice tone=Tone::Bad>{api_error(words, &error)}</Notice> }.into_any(),
    });
    view! {
        <Card title=say!(words, signin.app_test_title).to_owned() text=say!(words, signon.test_text).to_owned()>
            {found}
            // A whole document, so that the same address tests again.
            <div class="actions">
                <LinkButton href=format!("/account/single-sign-on/{id}?try=1") attr:rel="external">{label}</LinkButton>
            </div>
        </Card>
    }
}

/// The steps and what became of them.
#[component]
fn Found(steps: Vec<ProviderTrial>) -> impl IntoView {
    let words = words();
    let good = steps.iter().all(|step| step.result == Some(Ok(())));
    let lines = steps
        .into_iter()
        .map(|trial| {
            let (state, trouble) = match trial.result {
                None => (StepState::Skipped, None),
                Some(Ok(())) => (StepState::Passed, None),
                Some(Err(trouble)) => (StepState::Failed, Some(trouble)),
            };
            let mark = match state {
                StepState::Passed => Some(view! { <Icon picture=Picture::Check /> }),
                StepState::Failed => Some(view! { <Icon picture=Picture::Cross /> }),
                _ => None,
            };
            view! {
                <li data-state=state_name(state)>
                    <span class="ladder-mark" aria-hidden="true">{mark}</span>
                    <div class="ladder-body">
                        <div class="ladder-head">
                            <strong>{step_words(words, trial.step)}</strong>
                            <span>{state_word(words, state)}</span>
                        </div>
                        {trouble.map(|trouble| view! { <Trouble trouble /> })}
                    </div>
                </li>
            }
        })
        .collect_view();
    view! {
        <ol class="ladder" role="list">{lines}</ol>
        {good.then(|| view! { <Notice tone=Tone::Good>{say!(words, signon.test_good)}</Notice> })}
    }
}

/// What is wrong and what to do, and what was seen or said.
#[component]
fn Trouble(trouble: ProviderTrouble) -> impl IntoView {
    let ProviderTrouble { kind, detail } = trouble;
    let detail = (!detail.is_empty()).then(|| view! { <p class="small"><code translate="no">{detail}</code></p> });
    view! {
        <p>{trouble_words(words(), kind)}</p>
        {detail}
    }
}

fn step_words(words: Locale, step: ProviderStep) -> &'static str {
    match step {
        ProviderStep::Discovery => say!(words, signon.step_discovery),
        ProviderStep::Keys => say!(words, signon.step_keys),
        ProviderStep::Redirect => say!(words, signon.step_redirect_known),
        ProviderStep::Client => say!(words, signon.step_secret),
    }
}

fn trouble_words(words: Locale, kind: ProviderTroubleKind) -> &'static str {
    match kind {
        ProviderTroubleKind::Unreachable => say!(words, signon.trouble_unreachable),
        ProviderTroubleKind::NotAllowed => say!(words, signon.trouble_not_allowed),
        ProviderTroubleKind::NotAProvider => say!(words, signon.trouble_not_a_provider),
        ProviderTroubleKind::OtherIssuer => say!(words, signon.trouble_other_issuer),
        ProviderTroubleKind::Unavailable => say!(words, signon.trouble_unavailable),
        ProviderTroubleKind::NoKeys => say!(words, signon.trouble_no_keys),
        ProviderTroubleKind::ClientUnknown => say!(words, signon.trouble_client),
        ProviderTroubleKind::SecretWrong => say!(words, signon.trouble_secret),
        ProviderTroubleKind::RedirectUnknown => say!(words, signon.trouble_redirect),
        ProviderTroubleKind::Refused => say!(words, signon.trouble_refused),
    }
}

/// Who has come in through the provider, each with the way to forget who they are there.
#[component]
fn People(id: IdentityProviderId, people: Vec<LinkedPerson>, unlink: ServerAction<UnlinkIdentity>) -> impl IntoView {
    let words = words();
    if people.is_empty() {
        return Either::Left(view! {
            <Card title=say!(words, signon.people).to_owned()><p class="soft">{say!(words, signon.people_none)}</p></Card>
        });
    }
    let lines = people
        .into_iter()
        .map(|person| {
            let label = say!(words, signon.unlink_of, name = person.user.name.clone());
            view! {
                <li class="name-line">
                    <div class="name-head"><strong>{person.user.name.clone()}</strong> <span class="soft">{person.user.email.to_string()}</span></div>
                    <span class="soft small">{say!(words, signon.last_sign_in)} " " <Moment at=person.signed_in_at /></span>
                    <Fold summary=say!(words, signon.unlink)>
                        <ActionForm action=unlink attr:class="stack">
                            <input type="hidden" name="id" value=id.0 />
                            <input type="hidden" name="identity" value=person.identity.0 />
                            <p>{say!(words, signon.unlink_question)}</p>
                            <div class="actions">
                                <button class="button" data-kind="danger" type="submit" aria-label=label>
                                    {say!(words, signon.unlink)}
                                </button>
                            </div>
                        </ActionForm>
                    </Fold>
                </li>
            }
        })
        .collect_view();
    Either::Right(view! {
        <Card title=say!(words, signon.people).to_owned()><ul class="names">{lines}</ul></Card>
    })
}

/// Asks before the provider is forgotten.
#[component]
fn Remove(id: IdentityProviderId, name: String, remove: ServerAction<RemoveIdentityProvider>) -> impl IntoView {
    let words = words();
    view! {
        <div class="page-end">
            <Fold summary=say!(words, signon.remove)>
                <ActionForm action=remove attr:class="stack">
                    <input type="hidden" name="id" value=id.0 />
                    <p>{say!(words, signon.remove_question, name = name)}</p>
                    <div class="actions">
                        <Button kind=ButtonKind::Danger busy=remove.pending()>{say!(words, signon.remove_yes)}</Button>
                    </div>
                </ActionForm>
            </Fold>
        </div>
    }
}
