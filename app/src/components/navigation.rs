//! Where one is: the breadcrumb, and the steps of a wizard.

use leptos::prelude::*;

use crate::{i18n::words, say};

/// The way from the top to this page: pairs of words and address. The last one is here; others without an
/// address are only words.
#[component]
pub fn Breadcrumb(#[prop(into)] items: Signal<Vec<(String, Option<String>)>>) -> impl IntoView {
    let list = move || {
        let items = items.get();
        let last = items.len().saturating_sub(1);
        items
            .into_iter()
            .enumerate()
            .map(|(index, (text, href))| {
                let here = (index == last).then_some("page");
                let inside = match href {
                    Some(href) => view! { <a href=href aria-current=here>{text}</a> }.into_any(),
                    None => view! { <span aria-current=here>{text}</span> }.into_any(),
                };
                view! { <li>{inside}</li> }
            })
            .collect_view()
    };
    view! {
        <nav class="breadcrumb" aria-label=say!(words(), components.breadcrumb)>
            <ol>{list}</ol>
        </nav>
    }
}

/// Where a step of a wizard stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProgressState {
    Done,
    Current,
    Ahead,
}

/// One step of a wizard; `href` leads back to it where that is possible.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProgressStep {
    pub text: String,
    pub href: Option<String>,
    pub state: ProgressState,
}

/// The steps of a wizard in their order.
#[component]
pub fn Progress(#[prop(into)] steps: Signal<Vec<ProgressStep>>) -> impl IntoView {
    let words = words();
    let list = move || {
        steps
            .get()
            .into_iter()
            .map(|step| {
                let state = match step.state {
                    ProgressState::Done => "done",
                    ProgressState::Current => "current",
                    ProgressState::Ahead => "ahead",
                };
                let current = (step.state == ProgressState::Current).then_some("step");
                let done = (step.state == ProgressState::Done)
                    .then(|| view! { <span class="visually-hidden">{say!(words, components.progress_done)}</span> });
                let inside = match step.href {
                    Some(href) => view! { <a href=href aria-current=current>{step.text} {done}</a> }.into_any(),
                    None => view! { <span aria-current=current>{step.text} {done}</span> }.into_any(),
                };
                view! { <li data-state=state>{inside}</li> }
            })
            .collect_view()
    };
    view! {
        <nav class="progress" aria-label=say!(words, components.progress)>
            <ol>{list}</ol>
        </nav>
    }
}

#[cfg(test)]
mod tests {
    use postroom_server::model::Language;

    use super::*;
    use crate::components::html_of;

    #[test]
    fn only_the_last_entry_of_the_breadcrumb_is_here() {
        let items = ["Admin", "Channels", "Mailboxes"].map(|text| (text.to_owned(), None)).to_vec();
        let html = html_of(Language::En, move || view! { <Breadcrumb items=items /> });
        assert_eq!(html.matches("aria-current").count(), 1);
        assert!(html.contains("<span aria-current=\"page\">Mailboxes"), "{html}");
    }

    #[test]
    fn a_step_of_the_wizard_that_is_done_says_so_in_words() {
        let step = |text: &str, state| ProgressStep { text: text.to_owned(), href: Some("/there".to_owned()), state };
        let steps = vec![step("이름", ProgressState::Done), step("서버", ProgressState::Current)];
        let html = html_of(Language::Ko, move || view! { <Progress steps=steps /> });
        assert_eq!(html.matches("완료").count(), 1);
        assert_eq!(html.matches("aria-current=\"step\"").count(), 1);
    }
}
