//! A mail server that follows a script, on loopback.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use postroom_server::model::{Endpoint, Security};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpSocket, TcpStream},
    task::JoinHandle,
    time::{MissedTickBehavior, interval},
};
use tokio_rustls::TlsAcceptor;

use crate::{
    certificates::ServerTls,
    line::{self, Line},
};

/// Between two bytes of a slow server.
const DRIP: Duration = Duration::from_millis(10);
/// How much of a flood is written at once, in bytes.
const FLOOD_BYTES: usize = 16_384;
/// What the system keeps of our words that the client has not taken yet, in bytes. A small number makes
/// [`Script::sent_bytes`] tell what the client was willing to read.
const SEND_BUFFER_BYTES: u32 = 16_384;

/// A running server. Dropping it closes it, and fails the test when a client said something that was not in
/// the script.
pub struct Script {
    address: SocketAddr,
    heard: Arc<Heard>,
    task: JoinHandle<()>,
}

/// What clients did, over all connections.
#[derive(Default)]
struct Heard {
    connections: AtomicUsize,
    gone: AtomicUsize,
    lines: Mutex<Vec<String>>,
    /// What came outside of TLS, byte by byte.
    in_clear: Mutex<Vec<u8>>,
    /// How much could be said.
    sent_bytes: AtomicU64,
    surprise: Mutex<Option<String>>,
}

/// How the server begins, and what it says on its first, second, … connection; the last script is repeated.
struct Part {
    scripts: Vec<Vec<Line>>,
    tls: Option<ServerTls>,
    tls_at_once: bool,
}

impl Script {
    /// Serves the script in clear, anew for every connection. [`Line`] says what can stand in it.
    pub async fn serve(script: &str) -> Self {
        Self::serve_in_turn(&[script]).await
    }

    /// Serves the first script on the first connection and so on; the last one is repeated.
    pub async fn serve_in_turn(scripts: &[&str]) -> Self {
        Self::start(Part { scripts: parse_all(scripts), tls: None, tls_at_once: false }).await
    }

    /// Serves the script under implicit TLS.
    pub async fn serve_tls(script: &str, tls: &ServerTls) -> Self {
        Self::start(Part { scripts: parse_all(&[script]), tls: Some(tls.clone()), tls_at_once: true }).await
    }

    /// Serves the script in clear until its line `TLS`.
    pub async fn serve_starttls(script: &str, tls: &ServerTls) -> Self {
        Self::serve_starttls_in_turn(&[script], tls).await
    }

    /// Serves the first script on the first connection and so on, each in clear until its line `TLS`.
    pub async fn serve_starttls_in_turn(scripts: &[&str], tls: &ServerTls) -> Self {
        Self::start(Part { scripts: parse_all(scripts), tls: Some(tls.clone()), tls_at_once: false }).await
    }

    async fn start(part: Part) -> Self {
        let listener = listen().expect("loopback has a free port");
        let address = listener.local_addr().expect("a listener has an address");
        let heard = Arc::new(Heard::default());
        let task = tokio::spawn(accept(listener, Arc::new(part), Arc::clone(&heard)));
        Self { address, heard, task }
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The port it listens on.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// The endpoint `127.0.0.1` with the protection the client should use.
    #[must_use]
    pub fn endpoint(&self, security: Security) -> Endpoint {
        self.endpoint_named("127.0.0.1", security)
    }

    /// The endpoint under another name of this machine, such as `localhost`.
    #[must_use]
    pub fn endpoint_named(&self, host: &str, security: Security) -> Endpoint {
        Endpoint::new(host.to_owned(), self.port(), security)
    }

    /// How many connections were taken so far.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.heard.connections.load(Ordering::SeqCst)
    }

    /// Every line clients said so far, tags included.
    #[must_use]
    pub fn heard(&self) -> Vec<String> {
        self.heard.lines.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Every byte clients said outside of TLS.
    #[must_use]
    pub fn heard_in_clear(&self) -> Vec<u8> {
        self.heard.in_clear.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How many bytes the script could say before clients went away, give or take what the system keeps for them.
    #[must_use]
    pub fn sent_bytes(&self) -> u64 {
        self.heard.sent_bytes.load(Ordering::SeqCst)
    }

    /// What a client said that was not in the script, if it did; dropping the server then fails no test any more.
    #[must_use]
    pub fn surprise(&self) -> Option<String> {
        self.heard.surprise.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Waits until every connection that was taken is over; at most ten seconds.
    pub async fn all_gone(&self) {
        let all = async {
            while self.heard.gone.load(Ordering::SeqCst) < self.heard.connections.load(Ordering::SeqCst) {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(10), all).await.expect("the client closes its connections");
    }
}

impl Drop for Script {
    fn drop(&mut self) {
        self.task.abort();
        if let Some(surprise) = self.surprise()
            && !thread::panicking()
        {
            panic!("{surprise}");
        }
    }
}

fn listen() -> std::io::Result<TcpListener> {
    let socket = TcpSocket::new_v4()?;
    // Connections have it from their listener.
    socket.set_send_buffer_size(SEND_BUFFER_BYTES)?;
    socket.bind((Ipv4Addr::LOCALHOST, 0).into())?;
    socket.listen(1_024)
}

fn parse_all(scripts: &[&str]) -> Vec<Vec<Line>> {
    scripts.iter().map(|script| line::parse(script)).collect()
}

async fn accept(listener: TcpListener, part: Arc<Part>, heard: Arc<Heard>) {
    // The connections end with the server: dropping the set aborts them.
    let mut connections = tokio::task::JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let turn = heard.connections.fetch_add(1, Ordering::SeqCst);
        let (part, heard) = (Arc::clone(&part), Arc::clone(&heard));
        connections.spawn(async move {
            let lines = part.scripts.get(turn).or(part.scripts.last()).map_or(&[] as &[Line], Vec::as_slice);
            play(stream, lines, &part, &heard).await;
            heard.gone.fetch_add(1, Ordering::SeqCst);
        });
    }
}

/// Plays one connection; a client that goes away early ends it without complaint.
async fn play(stream: TcpStream, lines: &[Line], part: &Part, heard: &Heard) {
    if part.tls_at_once {
        encrypted(stream, lines, part, heard).await;
        return;
    }
    let mut stream = stream;
    match speak(&mut stream, lines, heard, true).await {
        Next::Tls(rest) => encrypted(stream, rest, part, heard).await,
        Next::Reset => drop(stream.set_zero_linger()),
        Next::Abandon | Next::Over => (),
    }
}

async fn encrypted(stream: TcpStream, lines: &[Line], part: &Part, heard: &Heard) {
    let tls = part.tls.clone().expect("a script with TLS is served with an identity");
    if let Ok(mut stream) = TlsAcceptor::from(tls.0).accept(stream).await {
        match speak(&mut stream, lines, heard, false).await {
            Next::Reset => drop(stream.get_ref().0.set_zero_linger()),
            Next::Abandon => (),
            Next::Over => drop(stream.shutdown().await),
            Next::Tls(_) => panic!("a script does not begin TLS twice"),
        }
    }
}

/// What comes after the lines that could be played on this stream.
enum Next<'a> {
    Tls(&'a [Line]),
    Abandon,
    Reset,
    Over,
}

async fn speak<'a>(
    stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
    lines: &'a [Line],
    heard: &Heard,
    in_clear: bool,
) -> Next<'a> {
    let mut ear = Ear { inbox: Vec::new(), heard, in_clear };
    let (mut tag, mut id) = (String::new(), String::new());
    let mut ahead = lines.iter();
    while let Some(line) = ahead.next() {
        let said = match line {
            Line::Say(text) => {
                let tagged = ["OK", "NO", "BAD"].contains(&text.split(' ').next().unwrap_or_default());
                let text = text.replace("{id}", &id);
                let text = if tagged { format!("{tag} {text}\r\n") } else { format!("{text}\r\n") };
                say(stream, text.as_bytes(), heard).await
            }
            Line::SayRaw(bytes) => say(stream, &with_tag(bytes, &tag), heard).await,
            Line::SayOften(times, text) => {
                let numbered = |n: usize| format!("{}\r\n", text.replace("{n}", &n.to_string()));
                let whole: String = (1..=*times).map(numbered).collect();
                say(stream, whole.as_bytes(), heard).await
            }
            Line::Drip(bytes) => drip(stream, bytes, heard).await,
            Line::Trickle(bytes) => loop {
                if let Err(gone) = drip(stream, bytes, heard).await {
                    break Err(gone);
                }
            },
            Line::Flood(bytes) => {
                let wave = bytes.repeat((FLOOD_BYTES / bytes.len().max(1)).max(1));
                loop {
                    if let Err(gone) = say(stream, &wave, heard).await {
                        break Err(gone);
                    }
                }
            }
            Line::Expect(expected) | Line::ExpectMore(expected) => {
                let Some(said) = ear.line(stream).await else { return Next::Over };
                if !line::matches(expected, &said) {
                    let surprise = format!("the script waits for {expected:?}, the client says {said:?}");
                    heard.surprise.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(surprise);
                    return Next::Over;
                }
                if matches!(line, Line::Expect(_)) {
                    said.split(' ').next().unwrap_or_default().clone_into(&mut tag);
                }
                if let Some((_, behind)) = said.split_once('<')
                    && let Some((inside, _)) = behind.split_once('>')
                {
                    id = format!("<{inside}>");
                }
                Ok(())
            }
            Line::Message => {
                loop {
                    match ear.line(stream).await {
                        Some(said) if said == "." => break,
                        Some(_) => {}
                        None => return Next::Over,
                    }
                }
                Ok(())
            }
            Line::StartTls => return Next::Tls(ahead.as_slice()),
            Line::Close => return Next::Over,
            Line::Abandon => return Next::Abandon,
            Line::Reset => return Next::Reset,
            Line::Silence => break,
        };
        if said.is_err() {
            return Next::Over;
        }
    }
    // Whatever the client still says, such as its farewell, is noted and not answered.
    while ear.line(stream).await.is_some() {}
    Next::Over
}

/// Says bytes and counts those that found their way.
async fn say(stream: &mut (impl AsyncWrite + Unpin), bytes: &[u8], heard: &Heard) -> std::io::Result<()> {
    let mut left = bytes;
    while !left.is_empty() {
        let taken = stream.write(left).await?;
        heard.sent_bytes.fetch_add(u64::try_from(taken).unwrap_or(u64::MAX), Ordering::SeqCst);
        left = left.get(taken..).unwrap_or_default();
    }
    stream.flush().await
}

/// Says bytes one at a time.
async fn drip(stream: &mut (impl AsyncWrite + Unpin), bytes: &[u8], heard: &Heard) -> std::io::Result<()> {
    let mut clock = interval(DRIP);
    clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
    for byte in bytes {
        clock.tick().await;
        say(stream, &[*byte], heard).await?;
    }
    clock.tick().await;
    Ok(())
}

fn with_tag(bytes: &[u8], tag: &str) -> Vec<u8> {
    const PLACE: &[u8] = b"{tag}";
    let mut said = Vec::with_capacity(bytes.len());
    let mut left = bytes;
    while let Some((&first, rest)) = left.split_first() {
        if let Some(behind) = left.strip_prefix(PLACE) {
            said.extend_from_slice(tag.as_bytes());
            left = behind;
        } else {
            said.push(first);
            left = rest;
        }
    }
    said
}

/// Hears a client and keeps what it says.
struct Ear<'a> {
    inbox: Vec<u8>,
    heard: &'a Heard,
    in_clear: bool,
}

impl Ear<'_> {
    /// The client's next line without its end; `None` once it has gone.
    async fn line(&mut self, stream: &mut (impl AsyncRead + Unpin)) -> Option<String> {
        loop {
            if let Some(end) = self.inbox.iter().position(|&byte| byte == b'\n') {
                let line: Vec<u8> = self.inbox.drain(..=end).collect();
                let line = String::from_utf8_lossy(&line).trim_end_matches(['\r', '\n']).to_owned();
                self.heard.lines.lock().unwrap_or_else(PoisonError::into_inner).push(line.clone());
                return Some(line);
            }
            let known = self.inbox.len();
            if stream.read_buf(&mut self.inbox).await.ok()? == 0 {
                return None;
            }
            if self.in_clear {
                let new = self.inbox.get(known..).unwrap_or_default();
                self.heard.in_clear.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(new);
            }
        }
    }
}
