//! Checks one server from its name to a working session, and tells what happened on the way.
//!
//! ```text
//! imap::open / smtp::open ──► Trace ──► Event ──► listener     what the page shows live
//!                                         └─────► CheckReport  what is stored: the same events, folded
//! ```
//!
//! A check walks the very road the workers walk. It ends within its deadline, with
//! [`Event::Ended`] and an outcome, whatever the server does; dropping it stops it and closes its
//! connections. The secret is in no event, in none of the forms it takes on the wire.

mod renewing;
mod second_look;
mod secrets;

use std::{
    mem,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::time::{Instant, timeout};

use crate::{
    imap,
    login::Login,
    model::{AuthMethod, CheckReport, EmailAddress, Endpoint, Event, Finding, Problem, Protocol, StepState},
    net::{Dialer, Trace, trace::timed_out},
    smtp,
};

pub use renewing::{Plan, run_with};
use second_look::Failure;

/// What is checked: a server, and who signs in there to do what.
#[derive(Clone, Debug)]
pub struct Target {
    pub endpoint: Endpoint,
    pub login: Login,
    pub subject: Subject,
}

/// What the mailbox is needed for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// Mail is read over IMAP from this folder.
    Incoming { folder: String },
    /// Mail is sent over SMTP from this address.
    Outgoing { sender: EmailAddress },
}

impl Subject {
    /// The protocol it takes.
    #[must_use]
    pub const fn protocol(&self) -> Protocol {
        match self {
            Self::Incoming { .. } => Protocol::Imap,
            Self::Outgoing { .. } => Protocol::Smtp,
        }
    }
}

/// Walks the whole way and folds what happens into a report; `listener` hears every event as it happens.
///
/// Never fails: what is wrong is in the report.
pub async fn run(dialer: &Dialer, target: &Target, listener: impl Fn(&Event) + Send + Sync + 'static) -> CheckReport {
    walk(dialer, target, false, listener).await
}

/// [`run`], where a person watches: a way that is closed, or begins otherwise than it was told to, is looked at a
/// second time before the failure is told. What the look finds is in [`CheckReport::offers`], and where it proves
/// more than the failure did, in the problem. Nobody signs in for it, and it costs nothing where all is well.
pub async fn run_watched(
    dialer: &Dialer,
    target: &Target,
    listener: impl Fn(&Event) + Send + Sync + 'static,
) -> CheckReport {
    walk(dialer, target, true, listener).await
}

async fn walk(
    dialer: &Dialer,
    target: &Target,
    watched: bool,
    listener: impl Fn(&Event) + Send + Sync + 'static,
) -> CheckReport {
    let began = Instant::now();
    let planned = CheckReport::planned(target.subject.protocol(), target.endpoint.security);
    let signs_in = target.login.method != AuthMethod::None;
    let planned = if signs_in { planned } else { planned.without_sign_in() };
    let report = Arc::new(Mutex::new(planned));
    let told = {
        let report = Arc::clone(&report);
        Arc::new(move |event: Event| {
            listener(&event);
            report.lock().unwrap_or_else(PoisonError::into_inner).apply(event);
        })
    };
    // A failure that deserves a second look waits for it: the page shows the step as running meanwhile.
    let held = Arc::new(Mutex::new(None::<Failure>));
    let trace = {
        let (told, held) = (Arc::clone(&told), Arc::clone(&held));
        Trace::to(move |event| match event {
            Event::Failed { step, millis, problem, .. } if watched && second_look::helps(step, &problem) => {
                *held.lock().unwrap_or_else(PoisonError::into_inner) = Some(Failure { step, millis, problem });
            }
            event => told(event),
        })
        .with_step_deadline(dialer.deadlines().step)
    };
    if signs_in {
        for form in secrets::forms(&target.login) {
            trace.hide(&form);
        }
    }

    let deadline = dialer.deadlines().check;
    match timeout(deadline, visit(dialer, target, &trace)).await {
        Ok(Ok(())) => (),
        Ok(Err(problem)) => blame(&report, &trace, problem),
        Err(_) => blame(&report, &trace, timed_out(deadline)),
    }
    let failure = held.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(failure) = failure {
        let addresses = addresses(&report.lock().unwrap_or_else(PoisonError::into_inner));
        let left = deadline.saturating_sub(began.elapsed()).min(dialer.deadlines().second_look);
        let found = second_look::look(dialer, target, &failure, &addresses, left, &trace).await;
        for endpoint in found.offers {
            told(Event::Offered { endpoint });
        }
        let Failure { step, millis, .. } = failure;
        told(Event::Failed { step, millis, problem: found.problem, remedy: None });
    }
    trace.end();
    // Nobody adds to it any more, so it is taken and not copied.
    let nothing = CheckReport::planned(target.subject.protocol(), target.endpoint.security);
    mem::replace(&mut *report.lock().unwrap_or_else(PoisonError::into_inner), nothing)
}

/// What the host's name led to.
fn addresses(report: &CheckReport) -> Vec<String> {
    let found = report.steps.iter().find_map(|line| match &line.finding {
        Some(Finding::Resolved { addresses }) => Some(addresses.clone()),
        _ => None,
    });
    found.unwrap_or_default()
}

/// Opens the session and takes leave again, which both protocols do within two seconds.
async fn visit(dialer: &Dialer, target: &Target, trace: &Trace) -> Result<(), Problem> {
    let Target { endpoint, login, subject } = target;
    match subject {
        Subject::Incoming { folder } => imap::open(dialer, endpoint, login, folder, trace).await?.close().await,
        Subject::Outgoing { sender } => smtp::open(dialer, endpoint, login, sender, trace).await?.close().await,
    }
    Ok(())
}

/// Makes sure that a problem stands at a step: at the one that is running, or else at the next one. After
/// the last step there is nothing left to blame: a slow goodbye fails no check.
fn blame(report: &Mutex<CheckReport>, trace: &Trace, problem: Problem) {
    let next = {
        let report = report.lock().unwrap_or_else(PoisonError::into_inner);
        if report.problem().is_some() {
            return;
        }
        if report.steps.iter().any(|line| line.state == StepState::Running) {
            None
        } else {
            report.steps.iter().find(|line| line.state == StepState::Waiting).map(|line| line.step)
        }
    };
    if let Some(step) = next {
        trace.start(step);
    }
    trace.fail(problem);
}
