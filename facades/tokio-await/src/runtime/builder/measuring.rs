//! What a runtime measures of its polls: the part of the builder that sets the counts.
//!
//! Programs call it; `RuntimeMetrics` reads what was counted.
//!
//! Always true: nothing is measured of every poll unless a program asked for it.
//!
//! Why not with the other settings? The older names and shapes of these fill a file by themselves.

use super::Builder;
use crate::runtime::histogram::{HistogramConfiguration, HistogramScale};
use std::time::Duration;

/// What is asked for of poll times, or of the waits for polls.
#[derive(Clone)]
pub(super) struct PollTimes {
    enabled: bool,
    configuration: Option<HistogramConfiguration>,
    scale: HistogramScale,
    width: Duration,
    buckets: usize,
}

impl Default for PollTimes {
    fn default() -> PollTimes {
        let (width, buckets) = (Duration::from_micros(100), 10);
        let scale = HistogramScale::Linear;
        PollTimes { enabled: false, configuration: None, scale, width, buckets }
    }
}

impl PollTimes {
    /// The ends of the counts, if polls are to be measured.
    pub(super) fn ends(&self) -> Option<Vec<Duration>> {
        let simple = || match self.scale {
            HistogramScale::Linear => HistogramConfiguration::linear(self.width, self.buckets),
            HistogramScale::Log => HistogramConfiguration::doubling(self.width, self.buckets),
        };
        let configuration = self.enabled.then(|| self.configuration.clone())?;
        Some(configuration.unwrap_or_else(simple).ends().to_vec())
    }
}

impl Builder {
    /// Has every poll of a task measured, and counted by its time. Without this, at least one of
    /// 244 is, for
    /// [`worker_mean_poll_time`](crate::runtime::RuntimeMetrics::worker_mean_poll_time).
    ///
    /// It takes two looks at the clock a poll.
    pub fn enable_metrics_poll_time_histogram(&mut self) -> &mut Builder {
        self.poll_times.enabled = true;
        self
    }

    /// Is the former name of
    /// [`enable_metrics_poll_time_histogram`](Self::enable_metrics_poll_time_histogram).
    #[deprecated(note = "renamed to `enable_metrics_poll_time_histogram`")]
    #[doc(hidden)]
    pub fn enable_metrics_poll_count_histogram(&mut self) -> &mut Builder {
        self.enable_metrics_poll_time_histogram()
    }

    /// Sets how poll times are counted, if they are: in ten counts of 100 us each, unless this says
    /// otherwise.
    pub fn metrics_poll_time_histogram_configuration(
        &mut self,
        configuration: HistogramConfiguration,
    ) -> &mut Builder {
        self.poll_times.configuration = Some(configuration);
        self
    }

    /// Has the time measured from when a task is spawned or woken until it is polled, and counted
    /// by worker. Of several wakes before a poll, the first counts.
    ///
    /// It takes two looks at the clock a poll, and two allocations a task. Measured is what the
    /// interface of tokio 1.x spawns onto this runtime: no futures 0.1, no tasks of a
    /// [`LocalSet`](crate::task::LocalSet), and nothing that is blocked on.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::runtime::Builder;
    ///
    /// let runtime = Builder::new_current_thread()
    ///     .enable_metrics_schedule_latency_histogram()
    ///     .build()
    ///     .unwrap();
    /// runtime.block_on(async { tokio::spawn(async {}).await.unwrap() });
    /// let metrics = runtime.metrics();
    /// let counts = 0..metrics.schedule_latency_histogram_num_buckets();
    /// let polls = counts.map(|n| metrics.schedule_latency_histogram_bucket_count(0, n));
    /// assert_eq!(polls.sum::<u64>(), 1);
    /// ```
    pub fn enable_metrics_schedule_latency_histogram(&mut self) -> &mut Builder {
        self.latencies.enabled = true;
        self
    }

    /// Sets how these times are counted, if they are: in ten counts of 100 us each, unless this
    /// says otherwise.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use std::time::Duration;
    /// use tokio::runtime::{Builder, HistogramConfiguration};
    ///
    /// let runtime = Builder::new_multi_thread()
    ///     .worker_threads(1)
    ///     .enable_metrics_schedule_latency_histogram()
    ///     .metrics_schedule_latency_histogram_configuration(HistogramConfiguration::linear(
    ///         Duration::from_micros(10),
    ///         100,
    ///     ))
    ///     .build()
    ///     .unwrap();
    /// assert_eq!(runtime.metrics().schedule_latency_histogram_num_buckets(), 100);
    /// ```
    pub fn metrics_schedule_latency_histogram_configuration(
        &mut self,
        configuration: HistogramConfiguration,
    ) -> &mut Builder {
        self.latencies.configuration = Some(configuration);
        self
    }

    /// Sets whether the counts are of one width.
    #[deprecated(note = "use `metrics_poll_time_histogram_configuration`")]
    #[doc(hidden)]
    pub fn metrics_poll_count_histogram_scale(&mut self, scale: HistogramScale) -> &mut Builder {
        self.poll_times.scale = scale;
        self
    }

    /// Sets the width of the first count.
    #[deprecated(note = "use `metrics_poll_time_histogram_configuration`")]
    #[doc(hidden)]
    #[track_caller]
    pub fn metrics_poll_count_histogram_resolution(
        &mut self,
        resolution: Duration,
    ) -> &mut Builder {
        assert!(resolution > Duration::ZERO, "the resolution must be above 0");
        self.poll_times.width = resolution;
        self
    }

    /// Sets the number of counts.
    #[deprecated(note = "use `metrics_poll_time_histogram_configuration`")]
    #[doc(hidden)]
    pub fn metrics_poll_count_histogram_buckets(&mut self, buckets: usize) -> &mut Builder {
        self.poll_times.buckets = buckets;
        self
    }
}
