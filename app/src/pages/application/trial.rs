//! The test: three things that can be wrong with an application, told apart.

use leptos::prelude::*;
use postroom_server::model::{OAuthProvider, StepState, TrialStep};

use crate::{
    api::{ApiError, oauth::TriedStep},
    components::{
        Card, Icon, LinkButton, Notice, Picture, RemedyCard, Tone,
        check_words::{state_name, state_word},
    },
    i18n::{Locale, words},
    pages::words::api_error,
    say,
};

/// The button, and what the last press of it found. It is a link: the page that comes carries the answer.
#[component]
pub fn Trial(provider: OAuthProvider, tried: Option<Result<Vec<TriedStep>, ApiError>>) -> impl IntoView {
    let words = words();
    let href = format!("/account/sign-in/{}?try=1", provider.as_str());
    let label = if tried.is_some() { say!(words, signin.app_test_again) } else { say!(words, signin.app_test) };
    let found = tried.map(|tried| match tried {
        Ok(steps) => view! { <Found provider steps /> }.into_any(),
        Err(error) => view! { <Notice tone=Tone::Bad>{api_error(words, &error)}</Notice> }.into_any(),
    });
    view! {
        <Card
            title=say!(words, signin.app_test_title).to_owned()
            text=say!(words, signin.app_test_text, provider = provider.name())
        >
            {found}
            // A whole document, so that the same address tests again.
            <div class="actions"><LinkButton href attr:rel="external">{label}</LinkButton></div>
        </Card>
    }
}

/// The three steps and what became of them.
#[component]
pub fn Found(provider: OAuthProvider, steps: Vec<TriedStep>) -> impl IntoView {
    let words = words();
    let good = steps.iter().all(|step| step.state == StepState::Passed);
    let lines = steps
        .into_iter()
        .map(|tried| {
            let mark = match tried.state {
                StepState::Passed => Some(view! { <Icon picture=Picture::Check /> }),
                StepState::Failed => Some(view! { <Icon picture=Picture::Cross /> }),
                StepState::Waiting | StepState::Running | StepState::Skipped => None,
            };
            let card = tried.remedy.map(|remedy| match tried.reply {
                Some(reply) => view! { <RemedyCard remedy=*remedy reply heading=3 /> }.into_any(),
                None => view! { <RemedyCard remedy=*remedy heading=3 /> }.into_any(),
            });
            view! {
                <li data-state=state_name(tried.state)>
                    <span class="ladder-mark" aria-hidden="true">{mark}</span>
                    <div class="ladder-body">
                        <div class="ladder-head">
                            <strong>{step_words(words, provider, tried.step)}</strong>
                            <span>{state_word(words, tried.state)}</span>
                        </div>
                        {card}
                    </div>
                </li>
            }
        })
        .collect_view();
    view! {
        <ol class="ladder" role="list">{lines}</ol>
        {good.then(|| view! {
            <Notice tone=Tone::Good>{say!(words, signin.app_test_good, provider = provider.name())}</Notice>
        })}
    }
}

fn step_words(words: Locale, provider: OAuthProvider, step: TrialStep) -> String {
    match (step, provider) {
        (TrialStep::Provider, OAuthProvider::Microsoft) => {
            say!(words, signin.app_step_provider, provider = provider.name())
        }
        (TrialStep::Provider, OAuthProvider::Google) => say!(words, signin.app_step_provider_google).to_owned(),
        (TrialStep::Redirect, _) => say!(words, signin.app_step_redirect).to_owned(),
        (TrialStep::Secret, _) => say!(words, signin.app_step_secret).to_owned(),
    }
}
