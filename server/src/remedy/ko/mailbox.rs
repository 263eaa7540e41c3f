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
        "서버가 지금은 요청을 처리할 수 없습니다";
        "서버가 자체적인 일시 장애를 알려 왔습니다. 입력한 설정의 문제는 아닙니다.";
        "몇 분 뒤에 다시 검사하세요. 사용 중인 메일박스는 자동으로 다시 시도합니다.",
        "1시간 넘게 계속되면 메일 서비스의 상태 페이지를 보거나 {host} 서버 관리자에게 문의하세요.",
    )
}

pub(super) fn too_many_connections(scene: &Scene) -> Words {
    let Scene { username, .. } = scene;
    let words = words!(
        "이 메일박스에 연결된 프로그램이 너무 많습니다";
        "메일 서비스는 한 계정이 동시에 열 수 있는 연결 수를 제한합니다. 휴대전화, 메일 프로그램, 다른 도구의 연결도 모두 포함됩니다.";
        "{username} 계정으로 로그인한 다른 프로그램을 닫거나, 그 프로그램에서 계정을 삭제하세요.",
        "10분쯤 기다리세요. 남아 있던 연결은 저절로 끊어집니다. 그다음 다시 검사하세요.",
    );
    match scene.provider {
        Provider::Google => words.then(steps!["Gmail은 계정마다 약 15개의 연결을 허용합니다. myaccount.google.com → 보안 → 내 기기에서 쓰지 않는 기기를 로그아웃할 수 있습니다."]),
        Provider::Other => words.then(steps!["직접 운영하는 서버라면 관리자가 제한(Dovecot에서는 mail_max_userip_connections)을 늘릴 수 있습니다."]),
        _ => words,
    }
}

/// Before anybody has signed in a server can count by nothing but the IP address.
pub(super) fn too_many_from_here(scene: &Scene) -> Words {
    let Scene { host, .. } = scene;
    let limit = match scene.protocol {
        Protocol::Imap => "Courier에서는 MAXPERIP",
        Protocol::Smtp => "Postfix에서는 smtpd_client_connection_count_limit",
    };
    words!(
        "Postroom의 IP 주소에서 연결이 너무 많습니다";
        "아직 아무도 로그인하지 않았으므로 이 메일박스의 문제가 아닙니다. 서버는 IP 주소마다 연결 수를 세는데, 그 수가 너무 많습니다.";
        "같은 IP 주소에서 {host} 서버에 연결하는 다른 프로그램을 찾으세요. 같은 네트워크의 메일 프로그램, 백업, 또 다른 Postroom일 수 있습니다. 필요 없는 것은 닫으세요.",
        "{host} 서버에 있는 Postroom의 다른 메일박스도 포함됩니다. 메일박스가 많을수록 한도에 빨리 닿습니다.",
        "10분쯤 기다리세요. 남아 있던 연결은 저절로 끊어집니다. 그다음 다시 검사하세요.",
        "계속되면 {host} 서버 관리자에게 Postroom의 IP 주소에 대한 제한({limit})을 늘려 달라고 요청하세요.",
    )
}

pub(super) fn rate_limited(scene: &Scene, reply: &str) -> Words {
    if reply::is_about_traffic(reply) {
        return too_much_traffic(scene, reply);
    }
    let words = words!(
        "짧은 시간에 너무 많이 시도했습니다";
        "서버가 이 계정이나 Postroom의 IP 주소를 잠시 기다리게 합니다. 계속 시도하면 더 길어질 수 있습니다.";
    );
    let words = match scene.provider {
        Provider::Google => words.then(steps![
            "15분 이상 기다린 뒤 다시 검사하세요. 하루 사용량을 넘긴 경우 Gmail이 최대 24시간까지 제한할 수 있습니다.",
        ]),
        Provider::Microsoft => words.then(steps![
            "15분 이상 기다린 뒤 다시 검사하세요. 오류가 반복되어 보내기가 막힌 계정은 원인을 없애야 풀립니다.",
        ]),
        _ => words.then(steps!["15분 이상 기다린 뒤 다시 검사하세요."]),
    };
    let words =
        words.then(steps!["휴대전화나 복합기처럼 예전 비밀번호로 계속 접속하는 프로그램이 있는지 찾아 고치세요."]);
    if scene.oauth.is_some() {
        return words;
    }
    words.then(steps!["기다리는 동안 사용자 이름과 비밀번호가 맞는지 확인하세요."])
}

/// What was read and asked is too much; the sign-in is in order.
fn too_much_traffic(scene: &Scene, reply: &str) -> Words {
    let Scene { username, .. } = scene;
    let wait = match reply::pause(reply) {
        Some(seconds @ 1..120) => {
            format!("서버가 기다릴 시간을 직접 알려 주었습니다. {seconds}초 기다린 뒤 다시 검사하세요.")
        }
        Some(seconds) => {
            format!("서버가 기다릴 시간을 직접 알려 주었습니다. {}분 기다린 뒤 다시 검사하세요.", seconds.div_ceil(60))
        }
        None if scene.provider == Provider::Google => {
            "1시간 기다린 뒤 다시 검사하세요. Gmail이 최대 24시간까지 제한할 수 있습니다.".to_owned()
        }
        None => "15분 이상 기다린 뒤 다시 검사하세요.".to_owned(),
    };
    words!(
        "짧은 시간에 메일박스를 너무 많이 사용했습니다";
        "메일 서비스는 한 계정이 쓸 수 있는 명령 수와 데이터 양을 제한합니다. 사용자 이름과 비밀번호의 문제는 아닙니다.";
        "{wait}",
        "백업, 이전 작업, 새로 설정한 메일 프로그램처럼 {username} 계정의 메일을 모두 읽는 다른 프로그램이 있는지 찾으세요. 끝날 때까지 기다리거나 멈추세요.",
    )
}

pub(super) fn folder_missing(scene: &Scene, folder: &str) -> Words {
    let (title_folder, folder) = (title_name(folder), step_name(folder));
    words!(
        "‘{title_folder}’ 폴더가 없습니다";
        "메일박스는 열렸지만 이 이름의 폴더가 없습니다. 폴더 이름은 메일박스의 언어에 따라 다르고 대소문자도 구분합니다.";
        "다른 폴더를 선택하세요. 새 메일은 INBOX(받은 메일함)에 들어옵니다.",
        "‘{folder}’ 폴더를 확인하려면 먼저 웹메일에서 만드세요. 다른 폴더 안에 있는 폴더는 INBOX/Support나 INBOX.Support처럼 상위 폴더와 함께 적습니다.",
    )
    .then(if scene.provider == Provider::Google {
        steps!["Gmail에서는 설정 → 라벨에서 ‘IMAP에서 보기’를 선택한 라벨만 폴더로 보입니다."]
    } else {
        Vec::new()
    })
}

pub(super) fn folder_refused(scene: &Scene, folder: &str) -> Words {
    let Scene { username, .. } = scene;
    let title_folder = title_name(folder);
    let folder = step_name(folder);
    let words = words!(
        "‘{title_folder}’ 폴더를 읽을 수 없습니다";
        "로그인은 되었지만 서버가 {username} 계정으로 이 폴더를 여는 것을 허용하지 않습니다.";
    );
    if scene.provider == Provider::NetEase {
        return words.then(steps![
            "브라우저에서 웹메일에 로그인해 보안 알림이 있으면 확인하세요.",
            "设置(설정) → POP3/SMTP/IMAP에서 IMAP/SMTP 서비스가 켜져 있는지, 여기에 입력한 비밀번호가 인증 코드(授权码)인지 확인하세요.",
            "다시 검사하세요.",
        ]);
    }
    words.then(steps![
        "다른 사람의 폴더라면 그 사람이나 메일 관리자에게 {username} 계정에 ‘{folder}’ 폴더 읽기 권한을 달라고 요청하세요.",
        "또는 INBOX 같은 다른 폴더를 선택하세요.",
    ])
}

pub(super) fn folder_uids_do_not_last(scene: &Scene, folder: &str) -> Words {
    let Scene { host, address, .. } = scene;
    let (title_folder, folder) = (title_name(folder), step_name(folder));
    let words = words!(
        "‘{title_folder}’ 폴더는 지켜볼 수 없습니다";
        "서버가 이 폴더의 메일에 바뀌지 않는 번호(UID)를 붙이지 않습니다. 그러면 Postroom이 내일 어떤 메일을 이미 읽었는지 알 수 없어, 같은 메일을 두 번 가져오거나 빠뜨리게 됩니다.";
    );
    let words = if folder.eq_ignore_ascii_case("INBOX") {
        words
    } else {
        words.then(steps!["INBOX 같은 다른 폴더를 선택하세요. 검색 결과나 다른 사람의 메일을 보여 주기만 하는 폴더에는 이런 번호가 없는 경우가 많습니다."])
    };
    words.then(steps![
        "{host} 서버 관리자에게 폴더의 색인이 손상되었는지, 서버 앞에 메일 프록시가 있는지 문의하세요. 색인을 복구하면(Dovecot에서는 doveadm force-resync) 해결되는 경우가 많습니다.",
        "바꿀 수 없다면 메일을 전달하게 하세요. Postroom 자체 메일 서버에 메일박스를 만들고, {address} 주소의 메일을 그 메일박스 페이지에 나오는 주소로 전달하면 됩니다.",
    ])
}

pub(super) fn sender_refused(scene: &Scene, sender: &str) -> Words {
    let Scene { username, .. } = scene;
    let title_sender = title_name(sender);
    let sender = step_name(sender);
    let words = words!(
        "{title_sender} 주소로 보낼 수 없습니다";
        "지금은 {username} 계정으로 로그인되어 있습니다. 남의 이름으로 메일을 보내지 못하도록, 서버는 계정에 속한 주소로만 보내기를 허용합니다.";
    );
    match scene.provider {
        Provider::Microsoft if !scene.personal && !scene.own => words.then(steps![
            "{username} 계정에 {sender} 주소로 보낼 권한이 필요합니다. 관리자가 Exchange 관리 센터(admin.exchange.microsoft.com) → 받는 사람 → 사서함 → {sender} → 위임의 ‘다음 사용자로 보내기(Send as)’에 {username} 계정을 추가하거나, Exchange Online PowerShell에서 아래 명령을 실행해야 합니다. 모든 권한만으로는 보낼 수 없습니다.",
            "적용되기까지 최대 1시간이 걸릴 수 있습니다. 그다음 다시 검사하세요.",
        ]),
        Provider::Microsoft if !scene.personal => words.then(steps![
            "{sender} 주소가 다른 사서함이면 관리자가 Exchange 관리 센터(admin.exchange.microsoft.com) → 받는 사람 → 사서함 → {sender} → 위임에서 {username} 계정을 ‘다음 사용자로 보내기(Send as)’에 추가해야 합니다.",
            "같은 사서함의 다른 주소라면 그 주소를 기본 주소로 바꾸거나, Exchange 관리 센터 → 설정 → 메일 흐름에서 별칭으로 보내기를 켜세요.",
            "적용되기까지 최대 1시간이 걸릴 수 있습니다. 그다음 다시 검사하세요.",
        ]),
        Provider::Google => words.then(steps![
            "{username} 계정으로 Gmail에 로그인하고 설정 → 모든 설정 보기 → 계정 → 다른 주소에서 메일 보내기를 여세요.",
            "{sender} 주소를 추가하고, 그 주소로 받은 코드로 확인하세요.",
            "다시 검사하세요.",
        ]),
        Provider::Naver | Provider::Kakao | Provider::Tencent | Provider::NetEase | Provider::ICloud => {
            let service = provider::name(scene);
            words.then(steps![
                "{service}에서는 계정 자신의 주소로만 보낼 수 있습니다. 메일박스 주소를 {username} 계정의 주소로 바꾸세요.",
                "또는 {sender} 주소를 가진 계정으로 로그인하세요.",
                "다시 검사하세요.",
            ])
        }
        _ if sender.eq_ignore_ascii_case(username) => words.then(steps![
            "{sender} 주소가 메일 서비스에 등록된 것과 똑같은지 확인하세요.",
            "메일 관리자에게 이 계정이 메일을 보낼 수 있는 상태인지, {sender} 주소가 이 계정의 주소로 등록되어 있는지 문의하세요.",
            "다시 검사하세요.",
        ]),
        _ => words.then(steps![
            "{sender} 주소를 가진 계정으로 로그인하세요.",
            "또는 메일 관리자에게 {username} 계정이 {sender} 주소로 보낼 수 있게 별칭이나 ‘다음 사용자로 보내기(Send as)’ 권한을 달라고 요청하세요.",
            "다시 검사하세요.",
        ]),
    }
}

pub(super) fn recipient_refused(scene: &Scene, recipient: &str) -> Words {
    let Scene { host, address, .. } = scene;
    let title_recipient = title_name(recipient);
    let recipient = step_name(recipient);
    if !recipient.eq_ignore_ascii_case(address) {
        return words!(
            "서버가 {title_recipient} 주소로 배달하지 않습니다";
            "{recipient} 주소로 보낸 메일이 거부되었습니다. 주소를 잘못 입력했거나 이제 쓰지 않는 주소인 경우가 대부분입니다.";
            "{recipient} 주소를 한 글자씩 확인하고, 다른 방법으로 받는 사람에게 아직 쓰는 주소인지 물어보세요.",
            "주소가 맞다면 {host} 서버 관리자에게 서버의 응답을 보여 주세요. 필터나 규칙에 걸렸을 수 있습니다.",
            "그런 다음 메일을 다시 보내세요. 거부된 메일은 저절로 다시 보내지 않습니다.",
        );
    }
    words!(
        "서버가 {title_recipient} 주소로 배달하지 않습니다";
        "Postroom이 {recipient} 주소로 메일을 보낼 수 있는지 물어보기만 했고 실제로 보내지는 않았습니다. 서버가 이 주소를 모르거나, 이 계정의 메일을 전달해 주지 않는 것입니다.";
        "메일박스 주소를 한 글자씩 확인하세요.",
        "{host} 서버가 도메인의 메일을 받는 서버가 아니라 이 계정의 메일을 보내는 서버인지 확인하세요.",
        "새로 만든 주소라면 모든 곳에 반영될 때까지 기다렸다가 다시 검사하세요.",
    )
    .first(provider::right_server_or(scene, Vec::new()))
}

pub(super) fn international_address(address: &str) -> Words {
    let address = step_name(address);
    words!(
        "서버가 이 주소를 다룰 수 없습니다";
        "{address} 주소의 ‘@’ 앞에 영문이 아닌 글자가 있습니다. 이 서버는 그런 주소를 전송하는 방법(SMTPUTF8)을 지원하지 않습니다.";
        "이 메일박스에는 영문 주소를 쓰세요. 대부분의 메일 서비스에서 별칭을 무료로 만들 수 있습니다.",
        "또는 메일 관리자에게 SMTPUTF8(Postfix에서는 smtputf8_enable = yes)을 켜 달라고 요청하세요.",
    )
}

pub(super) fn command_refused(scene: &Scene) -> Words {
    let Scene { host, protocol_name, .. } = scene;
    words!(
        "서버가 기본 명령을 거부했습니다";
        "Postroom이 일반적인 {protocol_name} 명령을 보냈지만 서버가 받아들이지 않았습니다. 중간 장비나 특이한 서버 때문일 수 있습니다.";
        "다시 검사하세요. 한 번만 생긴 오류일 수 있습니다.",
        "계속되면 ‘지원용 파일 내려받기’를 누르고, 받은 파일을 프로젝트의 이슈 트래커에 이슈와 함께 올려 주세요. ‘서버와 주고받은 내용’이 비밀번호 없이 들어 있습니다.",
        "{host} 서버 관리자에게 서버 앞에 메일 프록시나 필터가 있는지 문의하세요.",
    )
}

pub(super) fn protocol_nonsense(scene: &Scene) -> Words {
    let Scene { host, port, protocol_name, .. } = scene;
    let other = match scene.protocol {
        Protocol::Imap => "메일을 보내는 서버나 웹 서버",
        Protocol::Smtp => "메일을 읽는 서버나 웹 서버",
    };
    words!(
        "서버가 {protocol_name} 규칙에 맞지 않는 응답을 보냈습니다";
        "받은 응답을 이해할 수 없습니다. 다른 서비스의 포트이거나, 중간 장비가 대화를 바꾸고 있을 수 있습니다.";
        "서버 이름과 포트를 확인하세요. {host} 서버의 {port}번 포트는 {other}일 수 있습니다.",
        "맞다면 {host} 서버 관리자에게 서버 앞에 메일 프록시나 필터가 있는지 문의하세요.",
        "그래도 해결되지 않으면 ‘지원용 파일 내려받기’를 누르고, 받은 파일을 프로젝트의 이슈 트래커에 이슈와 함께 올려 주세요. ‘서버와 주고받은 내용’이 비밀번호 없이 들어 있습니다.",
    )
    .first(provider::right_server_or(scene, Vec::new()))
}

pub(super) fn too_much_data(scene: &Scene, limit_bytes: usize) -> Words {
    let Scene { host, port, .. } = scene;
    let size = size(limit_bytes);
    words!(
        "서버가 지나치게 많은 데이터를 보냈습니다";
        "짧은 응답이 와야 할 때 {size} 넘는 데이터가 왔습니다. Postroom은 스스로를 보호하려고 연결을 끊었습니다. 메일 서버가 아닐 가능성이 큽니다.";
        "서버 이름과 포트를 확인하세요. 지금은 {host} 서버의 {port}번 포트로 되어 있습니다.",
        "맞다면 {host} 서버 관리자에게 메일 서비스가 무엇을 보내는지 살펴봐 달라고 요청하세요.",
    )
    .first(provider::right_server_or(scene, Vec::new()))
}

/// A limit as people read it.
fn size(bytes: usize) -> String {
    match bytes {
        0..1_024 => format!("{bytes}바이트가"),
        1_024..1_048_576 => format!("{}kB가", bytes / 1_024),
        _ => format!("{}MB가", bytes / 1_048_576),
    }
}
