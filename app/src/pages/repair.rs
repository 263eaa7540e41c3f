//! What a provider refused, as a remedy card with the provider's own words.

use leptos::prelude::*;
use postroom_server::model::{Problem, Remedy};

use crate::components::RemedyCard;

/// The card for a problem, where there is one. Its title ranks directly below the page's unless `heading` says other.
#[component]
pub fn Repair(
    remedy: Option<Box<Remedy>>,
    #[prop(default = None)] problem: Option<Problem>,
    #[prop(default = 2)] heading: u8,
) -> impl IntoView {
    let reply = problem.as_ref().and_then(Problem::reply).map(str::to_owned);
    remedy.map(|remedy| match reply {
        Some(reply) => view! { <RemedyCard remedy=*remedy reply heading /> }.into_any(),
        None => view! { <RemedyCard remedy=*remedy heading /> }.into_any(),
    })
}
