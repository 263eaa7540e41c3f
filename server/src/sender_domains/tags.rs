//! Lists of `name=value;`, as the records of DKIM and DMARC are written (RFC 6376 3.2).

/// The tags in their order; `None` where one has no `=` or stands there twice.
pub(super) fn read(text: &str) -> Option<Vec<(&str, &str)>> {
    let mut tags: Vec<(&str, &str)> = Vec::new();
    for tag in text.split(';').map(str::trim).filter(|tag| !tag.is_empty()) {
        let (name, value) = tag.split_once('=')?;
        let (name, value) = (name.trim_end(), value.trim_start());
        if tags.iter().any(|(known, _)| *known == name) {
            return None;
        }
        tags.push((name, value));
    }
    Some(tags)
}
