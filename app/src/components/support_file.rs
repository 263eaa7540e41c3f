//! The way to a file that somebody who helps can read.

use leptos::prelude::*;

use super::{Icon, Picture};
use crate::{i18n::words, say};

/// Where the file for support of the server on this page is downloaded. A page that has one puts this into its
/// context, and every check it draws offers it.
#[derive(Clone, Debug)]
pub struct SupportFile(pub String);

/// The link, with what is and is not inside; nothing where the page has no such file.
#[component]
pub fn SupportLink() -> impl IntoView {
    let words = words();
    use_context::<SupportFile>().map(|SupportFile(href)| {
        view! {
            <p class="support-file">
                <a href=href download rel="external">
                    <Icon picture=Picture::Download />
                    {say!(words, components.support_file)}
                </a>
                <span class="hint">{say!(words, components.support_file_note)}</span>
            </p>
        }
    })
}
