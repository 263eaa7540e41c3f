//! The providers to sign in with, arranged like Microsoft's and like Google's; see `end2end/provider`.
//!
//! Their tokens open the mailboxes: Dovecot believes Microsoft's by their signature, whose key the
//! provider leaves in the run's folder, and asks Google's about each.

use std::fs::File;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::certificates::Certificates;
use super::people::Person;
use super::{DOMAIN, HOST, PEOPLE, Ports, write};
use crate::failure::{Context, Result};
use crate::process::Running;
use crate::repository::Repository;

/// The id of the one tenant, whose domain is [`DOMAIN`].
pub const TENANT: &str = "1f6b8c2e-5a47-4d3b-9e60-7c81d2f4a935";

/// An organisation's application as it is registered at a provider.
pub struct Client {
    pub id: &'static str,
    pub secret: &'static str,
}

pub const MICROSOFT: Client = Client { id: "6f0c5a3e-9d1b-4c67-8f0a-2b7d4e91c5aa", secret: "test-secret~microsoft" };
/// Only an administrator may allow this one.
const WALLED: Client = Client { id: "b3d7e9f1-4c28-4e5a-a1f6-90d2c7b85e13", secret: "test-secret~walled" };
/// Another of these, for whoever must not disturb the first.
const ALSO_WALLED: Client = Client { id: "5c8a2f60-7e3d-4b19-9a04-c6e1d8f25b77", secret: "test-secret~also-walled" };
/// The secret is right and has expired.
const EXPIRED: Client = Client { id: "e0a94c76-2b1d-4f83-8c5e-3d6f7a1b9c02", secret: "test-secret~expired" };
pub const GOOGLE: Client =
    Client { id: "1234567890-postroom.apps.googleusercontent.com", secret: "GOCSPX-test-secret" };

/// Starts both in one process. Its words go to `provider.log` in the run's folder.
pub fn start(repository: &Repository, folder: &Path, ports: Ports, certificates: &Certificates) -> Result<Running> {
    let arrangement = folder.join("provider.json");
    write(&arrangement, &text(folder, ports, certificates).to_string())?;
    let log = File::create(folder.join("provider.log")).context("cannot write the provider's log")?;
    let errors = log.try_clone().context("cannot write the provider's log")?;
    let mut node = Command::new("node");
    node.arg(repository.end2end().join("provider/main.mjs")).arg(arrangement);
    Running::start("The provider", node.stdin(Stdio::null()).stdout(log).stderr(errors))
}

fn text(folder: &Path, ports: Ports, certificates: &Certificates) -> Value {
    json!({
        "folder": folder,
        "certificate": certificates.server_file,
        "domain": DOMAIN,
        "tenant": TENANT,
        "microsoft": {
            "port": ports.microsoft,
            "clients": [
                { "id": MICROSOFT.id, "secret": MICROSOFT.secret, "name": "Postroom" },
                { "id": WALLED.id, "secret": WALLED.secret, "name": "Walled Postroom", "walled": true },
                { "id": ALSO_WALLED.id, "secret": ALSO_WALLED.secret, "name": "Postroom behind a wall", "walled": true },
                { "id": EXPIRED.id, "secret": EXPIRED.secret, "name": "Expired Postroom", "expired": true },
            ],
        },
        "google": {
            "port": ports.google,
            "clients": [{ "id": GOOGLE.id, "secret": GOOGLE.secret, "name": "Postroom" }],
        },
        "people": PEOPLE.iter().map(Person::describe).collect::<Vec<_>>(),
    })
}

/// What is configured instead of `https://login.microsoftonline.com`.
pub fn authority(ports: Ports) -> String {
    format!("https://{HOST}:{}", ports.microsoft)
}

/// What is configured instead of `https://accounts.google.com`.
pub fn issuer(ports: Ports) -> String {
    format!("https://{HOST}:{}", ports.google)
}

/// The Microsoft-like one for tests.
pub fn describe_microsoft(ports: Ports) -> Value {
    json!({
        "authority": authority(ports),
        "tenant": TENANT,
        "clientId": MICROSOFT.id,
        "clientSecret": MICROSOFT.secret,
        "walledClientId": WALLED.id,
        "walledClientSecret": WALLED.secret,
        "alsoWalledClientId": ALSO_WALLED.id,
        "alsoWalledClientSecret": ALSO_WALLED.secret,
        "expiredClientId": EXPIRED.id,
        "expiredClientSecret": EXPIRED.secret,
    })
}

/// The Google-like one for tests.
pub fn describe_google(ports: Ports) -> Value {
    json!({ "issuer": issuer(ports), "clientId": GOOGLE.id, "clientSecret": GOOGLE.secret })
}
