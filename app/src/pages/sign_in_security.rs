//! *Sign-in security*: what the whole account asks of people with a password.

use leptos::prelude::*;
use leptos_meta::Title;

use super::{
    loaded::loaded,
    words::{action_error, api_error},
};
use crate::{
    api::second_factor::{RequireSecondFactor, SignInSecurity, load_sign_in_security},
    components::{Breadcrumb, Button, ButtonKind, Card, Checkbox, LinkButton, Notice, Page, PageHead, PageWidth, Tone},
    i18n::words,
    say,
};

/// The page.
#[component]
pub fn SignInSecurityPage() -> impl IntoView {
    let words = words();
    let require = ServerAction::<RequireSecondFactor>::new();
    let error = action_error(require);
    let title = say!(words, own.security_title);
    let items = vec![(say!(words, common.admin).to_owned(), Some("/".to_owned())), (title.to_owned(), None)];
    view! {
        <Title text=title />
        <Page width=PageWidth::Narrow>
            <Breadcrumb items />
            <PageHead title text=say!(words, own.security_lead).to_owned() />
            {move || error.get().map(|error| view! { <Notice tone=Tone::Bad>{api_error(words, &error)}</Notice> })}
            {loaded(move || require.version().get(), |_| load_sign_in_security(), move |shown| {
                let SignInSecurity { required, without, mails } = shown;
                let without = match without {
                    0 => say!(words, own.security_all).to_owned(),
                    1 => say!(words, own.security_one_without).to_owned(),
                    many => say!(words, own.security_without, count = many),
                };
                view! {
                    {(!mails).then(|| view! { <NoMail /> })}
                    <Card title=say!(words, own.factor_card).to_owned() text=without>
                        <ActionForm action=require attr:class="form">
                            <Checkbox
                                label=say!(words, own.security_require) name="required" checked=required
                                hint=say!(words, own.security_require_hint).to_owned()
                            />
                            <div class="actions">
                                <Button kind=ButtonKind::Primary busy=require.pending()>{say!(words, common.save)}</Button>
                            </div>
                        </ActionForm>
                    </Card>
                }
            })}
        </Page>
    }
}

/// Why nobody who forgets a password gets a mail.
#[component]
pub fn NoMail() -> impl IntoView {
    let words = words();
    view! {
        <Notice tone=Tone::Warning title=say!(words, own.security_no_mail_title).to_owned()>
            <p>{say!(words, own.security_no_mail)}</p>
            <LinkButton href="/account/relay">{say!(words, own.security_to_relay)}</LinkButton>
        </Notice>
    }
}
