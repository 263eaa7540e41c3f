//! A line to copy as it is: a command, a link, a redirect URI.

use leptos::prelude::*;

use super::CopyButton;
use crate::{i18n::words, say};

/// The line, selected as a whole by one press, and a button that copies it.
#[component]
pub fn CopyLine(#[prop(into)] text: String) -> impl IntoView {
    let words = words();
    view! {
        <div class="command">
            <code translate="no">{text.clone()}</code>
            <CopyButton text label=say!(words, components.copy) done_label=say!(words, components.copied) />
        </div>
    }
}
