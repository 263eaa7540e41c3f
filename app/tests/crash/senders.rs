//! Servers that bring mail: what is not acknowledged is sent again.

use futures::future::join_all;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::sync::watch;

use crate::Progress;

const CONNECTIONS: usize = 4;

/// Brings so many mails, numbered; how often each was sent until it was acknowledged.
pub async fn send(port: u16, to: String, mails: usize, up: watch::Receiver<u32>, progress: Progress) -> Vec<usize> {
    let shares = (0..CONNECTIONS).map(|first| {
        let (to, mut up, progress) = (to.clone(), up.clone(), progress.clone());
        tokio::spawn(async move {
            let mut tries = Vec::new();
            let mut connection = None;
            for number in (first..mails).step_by(CONNECTIONS) {
                tries.push((number, bring(port, &to, number, &mut connection, &mut up).await));
                progress.made();
            }
            tries
        })
    });
    let mut attempts = vec![0; mails];
    for share in join_all(shares).await {
        for (number, tried) in share.unwrap() {
            attempts[number] = tried;
        }
    }
    attempts
}

type Connection = BufReader<TcpStream>;

/// Sends one mail until it is acknowledged; how often the whole of it went out.
async fn bring(
    port: u16,
    to: &str,
    number: usize,
    connection: &mut Option<Connection>,
    up: &mut watch::Receiver<u32>,
) -> usize {
    let mut tried = 0;
    loop {
        let starts = *up.borrow_and_update();
        if connection.is_none() {
            *connection = connect(port).await;
        }
        if let Some(open) = connection {
            match deliver(open, to, number, &mut tried).await {
                Some(()) => return tried,
                None => *connection = None,
            }
        }
        // The program is dead. Whether it has been started since we looked decides whether to wait.
        if *up.borrow() == starts {
            up.changed().await.unwrap();
        }
    }
}

async fn connect(port: u16) -> Option<Connection> {
    let mut connection = BufReader::new(TcpStream::connect(("127.0.0.1", port)).await.ok()?);
    reply(&mut connection, "220").await?;
    connection.write_all(b"EHLO mail.example.com\r\n").await.ok()?;
    reply(&mut connection, "250").await?;
    Some(connection)
}

/// `None` when the connection broke before the last reply.
async fn deliver(connection: &mut Connection, to: &str, number: usize, tried: &mut usize) -> Option<()> {
    let group = format!("MAIL FROM:<ada@example.com>\r\nRCPT TO:<{to}>\r\nDATA\r\n");
    connection.write_all(group.as_bytes()).await.ok()?;
    for code in ["250", "250", "354"] {
        reply(connection, code).await?;
    }
    let lines = "A line of a mail that is long enough to be torn apart.\r\n".repeat(number % 100);
    let message = format!(
        "From: ada@example.com\r\nSubject: {number}\r\nX-Sequence: {number}\r\n\r\n{lines}{}.\r\n",
        last_line(number)
    );
    *tried += 1;
    connection.write_all(message.as_bytes()).await.ok()?;
    reply(connection, "250").await
}

/// How a mail ends, so that it can be seen whether it is whole.
pub fn last_line(number: usize) -> String {
    format!("The end of mail {number}\r\n")
}

/// Reads a reply, which must have this code; `None` when the connection broke.
async fn reply(connection: &mut Connection, code: &str) -> Option<()> {
    loop {
        let mut line = String::new();
        if connection.read_line(&mut line).await.ok()? == 0 || !line.ends_with("\r\n") {
            return None;
        }
        assert!(line.starts_with(code), "{line}");
        if line.as_bytes()[3] == b' ' {
            return Some(());
        }
    }
}
