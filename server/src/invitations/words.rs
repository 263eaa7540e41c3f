//! What an invitation says, in the language of whoever invites.

use crate::model::Language;

/// What the mail tells of.
pub(super) struct About<'a> {
    /// The name of whoever invites.
    pub by: &'a str,
    /// The names of the workspaces; none for an administrator of the account.
    pub workspaces: &'a [String],
    /// Where somebody comes in.
    pub link: &'a str,
}

/// Subject and text.
pub(super) fn of(language: Language, about: &About<'_>) -> (String, String) {
    let About { by, workspaces, link } = about;
    let list = workspaces.join(", ");
    match language {
        Language::En => {
            let what = if list.is_empty() {
                "as an administrator of the account".to_owned()
            } else {
                format!("to work with: {list}")
            };
            (
                format!("{by} invites you to Postroom"),
                format!(
                    "{by} invites you to Postroom, which connects mailboxes to a service desk, {what}.\n\
                     \n\
                     Open this link, choose a password, and you are signed in. It can be used once, for 7 days:\n\
                     \n\
                     {link}\n\
                     \n\
                     If you do not know what this is about, do nothing: without the link nothing happens.\n"
                ),
            )
        }
        Language::Ko => {
            let what = if list.is_empty() {
                "계정 관리자로 초대합니다.".to_owned()
            } else {
                format!("다음 워크스페이스에 초대합니다: {list}")
            };
            (
                format!("{by} 님이 Postroom에 초대합니다"),
                format!(
                    "{by} 님이 메일박스를 서비스 데스크에 연결하는 Postroom에 초대했습니다.\n\
                     {what}\n\
                     \n\
                     아래 링크를 열어 비밀번호를 정하면 바로 로그인됩니다. 링크는 7일 동안 한 번만 쓸 수 있습니다.\n\
                     \n\
                     {link}\n\
                     \n\
                     무슨 초대인지 모르겠다면 아무것도 하지 않으셔도 됩니다. 링크를 열지 않으면 아무 일도 일어나지 않습니다.\n"
                ),
            )
        }
    }
}
