//! The runtimes, their settings, and handles to them.

pub use tokio_await::runtime::{
    is_rt_shutdown_err, worker_index, Builder, EnterGuard, Handle, Id, LocalOptions, LocalRuntime,
    Runtime, RuntimeFlavor, RuntimeMetrics, TryCurrentError,
};
#[cfg(tokio_unstable)]
pub use tokio_await::runtime::{
    HistogramConfiguration, HistogramScale, InvalidHistogramConfiguration, LogHistogram,
    LogHistogramBuilder, RngSeed, TaskMeta, UnhandledPanic,
};
