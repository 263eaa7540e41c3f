use super::*;

fn table() -> Table {
    Table::built_in().unwrap()
}

fn endpoints(candidates: &[Candidate]) -> Vec<String> {
    let shown = |one: &Endpoint| format!("{}:{}", one.host, one.port);
    candidates.iter().map(|candidate| shown(&candidate.endpoint.value)).collect()
}

#[test]
fn every_row_of_the_list_can_be_used() {
    // Hosts, ports, links and domains that are claimed twice are looked at while the list is read.
    let table = table();
    let mut ids: Vec<&str> = table.rows.iter().map(|row| row.id.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), table.rows.len(), "no id twice");
    for row in &table.rows {
        assert!(!row.domains.is_empty() || !row.mx.is_empty() || row.only_sends(), "{} can be recognised", row.id);
    }
}

/// What is known of a provider: rows of the list, or why there is none.
enum Known {
    Rows(&'static [&'static str]),
    NotListed(&'static str),
}

/// Every provider that facts were gathered about, by its name there.
const FACTS: &[(&str, Known)] = {
    use Known::{NotListed, Rows};
    &[
        ("Microsoft 365", Rows(&["microsoft365"])),
        ("outlook.com, hotmail.com, live.com, msn.com", Rows(&["outlook"])),
        ("Google Workspace, gmail.com", Rows(&["google", "gmail"])),
        ("naver.com", Rows(&["naver"])),
        ("NAVER WORKS", Rows(&["naver_works"])),
        ("daum.net, hanmail.net", Rows(&["daum"])),
        ("kakao.com", Rows(&["kakao"])),
        ("nate.com", Rows(&["nate"])),
        ("Hiworks", Rows(&["hiworks"])),
        ("Dooray!", Rows(&["dooray"])),
        ("Mailplug", Rows(&["mailplug"])),
        ("Cafe24, Gabia", NotListed("each domain has a host of its own, often with POP3 alone")),
        ("korea.com", Rows(&["korea_com"])),
        ("Ecount, Bizmeka, Daou Office", NotListed("the hosts are told to customers alone")),
        ("yahoo.com, ymail, rocketmail", Rows(&["yahoo"])),
        ("yahoo.co.jp", Rows(&["yahoo_jp"])),
        ("aol.com, verizon.net", Rows(&["aol"])),
        ("att.net", Rows(&["att"])),
        ("icloud.com, me.com, mac.com", Rows(&["icloud"])),
        ("fastmail.com", Rows(&["fastmail"])),
        ("gmx.net, gmx.de", Rows(&["gmx"])),
        ("gmx.com", Rows(&["gmx_com"])),
        ("web.de", Rows(&["web_de"])),
        ("mail.com", Rows(&["mail_com"])),
        ("1und1, ionos", Rows(&["ionos", "ionos_com", "ionos_uk", "ionos_fr", "ionos_es", "ionos_it"])),
        ("t-online.de", Rows(&["t_online"])),
        ("strato.de", Rows(&["strato"])),
        ("posteo.de", Rows(&["posteo"])),
        ("mailbox.org", Rows(&["mailbox_org"])),
        (
            "zoho",
            Rows(&[
                "zoho",
                "zoho_organisation",
                "zoho_eu",
                "zoho_eu_organisation",
                "zoho_in",
                "zoho_in_organisation",
                "zoho_au",
                "zoho_au_organisation",
                "zoho_jp",
                "zoho_jp_organisation",
                "zoho_ca",
            ]),
        ),
        ("yandex", Rows(&["yandex"])),
        ("mail.ru, inbox.ru, list.ru, bk.ru", Rows(&["mail_ru"])),
        ("rambler.ru", Rows(&["rambler"])),
        ("qq.com, foxmail.com", Rows(&["qq"])),
        ("exmail.qq.com", Rows(&["exmail"])),
        ("163.com, 126.com, yeah.net", Rows(&["netease_163", "netease_126", "yeah"])),
        ("qiye.163.com", Rows(&["qiye_163"])),
        ("aliyun.com, qiye.aliyun", Rows(&["aliyun", "qiye_aliyun"])),
        ("sina.com, sohu.com, 139.com, 189.cn", Rows(&["sina", "sohu", "cn_139", "cn_189"])),
        ("Feishu, Lark", Rows(&["feishu", "lark"])),
        ("GoDaddy Workspace", Rows(&["godaddy"])),
        ("Rackspace", Rows(&["rackspace"])),
        ("OVH", Rows(&["ovh"])),
        ("Gandi", Rows(&["gandi"])),
        ("Hetzner", Rows(&["hetzner"])),
        ("one.com", Rows(&["one_com"])),
        ("orange.fr, wanadoo.fr", Rows(&["orange"])),
        ("free.fr", Rows(&["free_fr"])),
        ("laposte.net", Rows(&["laposte"])),
        ("libero.it", Rows(&["libero"])),
        ("seznam.cz", Rows(&["seznam"])),
        ("wp.pl, o2.pl, onet.pl", Rows(&["wp_pl", "o2_pl", "onet"])),
        ("comcast.net", Rows(&["comcast"])),
        ("bluewin.ch", Rows(&["bluewin"])),
        ("uol.com.br", Rows(&["uol"])),
        ("sapo.pt", Rows(&["sapo"])),
        ("nifty, biglobe", Rows(&["nifty", "biglobe"])),
        ("Sakura, Xserver", Rows(&["sakura", "xserver"])),
        ("Proton", Rows(&["proton"])),
        ("Tuta, HEY", Rows(&["tuta", "hey"])),
        ("Amazon WorkMail", Rows(&["workmail_us_east_1", "workmail_us_west_2", "workmail_eu_west_1"])),
        ("Amazon SES", Rows(&["amazon_ses"])),
        ("SendGrid, Mailgun, Postmark, Brevo", Rows(&["sendgrid", "mailgun", "postmark", "brevo"])),
        ("NHN Cloud Email", Rows(&["nhn_cloud"])),
        ("Exchange on premises", NotListed("whoever runs it names the hosts, and the domain of its DOMAIN\\user")),
        ("cPanel, Plesk, DirectAdmin", NotListed("it is mail.DOMAIN, which is guessed")),
        ("Mailcow, Mail-in-a-Box, Stalwart", NotListed("it publishes its own configuration")),
    ]
};

#[test]
fn each_provider_that_facts_were_gathered_about_has_its_rows_or_a_reason() {
    let mut listed: Vec<&str> = Vec::new();
    for (name, known) in FACTS {
        match known {
            Known::Rows(ids) => listed.extend(*ids),
            Known::NotListed(why) => assert!(!why.is_empty(), "{name}"),
        }
    }
    listed.sort_unstable();
    let table = table();
    let mut ids: Vec<&str> = table.rows.iter().map(|row| row.id.as_str()).collect();
    ids.sort_unstable();
    assert_eq!(listed, ids);
}

#[test]
fn who_nobody_has_seen_at_work_is_unsure() {
    let table = table();
    let row = |id: &str| table.rows.iter().find(|row| row.id == id).expect(id);
    for id in [
        "naver_works",
        "kakao",
        "hiworks",
        "exmail",
        "proton",
        "mailbox_org",
        "yahoo_jp",
        "ionos_com",
        "ionos_uk",
        "ionos_fr",
        "ionos_es",
        "ionos_it",
        "zoho_jp_organisation",
        "sakura",
        "xserver",
    ] {
        assert!(row(id).unsure, "{id}");
    }
    for id in ["naver", "daum", "ionos", "zoho", "zoho_organisation", "gmail", "google", "microsoft365"] {
        assert!(!row(id).unsure, "{id}");
    }
}

/// Every provider that people connect, with how it is recognised (`@` and a domain of addresses, or a host that takes
/// mail), and what has to be done there first.
const KNOWN: &[(&str, &str, &[NeedKind])] = {
    use NeedKind::{
        AdminSwitch, AppPassword, Bridge, ClientCode, ImapOff, NoImap, Paid, Pop3Only, Region, SeparatePassword,
        SmtpOff, TwoStep, TwoStepAppPassword,
    };
    &[
        ("example-com.mail.protection.outlook.com", "microsoft365", &[AdminSwitch]),
        ("@hotmail.com", "outlook", &[ImapOff]),
        ("aspmx.l.google.com", "google", &[AdminSwitch, TwoStep, AppPassword]),
        ("@googlemail.com", "gmail", &[TwoStep, AppPassword]),
        ("@naver.com", "naver", &[ImapOff, TwoStep, AppPassword]),
        ("jp1-mx.worksmobile.com", "naver_works", &[ImapOff, AppPassword, AdminSwitch]),
        ("@hanmail.net", "daum", &[ImapOff, TwoStep, AppPassword]),
        ("@kakao.com", "kakao", &[ImapOff, TwoStep, AppPassword]),
        ("@nate.com", "nate", &[ImapOff]),
        ("mx1.hiworks.co.kr", "hiworks", &[Pop3Only, AdminSwitch, SeparatePassword]),
        ("mx.dooray.com", "dooray", &[AppPassword]),
        ("mx.mailplug.co.kr", "mailplug", &[AdminSwitch]),
        ("@korea.com", "korea_com", &[]),
        ("@ymail.com", "yahoo", &[TwoStep, AppPassword]),
        ("@yahoo.co.jp", "yahoo_jp", &[ImapOff]),
        ("@verizon.net", "aol", &[AppPassword]),
        ("@att.net", "att", &[AppPassword]),
        ("@me.com", "icloud", &[TwoStep, AppPassword]),
        ("@fastmail.com", "fastmail", &[AppPassword]),
        ("@gmx.de", "gmx", &[ImapOff]),
        ("@gmx.com", "gmx_com", &[ImapOff]),
        ("@web.de", "web_de", &[ImapOff]),
        ("@mail.com", "mail_com", &[Paid]),
        ("mx00.kundenserver.de", "ionos", &[]),
        ("mx00.ionos.com", "ionos_com", &[]),
        ("mx00.ionos.co.uk", "ionos_uk", &[]),
        ("mx00.ionos.fr", "ionos_fr", &[]),
        ("mx00.ionos.es", "ionos_es", &[]),
        ("mx00.ionos.it", "ionos_it", &[]),
        ("@t-online.de", "t_online", &[SeparatePassword]),
        ("smtpin.rzone.de", "strato", &[]),
        ("@posteo.de", "posteo", &[]),
        ("@mailbox.org", "mailbox_org", &[TwoStepAppPassword]),
        ("@zoho.com", "zoho", &[ImapOff, AppPassword, Region]),
        ("mx2.zoho.com", "zoho_organisation", &[ImapOff, AppPassword, Region]),
        ("mx2.zoho.eu", "zoho_eu_organisation", &[ImapOff, AppPassword, Region]),
        ("mx2.zoho.in", "zoho_in_organisation", &[ImapOff, AppPassword, Region]),
        ("mx2.zoho.com.au", "zoho_au_organisation", &[ImapOff, AppPassword, Region]),
        ("mx2.zoho.jp", "zoho_jp_organisation", &[ImapOff, AppPassword, Region]),
        ("@zoho.eu", "zoho_eu", &[ImapOff, AppPassword, Region]),
        ("@zoho.in", "zoho_in", &[ImapOff, AppPassword, Region]),
        ("@zoho.com.au", "zoho_au", &[ImapOff, AppPassword, Region]),
        ("@zoho.jp", "zoho_jp", &[ImapOff, AppPassword, Region]),
        ("@zohocloud.ca", "zoho_ca", &[ImapOff, AppPassword, Region]),
        ("@ya.ru", "yandex", &[ImapOff, AppPassword]),
        ("@list.ru", "mail_ru", &[AppPassword]),
        ("@rambler.ru", "rambler", &[ImapOff]),
        ("@foxmail.com", "qq", &[ImapOff, ClientCode]),
        ("mxbiz1.qq.com", "exmail", &[ImapOff, ClientCode]),
        ("@163.com", "netease_163", &[ImapOff, ClientCode]),
        ("@126.com", "netease_126", &[ImapOff, ClientCode]),
        ("@yeah.net", "yeah", &[ImapOff, ClientCode]),
        ("mx.qiye.163.com", "qiye_163", &[ClientCode]),
        ("@aliyun.com", "aliyun", &[]),
        ("mx1.mxhichina.com", "qiye_aliyun", &[]),
        ("@sina.com", "sina", &[ImapOff, ClientCode]),
        ("@sohu.com", "sohu", &[ImapOff, ClientCode]),
        ("@139.com", "cn_139", &[ImapOff, ClientCode]),
        ("@189.cn", "cn_189", &[ImapOff, ClientCode]),
        ("mx1.feishu.cn", "feishu", &[AppPassword]),
        ("mx1.larksuite.com", "lark", &[AppPassword]),
        ("mailstore1.secureserver.net", "godaddy", &[]),
        ("mx1.emailsrvr.com", "rackspace", &[]),
        ("mx1.mail.ovh.net", "ovh", &[]),
        ("spool.mail.gandi.net", "gandi", &[]),
        ("mail.your-server.de", "hetzner", &[]),
        ("mx1.pub.mailpod1-cph3.one.com", "one_com", &[]),
        ("@wanadoo.fr", "orange", &[]),
        ("@free.fr", "free_fr", &[SmtpOff]),
        ("@laposte.net", "laposte", &[]),
        ("@libero.it", "libero", &[ImapOff]),
        ("@seznam.cz", "seznam", &[ImapOff]),
        ("@wp.pl", "wp_pl", &[ImapOff]),
        ("@o2.pl", "o2_pl", &[ImapOff]),
        ("@onet.pl", "onet", &[ImapOff]),
        ("@comcast.net", "comcast", &[ImapOff]),
        ("@bluewin.ch", "bluewin", &[]),
        ("@uol.com.br", "uol", &[]),
        ("@sapo.pt", "sapo", &[]),
        ("@nifty.com", "nifty", &[]),
        ("@biglobe.ne.jp", "biglobe", &[]),
        ("desk.sakura.ne.jp", "sakura", &[]),
        ("sv1.xserver.jp", "xserver", &[]),
        ("inbound-smtp.eu-west-1.amazonaws.com", "workmail_eu_west_1", &[]),
        ("inbound-smtp.us-east-1.amazonaws.com", "workmail_us_east_1", &[]),
        ("inbound-smtp.us-west-2.amazonaws.com", "workmail_us_west_2", &[]),
        ("@proton.me", "proton", &[Bridge]),
        ("@tuta.com", "tuta", &[NoImap]),
        ("@hey.com", "hey", &[NoImap]),
    ]
};

#[test]
fn every_provider_that_people_connect_is_on_the_list_with_what_it_needs() {
    let table = table();
    for (how, id, needs) in KNOWN {
        let found = match how.strip_prefix('@') {
            Some(domain) => table.by_domain(domain),
            None => table.by_exchange("example.com", &[(*how).to_owned()]),
        };
        let found = found.expect(how);
        assert_eq!(found.provider.unwrap().id, *id, "{how}");
        let kinds: Vec<NeedKind> = found.needs.iter().map(|need| need.kind).collect();
        assert_eq!(kinds, *needs, "{id}");
    }
    let mut listed: Vec<&str> = KNOWN.iter().map(|(_, id, _)| *id).collect();
    listed.sort_unstable();
    listed.dedup();
    let recognised = table.rows.iter().filter(|row| !row.only_sends()).count();
    assert_eq!(listed.len(), recognised, "each row that is recognised is looked at here");
}

#[test]
fn a_providers_own_domain_is_known_without_asking_anybody() {
    let found = table().by_domain("naver.com").unwrap();
    assert_eq!(endpoints(&found.incoming), ["imap.naver.com:993"]);
    assert_eq!(endpoints(&found.outgoing), ["smtp.naver.com:465", "smtp.naver.com:587"]);
    assert_eq!(found.provider.unwrap().provider, Provider::Naver);
    assert!(found.needs.iter().any(|need| need.kind == NeedKind::AppPassword && need.link.is_some()));
    assert!(table().by_domain("notnaver.com").is_none() && table().by_domain("mail.naver.com").is_none());
    assert!(table().by_domain("contoso.onmicrosoft.com").unwrap().provider.unwrap().id == "microsoft365");
}

#[test]
fn an_organisations_domain_is_known_by_its_mail_exchanger() {
    let by = |host: &str| table().by_exchange("example.com", &[host.to_owned()]);
    let id = |host: &str| by(host).and_then(|found| found.provider).map(|provider| provider.id);
    assert_eq!(id("example-com.mail.protection.outlook.com").as_deref(), Some("microsoft365"));
    assert_eq!(id("outlook-com.olc.protection.outlook.com").as_deref(), Some("outlook"));
    assert_eq!(id("aspmx.l.google.com").as_deref(), Some("google"));
    assert_eq!(id("qiye163mx01.mxmail.netease.com").as_deref(), Some("qiye_163"), "163.com itself goes by its domain");
    assert_eq!(id("mx1.qiye.aliyun.com").as_deref(), Some("qiye_aliyun"));
    assert_eq!(id("mx.example.net"), None);
    assert_eq!(id("evilgoogle.com"), None);
    let because = by("smtp.google.com").unwrap().provider.unwrap().because;
    assert_eq!(because, Because::Mx { domain: "example.com".to_owned(), host: "smtp.google.com".to_owned() });
}

#[test]
fn an_application_password_at_google_has_the_page_where_it_is_made() {
    let found = table().by_domain("gmail.com").unwrap();
    let need = found.needs.iter().find(|need| need.kind == NeedKind::AppPassword).unwrap();
    assert_eq!(need.link.as_deref(), Some("https://myaccount.google.com/apppasswords"));
}

#[test]
fn who_signs_in_with_the_provider_hears_of_the_administrator_and_of_no_password() {
    let table = table();
    let kinds = |domain: &str, way: OAuthProvider| -> Vec<NeedKind> {
        table.needs_of_sign_in(domain, way).into_iter().map(|need| need.kind).collect()
    };
    assert_eq!(kinds("example.com", OAuthProvider::Microsoft), [NeedKind::AdminSwitch], "an organisation's");
    assert_eq!(kinds("contoso.onmicrosoft.com", OAuthProvider::Microsoft), [NeedKind::AdminSwitch]);
    assert_eq!(kinds("outlook.com", OAuthProvider::Microsoft), [NeedKind::ImapOff], "nobody administers it");
    assert_eq!(kinds("example.com", OAuthProvider::Google), [NeedKind::AdminSwitch]);
    assert_eq!(kinds("gmail.com", OAuthProvider::Google), []);
    let link = table.needs_of_sign_in("example.com", OAuthProvider::Microsoft)[0].link.clone();
    assert_eq!(link.as_deref(), Some("https://admin.microsoft.com/"));
}

#[test]
fn a_filter_before_the_mail_server_hides_whose_it_is() {
    let found = table().by_exchange("example.com", &["eu-smtp-inbound-1.mimecast.com".to_owned()]).unwrap();
    assert_eq!(found.gateway.as_deref(), Some("Mimecast"));
    assert!(found.provider.is_none() && found.incoming.is_empty());
}

#[test]
fn an_organisation_at_zoho_has_other_servers_than_a_person() {
    let found = table().by_domain("zoho.com").unwrap();
    assert_eq!(endpoints(&found.incoming), ["imap.zoho.com:993"]);
    let found = table().by_exchange("example.com", &["mx.zoho.com".to_owned()]).unwrap();
    assert_eq!(endpoints(&found.incoming), ["imappro.zoho.com:993"]);
    assert_eq!(endpoints(&found.outgoing), ["smtppro.zoho.com:465", "smtppro.zoho.com:587"]);
}

#[test]
fn a_hoster_whose_servers_take_the_mail_themselves_is_known_by_the_mx_record() {
    let found = table().by_exchange("example.jp", &["sv1.xserver.jp".to_owned()]).unwrap();
    assert_eq!(endpoints(&found.incoming), ["sv1.xserver.jp:993"]);
    assert_eq!(endpoints(&found.outgoing), ["sv1.xserver.jp:465", "sv1.xserver.jp:587"]);
    assert_eq!(table().by_server("sv1.xserver.jp"), None);
}

#[test]
fn a_service_that_only_sends_is_known_by_its_server_and_never_as_whose_mail_it_is() {
    let table = table();
    let sendgrid = table.sender("smtp.sendgrid.net").unwrap();
    assert_eq!(sendgrid.username.unwrap().value, UsernameForm::Text("apikey".to_owned()));
    assert_eq!(sendgrid.needs[0].kind, NeedKind::SendingKey);
    let ses = table.sender("email-smtp.ap-northeast-2.amazonaws.com").unwrap();
    assert_eq!(ses.username, None, "each customer has another one");
    assert_eq!(table.by_server("smtp.sendgrid.net"), None);
    assert_eq!(table.sender("smtp.naver.com"), None);
}

#[test]
fn who_has_no_imap_is_said_to_have_none() {
    for domain in ["tuta.com", "hey.com"] {
        let found = table().by_domain(domain).unwrap();
        assert!(found.settles_incoming() && found.incoming.is_empty(), "{domain}");
    }
    let hiworks = table().by_exchange("example.co.kr", &["mx1.hiworks.co.kr".to_owned()]).unwrap();
    assert!(hiworks.incoming.is_empty() && hiworks.needs.iter().any(|need| need.kind == NeedKind::Pop3Only));
    assert_eq!(endpoints(&hiworks.outgoing), ["smtps.hiworks.com:465"], "it sends all the same");
}

#[test]
fn the_operators_file_comes_first_and_takes_a_providers_place() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("providers.toml");
    let text = r#"
        [[provider]]
        id = "naver"
        name = "Naver behind a proxy"
        domains = ["naver.com"]
        imap = ["imap+starttls://mail.example.com:1143"]
        [[provider]]
        id = "office"
        name = "Office"
        domains = ["gmail.com"]
        imap = ["imaps://mail.example.com"]
    "#;
    std::fs::write(&file, text).unwrap();
    let table = Table::with_file(&file).unwrap();
    assert_eq!(endpoints(&table.by_domain("naver.com").unwrap().incoming), ["mail.example.com:1143"]);
    assert_eq!(table.by_domain("gmail.com").unwrap().provider.unwrap().id, "office");
    assert!(table.by_domain("daum.net").is_some(), "the rest stays");
}

#[test]
fn a_list_with_a_slip_in_it_is_refused_with_the_rows_name() {
    let read =
        |row: &str| Table::read(Figment::from(Toml::string(&format!("[[provider]]\nid=\"x\"\nname=\"X\"\n{row}"))));
    for row in [
        "domains=['x.example']",
        "domains=['X.example']\nimap=['imaps://a.example']",
        "domains=['x.example']\nimap=['imap://a.example']",
        "domains=['x.example']\nimap=['smtps://a.example']",
        "domains=['x.example']\nimap=['imaps://a.example:0']",
        "domains=['x.example']\nimap=['imaps://a.example']\naccount='http://a.example'",
        "domains=['x.example']\nimap=['imaps://a.example']\naccount='https://'",
        "domains=['..x.example']\nimap=['imaps://a.example']",
        "mx=['.x.example']\nimap=['imaps://a.example']",
        "domains=['x.example','x.example']\nimap=['imaps://a.example']",
        "domains=['x.example']\nimap=['imaps://{mx}']",
        "mx=['x.example']\nimap=['imaps://{mx']",
        "domains=['x.example']\nsmtp=['smtps://a.example']\nneeds=['sending_key']",
    ] {
        assert!(matches!(read(row), Err(TableError::Wrong { .. })), "{row}");
    }
    let gateway = Table::parse("[[gateway]]\nname='G'\nmx=['.g.example']");
    assert!(matches!(gateway, Err(TableError::Wrong { .. })), "it would never match");
    assert!(matches!(read("domain='x'"), Err(TableError::Read(_))), "a key that is misspelt is not ignored");
}
