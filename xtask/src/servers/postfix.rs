//! Postfix with a configuration of its own: takes mail from those who signed in, and delivers to the same people.

use std::path::Path;
use std::process::{Command, Stdio};

use super::certificates::Certificates;
use super::people::Person;
use super::{DOMAIN, Guests, MailOwner, PEOPLE, Ports, give, id, make_folder, write};
use crate::debian;
use crate::failure::Result;
use crate::process::Running;
use crate::shell;

/// More than a hundred connections at once.
///
/// `in_flow_delay` holds every MAIL back for a second once more mail has come in than was delivered. A check ends with
/// RSET, so nothing is ever delivered, and after the first hundred of them each would wait.
const FOR_A_CROWD: &str = "default_process_limit = 600\nin_flow_delay = 0s\n";

pub fn start(
    folder: &Path,
    ports: Ports,
    certificates: &Certificates,
    owner: MailOwner,
    guests: Guests,
) -> Result<Running> {
    let configuration = folder.join("postfix");
    make_folder(&configuration)?;
    make_folder(&folder.join("spool"))?;
    let data = folder.join("postfix-data");
    make_folder(&data)?;
    give(&data, id("postfix", "-u")?, id("postfix", "-g")?)?;

    let mailboxes: Vec<_> = PEOPLE.iter().map(|person| format!("{0} {0}/Maildir/\n", person.address)).collect();
    write(&configuration.join("mailboxes"), &mailboxes.concat())?;
    write(&configuration.join("senders"), &PEOPLE.iter().map(senders).collect::<String>())?;
    write(&configuration.join("refused-senders"), &PEOPLE.iter().filter_map(refused_sender).collect::<String>())?;
    write(&configuration.join("forwards"), FORWARDS)?;
    write(&configuration.join("postrooms"), &postrooms(ports))?;
    let limits = if guests == Guests::Crowd { FOR_A_CROWD } else { "" };
    write(&configuration.join("main.cf"), &(main(folder, certificates, owner) + limits))?;
    write(&configuration.join("master.cf"), &master(ports))?;
    give(&configuration, 0, 0)?;
    give(&folder.join("spool"), 0, 0)?;
    // Makes the queue's folders. The program is then started directly: `postfix start-fg`
    // would put it into a session of its own, out of reach of whoever ends our process group.
    shell::output(debian::privileged("/usr/sbin/postfix").arg("-c").arg(&configuration).arg("check"))?;
    let programs = shell::output(
        Command::new("/usr/sbin/postconf").arg("-c").arg(&configuration).args(["-h", "daemon_directory"]),
    )?;
    let master = Path::new(programs.trim()).join("master");
    Running::start("Postfix", debian::privileged(master).arg("-d").arg("-c").arg(configuration).stdin(Stdio::null()))
}

/// An address that forwards: `fwd=LOCAL=DOMAIN@` our domain goes on to LOCAL@DOMAIN, as an alias does at a provider.
const FORWARDS: &str = r"/^fwd=([^=@]+)=([^=@]+)@example\.test$/ $1@$2
";

/// Mail for the Postroom that listens on port N and calls itself pN.postroom.localhost: it needs no MX record.
fn postrooms(ports: Ports) -> String {
    ports.postrooms().map(|port| format!(".p{port}.postroom.localhost smtp:[127.0.0.1]:{port}\n")).collect()
}

/// Who may send as this person: whoever signed in as it, and members with Send As under their own name.
fn senders(person: &Person) -> String {
    let members = person.role.members().iter().filter(|member| member.send_as);
    let logins: String = members.map(|member| format!(",{}", member.address)).collect();
    format!("{0} {0}{logins}\n", person.address)
}

/// Postfix knows only whose mailbox was opened, not whose token opened it, so a mailbox that some member
/// may not send as is refused for all; in Exchange's words.
fn refused_sender(person: &Person) -> Option<String> {
    let refused = person.role.members().iter().any(|member| !member.send_as);
    refused.then(|| {
        format!("{} 550 5.7.60 SMTP; Client does not have permissions to send as this sender\n", person.address)
    })
}

fn main(folder: &Path, certificates: &Certificates, owner: MailOwner) -> String {
    let MailOwner { user, group } = owner;
    let folder = folder.display();
    let certificate = certificates.server_file.display();
    format!(
        r#"# Postfix 3.7
compatibility_level = 3.6
queue_directory = {folder}/spool
data_directory = {folder}/postfix-data
maillog_file = {folder}/postfix.log
maillog_file_prefixes = {folder}
myhostname = mail.{DOMAIN}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks_style = host

# Mail for our people is delivered, and some is forwarded to a Postroom here; nothing ever leaves this machine.
mydestination =
alias_maps =
local_recipient_maps =
virtual_mailbox_domains = {DOMAIN}
virtual_alias_maps = regexp:{folder}/postfix/forwards
transport_maps = texthash:{folder}/postfix/postrooms
smtp_tls_security_level = may
smtp_host_lookup = native
virtual_mailbox_base = {folder}/mail
virtual_mailbox_maps = texthash:{folder}/postfix/mailboxes
virtual_minimum_uid = 1
virtual_uid_maps = static:{user}
virtual_gid_maps = static:{group}
default_transport = error:5.7.1 This test server sends nothing to other machines

smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = {folder}/sasl
smtpd_sasl_security_options = noanonymous
smtpd_sender_login_maps = texthash:{folder}/postfix/senders
# A sender that is not the signed-in user's own is refused at MAIL FROM already.
smtpd_delay_reject = no
smtpd_sender_restrictions = reject_sender_login_mismatch,
    check_sender_access texthash:{folder}/postfix/refused-senders
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_recipient_restrictions = permit_sasl_authenticated, reject
smtpd_error_sleep_time = 0
smtpd_client_connection_count_limit = 0

smtpd_tls_chain_files = {certificate}
smtpd_tls_security_level = encrypt
smtpd_tls_auth_only = yes
smtpd_tls_loglevel = 1
"#
    )
}

fn master(ports: Ports) -> String {
    let Ports { smtp_tls, smtp_starttls, .. } = ports;
    format!(
        "\
# service type private unpriv chroot wakeup maxproc command
127.0.0.1:{smtp_starttls} inet n - n - - smtpd
127.0.0.1:{smtp_tls} inet n - n - - smtpd
  -o smtpd_tls_wrappermode=yes
postlog unix-dgram n - n - 1 postlogd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
smtp unix - - n - - smtp
anvil unix - - n - 1 anvil
"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forwarding_addresses_are_in_the_domain_of_the_people() {
        assert!(FORWARDS.contains(&format!("@{}", DOMAIN.replace('.', "\\."))));
    }

    #[test]
    fn whoever_may_send_as_a_shared_mailbox_is_among_its_senders() {
        let person = |address: &str| PEOPLE.iter().find(|person| person.address == address).unwrap();
        let (desk, readonly, bob) =
            (person("desk@example.test"), person("readonly@example.test"), person("bob@example.test"));
        assert_eq!(senders(desk), "desk@example.test desk@example.test,ada@example.test\n");
        assert_eq!(senders(readonly), "readonly@example.test readonly@example.test\n");
        assert_eq!(senders(bob), "bob@example.test bob@example.test\n");
        assert_eq!(refused_sender(desk), None);
        assert!(refused_sender(readonly).unwrap().starts_with("readonly@example.test 550 5.7.60 "));
    }
}
