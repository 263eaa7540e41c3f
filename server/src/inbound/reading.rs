//! What a message says, for whoever waits for a question in it: many mail systems ask the address that they are to
//! forward to, each in words of its own.
//!
//! What comes out is plain text and addresses of the web, both written by strangers and both cut short.

use mail_parser::{Message, MessageParser};
use tokio::fs::File;
use tokio::io::AsyncReadExt as _;
use url::Url;

use super::store::place_of;
use crate::context::Context;
use crate::db;
use crate::error::{Error, Result};
use crate::mailboxes;
use crate::model::{MailboxId, MessageText, ReceivedId};
use crate::remedy::is_invisible;
use crate::users::Manager;

/// How much of a message is read, in bytes.
const READ_BYTES: u64 = 262_144;
/// How much of its text is shown, in characters.
const SHOWN: usize = 2_000;
/// How many of its links are.
const SHOWN_LINKS: usize = 5;
/// The longest link that is shown, in bytes.
const LONGEST_LINK: usize = 2_000;

/// What messages say that a mailbox has received, in the same order; `None` where there is nothing to read in one.
///
/// # Errors
/// [`Error::NotFound`]; when a file cannot be read.
pub async fn texts(
    ctx: &Context,
    manager: &Manager,
    mailbox: MailboxId,
    ids: &[ReceivedId],
) -> Result<Vec<Option<MessageText>>> {
    let workspace = manager.workspace().id;
    let mut tx = ctx.db.read().await?;
    mailboxes::details_in(&mut tx, workspace, mailbox).await?;
    let mut files = Vec::new();
    for &id in ids {
        files.push(db::inbound::file_of(&mut tx, mailbox, id).await?.ok_or(Error::NotFound("message"))?);
    }
    drop(tx);
    let mut texts = Vec::with_capacity(files.len());
    for file in files {
        texts.push(text_in(ctx, &file).await?);
    }
    Ok(texts)
}

async fn text_in(ctx: &Context, file: &str) -> Result<Option<MessageText>> {
    let path = ctx.config.data_dir.join(place_of(file).ok_or(Error::NotFound("message"))?);
    let failed = |source| Error::File { path: path.clone(), source };
    let mut bytes = Vec::new();
    File::open(&path).await.map_err(failed)?.take(READ_BYTES).read_to_end(&mut bytes).await.map_err(failed)?;
    Ok(MessageParser::default().parse(&bytes).map(|message| read(&message)).filter(|read| !read.text.is_empty()))
}

fn read(message: &Message<'_>) -> MessageText {
    let text = clean(&message.body_text(0).unwrap_or_default());
    let html = message.body_html(0).unwrap_or_default();
    let mut links: Vec<String> = Vec::new();
    let behind_href = html.split("href=").skip(1).filter_map(|rest| {
        let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        rest.get(1..)?.split(quote).next()
    });
    for link in behind_href.filter_map(|link| address_of_the_web(&link.replace("&amp;", "&"))) {
        // What stands in the text can be copied from there.
        if links.len() < SHOWN_LINKS && !links.contains(&link) && !text.contains(&link) {
            links.push(link);
        }
    }
    MessageText { text, links }
}

fn address_of_the_web(text: &str) -> Option<String> {
    let url = Url::parse(text.trim()).ok().filter(|url| url.scheme() == "https" && url.username().is_empty())?;
    (url.as_str().len() <= LONGEST_LINK).then(|| url.into())
}

/// The text without what cannot be seen, with one blank line where there are several, cut where it is long.
fn clean(text: &str) -> String {
    let mut shown = String::new();
    let mut blank = 0;
    for line in text.lines() {
        let line: String = line.chars().filter(|c| !c.is_control() && !is_invisible(*c)).collect();
        let line = line.trim_end();
        blank = if line.is_empty() { blank + 1 } else { 0 };
        if blank < 2 {
            shown.push_str(line);
            shown.push('\n');
        }
    }
    let shown = shown.trim();
    if shown.chars().count() <= SHOWN {
        return shown.to_owned();
    }
    let mut cut: String = shown.chars().take(SHOWN).collect();
    cut.push('…');
    cut
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(raw: &str) -> MessageText {
        read(&MessageParser::default().parse(raw.replace('\n', "\r\n").as_bytes()).unwrap())
    }

    #[test]
    fn a_question_in_plain_text_is_read_as_it_stands() {
        let read = said("From: a@b\nSubject: x\n\nYour code is 4711.\n\n\n\nConfirm: https://mail.example/c?a=1\n");
        assert_eq!(read.text, "Your code is 4711.\n\nConfirm: https://mail.example/c?a=1");
        assert_eq!(read.links, Vec::<String>::new());
    }

    #[test]
    fn links_of_a_page_are_told_beside_its_text() {
        let read = said(
            "Content-Type: text/html\n\n<p>Please <a href=\"https://mail.example/c?a=1&amp;b=2\">confirm</a></p>
             <a href='javascript:alert(1)'>x</a><a href=\"http://plain.example/\">y</a>
             <a href=\"https://mail.example/c?a=1&amp;b=2\">again</a><a href=\"https://you@evil.example/\">z</a>",
        );
        assert!(read.text.contains("Please confirm"), "{}", read.text);
        assert_eq!(read.links, ["https://mail.example/c?a=1&b=2"]);
    }

    #[test]
    fn a_long_or_odd_text_is_cut_and_cleaned() {
        let read =
            said(&format!("Content-Type: text/plain; charset=utf-8\n\na\u{202e}b\u{200b}c {}", "x".repeat(5_000)));
        assert!(read.text.starts_with("abc xxx") && read.text.ends_with('…'));
        assert_eq!(read.text.chars().count(), SHOWN + 1);
        let many: String = (0..50).map(|n| format!("<a href=\"https://e.example/{n}\">l</a>")).collect();
        assert_eq!(said(&format!("Content-Type: text/html\n\n{many}")).links.len(), SHOWN_LINKS);
    }
}
