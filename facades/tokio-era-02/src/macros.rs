//! The attributes of tokio 0.2 by scheduler, and the hidden names that its macros expand to.

mod join;

pub use self::join::{Join, TryJoin};
pub use crate::future::maybe_done;
pub use tokio_await::macros::Chain;
pub use tokio_macros_02::{
    main, main_basic, main_threaded, select_priv_declare_output_enum, test, test_basic,
    test_threaded,
};

pub mod support {
    //! What macros of other crates, written for tokio 0.2, take from it.

    pub use crate::future::{maybe_done, poll_fn};
    pub use std::future::Future;
    pub use std::pin::Pin;
    pub use std::task::Poll;
    pub use tokio_await::macros::first_branch as thread_rng_n;
}
