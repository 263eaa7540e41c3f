//! What people see, one file per address.

pub mod gallery;
