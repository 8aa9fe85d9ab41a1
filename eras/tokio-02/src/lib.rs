//! tokio 0.2's interface, by its name: names only. See facades/tokio-era-02.

pub use tokio_era_02::*;
