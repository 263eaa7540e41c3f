//! A check with whatever key a mailbox has: an access token that a server refuses is replaced once.
//!
//! Tokens end before their time: somebody signed out everywhere, a clock differs, a server forgot. So a refusal
//! is shown to nobody before a fresh token was refused too. [`Event::Restarted`] tells the page to begin anew.

use std::sync::{Arc, Mutex, PoisonError};

use secrecy::SecretString;

use super::{Subject, Target, run, run_watched};
use crate::context::Context;
use crate::error::Result;
use crate::login::{Key, Login};
use crate::model::{CheckReport, Direction, Event, Problem, ServerSettings, Step};
use crate::telemetry;
use crate::tokens::{self, Wanted};

/// What is checked, and the key to it.
#[derive(Clone, Debug)]
pub struct Plan {
    pub settings: ServerSettings,
    pub key: Key,
    pub subject: Subject,
    /// Whether somebody waits for the answer, for whom a failure is worth a second look.
    pub watched: bool,
}

impl Plan {
    /// What is checked of a mailbox: the folder that is watched, or sending as its address.
    #[must_use]
    pub fn of(direction: Direction, settings: ServerSettings, key: Key) -> Self {
        let subject = match direction {
            Direction::Incoming => Subject::Incoming { folder: settings.folder.clone() },
            Direction::Outgoing => Subject::Outgoing { sender: settings.email.clone() },
        };
        Self { settings, key, subject, watched: false }
    }

    /// The same, while a person looks on.
    #[must_use]
    pub fn watched(self) -> Self {
        Self { watched: true, ..self }
    }
}

/// [`run`], with a token fetched first where the key is a grant.
///
/// Where there is no token to be had the report says so at [`Step::SignIn`], and no server is bothered.
///
/// # Errors
/// When the database or the vault fails. What is wrong outside is in the report.
pub async fn run_with(
    ctx: &Context,
    plan: &Plan,
    listener: impl Fn(&Event) + Send + Sync + 'static,
) -> Result<CheckReport> {
    let report = walk(ctx, plan, listener).await?;
    telemetry::check_ended(&report);
    Ok(report)
}

async fn walk(ctx: &Context, plan: &Plan, listener: impl Fn(&Event) + Send + Sync + 'static) -> Result<CheckReport> {
    let grant = match &plan.key {
        Key::Password(secret) => return Ok(go(ctx, plan, secret.clone(), listener).await),
        Key::Grant(grant) => *grant,
    };
    let protocol = plan.subject.protocol();
    let told = Told::new(CheckReport::planned(protocol, plan.settings.endpoint.security), listener);
    let token = match tokens::access(ctx, grant, Wanted::Current).await? {
        Ok(token) => token,
        Err(problem) => return Ok(told.refuse(problem, 0)),
    };
    let first = go(ctx, plan, token.clone(), told.but_a_refused_token()).await;
    if !matches!(first.problem(), Some((Step::SignIn, Problem::TokenRejected { .. }))) {
        return Ok(told.report());
    }
    match tokens::access(ctx, grant, Wanted::InsteadOf(&token)).await? {
        Ok(token) => {
            told.tell(&Event::Restarted);
            go(ctx, plan, token, told.everything()).await;
            Ok(told.report())
        }
        // The provider knows better than the mail server why: the permission is gone, say.
        Err(problem) => Ok(told.refuse(problem, first.millis)),
    }
}

async fn go(
    ctx: &Context,
    plan: &Plan,
    secret: SecretString,
    listener: impl Fn(&Event) + Send + Sync + 'static,
) -> CheckReport {
    let ServerSettings { endpoint, method, username, .. } = plan.settings.clone();
    let target = Target { endpoint, login: Login { username, secret, method }, subject: plan.subject.clone() };
    if plan.watched {
        run_watched(&ctx.dialer, &target, listener).await
    } else {
        run(&ctx.dialer, &target, listener).await
    }
}

/// Everything the listener was told, folded as the page folds it.
struct Told<L>(Arc<(Mutex<CheckReport>, L)>);

impl<L: Fn(&Event) + Send + Sync + 'static> Told<L> {
    fn new(planned: CheckReport, listener: L) -> Self {
        Self(Arc::new((Mutex::new(planned), listener)))
    }

    fn tell(&self, event: &Event) {
        let (report, listener) = &*self.0;
        report.lock().unwrap_or_else(PoisonError::into_inner).apply(event.clone());
        listener(event);
    }

    fn report(&self) -> CheckReport {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn refuse(&self, problem: Problem, millis: u64) -> CheckReport {
        self.tell(&Event::Started { step: Step::SignIn });
        self.tell(&Event::Failed { step: Step::SignIn, millis: 0, problem, remedy: None });
        self.tell(&Event::Ended { millis });
        self.report()
    }

    fn everything(&self) -> impl Fn(&Event) + Send + Sync + 'static {
        let told = Self(Arc::clone(&self.0));
        move |event| told.tell(event)
    }

    /// Keeps a refused token, and the end that follows it, to itself.
    fn but_a_refused_token(&self) -> impl Fn(&Event) + Send + Sync + 'static {
        let told = Self(Arc::clone(&self.0));
        let refused = Mutex::new(false);
        move |event| {
            let mut refused = refused.lock().unwrap_or_else(PoisonError::into_inner);
            *refused |=
                matches!(event, Event::Failed { step: Step::SignIn, problem: Problem::TokenRejected { .. }, .. });
            let kept = *refused && matches!(event, Event::Failed { .. } | Event::Ended { .. });
            drop(refused);
            if !kept {
                told.tell(event);
            }
        }
    }
}
