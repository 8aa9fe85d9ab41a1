//! What is different on aarch64: registers, and a system call that x86-64 has beside others.

use super::signal::Registers;
use framehop::aarch64::PtrAuthMask;
use framehop::UnwindRegsNative;
use libc::{c_long, ucontext_t};

/// Code has addresses of 48 bits; in those above, a processor may sign a return address.
const ADDRESS_BITS: u64 = (1 << 48) - 1;

/// The registers that an interrupted thread had.
pub(super) fn registers(context: &ucontext_t) -> Registers {
    let context = &context.uc_mcontext;
    Registers { pc: context.pc, sp: context.sp, fp: context.regs[29], lr: context.regs[30] }
}

/// The same for the unwinder.
pub(super) fn to_unwind(registers: &Registers) -> UnwindRegsNative {
    let Registers { sp, fp, lr, .. } = *registers;
    UnwindRegsNative::new_with_ptr_auth_mask(PtrAuthMask(ADDRESS_BITS), lr, sp, fp)
}

/// System calls in which a thread may wait.
pub(super) const SYSTEM_CALLS: [(c_long, &str); 1] = [(libc::SYS_accept, "accept")];
