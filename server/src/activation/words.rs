//! What an activation mail says, in the language of whoever saved the mailbox.

use crate::model::Language;

/// What the mail tells of.
pub(super) struct About<'a> {
    /// The name of the workspace.
    pub desk: &'a str,
    /// The mailbox's name.
    pub name: &'a str,
    pub address: &'a str,
    /// Where one click activates.
    pub link: &'a str,
    /// By which the mail is found where a server has changed its Message-ID.
    pub mark: &'a str,
}

/// Subject and text.
pub(super) fn of(language: Language, about: &About<'_>) -> (String, String) {
    let About { desk, name, address, link, mark } = about;
    match language {
        Language::En => (
            format!("Activate the mailbox {name} [{mark}]"),
            format!(
                "The mailbox \"{name}\" ({address}) was connected to the service desk \"{desk}\" in Postroom.\n\
                 \n\
                 This message shows that the address belongs to that mailbox. Postroom looks for it and activates\n\
                 the mailbox as soon as it is found, so there is usually nothing for you to do.\n\
                 \n\
                 If Postroom does not find it, open this link and confirm. It can be used for 30 minutes:\n\
                 \n\
                 {link}\n\
                 \n\
                 If you did not ask for this, do nothing.\n"
            ),
        ),
        Language::Ko => (
            format!("[{mark}] {name} 메일박스 활성화"),
            format!(
                "Postroom에서 \"{name}\" 메일박스({address})가 서비스 데스크 \"{desk}\"에 연결되었습니다.\n\
                 \n\
                 이 메일은 주소가 실제로 이 메일박스의 것인지 확인하려고 보냈습니다. Postroom이 이 메일을\n\
                 찾는 대로 자동으로 활성화하므로, 보통은 따로 하실 일이 없습니다.\n\
                 \n\
                 Postroom이 찾지 못하면 아래 링크를 열어 확인해 주세요. 링크는 30분 동안 쓸 수 있습니다.\n\
                 \n\
                 {link}\n\
                 \n\
                 요청한 적이 없다면 아무것도 하지 않으셔도 됩니다.\n"
            ),
        ),
    }
}
