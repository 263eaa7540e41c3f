//! After the sign-in: waiting, folders, senders, and what should never happen.

use super::provider;
use crate::{
    model::{Protocol, Provider},
    remedy::{
        reply,
        scene::{Scene, step_name, title_name},
        words::{Words, steps, words},
    },
};

pub(super) fn temporary_refusal(scene: &Scene) -> Words {
    let Scene { host, .. } = scene;
    words!(
        "The server cannot serve Postroom just now";
        "The server reports a passing trouble of its own. Your settings are not to blame.";
        "Wait a few minutes and check again. A mailbox in use is tried again by itself.",
        "If it lasts longer than an hour, look at the provider's status page or ask the administrator of {host}.",
    )
}

pub(super) fn too_many_connections(scene: &Scene) -> Words {
    let Scene { username, .. } = scene;
    let words = words!(
        "Too many programs are connected to this mailbox";
        "Mail services limit how many connections an account may have at the same time. Phones, mail programs and other tools count too.";
        "Close other programs that are signed in as {username}, or remove the account from them.",
        "Wait ten minutes: forgotten connections end by themselves. Then check again.",
    );
    match scene.provider {
        Provider::Google => words.then(steps!["Gmail allows about 15 connections to an account. Under myaccount.google.com → Security → Your devices you can sign out those you do not need."]),
        Provider::Other => words.then(steps!["On a server of your own the administrator can raise the limit (Dovecot: mail_max_userip_connections)."]),
        _ => words,
    }
}

/// Before anybody has signed in a server can count by nothing but the IP address.
pub(super) fn too_many_from_here(scene: &Scene) -> Words {
    let Scene { host, .. } = scene;
    let limit = match scene.protocol {
        Protocol::Imap => "Courier: MAXPERIP",
        Protocol::Smtp => "Postfix: smtpd_client_connection_count_limit",
    };
    words!(
        "Too many connections come from Postroom's IP address";
        "Nobody has signed in yet, so it is not about this mailbox: the server counts the connections from one IP address, and there are too many.";
        "Look for other programs behind the same address that connect to {host}: mail programs in the same network, a backup, a second Postroom. Close those that are not needed.",
        "Postroom's own mailboxes on {host} count as well, the more of them the sooner.",
        "Wait ten minutes: forgotten connections end by themselves. Then check again.",
        "If it stays so, ask the administrator of {host} to raise the limit for Postroom's IP address ({limit}).",
    )
}

pub(super) fn rate_limited(scene: &Scene, reply: &str) -> Words {
    if reply::is_about_traffic(reply) {
        return too_much_traffic(scene, reply);
    }
    let words = words!(
        "Too many attempts in a short time";
        "The server makes this account or Postroom's IP address wait. Every further attempt can prolong it.";
    );
    let words = match scene.provider {
        Provider::Google => words.then(steps![
            "Wait at least 15 minutes before you check again. After too much traffic in a day Gmail can make an account wait up to 24 hours.",
        ]),
        Provider::Microsoft => words.then(steps![
            "Wait at least 15 minutes before you check again. A sender that was stopped for repeated errors is freed only once their cause is removed.",
        ]),
        _ => words.then(steps!["Wait at least 15 minutes before you check again."]),
    };
    let words = words.then(steps![
        "Look for other programs that keep trying with an old password, such as a phone or a copier, and correct them.",
    ]);
    if scene.oauth.is_some() {
        return words;
    }
    words.then(steps!["Use the time to make sure user name and password are right."])
}

/// What was read and asked is too much; the sign-in is in order.
fn too_much_traffic(scene: &Scene, reply: &str) -> Words {
    let Scene { username, .. } = scene;
    let wait = match reply::pause(reply) {
        Some(seconds @ 1..120) => format!("The server names the time itself: wait {seconds} s, then check again."),
        Some(seconds) => {
            format!("The server names the time itself: wait {} minutes, then check again.", seconds.div_ceil(60))
        }
        None if scene.provider == Provider::Google => {
            "Wait an hour before you check again. Gmail can make an account wait up to 24 hours.".to_owned()
        }
        None => "Wait at least 15 minutes before you check again.".to_owned(),
    };
    words!(
        "The mailbox has been used too much in a short time";
        "Mail services limit how many commands and how much data an account may use. User name and password are not to blame.";
        "{wait}",
        "Look for other programs that read all the mail of {username}, such as a backup, a migration or a mail program that was just set up. Let them finish, or stop them.",
    )
}

pub(super) fn folder_missing(scene: &Scene, folder: &str) -> Words {
    let (title_folder, folder) = (title_name(folder), step_name(folder));
    words!(
        "There is no folder “{title_folder}”";
        "The mailbox was opened, but it has no folder of this name. Folder names depend on the language of the mailbox, and capital letters count.";
        "Choose another folder. New mail arrives in INBOX.",
        "If you want to watch “{folder}”, create it in the webmail first. A folder inside another is written with its parent, as in INBOX/Support or INBOX.Support.",
    )
    .then(if scene.provider == Provider::Google {
        steps!["At Gmail a label is a folder only if “Show in IMAP” is ticked under Settings → Labels."]
    } else {
        Vec::new()
    })
}

pub(super) fn folder_refused(scene: &Scene, folder: &str) -> Words {
    let Scene { username, .. } = scene;
    let title_folder = title_name(folder);
    let folder = step_name(folder);
    let words = words!(
        "The folder “{title_folder}” may not be read";
        "The sign-in worked, but the server does not let {username} open this folder.";
    );
    if scene.provider == Provider::NetEase {
        return words.then(steps![
            "Sign in to the webmail in a browser and confirm any security notice.",
            "Make sure the IMAP/SMTP service is on under 设置 (Settings) → POP3/SMTP/IMAP, and that the password here is an authorization code (授权码).",
            "Check again.",
        ]);
    }
    words.then(steps![
        "If the folder belongs to somebody else, have its owner or the mail administrator give {username} the right to read “{folder}”.",
        "Or choose another folder, such as INBOX.",
    ])
}

pub(super) fn folder_uids_do_not_last(scene: &Scene, folder: &str) -> Words {
    let Scene { host, address, .. } = scene;
    let (title_folder, folder) = (title_name(folder), step_name(folder));
    let words = words!(
        "The folder “{title_folder}” cannot be watched";
        "The server gives its messages no numbers that last (UIDs). Postroom could not tell tomorrow what it has read today: it would take some mail twice and miss other mail.";
    );
    let words = if folder.eq_ignore_ascii_case("INBOX") {
        words
    } else {
        words.then(steps!["Choose another folder, such as INBOX. Folders that only show a search or other people's mail often have no lasting numbers."])
    };
    words.then(steps![
        "Ask the administrator of {host} whether the folder's index is damaged, or a mail proxy stands before the server. Repairing the index (Dovecot: doveadm force-resync) often helps.",
        "If it cannot be changed, let the mail be forwarded: create the mailbox on Postroom's own mail server instead, and forward {address} to the address shown on its page.",
    ])
}

pub(super) fn sender_refused(scene: &Scene, sender: &str) -> Words {
    let Scene { username, .. } = scene;
    let title_sender = title_name(sender);
    let sender = step_name(sender);
    let words = words!(
        "The server will not send as {title_sender}";
        "You are signed in as {username}. Servers let an account send only from addresses that belong to it, so that nobody writes in another's name.";
    );
    match scene.provider {
        Provider::Microsoft if !scene.personal && !scene.own => words.then(steps![
            "{username} needs the right to send as {sender}: an administrator opens the Exchange admin center (admin.exchange.microsoft.com) → Recipients → Mailboxes → {sender} → Delegation and adds {username} under Send as; or runs the command shown here in Exchange Online PowerShell. Full access alone does not let anybody send.",
            "It can take up to an hour to take effect. Then check again.",
        ]),
        Provider::Microsoft if !scene.personal => words.then(steps![
            "If {sender} is another mailbox: an administrator opens the Exchange admin center (admin.exchange.microsoft.com) → Recipients → Mailboxes → {sender} → Delegation and adds {username} under Send as.",
            "If it is another address of the same mailbox: make it the primary address, or switch on sending from aliases in the Exchange admin center → Settings → Mail flow.",
            "It can take up to an hour to take effect. Then check again.",
        ]),
        Provider::Google => words.then(steps![
            "Sign in to Gmail as {username} and open Settings → See all settings → Accounts → Send mail as.",
            "Add {sender} and confirm it with the code that is mailed to it.",
            "Check again.",
        ]),
        Provider::Naver | Provider::Kakao | Provider::Tencent | Provider::NetEase | Provider::ICloud => {
            let service = provider::name(scene);
            words.then(steps![
                "{service} sends only from the address of the account itself. Use the address that belongs to {username} as the mailbox's address.",
                "Or sign in with the account that {sender} belongs to.",
                "Check again.",
            ])
        }
        _ if sender.eq_ignore_ascii_case(username) => words.then(steps![
            "Check that the address {sender} is written as the mail service knows it.",
            "Ask the mail administrator whether this account may send at all, and whether {sender} is registered as its own address.",
            "Check again.",
        ]),
        _ => words.then(steps![
            "Sign in with the account that {sender} belongs to.",
            "Or ask the mail administrator to let {username} send as {sender} (an alias, or “send as”).",
            "Check again.",
        ]),
    }
}

pub(super) fn recipient_refused(scene: &Scene, recipient: &str) -> Words {
    let Scene { host, address, .. } = scene;
    let title_recipient = title_name(recipient);
    let recipient = step_name(recipient);
    if !recipient.eq_ignore_ascii_case(address) {
        return words!(
            "The server will not deliver to {title_recipient}";
            "A message to {recipient} was refused. Mostly the address does not exist: it is mistyped, or was given up.";
            "Check the address {recipient} letter by letter, and ask its owner in another way whether it still exists.",
            "If it is right, show the server's words to the administrator of {host}: a filter or a rule may be in the way.",
            "Then send the message again; a refused message is not tried again by itself.",
        );
    }
    words!(
        "The server will not deliver to {title_recipient}";
        "Postroom asked whether a message to {recipient} would be taken; none was sent. The server does not know the address, or it does not forward mail for this account.";
        "Check the mailbox's address letter by letter.",
        "Make sure {host} is the server for sending mail of this account, not the one that receives mail for the domain.",
        "If the address is new, wait until it is set up everywhere and check again.",
    )
    .first(provider::right_server_or(scene, Vec::new()))
}

pub(super) fn international_address(address: &str) -> Words {
    let address = step_name(address);
    words!(
        "The server cannot carry this address";
        "{address} has letters beyond a–z before the “@”. This server does not know how to transport such addresses (SMTPUTF8).";
        "Use an address in plain letters for this mailbox; most providers give an alias for free.",
        "Or ask the mail administrator to switch on SMTPUTF8 (in Postfix: smtputf8_enable = yes).",
    )
}

pub(super) fn command_refused(scene: &Scene) -> Words {
    let Scene { host, protocol_name, .. } = scene;
    words!(
        "The server refused a command it should know";
        "Postroom sent an ordinary {protocol_name} command and the server did not accept it. A device in between, or an unusual server, may be the reason.";
        "Check again; it may have been a single fault.",
        "If it stays so, press “Download a file for support” and attach the file to an issue in the project's issue tracker. It holds what “Conversation with the server” shows, without passwords.",
        "Ask the administrator of {host} whether a mail proxy or filter stands in front of the server.",
    )
}

pub(super) fn protocol_nonsense(scene: &Scene) -> Words {
    let Scene { host, port, protocol_name, .. } = scene;
    let other = match scene.protocol {
        Protocol::Imap => "sending or for the web",
        Protocol::Smtp => "reading mail or for the web",
    };
    words!(
        "The server answered with something that is not {protocol_name}";
        "What came back cannot be understood. Perhaps the port belongs to another service, or a device on the way changes the conversation.";
        "Check server name and port: {host}, port {port} may belong to a server for {other}.",
        "If they are right, ask the administrator of {host} whether a mail proxy or filter stands in front of the server.",
        "If nothing helps, press “Download a file for support” and attach the file to an issue in the project's issue tracker. It holds what “Conversation with the server” shows, without passwords.",
    )
    .first(provider::right_server_or(scene, Vec::new()))
}

pub(super) fn too_much_data(scene: &Scene, limit_bytes: usize) -> Words {
    let Scene { host, port, .. } = scene;
    let size = size(limit_bytes);
    words!(
        "The server sent far more than an answer";
        "Where a short answer was due, more than {size} came. Postroom broke off to protect itself. It is probably not a mail server.";
        "Check server name and port: {host}, port {port}.",
        "If they are right, ask the administrator of {host} to look at what the mail service sends.",
    )
    .first(provider::right_server_or(scene, Vec::new()))
}

/// A limit as people read it.
fn size(bytes: usize) -> String {
    match bytes {
        0..1_024 => format!("{bytes} bytes"),
        1_024..1_048_576 => format!("{} kB", bytes / 1_024),
        _ => format!("{} MB", bytes / 1_048_576),
    }
}
