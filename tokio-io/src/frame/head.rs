//! The head of a length-delimited frame: where the length stands and what it counts.
//!
//! ```text
//!   |<------------- head bytes ------------->|
//!   +--------------+-------------------------+-----------------
//!   | field_offset | field_len: the number n | more head ...
//!   +--------------+-------------------------+-----------------
//!   |<-------- skip: not part of the frame ------->|<- n + adjustment bytes ->|
//! ```
//!
//! Shared by the codec and the types of old in [`crate::codec::length_delimited`].
//!
//! Called by `frame::length_delimited` as well.
//!
//! !Called by `frame::length_delimited` as well. =>
//!
//! Always true: the settings come from the program, the number from the peer. Nothing is
//! computed from either without a check for overflow, and no memory is reserved for a
//! peer's word alone.
//!
//! Why so many settings for one number? Protocols place the length anywhere in a head, and count
//! different things by it; upstream has a setting for each.

use bytes::BytesMut;
use std::{cmp, error, fmt, io};

/// Bytes reserved at once for a frame that has only been announced.
const RESERVE_AHEAD: usize = 64 * 1024;

#[derive(Debug, Clone, Copy)]
pub(crate) struct Head {
    /// Greatest value of the length field when decoding, greatest payload when encoding.
    pub(crate) max_frame_len: usize,
    /// Bytes of the length field, 1 to 8.
    pub(crate) field_len: usize,
    /// Bytes before the length field.
    pub(crate) field_offset: usize,
    /// What to add to the length field to get the bytes that follow `skip`.
    pub(crate) adjustment: isize,
    /// Bytes at the start that are not part of the frame; by default those up to the end
    /// of the length field.
    pub(crate) skip: Option<usize>,
    pub(crate) big_endian: bool,
}

impl Head {
    pub(crate) const DEFAULT: Head = Head {
        max_frame_len: 8 * 1024 * 1024,
        field_len: 4,
        field_offset: 0,
        adjustment: 0,
        skip: None,
        big_endian: true,
    };

    pub(crate) fn set_field_len(&mut self, len: usize) {
        assert!((1..=8).contains(&len), "length field must have 1 to 8 bytes, got {len}");
        self.field_len = len;
    }

    /// Takes a head off the start of `src` and returns how many bytes of frame follow.
    /// Leaves `src` as it is if the head is incomplete or wrong.
    pub(crate) fn take(&self, src: &mut BytesMut) -> io::Result<Option<usize>> {
        let field_end = self.field_offset.checked_add(self.field_len).ok_or_else(overflow)?;
        let skip = self.skip.unwrap_or(field_end);
        if src.len() < cmp::max(field_end, skip) {
            return Ok(None);
        }
        let field = &src[self.field_offset..field_end];
        let add = |n, &byte| n << 8 | u64::from(byte);
        let n = if self.big_endian {
            field.iter().fold(0, add)
        } else {
            field.iter().rev().fold(0, add)
        };
        // The limit is a `usize`, so what passes it is one too.
        let n = usize::try_from(n).ok().filter(|&n| n <= self.max_frame_len).ok_or_else(|| {
            io::Error::new(
                io::ErrorKind::InvalidData,
                FrameTooBig { len: n, max: self.max_frame_len as u64 },
            )
        })?;
        let n = n.checked_add_signed(self.adjustment).ok_or_else(overflow)?;
        if skip == 0 && n == 0 {
            // Taking it would leave `src` as it is, and the same frame would be found
            // again for ever.
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "frame without a single byte, head included",
            ));
        }
        src.advance(skip);
        Ok(Some(n))
    }

    /// Takes the `n` bytes of a frame off the start of `src` if all are there.
    pub(crate) fn take_frame(&self, n: usize, src: &mut BytesMut) -> Option<BytesMut> {
        if src.len() >= n {
            return Some(src.split_to(n));
        }
        // Up to as much again as the peer has sent already: the buffer grows with the
        // bytes that arrive, whatever was announced. And no room for what follows the frame:
        // a reader hands on a frame before it reads the next (`coop::proceed_reading`).
        let missing = n - src.len();
        src.reserve(cmp::min(missing, cmp::max(src.len(), RESERVE_AHEAD)));
        None
    }

    /// The length field for a payload of `len` bytes.
    pub(crate) fn field(&self, len: usize) -> io::Result<Field> {
        let too_big =
            |max| io::Error::new(io::ErrorKind::InvalidInput, FrameTooBig { len: len as u64, max });
        if len > self.max_frame_len {
            return Err(too_big(self.max_frame_len as u64));
        }
        let n = if self.adjustment < 0 {
            len.checked_add(self.adjustment.unsigned_abs())
        } else {
            len.checked_sub(self.adjustment.unsigned_abs())
        };
        let n = n.ok_or_else(overflow)? as u64;
        let max = u64::MAX >> (64 - 8 * self.field_len);
        if n > max {
            return Err(too_big(max));
        }
        let mut field = Field { bytes: [0; 8], len: self.field_len };
        if self.big_endian {
            field.bytes[..self.field_len].copy_from_slice(&n.to_be_bytes()[8 - self.field_len..]);
        } else {
            field.bytes[..self.field_len].copy_from_slice(&n.to_le_bytes()[..self.field_len]);
        }
        Ok(field)
    }
}

/// A length field, ready to be sent.
pub(crate) struct Field {
    bytes: [u8; 8],
    len: usize,
}

impl AsRef<[u8]> for Field {
    fn as_ref(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}

fn overflow() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, "provided length would overflow after adjustment")
}

/// The error inside an `io::Error` when a frame is longer than allowed, or than its
/// length field can say.
///
/// # Examples
///
/// ```
/// use futures::{Future, Stream};
/// use tokio::codec::length_delimited::{Builder, FrameTooBig};
///
/// let frames = Builder::new().max_frame_length(2).new_read(&b"\0\0\0\x03abc"[..]);
/// let error = frames.collect().wait().unwrap_err();
/// assert!(error.get_ref().unwrap().is::<FrameTooBig>());
/// ```
pub struct FrameTooBig {
    len: u64,
    max: u64,
}

impl fmt::Debug for FrameTooBig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Without the numbers, as upstream tokio 0.1 prints it; `Display` has them.
        f.write_str("FrameTooBig")
    }
}

impl fmt::Display for FrameTooBig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "frame size too big: {} bytes, at most {} allowed", self.len, self.max)
    }
}

impl error::Error for FrameTooBig {
    fn description(&self) -> &str {
        "frame size too big"
    }
}

/// The settings that both builders of length-delimited frames offer, on their `head`.
macro_rules! head_settings {
    () => {
        /// Reads and writes the length field with the most significant byte first. This
        /// is the default.
        pub fn big_endian(&mut self) -> &mut Self {
            self.head.big_endian = true;
            self
        }

        /// Reads and writes the length field with the least significant byte first.
        pub fn little_endian(&mut self) -> &mut Self {
            self.head.big_endian = false;
            self
        }

        /// Reads and writes the length field in the order of this machine.
        pub fn native_endian(&mut self) -> &mut Self {
            self.head.big_endian = cfg!(target_endian = "big");
            self
        }

        /// Refuses larger frames; 8 MiB by default.
        ///
        /// When decoding, this is the greatest value of the length field, before the
        /// adjustment. When encoding, it is the greatest length of a payload, in bytes.
        pub fn max_frame_length(&mut self, val: usize) -> &mut Self {
            self.head.max_frame_len = val;
            self
        }

        /// Sets the size of the length field in bytes; 4 by default.
        ///
        /// # Panics
        ///
        /// If `val` is not 1 to 8.
        pub fn length_field_length(&mut self, val: usize) -> &mut Self {
            self.head.set_field_len(val);
            self
        }

        /// Sets how many bytes of head come before the length field; 0 by default. Counts
        /// for decoding only.
        pub fn length_field_offset(&mut self, val: usize) -> &mut Self {
            self.head.field_offset = val;
            self
        }

        /// Sets what to add to the length field to get the length of the payload; 0 by
        /// default. Negative where the field counts the head as well.
        pub fn length_adjustment(&mut self, val: isize) -> &mut Self {
            self.head.adjustment = val;
            self
        }

        /// Sets how many bytes from the start of the head to leave out of the frame; by
        /// default everything up to the end of the length field. Counts for decoding
        /// only.
        pub fn num_skip(&mut self, val: usize) -> &mut Self {
            self.head.skip = Some(val);
            self
        }
    };
}
pub(crate) use head_settings;
