//! The cards of a mailbox on Postroom's own server: where to forward, whether it works, and what came last.

use std::time::Duration;

use leptos::prelude::*;
use postroom_server::model::{
    DeliveryState, ForwardingCheck, ForwardingConfirmation, ForwardingStage, MailboxId, MessageText,
};

use super::{
    frame::Place,
    look_out::{look_after, look_at, look_out, look_while},
    sender_domains::SenderDomainCard,
    words::{action_error, api_error},
};
use crate::{
    api::forwarding::{CheckForwarding, ForwardingShown, ReceivedShown, forwarding_of},
    components::{Button, Card, CopyLine, Fold, LinkButton, Moment, Notice, RemedyCard, Tone, check_words::duration},
    i18n::{GAP, Locale, around, words},
    say,
};

/// How often a check that is under way is looked after.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Everything about how mail comes to this mailbox; kept up to date while somebody looks.
#[component]
pub fn Forwarding(place: Place, mailbox: MailboxId, address: String, shown: ForwardingShown) -> impl IntoView {
    let words = words();
    let state = RwSignal::new(shown.clone());
    let slug = place.slug.clone();
    let look = look_at(state, move || forwarding_of(slug.clone(), mailbox));
    let under_way =
        Memo::new(move |_| state.with(|shown| shown.check.as_ref().is_some_and(ForwardingCheck::is_under_way)));
    look_while(LOOK_EVERY, move || under_way.get(), look.clone());
    look_out(look);
    let off = (!shown.receiving).then(|| {
        view! { <Notice tone=Tone::Warning title=say!(words, forwarding.off_title)>{say!(words, forwarding.off_text)}</Notice> }
    });
    let first = match shown.forward_to.clone() {
        Some(forward_to) => {
            view! { <Steps place=place.clone() mailbox address forward_to=forward_to.to_string() state /> }.into_any()
        }
        None => view! {
            <Card title=say!(words, forwarding.own_title).to_owned() text=say!(words, forwarding.own_text).to_owned()>
                <CopyLine text=address />
            </Card>
        }
        .into_any(),
    };
    view! {
        {off}
        {first}
        <Card title=say!(words, forwarding.received_title).to_owned()>
            {move || view! { <Received mails=state.with(|shown| shown.received.clone()) /> }}
        </Card>
        {shown.domain.map(|domain| view! { <SenderDomainCard domain /> })}
    }
}

/// Where to forward, how, and whether it works.
#[component]
fn Steps(
    place: Place,
    mailbox: MailboxId,
    address: String,
    forward_to: String,
    state: RwSignal<ForwardingShown>,
) -> impl IntoView {
    let words = words();
    let action = ServerAction::<CheckForwarding>::new();
    let error = action_error(action);
    let slug = place.slug.clone();
    // A check that has just begun is looked at at once.
    look_after(move || action.version().get(), look_at(state, move || forwarding_of(slug.clone(), mailbox)));
    let under_way = move || state.with(|shown| shown.check.as_ref().is_some_and(ForwardingCheck::is_under_way));
    let busy = Signal::derive(move || action.pending().get() || under_way());
    let confirmation = move || state.with(|shown| shown.confirmation.clone());
    let check = move || state.with(|shown| (shown.check.clone(), shown.remedy.clone()));
    let relay = state.with_untracked(|shown| shown.relay);
    let command = command(&address, &forward_to);
    let check_text = say!(words, forwarding.check_text, address = address.clone());
    let button = if relay {
        view! {
            <ActionForm action>
                <input type="hidden" name="workspace" value=place.slug />
                <input type="hidden" name="mailbox" value=mailbox.0 />
                <div class="actions">
                    <Button busy>
                        {move || if busy.get() { say!(words, forwarding.checking) } else { say!(words, forwarding.check) }}
                    </Button>
                </div>
            </ActionForm>
        }
        .into_any()
    } else {
        view! {
            <Notice tone=Tone::Info title=say!(words, forwarding.no_relay_title)>
                <p>{say!(words, forwarding.no_relay_text)}</p>
                {place.admin.then(|| view! {
                    <LinkButton href="/account/relay">{say!(words, forwarding.set_relay)}</LinkButton>
                })}
            </Notice>
        }
        .into_any()
    };
    view! {
        <div id="forwarding">
            <Card
                title=say!(words, forwarding.title).to_owned()
                text=say!(words, forwarding.text, address = address)
            >
                <div class="stack">
                    <CopyLine text=forward_to />
                    <p class="hint">{say!(words, forwarding.secret)}</p>
                    <div aria-live="polite">
                        {move || confirmation().map(|asked| view! { <Confirmation asked /> })}
                    </div>
                    <Fold summary=say!(words, forwarding.microsoft)>
                        <div class="stack">
                            <Numbered steps=microsoft(words) />
                            <CopyLine text=command />
                        </div>
                    </Fold>
                    <Fold summary=say!(words, forwarding.google)>
                        <Numbered steps=google(words) />
                    </Fold>
                    <Fold summary=say!(words, forwarding.other)>
                        <Numbered steps=other(words) />
                    </Fold>
                    <h3>{say!(words, forwarding.check_title)}</h3>
                    <p>{check_text}</p>
                    {move || error.get().map(|error| view! { <Notice tone=Tone::Bad>{api_error(words, &error)}</Notice> })}
                    <div aria-live="polite">
                        {move || {
                            let (check, remedy) = check();
                            check.map(|check| view! {
                                <CheckState check />
                                {remedy.map(|remedy| view! { <RemedyCard remedy=*remedy heading=4 /> })}
                            })
                        }}
                    </div>
                    {button}
                </div>
            </Card>
        </div>
    }
}

/// What Google asks, to be answered there.
#[component]
pub fn Confirmation(asked: ForwardingConfirmation) -> impl IntoView {
    let words = words();
    let title = match &asked.account {
        Some(account) => say!(words, forwarding.google_asks_of, account = account.to_string()),
        None => say!(words, forwarding.google_asks).to_owned(),
    };
    let code = asked.code.map(|code| {
        view! { <p>{say!(words, forwarding.google_code)}</p><CopyLine text=code /> }
    });
    let link = asked.link.map(|link| {
        view! {
            <p>
                <a href=link target="_blank" rel="noopener noreferrer">
                    {say!(words, forwarding.google_link)}
                    <span class="visually-hidden">" " {say!(words, components.opens_new_tab)}</span>
                </a>
            </p>
        }
    });
    view! {
        <Notice tone=Tone::Warning title>
            <p>{say!(words, forwarding.google_asks_text)}</p>
            {code}
            {link}
            <p class="soft small"><Moment at=asked.received_at /></p>
        </Notice>
    }
}

/// How the last check stands.
#[component]
pub fn CheckState(check: ForwardingCheck) -> impl IntoView {
    let words = words();
    let (tone, title, text) = told(words, &check.stage);
    let when = around(&say!(words, forwarding.asked_when, when = GAP), view! { <Moment at=check.started_at /> });
    view! {
        <div class="stack">
            <Notice tone title>{text}</Notice>
            <p class="soft small">{when}</p>
        </div>
    }
}

fn told(words: Locale, stage: &ForwardingStage) -> (Tone, String, &'static str) {
    match stage {
        ForwardingStage::Sending => (Tone::Waiting, say!(words, forwarding.sending).to_owned(), ""),
        ForwardingStage::Waiting => {
            (Tone::Waiting, say!(words, forwarding.waiting).to_owned(), say!(words, forwarding.waiting_text))
        }
        ForwardingStage::Arrived { arrive_millis } => (
            Tone::Good,
            say!(words, forwarding.arrived, time = duration(words, *arrive_millis)),
            say!(words, forwarding.arrived_text),
        ),
        ForwardingStage::NotSent { now, .. } => {
            let text = match now {
                DeliveryState::Failed => say!(words, forwarding.not_sent_failed),
                DeliveryState::Waiting | DeliveryState::Parked | DeliveryState::Sent => {
                    say!(words, forwarding.not_sent_waits)
                }
            };
            (Tone::Bad, say!(words, forwarding.not_sent).to_owned(), text)
        }
        ForwardingStage::NotArrived { .. } => {
            (Tone::Warning, say!(words, forwarding.not_arrived).to_owned(), say!(words, forwarding.not_arrived_text))
        }
    }
}

/// What came last.
#[component]
pub fn Received(mails: Vec<ReceivedShown>) -> impl IntoView {
    let words = words();
    if mails.is_empty() {
        return view! { <p class="soft">{say!(words, forwarding.received_none)}</p> }.into_any();
    }
    let lines = mails.into_iter().map(|ReceivedShown { mail, said }| {
        let subject = mail.subject.filter(|subject| !subject.trim().is_empty());
        let from = mail.author.unwrap_or(mail.sender);
        view! {
            <li>
                <strong>{subject.unwrap_or_else(|| say!(words, forwarding.no_subject).to_owned())}</strong>
                <br />
                <span class="soft small">
                    {(!from.is_empty()).then(|| format!("{from} · "))} <Moment at=mail.received_at />
                </span>
                {said.map(|said| view! { <Said said /> })}
            </li>
        }
    });
    view! { <ul class="stack">{lines.collect_view()}</ul> }.into_any()
}

/// What a message says, for those whose mail system asks something before it forwards. Links are text: nothing a
/// stranger has written is one click away.
#[component]
fn Said(said: MessageText) -> impl IntoView {
    let words = words();
    let links = said.links.into_iter().map(|link| view! { <CopyLine text=link /> }).collect_view();
    view! {
        <Fold summary=say!(words, forwarding.read)>
            <div class="stack">
                <p class="hint">{say!(words, forwarding.read_hint)}</p>
                <pre class="letter" tabindex="0">{said.text}</pre>
                {links}
            </div>
        </Fold>
    }
}

#[component]
fn Numbered(steps: Vec<&'static str>) -> impl IntoView {
    view! { <ol class="steps">{steps.into_iter().map(|step| view! { <li>{step}</li> }).collect_view()}</ol> }
}

fn microsoft(words: Locale) -> Vec<&'static str> {
    vec![
        say!(words, forwarding.ms_1),
        say!(words, forwarding.ms_2),
        say!(words, forwarding.ms_3),
        say!(words, forwarding.ms_4),
        say!(words, forwarding.ms_5),
    ]
}

fn google(words: Locale) -> Vec<&'static str> {
    vec![
        say!(words, forwarding.google_1),
        say!(words, forwarding.google_2),
        say!(words, forwarding.google_3),
        say!(words, forwarding.google_4),
        say!(words, forwarding.google_5),
    ]
}

fn other(words: Locale) -> Vec<&'static str> {
    vec![
        say!(words, forwarding.other_1),
        say!(words, forwarding.other_2),
        say!(words, forwarding.other_3),
        say!(words, forwarding.other_4),
    ]
}

/// Exchange Online PowerShell: forward, and keep a copy (Microsoft, *Configure email forwarding for a mailbox*).
fn command(address: &str, forward_to: &str) -> String {
    let quoted = |text: &str| text.replace('\'', "''");
    format!(
        "Set-Mailbox -Identity '{}' -ForwardingSmtpAddress '{}' -DeliverToMailboxAndForward $true",
        quoted(address),
        quoted(forward_to)
    )
}

#[cfg(test)]
mod tests {
    use postroom_server::model::{EmailAddress, Language, ReceivedId, ReceivedMail, Timestamp};

    use super::*;
    use crate::{components::html_of, i18n::words_in};

    const NOW: Timestamp = Timestamp(1_795_440_245_000);

    #[test]
    fn every_stage_has_its_own_title_in_both_languages() {
        for language in Language::ALL {
            let titles: std::collections::BTreeSet<String> = [
                ForwardingStage::Sending,
                ForwardingStage::Waiting,
                ForwardingStage::Arrived { arrive_millis: 1_400 },
                ForwardingStage::NotSent { problem: None, now: DeliveryState::Failed },
                ForwardingStage::NotArrived { waited_seconds: 601 },
            ]
            .iter()
            .map(|stage| told(words_in(language), stage).1)
            .collect();
            assert_eq!(titles.len(), 5, "{titles:?}");
        }
    }

    #[test]
    fn what_google_asks_is_shown_with_its_code_and_opens_elsewhere() {
        let asked = ForwardingConfirmation {
            code: Some("987654321".to_owned()),
            link: Some("https://mail-settings.google.com/mail/vf-1".to_owned()),
            account: Some(EmailAddress::parse("help@customer.example").unwrap()),
            received_at: NOW,
        };
        let html = html_of(Language::En, move || view! { <Confirmation asked /> });
        for part in ["987654321", "help@customer.example", "rel=\"noopener noreferrer\"", "mail/vf-1"] {
            assert!(html.contains(part), "{part} is not in {html}");
        }
    }

    #[test]
    fn an_address_cannot_leave_its_quotes_in_the_command() {
        assert!(command("o'brien@example.com", "f@x.example").contains("'o''brien@example.com'"));
    }

    #[test]
    fn a_subject_that_a_stranger_wrote_is_text() {
        let mail = ReceivedMail {
            id: ReceivedId(1),
            mailbox_id: MailboxId(1),
            recipient: "help-abc@it.desk.example".to_owned(),
            sender: String::new(),
            remote_address: "192.0.2.1".to_owned(),
            helo: "<i>".to_owned(),
            tls: true,
            size: 5,
            message_id: None,
            subject: Some("<script>alert(1)</script>".to_owned()),
            author: Some("<b>Eve</b>".to_owned()),
            received_at: NOW,
        };
        let said = MessageText {
            text: "<script>code</script> 4711".to_owned(),
            links: vec!["https://mail.example/confirm?a=1&b=2".to_owned()],
        };
        let shown = ReceivedShown { mail, said: Some(said) };
        let html = html_of(Language::En, move || view! { <Received mails=vec![shown] /> });
        assert!(!html.contains("<script>") && !html.contains("<b>"), "{html}");
        assert!(html.contains("4711") && html.contains("https://mail.example/confirm"), "{html}");
        assert!(!html.contains("href"), "nothing of a stranger's can be clicked: {html}");
    }
}
