//! What people see: pages, components and server functions, on the server and in the browser.

#![recursion_limit = "512"]

pub mod api;
pub mod app;
pub mod components;
pub mod i18n;
#[cfg(feature = "hydrate")]
mod live;
pub mod pages;
#[cfg(feature = "ssr")]
pub mod web;

/// Where the browser begins: the page is there already and becomes live.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    live::begin();
}
