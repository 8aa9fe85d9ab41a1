//! Byte strings and text as streams of a single buffer.

use super::never::Never;
use super::{BufStream, SizeHint};
use bytes::{Bytes, BytesMut};
use futures::{Async, Poll};
use std::io::Cursor;
use std::mem;

macro_rules! buf_stream {
    ($( $string:ty, $bytes:ty, $into_bytes:expr; )*) => { $(
        /// Delivers itself whole, and is empty from then on. An empty one delivers
        /// nothing.
        impl BufStream for $string {
            type Item = Cursor<$bytes>;
            type Error = Never;

            fn poll_buf(&mut self) -> Poll<Option<Self::Item>, Never> {
                if self.is_empty() {
                    return Ok(Async::Ready(None));
                }
                let whole: $bytes = $into_bytes(mem::take(self));
                Ok(Async::Ready(Some(Cursor::new(whole))))
            }

            fn size_hint(&self) -> SizeHint {
                SizeHint::exact(self.len())
            }
        }
    )* };
}

buf_stream! {
    &'static str, &'static [u8], str::as_bytes;
    String, Vec<u8>, String::into_bytes;
    &'static [u8], &'static [u8], std::convert::identity;
    Vec<u8>, Vec<u8>, std::convert::identity;
    Bytes, Bytes, std::convert::identity;
    BytesMut, BytesMut, std::convert::identity;
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Buf;

    fn delivers_once<S: BufStream>(mut stream: S, expected: &[u8]) {
        let hint = stream.size_hint();
        assert_eq!(hint.lower(), expected.len() as u64);
        assert_eq!(hint.upper(), Some(expected.len() as u64));
        match stream.poll_buf() {
            Ok(Async::Ready(Some(buf))) => assert_eq!(buf.bytes(), expected),
            _ => panic!("the buffer is ready"),
        }
        assert_eq!(stream.size_hint().upper(), Some(0));
        assert!(matches!(stream.poll_buf(), Ok(Async::Ready(None))));
    }

    #[test]
    fn each_string_delivers_itself_once() {
        delivers_once("text", b"text");
        delivers_once(String::from("text"), b"text");
        delivers_once(&b"bytes"[..], b"bytes");
        delivers_once(b"bytes".to_vec(), b"bytes");
        delivers_once(Bytes::from_static(b"bytes"), b"bytes");
        delivers_once(BytesMut::from(&b"bytes"[..]), b"bytes");
    }

    #[test]
    fn an_empty_string_delivers_nothing() {
        assert!(matches!("".poll_buf(), Ok(Async::Ready(None))));
        assert!(matches!(Bytes::new().poll_buf(), Ok(Async::Ready(None))));
    }
}
