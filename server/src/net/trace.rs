//! Turns the walk to a server into events: steps that start, pass or fail, and the lines said on the way.
//!
//! Every step of [`imap::open`](crate::imap) and [`smtp::open`](crate::smtp) goes through
//! [`Trace::step`], which also gives it its deadline. The workers walk the same code with
//! [`Trace::off`]. What the server says is made printable here, cut to 2 kB a line and 64 kB a
//! transcript, and every secret named with [`Trace::hide`] is struck out of it.

use std::{
    fmt,
    future::Future,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::time::Instant;

use crate::model::{Event, Finding, Line, Party, Problem, Step};

/// How long one step may take.
pub const STEP_DEADLINE: Duration = Duration::from_secs(10);
/// How long a whole check may take.
pub const CHECK_DEADLINE: Duration = Duration::from_secs(30);
/// Longest transcript line, in bytes.
const MAX_LINE_BYTES: usize = 2_048;
/// Longest transcript, in bytes.
const MAX_TRANSCRIPT_BYTES: usize = 65_536;
/// Shorter secrets are not searched for: striking out every `a` would hide the whole conversation.
const MIN_SECRET_BYTES: usize = 4;
/// What stands where a secret stood.
const MASK: &str = "•••";

/// Where the events of one walk go. Cheap to clone.
#[derive(Clone)]
pub struct Trace {
    on: Option<Arc<Listening>>,
}

struct Listening {
    began: Instant,
    sink: Box<dyn Fn(Event) + Send + Sync>,
    secrets: Mutex<Vec<String>>,
    written_bytes: AtomicUsize,
}

impl Trace {
    /// Nobody listens: steps keep their deadlines, nothing is recorded.
    #[must_use]
    pub const fn off() -> Self {
        Self { on: None }
    }

    /// Every event goes to `sink`, at once and in order.
    pub fn to(sink: impl Fn(Event) + Send + Sync + 'static) -> Self {
        Self {
            on: Some(Arc::new(Listening {
                began: Instant::now(),
                sink: Box::new(sink),
                secrets: Mutex::new(Vec::new()),
                written_bytes: AtomicUsize::new(0),
            })),
        }
    }

    /// Walks one step: says that it started, gives it [`STEP_DEADLINE`], and says how it ended.
    ///
    /// # Errors
    /// The step's own problem, or [`Problem::TimedOut`].
    pub async fn step<T>(
        &self,
        step: Step,
        work: impl Future<Output = Result<(T, Finding), Problem>>,
    ) -> Result<T, Problem> {
        self.emit(Event::Started { step });
        let began = Instant::now();
        let outcome = match tokio::time::timeout(STEP_DEADLINE, work).await {
            Ok(outcome) => outcome,
            Err(_) => Err(Problem::TimedOut { seconds: STEP_DEADLINE.as_secs() }),
        };
        let millis = millis_since(began);
        match outcome {
            Ok((made, finding)) => {
                self.emit(Event::Passed { step, millis, finding });
                Ok(made)
            }
            Err(problem) => {
                self.emit(Event::Failed { step, millis, problem: problem.clone(), remedy: None });
                Err(problem)
            }
        }
    }

    /// Strikes `secret` out of every line from here on.
    pub fn hide(&self, secret: &str) {
        if let Some(on) = &self.on
            && secret.len() >= MIN_SECRET_BYTES
        {
            on.secrets.lock().unwrap_or_else(PoisonError::into_inner).push(secret.to_owned());
        }
    }

    /// A line we sent, without its line end. The caller masks credentials by what it is doing.
    pub fn client(&self, text: &str) {
        self.line(Party::Client, text);
    }

    /// A line the server sent, as it came.
    pub fn server(&self, bytes: &[u8]) {
        if self.on.is_some() {
            self.line(Party::Server, &String::from_utf8_lossy(bytes));
        }
    }

    /// A remark of our own.
    pub fn note(&self, text: &str) {
        self.line(Party::Note, text);
    }

    /// Says that the walk is over.
    pub fn end(&self) {
        if let Some(on) = &self.on {
            self.emit(Event::Ended { millis: millis_since(on.began) });
        }
    }

    fn line(&self, from: Party, text: &str) {
        let Some(on) = &self.on else { return };
        if on.written_bytes.load(Ordering::Relaxed) > MAX_TRANSCRIPT_BYTES {
            return;
        }
        let mut text = text.to_owned();
        for secret in on.secrets.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            text = text.replace(secret.as_str(), MASK);
        }
        let text = printable(&text, MAX_LINE_BYTES);
        on.written_bytes.fetch_add(text.len(), Ordering::Relaxed);
        self.emit(Event::Line(Line { at_millis: millis_since(on.began), from, text }));
    }

    fn emit(&self, event: Event) {
        if let Some(on) = &self.on {
            (on.sink)(event);
        }
    }
}

impl fmt::Debug for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.on.is_some() { "Trace(on)" } else { "Trace(off)" })
    }
}

/// Makes text safe to show: control characters become `\u{…}` escapes, and it is cut at `max_bytes`.
#[must_use]
pub fn printable(text: &str, max_bytes: usize) -> String {
    let mut shown = String::with_capacity(text.len().min(max_bytes));
    for c in text.trim_end_matches(['\r', '\n']).chars() {
        if shown.len() + c.len_utf8() > max_bytes {
            shown.push('…');
            break;
        }
        if c.is_control() && c != '\t' {
            shown.extend(c.escape_unicode());
        } else {
            shown.push(c);
        }
    }
    shown
}

fn millis_since(began: Instant) -> u64 {
    u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX)
}
