//! Signing in at Microsoft or Google: consent, the right account, and permissions that end.

use super::provider;
use crate::{
    model::Provider,
    remedy::{
        scene::{Scene, step_name, title_name},
        words::{Words, steps, words},
    },
};

pub(super) fn consent_declined(scene: &Scene) -> Words {
    let Scene { username, .. } = scene;
    let by = provider::sign_in_page(scene);
    let words = words!(
        "The sign-in was declined";
        "On {by} the question whether Postroom may use the mailbox was answered with no, or the page was closed.";
        "Start the sign-in again and choose {username}.",
    );
    words
        .then(match scene.provider {
            Provider::Microsoft if scene.personal => steps!["On Microsoft's page press Accept."],
            Provider::Microsoft => steps![
                "On Microsoft's page press Accept.",
                "If the page says “Need admin approval” instead, an administrator of your organisation has to consent first, once for everybody: send them the consent link that Postroom shows while the mailbox is being set up.",
            ],
            Provider::Google => steps![
                "On Google's page tick every box and press Continue.",
                "If Google says that the app is being tested, the account must be one of its test users: whoever looks after the application adds it at console.cloud.google.com → Google Auth Platform → Audience.",
            ],
            _ => steps!["Allow what the page asks for."],
        })
        .then(owners_link_where_connected(scene))
}

pub(super) fn admin_consent_needed(scene: &Scene) -> Words {
    let Scene { entra, .. } = scene;
    let words = words!(
        "An administrator must allow Postroom first";
        "In this organisation only administrators decide which apps may use mail. That is how most organisations are set up; nothing is broken.";
    );
    match scene.provider {
        Provider::Google => words.then(trust_at_google(scene)),
        Provider::Microsoft => words.then(steps![
            "Send the consent link that Postroom shows for this sign-in to an administrator of the organisation. An Application Administrator, Cloud Application Administrator or Global Administrator can consent; they need no account in Postroom.",
            "They open the link, sign in and press Accept. That counts once for the whole organisation.",
            "Postroom notices the consent by itself; you may close the page meanwhile. Then sign in once more.",
            "If a request was sent on Microsoft's page instead, an administrator approves it at {entra} → Enterprise apps → Admin consent requests. Then sign in once more.",
        ]),
        _ => words.then(steps![
            "Ask an administrator of the mail service to allow Postroom's application.",
            "Then sign in once more.",
        ]),
    }
}

pub(super) fn mail_scope_missing(scene: &Scene) -> Words {
    let Scene { username, entra, .. } = scene;
    match scene.provider {
        Provider::Google => words!(
            "The sign-in did not include mail";
            "On Google's page the box for Gmail was left unticked. Postroom knows the account now, but may not use its mail.";
            "Sign in again and choose {username}.",
            "On Google's page tick every box, above all “Read, compose, send, and permanently delete all your email from Gmail”, and press Continue. Google has no smaller permission for IMAP and SMTP; Postroom reads and sends, and deletes nothing.",
            "If no boxes are shown, open myaccount.google.com/connections, remove Postroom's access there and sign in again.",
        ),
        Provider::Microsoft => words!(
            "The sign-in did not include mail";
            "Microsoft gave a permission that does not cover both reading mail over IMAP and sending it over SMTP.";
            "Sign in again, choose {username} and press Accept on Microsoft's page.",
            "If it stays so, whoever looks after the application opens {entra} → App registrations → Postroom's application → API permissions and adds IMAP.AccessAsUser.All and SMTP.Send (APIs my organization uses → Office 365 Exchange Online → Delegated permissions).",
            "Then sign in again.",
        ),
        _ => words!(
            "The sign-in did not include mail";
            "The provider gave a permission that does not cover reading and sending mail.";
            "Sign in again, choose {username} and allow everything the page asks for.",
        ),
    }
}

pub(super) fn refresh_token_missing(scene: &Scene) -> Words {
    let Scene { username, entra, .. } = scene;
    match scene.provider {
        Provider::Google => words!(
            "Postroom was not allowed to stay signed in";
            "Without that the mailbox would stop within an hour. Google allows it only when somebody agrees anew, and this account had agreed before.";
            "Open myaccount.google.com/connections, signed in as {username}, choose Postroom's application and remove its access.",
            "Sign in again in Postroom and press Continue on Google's page.",
        ),
        Provider::Microsoft => words!(
            "Postroom was not allowed to stay signed in";
            "Without that the mailbox would stop within an hour.";
            "Sign in again, choose {username} and press Accept on Microsoft's page.",
            "If it stays so, whoever looks after the application opens {entra} → App registrations → Postroom's application → API permissions and adds offline_access (Microsoft Graph → Delegated permissions).",
        ),
        _ => words!(
            "Postroom was not allowed to stay signed in";
            "Without that the mailbox would stop within an hour.";
            "Sign in again, choose {username} and allow everything the page asks for.",
        ),
    }
}

pub(super) fn wrong_account(scene: &Scene, expected: &str, got: &str) -> Words {
    let (title_expected, title_got) = (title_name(expected), title_name(got));
    let (expected, got) = (step_name(expected), step_name(got));
    let by = provider::sign_in_page(scene);
    // Somebody has signed in for this mailbox before, and it stays theirs.
    let tied = scene.person.as_ref() == Some(&expected);
    let why = if tied {
        format!(
            "This mailbox was connected by {expected}. It goes on with the same account, so that nobody else's mail is read by mistake; nothing was changed."
        )
    } else {
        format!(
            "The sign-in itself went well, but with {got}. Nothing was connected, so that nobody else's mail is read by mistake."
        )
    };
    words!("Expected {title_expected}, but got {title_got}"; "{why}";)
        .then(steps![
            "Sign in again and choose {expected} on {by}. If it is not listed, choose “Use another account”.",
        ])
        .then(if scene.provider == Provider::Microsoft && !scene.personal && !tied {
            steps![
                "If {expected} is a shared mailbox, or another address of {got}, say in Postroom that you sign in with another account. Then {got} is right.",
            ]
        } else {
            Vec::new()
        })
        .then(steps![
            "If the browser signs in as {got} without asking, open Postroom, or the link that was sent to you, in a private window and sign in there.",
        ])
        .then(owners_link_where_connected(scene))
}

pub(super) fn account_not_in_tenant(scene: &Scene) -> Words {
    let Scene { address, entra, .. } = scene;
    match scene.provider {
        Provider::Google => words!(
            "This account does not belong to the organisation";
            "Postroom's application at Google is Internal: only accounts of the organisation it was made in may use it, and the chosen account is none of them.";
            "Sign in again and choose an account of that organisation.",
            "If the mailbox really is elsewhere, whoever looks after the application opens console.cloud.google.com → Google Auth Platform → Audience and changes the user type to External.",
            "While an External application is being tested, add the account to its test users there, and press Publish app before long: in testing every sign-in ends after 7 days.",
        ),
        _ => {
            let organisation = match &scene.tenant {
                Some(tenant) => format!("the organisation {tenant}"),
                None => "certain organisations".to_owned(),
            };
            words!(
                "This account does not belong to the organisation";
                "Postroom's application is set up for accounts of {organisation}. The chosen account is of another one, or a private one.";
                "Sign in again and choose the organisation's account for {address}.",
                "If the mailbox really is elsewhere, open Account → Sign-in with Microsoft in Postroom and enter “common” as the tenant: that takes every account.",
                "Whoever looks after the application then opens {entra} → App registrations → Postroom's application → Authentication → Supported account types and chooses accounts of any organisation, with personal Microsoft accounts if Outlook.com mailboxes are to be connected.",
            )
        }
    }
}

pub(super) fn app_not_assigned(scene: &Scene) -> Words {
    let Scene { entra, .. } = scene;
    let person = match &scene.person {
        Some(person) => person.clone(),
        None => "the account that was chosen".to_owned(),
    };
    let words = words!(
        "This account may not use the application yet";
        "Only certain accounts may sign in to Postroom's application, and this one is not among them.";
    );
    match scene.provider {
        Provider::Google => words.then(steps![
            "Whoever looks after the application opens console.cloud.google.com → Google Auth Platform → Audience and adds {person} to the test users.",
            "If everybody in the organisation is to use it, they make it Internal there instead. Internal applications need no test users, and their sign-ins do not end after 7 days.",
            "Sign in again.",
        ]),
        Provider::Microsoft => {
            let application = application(scene);
            words.then(steps![
                "An administrator opens {entra} → Enterprise apps, chooses {application} and adds {person} under Users and groups.",
                "Or they set “Assignment required?” to No under Properties. Then everybody in the organisation may use it.",
                "Sign in again after a few minutes.",
            ])
        }
        _ => words.then(steps![
            "Ask an administrator of the mail service to let {person} use Postroom's application.",
            "Sign in again.",
        ]),
    }
}

pub(super) fn app_blocked(scene: &Scene) -> Words {
    let Scene { entra, .. } = scene;
    match scene.provider {
        Provider::Google if scene.personal => words!(
            "Google does not let Postroom's application in";
            "The application is still being tested and does not know this account, or the account is under Advanced Protection, which keeps such apps out.";
            "Whoever looks after the application opens console.cloud.google.com → Google Auth Platform → Audience and adds the account to the test users, or publishes the application.",
            "If Advanced Protection is on (myaccount.google.com → Security), use another mailbox for this desk, or end the protection for this account.",
            "Sign in again.",
        ),
        Provider::Google => words!(
            "The organisation does not let Postroom in";
            "Google Workspace administrators decide which apps may use Gmail, and Postroom's application is not on their list yet.";
        )
        .then(trust_at_google(scene)),
        Provider::Microsoft => {
            let application = application(scene);
            words!(
                "The organisation does not let Postroom in";
                "An administrator has switched Postroom's application off, or a policy keeps apps like it out.";
                "An administrator opens {entra} → Enterprise apps, chooses {application} and sets “Enabled for users to sign in?” to Yes under Properties.",
                "If it is on already, the refused sign-in under Monitoring & health → Sign-in logs names the policy.",
                "Sign in again after a few minutes.",
            )
        }
        _ => words!(
            "The organisation does not let Postroom in";
            "An administrator of the mail service decides which apps may use mail, and Postroom's is not among them.";
            "Ask an administrator of the mail service to allow Postroom's application.",
            "Sign in again.",
        ),
    }
}

pub(super) fn no_mail_licence(scene: &Scene) -> Words {
    let Scene { username, .. } = scene;
    if scene.personal {
        return words!(
            "There is no mailbox behind this account";
            "The account {username} exists, but no mail service belongs to it.";
            "Open the webmail in a browser, signed in as {username}, and set up the mailbox if that is offered.",
            "Or sign in again and choose the account that the mailbox belongs to.",
        );
    }
    match scene.provider {
        Provider::Google => words!(
            "There is no Gmail behind this account";
            "The account exists, but Gmail is not switched on for it, or its licence has none.";
            "An administrator opens admin.google.com → Apps → Google Workspace → Gmail → Service status and switches Gmail on for {username}.",
            "They make sure under Directory → Users → {username} → Licenses that the account has a licence with Gmail.",
            "Sign in again after some minutes.",
        ),
        _ => words!(
            "There is no mailbox behind this account";
            "The organisation has no Exchange Online, or the account that signs in has no licence for it.";
            "An administrator opens admin.microsoft.com → Users → Active users → {username} → Licenses and apps and assigns a licence with Exchange Online. A shared mailbox needs none of its own, but whoever signs in for it does.",
            "Wait until the mailbox is there; that can take some minutes. Then sign in again.",
            "If the organisation's mail is not at Microsoft, choose your own mail server with IMAP and SMTP instead.",
        ),
    }
}

pub(super) fn interaction_needed(scene: &Scene) -> Words {
    let by = provider::by(scene);
    words!(
        "Somebody has to sign in again";
        "Only a person in a browser can give what {by} now asks for: a second factor, new terms, or simply a fresh sign-in. Mail that arrives meanwhile stays in the mailbox.";
    )
    .then(again(scene))
    .then(longer_sessions(scene))
}

pub(super) fn grant_revoked(scene: &Scene) -> Words {
    let why = match scene.provider {
        Provider::Microsoft => {
            "Microsoft ends it when the password is changed, when an administrator withdraws it, when a rule asks for a fresh sign-in, or after 90 days without use."
        }
        Provider::Google => {
            "Google ends it when the password is changed, when the app's access is removed, after 6 months without use, after 7 days while the application is being tested, or when the account has signed in to it more than 100 times."
        }
        _ => "The provider ends it when the password is changed, when it is withdrawn, or after long disuse.",
    };
    words!(
        "The permission to use this mailbox has ended";
        "{why} Mail that arrives meanwhile stays in the mailbox.";
    )
    .then(again(scene))
    .then(if scene.provider == Provider::Google {
        steps![
            "If it ends every seven days, the application is still being tested. Whoever looks after it opens console.cloud.google.com → Google Auth Platform → Audience and makes it Internal, or presses Publish app.",
        ]
    } else {
        longer_sessions(scene)
    })
}

pub(super) fn not_signed_in(scene: &Scene) -> Words {
    let Scene { address, .. } = scene;
    let words = words!("Nobody has signed in yet"; "This mailbox works without a password, and somebody has to allow that once at its provider.";);
    words.then(match scene.provider {
        Provider::Microsoft if scene.personal => {
            steps!["Press “Sign in with Microsoft” at this mailbox, choose {address} and press Accept."]
        }
        Provider::Microsoft => steps![
            "Press “Sign in with Microsoft” at this mailbox, choose {address} and press Accept.",
            "If {address} is a shared mailbox, say that you sign in with another account, and choose your own.",
        ],
        Provider::Google => {
            steps!["Press “Sign in with Google” at this mailbox, choose {address}, tick every box and press Continue."]
        }
        _ => steps!["Sign in for this mailbox in Postroom and choose {address}."],
    })
}

pub(super) fn sign_in_expired() -> Words {
    words!(
        "This sign-in is no longer open";
        "A sign-in has to be finished within ten minutes, in the browser it was begun in. This one is older, comes from another browser, or a newer one took its place. Nothing was changed.";
        "Go back to Postroom and start the sign-in again.",
        "Stay in one tab until it is done.",
        "If it happens again, let the browser keep Postroom's cookies, and open Postroom under its usual address.",
    )
}

pub(super) fn sign_in_repeated() -> Words {
    words!(
        "This sign-in was used already";
        "The last page was loaded a second time, perhaps with Reload or Back. A sign-in counts once, and the first time may well have worked.";
        "Go back to the mailbox in Postroom. If it shows who is signed in, all is well.",
        "Otherwise start the sign-in again, without reloading a page on the way.",
    )
}

/// The link is for a mailbox that somebody connected before: it takes the same account and no other.
fn owners_link_where_connected(scene: &Scene) -> Vec<String> {
    if scene.person.is_some() && !scene.by_link { owners_link() } else { Vec::new() }
}

/// How somebody signs in again, and how to let somebody else do it.
fn again(scene: &Scene) -> Vec<String> {
    let Scene { username, .. } = scene;
    if scene.by_link {
        return steps!["Press the button on this page and choose {username}."];
    }
    let mut steps = if scene.person.is_some() {
        steps!["Open the mailbox in Postroom, press “Sign in again” and choose {username}."]
    } else {
        steps!["Sign in again in Postroom and choose {username}."]
    };
    steps.extend(owners_link());
    steps
}

/// Only the owner may have the password: they need no account in Postroom.
fn owners_link() -> Vec<String> {
    steps![
        "If the account is somebody else's, press “Send the owner a link” in Postroom. They can sign in with it and need no account there."
    ]
}

/// Postroom's application among others, by the name that no other has.
pub(super) fn application(scene: &Scene) -> String {
    match &scene.client_id {
        Some(id) => format!("the application with the ID {id}"),
        None => "Postroom's application".to_owned(),
    }
}

/// Google Workspace knows apps by their client IDs and trusts those its administrators name.
pub(super) fn trust_at_google(scene: &Scene) -> Vec<String> {
    let client = match &scene.client_id {
        Some(id) => format!("the client ID {id}"),
        None => "the client ID of Postroom's application".to_owned(),
    };
    steps![
        "A Google Workspace administrator opens admin.google.com → Security → Access and data control → API controls → Manage app access.",
        "They choose Configure new app, search for {client}, and mark it as Trusted.",
        "Under Apps → Google Workspace → Gmail → End User Access → POP and IMAP access they make sure that IMAP is on, for any mail client or for this client ID.",
        "It can take up to 24 hours to reach everybody. Then sign in again.",
    ]
}

/// What to change where a rule ends sign-ins again and again.
fn longer_sessions(scene: &Scene) -> Vec<String> {
    let Scene { entra, .. } = scene;
    match scene.provider {
        Provider::Microsoft if !scene.personal => steps![
            "If it comes back every few days, an administrator exempts this account from “Sign-in frequency”: {entra} → Conditional Access → Policies → the policy → Session.",
        ],
        Provider::Google if !scene.personal => steps![
            "If it comes back every few days, an administrator exempts trusted apps under admin.google.com → Security → Access and data control → Google Cloud session control.",
        ],
        _ => Vec::new(),
    }
}
