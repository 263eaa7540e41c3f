//! The words by which a problem can be found: what servers, libraries and other mail programs say about it.
//!
//! What servers say is taken from the very tables that recognise it, so that whatever is recognised is found.

use std::collections::{BTreeMap, BTreeSet};

use crate::{imap, oauth, smtp};

/// What operating systems, TLS libraries and other programs say, in lower case.
const ELSEWHERE: &[(&str, &str)] = &[
    ("host_not_found", "nxdomain enotfound getaddrinfo name or service not known no such host"),
    ("dns_timed_out", "eai_again temporary failure in name resolution"),
    ("dns_failed", "servfail dnssec"),
    ("dns_refused", "refused eai_fail"),
    ("connection_refused", "econnrefused connection refused os error 111"),
    ("connect_timed_out", "etimedout timed out os error 110"),
    ("unreachable", "ehostunreach enetunreach no route to host network is unreachable os error 113 os error 101"),
    ("connect_denied", "eacces eperm permission denied selinux apparmor"),
    (
        "out_of_sockets",
        "emfile enfile enobufs eaddrnotavail too many open files os error 24 no buffer space cannot assign requested address os error 99",
    ),
    ("connection_lost", "econnreset epipe connection reset by peer unexpected eof broken pipe"),
    ("not_a_tls_port", "wrong version number invalidcontenttype ssl3_get_record"),
    ("certificate_expired", "certificate has expired cert_has_expired"),
    ("certificate_not_yet_valid", "certificate is not yet valid"),
    ("certificate_for_other_name", "hostname mismatch err_tls_cert_altname_invalid notvalidforname"),
    ("certificate_untrusted", "unknownissuer unable to get local issuer certificate unknown ca"),
    (
        "certificate_chain_incomplete",
        "unknownissuer unable to verify the first certificate unable_to_verify_leaf_signature intermediate",
    ),
    ("certificate_inspected", "ssl inspection https scanning fortinet zscaler sophos kaspersky ahnlab"),
    ("certificate_self_signed", "self-signed certificate self signed depth_zero_self_signed_cert causedasendentity"),
    ("certificate_without_names", "subject alternative name common name san"),
    ("pinned_certificate_changed", "fingerprint mismatch pin pinning certificate changed public key pinning failure"),
    ("certificate_too_weak", "sha-1 sha1 md5 rsa 1024 ca md too weak ee key too small x.509 v1 badsignature"),
    ("host_not_served", "unrecognized name unrecognisedname sni"),
    ("tls_too_old", "protocol version unsupported protocol tls 1.0 tls 1.1 tlsv1 sslv3"),
    ("tls_no_shared_cipher", "handshake failure no shared cipher sslv3 alert handshake failure"),
    ("folder_uids_do_not_last", "uidnotsticky uidvalidity non-persistent uids"),
    ("client_certificate_wanted", "certificate required alert number 116"),
];

/// Every kind's words, in lower case.
pub(super) fn by_kind() -> BTreeMap<&'static str, BTreeSet<String>> {
    let mut all: BTreeMap<&'static str, BTreeSet<String>> = BTreeMap::new();
    let elsewhere = ELSEWHERE.iter().map(|&(kind, words)| (kind, words.to_owned()));
    let told = imap::classify::vocabulary().chain(smtp::classify::vocabulary()).chain(oauth::vocabulary());
    for (kind, words) in elsewhere.chain(told) {
        all.entry(kind).or_default().insert(words);
    }
    all
}
