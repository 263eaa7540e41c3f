//! The right servers of well-known services, for "did you mean".

use super::Situation;
use crate::model::{Protocol, Provider, Security};

/// A server that is known to be right for an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Server {
    pub host: &'static str,
    pub port: u16,
    pub security: Security,
}

impl Server {
    const fn tls(host: &'static str, port: u16) -> Self {
        Self { host, port, security: Security::Tls }
    }

    const fn start_tls(host: &'static str, port: u16) -> Self {
        Self { host, port, security: Security::StartTls }
    }

    /// True where the form already names this server.
    ///
    /// Whoever offers SMTP with TLS from the start offers it with STARTTLS too.
    pub fn matches(&self, situation: &Situation) -> bool {
        let typed = (situation.port, situation.security);
        situation.host.trim_end_matches('.').eq_ignore_ascii_case(self.host)
            && (typed == (self.port, self.security) || (self.port == 465 && typed == (587, Security::StartTls)))
    }
}

/// The server for an address in `domain`; failing that, the one of the service that was typed.
///
/// A service with different hosts for different domains is answered only where the domain decides.
pub(super) fn server(provider: Provider, host: &str, domain: &str, protocol: Protocol) -> Option<Server> {
    by_domain(domain, protocol).or_else(|| by_provider(provider, host, protocol))
}

fn by_domain(domain: &str, protocol: Protocol) -> Option<Server> {
    let domain = domain.to_ascii_lowercase();
    let (imap, smtp) = match domain.as_str() {
        "outlook.com" | "hotmail.com" | "live.com" | "msn.com" => {
            (Server::tls("outlook.office365.com", 993), Server::start_tls("smtp-mail.outlook.com", 587))
        }
        "gmail.com" | "googlemail.com" => (Server::tls("imap.gmail.com", 993), Server::tls("smtp.gmail.com", 465)),
        "naver.com" => (Server::tls("imap.naver.com", 993), Server::tls("smtp.naver.com", 465)),
        "daum.net" | "hanmail.net" => (Server::tls("imap.daum.net", 993), Server::tls("smtp.daum.net", 465)),
        "kakao.com" => (Server::tls("imap.kakao.com", 993), Server::tls("smtp.kakao.com", 465)),
        "yahoo.com" | "ymail.com" | "rocketmail.com" => {
            (Server::tls("imap.mail.yahoo.com", 993), Server::tls("smtp.mail.yahoo.com", 465))
        }
        "yahoo.co.jp" => (Server::tls("imap.mail.yahoo.co.jp", 993), Server::tls("smtp.mail.yahoo.co.jp", 465)),
        "aol.com" => (Server::tls("imap.aol.com", 993), Server::tls("smtp.aol.com", 465)),
        "icloud.com" | "me.com" | "mac.com" => {
            (Server::tls("imap.mail.me.com", 993), Server::start_tls("smtp.mail.me.com", 587))
        }
        "fastmail.com" => (Server::tls("imap.fastmail.com", 993), Server::tls("smtp.fastmail.com", 465)),
        "yandex.com" | "yandex.ru" | "ya.ru" => {
            (Server::tls("imap.yandex.com", 993), Server::tls("smtp.yandex.com", 465))
        }
        "qq.com" | "foxmail.com" => (Server::tls("imap.qq.com", 993), Server::tls("smtp.qq.com", 465)),
        "163.com" => (Server::tls("imap.163.com", 993), Server::tls("smtp.163.com", 465)),
        "126.com" => (Server::tls("imap.126.com", 993), Server::tls("smtp.126.com", 465)),
        "yeah.net" => (Server::tls("imap.yeah.net", 993), Server::tls("smtp.yeah.net", 465)),
        "gmx.net" | "gmx.de" => (Server::tls("imap.gmx.net", 993), Server::tls("mail.gmx.net", 465)),
        "gmx.com" => (Server::tls("imap.gmx.com", 993), Server::tls("mail.gmx.com", 465)),
        "web.de" => (Server::tls("imap.web.de", 993), Server::tls("smtp.web.de", 465)),
        "mail.ru" | "inbox.ru" | "list.ru" | "bk.ru" => {
            (Server::tls("imap.mail.ru", 993), Server::tls("smtp.mail.ru", 465))
        }
        "t-online.de" | "magenta.de" => {
            (Server::tls("secureimap.t-online.de", 993), Server::tls("securesmtp.t-online.de", 465))
        }
        "nate.com" => (Server::tls("imap.nate.com", 993), Server::tls("smtp.mail.nate.com", 465)),
        _ => return None,
    };
    Some(match protocol {
        Protocol::Imap => imap,
        Protocol::Smtp => smtp,
    })
}

fn by_provider(provider: Provider, host: &str, protocol: Protocol) -> Option<Server> {
    // The clouds for the United States government and for China have hosts of their own.
    let national = host.ends_with(".us") || host.ends_with(".cn");
    match (provider, protocol) {
        (Provider::Microsoft, Protocol::Imap) if !national => Some(Server::tls("outlook.office365.com", 993)),
        (Provider::Microsoft, Protocol::Smtp) if !national => Some(Server::start_tls("smtp.office365.com", 587)),
        (Provider::Google, Protocol::Imap) => Some(Server::tls("imap.gmail.com", 993)),
        (Provider::Google, Protocol::Smtp) => Some(Server::tls("smtp.gmail.com", 465)),
        (Provider::NaverWorks, Protocol::Imap) => Some(Server::tls("imap.worksmobile.com", 993)),
        (Provider::NaverWorks, Protocol::Smtp) => Some(Server::tls("smtp.worksmobile.com", 465)),
        (Provider::Fastmail, Protocol::Imap) => Some(Server::tls("imap.fastmail.com", 993)),
        (Provider::Fastmail, Protocol::Smtp) => Some(Server::tls("smtp.fastmail.com", 465)),
        (Provider::ICloud, Protocol::Imap) => Some(Server::tls("imap.mail.me.com", 993)),
        (Provider::ICloud, Protocol::Smtp) => Some(Server::start_tls("smtp.mail.me.com", 587)),
        (Provider::MailRu, Protocol::Imap) => Some(Server::tls("imap.mail.ru", 993)),
        (Provider::MailRu, Protocol::Smtp) => Some(Server::tls("smtp.mail.ru", 465)),
        (Provider::Hiworks, Protocol::Smtp) => Some(Server::tls("smtps.hiworks.com", 465)),
        (
            // Countries and paid plans have hosts of their own.
            Provider::Microsoft
            | Provider::Naver
            | Provider::Kakao
            | Provider::Yahoo
            | Provider::YahooJapan
            | Provider::Zoho
            | Provider::Yandex
            | Provider::Tencent
            | Provider::NetEase
            | Provider::Gmx
            | Provider::WebDe
            | Provider::TOnline
            | Provider::Dooray
            | Provider::Hiworks
            | Provider::Nate
            | Provider::Other,
            _,
        ) => None,
    }
}
