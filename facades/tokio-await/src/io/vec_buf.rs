//! Reading into the free memory behind a vector or a `BufMut`, without writing zeros first.
//!
//! Called by the futures of the reading extension trait. Why not zeros? Memory that has
//! just been allocated would be written twice; and zeros over all of the free memory at
//! each read make a long read quadratic.

use super::retry::retry;
use super::{AsyncRead, ReadBuf};
use bytes1::BufMut;
use std::io;
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::task::{ready, Context, Poll};

/// The least room that is made for the rest of a stream, in bytes.
const LEAST_ROOM: usize = 32;

/// Reads once into the free part of `buf`; returns how many bytes.
pub(super) fn poll_read_buf<R, B>(
    reader: Pin<&mut R>,
    cx: &mut Context<'_>,
    buf: &mut B,
) -> Poll<io::Result<usize>>
where
    R: AsyncRead + ?Sized,
    B: BufMut + ?Sized,
{
    if !buf.has_remaining_mut() {
        return Poll::Ready(Ok(0));
    }
    let chunk = buf.chunk_mut();
    // SAFETY: `ReadBuf` writes no uninitialized bytes, nor lets safe code do so.
    let chunk = unsafe { chunk.as_uninit_slice_mut() };
    let room = chunk.len();
    let mut whole = ReadBuf::uninit(chunk);
    let (n, polled) = whole.with_limit(room, |part| reader.poll_read(cx, part));
    ready!(polled)?;
    // SAFETY: `with_limit` has counted the bytes of the chunk that the reader has filled,
    // which are initialized.
    unsafe { buf.advance_mut(n) };
    Poll::Ready(Ok(n))
}

/// Where to append: a vector, or a reference to one.
///
/// # Safety
///
/// Both calls must lead to the same vector at all times.
pub(super) unsafe trait AsVec {
    fn vec(&mut self) -> &mut Vec<u8>;
}

// SAFETY: it is the vector.
unsafe impl AsVec for Vec<u8> {
    fn vec(&mut self) -> &mut Vec<u8> {
        self
    }
}

// SAFETY: the reference is not exchanged.
unsafe impl AsVec for &mut Vec<u8> {
    fn vec(&mut self) -> &mut Vec<u8> {
        self
    }
}

/// A vector that the rest of a stream is appended to.
///
/// Always true: the `initialized` bytes behind its end are initialized.
#[derive(Debug)]
pub(super) struct VecBuf<V> {
    vec: V,
    initialized: usize,
    /// The capacity that the caller chose.
    first_capacity: usize,
}

impl<V: AsVec> VecBuf<V> {
    pub(super) fn new(mut vec: V) -> VecBuf<V> {
        let first_capacity = vec.vec().capacity();
        VecBuf { vec, initialized: 0, first_capacity }
    }

    /// Takes the vector out; an empty one stays.
    pub(super) fn take(&mut self) -> Vec<u8> {
        self.initialized = 0;
        std::mem::take(self.vec.vec())
    }

    /// Reads to the end; returns how many bytes, with `read` of them from earlier polls.
    pub(super) fn poll_read_to_end<R: AsyncRead + ?Sized>(
        &mut self,
        mut reader: Pin<&mut R>,
        cx: &mut Context<'_>,
        read: &mut usize,
    ) -> Poll<io::Result<usize>> {
        loop {
            match ready!(retry(|| self.poll_read(reader.as_mut(), cx)))? {
                0 => return Poll::Ready(Ok(std::mem::take(read))),
                n => *read += n,
            }
        }
    }

    fn poll_read<R: AsyncRead + ?Sized>(
        &mut self,
        reader: Pin<&mut R>,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<usize>> {
        let vec = self.vec.vec();
        if vec.capacity() - vec.len() < LEAST_ROOM {
            // A caller who knows the length has made the vector fit: before it grows, see
            // whether anything follows.
            if vec.capacity() == self.first_capacity && vec.capacity() >= LEAST_ROOM {
                return self.poll_probe(reader, cx);
            }
            // Doubles the capacity, so that no byte is moved more than twice on average.
            self.initialized = 0;
            vec.reserve(LEAST_ROOM);
        }
        let free = vec.spare_capacity_mut();
        let room = free.len();
        let mut whole = ReadBuf::uninit(free);
        // SAFETY: so many bytes behind the end are initialized.
        unsafe { whole.assume_init(self.initialized) };
        let (n, polled) = whole.with_limit(room, |part| reader.poll_read(cx, part));
        self.initialized = whole.initialized().len() - n;
        // SAFETY: the reader has filled, and so initialized, `n` bytes behind the end.
        unsafe { vec.set_len(vec.len() + n) };
        ready!(polled)?;
        Poll::Ready(Ok(n))
    }

    /// Reads a few bytes into a buffer of its own, and appends them.
    fn poll_probe<R: AsyncRead + ?Sized>(
        &mut self,
        reader: Pin<&mut R>,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<usize>> {
        let mut few = [MaybeUninit::uninit(); LEAST_ROOM];
        let mut buf = ReadBuf::uninit(&mut few);
        let (n, polled) = buf.with_limit(LEAST_ROOM, |part| reader.poll_read(cx, part));
        ready!(polled)?;
        self.initialized = 0;
        self.vec.vec().extend_from_slice(buf.filled());
        Poll::Ready(Ok(n))
    }
}
