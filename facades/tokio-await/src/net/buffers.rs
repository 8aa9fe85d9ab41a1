//! Reading into memory that need not be initialised.
//!
//! Always true: the memory goes to one system call that writes to it, and is said to be
//! initialised for as many bytes as that call says it wrote.

use crate::io::ReadBuf;
use bytes1::BufMut;
use socket2::{SockAddr, SockRef};
use std::io;
use std::mem::MaybeUninit;
use std::task::Poll;

/// A call that fills a buffer from its beginning: it says how many bytes, and something else.
///
/// # Safety
///
/// The number of bytes is at most the length of the buffer, and that many are initialised.
pub(super) unsafe trait Fill {
    type Also;

    fn fill(self, free: &mut [MaybeUninit<u8>]) -> io::Result<(usize, Self::Also)>;
}

pub(super) struct Recv<'a>(pub(super) SockRef<'a>);
pub(super) struct RecvFrom<'a>(pub(super) SockRef<'a>);
pub(super) struct Peek<'a>(pub(super) SockRef<'a>);
pub(super) struct PeekFrom<'a>(pub(super) SockRef<'a>);

// SAFETY: `recv(2)` writes the bytes that it counts.
unsafe impl Fill for Recv<'_> {
    type Also = ();

    fn fill(self, free: &mut [MaybeUninit<u8>]) -> io::Result<(usize, ())> {
        self.0.recv(free).map(|n| (n, ()))
    }
}

// SAFETY: as `Recv`.
unsafe impl Fill for RecvFrom<'_> {
    type Also = SockAddr;

    fn fill(self, free: &mut [MaybeUninit<u8>]) -> io::Result<(usize, SockAddr)> {
        self.0.recv_from(free)
    }
}

// SAFETY: as `Recv`.
unsafe impl Fill for Peek<'_> {
    type Also = ();

    fn fill(self, free: &mut [MaybeUninit<u8>]) -> io::Result<(usize, ())> {
        self.0.peek(free).map(|n| (n, ()))
    }
}

// SAFETY: as `Recv`.
unsafe impl Fill for PeekFrom<'_> {
    type Also = SockAddr;

    fn fill(self, free: &mut [MaybeUninit<u8>]) -> io::Result<(usize, SockAddr)> {
        self.0.peek_from(free)
    }
}

/// Fills the free part of `buf`.
pub(super) fn into_buf<F: Fill, B: BufMut>(call: F, buf: &mut B) -> io::Result<(usize, F::Also)> {
    let chunk = buf.chunk_mut();
    // SAFETY: a `Fill` only ever writes initialised bytes.
    let free = unsafe { chunk.as_uninit_slice_mut() };
    let (n, also) = call.fill(free)?;
    // SAFETY: says a `Fill`.
    unsafe { buf.advance_mut(n) };
    Ok((n, also))
}

/// Fills `buf`, which is initialised.
pub(super) fn into_slice<F: Fill>(call: F, buf: &mut [u8]) -> io::Result<(usize, F::Also)> {
    // SAFETY: initialised bytes may be taken for others, and a `Fill` only ever writes
    // initialised ones.
    let free = unsafe { &mut *(buf as *mut [u8] as *mut [MaybeUninit<u8>]) };
    call.fill(free)
}

/// Fills the free part of `buf` by `poll`, which says how many bytes of it are initialised
/// and filled.
///
/// # Safety
///
/// What `poll` says is true, and it writes initialised bytes only.
#[inline]
pub(super) unsafe fn poll_into<T>(
    buf: &mut ReadBuf<'_>,
    poll: impl FnOnce(&mut [MaybeUninit<u8>]) -> Poll<io::Result<(usize, T)>>,
) -> Poll<io::Result<(usize, T)>> {
    // SAFETY: the caller says that only initialised bytes are written.
    let free = unsafe { buf.unfilled_mut() };
    let room = free.len();
    match poll(free) {
        Poll::Ready(Ok((n, also))) => {
            assert!(n <= room, "{n} bytes were read into {room}");
            // SAFETY: says the caller.
            unsafe { buf.assume_init(n) };
            buf.advance(n);
            Poll::Ready(Ok((n, also)))
        }
        other => other,
    }
}
