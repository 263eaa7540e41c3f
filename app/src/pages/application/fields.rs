//! The application as it is kept: a form, or facts where the operator of this machine has set it.

use leptos::{html, prelude::*};
use postroom_server::model::{ApplicationForm, ApplicationStatus, Cloud, Field as FormField, OAuthProvider};

use crate::{
    api::oauth::SaveApplication,
    components::{
        Button, ButtonKind, Card, ErrorSummary, Field, PasswordField, Select, StatusBadge, Tone, date::day_in_words,
    },
    i18n::{Locale, words},
    pages::words::{action_error, error_beside, summary},
    say,
};

/// Either of the two.
#[component]
pub fn Fields(status: ApplicationStatus, days_left: Option<i64>, save: ServerAction<SaveApplication>) -> impl IntoView {
    if status.configured {
        view! { <Facts status days_left /> }.into_any()
    } else {
        view! { <Form status days_left save /> }.into_any()
    }
}

#[component]
fn Form(status: ApplicationStatus, days_left: Option<i64>, save: ServerAction<SaveApplication>) -> impl IntoView {
    let words = words();
    let provider = status.provider;
    let microsoft = provider == OAuthProvider::Microsoft;
    let error = action_error(save);
    let ApplicationForm { client_id, tenant, cloud, secret_expires_on } = status.form.clone();
    // What was typed before the page came back counts more than what is kept.
    let value = move |field: &'static str, kept: String| {
        error
            .with_untracked(|error| error.as_ref().and_then(|error| error.typed(field)).map(str::to_owned))
            .unwrap_or(kept)
    };
    let summed = Signal::derive(move || {
        error.with(|error| {
            let errors = error.as_ref().map(|error| error.invalid()).unwrap_or_default();
            summary(words, errors, |invalid| match invalid.field {
                FormField::ClientSecret => ("client_secret".to_owned(), say!(words, signin.app_secret)),
                FormField::Tenant => ("tenant".to_owned(), say!(words, signin.app_tenant)),
                FormField::SecretExpiry => ("secret_expires_on".to_owned(), say!(words, signin.app_expiry)),
                _ => ("client_id".to_owned(), client_id_label(words, provider)),
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
    let (id_hint, secret_hint, expiry_hint) = if microsoft {
        (
            say!(words, signin.app_client_id_ms_hint),
            say!(words, signin.app_secret_hint_ms),
            say!(words, signin.app_expiry_hint_ms),
        )
    } else {
        (
            say!(words, signin.app_client_id_google_hint),
            say!(words, signin.app_secret_hint_google),
            say!(words, signin.app_expiry_hint_google),
        )
    };
    let secret_hint = if status.has_secret { say!(words, signin.app_secret_unchanged) } else { secret_hint };
    let clouds = vec![
        ("worldwide".to_owned(), say!(words, signin.app_cloud_worldwide).to_owned()),
        ("us_government".to_owned(), say!(words, signin.app_cloud_us).to_owned()),
        ("china".to_owned(), say!(words, signin.app_cloud_china).to_owned()),
    ];
    let of_microsoft = microsoft.then(|| {
        view! {
            <Field
                label=say!(words, signin.app_tenant) name="tenant" value=value("tenant", tenant) inputmode="url"
                hint=say!(words, signin.app_tenant_hint).to_owned() error=error_beside(error, FormField::Tenant)
                autocomplete="off" optional_mark=true maxlength=300
            />
            <Select
                label=say!(words, signin.app_cloud) name="cloud" options=clouds
                value=value("cloud", cloud_value(cloud).to_owned())
            />
        }
    });
    view! {
        <Card
            title=say!(words, signin.app_fields).to_owned()
            aside=move || days_left.map(|days| view! { <DaysLeft days /> })
        >
            <ErrorSummary title=say!(words, errors.summary) errors=summed />
            <ActionForm action=save node_ref=typed attr:class="form" attr:novalidate="">
                <input type="hidden" name="provider" value=provider.as_str() />
                <Field
                    label=client_id_label(words, provider) name="client_id" value=value("client_id", client_id)
                    inputmode="text" hint=id_hint.to_owned() error=error_beside(error, FormField::ClientId)
                    autocomplete="off" required=true maxlength=500
                />
                <PasswordField
                    label=say!(words, signin.app_secret) name="client_secret" unchanged=status.has_secret
                    hint=secret_hint.to_owned() error=error_beside(error, FormField::ClientSecret) required=true
                />
                <Field
                    label=say!(words, signin.app_expiry) name="secret_expires_on" kind="date"
                    value=value("secret_expires_on", secret_expires_on) hint=expiry_hint.to_owned()
                    error=error_beside(error, FormField::SecretExpiry) optional_mark=true
                />
                {of_microsoft}
                <div class="actions">
                    <Button kind=ButtonKind::Primary busy=save.pending()>{say!(words, common.save)}</Button>
                </div>
            </ActionForm>
        </Card>
    }
}

/// What the operator has set, to be looked at.
#[component]
fn Facts(status: ApplicationStatus, days_left: Option<i64>) -> impl IntoView {
    let words = words();
    let microsoft = status.provider == OAuthProvider::Microsoft;
    let secret =
        if status.has_secret { say!(words, signin.app_secret_kept) } else { say!(words, signin.app_secret_missing) };
    let ends = status.form.secret_expires_at();
    let expiry = ends.map_or_else(|| say!(words, signin.app_expiry_none).to_owned(), |ends| day_in_words(words, ends));
    let tenant = match status.form.tenant.trim() {
        "" => say!(words, signin.app_tenant_all).to_owned(),
        tenant => tenant.to_owned(),
    };
    let cloud = match status.form.cloud {
        Cloud::Worldwide => say!(words, signin.app_cloud_worldwide),
        Cloud::UsGovernment => say!(words, signin.app_cloud_us),
        Cloud::China => say!(words, signin.app_cloud_china),
    };
    view! {
        <Card
            title=say!(words, signin.app_fields).to_owned()
            aside=move || days_left.map(|days| view! { <DaysLeft days /> })
        >
            <dl class="facts">
                <dt>{client_id_label(words, status.provider)}</dt>
                <dd>{status.form.client_id}</dd>
                <dt>{say!(words, signin.app_secret)}</dt>
                <dd>{secret}</dd>
                <dt>{say!(words, signin.app_expiry)}</dt>
                <dd>{expiry}</dd>
                {microsoft.then(|| view! {
                    <dt>{say!(words, signin.app_tenant)}</dt>
                    <dd>{tenant}</dd>
                    <dt>{say!(words, signin.app_cloud)}</dt>
                    <dd>{cloud}</dd>
                })}
                <dt>{say!(words, signin.app_mailboxes)}</dt>
                <dd>{status.mailboxes}</dd>
            </dl>
        </Card>
    }
}

/// How long the client secret lasts.
#[component]
fn DaysLeft(days: i64) -> impl IntoView {
    let words = words();
    let (tone, text) = match days {
        ..0 => (Tone::Bad, say!(words, signin.app_expired).to_owned()),
        0 => (Tone::Warning, say!(words, signin.app_ends_today).to_owned()),
        1 => (Tone::Warning, say!(words, signin.app_day_left).to_owned()),
        days if days < super::WARN_DAYS => (Tone::Warning, say!(words, signin.app_days_left, days = days)),
        days => (Tone::Good, say!(words, signin.app_days_left, days = days)),
    };
    view! { <StatusBadge tone text /> }
}

fn client_id_label(words: Locale, provider: OAuthProvider) -> &'static str {
    match provider {
        OAuthProvider::Microsoft => say!(words, signin.app_client_id_ms),
        OAuthProvider::Google => say!(words, signin.app_client_id_google),
    }
}

/// As serde writes it.
const fn cloud_value(cloud: Cloud) -> &'static str {
    match cloud {
        Cloud::Worldwide => "worldwide",
        Cloud::UsGovernment => "us_government",
        Cloud::China => "china",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clouds_are_written_as_the_server_reads_them() {
        for cloud in [Cloud::Worldwide, Cloud::UsGovernment, Cloud::China] {
            assert_eq!(serde_json::to_value(cloud).unwrap(), cloud_value(cloud));
        }
    }
}
