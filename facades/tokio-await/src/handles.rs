//! The system's handle of a type that has one of std inside.
//!
//! Used by files and by what a process is given at its start.

/// Implements what gives the handle of `$name`, by way of `self.$std`.
macro_rules! has_handle {
    ($name:ident, $($std:ident).+) => {
        #[cfg(unix)]
        impl std::os::fd::AsFd for $name {
            fn as_fd(&self) -> std::os::fd::BorrowedFd<'_> {
                self.$($std).+.as_fd()
            }
        }

        #[cfg(unix)]
        impl std::os::fd::AsRawFd for $name {
            fn as_raw_fd(&self) -> std::os::fd::RawFd {
                self.$($std).+.as_raw_fd()
            }
        }

        #[cfg(windows)]
        impl std::os::windows::io::AsHandle for $name {
            fn as_handle(&self) -> std::os::windows::io::BorrowedHandle<'_> {
                self.$($std).+.as_handle()
            }
        }

        #[cfg(windows)]
        impl std::os::windows::io::AsRawHandle for $name {
            fn as_raw_handle(&self) -> std::os::windows::io::RawHandle {
                self.$($std).+.as_raw_handle()
            }
        }
    };
}

pub(crate) use has_handle;
