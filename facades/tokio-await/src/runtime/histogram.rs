//! How poll times are to be counted: the ends of the counts, as a builder takes them.
//!
//! Programs hand a [`HistogramConfiguration`] to the runtime's builder; what it comes to is a
//! row of upper ends, which `tokio_threadpool` counts by.
//!
//! Always true: each count ends above the one before, and the last has no end.
//!
//! Why compute a row of ends, and not count by a formula? Every poll that is measured is counted:
//! a search in a short row serves all scales, and a worker needs to know none of them.

use std::error::Error;
use std::fmt;
use std::iter::successors;
use std::time::Duration;

/// Whether the counts are of one width, or each is twice the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HistogramScale {
    /// Of one width.
    Linear,
    /// Each twice as wide as the one before.
    Log,
}

/// The ends of counts of poll times.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use std::time::Duration;
/// use tokio::runtime::{Builder, HistogramConfiguration};
///
/// let ends = HistogramConfiguration::linear(Duration::from_micros(100), 10);
/// let runtime = Builder::new_multi_thread()
///     .enable_metrics_poll_time_histogram()
///     .metrics_poll_time_histogram_configuration(ends)
///     .build()?;
/// assert_eq!(runtime.metrics().poll_time_histogram_num_buckets(), 10);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct HistogramConfiguration {
    ends: Vec<Duration>,
}

impl HistogramConfiguration {
    /// Returns `num_buckets` counts, each `bucket_width` wide but for the last.
    pub fn linear(bucket_width: Duration, num_buckets: usize) -> HistogramConfiguration {
        let end = |n: usize| bucket_width.saturating_mul(n as u32);
        HistogramConfiguration { ends: (1..num_buckets).map(end).collect() }
    }

    /// Returns counts whose width grows with the length that they count.
    pub fn log(configuration: impl Into<LogHistogram>) -> HistogramConfiguration {
        let LogHistogram { ends } = configuration.into();
        HistogramConfiguration { ends: ends.into_iter().map(Duration::from_nanos).collect() }
    }

    /// Returns counts of which each ends at twice the end of the one before. The first ends at
    /// `least`, or at the next power of two of nanoseconds.
    pub(super) fn doubling(least: Duration, num_buckets: usize) -> HistogramConfiguration {
        let nanos = u64::try_from(least.as_nanos()).ok().and_then(u64::checked_next_power_of_two);
        let first = nanos.map_or(least, Duration::from_nanos);
        let ends = successors(Some(first), |end| end.checked_mul(2));
        HistogramConfiguration { ends: ends.take(num_buckets.saturating_sub(1)).collect() }
    }

    pub(super) fn ends(&self) -> &[Duration] {
        &self.ends
    }
}

/// Counts whose width is a fixed part of the length that they count, or less.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogHistogram {
    /// In nanoseconds.
    ends: Vec<u64>,
}

impl LogHistogram {
    /// Returns a builder for the counts.
    pub fn builder() -> LogHistogramBuilder {
        LogHistogramBuilder::default()
    }

    /// Returns where the last count begins, in nanoseconds.
    pub fn max_value(&self) -> u64 {
        self.ends.last().copied().unwrap_or(0)
    }

    fn len(&self) -> usize {
        self.ends.len() + 1
    }
}

impl Default for LogHistogram {
    fn default() -> LogHistogram {
        LogHistogramBuilder::default().build()
    }
}

impl From<LogHistogramBuilder> for LogHistogram {
    fn from(builder: LogHistogramBuilder) -> LogHistogram {
        builder.build()
    }
}

/// The most digits of precision that there are, in bits.
const MAX_PRECISION: u32 = 10;

/// Builds a [`LogHistogram`].
///
/// By default: from 100 ns to 60 s, and a count is at most a quarter of its
/// start wide.
#[derive(Clone, Copy, Debug, Default)]
pub struct LogHistogramBuilder {
    min: Option<Duration>,
    max: Option<Duration>,
    precision: Option<u32>,
}

impl LogHistogramBuilder {
    /// Makes counts at most this part of their start wide, rounded to a power of two from a
    /// quarter to a 1024th.
    ///
    /// # Panics
    ///
    /// Unless `max_error` is above 0 and below 1.
    #[track_caller]
    pub fn max_error(mut self, max_error: f64) -> LogHistogramBuilder {
        assert!(max_error > 0.0, "max_error must be greater than 0");
        assert!(max_error < 1.0, "max_error must be less than 1");
        let fits = |p: &u32| f64::from(*p).exp2().recip() <= max_error;
        self.precision = Some((2..MAX_PRECISION).find(fits).unwrap_or(MAX_PRECISION));
        self
    }

    /// Makes each power of two `2^p` counts.
    ///
    /// # Panics
    ///
    /// If `p` is above 10.
    #[track_caller]
    pub fn precision_exact(mut self, p: u32) -> LogHistogramBuilder {
        assert!(p <= MAX_PRECISION, "precision must be <= {MAX_PRECISION}");
        self.precision = Some(p);
        self
    }

    /// Makes the first count end at `duration` or before.
    pub fn min_value(mut self, duration: Duration) -> LogHistogramBuilder {
        self.min = Some(duration);
        self
    }

    /// Makes the last count begin at `duration` or after.
    ///
    /// # Panics
    ///
    /// If it is zero.
    #[track_caller]
    pub fn max_value(mut self, duration: Duration) -> LogHistogramBuilder {
        assert!(!duration.is_zero(), "max value must be greater than 0");
        self.max = Some(duration);
        self
    }

    /// Returns the counts, if they are at most so many.
    ///
    /// # Errors
    ///
    /// If there would be more.
    pub fn max_buckets(
        &mut self,
        max_buckets: usize,
    ) -> Result<LogHistogram, InvalidHistogramConfiguration> {
        let histogram = self.build();
        let required_bucket_count = histogram.len();
        if required_bucket_count > max_buckets {
            return Err(InvalidHistogramConfiguration::TooManyBuckets { required_bucket_count });
        }
        Ok(histogram)
    }

    /// Returns the counts.
    pub fn build(&self) -> LogHistogram {
        let nanos = |duration: Duration| u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
        let min = nanos(self.min.unwrap_or(Duration::from_nanos(100))).max(1);
        let max = nanos(self.max.unwrap_or(Duration::from_secs(60)));
        let per_power = 1_u64 << self.precision.unwrap_or(2);
        // All numbers that have at most that many bits after their first.
        let mut ends = Vec::new();
        let (mut start, mut step) = (1_u64, 1_u64);
        loop {
            if start.saturating_add(step) > min {
                ends.push(start);
                if start >= max {
                    break;
                }
            }
            let Some(next) = start.checked_add(step) else { break };
            start = next;
            if start.is_power_of_two() && start > per_power {
                step *= 2;
            }
        }
        LogHistogram { ends }
    }
}

/// A histogram that cannot be.
#[derive(Debug)]
pub enum InvalidHistogramConfiguration {
    /// There would be more counts than allowed.
    TooManyBuckets {
        /// How many there would be.
        required_bucket_count: usize,
    },
}

impl fmt::Display for InvalidHistogramConfiguration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let InvalidHistogramConfiguration::TooManyBuckets { required_bucket_count } = self;
        write!(f, "this histogram would take {required_bucket_count} buckets")
    }
}

impl Error for InvalidHistogramConfiguration {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_rise_and_span_what_was_asked_for() {
        for p in [0, 2, 10] {
            let (min, max) = (Duration::from_micros(3), Duration::from_millis(20));
            let builder = LogHistogram::builder().precision_exact(p);
            let histogram = builder.min_value(min).max_value(max).build();
            let ends = &histogram.ends;
            assert!(ends[0] <= 3_000 && ends[1] > 3_000, "{ends:?}");
            assert!(ends.windows(2).all(|two| two[0] < two[1]), "{ends:?}");
            let widest = |two: &[u64]| (two[1] - two[0]) << p <= two[0];
            assert!(ends.windows(2).all(widest), "each is 2^-{p} of its start: {ends:?}");
            let last = &ends[ends.len() - 2..];
            assert!(last[0] < 20_000_000 && last[1] >= 20_000_000, "{last:?}");
            assert_eq!(histogram.max_value(), last[1]);
        }
        let mut builder = LogHistogram::builder().max_error(0.3);
        let all = builder.build().len();
        assert!(builder.max_buckets(all).is_ok());
        let error = builder.max_buckets(all - 1).unwrap_err();
        assert!(error.to_string().contains(&all.to_string()), "{error}");
        let linear = HistogramConfiguration::linear(Duration::from_micros(100), 3);
        assert_eq!(linear.ends(), [100, 200].map(Duration::from_micros));
        let doubling = HistogramConfiguration::doubling(Duration::from_micros(100), 4);
        assert_eq!(doubling.ends(), [1 << 17, 1 << 18, 1 << 19].map(Duration::from_nanos));
        let exact = HistogramConfiguration::doubling(Duration::from_nanos(64), 3);
        assert_eq!(exact.ends(), [64, 128].map(Duration::from_nanos));
        let many = HistogramConfiguration::doubling(Duration::from_nanos(1), 50);
        assert!(many.ends().is_sorted_by(|one, next| one < next));
        assert_eq!(many.ends().len(), 49);
    }
}
