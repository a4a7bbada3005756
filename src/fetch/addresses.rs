//! Which network addresses a fetch may connect to: public ones, and those an application lists.

use ipnet::IpNet;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::future::Future;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use url::{Host, Url};

/// Looks up the addresses of a host name.
pub type Lookup = Arc<dyn Fn(String) -> Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>> + Send + Sync>;

/// The lookup of this machine: its hosts file, its name servers.
pub fn system_lookup() -> Lookup {
    Arc::new(|name| {
        Box::pin(async move { Ok(tokio::net::lookup_host((name, 0)).await?.map(|place| place.ip()).collect()) })
    })
}

/// The addresses beside the public ones that may be connected to.
#[derive(Debug, Clone, Default)]
pub(super) struct Addresses {
    listed: Vec<IpNet>,
}

impl Addresses {
    /// Lists an address (`10.0.0.7`) or a network (`10.0.0.0/8`); `None` if it is neither.
    pub(super) fn list(&mut self, written: &str) -> Option<()> {
        let written = written.trim();
        let net = written.parse::<IpNet>().ok().or_else(|| written.parse::<IpAddr>().ok().map(IpNet::from))?;
        self.listed.push(net);
        Some(())
    }

    /// Lists what the operator has written as a host: an address as it is, this machine for `localhost`.
    pub(super) fn list_host(&mut self, host: &Host<&str>) {
        match host {
            Host::Ipv4(ip) => self.listed.push(IpNet::from(IpAddr::from(*ip))),
            Host::Ipv6(ip) => self.listed.push(IpNet::from(IpAddr::from(*ip))),
            Host::Domain(name) if name.trim_end_matches('.').eq_ignore_ascii_case("localhost") => {
                self.listed.extend(["127.0.0.0/8", "::1/128"].iter().filter_map(|net| net.parse::<IpNet>().ok()));
            }
            Host::Domain(_) => {}
        }
    }

    /// Whether an address may be connected to.
    pub(super) fn allow(&self, ip: IpAddr) -> bool {
        let is_listed = |ip: IpAddr| self.listed.iter().any(|net| net.contains(&ip));
        if is_listed(ip) {
            return true;
        }
        match ip {
            IpAddr::V4(ip) => is_public_v4(ip),
            IpAddr::V6(ip) => match inner_v4(ip) {
                Some(inner) => is_listed(inner.into()) || is_public_v4(inner),
                None => is_public_v6(ip),
            },
        }
    }

    /// Whether the host of a URL is written as an address that may not be connected to. However it was spelt (`0x7f.1`,
    /// `2130706433`), the URL holds it as an address.
    pub(super) fn refuse_literal(&self, url: &Url) -> bool {
        match url.host() {
            Some(Host::Ipv4(ip)) => !self.allow(ip.into()),
            Some(Host::Ipv6(ip)) => !self.allow(ip.into()),
            _ => false,
        }
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let is_special = ip.is_private()
        || ip.is_loopback()
        || ip.is_link_local()
        || ip.is_documentation()
        || ip.is_multicast()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 198 && (18..20).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99);
    !is_special
}

/// Of IPv6 only global unicast is public (RFC 4291 §2.4), but for what is set aside in it: protocol assignments (2001::/23),
/// and documentation.
fn is_public_v6(ip: Ipv6Addr) -> bool {
    let [a, b, ..] = ip.segments();
    let is_set_aside = (a == 0x2001 && (b < 0x200 || b == 0xdb8)) || (a == 0x3fff && b < 0x1000);
    a & 0xe000 == 0x2000 && !is_set_aside
}

/// The IPv4 address in an IPv6 one that stands for it: mapped, compatible, NAT64 (RFC 6052), 6to4 (RFC 3056) or ISATAP
/// (RFC 5214).
fn inner_v4(ip: Ipv6Addr) -> Option<Ipv4Addr> {
    let v4 = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    match ip.segments() {
        [0, 0, 0, 0, 0, 0xffff, high, low] => Some(v4(high, low)),
        // `::` and `::1` are no IPv4 addresses, but none of 0.0.0.0/8 is public either.
        [0, 0, 0, 0, 0, 0, high, low] => Some(v4(high, low)),
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => Some(v4(high, low)),
        [0x2002, high, low, ..] => Some(v4(high, low)),
        [_, _, _, _, 0 | 0x200, 0x5efe, high, low] => Some(v4(high, low)),
        _ => None,
    }
}

/// A host none of whose addresses may be connected to.
#[derive(Debug, thiserror::Error)]
#[error("{host} is at no public address: list its address in allow_addresses of the application if it is meant")]
pub(super) struct NotPublic {
    pub(super) host: String,
}

/// Resolves names to allowed addresses only. What it gives is what is connected to: there is no second look-up in between
/// that could come out otherwise.
pub(super) struct Guard {
    pub(super) addresses: Addresses,
    pub(super) lookup: Lookup,
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let (addresses, host) = (self.addresses.clone(), name.as_str().to_owned());
        let looking = (self.lookup)(host.clone());
        Box::pin(async move {
            let found = looking.await?;
            let (allowed, refused): (Vec<IpAddr>, Vec<IpAddr>) = found.into_iter().partition(|ip| addresses.allow(*ip));
            if !refused.is_empty() {
                tracing::warn!(%host, addresses = ?refused, "a fetch from addresses that are not public is refused (allow_addresses)");
            }
            if allowed.is_empty() && !refused.is_empty() {
                return Err(NotPublic { host }.into());
            }
            let places: Addrs = Box::new(allowed.into_iter().map(|ip| SocketAddr::new(ip, 0)));
            Ok(places)
        })
    }
}

/// Whether a request failed because its host may not be connected to.
pub(super) fn not_public(error: &reqwest::Error) -> Option<&NotPublic> {
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        if let Some(found) = inner.downcast_ref::<NotPublic>() {
            return Some(found);
        }
        cause = inner.source();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(listed: &[&str], ip: &str) -> bool {
        let mut addresses = Addresses::default();
        listed.iter().for_each(|net| addresses.list(net).unwrap());
        addresses.allow(ip.parse().unwrap())
    }

    #[test]
    fn only_public_addresses_are_allowed() {
        for public in ["8.8.8.8", "100.63.0.1", "172.32.0.1", "192.0.1.1", "2606:4700::1111", "64:ff9b::808:808"] {
            assert!(allows(&[], public), "{public}");
        }
        for other in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "100.127.255.255",
            "0.0.0.0",
            "0.1.2.3",
            "192.0.0.192",
            "192.0.2.1",
            "198.18.0.1",
            "198.51.100.1",
            "203.0.113.1",
            "192.88.99.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "fe80::1",
            "fec0::1",
            "fc00::1",
            "fd00:ec2::254",
            "ff02::1",
            "2001:db8::1",
            "2001::1",
            "3fff::1",
            "100::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::127.0.0.1",
            "::ffff:0:7f00:1",
            "64:ff9b::a9fe:a9fe",
            "64:ff9b:1::a9fe:a9fe",
            "2002:7f00:1::",
            "2002:a9fe:a9fe::1",
            "2606:4700::5efe:a00:1",
        ] {
            assert!(!allows(&[], other), "{other}");
        }
    }

    #[test]
    fn what_is_listed_is_allowed_in_every_form_and_nothing_beside_it() {
        let listed = ["10.0.0.0/8", "127.0.0.1", "fd00::/8"];
        for ip in ["10.9.9.9", "127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "fd12::1"] {
            assert!(allows(&listed, ip), "{ip}");
        }
        for ip in ["127.0.0.2", "11.0.0.1.", "192.168.0.1", "::1", "::ffff:127.0.0.2"] {
            let ip = ip.trim_end_matches('.');
            assert_eq!(allows(&listed, ip), ip == "11.0.0.1", "{ip}");
        }
        let mut addresses = Addresses::default();
        for wrong in ["", "10.0.0.0/33", "localhost", "10.0.0", "*"] {
            assert!(addresses.list(wrong).is_none(), "{wrong}");
        }
    }
}
