//! After the provider's consent: a mail server that still says no, and rights to mailboxes.

use super::{oauth, provider};
use crate::{
    model::{Protocol, Provider},
    remedy::{
        scene::Scene,
        words::{Words, steps, words},
    },
};

pub(super) fn token_rejected(scene: &Scene) -> Words {
    let Scene { address, username, title_username, protocol_name, .. } = scene;
    if scene.oauth.is_none() {
        return token_from_elsewhere(scene);
    }
    let by = provider::by(scene);
    let words = words!(
        "The mail server refused {title_username}";
        "{username} is signed in at {by}, and a fresh permission was tried as well: it is the mail server that says no, without saying why. These are the usual reasons, the most frequent first.";
    );
    match scene.provider {
        Provider::Microsoft if scene.personal => words.then(provider::switch_on(scene)),
        Provider::Microsoft => words
            .then(if scene.shared {
                full_access(scene)
            } else {
                Vec::new()
            })
            .then(if scene.shared {
                steps![
                    "They also make sure that IMAP and Authenticated SMTP are ticked for {address}: admin.microsoft.com → Users → Active users → {address} → Mail → Manage email apps.",
                ]
            } else {
                steps![
                    "{protocol_name} may be switched off: an administrator opens admin.microsoft.com → Users → Active users → {address} → Mail → Manage email apps, ticks IMAP and Authenticated SMTP and saves; or runs the command shown here in Exchange Online PowerShell.",
                ]
            })
            .then(steps![
                "Make sure that {username} has a licence with Exchange Online.",
                "It can take up to an hour to take effect. Then check again.",
                "If it stays so, sign in again in Postroom and look closely at which account is chosen.",
            ]),
        Provider::Google if scene.personal => words.then(provider::switch_on(scene)).then(steps![
            "If it stays so, sign in again in Postroom and tick every box on Google's page."
        ]),
        _ => words.then(oauth::trust_at_google(scene)).then(steps!["Tick every box on Google's page then."]),
    }
}

/// A token that was made outside Postroom and handed to its command line.
fn token_from_elsewhere(scene: &Scene) -> Words {
    let Scene { address, .. } = scene;
    let words = words!(
        "The permission to use this mailbox is no longer valid";
        "The access that was granted by browser sign-in has run out, was withdrawn, or belongs to another account. A changed password also ends it.";
    );
    let words = match scene.provider {
        Provider::Microsoft => words.then(steps![
            "Edit the mailbox in Postroom, open the step Mail server and choose “Sign in with Microsoft”. Postroom then renews the permission by itself.",
        ]),
        Provider::Google => words.then(steps![
            "Edit the mailbox in Postroom, open the step Mail server and choose “Sign in with Google”. Postroom then renews the permission by itself.",
        ]),
        _ => words.then(steps![
            "Use a password: most providers that refuse the normal one take an app password. Postroom knows the browser sign-in of Microsoft and Google only.",
        ]),
    };
    words
        .then(steps![
            "A token for the command line (postroom check --auth xoauth2) lasts about an hour. Get a new one for the account of {address}, with the permission for mail, and check with it again.",
        ])
        .then(match scene.provider {
            Provider::Microsoft if !scene.personal => steps![
                "If that is refused too, an administrator makes sure that IMAP and Authenticated SMTP are ticked: admin.microsoft.com → Users → Active users → {address} → Mail → Manage email apps.",
            ],
            Provider::Google if !scene.personal => steps![
                "If that is refused too, an administrator marks the app that the token was made for as trusted: admin.google.com → Security → Access and data control → API controls.",
            ],
            _ => Vec::new(),
        })
}

/// How an administrator lets one account open another's mailbox at Exchange.
fn full_access(scene: &Scene) -> Vec<String> {
    let Scene { address, username, .. } = scene;
    steps![
        "{username} needs full access to {address}: an administrator opens the Exchange admin center (admin.exchange.microsoft.com) → Recipients → Mailboxes → {address} → Delegation and adds {username} under Read and manage (Full Access); or runs the command shown here in Exchange Online PowerShell.",
        "There they add {username} under Send as, too, or the mailbox will read and not send.",
    ]
}

pub(super) fn authenticated_but_not_connected(scene: &Scene) -> Words {
    let Scene { address, protocol_name, .. } = scene;
    let tick = match scene.protocol {
        Protocol::Imap => "IMAP",
        Protocol::Smtp => "Authenticated SMTP",
    };
    let words = words!(
        "Signed in, but the mailbox cannot be opened";
        "The Exchange server accepted the account and then found no mailbox it may open with {protocol_name}. Usually {protocol_name} is switched off for the mailbox, or it belongs to somebody else.";
    );
    if scene.provider == Provider::Microsoft && scene.personal {
        return words.then(provider::switch_on(scene)).then(steps![
            "If it is on already, check again later: Outlook.com says this while something is out of order there, too.",
        ]);
    }
    if scene.provider != Provider::Microsoft {
        return words.then(at_an_exchange_server(scene, tick));
    }
    let words = if scene.own {
        words.then(steps![
            "An administrator opens admin.microsoft.com → Users → Active users → {address} → Mail → Manage email apps, ticks {tick} and saves; or runs the command shown here in Exchange PowerShell.",
            "If {address} is a shared mailbox, sign in as a user who has full access to it instead, and say in Postroom that you sign in with another account.",
        ])
    } else {
        words.then(full_access(scene)).then(steps![
            "They also make sure that {tick} is ticked for the mailbox: admin.microsoft.com → Users → Active users → {address} → Mail → Manage email apps.",
        ])
    };
    words.then(steps![
        "Make sure the account that signs in has a licence with Exchange Online.",
        "It can take up to an hour to take effect. Then check again.",
    ])
}

/// Where the server's name does not say whether it is Microsoft 365 or an Exchange server of one's own.
fn at_an_exchange_server(scene: &Scene, tick: &str) -> Vec<String> {
    let Scene { host, address, username, .. } = scene;
    let mut steps = steps![
        "If {host} is an Exchange server of your own: its administrator starts the services Microsoft Exchange IMAP4 and Microsoft Exchange IMAP4 Backend and lets them start by themselves. They are stopped after the installation.",
        "There they also make sure, in the Exchange Management Shell, that IMAP is on for the mailbox: Set-CASMailbox with -ImapEnabled $true.",
        "If the mailbox is at Microsoft 365: an administrator opens admin.microsoft.com → Users → Active users → {address} → Mail → Manage email apps, ticks {tick} and saves. The account that signs in needs a licence with Exchange Online.",
    ];
    steps.extend(if scene.own {
        steps!["The command shown here does it at both. It can take up to an hour to take effect. Then check again."]
    } else {
        steps![
            "{username} needs full access to {address}, at both. The command shown here gives it. It can take up to an hour to take effect. Then check again.",
        ]
    });
    steps
}

pub(super) fn not_authorized(scene: &Scene) -> Words {
    let Scene { address, username, .. } = scene;
    let words = words!(
        "Signed in, but without the right to this mailbox";
        "The server accepted {username} but does not let this account open the mailbox {address}.";
    );
    if scene.provider == Provider::Microsoft && !scene.personal {
        let words = if scene.own {
            words.then(steps![
                "If {address} is a shared mailbox, sign in as a user who has full access to it, and say in Postroom that you sign in with another account.",
                "Otherwise an administrator makes sure that IMAP and Authenticated SMTP are ticked: admin.microsoft.com → Users → Active users → {address} → Mail → Manage email apps.",
            ])
        } else {
            words.then(full_access(scene))
        };
        return words.then(steps!["It can take up to an hour to take effect. Then check again."]);
    }
    if scene.oauth.is_some() {
        return words.then(steps![
            "Sign in again in Postroom and choose the account that the mailbox {address} belongs to.",
            "Check again."
        ]);
    }
    words.then(steps![
        "Check that the user name belongs to the mailbox.",
        "If it is a shared mailbox, ask the mail administrator to give {username} full access to {address}.",
        "Check again.",
    ])
}
