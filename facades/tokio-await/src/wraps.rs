//! What a type has because it wraps one of a lower layer.
//!
//! Used by the channels and the like, here and in the package for tokio 0.2.

/// Implements conversions from and to `$inner` for `$outer`, a struct whose only field is
/// `inner: $inner`; and those of `Clone` and `Debug` that follow the colon.
// Hidden: what a macro expands to.
#[doc(hidden)]
#[macro_export]
macro_rules! __wraps {
    (@From [$($generics:tt)*] $outer:ty, $inner:ty) => {
        impl<$($generics)*> ::core::convert::From<$inner> for $outer {
            fn from(inner: $inner) -> Self {
                Self { inner }
            }
        }

        impl<$($generics)*> ::core::convert::From<$outer> for $inner {
            fn from(outer: $outer) -> $inner {
                outer.inner
            }
        }
    };
    (@Clone [$($generics:tt)*] $outer:ty) => {
        impl<$($generics)*> ::core::clone::Clone for $outer {
            fn clone(&self) -> Self {
                Self { inner: ::core::clone::Clone::clone(&self.inner) }
            }
        }
    };
    (@Debug [$($generics:tt)*] $outer:ty) => {
        impl<$($generics)*> ::core::fmt::Debug for $outer {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::fmt::Debug::fmt(&self.inner, f)
            }
        }
    };
    (@each $generics:tt $outer:ty: $($trait:ident)*) => { $(
        $crate::__wraps! { @$trait $generics $outer }
    )* };
    ($($generics:tt $outer:ty => $inner:ty $(: $($trait:ident)*)?;)*) => { $(
        $crate::__wraps! { @From $generics $outer, $inner }
        $crate::__wraps! { @each $generics $outer: $($($trait)*)? }
    )* };
}
