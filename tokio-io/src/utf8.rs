//! Lines that are not UTF-8, as an error that keeps their bytes.
//!
//! Made by `io::lines` and `LinesCodec`, each with the words that upstream tokio 0.1 used
//! there, since logs and tests match them. The source of the error is std's
//! [`FromUtf8Error`], which has the bytes.
//!
//! Why not std's error alone? Its text begins differently.

use std::error::Error;
use std::fmt;
use std::io;
use std::string::FromUtf8Error;

/// Turns bytes into text, or into an `InvalidData` error whose text begins with `words`.
pub(crate) fn text(bytes: Vec<u8>, words: &'static str) -> io::Result<String> {
    String::from_utf8(bytes)
        .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, NotUtf8 { words, error }))
}

#[derive(Debug)]
struct NotUtf8 {
    words: &'static str,
    error: FromUtf8Error,
}

impl fmt::Display for NotUtf8 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words)
    }
}

impl Error for NotUtf8 {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.error)
    }
}
