//! I/O traits over `bytes` 0.5, and what is built on them.
