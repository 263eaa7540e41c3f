//! What a forwarding check says, in the language of whoever asked for it.

use crate::model::{EmailAddress, Language};

/// Subject and text.
pub(super) struct Words {
    pub subject: String,
    pub text: String,
}

/// The words of one check; the code is in the subject, which survives every forwarder.
pub(super) fn of(language: Language, address: &EmailAddress, code: &str) -> Words {
    match language {
        Language::En => Words {
            subject: format!("Postroom forwarding check {code}"),
            text: format!(
                "An administrator wants to know whether mail to {address} is forwarded to Postroom.\n\
                 Postroom recognises this message when it comes back. There is nothing for you to do, and you can \
                 delete it.\n"
            ),
        },
        Language::Ko => Words {
            subject: format!("Postroom 전달 확인 {code}"),
            text: format!(
                "{address} 주소로 온 메일이 Postroom으로 전달되는지 확인하려고 관리자가 보낸 메일입니다.\n\
                 이 메일이 돌아오면 Postroom이 알아봅니다. 따로 하실 일은 없으며, 지우셔도 됩니다.\n"
            ),
        },
    }
}
