//! The conversation with the server, line by line, credentials masked.

use leptos::prelude::*;
use postroom_server::model::{Line, Party};

use crate::{i18n::words, say};

/// The conversation, folded away until somebody wants it.
#[component]
pub fn Transcript(#[prop(into)] lines: Signal<Vec<Line>>) -> impl IntoView {
    let words = words();
    let count = Memo::new(move |_| lines.with(Vec::len));
    // Lines only ever come behind the others, so their place is their name.
    let numbered = move || lines.get().into_iter().enumerate().collect::<Vec<_>>();
    view! {
        <details class="fold">
            <summary>{move || say!(words, components.transcript, count = count.get())}</summary>
            <div>
                <p class="hint">
                    {move || {
                        if count.get() == 0 {
                            say!(words, components.transcript_empty)
                        } else {
                            say!(words, components.transcript_note)
                        }
                    }}
                </p>
                <ol
                    class="transcript"
                    role="list"
                    tabindex="0"
                    translate="no"
                    aria-label=move || say!(words, components.transcript, count = count.get())
                    hidden=move || count.get() == 0
                >
                    <For
                        each=numbered
                        key=|(number, line)| (*number, line.at_millis, line.text.len())
                        let((_, line))
                    >
                        <TranscriptLine line />
                    </For>
                </ol>
            </div>
        </details>
    }
}

#[component]
fn TranscriptLine(line: Line) -> impl IntoView {
    let words = words();
    let (name, letter, party) = match line.from {
        Party::Client => ("client", "C", say!(words, components.party_client)),
        Party::Server => ("server", "S", say!(words, components.party_server)),
        Party::Note => ("note", "–", say!(words, components.party_note)),
    };
    view! {
        <li data-from=name>
            <time>{format!("{} ms", line.at_millis)}</time>
            <abbr title=party>{letter}</abbr>
            <span>{line.text}</span>
        </li>
    }
}
