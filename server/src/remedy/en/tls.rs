//! Encryption: the port's way to begin, the certificate, the versions.

use super::provider::{self, AS_THE_PORT_SUGGESTS, FROM_THE_FIRST_BYTE, WITH_START_TLS};
use crate::{
    model::{Fingerprint, Language, Provider, Timestamp, Weakness},
    remedy::{
        date::day,
        scene::{Scene, list, step_name},
        words::{Words, steps, words},
    },
};

pub(super) fn not_a_tls_port(scene: &Scene, port: u16) -> Words {
    let Scene { protocol_name, tls_port, .. } = scene;
    let general = if port == *tls_port {
        steps!["Keep port {port}, {WITH_START_TLS}."]
    } else {
        steps![
            "Set the port to {tls_port} and leave “Use SSL/TLS” ticked. That is the usual choice for {protocol_name}.",
            "If the server has no port {tls_port}, keep port {port}, {WITH_START_TLS}."
        ]
    };
    words!("Port {port} does not begin with encryption"; "Postroom began to encrypt at once, as SSL/TLS does, but on this port the server starts in plain text and encrypts later (STARTTLS), or not at all.";).then(provider::right_server_or(scene, general))
}

pub(super) fn tls_from_the_start(scene: &Scene, port: u16) -> Words {
    let Scene { protocol_name, start_tls_port, .. } = scene;
    let general = steps![
        "Keep port {port}, {FROM_THE_FIRST_BYTE}.",
        "To use STARTTLS instead, set the port to {start_tls_port}, the usual one for {protocol_name} with STARTTLS, and “How encryption begins” to “As the port suggests”."
    ];
    words!("Port {port} is encrypted from the start"; "Postroom waited for a greeting in plain text, but on this port the server expects SSL/TLS at once.";).then(provider::right_server_or(scene, general))
}

pub(super) fn start_tls_not_offered(scene: &Scene) -> Words {
    let Scene { host, tls_port, .. } = scene;
    words!("The server does not offer STARTTLS"; "Without it the password would travel unencrypted, so Postroom stopped. The server may use another port for encryption, or a device on the way removes the offer."; "If that does not help, ask the administrator of {host} to switch on STARTTLS or SSL/TLS.", "If the administrator says STARTTLS is on, a firewall in between is filtering it: have it let the connection through untouched.")
        .first(provider::right_server_or(scene, steps!["Set the port to {tls_port}, {AS_THE_PORT_SUGGESTS}."]))
}

pub(super) fn start_tls_refused(scene: &Scene) -> Words {
    let Scene { host, tls_port, .. } = scene;
    words!(
        "The server offers STARTTLS but would not begin it";
        "The server's own encryption is not working at the moment, often because its certificate or key cannot be read.";
        "Try port {tls_port} instead: {AS_THE_PORT_SUGGESTS}.",
        "If that fails too, tell the administrator of {host}: the server's log says what is wrong with its certificate.",
    )
}

pub(super) fn start_tls_injected(scene: &Scene) -> Words {
    let Scene { tls_port, .. } = scene;
    words!(
        "Somebody may be tampering with this connection";
        "Extra data arrived before the encryption began, where nothing may come. Postroom broke off and sent no password. It is an old attack, or a faulty device on the way.";
        "Set the port to {tls_port}, {FROM_THE_FIRST_BYTE}: then nothing can be slipped in.",
        "Ask whoever runs the network which device (firewall, mail filter) handles this connection, and have it updated or removed.",
        "Tell the mail server's administrator; an outdated server can show the same fault.",
    )
}

/// A session that has begun signed in cannot be encrypted any more (RFC 9051, section 6.2.1).
pub(super) fn signed_in_before_tls(scene: &Scene) -> Words {
    let Scene { host, tls_port, .. } = scene;
    words!(
        "Somebody may be tampering with this connection";
        "The first words that came said that somebody is signed in already (PREAUTH). A connection that begins so cannot be encrypted any more, which is how somebody on the way keeps it in clear. Postroom broke off and sent no password.";
        "Set the port to {tls_port}, {FROM_THE_FIRST_BYTE}: then nobody on the way can put words into it.",
        "Ask whoever runs the network which device (firewall, mail filter) handles this connection, and have it updated or removed.",
        "Ask the administrator of {host} whether the server itself greets with PREAUTH. To programs from outside it has no reason to.",
    )
}

pub(super) fn certificate_expired(scene: &Scene, not_after: Timestamp) -> Words {
    let Scene { host, .. } = scene;
    let date = day(not_after, Language::En);
    words!(
        "The server's certificate expired on {date}";
        "A certificate proves that a server is who it says it is. This one is out of date, so Postroom cannot tell the real server from an impostor.";
        "Ask the administrator of {host} to renew the certificate and to reload the mail service. Other mail programs show the same warning.",
        "If the web server already has a new one, the mail service may still be using the old file.",
        "Check again afterwards. Nothing needs to change here.",
    )
}

pub(super) fn certificate_not_yet_valid(scene: &Scene, not_before: Timestamp) -> Words {
    let Scene { host, .. } = scene;
    let date = day(not_before, Language::En);
    words!(
        "The server's certificate is valid only from {date}";
        "Seen from here that day has not come. Nearly always the clock of Postroom's machine is wrong.";
        "Compare date and time on the machine Postroom runs on with the real time, and switch on time synchronisation (on Linux: timedatectl set-ntp true).",
        "If the clock is right, ask the administrator of {host} to install a certificate that is valid today.",
    )
}

pub(super) fn certificate_for_other_name(scene: &Scene, names: &[String]) -> Words {
    let Scene { host, title_host, .. } = scene;
    let listed = list(names, 4);
    if scene.is_address {
        return words!(
            "The certificate is for a name, not for an IP address";
            "An IP address was entered as the server name, and certificates are made for names. So Postroom cannot tell whether {host} is the right server.";
            "Enter the server's name instead of {host}. The certificate is for: {listed}.",
            "If it is none of these, look up the server name in your mail provider's instructions.",
        )
        .first(provider::right_server_or(scene, Vec::new()));
    }
    let words = words!(
        "The certificate is not for {title_host}";
        "The server proved that it is somebody, but not {host}. With hosted mail the certificate often carries the name of the hosting company's server.";
    );
    if names.is_empty() {
        return words.then(steps![
            "The certificate names no server in the form used today (Subject Alternative Name). Ask the administrator of {host} to have it issued anew.",
        ]);
    }
    words
        .then(steps![
            "The certificate is for: {listed}. If your provider names one of these as the mail server, enter it as the server name. A name with “*” stands for any one word in that place.",
            "Otherwise ask the administrator of {host} for a certificate that includes this name.",
        ])
        .first(provider::right_server_or(scene, Vec::new()))
}

pub(super) fn certificate_untrusted(scene: &Scene, issuer: &str) -> Words {
    let Scene { host, .. } = scene;
    let issuer = step_name(issuer);
    if scene.provider != Provider::Other {
        return inspected(scene);
    }
    words!(
        "Nobody Postroom trusts vouches for the server's certificate";
        "The certificate was issued by “{issuer}”, which is not among the authorities Postroom knows. It may be your company's own authority, or the server leaves out a part of its certificate chain.";
        "If “{issuer}” is your company's own authority: get its certificate as a PEM file and choose “An authority of our own” under “Whom to trust” in the settings of this server. For all mailboxes at once, whoever runs Postroom adds the file to extra_ca_files under [network] in postroom.toml.",
        "If it is a public authority: ask the administrator of {host} to install the full chain (often called fullchain.pem), not the server's certificate alone.",
        "If it is the name of a security product, a firewall is opening encrypted mail: have it leave {host} alone.",
    )
}

pub(super) fn certificate_self_signed(scene: &Scene) -> Words {
    let Scene { host, .. } = scene;
    if scene.provider != Provider::Other {
        return inspected(scene);
    }
    words!(
        "The server vouches for itself";
        "Its certificate is self-signed: no independent authority confirms that this is {host}. Anybody could make such a certificate, so Postroom did not sign in.";
        "Ask the administrator of {host} to install a certificate from a public authority; Let's Encrypt issues them free of charge.",
        "Inside a company, a certificate from the company's own authority works too: choose “An authority of our own” under “Whom to trust” in the settings of this server.",
        "If the server is to keep this certificate, compare its SHA-256 fingerprint with the one that the administrator reads on the server. If both are the same, trust exactly this certificate.",
        "Check again afterwards.",
    )
}

/// A wrong certificate in the name of a service that always has a right one.
fn inspected(scene: &Scene) -> Words {
    let Scene { host, port, .. } = scene;
    let service = provider::name(scene);
    words!(
        "This certificate does not come from {service}";
        "{service} has valid certificates from public authorities. What Postroom was shown is most likely made by a firewall or virus scanner that opens encrypted connections.";
        "Ask whoever runs the network to exempt {host}, port {port} from TLS inspection (also called SSL inspection or HTTPS scanning).",
        "If your company wants to keep inspecting, whoever runs Postroom can add the inspecting device's authority to extra_ca_files under [network] in postroom.toml.",
        "If nobody knows of such a device, do not enter the password: somebody may be intercepting the connection.",
    )
}

pub(super) fn certificate_chain_incomplete(scene: &Scene, issuer: &str) -> Words {
    let Scene { host, .. } = scene;
    let issuer = step_name(issuer);
    words!(
        "The server leaves out a part of its certificate chain";
        "The certificate comes from a public authority, “{issuer}”, but the server does not send the certificate in between that leads to one Postroom knows. Browsers often fill such a gap by themselves, so nobody may have noticed.";
        "Ask the administrator of {host} to install the full chain, not the server's certificate alone. From Let's Encrypt it is the file fullchain.pem; elsewhere the file called CA bundle is put behind the certificate.",
        "The mail service has a setting of its own for it, apart from the web server's (Postfix: smtpd_tls_chain_files, Dovecot: ssl_cert). Reload it afterwards.",
        "Run the command shown here: it must list more than one certificate now. Then check again.",
    )
}

pub(super) fn certificate_inspected(scene: &Scene, issuer: &str) -> Words {
    let Scene { host, port, .. } = scene;
    let issuer = step_name(issuer);
    words!(
        "A security device opens this connection";
        "The certificate was not made for {host} by a public authority but by “{issuer}”, as firewalls and virus scanners do to read what is encrypted.";
        "Ask whoever runs the network to exempt {host}, port {port} from TLS inspection (also called SSL inspection or HTTPS scanning).",
        "If your company wants to keep inspecting, whoever runs Postroom can add the device's authority to extra_ca_files under [network] in postroom.toml.",
        "If {host} is such a device itself, a mail gateway with the certificate it was delivered with, its administrator has to install a proper one.",
    )
}

pub(super) fn certificate_without_names(scene: &Scene, common_name: &str) -> Words {
    let Scene { host, .. } = scene;
    let common_name = step_name(common_name);
    words!(
        "The certificate names no server";
        "It has only a common name, “{common_name}”, and no Subject Alternative Name. Up-to-date programs no longer look at the common name, because it is not made for host names.";
        "Ask the administrator of {host} to have the certificate issued anew with the server's name as Subject Alternative Name. Public authorities always do that; with a company's own authority it has to be asked for.",
        "Then have the mail service reloaded and check again. Nothing needs to change here.",
    )
}

pub(super) fn certificate_too_weak(scene: &Scene, weakness: &Weakness) -> Words {
    let Scene { host, .. } = scene;
    let why = match weakness {
        Weakness::Signature { algorithm } => {
            format!(
                "It is signed with {algorithm}, which has been broken: somebody could make another certificate that fits the same signature."
            )
        }
        Weakness::Key { bits } => {
            format!("Its RSA key has only {bits} bits. A key below 2048 bits can be worked out from the certificate.")
        }
        Weakness::Version { version } => {
            format!(
                "It is of version {version} of X.509, from the time before certificates could name their server. Programs take version 3 only."
            )
        }
    };
    words!(
        "The server's certificate is too weak";
        "{why}";
        "Ask the administrator of {host} to have the certificate issued anew: as X.509 version 3 with the server's name in it, an RSA key of at least 2048 bits or an ECDSA key, and signed with SHA-256.",
        "If it comes from the company's own authority, that authority has to sign with SHA-256 and a key of 2048 bits, too.",
        "Check again afterwards. Nothing needs to change here.",
    )
}

pub(super) fn host_not_served(scene: &Scene) -> Words {
    let Scene { host, title_host, .. } = scene;
    words!(
        "The server does not answer to the name {title_host}";
        "A server is there, but when Postroom asked for {host} it refused the encrypted connection: it serves other names only.";
        "Enter the server name exactly as your mail provider gives it. With hosted mail that is often a name of the provider and not one of your own domain.",
        "If the name is right, ask the administrator of {host} to add it to the TLS settings of the mail service (SNI).",
    )
    .first(provider::right_server_or(scene, Vec::new()))
}

pub(super) fn certificate_invalid(scene: &Scene) -> Words {
    let Scene { host, .. } = scene;
    words!(
        "The server's certificate cannot be used";
        "It has been revoked, is malformed, or was not made for a server. No up-to-date program will accept it.";
        "Ask the administrator of {host} to have the certificate issued anew: for this server name, with an RSA key of at least 2048 bits or an ECDSA key, and signed with SHA-256.",
        "Check again afterwards. Nothing needs to change here.",
    )
}

pub(super) fn pinned_certificate_changed(
    scene: &Scene,
    expected: &Fingerprint,
    found: &Fingerprint,
    vouched_for: bool,
) -> Words {
    let Scene { host, .. } = scene;
    let words = words!(
        "The server shows another certificate than the trusted one";
        "For this server one certificate is trusted: {expected}. Now it shows this one: {found}. Either somebody has renewed the certificate, or somebody has put another server in its place. Postroom did not sign in.";
    );
    let words = if vouched_for {
        words.then(steps![
            "Public or usual authorities vouch for the new certificate. Edit these settings and choose “The usual authorities” under “Whom to trust”: then a renewal never stops mail again.",
        ])
    } else {
        words
    };
    words.then(steps![
        "Ask the administrator of {host} whether the certificate was changed, and for the SHA-256 fingerprint of the new one. The command shown here prints it; it counts if it is run on the mail server itself.",
        "If both fingerprints are the same to the last digit, edit these settings, check again and trust the new certificate there. If not, change nothing: somebody may be listening.",
    ])
}

pub(super) fn client_certificate_wanted(scene: &Scene) -> Words {
    let Scene { host, protocol_name, .. } = scene;
    words!(
        "The server wants a certificate from Postroom";
        "This server lets in only programs that show a certificate of their own. Postroom signs in with a password or a browser sign-in and has none.";
        "Ask the administrator of {host} whether there is another {protocol_name} address or port without client certificates.",
        "If not, have the requirement lifted for the address Postroom connects from.",
    )
}

pub(super) fn tls_too_old(scene: &Scene) -> Words {
    let Scene { host, .. } = scene;
    words!(
        "The server's encryption is too old";
        "It speaks only TLS 1.1 or older, versions that have been broken and withdrawn. Postroom needs TLS 1.2 or 1.3.";
        "Ask the administrator of {host} to switch on TLS 1.2 or 1.3, which may take an update of the mail software or its operating system.",
        "Ask whether your provider has a newer server name for the same mailbox.",
    )
}

pub(super) fn tls_downgraded(scene: &Scene) -> Words {
    let Scene { host, port, .. } = scene;
    words!(
        "The server hears an encryption that is too old";
        "It says that the connection comes to it with TLS 1.0 or 1.1. Postroom speaks TLS 1.2 and 1.3 only, so something between the two opens the connection and encrypts it anew with an old version.";
        "Ask whoever runs the network which device handles connections to {host}, port {port}: a mail filter, a proxy, or a firewall with TLS inspection. Have it let them through untouched, or updated to TLS 1.2 or newer.",
        "Run the command shown here on the machine Postroom runs on, and once from another network. If the certificate's issuer is another one there, a device answers in the server's place.",
        "If {host} is a relay or proxy of your own that hands mail on, its own connection to the next server is too old. Update it.",
        "Check again.",
    )
}

pub(super) fn tls_no_shared_cipher(scene: &Scene) -> Words {
    let Scene { host, .. } = scene;
    words!(
        "The server and Postroom have no encryption method in common";
        "The server offers only methods that are considered unsafe today.";
        "Ask the administrator of {host} to allow ECDHE key exchange with AES-GCM or ChaCha20. The “intermediate” profile of Mozilla's TLS guidelines has them all.",
        "Check again afterwards. Nothing needs to change here.",
    )
}

pub(super) fn tls_failed(scene: &Scene) -> Words {
    let Scene { host, port, .. } = scene;
    words!(
        "The encrypted connection could not be set up";
        "Server and Postroom began to agree on encryption and did not finish. Often the port and the SSL/TLS setting do not belong together, or a device on the way interferes.";
        "Check again in a few minutes: a server that is overloaded or restarting breaks off like this, too.",
        "Make sure that “How encryption begins”, under “User name and encryption details”, is right for port {port}. “As the port suggests” mostly is.",
        "Run the command shown here on the machine Postroom runs on, and once from another network. If only the first fails, a firewall or proxy in between interferes, or {host} keeps Postroom's IP address out. Ask whoever runs the network to let {host} through untouched, and the administrator of {host} whether the address is blocked.",
        "If both fail, send the output to the administrator of {host}.",
    )
    .first(provider::right_server_or(scene, Vec::new()))
}
