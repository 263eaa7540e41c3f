#![expect(clippy::string_slice, reason = "the texts are ASCII")]

use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};

use super::*;
use crate::sender_domains::key::NewKey;

const NOW: Timestamp = Timestamp(1_700_000_000_000);
const MESSAGE: &str = "From: Help <help@example.com>\r\nTo: ada@example.net\r\nSubject: Hello\r\n\tthere\r\n\
    Date: Tue, 14 Nov 2023 22:13:20 +0000\r\nMessage-ID: <1@example.com>\r\nX-Other: 1\r\n\r\nHello  Ada \r\n\r\nBye\r\n\r\n";

async fn signed(key: &NewKey, message: &str) -> String {
    let signer = Signer { domain: "example.com", selector: "postroom1", private_key: &key.private };
    String::from_utf8(sign(signer, message.as_bytes(), NOW).unwrap()).unwrap()
}

/// Verifies a signed message as RFC 6376 6.1 says, from the record to the last bit.
fn verifies(message: &str, record: &str) -> bool {
    let (signature, rest) = message.split_once("\r\n").map(|_| split_first_field(message)).unwrap();
    let flat: String = signature.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    let tags = crate::sender_domains::tags::read(flat.strip_prefix("DKIM-Signature:").unwrap()).unwrap();
    let tag = |name: &str| tags.iter().find(|(found, _)| *found == name).unwrap().1;
    let (head, body) = split(rest.as_bytes());
    if BASE64.encode(Sha256::digest(relaxed_body(body))) != tag("bh") {
        return false;
    }
    let mut left = fields(head);
    let mut data = Vec::new();
    for name in tag("h").split(':') {
        if let Some(position) = left.iter().rposition(|field| has_name(field, name)) {
            data.extend(relaxed_field(&left.remove(position)));
            data.extend(b"\r\n");
        }
    }
    let unsigned = &signature[..signature.rfind("b=").unwrap() + 2];
    data.extend(relaxed_field(unsigned.as_bytes()));
    let published = record.split_once("p=").unwrap().1;
    // The key inside its wrapping of 24 octets: algorithm and lengths of a 2048-bit RSA key.
    let key = BASE64.decode(published).unwrap()[24..].to_vec();
    UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key).verify(&data, &BASE64.decode(tag("b")).unwrap()).is_ok()
}

fn split_first_field(message: &str) -> (&str, &str) {
    let mut end = 0;
    loop {
        end += message[end..].find("\r\n").unwrap() + 2;
        if !message[end..].starts_with(['\t', ' ']) {
            return (&message[..end - 2], &message[end..]);
        }
    }
}

#[tokio::test]
async fn a_signed_message_is_verified_with_the_published_record_and_no_changed_one_is() {
    let key = key::make().await.unwrap();
    let message = signed(&key, MESSAGE).await;
    let record = record(&key.public);
    assert!(message.ends_with(MESSAGE), "{message}");
    assert!(message.lines().all(|line| line.len() <= 78), "{message}");
    assert!(verifies(&message, &record), "{message}");

    assert!(!verifies(&message.replace("Bye", "Buy"), &record), "another body");
    assert!(!verifies(&message.replace("help@", "boss@"), &record), "another sender");
    assert!(!verifies(&message.replace("X-Other: 1", "From: boss@example.com"), &record), "a second sender");
    assert!(verifies(&message.replace("X-Other: 1", "X-Other: 2"), &record), "a field that is not signed");
    assert!(verifies(&message.replace("Hello\r\n\tthere", "Hello there"), &record), "folded in another way");
    let other = key::make().await.unwrap();
    assert!(!verifies(&message, &super::record(&other.public)), "another key");
}

#[tokio::test]
async fn a_message_without_a_body_is_signed_too() {
    let key = key::make().await.unwrap();
    for message in ["From: a@example.com\r\n\r\n", "From: a@example.com\r\n\r\n\r\n\r\n", "From: a@example.com\r\n"] {
        let signed = signed(&key, message).await;
        assert!(verifies(&signed, &record(&key.public)), "{signed}");
    }
}

#[test]
fn fields_and_bodies_are_relaxed_as_in_the_example_of_the_rfc() {
    // RFC 6376 3.4.5
    assert_eq!(relaxed_field(b"A: X"), b"a:X");
    assert_eq!(relaxed_field(b"B : Y\t\r\n\tZ  "), b"b:Y Z");
    assert_eq!(relaxed_body(b" C \r\nD \t E\r\n\r\n\r\n"), b" C\r\nD E\r\n");
    assert_eq!(relaxed_body(b"\r\n\r\n"), b"");
    assert_eq!(relaxed_body(b"no line end"), b"no line end\r\n");
}

#[test]
fn a_record_is_good_only_with_our_key_and_for_our_signatures() {
    let judged = |text: &str| judge(&[text.to_owned()], "AAAA");
    assert_eq!(judge(&[], "AAAA"), DkimVerdict::Missing);
    assert_eq!(judge(&["p=AAAA".to_owned(), "p=AAAA".to_owned()], "AAAA"), DkimVerdict::Several { count: 2 });
    for (text, verdict) in [
        (record("AAAA").as_str(), DkimVerdict::Good),
        ("p=AA AA", DkimVerdict::Good),
        ("v=DKIM1; k=rsa; h=sha1:sha256; s=email; t=s; p=AAAA;", DkimVerdict::Good),
        ("v=DKIM1; t=y:s; p=AAAA", DkimVerdict::Testing),
        ("v=DKIM1; p=BBBB", DkimVerdict::OtherKey),
        ("v=DKIM1; p=", DkimVerdict::Revoked),
        ("v=DKIM1; h=sha1; p=AAAA", DkimVerdict::Broken),
        ("v=DKIM1; k=ed25519; p=AAAA", DkimVerdict::Broken),
        ("v=DKIM2; p=AAAA", DkimVerdict::Broken),
        ("v=DKIM1", DkimVerdict::Broken),
        ("hello", DkimVerdict::Broken),
    ] {
        assert_eq!(judged(text), verdict, "{text}");
    }
}

#[tokio::test]
async fn a_key_is_never_printed() {
    let key = key::make().await.unwrap();
    let signer = Signer { domain: "example.com", selector: "postroom1", private_key: &key.private };
    assert!(!format!("{signer:?}").contains("MII"), "{signer:?}");
}
