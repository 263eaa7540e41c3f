//! The mails in Korean.

use super::post::{Facts, News, Written, moment};

pub(super) fn letter(news: &News, facts: &Facts<'_>) -> Written {
    let Facts { name, address, base, now } = facts;
    let when = moment(*now);
    let (subject, body) = match news {
        News::Link { url, life_millis } => {
            let minutes = life_millis / 60_000;
            (
                "[Postroom] 새 비밀번호를 정해 주세요",
                format!(
                    "{base}에서 {address} 계정의 비밀번호 재설정을 요청받았습니다.\n\n\
                     아래 링크에서 새 비밀번호를 정하세요.\n{url}\n\n\
                     링크는 {minutes}분 동안 한 번만 사용할 수 있습니다. 여러 번 요청했다면 마지막 링크만 유효합니다. \
                     본인이 요청하지 않았다면 아무것도 하지 않아도 됩니다. 비밀번호는 그대로 유지됩니다."
                ),
            )
        }
        News::SignsInElsewhere => (
            "[Postroom] 로그인 방법 안내",
            format!(
                "{base}에서 {address} 계정의 비밀번호 재설정을 요청받았습니다.\n\n\
                 이 계정에는 비밀번호가 없고, 조직의 로그인으로 들어옵니다. 아래 페이지를 열어 조직의 로그인 버튼을 \
                 누르세요.\n{base}/sign-in\n\n\
                 조직 계정의 비밀번호를 잊었다면 조직의 관리자에게 문의하세요. 본인이 요청하지 않았다면 아무것도 하지 \
                 않아도 됩니다."
            ),
        ),
        News::PasswordChanged => (
            "[Postroom] 비밀번호가 변경되었습니다",
            format!(
                "{base}에서 {address} 계정의 비밀번호가 변경되었습니다({when}). 이전 비밀번호로 로그인한 브라우저는 \
                 모두 로그아웃되었습니다.\n\n\
                 본인이 변경하지 않았다면 바로 새 비밀번호를 정하고 Postroom 운영자에게 알려 주세요.\n{base}/forgotten"
            ),
        ),
        News::SecondFactorOff => (
            "[Postroom] 2단계 인증이 꺼졌습니다",
            format!(
                "{base}에서 {address} 계정의 2단계 인증이 꺼졌습니다({when}). 이제 비밀번호만으로 로그인할 수 \
                 있습니다.\n\n\
                 의도한 일이 아니라면 비밀번호를 바꾸고 2단계 인증을 다시 켠 뒤 Postroom 운영자에게 알려 \
                 주세요.\n{base}/account/me"
            ),
        ),
    };
    Written {
        subject: subject.to_owned(),
        text: format!("{name} 님, 안녕하세요.\n\n{body}\n\n-- \nPostroom, {base}\n이 메일에 회신해도 읽지 않습니다.\n"),
    }
}
