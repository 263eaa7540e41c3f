//! Who has a mailbox on the test servers, and what is in it.

use std::path::Path;

use super::{MailOwner, give, make_folder, write};
use crate::failure::Result;

/// Somebody who can sign in.
pub struct Person {
    pub name: &'static str,
    pub address: &'static str,
    pub password: &'static str,
}

/// The first is the one to type in by hand, the others are each odd in one way.
pub const PEOPLE: [Person; 3] = [
    Person { name: "support", address: "support@example.test", password: "open-sesame" },
    // A password that must be escaped in an IMAP quoted string.
    Person { name: "it", address: "it@example.test", password: r#"quote " and back\slash"# },
    // An address that is not ASCII (RFC 6530), and neither is its password.
    Person { name: "지원", address: "지원@example.test", password: "열려라-참깨" },
];

/// Mail that is there from the beginning: file name and text, after what is special about it.
const LETTERS: [(&str, &str); 3] = [
    ("1000000001.plain", include_str!("letters/plain.eml")),
    ("1000000002.korean", include_str!("letters/korean.eml")),
    ("1000000003.automatic", include_str!("letters/automatic.eml")),
];

/// Makes everyone's Maildir and puts the letters into the inbox.
pub fn settle(folder: &Path, owner: MailOwner) -> Result<()> {
    let mail = folder.join("mail");
    for person in &PEOPLE {
        let maildir = mail.join(person.address).join("Maildir");
        for part in ["cur", "new", "tmp"] {
            make_folder(&maildir.join(part))?;
        }
        for (name, text) in LETTERS {
            write(&maildir.join("new").join(name), &text.replace("support@example.test", person.address))?;
        }
    }
    give(&mail, owner.user, owner.group)
}
