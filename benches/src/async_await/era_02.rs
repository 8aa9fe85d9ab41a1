//! The words of tokio 0.2 for what the workloads say in those of 1.x.
//!
//! Included by `peers/awaiting_02.rs` and `peers/tokio_02.rs`; `super::era` is the crate under
//! test. Each line here is a difference between the eras, and none costs anything: names,
//! but for copying both ways, which programs of 0.2 do by two copies of halves.

use self::async_await::engine::{engine, Engine};
use super::era::runtime::{Builder, Runtime};
use std::future::Future;

#[path = "mod.rs"]
mod async_await;

pub use self::async_await::{run, serve};

/// The crate under test, by the names of 1.x.
pub mod rt {
    use super::super::era;

    pub use era::{net, spawn, sync, task};

    pub mod time {
        use super::era;

        pub use era::time::{
            delay_for as sleep, delay_until as sleep_until, Delay as Sleep, Instant,
        };
    }

    pub mod io {
        use super::era;
        use era::net::TcpStream;

        pub use era::io::{AsyncReadExt, AsyncWriteExt};

        pub async fn copy_bidirectional(
            a: &mut TcpStream,
            b: &mut TcpStream,
        ) -> std::io::Result<()> {
            let ((mut a_reader, mut a_writer), (mut b_reader, mut b_writer)) =
                (a.split(), b.split());
            let there = async {
                era::io::copy(&mut a_reader, &mut b_writer).await?;
                b_writer.shutdown().await
            };
            let back = async {
                era::io::copy(&mut b_reader, &mut a_writer).await?;
                a_writer.shutdown().await
            };
            era::try_join!(there, back).map(|_| ())
        }
    }
}

/// What 0.2 has not, or not in the same words.
mod sync {
    use super::async_await::Engine;
    use crate::jobs::Job;
    use crate::measured::Report;
    use crate::settings::Settings;

    pub fn run(_: &mut impl Engine, _: Job, _: &Settings) -> Option<Report> {
        None
    }
}

engine!(Pool, true, workers => Builder::new().threaded_scheduler().core_threads(workers));
engine!(OneThread, false, _workers => Builder::new().basic_scheduler());

/// Blocks where the task is.
async fn in_place<T>(f: impl FnMut() -> T + Unpin) -> T {
    rt::task::block_in_place(f)
}
