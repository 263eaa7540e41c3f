//! Who signs in, and the form that makes the first of them.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::workspace::validate_name;
use super::{EmailAddress, Field, Invalid, Reason, UserId};

/// Somebody who signs in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "native", derive(sqlx::FromRow))]
pub struct User {
    pub id: UserId,
    #[cfg_attr(feature = "native", sqlx(try_from = "String"))]
    pub email: EmailAddress,
    pub name: String,
}

/// The page that makes the first administrator, as typed.
///
/// It goes from the browser to the server and nowhere else; printing it shows no secret.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetupForm {
    /// The one-time code that the terminal shows.
    pub code: String,
    pub name: String,
    pub email: String,
    pub password: String,
    pub password_again: String,
    /// What the first workspace is to be called.
    pub workspace: String,
}

impl SetupForm {
    /// Shortest password for signing in, in characters (NIST SP 800-63B asks for no other rule than length).
    pub const MIN_PASSWORD_CHARACTERS: usize = 12;
    /// Longest password for signing in, in characters.
    pub const MAX_PASSWORD_CHARACTERS: usize = 1000;

    /// What is wrong with the form; whether the code is the right one only the server can tell.
    #[must_use]
    pub fn validate(&self) -> Vec<Invalid> {
        let mut found = Vec::new();
        if self.code.trim().is_empty() {
            found.push(Invalid::new(Field::Code, Reason::Empty));
        }
        found.extend(Self::validate_person(&self.name, &self.email));
        found.extend(Self::validate_password(&self.password));
        if self.password != self.password_again {
            found.push(Invalid::new(Field::PasswordAgain, Reason::Different));
        }
        found.extend(validate_name(&self.workspace).map(|reason| Invalid::new(Field::Workspace, reason)));
        found
    }

    /// What is wrong with a person's name and e-mail address.
    #[must_use]
    pub fn validate_person(name: &str, email: &str) -> Vec<Invalid> {
        let name = validate_name(name).map(|reason| Invalid::new(Field::Name, reason));
        let email = validate_email(email).map(|reason| Invalid::new(Field::Address, reason));
        name.into_iter().chain(email).collect()
    }

    /// What is wrong with a new password for signing in.
    #[must_use]
    pub fn validate_password(password: &str) -> Option<Invalid> {
        let (min_characters, max_characters) = (Self::MIN_PASSWORD_CHARACTERS, Self::MAX_PASSWORD_CHARACTERS);
        let reason = match password.chars().count() {
            0 => Reason::Empty,
            n if n < min_characters => Reason::TooShort { min_characters },
            n if n > max_characters => Reason::TooLong { max_characters },
            _ => return None,
        };
        Some(Invalid::new(Field::Password, reason))
    }
}

impl fmt::Debug for SetupForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SetupForm").field("name", &self.name).field("email", &self.email).finish_non_exhaustive()
    }
}

/// Why a text cannot be an e-mail address.
pub(super) fn validate_email(text: &str) -> Option<Reason> {
    let text = text.trim();
    if text.is_empty() {
        Some(Reason::Empty)
    } else if text.len() > EmailAddress::MAX_BYTES {
        Some(Reason::TooLong { max_characters: EmailAddress::MAX_BYTES })
    } else if EmailAddress::parse(text).is_err() {
        Some(Reason::NotAnAddress)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setup_form_says_everything_that_is_wrong_at_once() {
        let form = SetupForm { password: "short".to_owned(), ..SetupForm::default() };
        assert_eq!(
            form.validate(),
            [
                Invalid::new(Field::Code, Reason::Empty),
                Invalid::new(Field::Name, Reason::Empty),
                Invalid::new(Field::Address, Reason::Empty),
                Invalid::new(Field::Password, Reason::TooShort { min_characters: 12 }),
                Invalid::new(Field::PasswordAgain, Reason::Different),
                Invalid::new(Field::Workspace, Reason::Empty),
            ]
        );
    }

    #[test]
    fn a_printed_setup_form_shows_neither_code_nor_password() {
        let form = SetupForm {
            code: "the-code".to_owned(),
            password: "correct horse battery".to_owned(),
            password_again: "correct horse battery".to_owned(),
            ..SetupForm::default()
        };
        let printed = format!("{form:?}");
        assert!(!printed.contains("the-code") && !printed.contains("horse"), "{printed}");
    }
}
