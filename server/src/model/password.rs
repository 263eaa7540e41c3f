//! The forms with which people give themselves a new password.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Field, Invalid, Reason, SetupForm};

/// A new password, typed twice. Printing it shows nothing.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewPassword {
    pub password: String,
    pub password_again: String,
}

impl NewPassword {
    /// What is wrong with it.
    #[must_use]
    pub fn validate(&self) -> Vec<Invalid> {
        let mut found: Vec<_> = SetupForm::validate_password(&self.password).into_iter().collect();
        if self.password != self.password_again {
            found.push(Invalid::new(Field::PasswordAgain, Reason::Different));
        }
        found
    }
}

impl fmt::Debug for NewPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NewPassword")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_password_is_long_enough_and_typed_twice_the_same() {
        let form = |password: &str, again: &str| NewPassword {
            password: password.to_owned(),
            password_again: again.to_owned(),
        };
        assert_eq!(form("correct horse battery", "correct horse battery").validate(), []);
        assert_eq!(
            form("short", "other").validate(),
            [
                Invalid::new(Field::Password, Reason::TooShort { min_characters: 12 }),
                Invalid::new(Field::PasswordAgain, Reason::Different),
            ]
        );
        assert!(!format!("{:?}", form("correct horse battery", "")).contains("horse"));
    }
}
