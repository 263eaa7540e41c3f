//! A search for somebody's servers in every state, made of the same types as the real thing.

use leptos::prelude::*;
use postroom_server::model::{
    Because, Candidate, Certainty, Discovery, EmailAddress, Endpoint, Need, NeedKind, OAuthProvider, Problem, Progress,
    Provider, Recognised, Security, SignInWay, Source, SourceOutcome, SourceReport, Sourced, Trouble, UsernameForm,
};

use crate::{
    components::Card,
    pages::wizard::{
        search::Search,
        search_note::{AskFor, Needs, SearchNote, SignInInstead},
    },
};

/// Everything.
#[component]
pub fn Searches() -> impl IntoView {
    let samples = [under_way(), at_a_provider(), with_a_sign_in(), behind_a_filter(), nothing()];
    let cards = samples.into_iter().flatten().map(|search| {
        let about = search.found().get_untracked().map(|found| {
            view! {
                <Needs found=found.clone() />
                <SignInInstead found=found.clone() back="#searches".to_owned() />
                <AskFor found />
            }
        });
        view! {
            <Card>
                <div class="stack">
                    <SearchNote search />
                    {about}
                </div>
            </Card>
        }
    });
    view! {
        <h2 id="searches">"Looking for somebody's servers"</h2>
        <div class="pair">{cards.collect_view()}</div>
    }
}

fn under_way() -> Option<Search> {
    let heard = vec![
        ended(Source::Table, SourceOutcome::Nothing, "example.com"),
        ended(Source::Mx, SourceOutcome::Nothing, "mx1.example.com"),
        Progress::Began { source: Source::Pacc },
        Progress::Began { source: Source::Autoconfig },
        failed(Source::WellKnown, Trouble::Status { status: 404 }, "example.com"),
        Progress::Began { source: Source::Directory },
    ];
    Some(Search::under_way(EmailAddress::parse("desk@example.com").ok()?, heard))
}

fn at_a_provider() -> Option<Search> {
    let because = Because::Domain { domain: "naver.com".to_owned() };
    let link = Some("https://mail.naver.com/".to_owned());
    shown(Discovery {
        provider: Some(recognised("naver", "Naver", Provider::Naver, None, because)),
        incoming: vec![candidate("imap.naver.com", 993, Security::Tls)],
        outgoing: vec![candidate("smtp.naver.com", 587, Security::StartTls)],
        needs: [NeedKind::ImapOff, NeedKind::TwoStep, NeedKind::AppPassword]
            .map(|kind| Need { kind, link: link.clone() })
            .to_vec(),
        sources: vec![report(Source::Table, SourceOutcome::Found, "naver.com", 0)],
        ..empty("desk@naver.com")?
    })
}

fn with_a_sign_in() -> Option<Search> {
    let host = "example-com.mail.protection.outlook.com".to_owned();
    let because = Because::Mx { domain: "example.com".to_owned(), host: host.clone() };
    let sign_in = Some(OAuthProvider::Microsoft);
    shown(Discovery {
        provider: Some(recognised("microsoft", "Microsoft 365", Provider::Microsoft, sign_in, because)),
        incoming: vec![candidate("outlook.office365.com", 993, Security::Tls)],
        outgoing: vec![candidate("smtp.office365.com", 587, Security::StartTls)],
        needs: vec![Need { kind: NeedKind::AdminSwitch, link: Some("https://admin.microsoft.com/".to_owned()) }],
        sources: vec![
            report(Source::Table, SourceOutcome::Nothing, "example.com", 0),
            report(Source::Mx, SourceOutcome::Found, &host, 21),
        ],
        ..empty("desk@example.com")?
    })
}

fn behind_a_filter() -> Option<Search> {
    shown(Discovery { gateway: Some("Mimecast".to_owned()), ..empty("desk@example.com")? })
}

fn nothing() -> Option<Search> {
    let host = "autoconfig.example.com".to_owned();
    let unreachable = Trouble::Unreachable { problem: Problem::HostNotFound { host: host.clone() } };
    let failed = |trouble| SourceOutcome::Failed { trouble };
    shown(Discovery {
        sources: vec![
            report(Source::Table, SourceOutcome::Nothing, "example.com", 0),
            report(Source::Mx, failed(Trouble::TimedOut), "example.com", 3_000),
            report(Source::Pacc, failed(Trouble::NotVouchedFor), "_ua-auto-config.example.com", 24),
            report(Source::Autoconfig, failed(unreachable), &host, 18),
            report(Source::Directory, SourceOutcome::Off, "autoconfig.thunderbird.net", 0),
        ],
        millis: 3_021,
        ..empty("desk@example.com")?
    })
}

fn shown(found: Discovery) -> Option<Search> {
    Some(Search::new("it".to_owned(), Some(found)))
}

fn empty(address: &str) -> Option<Discovery> {
    EmailAddress::parse(address).ok().map(Discovery::nothing)
}

fn recognised(
    id: &str,
    name: &str,
    provider: Provider,
    sign_in: Option<OAuthProvider>,
    because: Because,
) -> Recognised {
    Recognised { id: id.to_owned(), name: name.to_owned(), provider, sign_in, because }
}

fn candidate(host: &str, port: u16, security: Security) -> Candidate {
    let endpoint = Endpoint::new(host.to_owned(), port, security);
    Candidate {
        endpoint: Sourced::new(endpoint, Source::Table, Certainty::Certain),
        username: Sourced::new(UsernameForm::LocalPart, Source::Table, Certainty::Certain),
        ways: Sourced::new(vec![SignInWay::Password], Source::Table, Certainty::Certain),
    }
}

fn report(source: Source, outcome: SourceOutcome, asked: &str, millis: u64) -> SourceReport {
    SourceReport { source, outcome, asked: asked.to_owned(), millis }
}

fn ended(source: Source, outcome: SourceOutcome, asked: &str) -> Progress {
    Progress::Ended { report: report(source, outcome, asked, 12) }
}

fn failed(source: Source, trouble: Trouble, asked: &str) -> Progress {
    ended(source, SourceOutcome::Failed { trouble }, asked)
}
