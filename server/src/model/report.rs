//! A check while it runs and after it ended: events, and the report they fold into.
//!
//! The page folds the stream of events with the same [`CheckReport::apply`] that the server uses to
//! store the report, so what was seen live is what is kept.

use serde::{Deserialize, Serialize};

use super::{Certificate, Endpoint, Finding, FolderEntry, Presented, Problem, Protocol, Remedy, Security, Step};

/// One thing that happened during a check.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    Started {
        step: Step,
    },
    /// A line of the conversation, with credentials already masked.
    Line(Line),
    Passed {
        step: Step,
        millis: u64,
        finding: Finding,
    },
    Failed {
        step: Step,
        millis: u64,
        problem: Problem,
        /// Filled in by the server in the reader's language; `None` where nobody reads.
        remedy: Option<Box<Remedy>>,
    },
    /// A look at the neighbours, without signing in, found a way that is open and encrypted. Comes before the
    /// failure it heals, the best way first.
    Offered {
        endpoint: Endpoint,
    },
    /// The server showed a certificate that is not believed. Comes before the failure it explains.
    Presented(Box<Presented>),
    /// The folders there are, where the one that was asked for could not be opened. Comes before that failure.
    Listed {
        folders: Vec<FolderEntry>,
    },
    /// The check begins anew, with a fresh access token.
    Restarted,
    /// The check is over; what has not run by now was skipped.
    Ended {
        millis: u64,
    },
}

/// Who said a line of the transcript.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Party {
    Client,
    Server,
    /// Postroom's own remark, such as where TLS began.
    Note,
}

/// One line of the conversation: printable, at most 2 kB, credentials masked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Milliseconds since the check began.
    pub at_millis: u64,
    pub from: Party,
    pub text: String,
}

/// How a step, or the whole check, ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Passed,
    Failed,
    Skipped,
}

/// Where a step stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepState {
    Waiting,
    Running,
    Passed,
    Failed,
    Skipped,
}

/// One rung of the ladder.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StepReport {
    pub step: Step,
    pub state: StepState,
    pub millis: u64,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub finding: Option<Finding>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub problem: Option<Problem>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub remedy: Option<Box<Remedy>>,
}

/// The whole ladder, as far as it has been walked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CheckReport {
    pub protocol: Protocol,
    /// `None` while the check runs.
    pub outcome: Option<Outcome>,
    pub millis: u64,
    pub steps: Vec<StepReport>,
    pub transcript: Vec<Line>,
    /// Ways to the same host that are open and encrypted where this one failed, the best first. None of them has
    /// seen the user name or the password yet.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub offers: Vec<Endpoint>,
    /// The certificate that was not believed, where that is what the check failed of.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub presented: Option<Box<Presented>>,
    /// The folders there are, where the one that was asked for could not be opened.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub folders: Vec<FolderEntry>,
}

impl StepReport {
    /// A step that has not begun.
    const fn waiting(step: Step) -> Self {
        Self { step, state: StepState::Waiting, millis: 0, finding: None, problem: None, remedy: None }
    }
}

impl CheckReport {
    /// The ladder before the first step.
    #[must_use]
    pub fn planned(protocol: Protocol, security: Security) -> Self {
        let steps = Step::plan(protocol, security).iter().map(|&step| StepReport::waiting(step)).collect();
        Self {
            protocol,
            outcome: None,
            millis: 0,
            steps,
            transcript: Vec::new(),
            offers: Vec::new(),
            presented: None,
            folders: Vec::new(),
        }
    }

    /// The ladder for a server that asks for no sign-in.
    #[must_use]
    pub fn without_sign_in(mut self) -> Self {
        self.steps.retain(|line| line.step != Step::SignIn);
        self
    }

    /// Folds one event into the report. An event for a step that is not on this ladder changes nothing.
    pub fn apply(&mut self, event: Event) {
        match event {
            Event::Started { step } => {
                if let Some(line) = self.line(step) {
                    line.state = StepState::Running;
                }
            }
            Event::Line(line) => self.transcript.push(line),
            Event::Passed { step, millis, finding } => {
                if let Some(line) = self.line(step) {
                    line.state = StepState::Passed;
                    line.millis = millis;
                    line.finding = Some(finding);
                }
            }
            Event::Failed { step, millis, problem, remedy } => {
                if let Some(line) = self.line(step) {
                    line.state = StepState::Failed;
                    line.millis = millis;
                    line.problem = Some(problem);
                    line.remedy = remedy;
                }
            }
            Event::Offered { endpoint } => {
                if !self.offers.contains(&endpoint) {
                    self.offers.push(endpoint);
                }
            }
            Event::Presented(presented) => self.presented = Some(presented),
            Event::Listed { folders } => self.folders = folders,
            Event::Restarted => {
                self.presented = None;
                self.folders.clear();
                self.offers.clear();
                for line in &mut self.steps {
                    *line = StepReport::waiting(line.step);
                }
            }
            Event::Ended { millis } => self.end(millis),
        }
    }

    /// The folders that the check has seen, whether the one that was asked for could be opened or not.
    #[must_use]
    pub fn folders(&self) -> &[FolderEntry] {
        let opened = self.steps.iter().find_map(|line| match &line.finding {
            Some(Finding::Folder { list, .. }) => Some(list.as_slice()),
            _ => None,
        });
        opened.unwrap_or(&self.folders)
    }

    /// The problem that stopped the check, with the step it happened in.
    #[must_use]
    pub fn problem(&self) -> Option<(Step, &Problem)> {
        self.steps.iter().find_map(|line| line.problem.as_ref().map(|problem| (line.step, problem)))
    }

    /// The certificate that the server showed and that was accepted.
    #[must_use]
    pub fn certificate(&self) -> Option<&Certificate> {
        self.steps.iter().find_map(|line| match &line.finding {
            Some(Finding::Secured { certificate, .. }) => Some(certificate),
            _ => None,
        })
    }

    /// True once every step has passed.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.outcome == Some(Outcome::Passed)
    }

    fn end(&mut self, millis: u64) {
        self.millis = millis;
        let mut all_passed = true;
        for line in &mut self.steps {
            if matches!(line.state, StepState::Waiting | StepState::Running) {
                line.state = StepState::Skipped;
            }
            all_passed &= line.state == StepState::Passed;
        }
        self.outcome = Some(if all_passed { Outcome::Passed } else { Outcome::Failed });
    }

    fn line(&mut self, step: Step) -> Option<&mut StepReport> {
        self.steps.iter_mut().find(|line| line.step == step)
    }
}
