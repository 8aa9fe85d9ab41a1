//! Non-blocking sockets.
//!
//! They are std's sockets in non-blocking mode; what std cannot do is done by `socket2`.

mod tcp;
mod udp;

pub use self::tcp::{TcpListener, TcpStream};
pub use self::udp::UdpSocket;

use iovec::IoVec;
use std::io::{IoSlice, IoSliceMut};

/// Old buffers as std's.
fn slices<'a>(bufs: &'a [&IoVec]) -> Vec<IoSlice<'a>> {
    bufs.iter().map(|buf| IoSlice::new(buf)).collect()
}

/// Old buffers as std's, to be filled.
fn slices_mut<'a>(bufs: &'a mut [&mut IoVec]) -> Vec<IoSliceMut<'a>> {
    bufs.iter_mut().map(|buf| IoSliceMut::new(buf)).collect()
}
