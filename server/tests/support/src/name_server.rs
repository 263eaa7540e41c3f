//! A name server that knows one answer.

use std::net::{Ipv4Addr, SocketAddr};

use tokio::net::UdpSocket;

/// How a name server answers every question.
#[derive(Clone, Copy, Debug)]
pub enum Answer {
    /// This response code (RFC 1035 4.1.1) and no record.
    Code(u8),
    /// One A record for questions about A, no record for others.
    A(Ipv4Addr),
    /// One A record for questions about A, nothing at all for others.
    AOnly(Ipv4Addr),
    Nothing,
}

/// Starts a name server that knows one answer.
///
/// # Panics
/// When loopback has no free port.
pub async fn name_server(answer: Answer) -> SocketAddr {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("loopback has a free port");
    let address = socket.local_addr().expect("a socket has an address");
    tokio::spawn(async move {
        let mut buffer = [0; 1_500];
        while let Ok((length, asker)) = socket.recv_from(&mut buffer).await {
            let response = buffer.get(..length).and_then(|query| respond(query, answer));
            if let Some(response) = response {
                // An asker that is gone does not matter.
                drop(socket.send_to(&response, asker).await);
            }
        }
    });
    address
}

/// Answers a query (RFC 1035 4.1); `None` where it stays unanswered.
fn respond(query: &[u8], answer: Answer) -> Option<Vec<u8>> {
    let (id, rest) = (query.get(..2)?, query.get(12..)?);
    let name_bytes = rest.iter().position(|&byte| byte == 0)? + 1;
    let question = rest.get(..name_bytes + 4)?;
    let asks_for_a = question.get(name_bytes..)?.starts_with(&[0, 1]);
    let (code, address) = match answer {
        Answer::Nothing => return None,
        Answer::Code(code) => (code, None),
        Answer::A(address) => (0, asks_for_a.then_some(address)),
        Answer::AOnly(address) if asks_for_a => (0, Some(address)),
        Answer::AOnly(_) => return None,
    };
    let mut response = id.to_vec();
    response.extend([0x81, 0x80 | code, 0, 1, 0, u8::from(address.is_some()), 0, 0, 0, 0]);
    response.extend(question);
    if let Some(address) = address {
        // A pointer to the question's name, type A, class IN, one minute, four octets.
        response.extend([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4]);
        response.extend(address.octets());
    }
    Some(response)
}
