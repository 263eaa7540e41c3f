//! Dovecot with a configuration of its own: IMAP for us, SASL for Postfix.

use std::path::Path;

use super::certificates::Certificates;
use super::{Guests, MailOwner, PEOPLE, Ports, make_folder, provider, token, write};
use crate::debian;
use crate::failure::Result;
use crate::process::Running;

/// Where Postfix asks whether a password is right, in the run's folder.
pub const SASL_SOCKET: &str = "sasl";

/// Whoever comes may come hundreds of times at once.
const FOR_A_CROWD: &str = "
mail_max_userip_connections = 2000
default_process_limit = 2000
default_client_limit = 10000
";

pub fn start(
    folder: &Path,
    ports: Ports,
    certificates: &Certificates,
    owner: MailOwner,
    guests: Guests,
) -> Result<Running> {
    let own = PEOPLE.iter().filter(|person| !person.is_shared());
    let passwords: Vec<_> = own.map(|person| format!("{}:{{PLAIN}}{}\n", person.address, person.password)).collect();
    write(&folder.join("passwords"), &passwords.concat())?;
    token::write_key(folder)?;
    let mut passdbs = String::new();
    let mut believe = |name: &str, text: &str| {
        let file = folder.join(format!("oauth2-{name}.conf"));
        passdbs += &passdb(&file);
        write(&file, text)
    };
    believe("own", &oauth2(folder, "upn"))?;
    for mailbox in PEOPLE.iter().filter(|person| person.is_shared()) {
        believe(mailbox.address, &oauth2(folder, &mailbox.full_access_claim()))?;
    }
    believe("asking", &oauth2_asking(ports, certificates))?;
    make_folder(&folder.join("dovecot"))?;
    let configuration = folder.join("dovecot.conf");
    let limits = if guests == Guests::Crowd { FOR_A_CROWD } else { "" };
    write(&configuration, &(text(folder, ports, certificates, owner, &passdbs) + limits))?;
    Running::start("Dovecot", debian::privileged("/usr/sbin/dovecot").arg("-F").arg("-c").arg(configuration))
}

fn passdb(file: &Path) -> String {
    let file = file.display();
    format!("passdb {{\n  driver = oauth2\n  mechanisms = xoauth2 oauthbearer\n  args = {file}\n}}\n")
}

fn text(folder: &Path, ports: Ports, certificates: &Certificates, owner: MailOwner, passdbs: &str) -> String {
    let Ports { imap_tls, behind, decrypted, .. } = ports;
    let MailOwner { user, group } = owner;
    let folder = folder.display();
    let certificate = certificates.server_file.display();
    format!(
        r#"# Dovecot 2.3
protocols = imap
listen = 127.0.0.1
haproxy_trusted_networks = 127.0.0.0/8
base_dir = {folder}/dovecot/run
state_dir = {folder}/dovecot/state
log_path = {folder}/dovecot.log
auth_verbose = yes

# Nobody signs in without TLS.
ssl = required
ssl_cert = <{certificate}
ssl_key = <{certificate}
disable_plaintext_auth = yes

auth_mechanisms = plain login xoauth2 oauthbearer
# Empty allows every character, so that 지원@example.test can sign in.
auth_username_chars =
# A wrong password is answered at once, however often.
auth_failure_delay = 0
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
{passdbs}passdb {{
  driver = passwd-file
  mechanisms = plain login
  args = scheme=PLAIN username_format=%u {folder}/passwords
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}/mail/%u
}}
first_valid_uid = 1
first_valid_gid = 1

mail_location = maildir:~/Maildir
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Sent {{
    auto = subscribe
    special_use = \Sent
  }}
  mailbox Drafts {{
    auto = subscribe
    special_use = \Drafts
  }}
  mailbox Junk {{
    auto = subscribe
    special_use = \Junk
  }}
  mailbox Trash {{
    auto = subscribe
    special_use = \Trash
  }}
  mailbox Archive {{
    auto = subscribe
    special_use = \Archive
  }}
  mailbox "요청 사항" {{
    auto = subscribe
  }}
}}

service imap-login {{
  service_count = 0
  process_min_avail = 1
  inet_listener imap {{
    port = {behind}
    haproxy = yes
  }}
  inet_listener imap_decrypted {{
    port = {decrypted}
  }}
  inet_listener imaps {{
    port = {imap_tls}
    ssl = yes
  }}
}}
service auth {{
  unix_listener {folder}/{SASL_SOCKET} {{
    mode = 0666
  }}
}}
"#
    )
}

/// Tokens are believed when their signature is right and this claim of theirs is the user; no provider
/// is asked. The id tokens that the same key signs have none of these claims, and open nothing.
fn oauth2(folder: &Path, claim: &str) -> String {
    format!(
        "introspection_mode = local\nlocal_validation_key_dict = fs:posix:prefix={}/keys/\nusername_attribute = {claim}\n",
        folder.display()
    )
}

/// Tokens that say nothing by themselves: their provider is asked, and must have given them for mail.
fn oauth2_asking(ports: Ports, certificates: &Certificates) -> String {
    format!(
        "tokeninfo_url = {}/tokeninfo?access_token=\nusername_attribute = email\nscope = https://mail.google.com/\n\
         tls_ca_cert_file = {}\n",
        provider::issuer(ports),
        certificates.authority_file.display()
    )
}
