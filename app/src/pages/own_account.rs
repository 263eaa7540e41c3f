//! *Your account*: one's own name, password, second factor and sessions.

use leptos::{either::Either, prelude::*, server_fn::ServerFn};
use leptos_meta::Title;
use postroom_server::model::{Field as FormField, OwnSession, SecondFactor, SetupForm, SignedInBy, User};

use super::{
    loaded::loaded,
    words::{action_error, api_error, error_beside, typed},
};
use crate::{
    api::{
        ApiError,
        own_account::{ChangePassword, EndOtherSessions, EndSession, OwnAccount, RenameMe, load_own_account},
        second_factor::{NewRecoveryCodes, TurnOffSecondFactor},
    },
    components::{
        Breadcrumb, Button, ButtonKind, Card, Chip, Field, Fold, LinkButton, Moment, Notice, Page, PageHead, PageWidth,
        PasswordField, StatusBadge, Tone,
    },
    i18n::{Locale, words},
    say,
};

/// With fewer recovery codes than this the page asks for new ones.
const FEW_CODES: u32 = 3;

/// The page.
#[component]
pub fn OwnAccountPage() -> impl IntoView {
    let words = words();
    let rename = ServerAction::<RenameMe>::new();
    let change = ServerAction::<ChangePassword>::new();
    let turn_off = ServerAction::<TurnOffSecondFactor>::new();
    let (end, end_others) = (ServerAction::<EndSession>::new(), ServerAction::<EndOtherSessions>::new());
    let (renamed, changed, turned_off) = (successes(rename), successes(change), successes(turn_off));
    let changes =
        move || (renamed.get(), changed.get(), turned_off.get(), end.version().get(), end_others.version().get());
    let (ending, ending_others) = (action_error(end), action_error(end_others));
    let refused = move || ending.get().or_else(|| ending_others.get());
    let title = say!(words, own.title);
    let items = vec![(say!(words, common.admin).to_owned(), Some("/".to_owned())), (title.to_owned(), None)];
    view! {
        <Title text=title />
        <Page width=PageWidth::Narrow>
            <Breadcrumb items />
            <PageHead title text=say!(words, own.lead).to_owned() />
            {move || refused().map(|error| view! { <Notice tone=Tone::Bad>{api_error(words, &error)}</Notice> })}
            {loaded(changes, |_| load_own_account(), move |shown| {
                let OwnAccount { user, has_password, second_factor, sessions } = shown;
                let email = user.email.to_string();
                let password = if has_password {
                    Either::Left(view! {
                        <PasswordCard change email />
                        <FactorCard second_factor turn_off />
                    })
                } else {
                    Either::Right(view! {
                        <Card title=say!(words, own.password_card).to_owned()>
                            <p>{say!(words, own.no_password_text)}</p>
                        </Card>
                    })
                };
                view! {
                    <Who user rename />
                    {password}
                    <Sessions sessions end end_others />
                }
            })}
        </Page>
    }
}

/// A number that changes when a form has done what it is for, and not when it was refused: what was typed stays then.
fn successes<F>(action: ServerAction<F>) -> Memo<usize>
where
    F: ServerFn<Output = (), Error = ApiError> + Clone + Send + Sync + 'static,
{
    let (version, value) = (action.version(), action.value());
    Memo::new(move |before: Option<&usize>| {
        let version = version.get();
        let done = value.with(|value| matches!(value, Some(Ok(()))));
        if done { version } else { before.copied().unwrap_or_default() }
    })
}

#[component]
fn Who(user: User, rename: ServerAction<RenameMe>) -> impl IntoView {
    let words = words();
    let error = action_error(rename);
    let before = typed(error, "name").get_untracked();
    let name = if before.is_empty() { user.name } else { before };
    view! {
        <Card title=say!(words, own.who).to_owned()>
            <ActionForm action=rename attr:class="form" attr:novalidate="">
                <WholeError error />
                <dl class="facts">
                    <dt>{say!(words, own.address)}</dt>
                    <dd>{user.email.to_string()} <br /> <span class="soft small">{say!(words, own.address_hint)}</span></dd>
                </dl>
                <Field
                    label=say!(words, own.name) name="name" value=name error=error_beside(error, FormField::Name)
                    autocomplete="name" required=true maxlength=100
                />
                <div class="actions"><Button busy=rename.pending()>{say!(words, common.save)}</Button></div>
            </ActionForm>
        </Card>
    }
}

#[component]
fn PasswordCard(change: ServerAction<ChangePassword>, email: String) -> impl IntoView {
    let words = words();
    let error = action_error(change);
    let hint = say!(words, account.password_hint, min = SetupForm::MIN_PASSWORD_CHARACTERS);
    view! {
        <Card title=say!(words, own.password_card).to_owned() text=say!(words, own.password_text).to_owned()>
            <ActionForm action=change attr:class="form" attr:novalidate="">
                <WholeError error />
                // Password managers want to know whose password it is.
                <input type="hidden" name="username" autocomplete="username" value=email />
                <PasswordField
                    label=say!(words, own.current_password) name="current" id="change-current"
                    error=error_beside(error, FormField::CurrentPassword) autocomplete="current-password" required=true
                />
                <PasswordField
                    label=say!(words, own.new_password) name="password" hint=hint
                    error=error_beside(error, FormField::Password) autocomplete="new-password" required=true
                />
                <PasswordField
                    label=say!(words, own.new_password_again) name="password_again"
                    error=error_beside(error, FormField::PasswordAgain) autocomplete="new-password" required=true
                />
                <div class="actions">
                    <Button kind=ButtonKind::Primary busy=change.pending()>{say!(words, own.change_password)}</Button>
                </div>
            </ActionForm>
        </Card>
    }
}

#[component]
fn FactorCard(second_factor: SecondFactor, turn_off: ServerAction<TurnOffSecondFactor>) -> impl IntoView {
    let words = words();
    let (tone, badge) = match second_factor {
        SecondFactor::On { .. } => (Tone::Good, say!(words, own.factor_on)),
        SecondFactor::Off | SecondFactor::BeingSetUp => (Tone::Off, say!(words, own.factor_off)),
    };
    let aside = move || view! { <StatusBadge tone text=badge /> };
    let body = match second_factor {
        SecondFactor::Off => view! {
            <div class="actions"><LinkButton href="/second-factor">{say!(words, own.factor_set_up)}</LinkButton></div>
        }
        .into_any(),
        SecondFactor::BeingSetUp => view! {
            <div class="actions"><LinkButton href="/second-factor">{say!(words, own.factor_go_on)}</LinkButton></div>
        }
        .into_any(),
        SecondFactor::On { since, codes_left } => view! {
            <dl class="facts">
                <dt>{say!(words, own.factor_since)}</dt>
                <dd><Moment at=since /></dd>
                <dt>{say!(words, own.factor_codes_left)}</dt>
                <dd>{codes_left}</dd>
            </dl>
            {(codes_left < FEW_CODES).then(|| view! {
                <Notice tone=Tone::Warning>{say!(words, own.factor_few_codes)}</Notice>
            })}
            <NewCodes />
            <TurnOff turn_off />
        }
        .into_any(),
    };
    view! {
        <Card title=say!(words, own.factor_card).to_owned() text=say!(words, own.factor_text).to_owned() aside>
            <div class="stack" id="second-factor">{body}</div>
        </Card>
    }
}

/// A plain form: the codes are shown by exactly the answer that made them.
#[component]
fn NewCodes() -> impl IntoView {
    let words = words();
    let action = ServerAction::<NewRecoveryCodes>::new();
    let error = action_error(action);
    let open = error.with_untracked(Option::is_some);
    view! {
        <Fold summary=say!(words, own.factor_new_codes) open>
            <form class="form" method="post" action="/api/new_recovery_codes" novalidate>
                <WholeError error />
                <p>{say!(words, own.factor_new_codes_text)}</p>
                <PasswordField
                    label=say!(words, own.current_password) name="current" id="codes-current"
                    error=error_beside(error, FormField::CurrentPassword) autocomplete="current-password" required=true
                />
                <div class="actions"><Button>{say!(words, own.factor_new_codes)}</Button></div>
            </form>
        </Fold>
    }
}

#[component]
fn TurnOff(turn_off: ServerAction<TurnOffSecondFactor>) -> impl IntoView {
    let words = words();
    let error = action_error(turn_off);
    let open = error.with_untracked(Option::is_some);
    view! {
        <Fold summary=say!(words, own.factor_turn_off) open>
            <ActionForm action=turn_off attr:class="form" attr:novalidate="">
                <WholeError error />
                <p>{say!(words, own.factor_turn_off_text)}</p>
                <PasswordField
                    label=say!(words, own.current_password) name="current" id="off-current"
                    error=error_beside(error, FormField::CurrentPassword) autocomplete="current-password" required=true
                />
                <Field
                    label=say!(words, own.factor_code_or_recovery) name="code"
                    error=error_beside(error, FormField::Code) autocomplete="one-time-code" required=true
                />
                <div class="actions">
                    <Button kind=ButtonKind::Danger busy=turn_off.pending()>{say!(words, own.factor_turn_off)}</Button>
                </div>
            </ActionForm>
        </Fold>
    }
}

#[component]
fn Sessions(
    sessions: Vec<OwnSession>,
    end: ServerAction<EndSession>,
    end_others: ServerAction<EndOtherSessions>,
) -> impl IntoView {
    let words = words();
    let several = sessions.len() > 1;
    let lines = sessions.into_iter().map(|session| view! { <Line session end /> }).collect_view();
    view! {
        <Card title=say!(words, own.sessions_card).to_owned() text=say!(words, own.sessions_text).to_owned()>
            <div class="stack">
                <ul class="sessions">{lines}</ul>
                {several.then(|| view! {
                    <ActionForm action=end_others>
                        <Button busy=end_others.pending()>{say!(words, own.sessions_end_others)}</Button>
                    </ActionForm>
                })}
            </div>
        </Card>
    }
}

#[component]
fn Line(session: OwnSession, end: ServerAction<EndSession>) -> impl IntoView {
    let words = words();
    let name = browser_words(words, &session);
    let label = say!(words, own.session_end_of, session = name.clone());
    let action = if session.this {
        Either::Left(view! { <Chip text=say!(words, own.session_this) /> })
    } else {
        Either::Right(view! {
            <ActionForm action=end>
                <input type="hidden" name="id" value=session.id.0 />
                <button class="button" data-kind="secondary" data-size="small" type="submit" aria-label=label>
                    {say!(words, own.session_end)}
                </button>
            </ActionForm>
        })
    };
    view! {
        <li>
            <div class="session-head"><strong>{name}</strong> {action}</div>
            <dl class="facts">
                <dt>{say!(words, own.session_seen)}</dt>
                <dd><Moment at=session.last_seen_at /></dd>
                <dt>{say!(words, own.session_since)}</dt>
                <dd><Moment at=session.created_at />", " {by_words(words, session.by)}</dd>
                <dt>{say!(words, own.session_from)}</dt>
                <dd>{session.address}</dd>
            </dl>
        </li>
    }
}

fn browser_words(words: Locale, session: &OwnSession) -> String {
    match (&session.browser, &session.system) {
        (Some(browser), Some(system)) => {
            say!(words, own.session_on, browser = browser.clone(), system = system.clone())
        }
        (Some(known), None) | (None, Some(known)) => known.clone(),
        (None, None) => say!(words, own.session_unknown).to_owned(),
    }
}

fn by_words(words: Locale, by: SignedInBy) -> &'static str {
    match by {
        SignedInBy::Password => say!(words, own.by_password),
        SignedInBy::Code => say!(words, own.by_code),
        SignedInBy::RecoveryCode => say!(words, own.by_recovery_code),
        SignedInBy::Provider => say!(words, own.by_provider),
    }
}

/// What is wrong with a form as a whole; what belongs to a field stands beside it.
#[component]
fn WholeError(error: Signal<Option<ApiError>>) -> impl IntoView {
    move || {
        error
            .get()
            .filter(|error| error.invalid().is_empty())
            .map(|error| view! { <Notice tone=Tone::Bad>{api_error(words(), &error)}</Notice> })
    }
}
