//! Where to bind and connect to: addresses, and names that are looked up.

use std::io;
use std::net::{IpAddr, SocketAddr, SocketAddrV4, SocketAddrV6};

/// Something that stands for socket addresses.
///
/// A name is looked up by the system on a thread that may block.
pub trait ToSocketAddrs: kinds::Sealed {}

impl<T: kinds::Sealed + ?Sized> ToSocketAddrs for T {}

/// The addresses that `host` stands for.
///
/// # Errors
///
/// If the system cannot look it up.
pub async fn lookup_host<T: ToSocketAddrs>(
    host: T,
) -> io::Result<impl Iterator<Item = SocketAddr>> {
    Ok(resolve(host).await?.into_iter())
}

/// The addresses that `host` stands for: one at least.
pub(super) async fn resolve(host: impl ToSocketAddrs) -> io::Result<Vec<SocketAddr>> {
    let found = match host.lookup() {
        Lookup::Found(found) => found,
        Lookup::Name(name, port) => {
            let look = move || {
                use std::net::ToSocketAddrs;
                match port {
                    Some(port) => (name.as_str(), port).to_socket_addrs(),
                    None => name.to_socket_addrs(),
                }
                .map(Vec::from_iter)
            };
            let looked = crate::task::spawn_blocking(look).await;
            looked.map_err(io::Error::other)??
        }
    };
    if found.is_empty() {
        let none = "no address to bind or connect to: the name stands for none";
        return Err(io::Error::new(io::ErrorKind::InvalidInput, none));
    }
    Ok(found)
}

/// Tries `addresses` in turn: the first success, or the last error.
pub(super) async fn first_of<T, F>(
    addresses: impl ToSocketAddrs,
    mut attempt: impl FnMut(SocketAddr) -> F,
) -> io::Result<T>
where
    F: std::future::Future<Output = io::Result<T>>,
{
    let mut last = None;
    for address in resolve(addresses).await? {
        match attempt(address).await {
            Ok(done) => return Ok(done),
            Err(e) => last = Some(e),
        }
    }
    Err(last.expect("there is one address at least"))
}

/// What is known of an address without asking the system.
#[derive(Debug)]
#[doc(hidden)]
pub enum Lookup {
    Found(Vec<SocketAddr>),
    /// A host, or if there is no port, a host with one.
    Name(String, Option<u16>),
}

mod kinds {
    //! Which types stand for addresses.

    #[doc(hidden)]
    pub trait Sealed {
        fn lookup(&self) -> super::Lookup;
    }
}

use kinds::Sealed;

macro_rules! one {
    ($($type:ty),*) => { $(
        impl Sealed for $type {
            fn lookup(&self) -> Lookup {
                Lookup::Found(vec![(*self).into()])
            }
        }
    )* };
}

one!(SocketAddr, SocketAddrV4, SocketAddrV6, (IpAddr, u16));
one!((std::net::Ipv4Addr, u16), (std::net::Ipv6Addr, u16));

impl Sealed for [SocketAddr] {
    fn lookup(&self) -> Lookup {
        Lookup::Found(self.to_vec())
    }
}

impl Sealed for str {
    fn lookup(&self) -> Lookup {
        match self.parse() {
            Ok(address) => Lookup::Found(vec![address]),
            Err(_) => Lookup::Name(self.to_owned(), None),
        }
    }
}

impl Sealed for String {
    fn lookup(&self) -> Lookup {
        self.as_str().lookup()
    }
}

impl Sealed for (&str, u16) {
    fn lookup(&self) -> Lookup {
        match self.0.parse::<IpAddr>() {
            Ok(address) => Lookup::Found(vec![(address, self.1).into()]),
            Err(_) => Lookup::Name(self.0.to_owned(), Some(self.1)),
        }
    }
}

impl Sealed for (String, u16) {
    fn lookup(&self) -> Lookup {
        (self.0.as_str(), self.1).lookup()
    }
}

impl<T: Sealed + ?Sized> Sealed for &T {
    fn lookup(&self) -> Lookup {
        (**self).lookup()
    }
}
