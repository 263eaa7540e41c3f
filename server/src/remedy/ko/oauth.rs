//! Signing in at Microsoft or Google: consent, the right account, and permissions that end.

use super::provider;
use crate::{
    model::Provider,
    remedy::{
        scene::{Scene, step_name, title_name},
        words::{Words, steps, words},
    },
};

pub(super) fn consent_declined(scene: &Scene) -> Words {
    let Scene { username, .. } = scene;
    let page = provider::sign_in_page(scene);
    let words = words!(
        "로그인 동의가 거절되었습니다";
        "{page}에서 Postroom의 메일박스 사용에 동의하지 않았거나 창을 닫았습니다.";
        "로그인을 다시 시작하고 {username} 계정을 선택하세요.",
    );
    words
        .then(match scene.provider {
            Provider::Microsoft if scene.personal => steps!["Microsoft 페이지에서 ‘수락’을 누르세요."],
            Provider::Microsoft => steps![
                "Microsoft 페이지에서 ‘수락’을 누르세요.",
                "‘수락’ 대신 ‘관리자 승인 필요’라고 나오면 조직의 관리자가 먼저 한 번 동의해야 합니다. 메일박스를 설정하는 동안 Postroom이 보여 주는 동의 링크를 관리자에게 보내세요.",
            ],
            Provider::Google => steps![
                "Google 페이지에서 모든 항목을 선택하고 ‘계속’을 누르세요.",
                "앱이 테스트 중이라는 안내가 나오면 이 계정을 테스트 사용자로 등록해야 합니다. 애플리케이션 담당자가 console.cloud.google.com → Google 인증 플랫폼 → 대상에서 추가할 수 있습니다.",
            ],
            _ => steps!["페이지에서 요청하는 권한을 허용하세요."],
        })
        .then(owners_link_where_connected(scene))
}

pub(super) fn admin_consent_needed(scene: &Scene) -> Words {
    let Scene { entra, .. } = scene;
    let words = words!(
        "먼저 관리자가 Postroom을 허용해야 합니다";
        "이 조직에서는 어떤 앱이 메일을 사용할 수 있는지 관리자만 정할 수 있습니다. 대부분의 조직이 이렇게 설정되어 있으며, 문제가 생긴 것은 아닙니다.";
    );
    match scene.provider {
        Provider::Google => words.then(trust_at_google(scene)),
        Provider::Microsoft => words.then(steps![
            "이 로그인에 대해 Postroom이 보여 주는 관리자 동의 링크를 조직 관리자에게 보내세요. 애플리케이션 관리자, 클라우드 애플리케이션 관리자 또는 전역 관리자가 동의할 수 있으며, Postroom 계정은 없어도 됩니다.",
            "관리자가 링크를 열어 로그인하고 ‘수락’을 누르면 됩니다. 한 번만 하면 조직 전체에 적용됩니다.",
            "동의가 끝나면 Postroom이 스스로 알아차립니다. 그동안 페이지를 닫아도 됩니다. 그다음 한 번 더 로그인하세요.",
            "Microsoft 페이지에서 승인 요청을 보냈다면 관리자가 {entra} → 엔터프라이즈 앱 → 관리자 동의 요청에서 승인해야 합니다. 그다음 한 번 더 로그인하세요.",
        ]),
        _ => words.then(steps![
            "메일 서비스 관리자에게 Postroom 애플리케이션을 허용해 달라고 요청하세요.",
            "그다음 한 번 더 로그인하세요.",
        ]),
    }
}

pub(super) fn mail_scope_missing(scene: &Scene) -> Words {
    let Scene { username, entra, .. } = scene;
    match scene.provider {
        Provider::Google => words!(
            "로그인에 메일 권한이 빠졌습니다";
            "Google 페이지에서 Gmail 항목을 선택하지 않았습니다. 계정은 확인했지만 메일은 사용할 수 없습니다.";
            "다시 로그인하고 {username} 계정을 선택하세요.",
            "Google 페이지에서 모든 항목을 선택하고 ‘계속’을 누르세요. 특히 ‘Gmail에서 모든 이메일 읽기, 작성, 전송 및 영구 삭제’ 항목이 필요합니다. Google에는 IMAP과 SMTP에 쓸 수 있는 더 작은 권한이 없습니다. Postroom은 메일을 읽고 보내기만 하며 지우지 않습니다.",
            "선택할 항목이 보이지 않으면 myaccount.google.com/connections에서 Postroom의 액세스 권한을 삭제하고 다시 로그인하세요.",
        ),
        Provider::Microsoft => words!(
            "로그인에 메일 권한이 빠졌습니다";
            "Microsoft에서 받은 권한으로는 IMAP으로 메일을 읽고 SMTP로 보내는 일을 모두 할 수 없습니다.";
            "다시 로그인해 {username} 계정을 선택하고 Microsoft 페이지에서 ‘수락’을 누르세요.",
            "계속되면 애플리케이션 담당자가 {entra} → 앱 등록 → Postroom 애플리케이션 → API 권한에서 IMAP.AccessAsUser.All과 SMTP.Send(내 조직에서 사용하는 API → Office 365 Exchange Online → 위임된 권한)를 추가해야 합니다.",
            "그다음 다시 로그인하세요.",
        ),
        _ => words!(
            "로그인에 메일 권한이 빠졌습니다";
            "받은 권한으로는 메일을 읽고 보낼 수 없습니다.";
            "다시 로그인해 {username} 계정을 선택하고 페이지에서 요청하는 권한을 모두 허용하세요.",
        ),
    }
}

pub(super) fn refresh_token_missing(scene: &Scene) -> Words {
    let Scene { username, entra, .. } = scene;
    match scene.provider {
        Provider::Google => words!(
            "로그인을 유지할 권한을 받지 못했습니다";
            "이 권한이 없으면 메일박스가 1시간 안에 멈춥니다. Google은 새로 동의할 때만 이 권한을 주는데, 이 계정은 전에 이미 동의했습니다.";
            "{username} 계정으로 로그인하고 myaccount.google.com/connections에서 Postroom 애플리케이션의 액세스 권한을 삭제하세요.",
            "Postroom에서 다시 로그인하고 Google 페이지에서 ‘계속’을 누르세요.",
        ),
        Provider::Microsoft => words!(
            "로그인을 유지할 권한을 받지 못했습니다";
            "이 권한이 없으면 메일박스가 1시간 안에 멈춥니다.";
            "다시 로그인해 {username} 계정을 선택하고 Microsoft 페이지에서 ‘수락’을 누르세요.",
            "계속되면 애플리케이션 담당자가 {entra} → 앱 등록 → Postroom 애플리케이션 → API 권한에서 offline_access(Microsoft Graph → 위임된 권한)를 추가해야 합니다.",
        ),
        _ => words!(
            "로그인을 유지할 권한을 받지 못했습니다";
            "이 권한이 없으면 메일박스가 1시간 안에 멈춥니다.";
            "다시 로그인해 {username} 계정을 선택하고 페이지에서 요청하는 권한을 모두 허용하세요.",
        ),
    }
}

pub(super) fn wrong_account(scene: &Scene, expected: &str, got: &str) -> Words {
    let (title_expected, title_got) = (title_name(expected), title_name(got));
    let (expected, got) = (step_name(expected), step_name(got));
    let page = provider::sign_in_page(scene);
    // Somebody has signed in for this mailbox before, and it stays theirs.
    let tied = scene.person.as_ref() == Some(&expected);
    let why = if tied {
        format!(
            "이 메일박스는 {expected} 계정으로 연결되어 있습니다. 다른 사람의 메일을 잘못 읽지 않도록 같은 계정으로만 이어서 쓸 수 있으며, 바뀐 것은 없습니다."
        )
    } else {
        format!("로그인은 되었지만 {got} 계정입니다. 다른 사람의 메일을 잘못 읽지 않도록 아무것도 연결하지 않았습니다.")
    };
    words!("{title_expected} 계정이 아니라 {title_got} 계정입니다"; "{why}";)
        .then(steps![
            "다시 로그인해 {page}에서 {expected} 계정을 선택하세요. 목록에 없으면 ‘다른 계정 사용’을 선택하세요.",
        ])
        .then(if scene.provider == Provider::Microsoft && !scene.personal && !tied {
            steps![
                "{expected} 주소가 공유 사서함이거나 {got} 계정의 다른 주소라면, Postroom에서 다른 계정으로 로그인한다고 표시하세요. 그러면 {got} 계정이 맞습니다.",
            ]
        } else {
            Vec::new()
        })
        .then(steps![
            "브라우저가 묻지 않고 {got} 계정으로 로그인하면, 시크릿 창에서 Postroom이나 받은 링크를 열고 로그인하세요.",
        ])
        .then(owners_link_where_connected(scene))
}

pub(super) fn account_not_in_tenant(scene: &Scene) -> Words {
    let Scene { address, entra, .. } = scene;
    match scene.provider {
        Provider::Google => words!(
            "이 조직의 계정이 아닙니다";
            "Google에 등록한 Postroom 애플리케이션이 ‘내부’로 되어 있어서 그 조직의 계정만 쓸 수 있는데, 선택한 계정은 그 조직에 속하지 않습니다.";
            "다시 로그인하고 그 조직의 계정을 선택하세요.",
            "메일박스가 정말 다른 곳에 있다면 애플리케이션 담당자가 console.cloud.google.com → Google 인증 플랫폼 → 대상에서 사용자 유형을 ‘외부’로 바꿔야 합니다.",
            "‘외부’ 애플리케이션이 테스트 중인 동안에는 그곳에서 이 계정을 테스트 사용자로 추가하고, 머지않아 ‘앱 게시’를 누르세요. 테스트 중에는 로그인이 7일마다 끝납니다.",
        ),
        _ => {
            let organisation = match &scene.tenant {
                Some(tenant) => format!("{tenant} 조직"),
                None => "정해진 조직".to_owned(),
            };
            words!(
                "이 조직의 계정이 아닙니다";
                "Postroom 애플리케이션은 {organisation}의 계정만 받도록 설정되어 있습니다. 선택한 계정은 다른 조직의 계정이거나 개인 계정입니다.";
                "다시 로그인하고 {address} 메일박스에 맞는 조직 계정을 선택하세요.",
                "메일박스가 정말 다른 곳에 있다면 Postroom에서 계정 → Microsoft 로그인 설정을 열고 테넌트에 common을 입력하세요. 그러면 모든 계정을 받습니다.",
                "그다음 애플리케이션 담당자가 {entra} → 앱 등록 → Postroom 애플리케이션 → 인증 → 지원되는 계정 유형에서 모든 조직의 계정을 선택해야 합니다. Outlook.com 메일박스도 연결하려면 개인 Microsoft 계정을 포함하세요.",
            )
        }
    }
}

pub(super) fn app_not_assigned(scene: &Scene) -> Words {
    let Scene { entra, .. } = scene;
    let person = match &scene.person {
        Some(person) => format!("{person} 계정"),
        None => "로그인하려는 계정".to_owned(),
    };
    let words = words!(
        "이 계정은 아직 애플리케이션을 쓸 수 없습니다";
        "Postroom 애플리케이션에는 정해진 계정만 로그인할 수 있는데, 이 계정은 포함되어 있지 않습니다.";
    );
    match scene.provider {
        Provider::Google => words.then(steps![
            "애플리케이션 담당자가 console.cloud.google.com → Google 인증 플랫폼 → 대상에서 {person}을 테스트 사용자로 추가해야 합니다.",
            "조직의 모든 사람이 쓰려면 그곳에서 ‘내부’로 바꾸세요. 내부 애플리케이션은 테스트 사용자가 필요 없고 로그인이 7일 만에 끝나지도 않습니다.",
            "다시 로그인하세요.",
        ]),
        Provider::Microsoft => {
            let application = application(scene);
            words.then(steps![
                "관리자가 {entra} → 엔터프라이즈 앱에서 {application}을 열고 ‘사용자 및 그룹’에 {person}을 추가해야 합니다.",
                "또는 ‘속성’에서 ‘할당이 필요합니까?’를 ‘아니요’로 바꾸면 조직의 모든 사람이 쓸 수 있습니다.",
                "몇 분 뒤에 다시 로그인하세요.",
            ])
        }
        _ => words.then(steps![
            "메일 서비스 관리자에게 {person}으로 Postroom 애플리케이션을 쓸 수 있게 해 달라고 요청하세요.",
            "다시 로그인하세요.",
        ]),
    }
}

pub(super) fn app_blocked(scene: &Scene) -> Words {
    let Scene { entra, .. } = scene;
    match scene.provider {
        Provider::Google if scene.personal => words!(
            "Google이 Postroom 애플리케이션을 허용하지 않습니다";
            "애플리케이션이 아직 테스트 중이어서 이 계정을 모르거나, 이 계정에 고급 보호 프로그램이 켜져 있어 이런 앱을 막는 것입니다.";
            "애플리케이션 담당자가 console.cloud.google.com → Google 인증 플랫폼 → 대상에서 이 계정을 테스트 사용자로 추가하거나 앱을 게시해야 합니다.",
            "고급 보호 프로그램이 켜져 있으면(myaccount.google.com → 보안) 다른 메일박스를 쓰거나 이 계정의 고급 보호를 해제하세요.",
            "다시 로그인하세요.",
        ),
        Provider::Google => words!(
            "조직에서 Postroom을 허용하지 않습니다";
            "어떤 앱이 Gmail을 쓸 수 있는지는 Google Workspace 관리자가 정하는데, Postroom 애플리케이션은 아직 허용 목록에 없습니다.";
        )
        .then(trust_at_google(scene)),
        Provider::Microsoft => {
            let application = application(scene);
            words!(
                "조직에서 Postroom을 허용하지 않습니다";
                "관리자가 Postroom 애플리케이션을 껐거나, 이런 앱을 막는 정책이 있습니다.";
                "관리자가 {entra} → 엔터프라이즈 앱에서 {application}을 열고 ‘속성’의 ‘사용자가 로그인할 수 있습니까?’를 ‘예’로 바꿔야 합니다.",
                "이미 ‘예’라면 모니터링 및 상태 → 로그인 로그에서 거부된 로그인을 열어 정책 이름을 확인하세요.",
                "몇 분 뒤에 다시 로그인하세요.",
            )
        }
        _ => words!(
            "조직에서 Postroom을 허용하지 않습니다";
            "어떤 앱이 메일을 쓸 수 있는지는 메일 서비스 관리자가 정하는데, Postroom은 허용 목록에 없습니다.";
            "메일 서비스 관리자에게 Postroom 애플리케이션을 허용해 달라고 요청하세요.",
            "다시 로그인하세요.",
        ),
    }
}

pub(super) fn no_mail_licence(scene: &Scene) -> Words {
    let Scene { username, .. } = scene;
    if scene.personal {
        return words!(
            "이 계정에는 메일박스가 없습니다";
            "{username} 계정은 있지만 이 계정에 딸린 메일 서비스가 없습니다.";
            "브라우저에서 {username} 계정으로 웹메일을 열고, 안내가 나오면 메일박스를 만드세요.",
            "또는 다시 로그인해 메일박스가 있는 계정을 선택하세요.",
        );
    }
    match scene.provider {
        Provider::Google => words!(
            "이 계정에는 Gmail이 없습니다";
            "계정은 있지만 Gmail이 켜져 있지 않거나, 라이선스에 Gmail이 포함되어 있지 않습니다.";
            "관리자가 admin.google.com → 앱 → Google Workspace → Gmail → 서비스 상태에서 {username} 사용자의 Gmail을 켜야 합니다.",
            "디렉터리 → 사용자 → {username} → 라이선스에서 Gmail이 포함된 라이선스가 있는지도 확인하세요.",
            "몇 분 뒤에 다시 로그인하세요.",
        ),
        _ => words!(
            "이 계정에는 메일박스가 없습니다";
            "조직에 Exchange Online이 없거나, 로그인한 계정에 Exchange Online 라이선스가 없습니다.";
            "관리자가 admin.microsoft.com → 사용자 → 활성 사용자 → {username} → 라이선스 및 앱에서 Exchange Online이 포함된 라이선스를 할당해야 합니다. 공유 사서함 자체에는 필요 없지만, 공유 사서함을 쓰려고 로그인하는 사람에게는 필요합니다.",
            "메일박스가 만들어질 때까지 몇 분쯤 기다린 다음 다시 로그인하세요.",
            "조직의 메일이 Microsoft에 있지 않다면 대신 자체 메일 서버(IMAP과 SMTP)를 선택하세요.",
        ),
    }
}

pub(super) fn interaction_needed(scene: &Scene) -> Words {
    let by = provider::by(scene);
    words!(
        "다시 로그인해야 합니다";
        "{by}에서 2단계 인증, 새 약관 동의, 주기적인 재로그인처럼 사람이 브라우저에서 직접 해야 하는 일을 요구합니다. 그동안 온 메일은 메일박스에 그대로 남아 있습니다.";
    )
    .then(again(scene))
    .then(longer_sessions(scene))
}

pub(super) fn grant_revoked(scene: &Scene) -> Words {
    let why = match scene.provider {
        Provider::Microsoft => {
            "비밀번호를 바꾸거나, 관리자가 권한을 취소하거나, 정책이 재로그인을 요구하거나, 90일 동안 쓰지 않으면 Microsoft가 권한을 끝냅니다."
        }
        Provider::Google => {
            "비밀번호를 바꾸거나, 앱의 액세스 권한을 삭제하거나, 6개월 동안 쓰지 않거나, 테스트 중인 애플리케이션에서 7일이 지나거나, 같은 계정으로 100번 넘게 로그인하면 Google이 권한을 끝냅니다."
        }
        _ => "비밀번호를 바꾸거나, 권한을 취소하거나, 오랫동안 쓰지 않으면 권한이 끝납니다.",
    };
    words!(
        "이 메일박스를 사용할 권한이 끝났습니다";
        "{why} 그동안 온 메일은 메일박스에 그대로 남아 있습니다.";
    )
    .then(again(scene))
    .then(if scene.provider == Provider::Google {
        steps![
            "7일마다 끝난다면 애플리케이션이 아직 테스트 중인 것입니다. 애플리케이션 담당자가 console.cloud.google.com → Google 인증 플랫폼 → 대상에서 ‘내부’로 바꾸거나 ‘앱 게시’를 눌러야 합니다.",
        ]
    } else {
        longer_sessions(scene)
    })
}

pub(super) fn not_signed_in(scene: &Scene) -> Words {
    let Scene { address, .. } = scene;
    let words = words!("아직 아무도 로그인하지 않았습니다"; "이 메일박스는 비밀번호 없이 연결하며, 메일 서비스에서 한 번 로그인해 사용을 허용해야 합니다.";);
    words.then(match scene.provider {
        Provider::Microsoft if scene.personal => steps![
            "이 메일박스에서 ‘Microsoft로 로그인’을 누르고 {address} 계정을 선택한 다음 ‘수락’을 누르세요."
        ],
        Provider::Microsoft => steps![
            "이 메일박스에서 ‘Microsoft로 로그인’을 누르고 {address} 계정을 선택한 다음 ‘수락’을 누르세요.",
            "{address} 주소가 공유 사서함이면 다른 계정으로 로그인한다고 표시하고 본인 계정을 선택하세요.",
        ],
        Provider::Google => steps![
            "이 메일박스에서 ‘Google로 로그인’을 누르고 {address} 계정을 선택한 다음, 모든 항목을 선택하고 ‘계속’을 누르세요."
        ],
        _ => steps!["Postroom의 이 메일박스에서 로그인을 시작하고 {address} 계정을 선택하세요."],
    })
}

pub(super) fn sign_in_expired() -> Words {
    words!(
        "이 로그인은 더 이상 진행할 수 없습니다";
        "로그인은 시작한 브라우저에서 10분 안에 마쳐야 합니다. 시간이 지났거나, 다른 브라우저에서 열었거나, 새로 시작한 로그인이 있습니다. 바뀐 것은 없습니다.";
        "Postroom으로 돌아가 로그인을 다시 시작하세요.",
        "끝날 때까지 한 탭에서 진행하세요.",
        "다시 나타나면 브라우저에서 Postroom의 쿠키를 허용하고, 평소 쓰는 주소로 Postroom을 여세요.",
    )
}

pub(super) fn sign_in_repeated() -> Words {
    words!(
        "이미 사용한 로그인입니다";
        "새로 고침이나 뒤로 가기 등으로 마지막 페이지를 두 번 불러왔습니다. 로그인은 한 번만 쓸 수 있으며, 첫 번째에 이미 성공했을 수 있습니다.";
        "Postroom의 메일박스로 돌아가세요. 로그인한 계정이 보이면 문제없습니다.",
        "보이지 않으면 로그인을 다시 시작하고, 도중에 페이지를 새로 고치지 마세요.",
    )
}

/// The link is for a mailbox that somebody connected before: it takes the same account and no other.
fn owners_link_where_connected(scene: &Scene) -> Vec<String> {
    if scene.person.is_some() && !scene.by_link { owners_link() } else { Vec::new() }
}

/// How somebody signs in again, and how to let somebody else do it.
fn again(scene: &Scene) -> Vec<String> {
    let Scene { username, .. } = scene;
    if scene.by_link {
        return steps!["이 페이지의 버튼을 누르고 {username} 계정을 선택하세요."];
    }
    let mut steps = if scene.person.is_some() {
        steps!["Postroom에서 메일박스를 열어 ‘다시 로그인’을 누르고 {username} 계정을 선택하세요."]
    } else {
        steps!["Postroom에서 다시 로그인하고 {username} 계정을 선택하세요."]
    };
    steps.extend(owners_link());
    steps
}

/// Only the owner may have the password: they need no account in Postroom.
fn owners_link() -> Vec<String> {
    steps![
        "다른 사람의 계정이라면 Postroom에서 ‘소유자에게 링크 보내기’를 누르세요. 소유자는 Postroom 계정이 없어도 그 링크로 로그인할 수 있습니다."
    ]
}

/// Postroom's application among others, by the name that no other has.
pub(super) fn application(scene: &Scene) -> String {
    match &scene.client_id {
        Some(id) => format!("ID가 {id}인 애플리케이션"),
        None => "Postroom 애플리케이션".to_owned(),
    }
}

/// Google Workspace knows apps by their client IDs and trusts those its administrators name.
pub(super) fn trust_at_google(scene: &Scene) -> Vec<String> {
    let client = match &scene.client_id {
        Some(id) => format!("클라이언트 ID {id}"),
        None => "Postroom 애플리케이션의 클라이언트 ID".to_owned(),
    };
    steps![
        "Google Workspace 관리자가 admin.google.com → 보안 → 액세스 및 데이터 관리 → API 제어 → 앱 액세스 관리를 열어야 합니다.",
        "‘새 앱 구성’에서 {client} 값을 검색하고 ‘신뢰할 수 있음’으로 설정하세요.",
        "앱 → Google Workspace → Gmail → 최종 사용자 액세스 → POP 및 IMAP 액세스에서, 모든 메일 클라이언트나 이 클라이언트 ID에 IMAP이 켜져 있는지 확인하세요.",
        "전체에 적용되기까지 최대 24시간이 걸릴 수 있습니다. 그다음 다시 로그인하세요.",
    ]
}

/// What to change where a rule ends sign-ins again and again.
fn longer_sessions(scene: &Scene) -> Vec<String> {
    let Scene { entra, .. } = scene;
    match scene.provider {
        Provider::Microsoft if !scene.personal => steps![
            "며칠마다 되풀이되면 관리자에게 {entra} → 조건부 액세스 → 정책 → 해당 정책 → 세션의 ‘로그인 빈도’에서 이 계정을 예외로 해 달라고 요청하세요.",
        ],
        Provider::Google if !scene.personal => steps![
            "며칠마다 되풀이되면 관리자에게 admin.google.com → 보안 → 액세스 및 데이터 관리 → Google Cloud 세션 제어에서 신뢰할 수 있는 앱을 예외로 해 달라고 요청하세요.",
        ],
        _ => Vec::new(),
    }
}
