//! Signing in: passwords, methods, switches, rules.

use super::{
    oauth,
    provider::{self, AS_THE_PORT_SUGGESTS},
};
use crate::{
    model::{AuthMethod, Protocol, Provider},
    remedy::{
        reply,
        scene::{Scene, list},
        words::{Words, steps, words},
    },
};

pub(super) fn bad_credentials(scene: &Scene) -> Words {
    let Scene { username, title_username, protocol_name, .. } = scene;
    let service = provider::name(scene);
    match scene.provider {
        Provider::Microsoft => words!(
            "{service}에서 {title_username} 로그인을 거부했습니다";
            "{service}에서는 메일 프로그램의 비밀번호 로그인을 없애고 있어서, 비밀번호가 맞아도 거부될 수 있습니다. 사용자 이름이나 메일박스 설정이 잘못되었을 때도 똑같이 거부됩니다.";
        )
        .then(if scene.protocol == Protocol::Smtp && !scene.personal {
            steps!["사용자 이름 {username} 값이 맞는지 확인하고 비밀번호를 직접 다시 입력하세요."]
        } else {
            Vec::new()
        })
        .then(provider::with_microsoft(scene)),
        Provider::Google => words!(
            "Google에서 {title_username} 로그인을 거부했습니다";
            "Google은 여기에서 일반 계정 비밀번호를 받지 않습니다. Google 페이지에서 로그인하거나 앱 비밀번호를 써야 합니다.";
        )
        .then(provider::with_google(scene))
        .then(provider::app_password(scene)),
        Provider::Other => words!(
            "사용자 이름 또는 비밀번호가 거부되었습니다";
            "서버는 둘 중 어느 것이 틀렸는지 알려 주지 않습니다. 메일 프로그램에는 일반 비밀번호 대신 앱 비밀번호를 요구하는 서비스도 있습니다.";
            "비밀번호를 직접 다시 입력하세요. 대소문자와, 복사할 때 함께 붙은 공백에 주의하세요.",
            "같은 사용자 이름과 비밀번호로 웹메일에 로그인해 보세요. 로그인되지 않으면 비밀번호가 틀린 것입니다.",
            "사용자 이름 {username} 값이 맞는지 확인하세요. 대부분의 서버는 전체 메일 주소를, 일부는 ‘@’ 앞부분만 쓰며, Exchange 서버는 DOMAIN\\name 형식을 쓰기도 합니다.",
            "2단계 인증을 쓰는 계정이면 보안 설정에서 앱 비밀번호를 만들어 입력하세요.",
            "이 메일박스의 {protocol_name} 사용이 켜져 있는지 확인하세요.",
        ),
        Provider::YahooJapan => words!(
            "{service}에서 사용자 이름 또는 비밀번호를 거부했습니다";
            "메일 프로그램에는 Yahoo! JAPAN ID의 비밀번호를 쓰며, 먼저 이 메일박스에서 외부 접속을 허용해야 합니다. 허용하지 않았을 때도 똑같이 거부됩니다.";
        )
        .then(provider::username_form(scene))
        .then(provider::app_password(scene))
        .then(provider::switch_on(scene)),
        Provider::Naver
        | Provider::NaverWorks
        | Provider::Kakao
        | Provider::Yahoo
        | Provider::ICloud
        | Provider::Zoho
        | Provider::Fastmail
        | Provider::Yandex
        | Provider::Tencent
        | Provider::NetEase
        | Provider::Gmx
        | Provider::WebDe
        | Provider::MailRu
        | Provider::TOnline
        | Provider::Dooray
        | Provider::Hiworks
        | Provider::Nate => if scene.takes_normal_password() {
            words!(
                "{service}에서 사용자 이름 또는 비밀번호를 거부했습니다";
                "{service}에서는 2단계 인증을 쓰면 메일 프로그램용 비밀번호만, 쓰지 않으면 원래 비밀번호를 받습니다. {protocol_name} 사용이 꺼져 있을 때도 똑같이 거부됩니다.";
            )
        } else {
            words!(
                "{service}에서 사용자 이름 또는 비밀번호를 거부했습니다";
                "{service}에서는 보통 웹 로그인 비밀번호가 아니라 메일 프로그램용 비밀번호를 따로 써야 합니다. {protocol_name} 사용이 꺼져 있을 때도 똑같이 거부됩니다.";
            )
        }
        .then(provider::username_form(scene))
        .then(provider::app_password(scene))
        .then(if scene.needs_switch() {
            steps!["웹메일 환경설정에서 {protocol_name} 사용이 켜져 있는지 살펴본 다음 다시 검사하세요."]
        } else {
            steps!["다시 검사하세요."]
        }),
    }
}

pub(super) fn app_password_needed(scene: &Scene, reply: &str) -> Words {
    let Scene { protocol_name, .. } = scene;
    let service = provider::name(scene);
    if scene.provider == Provider::Microsoft {
        return words!(
            "이 계정은 일반 비밀번호로 연결할 수 없습니다";
            "계정이 2단계 인증으로 보호되어 있고, {service}에서는 더 이상 메일용 앱 비밀번호를 받지 않습니다.";
        )
        .then(provider::with_microsoft(scene));
    }
    let words = if reply::asks_for_app_password(reply) {
        words!(
            "이 계정에는 앱 비밀번호가 필요합니다";
            "{service}에서는 메일 프로그램에 일반 비밀번호를 쓸 수 없습니다. 앱 비밀번호는 프로그램 하나에만 쓰는 비밀번호이며 언제든지 취소할 수 있습니다.";
        )
    } else {
        words!(
            "이 계정에는 앱 비밀번호가 필요한 것 같습니다";
            "{service}에서 이유를 알려 주지 않고 로그인을 거부했습니다. 메일 프로그램용 비밀번호가 아니라 일반 비밀번호를 입력한 경우가 가장 많습니다. 사용자 이름이 틀렸거나 이 메일박스에서 {protocol_name} 사용이 허용되지 않을 때도 똑같이 거부됩니다.";
        )
    };
    let words = if scene.provider == Provider::Google { words.then(provider::with_google(scene)) } else { words };
    words
        .then(provider::username_form(scene))
        .then(provider::app_password(scene))
        .then(provider::beyond_the_app_password(scene))
}

pub(super) fn method_not_offered(scene: &Scene, wanted: AuthMethod, offered: &[String]) -> Words {
    let Scene { host, .. } = scene;
    let wanted_name = wanted.mechanism();
    let has = |method: AuthMethod| offered.iter().any(|offer| offer.eq_ignore_ascii_case(method.mechanism()));
    let listed = list(offered, 8);
    let offers = if offered.is_empty() {
        "이 서버는 어떤 방식도 안내하지 않았습니다.".to_owned()
    } else {
        format!("이 서버가 지원하는 방식은 {listed}입니다.")
    };
    let (other, other_label) = match wanted {
        AuthMethod::Plain => (AuthMethod::Login, "Login"),
        AuthMethod::Login | AuthMethod::XOAuth2 | AuthMethod::OAuthBearer | AuthMethod::None => {
            (AuthMethod::Plain, "Plain")
        }
    };
    let words = words!(
        "서버가 {wanted_name} 로그인 방식을 지원하지 않습니다";
        "어떤 방식으로 로그인할 수 있는지는 서버가 정합니다. {offers}";
    );
    if has(other) && !wanted.uses_token() {
        return words.then(steps!["인증 방식에서 {other_label} 항목을 선택하고 다시 검사하세요."]);
    }
    if wanted.uses_token() {
        return words.then(steps![
            "이 서버는 브라우저 로그인을 받지 않습니다. 서버 이름, 사용자 이름, 비밀번호로 메일박스를 설정하세요.",
            "Microsoft나 Google 메일박스라면 서버 이름을 확인하세요. 이 방식은 해당 회사의 서버에서만 지원합니다.",
        ]);
    }
    let words = if has(AuthMethod::XOAuth2) || has(AuthMethod::OAuthBearer) {
        words.then(match scene.provider {
            Provider::Microsoft => provider::with_microsoft(scene),
            Provider::Google => steps![
                "Postroom에서 메일박스를 편집하고 ‘메일 서버’ 단계에서 ‘Google로 로그인’을 선택한 다음 로그인하세요. 그러면 비밀번호가 필요 없습니다.",
            ],
            _ => steps!["이 서버는 비밀번호 대신 브라우저 로그인(OAuth)을 요구합니다. 서버 관리자에게 비밀번호 로그인이 가능한지 문의하세요."],
        })
    } else {
        words
    };
    words.then(steps![
        "‘SSL/TLS 사용’이 선택되어 있는지 확인하세요. 연결이 암호화된 뒤에만 비밀번호를 받는 서버가 많습니다.",
        "그래도 안 되면 {host} 서버 관리자에게 TLS에서 PLAIN 방식을 허용해 달라고 요청하세요.",
    ])
}

pub(super) fn sign_in_not_offered(scene: &Scene) -> Words {
    let Scene { host, port, .. } = scene;
    words!("서버의 {port}번 포트에서는 로그인할 수 없습니다"; "메일은 로그인이 필요한 발송 전용 포트로 보냅니다. 이 포트는 메일 서버끼리 쓰는 포트이거나, 암호화한 뒤에만 로그인을 받습니다."; "그래도 로그인할 수 없으면 {host} 서버 관리자에게 그 포트의 인증(SMTP AUTH)을 켜 달라고 요청하세요.")
        .first(provider::right_server_or(scene, steps!["포트를 465번이나 587번으로 바꾸고 {AS_THE_PORT_SUGGESTS}."]))
}

pub(super) fn sign_in_required(scene: &Scene) -> Words {
    let Scene { host, address, .. } = scene;
    let words = words!(
        "서버가 로그인한 사용자의 메일만 받습니다";
        "남의 이름으로 메일을 보내지 못하도록, 보내는 서버는 누가 보내는지 확인합니다. Postroom이 로그인하지 않은 채 보내려 했거나, 서버에서 로그인이 풀렸습니다.";
    )
    .then(if scene.oauth.is_some() {
        Vec::new()
    } else {
        steps!["인증 방식에서 Plain 항목을 선택하고 사용자 이름과 비밀번호를 입력하세요."]
    })
    .then(provider::right_server_or(scene, Vec::new()));
    let words = match scene.provider {
        Provider::Microsoft if !scene.personal => words.then(steps![
            "관리자가 admin.microsoft.com → 사용자 → 활성 사용자 → {address} → 메일 → 이메일 앱 관리(Manage email apps)에서 ‘인증된 SMTP’가 선택되어 있는지 확인하거나, Exchange Online PowerShell에서 아래 명령을 실행해야 합니다.",
        ]),
        _ => words.then(steps![
            "이미 로그인하도록 설정했다면 {host} 서버 관리자에게 이 계정으로 메일을 보낼 수 있는지(SMTP AUTH) 문의하세요.",
        ]),
    };
    words.then(steps!["다시 검사하세요."])
}

pub(super) fn sign_in_needs_tls(scene: &Scene) -> Words {
    let Scene { tls_port, start_tls_port, .. } = scene;
    let general = steps![
        "포트를 {tls_port}번으로 바꾸고 {AS_THE_PORT_SUGGESTS}.",
        "서버에 그 포트가 없으면 {start_tls_port}번으로 바꾸세요. 이 포트에서는 STARTTLS로 암호화를 시작합니다."
    ];
    words!("서버가 암호화되지 않은 로그인을 받지 않습니다"; "안전을 위한 설정입니다. 암호화하지 않으면 중간에서 누구나 비밀번호를 읽을 수 있습니다.";).then(provider::right_server_or(scene, general))
}

pub(super) fn imap_disabled(scene: &Scene) -> Words {
    let Scene { title_address, .. } = scene;
    let why = match (scene.provider, scene.personal) {
        (Provider::Google, false) => "Google Workspace 관리자가 이 계정이나 조직 전체의 IMAP을 꺼 두었습니다.",
        (Provider::Microsoft, false) => "관리자가 이 메일박스의 IMAP을 껐거나, 처음부터 켠 적이 없습니다.",
        (Provider::Yahoo | Provider::ICloud | Provider::Fastmail, _) => {
            "지금은 메일 서비스가 메일 프로그램에서 이 메일박스를 읽는 것을 허용하지 않습니다."
        }
        _ => "메일박스는 있지만 IMAP을 켜기 전에는 메일 프로그램에서 읽을 수 없습니다.",
    };
    words!("{title_address} 메일박스의 IMAP이 꺼져 있습니다"; "{why}";).then(provider::switch_on(scene))
}

pub(super) fn smtp_auth_disabled(scene: &Scene) -> Words {
    let Scene { username, title_address, .. } = scene;
    if scene.provider == Provider::Microsoft && !scene.personal {
        return words!(
            "{title_address} 메일박스의 보내기가 꺼져 있습니다";
            "Microsoft 365에서는 ‘인증된 SMTP’를 따로 켜기 전까지 꺼져 있으며, 어떤 방식으로 로그인하든 켜야 합니다. 조직 전체 설정보다 메일박스 설정이 우선하므로 이 메일박스에서만 켜면 됩니다.";
        )
        .then(provider::switch_on(scene))
        .then(if scene.shared {
            steps!["켠 뒤에도 거부되면 이 메일박스를 위해 로그인하는 {username} 계정에서도 같은 방법으로 켜세요."]
        } else if scene.oauth.is_some() {
            Vec::new()
        } else {
            steps![
                "켠 뒤에도 거부되면 보안 기본값이나 조건부 액세스 정책이 비밀번호 로그인을 막는 것입니다. Postroom에서 메일박스를 편집하고 ‘메일 서버’ 단계에서 ‘Microsoft로 로그인’을 선택하세요.",
            ]
        });
    }
    words!(
        "{title_address} 메일박스의 SMTP 보내기가 꺼져 있습니다";
        "계정은 있지만 SMTP를 켜기 전에는 메일 프로그램에서 보낼 수 없습니다.";
    )
    .then(provider::switch_on(scene))
}

pub(super) fn passwords_retired(scene: &Scene) -> Words {
    let service = provider::name(scene);
    let why = match (scene.provider, scene.protocol) {
        (Provider::Microsoft, Protocol::Smtp) if !scene.personal => {
            "비밀번호가 맞더라도, Microsoft에서 이 로그인 방식을 단계적으로 없애고 있으며 이 메일박스에서는 꺼져 있습니다."
        }
        (Provider::Google, _) => {
            "비밀번호가 맞더라도, 이제 메일 프로그램에서는 일반 비밀번호로 로그인할 수 없습니다. Google 페이지에서 로그인하거나 앱 비밀번호를 쓸 수 있습니다."
        }
        _ => "비밀번호가 맞더라도, 이 로그인 방식은 완전히 폐지되고 브라우저 로그인으로 바뀌었습니다.",
    };
    let words = words!("{service}에서는 더 이상 비밀번호로 연결할 수 없습니다"; "{why}";);
    match scene.provider {
        Provider::Microsoft => words.then(provider::with_microsoft(scene)),
        Provider::Google => words.then(provider::with_google(scene)).then(provider::app_password(scene)),
        _ => words.then(steps![
            "메일 서비스에 지금은 메일 프로그램이 어떤 방식으로 로그인해야 하는지 문의하세요. 앱 비밀번호는 쓸 수 있는 경우가 많습니다.",
            "Postroom은 Microsoft와 Google의 브라우저 로그인을 지원합니다. 다른 서비스가 브라우저 로그인만 받는다면 직접 연결할 수 없으니, 비밀번호로 연결할 수 있는 다른 메일박스로 메일을 전달하도록 설정하고, 여기에는 그 메일박스를 연결하세요.",
        ]),
    }
}

pub(super) fn blocked_by_policy(scene: &Scene) -> Words {
    let Scene { address, username, entra, .. } = scene;
    let right = if scene.oauth.is_some() {
        "로그인 자체에는 문제가 없습니다."
    } else {
        "사용자 이름과 비밀번호는 맞을 수 있습니다."
    };
    let words = if scene.personal {
        words!(
            "계정의 보안 설정이 로그인을 막았습니다";
            "{right} 이 계정은 정해진 조건에서만 로그인할 수 있는데 이번 로그인은 그 조건을 충족하지 못했습니다.";
        )
    } else {
        words!(
            "조직의 보안 정책이 로그인을 막았습니다";
            "{right} 조직에서 2단계 인증, 등록된 기기, 허용된 네트워크 같은 조건을 요구하는데 이번 로그인은 그 조건을 충족하지 못했습니다.";
        )
    };
    match scene.provider {
        Provider::Microsoft if scene.personal => {
            if scene.oauth.is_some() {
                words.then(steps![
                    "{username} 계정으로 account.microsoft.com → 보안을 열고 로그인 활동에서 본인이 한 로그인임을 확인하세요.",
                    "Postroom에서 다시 로그인하세요.",
                ])
            } else {
                words.then(provider::with_microsoft(scene))
            }
        }
        Provider::Microsoft if scene.oauth.is_none() && scene.protocol == Protocol::Imap => {
            words.then(provider::with_microsoft(scene))
        }
        Provider::Microsoft => words
            .then(if scene.oauth.is_some() {
                Vec::new()
            } else {
                steps![
                    "Postroom에서 메일박스를 편집하고 ‘메일 서버’ 단계에서 ‘Microsoft로 로그인’을 선택하세요. 그 페이지에서는 사람이 직접 조건을 충족할 수 있습니다. 그것도 막히면 이어서 진행하세요.",
                ]
            })
            .then(steps![
                "관리자가 {entra} → 모니터링 및 상태 → 로그인 로그에서 실패한 {username} 로그인을 열고 조건부 액세스 탭에서 정책 이름을 확인해야 합니다.",
                "조건부 액세스 → 정책에서 이 계정을 예외로 두거나, Postroom이 실행되는 컴퓨터의 IP 주소를 신뢰할 수 있는 위치로 추가하세요. 보안 기본값에는 예외를 둘 수 없습니다.",
            ])
            .then(if scene.oauth.is_some() {
                steps!["몇 분 뒤에 Postroom에서 다시 로그인하세요."]
            } else {
                steps!["몇 분 뒤에 다시 검사하세요."]
            }),
        Provider::Google if scene.oauth.is_some() && scene.personal => words.then(steps![
            "{username} 계정으로 myaccount.google.com/security를 열고 최근 보안 활동에서 본인이 한 로그인임을 확인하세요.",
            "Postroom에서 다시 로그인하세요.",
        ]),
        Provider::Google if scene.oauth.is_some() => words.then(oauth::trust_at_google(scene)),
        Provider::Google if scene.personal => {
            words.then(provider::with_google(scene)).then(provider::app_password(scene))
        }
        Provider::Google => words.then(steps![
            "Postroom에서 메일박스를 편집하고 ‘메일 서버’ 단계에서 ‘Google로 로그인’을 선택한 다음 {address} 계정으로 로그인하세요.",
            "IMAP과 SMTP 설정을 그대로 쓰려면 앱 비밀번호를 사용하세요. {username} 계정으로 로그인하고 myaccount.google.com/apppasswords에서 만들어 여기에 붙여 넣으면 됩니다.",
            "앱 비밀번호도 막혀 있으면 관리자가 admin.google.com → 앱 → Google Workspace → Gmail → 최종 사용자 액세스 → POP 및 IMAP 액세스에서 {username} 계정에 모든 메일 클라이언트를 허용해야 합니다. 그다음 다시 검사하세요.",
        ]),
        Provider::NaverWorks => words.then(steps![
            "네이버웍스 관리자가 admin.worksmobile.com → 보안에서 네트워크 제한이나 외부 메일 프로그램 제한을 확인해야 합니다.",
            "Postroom의 IP 주소를 허용하거나 {username} 계정의 외부 메일 프로그램 사용을 허용하세요.",
            "다시 검사하세요.",
        ]),
        _ if scene.personal => words.then(steps![
            "브라우저에서 {username} 계정으로 로그인하고 보안 설정을 여세요.",
            "해외 로그인 차단, 다른 지역 로그인 차단, 외부 앱 차단이 켜져 있는지 보고 Postroom이 접속할 수 있게 바꾸세요.",
            "다시 검사하세요.",
        ]),
        _ => words.then(steps![
            "메일 관리자에게 서버의 응답을 보여 주고 {username} 계정에 어떤 정책이 적용되는지 문의하세요.",
            "이 계정이나 Postroom의 IP 주소를 예외로 두거나, 메일 프로그램 사용을 허용해 달라고 요청하세요.",
            "다시 검사하세요.",
        ]),
    }
}

pub(super) fn browser_sign_in_needed(scene: &Scene) -> Words {
    let Scene { username, .. } = scene;
    let service = provider::name(scene);
    let words = words!(
        "먼저 브라우저에서 본인 확인을 해야 합니다";
        "{service}에서 처음 보는 로그인이라고 판단해 브라우저에서 직접 확인하기를 요구합니다.";
        "브라우저에서 {username} 계정으로 웹메일에 로그인하세요. 본인 확인, 인증 코드, 새 약관 동의 등 요구하는 절차를 마치세요.",
        "10분 안에 다시 검사하세요.",
    );
    if scene.oauth.is_some() {
        return words.then(steps!["다시 나타나면 Postroom에서 다시 로그인하고 {username} 계정을 선택하세요."]);
    }
    match scene.provider {
        Provider::Google => words.then(steps![
            "다시 나타나면 Postroom에서 메일박스를 편집해 ‘메일 서버’ 단계에서 ‘Google로 로그인’을 선택하거나, 앱 비밀번호를 만들어(myaccount.google.com/apppasswords) 여기에 입력하세요.",
        ]),
        Provider::Microsoft => words.then(steps![
            "다시 나타나면 Postroom에서 메일박스를 편집하고 ‘메일 서버’ 단계에서 ‘Microsoft로 로그인’을 선택하세요."
        ]),
        Provider::NetEase => words.then(steps![
            "여기에 입력한 비밀번호가 계정 비밀번호가 아니라 设置(설정) → POP3/SMTP/IMAP에서 만든 인증 코드(授权码)인지 확인하세요.",
            "‘Unsafe Login’이 계속 나오면 서버가 알려 주는 주소로 문의해 메일 프로그램에서 이 메일박스를 쓸 수 있게 해 달라고 요청하세요.",
        ]),
        _ => words.then(steps!["다시 나타나면 계정의 보안 설정에서 앱 비밀번호를 만들어 여기에 입력하세요."]),
    }
}

pub(super) fn account_disabled(scene: &Scene, reply: &str) -> Words {
    let Scene { username, title_username, .. } = scene;
    if reply::is_lockout(reply) && !scene.personal {
        return locked_out(scene);
    }
    let words = words!(
        "{title_username} 계정이 잠겨 있거나 꺼져 있습니다";
        "지금은 이 계정으로 로그인할 수 없습니다. 계정이 꺼졌거나, 로그인 실패가 잦아 잠겼거나, 이용이 정지된 상태입니다.";
    );
    match scene.provider {
        Provider::Microsoft if !scene.personal => words
            .then(if scene.shared {
                Vec::new()
            } else {
                steps![
                    "공유 사서함이면 정상입니다. 공유 사서함 자신의 계정으로는 로그인하지 않습니다. Postroom에서 메일 서버로 ‘Microsoft로 로그인’을 선택하고, 다른 계정으로 로그인한다고 표시한 다음 공유 사서함에 모든 권한이 있는 계정을 선택하세요.",
                ]
            })
            .then(steps![
                "관리자가 admin.microsoft.com → 사용자 → 활성 사용자 → {username} 항목에서 로그인 차단을 해제해야 합니다. Exchange Online이 포함된 라이선스도 필요합니다.",
                "몇 분 뒤에 다시 검사하세요.",
            ]),
        Provider::Google if !scene.personal => words.then(steps![
            "관리자가 admin.google.com → 디렉터리 → 사용자 → {username} 항목에서 ‘다시 활성화’를 선택해야 합니다.",
            "정지된 계정이 아니라면 브라우저에서 한 번 로그인해 안내하는 절차를 마치세요.",
            "다시 검사하세요.",
        ]),
        _ => words.then(steps![
            "{username} 계정으로 웹메일에 로그인해 안내하는 절차를 마치세요.",
            "로그인되지 않으면 메일 관리자나 메일 서비스에 계정 잠금 해제를 요청하세요.",
            "잠금이 풀린 뒤에 다시 검사하세요. 실패가 반복되면 잠금이 더 길어질 수 있습니다.",
        ]),
    }
}

/// Nobody switched the account off: Microsoft keeps sign-ins away for a while.
fn locked_out(scene: &Scene) -> Words {
    let Scene { username, title_username, entra, .. } = scene;
    words!(
        "지금은 Microsoft에서 {title_username} 로그인을 막고 있습니다";
        "틀린 비밀번호로 로그인한 횟수가 너무 많거나, Microsoft가 위험하다고 보는 IP 주소에서 로그인했습니다. 잠금은 처음에는 1분이고 되풀이될수록 길어지며, 시간이 지나면 저절로 풀립니다.";
        "몇 분 기다린 뒤 Postroom에서 다시 로그인하세요. 또 거부되면 더 오래 기다리면서 이어서 진행하세요. 시도할 때마다 잠금이 길어질 수 있습니다.",
        "관리자가 {entra} → 모니터링 및 상태 → 로그인 로그에서 실패한 {username} 로그인을 열고, 계정이 잠긴 것인지 IP 주소가 차단된 것인지 확인해야 합니다.",
        "계정이 잠긴 것이라면 휴대전화나 복합기처럼 예전 비밀번호로 계속 로그인하는 기기나 프로그램을 찾으세요. 로그인 로그에 IP 주소와 애플리케이션이 나와 있습니다. 그 기기의 비밀번호를 고치세요.",
        "Postroom이 설치된 컴퓨터의 IP 주소 때문이라면 관리자가 조건부 액세스 → 명명된 위치에서 이 주소를 신뢰할 수 있는 위치로 추가해야 합니다.",
    )
}

pub(super) fn password_expired(scene: &Scene) -> Words {
    let Scene { username, .. } = scene;
    let use_it = if scene.oauth.is_some() {
        "Postroom에서 다시 로그인하세요. 비밀번호를 바꾸면 이전 권한은 끝납니다."
    } else {
        "새 비밀번호를 여기에 입력하고 다시 검사하세요."
    };
    words!(
        "비밀번호가 만료되었습니다";
        "이 메일 서비스는 정기적으로 비밀번호를 바꾸도록 하는데, 바꿀 때가 되었습니다.";
        "{username} 계정으로 웹메일이나 조직의 로그인 페이지에 로그인해 새 비밀번호를 설정하세요.",
        "{use_it}",
        "메일 관리자에게 이 계정은 만료 대상에서 제외해 달라고 요청하세요. 그러지 않으면 메일박스가 또 멈춥니다.",
    )
}
