//! What people see: pages, components and server functions, on the server and in the browser.

#![recursion_limit = "512"]

pub mod components;
pub mod i18n;
