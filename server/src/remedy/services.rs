//! The mail services that the help can show a repair for, each with a telling mailbox.

use super::{OAuthSituation, Situation};
use crate::model::{Language, OAuthProvider, Protocol};

/// A service as people choose it: private and organisations' accounts are repaired differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Service {
    Microsoft,
    Outlook,
    Google,
    Gmail,
    Naver,
    NaverWorks,
    Daum,
    Kakao,
    Yahoo,
    ICloud,
    Zoho,
    Fastmail,
    Yandex,
    Qq,
    NetEase,
    Gmx,
    WebDe,
    MailRu,
    TOnline,
    Dooray,
    Hiworks,
    Nate,
}

impl Service {
    /// In the order they are shown.
    pub const ALL: [Self; 22] = [
        Self::Microsoft,
        Self::Outlook,
        Self::Google,
        Self::Gmail,
        Self::Naver,
        Self::NaverWorks,
        Self::Daum,
        Self::Kakao,
        Self::Nate,
        Self::Dooray,
        Self::Hiworks,
        Self::Yahoo,
        Self::ICloud,
        Self::Zoho,
        Self::Fastmail,
        Self::Yandex,
        Self::Qq,
        Self::NetEase,
        Self::Gmx,
        Self::WebDe,
        Self::TOnline,
        Self::MailRu,
    ];

    /// A stable name for addresses of pages.
    #[must_use]
    pub const fn slug(self) -> &'static str {
        self.facts().0
    }

    /// The service with this name.
    #[must_use]
    pub fn of_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|service| service.slug() == slug)
    }

    /// The service as its users call it.
    #[must_use]
    pub const fn name(self, language: Language) -> &'static str {
        match (self, language) {
            (Self::Microsoft, _) => "Microsoft 365",
            (Self::Outlook, _) => "Outlook.com",
            (Self::Google, _) => "Google Workspace",
            (Self::Gmail, _) => "Gmail",
            (Self::Naver, Language::En) => "Naver",
            (Self::Naver, Language::Ko) => "네이버",
            (Self::NaverWorks, Language::En) => "NAVER WORKS",
            (Self::NaverWorks, Language::Ko) => "네이버웍스",
            (Self::Daum, _) => "Daum",
            (Self::Kakao, Language::En) => "Kakao",
            (Self::Kakao, Language::Ko) => "카카오메일",
            (Self::Yahoo, _) => "Yahoo",
            (Self::ICloud, _) => "iCloud",
            (Self::Zoho, _) => "Zoho",
            (Self::Fastmail, _) => "Fastmail",
            (Self::Yandex, _) => "Yandex",
            (Self::Qq, _) => "QQ",
            (Self::NetEase, _) => "NetEase (163, 126)",
            (Self::Gmx, _) => "GMX",
            (Self::WebDe, _) => "WEB.DE",
            (Self::MailRu, _) => "Mail.ru",
            (Self::TOnline, _) => "T-Online",
            (Self::Dooray, Language::En) => "Dooray!",
            (Self::Dooray, Language::Ko) => "두레이",
            (Self::Hiworks, Language::En) => "Hiworks",
            (Self::Hiworks, Language::Ko) => "하이웍스",
            (Self::Nate, Language::En) => "Nate",
            (Self::Nate, Language::Ko) => "네이트",
        }
    }

    /// Slug, server for reading, server for sending, domain of the address.
    const fn facts(self) -> (&'static str, &'static str, &'static str, &'static str) {
        match self {
            Self::Microsoft => ("microsoft", "outlook.office365.com", "smtp.office365.com", "example.com"),
            Self::Outlook => ("outlook", "outlook.office365.com", "smtp-mail.outlook.com", "outlook.com"),
            Self::Google => ("google", "imap.gmail.com", "smtp.gmail.com", "example.com"),
            Self::Gmail => ("gmail", "imap.gmail.com", "smtp.gmail.com", "gmail.com"),
            Self::Naver => ("naver", "imap.naver.com", "smtp.naver.com", "naver.com"),
            Self::NaverWorks => ("naver_works", "imap.worksmobile.com", "smtp.worksmobile.com", "example.co.kr"),
            Self::Daum => ("daum", "imap.daum.net", "smtp.daum.net", "daum.net"),
            Self::Kakao => ("kakao", "imap.kakao.com", "smtp.kakao.com", "kakao.com"),
            Self::Yahoo => ("yahoo", "imap.mail.yahoo.com", "smtp.mail.yahoo.com", "yahoo.com"),
            Self::ICloud => ("icloud", "imap.mail.me.com", "smtp.mail.me.com", "icloud.com"),
            Self::Zoho => ("zoho", "imap.zoho.com", "smtp.zoho.com", "example.com"),
            Self::Fastmail => ("fastmail", "imap.fastmail.com", "smtp.fastmail.com", "fastmail.com"),
            Self::Yandex => ("yandex", "imap.yandex.com", "smtp.yandex.com", "yandex.com"),
            Self::Qq => ("qq", "imap.qq.com", "smtp.qq.com", "qq.com"),
            Self::NetEase => ("netease", "imap.163.com", "smtp.163.com", "163.com"),
            Self::Gmx => ("gmx", "imap.gmx.net", "mail.gmx.net", "gmx.net"),
            Self::WebDe => ("web_de", "imap.web.de", "smtp.web.de", "web.de"),
            Self::MailRu => ("mail_ru", "imap.mail.ru", "smtp.mail.ru", "mail.ru"),
            Self::TOnline => ("t_online", "secureimap.t-online.de", "securesmtp.t-online.de", "t-online.de"),
            Self::Dooray => ("dooray", "imap.dooray.com", "smtp.dooray.com", "example.co.kr"),
            Self::Hiworks => ("hiworks", "imap.hiworks.com", "smtps.hiworks.com", "example.co.kr"),
            Self::Nate => ("nate", "imap.nate.com", "smtp.mail.nate.com", "nate.com"),
        }
    }

    /// The same mailbox at this service; `None` where it rests on a sign-in that the service does not have.
    pub(super) fn take(self, situation: &Situation) -> Option<Situation> {
        let (_, imap, smtp, domain) = self.facts();
        let oauth = match &situation.oauth {
            Some(oauth) => Some(OAuthSituation { provider: self.sign_in()?, ..oauth.clone() }),
            None => None,
        };
        let host = match situation.protocol {
            Protocol::Imap => imap,
            Protocol::Smtp => smtp,
        };
        Some(moved(Situation { oauth, ..situation.clone() }, host, domain))
    }

    /// The same mailbox at a server that nobody knows, or, after a sign-in, as it is.
    pub(super) fn elsewhere(situation: &Situation) -> Situation {
        if situation.oauth.is_some() {
            return situation.clone();
        }
        moved(situation.clone(), "mail.example.com", "example.com")
    }

    const fn sign_in(self) -> Option<OAuthProvider> {
        match self {
            Self::Microsoft | Self::Outlook => Some(OAuthProvider::Microsoft),
            Self::Google | Self::Gmail => Some(OAuthProvider::Google),
            _ => None,
        }
    }
}

/// With another server, and the names before the `@` kept.
fn moved(situation: Situation, host: &str, domain: &str) -> Situation {
    let at = |name: &str| match name.split_once('@') {
        Some((local, _)) => format!("{local}@{domain}"),
        None => name.to_owned(),
    };
    Situation { host: host.to_owned(), username: at(&situation.username), address: at(&situation.address), ..situation }
}
