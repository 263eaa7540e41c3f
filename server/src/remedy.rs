//! From a problem to what a person can do about it, in their language.
//!
//! Every [`Problem`] has a [`Remedy`]: what is wrong, why, what to do step by step, and who can do it.
//! The words are written in one module per language, each with a match over all problems that has no
//! wildcard, so that a new problem does not compile before it has its words. What does not depend on
//! the language (who, the link, the command) is decided once for all of them.
//!
//! ```text
//! Problem + Situation ─► scene ─┬─► en / ko    title, why, steps
//!                               ├─► who        who can repair it
//!                               ├─► link       the page where it is repaired
//!                               └─► command    a line to copy, safe whatever the names in it
//! ```
//!
//! The server's own words are not repeated here: the page shows them beside the remedy.

mod command;
pub(crate) mod date;
mod en;
mod examples;
mod ko;
mod link;
mod quote;
mod reply;
mod said;
mod scene;
mod servers;
mod services;
mod stage;
mod who;
mod words;

use self::scene::Scene;
pub(crate) use self::scene::{is_invisible, is_personal};
pub use self::{examples::examples, services::Service, stage::Stage};
use crate::model::{
    CheckReport, Event, Language, OAuthProvider, Presented, Problem, Protocol, Provider, Remedy, Security,
};

/// What was being connected when the problem appeared: the form as the admin filled it in.
///
/// Every text may be hostile; it is cut, cleaned and quoted before it reaches a remedy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Situation {
    pub protocol: Protocol,
    pub host: String,
    pub port: u16,
    pub security: Security,
    /// What the sign-in is done with; often the address.
    pub username: String,
    /// The mailbox's e-mail address.
    pub address: String,
    /// Set where the mailbox rests on a sign-in at Microsoft or Google.
    pub oauth: Option<OAuthSituation>,
}

/// What a sign-in at a provider was about; what is not known is empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OAuthSituation {
    pub provider: OAuthProvider,
    /// Who signed in, as the provider names them. At Microsoft that may be somebody else than the mailbox.
    pub person: String,
    pub client_id: String,
    pub tenant: String,
    /// What must be registered with the application.
    pub redirect_uri: String,
    /// Whoever reads came by an owner's link and has no account here.
    pub by_link: bool,
}

impl Situation {
    /// The mail service the server belongs to.
    #[must_use]
    pub fn provider(&self) -> Provider {
        match &self.oauth {
            Some(OAuthSituation { provider: OAuthProvider::Microsoft, .. }) => Provider::Microsoft,
            Some(OAuthSituation { provider: OAuthProvider::Google, .. }) => Provider::Google,
            None => Provider::of_host(&self.host),
        }
    }

    /// Who signs in: the person at the provider where somebody has signed in there, else the user name.
    fn account(&self) -> &str {
        let person = self.oauth.as_ref().map(|oauth| oauth.person.trim()).filter(|person| !person.is_empty());
        person.unwrap_or(&self.username)
    }

    /// True where somebody signed in at Microsoft for a mailbox that goes by another name than theirs.
    fn shared(&self) -> bool {
        let at_microsoft = self.oauth.as_ref().is_some_and(|oauth| oauth.provider == OAuthProvider::Microsoft);
        let username = self.username.trim();
        at_microsoft && !username.is_empty() && self.account().to_lowercase() != username.to_lowercase()
    }
}

/// What a person can do about `problem`, as finished plain text.
#[must_use]
pub fn remedy(problem: &Problem, situation: &Situation, language: Language) -> Remedy {
    let seen = after_a_sign_in(problem, situation);
    let problem = seen.as_ref().unwrap_or(problem);
    let scene = Scene::of(situation);
    let words = match language {
        Language::En => en::words(problem, &scene),
        Language::Ko => ko::words(problem, &scene),
    };
    Remedy {
        kind: problem.kind().to_owned(),
        title: words.title,
        why: words.why,
        steps: words.steps,
        who: who::who(problem, &scene),
        link: link::link(problem, &scene),
        command: command::command(problem, situation),
    }
}

/// What a refused password means where there is none: the server refused the token, in words of its own.
fn after_a_sign_in(problem: &Problem, situation: &Situation) -> Option<Problem> {
    situation.oauth.as_ref()?;
    match problem {
        Problem::BadCredentials { reply }
        | Problem::AppPasswordNeeded { reply }
        | Problem::PasswordsRetired { reply } => Some(Problem::TokenRejected { reply: reply.clone() }),
        _ => None,
    }
}

/// Gives every failed step of `report` its remedy, replacing any it had.
pub fn advise(report: &mut CheckReport, situation: &Situation, language: Language) {
    for step in &mut report.steps {
        step.remedy = step.problem.as_ref().map(|problem| Box::new(remedy(problem, situation, language)));
    }
    if let Some(presented) = &mut report.presented {
        presented.compare = command::show_fingerprint(situation);
    }
}

/// Gives a failure its remedy on its way to the page; every other event passes unchanged.
#[must_use]
pub fn advise_event(event: Event, situation: &Situation, language: Language) -> Event {
    match event {
        Event::Failed { step, millis, problem, remedy: _ } => {
            let remedy = Some(Box::new(remedy(&problem, situation, language)));
            Event::Failed { step, millis, problem, remedy }
        }
        Event::Presented(presented) => {
            Event::Presented(Box::new(Presented { compare: command::show_fingerprint(situation), ..*presented }))
        }
        event @ (Event::Started { .. }
        | Event::Line(_)
        | Event::Passed { .. }
        | Event::Offered { .. }
        | Event::Listed { .. }
        | Event::Restarted
        | Event::Ended { .. }) => event,
    }
}

/// One problem of the catalogue with its remedy for a telling example.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// [`Problem::kind`].
    pub kind: &'static str,
    /// Where on the way it happens.
    pub stage: Stage,
    /// What servers and programs say about it, in lower case: found by those who have nothing but these words.
    pub said: String,
    pub remedy: Remedy,
}

/// One problem in detail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chapter {
    pub entry: Entry,
    /// An example of the server's own words.
    pub reply: Option<String>,
    /// The services where the repair is another one than elsewhere.
    pub services: Vec<Service>,
}

/// Every kind of problem once, in the order a check would meet them.
#[must_use]
pub fn catalogue(language: Language) -> Vec<Entry> {
    let said = said::by_kind();
    let listed = |(problem, situation): (Problem, Situation)| {
        let mut words = said.get(problem.kind()).cloned().unwrap_or_default();
        words.extend(problem.reply().map(str::to_lowercase));
        Entry {
            kind: problem.kind(),
            stage: Stage::of(&problem),
            said: words.into_iter().collect::<Vec<_>>().join("\n"),
            remedy: remedy(&problem, &situation, language),
        }
    };
    examples().into_iter().map(listed).collect()
}

/// One problem in detail, as it is repaired at `service`, or elsewhere; `None` where there is no such problem.
#[must_use]
pub fn chapter(kind: &str, service: Option<Service>, language: Language) -> Option<Chapter> {
    let (problem, situation) = examples().into_iter().find(|(problem, _)| problem.kind() == kind)?;
    let elsewhere = remedy(&problem, &Service::elsewhere(&situation), language);
    let repair = |service: Service| service.take(&situation).map(|at| remedy(&problem, &at, language));
    let services: Vec<Service> = Service::ALL
        .into_iter()
        .filter(|&service| repair(service).is_some_and(|there| advice(&there) != advice(&elsewhere)))
        .collect();
    let chosen = service.filter(|service| services.contains(service)).and_then(repair);
    let mut entry = catalogue(language).into_iter().find(|entry| entry.kind == kind)?;
    if let Some(there) = chosen {
        entry.remedy = there;
    }
    Some(Chapter { entry, reply: problem.reply().map(str::to_owned), services })
}

/// What of a remedy makes it another one; names of servers and addresses in it do not.
fn advice(remedy: &Remedy) -> (String, Vec<String>) {
    let plain =
        |text: &String| text.split_whitespace().filter(|word| !word.contains(['@', '.'])).collect::<Vec<_>>().join(" ");
    (plain(&remedy.why), remedy.steps.iter().map(plain).collect())
}
