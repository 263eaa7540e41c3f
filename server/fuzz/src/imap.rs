//! The IMAP line engine: bytes become responses.
//!
//! However the bytes are cut into pieces, the same responses come out, and the same end. No response takes more than
//! has arrived, or more than the limits. What is read of a status response is what its line says.

use postroom_server::imap::{
    Capabilities,
    classify::{Place, Scene, classify},
    response::{
        Condition, Frame, MAX_LINE_BYTES, MAX_LITERAL_BYTES, Response, Status, TooMuch, frame, last_words, parse,
    },
};
use postroom_server::model::{AuthMethod, Provider};

use crate::input::{pieces, written_out};

pub const WORDS: [&str; 24] = [
    "* ",
    "+ ",
    "A1 ",
    "OK ",
    "NO ",
    "BAD ",
    "BYE ",
    "PREAUTH ",
    "[CAPABILITY ",
    "IMAP4rev1 ",
    "[UIDVALIDITY ",
    "] ",
    "LIST ",
    "() \"/\" ",
    "{5}\r\n",
    "{0}\r\n",
    "{1048576}\r\n",
    "{99999999999}",
    "{3+}",
    "EXISTS",
    "\r\n",
    "\n",
    "\x1d",
    "\\\"",
];

/// What came of feeding bytes: the responses, and how it ended.
type Fed = (Vec<Frame>, Result<usize, TooMuch>);

/// The target.
pub fn responses(data: &[u8]) {
    let bytes = written_out(data);
    let at_once = feed([&bytes[..]].into_iter());
    for seed in 0..3 {
        assert!(feed(pieces(&bytes, seed)) == at_once, "cut the way {seed}, the responses are others");
    }
    for frame in &at_once.0 {
        assert!(frame.text.len() <= MAX_LINE_BYTES + 1, "a line of {} bytes", frame.text.len());
        let literals: usize = frame.literals.iter().map(Vec::len).sum();
        assert!(literals <= MAX_LITERAL_BYTES, "literals of {literals} bytes");
        assert!(frame.bytes >= frame.text.len() + literals, "more was kept than taken");
        read(&frame.text);
    }
    let words = last_words(&bytes);
    assert!(words.bytes == bytes.len() && words.text.len() <= MAX_LINE_BYTES);
    read(&words.text);
}

/// Feeds pieces as they arrive, and takes every response as soon as it is whole.
fn feed<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> Fed {
    let mut inbox = Vec::new();
    let mut frames = Vec::new();
    for piece in pieces {
        inbox.extend_from_slice(piece);
        loop {
            match frame(&inbox) {
                Ok(Some(frame)) => {
                    assert!(frame.bytes > 0 && frame.bytes <= inbox.len(), "more was taken than there is");
                    inbox.drain(..frame.bytes);
                    frames.push(frame);
                }
                Ok(None) => break,
                Err(too_much) => return (frames, Err(too_much)),
            }
        }
        assert!(inbox.len() <= 2 * MAX_LINE_BYTES + MAX_LITERAL_BYTES + piece.len(), "the inbox grows without end");
    }
    (frames, Ok(inbox.len()))
}

fn read(text: &[u8]) {
    match parse(text) {
        Response::Status(status) => {
            let tag = status.tag.as_deref().unwrap_or("*");
            let again = parse(format!("{tag} {}", status.line).as_bytes());
            assert_eq!(again, Response::Status(status.clone()), "read again, it says something else");
            refusal(&status);
        }
        Response::Data { name, rest, .. } => {
            assert!(!name.is_empty() && !name.bytes().any(|byte| byte.is_ascii_lowercase()), "{name:?}");
            let capabilities = Capabilities::parse(&rest);
            assert!(capabilities.names().iter().all(|name| capabilities.offers(name)));
        }
        Response::Blank | Response::Continuation { .. } | Response::Nonsense => {}
    }
}

/// Every refusal means something, and shows the server's own words where it shows any.
fn refusal(status: &Status) {
    if matches!(status.condition, Condition::Ok | Condition::PreAuth) {
        return;
    }
    for place in [Place::Greeting, Place::Capabilities, Place::StartTls, Place::SignIn, Place::Folder, Place::Idle] {
        let scene = Scene { place, provider: Provider::Other, method: AuthMethod::Plain, folder: "INBOX" };
        let problem = classify(status, &[], scene);
        assert_eq!(problem.reply().unwrap_or(&status.line), status.line);
    }
}
