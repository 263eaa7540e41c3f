//! The organisation's application at Microsoft or Google, and the provider itself.
//!
//! What is wrong here is wrong for every mailbox that rests on the application, and is repaired once.

use super::{oauth, provider};
use crate::{
    model::Provider,
    remedy::{
        reply,
        scene::{Scene, step_name, title_name, uri},
        words::{Words, steps, words},
    },
};

pub(super) fn tenant_unknown(scene: &Scene) -> Words {
    let Scene { entra, .. } = scene;
    let tenant = match &scene.tenant {
        Some(tenant) => format!("tenant {tenant}"),
        None => "such tenant".to_owned(),
    };
    words!(
        "Microsoft does not know this organisation";
        "There is no {tenant} in this cloud. It was mistyped, or the organisation is in another cloud: worldwide, US government or China.";
        "Open {entra} → Overview and copy the Tenant ID.",
        "In Postroom open Account → Sign-in with Microsoft, paste it as the tenant and choose the organisation's cloud.",
        "Save and press Test.",
    )
}

pub(super) fn single_tenant_app(scene: &Scene, reply: &str) -> Words {
    let Scene { entra, .. } = scene;
    let application = oauth::application(scene);
    if reply::is_about_personal_accounts(reply) {
        return words!(
            "The application does not take personal Microsoft accounts";
            "A personal account was to sign in, such as one of Outlook.com, and the application was registered for accounts of organisations only. Microsoft says the same when the client ID is mistyped.";
            "If the mailbox belongs to an organisation, sign in again and choose its work account. Somebody may have a personal account of the same name.",
            "Otherwise open {entra} → App registrations, choose {application} and open Authentication → Supported account types. Choose accounts in any organizational directory and personal Microsoft accounts, and save. Where that is not offered, register a new application with this choice.",
            "In Postroom open Account → Sign-in with Microsoft, compare the client ID, enter “common” as the tenant, save and press Test.",
        );
    }
    words!(
        "The application is for one organisation only";
        "At Microsoft the application takes accounts of one organisation, but Postroom asks for accounts of all: no tenant is set.";
        "Open {entra} → App registrations, choose {application} and copy the Directory (tenant) ID from its Overview.",
        "In Postroom open Account → Sign-in with Microsoft, paste it as the tenant, save and press Test.",
        "If mailboxes of several organisations are to be connected, leave the tenant empty. In Entra choose accounts in any organizational directory under Authentication → Supported account types instead.",
    )
}

pub(super) fn client_unknown(scene: &Scene) -> Words {
    let Scene { entra, .. } = scene;
    let by = provider::by(scene);
    let id = match &scene.client_id {
        Some(id) => format!("the ID {id}"),
        None => "this client ID".to_owned(),
    };
    let words = words!(
        "The client ID is not known to {by}";
        "There is no application with {id}, or not in this organisation: mistyped, deleted, or made somewhere else. Every mailbox that signs in there needs it.";
    );
    match scene.provider {
        Provider::Google => words.then(steps![
            "Open console.cloud.google.com → Google Auth Platform → Clients and copy the client ID of Postroom's client. It ends in .apps.googleusercontent.com.",
            "If the client is gone, create a new one of the type Web application: Google deletes clients that nobody used for months.",
            "In Postroom open Account → Sign-in with Google, paste client ID and client secret, save and press Test.",
            "After a change of the client ID, sign in again for each mailbox: permissions belong to the client they were given to.",
        ]),
        _ => words.then(steps![
            "Open {entra} → App registrations → Postroom's application and copy the Application (client) ID from its Overview, not the Object ID.",
            "In Postroom open Account → Sign-in with Microsoft and paste it. Make sure that the tenant is the Directory (tenant) ID of the same page.",
            "Save and press Test.",
        ]),
    }
}

pub(super) fn client_secret_wrong(scene: &Scene) -> Words {
    let by = provider::by(scene);
    let slip = match scene.provider {
        Provider::Microsoft => " Often the Secret ID was copied in place of the Value.",
        _ => "",
    };
    words!(
        "The client secret is wrong";
        "Client ID and client secret are what Postroom proves itself with at {by}. The secret does not belong to this client ID, or was deleted.{slip} All mailboxes that sign in there wait for it.";
    )
    .then(new_secret(scene))
}

pub(super) fn client_secret_expired(scene: &Scene) -> Words {
    let by = provider::by(scene);
    words!(
        "The client secret has expired";
        "Postroom proves itself at {by} with a client secret, and this one's time is over. All mailboxes that sign in there wait for a new one; it is set once for the whole organisation.";
    )
    .then(new_secret(scene))
}

/// How to make a new client secret and hand it to Postroom. What people allowed stays: it belongs to the client ID.
fn new_secret(scene: &Scene) -> Vec<String> {
    let Scene { entra, .. } = scene;
    let application = oauth::application(scene);
    let mut steps = match scene.provider {
        Provider::Google => {
            let client = match &scene.client_id {
                Some(id) => format!("the client {id}"),
                None => "Postroom's client".to_owned(),
            };
            steps![
                "Open console.cloud.google.com → Google Auth Platform → Clients, choose {client} and press Add secret.",
                "Copy the new client secret at once. Google shows it only this time.",
                "In Postroom open Account → Sign-in with Google, paste it as the client secret, save and press Test.",
            ]
        }
        _ => steps![
            "Open {entra} → App registrations, choose {application} and press New client secret under Certificates & secrets.",
            "Copy its Value at once, not the Secret ID. Microsoft shows the Value only this time.",
            "In Postroom open Account → Sign-in with Microsoft, paste the Value as the client secret, enter the day it expires, save and press Test.",
        ],
    };
    steps.extend(steps![
        "If these fields cannot be changed there, they are set in Postroom's configuration file. Change the secret in it and restart Postroom.",
        "Nobody has to sign in again: the mailboxes go on by themselves.",
    ]);
    steps
}

pub(super) fn client_kind_wrong(scene: &Scene) -> Words {
    let Scene { entra, .. } = scene;
    let application = oauth::application(scene);
    let uri = match &scene.redirect_uri {
        Some(uri) => uri.clone(),
        None => "the one shown on that page of Postroom".to_owned(),
    };
    let words = words!(
        "The application is of the wrong kind";
        "Postroom is a web server with a secret of its own. The application was registered for phones, desktops or pages without one.";
    );
    match scene.provider {
        Provider::Google => words.then(steps![
            "Open console.cloud.google.com → Google Auth Platform → Clients, press Create client and choose the type Web application.",
            "In Postroom open Account → Sign-in with Google, and paste the new client ID and client secret.",
            "At Google add exactly this under Authorised redirect URIs and save: {uri}",
            "Press Test in Postroom. Then sign in again for each mailbox.",
        ]),
        _ => words.then(steps![
            "Open {entra} → App registrations, choose {application} and open Authentication.",
            "Remove Postroom's redirect URI where it stands under Single-page application or Mobile and desktop applications.",
            "In Postroom open Account → Sign-in with Microsoft, to have its fields at hand.",
            "At Microsoft press Add a platform, choose Web, enter exactly this redirect URI and save: {uri}",
            "Press Test in Postroom. Then sign in again.",
        ]),
    }
}

pub(super) fn redirect_uri_mismatch(scene: &Scene, redirect_uri: &str) -> Words {
    let Scene { entra, .. } = scene;
    let uri = uri(redirect_uri);
    let by = provider::by(scene);
    let application = oauth::application(scene);
    let words = words!(
        "Postroom's redirect URI is not registered";
        "After the sign-in people are sent back to Postroom, but only to an address that is registered with the application at {by}, letter for letter. This one is not.";
    );
    words
        .then(match scene.provider {
            Provider::Google => steps![
                "Open console.cloud.google.com → Google Auth Platform → Clients and choose Postroom's client.",
                "Under Authorised redirect URIs add exactly this and save: {uri}",
                "Wait five minutes, then sign in again.",
            ],
            _ => steps![
                "Open {entra} → App registrations, choose {application} and open Authentication.",
                "Press Add a platform, choose Web, enter exactly this redirect URI and save: {uri}",
                "Wait a minute, then sign in again.",
            ],
        })
        .then(steps![
            "If this is not the address under which you open Postroom, set public_url in Postroom's configuration file first and restart it.",
        ])
}

pub(super) fn public_url_unsuitable(scene: &Scene, redirect_uri: &str) -> Words {
    let uri = uri(redirect_uri);
    match scene.provider {
        Provider::Google => words!(
            "Google cannot send anybody back to this Postroom";
            "Google takes only https addresses with a name on the internet's public domains, such as desk.example.com; no IP address and no name that exists in one network alone. This one does not fit: {uri}";
            "Give Postroom a name under a domain of yours, with a certificate. It need not be reachable from the internet; your browser alone has to reach it.",
            "Set public_url in Postroom's configuration file to that https address and restart Postroom.",
            "Copy the new redirect URI from Account → Sign-in with Google to the application's client at Google, and press Test.",
        ),
        _ => words!(
            "Nobody can be sent back to this Postroom";
            "The provider sends people back only to https addresses, except on the very machine they sit at. This one does not fit: {uri}";
            "Let Postroom be opened with https, for example behind a proxy with a certificate. An internal name will do.",
            "Set public_url in Postroom's configuration file to that https address and restart Postroom.",
            "Copy the new redirect URI from Account → Sign-in with Microsoft to the application's Authentication page at Microsoft, and press Test.",
        ),
    }
}

pub(super) fn app_permission_missing(scene: &Scene) -> Words {
    let words = words!(
        "The application may not ask for mail yet";
        "The application is registered, but mail is not among the things it may ask people for.";
    );
    words.then(permissions(scene)).then(steps!["Sign in again after a few minutes."])
}

pub(super) fn scope_refused(scene: &Scene) -> Words {
    let words = words!(
        "What Postroom asked for was not understood";
        "Postroom asks for mail by the name it has in each cloud, and that was refused. Most often the application lacks the permission, or another cloud is set than the organisation's.";
    );
    words
        .then(permissions(scene))
        .then(match scene.provider {
            Provider::Google => Vec::new(),
            _ => steps![
                "In Postroom open Account → Sign-in with Microsoft, check the cloud (worldwide, US government or China), and press Test."
            ],
        })
        .then(steps!["Sign in again. If it is still refused, report it to the project's issue tracker with the words shown here."])
}

/// Where an application gets the right to ask for mail.
fn permissions(scene: &Scene) -> Vec<String> {
    let Scene { entra, .. } = scene;
    let application = oauth::application(scene);
    match scene.provider {
        Provider::Google => steps![
            "Open console.cloud.google.com → APIs & Services → Library and enable the Gmail API for the project.",
            "Under Google Auth Platform → Data access press Add or remove scopes, add https://mail.google.com/ and save.",
        ],
        _ => steps![
            "Open {entra} → App registrations, choose {application} and open API permissions.",
            "Press Add a permission → APIs my organization uses → Office 365 Exchange Online → Delegated permissions, and tick IMAP.AccessAsUser.All and SMTP.Send.",
            "Press Grant admin consent, if you may. Otherwise an administrator consents at the next sign-in.",
        ],
    }
}

pub(super) fn identity_unproven(scene: &Scene) -> Words {
    let by = provider::by(scene);
    words!(
        "It is not certain who signed in";
        "What came back about the person who signed in did not pass Postroom's checks, so nothing was saved.";
        "Start the sign-in again.",
        "If it happens again, see whether a proxy opens encrypted connections between Postroom and {by}, and let these pass unopened.",
        "Make sure that client ID, tenant and cloud belong together: open Account in Postroom, choose the sign-in and press Test.",
        "If that passes, report it to the project's issue tracker with the words shown here.",
    )
}

pub(super) fn clock_differs() -> Words {
    words!(
        "Postroom's clock is wrong";
        "A sign-in says when it was made. By the clock of the machine Postroom runs on, that moment is too far away to be believed.";
        "Have the machine's clock set over the network (NTP). On Linux, timedatectl shows whether it is.",
        "Sign in again.",
    )
}

pub(super) fn provider_unreachable(scene: &Scene, host: &str) -> Words {
    let (title_host, host) = (title_name(host), step_name(host));
    let names = match scene.provider {
        Provider::Google => "accounts.google.com, oauth2.googleapis.com and www.googleapis.com".to_owned(),
        _ => host,
    };
    words!(
        "{title_host} cannot be reached";
        "Postroom's machine gets no connection to the provider's sign-in service. Nothing was refused, and nobody has to sign in again.";
        "Check again; a mailbox in use is tried again by itself.",
        "If it stays so, let Postroom's machine connect to {names} on port 443 (HTTPS).",
        "If a proxy on the way opens encrypted connections, let these pass unopened, or add its certificate authority to extra_ca_files in Postroom's configuration file.",
    )
}

pub(super) fn provider_unavailable(scene: &Scene, host: &str) -> Words {
    let title_host = title_name(host);
    let by = provider::by(scene);
    words!(
        "{title_host} has trouble of its own";
        "The sign-in service answered with a fault of its own, or asks to wait. Your settings are not to blame, and nobody has to sign in again.";
        "Wait a few minutes and check again. A mailbox in use is tried again by itself.",
        "If it lasts longer than an hour, look at the status page of {by}.",
    )
}

pub(super) fn provider_refused(scene: &Scene) -> Words {
    let by = provider::by(scene);
    words!(
        "The provider refused the sign-in";
        "The reason is one that Postroom does not know. The words of {by} are shown here.";
        "Read these words; often they name what is to be done. Then start the sign-in again.",
        "See whether the application itself is sound: open Account in Postroom, choose the sign-in and press Test.",
        "If nothing helps, report it to the project's issue tracker with these words. There is no password or secret in them.",
    )
}
