//! The macros of tokio-await: `#[main]`, `#[test]`, and what `select!` expands to.
//!
//! They work on plain tokens: what they look for is at the outermost level (the `fn` and
//! its body, the `=>` of a branch), and everything else is passed on as it is, with its
//! spans. So mistakes in a body are reported where they are.
//!
//! Why not a parser? It is a dependency ten times the size of this workspace's core, for
//! three separators.

use function::Flavor;
use proc_macro::TokenStream;

mod function;
mod select;
mod template;

/// Runs an `async fn main` on a runtime.
///
/// Options: `flavor = "multi_thread"`, as it is without one, or `"current_thread"`;
/// `worker_threads = 4`; and `crate = "path"` if tokio-await is not known as `tokio`.
#[proc_macro_attribute]
pub fn main(options: TokenStream, function: TokenStream) -> TokenStream {
    function::expand(options, function, "", Flavor::MultiThread)
}

/// Runs an `async fn` as a test, on a runtime of its own.
///
/// Options are those of [`main`](macro@main); without any, the flavor is `current_thread`.
#[proc_macro_attribute]
pub fn test(options: TokenStream, function: TokenStream) -> TokenStream {
    function::expand(options, function, "#[::core::prelude::v1::test]", Flavor::CurrentThread)
}

#[doc(hidden)]
#[proc_macro]
pub fn select_branches(input: TokenStream) -> TokenStream {
    select::expand(input)
}
