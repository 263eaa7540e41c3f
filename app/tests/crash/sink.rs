//! A mail server that takes everything, remembers the Message-IDs, and outlives the program.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::Progress;

pub struct Sink {
    port: u16,
    taken: Taken,
}

type Taken = Arc<Mutex<HashMap<String, usize>>>;

impl Sink {
    pub async fn start(progress: Progress) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let taken = Taken::default();
        let sink = Arc::clone(&taken);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&sink), progress.clone()));
            }
        });
        Self { port, taken }
    }

    pub const fn port(&self) -> u16 {
        self.port
    }

    /// How often each Message-ID has arrived.
    pub fn taken(&self) -> HashMap<String, usize> {
        self.taken.lock().unwrap().clone()
    }

    /// Waits until each of these has arrived.
    pub async fn has_taken(&self, ids: &[String], progress: &Progress) {
        loop {
            let next = progress.0.1.notified();
            let taken = self.taken();
            if ids.iter().all(|id| taken.contains_key(id)) {
                return;
            }
            next.await;
        }
    }
}

async fn serve(stream: TcpStream, taken: Taken, progress: Progress) -> Option<()> {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    write.write_all(b"220 sink.example ESMTP\r\n").await.ok()?;
    loop {
        let line = lines.next_line().await.ok()??;
        let reply = match line.split([' ', ':']).next().unwrap_or_default() {
            "EHLO" => "250-sink.example\r\n250-PIPELINING\r\n250 AUTH PLAIN\r\n",
            "AUTH" => "235 2.7.0 Welcome\r\n",
            "DATA" => {
                write.write_all(b"354 Go on\r\n").await.ok()?;
                let mut id = String::new();
                loop {
                    let line = lines.next_line().await.ok()??;
                    if line == "." {
                        break;
                    }
                    if let Some(found) = line.strip_prefix("Message-ID: ") {
                        found.clone_into(&mut id);
                    }
                }
                *taken.lock().unwrap().entry(id).or_default() += 1;
                progress.made();
                "250 2.0.0 Ok: queued\r\n"
            }
            "QUIT" => "221 2.0.0 Bye\r\n",
            _ => "250 2.0.0 Ok\r\n",
        };
        write.write_all(reply.as_bytes()).await.ok()?;
    }
}
