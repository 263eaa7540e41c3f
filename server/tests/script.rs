//! The scripted server itself: what other tests rely on.

#![expect(clippy::unwrap_used, reason = "a world that cannot be made is a failed test")]

use postroom_testing::{Authority, Leaf, Script, ServerTls};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

async fn read_to_end(mut stream: TcpStream) -> String {
    let mut said = Vec::new();
    stream.read_to_end(&mut said).await.unwrap();
    String::from_utf8(said).unwrap()
}

#[tokio::test]
async fn a_tagged_answer_carries_the_clients_tag() {
    let server = Script::serve(
        "S: * OK ready
         C: LOGIN
         S: NO [AUTHENTICATIONFAILED] Wrong password
         CLOSE",
    )
    .await;
    let mut client = TcpStream::connect(server.address()).await.unwrap();
    client.write_all(b"p7 login ada guess\r\n").await.unwrap();

    let said = read_to_end(client).await;

    assert_eq!(said, "* OK ready\r\np7 NO [AUTHENTICATIONFAILED] Wrong password\r\n");
    assert_eq!(server.heard(), ["p7 login ada guess"]);
}

#[tokio::test]
#[should_panic(expected = "the script waits for \"EHLO\", the client says \"HELO there\"")]
async fn a_word_that_is_not_in_the_script_fails_the_test() {
    let server = Script::serve("C: EHLO").await;
    let mut client = TcpStream::connect(server.address()).await.unwrap();
    client.write_all(b"HELO there\r\n").await.unwrap();
    read_to_end(client).await;
}

#[tokio::test]
async fn a_second_connection_gets_the_second_script() {
    let server = Script::serve_in_turn(&["S: 220 first\nCLOSE", "S~ \\x15\\x03\\r\nCLOSE"]).await;

    let first = read_to_end(TcpStream::connect(server.address()).await.unwrap()).await;
    let second = read_to_end(TcpStream::connect(server.address()).await.unwrap()).await;

    assert_eq!((first.as_str(), second.as_str()), ("220 first\r\n", "\x15\x03\r"));
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn a_client_that_is_no_tls_client_is_let_go() {
    let identity = Authority::new("Some CA").issue(&Leaf::default());
    let server = Script::serve_tls("S: * OK ready", &ServerTls::of(&identity)).await;
    let mut client = TcpStream::connect(server.address()).await.unwrap();
    client.write_all(b"EHLO there\r\n").await.unwrap();

    let mut said = Vec::new();
    client.read_to_end(&mut said).await.unwrap();

    // A TLS alert (21) is all it says.
    assert_eq!(said.first(), Some(&21));
}

#[tokio::test]
async fn a_flood_ends_when_the_client_goes_and_is_counted() {
    let server = Script::serve("S* 3 line {n}\nFLOOD~ spam ").await;
    let mut client = TcpStream::connect(server.address()).await.unwrap();
    let mut first = [0; 24];
    client.read_exact(&mut first).await.unwrap();
    drop(client);
    server.all_gone().await;
    assert_eq!(&first, b"line 1\r\nline 2\r\nline 3\r\n");
    assert!(server.sent_bytes() >= 24, "{}", server.sent_bytes());
}

#[tokio::test]
async fn what_is_said_in_clear_is_kept_apart_from_what_is_encrypted() {
    let tls = ServerTls::of(&Authority::new("Some CA").issue(&Leaf::default()));
    let server = Script::serve_tls("SILENCE", &tls).await;
    let mut client = TcpStream::connect(server.address()).await.unwrap();
    client.write_all(b"hello\n").await.unwrap();
    drop(client);
    server.all_gone().await;
    assert_eq!(server.heard_in_clear(), b"", "under implicit TLS nothing is ever said in clear");

    let server = Script::serve("C: hel\nDRIP~ a{tag}b").await;
    let mut client = TcpStream::connect(server.address()).await.unwrap();
    client.write_all(b"hello there\n").await.unwrap();
    let mut said = [0; 5];
    client.read_exact(&mut said).await.unwrap();
    assert_eq!((&said, server.heard_in_clear()), (b"a{tag", b"hello there\n".to_vec()));
}
