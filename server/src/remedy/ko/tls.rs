//! Encryption: the port's way to begin, the certificate, the versions.

use super::provider::{self, AS_THE_PORT_SUGGESTS, FROM_THE_FIRST_BYTE, WITH_START_TLS};
use crate::{
    model::{Fingerprint, Language, Provider, Timestamp, Weakness},
    remedy::{
        date::day,
        scene::{Scene, list, step_name},
        words::{Words, steps, words},
    },
};

pub(super) fn not_a_tls_port(scene: &Scene, port: u16) -> Words {
    let Scene { protocol_name, tls_port, .. } = scene;
    let general = if port == *tls_port {
        steps!["포트는 {port} 그대로 두고 {WITH_START_TLS}."]
    } else {
        steps![
            "‘SSL/TLS 사용’은 선택한 채로 포트를 {tls_port}번으로 바꾸세요. {protocol_name} 서버에서 가장 흔히 쓰는 설정입니다.",
            "서버에 {tls_port}번 포트가 없으면 포트는 {port} 그대로 두고 {WITH_START_TLS}."
        ]
    };
    words!("{port}번 포트는 암호화로 시작하지 않습니다"; "Postroom은 SSL/TLS 방식대로 처음부터 암호화하려 했지만, 이 포트의 서버는 일반 텍스트로 시작한 뒤 나중에 암호화(STARTTLS)하거나 아예 암호화하지 않습니다.";).then(provider::right_server_or(scene, general))
}

pub(super) fn tls_from_the_start(scene: &Scene, port: u16) -> Words {
    let Scene { protocol_name, start_tls_port, .. } = scene;
    let general = steps![
        "포트는 {port} 그대로 두고 {FROM_THE_FIRST_BYTE}.",
        "STARTTLS를 쓰려면 포트를 {start_tls_port}번으로 바꾸고 ‘암호화 시작 방식’을 ‘포트에 맞게 자동’으로 두세요. {protocol_name} 서버가 STARTTLS에 흔히 쓰는 포트입니다."
    ];
    words!("{port}번 포트는 처음부터 암호화해야 합니다"; "Postroom은 일반 텍스트 인사말을 기다렸지만, 이 포트의 서버는 바로 SSL/TLS로 시작하기를 기다립니다.";).then(provider::right_server_or(scene, general))
}

pub(super) fn start_tls_not_offered(scene: &Scene) -> Words {
    let Scene { host, tls_port, .. } = scene;
    words!("서버가 STARTTLS를 지원하지 않습니다"; "STARTTLS 없이는 비밀번호가 암호화되지 않은 채 전송되므로 Postroom이 연결을 멈췄습니다. 서버가 암호화에 다른 포트를 쓰거나, 중간 장비가 STARTTLS 안내를 지웠을 수 있습니다."; "그래도 안 되면 {host} 서버 관리자에게 STARTTLS나 SSL/TLS를 켜 달라고 요청하세요.", "관리자가 STARTTLS가 켜져 있다고 하면 중간의 방화벽이 걸러 내는 것입니다. 이 연결은 그대로 통과시키도록 하세요.")
        .first(provider::right_server_or(scene, steps!["포트를 {tls_port}번으로 바꾸고 {AS_THE_PORT_SUGGESTS}."]))
}

pub(super) fn start_tls_refused(scene: &Scene) -> Words {
    let Scene { host, tls_port, .. } = scene;
    words!(
        "서버가 STARTTLS를 안내하고도 시작하지 못했습니다";
        "지금 서버의 암호화 기능이 동작하지 않습니다. 서버가 인증서나 키 파일을 읽지 못할 때 흔히 생깁니다.";
        "{tls_port}번 포트로 시도해 보세요. {AS_THE_PORT_SUGGESTS}.",
        "그래도 실패하면 {host} 서버 관리자에게 알리세요. 서버 로그에 인증서의 어떤 점이 문제인지 나와 있습니다.",
    )
}

pub(super) fn start_tls_injected(scene: &Scene) -> Words {
    let Scene { tls_port, .. } = scene;
    words!(
        "누군가 이 연결을 조작하고 있을 수 있습니다";
        "암호화가 시작되기 전, 아무것도 와서는 안 되는 시점에 데이터가 끼어들었습니다. Postroom은 비밀번호를 보내지 않고 연결을 끊었습니다. 오래전부터 알려진 공격이거나 중간 장비의 결함입니다.";
        "포트를 {tls_port}번으로 바꾸고 {FROM_THE_FIRST_BYTE}. 첫 바이트부터 암호화되므로 데이터가 끼어들 수 없습니다.",
        "네트워크 담당자에게 어떤 장비(방화벽, 메일 필터)가 이 연결을 처리하는지 확인하고, 업데이트하거나 빼 달라고 요청하세요.",
        "메일 서버 관리자에게도 알리세요. 오래된 서버에서도 같은 문제가 나타날 수 있습니다.",
    )
}

/// A session that has begun signed in cannot be encrypted any more (RFC 9051, section 6.2.1).
pub(super) fn signed_in_before_tls(scene: &Scene) -> Words {
    let Scene { host, tls_port, .. } = scene;
    words!(
        "누군가 이 연결을 조작하고 있을 수 있습니다";
        "서버의 첫 응답이 이미 로그인되어 있다고 알려 왔습니다(PREAUTH). 이렇게 시작된 연결은 더 이상 암호화할 수 없으며, 중간에서 누군가 암호화를 막을 때 쓰는 방법입니다. Postroom은 비밀번호를 보내지 않고 연결을 끊었습니다.";
        "포트를 {tls_port}번으로 바꾸고 {FROM_THE_FIRST_BYTE}. 그러면 중간에서 응답을 끼워 넣을 수 없습니다.",
        "네트워크 담당자에게 어떤 장비(방화벽, 메일 필터)가 이 연결을 처리하는지 확인하고, 업데이트하거나 빼 달라고 요청하세요.",
        "{host} 서버 관리자에게 서버가 직접 PREAUTH로 응답하는지 문의하세요. 외부 프로그램에 그렇게 응답할 이유는 없습니다.",
    )
}

pub(super) fn certificate_expired(scene: &Scene, not_after: Timestamp) -> Words {
    let Scene { host, .. } = scene;
    let date = day(not_after, Language::Ko);
    words!(
        "서버 인증서가 {date}에 만료되었습니다";
        "인증서는 서버가 진짜임을 증명합니다. 이 인증서는 기한이 지나서 Postroom이 진짜 서버와 가짜 서버를 구별할 수 없습니다.";
        "{host} 서버 관리자에게 인증서를 갱신하고 메일 서비스에 다시 적용해 달라고 요청하세요. 다른 메일 프로그램에도 같은 경고가 나타납니다.",
        "웹 서버에는 새 인증서가 있는데도 메일 서비스가 예전 파일을 쓰고 있을 수 있습니다.",
        "갱신한 뒤 다시 검사하세요. 여기서 바꿀 설정은 없습니다.",
    )
}

pub(super) fn certificate_not_yet_valid(scene: &Scene, not_before: Timestamp) -> Words {
    let Scene { host, .. } = scene;
    let date = day(not_before, Language::Ko);
    words!(
        "서버 인증서는 {date}부터 유효합니다";
        "이 컴퓨터의 시계로는 아직 그날이 되지 않았습니다. 대부분 Postroom이 설치된 컴퓨터의 시계가 틀린 경우입니다.";
        "Postroom이 설치된 컴퓨터의 날짜와 시각을 실제와 비교하고 시간 동기화를 켜세요. Linux에서는 timedatectl set-ntp true 명령으로 켤 수 있습니다.",
        "시계가 맞다면 {host} 서버 관리자에게 오늘 유효한 인증서를 설치해 달라고 요청하세요.",
    )
}

pub(super) fn certificate_for_other_name(scene: &Scene, names: &[String]) -> Words {
    let Scene { host, title_host, .. } = scene;
    let listed = list(names, 4);
    if scene.is_address {
        return words!(
            "인증서가 IP 주소가 아니라 이름으로 발급되어 있습니다";
            "서버 이름에 IP 주소를 입력했는데 인증서는 이름으로 발급됩니다. 그래서 Postroom이 {host} 서버가 맞는지 확인할 수 없습니다.";
            "{host} 대신 서버 이름을 입력하세요. 인증서에 들어 있는 이름은 다음과 같습니다: {listed}. 이 중에서 고르세요.",
            "이 중에 없으면 메일 서비스의 안내에서 서버 이름을 찾아 입력하세요.",
        )
        .first(provider::right_server_or(scene, Vec::new()));
    }
    let words = words!(
        "{title_host} 서버의 인증서가 아닙니다";
        "서버가 신원을 증명했지만 {host} 서버로는 증명하지 못했습니다. 호스팅 메일에서는 인증서에 호스팅 업체의 서버 이름이 들어 있는 경우가 많습니다.";
    );
    if names.is_empty() {
        return words.then(steps![
            "인증서에 요즘 쓰는 형식의 서버 이름(Subject Alternative Name)이 없습니다. {host} 서버 관리자에게 인증서를 새로 발급해 달라고 요청하세요.",
        ]);
    }
    words
        .then(steps![
            "인증서에 들어 있는 이름은 다음과 같습니다: {listed}. 이 중에 메일 서비스가 안내하는 메일 서버가 있으면 그 이름을 서버 이름에 입력하세요. ‘*’ 자리에는 어떤 단어든 하나가 들어갈 수 있습니다.",
            "그렇지 않으면 {host} 서버 관리자에게 이 이름이 들어간 인증서를 설치해 달라고 요청하세요.",
        ])
        .first(provider::right_server_or(scene, Vec::new()))
}

pub(super) fn certificate_untrusted(scene: &Scene, issuer: &str) -> Words {
    let Scene { host, .. } = scene;
    let issuer = step_name(issuer);
    if scene.provider != Provider::Other {
        return inspected(scene);
    }
    words!(
        "서버 인증서를 신뢰할 수 없습니다";
        "인증서를 발급한 ‘{issuer}’ 기관은 Postroom이 아는 인증 기관이 아닙니다. 회사 자체 인증 기관이거나, 서버가 인증서 체인의 일부를 빠뜨리고 보냈을 수 있습니다.";
        "‘{issuer}’ 기관이 회사 자체 인증 기관이라면 그 기관의 인증서를 PEM 파일로 받아, 이 서버 설정의 ‘신뢰 대상’에서 ‘자체 인증 기관’을 선택하고 등록하세요. 모든 메일박스에 한꺼번에 적용하려면 Postroom 운영자가 postroom.toml의 [network]에 있는 extra_ca_files에 파일을 추가하면 됩니다.",
        "공인 인증 기관이라면 {host} 서버 관리자에게 서버 인증서만이 아니라 전체 체인(보통 fullchain.pem)을 설치해 달라고 요청하세요.",
        "보안 제품의 이름이라면 방화벽이 암호화된 메일을 열어 보는 것입니다. {host} 연결은 검사에서 제외하도록 하세요.",
    )
}

pub(super) fn certificate_self_signed(scene: &Scene) -> Words {
    let Scene { host, .. } = scene;
    if scene.provider != Provider::Other {
        return inspected(scene);
    }
    words!(
        "서버가 스스로 발급한 인증서를 쓰고 있습니다";
        "자체 서명된 인증서여서 {host} 서버가 진짜인지 확인해 주는 기관이 없습니다. 이런 인증서는 누구나 만들 수 있으므로 Postroom은 로그인하지 않았습니다.";
        "{host} 서버 관리자에게 공인 인증 기관의 인증서를 설치해 달라고 요청하세요. Let's Encrypt에서는 무료로 발급받을 수 있습니다.",
        "사내 서버라면 회사 자체 인증 기관의 인증서도 쓸 수 있습니다. 이 서버 설정의 ‘신뢰 대상’에서 ‘자체 인증 기관’을 선택하세요.",
        "이 인증서를 계속 쓸 서버라면 관리자가 서버에서 확인한 SHA-256 지문과 비교하세요. 서로 같으면 이 인증서만 신뢰할 수 있습니다.",
        "설치한 뒤 다시 검사하세요.",
    )
}

/// A wrong certificate in the name of a service that always has a right one.
fn inspected(scene: &Scene) -> Words {
    let Scene { host, port, .. } = scene;
    let service = provider::name(scene);
    words!(
        "{service}의 인증서가 아닙니다";
        "{service}에서는 공인 인증 기관의 유효한 인증서를 씁니다. Postroom이 받은 인증서는 암호화된 연결을 열어 보는 방화벽이나 백신이 만든 것으로 보입니다.";
        "네트워크 담당자에게 {host} 서버의 {port}번 포트를 TLS 검사(SSL 검사, HTTPS 검사라고도 합니다)에서 제외해 달라고 요청하세요.",
        "회사 방침상 검사를 계속해야 한다면 Postroom 운영자가 검사 장비의 인증 기관을 postroom.toml의 [network]에 있는 extra_ca_files에 추가할 수 있습니다.",
        "그런 장비가 없다고 하면 비밀번호를 입력하지 마세요. 누군가 연결을 가로채고 있을 수 있습니다.",
    )
}

pub(super) fn certificate_chain_incomplete(scene: &Scene, issuer: &str) -> Words {
    let Scene { host, .. } = scene;
    let issuer = step_name(issuer);
    words!(
        "서버가 인증서 체인의 일부를 빠뜨렸습니다";
        "공인 인증 기관 ‘{issuer}’에서 발급한 인증서이지만, 서버가 Postroom이 아는 기관까지 이어 주는 중간 인증서를 보내지 않았습니다. 브라우저는 스스로 채우는 경우가 많아 눈에 띄지 않았을 수 있습니다.";
        "{host} 서버 관리자에게 서버 인증서만이 아니라 전체 체인을 설치해 달라고 요청하세요. Let's Encrypt라면 fullchain.pem 파일이고, 다른 기관이라면 인증서 뒤에 CA 번들 파일을 이어 붙이면 됩니다.",
        "웹 서버와 별도로 메일 서비스에도 설정해야 합니다(Postfix에서는 smtpd_tls_chain_files, Dovecot에서는 ssl_cert). 바꾼 뒤 서비스를 다시 불러오세요.",
        "아래 명령을 실행하면 인증서가 두 개 이상 나와야 합니다. 그다음 다시 검사하세요.",
    )
}

pub(super) fn certificate_inspected(scene: &Scene, issuer: &str) -> Words {
    let Scene { host, port, .. } = scene;
    let issuer = step_name(issuer);
    words!(
        "보안 장비가 이 연결을 열어 보고 있습니다";
        "{host} 서버의 인증서가 공인 인증 기관이 아니라 ‘{issuer}’에서 만든 것입니다. 암호화된 내용을 검사하는 방화벽이나 백신이 이렇게 합니다.";
        "네트워크 담당자에게 {host} 서버의 {port}번 포트를 TLS 검사(SSL 검사, HTTPS 검사라고도 합니다)에서 제외해 달라고 요청하세요.",
        "회사 방침상 검사를 계속해야 한다면 Postroom 운영자가 장비의 인증 기관을 postroom.toml의 [network]에 있는 extra_ca_files에 추가할 수 있습니다.",
        "{host} 서버가 출고 때의 인증서를 그대로 쓰는 메일 보안 장비라면, 장비 관리자가 정식 인증서를 설치해야 합니다.",
    )
}

pub(super) fn certificate_without_names(scene: &Scene, common_name: &str) -> Words {
    let Scene { host, .. } = scene;
    let common_name = step_name(common_name);
    words!(
        "인증서에 서버 이름이 없습니다";
        "일반 이름(CN) ‘{common_name}’만 있고 주체 대체 이름(Subject Alternative Name)이 없습니다. 일반 이름은 서버 이름을 적는 자리가 아니어서 최신 프로그램은 확인하지 않습니다.";
        "{host} 서버 관리자에게 서버 이름을 주체 대체 이름에 넣어 인증서를 새로 발급해 달라고 요청하세요. 공인 인증 기관은 항상 넣어 주지만, 회사 자체 인증 기관에는 따로 요청해야 합니다.",
        "메일 서비스를 다시 불러온 뒤 다시 검사하세요. 여기서 바꿀 설정은 없습니다.",
    )
}

pub(super) fn certificate_too_weak(scene: &Scene, weakness: &Weakness) -> Words {
    let Scene { host, .. } = scene;
    let why = match weakness {
        Weakness::Signature { algorithm } => {
            format!(
                "이미 뚫린 {algorithm} 방식으로 서명되어 있습니다. 같은 서명에 들어맞는 가짜 인증서를 만들 수 있습니다."
            )
        }
        Weakness::Key { bits } => {
            format!("RSA 키가 {bits}비트밖에 되지 않습니다. 2048비트보다 짧은 키는 인증서만으로 알아낼 수 있습니다.")
        }
        Weakness::Version { version } => {
            format!(
                "인증서에 서버 이름을 넣을 수 없던 시절의 X.509 버전 {version} 인증서입니다. 지금은 버전 3만 쓸 수 있습니다."
            )
        }
    };
    words!(
        "서버 인증서가 너무 약합니다";
        "{why}";
        "{host} 서버 관리자에게 인증서를 새로 발급해 달라고 요청하세요. 서버 이름이 들어 있는 X.509 버전 3 인증서로, 2048비트 이상의 RSA 키나 ECDSA 키를 쓰고 SHA-256으로 서명해야 합니다.",
        "회사 자체 인증 기관에서 발급했다면 그 기관도 2048비트 이상의 키와 SHA-256으로 서명해야 합니다.",
        "발급한 뒤 다시 검사하세요. 여기서 바꿀 설정은 없습니다.",
    )
}

pub(super) fn host_not_served(scene: &Scene) -> Words {
    let Scene { host, title_host, .. } = scene;
    words!(
        "서버가 {title_host} 이름을 받지 않습니다";
        "서버는 있지만 {host} 이름으로 암호화 연결을 요청하자 거부했습니다. 다른 이름으로만 서비스하는 서버입니다.";
        "메일 서비스에서 안내하는 서버 이름을 그대로 입력하세요. 호스팅 메일에서는 회사 도메인이 아니라 호스팅 업체의 서버 이름인 경우가 많습니다.",
        "이름이 맞다면 {host} 서버 관리자에게 메일 서비스의 TLS 설정(SNI)에 이 이름을 추가해 달라고 요청하세요.",
    )
    .first(provider::right_server_or(scene, Vec::new()))
}

pub(super) fn certificate_invalid(scene: &Scene) -> Words {
    let Scene { host, .. } = scene;
    words!(
        "서버 인증서를 사용할 수 없습니다";
        "인증서가 폐기되었거나, 형식이 잘못되었거나, 서버용이 아닙니다. 최신 프로그램은 모두 이 인증서를 거부합니다.";
        "{host} 서버 관리자에게 인증서를 새로 발급해 달라고 요청하세요. 서버 이름이 들어 있고, 2048비트 이상의 RSA 키나 ECDSA 키를 쓰고, SHA-256으로 서명한 인증서여야 합니다.",
        "발급한 뒤 다시 검사하세요. 여기서 바꿀 설정은 없습니다.",
    )
}

pub(super) fn pinned_certificate_changed(
    scene: &Scene,
    expected: &Fingerprint,
    found: &Fingerprint,
    vouched_for: bool,
) -> Words {
    let Scene { host, .. } = scene;
    let words = words!(
        "서버의 인증서가 신뢰하기로 한 인증서와 다릅니다";
        "이 서버에서 신뢰하는 인증서는 {expected} 하나입니다. 그런데 지금 서버가 보낸 인증서는 {found}입니다. 인증서를 갱신했거나, 누군가 다른 서버로 바꿔치기했을 수 있습니다. Postroom은 로그인하지 않았습니다.";
    );
    let words = if vouched_for {
        words.then(steps![
            "새 인증서는 기본으로 신뢰하는 인증 기관이 보증합니다. 설정을 편집해 ‘신뢰 대상’에서 ‘기본 인증 기관’을 선택하세요. 그러면 앞으로 인증서를 갱신해도 메일이 멈추지 않습니다.",
        ])
    } else {
        words
    };
    words.then(steps![
        "{host} 서버 관리자에게 인증서를 바꾸었는지 묻고 새 인증서의 SHA-256 지문을 받으세요. 여기에 표시된 명령으로 지문을 볼 수 있으며, 메일 서버에서 직접 실행한 결과여야 믿을 수 있습니다.",
        "두 지문이 끝까지 똑같으면 설정을 편집해 다시 검사하고 그 화면에서 새 인증서를 신뢰하세요. 다르면 아무것도 바꾸지 마세요. 누군가 엿보고 있을 수 있습니다.",
    ])
}

pub(super) fn client_certificate_wanted(scene: &Scene) -> Words {
    let Scene { host, protocol_name, .. } = scene;
    words!(
        "서버가 Postroom의 인증서를 요구합니다";
        "이 서버는 자기 인증서를 제시하는 프로그램만 받아들입니다. Postroom은 비밀번호나 브라우저 로그인을 사용하며 인증서는 가지고 있지 않습니다.";
        "{host} 서버 관리자에게 클라이언트 인증서가 필요 없는 {protocol_name} 주소나 포트가 있는지 문의하세요.",
        "없다면 Postroom이 접속하는 IP 주소에는 이 조건을 적용하지 않도록 요청하세요.",
    )
}

pub(super) fn tls_too_old(scene: &Scene) -> Words {
    let Scene { host, .. } = scene;
    words!(
        "서버의 암호화 방식이 너무 오래되었습니다";
        "이 서버는 이미 뚫려서 폐기된 TLS 1.1 이하만 지원합니다. Postroom에는 TLS 1.2나 1.3이 필요합니다.";
        "{host} 서버 관리자에게 TLS 1.2나 1.3을 켜 달라고 요청하세요. 메일 소프트웨어나 운영체제를 업데이트해야 할 수도 있습니다.",
        "메일 서비스에 같은 메일박스를 위한 새 서버 이름이 있는지 문의하세요.",
    )
}

pub(super) fn tls_downgraded(scene: &Scene) -> Words {
    let Scene { host, port, .. } = scene;
    words!(
        "서버에 너무 오래된 암호화 방식으로 연결됩니다";
        "서버가 TLS 1.0이나 1.1로 연결된다고 알려 왔습니다. Postroom은 TLS 1.2와 1.3만 쓰므로, 중간에서 무언가가 연결을 열어 오래된 방식으로 다시 암호화하고 있습니다.";
        "네트워크 담당자에게 어떤 장비(메일 필터, 프록시, TLS 검사를 하는 방화벽)가 {host} 서버의 {port}번 포트 연결을 처리하는지 확인하고, 그대로 통과시키거나 TLS 1.2 이상을 쓰도록 업데이트해 달라고 요청하세요.",
        "아래 명령을 Postroom이 설치된 컴퓨터와 다른 네트워크에서 한 번씩 실행하세요. 인증서 발급 기관이 서로 다르면 중간 장비가 서버 대신 응답하는 것입니다.",
        "{host} 서버가 메일을 넘겨주는 자체 릴레이나 프록시라면, 그 서버가 다음 서버에 연결하는 방식이 오래된 것입니다. 업데이트하세요.",
        "다시 검사하세요.",
    )
}

pub(super) fn tls_no_shared_cipher(scene: &Scene) -> Words {
    let Scene { host, .. } = scene;
    words!(
        "서버와 Postroom이 함께 쓸 수 있는 암호화 방식이 없습니다";
        "서버가 지금은 안전하지 않다고 보는 방식만 지원합니다.";
        "{host} 서버 관리자에게 ECDHE 키 교환과 AES-GCM 또는 ChaCha20을 허용해 달라고 요청하세요. Mozilla TLS 지침의 ‘intermediate’ 설정이면 충분합니다.",
        "바꾼 뒤 다시 검사하세요. 여기서 바꿀 설정은 없습니다.",
    )
}

pub(super) fn tls_failed(scene: &Scene) -> Words {
    let Scene { host, port, .. } = scene;
    words!(
        "암호화 연결을 맺지 못했습니다";
        "서버와 Postroom이 암호화 방식을 협의하다가 끝맺지 못했습니다. 포트와 SSL/TLS 설정이 서로 맞지 않거나 중간 장비가 방해하는 경우가 많습니다.";
        "몇 분 뒤에 다시 검사하세요. 과부하가 걸렸거나 다시 시작하는 서버도 이렇게 연결을 끊습니다.",
        "‘사용자 이름 및 암호화 세부 설정’의 ‘암호화 시작 방식’이 {port}번 포트에 맞는지 확인하세요. 대개 ‘포트에 맞게 자동’이면 됩니다.",
        "아래 명령을 Postroom이 설치된 컴퓨터와 다른 네트워크에서 한 번씩 실행하세요. 앞의 것만 실패하면 중간의 방화벽이나 프록시가 방해하거나 {host} 서버가 Postroom의 IP 주소를 막고 있는 것입니다. 네트워크 담당자에게 {host} 연결을 그대로 통과시켜 달라고 요청하고, {host} 서버 관리자에게 IP 주소가 차단되어 있는지 문의하세요.",
        "둘 다 실패하면 출력 내용을 {host} 서버 관리자에게 보내세요.",
    )
    .first(provider::right_server_or(scene, Vec::new()))
}
