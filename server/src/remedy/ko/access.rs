//! After the provider's consent: a mail server that still says no, and rights to mailboxes.

use super::{oauth, provider};
use crate::{
    model::{Protocol, Provider},
    remedy::{
        scene::Scene,
        words::{Words, steps, words},
    },
};

pub(super) fn token_rejected(scene: &Scene) -> Words {
    let Scene { address, username, title_username, protocol_name, .. } = scene;
    if scene.oauth.is_none() {
        return token_from_elsewhere(scene);
    }
    let by = provider::by(scene);
    let words = words!(
        "메일 서버에서 {title_username} 로그인을 거부했습니다";
        "{username} 계정은 {by}에 로그인되어 있고 새로 받은 권한으로도 시도했지만, 메일 서버가 이유를 알려 주지 않고 거부했습니다. 흔한 원인부터 순서대로 적었습니다.";
    );
    match scene.provider {
        Provider::Microsoft if scene.personal => words.then(provider::switch_on(scene)),
        Provider::Microsoft => words
            .then(if scene.shared { full_access(scene) } else { Vec::new() })
            .then(if scene.shared {
                steps![
                    "관리자가 admin.microsoft.com → 사용자 → 활성 사용자 → {address} → 메일 → 이메일 앱 관리(Manage email apps)에서 ‘IMAP’과 ‘인증된 SMTP’가 선택되어 있는지도 확인해야 합니다.",
                ]
            } else {
                steps![
                    "{protocol_name} 사용이 꺼져 있을 수 있습니다. 관리자가 admin.microsoft.com → 사용자 → 활성 사용자 → {address} → 메일 → 이메일 앱 관리(Manage email apps)에서 ‘IMAP’과 ‘인증된 SMTP’를 선택하고 저장하거나, Exchange Online PowerShell에서 아래 명령을 실행해야 합니다.",
                ]
            })
            .then(steps![
                "{username} 계정에 Exchange Online이 포함된 라이선스가 있는지 확인하세요.",
                "적용되기까지 최대 1시간이 걸릴 수 있습니다. 그다음 다시 검사하세요.",
                "계속되면 Postroom에서 다시 로그인하면서 어느 계정을 선택하는지 잘 살펴보세요.",
            ]),
        Provider::Google if scene.personal => words.then(provider::switch_on(scene)).then(steps![
            "계속되면 Postroom에서 다시 로그인하고 Google 페이지에서 모든 항목을 선택하세요."
        ]),
        _ => words.then(oauth::trust_at_google(scene)).then(steps!["이때 Google 페이지에서 모든 항목을 선택하세요."]),
    }
}

/// A token that was made outside Postroom and handed to its command line.
fn token_from_elsewhere(scene: &Scene) -> Words {
    let Scene { address, .. } = scene;
    let words = words!(
        "이 메일박스를 사용할 권한이 더 이상 유효하지 않습니다";
        "브라우저 로그인으로 받은 권한이 만료되었거나, 취소되었거나, 다른 계정의 것입니다. 비밀번호를 바꿔도 권한이 사라집니다.";
    );
    let words = match scene.provider {
        Provider::Microsoft => words.then(steps![
            "Postroom에서 메일박스를 편집하고 ‘메일 서버’ 단계에서 ‘Microsoft로 로그인’을 선택하세요. 그러면 Postroom이 권한을 스스로 갱신합니다.",
        ]),
        Provider::Google => words.then(steps![
            "Postroom에서 메일박스를 편집하고 ‘메일 서버’ 단계에서 ‘Google로 로그인’을 선택하세요. 그러면 Postroom이 권한을 스스로 갱신합니다.",
        ]),
        _ => words.then(steps![
            "비밀번호를 사용하세요. 일반 비밀번호를 받지 않는 서비스도 앱 비밀번호는 대부분 받습니다. Postroom이 지원하는 브라우저 로그인은 Microsoft와 Google뿐입니다.",
        ]),
    };
    words
        .then(steps![
            "명령줄(postroom check --auth xoauth2)에서 쓰는 토큰은 1시간쯤 유효합니다. {address} 계정의 토큰을 메일 권한과 함께 새로 발급받아 다시 검사하세요.",
        ])
        .then(match scene.provider {
            Provider::Microsoft if !scene.personal => steps![
                "그래도 거부되면 관리자가 admin.microsoft.com → 사용자 → 활성 사용자 → {address} → 메일 → 이메일 앱 관리(Manage email apps)에서 ‘IMAP’과 ‘인증된 SMTP’가 선택되어 있는지 확인해야 합니다.",
            ],
            Provider::Google if !scene.personal => steps![
                "그래도 거부되면 관리자가 admin.google.com → 보안 → 액세스 및 데이터 관리 → API 제어에서 토큰을 발급받은 앱을 ‘신뢰할 수 있음’으로 설정해야 합니다.",
            ],
            _ => Vec::new(),
        })
}

/// How an administrator lets one account open another's mailbox at Exchange.
fn full_access(scene: &Scene) -> Vec<String> {
    let Scene { address, username, .. } = scene;
    steps![
        "{username} 계정에 {address} 메일박스의 모든 권한이 필요합니다. 관리자가 Exchange 관리 센터(admin.exchange.microsoft.com) → 받는 사람 → 사서함 → {address} → 위임의 ‘읽기 및 관리(Full Access)’에 {username} 계정을 추가하거나, Exchange Online PowerShell에서 아래 명령을 실행해야 합니다.",
        "같은 곳의 ‘다음 사용자로 보내기(Send as)’에도 {username} 계정을 추가하세요. 그러지 않으면 메일을 읽기만 하고 보내지 못합니다.",
    ]
}

pub(super) fn authenticated_but_not_connected(scene: &Scene) -> Words {
    let Scene { address, protocol_name, .. } = scene;
    let tick = match scene.protocol {
        Protocol::Imap => "IMAP",
        Protocol::Smtp => "인증된 SMTP",
    };
    let words = words!(
        "로그인했지만 메일박스를 열 수 없습니다";
        "Exchange 서버가 계정은 확인했지만 {protocol_name} 연결로 열 수 있는 메일박스를 찾지 못했습니다. 대개 메일박스의 {protocol_name} 사용이 꺼져 있거나 다른 사람의 메일박스인 경우입니다.";
    );
    if scene.provider == Provider::Microsoft && scene.personal {
        return words.then(provider::switch_on(scene)).then(steps![
            "이미 켜져 있다면 나중에 다시 검사하세요. Outlook.com에 일시적인 장애가 있을 때도 이렇게 응답합니다.",
        ]);
    }
    if scene.provider != Provider::Microsoft {
        return words.then(at_an_exchange_server(scene, tick));
    }
    let words = if scene.own {
        words.then(steps![
            "관리자가 admin.microsoft.com → 사용자 → 활성 사용자 → {address} → 메일 → 이메일 앱 관리(Manage email apps)에서 ‘{tick}’ 항목을 선택하고 저장하거나, Exchange PowerShell에서 아래 명령을 실행해야 합니다.",
            "{address} 주소가 공유 사서함이면 그 사서함에 모든 권한이 있는 사용자로 로그인하고, Postroom에서 다른 계정으로 로그인한다고 표시하세요.",
        ])
    } else {
        words.then(full_access(scene)).then(steps![
            "관리자가 admin.microsoft.com → 사용자 → 활성 사용자 → {address} → 메일 → 이메일 앱 관리(Manage email apps)에서 ‘{tick}’ 항목이 선택되어 있는지도 확인해야 합니다.",
        ])
    };
    words.then(steps![
        "로그인하는 계정에 Exchange Online이 포함된 라이선스가 있는지 확인하세요.",
        "적용되기까지 최대 1시간이 걸릴 수 있습니다. 그다음 다시 검사하세요.",
    ])
}

/// Where the server's name does not say whether it is Microsoft 365 or an Exchange server of one's own.
fn at_an_exchange_server(scene: &Scene, tick: &str) -> Vec<String> {
    let Scene { host, address, username, .. } = scene;
    let mut steps = steps![
        "{host} 서버가 직접 운영하는 Exchange 서버라면 서버 관리자가 Microsoft Exchange IMAP4와 Microsoft Exchange IMAP4 Backend 서비스를 시작하고 자동으로 시작되게 해야 합니다. 설치한 직후에는 멈춰 있습니다.",
        "이때 Exchange 관리 셸에서 메일박스의 IMAP이 켜져 있는지도 확인해야 합니다. Set-CASMailbox 명령에 -ImapEnabled $true를 지정하면 켜집니다.",
        "Microsoft 365의 메일박스라면 관리자가 admin.microsoft.com → 사용자 → 활성 사용자 → {address} → 메일 → 이메일 앱 관리(Manage email apps)에서 ‘{tick}’ 항목을 선택하고 저장해야 합니다. 로그인하는 계정에는 Exchange Online이 포함된 라이선스가 필요합니다.",
    ];
    steps.extend(if scene.own {
        steps![
            "아래 명령은 두 경우 모두 쓸 수 있습니다. 적용되기까지 최대 1시간이 걸릴 수 있습니다. 그다음 다시 검사하세요.",
        ]
    } else {
        steps![
            "두 경우 모두 {username} 계정에 {address} 메일박스의 모든 권한이 필요하며, 아래 명령으로 줄 수 있습니다. 적용되기까지 최대 1시간이 걸릴 수 있습니다. 그다음 다시 검사하세요.",
        ]
    });
    steps
}

pub(super) fn not_authorized(scene: &Scene) -> Words {
    let Scene { address, username, .. } = scene;
    let words = words!(
        "로그인했지만 이 메일박스를 열 권한이 없습니다";
        "서버가 {username} 로그인은 받아들였지만, 이 계정으로 {address} 메일박스를 여는 것은 허용하지 않습니다.";
    );
    if scene.provider == Provider::Microsoft && !scene.personal {
        let words = if scene.own {
            words.then(steps![
                "{address} 주소가 공유 사서함이면 그 사서함에 모든 권한이 있는 사용자로 로그인하고, Postroom에서 다른 계정으로 로그인한다고 표시하세요.",
                "공유 사서함이 아니면 관리자가 admin.microsoft.com → 사용자 → 활성 사용자 → {address} → 메일 → 이메일 앱 관리(Manage email apps)에서 ‘IMAP’과 ‘인증된 SMTP’가 선택되어 있는지 확인해야 합니다.",
            ])
        } else {
            words.then(full_access(scene))
        };
        return words.then(steps!["적용되기까지 최대 1시간이 걸릴 수 있습니다. 그다음 다시 검사하세요."]);
    }
    if scene.oauth.is_some() {
        return words
            .then(steps!["Postroom에서 다시 로그인하고 {address} 메일박스의 계정을 선택하세요.", "다시 검사하세요."]);
    }
    words.then(steps![
        "사용자 이름이 이 메일박스의 것이 맞는지 확인하세요.",
        "공유 사서함이면 메일 관리자에게 {username} 계정에 {address} 메일박스의 모든 권한을 달라고 요청하세요.",
        "다시 검사하세요.",
    ])
}
