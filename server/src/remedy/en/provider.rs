//! What is different from one mail service to the next: menus, names, habits.

use crate::{
    model::{Protocol, Provider, Security},
    remedy::{scene::Scene, words::steps},
};

/// What suits nearly every server. Here and below, fields are called what the form calls them.
pub(super) const AS_THE_PORT_SUGGESTS: &str = "tick “Use SSL/TLS” and, under “User name and encryption details”, set “How encryption begins” to “As the port suggests”";
/// Encryption from the first byte, whatever the port is.
pub(super) const FROM_THE_FIRST_BYTE: &str = "tick “Use SSL/TLS” and, under “User name and encryption details”, set “How encryption begins” to “From the first byte (implicit TLS)”";
/// STARTTLS, whatever the port is. Without the tick nothing would be encrypted.
pub(super) const WITH_START_TLS: &str = "leave “Use SSL/TLS” ticked and, under “User name and encryption details”, set “How encryption begins” to “STARTTLS”";

/// The service as its users call it.
pub(super) fn name(scene: &Scene) -> &'static str {
    match scene.provider {
        Provider::Microsoft if scene.personal => "Outlook.com",
        Provider::Microsoft => "Microsoft 365",
        Provider::Google if scene.personal => "Gmail",
        Provider::Google => "Google Workspace",
        Provider::Naver => "Naver Mail",
        Provider::NaverWorks => "NAVER WORKS",
        Provider::Kakao if scene.host.ends_with("kakao.com") => "Kakao Mail",
        Provider::Kakao => "Daum Mail",
        Provider::Yahoo if scene.is_aol() => "AOL Mail",
        Provider::Yahoo => "Yahoo Mail",
        Provider::YahooJapan => "Yahoo! JAPAN Mail",
        Provider::ICloud => "iCloud Mail",
        Provider::Zoho => "Zoho Mail",
        Provider::Fastmail => "Fastmail",
        Provider::Yandex => "Yandex Mail",
        Provider::Tencent => "QQ Mail",
        Provider::NetEase => "NetEase Mail",
        Provider::Gmx => "GMX",
        Provider::WebDe => "WEB.DE",
        Provider::MailRu => "Mail.ru",
        Provider::TOnline => "T-Online",
        Provider::Dooray => "Dooray! Mail",
        Provider::Hiworks => "Hiworks",
        Provider::Nate => "Nate Mail",
        Provider::Other => "The mail service",
    }
}

/// The right server for the address where it is known and another was typed; otherwise `general`.
pub(super) fn right_server_or(scene: &Scene, general: Vec<String>) -> Vec<String> {
    let Some(server) = scene.known.filter(|_| !scene.right) else { return general };
    let Scene { address, protocol_name, .. } = scene;
    let (host, port) = (server.host, server.port);
    let security = match server.security {
        Security::Tls => "SSL/TLS",
        Security::StartTls => "STARTTLS",
        Security::None => "no encryption",
    };
    steps![
        "For {address} the {protocol_name} server is {host}, port {port}, with {security}. Enter these values, {AS_THE_PORT_SUGGESTS}."
    ]
}

/// The first look at server name and port: the right ones where they are known, else the usual ones.
pub(super) fn check_port(scene: &Scene) -> Vec<String> {
    let Scene { protocol_name, tls_port, start_tls_port, .. } = scene;
    if scene.right {
        let service = name(scene);
        return steps!["Server name and port are the right ones for {service}. Leave them as they are."];
    }
    right_server_or(
        scene,
        steps![
            "Check server name and port. {protocol_name} uses {tls_port} with SSL/TLS, or {start_tls_port} with STARTTLS.",
        ],
    )
}

/// Port 25 is for mail between servers, and most networks close it.
pub(super) fn not_port_25() -> Vec<String> {
    steps![
        "Set the port to 465 or 587, {AS_THE_PORT_SUGGESTS}. Most networks block port 25, which is meant for mail between servers."
    ]
}

/// How to make a password for Postroom alone.
pub(super) fn app_password(scene: &Scene) -> Vec<String> {
    let Scene { username, .. } = scene;
    match scene.provider {
        Provider::Google => steps![
            "Open myaccount.google.com/apppasswords, signed in as {username}.",
            "If the page says app passwords are not available, turn on 2-Step Verification under Security first. If that does not help, they are closed for this account: by Advanced Protection, or by the Workspace administrator, who can open them.",
            "Enter a name such as Postroom, press Create and copy the 16 letters.",
            "Paste them here as the password, in place of the Google password.",
        ],
        Provider::Naver => steps![
            "Sign in at nid.naver.com as {username} and open Security settings → 2-step verification. Turn it on if it is off.",
            "Below it, open Application passwords, choose a name such as Postroom and create one.",
            "Paste it here as the password, in place of the Naver password.",
        ],
        Provider::NaverWorks => steps![
            "Sign in to NAVER WORKS as {username} and open your own settings → Security.",
            "Create an external app password.",
            "Paste it here as the password, in place of the NAVER WORKS password.",
        ],
        Provider::Kakao => steps![
            "Sign in at accounts.kakao.com as {username} and turn on 2-step verification under Account security.",
            "Below it, open App passwords and create one.",
            "Paste it here as the password, in place of the Kakao password.",
        ],
        Provider::Yahoo => steps![
            "Sign in as {username} and open Account security.",
            "Choose Create app password, enter a name such as Postroom and copy the password.",
            "Paste it here as the password, without spaces.",
        ],
        Provider::YahooJapan => steps![
            "Enter the password of the Yahoo! JAPAN ID here. Mail programs use the same one, and it has to be switched on for the ID.",
        ],
        Provider::ICloud => steps![
            "Sign in at account.apple.com and open Sign-In and Security → App-Specific Passwords.",
            "Press +, enter a name such as Postroom and copy the password.",
            "Paste it here as the password, in place of the Apple Account password.",
        ],
        Provider::Zoho => steps![
            "Sign in at accounts.zoho.com (accounts.zoho.eu or .in in those regions) as {username} and open Security → App passwords.",
            "Press Generate new password, enter a name such as Postroom and copy it.",
            "Paste it here as the password.",
        ],
        Provider::Fastmail => steps![
            "Sign in to Fastmail and open Settings → Privacy & Security → Manage app passwords.",
            "Create a new app password with access to Mail (IMAP/POP/SMTP) and copy it.",
            "Paste it here as the password. Fastmail never takes the normal password here.",
        ],
        Provider::Yandex => steps![
            "Sign in at id.yandex.com as {username} and open Security → App passwords.",
            "Create one of the type Mail and copy it.",
            "Paste it here as the password.",
        ],
        Provider::Tencent => steps![
            "Sign in to the webmail (mail.qq.com, or exmail.qq.com for a company) and open 设置 (Settings) → 账号 (Account).",
            "Switch on the IMAP/SMTP service, create an authorization code (授权码; “client password” in company accounts) and confirm it by phone.",
            "Paste the code here as the password.",
        ],
        Provider::NetEase => steps![
            "Sign in to the webmail and open 设置 (Settings) → POP3/SMTP/IMAP.",
            "Switch on the IMAP/SMTP service, create an authorization code (授权码) and confirm it by phone.",
            "Paste the code here as the password.",
        ],
        Provider::Gmx => steps![
            "Sign in to GMX as {username} and open the account's Security settings → Two-factor authentication → Application-specific passwords.",
            "Create one, give it a name such as Postroom and copy it.",
            "Paste it here as the password.",
        ],
        Provider::WebDe => steps![
            "Sign in to WEB.DE as {username} and look in the account's security settings for two-factor authentication (Zwei-Faktor-Authentifizierung) and its application-specific passwords.",
            "Create one, give it a name such as Postroom and copy it.",
            "Paste it here as the password.",
        ],
        Provider::MailRu => steps![
            "Sign in at account.mail.ru as {username}, open Security and look for the passwords for external applications (Пароли для внешних приложений).",
            "Add one for mail, name it Postroom and copy it.",
            "Paste it here as the password. Mail.ru does not take the normal one from mail programs.",
        ],
        Provider::TOnline => steps![
            "Sign in at email.t-online.de as {username} and look in the settings for the password for mail programs (Passwort für E-Mail-Programme).",
            "Set one. It belongs to mail programs alone and is not the password of the Telekom login.",
            "Enter it here as the password.",
        ],
        Provider::Dooray => steps![
            "Sign in to Dooray! as {username} and look in your own settings for the app password for mail programs.",
            "Create one and copy it. Where there is no such setting, ask your organisation's Dooray! administrator to allow mail programs.",
            "Paste it here as the password, in place of the Dooray! password.",
        ],
        Provider::Hiworks => steps![
            "Sign in to Hiworks as {username}. If two-step verification is on, create the password that is for mail alone in the security settings.",
            "Ask your Hiworks administrator to allow mail programs (POP3/SMTP) for this account: on some plans they are off at first.",
            "Enter that password here as the password.",
        ],
        Provider::Nate => steps![
            "Sign in to Nate as {username} and look in the account's security settings for two-step verification and a password for mail programs.",
            "If there is one, create it and copy it.",
            "Paste it here as the password, in place of the normal one.",
        ],
        Provider::Microsoft => with_microsoft(scene),
        Provider::Other => steps![
            "Sign in to the provider's website as {username} and look under Security for “App passwords” (also “application-specific” or “external app” passwords). You may have to turn on two-step verification first.",
            "Create one with a name such as Postroom and copy it.",
            "Paste it here as the password, in place of the normal one.",
        ],
    }
}

/// Where IMAP, or sending over SMTP, is switched on.
pub(super) fn switch_on(scene: &Scene) -> Vec<String> {
    let Scene { address, protocol_name, .. } = scene;
    match scene.provider {
        Provider::Microsoft if scene.personal => steps![
            "Sign in at outlook.live.com as {address} and open Settings (the cog) → Mail → Forwarding and IMAP.",
            "Under POP and IMAP, let devices and apps use them, and press Save.",
            "Check again.",
        ],
        Provider::Microsoft => {
            let tick = match scene.protocol {
                Protocol::Imap => "IMAP",
                Protocol::Smtp => "Authenticated SMTP",
            };
            steps![
                "Sign in to the Microsoft 365 admin center (admin.microsoft.com) as an administrator.",
                "Open Users → Active users, click {address} and choose the Mail tab.",
                "Under Email apps click Manage email apps, tick {tick} and press Save changes. Tick both IMAP and Authenticated SMTP if this mailbox reads and sends.",
                "Or run the command shown here in Exchange Online PowerShell, after Connect-ExchangeOnline.",
                "It can take up to an hour to take effect. Then check again.",
            ]
        }
        Provider::Google if scene.personal => steps![
            "Sign in to Gmail as {address} in a browser and open Settings → See all settings → Forwarding and POP/IMAP.",
            "If there is a choice for IMAP access, choose Enable IMAP and press Save changes. Where there is none, IMAP is always on.",
            "Check again.",
        ],
        Provider::Google => {
            let clients = match (scene.oauth, &scene.client_id) {
                (Some(_), Some(id)) => format!("allow any mail client, or add Postroom's client ID {id}."),
                (Some(_), None) => "allow any mail client, or add the client ID of Postroom's application.".to_owned(),
                (None, _) => "allow any mail client: app passwords work only then.".to_owned(),
            };
            steps![
                "Sign in to the Google Admin console (admin.google.com) as an administrator.",
                "Open Apps → Google Workspace → Gmail → End User Access → POP and IMAP access.",
                "Choose the organisational unit of {address}, tick “Enable IMAP access for all users” and press Save.",
                "If access is restricted to certain mail clients, {clients}",
                "It can take up to 24 hours to take effect everywhere. Then check again.",
            ]
        }
        Provider::Naver => steps![
            "Sign in at mail.naver.com as {address} and open Preferences → POP3/IMAP settings.",
            "On the IMAP/SMTP tab, set IMAP/SMTP to Use and save.",
            "Check again. The password has to be an application password.",
        ],
        Provider::NaverWorks => steps![
            "Sign in at mail.worksmobile.com as {address} and open the mail settings → IMAP/SMTP.",
            "Set IMAP/SMTP to Use and save.",
            "If the setting is missing, a NAVER WORKS administrator has to allow it at admin.worksmobile.com under Services → Mail; IP restrictions under Security apply as well.",
            "Check again. The password has to be an external app password.",
        ],
        Provider::Kakao => steps![
            "Sign in to Daum Mail or Kakao Mail as {address} and open Preferences → IMAP/POP3.",
            "Set IMAP/SMTP to Use and save.",
            "Check again. The password has to be an app password of the Kakao account.",
        ],
        Provider::Yahoo => steps![
            "Sign in to the webmail as {address} and make sure the mailbox opens. There is no switch for IMAP or SMTP at Yahoo and AOL.",
            "Create an app password under Account security and enter it here.",
            "Check again.",
        ],
        Provider::YahooJapan => steps![
            "Sign in to Yahoo! JAPAN Mail as {address} and open the mail settings (メールの設定) → IMAP/POP/SMTP access (IMAP/POP/SMTPアクセス).",
            "Allow access from other than Yahoo! JAPAN's own services (Yahoo! JAPAN公式サービス以外からのアクセス) and save.",
            "Check again.",
        ],
        Provider::ICloud => steps![
            "On an Apple device or at icloud.com, make sure iCloud Mail is set up and switched on for this Apple Account.",
            "Create an app-specific password at account.apple.com and enter it here.",
            "Check again.",
        ],
        Provider::Zoho => steps![
            "Sign in to Zoho Mail as {address} and open Settings → Mail Accounts.",
            "Choose the address, tick IMAP Access under IMAP and save.",
            "In an organisation, the administrator may have to allow it first: Admin Console → Users → the user → Mail settings → Email forwarding and POP/IMAP.",
            "Check again.",
        ],
        Provider::Fastmail => steps![
            "Check the plan: Fastmail's Basic plan has no IMAP and SMTP.",
            "Create an app password with access to Mail (IMAP/POP/SMTP) under Settings → Privacy & Security and enter it here.",
            "Check again.",
        ],
        Provider::Yandex => steps![
            "Sign in to Yandex Mail as {address} and open Settings → All settings → Email clients.",
            "Tick “From the imap.yandex.com server via IMAP”, with app passwords and OAuth tokens, and save.",
            "Check again. The password has to be an app password.",
        ],
        Provider::Tencent | Provider::NetEase => app_password(scene),
        Provider::WebDe => steps![
            "Sign in to WEB.DE as {address}, open the settings of E-Mail (Einstellungen) and there POP3/IMAP.",
            "Allow programs to reach the mailbox over POP3 and IMAP, confirm, and save.",
            "Check again.",
        ],
        Provider::MailRu => steps![
            "Sign in at account.mail.ru as {address}, open Security and create a password for external applications (Пароли для внешних приложений) with access to mail.",
            "Enter it here as the password: only with it do IMAP and SMTP open.",
            "Check again.",
        ],
        Provider::TOnline => steps![
            "Sign in at email.t-online.de as {address} and set the password for mail programs (Passwort für E-Mail-Programme) in the settings. As a rule that opens the mailbox to IMAP and SMTP.",
            "Enter it here as the password.",
            "Check again.",
        ],
        Provider::Dooray => steps![
            "Sign in to Dooray! as {address}, open the mail settings and look for IMAP and SMTP. Switch both on.",
            "Where there is no such setting, a Dooray! administrator of the organisation has to allow mail programs first.",
            "Check again. The password has to be an app password.",
        ],
        Provider::Hiworks => match scene.protocol {
            Protocol::Imap => steps![
                "Hiworks describes POP3 and SMTP for mail programs, and no IMAP. Ask your Hiworks administrator whether IMAP can be switched on for {address}.",
                "If it cannot, let Hiworks forward the mail: create the mailbox on Postroom's own mail server instead, and forward {address} to the address shown on its page.",
                "Check again.",
            ],
            Protocol::Smtp => steps![
                "Ask your Hiworks administrator to allow mail programs (POP3/SMTP) for {address}: on some plans they are off at first.",
                "Enter smtps.hiworks.com with port 465, {AS_THE_PORT_SUGGESTS}.",
                "Check again.",
            ],
        },
        Provider::Nate => steps![
            "Sign in to Nate Mail as {address} and open its preferences → POP3/IMAP.",
            "Set the use of IMAP/SMTP to on and save.",
            "Check again.",
        ],
        Provider::Gmx => steps![
            "Sign in to GMX as {address} and open Settings → POP3 & IMAP.",
            "Tick that external programs may send and receive mail over POP3 and IMAP, confirm, and save.",
            "Check again.",
        ],
        Provider::Other => steps![
            "Sign in to the webmail as {address} and look in its settings for IMAP, POP3/IMAP or “mail clients”. Switch {protocol_name} on and save.",
            "If there is no such setting, ask your mail administrator to allow {protocol_name} for {address}.",
            "Check again.",
        ],
    }
}

/// What else it may be, where the password that was refused is one for mail programs already.
pub(super) fn beyond_the_app_password(scene: &Scene) -> Vec<String> {
    let Scene { address, protocol_name, .. } = scene;
    if scene.needs_switch() {
        let mut steps =
            steps!["If the password here is an app password already, {protocol_name} may be switched off. Go on here."];
        steps.extend(switch_on(scene));
        return steps;
    }
    match scene.provider {
        Provider::Microsoft | Provider::Google => Vec::new(),
        Provider::Yahoo => steps![
            "If the password here is an app password already, make a new one and delete the old. {protocol_name} has no switch of its own at Yahoo and AOL; make sure that the mailbox opens in the webmail as {address}.",
            "Check again.",
        ],
        Provider::ICloud => steps![
            "If the password here is an app-specific password already, make a new one: a change of the Apple Account's own password ends them all. Also make sure that iCloud Mail is switched on for this Apple Account.",
            "Check again.",
        ],
        Provider::Fastmail => steps![
            "If the password here is an app password already, check the plan and the password's access: the Basic plan has no IMAP and SMTP, and the password needs access to Mail (IMAP/POP/SMTP).",
            "Check again.",
        ],
        Provider::Tencent | Provider::NetEase => steps![
            "If an authorization code was entered here already, {protocol_name} may be switched off. Look in the same settings whether the IMAP/SMTP service is on, and make a new code.",
            "Check again.",
        ],
        Provider::MailRu => steps![
            "If the password here is one for external applications already, {protocol_name} may be closed to it. Make a new one with full access to mail.",
            "Check again.",
        ],
        Provider::TOnline => steps![
            "If the password here is the one for mail programs already, {protocol_name} may not be open to the mailbox. Set the password anew in the same place, and enter the full address as the user name.",
            "Check again.",
        ],
        _ => steps![
            "If the password here is an app password already, {protocol_name} may be switched off for this mailbox. Look for it in the settings of the webmail, or ask your mail administrator.",
            "Check again.",
        ],
    }
}

/// The way in without a password, in place of the one the provider no longer takes.
pub(super) fn with_microsoft(scene: &Scene) -> Vec<String> {
    let Scene { address, .. } = scene;
    let mut steps = steps![
        "Edit the mailbox in Postroom, open the step Mail server and choose “Sign in with Microsoft”. No password is needed then.",
    ];
    steps.extend(if scene.personal {
        steps![
            "Choose {address} on Microsoft's page and press Accept.",
            "If the mailbox is refused afterwards, open outlook.live.com → Settings (the cog) → Mail → Forwarding and IMAP and let devices and apps use IMAP.",
        ]
    } else {
        steps![
            "Choose {address} on Microsoft's page and press Accept. If {address} is a shared mailbox, say that you sign in with another account, and choose your own.",
            "If Microsoft asks for an administrator's approval, send them the consent link that Postroom shows.",
            "An administrator makes sure that IMAP and Authenticated SMTP are ticked: admin.microsoft.com → Users → Active users → {address} → Mail → Manage email apps. Both are needed without a password too.",
        ]
    });
    steps
}

/// The way in without a password, before the one with an app password.
pub(super) fn with_google(scene: &Scene) -> Vec<String> {
    let Scene { address, .. } = scene;
    steps![
        "Edit the mailbox in Postroom, open the step Mail server, choose “Sign in with Google” and sign in as {address}. No password is needed then, and you are done.",
        "To stay with IMAP and SMTP, go on with an app password here.",
    ]
}

/// The provider in the middle of a sentence.
pub(super) fn by(scene: &Scene) -> &'static str {
    match scene.provider {
        Provider::Microsoft => "Microsoft",
        Provider::Google => "Google",
        _ => "the provider",
    }
}

/// Where people sign in at the provider.
pub(super) fn sign_in_page(scene: &Scene) -> &'static str {
    match scene.provider {
        Provider::Microsoft => "Microsoft's page",
        Provider::Google => "Google's page",
        _ => "the provider's page",
    }
}

/// What has to be typed as the user name, where services differ and something else was typed.
pub(super) fn username_form(scene: &Scene) -> Vec<String> {
    let full = scene.username.contains('@');
    match (scene.provider, scene.protocol) {
        (Provider::ICloud, Protocol::Imap) if full => {
            steps!["As the user name enter only what stands before the “@”. iCloud wants it so for IMAP."]
        }
        (Provider::ICloud, Protocol::Smtp) if !full => {
            steps!["As the user name enter the full address. iCloud wants it so for SMTP."]
        }
        (Provider::YahooJapan, _) if full => {
            steps!["As the user name enter only what stands before the “@”: the Yahoo! JAPAN ID."]
        }
        (Provider::Kakao, _) if full && scene.host.ends_with("kakao.com") => {
            steps!["As the user name enter only what stands before the “@”."]
        }
        (Provider::WebDe, _) if full => {
            steps!["Try the user name without what stands behind the “@”, too: WEB.DE names its accounts so."]
        }
        _ => Vec::new(),
    }
}
