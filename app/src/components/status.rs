//! How things are, in a word or a sentence. A tone never speaks by colour alone.

use leptos::prelude::*;

use super::{Icon, Picture};

/// What a status means for the reader.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    Good,
    /// Works, or would, but somebody should look.
    Warning,
    Bad,
    /// Something is under way.
    Waiting,
    /// Deliberately or naturally at rest: paused, draft, not started.
    Off,
    #[default]
    Info,
}

impl Tone {
    /// The value of `data-tone`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Warning => "warning",
            Self::Bad => "bad",
            Self::Waiting => "waiting",
            Self::Off => "off",
            Self::Info => "info",
        }
    }

    /// The picture that tells the tones apart without colour.
    #[must_use]
    pub const fn picture(self) -> Picture {
        match self {
            Self::Good => Picture::Check,
            Self::Warning | Self::Bad => Picture::Alert,
            Self::Waiting => Picture::Turning,
            Self::Off => Picture::Pause,
            Self::Info => Picture::Info,
        }
    }
}

/// A status in one or two words.
#[component]
pub fn StatusBadge(#[prop(into)] tone: Signal<Tone>, #[prop(into)] text: Signal<String>) -> impl IntoView {
    view! {
        <span class="badge" data-tone=move || tone.get().name()>
            {move || view! { <Icon picture=tone.get().picture() /> }}
            {move || text.get()}
        </span>
    }
}

/// A property that is no status: *Primary*, who can repair something.
#[component]
pub fn Chip(#[prop(into)] text: Signal<String>, #[prop(optional)] picture: Option<Picture>) -> impl IntoView {
    view! {
        <span class="chip">
            {picture.map(|picture| view! { <Icon picture /> })} {move || text.get()}
        </span>
    }
}

/// A few sentences that matter for the whole page. Bad ones are announced at once.
#[component]
pub fn Notice(
    #[prop(optional)] tone: Tone,
    #[prop(optional, into)] title: Option<String>,
    children: Children,
) -> impl IntoView {
    let role = if tone == Tone::Bad { "alert" } else { "status" };
    view! {
        <div class="notice" data-tone=tone.name() role=role>
            <Icon picture=tone.picture() />
            <div>
                {title.map(|title| view! { <strong>{title}</strong> })}
                <div>{children()}</div>
            </div>
        </div>
    }
}
