//! What is different from one mail service to the next: menus, names, habits.
//!
//! Menus are written as the Korean pages show them; services without Korean pages keep their own.

use crate::{
    model::{Protocol, Provider, Security},
    remedy::{scene::Scene, words::steps},
};

/// What suits nearly every server. Here and below, fields are called what the form calls them.
pub(super) const AS_THE_PORT_SUGGESTS: &str = "‘SSL/TLS 사용’을 선택한 다음 ‘사용자 이름 및 암호화 세부 설정’의 ‘암호화 시작 방식’을 ‘포트에 맞게 자동’으로 두세요";
/// Encryption from the first byte, whatever the port is.
pub(super) const FROM_THE_FIRST_BYTE: &str = "‘SSL/TLS 사용’을 선택한 다음 ‘사용자 이름 및 암호화 세부 설정’의 ‘암호화 시작 방식’을 ‘처음부터(암시적 TLS)’로 바꾸세요";
/// STARTTLS, whatever the port is. Without the tick nothing would be encrypted.
pub(super) const WITH_START_TLS: &str =
    "‘SSL/TLS 사용’은 선택한 채로 ‘사용자 이름 및 암호화 세부 설정’의 ‘암호화 시작 방식’을 ‘STARTTLS’로 바꾸세요";

/// The service as its users call it.
pub(super) fn name(scene: &Scene) -> &'static str {
    match scene.provider {
        Provider::Microsoft if scene.personal => "Outlook.com",
        Provider::Microsoft => "Microsoft 365",
        Provider::Google if scene.personal => "Gmail",
        Provider::Google => "Google Workspace",
        Provider::Naver => "네이버 메일",
        Provider::NaverWorks => "네이버웍스",
        Provider::Kakao if scene.host.ends_with("kakao.com") => "카카오메일",
        Provider::Kakao => "Daum 메일",
        Provider::Yahoo if scene.is_aol() => "AOL 메일",
        Provider::Yahoo => "Yahoo 메일",
        Provider::YahooJapan => "Yahoo! JAPAN 메일",
        Provider::ICloud => "iCloud 메일",
        Provider::Zoho => "Zoho 메일",
        Provider::Fastmail => "Fastmail",
        Provider::Yandex => "Yandex 메일",
        Provider::Tencent => "QQ 메일",
        Provider::NetEase => "NetEase 메일",
        Provider::Gmx => "GMX",
        Provider::WebDe => "WEB.DE",
        Provider::MailRu => "Mail.ru",
        Provider::TOnline => "T-Online",
        Provider::Dooray => "두레이 메일",
        Provider::Hiworks => "하이웍스",
        Provider::Nate => "네이트 메일",
        Provider::Other => "이 메일 서비스",
    }
}

/// The right server for the address where it is known and another was typed; otherwise `general`.
pub(super) fn right_server_or(scene: &Scene, general: Vec<String>) -> Vec<String> {
    let Some(server) = scene.known.filter(|_| !scene.right) else { return general };
    let Scene { address, protocol_name, .. } = scene;
    let (host, port) = (server.host, server.port);
    let security = match server.security {
        Security::Tls => "SSL/TLS",
        Security::StartTls => "STARTTLS",
        Security::None => "암호화 없음",
    };
    steps![
        "{address} 주소의 {protocol_name} 서버는 {host}, 포트는 {port}, 암호화는 {security}입니다. 이 값을 입력하고 {AS_THE_PORT_SUGGESTS}."
    ]
}

/// The first look at server name and port: the right ones where they are known, else the usual ones.
pub(super) fn check_port(scene: &Scene) -> Vec<String> {
    let Scene { protocol_name, tls_port, start_tls_port, .. } = scene;
    if scene.right {
        let service = name(scene);
        return steps!["{service}에 맞는 서버 이름과 포트입니다. 그대로 두세요."];
    }
    right_server_or(
        scene,
        steps![
            "서버 이름과 포트를 확인하세요. {protocol_name} 포트는 SSL/TLS일 때 {tls_port}, STARTTLS일 때 {start_tls_port}입니다.",
        ],
    )
}

/// Port 25 is for mail between servers, and most networks close it.
pub(super) fn not_port_25() -> Vec<String> {
    steps![
        "포트를 465번이나 587번으로 바꾸고 {AS_THE_PORT_SUGGESTS}. 25번 포트는 메일 서버끼리 쓰는 포트여서 대부분의 네트워크에서 막혀 있습니다."
    ]
}

/// How to make a password for Postroom alone.
pub(super) fn app_password(scene: &Scene) -> Vec<String> {
    let Scene { username, .. } = scene;
    match scene.provider {
        Provider::Google => steps![
            "{username} 계정으로 로그인하고 myaccount.google.com/apppasswords 페이지를 여세요.",
            "앱 비밀번호를 사용할 수 없다고 나오면 먼저 ‘보안’에서 2단계 인증을 켜세요. 그래도 안 되면 고급 보호 프로그램이나 Workspace 관리자 설정 때문에 막혀 있는 것입니다. 관리자 설정이라면 관리자에게 허용해 달라고 요청하세요.",
            "Postroom 같은 이름을 입력하고 ‘만들기’를 누른 다음 16자리 비밀번호를 복사하세요.",
            "Google 비밀번호 대신 이 비밀번호를 여기에 붙여 넣으세요.",
        ],
        Provider::Naver => steps![
            "{username} 계정으로 네이버에 로그인하고 네이버ID(nid.naver.com) → 보안설정 → 2단계 인증을 여세요. 꺼져 있으면 켜세요.",
            "2단계 인증 관리의 ‘애플리케이션 비밀번호 관리’에서 종류를 고르고(직접 입력: Postroom) 비밀번호를 생성하세요.",
            "네이버 비밀번호 대신 이 비밀번호를 여기에 붙여 넣으세요.",
        ],
        Provider::NaverWorks => steps![
            "{username} 계정으로 네이버웍스에 로그인하고 내 설정의 보안 메뉴를 여세요.",
            "‘외부 앱 비밀번호’를 생성하세요.",
            "네이버웍스 비밀번호 대신 이 비밀번호를 여기에 붙여 넣으세요.",
        ],
        Provider::Kakao => steps![
            "{username} 카카오계정으로 accounts.kakao.com에 로그인하고 ‘계정 보안’에서 2단계 인증을 켜세요.",
            "2단계 인증 설정의 ‘앱 비밀번호’에서 비밀번호를 생성하세요.",
            "카카오계정 비밀번호 대신 이 비밀번호를 여기에 붙여 넣으세요.",
        ],
        Provider::Yahoo => steps![
            "{username} 계정으로 로그인하고 ‘계정 보안(Account security)’을 여세요.",
            "‘앱 비밀번호 만들기(Create app password)’를 선택하고 Postroom 같은 이름을 입력한 다음 비밀번호를 복사하세요.",
            "이 비밀번호를 공백 없이 여기에 붙여 넣으세요.",
        ],
        Provider::YahooJapan => steps![
            "여기에 Yahoo! JAPAN ID의 비밀번호를 입력하세요. 메일 프로그램에서도 같은 비밀번호를 쓰며, 이 ID에서 비밀번호 로그인이 켜져 있어야 합니다.",
        ],
        Provider::ICloud => steps![
            "account.apple.com에 로그인하고 로그인 및 보안 → 앱 암호를 여세요.",
            "+를 누르고 Postroom 같은 이름을 입력한 다음 암호를 복사하세요.",
            "Apple 계정 암호 대신 이 암호를 여기에 붙여 넣으세요.",
        ],
        Provider::Zoho => steps![
            "{username} 계정으로 accounts.zoho.com(지역에 따라 accounts.zoho.eu 또는 .in)에 로그인하고 Security → App passwords를 여세요.",
            "Generate new password를 누르고 Postroom 같은 이름을 입력한 다음 비밀번호를 복사하세요.",
            "이 비밀번호를 여기에 붙여 넣으세요.",
        ],
        Provider::Fastmail => steps![
            "Fastmail에 로그인하고 Settings → Privacy & Security → Manage app passwords를 여세요.",
            "Mail (IMAP/POP/SMTP) 접근 권한으로 새 앱 비밀번호를 만들고 복사하세요.",
            "이 비밀번호를 여기에 붙여 넣으세요. Fastmail에서는 일반 비밀번호로 메일 프로그램을 연결할 수 없습니다.",
        ],
        Provider::Yandex => steps![
            "{username} 계정으로 id.yandex.com에 로그인하고 Security → App passwords를 여세요.",
            "Mail 종류로 비밀번호를 만들고 복사하세요.",
            "이 비밀번호를 여기에 붙여 넣으세요.",
        ],
        Provider::Tencent => steps![
            "웹메일(mail.qq.com, 기업 메일은 exmail.qq.com)에 로그인하고 设置(설정) → 账号(계정)을 여세요.",
            "IMAP/SMTP 서비스를 켜고 인증 코드(授权码, 기업 메일에서는 클라이언트 전용 비밀번호)를 만든 다음 휴대전화로 확인하세요.",
            "이 코드를 비밀번호 칸에 붙여 넣으세요.",
        ],
        Provider::NetEase => steps![
            "웹메일에 로그인하고 设置(설정) → POP3/SMTP/IMAP을 여세요.",
            "IMAP/SMTP 서비스를 켜고 인증 코드(授权码)를 만든 다음 휴대전화로 확인하세요.",
            "이 코드를 비밀번호 칸에 붙여 넣으세요.",
        ],
        Provider::Gmx => steps![
            "{username} 계정으로 GMX에 로그인하고 계정의 Security → Two-factor authentication → Application-specific passwords를 여세요.",
            "Postroom 같은 이름으로 비밀번호를 만들고 복사하세요.",
            "이 비밀번호를 여기에 붙여 넣으세요.",
        ],
        Provider::WebDe => steps![
            "{username} 계정으로 WEB.DE에 로그인하고 보안 설정에서 2단계 인증(Zwei-Faktor-Authentifizierung)의 앱 전용 비밀번호를 찾으세요.",
            "Postroom 같은 이름으로 비밀번호를 만들고 복사하세요.",
            "이 비밀번호를 여기에 붙여 넣으세요.",
        ],
        Provider::MailRu => steps![
            "{username} 계정으로 account.mail.ru에 로그인하고 보안(Security) 메뉴에서 외부 앱 비밀번호(Пароли для внешних приложений)를 찾으세요.",
            "메일용으로 Postroom이라는 이름의 비밀번호를 추가하고 복사하세요.",
            "이 비밀번호를 여기에 붙여 넣으세요. Mail.ru에서는 원래 비밀번호로 메일 프로그램을 연결할 수 없습니다.",
        ],
        Provider::TOnline => steps![
            "{username} 계정으로 email.t-online.de에 로그인하고 설정에서 메일 프로그램용 비밀번호(Passwort für E-Mail-Programme)를 찾으세요.",
            "비밀번호를 정하세요. Telekom 로그인 비밀번호와는 다른, 메일 프로그램에만 쓰는 비밀번호입니다.",
            "이 비밀번호를 여기에 입력하세요.",
        ],
        Provider::Dooray => steps![
            "{username} 계정으로 두레이에 로그인하고 개인 설정에서 메일 프로그램용 앱 비밀번호를 찾으세요.",
            "비밀번호를 만들고 복사하세요. 그런 메뉴가 없으면 조직의 두레이 관리자에게 메일 프로그램 사용을 허용해 달라고 요청하세요.",
            "두레이 비밀번호 대신 이 비밀번호를 여기에 붙여 넣으세요.",
        ],
        Provider::Hiworks => steps![
            "{username} 계정으로 하이웍스에 로그인하세요. 2단계 인증을 쓰고 있으면 보안 설정에서 메일 전용 비밀번호를 만드세요.",
            "하이웍스 관리자에게 이 계정의 메일 프로그램 사용(POP3/SMTP)을 허용해 달라고 요청하세요. 처음에는 꺼져 있는 요금제도 있습니다.",
            "그 비밀번호를 여기에 입력하세요.",
        ],
        Provider::Nate => steps![
            "{username} 계정으로 네이트에 로그인하고 계정의 보안 설정에서 2단계 인증과 메일 프로그램용 비밀번호를 찾으세요.",
            "그런 비밀번호가 있으면 만들고 복사하세요.",
            "원래 비밀번호 대신 이 비밀번호를 여기에 붙여 넣으세요.",
        ],
        Provider::Microsoft => with_microsoft(scene),
        Provider::Other => steps![
            "{username} 계정으로 메일 서비스 웹사이트에 로그인하고 보안 메뉴에서 ‘앱 비밀번호’(애플리케이션 비밀번호, 외부 앱 비밀번호라고도 합니다)를 찾으세요. 먼저 2단계 인증을 켜야 할 수도 있습니다.",
            "Postroom 같은 이름으로 비밀번호를 만들고 복사하세요.",
            "원래 비밀번호 대신 이 비밀번호를 여기에 붙여 넣으세요.",
        ],
    }
}

/// Where IMAP, or sending over SMTP, is switched on.
pub(super) fn switch_on(scene: &Scene) -> Vec<String> {
    let Scene { address, protocol_name, .. } = scene;
    match scene.provider {
        Provider::Microsoft if scene.personal => steps![
            "{address} 계정으로 outlook.live.com에 로그인하고 설정(톱니바퀴) → 메일 → 전달 및 IMAP을 여세요.",
            "‘POP 및 IMAP’에서 장치와 앱이 사용할 수 있도록 허용하고 ‘저장’을 누르세요.",
            "다시 검사하세요.",
        ],
        Provider::Microsoft => {
            let tick = match scene.protocol {
                Protocol::Imap => "IMAP",
                Protocol::Smtp => "인증된 SMTP",
            };
            steps![
                "Microsoft 365 관리 센터(admin.microsoft.com)에 관리자로 로그인하세요.",
                "사용자 → 활성 사용자에서 {address} 사용자를 누르고 ‘메일’ 탭을 여세요.",
                "‘이메일 앱 관리(Manage email apps)’를 누르고 ‘{tick}’ 항목을 선택한 다음 변경 내용을 저장하세요. 읽기와 보내기를 모두 하는 메일박스이면 ‘IMAP’과 ‘인증된 SMTP’를 둘 다 선택하세요.",
                "또는 Exchange Online PowerShell에서 Connect-ExchangeOnline으로 연결한 뒤 아래 명령을 실행하세요.",
                "적용되기까지 최대 1시간이 걸릴 수 있습니다. 그다음 다시 검사하세요.",
            ]
        }
        Provider::Google if scene.personal => steps![
            "브라우저에서 {address} 계정으로 Gmail에 로그인하고 설정 → 모든 설정 보기 → 전달 및 POP/IMAP을 여세요.",
            "IMAP 액세스를 고를 수 있으면 ‘IMAP 사용’을 선택하고 변경사항을 저장하세요. 선택 항목이 없으면 IMAP이 항상 켜져 있는 것입니다.",
            "다시 검사하세요.",
        ],
        Provider::Google => {
            let clients = match (scene.oauth, &scene.client_id) {
                (Some(_), Some(id)) => {
                    format!("모든 메일 클라이언트를 허용하거나 Postroom의 클라이언트 ID {id} 값을 추가하세요.")
                }
                (Some(_), None) => {
                    "모든 메일 클라이언트를 허용하거나 Postroom 애플리케이션의 클라이언트 ID를 추가하세요.".to_owned()
                }
                (None, _) => {
                    "모든 메일 클라이언트를 허용하도록 바꾸세요. 그래야 앱 비밀번호를 쓸 수 있습니다.".to_owned()
                }
            };
            steps![
                "Google 관리 콘솔(admin.google.com)에 관리자로 로그인하세요.",
                "앱 → Google Workspace → Gmail → 최종 사용자 액세스 → POP 및 IMAP 액세스를 여세요.",
                "{address} 사용자가 속한 조직 단위를 고르고 ‘모든 사용자에 대해 IMAP 액세스 사용 설정’을 선택한 다음 저장하세요.",
                "특정 메일 클라이언트만 허용하고 있다면 {clients}",
                "전체에 적용되기까지 최대 24시간이 걸릴 수 있습니다. 그다음 다시 검사하세요.",
            ]
        }
        Provider::Naver => steps![
            "{address} 계정으로 네이버 메일(mail.naver.com)에 로그인하고 환경설정 → POP3/IMAP 설정을 여세요.",
            "‘IMAP/SMTP 설정’ 탭에서 IMAP/SMTP 사용을 ‘사용함’으로 바꾸고 저장하세요.",
            "다시 검사하세요. 비밀번호에는 애플리케이션 비밀번호를 입력해야 합니다.",
        ],
        Provider::NaverWorks => steps![
            "{address} 계정으로 mail.worksmobile.com에 로그인하고 메일 환경설정 → IMAP/SMTP를 여세요.",
            "IMAP/SMTP를 ‘사용’으로 바꾸고 저장하세요.",
            "메뉴가 보이지 않으면 네이버웍스 관리자가 admin.worksmobile.com의 서비스 → 메일에서 먼저 허용해야 합니다. 보안 메뉴의 IP 접근 제한도 함께 확인하세요.",
            "다시 검사하세요. 비밀번호에는 외부 앱 비밀번호를 입력해야 합니다.",
        ],
        Provider::Kakao => steps![
            "{address} 계정으로 Daum 메일 또는 카카오메일에 로그인하고 환경설정 → IMAP/POP3를 여세요.",
            "IMAP/SMTP 사용을 ‘사용함’으로 바꾸고 저장하세요.",
            "다시 검사하세요. 비밀번호에는 카카오계정의 앱 비밀번호를 입력해야 합니다.",
        ],
        Provider::Yahoo => steps![
            "{address} 계정으로 웹메일에 로그인해 메일박스가 열리는지 확인하세요. Yahoo와 AOL에는 IMAP이나 SMTP를 켜는 메뉴가 따로 없습니다.",
            "계정 보안에서 앱 비밀번호를 만들어 여기에 입력하세요.",
            "다시 검사하세요.",
        ],
        Provider::YahooJapan => steps![
            "{address} 계정으로 Yahoo! JAPAN 메일에 로그인하고 메일 설정(メールの設定) → IMAP/POP/SMTP 액세스(IMAP/POP/SMTPアクセス)를 여세요.",
            "Yahoo! JAPAN 공식 서비스가 아닌 곳의 접속(Yahoo! JAPAN公式サービス以外からのアクセス)을 허용하고 저장하세요.",
            "다시 검사하세요.",
        ],
        Provider::ICloud => steps![
            "Apple 기기나 icloud.com에서 이 Apple 계정의 iCloud 메일이 설정되어 있고 켜져 있는지 확인하세요.",
            "account.apple.com에서 앱 암호를 만들어 여기에 입력하세요.",
            "다시 검사하세요.",
        ],
        Provider::Zoho => steps![
            "{address} 계정으로 Zoho 메일에 로그인하고 Settings → Mail Accounts를 여세요.",
            "해당 주소를 고르고 IMAP의 IMAP Access를 선택한 다음 저장하세요.",
            "조직 계정이면 관리자가 먼저 허용해야 할 수 있습니다: Admin Console → Users → 해당 사용자 → Mail settings → Email forwarding and POP/IMAP에서 켭니다.",
            "다시 검사하세요.",
        ],
        Provider::Fastmail => steps![
            "요금제를 확인하세요. Fastmail Basic 요금제에서는 IMAP과 SMTP를 쓸 수 없습니다.",
            "Settings → Privacy & Security에서 Mail (IMAP/POP/SMTP) 권한의 앱 비밀번호를 만들어 여기에 입력하세요.",
            "다시 검사하세요.",
        ],
        Provider::Yandex => steps![
            "{address} 계정으로 Yandex 메일에 로그인하고 Settings → All settings → Email clients를 여세요.",
            "From the imap.yandex.com server via IMAP과 App passwords and OAuth tokens를 선택하고 저장하세요.",
            "다시 검사하세요. 비밀번호에는 앱 비밀번호를 입력해야 합니다.",
        ],
        Provider::Tencent | Provider::NetEase => app_password(scene),
        Provider::WebDe => steps![
            "{address} 계정으로 WEB.DE에 로그인하고 메일 설정(Einstellungen)의 POP3/IMAP을 여세요.",
            "외부 프로그램이 POP3와 IMAP으로 메일박스에 접속할 수 있도록 허용하고 확인한 다음 저장하세요.",
            "다시 검사하세요.",
        ],
        Provider::MailRu => steps![
            "{address} 계정으로 account.mail.ru에 로그인하고 보안(Security) 메뉴에서 메일 권한이 있는 외부 앱 비밀번호(Пароли для внешних приложений)를 만드세요.",
            "이 비밀번호를 여기에 입력하세요. 이 비밀번호로만 IMAP과 SMTP를 쓸 수 있습니다.",
            "다시 검사하세요.",
        ],
        Provider::TOnline => steps![
            "{address} 계정으로 email.t-online.de에 로그인하고 설정에서 메일 프로그램용 비밀번호(Passwort für E-Mail-Programme)를 정하세요. 보통은 이것만으로 IMAP과 SMTP를 쓸 수 있습니다.",
            "이 비밀번호를 여기에 입력하세요.",
            "다시 검사하세요.",
        ],
        Provider::Dooray => steps![
            "{address} 계정으로 두레이에 로그인하고 메일 설정에서 IMAP과 SMTP를 찾아 둘 다 켜세요.",
            "그런 메뉴가 없으면 조직의 두레이 관리자가 메일 프로그램 사용을 먼저 허용해야 합니다.",
            "다시 검사하세요. 비밀번호에는 앱 비밀번호를 입력해야 합니다.",
        ],
        Provider::Hiworks => match scene.protocol {
            Protocol::Imap => steps![
                "하이웍스는 메일 프로그램용으로 POP3와 SMTP만 안내하고 IMAP은 안내하지 않습니다. {address} 계정에서 IMAP을 쓸 수 있는지 하이웍스 관리자에게 문의하세요.",
                "쓸 수 없다면 하이웍스에서 메일을 전달하게 하세요. Postroom 자체 메일 서버에 메일박스를 만들고, {address} 주소의 메일을 그 메일박스 페이지에 나오는 주소로 전달하면 됩니다.",
                "다시 검사하세요.",
            ],
            Protocol::Smtp => steps![
                "하이웍스 관리자에게 {address} 계정의 메일 프로그램 사용(POP3/SMTP)을 허용해 달라고 요청하세요. 처음에는 꺼져 있는 요금제도 있습니다.",
                "서버에 smtps.hiworks.com, 포트에 465를 입력하고 {AS_THE_PORT_SUGGESTS}.",
                "다시 검사하세요.",
            ],
        },
        Provider::Nate => steps![
            "{address} 계정으로 네이트 메일에 로그인하고 환경설정 → POP3/IMAP을 여세요.",
            "IMAP/SMTP 사용을 켜고 저장하세요.",
            "다시 검사하세요.",
        ],
        Provider::Gmx => steps![
            "{address} 계정으로 GMX에 로그인하고 Settings → POP3 & IMAP을 여세요.",
            "외부 프로그램이 POP3와 IMAP으로 메일을 주고받을 수 있도록 허용하고 확인한 다음 저장하세요.",
            "다시 검사하세요.",
        ],
        Provider::Other => steps![
            "{address} 계정으로 웹메일에 로그인하고 환경설정에서 IMAP, POP3/IMAP, 외부 메일 프로그램 같은 메뉴를 찾으세요. {protocol_name} 사용을 켜고 저장하세요.",
            "그런 메뉴가 없으면 메일 관리자에게 {address} 계정의 {protocol_name} 사용을 허용해 달라고 요청하세요.",
            "다시 검사하세요.",
        ],
    }
}

/// What else it may be, where the password that was refused is one for mail programs already.
pub(super) fn beyond_the_app_password(scene: &Scene) -> Vec<String> {
    let Scene { address, protocol_name, .. } = scene;
    if scene.needs_switch() {
        let mut steps = steps![
            "여기에 입력한 비밀번호가 이미 앱 비밀번호라면 {protocol_name} 사용이 꺼져 있을 수 있습니다. 이어서 진행하세요."
        ];
        steps.extend(switch_on(scene));
        return steps;
    }
    match scene.provider {
        Provider::Microsoft | Provider::Google => Vec::new(),
        Provider::Yahoo => steps![
            "여기에 입력한 비밀번호가 이미 앱 비밀번호라면 새로 만들고 예전 것은 삭제하세요. Yahoo와 AOL에는 {protocol_name} 사용을 켜는 메뉴가 따로 없으니, 웹메일에서 {address} 메일박스가 열리는지도 확인하세요.",
            "다시 검사하세요.",
        ],
        Provider::ICloud => steps![
            "여기에 입력한 암호가 이미 앱 암호라면 새로 만드세요. Apple 계정 암호를 바꾸면 앱 암호는 모두 사라집니다. 이 Apple 계정에서 iCloud 메일이 켜져 있는지도 확인하세요.",
            "다시 검사하세요.",
        ],
        Provider::Fastmail => steps![
            "여기에 입력한 비밀번호가 이미 앱 비밀번호라면 요금제와 비밀번호의 권한을 확인하세요. Basic 요금제에서는 IMAP과 SMTP를 쓸 수 없고, 비밀번호에는 Mail (IMAP/POP/SMTP) 권한이 있어야 합니다.",
            "다시 검사하세요.",
        ],
        Provider::Tencent | Provider::NetEase => steps![
            "여기에 이미 인증 코드를 입력했다면 {protocol_name} 사용이 꺼져 있을 수 있습니다. 같은 설정에서 IMAP/SMTP 서비스가 켜져 있는지 보고 코드를 새로 만드세요.",
            "다시 검사하세요.",
        ],
        Provider::MailRu => steps![
            "여기에 입력한 비밀번호가 이미 외부 앱 비밀번호라면 그 비밀번호로는 {protocol_name} 사용이 허용되지 않을 수 있습니다. 메일의 모든 권한이 있는 비밀번호를 새로 만드세요.",
            "다시 검사하세요.",
        ],
        Provider::TOnline => steps![
            "여기에 입력한 비밀번호가 이미 메일 프로그램용 비밀번호라면 이 메일박스에서 {protocol_name} 사용이 허용되지 않았을 수 있습니다. 같은 곳에서 비밀번호를 다시 정하고, 사용자 이름에는 전체 메일 주소를 입력하세요.",
            "다시 검사하세요.",
        ],
        _ => steps![
            "여기에 입력한 비밀번호가 이미 앱 비밀번호라면 이 메일박스의 {protocol_name} 사용이 꺼져 있을 수 있습니다. 웹메일 환경설정에서 찾아보거나 메일 관리자에게 문의하세요.",
            "다시 검사하세요.",
        ],
    }
}

/// The way in without a password, in place of the one the provider no longer takes.
pub(super) fn with_microsoft(scene: &Scene) -> Vec<String> {
    let Scene { address, .. } = scene;
    let mut steps = steps![
        "Postroom에서 메일박스를 편집하고 ‘메일 서버’ 단계에서 ‘Microsoft로 로그인’을 선택하세요. 그러면 비밀번호가 필요 없습니다.",
    ];
    steps.extend(if scene.personal {
        steps![
            "Microsoft 페이지에서 {address} 계정을 선택하고 ‘수락’을 누르세요.",
            "그 뒤에도 메일박스가 거부되면 outlook.live.com → 설정(톱니바퀴) → 메일 → 전달 및 IMAP에서 장치와 앱이 IMAP을 사용하도록 허용하세요.",
        ]
    } else {
        steps![
            "Microsoft 페이지에서 {address} 계정을 선택하고 ‘수락’을 누르세요. {address} 주소가 공유 사서함이면 다른 계정으로 로그인한다고 표시하고 본인 계정을 선택하세요.",
            "Microsoft에서 관리자 승인을 요구하면 Postroom이 보여 주는 관리자 동의 링크를 관리자에게 보내세요.",
            "관리자가 admin.microsoft.com → 사용자 → 활성 사용자 → {address} → 메일 → 이메일 앱 관리(Manage email apps)에서 ‘IMAP’과 ‘인증된 SMTP’가 선택되어 있는지 확인해야 합니다. 비밀번호를 쓰지 않을 때도 둘 다 필요합니다.",
        ]
    });
    steps
}

/// The way in without a password, before the one with an app password.
pub(super) fn with_google(scene: &Scene) -> Vec<String> {
    let Scene { address, .. } = scene;
    steps![
        "Postroom에서 메일박스를 편집하고 ‘메일 서버’ 단계에서 ‘Google로 로그인’을 선택한 다음 {address} 계정으로 로그인하세요. 그러면 비밀번호 없이 바로 연결됩니다.",
        "IMAP과 SMTP 설정을 그대로 쓰려면 이어서 앱 비밀번호를 만드세요.",
    ]
}

/// The provider in the middle of a sentence.
pub(super) fn by(scene: &Scene) -> &'static str {
    match scene.provider {
        Provider::Microsoft => "Microsoft",
        Provider::Google => "Google",
        _ => "메일 서비스",
    }
}

/// Where people sign in at the provider.
pub(super) fn sign_in_page(scene: &Scene) -> &'static str {
    match scene.provider {
        Provider::Microsoft => "Microsoft 페이지",
        Provider::Google => "Google 페이지",
        _ => "메일 서비스 페이지",
    }
}

/// What has to be typed as the user name, where services differ and something else was typed.
pub(super) fn username_form(scene: &Scene) -> Vec<String> {
    let full = scene.username.contains('@');
    match (scene.provider, scene.protocol) {
        (Provider::ICloud, Protocol::Imap) if full => {
            steps!["사용자 이름에는 ‘@’ 앞부분만 입력하세요. iCloud의 IMAP은 이 형식을 씁니다."]
        }
        (Provider::ICloud, Protocol::Smtp) if !full => {
            steps!["사용자 이름에는 전체 메일 주소를 입력하세요. iCloud의 SMTP는 이 형식을 씁니다."]
        }
        (Provider::YahooJapan, _) if full => {
            steps!["사용자 이름에는 ‘@’ 앞부분인 Yahoo! JAPAN ID만 입력하세요."]
        }
        (Provider::Kakao, _) if full && scene.host.ends_with("kakao.com") => {
            steps!["사용자 이름에는 ‘@’ 앞부분만 입력하세요."]
        }
        (Provider::WebDe, _) if full => {
            steps!["사용자 이름에 ‘@’ 앞부분만 입력해 보세요. WEB.DE에서는 계정 이름을 이렇게 쓰기도 합니다."]
        }
        _ => Vec::new(),
    }
}
