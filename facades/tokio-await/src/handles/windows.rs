//! Handles of Windows.

/// Implements what gives the handle of `$name`, by way of `self.$std`.
macro_rules! has_handle {
    ($name:ident, $($std:ident).+) => {
        impl std::os::windows::io::AsHandle for $name {
            fn as_handle(&self) -> std::os::windows::io::BorrowedHandle<'_> {
                self.$($std).+.as_handle()
            }
        }

        impl std::os::windows::io::AsRawHandle for $name {
            fn as_raw_handle(&self) -> std::os::windows::io::RawHandle {
                self.$($std).+.as_raw_handle()
            }
        }
    };
}

pub(crate) use has_handle;
