//! Who is known to open encrypted connections: firewalls, proxies and virus scanners.
//!
//! They make a certificate for every server on the fly and sign it with an authority of their own, which
//! mostly goes by the maker's name.

/// Pieces of the names such authorities have as delivered, in lower case. Names that public authorities or
/// ordinary mail servers have, too, must not be here.
const MAKERS: &[&str] = &[
    "ahnlab",
    "avast web/mail shield",
    "avg web/mail shield",
    "barracuda",
    "bitdefender",
    "blue coat",
    "bluecoat",
    "check point",
    "cisco umbrella",
    "cloudflare gateway",
    "dr.web",
    "eset ssl filter",
    "ewalker",
    "forcepoint",
    "fortigate",
    "fortinet",
    "gateway ca - cloudflare",
    "kaspersky",
    "mcafee web gateway",
    "mitmproxy",
    "monitorapp",
    "netskope",
    "palo alto networks",
    "skyhigh",
    "somansa",
    "sonicwall",
    "sophos",
    "soosan",
    "squid proxy",
    "untangle",
    "watchguard",
    "websense",
    "zscaler",
];

/// True where the issuer calls itself as the maker of such a device does.
pub fn made_by_a_device(issuer: &str) -> bool {
    let issuer = issuer.to_lowercase();
    MAKERS.iter().any(|maker| issuer.contains(maker))
}

#[cfg(test)]
mod tests {
    use super::made_by_a_device;

    #[test]
    fn a_device_is_known_by_its_makers_name_and_nobody_else_is() {
        for issuer in [
            "Fortinet, FortiGate CA",
            "Zscaler Inc., Zscaler Intermediate Root CA (zscaler.net) (t)",
            "Sophos, Sophos SSL CA_C01001",
            "AO Kaspersky Lab, Kaspersky Anti-Virus Personal Root Certificate",
            "AhnLab, Inc., AhnLab TrusGuard SSL CA",
            "Avast Software, avast! Web/Mail Shield Root, Avast Web/Mail Shield Root",
            "Netskope, ca.example.goskope.com",
        ] {
            assert!(made_by_a_device(issuer), "{issuer}");
        }
        for issuer in [
            "Let's Encrypt, R11",
            "DigiCert Inc, DigiCert Global G2 TLS RSA SHA256 2020 CA1",
            "Cloudflare, Inc., Cloudflare Inc ECC CA-3",
            "Sectigo Limited, Sectigo RSA Domain Validation Secure Server CA",
            "Example Corp, Example Corp Internal CA",
            "Cisco Systems, HydrantID Server CA O1",
            "",
        ] {
            assert!(!made_by_a_device(issuer), "{issuer}");
        }
    }
}
