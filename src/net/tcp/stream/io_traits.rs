//! The stream as std's and tokio 0.1's readers and writers, by value and by `&TcpStream`.
//!
//! Each method is one of the stream's `poll_*_cx`, for the current task of futures 0.1.

use super::TcpStream;
use crate::net::answer::{or_would_block, to_async};
use bytes::{Buf, BufMut};
use std::io::{self, IoSlice, IoSliceMut, Read, Write};
use tokio_executor::task::Context;
use tokio_io::{AsyncRead, AsyncWrite};

impl Read for TcpStream {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        or_would_block(self.poll_read_cx(&Context::current(), buf))
    }

    fn read_vectored(&mut self, bufs: &mut [IoSliceMut<'_>]) -> io::Result<usize> {
        or_would_block(self.poll_read_vectored_cx(&Context::current(), bufs))
    }
}

impl Write for TcpStream {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        or_would_block(self.poll_write_cx(&Context::current(), buf))
    }

    fn write_vectored(&mut self, bufs: &[IoSlice<'_>]) -> io::Result<usize> {
        or_would_block(self.poll_write_vectored_cx(&Context::current(), bufs))
    }

    /// Does nothing: nothing is kept back.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl AsyncRead for TcpStream {
    unsafe fn prepare_uninitialized_buffer(&self, _: &mut [u8]) -> bool {
        false
    }

    fn poll_read(&mut self, buf: &mut [u8]) -> futures::Poll<usize, io::Error> {
        to_async(self.poll_read_cx(&Context::current(), buf))
    }

    fn read_buf<B: BufMut>(&mut self, buf: &mut B) -> futures::Poll<usize, io::Error> {
        to_async(self.poll_read_buf_cx(&Context::current(), buf))
    }
}

impl AsyncWrite for TcpStream {
    fn poll_write(&mut self, buf: &[u8]) -> futures::Poll<usize, io::Error> {
        to_async(self.poll_write_cx(&Context::current(), buf))
    }

    /// Does nothing, unless
    /// [`set_close_on_shutdown`](TcpStream::set_close_on_shutdown) was called.
    fn shutdown(&mut self) -> futures::Poll<(), io::Error> {
        self.end_writing().map(Into::into)
    }

    fn write_buf<B: Buf>(&mut self, buf: &mut B) -> futures::Poll<usize, io::Error> {
        to_async(self.poll_write_buf_cx(&Context::current(), buf))
    }
}

impl Read for &TcpStream {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        or_would_block(self.poll_read_cx(&Context::current(), buf))
    }

    fn read_vectored(&mut self, bufs: &mut [IoSliceMut<'_>]) -> io::Result<usize> {
        or_would_block(self.poll_read_vectored_cx(&Context::current(), bufs))
    }
}

impl Write for &TcpStream {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        or_would_block(self.poll_write_cx(&Context::current(), buf))
    }

    fn write_vectored(&mut self, bufs: &[IoSlice<'_>]) -> io::Result<usize> {
        or_would_block(self.poll_write_vectored_cx(&Context::current(), bufs))
    }

    /// Does nothing: nothing is kept back.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl AsyncRead for &TcpStream {
    unsafe fn prepare_uninitialized_buffer(&self, _: &mut [u8]) -> bool {
        false
    }

    fn poll_read(&mut self, buf: &mut [u8]) -> futures::Poll<usize, io::Error> {
        to_async(self.poll_read_cx(&Context::current(), buf))
    }

    fn read_buf<B: BufMut>(&mut self, buf: &mut B) -> futures::Poll<usize, io::Error> {
        to_async(self.poll_read_buf_cx(&Context::current(), buf))
    }
}

impl AsyncWrite for &TcpStream {
    fn poll_write(&mut self, buf: &[u8]) -> futures::Poll<usize, io::Error> {
        to_async(self.poll_write_cx(&Context::current(), buf))
    }

    /// Does nothing, unless
    /// [`set_close_on_shutdown`](TcpStream::set_close_on_shutdown) was called.
    fn shutdown(&mut self) -> futures::Poll<(), io::Error> {
        self.end_writing().map(Into::into)
    }

    fn write_buf<B: Buf>(&mut self, buf: &mut B) -> futures::Poll<usize, io::Error> {
        to_async(self.poll_write_buf_cx(&Context::current(), buf))
    }
}
