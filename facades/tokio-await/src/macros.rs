//! What [`join!`](crate::join), [`try_join!`](crate::try_join) and
//! [`select!`](crate::select) expand to.

#[doc(hidden)]
pub use std::future::{poll_fn, Future, IntoFuture};
#[doc(hidden)]
pub use std::pin::pin;
#[doc(hidden)]
pub use std::task::Poll;
#[doc(hidden)]
pub use tokio_await_macros::select_branches;

/// Which branch of a [`select!`](crate::select) is polled first: another each time, so
/// that none that is always ready keeps the others from being looked at.
#[doc(hidden)]
pub fn first_branch(branches: u32) -> u32 {
    use std::cell::Cell;
    use std::hash::{BuildHasher, RandomState};

    thread_local! {
        static STATE: Cell<u64> = Cell::new(RandomState::new().hash_one(0) | 1);
    }

    STATE.with(|state| {
        // Xorshift: George Marsaglia, "Xorshift RNGs", 2003, with the shifts 13, 7, 17.
        let mut x = state.get();
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        state.set(x);
        ((x >> 32) as u32) % branches
    })
}

/// Pins values where they are: each name is from here on that of a `Pin<&mut T>`.
///
/// Takes names of values, or a `let` for each. Given another expression it is std's
/// [`pin!`](std::pin::pin), whose value is the `Pin`.
///
/// # Examples
///
/// ```
/// use tokio_await::pin;
///
/// # tokio_await::runtime::Runtime::new().unwrap().block_on(async {
/// let six = async { 6 };
/// pin!(six);
/// pin! {
///     let seven = async { 7 };
/// }
/// assert_eq!(six.as_mut().await * seven.as_mut().await, 42);
/// # });
/// ```
#[macro_export]
macro_rules! pin {
    ($($name:ident),+ $(,)?) => {
        $( let mut $name = $crate::macros::pin!($name); )+
    };
    ($( let $name:ident = $value:expr; )+) => {
        $( let mut $name = $crate::macros::pin!($value); )+
    };
    ($value:expr) => {
        $crate::macros::pin!($value)
    };
}

/// Waits for all of several futures, in one task, and gives their outputs as a tuple.
///
/// # Examples
///
/// ```
/// # tokio_await::runtime::Runtime::new().unwrap().block_on(async {
/// let (one, two) = tokio_await::join!(async { 1 }, async { 2 });
/// assert_eq!(one + two, 3);
/// # });
/// ```
#[macro_export]
macro_rules! join {
    // Each step gives a future a place and a slot for its output; hygiene keeps the
    // places of one name apart.
    (@places { $($place:ident $slot:ident)* } $future:expr $(, $($rest:tt)*)?) => {{
        let mut place = $crate::macros::pin!($crate::macros::IntoFuture::into_future($future));
        let mut slot = ::core::option::Option::None;
        $crate::join!(@places { $($place $slot)* place slot } $($($rest)*)?)
    }};
    (@places { $($place:ident $slot:ident)* }) => {{
        $crate::macros::poll_fn(|cx| {
            let mut pending = false;
            $(
                if $slot.is_none() {
                    match $crate::macros::Future::poll($place.as_mut(), cx) {
                        $crate::macros::Poll::Ready(output) => {
                            $slot = ::core::option::Option::Some(output);
                        }
                        $crate::macros::Poll::Pending => pending = true,
                    }
                }
            )*
            if pending {
                $crate::macros::Poll::Pending
            } else {
                $crate::macros::Poll::Ready(())
            }
        })
        .await;
        ($($slot.expect("all are done"),)*)
    }};
    ($($futures:tt)+) => {
        $crate::join!(@places {} $($futures)+)
    };
    () => { async {}.await };
}

/// Waits for all of several futures with a `Result`, in one task: their values as a
/// tuple, or the first error.
///
/// # Examples
///
/// ```
/// # tokio_await::runtime::Runtime::new().unwrap().block_on(async {
/// let both = tokio_await::try_join!(async { Ok(1) }, async { Err::<(), _>("no") });
/// assert_eq!(both, Err("no"));
/// # });
/// ```
#[macro_export]
macro_rules! try_join {
    (@places { $($place:ident $slot:ident)* } $future:expr $(, $($rest:tt)*)?) => {{
        let mut place = $crate::macros::pin!($crate::macros::IntoFuture::into_future($future));
        let mut slot = ::core::option::Option::None;
        $crate::try_join!(@places { $($place $slot)* place slot } $($($rest)*)?)
    }};
    (@places { $($place:ident $slot:ident)* }) => {{
        let joined = $crate::macros::poll_fn(|cx| {
            let mut pending = false;
            $(
                if $slot.is_none() {
                    match $crate::macros::Future::poll($place.as_mut(), cx) {
                        $crate::macros::Poll::Ready(::core::result::Result::Ok(value)) => {
                            $slot = ::core::option::Option::Some(value);
                        }
                        $crate::macros::Poll::Ready(::core::result::Result::Err(error)) => {
                            return $crate::macros::Poll::Ready(
                                ::core::result::Result::Err(error),
                            );
                        }
                        $crate::macros::Poll::Pending => pending = true,
                    }
                }
            )*
            if pending {
                $crate::macros::Poll::Pending
            } else {
                $crate::macros::Poll::Ready(::core::result::Result::Ok(()))
            }
        })
        .await;
        joined.map(|()| ($($slot.expect("all are done"),)*))
    }};
    ($($futures:tt)+) => {
        $crate::try_join!(@places {} $($futures)+)
    };
}

/// Waits for the first of several futures, in one task, and runs its branch. The others
/// are dropped.
///
/// A branch is `pattern = future => handler`, or with a condition
/// `pattern = future, if condition => handler`. A branch whose condition is false, or
/// whose pattern does not match the output, is out; once all are, `else => handler` runs.
/// Which branch is looked at first is left to chance, unless the macro begins with
/// `biased;`: then they are looked at in their order.
///
/// # Panics
///
/// If all branches are out and there is no `else`.
///
/// # Examples
///
/// ```
/// # tokio_await::runtime::Runtime::new().unwrap().block_on(async {
/// let (tx, mut rx) = tokio_await::sync::mpsc::channel(1);
/// tx.try_send(7).unwrap();
/// let got = tokio_await::select! {
///     Some(n) = rx.recv() => n,
///     _ = std::future::pending::<()>() => unreachable!(),
///     else => 0,
/// };
/// assert_eq!(got, 7);
/// # });
/// ```
#[macro_export]
macro_rules! select {
    ($($branches:tt)*) => {
        $crate::macros::select_branches!({ $crate } $($branches)*)
    };
}
