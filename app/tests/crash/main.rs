//! Whatever kills the program, and whenever: mail it has acknowledged is there, and mail it was given to send goes out.
//!
//! The real program is killed with SIGKILL at random moments and started again, while mails are brought to its mail
//! server and mails of its outbox go to a server here, which never dies. The seed and the counts are printed; with
//! `POSTROOM_CRASH_SEED` the same moments are chosen again, as far as two processes can be made to repeat themselves.

#![cfg(feature = "ssr")]
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a world that cannot be made is a failed test, and the counts are there to be read"
)]

mod desk;
mod program;
mod senders;
mod sink;

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::time::timeout;

use desk::{Desk, MAILBOXES};
use program::Program;
use sink::Sink;

/// Mails each way.
const MAILS: usize = 1_000;
const KILLS: usize = 7;
/// The test takes a few seconds; what takes so long hangs.
const PATIENCE: Duration = Duration::from_secs(180);

/// Counts every mail that is acknowledged on either side.
#[derive(Clone, Default)]
pub struct Progress(Arc<(AtomicUsize, Notify)>);

impl Progress {
    pub fn made(&self) {
        self.0.0.fetch_add(1, Ordering::SeqCst);
        self.0.1.notify_waiters();
    }

    /// Waits until so many mails were acknowledged.
    async fn reaches(&self, count: usize) {
        loop {
            let next = self.0.1.notified();
            if self.0.0.load(Ordering::SeqCst) >= count {
                return;
            }
            next.await;
        }
    }
}

/// SplitMix64: the same numbers from the same seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_mail_is_lost_however_often_the_program_is_killed() {
    timeout(PATIENCE, run()).await.expect("the test makes progress");
}

async fn run() {
    let given = std::env::var("POSTROOM_CRASH_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = given.unwrap_or_else(|| u64::from(std::process::id()));
    println!("seed {seed}");
    let mut dice = Dice(seed);
    let progress = Progress::default();
    let sink = Sink::start(progress.clone()).await;
    let desk = Desk::new(sink.port()).await;
    desk.queue(MAILS).await;

    let mail_port = program::free_port();
    let (up, is_up) = watch::channel(0_u32);
    let to = desk.address.clone();
    let senders = tokio::spawn(senders::send(mail_port, to, MAILS, is_up, progress.clone()));
    let mut program = Program::start(desk.folder(), mail_port);
    up.send_modify(|starts| *starts += 1);
    // The last mails are left to a program that lives.
    let last = u64::try_from(2 * MAILS * 9 / 10).unwrap();
    let mut moments: Vec<u64> = (0..KILLS).map(|_| dice.below(last)).collect();
    moments.sort_unstable();
    for moment in moments {
        progress.reaches(usize::try_from(moment).unwrap()).await;
        a_moment(dice.below(20_000)).await;
        program.kill();
        desk.let_claims_lapse().await;
        program = Program::start(desk.folder(), mail_port);
        up.send_modify(|starts| *starts += 1);
    }
    let attempts = senders.await.unwrap();
    sink.has_taken(&desk.queued().await, &progress).await;
    program.kill();

    check_received(&desk, &attempts).await;
    check_sent(&desk, &sink).await;
}

/// Somewhere between two acknowledgements.
#[expect(clippy::disallowed_methods, reason = "a moment that nothing announces is what this test is about")]
async fn a_moment(micros: u64) {
    tokio::time::sleep(Duration::from_micros(micros)).await;
}

/// Every acknowledged mail is there once, or as often as it was sent where an acknowledgement was lost; whole, and
/// with nothing beside it.
async fn check_received(desk: &Desk, attempts: &[usize]) {
    let rows = desk.received().await;
    let mut times: HashMap<usize, usize> = HashMap::new();
    for (_, number) in &rows {
        *times.entry(*number).or_default() += 1;
    }
    for (number, &tried) in attempts.iter().enumerate() {
        let there = times.get(&number).copied().unwrap_or_default();
        assert!((1..=tried).contains(&there), "mail {number} was sent {tried} times and is there {there} times");
    }
    let swept = desk.sweep_as_if_hours_had_passed().await;
    let files: BTreeSet<String> = desk.files().into_keys().collect();
    let named: BTreeSet<String> = rows.iter().map(|(file, _)| file.clone()).collect();
    assert_eq!(files, named, "files and rows speak of the same mails");
    for (file, number) in &rows {
        let text = std::fs::read_to_string(&desk.files()[file]).unwrap();
        assert!(text.contains(&format!("Subject: {number}\r\n")), "{file}");
        assert!(text.ends_with(&senders::last_line(*number)), "{file} is not whole");
    }
    let repeated = attempts.iter().filter(|&&tried| tried > 1).count();
    let twice = times.values().filter(|&&there| there > 1).count();
    println!(
        "received: {} acknowledged, {} stored; {repeated} sent again because no acknowledgement came, {twice} of them \
         were there already; {swept} unfinished files swept",
        attempts.len(),
        rows.len(),
    );
}

/// Every mail of the outbox has arrived, and more than once only where the outbox says that this may be.
async fn check_sent(desk: &Desk, sink: &Sink) {
    let taken = sink.taken();
    let deliveries = desk.deliveries().await;
    // Each mailbox was activated: that mail must arrive like any other.
    let queued = MAILS + MAILBOXES;
    assert_eq!(deliveries.len(), queued);
    let (mut marked, mut twice) = (0, 0);
    for (message_id, state, may_arrive_twice) in deliveries {
        let arrived = taken.get(&message_id).copied().unwrap_or_default();
        assert!(arrived >= 1, "{message_id} ({state}) has not arrived");
        assert!(arrived == 1 || may_arrive_twice, "{message_id} arrived {arrived} times");
        // The last ones may have arrived a moment before the program could write it down.
        assert!(state == "sent" || state == "waiting", "{message_id} is {state}");
        marked += usize::from(may_arrive_twice);
        twice += usize::from(arrived > 1);
    }
    println!("sent: {queued} queued, {} arrived; {marked} may arrive twice, {twice} did", taken.len());
}
