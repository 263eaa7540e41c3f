//! A name server that knows the records it is given, over UDP and, for long answers, TCP (RFC 1035).

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream, UdpSocket},
};

/// The longest answer over UDP; what is longer has to be fetched over TCP.
const UDP_BYTES: usize = 1_200;

/// What a name server knows; clones share it, and it may change while it is asked.
#[derive(Clone, Debug, Default)]
pub struct Zone(Arc<Mutex<Known>>);

#[derive(Debug, Default)]
struct Known {
    records: HashMap<String, Vec<Record>>,
    codes: HashMap<String, u8>,
    silent: Vec<String>,
}

#[derive(Clone, Debug)]
enum Record {
    Txt(Vec<String>),
    Alias(String),
    Mx(u16, String),
    Address(IpAddr),
    /// Priority, weight, port, target (RFC 2782).
    Srv(u16, u16, u16, String),
}

impl Zone {
    /// A TXT record of one string, or of several where it is longer than a string may be.
    #[must_use]
    pub fn txt(self, name: &str, text: &str) -> Self {
        let strings: Vec<u8> = text.bytes().collect();
        let strings = strings.chunks(255).map(|part| String::from_utf8_lossy(part).into_owned()).collect();
        self.add(name, Record::Txt(strings))
    }

    /// A TXT record of these strings.
    #[must_use]
    pub fn split_txt(self, name: &str, strings: &[&str]) -> Self {
        self.add(name, Record::Txt(strings.iter().map(|&string| string.to_owned()).collect()))
    }

    #[must_use]
    pub fn alias(self, name: &str, target: &str) -> Self {
        self.add(name, Record::Alias(target.to_owned()))
    }

    #[must_use]
    pub fn mx(self, name: &str, preference: u16, host: &str) -> Self {
        self.add(name, Record::Mx(preference, host.to_owned()))
    }

    /// A service with its priority, weight and port; the target `.` says that there is none.
    #[must_use]
    pub fn srv(self, name: &str, (priority, weight, port): (u16, u16, u16), target: &str) -> Self {
        self.add(name, Record::Srv(priority, weight, port, target.to_owned()))
    }

    /// # Panics
    /// When the text is no IP address.
    #[must_use]
    pub fn address(self, name: &str, address: &str) -> Self {
        self.add(name, Record::Address(address.parse().expect("an IP address")))
    }

    /// Answers questions about a name with this response code (RFC 1035 4.1.1).
    #[must_use]
    pub fn code(self, name: &str, code: u8) -> Self {
        self.known().codes.insert(name.to_lowercase(), code);
        self
    }

    /// Answers no question about a name.
    #[must_use]
    pub fn silent(self, name: &str) -> Self {
        self.known().silent.push(name.to_lowercase());
        self
    }

    /// Forgets everything about a name.
    pub fn forget(&self, name: &str) {
        let name = name.to_lowercase();
        let mut known = self.known();
        known.records.remove(&name);
        known.codes.remove(&name);
        known.silent.retain(|silent| *silent != name);
    }

    fn add(self, name: &str, record: Record) -> Self {
        self.known().records.entry(name.to_lowercase()).or_default().push(record);
        self
    }

    fn known(&self) -> std::sync::MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts to answer.
    ///
    /// # Panics
    /// When loopback has no free port.
    pub async fn serve(&self) -> SocketAddr {
        let (udp, tcp) = loop {
            let udp = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("loopback has a free port");
            let address = udp.local_addr().expect("a socket has an address");
            if let Ok(tcp) = TcpListener::bind(address).await {
                break (udp, tcp);
            }
        };
        let address = udp.local_addr().expect("a socket has an address");
        let zone = self.clone();
        tokio::spawn(async move {
            let mut buffer = [0; 1_500];
            while let Ok((length, asker)) = udp.recv_from(&mut buffer).await {
                if let Some(response) = buffer.get(..length).and_then(|query| zone.respond(query, UDP_BYTES)) {
                    // An asker that is gone does not matter.
                    drop(udp.send_to(&response, asker).await);
                }
            }
        });
        let zone = self.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = tcp.accept().await {
                tokio::spawn(answer_over_tcp(zone.clone(), stream));
            }
        });
        address
    }

    /// The answer to a query; `None` where it stays unanswered.
    fn respond(&self, query: &[u8], most: usize) -> Option<Vec<u8>> {
        let (id, rest) = (query.get(..2)?, query.get(12..)?);
        let (name, length) = read_name(rest)?;
        let question = rest.get(..length + 4)?;
        let kind = u16::from_be_bytes(question.get(length..length + 2)?.try_into().ok()?);
        let (code, answers) = self.answers(&name, kind)?;
        let mut response = id.to_vec();
        response.extend([0x81, 0x80 | code, 0, 1]);
        response.extend(u16::try_from(answers.len()).ok()?.to_be_bytes());
        response.extend([0, 0, 0, 0]);
        response.extend(question);
        let head = response.len();
        response.extend(answers.concat());
        if response.len() > most {
            response.truncate(head);
            // No answers here: ask again over TCP.
            if let [_, _, flags, _, _, _, high, low, ..] = response.as_mut_slice() {
                *flags |= 0x02;
                (*high, *low) = (0, 0);
            }
        }
        Some(response)
    }

    /// The response code and the records, aliases followed; `None` where nothing is said.
    fn answers(&self, name: &str, kind: u16) -> Option<(u8, Vec<Vec<u8>>)> {
        let known = self.known();
        let (mut name, mut answers) = (name.to_lowercase(), Vec::new());
        for _ in 0..8 {
            if known.silent.contains(&name) {
                return None;
            }
            if let Some(&code) = known.codes.get(&name) {
                return Some((code, Vec::new()));
            }
            let Some(records) = known.records.get(&name) else {
                // Such a name is there when it is a part of one that is known.
                let below = format!(".{name}");
                let there = known.records.keys().any(|known| known.ends_with(&below));
                return Some((if there || !answers.is_empty() { 0 } else { 3 }, answers));
            };
            let mut alias = None;
            for record in records {
                if let Some(encoded) = encode(&name, record, kind) {
                    answers.push(encoded);
                }
                if let Record::Alias(target) = record {
                    alias = Some(target.to_lowercase());
                }
            }
            match alias {
                Some(target) => name = target,
                None => break,
            }
        }
        Some((0, answers))
    }
}

async fn answer_over_tcp(zone: Zone, mut stream: TcpStream) {
    while let Ok(length) = stream.read_u16().await {
        let mut query = vec![0; usize::from(length)];
        if stream.read_exact(&mut query).await.is_err() {
            return;
        }
        let Some(response) = zone.respond(&query, usize::from(u16::MAX)) else { return };
        let length = u16::try_from(response.len()).unwrap_or(u16::MAX).to_be_bytes();
        if stream.write_all(&[length.as_slice(), &response].concat()).await.is_err() {
            return;
        }
    }
}

/// One record as an answer to a question of a kind; aliases answer every question.
fn encode(name: &str, record: &Record, wanted: u16) -> Option<Vec<u8>> {
    let (kind, data): (u16, Vec<u8>) = match record {
        Record::Address(IpAddr::V4(address)) => (1, address.octets().to_vec()),
        Record::Address(IpAddr::V6(address)) => (28, address.octets().to_vec()),
        Record::Alias(target) => (5, write_name(target)),
        Record::Mx(preference, host) => (15, [preference.to_be_bytes().to_vec(), write_name(host)].concat()),
        Record::Srv(priority, weight, port, target) => {
            let numbers = [priority, weight, port].map(|number| number.to_be_bytes()).concat();
            (33, [numbers, write_name(target)].concat())
        }
        Record::Txt(strings) => (16, strings.iter().flat_map(|string| counted(string.as_bytes())).collect()),
    };
    if kind != wanted && kind != 5 {
        return None;
    }
    let mut encoded = write_name(name);
    encoded.extend(kind.to_be_bytes());
    encoded.extend([0, 1, 0, 0, 0, 1]);
    encoded.extend(u16::try_from(data.len()).ok()?.to_be_bytes());
    encoded.extend(data);
    Some(encoded)
}

fn counted(bytes: &[u8]) -> Vec<u8> {
    [&[u8::try_from(bytes.len()).unwrap_or(u8::MAX)], bytes].concat()
}

fn write_name(name: &str) -> Vec<u8> {
    let labels = name.split('.').filter(|label| !label.is_empty());
    let mut written: Vec<u8> = labels.flat_map(|label| counted(label.as_bytes())).collect();
    written.push(0);
    written
}

/// The name at the beginning, and how many bytes it takes.
fn read_name(bytes: &[u8]) -> Option<(String, usize)> {
    let (mut labels, mut at) = (Vec::new(), 0);
    loop {
        let length = usize::from(*bytes.get(at)?);
        at += 1;
        if length == 0 {
            return Some((labels.join("."), at));
        }
        labels.push(String::from_utf8_lossy(bytes.get(at..at + length)?).into_owned());
        at += length;
    }
}
