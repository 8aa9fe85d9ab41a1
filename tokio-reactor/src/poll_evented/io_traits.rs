//! [`PollEvented`] as std's and tokio 0.1's reader and writer, by value and by reference.
//!
//! Each method is one operation of the value's, by way of `poll_io`, for the current task of
//! futures 0.1.

use super::PollEvented;
use crate::evented::Evented;
use crate::readiness::Direction;
use futures::Async;
use std::io::{self, IoSlice, IoSliceMut, Read, Write};
use tokio_executor::internals::convert::or_would_block;
use tokio_executor::task::Context;
use tokio_io::{AsyncRead, AsyncWrite};

impl<E> Read for PollEvented<E>
where
    E: Evented + Read,
{
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        or_would_block(self.poll_io_mut(Direction::Read, |io| io.read(buf)))
    }

    fn read_vectored(&mut self, bufs: &mut [IoSliceMut<'_>]) -> io::Result<usize> {
        or_would_block(self.poll_io_mut(Direction::Read, |io| io.read_vectored(bufs)))
    }
}

impl<E> Write for PollEvented<E>
where
    E: Evented + Write,
{
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        or_would_block(self.poll_io_mut(Direction::Write, |io| io.write(buf)))
    }

    fn write_vectored(&mut self, bufs: &[IoSlice<'_>]) -> io::Result<usize> {
        or_would_block(self.poll_io_mut(Direction::Write, |io| io.write_vectored(bufs)))
    }

    fn flush(&mut self) -> io::Result<()> {
        or_would_block(self.poll_io_mut(Direction::Write, |io| io.flush()))
    }
}

impl<E> AsyncRead for PollEvented<E> where E: Evented + Read {}

impl<E> AsyncWrite for PollEvented<E>
where
    E: Evented + Write,
{
    /// Does nothing: what shutting down means depends on the value.
    fn shutdown(&mut self) -> futures::Poll<(), io::Error> {
        Ok(Async::Ready(()))
    }
}

impl<'a, E> Read for &'a PollEvented<E>
where
    E: Evented,
    &'a E: Read,
{
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let this: &'a PollEvented<E> = self;
        let mut io = this.get_ref();
        let cx = Context::current();
        or_would_block(this.poll_read_stream(&cx, 0, |_| io.read(buf)))
    }

    fn read_vectored(&mut self, bufs: &mut [IoSliceMut<'_>]) -> io::Result<usize> {
        let this: &'a PollEvented<E> = self;
        let mut io = this.get_ref();
        let cx = Context::current();
        or_would_block(this.poll_read_stream(&cx, 0, |_| io.read_vectored(bufs)))
    }
}

impl<'a, E> Write for &'a PollEvented<E>
where
    E: Evented,
    &'a E: Write,
{
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        let this: &'a PollEvented<E> = self;
        let mut io = this.get_ref();
        let cx = Context::current();
        or_would_block(this.poll_write_io(&cx, |_| io.write(buf)))
    }

    fn write_vectored(&mut self, bufs: &[IoSlice<'_>]) -> io::Result<usize> {
        let this: &'a PollEvented<E> = self;
        let mut io = this.get_ref();
        let cx = Context::current();
        or_would_block(this.poll_write_io(&cx, |_| io.write_vectored(bufs)))
    }

    fn flush(&mut self) -> io::Result<()> {
        let this: &'a PollEvented<E> = self;
        let mut io = this.get_ref();
        let cx = Context::current();
        or_would_block(this.poll_write_io(&cx, |_| io.flush()))
    }
}

impl<'a, E> AsyncRead for &'a PollEvented<E>
where
    E: Evented,
    &'a E: Read,
{
}

impl<'a, E> AsyncWrite for &'a PollEvented<E>
where
    E: Evented,
    &'a E: Write,
{
    /// Does nothing: what shutting down means depends on the value.
    fn shutdown(&mut self) -> futures::Poll<(), io::Error> {
        Ok(Async::Ready(()))
    }
}
