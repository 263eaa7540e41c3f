//! The way to the server: its name, its address, its port.

use super::provider;
use crate::remedy::{
    scene::{Scene, ports, step_name},
    words::{Words, steps, words},
};

pub(super) fn host_not_found(scene: &Scene) -> Words {
    let Scene { host, title_host, domain, .. } = scene;
    words!(
        "{title_host} 서버를 찾을 수 없습니다";
        "인터넷의 이름 목록(DNS)에 {host} 항목이 없습니다. 대부분 서버 이름을 잘못 입력한 경우입니다.";
        "메일 서비스에서 안내하는 {domain} 서버 이름과 한 글자씩 비교해 보세요.",
        "‘https://’나 포트 번호 없이 서버 이름만 입력하세요.",
        "회사 내부에서만 쓰는 이름이라면 Postroom이 회사의 DNS 서버를 사용해야 합니다. Postroom 운영자에게 문의하세요.",
    )
    .first(provider::right_server_or(scene, Vec::new()))
}

pub(super) fn host_has_no_address(scene: &Scene) -> Words {
    let Scene { host, title_host, domain, protocol_name, .. } = scene;
    words!(
        "{title_host} 이름에 연결된 서버가 없습니다";
        "인터넷의 이름 목록(DNS)에 {host} 항목은 있지만 서버 주소가 등록되어 있지 않습니다. 메일 수신 등 다른 용도로만 쓰는 이름일 수 있습니다.";
        "메일 서비스의 안내에서 {domain}의 {protocol_name} 서버 이름을 찾아 입력하세요.",
        "이름이 맞다면 해당 도메인의 DNS 담당자에게 주소(A 또는 AAAA 레코드) 등록을 요청하세요.",
    )
    .first(provider::right_server_or(scene, Vec::new()))
}

pub(super) fn host_name_invalid(scene: &Scene) -> Words {
    let Scene { protocol_name, .. } = scene;
    words!(
        "서버 이름으로 쓸 수 없는 값입니다";
        "서버 이름에는 mail.example.com처럼 글자, 숫자, 하이픈(-), 점(.)만 쓸 수 있습니다.";
        "공백, ‘https://’, ‘@’, 포트 번호 없이 {protocol_name} 서버 이름만 입력하세요.",
        "복사해서 붙여 넣었다면 지우고 직접 입력하세요. 눈에 보이지 않는 문자가 섞여 있을 수 있습니다.",
    )
    .first(provider::right_server_or(scene, Vec::new()))
}

pub(super) fn dns_timed_out(scene: &Scene) -> Words {
    let Scene { host, title_host, .. } = scene;
    words!(
        "{title_host} 이름을 조회할 DNS 서버에 물어보지 못했습니다";
        "Postroom이 설치된 컴퓨터의 DNS 서버가 제시간에 응답하지 않았거나, 그 서버에 연결할 수 없습니다. {host} 서버나 입력한 설정의 문제는 아닙니다.";
        "1분 뒤에 다시 검사하세요.",
        "계속되면 Postroom이 설치된 컴퓨터에서 아래 명령을 실행하세요. 이 명령도 응답을 받지 못하면 그 컴퓨터가 DNS 서버에 연결하지 못하는 것입니다.",
        "컴퓨터의 DNS 설정(Linux에서는 /etc/resolv.conf)을 바로잡거나, 53번 포트로 DNS 서버에 연결할 수 있게 하세요.",
    )
}

pub(super) fn dns_failed(scene: &Scene) -> Words {
    let Scene { host, title_host, .. } = scene;
    words!(
        "{title_host} 이름을 조회하지 못했습니다";
        "DNS 서버가 주소 대신 오류를 보냈습니다. {host} 쪽 DNS 설정이 잘못되었거나, DNS 서버가 Postroom이 설치된 컴퓨터의 요청을 거부한 것입니다.";
        "다른 네트워크에서 아래 명령을 실행해 보세요. 거기서도 실패하면 해당 도메인의 DNS에 문제가 있는 것이니 담당자에게 알리세요.",
        "다른 곳에서는 조회된다면 Postroom이 설치된 컴퓨터가 쓰는 DNS 서버의 문제입니다. 설정을 고치거나 다른 DNS 서버를 사용하세요.",
    )
}

pub(super) fn dns_refused(scene: &Scene) -> Words {
    let Scene { host, title_host, .. } = scene;
    words!(
        "DNS 서버가 {title_host} 조회를 거부했습니다";
        "Postroom이 설치된 컴퓨터의 DNS 서버가 REFUSED로 응답했습니다. 이 컴퓨터의 요청을 받지 않거나 필터가 이름을 막은 것이며, {host} 서버에는 문제가 없을 수 있습니다.";
        "Postroom이 설치된 컴퓨터에서 아래 명령을 실행하세요. 여기서도 REFUSED가 나오면 그 컴퓨터에 다른 DNS 서버가 필요합니다.",
        "Postroom 운영자에게 시스템 설정(Linux에서는 /etc/resolv.conf)이나 postroom.toml의 [network]에 있는 name_servers에 다른 DNS 서버를 지정해 달라고 요청하세요.",
        "네트워크의 DNS 필터가 이름을 막고 있다면 {host} 이름을 허용해 달라고 요청하세요.",
    )
}

pub(super) fn address_not_allowed(scene: &Scene, address: &str) -> Words {
    let Scene { host, title_host, .. } = scene;
    let address = step_name(address);
    words!(
        "Postroom에 {title_host} 연결이 허용되지 않았습니다";
        "{host} 이름은 {address} 주소로 연결되는데, 내부 네트워크나 특수 용도로 예약된 주소입니다. Postroom을 통해 내부 네트워크를 엿보지 못하도록, 운영자가 허용하기 전에는 이런 주소에 연결하지 않습니다.";
        "외부에서 접속할 때 쓰는 서버 이름이 맞는지 확인하세요.",
        "내부 네트워크의 메일 서버가 맞다면 Postroom 운영자에게 postroom.toml의 [network]에 allow_private = true를 설정하고 다시 시작해 달라고 요청하세요.",
        "메일 서버가 Postroom과 같은 컴퓨터에 있다면 allow_loopback = true로 설정해야 합니다.",
    )
}

pub(super) fn connection_refused(scene: &Scene, port: u16) -> Words {
    let Scene { host, title_host, protocol_name, .. } = scene;
    words!(
        "{title_host} 서버가 {port}번 포트 연결을 거부했습니다";
        "컴퓨터는 응답하지만 이 포트에서 실행 중인 메일 서비스가 없습니다. 포트 번호가 틀렸거나 서비스가 꺼져 있습니다.";
        "포트가 맞다면 {host} 서버 관리자에게 {protocol_name} 서비스를 켜고 Postroom의 접속을 허용해 달라고 요청하세요.",
    )
    .first(provider::check_port(scene))
}

pub(super) fn connect_timed_out(scene: &Scene, port: u16) -> Words {
    let Scene { host, title_host, .. } = scene;
    let words = words!(
        "{title_host} 서버가 {port}번 포트에서 응답하지 않습니다";
        "거부한다는 응답조차 오지 않았습니다. 대개 방화벽이 연결을 조용히 차단하고 있거나 포트 번호가 틀린 경우입니다.";
        "아래 명령을 다른 네트워크에서도 실행해 보세요. 거기서는 연결된다면 Postroom이 설치된 컴퓨터만 막혀 있는 것이고, 거기서도 응답이 없으면 이 포트로는 아무도 연결할 수 없는 것입니다.",
        "Postroom이 설치된 컴퓨터만 막혀 있다면, 네트워크 담당자에게 방화벽이나 클라우드 보안 그룹에서 {host} 서버의 {port}번 포트로 나가는 TCP 연결을 허용해 달라고 요청하고, {host} 서버 관리자에게는 그쪽 방화벽이 Postroom의 IP 주소를 막고 있는지 문의하세요.",
        "어디서나 응답이 없다면 {host} 서버 관리자에게 서비스가 실행 중이고 {port}번 포트가 열려 있는지 문의하세요.",
    );
    let words = words.first(provider::check_port(scene));
    if port == 25 { words.first(provider::not_port_25()) } else { words }
}

pub(super) fn port_blocked(scene: &Scene, port: u16, reference: Option<&str>) -> Words {
    let Scene { host, .. } = scene;
    if port == 25 {
        return words!(
            "네트워크나 통신사에서 25번 포트를 차단하고 있습니다";
            "{host} 서버의 25번 포트에서 아무 응답이 없습니다. 25번은 메일 서버끼리 쓰는 포트라 통신사와 클라우드에서 거의 모두 막아 둡니다. 다른 설정은 틀리지 않았을 수 있습니다.";
            "그래도 25번 포트를 써야 한다면 네트워크 담당자나 클라우드 업체에 아래 명령을 보여 주고 열어 달라고 요청하세요.",
        )
        .first(provider::not_port_25());
    }
    let reference = step_name(reference.unwrap_or_default());
    words!(
        "네트워크에서 {port}번 포트로 나가는 연결을 차단하고 있습니다";
        "{host} 서버의 {port}번 포트뿐 아니라, 그 포트에서 항상 응답하는 {reference} 서버도 응답하지 않습니다. 서버가 아니라 밖으로 나가는 길이 막혀 있습니다.";
        "네트워크 담당자에게 아래 명령을 보여 주세요. Postroom이 설치된 컴퓨터에서 실행하면 포트가 막혀 있는 동안에는 실패합니다.",
        "방화벽, 클라우드 보안 그룹, 프록시에서 그 컴퓨터가 {host} 서버의 {port}번 포트로 TCP 연결을 할 수 있게 허용해 달라고 요청하세요.",
        "그런 다음 다시 검사하세요. 여기서 바꿀 설정은 없습니다.",
    )
}

pub(super) fn not_listening(scene: &Scene, port: u16, reference: &str, open: &[u16]) -> Words {
    let Scene { host, title_host, protocol_name, .. } = scene;
    let reference = step_name(reference);
    let words = words!(
        "{title_host} 서버는 {port}번 포트를 쓰지 않습니다";
        "밖으로 나가는 길은 열려 있습니다. {reference} 서버는 {port}번 포트에서 응답하는데 {host} 서버만 응답하지 않습니다.";
    );
    if open.is_empty() {
        return words
            .then(steps![
                "{host} 서버 관리자에게 {protocol_name} 서비스가 켜져 있는지, 방화벽이 Postroom의 IP 주소를 막고 있지 않은지 문의하세요.",
            ])
            .first(provider::check_port(scene));
    }
    let listed = ports(open);
    words.then(steps![
        "이 서버는 {listed}번 포트에서 응답합니다. 그 포트와 거기에 맞는 암호화 방식을 사용하세요.",
        "꼭 {port}번 포트를 써야 한다면 {host} 서버 관리자에게 {protocol_name}용으로 열어 달라고 요청하세요.",
    ])
}

pub(super) fn unreachable(scene: &Scene) -> Words {
    let Scene { host, title_host, port, .. } = scene;
    words!(
        "여기서 {title_host} 서버로 가는 경로가 없습니다";
        "네트워크에서 이 서버에 도달할 수 없다고 알려 왔습니다. Postroom이 설치된 컴퓨터가 오프라인이거나 경로가 없거나, 서버는 IPv6만 쓰는데 컴퓨터는 IPv4만 쓰는 경우일 수 있습니다.";
        "Postroom이 설치된 컴퓨터에서 아래 명령을 실행해 네트워크에 연결되어 있는지 확인하세요.",
        "내부 네트워크에 있는 서버라면 그 컴퓨터에 해당 네트워크로 가는 경로나 VPN이 필요합니다.",
        "네트워크 담당자에게 그 컴퓨터에서 {host} 서버의 {port}번 포트에 연결할 수 있게 해 달라고 요청하세요.",
    )
}

pub(super) fn connect_denied(scene: &Scene, port: u16) -> Words {
    let Scene { title_host, .. } = scene;
    words!(
        "Postroom이 설치된 컴퓨터가 {title_host} 연결을 막았습니다";
        "연결이 밖으로 나가기 전에 이 컴퓨터의 보안 규칙(SELinux, AppArmor, 컨테이너 정책, 방화벽)이 차단했습니다.";
        "Postroom 운영자에게 {port}번 포트로 나가는 연결을 허용해 달라고 요청하세요.",
        "SELinux나 AppArmor를 쓰고 있다면 시스템 로그(journalctl, audit.log)의 이 검사 시각에 어떤 규칙인지 나와 있습니다.",
        "다시 검사하세요.",
    )
}

pub(super) fn out_of_sockets(scene: &Scene) -> Words {
    let Scene { host, .. } = scene;
    words!(
        "Postroom이 설치된 컴퓨터에 남은 연결이 없습니다";
        "연결마다 Postroom이 설치된 컴퓨터의 소켓과 로컬 포트가 하나씩 필요한데, 둘 중 하나를 모두 썼습니다. {host} 서버나 설정의 문제가 아닙니다.";
        "1분 뒤에 다시 검사하세요. 끝난 연결의 소켓은 다시 쓸 수 있습니다.",
        "Postroom 운영자에게 그 컴퓨터에서 아래 명령을 실행해 달라고 요청하세요. 사용 중인 연결 수가 나옵니다.",
        "Postroom이 실제로 그만큼 필요하다면 서비스가 열 수 있는 파일 수의 제한(systemd에서는 LimitNOFILE)을 늘리고 다시 시작해야 합니다. 로컬 포트가 모자란다면 net.ipv4.ip_local_port_range를 넓혀야 합니다. 다른 프로그램이 차지하고 있다면 그 프로그램을 멈추거나 제한해야 합니다.",
    )
}

pub(super) fn connection_lost(scene: &Scene) -> Words {
    let Scene { host, port, .. } = scene;
    words!(
        "연결이 끊어졌습니다";
        "서버나 중간 장비가 대화 도중에 연결을 닫았습니다. 서버가 다시 시작될 때나, 로그인 실패가 잦은 IP 주소를 차단할 때 생기는 일입니다.";
        "1분 뒤에 다시 검사하세요.",
        "매번 같은 단계에서 끊어지면 {host} 서버 관리자에게 fail2ban이나 허용 목록 때문에 Postroom의 IP 주소가 차단되어 있는지 문의하세요.",
        "방화벽이 메일 연결을 검사하고 있다면 {port}번 포트는 그대로 통과시키도록 하세요.",
    )
}

pub(super) fn timed_out(scene: &Scene, seconds: u64) -> Words {
    let Scene { host, port, .. } = scene;
    words!(
        "서버의 응답이 너무 늦습니다";
        "연결은 되었지만 {seconds}초 안에 응답이 오지 않았습니다. 서버가 바쁘거나, 처음 보는 접속을 일부러 늦추거나, 이 포트에서 다른 방식의 연결을 기다리고 있을 수 있습니다.";
        "1분 뒤에 다시 검사하세요.",
        "‘사용자 이름 및 암호화 세부 설정’의 ‘암호화 시작 방식’이 {port}번 포트에 맞는지 확인하세요. 대개 ‘포트에 맞게 자동’이면 됩니다.",
        "계속되면 {host} 서버 관리자에게 서버에 과부하가 걸렸는지, Postroom의 IP 주소를 제한하고 있는지 문의하세요.",
    )
}
