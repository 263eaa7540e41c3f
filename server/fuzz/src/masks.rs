//! What strikes secrets out of everything that is shown.
//!
//! The input is a secret, `\0`, and a text; the text is covered with the secret put into it in many ways. In none of
//! them does it survive: not as it is, not in quotes, not in base64, whatever stands around it.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use postroom_server::{
    model::{Problem, Protocol},
    net::masks::{Masks, forms},
};

pub const WORDS: [&str; 10] = ["secret", "\0", "\"", "\\", "••", "=", "AAAA", "user=", "\x01", "비밀번호"];
/// Shorter ones are left in base64: too much that is innocent looks like them.
const MIN_BYTES: usize = 5;

/// The target.
pub fn covered(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let Some((secret, around)) = text.split_once('\0') else { return };
    // Dots in place of a secret hide nothing.
    if secret.len() < MIN_BYTES || secret.contains('•') {
        return;
    }
    let masks = Masks::default();
    let forms = forms(secret);
    for form in &forms {
        masks.add(form);
    }
    let cut = around.char_indices().map(|(at, _)| at).nth(around.chars().count() / 2).unwrap_or(0);
    let (before, behind) = around.split_at(cut);
    let quoted = format!("\"{}\"", secret.replace('\\', "\\\\").replace('"', "\\\""));
    let inside = |secret: &str| format!("{before}{secret}{behind}");
    for said in [
        inside(secret),
        inside(&quoted),
        inside(&STANDARD.encode(secret)),
        STANDARD.encode(inside(secret)),
        STANDARD.encode(format!("\0{}", inside(secret))),
        STANDARD.encode(format!("\0\0{}", inside(secret))),
        inside(&inside(secret)),
        around.to_owned(),
    ] {
        let shown = masks.cover(&said);
        tells_nothing(&forms, &shown);
        assert_eq!(masks.cover(&shown), shown, "covered twice, it changes");
        let problem = masks.cover_problem(Problem::ProtocolNonsense { protocol: Protocol::Imap, line: said });
        tells_nothing(&forms, problem.reply().unwrap_or_default());
        assert_eq!(problem.kind(), "protocol_nonsense");
    }
}

fn tells_nothing(forms: &[impl AsRef<str>], shown: &str) {
    for form in forms {
        assert!(!shown.contains(form.as_ref()), "a form of the secret is left in {shown:?}");
    }
}
