//! Files with tokio 0.2's methods.
