//! The parts that pages are made of: data in, view out. Nothing here fetches or navigates.
//!
//! Every part is plain HTML that works before WASM has loaded and without it; the look is in `style/`.
//! A part's variants are `data-` attributes (`data-kind`, `data-tone`, `data-state`), never inline styles,
//! so that the content security policy can forbid those. Texts that belong to a page come as props; those
//! that belong to the part itself are in the namespace `components`.

pub mod button;
pub mod card;
pub mod check_words;
pub mod choice;
pub mod copy_button;
pub mod copy_line;
pub mod date;
pub mod error_summary;
pub mod field;
pub mod finding;
pub mod icon;
pub mod language_switch;
pub mod moment;
pub mod navigation;
pub mod pem_file;
pub mod presented;
pub mod remedy_card;
pub mod status;
pub mod step_list;
pub mod support_file;
pub mod text_area;
pub mod toasts;
pub mod topbar;
pub mod transcript;

pub use button::{Button, ButtonKind, ButtonSize, LinkButton};
pub use card::{Card, EmptyState, Fold, Page, PageHead, PageWidth, Skeleton};
pub use choice::{Checkbox, Choices, RadioCard, Select};
pub use copy_button::CopyButton;
pub use copy_line::CopyLine;
pub use error_summary::ErrorSummary;
pub use field::{Field, PasswordField};
pub use icon::{Brand, Icon, Picture};
pub use language_switch::LanguageSwitch;
pub use moment::Moment;
pub use navigation::{Breadcrumb, Progress, ProgressState, ProgressStep};
pub use pem_file::PemFile;
pub use presented::{Confide, FingerprintLine, PresentedCertificate, TrustedByEditing};
pub use remedy_card::RemedyCard;
pub use status::{Chip, Notice, StatusBadge, Tone};
pub use step_list::{Heal, StepList};
pub use support_file::{SupportFile, SupportLink};
pub use text_area::TextArea;
pub use toasts::{Toasts, provide_toasts, toast, toast_with};
pub use topbar::{Menu, MoreWorkspaces, TopBar, WorkspaceLink, WorkspaceSwitcher, leads_away};
pub use transcript::Transcript;

/// The HTML the server would send for a view, in a language.
#[cfg(test)]
pub(crate) fn html_of<V: leptos::IntoView>(
    language: postroom_server::model::Language,
    view: impl FnOnce() -> V,
) -> String {
    use leptos::prelude::*;
    Owner::new().with(|| {
        provide_context(language);
        view().into_view().to_html()
    })
}
