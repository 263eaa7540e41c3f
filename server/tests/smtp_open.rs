//! Opening SMTP sessions against servers that follow a script.

#![expect(clippy::unwrap_used, reason = "a world that cannot be made is a failed test")]

#[path = "smtp_open/ehlo.rs"]
mod ehlo;
#[path = "smtp_open/greeting.rs"]
mod greeting;
#[path = "smtp_open/ladder.rs"]
mod ladder;
#[path = "smtp_open/sender.rs"]
mod sender;
#[path = "smtp_open/sign_in.rs"]
mod sign_in;
#[path = "smtp_open/start_tls.rs"]
mod start_tls;
#[path = "smtp_open/submit.rs"]
mod submit;
#[path = "smtp_open/world.rs"]
mod world;
