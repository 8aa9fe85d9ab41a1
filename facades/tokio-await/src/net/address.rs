//! Where to bind and connect to: addresses, and names that are looked up.
//!
//! Called by `TcpStream::connect`, `bind` and their like to resolve what they were given.
//!
//! Always true: an address that needs no lookup is found without a thread; a name is looked up
//! on a thread for blocking calls, whose result is dropped if nobody waits for it any more.
//!
//! Why is the trait sealed? Its methods are ours to change; tokio 1.x seals it, too.

use crate::task::{spawn_blocking, AbortHandle};
use std::io;
use std::net::{IpAddr, SocketAddr, SocketAddrV4, SocketAddrV6};

/// Something that stands for socket addresses.
///
/// A name is looked up by the system on a thread that may block; of those a runtime has so
/// many and no more. The system cannot be stopped: a lookup that has begun takes its
/// time, and the end of the runtime waits for it. One whose caller has gone before it was
/// its turn is left out.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use tokio::net::{TcpStream, ToSocketAddrs};
///
/// async fn reachable(address: impl ToSocketAddrs) -> bool {
///     TcpStream::connect(address).await.is_ok()
/// }
/// ```
pub trait ToSocketAddrs: kinds::Sealed {}

/// Returns the addresses that `host` stands for.
///
/// # Errors
///
/// If the system cannot look it up.
///
/// # Dropping
///
/// Once polled, the lookup of a name goes on to its end on its thread.
///
/// # Examples
///
/// ```no_run
/// # use tokio_await as tokio;
/// tokio::runtime::Runtime::new().unwrap().block_on(async {
///     for address in tokio::net::lookup_host("localhost:80").await.unwrap() {
///         println!("{address}");
///     }
/// });
/// ```
pub async fn lookup_host<T: ToSocketAddrs>(
    host: T,
) -> io::Result<impl Iterator<Item = SocketAddr>> {
    Ok(look_up(host).await?.into_iter())
}

/// The addresses that `host` stands for: one at least.
pub(super) async fn resolve(host: impl ToSocketAddrs) -> io::Result<Vec<SocketAddr>> {
    let found = look_up(host).await?;
    if found.is_empty() {
        let none = "could not resolve to any address";
        return Err(io::Error::new(io::ErrorKind::InvalidInput, none));
    }
    Ok(found)
}

/// The first address that `host` stands for, to send a datagram to.
pub(super) async fn first(host: impl ToSocketAddrs) -> io::Result<SocketAddr> {
    let none = "no addresses to send data to";
    let found = look_up(host).await?;
    found.first().copied().ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, none))
}

async fn look_up(host: impl ToSocketAddrs) -> io::Result<Vec<SocketAddr>> {
    match host.lookup() {
        Lookup::Found(found) => Ok(found),
        Lookup::Name(name, port) => {
            let look = move || {
                use std::net::ToSocketAddrs;
                match port {
                    Some(port) => (name.as_str(), port).to_socket_addrs(),
                    None => name.to_socket_addrs(),
                }
                .map(Vec::from_iter)
            };
            blocking(look).await
        }
    }
}

/// Runs `look` on a thread that may block; if nobody waits for it any more when it is its
/// turn, it is not run.
async fn blocking<T, F>(look: F) -> io::Result<T>
where
    T: Send + 'static,
    F: FnOnce() -> io::Result<T> + Send + 'static,
{
    struct Waiting(AbortHandle);

    impl Drop for Waiting {
        fn drop(&mut self) {
            self.0.abort();
        }
    }

    let looking = spawn_blocking(look);
    let _waiting = Waiting(looking.abort_handle());
    looking.await.map_err(io::Error::other)?
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
// Hidden: part of a sealed trait.
#[doc(hidden)]
pub enum Lookup {
    Found(Vec<SocketAddr>),
    /// A host, or if there is no port, a host with one.
    Name(String, Option<u16>),
}

mod kinds {
    //! Which types stand for addresses.

    // Hidden: part of a sealed trait.
    #[doc(hidden)]
    pub trait Sealed {
        fn lookup(&self) -> super::Lookup;
    }
}

use kinds::Sealed;

macro_rules! one {
    ($($type:ty),*) => { $(
        impl ToSocketAddrs for $type {}

        impl Sealed for $type {
            fn lookup(&self) -> Lookup {
                Lookup::Found(vec![(*self).into()])
            }
        }
    )* };
}

one!(SocketAddr, SocketAddrV4, SocketAddrV6, (IpAddr, u16));
one!((std::net::Ipv4Addr, u16), (std::net::Ipv6Addr, u16));

impl ToSocketAddrs for &[SocketAddr] {}

impl Sealed for &[SocketAddr] {
    fn lookup(&self) -> Lookup {
        Lookup::Found(self.to_vec())
    }
}

impl ToSocketAddrs for str {}

impl Sealed for str {
    fn lookup(&self) -> Lookup {
        match self.parse() {
            Ok(address) => Lookup::Found(vec![address]),
            Err(_) => Lookup::Name(self.to_owned(), None),
        }
    }
}

impl ToSocketAddrs for String {}

impl Sealed for String {
    fn lookup(&self) -> Lookup {
        self.as_str().lookup()
    }
}

impl ToSocketAddrs for (&str, u16) {}

impl Sealed for (&str, u16) {
    fn lookup(&self) -> Lookup {
        match self.0.parse::<IpAddr>() {
            Ok(address) => Lookup::Found(vec![(address, self.1).into()]),
            Err(_) => Lookup::Name(self.0.to_owned(), Some(self.1)),
        }
    }
}

impl ToSocketAddrs for (String, u16) {}

impl Sealed for (String, u16) {
    fn lookup(&self) -> Lookup {
        (self.0.as_str(), self.1).lookup()
    }
}

impl<T: ToSocketAddrs + ?Sized> ToSocketAddrs for &T {}

impl<T: Sealed + ?Sized> Sealed for &T {
    fn lookup(&self) -> Lookup {
        (**self).lookup()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtime::{Builder, Runtime};
    use std::future::Future;
    use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
    use std::sync::{mpsc, Arc, Mutex};
    use std::task::Poll;

    /// Lookups that take until they are released, in place of the system's.
    #[derive(Clone)]
    struct Slow {
        begun: mpsc::Sender<()>,
        go_on: Arc<Mutex<mpsc::Receiver<()>>>,
        running: Arc<AtomicUsize>,
        most: Arc<AtomicUsize>,
    }

    impl Slow {
        fn new() -> (Slow, mpsc::Receiver<()>, mpsc::Sender<()>) {
            let (begun, has_begun) = mpsc::channel();
            let (go, go_on) = mpsc::channel();
            let go_on = Arc::new(Mutex::new(go_on));
            let (running, most) = Default::default();
            (Slow { begun, go_on, running, most }, has_begun, go)
        }

        fn look(&self) -> impl FnOnce() -> io::Result<()> + Send + 'static {
            let slow = self.clone();
            move || {
                let running = slow.running.fetch_add(1, SeqCst) + 1;
                slow.most.fetch_max(running, SeqCst);
                slow.begun.send(()).unwrap();
                let told = slow.go_on.lock().unwrap().recv();
                slow.running.fetch_sub(1, SeqCst);
                told.map_err(io::Error::other)
            }
        }
    }

    fn one_blocking_thread() -> Runtime {
        Builder::new_multi_thread()
            .worker_threads(1)
            .max_blocking_threads(1)
            .enable_all()
            .build()
            .unwrap()
    }

    #[test]
    fn fault_n10_no_more_lookups_run_at_once_than_may_block() {
        let runtime = one_blocking_thread();
        let (slow, begun, go) = Slow::new();
        let looks: Vec<_> = (0..5).map(|_| runtime.spawn(blocking(slow.look()))).collect();
        for _ in 0..5 {
            begun.recv().unwrap();
            go.send(()).unwrap();
        }
        runtime.block_on(async move {
            for look in looks {
                look.await.unwrap().unwrap();
            }
        });
        assert_eq!(slow.most.load(SeqCst), 1);
    }

    #[test]
    fn fault_n10_a_lookup_that_nobody_waits_for_any_more_does_not_begin() {
        let runtime = one_blocking_thread();
        let (slow, begun, go) = Slow::new();
        let first = runtime.spawn(blocking(slow.look()));
        begun.recv().unwrap();
        // In line behind the first, and given up there.
        let given_up = slow.look();
        runtime.block_on(async move {
            let mut second = Box::pin(blocking(given_up));
            let asked = std::future::poll_fn(|cx| Poll::Ready(second.as_mut().poll(cx))).await;
            assert!(asked.is_pending());
        });
        let third = runtime.spawn(blocking(slow.look()));
        go.send(()).unwrap();
        go.send(()).unwrap();
        runtime.block_on(async move {
            first.await.unwrap().unwrap();
            third.await.unwrap().unwrap();
        });
        assert_eq!(begun.try_iter().count(), 1, "the third");
        drop(runtime);
        assert_eq!(begun.try_iter().count(), 0);
    }

    #[test]
    fn fault_n10_no_lookup_outlives_the_runtime() {
        let runtime = one_blocking_thread();
        let (slow, begun, go) = Slow::new();
        let _first = runtime.spawn(blocking(slow.look()));
        let (dropped, is_dropped) = mpsc::channel::<()>();
        let second = blocking(slow.look());
        let _second = runtime.spawn(async move {
            // Goes after the lookup, which is declared later.
            let _dropped = dropped;
            second.await
        });
        begun.recv().unwrap();
        // Stopped while the first runs: the second must not begin when that is over.
        let running = slow.running.clone();
        let waits = std::thread::spawn(move || {
            drop(runtime);
            assert_eq!(running.load(SeqCst), 0, "one outlives the end");
        });
        // The one in line is given up by the end; its sender hangs up.
        assert!(is_dropped.recv().is_err());
        // The end waits for the lookup that runs.
        go.send(()).unwrap();
        waits.join().unwrap();
        assert_eq!(begun.try_iter().count(), 0, "the one in line began after the end");
    }
}
