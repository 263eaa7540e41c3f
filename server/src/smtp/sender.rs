//! Asks whether the server would take a message from us, and takes the question back.
//!
//! MAIL FROM, RCPT TO and RSET go out in one write where the server allows it (RFC 2920): one round
//! trip instead of three. Servers that promise this and cannot do it are asked again, line by line: on the same
//! connection where every reply has come, on a new one where some are missing. A reply that comes late on the
//! same one would be taken for the reply to something else, and no number tells which it belongs to.

use tokio::time::timeout;

use super::{
    classify::{self, Place, Scene},
    conversation::Conversation,
    extensions::Extensions,
    reply::Reply,
};
use crate::{
    model::{EmailAddress, Finding, Problem},
    net::trace::timed_out,
};

/// How the questions are put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pace {
    Group,
    LineByLine,
}

/// The replies to MAIL and RCPT.
struct Answers {
    mail: Reply,
    /// `None` where MAIL was refused and RCPT never said.
    rcpt: Option<Reply>,
}

/// Why the questions got no answer.
#[derive(Debug)]
pub(super) enum Failed {
    /// It would be no different one at a time.
    ForGood(Problem),
    /// The server lost a part of what it was asked at once: worth another connection, and one at a time.
    Together { how: &'static str, problem: Problem },
}

impl Failed {
    /// The connection has failed in the middle of the group.
    fn in_a_group(problem: Problem) -> Self {
        // Some proxies hang up on a group they invited. Only a new connection can tell.
        let lost = matches!(problem, Problem::ConnectionLost { .. });
        if lost { Self::Together { how: "hung up", problem } } else { Self::ForGood(problem) }
    }
}

/// Has the server accept `sender`, without sending anything; also tells which pace the server could follow.
pub(super) async fn offer<'a>(
    talk: &mut Conversation,
    extensions: &Extensions,
    sender: &EmailAddress,
    pace: Pace,
    scene: impl Fn(String) -> Scene<'a>,
) -> Result<(Finding, Pace), Failed> {
    let envelope = Envelope::of(sender, extensions).map_err(Failed::ForGood)?;
    let grouped = match pace {
        Pace::Group => in_one_group(talk, &envelope).await?,
        Pace::LineByLine => None,
    };
    let (answers, pace) = match grouped {
        Some(answers) => (answers, Pace::Group),
        None => (line_by_line(talk, &envelope).await.map_err(Failed::ForGood)?, Pace::LineByLine),
    };
    let refused = |place, reply: &Reply| classify::problem(place, reply, scene(talk.words(reply)));
    if !answers.mail.is_positive() {
        return Err(Failed::ForGood(refused(Place::Mail, &answers.mail)));
    }
    if let Some(rcpt) = answers.rcpt.filter(|rcpt| !rcpt.is_positive()) {
        if let Some(problem) = classify::recipient_problem(&rcpt, scene(talk.words(&rcpt))) {
            return Err(Failed::ForGood(problem));
        }
        talk.note("The server puts the recipient off for now; that says nothing against the sender.");
    }
    Ok((Finding::SenderAccepted { sender: sender.as_str().to_owned() }, pace))
}

/// Says all three at once; `None` when the server understood them all and could not follow.
async fn in_one_group(talk: &mut Conversation, envelope: &Envelope) -> Result<Option<Answers>, Failed> {
    let lines = [(&*envelope.mail, &*envelope.mail), (&*envelope.rcpt, &*envelope.rcpt), ("RSET", "RSET")];
    talk.say(&lines).await.map_err(Failed::in_a_group)?;
    let mail = talk.reply().await.map_err(Failed::in_a_group)?;
    // A server that refuses and hangs up has answered: what it says counts more than that it left.
    let decides = |reply: &Reply| reply.is_refusal() && !classify::chokes_on_groups(reply);
    let rcpt = match next(talk).await {
        Ok(rcpt) => rcpt,
        Err(_) if decides(&mail) => return Ok(Some(Answers { mail, rcpt: None })),
        Err(failed) => return Err(failed),
    };
    match next(talk).await {
        Ok(_) => {}
        Err(_) if decides(&mail) => return Ok(Some(Answers { mail, rcpt: None })),
        Err(Failed::Together { problem: Problem::ConnectionLost { .. }, .. }) if decides(&rcpt) => {
            return Ok(Some(Answers { mail, rcpt: Some(rcpt) }));
        }
        Err(failed) => return Err(failed),
    }
    if classify::chokes_on_groups(&mail) || (mail.is_positive() && classify::chokes_on_groups(&rcpt)) {
        talk.note("The server does not understand when asked three things at once; asking one by one.");
        talk.command("RSET").await.map_err(Failed::in_a_group)?;
        return Ok(None);
    }
    Ok(Some(Answers { mail, rcpt: Some(rcpt) }))
}

/// The next reply of a group, if it comes while there is time left to ask again.
async fn next(talk: &mut Conversation) -> Result<Reply, Failed> {
    let patience = talk.patience() / 2;
    match timeout(patience, talk.reply()).await {
        Ok(reply) => reply.map_err(Failed::in_a_group),
        Err(_) => Err(Failed::Together { how: "fell silent", problem: timed_out(patience) }),
    }
}

async fn line_by_line(talk: &mut Conversation, envelope: &Envelope) -> Result<Answers, Problem> {
    let mail = talk.command(&envelope.mail).await?;
    if !mail.is_positive() {
        return Ok(Answers { mail, rcpt: None });
    }
    let rcpt = talk.command(&envelope.rcpt).await?;
    // A refused RSET changes nothing: nothing is sent without DATA.
    if rcpt.code != 421 {
        talk.command("RSET").await?;
    }
    Ok(Answers { mail, rcpt: Some(rcpt) })
}

/// The two commands that name the sender.
struct Envelope {
    mail: String,
    rcpt: String,
}

impl Envelope {
    fn of(sender: &EmailAddress, extensions: &Extensions) -> Result<Self, Problem> {
        let Carried { address, international } = carried(sender, extensions)?;
        let parameters = if international { " SMTPUTF8" } else { "" };
        Ok(Self { mail: format!("MAIL FROM:<{address}>{parameters}"), rcpt: format!("RCPT TO:<{address}>") })
    }
}

/// An address as a command says it.
pub(super) struct Carried {
    pub address: String,
    /// It can only be said with SMTPUTF8.
    pub international: bool,
}

/// Puts an address into the form this server can carry (RFC 6531).
pub(super) fn carried(address: &EmailAddress, extensions: &Extensions) -> Result<Carried, Problem> {
    if address.as_str().is_ascii() {
        return Ok(Carried { address: address.as_str().to_owned(), international: false });
    }
    if extensions.has("SMTPUTF8") {
        return Ok(Carried { address: address.as_str().to_owned(), international: true });
    }
    let domain = (address.local_part().is_ascii()).then(|| idna::domain_to_ascii(address.domain()).ok()).flatten();
    match domain {
        Some(domain) => Ok(Carried { address: format!("{}@{domain}", address.local_part()), international: false }),
        None => Err(Problem::InternationalAddressNotSupported { address: address.as_str().to_owned() }),
    }
}
