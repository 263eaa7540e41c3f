//! DomainKeys Identified Mail (RFC 6376): a signature for a message, and the record that receivers verify it with.
//!
//! Signatures are rsa-sha256 and relaxed/relaxed, so that the small changes relays make do no harm. `From` is named
//! once more than it stands there: nobody can add another one.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use secrecy::SecretString;
use sha2::{Digest as _, Sha256};

use super::key;
use crate::error::Result;
use crate::model::{DkimVerdict, Timestamp};

/// The header fields that are signed where they are there.
const SIGNED: [&str; 10] = [
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "MIME-Version",
    "Content-Type",
    "In-Reply-To",
    "References",
    "Auto-Submitted",
];
/// How long the lines of the signature are.
const LINE: usize = 72;

/// Who signs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Signer<'a> {
    /// In A-labels.
    pub domain: &'a str,
    pub selector: &'a str,
    pub private_key: &'a SecretString,
}

/// The message with a signature in front. Lines end with CRLF, before and after.
pub(super) fn sign(signer: Signer<'_>, message: &[u8], now: Timestamp) -> Result<Vec<u8>> {
    let (head, body) = split(message);
    let fields = fields(head);
    let mut names = Vec::new();
    let mut data = Vec::new();
    for name in SIGNED {
        // The last of several comes first (RFC 6376 5.4.2).
        for field in fields.iter().rev().filter(|field| has_name(field, name)) {
            names.push(name);
            data.extend(relaxed_field(field));
            data.extend(b"\r\n");
        }
        if name == "From" {
            names.push(name);
        }
    }
    let body_hash = BASE64.encode(Sha256::digest(relaxed_body(body)));
    let unsigned = format!(
        "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d={};\r\n\ts={}; t={};\r\n\th={};\r\n\tbh={body_hash};\r\n\tb=",
        signer.domain,
        signer.selector,
        now.0.div_euclid(1_000),
        folded(&names.join(":"), ":"),
    );
    data.extend(relaxed_field(unsigned.as_bytes()));
    let signature = key::sign(signer.private_key, &data)?;
    Ok([unsigned.as_bytes(), folded(&signature, "").as_bytes(), b"\r\n", message].concat())
}

/// The same on several lines, each ending with `after` where that is not empty.
fn folded(text: &str, after: &str) -> String {
    let mut folded = String::with_capacity(text.len() + text.len() / 16);
    let mut length = 0;
    let pieces: Vec<&str> =
        if after.is_empty() { text.split_inclusive(|_| true).collect() } else { text.split_inclusive(after).collect() };
    for piece in pieces {
        if length > 0 && length + piece.len() > LINE {
            folded.push_str("\r\n\t");
            length = 0;
        }
        folded.push_str(piece);
        length += piece.len();
    }
    folded
}

/// The header section with its last line end, and the body.
fn split(message: &[u8]) -> (&[u8], &[u8]) {
    let end = message.windows(4).position(|window| window == b"\r\n\r\n");
    match end.and_then(|end| Some((message.get(..end + 2)?, message.get(end + 4..)?))) {
        Some(parts) => parts,
        None => (message, &[]),
    }
}

/// The fields of a header section, folded as they are, without their line end.
fn fields(head: &[u8]) -> Vec<Vec<u8>> {
    let mut fields: Vec<Vec<u8>> = Vec::new();
    for line in lines(head) {
        match fields.last_mut() {
            Some(field) if line.starts_with(b" ") || line.starts_with(b"\t") => {
                field.extend(b"\r\n");
                field.extend(line);
            }
            _ => fields.push(line.to_vec()),
        }
    }
    fields
}

/// Lines without their CRLF; a last one without an end counts.
fn lines(text: &[u8]) -> Vec<&[u8]> {
    let mut lines = Vec::new();
    let mut rest = text;
    while let Some(end) = rest.windows(2).position(|window| window == b"\r\n") {
        lines.extend(rest.get(..end));
        rest = rest.get(end + 2..).unwrap_or_default();
    }
    if !rest.is_empty() {
        lines.push(rest);
    }
    lines
}

fn has_name(field: &[u8], name: &str) -> bool {
    let end = field.iter().position(|&byte| byte == b':').unwrap_or(0);
    field.get(..end).is_some_and(|found| found.trim_ascii().eq_ignore_ascii_case(name.as_bytes()))
}

/// RFC 6376 3.4.2: the name in lower case, unfolded, blanks as one space, none around the colon and at the end.
fn relaxed_field(field: &[u8]) -> Vec<u8> {
    let colon = field.iter().position(|&byte| byte == b':').unwrap_or(field.len());
    let (name, value) = (field.get(..colon).unwrap_or_default(), field.get(colon + 1..).unwrap_or_default());
    let unfolded: Vec<u8> = value.iter().copied().filter(|byte| !matches!(byte, b'\r' | b'\n')).collect();
    [name.trim_ascii().to_ascii_lowercase().as_slice(), b":", relaxed_line(&unfolded).trim_ascii_start()].concat()
}

/// RFC 6376 3.4.4: blanks as one space, none at the end of a line, no empty lines at the end.
fn relaxed_body(body: &[u8]) -> Vec<u8> {
    let mut relaxed: Vec<Vec<u8>> = lines(body).into_iter().map(relaxed_line).collect();
    while relaxed.last().is_some_and(Vec::is_empty) {
        relaxed.pop();
    }
    relaxed.into_iter().flat_map(|line| [line, b"\r\n".to_vec()].concat()).collect()
}

/// Blanks as one space, none at the end.
fn relaxed_line(line: &[u8]) -> Vec<u8> {
    let mut relaxed: Vec<u8> = Vec::with_capacity(line.len());
    for &byte in line {
        match byte {
            b' ' | b'\t' => {
                if relaxed.last() != Some(&b' ') {
                    relaxed.push(b' ');
                }
            }
            other => relaxed.push(other),
        }
    }
    if relaxed.last() == Some(&b' ') {
        relaxed.pop();
    }
    relaxed
}

/// The record that publishes a key (RFC 6376 3.6.1).
pub(super) fn record(public_key: &str) -> String {
    format!("v=DKIM1; k=rsa; p={public_key}")
}

/// What the records at our selector mean for our signatures.
pub(super) fn judge(records: &[String], public_key: &str) -> DkimVerdict {
    let record = match records {
        [] => return DkimVerdict::Missing,
        [one] => one,
        several => return DkimVerdict::Several { count: u32::try_from(several.len()).unwrap_or(u32::MAX) },
    };
    let Some(tags) = super::tags::read(record) else { return DkimVerdict::Broken };
    let tag = |name: &str| tags.iter().find(|(found, _)| *found == name).map(|(_, value)| *value);
    let Some(published) = tag("p") else { return DkimVerdict::Broken };
    let published: String = published.split_ascii_whitespace().collect();
    let lists = |name: &str, wanted: &[&str]| {
        tag(name).is_none_or(|value| value.split(':').any(|one| wanted.contains(&one.trim())))
    };
    let readable = tag("v").is_none_or(|version| version == "DKIM1")
        && tag("k").is_none_or(|kind| kind == "rsa")
        && lists("h", &["sha256"])
        && lists("s", &["*", "email"]);
    match published.as_str() {
        "" => DkimVerdict::Revoked,
        key if key != public_key => DkimVerdict::OtherKey,
        _ if !readable => DkimVerdict::Broken,
        _ if tag("t").is_some_and(|flags| flags.split(':').any(|flag| flag.trim() == "y")) => DkimVerdict::Testing,
        _ => DkimVerdict::Good,
    }
}

#[cfg(test)]
mod tests;
