//! Combinators for streams.
