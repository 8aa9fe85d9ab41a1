//! What [`join!`](crate::join), [`try_join!`](crate::try_join) and
//! [`select!`](crate::select) expand to.
//!
//! The two macros that no `macro_rules` can replace, and the attributes, are those of the
//! published `tokio-macros`, whose output refers to `tokio::runtime` and `tokio::pin!`.
//!
//! Called by the code that the macros expand to, in programs.
//!
//! Always true: a future is pinned where it is made, and not polled again after it was ready; all
//! that were not done are dropped at the end.
//!
//! Why so many rules? `macro_rules` cannot count or make names: each step moves one future, its
//! place and its index over to what is done.

mod chain;

// Hidden: what a macro expands to.
#[doc(hidden)]
pub use self::chain::Chain;

/// Where the macros of tokio 1.x find these.
// Hidden: what a macro expands to.
#[doc(hidden)]
pub mod support {
    pub use super::random::thread_rng_n;
    pub use std::future::{poll_fn, Future, IntoFuture};
    pub use std::pin::Pin;
    pub use std::task::Poll;
}

// Hidden: what a macro expands to.
#[doc(hidden)]
pub use std::future::{poll_fn, Future, IntoFuture};
// Hidden: what a macro expands to.
#[doc(hidden)]
pub use std::pin::pin;
// Hidden: what a macro expands to.
#[doc(hidden)]
pub use std::task::{ready, Poll};
// Hidden: what a macro expands to.
#[doc(hidden)]
pub use tokio_macros::{
    main_rt, select_priv_clean_pattern, select_priv_declare_output_enum, test_rt,
};

// Hidden: what a macro expands to.
#[doc(hidden)]
pub use self::place::Place;

mod place;
pub(crate) mod random;

/// Returns which branch of a [`select!`](crate::select) is polled first: another each time, so
/// that none that is always ready keeps the others from being looked at.
// Hidden: what a macro expands to.
#[doc(hidden)]
pub use self::random::thread_rng_n as first_branch;

use std::task::Context;

/// Which future of a `join!` is polled first: another each time.
// Hidden: for the code that `join!` expands to.
#[doc(hidden)]
#[derive(Debug, Default)]
pub struct InTurn(u32);

/// The first one each time.
// Hidden: for the code that `join!` expands to.
#[doc(hidden)]
#[derive(Debug, Default)]
pub struct InOrder;

impl InTurn {
    /// Returns the one of `count` whose turn it is.
    pub fn next(&mut self, count: u32) -> u32 {
        let first = self.0;
        self.0 = (first + 1) % count;
        first
    }
}

impl InOrder {
    /// Returns the first.
    pub fn next(&mut self, _count: u32) -> u32 {
        0
    }
}

/// Returns whether the task may go on: a `select!` in a loop over what is always ready, and asks
/// for no budget itself, would never yield otherwise.
// Hidden: what a macro expands to.
#[doc(hidden)]
#[inline]
pub fn poll_budget(cx: &mut Context<'_>) -> Poll<()> {
    match tokio_executor::coop::is_left(&cx.into()) {
        true => Poll::Ready(()),
        false => Poll::Pending,
    }
}

/// Pins values where they are: each name is from here on that of a `Pin<&mut T>`.
///
/// Takes names of values, or a `let` for each. For an expression there is std's
/// [`pin!`](std::pin::pin), whose value is the `Pin`.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use tokio::pin;
///
/// tokio::runtime::Runtime::new().unwrap().block_on(async {
///     let six = async { 6 };
///     pin!(six);
///     pin! {
///         let seven = async { 7 };
///     }
///     assert_eq!(six.as_mut().await * seven.as_mut().await, 42);
/// });
/// ```
#[macro_export]
macro_rules! pin {
    ($($name:ident),* $(,)?) => {
        $( let mut $name = $crate::macros::pin!($name); )*
    };
    ($( let $name:ident = $value:expr; )*) => {
        $( let mut $name = $crate::macros::pin!($value); )*
    };
}

/// Waits for all of several futures, in one task, and gives their outputs as a tuple.
///
/// Each poll begins with another of them, so that one that uses up the budget of the task does
/// not keep the others from being polled; unless the macro begins with `biased;`: then they are
/// polled in their order.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// tokio::runtime::Runtime::new().unwrap().block_on(async {
///     let (one, two) = tokio::join!(async { 1 }, async { 2 });
///     assert_eq!(one + two, 3);
/// });
/// ```
#[macro_export]
macro_rules! join {
    // Each step makes a place for a future; hygiene keeps the places of one name apart.
    (@places $how:ident $turn:tt { $($done:tt)* } [$($last:ident)*] ($($count:tt)*) ($($mark:ident)*)
        $future:expr $(, $($futures:tt)*)?
    ) => {{
        let place = $crate::macros::Place::new($crate::macros::IntoFuture::into_future($future));
        $crate::join!(@places $how $turn
            { $($done)* (($($count)*) $($mark)*) } [place $($last)*] ($($count)* + 1) ($($mark)* rest)
            $($($futures)*)?
        )
    }};
    (@places $how:ident $turn:ident { $((($($index:tt)*) $($rest:ident)*))* } [$($last:ident)*] ($($count:tt)*) $marks:tt) => {{
        const COUNT: u32 = $($count)*;
        // From the last to the first, so that they are dropped from the first to the last.
        let chain = ();
        $( let chain = $crate::macros::Chain::new($last, chain); )*
        let mut chain = $crate::macros::pin!(chain);
        let mut turn = $crate::macros::$turn::default();
        $crate::macros::poll_fn(move |cx| {
            let first = turn.next(COUNT);
            let mut is_waiting = false;
            for offset in 0..COUNT {
                let index = (first + offset) % COUNT;
                $(
                    if index == $($index)* {
                        let place = chain.as_mut()$(.$rest())*.first();
                        $crate::join!(@poll $how place, cx, is_waiting);
                    }
                )*
            }
            if is_waiting {
                $crate::macros::Poll::Pending
            } else {
                $crate::macros::Poll::Ready(
                    $crate::join!(@output $how $(chain.as_mut()$(.$rest())*.first(),)*)
                )
            }
        })
        .await
    }};
    (@poll all $place:ident, $cx:ident, $is_waiting:ident) => {
        $is_waiting |= !$place.poll_done($cx)
    };
    (@output all $($place:expr,)*) => { ($($place.take(),)*) };
    // For `try_join!`: ends with the first error.
    (@poll ok $place:ident, $cx:ident, $is_waiting:ident) => {
        match $place.poll_ok($cx) {
            $crate::macros::Poll::Ready(::core::result::Result::Ok(())) => {}
            $crate::macros::Poll::Ready(::core::result::Result::Err(error)) => {
                return $crate::macros::Poll::Ready(::core::result::Result::Err(error));
            }
            $crate::macros::Poll::Pending => $is_waiting = true,
        }
    };
    (@output ok $($place:expr,)*) => { ::core::result::Result::Ok(($($place.take_ok(),)*)) };
    (biased; $($futures:tt)+) => {
        $crate::join!(@places all InOrder {} [] (0) () $($futures)+)
    };
    (biased;) => { async {}.await };
    () => { async {}.await };
    ($($futures:tt)+) => {
        $crate::join!(@places all InTurn {} [] (0) () $($futures)+)
    };
}

/// Waits for all of several futures with a `Result`, in one task: their values as a
/// tuple, or the first error.
///
/// Begins with another of them each time, as [`join!`](crate::join) does, unless it starts
/// with `biased;`.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// tokio::runtime::Runtime::new().unwrap().block_on(async {
///     let both = tokio::try_join!(async { Ok(1) }, async { Err::<(), _>("no") });
///     assert_eq!(both, Err("no"));
/// });
/// ```
#[macro_export]
macro_rules! try_join {
    (biased; $($futures:tt)+) => {
        $crate::join!(@places ok InOrder {} [] (0) () $($futures)+)
    };
    (biased;) => { async { ::core::result::Result::Ok(()) }.await };
    () => { async { ::core::result::Result::Ok(()) }.await };
    ($($futures:tt)+) => {
        $crate::join!(@places ok InTurn {} [] (0) () $($futures)+)
    };
}

/// Waits for the first of several futures, in one task, and runs its branch. The others
/// are dropped.
///
/// A branch is `pattern = future => handler`, or with a condition
/// `pattern = future, if condition => handler`; there are up to 64. A branch whose condition is
/// false, or whose pattern does not match the output, is out; once all are, `else => handler`
/// runs. All conditions are evaluated first, then all futures, those of branches that are out
/// included. Which branch is looked at first is left to chance, unless the macro begins with
/// `biased;`: then they are looked at in their order.
///
/// # Panics
///
/// If all branches are out and there is no `else`.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// tokio::runtime::Runtime::new().unwrap().block_on(async {
///     let (tx, mut rx) = tokio::sync::mpsc::channel(1);
///     tx.try_send(7).unwrap();
///     let got = tokio::select! {
///         Some(n) = rx.recv() => n,
///         _ = std::future::pending::<()>() => unreachable!(),
///         else => 0,
///     };
///     assert_eq!(got, 7);
/// });
/// ```
#[macro_export]
macro_rules! select {
    // All branches are taken apart.
    (@done $first:tt ($else:expr)
        { $($name:ident $index:literal $future:ident ($($rest:ident)*) ($pattern:pat) ($value:expr) ($if:expr) ($handler:expr))+ }
        [$($last:ident)+] ($($mark:ident)+)
    ) => {{
        // The names of an enum's variants are made by a procedural macro, in a module. It counts
        // the branches only.
        // Hidden: what a macro expands to.
        #[doc(hidden)]
        mod __tokio_select {
            $crate::macros::select_priv_declare_output_enum!(($($mark)+));
        }

        let mut out: __tokio_select::Mask = 0;
        $( if !$if { out |= 1 << $index; } )+
        // A handler may take what is in it by `ref mut`.
        #[allow(unused_mut)]
        let mut chosen = {
            let values = ($($value,)+);
            let ($($future,)+) = values;
            $( let $future = $crate::macros::IntoFuture::into_future($future); )+
            // From the last to the first, so that they are dropped from the first to the last.
            let chain = ();
            $( let chain = $crate::macros::Chain::new($last, chain); )+
            let mut chain = $crate::macros::pin!(chain);
            $crate::macros::poll_fn(move |cx| {
                $crate::macros::ready!($crate::macros::poll_budget(cx));
                let branches = [$($index),+].len() as u32;
                let mut is_waiting = false;
                let first: u32 = $crate::select!(@first $first branches);
                for offset in 0..branches {
                    let branch = (first + offset) % branches;
                    if out & (1 << branch) != 0 {
                        continue;
                    }
                    match branch {
                        $(
                            $index => {
                                // A `match`, for the arm that has no value: an output that is of
                                // no known type becomes `()` by it.
                                let output = match $crate::macros::Future::poll(
                                    chain.as_mut()$(.$rest())*.first(),
                                    cx,
                                ) {
                                    $crate::macros::Poll::Ready(output) => output,
                                    $crate::macros::Poll::Pending => {
                                        is_waiting = true;
                                        continue;
                                    }
                                };
                                // Done: not to be polled again, even if it does not match.
                                out |= 1 << branch;
                                #[allow(unused_variables, unused_mut, unreachable_patterns)]
                                match &output {
                                    $crate::macros::select_priv_clean_pattern!($pattern) => {}
                                    _ => continue,
                                }
                                return $crate::macros::Poll::Ready(
                                    __tokio_select::Out::$name(output),
                                );
                            }
                        )+
                        _ => unreachable!("there is a branch for each number"),
                    }
                }
                if is_waiting {
                    $crate::macros::Poll::Pending
                } else {
                    $crate::macros::Poll::Ready(__tokio_select::Out::Disabled)
                }
            })
            .await
        };
        #[allow(unreachable_patterns)]
        match chosen {
            $( __tokio_select::Out::$name($pattern) => $handler, )+
            __tokio_select::Out::Disabled => $else,
            _ => unreachable!("the pattern matched a moment ago"),
        }
    }};
    (@first biased $branches:ident) => { 0 };
    (@first fair $branches:ident) => { $crate::macros::first_branch($branches) };

    // One branch after the other. A name and an index are taken from the list for each.
    (@next $first:tt $free:tt { $($done:tt)+ } $last:tt $marks:tt) => {
        $crate::select!(@done $first
            (panic!("all branches are disabled and there is no else branch"))
            { $($done)+ } $last $marks
        )
    };
    (@next $first:tt $free:tt { $($done:tt)+ } $last:tt $marks:tt else => $else:expr $(,)?) => {
        $crate::select!(@done $first ($else) { $($done)+ } $last $marks)
    };
    (@next $first:tt [$name:ident $index:literal $($free:tt)*] { $($done:tt)* } [$($last:ident)*] ($($mark:ident)*)
        $pattern:pat = $value:expr, if $if:expr => $handler:block, $($rest:tt)*
    ) => {
        $crate::select!(@next $first [$($free)*]
            { $($done)* $name $index future ($($mark)*) ($pattern) ($value) ($if) ($handler) } [future $($last)*] ($($mark)* rest)
            $($rest)*
        )
    };
    (@next $first:tt [$name:ident $index:literal $($free:tt)*] { $($done:tt)* } [$($last:ident)*] ($($mark:ident)*)
        $pattern:pat = $value:expr => $handler:block, $($rest:tt)*
    ) => {
        $crate::select!(@next $first [$($free)*]
            { $($done)* $name $index future ($($mark)*) ($pattern) ($value) (true) ($handler) } [future $($last)*] ($($mark)* rest)
            $($rest)*
        )
    };
    (@next $first:tt [$name:ident $index:literal $($free:tt)*] { $($done:tt)* } [$($last:ident)*] ($($mark:ident)*)
        $pattern:pat = $value:expr, if $if:expr => $handler:block $($rest:tt)*
    ) => {
        $crate::select!(@next $first [$($free)*]
            { $($done)* $name $index future ($($mark)*) ($pattern) ($value) ($if) ($handler) } [future $($last)*] ($($mark)* rest)
            $($rest)*
        )
    };
    (@next $first:tt [$name:ident $index:literal $($free:tt)*] { $($done:tt)* } [$($last:ident)*] ($($mark:ident)*)
        $pattern:pat = $value:expr => $handler:block $($rest:tt)*
    ) => {
        $crate::select!(@next $first [$($free)*]
            { $($done)* $name $index future ($($mark)*) ($pattern) ($value) (true) ($handler) } [future $($last)*] ($($mark)* rest)
            $($rest)*
        )
    };
    (@next $first:tt [$name:ident $index:literal $($free:tt)*] { $($done:tt)* } [$($last:ident)*] ($($mark:ident)*)
        $pattern:pat = $value:expr, if $if:expr => $handler:expr $(, $($rest:tt)*)?
    ) => {
        $crate::select!(@next $first [$($free)*]
            { $($done)* $name $index future ($($mark)*) ($pattern) ($value) ($if) ($handler) } [future $($last)*] ($($mark)* rest)
            $($($rest)*)?
        )
    };
    (@next $first:tt [$name:ident $index:literal $($free:tt)*] { $($done:tt)* } [$($last:ident)*] ($($mark:ident)*)
        $pattern:pat = $value:expr => $handler:expr $(, $($rest:tt)*)?
    ) => {
        $crate::select!(@next $first [$($free)*]
            { $($done)* $name $index future ($($mark)*) ($pattern) ($value) (true) ($handler) } [future $($last)*] ($($mark)* rest)
            $($($rest)*)?
        )
    };
    (@next $first:tt [] $done:tt $last:tt $marks:tt $($rest:tt)+) => {
        ::core::compile_error!("a select! has up to 64 branches")
    };
    (@names $first:tt $($branches:tt)+) => {
        $crate::select!(@next $first
            [
                _0 0 _1 1 _2 2 _3 3 _4 4 _5 5 _6 6 _7 7 _8 8 _9 9 _10 10 _11 11 _12 12 _13 13
                _14 14 _15 15 _16 16 _17 17 _18 18 _19 19 _20 20 _21 21 _22 22 _23 23 _24 24 _25
                25 _26 26 _27 27 _28 28 _29 29 _30 30 _31 31 _32 32 _33 33 _34 34 _35 35 _36 36
                _37 37 _38 38 _39 39 _40 40 _41 41 _42 42 _43 43 _44 44 _45 45 _46 46 _47 47 _48
                48 _49 49 _50 50 _51 51 _52 52 _53 53 _54 54 _55 55 _56 56 _57 57 _58 58 _59 59
                _60 60 _61 61 _62 62 _63 63
            ]
            {} [] () $($branches)+
        )
    };

    () => {
        ::core::compile_error!("select! requires at least one branch.")
    };
    (else => $else:expr $(,)?) => { $else };
    (biased; else => $else:expr $(,)?) => { $else };
    (biased; $($branches:tt)+) => {
        $crate::select!(@names biased $($branches)+)
    };
    ($($branches:tt)+) => {
        $crate::select!(@names fair $($branches)+)
    };
}
