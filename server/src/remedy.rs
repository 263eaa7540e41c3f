//! From a problem to what a person can do about it, in their language.
