//! Links, as only Unix makes them by one call.

use super::run;
use std::io;
use std::path::Path;

as_in_std! {
    /// Makes a link at `link` that leads to `original`.
    symlink(original, link) -> () = std::os::unix::fs::symlink;
}
