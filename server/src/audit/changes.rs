//! What became different, field by field.

use serde::Serialize;
use serde_json::Value;

use crate::model::AuditChange;

/// How much of a value is kept.
const MAX_CHARACTERS: usize = 500;

/// The fields that differ between what was and what is.
#[derive(Clone, Debug, Default)]
pub struct Changes(Vec<AuditChange>);

impl Changes {
    /// Nothing to tell.
    #[must_use]
    pub const fn none() -> Self {
        Self(Vec::new())
    }

    /// Compares two values of the same shape; `None` is what does not exist. Neither may hold a secret.
    #[must_use]
    pub fn between<T: Serialize>(before: Option<&T>, after: Option<&T>) -> Self {
        Self::none().and_between("", before, after)
    }

    /// The same for a part that has a name.
    #[must_use]
    pub fn and_between<T: Serialize>(mut self, name: &str, before: Option<&T>, after: Option<&T>) -> Self {
        let value = |side: Option<&T>| side.and_then(|side| serde_json::to_value(side).ok()).unwrap_or(Value::Null);
        compare(&mut self.0, name, &value(before), &value(after));
        self
    }

    /// One field by its words.
    #[must_use]
    pub fn and(self, field: &str, before: Option<&str>, after: Option<&str>) -> Self {
        self.and_between(field, before.as_ref(), after.as_ref())
    }

    /// A secret: all that is told is that it is another one now.
    #[must_use]
    pub fn and_secret(mut self, field: &str, changed: bool) -> Self {
        if changed {
            self.0.push(AuditChange { field: field.to_owned(), before: None, after: None, secret: true });
        }
        self
    }

    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn into_vec(self) -> Vec<AuditChange> {
        self.0
    }
}

/// Descends where both are objects (or one is nothing), and compares everything else as a whole.
fn compare(found: &mut Vec<AuditChange>, path: &str, before: &Value, after: &Value) {
    if before == after {
        return;
    }
    let (old, new) = (before.as_object(), after.as_object());
    let descend = matches!((old, new), (Some(_), Some(_)))
        || (old.is_some() && after.is_null())
        || (new.is_some() && before.is_null());
    if !descend {
        found.push(AuditChange { field: path.to_owned(), before: words(before), after: words(after), secret: false });
        return;
    }
    let keys = old.into_iter().chain(new).flat_map(serde_json::Map::keys);
    let mut seen = Vec::new();
    for key in keys {
        if seen.contains(&key) {
            continue;
        }
        seen.push(key);
        let of = |side: Option<&serde_json::Map<String, Value>>| side.and_then(|side| side.get(key)).cloned();
        let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        compare(found, &path, &of(old).unwrap_or_default(), &of(new).unwrap_or_default());
    }
}

fn words(value: &Value) -> Option<String> {
    let text = match value {
        Value::Null => return None,
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    Some(text.chars().take(MAX_CHARACTERS).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn told(changes: Changes) -> Vec<(String, Option<String>, Option<String>)> {
        changes.into_vec().into_iter().map(|change| (change.field, change.before, change.after)).collect()
    }

    #[test]
    fn only_what_differs_is_told_by_its_path() {
        let before = json!({ "name": "IT", "endpoint": { "host": "a.example", "port": 993 }, "list": [1] });
        let after = json!({ "name": "IT", "endpoint": { "host": "b.example", "port": 993 }, "list": [1, 2] });
        assert_eq!(
            told(Changes::between(Some(&before), Some(&after))),
            [
                ("endpoint.host".to_owned(), Some("a.example".to_owned()), Some("b.example".to_owned())),
                ("list".to_owned(), Some("[1]".to_owned()), Some("[1,2]".to_owned())),
            ]
        );
    }

    #[test]
    fn what_is_new_or_gone_is_told_field_by_field() {
        let value = json!({ "host": "a.example", "user": null });
        let new = told(Changes::between(None, Some(&value)));
        assert_eq!(new, [("host".to_owned(), None, Some("a.example".to_owned()))]);
        let gone = told(Changes::between(Some(&value), None));
        assert_eq!(gone, [("host".to_owned(), Some("a.example".to_owned()), None)]);
    }

    #[test]
    fn a_secret_is_told_without_its_values() {
        let changes = Changes::none().and_secret("password", true).and_secret("client_secret", false).into_vec();
        assert_eq!(changes, [AuditChange { field: "password".to_owned(), before: None, after: None, secret: true }]);
    }
}
