//! The organisation's application at Microsoft or Google, and the provider itself.
//!
//! What is wrong here is wrong for every mailbox that rests on the application, and is repaired once.

use super::{oauth, provider};
use crate::{
    model::Provider,
    remedy::{
        reply,
        scene::{Scene, step_name, title_name, uri},
        words::{Words, steps, words},
    },
};

pub(super) fn tenant_unknown(scene: &Scene) -> Words {
    let Scene { entra, .. } = scene;
    let tenant = match &scene.tenant {
        Some(tenant) => format!("{tenant} 테넌트"),
        None => "입력한 테넌트".to_owned(),
    };
    words!(
        "Microsoft에서 이 조직을 찾을 수 없습니다";
        "지금 선택한 클라우드에 {tenant}가 없습니다. 잘못 입력했거나, 조직이 다른 클라우드(전 세계, 미국 정부, 중국)에 있습니다.";
        "{entra} → 개요에서 테넌트 ID를 복사하세요.",
        "Postroom에서 계정 → Microsoft 로그인 설정을 열어 테넌트에 붙여 넣고 조직의 클라우드를 선택하세요.",
        "저장하고 ‘테스트’를 누르세요.",
    )
}

pub(super) fn single_tenant_app(scene: &Scene, reply: &str) -> Words {
    let Scene { entra, .. } = scene;
    let application = oauth::application(scene);
    if reply::is_about_personal_accounts(reply) {
        return words!(
            "애플리케이션이 개인 Microsoft 계정을 받지 않습니다";
            "Outlook.com 같은 개인 계정으로 로그인하려 했지만 애플리케이션은 조직의 계정만 받도록 등록되어 있습니다. 클라이언트 ID를 잘못 입력했을 때도 Microsoft의 응답은 같습니다.";
            "조직의 메일박스라면 다시 로그인하면서 회사 계정을 선택하세요. 같은 이름의 개인 계정이 있을 수 있습니다.",
            "개인 메일박스라면 {entra} → 앱 등록에서 {application}을 열고 인증 → 지원되는 계정 유형을 여세요. ‘모든 조직 디렉터리의 계정 및 개인 Microsoft 계정’을 선택하고 저장하세요. 선택할 수 없으면 이 유형으로 애플리케이션을 새로 등록하세요.",
            "Postroom에서 계정 → Microsoft 로그인 설정을 열어 클라이언트 ID가 맞는지 보고, 테넌트에 common을 입력하고 저장한 다음 ‘테스트’를 누르세요.",
        );
    }
    words!(
        "한 조직에서만 쓸 수 있는 애플리케이션입니다";
        "Microsoft에는 한 조직의 계정만 받도록 등록되어 있는데, Postroom에 테넌트가 설정되어 있지 않아 모든 조직의 계정을 요청했습니다.";
        "{entra} → 앱 등록에서 {application}을 열고 개요의 디렉터리(테넌트) ID를 복사하세요.",
        "Postroom에서 계정 → Microsoft 로그인 설정을 열어 테넌트에 붙여 넣고 저장한 다음 ‘테스트’를 누르세요.",
        "여러 조직의 메일박스를 연결하려면 테넌트를 비워 두고, 대신 Entra의 인증 → 지원되는 계정 유형에서 모든 조직 디렉터리의 계정을 선택하세요.",
    )
}

pub(super) fn client_unknown(scene: &Scene) -> Words {
    let Scene { entra, .. } = scene;
    let by = provider::by(scene);
    let id = match &scene.client_id {
        Some(id) => format!("ID가 {id}인 애플리케이션"),
        None => "이 클라이언트 ID의 애플리케이션".to_owned(),
    };
    let words = words!(
        "{by}에서 클라이언트 ID를 찾을 수 없습니다";
        "{id}이 없거나 이 조직에 없습니다. 잘못 입력했거나, 삭제되었거나, 다른 곳에 등록한 것입니다. 이 방식으로 로그인하는 모든 메일박스에 필요합니다.";
    );
    match scene.provider {
        Provider::Google => words.then(steps![
            "console.cloud.google.com → Google 인증 플랫폼 → 클라이언트에서 Postroom 클라이언트의 클라이언트 ID를 복사하세요. .apps.googleusercontent.com으로 끝납니다.",
            "클라이언트가 없어졌다면 ‘웹 애플리케이션’ 유형으로 새로 만드세요. Google은 여러 달 쓰지 않은 클라이언트를 삭제합니다.",
            "Postroom에서 계정 → Google 로그인 설정을 열어 클라이언트 ID와 클라이언트 보안 비밀번호를 붙여 넣고 저장한 다음 ‘테스트’를 누르세요.",
            "클라이언트 ID를 바꿨다면 메일박스마다 다시 로그인하세요. 권한은 받은 클라이언트에만 유효합니다.",
        ]),
        _ => words.then(steps![
            "{entra} → 앱 등록 → Postroom 애플리케이션의 개요에서 개체 ID가 아니라 애플리케이션(클라이언트) ID를 복사하세요.",
            "Postroom에서 계정 → Microsoft 로그인 설정을 열어 붙여 넣으세요. 테넌트는 같은 페이지의 디렉터리(테넌트) ID와 같아야 합니다.",
            "저장하고 ‘테스트’를 누르세요.",
        ]),
    }
}

pub(super) fn client_secret_wrong(scene: &Scene) -> Words {
    let by = provider::by(scene);
    let slip = match scene.provider {
        Provider::Microsoft => " ‘값’ 대신 ‘비밀 ID’를 복사한 경우가 많습니다.",
        _ => "",
    };
    words!(
        "클라이언트 암호가 틀렸습니다";
        "Postroom은 클라이언트 ID와 클라이언트 암호로 {by}에 자신을 증명합니다. 입력한 값이 이 클라이언트 ID의 것이 아니거나 삭제되었습니다.{slip} 이 방식으로 로그인하는 모든 메일박스가 기다리고 있습니다.";
    )
    .then(new_secret(scene))
}

pub(super) fn client_secret_expired(scene: &Scene) -> Words {
    let by = provider::by(scene);
    words!(
        "클라이언트 암호가 만료되었습니다";
        "Postroom은 클라이언트 암호로 {by}에 자신을 증명하는데, 그 기한이 지났습니다. 이 방식으로 로그인하는 모든 메일박스가 새 값을 기다리고 있으며, 조직 전체에서 한 번만 바꾸면 됩니다.";
    )
    .then(new_secret(scene))
}

/// How to make a new client secret and hand it to Postroom. What people allowed stays: it belongs to the client ID.
fn new_secret(scene: &Scene) -> Vec<String> {
    let Scene { entra, .. } = scene;
    let application = oauth::application(scene);
    let mut steps = match scene.provider {
        Provider::Google => {
            let client = match &scene.client_id {
                Some(id) => format!("{id} 클라이언트"),
                None => "Postroom 클라이언트".to_owned(),
            };
            steps![
                "console.cloud.google.com → Google 인증 플랫폼 → 클라이언트에서 {client}를 열고 ‘보안 비밀번호 추가(Add secret)’를 누르세요.",
                "새 클라이언트 보안 비밀번호를 바로 복사하세요. Google은 이때만 보여 줍니다.",
                "Postroom에서 계정 → Google 로그인 설정을 열어 클라이언트 암호에 붙여 넣고 저장한 다음 ‘테스트’를 누르세요.",
            ]
        }
        _ => steps![
            "{entra} → 앱 등록에서 {application}을 열고 ‘인증서 및 암호’에서 ‘새 클라이언트 암호’를 누르세요.",
            "‘비밀 ID’가 아니라 ‘값’을 바로 복사하세요. Microsoft는 값을 이때만 보여 줍니다.",
            "Postroom에서 계정 → Microsoft 로그인 설정을 열어 클라이언트 암호에 그 값을 붙여 넣고 만료일을 입력한 다음, 저장하고 ‘테스트’를 누르세요.",
        ],
    };
    steps.extend(steps![
        "그 페이지에서 값을 바꿀 수 없다면 Postroom 설정 파일에 정해져 있는 것입니다. 설정 파일의 값을 바꾸고 Postroom을 다시 시작하세요.",
        "다시 로그인할 필요는 없습니다. 메일박스는 저절로 이어서 작동합니다.",
    ]);
    steps
}

pub(super) fn client_kind_wrong(scene: &Scene) -> Words {
    let Scene { entra, .. } = scene;
    let application = oauth::application(scene);
    let uri = match &scene.redirect_uri {
        Some(uri) => format!("{uri} 값"),
        None => "Postroom의 그 페이지에 있는 값".to_owned(),
    };
    let words = words!(
        "애플리케이션 유형이 맞지 않습니다";
        "Postroom은 클라이언트 암호를 쓰는 웹 서버인데, 애플리케이션은 암호가 없는 휴대전화, 데스크톱 또는 단일 페이지용으로 등록되어 있습니다.";
    );
    match scene.provider {
        Provider::Google => words.then(steps![
            "console.cloud.google.com → Google 인증 플랫폼 → 클라이언트에서 ‘클라이언트 만들기’를 누르고 ‘웹 애플리케이션’ 유형을 선택하세요.",
            "Postroom에서 계정 → Google 로그인 설정을 열어 새 클라이언트 ID와 클라이언트 보안 비밀번호를 붙여 넣으세요.",
            "Google의 ‘승인된 리디렉션 URI’에 {uri}을 그대로 추가하고 저장하세요.",
            "Postroom에서 ‘테스트’를 누르고, 메일박스마다 다시 로그인하세요.",
        ]),
        _ => words.then(steps![
            "{entra} → 앱 등록에서 {application}을 열고 ‘인증’을 여세요.",
            "‘단일 페이지 애플리케이션’이나 ‘모바일 및 데스크톱 애플리케이션’에 Postroom의 리디렉션 URI가 있으면 제거하세요.",
            "Postroom에서 계정 → Microsoft 로그인 설정을 열어 두세요.",
            "Microsoft에서 ‘플랫폼 추가’를 누르고 ‘웹’을 선택한 다음, 리디렉션 URI에 {uri}을 그대로 입력하고 저장하세요.",
            "Postroom에서 ‘테스트’를 누르고 다시 로그인하세요.",
        ]),
    }
}

pub(super) fn redirect_uri_mismatch(scene: &Scene, redirect_uri: &str) -> Words {
    let Scene { entra, .. } = scene;
    let uri = uri(redirect_uri);
    let by = provider::by(scene);
    let application = oauth::application(scene);
    let words = words!(
        "Postroom의 리디렉션 URI가 등록되어 있지 않습니다";
        "로그인을 마치면 Postroom으로 돌아와야 하는데, {by}에서는 애플리케이션에 등록된 주소와 한 글자도 다르지 않을 때만 돌려보냅니다. 이 주소는 등록되어 있지 않습니다.";
    );
    words
        .then(match scene.provider {
            Provider::Google => steps![
                "console.cloud.google.com → Google 인증 플랫폼 → 클라이언트에서 Postroom 클라이언트를 여세요.",
                "‘승인된 리디렉션 URI’에 {uri} 값을 그대로 추가하고 저장하세요.",
                "5분 뒤에 다시 로그인하세요.",
            ],
            _ => steps![
                "{entra} → 앱 등록에서 {application}을 열고 ‘인증’을 여세요.",
                "‘플랫폼 추가’를 누르고 ‘웹’을 선택한 다음, 리디렉션 URI에 {uri} 값을 그대로 입력하고 저장하세요.",
                "1분쯤 뒤에 다시 로그인하세요.",
            ],
        })
        .then(steps![
            "평소 Postroom을 여는 주소가 아니라면 먼저 Postroom 설정 파일의 public_url 값을 바꾸고 Postroom을 다시 시작하세요.",
        ])
}

pub(super) fn public_url_unsuitable(scene: &Scene, redirect_uri: &str) -> Words {
    let uri = uri(redirect_uri);
    match scene.provider {
        Provider::Google => words!(
            "Google 로그인 뒤에 이 Postroom으로 돌아올 수 없습니다";
            "Google은 desk.example.com처럼 공개 도메인에 속한 https 주소만 받습니다. IP 주소나 사내에서만 쓰는 이름은 받지 않습니다. 지금은 {uri} 주소로 되어 있습니다.";
            "보유한 도메인 아래에 Postroom의 이름을 만들고 인증서를 설치하세요. 인터넷에 공개할 필요는 없고, 사용하는 브라우저에서만 열리면 됩니다.",
            "Postroom 설정 파일의 public_url 값을 그 https 주소로 바꾸고 Postroom을 다시 시작하세요.",
            "계정 → Google 로그인 설정에서 새 리디렉션 URI를 복사해 Google의 애플리케이션 클라이언트에 추가하고 ‘테스트’를 누르세요.",
        ),
        _ => words!(
            "로그인 뒤에 이 Postroom으로 돌아올 수 없습니다";
            "로그인 페이지는 https 주소로만 돌려보냅니다. 같은 컴퓨터에서 여는 localhost만 예외입니다. 지금은 {uri} 주소로 되어 있습니다.";
            "Postroom을 https로 열 수 있게 하세요. 예를 들어 인증서가 있는 프록시 뒤에 두면 됩니다. 사내에서만 쓰는 이름이어도 괜찮습니다.",
            "Postroom 설정 파일의 public_url 값을 그 https 주소로 바꾸고 Postroom을 다시 시작하세요.",
            "계정 → Microsoft 로그인 설정에서 새 리디렉션 URI를 복사해 Microsoft의 애플리케이션 ‘인증’ 페이지에 추가하고 ‘테스트’를 누르세요.",
        ),
    }
}

pub(super) fn app_permission_missing(scene: &Scene) -> Words {
    let words = words!(
        "애플리케이션이 아직 메일 권한을 요청할 수 없습니다";
        "애플리케이션은 등록되어 있지만, 요청할 수 있는 권한에 메일이 없습니다.";
    );
    words.then(permissions(scene)).then(steps!["몇 분 뒤에 다시 로그인하세요."])
}

pub(super) fn scope_refused(scene: &Scene) -> Words {
    let words = words!(
        "Postroom이 요청한 권한이 받아들여지지 않았습니다";
        "Postroom은 클라우드마다 정해진 이름으로 메일 권한을 요청하는데 거부되었습니다. 대개 애플리케이션에 그 권한이 없거나, 조직의 클라우드와 다른 클라우드를 선택한 경우입니다.";
    );
    words
        .then(permissions(scene))
        .then(match scene.provider {
            Provider::Google => Vec::new(),
            _ => steps![
                "Postroom에서 계정 → Microsoft 로그인 설정을 열어 클라우드(전 세계, 미국 정부, 중국)가 맞는지 보고 ‘테스트’를 누르세요."
            ],
        })
        .then(steps!["다시 로그인하세요. 그래도 거부되면 여기에 보이는 응답을 프로젝트의 이슈 트래커에 알려 주세요."])
}

/// Where an application gets the right to ask for mail.
fn permissions(scene: &Scene) -> Vec<String> {
    let Scene { entra, .. } = scene;
    let application = oauth::application(scene);
    match scene.provider {
        Provider::Google => steps![
            "console.cloud.google.com → API 및 서비스 → 라이브러리에서 이 프로젝트의 Gmail API를 사용 설정하세요.",
            "Google 인증 플랫폼 → 데이터 액세스에서 ‘범위 추가 또는 삭제’를 누르고 https://mail.google.com/ 범위를 추가한 다음 저장하세요.",
        ],
        _ => steps![
            "{entra} → 앱 등록에서 {application}을 열고 ‘API 권한’을 여세요.",
            "권한 추가 → 내 조직에서 사용하는 API → Office 365 Exchange Online → 위임된 권한에서 IMAP.AccessAsUser.All과 SMTP.Send를 선택하세요.",
            "권한이 있으면 ‘관리자 동의 허용’을 누르세요. 없으면 다음에 로그인할 때 관리자가 동의하면 됩니다.",
        ],
    }
}

pub(super) fn identity_unproven(scene: &Scene) -> Words {
    let by = provider::by(scene);
    words!(
        "누가 로그인했는지 확인할 수 없습니다";
        "로그인한 사람에 대해 받은 정보가 Postroom의 검증을 통과하지 못해 아무것도 저장하지 않았습니다.";
        "로그인을 다시 시작하세요.",
        "다시 나타나면 Postroom과 {by} 사이에 암호화된 연결을 열어 보는 프록시가 있는지 확인하고, 이 연결은 그대로 통과시키세요.",
        "클라이언트 ID, 테넌트, 클라우드가 서로 맞는지 확인하세요. Postroom의 ‘계정’에서 해당 로그인 방식을 열고 ‘테스트’를 누르면 됩니다.",
        "테스트를 통과하는데도 계속되면 여기에 보이는 내용을 프로젝트의 이슈 트래커에 알려 주세요.",
    )
}

pub(super) fn clock_differs() -> Words {
    words!(
        "Postroom 서버의 시계가 맞지 않습니다";
        "로그인 정보에는 발급 시각이 들어 있는데, Postroom이 실행되는 컴퓨터의 시계로는 믿을 수 없을 만큼 차이가 납니다.";
        "컴퓨터의 시계를 네트워크 시간(NTP)에 맞추세요. Linux에서는 timedatectl 명령으로 동기화 상태를 볼 수 있습니다.",
        "다시 로그인하세요.",
    )
}

pub(super) fn provider_unreachable(scene: &Scene, host: &str) -> Words {
    let (title_host, host) = (title_name(host), step_name(host));
    let names = match scene.provider {
        Provider::Google => "accounts.google.com, oauth2.googleapis.com, www.googleapis.com".to_owned(),
        _ => host,
    };
    words!(
        "{title_host} 서버에 연결할 수 없습니다";
        "Postroom이 실행되는 컴퓨터에서 로그인 서비스에 연결하지 못했습니다. 거부된 것은 아니며, 다시 로그인할 필요도 없습니다.";
        "다시 검사하세요. 사용 중인 메일박스는 자동으로 다시 시도합니다.",
        "계속되면 Postroom이 실행되는 컴퓨터에서 {names} 서버의 443번 포트(HTTPS)로 나가는 연결을 허용하세요.",
        "중간에 암호화된 연결을 열어 보는 프록시가 있으면 이 연결은 그대로 통과시키거나, 프록시의 인증 기관을 Postroom 설정 파일의 extra_ca_files에 추가하세요.",
    )
}

pub(super) fn provider_unavailable(scene: &Scene, host: &str) -> Words {
    let title_host = title_name(host);
    let by = provider::by(scene);
    words!(
        "{title_host} 서버에 일시적인 장애가 있습니다";
        "로그인 서비스가 자체 오류를 알려 왔거나 잠시 기다려 달라고 했습니다. 입력한 설정의 문제는 아니며, 다시 로그인할 필요도 없습니다.";
        "몇 분 뒤에 다시 검사하세요. 사용 중인 메일박스는 자동으로 다시 시도합니다.",
        "1시간 넘게 계속되면 {by} 상태 페이지를 보세요.",
    )
}

pub(super) fn provider_refused(scene: &Scene) -> Words {
    let by = provider::by(scene);
    words!(
        "로그인이 거부되었습니다";
        "Postroom이 알지 못하는 이유입니다. {by}에서 보낸 응답이 여기에 그대로 있습니다.";
        "응답을 읽어 보세요. 무엇을 해야 하는지 적혀 있는 경우가 많습니다. 그다음 로그인을 다시 시작하세요.",
        "애플리케이션에 문제가 없는지 확인하세요. Postroom의 ‘계정’에서 해당 로그인 방식을 열고 ‘테스트’를 누르면 됩니다.",
        "그래도 해결되지 않으면 이 응답을 프로젝트의 이슈 트래커에 알려 주세요. 비밀번호나 클라이언트 암호는 들어 있지 않습니다.",
    )
}
