//! Constructors that are `const`, so that a lock can be a `static`.
//!
//! Loom's atomics and locks are made at run time; in a model these are plain functions.

/// Declares a method that is `const` outside of models.
macro_rules! const_fn {
    (
        $(#[$meta:meta])*
        $vis:vis fn $name:ident($($param:ident: $type:ty),*) -> $result:ty $body:block
    ) => {
        $(#[$meta])*
        #[cfg(not(loom))]
        $vis const fn $name($($param: $type),*) -> $result $body

        $(#[$meta])*
        #[cfg(loom)]
        $vis fn $name($($param: $type),*) -> $result $body
    };
}

pub(super) use const_fn;
