//! Who has a mailbox on the test servers, what is in it, and who may use whose.

use std::path::Path;

use serde_json::{Value, json};

use super::{MailOwner, give, make_folder, write};
use crate::failure::Result;

/// Somebody with a mailbox.
pub struct Person {
    pub name: &'static str,
    pub address: &'static str,
    pub password: &'static str,
    pub role: Role,
}

/// What somebody is at the providers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Person,
    /// May allow an application for everybody.
    Administrator,
    /// A mailbox that nobody signs in to: its members use it with tokens of their own.
    Shared(&'static [Member]),
}

/// Somebody with Full Access to a shared mailbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member {
    pub address: &'static str,
    pub send_as: bool,
}

impl Role {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Administrator => "administrator",
            Self::Shared(_) => "shared",
        }
    }

    /// Who may read the mailbox besides whoever it belongs to.
    pub const fn members(self) -> &'static [Member] {
        match self {
            Self::Shared(members) => members,
            Self::Person | Self::Administrator => &[],
        }
    }
}

impl Person {
    /// As the providers and the browser tests are told.
    pub fn describe(&self) -> Value {
        json!({
            "name": self.name,
            "address": self.address,
            "password": self.password,
            "role": self.role.as_str(),
            "members": self.role.members().iter().map(|member| json!({
                "address": member.address,
                "sendAs": member.send_as,
            })).collect::<Vec<_>>(),
        })
    }

    /// The name of the claim by which a token opens this shared mailbox; its value is the address.
    pub fn full_access_claim(&self) -> String {
        format!("full_access {}", self.address)
    }

    /// The shared mailboxes that this person has Full Access to.
    pub fn shared_mailboxes(&self) -> impl Iterator<Item = &'static Self> {
        PEOPLE.iter().filter(|mailbox| mailbox.role.members().iter().any(|member| member.address == self.address))
    }

    pub const fn is_shared(&self) -> bool {
        matches!(self.role, Role::Shared(_))
    }
}

/// The first is the one to type in by hand, the two after it are each odd in one way.
pub const PEOPLE: [Person; 11] = [
    person("support", "support@example.test", "open-sesame", Role::Person),
    // A password that must be escaped in an IMAP quoted string.
    person("it", "it@example.test", r#"quote " and back\slash"#, Role::Person),
    // An address that is not ASCII (RFC 6530), and neither is its password.
    person("지원", "지원@example.test", "열려라-참깨", Role::Person),
    person("Ada", "ada@example.test", "ada-opens", Role::Person),
    person("Bob", "bob@example.test", "bob-opens", Role::Person),
    person("Admin", "admin@example.test", "admin-opens", Role::Administrator),
    person("Desk", "desk@example.test", "", Role::Shared(&[Member { address: "ada@example.test", send_as: true }])),
    // Full Access and no Send As: reading works, sending is refused.
    person(
        "Read only",
        "readonly@example.test",
        "",
        Role::Shared(&[Member { address: "ada@example.test", send_as: false }]),
    ),
    // Whose mail comes and goes while others count theirs.
    person("Post", "post@example.test", "post-opens", Role::Person),
    person("Parcel", "parcel@example.test", "parcel-opens", Role::Person),
    // An administrator who is told when mailboxes stop.
    person("On call", "oncall@example.test", "oncall-opens", Role::Person),
];

const fn person(name: &'static str, address: &'static str, password: &'static str, role: Role) -> Person {
    Person { name, address, password, role }
}

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
