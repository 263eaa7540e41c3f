//! Turns the walk to a server into events: steps that start, pass or fail, and the lines said on the way.
//!
//! Every step of [`imap::open`](crate::imap) and [`smtp::open`](crate::smtp) goes through
//! [`Trace::step`], which also gives it its deadline. The workers walk the same code with
//! [`Trace::off`]. What the server says is made printable here, cut to 2 kB a line and 64 kB a
//! transcript, and every secret named with [`Trace::hide`] is struck out of it.

use std::{
    borrow::Cow,
    fmt,
    future::Future,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::time::Instant;

use super::masks::Masks;
use crate::model::{Event, Finding, FolderEntry, Line, Party, Presented, Problem, Step};

/// How long one step may take, unless [`Trace::with_step_deadline`] says otherwise.
pub const STEP_DEADLINE: Duration = Duration::from_secs(10);
/// Longest transcript line, in bytes.
const MAX_LINE_BYTES: usize = 2_048;
/// Longest transcript, in bytes.
const MAX_TRANSCRIPT_BYTES: usize = 65_536;
/// What a line counts besides its text, in bytes: lines without text are not for nothing.
const LINE_BYTES: usize = 40;

/// Where the events of one walk go. Cheap to clone.
#[derive(Clone)]
pub struct Trace {
    on: Option<Arc<Listening>>,
    step_deadline: Duration,
}

struct Listening {
    began: Instant,
    sink: Box<dyn Fn(Event) + Send + Sync>,
    masks: Masks,
    written_bytes: AtomicUsize,
    /// The transcript is full, and says so.
    full: AtomicBool,
    /// The step that has started and not ended.
    running: Mutex<Option<(Step, Instant)>>,
}

impl Trace {
    /// Nobody listens: steps keep their deadlines, nothing is recorded.
    #[must_use]
    pub const fn off() -> Self {
        Self { on: None, step_deadline: STEP_DEADLINE }
    }

    /// Every event goes to `sink`, at once and in order.
    pub fn to(sink: impl Fn(Event) + Send + Sync + 'static) -> Self {
        Self {
            on: Some(Arc::new(Listening {
                began: Instant::now(),
                sink: Box::new(sink),
                masks: Masks::default(),
                written_bytes: AtomicUsize::new(0),
                full: AtomicBool::new(false),
                running: Mutex::new(None),
            })),
            step_deadline: STEP_DEADLINE,
        }
    }

    /// True where somebody listens.
    #[must_use]
    pub const fn is_on(&self) -> bool {
        self.on.is_some()
    }

    /// Gives every step this long.
    #[must_use]
    pub fn with_step_deadline(mut self, deadline: Duration) -> Self {
        self.step_deadline = deadline;
        self
    }

    /// How long a server may say nothing at all before we look why: less than a step, so that there is time
    /// left to look, and more than the 6 s that some servers keep new clients waiting on purpose.
    #[must_use]
    pub fn patience(&self) -> Duration {
        self.step_deadline.mul_f32(0.75)
    }

    /// Walks one step: says that it started, gives it its deadline, and says how it ended.
    ///
    /// # Errors
    /// The step's own problem, or [`Problem::TimedOut`].
    pub async fn step<T>(
        &self,
        step: Step,
        work: impl Future<Output = Result<(T, Finding), Problem>>,
    ) -> Result<T, Problem> {
        self.step_within(self.step_deadline, step, work).await
    }

    /// Walks one step that has a deadline of its own.
    ///
    /// # Errors
    /// The step's own problem, or [`Problem::TimedOut`].
    pub async fn step_within<T>(
        &self,
        deadline: Duration,
        step: Step,
        work: impl Future<Output = Result<(T, Finding), Problem>>,
    ) -> Result<T, Problem> {
        self.start(step);
        match tokio::time::timeout(deadline, work).await {
            Ok(Ok((made, finding))) => {
                self.pass(finding);
                Ok(made)
            }
            Ok(Err(problem)) => Err(self.fail(problem)),
            Err(_) => Err(self.fail(timed_out(deadline))),
        }
    }

    /// Ends the step that is running with a problem that came from outside of it, such as the end of the
    /// whole check's time. Says nothing when no step is running. Returns the problem as it was shown.
    pub fn fail(&self, problem: Problem) -> Problem {
        let Some(on) = &self.on else { return problem };
        let problem = on.masks.cover_problem(problem);
        if let Some((step, millis)) = on.stop_running() {
            self.emit(Event::Failed { step, millis, problem: problem.clone(), remedy: None });
        }
        problem
    }

    /// Says that a step has started.
    pub(crate) fn start(&self, step: Step) {
        if let Some(on) = &self.on {
            *on.running.lock().unwrap_or_else(PoisonError::into_inner) = Some((step, Instant::now()));
            self.emit(Event::Started { step });
        }
    }

    fn pass(&self, finding: Finding) {
        if let Some(on) = &self.on
            && let Some((step, millis)) = on.stop_running()
        {
            // A server that has heard the secret before may tell it in its greeting.
            let finding = on.masks.cover_finding(finding);
            self.emit(Event::Passed { step, millis, finding });
        }
    }

    /// Shows a certificate that is not believed.
    pub(crate) fn present(&self, presented: Presented) {
        if let Some(on) = &self.on {
            self.emit(Event::Presented(Box::new(on.masks.cover_presented(presented))));
        }
    }

    /// Tells which folders there are, though the one that was asked for could not be opened.
    pub(crate) fn list(&self, folders: Vec<FolderEntry>) {
        if let Some(on) = &self.on {
            let folders = folders.into_iter().map(|folder| on.masks.cover_folder(folder)).collect();
            self.emit(Event::Listed { folders });
        }
    }

    /// Strikes `secret` out of every line from here on.
    pub fn hide(&self, secret: &str) {
        if let Some(on) = &self.on {
            on.masks.add(secret);
        }
    }

    /// A line we sent, without its line end. The caller masks credentials by what it is doing.
    pub fn client(&self, text: &str) {
        self.line(Party::Client, text);
    }

    /// A line the server sent, as it came.
    pub fn server(&self, bytes: &[u8]) {
        if self.on.is_some() {
            self.line(Party::Server, &text_of(bytes));
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
        let (from, text) = if on.written_bytes.load(Ordering::Relaxed) < MAX_TRANSCRIPT_BYTES {
            (from, printable(&on.masks.cover(text), MAX_LINE_BYTES))
        } else if !on.full.swap(true, Ordering::Relaxed) {
            (Party::Note, "…".to_owned())
        } else {
            return;
        };
        on.written_bytes.fetch_add(text.len().saturating_add(LINE_BYTES), Ordering::Relaxed);
        self.emit(Event::Line(Line { at_millis: millis_since(on.began), from, text }));
    }

    fn emit(&self, event: Event) {
        if let Some(on) = &self.on {
            (on.sink)(event);
        }
    }
}

impl Listening {
    fn stop_running(&self) -> Option<(Step, u64)> {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner).take();
        running.map(|(step, began)| (step, millis_since(began)))
    }
}

impl fmt::Debug for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.on.is_some() { "Trace(on)" } else { "Trace(off)" })
    }
}

/// The problem of a deadline that has passed.
#[must_use]
pub fn timed_out(deadline: Duration) -> Problem {
    Problem::TimedOut { seconds: deadline.as_secs().max(1) }
}

/// The text that these bytes are, with a mark for each part that is no UTF-8.
#[must_use]
pub fn text_of(bytes: &[u8]) -> Cow<'_, str> {
    // Asking first is faster, and nearly everything is text.
    str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed)
}

/// Makes text safe to show: control characters become `\u{…}` escapes, and it is cut at `max_bytes`.
#[must_use]
pub fn printable(text: &str, max_bytes: usize) -> String {
    let is_plain = |byte: u8| matches!(byte, b' '..=b'~' | b'\t');
    // Looking at every byte, whatever was found, is what processors do many at a time.
    if text.len() <= max_bytes && text.bytes().fold(true, |plain, byte| plain & is_plain(byte)) {
        return text.to_owned();
    }
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
