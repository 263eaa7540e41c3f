//! Which mail service a host belongs to, so that a repair names the right page.

use serde::{Deserialize, Serialize};

/// A mail service whose repairs differ from everybody else's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Provider {
    Microsoft,
    Google,
    Naver,
    NaverWorks,
    /// Daum, Hanmail and Kakao Mail: one account, one place to switch things on.
    Kakao,
    /// Yahoo and AOL.
    Yahoo,
    /// A company of its own: the normal password, and a switch for mail programs.
    YahooJapan,
    ICloud,
    Zoho,
    Fastmail,
    Yandex,
    /// QQ Mail and Tencent Exmail.
    Tencent,
    /// 163, 126 and yeah.net.
    NetEase,
    Gmx,
    WebDe,
    /// Mail.ru with its domains inbox.ru, list.ru and bk.ru.
    MailRu,
    TOnline,
    Dooray,
    Hiworks,
    Nate,
    Other,
}

impl Provider {
    /// Recognises the service from a server's host name.
    #[must_use]
    pub fn of_host(host: &str) -> Self {
        /// Domain suffixes; a host belongs to a service when it is one of these or ends in `.` plus one.
        const SUFFIXES: &[(&str, Provider)] = &[
            ("office365.com", Provider::Microsoft),
            ("outlook.com", Provider::Microsoft),
            ("office365.us", Provider::Microsoft),
            ("outlook.cn", Provider::Microsoft),
            ("hotmail.com", Provider::Microsoft),
            ("live.com", Provider::Microsoft),
            ("gmail.com", Provider::Google),
            ("googlemail.com", Provider::Google),
            ("google.com", Provider::Google),
            ("naver.com", Provider::Naver),
            ("worksmobile.com", Provider::NaverWorks),
            ("daum.net", Provider::Kakao),
            ("hanmail.net", Provider::Kakao),
            ("kakao.com", Provider::Kakao),
            ("yahoo.com", Provider::Yahoo),
            ("yahoo.co.jp", Provider::YahooJapan),
            ("aol.com", Provider::Yahoo),
            ("mail.me.com", Provider::ICloud),
            ("icloud.com", Provider::ICloud),
            ("zoho.com", Provider::Zoho),
            ("zoho.eu", Provider::Zoho),
            ("zoho.in", Provider::Zoho),
            ("zoho.jp", Provider::Zoho),
            ("zoho.com.au", Provider::Zoho),
            ("fastmail.com", Provider::Fastmail),
            ("messagingengine.com", Provider::Fastmail),
            ("yandex.com", Provider::Yandex),
            ("yandex.ru", Provider::Yandex),
            ("qq.com", Provider::Tencent),
            ("163.com", Provider::NetEase),
            ("126.com", Provider::NetEase),
            ("yeah.net", Provider::NetEase),
            ("gmx.net", Provider::Gmx),
            ("gmx.com", Provider::Gmx),
            ("gmx.de", Provider::Gmx),
            ("web.de", Provider::WebDe),
            ("mail.ru", Provider::MailRu),
            ("t-online.de", Provider::TOnline),
            ("dooray.com", Provider::Dooray),
            ("hiworks.com", Provider::Hiworks),
            ("hiworks.co.kr", Provider::Hiworks),
            ("nate.com", Provider::Nate),
        ];
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        SUFFIXES
            .iter()
            .find(|(suffix, _)| host.strip_suffix(suffix).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')))
            .map_or(Self::Other, |&(_, provider)| provider)
    }
}
