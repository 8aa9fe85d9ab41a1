//! Links, as Windows makes them: of one kind to a directory, of another to a file.

use super::run;
use std::io;
use std::path::Path;

as_in_std! {
    /// Makes a link at `link` that leads to the directory `original`.
    symlink_dir(original, link) -> () = std::os::windows::fs::symlink_dir;
    /// Makes a link at `link` that leads to the file `original`.
    symlink_file(original, link) -> () = std::os::windows::fs::symlink_file;
}
