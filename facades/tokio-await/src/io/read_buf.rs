//! The buffer that a reader fills.

/// A buffer, and how much of it is filled.
///
/// All of it is initialised: the socket reads of this engine need no more than a slice,
/// and whoever keeps a buffer initialises it once.
#[derive(Debug)]
pub struct ReadBuf<'a> {
    buf: &'a mut [u8],
    filled: usize,
}

impl<'a> ReadBuf<'a> {
    /// `buf`, with nothing filled.
    pub fn new(buf: &'a mut [u8]) -> ReadBuf<'a> {
        ReadBuf { buf, filled: 0 }
    }

    /// The size of the buffer.
    pub fn capacity(&self) -> usize {
        self.buf.len()
    }

    /// The bytes that were filled.
    pub fn filled(&self) -> &[u8] {
        &self.buf[..self.filled]
    }

    /// The bytes that were filled.
    pub fn filled_mut(&mut self) -> &mut [u8] {
        &mut self.buf[..self.filled]
    }

    /// The number of bytes that can still be filled.
    pub fn remaining(&self) -> usize {
        self.buf.len() - self.filled
    }

    /// The bytes that can still be filled.
    pub fn initialize_unfilled(&mut self) -> &mut [u8] {
        &mut self.buf[self.filled..]
    }

    /// The next `n` bytes that can be filled.
    ///
    /// # Panics
    ///
    /// If there are fewer.
    pub fn initialize_unfilled_to(&mut self, n: usize) -> &mut [u8] {
        &mut self.initialize_unfilled()[..n]
    }

    /// The next `n` bytes are filled.
    ///
    /// # Panics
    ///
    /// If there are fewer.
    pub fn advance(&mut self, n: usize) {
        assert!(n <= self.remaining(), "filled {n} bytes where {} were left", self.remaining());
        self.filled += n;
    }

    /// Sets how much is filled.
    ///
    /// # Panics
    ///
    /// If it is more than the buffer.
    pub fn set_filled(&mut self, n: usize) {
        assert!(n <= self.buf.len(), "filled {n} bytes of {}", self.buf.len());
        self.filled = n;
    }

    /// Nothing is filled.
    pub fn clear(&mut self) {
        self.filled = 0;
    }

    /// Fills in `bytes`.
    ///
    /// # Panics
    ///
    /// If they do not fit.
    pub fn put_slice(&mut self, bytes: &[u8]) {
        self.initialize_unfilled_to(bytes.len()).copy_from_slice(bytes);
        self.filled += bytes.len();
    }
}
