//! Macros in an SPF record's domains (RFC 7208 7).

use std::net::IpAddr;

use super::Sender;

/// Longest name that may come out; longer ones lose labels at their beginning (RFC 7208 7.3).
const MAX_NAME: usize = 253;

/// The domain with its macros filled in; `None` where one cannot be read.
pub(super) fn expand(spec: &str, sender: Sender<'_>, address: IpAddr, domain: &str) -> Option<String> {
    let mut name = String::with_capacity(spec.len());
    let mut rest = spec;
    while let Some((before, after)) = rest.split_once('%') {
        name.push_str(before);
        rest = if let Some(after) = after.strip_prefix('%') {
            name.push('%');
            after
        } else if let Some(after) = after.strip_prefix('_') {
            name.push(' ');
            after
        } else if let Some(after) = after.strip_prefix('-') {
            name.push_str("%20");
            after
        } else {
            let (inside, after) = after.strip_prefix('{')?.split_once('}')?;
            name.push_str(&value(inside, sender, address, domain)?);
            after
        };
    }
    name.push_str(rest);
    while name.len() > MAX_NAME {
        name = name.split_once('.')?.1.to_owned();
    }
    Some(name)
}

/// `letter [digits] ["r"] delimiters`
fn value(inside: &str, sender: Sender<'_>, address: IpAddr, domain: &str) -> Option<String> {
    let letter = inside.chars().next()?;
    let rest = inside.get(letter.len_utf8()..)?;
    let value = match letter.to_ascii_lowercase() {
        's' => format!("{}@{}", sender.local_part, sender.domain),
        'l' => sender.local_part.to_owned(),
        'o' => sender.domain.to_owned(),
        'd' => domain.to_owned(),
        'h' => sender.helo.to_owned(),
        'v' => if address.is_ipv6() { "ip6" } else { "in-addr" }.to_owned(),
        'i' => dotted(address),
        // The validated name of the address, which nobody should rest on.
        'p' => "unknown".to_owned(),
        _ => return None,
    };
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    let rest = rest.strip_prefix(digits.as_str())?;
    let reversed = rest.strip_prefix(['r', 'R']);
    let delimiters = match reversed.unwrap_or(rest) {
        "" => ".",
        given if given.chars().all(|c| ".-+,/_=".contains(c)) => given,
        _ => return None,
    };
    let mut parts: Vec<&str> = value.split(|c| delimiters.contains(c)).collect();
    if reversed.is_some() {
        parts.reverse();
    }
    let kept = if digits.is_empty() { parts.len() } else { digits.parse().ok().filter(|&kept: &usize| kept > 0)? };
    let from = parts.len().saturating_sub(kept);
    Some(parts.get(from..)?.join("."))
}

/// The address as macros write it: IPv6 in 32 single digits (RFC 7208 7.3).
fn dotted(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let digits = format!("{:032x}", address.to_bits());
            digits.chars().map(String::from).collect::<Vec<_>>().join(".")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The sender of RFC 7208 7.4.
    const SENDER: Sender<'_> =
        Sender { local_part: "strong-bad", domain: "email.example.com", helo: "mail.example.com" };

    fn expanded(spec: &str, address: &str) -> Option<String> {
        expand(spec, SENDER, address.parse().unwrap(), "email.example.com")
    }

    #[test]
    fn the_examples_of_the_rfc_come_out_as_written_there() {
        for (spec, result) in [
            ("%{s}", "strong-bad@email.example.com"),
            ("%{o}", "email.example.com"),
            ("%{d4}", "email.example.com"),
            ("%{d2}", "example.com"),
            ("%{d1}", "com"),
            ("%{dr}", "com.example.email"),
            ("%{d2r}", "example.email"),
            ("%{l-}", "strong.bad"),
            ("%{lr-}", "bad.strong"),
            ("%{l1r-}", "strong"),
            ("%{ir}.%{v}._spf.%{d2}", "3.2.0.192.in-addr._spf.example.com"),
            ("%{lr-}.lp.%{ir}.%{v}._spf.%{d2}", "bad.strong.lp.3.2.0.192.in-addr._spf.example.com"),
        ] {
            assert_eq!(expanded(spec, "192.0.2.3").as_deref(), Some(result), "{spec}");
        }
        assert_eq!(
            expanded("%{ir}.%{v}._spf.%{d2}", "2001:db8::cb01").as_deref(),
            Some("1.0.b.c.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6._spf.example.com")
        );
    }

    #[test]
    fn what_is_no_macro_is_refused() {
        for spec in ["%", "%{", "%{}", "%{z}", "%{d0}", "%x", "%{d!}", "%{d99999999999999999999999}"] {
            assert_eq!(expanded(spec, "192.0.2.3"), None, "{spec}");
        }
    }
}
