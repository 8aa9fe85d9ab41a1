//! Handles of Windows.

/// Implements what gives the handle of `$name`, by way of `self.inner`.
macro_rules! has_handle {
    ($name:ident) => {
        impl std::os::windows::io::AsRawHandle for $name {
            fn as_raw_handle(&self) -> std::os::windows::io::RawHandle {
                self.inner.as_raw_handle()
            }
        }
    };
}

/// The descriptor of a socket, which has none there.
macro_rules! has_descriptor {
    ($name:ident) => {};
}

pub(crate) use {has_descriptor, has_handle};
