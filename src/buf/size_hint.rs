//! What a stream says of its size.

/// Bounds on the bytes that a [`BufStream`](super::BufStream) has still to deliver.
///
/// # Examples
///
/// ```
/// use tokio::buf::SizeHint;
///
/// let mut hint = SizeHint::new();
/// assert_eq!((hint.lower(), hint.upper()), (0, None));
///
/// hint.set_upper(1024);
/// hint.set_lower(512);
/// assert_eq!((hint.lower(), hint.upper()), (512, Some(1024)));
/// ```
#[derive(Clone, Debug, Default)]
pub struct SizeHint {
    lower: u64,
    upper: Option<u64>,
}

impl SizeHint {
    /// Returns a hint that knows nothing: at least 0 bytes, and no upper bound.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::buf::SizeHint;
    ///
    /// let mut hint = SizeHint::new();
    /// hint.set_upper(10);
    /// hint.set_lower(5);
    /// assert_eq!((hint.lower(), hint.upper()), (5, Some(10)));
    /// ```
    pub fn new() -> SizeHint {
        SizeHint::default()
    }

    /// Exactly `bytes` are to come.
    pub(super) fn exact(bytes: usize) -> SizeHint {
        let bytes = bytes as u64;
        SizeHint { lower: bytes, upper: Some(bytes) }
    }

    /// Returns the least number of bytes that are to come.
    pub fn lower(&self) -> u64 {
        self.lower
    }

    /// Sets the lower bound, in bytes.
    ///
    /// # Panics
    ///
    /// If it would lie above the upper bound.
    pub fn set_lower(&mut self, value: u64) {
        if let Some(upper) = self.upper {
            assert!(value <= upper, "lower bound {value} is above the upper bound {upper}");
        }
        self.lower = value;
    }

    /// Returns the greatest number of bytes that are to come; `None` if that is not known.
    pub fn upper(&self) -> Option<u64> {
        self.upper
    }

    /// Sets the upper bound, in bytes.
    ///
    /// # Panics
    ///
    /// If it would lie below the lower bound.
    pub fn set_upper(&mut self, value: u64) {
        let lower = self.lower;
        assert!(value >= lower, "upper bound {value} is below the lower bound {lower}");
        self.upper = Some(value);
    }
}

#[cfg(test)]
mod tests {
    use super::SizeHint;

    #[test]
    #[should_panic(expected = "lower bound 3 is above the upper bound 2")]
    fn lower_stays_below_upper() {
        let mut hint = SizeHint::new();
        hint.set_upper(2);
        hint.set_lower(3);
    }

    #[test]
    #[should_panic(expected = "upper bound 2 is below the lower bound 3")]
    fn upper_stays_above_lower() {
        let mut hint = SizeHint::new();
        hint.set_lower(3);
        hint.set_upper(2);
    }

    #[test]
    fn bounds_may_meet() {
        let mut hint = SizeHint::new();
        hint.set_lower(u64::MAX);
        hint.set_upper(u64::MAX);
        assert_eq!((hint.lower(), hint.upper()), (u64::MAX, Some(u64::MAX)));
    }
}
