//! Where one is: the breadcrumb, and the steps of a wizard.

use leptos::prelude::*;

use crate::{i18n::words, say};

/// The way from the top to this page: pairs of words and address; the last one, without address, is here.
#[component]
pub fn Breadcrumb(#[prop(into)] items: Signal<Vec<(String, Option<String>)>>) -> impl IntoView {
    let list = move || {
        items
            .get()
            .into_iter()
            .map(|(text, href)| match href {
                Some(href) => view! { <li><a href=href>{text}</a></li> }.into_any(),
                None => view! { <li><span aria-current="page">{text}</span></li> }.into_any(),
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
