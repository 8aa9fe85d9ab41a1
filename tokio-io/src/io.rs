//! Futures that move whole buffers, and wrappers around readers and writers.
//!
//! Each function takes a reader or writer by value and returns a future that yields it
//! again when the work is done, so that the next step of a chain can go on with it.
//! If the future fails or is dropped, what it was given goes with it.
//!
//! # Examples
//!
//! ```
//! use futures::Future;
//! use std::io::Cursor;
//! use tokio_io::io;
//!
//! let copied = io::copy(&b"all of it"[..], Cursor::new(Vec::new()));
//! let (n, _reader, writer) = copied.wait()?;
//! assert_eq!(n, 9);
//! assert_eq!(writer.into_inner(), b"all of it");
//! # Ok::<(), std::io::Error>(())
//! ```

mod allow_std;
mod copy;
mod flush;
mod lines;
mod read;
mod read_exact;
mod read_to_end;
mod read_until;
mod scratch;
mod shutdown;
mod split;
mod window;
mod write_all;

pub use self::allow_std::AllowStdIo;
pub use self::copy::{copy, Copy};
pub use self::flush::{flush, Flush};
pub use self::lines::{lines, Lines};
pub use self::read::{read, Read};
pub use self::read_exact::{read_exact, ReadExact};
pub use self::read_to_end::{read_to_end, ReadToEnd};
pub use self::read_until::{read_until, ReadUntil};
pub use self::shutdown::{shutdown, Shutdown};
pub(crate) use self::split::split;
pub use self::split::{ReadHalf, WriteHalf};
pub use self::window::Window;
pub use self::write_all::{write_all, WriteAll};
