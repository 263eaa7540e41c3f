//! Servers that have lost their mind: whatever they say, the walk ends and tells how.

use postroom_server::model::{AuthMethod, Outcome, StepState};
use rand::{Rng, SeedableRng, rngs::StdRng};

use super::peer::{Server, Visit};

const SPICE: &[u8] = b"*+ {}[]\"\\\r\n09A\x00\xff";

fn garble(random: &mut StdRng, reply: &mut Vec<u8>) {
    if random.random_bool(0.6) {
        return;
    }
    for _ in 0..random.random_range(1..6) {
        let at = random.random_range(0..=reply.len());
        let byte = SPICE[random.random_range(0..SPICE.len())];
        match random.random_range(0..4) {
            0 => reply.insert(at, byte),
            1 if at < reply.len() => reply[at] = byte,
            2 if at < reply.len() => drop(reply.remove(at)),
            _ => reply.truncate(at),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_walk_ends_with_an_outcome_whatever_the_server_says() {
    let methods = [AuthMethod::Plain, AuthMethod::Login, AuthMethod::XOAuth2, AuthMethod::OAuthBearer];
    let mut random = StdRng::seed_from_u64(3501);
    let mut passed = 0;
    for round in 0..1_500 {
        let offered = ["SASL-IR LITERAL+ AUTH=XOAUTH2 AUTH=OAUTHBEARER", "AUTH=PLAIN AUTH=XOAUTH2 AUTH=OAUTHBEARER"];
        let walk = Server::new()
            .offers(&format!("IMAP4rev1 ID IDLE {}", offered[round % 2]))
            .garbled(|reply| garble(&mut random, reply))
            .visited(Visit::by(methods[round % methods.len()]))
            .await;
        let report = walk.report();
        assert!(report.steps.iter().all(|line| line.state != StepState::Running), "round {round}");
        assert_eq!(report.outcome == Some(Outcome::Passed), walk.result.is_ok(), "round {round}");
        passed += usize::from(walk.result.is_ok());
    }
    assert!((1..1_500).contains(&passed), "some survive it and some do not: {passed}");
}
