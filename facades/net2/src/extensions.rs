//! Traits with socket options for the standard library's sockets, which has most of them by now.
//!
//! Programs of net2 import a trait and call its methods. Where the standard library has a method of
//! the same name, a plain call means the standard library's.
//!
//! Always true: a method keeps nothing between calls; the options are the system's.
//!
//! Why a macro? Each of these traits has one implementation, and every signature would stand
//! twice.

use std::io::{self, Read};
use std::net::{Ipv4Addr, Ipv6Addr, TcpListener, TcpStream, ToSocketAddrs, UdpSocket};
use std::time::Duration;

use socket2::{SockRef, Socket, TcpKeepalive};

use crate::addresses;

/// A trait and its only implementation: in `this` each method finds its socket.
macro_rules! extension {
    (
        $(#[$about:meta])*
        trait $extension:ident for $socket:ty {
            $(
                $(#[$doc:meta])*
                fn $name:ident $(<$kind:ident: $bound:ident>)? (
                    $this:ident $(, $argument:ident: $type:ty)*
                ) -> $gives:ty $body:block
            )*
        }
    ) => {
        $(#[$about])*
        pub trait $extension {
            $(
                $(#[$doc])*
                ///
                /// # Errors
                ///
                /// Those of the system.
                fn $name $(<$kind: $bound>)? (&self $(, $argument: $type)*) -> io::Result<$gives>;
            )*
        }

        impl $extension for $socket {
            $(
                fn $name $(<$kind: $bound>)? (&self $(, $argument: $type)*) -> io::Result<$gives> {
                    let $this = SockRef::from(self);
                    $body
                }
            )*
        }
    };
}

/// As [`extension`], with the methods that the two kinds of socket with a peer have in common.
macro_rules! extension_of_socket {
    (
        $(#[$about:meta])*
        trait $extension:ident for $socket:ty {
            $($own:tt)*
        }
    ) => {
        extension! {
            $(#[$about])*
            trait $extension for $socket {
                $($own)*

                /// Waits at most this many milliseconds for a read; `None` is for ever.
                fn set_read_timeout_ms(this, val: Option<u32>) -> () { this.set_read_timeout(val.map(from_ms)) }

                /// Waits at most this long for a read; `None` is for ever.
                fn set_read_timeout(this, val: Option<Duration>) -> () { this.set_read_timeout(val) }

                /// How many milliseconds a read may wait.
                fn read_timeout_ms(this) -> Option<u32> { Ok(this.read_timeout()?.map(to_ms)) }

                /// How long a read may wait.
                fn read_timeout(this) -> Option<Duration> { this.read_timeout() }

                /// Waits at most this many milliseconds for a write; `None` is for ever.
                fn set_write_timeout_ms(this, val: Option<u32>) -> () { this.set_write_timeout(val.map(from_ms)) }

                /// Waits at most this long for a write; `None` is for ever.
                fn set_write_timeout(this, val: Option<Duration>) -> () { this.set_write_timeout(val) }

                /// How many milliseconds a write may wait.
                fn write_timeout_ms(this) -> Option<u32> { Ok(this.write_timeout()?.map(to_ms)) }

                /// How long a write may wait.
                fn write_timeout(this) -> Option<Duration> { this.write_timeout() }

                /// Sets how many routers a packet may pass (`IP_TTL`).
                fn set_ttl(this, ttl: u32) -> () { this.set_ttl_v4(ttl) }

                /// How many routers a packet may pass.
                fn ttl(this) -> u32 { this.ttl_v4() }

                /// Keeps an IPv6 socket from serving IPv4 as well (`IPV6_V6ONLY`).
                fn set_only_v6(this, only_v6: bool) -> () { this.set_only_v6(only_v6) }

                /// Whether the socket serves IPv6 only.
                fn only_v6(this) -> bool { this.only_v6() }

                /// Takes the error that the socket holds (`SO_ERROR`), if any.
                fn take_error(this) -> Option<io::Error> { this.take_error() }

                /// Makes reads and writes return instead of waiting, or wait again.
                fn set_nonblocking(this, nonblocking: bool) -> () { this.set_nonblocking(nonblocking) }

                /// Connects to the first of `addr` that takes it.
                fn connect<A: ToSocketAddrs>(this, addr: A) -> () { addresses::connect(&this, addr) }
            }
        }
    };
}

extension_of_socket! {
    /// Options of a [`TcpStream`].
    trait TcpStreamExt for TcpStream {
        /// Sends small writes at once instead of gathering them (`TCP_NODELAY`).
        fn set_nodelay(this, nodelay: bool) -> () { this.set_tcp_nodelay(nodelay) }

        /// Whether small writes are sent at once.
        fn nodelay(this) -> bool { this.tcp_nodelay() }

        /// Sets the size of the receive buffer in bytes (`SO_RCVBUF`).
        fn set_recv_buffer_size(this, size: usize) -> () { this.set_recv_buffer_size(size) }

        /// The size of the receive buffer in bytes.
        fn recv_buffer_size(this) -> usize { this.recv_buffer_size() }

        /// Sets the size of the send buffer in bytes (`SO_SNDBUF`).
        fn set_send_buffer_size(this, size: usize) -> () { this.set_send_buffer_size(size) }

        /// The size of the send buffer in bytes.
        fn send_buffer_size(this) -> usize { this.send_buffer_size() }

        /// Probes a silent peer after this many milliseconds, in whole seconds; `None`: never.
        fn set_keepalive_ms(this, keepalive: Option<u32>) -> () { set_keepalive(&this, keepalive.map(from_ms)) }

        /// After how many milliseconds a silent peer is probed.
        fn keepalive_ms(this) -> Option<u32> { Ok(keepalive(&this)?.map(to_ms)) }

        /// Probes a silent peer after this long, in whole seconds; `None`: never.
        fn set_keepalive(this, keepalive: Option<Duration>) -> () { set_keepalive(&this, keepalive) }

        /// After how long a silent peer is probed.
        fn keepalive(this) -> Option<Duration> { keepalive(&this) }

        /// Lets closing wait this long, in whole seconds, for data to be sent (`SO_LINGER`).
        fn set_linger(this, dur: Option<Duration>) -> () { this.set_linger(dur) }

        /// How long closing waits for data to be sent.
        fn linger(this) -> Option<Duration> { this.linger() }
    }
}

extension! {
    /// Options of a [`TcpListener`].
    trait TcpListenerExt for TcpListener {
        /// Sets how many routers a packet may pass (`IP_TTL`).
        fn set_ttl(this, ttl: u32) -> () { this.set_ttl_v4(ttl) }

        /// How many routers a packet may pass.
        fn ttl(this) -> u32 { this.ttl_v4() }

        /// Keeps an IPv6 socket from serving IPv4 as well (`IPV6_V6ONLY`).
        fn set_only_v6(this, only_v6: bool) -> () { this.set_only_v6(only_v6) }

        /// Whether the socket serves IPv6 only.
        fn only_v6(this) -> bool { this.only_v6() }

        /// Takes the error that the socket holds (`SO_ERROR`), if any.
        fn take_error(this) -> Option<io::Error> { this.take_error() }

        /// Makes reads and writes return instead of waiting, or wait again.
        fn set_nonblocking(this, nonblocking: bool) -> () { this.set_nonblocking(nonblocking) }

        /// Lets closing wait this long, in whole seconds, for data to be sent (`SO_LINGER`).
        fn set_linger(this, dur: Option<Duration>) -> () { this.set_linger(dur) }

        /// How long closing waits for data to be sent.
        fn linger(this) -> Option<Duration> { this.linger() }
    }
}

extension_of_socket! {
    /// Options of a [`UdpSocket`].
    trait UdpSocketExt for UdpSocket {
        /// Sets the size of the receive buffer in bytes (`SO_RCVBUF`).
        fn set_recv_buffer_size(this, size: usize) -> () { this.set_recv_buffer_size(size) }

        /// The size of the receive buffer in bytes.
        fn recv_buffer_size(this) -> usize { this.recv_buffer_size() }

        /// Sets the size of the send buffer in bytes (`SO_SNDBUF`).
        fn set_send_buffer_size(this, size: usize) -> () { this.set_send_buffer_size(size) }

        /// The size of the send buffer in bytes.
        fn send_buffer_size(this) -> usize { this.send_buffer_size() }

        /// Lets the socket send to broadcast addresses (`SO_BROADCAST`).
        fn set_broadcast(this, broadcast: bool) -> () { this.set_broadcast(broadcast) }

        /// Whether the socket may send to broadcast addresses.
        fn broadcast(this) -> bool { this.broadcast() }

        /// Gives IPv4 multicasts back to this machine too (`IP_MULTICAST_LOOP`).
        fn set_multicast_loop_v4(this, multicast_loop_v4: bool) -> () { this.set_multicast_loop_v4(multicast_loop_v4) }

        /// Whether IPv4 multicasts come back to this machine.
        fn multicast_loop_v4(this) -> bool { this.multicast_loop_v4() }

        /// Sets how many routers an IPv4 multicast may pass (`IP_MULTICAST_TTL`).
        fn set_multicast_ttl_v4(this, multicast_ttl_v4: u32) -> () { this.set_multicast_ttl_v4(multicast_ttl_v4) }

        /// How many routers an IPv4 multicast may pass.
        fn multicast_ttl_v4(this) -> u32 { this.multicast_ttl_v4() }

        /// Sets how many routers an IPv6 multicast may pass (`IPV6_MULTICAST_HOPS`).
        fn set_multicast_hops_v6(this, hops: u32) -> () { this.set_multicast_hops_v6(hops) }

        /// How many routers an IPv6 multicast may pass.
        fn multicast_hops_v6(this) -> u32 { this.multicast_hops_v6() }

        /// Gives IPv6 multicasts back to this machine too (`IPV6_MULTICAST_LOOP`).
        fn set_multicast_loop_v6(this, multicast_loop_v6: bool) -> () { this.set_multicast_loop_v6(multicast_loop_v6) }

        /// Whether IPv6 multicasts come back to this machine.
        fn multicast_loop_v6(this) -> bool { this.multicast_loop_v6() }

        /// Names the interface that IPv4 multicasts leave by (`IP_MULTICAST_IF`).
        fn set_multicast_if_v4(this, interface: &Ipv4Addr) -> () { this.set_multicast_if_v4(interface) }

        /// The interface that IPv4 multicasts leave by.
        fn multicast_if_v4(this) -> Ipv4Addr { this.multicast_if_v4() }

        /// Numbers the interface that IPv6 multicasts leave by (`IPV6_MULTICAST_IF`).
        fn set_multicast_if_v6(this, interface: u32) -> () { this.set_multicast_if_v6(interface) }

        /// The number of the interface that IPv6 multicasts leave by.
        fn multicast_if_v6(this) -> u32 { this.multicast_if_v6() }

        /// Sets how many routers an IPv6 packet may pass (`IPV6_UNICAST_HOPS`).
        fn set_unicast_hops_v6(this, ttl: u32) -> () { this.set_unicast_hops_v6(ttl) }

        /// How many routers an IPv6 packet may pass.
        fn unicast_hops_v6(this) -> u32 { this.unicast_hops_v6() }

        /// Joins an IPv4 group on an interface (`IP_ADD_MEMBERSHIP`).
        fn join_multicast_v4(this, multiaddr: &Ipv4Addr, interface: &Ipv4Addr) -> () { this.join_multicast_v4(multiaddr, interface) }

        /// Joins an IPv6 group on an interface (`IPV6_ADD_MEMBERSHIP`).
        fn join_multicast_v6(this, multiaddr: &Ipv6Addr, interface: u32) -> () { this.join_multicast_v6(multiaddr, interface) }

        /// Leaves an IPv4 group (`IP_DROP_MEMBERSHIP`).
        fn leave_multicast_v4(this, multiaddr: &Ipv4Addr, interface: &Ipv4Addr) -> () { this.leave_multicast_v4(multiaddr, interface) }

        /// Leaves an IPv6 group (`IPV6_DROP_MEMBERSHIP`).
        fn leave_multicast_v6(this, multiaddr: &Ipv6Addr, interface: u32) -> () { this.leave_multicast_v6(multiaddr, interface) }

        /// Sends a datagram to the connected peer; gives its length in bytes.
        fn send(this, buf: &[u8]) -> usize { this.send(buf) }

        /// Receives a datagram from the connected peer; gives its length in bytes.
        fn recv(this, buf: &mut [u8]) -> usize { (&*this).read(buf) }
    }
}

fn set_keepalive(socket: &Socket, after: Option<Duration>) -> io::Result<()> {
    match after {
        // Also switches the probes on.
        Some(after) => socket.set_tcp_keepalive(&TcpKeepalive::new().with_time(after)),
        None => socket.set_keepalive(false),
    }
}

fn keepalive(socket: &Socket) -> io::Result<Option<Duration>> {
    if socket.keepalive()? {
        keepalive_time::of(socket).map(Some)
    } else {
        Ok(None)
    }
}

fn from_ms(ms: u32) -> Duration {
    Duration::from_millis(ms.into())
}

fn to_ms(duration: Duration) -> u32 {
    duration.as_millis().try_into().unwrap_or(u32::MAX)
}

/// The systems that tell after how long an idle connection is probed.
#[cfg(not(any(windows, target_os = "openbsd", target_os = "haiku")))]
mod keepalive_time {
    use socket2::Socket;
    use std::io;
    use std::time::Duration;

    pub(super) fn of(socket: &Socket) -> io::Result<Duration> {
        socket.tcp_keepalive_time()
    }
}

/// The systems that do not.
#[cfg(any(windows, target_os = "openbsd", target_os = "haiku"))]
mod keepalive_time {
    use socket2::Socket;
    use std::io;
    use std::time::Duration;

    pub(super) fn of(_: &Socket) -> io::Result<Duration> {
        Err(io::Error::new(
            io::ErrorKind::Unsupported,
            "cannot read the keep-alive time: this system does not tell",
        ))
    }
}
