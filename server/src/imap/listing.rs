//! Reads the lines of LIST: which folders there are, what each is for, and which of them can be opened.
//!
//! A server that knows special uses (RFC 6154) says them in the attributes. Others are known by their folders'
//! names, which differ by language and by program; the well-known ones are here.

use std::borrow::Cow;

use base64::{
    Engine as _, alphabet,
    engine::general_purpose::{GeneralPurpose, NO_PAD},
};

use super::argument::modified_utf7;
use crate::model::{FolderEntry, FolderRole};

/// Attributes that say what a folder is for (RFC 6154 2).
const USES: [(&str, FolderRole); 7] = [
    ("\\All", FolderRole::All),
    ("\\Archive", FolderRole::Archive),
    ("\\Drafts", FolderRole::Drafts),
    ("\\Junk", FolderRole::Junk),
    ("\\Sent", FolderRole::Sent),
    ("\\Trash", FolderRole::Trash),
    ("\\Inbox", FolderRole::Inbox),
];

/// What folders are called where no server says what they are for, in lower case; each also below the inbox.
const NAMES: [(&str, FolderRole); 45] = [
    ("junk", FolderRole::Junk),
    ("spam", FolderRole::Junk),
    ("junk email", FolderRole::Junk),
    ("junk e-mail", FolderRole::Junk),
    ("junk mail", FolderRole::Junk),
    ("bulk mail", FolderRole::Junk),
    ("[gmail]/spam", FolderRole::Junk),
    ("스팸메일함", FolderRole::Junk),
    ("스팸편지함", FolderRole::Junk),
    ("스팸", FolderRole::Junk),
    ("정크 메일", FolderRole::Junk),
    ("spamverdacht", FolderRole::Junk),
    ("sent", FolderRole::Sent),
    ("sent items", FolderRole::Sent),
    ("sent mail", FolderRole::Sent),
    ("sent messages", FolderRole::Sent),
    ("[gmail]/sent mail", FolderRole::Sent),
    ("보낸메일함", FolderRole::Sent),
    ("보낸편지함", FolderRole::Sent),
    ("보낸 편지함", FolderRole::Sent),
    ("보낸 메일함", FolderRole::Sent),
    ("gesendet", FolderRole::Sent),
    ("gesendete elemente", FolderRole::Sent),
    ("drafts", FolderRole::Drafts),
    ("draft", FolderRole::Drafts),
    ("[gmail]/drafts", FolderRole::Drafts),
    ("임시보관함", FolderRole::Drafts),
    ("임시 보관함", FolderRole::Drafts),
    ("내게쓴메일함", FolderRole::Sent),
    ("entwürfe", FolderRole::Drafts),
    ("trash", FolderRole::Trash),
    ("deleted", FolderRole::Trash),
    ("deleted items", FolderRole::Trash),
    ("deleted messages", FolderRole::Trash),
    ("[gmail]/trash", FolderRole::Trash),
    ("[gmail]/bin", FolderRole::Trash),
    ("휴지통", FolderRole::Trash),
    ("지운 편지함", FolderRole::Trash),
    ("지운편지함", FolderRole::Trash),
    ("papierkorb", FolderRole::Trash),
    ("gelöschte elemente", FolderRole::Trash),
    ("archive", FolderRole::Archive),
    ("보관함", FolderRole::Archive),
    ("archiv", FolderRole::Archive),
    ("[gmail]/all mail", FolderRole::All),
];

/// A folder as the server writes its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FolderName(String);

impl FolderName {
    /// Where new mail comes in (RFC 9051 5.1).
    #[must_use]
    pub fn inbox() -> Self {
        Self("INBOX".to_owned())
    }

    /// The folder that people see by this name.
    #[must_use]
    pub fn named(shown: &str) -> Self {
        if shown.eq_ignore_ascii_case("INBOX") { Self::inbox() } else { Self(modified_utf7(shown)) }
    }

    /// The name as people see it.
    #[must_use]
    pub fn shown(&self) -> String {
        from_modified_utf7(&self.0)
    }

    /// True where the name that people see leads back to this one. Some servers write their names as the standard does
    /// not have them (RFC 3501 5.1.3).
    pub(super) fn can_be_picked(&self) -> bool {
        Self::named(&self.shown()) == *self || self.0.eq_ignore_ascii_case("INBOX")
    }

    /// The name as it stands between quotes in a command.
    pub(super) fn written(&self) -> &str {
        &self.0
    }
}

/// One line of LIST.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Listed {
    pub name: FolderName,
    pub role: Option<FolderRole>,
    /// The server said the role; else it is guessed from the name.
    pub by_use: bool,
    /// False for names that only hold other folders.
    pub opens: bool,
}

impl Listed {
    /// Reads `(\HasNoChildren \Junk) "/" "Junk"`; a name in a literal comes apart from its line.
    pub(super) fn read(rest: &str, literals: &[Vec<u8>]) -> Option<Self> {
        let (attributes, behind) = rest.trim_start().strip_prefix('(')?.split_once(')')?;
        let behind = behind.trim_start();
        let name = match behind.strip_prefix('"') {
            Some(quoted) => {
                let escaped = quoted.strip_prefix('\\').unwrap_or(quoted);
                escaped.split_once('"')?.1
            }
            None => behind.split_once(' ')?.1,
        };
        let name = name.trim();
        let name = match name.strip_prefix('"') {
            Some(quoted) => quoted.strip_suffix('"')?.replace("\\\"", "\"").replace("\\\\", "\\"),
            None if name.starts_with('{') => String::from_utf8(literals.last()?.clone()).ok()?,
            None => name.to_owned(),
        };
        // A name that could not be said in a quoted string is left out: nobody could ask for it.
        if name.is_empty() || !name.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
            return None;
        }
        let has = |wanted: &str| attributes.split_whitespace().any(|one| one.eq_ignore_ascii_case(wanted));
        let name = FolderName(name);
        let used = USES.iter().find(|(attribute, _)| has(attribute)).map(|&(_, role)| role);
        Some(Self {
            role: used.or_else(|| role_of(&name.shown())),
            by_use: used.is_some(),
            opens: !has("\\Noselect") && !has("\\NonExistent"),
            name,
        })
    }

    /// The folder as a person picks it.
    pub(super) fn entry(&self) -> FolderEntry {
        FolderEntry { name: self.name.shown(), role: self.role }
    }
}

/// A server's line of LIST without the folder's name, where that is one that its owner has given it: such names are
/// often those of people and customers. Any other line as it is.
pub(crate) fn without_own_name(line: &str) -> Cow<'_, str> {
    let Some((before, rest)) = line.split_at_checked("* LIST ".len()).filter(|(head, _)| *head == "* LIST ") else {
        return Cow::Borrowed(line);
    };
    match Listed::read(rest, &[]) {
        Some(listed) if listed.role.is_none() => {
            let attributes = rest.split_once(')').map_or("", |(attributes, _)| attributes);
            Cow::Owned(format!("{before}{attributes}) …"))
        }
        _ => Cow::Borrowed(line),
    }
}

/// What a folder with this name is for, as far as its name tells.
fn role_of(name: &str) -> Option<FolderRole> {
    if name.eq_ignore_ascii_case("INBOX") {
        return Some(FolderRole::Inbox);
    }
    let below_the_inbox = name.strip_prefix("INBOX.").or_else(|| name.strip_prefix("INBOX/"));
    let name = below_the_inbox.unwrap_or(name).to_lowercase();
    NAMES.iter().find(|(known, _)| *known == name).map(|&(_, role)| role)
}

/// Reads modified UTF-7 (RFC 3501 5.1.3); what is none of it is shown as it came.
fn from_modified_utf7(name: &str) -> String {
    const ENGINE: GeneralPurpose = GeneralPurpose::new(&alphabet::IMAP_MUTF7, NO_PAD);
    let mut shown = String::with_capacity(name.len());
    let mut rest = name;
    while let Some((before, behind)) = rest.split_once('&') {
        let Some((shifted, after)) = behind.split_once('-') else { break };
        let units = ENGINE.decode(shifted).ok().map(|bytes| {
            let pairs = bytes.chunks_exact(2).filter_map(|pair| pair.try_into().ok()).map(u16::from_be_bytes);
            String::from_utf16_lossy(&pairs.collect::<Vec<u16>>())
        });
        shown.push_str(before);
        match units {
            Some(_) if shifted.is_empty() => shown.push('&'),
            Some(text) => shown.push_str(&text),
            None => return name.to_owned(),
        }
        rest = after;
    }
    shown.push_str(rest);
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Option<(String, Option<FolderRole>, bool)> {
        Listed::read(line, &[b"R&-D".to_vec()]).map(|folder| (folder.name.shown(), folder.role, folder.opens))
    }

    #[test]
    fn a_folder_is_known_by_its_use_or_its_name() {
        let known = |name: &str, role| Some((name.to_owned(), role, true));
        assert_eq!(read("(\\HasNoChildren \\Junk) \"/\" \"Werbung\""), known("Werbung", Some(FolderRole::Junk)));
        assert_eq!(read("() \"/\" Spam"), known("Spam", Some(FolderRole::Junk)));
        assert_eq!(read("() NIL Inbox"), known("Inbox", Some(FolderRole::Inbox)));
        assert_eq!(read("() \"\\\\\" \"a b\""), known("a b", None));
        for (name, role) in [
            ("INBOX.Junk", FolderRole::Junk),
            ("INBOX/spam", FolderRole::Junk),
            ("[Gmail]/All Mail", FolderRole::All),
            ("Gesendete Elemente", FolderRole::Sent),
        ] {
            assert_eq!(read(&format!("() \"/\" \"{name}\"")), known(name, Some(role)));
        }
        assert_eq!(read("() \"/\" \"&vPSwuNO4ycDVaA-\""), known("보낸편지함", Some(FolderRole::Sent)));
    }

    #[test]
    fn odd_lines_are_read_or_left_out() {
        assert_eq!(read("() \"/\" {4}"), Some(("R&D".to_owned(), None, true)), "the name is in the literal");
        assert_eq!(Listed::read("() \"/\" {4}", &[]), None);
        assert_eq!(Listed::read("() \"/\" {3}", &[vec![0xc0, 0xaf, 0x0a]]), None);
        assert_eq!(read("nonsense"), None);
        assert_eq!(read("(\\Noselect) \"/\" \"[Gmail]\""), Some(("[Gmail]".to_owned(), None, false)));
    }

    #[test]
    fn folder_names_are_shown_as_people_wrote_them() {
        let shown = |name: &str| FolderName(name.to_owned()).shown();
        assert_eq!(shown("~peter/mail/&U,BTFw-/&ZeVnLIqe-"), "~peter/mail/台北/日本語");
        assert_eq!(shown("R&-D"), "R&D");
        assert_eq!(shown("a & b"), "a & b");
        assert_eq!(shown("&!!!-"), "&!!!-", "a broken sequence stays as it came");
    }
}
