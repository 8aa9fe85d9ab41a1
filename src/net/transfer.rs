//! Bytes into and out of stream sockets, in one piece or in many.
//!
//! Called by the TCP and the Unix streams, which differ in one point only: what a short
//! read proves.
//!
//! Always true: bytes that nobody has initialised are lent to the operating system's
//! reads alone, and a buffer is moved on by as many bytes as the operating system says
//! it moved.
//!
//! Why not always take the way for many pieces? Nearly every buffer is in one, and then
//! setting up the list costs more than the rest.

use super::no_signal::NO_SIGNAL;
use bytes::{Buf, BufMut};
use iovec::IoVec;
use socket2::SockRef;
use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::task::{ready, Poll};
use tokio_executor::task::Context;
use tokio_reactor::evented::Evented;
use tokio_reactor::PollEvented;

/// Pieces filled in one read, and written in one write.
const READ_PIECES: usize = 16;
const WRITE_PIECES: usize = 64;

/// The slices that every operating system takes in one call.
const MAX_SLICES: usize = 1024;

/// A stream socket of the operating system.
///
/// # Safety
///
/// The reads hand the buffers to the operating system without looking at them, and
/// return how many bytes, from the first on, that has written.
pub(super) unsafe trait StreamSocket: Evented {
    /// Whether a read that got fewer bytes than it asked for has emptied the socket.
    const SHORT_READ_CLEARS: bool;

    fn read(&self, buf: &mut [u8]) -> io::Result<usize>;
    fn read_uninit(&self, buf: &mut [MaybeUninit<u8>]) -> io::Result<usize>;
    fn read_vectored(&self, bufs: &mut [IoSliceMut<'_>]) -> io::Result<usize>;
    fn write(&self, buf: &[u8]) -> io::Result<usize>;
    fn write_vectored(&self, bufs: &[IoSlice<'_>]) -> io::Result<usize>;
}

/// See [`TcpStream::poll_read_cx`](super::TcpStream::poll_read_cx).
#[inline]
pub(super) fn poll_read<S: StreamSocket>(
    io: &PollEvented<S>,
    cx: &Context<'_>,
    buf: &mut [u8],
) -> Poll<io::Result<usize>> {
    poll_read_with(io, cx, buf.len(), |socket| socket.read(buf))
}

/// See [`TcpStream::poll_write_cx`](super::TcpStream::poll_write_cx).
#[inline]
pub(super) fn poll_write<S: StreamSocket>(
    io: &PollEvented<S>,
    cx: &Context<'_>,
    buf: &[u8],
) -> Poll<io::Result<usize>> {
    io.poll_write_stream(cx, buf.len(), |socket| socket.write(buf))
}

/// See [`TcpStream::poll_read_uninit_cx`](super::TcpStream::poll_read_uninit_cx).
pub(super) fn poll_read_uninit<S: StreamSocket>(
    io: &PollEvented<S>,
    cx: &Context<'_>,
    buf: &mut [MaybeUninit<u8>],
) -> Poll<io::Result<usize>> {
    poll_read_with(io, cx, buf.len(), |socket| socket.read_uninit(buf))
}

/// See [`TcpStream::poll_read_vectored_cx`](super::TcpStream::poll_read_vectored_cx).
pub(super) fn poll_read_vectored<S: StreamSocket>(
    io: &PollEvented<S>,
    cx: &Context<'_>,
    bufs: &mut [IoSliceMut<'_>],
) -> Poll<io::Result<usize>> {
    // A list that the operating system would cut short: what is read then proves nothing.
    let wanted = if bufs.len() > MAX_SLICES { 0 } else { bufs.iter().map(|buf| buf.len()).sum() };
    poll_read_with(io, cx, wanted, |socket| socket.read_vectored(bufs))
}

/// See [`TcpStream::poll_write_vectored_cx`](super::TcpStream::poll_write_vectored_cx).
pub(super) fn poll_write_vectored<S: StreamSocket>(
    io: &PollEvented<S>,
    cx: &Context<'_>,
    bufs: &[IoSlice<'_>],
) -> Poll<io::Result<usize>> {
    let bufs = &bufs[..bufs.len().min(MAX_SLICES)];
    let offered = bufs.iter().map(|buf| buf.len()).sum();
    io.poll_write_stream(cx, offered, |socket| socket.write_vectored(bufs))
}

/// See [`TcpStream::poll_read_buf_cx`](super::TcpStream::poll_read_buf_cx).
pub(super) fn poll_read_buf<S: StreamSocket, B: BufMut>(
    io: &PollEvented<S>,
    cx: &Context<'_>,
    buf: &mut B,
) -> Poll<io::Result<usize>> {
    let room = buf.remaining_mut();
    if room == 0 {
        return Poll::Ready(Ok(0));
    }
    // SAFETY: the bytes are lent to a `StreamSocket` only, which does not look at them.
    let first = unsafe { buf.bytes_mut() };
    let moved = if first.len() == room {
        ready!(poll_read(io, cx, first))?
    } else {
        ready!(poll_read_pieces(io, cx, buf))?
    };
    // SAFETY: that many bytes have been written, says a `StreamSocket`.
    unsafe { buf.advance_mut(moved) };
    Poll::Ready(Ok(moved))
}

fn poll_read_pieces<S: StreamSocket, B: BufMut>(
    io: &PollEvented<S>,
    cx: &Context<'_>,
    buf: &mut B,
) -> Poll<io::Result<usize>> {
    // `IoVec` has no empty value to fill an array with, so each starts out with a byte.
    let mut unused = [[0u8; 1]; READ_PIECES];
    let mut pieces = unused.each_mut().map(|byte| <&mut IoVec>::from(&mut byte[..]));
    // SAFETY: as in `poll_read_buf`.
    let count = unsafe { buf.bytes_vec_mut(&mut pieces) };
    let mut slices = pieces.map(|piece| IoSliceMut::new(piece));
    let slices = &mut slices[..count];
    let wanted = slices.iter().map(|slice| slice.len()).sum();
    poll_read_with(io, cx, wanted, |socket| socket.read_vectored(slices))
}

#[inline]
fn poll_read_with<S: StreamSocket>(
    io: &PollEvented<S>,
    cx: &Context<'_>,
    wanted: usize,
    read: impl FnMut(&S) -> io::Result<usize>,
) -> Poll<io::Result<usize>> {
    io.poll_read_stream(cx, if S::SHORT_READ_CLEARS { wanted } else { 0 }, read)
}

/// See [`TcpStream::poll_write_buf_cx`](super::TcpStream::poll_write_buf_cx).
pub(super) fn poll_write_buf<S: StreamSocket, B: Buf>(
    io: &PollEvented<S>,
    cx: &Context<'_>,
    buf: &mut B,
) -> Poll<io::Result<usize>> {
    let remaining = buf.remaining();
    if remaining == 0 {
        return Poll::Ready(Ok(0));
    }
    let first = buf.bytes();
    let moved = if first.len() == remaining {
        ready!(poll_write(io, cx, first))?
    } else {
        ready!(poll_write_pieces(io, cx, buf))?
    };
    buf.advance(moved);
    Poll::Ready(Ok(moved))
}

fn poll_write_pieces<S: StreamSocket, B: Buf>(
    io: &PollEvented<S>,
    cx: &Context<'_>,
    buf: &B,
) -> Poll<io::Result<usize>> {
    let mut pieces = [<&IoVec>::from(&[0u8][..]); WRITE_PIECES];
    let count = buf.bytes_vec(&mut pieces);
    let slices = pieces.map(|piece| IoSlice::new(piece));
    let slices = &slices[..count];
    let offered = slices.iter().map(|slice| slice.len()).sum();
    io.poll_write_stream(cx, offered, |socket| socket.write_vectored(slices))
}

/// Writes from one slice after the other, as many as the operating system takes at once.
///
/// # Errors
///
/// Those of `sendmsg(2)`, which refuses a list that `writev(2)` would cut short.
pub fn send_vectored(socket: &SockRef<'_>, bufs: &[IoSlice<'_>]) -> io::Result<usize> {
    let bufs = &bufs[..bufs.len().min(MAX_SLICES)];
    socket.send_vectored_with_flags(bufs, NO_SIGNAL)
}

macro_rules! stream_socket {
    ($socket:ty, short_read_clears: $drains:expr) => {
        // SAFETY: mio passes the buffers on to std, and that to `recv(2)` or
        // `readv(2)`.
        unsafe impl StreamSocket for $socket {
            const SHORT_READ_CLEARS: bool = $drains;

            #[inline]
            fn read(&self, buf: &mut [u8]) -> io::Result<usize> {
                let mut socket = self;
                io::Read::read(&mut socket, buf)
            }

            #[inline]
            fn read_uninit(&self, buf: &mut [MaybeUninit<u8>]) -> io::Result<usize> {
                SockRef::from(self).recv(buf)
            }

            fn read_vectored(&self, bufs: &mut [IoSliceMut<'_>]) -> io::Result<usize> {
                let mut socket = self;
                io::Read::read_vectored(&mut socket, bufs)
            }

            #[inline]
            fn write(&self, buf: &[u8]) -> io::Result<usize> {
                let mut socket = self;
                io::Write::write(&mut socket, buf)
            }

            /// `writev(2)`, which std uses, may raise a signal.
            fn write_vectored(&self, bufs: &[IoSlice<'_>]) -> io::Result<usize> {
                send_vectored(&SockRef::from(self), bufs)
            }
        }
    };
}

#[cfg(feature = "tcp")]
mod tcp {
    use super::*;

    // On Windows it costs a call of its own to receive the next event.
    stream_socket!(mio1::net::TcpStream, short_read_clears: cfg!(unix));
}

#[cfg(all(unix, feature = "uds"))]
mod unix {
    use super::*;

    // A read stops at a message that came with descriptors, whatever follows it.
    stream_socket!(mio1::net::UnixStream, short_read_clears: false);
}
