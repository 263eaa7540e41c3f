//! Whom to trust for one server: the usual authorities, one certificate, or an authority of one's own.
//!
//! Without JavaScript all fields stand there, and the choice says which of them counts.

use leptos::prelude::*;
use postroom_server::model::{Field as FormField, TrustChoice, trust};

use super::server_fields::{ServerFields, field_id, touched};
use crate::{
    api::{ApiError, trust::read_authority},
    components::{Field, FingerprintLine, Notice, PemFile, Select, TextArea, Tone, date::day_in_words},
    i18n::words,
    pages::{
        loaded::redrawn,
        words::{api_error, reason},
    },
    say,
};

/// The choice, and what belongs to it.
#[component]
pub fn TrustFields(
    fields: ServerFields,
    pin_error: Signal<Option<String>>,
    authority_error: Signal<Option<String>>,
) -> impl IntoView {
    let words = words();
    let direction = fields.direction;
    let name = move |part: &str| format!("{}[{part}]", direction.as_str());
    let (live, set_live) = signal(false);
    Effect::new(move |_| set_live.set(true));
    let choices = vec![
        (TrustChoice::Usual.as_str().to_owned(), say!(words, wizard.trust_usual).to_owned()),
        (TrustChoice::Certificate.as_str().to_owned(), say!(words, wizard.trust_certificate).to_owned()),
        (TrustChoice::Authority.as_str().to_owned(), say!(words, wizard.trust_authority).to_owned()),
    ];
    let chosen = Signal::derive(move || fields.trust.get().as_str().to_owned());
    let hint = Signal::derive(move || {
        let hint = match fields.trust.get() {
            TrustChoice::Usual => say!(words, wizard.trust_usual_hint),
            TrustChoice::Certificate => say!(words, wizard.trust_certificate_hint),
            TrustChoice::Authority => say!(words, wizard.trust_authority_hint),
        };
        Some(hint.to_owned())
    });
    let on_choice = Callback::new(move |value: String| {
        fields.trust.set(TrustChoice::of(&value));
        fields.pin_left.set(None);
        touched(fields, FormField::Pin);
        touched(fields, FormField::Authority);
    });
    let on_pin = Callback::new(move |text: String| {
        if fields.pin.with_untracked(|before| *before != text) {
            fields.pin.set(text);
            fields.pin_for.set(String::new());
            touched(fields, FormField::Pin);
        }
    });
    let on_authority = Callback::new(move |text: String| {
        if fields.authority.with_untracked(|before| *before != text) {
            fields.authority.set(text);
            touched(fields, FormField::Authority);
        }
    });
    let other_than = move |choice: TrustChoice| move || live.get() && fields.trust.get() != choice;
    view! {
        <Select
            label=say!(words, wizard.trust) name=name("trust") id=format!("{}-trust", direction.as_str()) options=choices
            value=chosen hint on_change=on_choice
        />
        <div hidden=other_than(TrustChoice::Certificate)>
            <Field
                label=say!(words, wizard.pin) name=name("pin") id=field_id(direction, FormField::Pin) value=fields.pin
                hint=say!(words, wizard.pin_hint).to_owned() error=pin_error inputmode="text" autocomplete="off" maxlength=300
                on_input=on_pin
            />
            <input type="hidden" name=name("pin_for") value=move || fields.pin_for.get() />
        </div>
        <div class="form" hidden=other_than(TrustChoice::Authority)>
            <TextArea
                label=say!(words, wizard.authority) name=name("authority") id=field_id(direction, FormField::Authority)
                value=fields.authority hint=say!(words, wizard.authority_hint).to_owned() error=authority_error on_input=on_authority
            />
            <PemFile label=say!(words, wizard.authority_file) id=format!("{}-file", direction.as_str()) on_text=on_authority />
            <Authorities pem=fields.authority />
        </div>
    }
}

/// What the certificates in a PEM text say of themselves, or why they cannot be read.
#[component]
pub fn Authorities(#[prop(into)] pem: Signal<String>) -> impl IntoView {
    let words = words();
    // Half of a text is not worth asking about.
    let whole = Memo::new(move |_| {
        pem.with(|pem| if trust::wrong_authority(pem).is_none() { trust::certificates_in(pem) } else { String::new() })
    });
    let read = Resource::new(
        move || whole.get(),
        |pem| async move { if pem.is_empty() { Ok(Vec::new()) } else { read_authority(pem).await } },
    );
    let shown = move || {
        Suspend::new(async move {
            match read.await {
                Ok(certificates) => {
                    let certificates = certificates.into_iter().map(|certificate| {
                        let until = say!(words, components.certificate_until);
                        let until = format!("{until}: {}", day_in_words(words, certificate.not_after));
                        let fingerprint = certificate.fingerprint();
                        view! {
                            <li>
                                <strong>{certificate.subject}</strong>
                                <span class="soft small">{until}</span>
                                {fingerprint.map(|fingerprint| view! { <FingerprintLine fingerprint /> })}
                            </li>
                        }
                    });
                    let certificates: Vec<_> = certificates.collect();
                    (!certificates.is_empty())
                        .then(|| view! {
                            <ul class="authorities" role="list" aria-label=say!(words, wizard.authority_read)>{certificates}</ul>
                        })
                        .into_any()
                }
                Err(error) => {
                    let told = match &error {
                        ApiError::Invalid { errors, .. } => errors.first().map(|invalid| reason(words, invalid.reason)),
                        _ => None,
                    };
                    let told = told.unwrap_or_else(|| api_error(words, &error));
                    view! { <Notice tone=Tone::Bad>{told}</Notice> }.into_any()
                }
            }
        })
    };
    view! { <Transition>{redrawn(shown)}</Transition> }
}
