//! What the DNS says of a sender's domain, asked over the wire and judged.

#![expect(clippy::unwrap_used, clippy::string_slice, reason = "a world that cannot be made is a failed test")]

use postroom_server::model::{
    DkimVerdict, DmarcVerdict, DomainReport, MxVerdict, Policy, SpfVerdict, Standing, Timestamp,
};
use postroom_server::net::{DialOptions, Dialer};
use postroom_server::sender_domains::{Question, look_up};
use postroom_testing::{Zone, impatient};

const NOW: Timestamp = Timestamp(1_700_000_000_000);
const DOMAIN: &str = "example.com";
const RELAY: &str = "relay.example.net";
const SELECTOR: &str = "postroom1._domainkey.example.com";
/// As long as a 2048-bit key, so that its record takes two strings.
fn key() -> String {
    format!("MIIBIjANBg{}IDAQAB", "Ab3/".repeat(93))
}

/// A relay with one address of each family, and nothing about the domain.
fn zone() -> Zone {
    Zone::default().address(RELAY, "203.0.113.7").address(RELAY, "2001:db8:7::7").txt("elsewhere.example.com", "here")
}

fn with_spf(record: &str) -> Zone {
    zone().txt(DOMAIN, record)
}

fn with_dkim(record: &str) -> Zone {
    zone().txt(SELECTOR, record)
}

async fn dialer(zone: &Zone) -> Dialer {
    let options =
        DialOptions { name_servers: vec![zone.serve().await], deadlines: impatient(), ..DialOptions::default() };
    Dialer::new(options).unwrap()
}

async fn look_again(zone: &Zone, domain: &str, relay: Option<&str>, before: Option<&DomainReport>) -> DomainReport {
    let dialer = dialer(zone).await;
    let key = key();
    let question = Question {
        domain,
        selector: "postroom1",
        public_key: &key,
        relay,
        own_names: &["desk.example.org", "postroom.example"],
    };
    look_up(dialer.dns(), dialer.deadlines().resolve, question, before, NOW).await
}

async fn look(zone: &Zone) -> DomainReport {
    look_again(zone, DOMAIN, Some(RELAY), None).await
}

async fn spf(record: &str) -> SpfVerdict {
    look(&with_spf(record)).await.spf.verdict.unwrap()
}

#[tokio::test]
async fn a_domain_with_everything_in_order_is_good() {
    let zone = with_spf("v=spf1 a:relay.example.net -all")
        .txt(DOMAIN, "some-site-verification=1")
        .txt(SELECTOR, &format!("v=DKIM1; k=rsa; p={}", key()))
        .txt("_dmarc.example.com", "v=DMARC1; p=reject")
        .mx(DOMAIN, 20, "backup.example.org")
        .mx(DOMAIN, 10, "MX.desk.example.org");
    let report = look(&zone).await;

    assert_eq!(report.standing(), Standing::Good, "{report:?}");
    assert_eq!(report.spf.verdict, Some(SpfVerdict::Allowed));
    assert_eq!(report.spf.found, ["v=spf1 a:relay.example.net -all"]);
    assert_eq!(report.dkim.verdict, Some(DkimVerdict::Good), "joined from two strings");
    assert_eq!(report.dmarc.verdict, Some(DmarcVerdict::Good { policy: Policy::Reject, inherited_from: None }));
    assert_eq!(report.mx.verdict, Some(MxVerdict::Here));
    assert_eq!(report.mx.found, ["10 mx.desk.example.org.", "20 backup.example.org."]);
    assert_eq!(report.spf.seen_at, Some(NOW));
}

#[tokio::test]
async fn a_domain_that_nobody_knows_has_nothing() {
    let report = look(&zone().code(DOMAIN, 3).code(SELECTOR, 3).code("_dmarc.example.com", 3)).await;

    assert_eq!(report.spf.verdict, Some(SpfVerdict::Missing));
    assert_eq!(report.dkim.verdict, Some(DkimVerdict::Missing));
    assert_eq!(report.dmarc.verdict, Some(DmarcVerdict::Missing));
    assert_eq!(report.mx.verdict, Some(MxVerdict::Missing));
    assert_eq!(report.standing(), Standing::Missing);
}

#[tokio::test]
async fn a_relay_is_allowed_by_its_addresses_however_they_are_named() {
    let zone = with_spf("v=spf1 include:_spf.example.net ~all")
        .txt("_spf.example.net", "v=spf1 ip4:203.0.113.0/28 ip6:2001:db8:7::/48 -all");
    assert_eq!(look(&zone).await.spf.verdict, Some(SpfVerdict::Allowed));

    let zone = with_spf("v=spf1 redirect=_spf.example.net").txt("_spf.example.net", "v=spf1 mx:example.net -all");
    let zone = zone.mx("example.net", 10, RELAY);
    assert_eq!(look(&zone).await.spf.verdict, Some(SpfVerdict::Allowed));

    let zone = with_spf("v=spf1 exists:%{ir}.%{v}.list.example.net -all")
        .address("7.113.0.203.in-addr.list.example.net", "127.0.0.2");
    let missing = vec!["2001:db8:7::7".to_owned()];
    assert_eq!(look(&zone).await.spf.verdict, Some(SpfVerdict::AllowsSome { missing }));
}

#[tokio::test]
async fn a_relay_that_is_not_allowed_is_refused_or_only_doubted() {
    assert_eq!(spf("v=spf1 mx -all").await, SpfVerdict::NotAllowed { hard: true });
    assert_eq!(spf("v=spf1 mx ~all").await, SpfVerdict::NotAllowed { hard: false });
    assert_eq!(spf("v=spf1 mx").await, SpfVerdict::NotAllowed { hard: false });
    assert_eq!(spf("v=spf1 -a:relay.example.net +all").await, SpfVerdict::NotAllowed { hard: true });
}

#[tokio::test]
async fn a_record_that_lets_everybody_send_is_a_warning() {
    for record in ["v=spf1 +all", "v=spf1 a:relay.example.net all", "v=spf1 ip4:0.0.0.0/0 ip6:::/0 -all"] {
        assert_eq!(spf(record).await, SpfVerdict::AllowsAnybody, "{record}");
    }
}

#[tokio::test]
async fn two_spf_records_are_none() {
    let zone = with_spf("v=spf1 a:relay.example.net -all").txt(DOMAIN, "v=spf1 mx -all");
    let report = look(&zone).await;
    assert_eq!(report.spf.verdict, Some(SpfVerdict::Several { count: 2 }));
    assert_eq!(report.spf.found.len(), 2);
    assert_eq!(report.standing(), Standing::Wrong);
}

#[tokio::test]
async fn a_word_that_is_misspelt_is_named() {
    assert_eq!(
        spf("v=spf1 inlcude:_spf.example.net -all").await,
        SpfVerdict::Broken { term: "inlcude:_spf.example.net".to_owned() }
    );
}

#[tokio::test]
async fn records_that_include_each_other_are_a_loop() {
    let zone = with_spf("v=spf1 include:one.example.net -all")
        .txt("one.example.net", "v=spf1 include:two.example.net -all")
        .txt("two.example.net", "v=spf1 include:one.example.net -all");
    assert_eq!(look(&zone).await.spf.verdict, Some(SpfVerdict::Loop { domain: "one.example.net".to_owned() }));
}

#[tokio::test]
async fn receivers_stop_after_ten_look_ups_and_after_two_that_found_nothing() {
    let mut record = "v=spf1".to_owned();
    let mut zone = zone();
    for number in 0..11 {
        record.push_str(&format!(" a:h{number}.example.net"));
        for address in ["198.51.100.1", "2001:db8:9::1"] {
            zone = zone.address(&format!("h{number}.example.net"), address);
        }
    }
    let report = look(&zone.clone().txt(DOMAIN, &format!("{record} -all"))).await;
    assert_eq!(report.spf.verdict, Some(SpfVerdict::TooManyLookUps));

    assert_eq!(spf("v=spf1 a:x.example.net a:y.example.net a:z.example.net -all").await, SpfVerdict::TooManyVoid);
    let first = "v=spf1 a:relay.example.net include:nothing.example.net -all";
    assert_eq!(spf(first).await, SpfVerdict::Allowed, "nobody reads on");
    let nothing = SpfVerdict::IncludesNothing { domain: "nothing.example.net".to_owned() };
    assert_eq!(spf("v=spf1 include:nothing.example.net -all").await, nothing);
}

#[tokio::test]
async fn a_known_provider_is_judged_by_its_own_list() {
    let zone =
        with_spf("v=spf1 include:_spf.google.com ~all").txt("_spf.google.com", "v=spf1 ip4:198.51.100.0/24 ~all");
    let allowed = look_again(&zone, DOMAIN, Some("smtp-relay.gmail.com"), None).await;
    assert_eq!(allowed.spf.verdict, Some(SpfVerdict::Allowed));
    let other = look_again(&zone, DOMAIN, Some("smtp.office365.com"), None).await;
    assert_eq!(other.spf.verdict, Some(SpfVerdict::NotAllowed { hard: false }));
}

#[tokio::test]
async fn without_a_relay_only_the_record_itself_is_judged() {
    let look = async |zone: Zone| look_again(&zone, DOMAIN, None, None).await.spf.verdict.unwrap();
    assert_eq!(look(with_spf("v=spf1 mx -all")).await, SpfVerdict::NoRelay);
    assert_eq!(look(with_spf("v=spf1 +all")).await, SpfVerdict::AllowsAnybody);
    assert_eq!(look(with_spf("v=spf1 ip4:x -all")).await, SpfVerdict::Broken { term: "ip4:x".to_owned() });
}

#[tokio::test]
async fn a_relay_without_a_public_address_cannot_be_compared() {
    let zone = with_spf("v=spf1 mx -all").address("inside.example.net", "10.1.2.3");
    for relay in ["inside.example.net", "nowhere.example.net", "10.1.2.3"] {
        let report = look_again(&zone, DOMAIN, Some(relay), None).await;
        assert_eq!(report.spf.verdict, Some(SpfVerdict::RelayUnknown { host: relay.to_owned() }));
    }
}

#[tokio::test]
async fn our_key_is_told_from_another_ones_and_found_behind_an_alias() {
    let dkim = async |zone: Zone| look(&zone).await.dkim.verdict.unwrap();
    assert_eq!(dkim(with_dkim("v=DKIM1; k=rsa; p=MIIBother")).await, DkimVerdict::OtherKey);
    assert_eq!(dkim(with_dkim("v=DKIM1; p=")).await, DkimVerdict::Revoked);
    let split = zone().split_txt(SELECTOR, &["v=DKIM1; ", "k=rsa; p=", &key()[..100], &key()[100..200], &key()[200..]]);
    assert_eq!(dkim(split).await, DkimVerdict::Good);
    let alias = zone().alias(SELECTOR, "key.desk.example.org");
    let alias = alias.txt("key.desk.example.org", &format!("v=DKIM1; p={}", key()));
    assert_eq!(dkim(alias).await, DkimVerdict::Good);
}

#[tokio::test]
async fn the_policy_is_inherited_from_the_registered_domain() {
    let zone = zone().txt("_dmarc.example.com", "v=DMARC1; p=none; sp=quarantine");
    let report = look_again(&zone, "mail.example.com", Some(RELAY), None).await;
    assert_eq!(
        report.dmarc.verdict,
        Some(DmarcVerdict::NothingAligns {
            policy: Policy::Quarantine,
            inherited_from: Some("example.com".to_owned())
        })
    );
}

#[tokio::test]
async fn a_strict_policy_is_a_trap_only_while_nothing_vouches_for_our_mail() {
    let strict = |zone: Zone| zone.txt("_dmarc.example.com", "v=DMARC1; p=reject");
    let dmarc = async |zone: Zone| look(&zone).await.dmarc.verdict.unwrap();
    let good = DmarcVerdict::Good { policy: Policy::Reject, inherited_from: None };
    let trap = DmarcVerdict::NothingAligns { policy: Policy::Reject, inherited_from: None };
    assert_eq!(dmarc(strict(with_spf("v=spf1 mx -all"))).await, trap);
    assert_eq!(dmarc(strict(with_spf("v=spf1 a:relay.example.net -all"))).await, good);
    assert_eq!(dmarc(strict(with_dkim(&format!("p={}", key())))).await, good);
    let several = strict(strict(zone()));
    assert_eq!(dmarc(several).await, DmarcVerdict::Several { count: 2 });
}

#[tokio::test]
async fn a_domain_can_say_that_it_takes_no_mail() {
    let mx = async |zone: Zone| look(&zone).await.mx.verdict.unwrap();
    assert_eq!(mx(zone().mx(DOMAIN, 0, "")).await, MxVerdict::Refuses);
    let elsewhere = MxVerdict::Elsewhere { host: "aspmx.example.net".to_owned() };
    assert_eq!(mx(zone().mx(DOMAIN, 5, "aspmx.example.net")).await, elsewhere);
}

#[tokio::test]
async fn what_the_dns_does_not_answer_stays_as_it_was_and_says_so() {
    let zone = with_spf("v=spf1 a:relay.example.net -all").txt(SELECTOR, &format!("p={}", key()));
    let first = look(&zone).await;
    zone.forget(SELECTOR);
    zone.forget(DOMAIN);
    let zone = zone.silent(SELECTOR).code(DOMAIN, 2);

    let then = look_again(&zone, DOMAIN, Some(RELAY), Some(&first)).await;

    assert_eq!(then.dkim.verdict, Some(DkimVerdict::Good));
    assert_eq!(then.dkim.unanswered.as_deref(), Some(format!("{SELECTOR}: timeout").as_str()));
    assert_eq!(then.spf.verdict, Some(SpfVerdict::Allowed));
    assert_eq!(then.spf.found, first.spf.found);
    assert_eq!(then.spf.unanswered.as_deref(), Some("SERVFAIL"));
    assert_eq!(then.dmarc.verdict, Some(DmarcVerdict::Missing));

    let never = look(&zone).await;
    assert_eq!((never.spf.verdict.as_ref(), never.spf.standing()), (None, Standing::Unknown));
    assert_eq!(never.spf.unanswered.as_deref(), Some("SERVFAIL"));
}

#[tokio::test]
async fn an_include_that_does_not_answer_is_no_verdict() {
    let zone = with_spf("v=spf1 include:slow.example.net -all").code("slow.example.net", 2);
    let report = look(&zone).await;
    assert_eq!((report.spf.verdict, report.spf.unanswered.as_deref()), (None, Some("SERVFAIL")));
}

#[tokio::test]
async fn a_huge_answer_is_fetched_and_only_its_beginning_is_kept() {
    let mut zone = with_spf(&format!("v=spf1 {} a:relay.example.net -all", "ip4:198.51.100.1 ".repeat(200)));
    for number in 0..100 {
        zone = zone.txt(DOMAIN, &format!("verification-{number}={}", "x".repeat(200)));
    }
    let report = look(&zone).await;
    assert_eq!(report.spf.verdict, Some(SpfVerdict::Allowed));
    assert!(report.spf.found.iter().all(|one| one.len() <= 1_010), "{:?}", report.spf.found);
}
