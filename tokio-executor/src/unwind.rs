//! What is done with a panic that can be reported to nobody.
//!
//! The panic hook has reported it; what remains is its payload, which is a caller's value
//! and may panic in its drop. Called wherever a thread of ours must go on.

use std::any::Any;
use std::panic::{self, AssertUnwindSafe};

/// Calls `f`, and goes on after a panic of it.
#[inline]
pub fn quietly(f: impl FnOnce()) {
    if let Err(payload) = panic::catch_unwind(AssertUnwindSafe(f)) {
        discard(payload);
    }
}

/// Drops the payload of a panic, and goes on if that panics in its turn.
#[cold]
pub fn discard(payload: Box<dyn Any + Send>) {
    if let Err(second) = panic::catch_unwind(AssertUnwindSafe(|| drop(payload))) {
        // Of a caller's value, a drop that panics again would never end; its memory is the price.
        if !second.is::<&'static str>() && !second.is::<String>() {
            std::mem::forget(second);
        }
    }
}

/// The message of a panic that has one.
pub(crate) fn message_of(payload: &(dyn Any + Send)) -> Option<String> {
    let text = payload.downcast_ref::<&'static str>().map(|text| String::from(*text));
    text.or_else(|| payload.downcast_ref::<String>().cloned())
}
