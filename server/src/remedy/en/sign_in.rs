//! Signing in: passwords, methods, switches, rules.

use super::{
    oauth,
    provider::{self, AS_THE_PORT_SUGGESTS},
};
use crate::{
    model::{AuthMethod, Protocol, Provider},
    remedy::{
        reply,
        scene::{Scene, list},
        words::{Words, steps, words},
    },
};

pub(super) fn bad_credentials(scene: &Scene) -> Words {
    let Scene { username, title_username, protocol_name, .. } = scene;
    let service = provider::name(scene);
    match scene.provider {
        Provider::Microsoft => words!(
            "{service} refused the sign-in as {title_username}";
            "{service} is giving up passwords for mail programs, so even the right one can be refused. The refusal looks the same when the user name or the mailbox's settings are wrong.";
        )
        .then(if scene.protocol == Protocol::Smtp && !scene.personal {
            steps!["Check the user name, {username}, and type the password again by hand."]
        } else {
            Vec::new()
        })
        .then(provider::with_microsoft(scene)),
        Provider::Google => words!(
            "Google refused the user name or password for {title_username}";
            "Google does not take the normal account password here. It wants a sign-in on its own page, or an app password.";
        )
        .then(provider::with_google(scene))
        .then(provider::app_password(scene)),
        Provider::Other => words!(
            "The server refused the user name or password";
            "The server does not say which of the two is wrong. Some providers also refuse the normal password for mail programs and want an app password.";
            "Type the password again by hand. Mind capital letters, and blanks that were copied along.",
            "Sign in to the provider's webmail with the same user name and password. If that fails, the password is wrong.",
            "Check the user name, {username}. Most servers want the full e-mail address, some only what stands before the “@”, Exchange servers sometimes DOMAIN\\name.",
            "If the account uses two-step verification, create an app password in its security settings and enter that.",
            "Make sure {protocol_name} is switched on for this mailbox.",
        ),
        Provider::YahooJapan => words!(
            "{service} refused the user name or password";
            "Mail programs use the password of the Yahoo! JAPAN ID, once access from outside is allowed for the mailbox. The refusal looks the same as long as it is not.";
        )
        .then(provider::username_form(scene))
        .then(provider::app_password(scene))
        .then(provider::switch_on(scene)),
        Provider::Naver
        | Provider::NaverWorks
        | Provider::Kakao
        | Provider::Yahoo
        | Provider::ICloud
        | Provider::Zoho
        | Provider::Fastmail
        | Provider::Yandex
        | Provider::Tencent
        | Provider::NetEase
        | Provider::Gmx
        | Provider::WebDe
        | Provider::MailRu
        | Provider::TOnline
        | Provider::Dooray
        | Provider::Hiworks
        | Provider::Nate => if scene.takes_normal_password() {
            words!(
                "{service} refused the user name or password";
                "With two-step verification {service} takes only a password made for mail programs; without it, the normal one. The refusal looks the same when {protocol_name} is switched off.";
            )
        } else {
            words!(
                "{service} refused the user name or password";
                "{service} usually wants a separate password for mail programs, not the one you sign in with on the web. The refusal looks the same when {protocol_name} is switched off.";
            )
        }
        .then(provider::username_form(scene))
        .then(provider::app_password(scene))
        .then(if scene.needs_switch() {
            steps!["Make sure {protocol_name} is switched on in the settings of the webmail. Then check again."]
        } else {
            steps!["Check again."]
        }),
    }
}

pub(super) fn app_password_needed(scene: &Scene, reply: &str) -> Words {
    let Scene { protocol_name, .. } = scene;
    let service = provider::name(scene);
    if scene.provider == Provider::Microsoft {
        return words!(
            "This account cannot be used with its normal password";
            "The account is protected by two-step verification, and {service} takes no app passwords for mail any more.";
        )
        .then(provider::with_microsoft(scene));
    }
    let words = if reply::asks_for_app_password(reply) {
        words!(
            "This account needs an app password";
            "{service} does not take the normal password from mail programs. An app password is made for one program alone and can be withdrawn at any time.";
        )
    } else {
        words!(
            "This account probably needs an app password";
            "{service} refused the sign-in without saying why. Most often the normal password was entered, and mail programs need one that is made for them alone. It looks the same when the user name is wrong or {protocol_name} is not open to this mailbox.";
        )
    };
    let words = if scene.provider == Provider::Google { words.then(provider::with_google(scene)) } else { words };
    words
        .then(provider::username_form(scene))
        .then(provider::app_password(scene))
        .then(provider::beyond_the_app_password(scene))
}

pub(super) fn method_not_offered(scene: &Scene, wanted: AuthMethod, offered: &[String]) -> Words {
    let Scene { host, .. } = scene;
    let wanted_name = wanted.mechanism();
    let has = |method: AuthMethod| offered.iter().any(|offer| offer.eq_ignore_ascii_case(method.mechanism()));
    let listed = list(offered, 8);
    let offers = if offered.is_empty() {
        "This one names no way at all.".to_owned()
    } else {
        format!("This one offers: {listed}.")
    };
    let (other, other_label) = match wanted {
        AuthMethod::Plain => (AuthMethod::Login, "Login"),
        AuthMethod::Login | AuthMethod::XOAuth2 | AuthMethod::OAuthBearer | AuthMethod::None => {
            (AuthMethod::Plain, "Plain")
        }
    };
    let words = words!(
        "The server does not offer the sign-in method {wanted_name}";
        "Servers decide how one may sign in. {offers}";
    );
    if has(other) && !wanted.uses_token() {
        return words.then(steps!["Under Authentication choose {other_label} and check again."]);
    }
    if wanted.uses_token() {
        return words.then(steps![
            "This server takes no browser sign-in. Set the mailbox up with server name, user name and password instead.",
            "If it is a Microsoft or Google mailbox, check the server name: only their own servers offer this method.",
        ]);
    }
    let words = if has(AuthMethod::XOAuth2) || has(AuthMethod::OAuthBearer) {
        words.then(match scene.provider {
            Provider::Microsoft => provider::with_microsoft(scene),
            Provider::Google => steps![
                "Edit the mailbox in Postroom, open the step Mail server, choose “Sign in with Google” and sign in. No password is needed then.",
            ],
            _ => steps!["This server wants a sign-in in the browser (OAuth) instead of a password. Ask its administrator for a password sign-in."],
        })
    } else {
        words
    };
    words.then(steps![
        "Make sure “Use SSL/TLS” is ticked: many servers offer passwords only once the connection is encrypted.",
        "Otherwise ask the administrator of {host} to allow PLAIN over TLS.",
    ])
}

pub(super) fn sign_in_not_offered(scene: &Scene) -> Words {
    let Scene { host, port, .. } = scene;
    words!("The server offers no way to sign in on port {port}"; "Mail is sent through a port for submission, where one signs in. This port is for mail between servers, or sign-in is offered only after encryption."; "If the server still offers no sign-in, ask the administrator of {host} to switch on authentication (SMTP AUTH) there.")
        .first(provider::right_server_or(scene, steps!["Set the port to 465 or 587, {AS_THE_PORT_SUGGESTS}."]))
}

pub(super) fn sign_in_required(scene: &Scene) -> Words {
    let Scene { host, address, .. } = scene;
    let words = words!(
        "The server takes mail only from those who signed in";
        "A server for sending wants to know who sends, so that nobody writes in another's name. Postroom was not signed in when it offered the sender, or the server has forgotten it.";
    )
    .then(if scene.oauth.is_some() {
        Vec::new()
    } else {
        steps!["Under Authentication choose Plain, and enter user name and password."]
    })
    .then(provider::right_server_or(scene, Vec::new()));
    let words = match scene.provider {
        Provider::Microsoft if !scene.personal => words.then(steps![
            "An administrator makes sure that Authenticated SMTP is ticked: admin.microsoft.com → Users → Active users → {address} → Mail → Manage email apps; or runs the command shown here in Exchange Online PowerShell.",
        ]),
        _ => words.then(steps![
            "If a sign-in is set already, ask the administrator of {host} whether this account may send (SMTP AUTH).",
        ]),
    };
    words.then(steps!["Check again."])
}

pub(super) fn sign_in_needs_tls(scene: &Scene) -> Words {
    let Scene { tls_port, start_tls_port, .. } = scene;
    let general = steps![
        "Set the port to {tls_port}, {AS_THE_PORT_SUGGESTS}.",
        "If the server has no such port, set it to {start_tls_port}. There encryption begins with STARTTLS."
    ];
    words!("The server lets nobody sign in without encryption"; "That is good: without it anybody on the way could read the password.";).then(provider::right_server_or(scene, general))
}

pub(super) fn imap_disabled(scene: &Scene) -> Words {
    let Scene { title_address, .. } = scene;
    let why = match (scene.provider, scene.personal) {
        (Provider::Google, false) => {
            "A Google Workspace administrator has closed IMAP for this account or the whole organisation."
        }
        (Provider::Microsoft, false) => "An administrator has closed IMAP for this mailbox, or it was never opened.",
        (Provider::Yahoo | Provider::ICloud | Provider::Fastmail, _) => {
            "The service does not let mail programs read this mailbox at the moment."
        }
        _ => "The mailbox is there, but mail programs may not read it until IMAP is switched on.",
    };
    words!("IMAP is switched off for {title_address}"; "{why}";).then(provider::switch_on(scene))
}

pub(super) fn smtp_auth_disabled(scene: &Scene) -> Words {
    let Scene { username, title_address, .. } = scene;
    if scene.provider == Provider::Microsoft && !scene.personal {
        return words!(
            "Sending is switched off for {title_address}";
            "Microsoft 365 keeps “Authenticated SMTP” off unless somebody switches it on, and needs it for every way of signing in. The setting of the mailbox counts more than the one of the whole organisation, so it is enough to switch it on here.";
        )
        .then(provider::switch_on(scene))
        .then(if scene.shared {
            steps!["If it is refused afterwards, switch it on in the same way for {username}, who signs in for this mailbox."]
        } else if scene.oauth.is_some() {
            Vec::new()
        } else {
            steps![
                "If it is refused afterwards, security defaults or a Conditional Access rule blocks passwords. Edit the mailbox in Postroom, open the step Mail server and choose “Sign in with Microsoft”.",
            ]
        });
    }
    words!(
        "Sending over SMTP is switched off for {title_address}";
        "The account is there, but mail programs may not send with it until SMTP is switched on.";
    )
    .then(provider::switch_on(scene))
}

pub(super) fn passwords_retired(scene: &Scene) -> Words {
    let service = provider::name(scene);
    let why = match (scene.provider, scene.protocol) {
        (Provider::Microsoft, Protocol::Smtp) if !scene.personal => {
            "The password may be right, but Microsoft is retiring this way of signing in, and it is off here."
        }
        (Provider::Google, _) => {
            "The password may be right, but mail programs can sign in with the normal one no longer. Google's own sign-in page and app passwords still work."
        }
        _ => {
            "The password may be right, but this way of signing in has been switched off for good in favour of a sign-in in the browser."
        }
    };
    let words = words!("{service} no longer takes passwords from mail programs"; "{why}";);
    match scene.provider {
        Provider::Microsoft => words.then(provider::with_microsoft(scene)),
        Provider::Google => words.then(provider::with_google(scene)).then(provider::app_password(scene)),
        _ => words.then(steps![
            "Ask the provider which sign-in it takes from mail programs now: an app password often still works.",
            "Postroom knows the browser sign-in of Microsoft and Google. If another provider takes nothing else, let the mailbox forward its mail to a mailbox elsewhere that takes passwords, and connect that one here instead.",
        ]),
    }
}

pub(super) fn blocked_by_policy(scene: &Scene) -> Words {
    let Scene { address, username, entra, .. } = scene;
    let right = if scene.oauth.is_some() {
        "Nothing is wrong with the sign-in itself."
    } else {
        "User name and password may be right."
    };
    let words = if scene.personal {
        words!(
            "The account's security settings stopped the sign-in";
            "{right} The account allows sign-ins only under certain conditions, and this one did not meet them.";
        )
    } else {
        words!(
            "A rule of the organisation stopped the sign-in";
            "{right} The organisation allows sign-ins only under certain conditions, such as a second factor, a known device or a known network, and this one did not meet them.";
        )
    };
    match scene.provider {
        Provider::Microsoft if scene.personal => {
            if scene.oauth.is_some() {
                words.then(steps![
                    "Open account.microsoft.com → Security as {username}, look at the sign-in activity and confirm that it was you.",
                    "Sign in again in Postroom.",
                ])
            } else {
                words.then(provider::with_microsoft(scene))
            }
        }
        Provider::Microsoft if scene.oauth.is_none() && scene.protocol == Protocol::Imap => {
            words.then(provider::with_microsoft(scene))
        }
        Provider::Microsoft => words
            .then(if scene.oauth.is_some() {
                Vec::new()
            } else {
                steps![
                    "Edit the mailbox in Postroom, open the step Mail server and choose “Sign in with Microsoft”: there a person meets such conditions. If that is blocked too, go on here.",
                ]
            })
            .then(steps![
                "An administrator opens {entra} → Monitoring & health → Sign-in logs, chooses the failed sign-in of {username} and reads the rule's name under Conditional Access.",
                "In Conditional Access → Policies they exclude this account from the rule, or add the IP address of Postroom's machine to a trusted named location. Security defaults know no exceptions.",
            ])
            .then(if scene.oauth.is_some() {
                steps!["After a few minutes sign in again in Postroom."]
            } else {
                steps!["Check again after a few minutes."]
            }),
        Provider::Google if scene.oauth.is_some() && scene.personal => words.then(steps![
            "Open myaccount.google.com/security as {username} and confirm under recent security activity that it was you.",
            "Sign in again in Postroom.",
        ]),
        Provider::Google if scene.oauth.is_some() => words.then(oauth::trust_at_google(scene)),
        Provider::Google if scene.personal => {
            words.then(provider::with_google(scene)).then(provider::app_password(scene))
        }
        Provider::Google => words.then(steps![
            "Edit the mailbox in Postroom, open the step Mail server, choose “Sign in with Google” and sign in as {address}.",
            "To stay with IMAP and SMTP, use an app password: open myaccount.google.com/apppasswords, signed in as {username}, create one and paste it here.",
            "If it is blocked too, an administrator opens admin.google.com → Apps → Google Workspace → Gmail → End User Access → POP and IMAP access and allows any mail client for {username}. Then check again.",
        ]),
        Provider::NaverWorks => words.then(steps![
            "A NAVER WORKS administrator opens admin.worksmobile.com → Security and looks for restrictions of networks or of external mail programs.",
            "Allow Postroom's IP address, or external mail programs for {username}.",
            "Check again.",
        ]),
        _ if scene.personal => words.then(steps![
            "Sign in as {username} in a browser and open the security settings.",
            "Look for a block on sign-ins from abroad, from other regions or by external apps, and let Postroom in.",
            "Check again.",
        ]),
        _ => words.then(steps![
            "Ask the mail administrator which rule applies to {username}, and show them the server's words.",
            "Have the account or Postroom's IP address exempted, or mail programs allowed.",
            "Check again.",
        ]),
    }
}

pub(super) fn browser_sign_in_needed(scene: &Scene) -> Words {
    let Scene { username, .. } = scene;
    let service = provider::name(scene);
    let words = words!(
        "The provider wants to see a person first";
        "{service} did not recognise this sign-in and wants somebody to confirm it in a browser.";
        "Open the webmail in a browser and sign in as {username}. Confirm whatever is asked: that it was you, a code, new terms.",
        "Check again within ten minutes.",
    );
    if scene.oauth.is_some() {
        return words.then(steps!["If it happens again, sign in again in Postroom and choose {username}."]);
    }
    match scene.provider {
        Provider::Google => words.then(steps![
            "If it happens again, edit the mailbox in Postroom and choose “Sign in with Google” in the step Mail server, or create an app password (myaccount.google.com/apppasswords) and enter it here.",
        ]),
        Provider::Microsoft => words.then(steps![
            "If it happens again, edit the mailbox in Postroom and choose “Sign in with Microsoft” in the step Mail server."
        ]),
        Provider::NetEase => words.then(steps![
            "Make sure that the password here is an authorization code (授权码) from 设置 (Settings) → POP3/SMTP/IMAP, not the one of the account.",
            "If it goes on saying “Unsafe Login”, write to the address that the server names and have the mailbox opened for mail programs.",
        ]),
        _ => words.then(steps![
            "If it happens again, create an app password in the account's security settings and enter it here."
        ]),
    }
}

pub(super) fn account_disabled(scene: &Scene, reply: &str) -> Words {
    let Scene { username, title_username, .. } = scene;
    if reply::is_lockout(reply) && !scene.personal {
        return locked_out(scene);
    }
    let words = words!(
        "The account {title_username} is locked or switched off";
        "Nobody can sign in with this account at the moment: it was switched off, locked after too many failed attempts, or suspended.";
    );
    match scene.provider {
        Provider::Microsoft if !scene.personal => words
            .then(if scene.shared {
                Vec::new()
            } else {
                steps![
                    "If it is a shared mailbox, this is normal: its own account never signs in. Choose “Sign in with Microsoft” as the mail server in Postroom, say that you sign in with another account, and choose one that has full access to the shared mailbox.",
                ]
            })
            .then(steps![
                "An administrator opens admin.microsoft.com → Users → Active users → {username} and presses Unblock sign-in. The account also needs a licence with Exchange Online.",
                "Check again after a few minutes.",
            ]),
        Provider::Google if !scene.personal => words.then(steps![
            "An administrator opens admin.google.com → Directory → Users → {username} and chooses Reactivate.",
            "If the account is not suspended, sign in to it once in a browser and follow what is asked there.",
            "Check again.",
        ]),
        _ => words.then(steps![
            "Sign in to the webmail as {username} and follow what is asked there.",
            "If that fails, ask the mail administrator or the provider to unlock the account.",
            "Check again only then: more failed attempts can prolong the lock.",
        ]),
    }
}

/// Nobody switched the account off: Microsoft keeps sign-ins away for a while.
fn locked_out(scene: &Scene) -> Words {
    let Scene { username, title_username, entra, .. } = scene;
    words!(
        "Microsoft does not let {title_username} sign in for now";
        "There were too many sign-ins with a wrong password, or this one came from an IP address that Microsoft distrusts. The first such lock lasts a minute and each further one longer. It ends by itself.";
        "Wait some minutes, then sign in again in Postroom. If it is refused once more, wait longer and go on here: every attempt can prolong the lock.",
        "An administrator opens {entra} → Monitoring & health → Sign-in logs, chooses the failed sign-in of {username} and reads whether the account is locked or the IP address is blocked.",
        "If the account is locked, find the device or program that still tries an old password, such as a phone or a copier. Its IP address and application are in the sign-in logs. Correct the password there.",
        "If it is the IP address of Postroom's machine, the administrator adds it under Conditional Access → Named locations as a trusted location.",
    )
}

pub(super) fn password_expired(scene: &Scene) -> Words {
    let Scene { username, .. } = scene;
    let use_it = if scene.oauth.is_some() {
        "Sign in again in Postroom: a new password ends the old permission."
    } else {
        "Enter the new password here and check again."
    };
    words!(
        "The password has expired";
        "The mail service wants a new password from time to time, and this one is due.";
        "Sign in to the webmail or the organisation's sign-in page as {username} and set a new password.",
        "{use_it}",
        "Ask the mail administrator to exempt this account from expiry, or the mailbox will stop again.",
    )
}
