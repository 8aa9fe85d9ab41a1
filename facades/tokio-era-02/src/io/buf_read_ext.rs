//! What programs call to read through a buffer: [`AsyncBufReadExt`].

use super::future::{ReadLine, ReadUntil};
use super::modern::Modern;
use super::{AsyncBufRead, Lines, Split};
use tokio_await::io::AsyncBufReadExt as Ext;

/// Methods of every [`AsyncBufRead`].
///
/// # Examples
///
/// ```
/// # use tokio_era_02 as tokio;
/// use tokio::io::AsyncBufReadExt;
///
/// #[tokio::main]
/// async fn main() -> std::io::Result<()> {
///     let mut input: &[u8] = b"first\nsecond\n";
///     let mut line = String::new();
///     input.read_line(&mut line).await?;
///     assert_eq!(line, "first\n");
///     Ok(())
/// }
/// ```
pub trait AsyncBufReadExt: AsyncBufRead {
    /// Appends to `buf` all up to the next `byte`, or to the end, and returns how many
    /// bytes. The `byte` is among them. Goes on after `Interrupted`.
    ///
    /// # Errors
    ///
    /// Those of the source. What was read before is in `buf`.
    ///
    /// # Dropping
    ///
    /// What was read is in `buf`.
    fn read_until<'a>(&'a mut self, byte: u8, buf: &'a mut Vec<u8>) -> ReadUntil<'a, Self>
    where
        Self: Unpin,
    {
        ReadUntil::new(Ext::read_until(Modern::of(self), byte, buf))
    }

    /// Appends the next line to `buf`, with its end, and returns how many bytes; 0 means
    /// the end.
    ///
    /// # Errors
    ///
    /// `InvalidData` if it is not UTF-8: `buf` is then as it was. Those of the source: what
    /// was read before is in `buf`, if it is text.
    ///
    /// # Dropping
    ///
    /// Leaves `buf` empty.
    fn read_line<'a>(&'a mut self, buf: &'a mut String) -> ReadLine<'a, Self>
    where
        Self: Unpin,
    {
        ReadLine::new(Ext::read_line(Modern::of(self), buf))
    }

    /// Creates a stream of what is between one `byte` and the next.
    fn split(self, byte: u8) -> Split<Self>
    where
        Self: Sized + Unpin,
    {
        Split::new(self, byte)
    }

    /// Creates a stream of the lines, without their ends: `\n` or `\r\n`.
    fn lines(self) -> Lines<Self>
    where
        Self: Sized,
    {
        Lines::new(self)
    }
}

impl<R: AsyncBufRead + ?Sized> AsyncBufReadExt for R {}
