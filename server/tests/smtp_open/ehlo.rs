//! What the server says it can do.

use postroom_server::model::{Finding, Problem, Step};

use crate::world::{ACCEPTED, SIGNED_IN, Visitor, serve};

async fn problem_after(script: &str) -> (Step, Problem) {
    let server = serve(&["S: 220 ready\nC: EHLO postroom.example\n", script]).await;
    let walk = Visitor::default().visit(&server).await;
    (walk.failed_at(), walk.problem().clone())
}

#[tokio::test]
async fn the_name_and_the_extensions_are_shown() {
    let server = serve(&[
        "S: 220 ready
         C: EHLO postroom.example
         S: 250-mail.example.com Hello there
         S: 250-pipelining
         S: 250-size 35882577
         S: 250-AUTH=LOGIN PLAIN
         S: 250 Auth PLAIN\n",
        SIGNED_IN,
        ACCEPTED,
    ])
    .await;
    let walk = Visitor::default().visit(&server).await;
    assert_eq!(
        walk.finding(Step::Ehlo),
        &Finding::Ehlo {
            server: "mail.example.com".to_owned(),
            extensions: ["PIPELINING", "SIZE 35882577", "AUTH LOGIN PLAIN", "AUTH PLAIN"].map(str::to_owned).to_vec(),
            size_limit_bytes: Some(35_882_577),
        }
    );
    let session = walk.session();
    assert_eq!(session.extensions().mechanisms(), ["LOGIN", "PLAIN"]);
    session.close().await;
}

#[tokio::test]
async fn a_server_that_knows_no_ehlo_is_greeted_the_old_way() {
    for code in [500, 502] {
        let script = format!("S: {code} 5.5.1 Unknown command\nC: HELO postroom.example\nS: 250 mail.example.com");
        assert_eq!(problem_after(&script).await, (Step::SignIn, Problem::SignInNotOffered));
    }
}

#[tokio::test]
async fn a_server_that_refuses_our_name_says_so() {
    for reply in [
        "504 5.5.2 <postroom.example>: Helo command rejected: need fully-qualified hostname",
        "550 Access denied - Invalid HELO name (See RFC2821 4.1.1.1)",
        "501 5.5.4 Invalid domain name",
    ] {
        let expected = Problem::EhloRefused { reply: reply.to_owned() };
        assert_eq!(problem_after(&format!("S: {reply}")).await, (Step::Ehlo, expected));
    }
    assert_eq!(
        problem_after("S: 502 unknown\nC: HELO postroom.example\nS: 554 no").await,
        (Step::Ehlo, Problem::EhloRefused { reply: "554 no".to_owned() })
    );
}

#[tokio::test]
async fn the_last_words_before_the_end_are_kept() {
    assert_eq!(
        problem_after("S: 421-4.3.2 Service\nCLOSE").await,
        (Step::Ehlo, Problem::TemporaryRefusal { reply: "421 4.3.2 Service".to_owned() })
    );
    assert_eq!(
        problem_after("S: 250-mail.example.com\nS: 250-SIZE\nCLOSE").await,
        (Step::Ehlo, Problem::ConnectionLost { reply: Some("250 mail.example.com SIZE".to_owned()) })
    );
    assert_eq!(
        problem_after("S: 500 unknown\nC: HELO\nCLOSE").await,
        (Step::Ehlo, Problem::ConnectionLost { reply: Some("500 unknown".to_owned()) })
    );
    assert_eq!(problem_after("CLOSE").await, (Step::Ehlo, Problem::ConnectionLost { reply: None }));
}

#[tokio::test]
async fn nonsense_is_called_nonsense() {
    let (step, problem) = problem_after("S: what do you want\nCLOSE").await;
    assert_eq!(step, Step::Ehlo);
    assert_eq!((problem.kind(), problem.reply()), ("protocol_nonsense", Some("what do you want")));
}
