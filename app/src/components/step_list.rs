//! The ladder of a check: every step at once, what each one saw, and the repair where it broke.
//!
//! The whole ladder stands from the start, so nobody wonders what is still to come. While the check runs only
//! what changes is drawn anew, and what somebody unfolded stays unfolded.

use leptos::prelude::*;
use postroom_server::model::{CheckReport, Endpoint, Step, StepReport, StepState};

use super::{
    Button, Confide, Icon, Picture, PresentedCertificate, RemedyCard, StatusBadge, SupportLink, Transcript,
    check_words::{check_state, check_summary, check_title, duration, protection, state_name, state_word, step_title},
    finding::{finding_details, finding_line},
    remedy_card::Reply,
};
use crate::{i18n::words, say};

/// The whole check of one server: title and state, a sentence that is read out, the ladder, the conversation.
///
/// Where the check found another way open, that is said below the step that failed; `heal` makes a button of it.
/// A certificate that was not believed stands there, too; with `confide` it can be trusted.
#[component]
pub fn StepList(
    #[prop(into)] report: Signal<CheckReport>,
    #[prop(optional, into)] heal: Option<Heal>,
    #[prop(optional, into)] confide: Option<Confide>,
) -> impl IntoView {
    let words = words();
    let title = Memo::new(move |_| report.with(|report| check_title(words, report.protocol)));
    let state = Memo::new(move |_| report.with(|report| check_state(words, report)));
    let summary = Memo::new(move |_| report.with(|report| check_summary(words, report)));
    let steps = Memo::new(move |_| report.with(|report| report.steps.iter().map(|line| line.step).collect::<Vec<_>>()));
    let lines = Memo::new(move |_| report.with(|report| report.transcript.clone()));
    let ended = Memo::new(move |_| report.with(|report| report.outcome.is_some()));
    view! {
        <section class="check">
            <div class="check-head">
                <h3>{move || title.get()}</h3>
                <StatusBadge
                    tone=Signal::derive(move || state.get().0)
                    text=Signal::derive(move || state.get().1.to_owned())
                />
            </div>
            <p class="check-summary" role="status" aria-live="polite">
                {move || summary.get()}
            </p>
            <ol class="ladder" role="list">
                <For each=move || steps.get() key=|step| *step let:step>
                    <Rung report step heal confide />
                </For>
            </ol>
            <Transcript lines />
            <Show when=move || ended.get()>
                <SupportLink />
            </Show>
        </section>
    }
}

/// One step. A step that is not on the ladder any more leaves an empty rung for the moment until it is removed.
#[component]
fn Rung(report: Signal<CheckReport>, step: Step, heal: Option<Heal>, confide: Option<Confide>) -> impl IntoView {
    let words = words();
    let line = Memo::new(move |_| report.with(|report| report.steps.iter().find(|line| line.step == step).cloned()));
    let state = Memo::new(move |_| line.with(|line| line.as_ref().map_or(StepState::Waiting, |line| line.state)));
    let mark = move || match state.get() {
        StepState::Passed => Some(view! { <Icon picture=Picture::Check /> }),
        StepState::Failed => Some(view! { <Icon picture=Picture::Cross /> }),
        StepState::Waiting | StepState::Running | StepState::Skipped => None,
    };
    // Where a time is shown the state is told by the mark, and to screen readers by a hidden word.
    let timed = move || matches!(state.get(), StepState::Passed | StepState::Failed);
    let word = move || {
        let hidden = matches!(state.get(), StepState::Passed | StepState::Failed | StepState::Waiting);
        view! { <span class=hidden.then_some("visually-hidden")>{state_word(words, state.get())}</span> }
    };
    let time = move || {
        let millis = line.with(|line| line.as_ref().map_or(0, |line| line.millis));
        timed().then(|| view! { <span>{duration(words, millis)}</span> })
    };
    view! {
        <li data-state=move || state_name(state.get())>
            <span class="ladder-mark" aria-hidden="true">
                {mark}
            </span>
            <div class="ladder-body">
                <div class="ladder-head">
                    <strong>{step_title(words, step)}</strong>
                    {word}
                    {time}
                </div>
                {move || line.get().map(|line| view! { <Outcome line /> })}
                {move || (state.get() == StepState::Failed).then(|| view! {
                    <OpenWay report heal />
                    <PresentedCertificate report confide />
                })}
            </div>
        </li>
    }
}

/// The submit button that takes over the best offer, in the form that stands around the ladder.
#[derive(Clone, Copy, Debug)]
pub struct Heal {
    /// What the button posts: its name and its value.
    pub posts: (&'static str, &'static str),
    /// True while the offer fits what is typed.
    pub fits: Signal<bool>,
}

/// The way that was found open, if there is one.
#[component]
fn OpenWay(report: Signal<CheckReport>, heal: Option<Heal>) -> impl IntoView {
    let words = words();
    let best = Memo::new(move |_| report.with(|report| report.offers.first().cloned()));
    move || {
        best.get().map(|Endpoint { port, security, .. }| {
            let security = protection(words, security);
            let button = move || {
                heal.filter(|heal| heal.fits.get()).map(|Heal { posts: (name, value), .. }| {
                    view! {
                        <Button name value>{say!(words, components.offer_use, port = port, security = security)}</Button>
                    }
                })
            };
            view! {
                <div class="offer">
                    <p>{say!(words, components.offer_found, port = port, security = security)}</p>
                    {button}
                </div>
            }
        })
    }
}

/// What the step saw, or what is wrong and how it is repaired.
#[component]
fn Outcome(line: StepReport) -> impl IntoView {
    let words = words();
    let finding = line.finding.map(|finding| {
        view! {
            <p class="ladder-finding">{finding_line(words, &finding)}</p>
            {finding.alerts().iter().map(|alert| view! { <Reply reply=alert.clone() /> }).collect_view()}
            {finding_details(words, &finding)}
        }
    });
    let problem = line.problem.map(|problem| {
        let reply = problem.reply().map(str::to_owned);
        match (line.remedy, reply) {
            (Some(remedy), Some(reply)) => view! { <RemedyCard remedy=*remedy reply /> }.into_any(),
            (Some(remedy), None) => view! { <RemedyCard remedy=*remedy /> }.into_any(),
            // Nobody wrote a repair for the reader: the bare cause and the server's words are still better than none.
            (None, reply) => view! {
                <p class="ladder-finding" lang="en">
                    {problem.to_string()}
                </p>
                {reply.map(|reply| view! { <Reply reply /> })}
            }
            .into_any(),
        }
    });
    view! {
        {finding}
        {problem}
    }
}

#[cfg(test)]
mod tests {
    use postroom_server::model::{Event, Language, Problem, Protocol, Remedy, Security, Who};

    use super::*;
    use crate::components::html_of;

    const REPLY: &str = "535 5.7.8 Error: <authentication> failed";

    fn refused(remedy: Option<Box<Remedy>>) -> CheckReport {
        let mut report = CheckReport::planned(Protocol::Smtp, Security::Tls);
        let problem = Problem::BadCredentials { reply: REPLY.to_owned() };
        report.apply(Event::Failed { step: Step::SignIn, millis: 1_500, problem, remedy });
        report.apply(Event::Ended { millis: 1_600 });
        report
    }

    fn remedy() -> Box<Remedy> {
        Box::new(Remedy {
            kind: "bad_credentials".to_owned(),
            title: "The password is wrong".to_owned(),
            why: "The server does not know it.".to_owned(),
            steps: vec!["Type it again.".to_owned()],
            who: Who::MailAdmin,
            link: Some("https://example.com/help?x=1".to_owned()),
            command: Some("doveadm auth test support@example.com".to_owned()),
        })
    }

    fn shown(language: Language, report: CheckReport) -> String {
        html_of(language, move || view! { <StepList report=report /> })
    }

    #[test]
    fn the_whole_ladder_stands_before_the_first_step() {
        let html = shown(Language::En, CheckReport::planned(Protocol::Imap, Security::StartTls));
        let steps = Step::plan(Protocol::Imap, Security::StartTls);
        assert_eq!(html.matches("data-state=\"waiting\"").count(), steps.len());
        for step in steps {
            assert!(html.contains(step_title(crate::i18n::words_in(Language::En), *step)), "{step:?}");
        }
        assert!(html.contains("Not started"));
    }

    #[test]
    fn a_failed_step_opens_its_remedy_with_the_servers_own_words() {
        let html = shown(Language::En, refused(Some(remedy())));
        assert_eq!(html.matches("data-state=\"failed\"").count(), 1);
        assert!(html.contains("1.5 s"));
        assert!(html.contains("535 5.7.8 Error: &lt;authentication&gt; failed"));
        for text in ["The password is wrong", "Type it again.", "Mail administrator", "Open example.com"] {
            assert!(html.contains(text), "{text}");
        }
        assert!(html.contains("href=\"/help/problems/bad_credentials\""));
        assert!(html.contains("rel=\"noopener noreferrer\""));
    }

    #[test]
    fn a_failed_step_speaks_korean_to_korean_readers() {
        let html = shown(Language::Ko, refused(Some(remedy())));
        for text in ["발신 메일(SMTP)", "로그인", "서버의 응답", "메일 관리자", "1.5초", "진행하지 않음"]
        {
            assert!(html.contains(text), "{text}");
        }
    }

    #[test]
    fn a_failure_without_a_remedy_still_shows_cause_and_reply() {
        let html = shown(Language::En, refused(None));
        assert!(html.contains("the server refused the user name or password"));
        assert!(html.contains("535 5.7.8 Error"));
    }

    #[test]
    fn a_way_that_was_found_open_is_told_and_can_be_taken_where_it_fits() {
        let mut report = refused(None);
        let endpoint = Endpoint::new("mail.example.com".to_owned(), 993, Security::Tls);
        report.apply(Event::Offered { endpoint });
        let plain = shown(Language::En, report.clone());
        assert!(plain.contains("Port 993 with SSL/TLS") && !plain.contains("<button class=\"button\""), "{plain}");
        let with = |fits: bool| {
            let report = report.clone();
            html_of(Language::Ko, move || {
                let heal = Heal { posts: ("intent", "heal_incoming"), fits: Signal::derive(move || fits) };
                view! { <StepList report=report heal /> }
            })
        };
        assert!(with(true).contains("value=\"heal_incoming\"") && with(true).contains("993번 포트"));
        assert!(!with(false).contains("heal_incoming"));
    }

    #[test]
    fn a_link_that_is_not_https_is_no_link() {
        let mut remedy = remedy();
        remedy.link = Some("javascript:alert(1)".to_owned());
        let html = shown(Language::En, refused(Some(remedy)));
        assert!(!html.contains("javascript:"));
    }
}
