//! The conversation with the server, line by line, credentials masked.

use leptos::prelude::*;
use postroom_server::model::{Line, Party};

use super::CopyButton;
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
                <div hidden=move || count.get() == 0>
                    <CopyButton
                        text=Signal::derive(move || lines.with(|lines| as_text(lines)))
                        label=say!(words, components.transcript_copy)
                        done_label=say!(words, components.copied)
                    />
                </div>
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

/// The conversation as it is pasted into a letter.
fn as_text(lines: &[Line]) -> String {
    let line = |line: &Line| {
        let party = match line.from {
            Party::Client => "C:",
            Party::Server => "S:",
            Party::Note => "--",
        };
        format!("{:>6} ms  {party} {}\n", line.at_millis, line.text)
    };
    lines.iter().map(line).collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_copied_conversation_says_who_said_what_and_when() {
        let line = |at_millis, from, text: &str| Line { at_millis, from, text: text.to_owned() };
        let lines = [line(3, Party::Server, "* OK ready"), line(12, Party::Client, "A1 LOGIN ••• •••")];
        assert_eq!(as_text(&lines), "     3 ms  S: * OK ready\n    12 ms  C: A1 LOGIN ••• •••\n");
    }
}
