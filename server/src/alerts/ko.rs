//! The mails in Korean.

use super::letters::{Facts, Line, Outage, Recovery, Span, Written, numbered, renewed_at, time};
use crate::model::{Ending, Ends, Language, Remedy, Timestamp, Who};
use crate::remedy::date::day;

pub(super) fn stopped(outage: &Outage<'_>, remedy: &Remedy, cut: bool) -> Written {
    let Remedy { title, why, who, .. } = remedy;
    let (count, title) = (outage.facts.count(), title.trim_end_matches('.'));
    let subject = match (outage.facts.lines.as_slice(), outage.before) {
        ([one], 0) => format!("[Postroom] {} 메일함이 멈췄습니다: {title}", one.name),
        (_, 0) => format!("[Postroom] 메일함 {count}개가 멈췄습니다: {title}"),
        (_, before) => format!("[Postroom] 멈춘 메일함이 {before}개에서 {count}개로 늘었습니다: {title}"),
    };
    let who = match who {
        Who::You => "직접 해결할 수 있습니다",
        Who::MailAdmin => "메일 관리자가 할 일",
        Who::Network => "네트워크·방화벽 담당자가 할 일",
        Who::Provider => "메일 서비스 업체가 할 일",
        Who::Postroom => "Postroom 운영자가 할 일",
    };
    let more = if cut { "나머지 단계는 페이지에 있습니다.\n" } else { "" };
    let (steps, link, list) = (numbered(remedy), outage.link, mailboxes(outage.facts, true));
    let text = format!(
        "{title}.\n\n{why}\n\n해결 방법 ({who}):\n{steps}{more}\nPostroom에서 열기:\n{link}\n\n멈춘 메일함:\n\n{list}\n\
         Postroom은 계속 검사합니다. 다시 작동하면 메일로 알려 드리며, 상황이 크게 나빠지지 않는 한 그 사이에는 메일을 \
         보내지 않습니다.\n{}",
        foot(&outage.facts.chosen_at)
    );
    Written { subject, text }
}

pub(super) fn recovered(over: &Recovery<'_>, was: Option<&str>) -> Written {
    let lasted = span(over.lasted_millis);
    let subject = match over.facts.lines.as_slice() {
        [one] => format!("[Postroom] {} 메일함이 {lasted} 만에 다시 작동합니다", one.name),
        _ => format!("[Postroom] 메일함 {}개가 {lasted} 만에 다시 작동합니다", over.facts.count()),
    };
    let was = was.map(|was| format!("원인: {}\n\n", was.trim_end_matches('.'))).unwrap_or_default();
    let list = mailboxes(over.facts, false);
    let text = format!(
        "문제가 해결되었습니다. {lasted} 동안 계속되었습니다.\n\n{was}다시 작동하는 메일함:\n\n{list}\n\
         그동안 도착한 메일을 가져오며, 기다리던 메일은 자동으로 발송됩니다.\n{}",
        foot(&over.facts.chosen_at)
    );
    Written { subject, text }
}

pub(super) fn warning(endings: &[Ending], listed_at: &str, chosen_at: &str) -> Written {
    let first = endings.first();
    let when = first.map(|first| in_days(first.days_left)).unwrap_or_default();
    let subject = match (endings, first) {
        ([_], Some(one)) => format!("[Postroom] {when} 만료: {}", name(&one.what)),
        _ => format!("[Postroom] 곧 만료되는 항목 {}개, 가장 빠른 것은 {when}", endings.len()),
    };
    let base = listed_at.trim_end_matches("/account/forecast");
    let list: String = endings.iter().map(|ending| entry(ending, base)).collect();
    let text = format!(
        "미리 갱신하면 메일함이 멈추지 않습니다.\n\n{list}곧 만료되는 모든 항목:\n{listed_at}\n{}",
        foot(chosen_at)
    );
    Written { subject, text }
}

pub(super) fn test(chosen_at: &str) -> Written {
    Written {
        subject: "[Postroom] 시험 알림입니다".to_owned(),
        text: format!(
            "알림이 이 주소로 잘 도착합니다. 멈춘 메일함은 없으며, 관리자가 요청해 보낸 메일입니다.\n\n\
             메일함이 멈추면 원인마다 한 번, 해결되면 다시 한 번 메일을 보내 드립니다.\n{}",
            foot(chosen_at)
        ),
    }
}

fn entry(ending: &Ending, base: &str) -> String {
    let (name, note, day) = (name(&ending.what), note(&ending.what), day(ending.ends_at, Language::Ko));
    let stops = match ending.mailboxes {
        0 => String::new(),
        many => format!("  함께 멈추는 메일함: {many}개\n"),
    };
    let link = renewed_at(ending).map(|path| format!("  {base}{path}\n")).unwrap_or_default();
    format!("- {name}: {} 만료 ({day})\n{stops}  {note}\n{link}\n", in_days(ending.days_left))
}

fn name(what: &Ends) -> String {
    match what {
        Ends::ClientSecret { provider } => format!("{} 클라이언트 비밀", provider.name()),
        Ends::Grant { provider, address } => format!("{}의 {address} 접근 권한", provider.name()),
        Ends::SignIn { provider, address, .. } => format!("{}의 {address} 로그인", provider.name()),
        Ends::Certificate { host, port, .. } => format!("{host}:{port} 인증서"),
    }
}

const fn note(what: &Ends) -> &'static str {
    match what {
        Ends::ClientSecret { .. } => "제공업체에서 새 비밀을 만들어 만료일과 함께 입력한 다음 이전 비밀을 삭제하세요.",
        Ends::Grant { .. } => {
            "오랫동안 갱신하지 못했으며, 제공업체는 사용되지 않는 권한을 종료합니다. 다시 로그인하세요."
        }
        Ends::SignIn { testing: true, .. } => {
            "Google 애플리케이션이 테스트 모드이므로 모든 로그인이 7일 뒤에 끝납니다. 애플리케이션을 게시한 다음 다시 \
             로그인하세요."
        }
        Ends::SignIn { testing: false, .. } => "그 전에 다시 로그인하세요.",
        Ends::Certificate { pinned: true, .. } => {
            "바로 이 인증서만 신뢰하도록 지정되어 있습니다. 서버가 새 인증서를 보여 주면 비교한 뒤 사서함 설정에서 다시 신뢰하도록 지정하세요."
        }
        Ends::Certificate { .. } => "대부분의 서버는 제때 스스로 갱신합니다. 갱신되지 않으면 서버 운영자에게 알리세요.",
    }
}

fn in_days(days: i64) -> String {
    match days {
        ..=0 => "오늘".to_owned(),
        1 => "내일".to_owned(),
        many => format!("{many}일 뒤"),
    }
}

fn mailboxes(facts: &Facts, with_since: bool) -> String {
    let mut list: String = facts.lines.iter().map(|line| mailbox(line, with_since)).collect();
    if facts.more > 0 {
        list.push_str(&format!("- 외 {}개\n", facts.more));
    }
    list
}

fn mailbox(line: &Line, with_since: bool) -> String {
    let Line { name, address, workspace, incoming, outgoing, since, url } = line;
    let way = match (incoming, outgoing) {
        (true, false) => "받는 메일",
        (false, true) => "보내는 메일",
        _ => "받는 메일과 보내는 메일",
    };
    let since = if with_since { format!(", {}부터", moment(*since)) } else { String::new() };
    format!("- {name} <{address}> ({workspace})\n  {way}{since}\n  {url}\n")
}

fn moment(moment: Timestamp) -> String {
    format!("{} {} UTC", day(moment, Language::Ko), time(moment))
}

fn span(millis: i64) -> String {
    match Span::of(millis) {
        Span::Moments => "1분 미만".to_owned(),
        Span::Minutes(many) => format!("{many}분"),
        Span::Hours(many) => format!("{many}시간"),
        Span::Days(many) => format!("{many}일"),
    }
}

fn foot(chosen_at: &str) -> String {
    format!("\n이 메일을 받을 사람은 여기에서 선택합니다:\n{chosen_at}\n")
}
