//! Descriptors of Unix.

/// Implements what gives the descriptor of `$name`, by way of `self.inner`.
macro_rules! has_handle {
    ($name:ident) => {
        impl std::os::fd::AsRawFd for $name {
            fn as_raw_fd(&self) -> std::os::fd::RawFd {
                self.inner.as_raw_fd()
            }
        }
    };
}

pub(crate) use has_handle;
// A socket is a descriptor like any other.
pub(crate) use has_handle as has_descriptor;
