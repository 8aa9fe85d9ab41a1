//! Descriptors of Unix.

/// Implements what gives the handle of `$name`, by way of `self.$std`.
macro_rules! has_handle {
    ($name:ident, $($std:ident).+) => {
        impl std::os::fd::AsFd for $name {
            fn as_fd(&self) -> std::os::fd::BorrowedFd<'_> {
                self.$($std).+.as_fd()
            }
        }

        impl std::os::fd::AsRawFd for $name {
            fn as_raw_fd(&self) -> std::os::fd::RawFd {
                self.$($std).+.as_raw_fd()
            }
        }
    };
}

pub(crate) use has_handle;
