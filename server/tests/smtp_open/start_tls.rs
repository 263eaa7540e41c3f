//! From clear to encrypted, and nothing secret before.

use postroom_server::model::{Finding, Party, Problem, Security, Step};
use postroom_testing::{Authority, Leaf, Script, ServerTls, dialer_trusting};

use crate::world::{ACCEPTED, HELLO, SIGNED_IN, Visitor, Walk, script, serve};

fn visitor() -> Visitor {
    Visitor { security: Security::StartTls, ..Visitor::default() }
}

async fn walk(script: &str) -> (Walk, Vec<String>) {
    let server = serve(&["S: 220 ready\nC: EHLO\n", script]).await;
    let walk = visitor().visit(&server).await;
    assert_eq!(walk.failed_at(), Step::StartTls);
    (walk, server.heard())
}

#[tokio::test]
async fn a_server_without_starttls_hears_no_password() {
    let (walk, heard) = walk("S: 250-mail.example.com\nS: 250 AUTH PLAIN LOGIN\n").await;
    assert_eq!(walk.problem(), &Problem::StartTlsNotOffered);
    assert_eq!(heard, ["EHLO postroom.example"]);
}

#[tokio::test]
async fn a_refused_starttls_is_quoted() {
    for reply in ["454 4.7.0 TLS not available due to local problem", "502 5.5.1 Command not implemented"] {
        let script = format!("S: 250-mail\nS: 250-STARTTLS\nS: 250 AUTH PLAIN\nC: STARTTLS\nS: {reply}\n");
        let (walk, heard) = walk(&script).await;
        assert_eq!(walk.problem(), &Problem::StartTlsRefused { reply: reply.to_owned() });
        assert_eq!(heard.len(), 2, "{heard:?}");
    }
}

#[tokio::test]
async fn words_behind_the_consent_are_an_injection() {
    let (walk, _) =
        walk("S: 250-mail\nS: 250 STARTTLS\nC: STARTTLS\nS~ 220 go ahead\\r\\n250 AUTH PLAIN\\r\\n\n").await;
    assert_eq!(walk.problem(), &Problem::StartTlsInjected { reply: None });
}

#[tokio::test]
async fn what_was_said_in_clear_is_forgotten() {
    let authority = Authority::new("House CA");
    let tls = ServerTls::of(&authority.issue(&Leaf::default()));
    let in_clear = "S: 220 ready
        C: EHLO postroom.example
        S: 250-mail.example.com
        S: 250-STARTTLS
        S: 250 SMTPUTF8
        C: STARTTLS
        S: 220 2.0.0 Ready to start TLS
        TLS\n";
    let (_, encrypted) = HELLO.split_once('\n').unwrap();
    let script = script(&[in_clear, encrypted, SIGNED_IN, ACCEPTED]);
    let server = Script::serve_starttls(&script, &tls).await;

    let walk = visitor().visit_by(&dialer_trusting(&[authority.root()]), &server).await;

    assert!(matches!(walk.finding(Step::StartTls), Finding::Secured { .. }));
    let notes = walk.said_by(Party::Note);
    assert!(notes.iter().any(|note| note.starts_with("TLS begins")), "{notes:?}");
    let session = walk.session();
    assert!(session.extensions().has("AUTH"));
    assert!(!session.extensions().has("SMTPUTF8"));
    session.close().await;
    server.all_gone().await;
    let verbs: Vec<String> =
        server.heard().iter().map(|line| line.split(' ').next().unwrap_or_default().to_owned()).collect();
    assert_eq!(verbs, ["EHLO", "STARTTLS", "EHLO", "AUTH", "MAIL", "RCPT", "RSET", "QUIT"]);
}

#[tokio::test]
async fn a_certificate_nobody_vouches_for_stops_the_upgrade_before_the_password() {
    let tls = ServerTls::of(&Authority::new("Stranger").issue(&Leaf::default()));
    let script = "S: 220 ready\nC: EHLO\nS: 250-mail\nS: 250 STARTTLS\nC: STARTTLS\nS: 220 go ahead\nTLS\n";
    let server = Script::serve_starttls(script, &tls).await;
    let walk = visitor().visit_by(&dialer_trusting(&[Authority::new("House CA").root()]), &server).await;
    assert_eq!((walk.failed_at(), walk.problem().kind()), (Step::StartTls, "certificate_untrusted"));
    assert_eq!(server.heard(), ["EHLO postroom.example", "STARTTLS"]);
}
