//! The mails in English.

use super::letters::{Facts, Line, Outage, Recovery, Span, Written, numbered, renewed_at, time};
use crate::model::{Ending, Ends, Language, Remedy, Timestamp, Who};
use crate::remedy::date::day;

pub(super) fn stopped(outage: &Outage<'_>, remedy: &Remedy, cut: bool) -> Written {
    let Remedy { title, why, who, .. } = remedy;
    let (count, title) = (outage.facts.count(), title.trim_end_matches('.'));
    let subject = match (outage.facts.lines.as_slice(), outage.before) {
        ([one], 0) => format!("[Postroom] {} has stopped: {title}", one.name),
        (_, 0) => format!("[Postroom] {count} mailboxes have stopped: {title}"),
        (_, before) => format!("[Postroom] {count} mailboxes have stopped now, {before} before: {title}"),
    };
    let who = match who {
        Who::You => "you can do it yourself",
        Who::MailAdmin => "for the administrator of the mail service",
        Who::Network => "for whoever runs the network or firewall",
        Who::Provider => "for the mail provider",
        Who::Postroom => "for whoever runs Postroom",
    };
    let more = if cut { "There are more steps on the page.\n" } else { "" };
    let (steps, link, list) = (numbered(remedy), outage.link, mailboxes(outage.facts, true));
    let heading = if count == 1 { "The mailbox:" } else { "The mailboxes:" };
    let text = format!(
        "{title}.\n\n{why}\n\nWhat to do ({who}):\n{steps}{more}\nOpen in Postroom:\n{link}\n\n{heading}\n\n{list}\n\
         Postroom goes on checking. You get a mail when this is over, and none in between unless it becomes much \
         worse.\n{}",
        foot(&outage.facts.chosen_at)
    );
    Written { subject, text }
}

pub(super) fn recovered(over: &Recovery<'_>, was: Option<&str>) -> Written {
    let lasted = span(over.lasted_millis);
    let subject = match over.facts.lines.as_slice() {
        [one] => format!("[Postroom] {} works again after {lasted}", one.name),
        _ => format!("[Postroom] {} mailboxes work again after {lasted}", over.facts.count()),
    };
    let was = was.map(|was| format!("It was: {}.\n\n", was.trim_end_matches('.'))).unwrap_or_default();
    let (heading, list) =
        (if over.facts.count() == 1 { "Works again:" } else { "These work again:" }, mailboxes(over.facts, false));
    let text = format!(
        "This is over. It lasted {lasted}.\n\n{was}{heading}\n\n{list}\n\
         Mail that arrived meanwhile is fetched, and mail that waited goes out by itself.\n{}",
        foot(&over.facts.chosen_at)
    );
    Written { subject, text }
}

pub(super) fn warning(endings: &[Ending], listed_at: &str, chosen_at: &str) -> Written {
    let first = endings.first();
    let when = first.map(|first| in_days(first.days_left)).unwrap_or_default();
    let subject = match (endings, first) {
        ([_], Some(one)) => format!("[Postroom] {} ends {when}", name(&one.what)),
        _ => format!("[Postroom] {} things end soon, the first of them {when}", endings.len()),
    };
    let base = listed_at.trim_end_matches("/account/forecast");
    let list: String = endings.iter().map(|ending| entry(ending, base)).collect();
    let text = format!(
        "Renew this in time, and no mailbox stops.\n\n{list}All that will end soon:\n{listed_at}\n{}",
        foot(chosen_at)
    );
    Written { subject, text }
}

pub(super) fn test(chosen_at: &str) -> Written {
    Written {
        subject: "[Postroom] This is a test alert".to_owned(),
        text: format!(
            "Alerts arrive here. Nothing has stopped; an administrator asked for this mail.\n\n\
             When mailboxes stop, you get one mail for each cause, and one when it is over.\n{}",
            foot(chosen_at)
        ),
    }
}

fn entry(ending: &Ending, base: &str) -> String {
    let (name, note, day) = (name(&ending.what), note(&ending.what), day(ending.ends_at, Language::En));
    let stops = match ending.mailboxes {
        0 => String::new(),
        1 => "  1 mailbox stops with it.\n".to_owned(),
        many => format!("  {many} mailboxes stop with it.\n"),
    };
    let link = renewed_at(ending).map(|path| format!("  {base}{path}\n")).unwrap_or_default();
    format!("- {name} ends {} ({day}).\n{stops}  {note}\n{link}\n", in_days(ending.days_left))
}

fn name(what: &Ends) -> String {
    match what {
        Ends::ClientSecret { provider } => format!("The client secret for {}", provider.name()),
        Ends::Grant { provider, address } => format!("The access to {address} at {}", provider.name()),
        Ends::SignIn { provider, address, .. } => format!("The sign-in of {address} at {}", provider.name()),
        Ends::Certificate { host, port, .. } => format!("The certificate of {host}:{port}"),
    }
}

const fn note(what: &Ends) -> &'static str {
    match what {
        Ends::ClientSecret { .. } => {
            "Make a new one at the provider, type it in with its last day, then remove the old one."
        }
        Ends::Grant { .. } => {
            "It could not be renewed for a long time, and the provider ends what nobody uses. Sign in again."
        }
        Ends::SignIn { testing: true, .. } => {
            "Google's application is in testing mode, where every sign-in ends after 7 days. Publish the application, \
             then sign in again."
        }
        Ends::SignIn { testing: false, .. } => "Sign in again before that day.",
        Ends::Certificate { pinned: true, .. } => {
            "Exactly this certificate is trusted. When the server shows its next one, compare it and trust it anew in \
             the settings of the mailbox."
        }
        Ends::Certificate { .. } => {
            "Most servers renew theirs by themselves in time. If this one does not, tell whoever runs it."
        }
    }
}

fn in_days(days: i64) -> String {
    match days {
        ..=0 => "today".to_owned(),
        1 => "tomorrow".to_owned(),
        many => format!("in {many} days"),
    }
}

fn mailboxes(facts: &Facts, with_since: bool) -> String {
    let mut list: String = facts.lines.iter().map(|line| mailbox(line, with_since)).collect();
    if facts.more > 0 {
        list.push_str(&format!("- and {} more\n", facts.more));
    }
    list
}

fn mailbox(line: &Line, with_since: bool) -> String {
    let Line { name, address, workspace, incoming, outgoing, since, url } = line;
    let way = match (incoming, outgoing) {
        (true, false) => "incoming mail",
        (false, true) => "outgoing mail",
        _ => "incoming and outgoing mail",
    };
    let since = if with_since { format!(", since {}", moment(*since)) } else { String::new() };
    format!("- {name} <{address}> in {workspace}\n  {way}{since}\n  {url}\n")
}

fn moment(moment: Timestamp) -> String {
    format!("{} at {} UTC", day(moment, Language::En), time(moment))
}

fn span(millis: i64) -> String {
    match Span::of(millis) {
        Span::Moments => "less than a minute".to_owned(),
        Span::Minutes(1) => "1 minute".to_owned(),
        Span::Minutes(many) => format!("{many} minutes"),
        Span::Hours(many) => format!("{many} hours"),
        Span::Days(many) => format!("{many} days"),
    }
}

fn foot(chosen_at: &str) -> String {
    format!("\nWho gets these mails is chosen here:\n{chosen_at}\n")
}
