//! The words for what is wrong: a field, a wish that a rule forbids, a request that failed.

use leptos::{prelude::*, server_fn::ServerFn};
use postroom_server::model::{Field, Invalid, Reason, Rule};

use crate::{
    api::ApiError,
    i18n::{Locale, words},
    say,
};

/// Why a field's value cannot be taken, as a sentence beside the field.
#[must_use]
pub fn reason(words: Locale, reason: Reason) -> String {
    match reason {
        Reason::Empty => say!(words, errors.empty).to_owned(),
        Reason::TooLong { max_characters } => say!(words, errors.too_long, max = max_characters),
        Reason::TooShort { min_characters } => say!(words, errors.too_short, min = min_characters),
        Reason::NotAPort => say!(words, errors.not_a_port).to_owned(),
        Reason::NotAnAddress => say!(words, errors.not_an_address).to_owned(),
        Reason::NotAHost => say!(words, errors.not_a_host).to_owned(),
        Reason::ForbiddenCharacters => say!(words, errors.forbidden_characters).to_owned(),
        Reason::Duplicate => say!(words, errors.duplicate).to_owned(),
        Reason::Unknown => say!(words, errors.unknown).to_owned(),
        Reason::Different => say!(words, errors.different).to_owned(),
        Reason::WrongCode => say!(words, errors.wrong_code).to_owned(),
        Reason::WrongPassword => say!(words, own.wrong_password).to_owned(),
        Reason::NotACode => say!(words, own.not_a_code).to_owned(),
        Reason::Unchosen => say!(words, errors.unchosen).to_owned(),
        Reason::NotAClientId => say!(words, errors.not_a_client_id).to_owned(),
        Reason::NotATenant => say!(words, errors.not_a_tenant).to_owned(),
        Reason::SecretId => say!(words, errors.secret_id).to_owned(),
        Reason::NotADate => say!(words, errors.not_a_date).to_owned(),
        Reason::NotAFingerprint => say!(words, errors.not_a_fingerprint).to_owned(),
        Reason::NotACertificate => say!(words, errors.not_a_certificate).to_owned(),
        Reason::PrivateKey => say!(words, errors.private_key).to_owned(),
        Reason::NotAnIssuer => say!(words, signon.not_an_issuer).to_owned(),
        Reason::IssuerWithoutTls => say!(words, signon.issuer_without_tls).to_owned(),
        Reason::NotScopes => say!(words, signon.not_scopes).to_owned(),
        Reason::NotDomains => say!(words, signon.not_domains).to_owned(),
        Reason::HalfRule => say!(words, signon.half_rule).to_owned(),
        Reason::TrustedForNothing => say!(words, signon.trusted_for_nothing).to_owned(),
        Reason::NotADomain => say!(words, errors.not_a_domain).to_owned(),
        Reason::PublicSuffix => say!(words, errors.public_suffix).to_owned(),
        Reason::DomainTaken => say!(words, errors.domain_taken).to_owned(),
    }
}

/// Why a wish was refused.
#[must_use]
pub fn rule(words: Locale, rule: Rule) -> &'static str {
    match rule {
        Rule::PrimaryCannotBeDeleted => say!(words, errors.rule_primary),
        Rule::CompanyPrimary => say!(words, errors.rule_company_primary),
        Rule::AccountPrimary => say!(words, errors.rule_account_primary),
        Rule::DraftIsNoPrimary => say!(words, errors.rule_draft_is_no_primary),
        Rule::LastWorkspace => say!(words, errors.rule_last_workspace),
        Rule::LastGroup => say!(words, errors.rule_last_group),
        Rule::LastAdministrator => say!(words, errors.rule_last_administrator),
        Rule::SetupDone => say!(words, errors.rule_setup_done),
        Rule::WorkspaceArchived => say!(words, errors.rule_workspace_archived),
        Rule::CheckFirst => say!(words, errors.rule_check_first),
        Rule::NotConfigured => say!(words, errors.rule_not_configured),
        Rule::ApplicationInUse => say!(words, errors.rule_application_in_use),
        Rule::NotForwarded => say!(words, errors.rule_not_forwarded),
        Rule::NoRelay => say!(words, errors.rule_no_relay),
        Rule::ActivationMailsSpent => say!(words, activation.mails_spent),
        Rule::NoPassword => say!(words, own.rule_no_password),
        Rule::PasswordsOff => say!(words, people.rule_passwords_off),
        Rule::SecondFactorOn => say!(words, own.rule_second_factor_on),
        Rule::SecondFactorOff => say!(words, own.rule_second_factor_off),
        Rule::SecondFactorFirst => say!(words, own.rule_second_factor_first),
        Rule::BeingSent => say!(words, errors.rule_being_sent),
        Rule::SignOnFirst => say!(words, signon.rule_sign_on_first),
        Rule::LastWayIn => say!(words, signon.rule_last_way_in),
        Rule::ApplicationConfigured => say!(words, errors.rule_application_configured),
    }
}

/// What went wrong with a request, as a sentence for the whole page.
#[must_use]
pub fn api_error(words: Locale, error: &ApiError) -> String {
    match error {
        ApiError::Invalid { .. } => say!(words, errors.summary).to_owned(),
        ApiError::SignedOut => say!(words, errors.signed_out).to_owned(),
        ApiError::Forbidden => say!(words, errors.forbidden).to_owned(),
        ApiError::NotFound => say!(words, errors.not_found).to_owned(),
        ApiError::Rule { rule: broken } => rule(words, *broken).to_owned(),
        ApiError::TooMany { retry_after_seconds } => say!(words, errors.too_many, seconds = *retry_after_seconds),
        ApiError::Unreachable => say!(words, errors.unreachable).to_owned(),
        ApiError::Internal => say!(words, errors.internal).to_owned(),
    }
}

/// The sentence beside one field, if it is among the errors.
#[must_use]
pub fn field_error(words: Locale, errors: &[Invalid], field: Field) -> Option<String> {
    errors.iter().find(|invalid| invalid.field == field).map(|invalid| reason(words, invalid.reason))
}

/// What a form's action said last: nothing, or what went wrong.
///
/// After a plain form post the address carries the error, and Leptos has put it into the action already.
pub fn action_error<F>(action: ServerAction<F>) -> Signal<Option<ApiError>>
where
    F: ServerFn<Error = ApiError> + Clone + Send + Sync + 'static,
    F::Output: Send + Sync + 'static,
{
    let value = action.value();
    Signal::derive(move || value.with(|value| value.as_ref().and_then(|value| value.as_ref().err().cloned())))
}

/// The sentence beside one field of a form with an action.
pub fn error_beside(error: Signal<Option<ApiError>>, field: Field) -> Signal<Option<String>> {
    let words = words();
    Signal::derive(move || {
        error.with(|error| error.as_ref().and_then(|error| field_error(words, error.invalid(), field)))
    })
}

/// What had been typed into a field before the page came back.
pub fn typed(error: Signal<Option<ApiError>>, field: &'static str) -> Signal<String> {
    let before = error.with_untracked(|error| error.as_ref().and_then(|error| error.typed(field)).map(str::to_owned));
    Signal::stored(before.unwrap_or_default())
}

/// The pairs for an error summary: where the field is, and what is wrong with it.
#[must_use]
pub fn summary(
    words: Locale,
    errors: &[Invalid],
    label: impl Fn(&Invalid) -> (String, &'static str),
) -> Vec<(String, String)> {
    errors
        .iter()
        .map(|invalid| {
            let (id, label) = label(invalid);
            (id, format!("{label}: {}", reason(words, invalid.reason)))
        })
        .collect()
}
