//! An option of opening a pipe that Linux has.

use super::OpenOptions;

impl OpenOptions {
    /// Sets whether to open for reading and writing: then there always is an other end.
    pub fn read_write(&mut self, value: bool) -> &mut OpenOptions {
        self.both = value;
        self
    }
}
