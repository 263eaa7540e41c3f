//! Walks many checks, the very ones the product walks, and says what they cost. `cargo xtask bench` runs it.
//!
//! A check is what the wizard does: one walk to the IMAP server and one to the SMTP server, at the same time, every
//! step of them traced and folded into a report. With `--only-tls` each walk is TCP and TLS alone, by a bare client
//! of the TLS library: what no program that verifies certificates can be cheaper than.
//!
//! The result is one line of JSON. What must be right is in it too: how many walks failed, and as what.
#![expect(clippy::print_stdout, reason = "a program of the command line speaks through its standard output")]

use std::{
    collections::BTreeMap,
    error::Error,
    fs,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use postroom_server::{
    check::{self, Subject, Target},
    login::Login,
    model::{AuthMethod, EmailAddress, Endpoint, Security},
    net::{DialOptions, Dialer, Guard},
};
use rustls::{ClientConfig, RootCertStore, client::Resumption, crypto::ring};
use rustls_pki_types::{CertificateDer, ServerName, pem::PemObject};
use tokio::{
    net::TcpStream,
    task::JoinSet,
    time::{Instant, interval},
};
use tokio_rustls::TlsConnector;

type Failure = Box<dyn Error + Send + Sync>;

/// How often the memory is looked at while checks run.
const GLANCE: Duration = Duration::from_millis(250);

/// What to do, from the command line: `--NAME VALUE`, in any order.
struct Wanted {
    /// Where the servers are, by name or address.
    host: String,
    /// Their ports, and how they encrypt; without one that direction is left out.
    imap: Option<(u16, Security)>,
    smtp: Option<(u16, Security)>,
    /// Address and password, one pair for each mailbox; the checks take turns.
    people: Vec<(String, String)>,
    authority: String,
    checks: usize,
    at_once: usize,
    only_tls: bool,
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let wanted = Wanted::read(std::env::args().skip(1))?;
    let walks = Arc::new(Walks::new(&wanted)?);
    let began = Instant::now();
    let memory = Arc::new(Mutex::new(Memory::default()));
    let watching = tokio::spawn(watch(Arc::clone(&walks), Arc::clone(&memory)));
    let mut workers = JoinSet::new();
    for _ in 0..wanted.at_once {
        workers.spawn(work(Arc::clone(&walks)));
    }
    while let Some(ended) = workers.join_next().await {
        ended?;
    }
    watching.abort();
    let millis = began.elapsed().as_millis();
    let failures = walks.failures.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let memory = memory.lock().unwrap_or_else(PoisonError::into_inner);
    let result = serde_json::json!({
        "checks": walks.checks,
        "millis": u64::try_from(millis)?,
        "failed": failures.values().sum::<usize>(),
        "failures": failures,
        "memory_at_a_tenth_kib": memory.at_a_tenth,
        "memory_at_the_end_kib": resident_kib(),
    });
    println!("{result}");
    Ok(())
}

impl Wanted {
    fn read(mut words: impl Iterator<Item = String>) -> Result<Self, Failure> {
        let mut wanted = Self {
            host: "localhost".to_owned(),
            imap: None,
            smtp: None,
            people: Vec::new(),
            authority: String::new(),
            checks: 1,
            at_once: 1,
            only_tls: false,
        };
        while let Some(name) = words.next() {
            let mut value = || words.next().ok_or_else(|| format!("{name} needs a value"));
            match name.as_str() {
                "--host" => wanted.host = value()?,
                "--imap-tls" => wanted.imap = Some((value()?.parse()?, Security::Tls)),
                "--imap-starttls" => wanted.imap = Some((value()?.parse()?, Security::StartTls)),
                "--smtp-tls" => wanted.smtp = Some((value()?.parse()?, Security::Tls)),
                "--smtp-starttls" => wanted.smtp = Some((value()?.parse()?, Security::StartTls)),
                "--person" => wanted.people.push((value()?, value()?)),
                "--authority" => wanted.authority = value()?,
                "--checks" => wanted.checks = value()?.parse()?,
                "--at-once" => wanted.at_once = value()?.parse()?,
                "--only-tls" => wanted.only_tls = true,
                _ => return Err(format!("{name} is no option").into()),
            }
        }
        if wanted.people.is_empty() { Err("--person ADDRESS PASSWORD is needed".into()) } else { Ok(wanted) }
    }
}

/// Everything the workers share.
struct Walks {
    dialer: Dialer,
    /// What each mailbox is checked for, one or two walks.
    targets: Vec<Vec<Target>>,
    bare: Option<TlsConnector>,
    checks: usize,
    begun: AtomicUsize,
    ended: AtomicUsize,
    /// How many walks went wrong, by what and where.
    failures: Mutex<BTreeMap<String, usize>>,
}

impl Walks {
    fn new(wanted: &Wanted) -> Result<Self, Failure> {
        let roots: Vec<CertificateDer<'static>> =
            CertificateDer::pem_slice_iter(&fs::read(&wanted.authority)?).collect::<Result<_, _>>()?;
        let bare = wanted.only_tls.then(|| bare_client(&roots)).transpose()?;
        let options = DialOptions { guard: Guard::allow_all(), extra_roots: roots, ..DialOptions::default() };
        let mut targets = Vec::new();
        for (address, password) in &wanted.people {
            let login = Login { username: address.clone(), secret: password.clone().into(), method: AuthMethod::Plain };
            let sender = EmailAddress::parse(address).map_err(|_| format!("{address} is no address"))?;
            let incoming = Subject::Incoming { folder: "INBOX".to_owned() };
            let directions = [(wanted.imap, incoming), (wanted.smtp, Subject::Outgoing { sender })];
            let of_mailbox = directions.into_iter().filter_map(|(server, subject)| {
                let (port, security) = server?;
                let endpoint = Endpoint::new(wanted.host.clone(), port, security);
                Some(Target { endpoint, login: login.clone(), subject })
            });
            targets.push(of_mailbox.collect());
        }
        Ok(Self {
            dialer: Dialer::new(options)?,
            targets,
            bare,
            checks: wanted.checks,
            begun: AtomicUsize::new(0),
            ended: AtomicUsize::new(0),
            failures: Mutex::new(BTreeMap::new()),
        })
    }

    fn note(&self, failure: String) {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        *failures.entry(failure).or_default() += 1;
    }

    async fn walk(&self, target: &Target) {
        match &self.bare {
            Some(client) => {
                if let Err(failure) = only_tls(client, &target.endpoint).await {
                    self.note(failure.to_string());
                }
            }
            None => {
                let report = check::run(&self.dialer, target, |_| {}).await;
                if let Some((step, problem)) = report.problem() {
                    self.note(format!("{step:?}: {}", problem.kind()));
                } else if !report.passed() {
                    self.note("no end".to_owned());
                }
            }
        }
    }
}

/// Takes one check after the other until there is none left.
async fn work(walks: Arc<Walks>) {
    loop {
        let number = walks.begun.fetch_add(1, Ordering::Relaxed);
        if number >= walks.checks {
            return;
        }
        match walks.targets.get(number % walks.targets.len()).map(Vec::as_slice) {
            Some([one]) => walks.walk(one).await,
            Some([one, other]) => {
                tokio::join!(walks.walk(one), walks.walk(other));
            }
            _ => walks.note("nothing to check".to_owned()),
        }
        walks.ended.fetch_add(1, Ordering::Relaxed);
    }
}

/// The least a client needs: one shared configuration that verifies, and no resumption, as in a check.
fn bare_client(roots: &[CertificateDer<'static>]) -> Result<TlsConnector, Failure> {
    let mut trusted = RootCertStore::empty();
    for root in roots {
        trusted.add(root.clone())?;
    }
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(trusted)
        .with_no_client_auth();
    config.resumption = Resumption::disabled();
    Ok(TlsConnector::from(Arc::new(config)))
}

async fn only_tls(client: &TlsConnector, endpoint: &Endpoint) -> Result<(), Failure> {
    let stream = TcpStream::connect((endpoint.host.as_str(), endpoint.port)).await?;
    client.connect(ServerName::try_from(endpoint.host.clone())?, stream).await?;
    Ok(())
}

/// What this process kept in memory.
#[derive(Default)]
struct Memory {
    /// When a tenth of the checks had ended: by then everything that is kept for ever has been made.
    at_a_tenth: Option<u64>,
}

async fn watch(walks: Arc<Walks>, memory: Arc<Mutex<Memory>>) {
    let mut glances = interval(GLANCE);
    loop {
        glances.tick().await;
        if walks.ended.load(Ordering::Relaxed) * 10 >= walks.checks {
            memory.lock().unwrap_or_else(PoisonError::into_inner).at_a_tenth = resident_kib();
            return;
        }
    }
}

/// What the system counts as this process's memory (`VmRSS` of proc(5)).
fn resident_kib() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmRSS:")?.split_whitespace().next()?.parse().ok())
}
