//! The certificate that was not believed: what it says, and the way to trust exactly this one.

use leptos::prelude::*;
use postroom_server::model::{CheckReport, Fingerprint, Presented, Problem};

use super::{Button, CopyButton, CopyLine, Fold, date::day_in_words};
use crate::{i18n::words, say};

/// The submit button that trusts the certificate, in the form that stands around the ladder.
#[derive(Clone, Copy, Debug)]
pub struct Confide {
    /// What the button posts: its name and its value.
    pub posts: (&'static str, &'static str),
    /// What the names of the server's fields begin with, such as `incoming`.
    pub fields: &'static str,
    /// The host and port that the certificate is trusted for; `None` where others have been typed since the check.
    pub place: Signal<Option<String>>,
}

/// Bytes of a fingerprint that stay together in a line.
const BYTES_TOGETHER: usize = 8;

/// Put into the context by a page whose settings lead to where a certificate can be trusted.
#[derive(Clone, Copy, Debug)]
pub struct TrustedByEditing;

/// A fingerprint as OpenSSL prints it, broken only between a few bytes, so that two can be compared.
#[component]
pub fn FingerprintText(fingerprint: Fingerprint) -> impl IntoView {
    let text: Vec<char> = fingerprint.to_string().chars().collect();
    let parts = text.chunks(BYTES_TOGETHER * 3).map(|part| part.iter().collect::<String>());
    let parts = parts.map(|part| view! { <span>{part}</span> }).collect_view();
    view! { <code class="fingerprint" translate="no">{parts}</code> }
}

/// A fingerprint, and a button that copies it.
#[component]
pub fn FingerprintLine(fingerprint: Fingerprint) -> impl IntoView {
    let words = words();
    let text = fingerprint.to_string();
    view! {
        <span class="with-copy">
            <FingerprintText fingerprint />
            <CopyButton text label=say!(words, components.copy) done_label=say!(words, components.copied) />
        </span>
    }
}

/// What the certificate says; below, folded, the question whether it is to be trusted.
#[component]
pub fn PresentedCertificate(#[prop(into)] report: Signal<CheckReport>, confide: Option<Confide>) -> impl IntoView {
    let words = words();
    let presented = Memo::new(move |_| report.with(|report| report.presented.clone()));
    let before = Memo::new(move |_| {
        report.with(|report| match report.problem() {
            Some((_, Problem::PinnedCertificateChanged { expected, .. })) => Some(expected.clone()),
            _ => None,
        })
    });
    move || {
        presented.get().map(|presented| {
            let Presented { certificate, may_be_pinned, compare } = *presented;
            let fingerprint = certificate.fingerprint();
            let fact = |name: &'static str, value: String| {
                (!value.is_empty()).then(|| {
                    view! {
                        <dt>{name}</dt>
                        <dd>{value}</dd>
                    }
                })
            };
            let question = fingerprint.clone().filter(|_| may_be_pinned).map(|fingerprint| {
                view! { <Question fingerprint before=before.get() compare confide /> }
            });
            view! {
                <div class="presented">
                    <p>
                        <strong>{say!(words, components.presented)}</strong>
                    </p>
                    <dl class="facts">
                        {fact(say!(words, components.certificate_subject), certificate.subject)}
                        {fact(say!(words, components.certificate_names), certificate.names.join(", "))}
                        {fact(say!(words, components.certificate_issuer), certificate.issuer)}
                        {fact(say!(words, components.certificate_until), day_in_words(words, certificate.not_after))}
                        {fingerprint.map(|fingerprint| view! {
                            <dt>{say!(words, components.certificate_fingerprint)}</dt>
                            <dd><FingerprintLine fingerprint /></dd>
                        })}
                    </dl>
                    {question}
                </div>
            }
        })
    }
}

/// Whether exactly this certificate is to be trusted, with what somebody must compare before they say yes.
#[component]
fn Question(
    fingerprint: Fingerprint,
    /// The certificate that was trusted so far.
    before: Option<Fingerprint>,
    /// The command that prints the fingerprint.
    compare: Option<String>,
    confide: Option<Confide>,
) -> impl IntoView {
    let words = words();
    let Some(Confide { posts: (name, value), fields, place }) = confide else {
        let editing = use_context::<TrustedByEditing>();
        return editing.map(|_| view! { <p class="soft small">{say!(words, components.pin_where)}</p> }).into_any();
    };
    let shown = if before.is_some() { say!(words, components.pin_now) } else { say!(words, components.pin_shown) };
    (move || {
        place.get().map(|place| {
            let (fingerprint, before, compare) = (fingerprint.clone(), before.clone(), compare.clone());
            view! {
                <Fold summary=say!(words, components.pin_open)>
                    <div class="stack">
                        <p>{say!(words, components.pin_means, place = place.clone())}</p>
                        <p>{say!(words, components.pin_compare)}</p>
                        {compare.map(|command| view! { <CopyLine text=command /> })}
                        <dl class="facts">
                            {before.map(|before| view! {
                                <dt>{say!(words, components.pin_so_far)}</dt>
                                <dd><FingerprintText fingerprint=before /></dd>
                            })}
                            <dt>{shown}</dt>
                            <dd><FingerprintText fingerprint=fingerprint.clone() /></dd>
                        </dl>
                        <p>{say!(words, components.pin_danger)}</p>
                        <input type="hidden" name=format!("{fields}[offered]") value=fingerprint.as_hex().to_owned() />
                        <input type="hidden" name=format!("{fields}[offered_for]") value=place />
                        <div class="actions">
                            <Button name value>{say!(words, components.pin_yes)}</Button>
                        </div>
                    </div>
                </Fold>
            }
        })
    })
    .into_any()
}

#[cfg(test)]
mod tests {
    use postroom_server::model::{Certificate, Event, Language, Protocol, Security, Step, Timestamp};

    use super::*;
    use crate::components::{StepList, html_of};

    const COMMAND: &str = "openssl s_client -connect mail.example.com:993 </dev/null | openssl x509 -fingerprint";

    fn failed(problem: Problem, may_be_pinned: bool) -> CheckReport {
        let mut report = CheckReport::planned(Protocol::Imap, Security::Tls);
        let certificate = Certificate {
            subject: "Example, mail.example.com".to_owned(),
            names: vec!["mail.example.com".to_owned()],
            issuer: "Example".to_owned(),
            not_before: Timestamp(1_792_108_800_000),
            not_after: Timestamp(1_799_884_800_000),
            sha256: "a7".repeat(32),
        };
        let compare = Some(COMMAND.to_owned());
        report.apply(Event::Presented(Box::new(Presented { certificate, may_be_pinned, compare })));
        report.apply(Event::Failed { step: Step::Tls, millis: 12, problem, remedy: None });
        report.apply(Event::Ended { millis: 12 });
        report
    }

    fn self_signed() -> Problem {
        Problem::CertificateSelfSigned { subject: "mail.example.com".to_owned() }
    }

    fn shown(report: CheckReport, place: Option<&str>) -> String {
        let place = place.map(str::to_owned);
        html_of(Language::En, move || {
            let place = Signal::stored(place);
            let confide = Confide { posts: ("intent", "trust_incoming"), fields: "incoming", place };
            view! { <StepList report=report confide /> }
        })
        // What stands in one line and what in the next is for the eye alone.
        .replace("</span><span>", "")
        .replace("<!>", "")
    }

    #[test]
    fn a_certificate_that_is_not_believed_can_be_trusted_after_a_look_at_its_fingerprint() {
        let html = shown(failed(self_signed(), true), Some("mail.example.com:993"));
        let fingerprint = vec!["A7"; 32].join(":");
        assert_eq!(html.matches(&fingerprint).count(), 2, "{html}");
        for text in ["Example, mail.example.com", "14 January 2027", "value=\"trust_incoming\"", "x509 -fingerprint"] {
            assert!(html.contains(text), "{text}: {html}");
        }
        assert!(html.contains(&format!("name=\"incoming[offered]\" value=\"{}\"", "a7".repeat(32))), "{html}");
        assert!(html.contains("name=\"incoming[offered_for]\" value=\"mail.example.com:993\""), "{html}");
    }

    #[test]
    fn nothing_is_offered_for_another_server_or_where_it_would_not_help() {
        for html in [
            shown(failed(self_signed(), true), None),
            shown(failed(self_signed(), false), Some("mail.example.com:993")),
        ] {
            assert!(html.contains("A7:A7") && !html.contains("trust_incoming"), "{html}");
        }
        let report = failed(self_signed(), true);
        let read_only = |editable: bool| {
            let report = report.clone();
            html_of(Language::En, move || {
                if editable {
                    provide_context(TrustedByEditing);
                }
                view! { <StepList report=report /> }
            })
        };
        assert!(read_only(true).contains("edit the settings") && !read_only(true).contains("offered"));
        assert!(!read_only(false).contains("edit the settings"), "a sign-in at a provider has no such settings");
    }

    #[test]
    fn a_new_certificate_stands_beside_the_one_that_was_trusted() {
        let problem = Problem::PinnedCertificateChanged {
            expected: Fingerprint::of(&[0x5e; 32]),
            found: Fingerprint::of(&[0xa7; 32]),
            vouched_for: false,
        };
        let html = shown(failed(problem, true), Some("mail.example.com:993"));
        let (so_far, now) = (html.find("Trusted so far").unwrap(), html.find("Shown now").unwrap());
        let button = html.find("trust_incoming").unwrap();
        assert!(so_far < now && now < button && html.contains(&vec!["5E"; 32].join(":")), "{html}");
    }
}
