//! The few pictures there are: outlines in the colour of the words beside them.

use leptos::prelude::*;

/// What an icon shows. It never stands alone: the words beside it say the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Picture {
    Check,
    Cross,
    Alert,
    Info,
    Turning,
    Pause,
    Search,
    Copy,
    Download,
    Star,
    Mail,
    Person,
    /// Through a door: signing in somewhere else.
    Enter,
}

impl Picture {
    /// The outline in a box of 24 by 24 (SVG path data).
    const fn path(self) -> &'static str {
        match self {
            Self::Check => "M5 12.5l4.5 4.5L19 7.5",
            Self::Cross => "M6.5 6.5l11 11M17.5 6.5l-11 11",
            Self::Alert => "M12 4L2.8 20h18.4zM12 10v4.5M12 17.2v.1",
            Self::Info => "M3 12a9 9 0 1 0 18 0a9 9 0 1 0-18 0M12 11v5.5M12 7.6v.1",
            Self::Turning => "M12 3a9 9 0 1 0 9 9",
            Self::Pause => "M9 6v12M15 6v12",
            Self::Search => "M4 10.5a6.5 6.5 0 1 0 13 0a6.5 6.5 0 1 0-13 0M15.5 15.5L21 21",
            Self::Copy => {
                "M10 8h8a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2h-8a2 2 0 0 1-2-2v-8a2 2 0 0 1 2-2zM16 8V6a2 2 0 0 0-2-2H6a2 2 0 0 0-2 2v8a2 2 0 0 0 2 2h2"
            }
            Self::Download => "M12 4v11M7.5 10.5L12 15l4.5-4.5M5 19.5h14",
            Self::Star => "M12 3.5l2.6 5.3 5.9.9-4.3 4.1 1 5.8L12 16.9l-5.2 2.7 1-5.8L3.5 9.7l5.9-.9z",
            Self::Mail => {
                "M5 5h14a2 2 0 0 1 2 2v10a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V7a2 2 0 0 1 2-2zM3.5 7l8.5 6.5L20.5 7"
            }
            Self::Enter => "M14 4h4a2 2 0 0 1 2 2v12a2 2 0 0 1-2 2h-4M9.5 7.5L14 12l-4.5 4.5M14 12H3.5",
            Self::Person => "M8 8a4 4 0 1 0 8 0a4 4 0 1 0-8 0M4 20c1.5-4 4.5-5.5 8-5.5s6.5 1.5 8 5.5",
        }
    }
}

/// One picture, as large as its surroundings say; hidden from screen readers.
#[component]
pub fn Icon(picture: Picture) -> impl IntoView {
    view! {
        <svg
            viewBox="0 0 24 24"
            width="20"
            height="20"
            fill="none"
            stroke="currentColor"
            stroke-width="2"
            stroke-linecap="round"
            stroke-linejoin="round"
            aria-hidden="true"
        >
            <path d=picture.path()></path>
        </svg>
    }
}

/// The mark and the name of the product, as a link to where one begins.
#[component]
pub fn Brand(#[prop(into)] href: String) -> impl IntoView {
    view! {
        <a class="brand" href=href>
            <svg
                viewBox="0 0 24 24"
                width="24"
                height="24"
                fill="none"
                stroke="currentColor"
                stroke-width="2"
                stroke-linecap="round"
                stroke-linejoin="round"
                aria-hidden="true"
            >
                <path d="M3 9.5L12 3l9 6.5V20H3zM3.5 10l8.5 5.5L20.5 10"></path>
            </svg>
            "Postroom"
        </a>
    }
}
