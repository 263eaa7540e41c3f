//! What a test mail says, in the language of whoever sends it.

use crate::model::Language;

/// Subject and text.
pub(crate) struct Words {
    pub subject: &'static str,
    pub text: &'static str,
}

/// The words to the mailbox itself, or to somebody outside.
pub(crate) const fn of(language: Language, to_itself: bool) -> Words {
    match (language, to_itself) {
        (Language::En, true) => Words {
            subject: "Postroom test mail",
            text: "Postroom sent this message from this mailbox to itself, to see whether mail goes out and comes in.\n\
                   It is removed as soon as it is found. If it is still here, you can delete it.\n",
        },
        (Language::En, false) => Words {
            subject: "Postroom test mail",
            text: "An administrator sent this message with Postroom, to see whether mail from this address goes out.\n\
                   There is nothing for you to do.\n",
        },
        (Language::Ko, true) => Words {
            subject: "Postroom 시험 메일",
            text: "메일이 잘 나가고 들어오는지 확인하려고 Postroom이 이 메일함에서 자기 자신에게 보낸 메일입니다.\n\
                   찾는 즉시 지워집니다. 아직 남아 있다면 지우셔도 됩니다.\n",
        },
        (Language::Ko, false) => Words {
            subject: "Postroom 시험 메일",
            text: "이 주소에서 메일이 잘 나가는지 확인하려고 관리자가 Postroom으로 보낸 메일입니다.\n\
                   따로 하실 일은 없습니다.\n",
        },
    }
}
