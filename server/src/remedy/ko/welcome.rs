//! The server's first words.

use super::provider::{self, FROM_THE_FIRST_BYTE};
use crate::{
    model::{Protocol, Security},
    remedy::{
        scene::{Scene, title_name},
        words::{Words, steps, words},
    },
};

pub(super) fn no_greeting(scene: &Scene) -> Words {
    let Scene { port, .. } = scene;
    let words = words!(
        "서버가 연결을 받고도 아무 말이 없습니다";
        "메일 서버는 먼저 인사말을 보냅니다. 인사말이 없다면 {port}번 포트에서 다른 서비스가 실행 중이거나, 처음부터 SSL/TLS로 시작해야 하는 포트이거나, 서버가 처음 보는 접속을 기다리게 하는 것입니다.";
    );
    let words = if scene.security == Security::Tls || scene.known.is_some() {
        words
    } else {
        words.then(steps!["암호화를 기다리는 포트일 수 있습니다. {FROM_THE_FIRST_BYTE}. 그다음 다시 검사하세요."])
    };
    words
        .then(steps!["그래도 응답이 없으면 서버 관리자에게 Postroom의 IP 주소를 먼저 허용해야 하는지 문의하세요."])
        .first(provider::check_port(scene))
}

pub(super) fn wrong_protocol(scene: &Scene, found: &str) -> Words {
    let Scene { host, protocol_name, .. } = scene;
    let found = title_name(found);
    let other_way = match scene.protocol {
        Protocol::Imap => "IMAP은 메일을 읽을 때, SMTP는 보낼 때 쓰며 서버 이름이 서로 다른 경우가 많습니다.",
        Protocol::Smtp => "SMTP는 메일을 보낼 때, IMAP과 POP3는 읽을 때 쓰며 서버 이름이 서로 다른 경우가 많습니다.",
    };
    words!(
        "{protocol_name} 서버가 아니라 {found} 서버입니다";
        "{host} 서버가 이 포트에서 응답했지만 다른 프로토콜을 사용합니다. {other_way}";
        "받는 메일 서버와 보내는 메일 서버의 이름을 서로 바꿔 입력하지 않았는지 확인하세요.",
    )
    .first(provider::check_port(scene))
}

pub(super) fn not_a_mail_server(scene: &Scene) -> Words {
    let Scene { host, port, domain, protocol_name, .. } = scene;
    words!(
        "메일 서버가 아닙니다";
        "{host} 서버의 {port}번 포트에서 응답은 왔지만 메일 프로토콜이 아닙니다. 웹 서버일 수 있습니다.";
        "웹메일 주소가 아니라 {protocol_name} 서버 이름을 입력하세요. 보통 ‘mail.’, ‘imap.’, ‘smtp.’로 시작합니다.",
        "잘 모르겠으면 메일 서비스에 {domain}의 {protocol_name} 서버 이름을 문의하세요.",
    )
    .first(provider::check_port(scene))
}

pub(super) fn turned_away(scene: &Scene) -> Words {
    let Scene { host, .. } = scene;
    words!(
        "서버가 Postroom의 접속을 처음부터 거절했습니다";
        "사용자 이름과 비밀번호를 보내기도 전에 서버가 대화를 끝냈습니다. 서버가 지금 너무 바쁘거나, Postroom의 IP 주소에서 오는 접속을 받지 않는 것입니다.";
        "위에 표시된 서버의 응답을 읽어 보세요. 이유나 안내 페이지가 적혀 있는 경우가 많습니다.",
        "몇 분 뒤에 다시 검사하세요.",
        "계속되면 {host} 서버 관리자에게 Postroom의 IP 주소를 허용하고 차단 목록에서 빼 달라고 요청하세요.",
    )
}

pub(super) fn ehlo_refused(scene: &Scene) -> Words {
    let Scene { host, .. } = scene;
    words!(
        "서버가 Postroom이 밝힌 이름을 받아들이지 않습니다";
        "메일을 보내는 프로그램은 먼저 자기 컴퓨터의 이름을 밝힙니다. 이 서버는 postroom.example.com처럼 공개된 전체 이름을 요구합니다.";
        "Postroom 운영자에게 postroom.toml의 ehlo_name에 컴퓨터의 공개 호스트 이름을 설정하고 다시 시작해 달라고 요청하세요.",
        "DNS에서 이 컴퓨터로 연결되는 이름을 쓰세요. 확인하는 서버도 있습니다.",
        "이름이 맞다면 {host} 서버 관리자에게 어떤 이름을 받아들이는지 문의하세요.",
    )
}
