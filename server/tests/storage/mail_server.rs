//! A submission server on loopback that takes every message and remembers it.

use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// A running server; dropping it closes it.
pub struct MailServer {
    port: u16,
    taken: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

impl MailServer {
    pub async fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let taken = Arc::new(Mutex::new(Vec::new()));
        let sink = Arc::clone(&taken);
        let task = tokio::spawn(async move {
            let mut visits = tokio::task::JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                visits.spawn(serve(stream, Arc::clone(&sink)));
            }
        });
        Self { port, taken, task }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// The messages taken so far, in order.
    pub fn taken(&self) -> Vec<String> {
        self.taken.lock().unwrap().clone()
    }

    /// The Message-IDs taken so far, sorted.
    pub fn ids(&self) -> Vec<String> {
        let id =
            |message: &String| message.lines().find_map(|line| line.strip_prefix("Message-ID: ")).unwrap().to_owned();
        let mut ids: Vec<String> = self.taken().iter().map(id).collect();
        ids.sort();
        ids
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(stream: TcpStream, taken: Arc<Mutex<Vec<String>>>) -> Option<()> {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    write.write_all(b"220 mail.example.com ESMTP\r\n").await.ok()?;
    loop {
        let line = lines.next_line().await.ok()??;
        let word = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
        let reply = match word.as_str() {
            "EHLO" => "250-mail.example.com\r\n250-PIPELINING\r\n250 AUTH PLAIN LOGIN\r\n",
            "AUTH" => "235 2.7.0 Welcome\r\n",
            "DATA" => {
                write.write_all(b"354 Go on\r\n").await.ok()?;
                let mut message = String::new();
                loop {
                    let line = lines.next_line().await.ok()??;
                    if line == "." {
                        break;
                    }
                    message.push_str(&line);
                    message.push('\n');
                }
                taken.lock().unwrap().push(message);
                "250 2.0.0 Ok: queued\r\n"
            }
            "QUIT" => "221 2.0.0 Bye\r\n",
            _ => "250 2.0.0 Ok\r\n",
        };
        write.write_all(reply.as_bytes()).await.ok()?;
    }
}
