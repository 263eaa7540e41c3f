//! The SMTP line engine: bytes become replies.
//!
//! However the bytes are cut into pieces, the same replies come out, and the same end. No line takes more than has
//! arrived, no reply more than the limits, and every reply has a code between 200 and 599 and words that can be shown.

use std::collections::BTreeSet;

use postroom_server::{
    model::{AuthMethod, Provider},
    smtp::{
        Extensions,
        classify::{Place, Scene, problem, recipient_problem},
        reply::{MAX_LINE_BYTES, MAX_REPLY_BYTES, MAX_REPLY_LINES, Reply, ReplyReader, Unreadable, first_line},
    },
};

use crate::input::{pieces, written_out};

pub const WORDS: [&str; 22] = [
    "220 ",
    "220-",
    "250 ",
    "250-",
    "235 ",
    "334 ",
    "421 ",
    "454 4.7.0 ",
    "535-5.7.8 ",
    "535 5.7.8 ",
    "550 ",
    "2500 ",
    "199 ",
    "600 ",
    "SIZE 100",
    "AUTH PLAIN LOGIN",
    "AUTH=LOGIN",
    "PIPELINING",
    "\r\n",
    "\n",
    "\x1d",
    "#5.1.0",
];

/// What came of feeding bytes: the replies, and how it ended.
type Fed = (Vec<Reply>, Result<Option<Reply>, Unreadable>);

/// The target.
pub fn replies(data: &[u8]) {
    let bytes = written_out(data);
    let at_once = feed([&bytes[..]].into_iter());
    for seed in 0..3 {
        assert!(feed(pieces(&bytes, seed)) == at_once, "cut the way {seed}, the replies are others");
    }
    for reply in &at_once.0 {
        read(reply);
    }
}

/// Feeds pieces as they arrive; behind the last one the connection is over.
fn feed<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> Fed {
    let mut reader = ReplyReader::new();
    let mut inbox = Vec::new();
    let mut replies = Vec::new();
    for piece in pieces {
        inbox.extend_from_slice(piece);
        loop {
            let found = match first_line(&inbox) {
                Ok(Some(found)) => found,
                Ok(None) => break,
                Err(unreadable) => return (replies, Err(unreadable)),
            };
            assert!(found.used_bytes > found.line.len() && found.used_bytes <= inbox.len());
            assert!(found.line.len() <= MAX_LINE_BYTES + 1, "a line of {} bytes", found.line.len());
            let pushed = reader.push(found.line);
            let used = found.used_bytes;
            inbox.drain(..used);
            match pushed {
                Ok(Some(reply)) => {
                    assert!(reader.is_empty());
                    replies.push(reply);
                }
                Ok(None) => {}
                Err(unreadable) => {
                    assert!(reader.is_empty(), "an unreadable line leaves nothing behind");
                    return (replies, Err(unreadable));
                }
            }
        }
        assert!(inbox.len() <= MAX_LINE_BYTES + 1, "the inbox grows without end");
    }
    (replies, Ok(reader.finish()))
}

fn read(reply: &Reply) {
    assert!((200..600).contains(&reply.code), "{}", reply.code);
    assert!(!reply.lines.is_empty() && reply.lines.len() <= MAX_REPLY_LINES);
    // A byte that is no UTF-8 becomes a mark of three.
    assert!(reply.lines.iter().map(String::len).sum::<usize>() <= 3 * MAX_REPLY_BYTES);
    assert!(!reply.to_string().is_empty());
    let extensions = Extensions::of(reply);
    let mechanisms = extensions.mechanisms();
    assert_eq!(mechanisms.iter().collect::<BTreeSet<_>>().len(), mechanisms.len(), "each mechanism once");
    if reply.is_refusal() {
        use Place::{Ehlo, Greeting, Mail, Message, Rcpt, SignIn, StartTls};
        for place in [Greeting, Ehlo, StartTls, SignIn, Mail, Rcpt, Message] {
            let found = problem(place, reply, scene(reply));
            assert!(found.reply().is_none_or(|words| words == reply.to_string()), "{found}");
        }
        let _ = recipient_problem(reply, scene(reply));
    }
}

fn scene(reply: &Reply) -> Scene<'static> {
    Scene {
        provider: Provider::Other,
        method: AuthMethod::Plain,
        offered: &[],
        sender: "support@example.com",
        encrypted: true,
        words: reply.to_string(),
    }
}
