//! The `compat` method of our own futures.
//!
//! Used by the modules whose futures are of both kinds. In code that moves from futures
//! 0.1 to async/await two traits of futures 0.3 are often in scope, one with a `compat`
//! for futures 0.1 and one with a `compat` for std futures. On a type that is both, the
//! call would be ambiguous, where with a type of futures 0.1 alone it was not. A method
//! of the type itself comes before those of traits, and does what the call meant then.

/// Gives a future of both kinds a `compat` method of its own.
macro_rules! own_compat {
    ([$($generics:tt)*] $type:ty) => {
        impl<$($generics)*> $type {
            /// Returns this future as one of std alone; there is no need: `.await` takes it as it
            /// is.
            ///
            /// Called by code that was written for a future of futures 0.1 alone.
            // Hidden: nobody needs it but code that calls `compat` on whatever it has.
            #[doc(hidden)]
            pub fn compat(self) -> $crate::compat::Compat01<Self> {
                $crate::compat::Compat01::new(self)
            }
        }
    };
}

pub(crate) use own_compat;
