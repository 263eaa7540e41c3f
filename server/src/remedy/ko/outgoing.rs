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
        "서버가 {recipient} 주소로 메일을 전달하지 않습니다";
        "이 서버는 자기 주소로 오는 메일만 받거나, 보낼 권한이 있는 계정의 메일만 전달합니다. 보내는 서버가 아니라 받는 서버를 입력했을 가능성이 큽니다.";
    )
    .then(if scene.oauth.is_some() {
        Vec::new()
    } else {
        steps!["발신 메일에도 사용자 이름과 비밀번호를 입력하고 인증 방식을 선택했는지 확인하세요."]
    })
    .then(steps!["모두 맞다면 {host} 서버 관리자에게 {username} 계정이 다른 도메인으로 보낼 수 있게 해 달라고 요청하세요."])
    .first(provider::right_server_or(
        scene,
        steps![
            "{domain}의 발신 서버(submission)를 입력하세요. 포트는 보통 465(SSL/TLS) 또는 587(STARTTLS)입니다. 도메인의 MX 레코드에 있는 서버는 메일을 받는 서버입니다.",
        ],
    ))
}

pub(super) fn message_refused(scene: &Scene) -> Words {
    let Scene { host, .. } = scene;
    words!(
        "서버가 이 메일을 받지 않습니다";
        "로그인과 주소 확인은 성공했지만 메일의 내용을 받아들이지 않았습니다. {host} 서버의 필터나 규칙에 걸렸습니다.";
        "서버의 응답을 읽어 보세요. 대개 어떤 규칙인지 나와 있습니다.",
        "{host} 서버 관리자에게 이 계정의 메일을 허용하고 필터 기록을 확인해 달라고 요청하세요.",
        "그런 다음 메일을 다시 보내세요. 거부된 메일은 저절로 다시 보내지 않습니다.",
    )
}

pub(super) fn message_too_large(scene: &Scene) -> Words {
    let Scene { host, .. } = scene;
    words!(
        "메일이 서버의 크기 제한을 넘었습니다";
        "메일 서버마다 첨부 파일을 포함한 메일 한 통의 크기 제한이 있고, 첨부 파일은 전송할 때 3분의 1쯤 커집니다.";
        "큰 파일은 링크로 보내거나 여러 통으로 나누어 보내세요.",
    )
    .then(match scene.provider {
        Provider::Google => steps!["Gmail의 첨부 파일은 모두 합쳐 25MB까지이며 늘릴 수 없습니다."],
        Provider::Microsoft if !scene.personal => steps![
            "Microsoft 365의 기본 제한은 35MB입니다. 관리자가 admin.exchange.microsoft.com → 받는 사람 → 사서함 → 해당 사서함 → 일반 → 메시지 크기 제한에서 늘리거나, Exchange Online PowerShell에서 아래 명령을 실행하면 됩니다.",
        ],
        Provider::Other => steps![
            "직접 운영하는 서버라면 {host} 서버 관리자가 제한(Postfix에서는 message_size_limit, 바이트 단위)을 늘릴 수 있습니다."
        ],
        _ => steps!["메일 서비스의 도움말에서 크기 제한을 확인하세요. 대부분 20~50MB입니다."],
    })
    .then(steps!["그런 다음 메일을 다시 보내세요. 거부된 메일은 저절로 다시 보내지 않습니다."])
}

pub(super) fn refused_by_mail_rule(scene: &Scene) -> Words {
    let Scene { address, domain, .. } = scene;
    let words = words!(
        "조직의 메일 규칙이 메일을 거부했습니다";
        "로그인은 성공했습니다. 메일 서비스가 아니라 {domain} 관리자가 만든 메일 규칙이 이 메일을 거부했습니다.";
    );
    match scene.provider {
        Provider::Google => words.then(steps![
            "관리자가 admin.google.com → 앱 → Google Workspace → Gmail을 열고 ‘규정 준수’와 ‘라우팅’에서 이런 메일을 거부하는 규칙을 찾아야 합니다.",
            "{address} 메일이 통과하도록 규칙을 고치고 저장하세요. 적용되기까지 최대 24시간이 걸릴 수 있습니다.",
            "그런 다음 메일을 다시 보내세요. 거부된 메일은 저절로 다시 보내지 않습니다.",
        ]),
        _ => words.then(steps![
            "메일 관리자에게 서버의 응답을 보여 주고 어떤 규칙인지 문의하세요. 내용 규칙, 특정 발신자 규칙, 외부 발송 규칙일 수 있습니다.",
            "{address} 메일이 통과하도록 규칙을 고쳐 달라고 요청하세요.",
            "그런 다음 메일을 다시 보내세요. 거부된 메일은 저절로 다시 보내지 않습니다.",
        ]),
    }
}

pub(super) fn sender_not_authenticated(scene: &Scene) -> Words {
    let Scene { domain, .. } = scene;
    let title_domain = title_name(domain);
    words!(
        "{title_domain} 도메인의 메일인지 증명되지 않았습니다";
        "받는 쪽은 보낸 도메인이 이 메일을 보증하는지 DNS의 SPF, DKIM, DMARC로 확인하는데, 확인되지 않았습니다. 큰 메일 서비스는 이런 메일을 거부합니다.";
        "{domain} DNS 담당자가 실제로 메일을 보내는 서비스를 포함하는 SPF 레코드를 등록해야 합니다.",
    )
    .then(match scene.provider {
        Provider::Microsoft => steps![
            "security.microsoft.com → 전자 메일 및 협업 → 정책 및 규칙 → 위협 정책 → 전자 메일 인증 설정 → DKIM에서 {domain} 도메인의 DKIM을 켜고, 표시되는 레코드 두 개를 등록하세요.",
        ],
        Provider::Google => steps![
            "admin.google.com → 앱 → Google Workspace → Gmail → 이메일 인증에서 {domain} 도메인의 DKIM 레코드를 만들어 등록한 다음 ‘인증 시작’을 누르세요.",
        ],
        _ => steps!["메일 서비스에서 {domain} 도메인의 DKIM을 켜고, 표시되는 레코드를 등록하세요."],
    })
    .then(steps![
        "아래 명령을 실행하면 도메인에 DMARC 레코드가 있는지, 받는 쪽에 무엇을 요구하는지 알 수 있습니다.",
        "Postroom 자체 메일 서버의 메일박스라면 계정 → 발신 도메인에 등록할 레코드가 모두 나와 있습니다.",
        "새 레코드가 DNS에 반영될 때까지 1시간쯤 기다린 다음 메일을 다시 보내세요.",
    ])
}

pub(super) fn block_listed(scene: &Scene) -> Words {
    let Scene { host, .. } = scene;
    words!(
        "Postroom의 IP 주소가 차단 목록에 있습니다";
        "스팸을 보낸 적이 있거나, 메일 서버를 두지 않는 가정용·클라우드 회선이라고 등록된 주소여서 {host} 서버가 거부했습니다.";
        "서버의 응답을 읽어 보세요. 차단 목록의 이름과 해제를 신청하는 페이지가 적혀 있는 경우가 많습니다.",
        "{host} 서버가 보내는 서버가 맞는지 확인하세요. 메일을 받는 서버는 차단 목록을 확인하지만, 로그인하는 서버는 보통 확인하지 않습니다.",
        "같은 IP 주소에서 스팸을 보내는 것이 있는지 찾아 멈춘 다음 해제를 신청하세요. 하루쯤 걸릴 수 있습니다.",
        "클라우드처럼 다른 사용자와 함께 쓰는 주소라면 메일 서비스의 릴레이를 통해 보내세요.",
    )
    .first(provider::right_server_or(scene, Vec::new()))
}

pub(super) fn sending_limit_reached(scene: &Scene) -> Words {
    let Scene { username, .. } = scene;
    words!(
        "메일 서비스의 발송 한도에 도달했습니다";
        "메일 서비스는 한 계정이 하루에 보낼 수 있는 메일 수를 제한합니다. 보내지 못한 메일은 Postroom이 보관했다가 자동으로 다시 보냅니다.";
        "기다리세요. 늦어도 24시간 안에 한도가 저절로 풀립니다.",
        "뉴스레터나 복합기처럼 {username} 계정으로 메일을 많이 보내는 다른 프로그램이 있는지 찾아, 별도의 계정을 쓰도록 바꾸세요.",
    )
    .then(match scene.provider {
        Provider::Google if scene.personal => {
            steps!["Gmail 계정은 24시간 동안 수신자 500명까지 보낼 수 있습니다. Google Workspace에서는 더 많이 보낼 수 있습니다."]
        }
        Provider::Google => steps![
            "Google Workspace에서는 계정마다 하루 2,000통, 평가판에서는 500통까지 보낼 수 있습니다. 더 필요하면 관리자가 admin.google.com에서 SMTP 릴레이 서비스를 설정하면 됩니다.",
        ],
        Provider::Microsoft if scene.personal => steps![
            "Outlook.com 계정은 조직의 계정보다 하루에 보낼 수 있는 수신자가 적고, 새 계정은 더 적습니다. Microsoft 365를 구독하면 한도가 늘어납니다. 많이 보내야 한다면 조직의 메일박스를 연결하세요.",
        ],
        Provider::Microsoft => steps![
            "Microsoft 365에서는 하루에 수신자 10,000명까지 보낼 수 있고, 새 조직은 외부 발송이 더 적게 제한됩니다. 더 필요하면 Microsoft의 대량 메일 서비스를 사용하세요.",
        ],
        _ => steps!["메일 서비스에 발송 한도가 얼마인지, 다른 요금제에서는 더 보낼 수 있는지 문의하세요."],
    })
}

pub(super) fn sender_throttled(scene: &Scene) -> Words {
    let Scene { address, title_address, .. } = scene;
    words!(
        "{title_address} 주소의 보내기가 제한되었습니다";
        "Exchange Online은 같은 오류를 되풀이하는 발신자를 막습니다. 계속 시도하면 더 길어지므로 Postroom도 보내기를 멈췄습니다.";
        "서버의 응답에서 번호를 찾으세요. 5.2.251은 가득 찬 사서함, 5.2.253은 라이선스 없음, 5.2.254는 너무 많은 수신자, 5.2.255는 없는 수신자라는 뜻입니다.",
        "원인을 없애세요. {address} 사서함을 비우거나, Exchange Online이 포함된 라이선스를 할당하거나(admin.microsoft.com → 사용자 → 활성 사용자 → 라이선스 및 앱), 수신자를 고치면 됩니다.",
        "1시간 뒤에 다시 검사하세요. 보낼 편지함에서 기다리던 메일은 그다음에 나갑니다.",
    )
}

pub(super) fn sender_blocked(scene: &Scene) -> Words {
    let Scene { address, username, title_address, .. } = scene;
    let words = words!(
        "{title_address} 주소로 더 이상 보낼 수 없습니다";
        "메일 서비스가 이 계정에서 스팸을 보냈다고 의심해 보낼 권한을 막았습니다. 다른 사람이 비밀번호를 알아낸 경우가 많습니다.";
        "{username} 계정의 비밀번호를 바꾸고, 메일박스에 모르는 규칙이나 전달 설정이 있는지 확인하세요.",
    );
    match scene.provider {
        Provider::Microsoft if !scene.personal => words.then(steps![
            "관리자가 security.microsoft.com → 전자 메일 및 협업 → 검토 → 제한된 엔터티에서 {address} 항목을 골라 차단을 해제하거나, Exchange Online PowerShell에서 아래 명령을 실행해야 합니다.",
            "서버의 응답에 5.7.705나 5.7.708이 있으면 조직 전체가 제한된 것입니다. 관리자가 admin.microsoft.com → 지원에서 지원을 요청해야 합니다.",
            "적용되기까지 1시간, 조직 전체라면 하루가 걸릴 수 있습니다. 그다음 다시 검사하세요.",
        ]),
        Provider::Google if !scene.personal => words.then(steps![
            "관리자가 admin.google.com → 디렉터리 → 사용자 → {username} 항목을 열고, 스팸 때문에 정지되었다고 나오면 ‘다시 활성화’를 선택해야 합니다.",
            "개인 계정과 새 조직은 24시간 뒤에 다시 보낼 수 있습니다. 그다음 다시 검사하세요.",
        ]),
        _ => words.then(steps![
            "{username} 계정으로 웹메일에 로그인해 안내하는 절차를 마치거나, 메일 서비스에 보내기 제한을 풀어 달라고 요청하세요.",
            "그다음 다시 검사하세요.",
        ]),
    }
}

pub(super) fn mailbox_full(scene: &Scene) -> Words {
    let Scene { address, .. } = scene;
    words!(
        "메일박스에 남은 공간이 없습니다";
        "메일박스의 용량을 모두 써서 서버가 거부했습니다. 보낸 메일의 사본을 보관하는 서비스에서는 보내기에도 공간이 필요합니다.";
        "서버의 응답을 읽어 보세요. {address} 메일박스인지 받는 사람의 메일박스인지 대개 나와 있습니다.",
        "{address} 메일박스라면 웹메일에서 보낸 메일을 비롯한 오래된 메일을 삭제하거나 보관하고 휴지통을 비우세요.",
        "모두 필요한 메일이라면 메일 관리자에게 용량을 늘려 달라고 요청하세요.",
        "그다음 다시 검사하세요.",
    )
}
