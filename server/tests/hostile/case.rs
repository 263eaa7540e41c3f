//! A script file: what is odd about the server, what must come of it, and what the server says.
//!
//! The head is comments. A line `# key: value` with one of these keys asks for something; any other is prose.
//!
//! | Key | Means | If it is missing |
//! |---|---|---|
//! | `security` | `none`, `starttls` or `tls`, as the visitor has it in the form | `none` |
//! | `method` | `plain`, `login`, `xoauth2` or `oauthbearer` | `plain` |
//! | `host` | the name the visitor goes by; it leads here | `localhost` |
//! | `problem`, `step` | what goes wrong, and where | `passes` must be there |
//! | `quotes` | words of the server that the problem must show | |
//! | `finds` | a piece of what the steps that passed have found, as JSON | |
//! | `notes` | a piece of one of our own remarks in the transcript | |
//! | `patience: short` | the server lets us wait: deadlines are short | deadlines are the usual ones |
//! | `within` | seconds until the check is over | 8 |
//! | `reads` | how many bytes we may take at most before we give up | 262144 |
//!
//! A line `# passes` says that nothing goes wrong. A line `AGAIN` begins what the next connection gets.

use std::{fs, path::Path, time::Duration};

use postroom_server::model::{AuthMethod, Protocol, Security};

/// How much is read of a server that has nothing to say, in bytes; what the system keeps for us counts too.
const FEW_BYTES: u64 = 262_144;
const SOON: Duration = Duration::from_secs(8);

/// One file.
#[derive(Clone, Debug)]
pub struct Case {
    /// `imap/greeting_bye.txt`.
    pub name: String,
    pub protocol: Protocol,
    pub security: Security,
    pub method: AuthMethod,
    pub host: String,
    /// Kind and step as in JSON; `None` when all must go well.
    pub problem: Option<(String, String)>,
    pub quotes: Vec<String>,
    pub finds: Vec<String>,
    pub notes: Vec<String>,
    pub short_patience: bool,
    pub within: Duration,
    pub reads: u64,
    pub scripts: Vec<String>,
}

/// Every file of a protocol's folder, by name.
pub fn all(protocol: Protocol) -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/hostile/scripts").join(protocol_name(protocol));
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
        .iter()
        .map(|path| {
            let file = path.file_name().unwrap().to_str().unwrap();
            read(&format!("{}/{file}", protocol_name(protocol)), protocol, &fs::read_to_string(path).unwrap())
        })
        .collect()
}

/// The files of `folder` are those of the matrix: none is forgotten, none is there that nobody listed.
pub fn is_complete(protocol: Protocol, matrix: &[&str]) {
    let found: Vec<String> = all(protocol).into_iter().map(|case| case.name).collect();
    let mut listed: Vec<String> = matrix.iter().map(|name| format!("{}/{name}.txt", protocol_name(protocol))).collect();
    listed.sort();
    assert_eq!(found, listed, "the files beside the list");
}

fn protocol_name(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Imap => "imap",
        Protocol::Smtp => "smtp",
    }
}

fn read(name: &str, protocol: Protocol, text: &str) -> Case {
    let mut case = Case {
        name: name.to_owned(),
        protocol,
        security: Security::None,
        method: AuthMethod::Plain,
        host: "localhost".to_owned(),
        problem: None,
        quotes: Vec::new(),
        finds: Vec::new(),
        notes: Vec::new(),
        short_patience: false,
        within: SOON,
        reads: FEW_BYTES,
        scripts: text.split("\nAGAIN\n").map(str::to_owned).collect(),
    };
    let (mut passes, mut kind, mut step) = (false, None, None);
    let head = text.lines().map_while(|line| line.strip_prefix('#')).map(str::trim);
    for line in head {
        passes |= line == "passes";
        let Some((key, value)) = line.split_once(": ") else { continue };
        let value = value.trim();
        match key {
            "security" => case.security = security(value),
            "method" => case.method = method(value),
            "host" => value.clone_into(&mut case.host),
            "problem" => kind = Some(value.to_owned()),
            "step" => step = Some(value.to_owned()),
            "quotes" => case.quotes.push(value.to_owned()),
            "finds" => case.finds.push(value.to_owned()),
            "notes" => case.notes.push(value.to_owned()),
            "patience" => case.short_patience = value == "short",
            "within" => case.within = Duration::from_secs(value.parse().unwrap()),
            "reads" => case.reads = value.parse().unwrap(),
            _ => {}
        }
    }
    case.problem = kind.zip(step);
    assert!(passes != case.problem.is_some(), "{name} says neither `passes` nor `problem` and `step`, or all of it");
    case
}

fn security(word: &str) -> Security {
    match word {
        "none" => Security::None,
        "starttls" => Security::StartTls,
        "tls" => Security::Tls,
        other => panic!("there is no security {other}"),
    }
}

fn method(word: &str) -> AuthMethod {
    match word {
        "plain" => AuthMethod::Plain,
        "login" => AuthMethod::Login,
        "xoauth2" => AuthMethod::XOAuth2,
        "oauthbearer" => AuthMethod::OAuthBearer,
        other => panic!("there is no method {other}"),
    }
}
