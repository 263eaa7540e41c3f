//! The way to the server: its name, its address, its port.

use super::provider;
use crate::remedy::{
    scene::{Scene, ports, step_name},
    words::{Words, steps, words},
};

pub(super) fn host_not_found(scene: &Scene) -> Words {
    let Scene { host, title_host, domain, .. } = scene;
    words!(
        "No server is known by the name {title_host}";
        "The internet's directory of names (DNS) has no entry for {host}. Usually the name is mistyped.";
        "Compare the server name letter by letter with the one your mail provider gives for {domain}.",
        "Type the name only, without “https://” and without the port.",
        "If the name is known only inside your company, Postroom has to use your company's name server: ask whoever runs it.",
    )
    .first(provider::right_server_or(scene, Vec::new()))
}

pub(super) fn host_has_no_address(scene: &Scene) -> Words {
    let Scene { host, title_host, domain, protocol_name, .. } = scene;
    words!(
        "{title_host} is a known name, but no server stands behind it";
        "The internet's directory of names (DNS) knows {host} but gives no address for it. It may serve another purpose, such as receiving mail only.";
        "Look up the {protocol_name} server for {domain} in your mail provider's instructions and enter that name.",
        "If the name is right, ask whoever looks after its DNS to add an address (an A or AAAA record).",
    )
    .first(provider::right_server_or(scene, Vec::new()))
}

pub(super) fn host_name_invalid(scene: &Scene) -> Words {
    let Scene { protocol_name, .. } = scene;
    words!(
        "This cannot be the name of a server";
        "A server name has only letters, digits, hyphens and dots, as in mail.example.com.";
        "Enter the name of the {protocol_name} server alone: no spaces, no “https://”, no “@”, no port.",
        "If you copied the name, delete it and type it by hand: copied text can hold characters that cannot be seen.",
    )
    .first(provider::right_server_or(scene, Vec::new()))
}

pub(super) fn dns_timed_out(scene: &Scene) -> Words {
    let Scene { host, title_host, .. } = scene;
    words!(
        "No name server could be asked for {title_host}";
        "The name server that Postroom's machine asks did not answer in time, or cannot be reached at all. This says nothing about {host} or your settings.";
        "Check again in a minute.",
        "If it stays so, run the command shown here on the machine Postroom runs on. If it gets no answer either, the machine's name server is not reachable.",
        "Correct the machine's DNS settings (on Linux in /etc/resolv.conf), or let it reach its name server on port 53.",
    )
}

pub(super) fn dns_failed(scene: &Scene) -> Words {
    let Scene { host, title_host, .. } = scene;
    words!(
        "Looking up the name {title_host} failed";
        "A name server answered with an error instead of an address. Either the DNS entries around {host} are broken, or a name server refuses to answer Postroom's machine.";
        "Run the command shown here on another network. If it fails there too, the domain's DNS is broken: tell whoever looks after it.",
        "If it works elsewhere, the name server used by Postroom's machine is at fault: have it corrected or use another one.",
    )
}

pub(super) fn dns_refused(scene: &Scene) -> Words {
    let Scene { host, title_host, .. } = scene;
    words!(
        "The name server refuses to look up {title_host}";
        "The name server of Postroom's machine answered REFUSED: it does not serve this machine, or a filter blocks the name. {host} itself may be in order.";
        "Run the command shown here on the machine Postroom runs on. If it says REFUSED as well, that machine needs another name server.",
        "Ask whoever runs Postroom to set one: in the system's settings (on Linux: /etc/resolv.conf), or as name_servers under [network] in postroom.toml.",
        "If a DNS filter in your network blocks names, have {host} allowed.",
    )
}

pub(super) fn address_not_allowed(scene: &Scene, address: &str) -> Words {
    let Scene { host, title_host, .. } = scene;
    let address = step_name(address);
    words!(
        "Postroom is not allowed to connect to {title_host}";
        "{host} leads to {address}, an address inside a private network or reserved for special use. Postroom does not go there unless its operator permits it, so that nobody can use it to look around the network.";
        "Check that the server name is the one meant for access from outside.",
        "If the mail server is meant to be inside your network, ask whoever runs Postroom to set allow_private = true under [network] in postroom.toml and to restart it.",
        "For a mail server on the same machine as Postroom the setting is allow_loopback = true.",
    )
}

pub(super) fn connection_refused(scene: &Scene, port: u16) -> Words {
    let Scene { host, title_host, protocol_name, .. } = scene;
    words!(
        "{title_host} refuses connections on port {port}";
        "The machine answers, but no mail service listens on this port. The port is wrong, or the service is switched off.";
        "If the port is right, ask the administrator of {host} to start the {protocol_name} service and to let Postroom reach it.",
    )
    .first(provider::check_port(scene))
}

pub(super) fn connect_timed_out(scene: &Scene, port: u16) -> Words {
    let Scene { host, title_host, .. } = scene;
    let words = words!(
        "{title_host} does not answer on port {port}";
        "Nothing came back, not even a refusal. Most often a firewall drops the connection silently, or the port is wrong.";
        "Run the command shown here on another network as well. If it connects there, only Postroom's machine is kept out; if it hangs there too, nobody is let in on this port.",
        "If only Postroom's machine is kept out: ask whoever runs its network to allow outgoing TCP connections to {host}, port {port} (firewall, cloud security group), and the administrator of {host} whether a firewall there drops Postroom's IP address.",
        "If it hangs everywhere: ask the administrator of {host} whether the service runs and port {port} is open.",
    );
    let words = words.first(provider::check_port(scene));
    if port == 25 { words.first(provider::not_port_25()) } else { words }
}

pub(super) fn port_blocked(scene: &Scene, port: u16, reference: Option<&str>) -> Words {
    let Scene { host, .. } = scene;
    if port == 25 {
        return words!(
            "Your network or provider blocks port 25";
            "Nothing comes back from {host} on port 25. Internet providers and clouds close this port almost everywhere, because it is meant for mail between servers. Your settings need not be wrong otherwise.";
            "To have port 25 opened all the same, ask whoever runs the network, or the cloud provider, and show them the command below.",
        )
        .first(provider::not_port_25());
    }
    let reference = step_name(reference.unwrap_or_default());
    words!(
        "Your network blocks outgoing connections on port {port}";
        "{host} does not answer on port {port}, and neither does {reference}, which is known to answer there. So the way out is closed, not the server.";
        "Show whoever runs the network the command below: run on the machine Postroom runs on, it fails as long as the port is closed.",
        "Ask them to allow outgoing TCP connections from that machine to {host}, port {port} (firewall, cloud security group, proxy).",
        "Check again afterwards. Nothing needs to change here.",
    )
}

pub(super) fn not_listening(scene: &Scene, port: u16, reference: &str, open: &[u16]) -> Words {
    let Scene { host, title_host, protocol_name, .. } = scene;
    let reference = step_name(reference);
    let words = words!(
        "{title_host} does not listen on port {port}";
        "The way out is open: {reference} answers on port {port} from here. It is {host} that does not answer on it.";
    );
    if open.is_empty() {
        return words
            .then(steps![
                "Ask the administrator of {host} whether {protocol_name} is switched on there, and whether a firewall keeps Postroom's IP address out.",
            ])
            .first(provider::check_port(scene));
    }
    let listed = ports(open);
    words.then(steps![
        "The server answers on port {listed}. Use that port, with the encryption that belongs to it.",
        "If it has to be port {port}, ask the administrator of {host} to open it for {protocol_name}.",
    ])
}

pub(super) fn unreachable(scene: &Scene) -> Words {
    let Scene { host, title_host, port, .. } = scene;
    words!(
        "There is no way to {title_host} from here";
        "The network says that it cannot reach this server. Postroom's machine may be offline, lack a route, or have only IPv4 where the server has only IPv6.";
        "Run the command shown here on the machine Postroom runs on, to see whether it is connected at all.",
        "If the server is inside a private network, the machine needs a route or VPN to it.",
        "Ask whoever runs the network to make {host}, port {port} reachable from that machine.",
    )
}

pub(super) fn connect_denied(scene: &Scene, port: u16) -> Words {
    let Scene { title_host, .. } = scene;
    words!(
        "Postroom's own machine blocked the connection to {title_host}";
        "A rule on this machine stopped the connection before it left: SELinux, AppArmor, a container's policy or a local firewall.";
        "Ask whoever runs Postroom to allow it outgoing connections to port {port}.",
        "With SELinux or AppArmor, the system's log (journalctl, audit.log) names the rule at the time of this check.",
        "Check again.",
    )
}

pub(super) fn out_of_sockets(scene: &Scene) -> Words {
    let Scene { host, .. } = scene;
    words!(
        "Postroom's own machine has no connection left";
        "Every connection takes a socket and a local port of the machine that Postroom runs on, and one of the two is used up. This says nothing about {host} or your settings.";
        "Check again in a minute: connections that have ended give their sockets back.",
        "Ask whoever runs Postroom to run the command shown here on its machine. It counts the connections in use.",
        "If Postroom itself needs that many, they raise the limit of open files for the service (systemd: LimitNOFILE) and restart it. If it is the local ports, they widen net.ipv4.ip_local_port_range. If another program holds them, that one has to be stopped or limited.",
    )
}

pub(super) fn connection_lost(scene: &Scene) -> Words {
    let Scene { host, port, .. } = scene;
    words!(
        "The connection broke off";
        "The server, or something between it and Postroom, closed the connection in the middle of the conversation. That happens when a server restarts, and when it blocks an address after many failed sign-ins.";
        "Check again in a minute.",
        "If it breaks at the same step each time, ask the administrator of {host} whether Postroom's IP address is blocked (fail2ban, allow list).",
        "If a firewall inspects mail connections, have it let port {port} through untouched.",
    )
}

pub(super) fn timed_out(scene: &Scene, seconds: u64) -> Words {
    let Scene { host, port, .. } = scene;
    words!(
        "The server took too long to answer";
        "The connection stands, but no answer came within {seconds} seconds. The server is busy, slows down unknown visitors on purpose, or expects a different kind of connection on this port.";
        "Check again in a minute.",
        "Make sure that “How encryption begins”, under “User name and encryption details”, is right for port {port}. “As the port suggests” mostly is.",
        "If it stays so, ask the administrator of {host} whether the server is overloaded or holds back Postroom's IP address.",
    )
}
