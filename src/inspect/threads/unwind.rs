//! The calls in the copy of a stack.
//!
//! Called by `threads`. The unwinder reads the copy and the tables of the program, never the stack
//! itself: the thread has gone on.
//!
//! Always true: the way ends at the frame that polls the task, if it gets there; that frame is the
//! engine's, and no part of it.

use super::modules::Modules;
use super::processor;
use super::signal::Copied;
use framehop::{
    CacheNative, FrameAddress, MayAllocateDuringUnwind as Allocates, Unwinder, UnwinderNative,
};
use std::collections::HashSet;

/// The most calls that are looked for.
const CALLS: usize = 1024;

const CUT: &str = "the stack is deeper than what is copied of it";
const LOST: &str = "the program has no tables to unwind the rest";
const TOO_MANY: &str = "there are more calls than are looked for";

/// The address of an instruction: that of the interruption, or one to return to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Address(FrameAddress);

impl Address {
    /// An address in the instruction.
    pub(super) fn lookup(self) -> u64 {
        self.0.address_for_lookup()
    }

    /// The address as one to return to.
    pub(super) fn return_address(self) -> u64 {
        self.0.address_for_lookup().wrapping_add(1)
    }
}

/// The way from the poll of a task to where its thread is.
pub(super) struct Way {
    /// The innermost first.
    pub(super) addresses: Vec<Address>,
    /// Whether it ends at the poll.
    pub(super) is_whole: bool,
    /// Why it ends, if it is not whole.
    pub(super) ends: &'static str,
}

/// Finds calls, with the tables that were read before.
pub(super) struct Unwind {
    modules: Modules,
    unwinder: UnwinderNative<Vec<u8>, Allocates>,
    cache: CacheNative<Allocates>,
    /// Addresses in modules that were looked for, by their pages.
    looked_for: HashSet<u64>,
    added: Vec<std::ops::Range<u64>>,
}

impl Unwind {
    pub(super) fn new(modules: Modules) -> Unwind {
        let (unwinder, cache) = (UnwinderNative::new(), CacheNative::new());
        Unwind { modules, unwinder, cache, looked_for: HashSet::new(), added: Vec::new() }
    }

    pub(super) fn into_modules(self) -> Modules {
        self.modules
    }

    /// The calls in `copied` below `base`, an address in the frame that polls the task.
    pub(super) fn way(&mut self, copied: &Copied, base: u64) -> Way {
        let mut registers = processor::to_unwind(&copied.registers);
        let mut read = |address| copied.read(address).ok_or(());
        let mut at = FrameAddress::from_instruction_pointer(copied.registers.pc);
        // A task may run on a stack of its own making, of which nothing is known.
        let is_below = copied.registers.sp <= base;
        let mut addresses = Vec::new();
        let (is_whole, ends) = loop {
            if addresses.len() == CALLS {
                break (false, TOO_MANY);
            }
            self.add_module_of(at.address_for_lookup());
            let next = self.unwinder.unwind_frame(at, &mut registers, &mut self.cache, &mut read);
            // The stack pointer of the caller is the end of this frame.
            if is_below && next.is_ok() && registers.sp() > base {
                break (true, "");
            }
            addresses.push(Address(at));
            match next.map(|next| next.and_then(FrameAddress::from_return_address)) {
                Ok(Some(next)) if self.modules.has_code(next.address_for_lookup()) => at = next,
                Ok(Some(_)) => break (false, LOST),
                Ok(None) => break (false, LOST),
                Err(framehop::Error::CouldNotReadStack(_)) if copied.is_cut => break (false, CUT),
                Err(_) => break (false, LOST),
            }
        };
        Way { addresses, is_whole, ends }
    }

    /// Reads the tables of the module with that address, unless that was done.
    fn add_module_of(&mut self, address: u64) {
        if self.added.iter().any(|range| range.contains(&address))
            || !self.looked_for.insert(address >> 12)
        {
            return;
        }
        if let Some(module) = self.modules.module(address) {
            self.added.push(module.avma_range());
            self.unwinder.add_module(module);
        }
    }
}
