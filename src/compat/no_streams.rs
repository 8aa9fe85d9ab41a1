//! Without the feature `futures03` there is no `Stream` but that of futures 0.1.

/// Makes nothing; see `own_streams`.
macro_rules! std_stream {
    ($($anything:tt)*) => {};
}

pub(crate) use std_stream;
