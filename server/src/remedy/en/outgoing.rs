//! Sending: what becomes of messages, and what a sender may do.

use super::provider;
use crate::{
    model::Provider,
    remedy::{
        scene::{Scene, title_name},
        words::{Words, steps, words},
    },
};

pub(super) fn relay_denied(scene: &Scene, recipient: &str) -> Words {
    let Scene { host, username, domain, .. } = scene;
    let recipient = title_name(recipient);
    words!(
        "The server will not pass mail on to {recipient}";
        "It takes mail for its own addresses only, or only from accounts that may send through it. Most likely it is a server that receives mail, not one for sending.";
    )
    .then(if scene.oauth.is_some() {
        Vec::new()
    } else {
        steps!["Make sure that a user name and a password are entered for outgoing mail, and that an authentication is chosen."]
    })
    .then(steps!["If all of it is right, ask the administrator of {host} to let {username} send to other domains."])
    .first(provider::right_server_or(
        scene,
        steps![
            "Enter the server for sending (submission) of {domain}, mostly on port 465 with SSL/TLS or 587 with STARTTLS. The server in the domain's MX record is for receiving.",
        ],
    ))
}

pub(super) fn message_refused(scene: &Scene) -> Words {
    let Scene { host, .. } = scene;
    words!(
        "The server will not take this message";
        "Signing in worked and the addresses were accepted, but not what the message says. {host} has a filter or a rule that it breaks.";
        "Read the server's answer: it usually names the rule.",
        "Ask the administrator of {host} to let messages from this account through, and to look into the filter's log.",
        "Then send the message again; a refused message is not tried again by itself.",
    )
}

pub(super) fn message_too_large(scene: &Scene) -> Words {
    let Scene { host, .. } = scene;
    words!(
        "The message is too large for the server";
        "Every mail server has a limit for one message with all its attachments, which grow by a third on the way.";
        "Send large files as a link, or in several messages.",
    )
    .then(match scene.provider {
        Provider::Google => steps!["Gmail takes attachments of 25 MB together. Nobody can raise that."],
        Provider::Microsoft if !scene.personal => steps![
            "Microsoft 365 takes 35 MB unless told otherwise. An administrator raises it at admin.exchange.microsoft.com → Recipients → Mailboxes → the mailbox → General → Message size restriction; or runs the command shown here in Exchange Online PowerShell.",
        ],
        Provider::Other => steps![
            "On a server of your own the administrator of {host} can raise the limit (Postfix: message_size_limit, in bytes)."
        ],
        _ => steps!["Look up the limit in the provider's help; with most it is between 20 and 50 MB."],
    })
    .then(steps!["Then send the message again; a refused message is not tried again by itself."])
}

pub(super) fn refused_by_mail_rule(scene: &Scene) -> Words {
    let Scene { address, domain, .. } = scene;
    let words = words!(
        "A mail rule of the organisation refused the message";
        "Signing in worked. It was not the provider that turned the message down but a rule that an administrator of {domain} made for mail.";
    );
    match scene.provider {
        Provider::Google => words.then(steps![
            "An administrator opens admin.google.com → Apps → Google Workspace → Gmail and looks under Compliance and under Routing for a rule that rejects such a message.",
            "Change the rule so that mail of {address} passes, and save. It can take up to 24 hours to take effect.",
            "Then send the message again; a refused message is not tried again by itself.",
        ]),
        _ => words.then(steps![
            "Show the server's words to the mail administrator and ask which rule it is: a content rule, a rule for certain senders, or one for mail to the outside.",
            "Have the rule changed so that mail of {address} passes.",
            "Then send the message again; a refused message is not tried again by itself.",
        ]),
    }
}

pub(super) fn sender_not_authenticated(scene: &Scene) -> Words {
    let Scene { domain, .. } = scene;
    let title_domain = title_name(domain);
    words!(
        "Nothing proves that the mail comes from {title_domain}";
        "The receiving side looks into the DNS whether the sender's domain vouches for the mail, with SPF, DKIM and DMARC, and it did not. The large providers refuse such mail.";
        "Whoever looks after the DNS of {domain} publishes an SPF record that includes the provider whose servers send its mail.",
    )
    .then(match scene.provider {
        Provider::Microsoft => steps![
            "Switch on DKIM for {domain}: security.microsoft.com → Email & collaboration → Policies & rules → Threat policies → Email authentication settings → DKIM. Publish the two records it shows.",
        ],
        Provider::Google => steps![
            "Switch on DKIM for {domain}: admin.google.com → Apps → Google Workspace → Gmail → Authenticate email. Publish the record it shows, then press Start authentication.",
        ],
        _ => steps!["Switch on DKIM for {domain} at the mail provider, and publish the record it shows."],
    })
    .then(steps![
        "The command shown here tells whether the domain has a DMARC record, and what it asks of receivers.",
        "For mailboxes on Postroom's own mail server, Account → Sender domains shows every record to publish.",
        "Wait until the DNS has the new records, an hour or so, and send the message again.",
    ])
}

pub(super) fn block_listed(scene: &Scene) -> Words {
    let Scene { host, .. } = scene;
    words!(
        "Postroom's IP address is on a block list";
        "{host} refuses this address because a list says that spam came from it, or that it belongs to a home or a cloud, where no mail server is expected.";
        "Read the server's words: they name the list, and mostly the page where one is taken off it.",
        "Make sure that {host} is your server for sending: one that receives mail asks such lists, one that you sign in to normally does not.",
        "Find out whether something else behind the same address sends spam, and stop it. Then ask the list to remove the address; that can take a day.",
        "If the address is shared with strangers, as in many clouds, send through your provider's relay instead.",
    )
    .first(provider::right_server_or(scene, Vec::new()))
}

pub(super) fn sending_limit_reached(scene: &Scene) -> Words {
    let Scene { username, .. } = scene;
    words!(
        "The sending limit of the provider is reached";
        "Providers let an account send only so many messages in a day. Postroom keeps what it has and goes on by itself.";
        "Wait: the limit lifts by itself, within 24 hours at most.",
        "Look whether another program sends a lot as {username}, such as a newsletter or a copier, and give it an account of its own.",
    )
    .then(match scene.provider {
        Provider::Google if scene.personal => steps!["A Gmail account may write to 500 recipients in 24 hours. Google Workspace allows more."],
        Provider::Google => steps![
            "Google Workspace allows 2,000 messages a day and account; a trial allows 500. For more, an administrator sets up the SMTP relay service at admin.google.com.",
        ],
        Provider::Microsoft if scene.personal => steps![
            "An Outlook.com account may write to fewer people a day than one of an organisation, and a new account to the fewest. A Microsoft 365 subscription raises the limit; for much mail connect a mailbox of an organisation.",
        ],
        Provider::Microsoft => steps![
            "Microsoft 365 allows 10,000 recipients a day, and fewer to the outside for new organisations. More is what Microsoft's high volume email and mailing services are for.",
        ],
        _ => steps!["Ask the provider how many messages are allowed, and whether another plan allows more."],
    })
}

pub(super) fn sender_throttled(scene: &Scene) -> Words {
    let Scene { address, title_address, .. } = scene;
    words!(
        "The provider holds {title_address} back";
        "Exchange Online stops a sender who makes the same mistake again and again. Postroom has stopped too, because every further try would prolong it.";
        "Look for the number in the server's words: 5.2.251 is a full mailbox, 5.2.253 a missing licence, 5.2.254 too many recipients, 5.2.255 recipients that do not exist.",
        "Remove that cause: make room in {address}, give it a licence with Exchange Online (admin.microsoft.com → Users → Active users → Licenses and apps), or correct the recipients.",
        "Wait an hour, then check again. Mail that waits in the outbox goes out afterwards.",
    )
}

pub(super) fn sender_blocked(scene: &Scene) -> Words {
    let Scene { address, username, title_address, .. } = scene;
    let words = words!(
        "{title_address} may not send any more";
        "The provider suspects that spam was sent with this account and has taken its right to send away. Often somebody else knows the password.";
        "Set a new password for {username}, and look for rules and forwardings in the mailbox that nobody knows.",
    );
    match scene.provider {
        Provider::Microsoft if !scene.personal => words.then(steps![
            "An administrator opens security.microsoft.com → Email & collaboration → Review → Restricted entities, chooses {address} and presses Unblock; or runs the command shown here in Exchange Online PowerShell.",
            "If the server's words contain 5.7.705 or 5.7.708, the whole organisation is held back: an administrator opens a support request at admin.microsoft.com → Support.",
            "It can take an hour to take effect, for a whole organisation a day. Then check again.",
        ]),
        Provider::Google if !scene.personal => words.then(steps![
            "An administrator opens admin.google.com → Directory → Users → {username}. If it says that the account was suspended for spam, choose Reactivate.",
            "Private senders and new organisations get their right to send back after 24 hours. Then check again.",
        ]),
        _ => words.then(steps![
            "Sign in to the webmail as {username} and follow what is asked there, or ask the provider to let the account send again.",
            "Then check again.",
        ]),
    }
}

pub(super) fn mailbox_full(scene: &Scene) -> Words {
    let Scene { address, .. } = scene;
    words!(
        "There is no room left in a mailbox";
        "The server refuses because a mailbox has used up its space. What is sent takes room as well, where the provider keeps a copy of it.";
        "Read the server's words: they mostly say whether it is {address} or the mailbox of a recipient.",
        "If it is {address}, open it in the webmail and delete or archive old mail, what was sent above all, and empty the trash.",
        "If everything in it is needed, ask the mail administrator for more space.",
        "Check again afterwards.",
    )
}
