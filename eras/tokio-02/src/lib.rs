//! tokio 0.2's interface, by its name, over the engine that runs tokio 0.1 and 1.x.
//!
//! `[patch.crates-io]` puts this package under programs and libraries that ask for tokio
//! 0.2. It holds names only: the code is in `facades/tokio-era-02`, where each item is
//! documented, and, where 0.2 and 1.x agree, in `facades/tokio-await`.
//!
//! A feature shows a module, as in tokio; it never changes what the module does. The one
//! exception is tokio's own: `rt-threaded` makes `Runtime::new` a pool of workers.

// Hidden: what a macro expands to.
#[doc(hidden)]
pub use tokio_era_02::{future, macros};
pub use tokio_era_02::{io, net, pin, prelude, runtime};

#[cfg(feature = "fs")]
pub use tokio_era_02::fs;
#[cfg(all(feature = "process", any(unix, windows)))]
pub use tokio_era_02::process;
#[cfg(all(feature = "signal", any(unix, windows)))]
pub use tokio_era_02::signal;
#[cfg(feature = "stream")]
pub use tokio_era_02::stream;
#[cfg(feature = "sync")]
pub use tokio_era_02::sync;
#[cfg(feature = "time")]
pub use tokio_era_02::time;
#[cfg(feature = "rt-core")]
pub use tokio_era_02::{spawn, task};

// Hidden: what a macro expands to.
#[doc(hidden)]
#[cfg(feature = "macros")]
pub use tokio_era_02::macros::select_priv_declare_output_enum;
#[cfg(all(feature = "macros", not(feature = "rt-core")))]
pub use tokio_era_02::macros::{main, test};
#[cfg(all(feature = "macros", feature = "rt-core", not(feature = "rt-threaded")))]
pub use tokio_era_02::macros::{main_basic as main, test_basic as test};
#[cfg(all(feature = "macros", feature = "rt-threaded"))]
pub use tokio_era_02::macros::{main_threaded as main, test_threaded as test};
#[cfg(feature = "rt-util")]
pub use tokio_era_02::task_local;
#[cfg(feature = "macros")]
pub use tokio_era_02::{join, select, try_join};
