//! The fixed words of a check: its steps, their states, who can repair something, how long it took.

use postroom_server::model::{CheckReport, Outcome, Protocol, Security, Step, StepState, Who};

use super::Tone;
use crate::{i18n::Locale, say};

/// What a step does, as the ladder shows it.
#[must_use]
pub fn step_title(words: Locale, step: Step) -> &'static str {
    match step {
        Step::Resolve => say!(words, components.step_resolve),
        Step::Connect => say!(words, components.step_connect),
        Step::Tls => say!(words, components.step_tls),
        Step::Greeting => say!(words, components.step_greeting),
        Step::StartTls => say!(words, components.step_start_tls),
        Step::Capabilities => say!(words, components.step_capabilities),
        Step::Ehlo => say!(words, components.step_ehlo),
        Step::SignIn => say!(words, components.step_sign_in),
        Step::Folder => say!(words, components.step_folder),
        Step::Idle => say!(words, components.step_idle),
        Step::Sender => say!(words, components.step_sender),
    }
}

/// Where a step stands, for those who cannot see its mark.
#[must_use]
pub fn state_word(words: Locale, state: StepState) -> &'static str {
    match state {
        StepState::Waiting => say!(words, components.state_waiting),
        StepState::Running => say!(words, components.state_running),
        StepState::Passed => say!(words, components.state_passed),
        StepState::Failed => say!(words, components.state_failed),
        StepState::Skipped => say!(words, components.state_skipped),
    }
}

/// The value of `data-state`.
#[must_use]
pub const fn state_name(state: StepState) -> &'static str {
    match state {
        StepState::Waiting => "waiting",
        StepState::Running => "running",
        StepState::Passed => "passed",
        StepState::Failed => "failed",
        StepState::Skipped => "skipped",
    }
}

/// Who can repair a problem.
#[must_use]
pub fn who_word(words: Locale, who: Who) -> &'static str {
    match who {
        Who::You => say!(words, components.who_you),
        Who::MailAdmin => say!(words, components.who_mail_admin),
        Who::Network => say!(words, components.who_network),
        Who::Provider => say!(words, components.who_provider),
        Who::Postroom => say!(words, components.who_postroom),
    }
}

/// What a check is about.
#[must_use]
pub fn check_title(words: Locale, protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Imap => say!(words, components.check_imap),
        Protocol::Smtp => say!(words, components.check_smtp),
    }
}

/// How a connection is protected, in a word.
#[must_use]
pub fn protection(words: Locale, security: Security) -> &'static str {
    match security {
        Security::Tls => say!(words, components.protection_tls),
        Security::StartTls => say!(words, components.protection_starttls),
        Security::None => say!(words, components.protection_none),
    }
}

/// A duration as people read it: milliseconds below a second, tenths of seconds above.
#[must_use]
pub fn duration(words: Locale, millis: u64) -> String {
    if millis < 1_000 {
        say!(words, components.duration_millis, amount = millis)
    } else {
        let tenths = millis.saturating_add(50) / 100;
        say!(words, components.duration_seconds, amount = format!("{}.{}", tenths / 10, tenths % 10))
    }
}

/// The whole check in a word or two, with its tone.
#[must_use]
pub fn check_state(words: Locale, report: &CheckReport) -> (Tone, &'static str) {
    match report.outcome {
        Some(Outcome::Passed) => (Tone::Good, say!(words, components.check_passed)),
        Some(Outcome::Failed | Outcome::Skipped) => (Tone::Bad, say!(words, components.check_failed)),
        None if report.steps.iter().all(|line| line.state == StepState::Waiting) => {
            (Tone::Off, say!(words, components.check_waiting))
        }
        None => (Tone::Waiting, say!(words, components.check_running)),
    }
}

/// The whole check in a sentence: what a screen reader hears while it runs.
#[must_use]
pub fn check_summary(words: Locale, report: &CheckReport) -> String {
    let total = report.steps.len();
    let at = |wanted: StepState| {
        let found = report.steps.iter().enumerate().find(|(_, line)| line.state == wanted);
        found.map(|(index, line)| (index.saturating_add(1), step_title(words, line.step)))
    };
    if report.passed() {
        return say!(words, components.summary_passed, total = total, duration = duration(words, report.millis));
    }
    if let Some((position, step)) = at(StepState::Failed) {
        return say!(words, components.summary_failed, position = position, total = total, step = step);
    }
    if report.outcome.is_some() {
        return say!(words, components.summary_unfinished).to_owned();
    }
    if let Some((position, step)) = at(StepState::Running) {
        return say!(words, components.summary_running, position = position, total = total, step = step);
    }
    // Between two steps the next one is as good as begun.
    match at(StepState::Waiting) {
        Some((position, step)) if position > 1 => {
            say!(words, components.summary_running, position = position, total = total, step = step)
        }
        _ => say!(words, components.summary_waiting, total = total),
    }
}

#[cfg(test)]
mod tests {
    use postroom_server::model::{Event, Finding, Language, Problem, Security};

    use super::*;
    use crate::i18n::words_in;

    fn report() -> CheckReport {
        CheckReport::planned(Protocol::Imap, Security::Tls)
    }

    fn told(language: Language, report: &CheckReport) -> String {
        check_summary(words_in(language), report)
    }

    #[test]
    fn short_times_are_milliseconds_and_long_ones_seconds() {
        let words = words_in(Language::En);
        assert_eq!(duration(words, 0), "0 ms");
        assert_eq!(duration(words, 999), "999 ms");
        assert_eq!(duration(words, 1_000), "1.0 s");
        assert_eq!(duration(words, 2_049), "2.0 s");
        assert_eq!(duration(words, 9_960), "10.0 s");
        assert_eq!(duration(words_in(Language::Ko), 1_250), "1.3초");
        assert!(!duration(words, u64::MAX).is_empty());
    }

    #[test]
    fn the_summary_follows_the_check_from_its_plan_to_its_end() {
        let mut report = report();
        assert_eq!(told(Language::En, &report), "8 steps lie ahead.");
        report.apply(Event::Started { step: Step::Resolve });
        assert_eq!(told(Language::En, &report), "Step 1 of 8: Find the server");
        let finding = Finding::Resolved { addresses: vec!["192.0.2.1".to_owned()] };
        report.apply(Event::Passed { step: Step::Resolve, millis: 3, finding });
        assert_eq!(told(Language::En, &report), "Step 2 of 8: Connect");
        report.apply(Event::Failed {
            step: Step::Connect,
            millis: 5,
            problem: Problem::ConnectionRefused { host: "imap.example.com".to_owned(), port: 993 },
            remedy: None,
        });
        report.apply(Event::Ended { millis: 8 });
        assert_eq!(told(Language::En, &report), "Stopped at step 2 of 8: Connect");
        assert_eq!(told(Language::Ko, &report), "8단계 중 2단계에서 멈췄습니다: 연결하기");
        assert_eq!(check_state(words_in(Language::En), &report), (Tone::Bad, "Failed"));
    }

    #[test]
    fn a_check_that_was_cut_off_without_a_failed_step_says_so() {
        let mut report = report();
        report.apply(Event::Started { step: Step::Resolve });
        report.apply(Event::Ended { millis: 8 });
        assert_eq!(told(Language::En, &report), "The check ended before its last step.");
    }
}
