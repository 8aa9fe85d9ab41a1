//! Lines of text.
//!
//! ```text
//!               limit passed, no line end in sight
//!   collecting ------------------------------------> discarding
//!        ^                                              |
//!        +----------------------------------------------+
//!                          line end
//! ```
//!
//! Called by programs, by way of `tokio::codec`.
//!
//! Always true: of an overlong line nothing is kept, so what is buffered never exceeds
//! the limit by more than one read. The bytes of a line that is reported as an error
//! have left the buffer by then, so it is reported once.
//!
//! Why a state beside the buffer? Without it a long line would be searched from its start after
//! every read, and one that is too long would be reported once for each.

use super::{Decoder, Encoder};
use crate::utf8;
use bytes::BytesMut;
use std::{cmp, io};

/// Takes each line, without its `\n` or `\r\n`, for a frame, and ends each frame that is
/// sent with `\n`.
///
/// What follows the last line end is a line too, unless it is empty or a lone `\r`.
///
/// # Errors
///
/// `InvalidData` for a line that is not UTF-8, holding it as a
/// [`FromUtf8Error`](std::string::FromUtf8Error), the source of the error. `Other` for a
/// line above the limit, as soon as that much has arrived. Either is reported once, and the
/// next line is read as usual.
///
/// # Examples
///
/// ```
/// use bytes::BytesMut;
/// use tokio::codec::{Decoder, LinesCodec};
///
/// let mut codec = LinesCodec::new_with_max_length(5);
/// let mut arrived = BytesMut::from("hello\na line too long\nworld\n");
/// assert_eq!(codec.decode(&mut arrived)?.unwrap(), "hello");
/// assert!(codec.decode(&mut arrived).is_err());
/// assert_eq!(codec.decode(&mut arrived)?.unwrap(), "world");
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq, Ord, PartialOrd, Hash)]
pub struct LinesCodec {
    /// Bytes at the start of the buffer that are known to hold no line end.
    searched: usize,
    /// In bytes, without the `\n`; `usize::MAX` for no limit.
    max_length: usize,
    /// Whether the rest of an overlong line is still arriving.
    discarding: bool,
}

impl LinesCodec {
    /// Lines of any length.
    ///
    /// A peer that sends no line end makes the buffer grow for as long as it likes; see
    /// [`new_with_max_length`](LinesCodec::new_with_max_length).
    ///
    /// # Examples
    ///
    /// ```
    /// use bytes::BytesMut;
    /// use tokio::codec::{Decoder, LinesCodec};
    ///
    /// let mut received = BytesMut::from(&b"one\r\ntw"[..]);
    /// let mut codec = LinesCodec::new();
    /// assert_eq!(codec.decode(&mut received)?.unwrap(), "one");
    /// assert!(codec.decode(&mut received)?.is_none());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn new() -> LinesCodec {
        LinesCodec::new_with_max_length(usize::MAX)
    }

    /// Lines of at most `max_length` bytes when decoding, a `\r` included and the `\n`
    /// not.
    ///
    /// A longer line is an error, and its bytes are thrown away up to and including its
    /// end. Frames that are sent may have any length.
    ///
    /// # Examples
    ///
    /// ```
    /// use bytes::BytesMut;
    /// use tokio::codec::{Decoder, LinesCodec};
    ///
    /// let mut received = BytesMut::from(&b"far too long\nok\n"[..]);
    /// let mut codec = LinesCodec::new_with_max_length(4);
    /// assert!(codec.decode(&mut received).is_err());
    /// assert_eq!(codec.decode(&mut received)?.unwrap(), "ok");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn new_with_max_length(max_length: usize) -> LinesCodec {
        LinesCodec { searched: 0, max_length, discarding: false }
    }

    /// Returns the greatest length of a line in bytes, `usize::MAX` if there is no limit.
    pub fn max_length(&self) -> usize {
        self.max_length
    }

    /// Throws away what has arrived of the line that `src` begins with, of which the
    /// first `searched` bytes hold no line end.
    fn discard(&mut self, src: &mut BytesMut, searched: usize) {
        self.searched = 0;
        match src[searched..].iter().position(|&byte| byte == b'\n') {
            Some(at) => {
                self.discarding = false;
                src.advance(searched + at + 1);
            }
            None => {
                self.discarding = true;
                src.clear();
            }
        }
    }
}

/// A line without its end, as a frame.
fn text(line: &[u8]) -> io::Result<String> {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    utf8::text(line.to_vec(), "Unable to decode input as UTF8")
}

impl Decoder for LinesCodec {
    type Item = String;
    type Error = io::Error;

    fn decode(&mut self, src: &mut BytesMut) -> io::Result<Option<String>> {
        if self.discarding {
            self.discard(src, 0);
            if self.discarding {
                return Ok(None);
            }
        }
        // One byte past the limit may still be the line end.
        let searchable = cmp::min(src.len(), self.max_length.saturating_add(1));
        let searched = cmp::min(self.searched, searchable);
        match src[searched..searchable].iter().position(|&byte| byte == b'\n') {
            Some(at) => {
                self.searched = 0;
                let line = src.split_to(searched + at + 1);
                text(&line[..line.len() - 1]).map(Some)
            }
            None if src.len() > self.max_length => {
                self.discard(src, searchable);
                Err(io::Error::other(format!(
                    "line length limit exceeded: more than {} bytes",
                    self.max_length
                )))
            }
            None => {
                self.searched = searchable;
                Ok(None)
            }
        }
    }

    fn decode_eof(&mut self, src: &mut BytesMut) -> io::Result<Option<String>> {
        let line = self.decode(src)?;
        if line.is_some() || src.is_empty() || src == &b"\r"[..] {
            return Ok(line);
        }
        self.searched = 0;
        text(&src.take()).map(Some)
    }
}

impl Encoder for LinesCodec {
    type Item = String;
    type Error = io::Error;

    fn encode(&mut self, line: String, dst: &mut BytesMut) -> io::Result<()> {
        dst.reserve(line.len() + 1);
        dst.extend_from_slice(line.as_bytes());
        dst.extend_from_slice(b"\n");
        Ok(())
    }
}

impl Default for LinesCodec {
    fn default() -> LinesCodec {
        LinesCodec::new()
    }
}
