//! The return addresses of this thread's stack, up to a frame that is known.
//!
//! Called by `capture`, to find out whether it has a stack already: a backtrace of std's
//! costs many times as much, and says no address.
//!
//! Always true: nothing is kept of the unwinder's, and no frame is touched.

use std::ffi::{c_int, c_void};

/// Room for the most frames that are looked at.
pub(super) type Room = [usize; 256];

/// `_URC_NO_REASON`: go on.
const GO_ON: c_int = 0;
/// `_URC_NORMAL_STOP`: enough.
const STOP: c_int = 4;

/// A frame, as the unwinder lends it.
#[repr(C)]
struct Frame {
    _opaque: [u8; 0],
}

type Visit = extern "C" fn(*mut Frame, *mut c_void) -> c_int;

// Level I of the Itanium C++ ABI for exceptions, of which std's own backtraces and panics are
// made: it comes with std.
extern "C" {
    fn _Unwind_Backtrace(visit: Visit, data: *mut c_void) -> c_int;
    fn _Unwind_GetIP(frame: *mut Frame) -> usize;
    fn _Unwind_GetCFA(frame: *mut Frame) -> usize;
}

struct Walk<'a> {
    base: usize,
    room: &'a mut Room,
    found: usize,
}

extern "C" fn visit(frame: *mut Frame, data: *mut c_void) -> c_int {
    // SAFETY: `below` passes its `Walk`, and uses it no more before the unwinder is back.
    let walk = unsafe { &mut *data.cast::<Walk<'_>>() };
    // SAFETY: the unwinder lends the frame for this call.
    let (address, cfa) = unsafe { (_Unwind_GetIP(frame), _Unwind_GetCFA(frame)) };
    // Nothing panics here, for that would unwind through C.
    if let Some(place) = walk.room.get_mut(walk.found) {
        *place = address;
        walk.found += 1;
    }
    if cfa > walk.base || walk.found == walk.room.len() {
        STOP
    } else {
        GO_ON
    }
}

/// The return addresses of the frames below the address `base` of this thread's stack, which
/// grows down, the innermost first.
#[inline(never)]
pub(super) fn below(base: usize, room: &mut Room) -> Option<&[usize]> {
    let mut walk = Walk { base, room, found: 0 };
    // SAFETY: it calls `visit` on this thread and with what it expects; a frame that it cannot
    // unwind ends the walk.
    unsafe { _Unwind_Backtrace(visit, std::ptr::from_mut(&mut walk).cast()) };
    let Walk { room, found, .. } = walk;
    Some(&room[..found])
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[inline(never)]
    fn nested(depth: usize, base: usize) -> Box<[usize]> {
        if depth == 0 {
            let mut room = [0; 256];
            return below(base, &mut room).expect("there are addresses here").into();
        }
        std::hint::black_box(nested(depth - 1, base))
    }

    #[test]
    fn equal_ways_have_equal_addresses_and_no_others() {
        let in_this_frame = 0_u8;
        let base = std::ptr::from_ref(&in_this_frame).addr();
        let mut ways = Vec::new();
        // One call, whose place is the same each time.
        for (depth, base) in [(3, base), (3, base), (4, base), (3, usize::MAX)] {
            ways.push(nested(depth, base));
        }
        assert_eq!(ways[0], ways[1]);
        assert_eq!(ways[0].len() + 1, ways[2].len(), "one frame more");
        assert!(ways[0].len() < ways[3].len(), "it ends before the thread does: {ways:?}");
    }
}
