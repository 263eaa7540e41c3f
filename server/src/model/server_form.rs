//! The form of one mail server as it is typed, and the settings that a valid one becomes.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::address::is_host_name;
use super::trust::{self, Fingerprint, Trust, TrustChoice};
use super::user::validate_email;
use super::{AuthMethod, EmailAddress, Endpoint, Field, Invalid, Protocol, Reason, Security};

/// What a ticked SSL/TLS box means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TlsMode {
    /// The port tells: ports that begin in clear are upgraded, all others are encrypted from the first byte.
    #[default]
    Auto,
    Implicit,
    StartTls,
}

/// The settings of one mail server as typed: nothing here has been looked at.
///
/// The password is not among them. It travels once, on its own, and never comes back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ServerForm {
    pub host: String,
    pub port: String,
    /// The SSL/TLS tick box.
    pub tls: bool,
    pub tls_mode: TlsMode,
    pub method: AuthMethod,
    pub email: String,
    /// Empty where it is the e-mail address.
    pub username: String,
    /// The folder that is watched, on an IMAP server; empty where it is the inbox.
    pub folder: String,
    pub trust: TrustChoice,
    /// The fingerprint of the one certificate that is trusted, in any notation.
    pub pin: String,
    /// The host and port that the fingerprint was given for; empty where it was just typed.
    pub pin_for: String,
    /// The PEM text of an authority of one's own.
    pub authority: String,
}

/// The settings of one mail server after a look at them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerSettings {
    pub endpoint: Endpoint,
    pub method: AuthMethod,
    /// The address we read or send as.
    pub email: EmailAddress,
    pub username: String,
    /// The folder that is watched, as people see its name; without meaning for SMTP.
    #[serde(default = "inbox")]
    pub folder: String,
}

/// Where new mail comes in (RFC 9051 5.1).
fn inbox() -> String {
    "INBOX".to_owned()
}

impl ServerForm {
    /// Longest host name, in characters (RFC 1035 2.3.4).
    pub const MAX_HOST_CHARACTERS: usize = 253;
    /// Longest user name, in characters.
    pub const MAX_USERNAME_CHARACTERS: usize = 320;
    /// Longest name of a folder, its parents with it, in characters.
    pub const MAX_FOLDER_CHARACTERS: usize = 250;
    /// Longest password or token for a mail server, in characters.
    pub const MAX_PASSWORD_CHARACTERS: usize = 8000;

    /// The form before anything is typed: encrypted from the first byte, on the registered port.
    #[must_use]
    pub fn default_for(protocol: Protocol, address: &str) -> Self {
        Self {
            port: protocol.default_port(Security::Tls).to_string(),
            tls: true,
            email: address.trim().to_owned(),
            ..Self::default()
        }
    }

    /// True where no server was typed yet, so that one that is found overwrites nothing. The e-mail address and the
    /// folder name no server.
    #[must_use]
    pub fn is_blank(&self, protocol: Protocol) -> bool {
        let blank = Self::default_for(protocol, "");
        *self == Self { email: self.email.clone(), folder: self.folder.clone(), ..blank }
    }

    /// The protection that the tick box, its mode and the port stand for.
    ///
    /// With [`TlsMode::Auto`], 143, 587, 25 and 2525 mean STARTTLS and every other port implicit TLS,
    /// whatever the protocol: people do type an SMTP port into an IMAP form, and the check then says so.
    #[must_use]
    pub fn security(&self, _protocol: Protocol) -> Security {
        match (self.tls, self.tls_mode) {
            (false, _) => Security::None,
            (true, TlsMode::Implicit) => Security::Tls,
            (true, TlsMode::StartTls) => Security::StartTls,
            (true, TlsMode::Auto) => match self.port_number() {
                Some(25 | 143 | 587 | 2525) => Security::StartTls,
                _ => Security::Tls,
            },
        }
    }

    /// What is wrong with the form; the same code looks at it in the browser and on the server.
    #[must_use]
    pub fn validate(&self, protocol: Protocol, has_password: bool) -> Vec<Invalid> {
        let mut found = self.wrong(protocol, has_password);
        if self.method == AuthMethod::None {
            found.push(Invalid::of(protocol, Field::AuthMethod, Reason::Unchosen));
        }
        found
    }

    /// [`Self::validate`] for the relay, which may ask for no sign-in and then needs no password.
    #[must_use]
    pub fn validate_relay(&self, has_password: bool) -> Vec<Invalid> {
        self.wrong(Protocol::Smtp, has_password || self.method == AuthMethod::None)
    }

    fn wrong(&self, protocol: Protocol, has_password: bool) -> Vec<Invalid> {
        let username = self.username.trim();
        let username = if username.chars().any(char::is_control) {
            Some(Reason::ForbiddenCharacters)
        } else if username.chars().count() > Self::MAX_USERNAME_CHARACTERS {
            Some(Reason::TooLong { max_characters: Self::MAX_USERNAME_CHARACTERS })
        } else {
            None
        };
        [
            (Field::Host, validate_host(&self.host)),
            (Field::Port, self.validate_port()),
            (Field::Address, validate_email(&self.email)),
            (Field::Username, username),
            (Field::Password, (!has_password).then_some(Reason::Empty)),
            (Field::Folder, self.validate_folder()),
            (Field::Pin, self.validate_pin()),
            (Field::Authority, self.validate_authority()),
        ]
        .into_iter()
        .filter_map(|(field, reason)| reason.map(|reason| Invalid::of(protocol, field, reason)))
        .collect()
    }

    /// What is wrong with a password or token that was typed for this server.
    #[must_use]
    pub fn validate_password(protocol: Protocol, password: &str) -> Option<Invalid> {
        let reason = if password.is_empty() {
            Reason::Empty
        } else if password.chars().any(|c| matches!(c, '\0' | '\r' | '\n')) {
            // SASL PLAIN separates with NUL (RFC 4616), and no server takes a line break.
            Reason::ForbiddenCharacters
        } else if password.chars().count() > Self::MAX_PASSWORD_CHARACTERS {
            Reason::TooLong { max_characters: Self::MAX_PASSWORD_CHARACTERS }
        } else {
            return None;
        };
        Some(Invalid::of(protocol, Field::Password, reason))
    }

    /// The settings this form stands for.
    ///
    /// # Errors
    /// Everything [`Self::validate`] finds, but for a missing password, which is no part of the settings.
    pub fn settings(&self, protocol: Protocol) -> Result<ServerSettings, Vec<Invalid>> {
        self.become_settings(protocol, self.validate(protocol, true))
    }

    /// [`Self::settings`] of the relay.
    ///
    /// # Errors
    /// Everything [`Self::validate_relay`] finds, but for a missing password.
    pub fn relay_settings(&self) -> Result<ServerSettings, Vec<Invalid>> {
        self.become_settings(Protocol::Smtp, self.validate_relay(true))
    }

    fn become_settings(&self, protocol: Protocol, found: Vec<Invalid>) -> Result<ServerSettings, Vec<Invalid>> {
        match (found.is_empty(), self.port_number(), EmailAddress::parse(&self.email)) {
            (true, Some(port), Ok(email)) => {
                let username = match self.username.trim() {
                    "" => email.to_string(),
                    username => username.to_owned(),
                };
                let endpoint = Endpoint {
                    host: bare_host(&self.host).to_owned(),
                    port,
                    security: self.security(protocol),
                    trust: self.trust(),
                };
                let folder = match self.folder.trim() {
                    folder if folder.is_empty() || folder.eq_ignore_ascii_case("INBOX") => inbox(),
                    folder => folder.to_owned(),
                };
                Ok(ServerSettings { endpoint, method: self.method, email, username, folder })
            }
            _ => Err(found),
        }
    }

    /// Takes over port and protection of an endpoint; the host stays as it was typed.
    pub fn take(&mut self, endpoint: &Endpoint) {
        self.port = endpoint.port.to_string();
        self.tls = endpoint.security != Security::None;
        self.tls_mode = TlsMode::Auto;
        // The protocol has no say in what the port stands for.
        if self.security(Protocol::Imap) != endpoint.security {
            self.tls_mode = if endpoint.security == Security::StartTls { TlsMode::StartTls } else { TlsMode::Implicit };
        }
    }

    /// True where the form names this host, however it is written.
    #[must_use]
    pub fn is_for(&self, host: &str) -> bool {
        folded(&self.host) == folded(host)
    }

    /// The port, where it is one.
    #[must_use]
    pub fn port_number(&self) -> Option<u16> {
        let port = self.port.trim();
        let digits_only = port.bytes().all(|b| b.is_ascii_digit());
        port.parse().ok().filter(|&port| digits_only && port != 0)
    }

    /// Where a fingerprint that is typed now would count: host and port, where both are such.
    #[must_use]
    pub fn place(&self) -> Option<String> {
        let host = validate_host(&self.host).is_none().then(|| folded(&self.host))?;
        Some(format!("{host}:{}", self.port_number()?))
    }

    /// The host and port that a trusted certificate was given for, where another server is typed by now. It is not
    /// trusted there.
    #[must_use]
    pub fn pin_left_behind(&self) -> Option<&str> {
        let given = !self.pin.trim().is_empty() && !self.pin_for.is_empty();
        let elsewhere = self.place().is_none_or(|place| place != self.pin_for);
        (self.trust == TrustChoice::Certificate && given && elsewhere).then_some(self.pin_for.as_str())
    }

    /// The choice that counts: a certificate of another server is not trusted, and nothing is to be trusted on a
    /// connection without encryption.
    #[must_use]
    pub fn trust_in_effect(&self) -> TrustChoice {
        if self.tls && self.pin_left_behind().is_none() { self.trust } else { TrustChoice::Usual }
    }

    /// What is kept of what was just typed, beside what was kept before: a fingerprint that is new counts for the
    /// host and port it came with, and private keys are thrown away.
    #[must_use]
    pub fn settled(&self, before: &Self) -> Self {
        let mut settled = Self { authority: trust::without_private_keys(&self.authority), ..self.clone() };
        let same = match (Fingerprint::parse(&self.pin), Fingerprint::parse(&before.pin)) {
            (Some(now), Some(then)) => now == then,
            _ => self.pin.trim() == before.pin.trim(),
        };
        if self.pin_for.is_empty() || !same {
            let place = self.place().filter(|_| !self.pin.trim().is_empty());
            settled.pin_for = place.unwrap_or_default();
        }
        settled
    }

    /// True where both forms stand for the same, whatever else was typed into what does not count.
    #[must_use]
    pub fn means_the_same(&self, other: &Self) -> bool {
        self.in_effect() == other.in_effect()
    }

    fn in_effect(&self) -> Self {
        let trust = self.trust_in_effect();
        let kept =
            |choice: TrustChoice, text: &str| if trust == choice { text.trim().to_owned() } else { String::new() };
        let pin = kept(TrustChoice::Certificate, &self.pin);
        Self {
            trust,
            pin: Fingerprint::parse(&pin).map_or(pin, |pin| pin.to_string()),
            pin_for: String::new(),
            authority: kept(TrustChoice::Authority, &self.authority),
            ..self.clone()
        }
    }

    /// Trusts exactly this certificate, of the server that is typed now.
    pub fn pin(&mut self, fingerprint: &Fingerprint) {
        self.trust = TrustChoice::Certificate;
        self.pin = fingerprint.to_string();
        self.pin_for = self.place().unwrap_or_default();
    }

    fn trust(&self) -> Trust {
        match (self.trust_in_effect(), Fingerprint::parse(&self.pin)) {
            (TrustChoice::Certificate, Some(sha256)) => Trust::Certificate { sha256 },
            (TrustChoice::Authority, _) => Trust::Authority { pem: trust::certificates_in(&self.authority) },
            _ => Trust::Usual,
        }
    }

    fn validate_pin(&self) -> Option<Reason> {
        if self.trust_in_effect() != TrustChoice::Certificate {
            None
        } else if self.pin.trim().is_empty() {
            Some(Reason::Empty)
        } else if self.pin.chars().count() > trust::MAX_PIN_CHARACTERS || Fingerprint::parse(&self.pin).is_none() {
            Some(Reason::NotAFingerprint)
        } else {
            None
        }
    }

    fn validate_authority(&self) -> Option<Reason> {
        (self.trust_in_effect() == TrustChoice::Authority).then(|| trust::wrong_authority(&self.authority)).flatten()
    }

    fn validate_folder(&self) -> Option<Reason> {
        let folder = self.folder.trim();
        if folder.chars().any(char::is_control) {
            Some(Reason::ForbiddenCharacters)
        } else if folder.chars().count() > Self::MAX_FOLDER_CHARACTERS {
            Some(Reason::TooLong { max_characters: Self::MAX_FOLDER_CHARACTERS })
        } else {
            None
        }
    }

    fn validate_port(&self) -> Option<Reason> {
        if self.port.trim().is_empty() {
            Some(Reason::Empty)
        } else if self.port_number().is_none() {
            Some(Reason::NotAPort)
        } else {
            None
        }
    }
}

impl ServerSettings {
    /// The form that shows these settings for editing, and that would become them again.
    #[must_use]
    pub fn to_form(&self) -> ServerForm {
        let mut form = ServerForm {
            host: self.endpoint.host.clone(),
            method: self.method,
            email: self.email.to_string(),
            username: if self.username == self.email.as_str() { String::new() } else { self.username.clone() },
            folder: if self.folder == inbox() { String::new() } else { self.folder.clone() },
            ..ServerForm::default()
        };
        form.take(&self.endpoint);
        match &self.endpoint.trust {
            Trust::Usual => {}
            Trust::Certificate { sha256 } => form.pin(sha256),
            Trust::Authority { pem } => {
                form.trust = TrustChoice::Authority;
                form.authority.clone_from(pem);
            }
        }
        form
    }
}

/// The host as it is compared.
fn folded(host: &str) -> String {
    bare_host(host).trim_end_matches('.').to_lowercase()
}

/// The host without blanks around it and without the brackets that URLs put around IPv6 addresses.
fn bare_host(host: &str) -> &str {
    let host = host.trim();
    host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host)
}

fn validate_host(host: &str) -> Option<Reason> {
    let host = bare_host(host);
    if host.is_empty() {
        Some(Reason::Empty)
    } else if host.chars().count() > ServerForm::MAX_HOST_CHARACTERS {
        Some(Reason::TooLong { max_characters: ServerForm::MAX_HOST_CHARACTERS })
    } else if host.parse::<IpAddr>().is_ok() || (is_host_name(host) && !looks_like_ipv4(host)) {
        None
    } else {
        Some(Reason::NotAHost)
    }
}

/// Digits and dots alone are meant as an IPv4 address; one that cannot be parsed is a slip (`192.168.1`, `10.0.0.256`).
fn looks_like_ipv4(host: &str) -> bool {
    host.bytes().all(|b| b.is_ascii_digit() || b == b'.')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(port: &str, tls: bool, tls_mode: TlsMode) -> ServerForm {
        ServerForm {
            host: "mail.example.com".to_owned(),
            port: port.to_owned(),
            tls,
            tls_mode,
            email: "support@example.com".to_owned(),
            ..ServerForm::default()
        }
    }

    #[test]
    fn the_tick_box_and_the_port_say_how_the_connection_is_protected() {
        for port in ["143", "587", "25", "2525", " 143 "] {
            assert_eq!(form(port, true, TlsMode::Auto).security(Protocol::Imap), Security::StartTls, "{port}");
        }
        for port in ["993", "465", "10993", "x", ""] {
            assert_eq!(form(port, true, TlsMode::Auto).security(Protocol::Smtp), Security::Tls, "{port}");
        }
        assert_eq!(form("993", true, TlsMode::StartTls).security(Protocol::Imap), Security::StartTls);
        assert_eq!(form("143", true, TlsMode::Implicit).security(Protocol::Imap), Security::Tls);
        assert_eq!(form("993", false, TlsMode::Implicit).security(Protocol::Imap), Security::None);
    }

    #[test]
    fn an_empty_form_names_every_field_that_must_be_filled() {
        let fields: Vec<_> = ServerForm::default()
            .validate(Protocol::Smtp, false)
            .into_iter()
            .map(|invalid| (invalid.protocol, invalid.field, invalid.reason))
            .collect();
        let smtp = Some(Protocol::Smtp);
        assert_eq!(
            fields,
            [
                (smtp, Field::Host, Reason::Empty),
                (smtp, Field::Port, Reason::Empty),
                (smtp, Field::Address, Reason::Empty),
                (smtp, Field::Password, Reason::Empty),
            ]
        );
    }

    #[test]
    fn hosts_that_servers_have_are_taken() {
        for host in
            ["mail.example.com", "localhost", "예시.한국", "192.0.2.1", "2001:db8::1", "[2001:db8::1]", "a.example."]
        {
            let form = ServerForm { host: host.to_owned(), ..form("993", true, TlsMode::Auto) };
            assert_eq!(form.validate(Protocol::Imap, true), [], "{host}");
        }
    }

    #[test]
    fn hosts_and_ports_that_cannot_be_are_named() {
        for host in ["imap://example.com", "mail example.com", "a/b", "mail.example.com:993", "192.168.1", "10.0.0.256"]
        {
            let form = ServerForm { host: host.to_owned(), ..form("993", true, TlsMode::Auto) };
            let expected = Invalid::of(Protocol::Imap, Field::Host, Reason::NotAHost);
            assert_eq!(form.validate(Protocol::Imap, true), [expected], "{host}");
        }
        for port in ["0", "65536", "-1", "+993", "99a", "9 93", "99.3"] {
            let expected = Invalid::of(Protocol::Imap, Field::Port, Reason::NotAPort);
            assert_eq!(form(port, true, TlsMode::Auto).validate(Protocol::Imap, true), [expected], "{port}");
        }
    }

    #[test]
    fn only_the_relay_may_go_without_a_sign_in() {
        let form = ServerForm { method: AuthMethod::None, ..form("25", false, TlsMode::Auto) };
        for protocol in [Protocol::Imap, Protocol::Smtp] {
            let expected = Invalid::of(protocol, Field::AuthMethod, Reason::Unchosen);
            assert_eq!(form.validate(protocol, true), [expected]);
            assert!(form.settings(protocol).is_err());
        }
        assert_eq!(form.validate_relay(false), []);
        let settings = form.relay_settings().unwrap();
        assert_eq!(settings.to_form().relay_settings(), Ok(settings));
    }

    #[test]
    fn settings_survive_the_way_through_the_form() {
        for port in ["993", "143", "587", "2525", "10143"] {
            for (tls, mode) in [(true, TlsMode::Implicit), (true, TlsMode::StartTls), (false, TlsMode::Auto)] {
                let settings = form(port, tls, mode).settings(Protocol::Imap).unwrap();
                assert_eq!(settings.to_form().settings(Protocol::Imap).unwrap(), settings, "{port} {mode:?}");
            }
        }
    }

    #[test]
    fn an_endpoint_that_is_taken_over_is_what_the_form_then_stands_for() {
        for (port, security) in
            [(993, Security::Tls), (143, Security::StartTls), (143, Security::Tls), (10_993, Security::StartTls)]
        {
            let endpoint = Endpoint::new("MAIL.example.com.".to_owned(), port, security);
            let mut taken = form("25", false, TlsMode::Implicit);
            assert!(taken.is_for(&endpoint.host) && !taken.is_for("imap.example.com"));
            taken.take(&endpoint);
            let settings = taken.settings(Protocol::Imap).unwrap();
            assert_eq!((settings.endpoint.port, settings.endpoint.security), (port, security));
            assert_eq!(taken.host, "mail.example.com");
        }
    }

    const PIN: &str = "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0";

    fn pinned() -> ServerForm {
        let typed = ServerForm {
            trust: TrustChoice::Certificate,
            pin: format!("sha256 Fingerprint={PIN}"),
            ..form("993", true, TlsMode::Auto)
        };
        typed.settled(&ServerForm::default())
    }

    #[test]
    fn whom_to_trust_survives_the_way_through_the_form() {
        let pem = "-----BEGIN CERTIFICATE-----\nTUlJ\n-----END CERTIFICATE-----\n";
        let authority = ServerForm {
            trust: TrustChoice::Authority,
            authority: format!("Our own:\r\n{pem}"),
            ..form("993", true, TlsMode::Auto)
        };
        for (form, trust) in [
            (pinned(), Trust::Certificate { sha256: Fingerprint::parse(PIN).unwrap() }),
            (authority, Trust::Authority { pem: pem.to_owned() }),
        ] {
            let settings = form.settings(Protocol::Imap).unwrap();
            assert_eq!(settings.endpoint.trust, trust);
            assert_eq!(settings.to_form().settings(Protocol::Imap).unwrap(), settings);
        }
    }

    #[test]
    fn settings_of_before_there_was_a_choice_trust_the_usual_authorities() {
        let mut value =
            serde_json::to_value(form("993", true, TlsMode::Auto).settings(Protocol::Imap).unwrap()).unwrap();
        assert!(value["endpoint"].get("trust").is_none(), "{value}");
        value["endpoint"].as_object_mut().unwrap().remove("trust");
        let settings: ServerSettings = serde_json::from_value(value).unwrap();
        assert_eq!(settings.endpoint.trust, Trust::Usual);
    }

    #[test]
    fn a_trusted_certificate_stays_behind_when_the_server_changes() {
        for moved in [
            ServerForm { host: "imap.example.com".to_owned(), ..pinned() },
            ServerForm { port: "143".to_owned(), ..pinned() },
            ServerForm { host: String::new(), ..pinned() },
        ] {
            let kept = moved.settled(&pinned());
            assert_eq!(kept.pin_left_behind(), Some("mail.example.com:993"));
            assert_eq!(kept.trust(), Trust::Usual);
            assert!(kept.validate(Protocol::Imap, true).iter().all(|wrong| wrong.field != Field::Pin));
            assert!(kept.means_the_same(&ServerForm {
                trust: TrustChoice::Usual,
                pin: String::new(),
                pin_for: String::new(),
                ..moved
            }));
        }
        let respelt = ServerForm { host: " MAIL.example.com. ".to_owned(), ..pinned() };
        assert_eq!(respelt.settled(&pinned()).pin_left_behind(), None);
    }

    #[test]
    fn another_certificate_that_comes_with_another_server_is_meant_for_it() {
        let moved = ServerForm { host: "imap.example.com".to_owned(), pin: PIN.replace('f', "e"), ..pinned() };
        let moved = moved.settled(&pinned());
        assert_eq!((moved.pin_left_behind(), moved.pin_for.as_str()), (None, "imap.example.com:993"));
        let again = ServerForm { host: "imap.example.com".to_owned(), pin_for: String::new(), ..pinned() };
        assert_eq!(again.settled(&pinned()).pin_left_behind(), None);
    }

    #[test]
    fn what_does_not_vouch_for_a_server_is_named() {
        let wrong = |form: ServerForm| form.validate(Protocol::Imap, true);
        let of = |field, reason| [Invalid::of(Protocol::Imap, field, reason)];
        let pin = |pin: &str| ServerForm { pin: pin.to_owned(), ..pinned() };
        assert_eq!(wrong(pin(" ")), of(Field::Pin, Reason::Empty));
        assert_eq!(
            wrong(ServerForm { pin_for: String::new(), ..pin("AB:CD") }),
            of(Field::Pin, Reason::NotAFingerprint)
        );
        let authority = |text: &str| ServerForm {
            trust: TrustChoice::Authority,
            authority: text.to_owned(),
            ..form("993", true, TlsMode::Auto)
        };
        assert_eq!(wrong(authority("")), of(Field::Authority, Reason::Empty));
        assert_eq!(wrong(authority("MIIB")), of(Field::Authority, Reason::NotACertificate));
        assert_eq!(wrong(ServerForm { tls: false, ..authority("MIIB") }), [], "nothing is encrypted");
    }

    #[test]
    fn the_inbox_is_watched_unless_another_folder_is_named() {
        let folder = |name: &str| ServerForm { folder: name.to_owned(), ..form("993", true, TlsMode::Auto) };
        for inbox in ["", " ", "inbox", "INBOX"] {
            let settings = folder(inbox).settings(Protocol::Imap).unwrap();
            assert_eq!((settings.folder.as_str(), settings.to_form().folder.as_str()), ("INBOX", ""), "{inbox:?}");
        }
        let settings = folder(" 지원/접수 ").settings(Protocol::Imap).unwrap();
        assert_eq!((settings.folder.as_str(), settings.to_form().folder.as_str()), ("지원/접수", "지원/접수"));
        let forbidden = Invalid::of(Protocol::Imap, Field::Folder, Reason::ForbiddenCharacters);
        assert_eq!(folder("a\r\nb").validate(Protocol::Imap, true), [forbidden]);
    }

    #[test]
    fn without_a_user_name_the_address_signs_in() {
        let settings = form("993", true, TlsMode::Auto).settings(Protocol::Imap).unwrap();
        assert_eq!(settings.username, "support@example.com");
        assert_eq!(settings.to_form().username, "");
    }
}
