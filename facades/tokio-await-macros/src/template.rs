//! Code with holes in it, filled with tokens of the caller's.

use proc_macro::{Group, Span, TokenStream, TokenTree};

/// `code` with each identifier that names a hole replaced by its tokens.
///
/// Names in the template are those of the macro, not of its caller.
pub(crate) fn fill(code: &str, holes: &[(&str, &TokenStream)]) -> TokenStream {
    let code: TokenStream = code.parse().expect("a template is Rust");
    fill_in(code, holes)
}

fn fill_in(code: TokenStream, holes: &[(&str, &TokenStream)]) -> TokenStream {
    let mut filled = TokenStream::new();
    for mut token in code {
        token.set_span(Span::mixed_site());
        match token {
            TokenTree::Ident(name) => {
                let text = name.to_string();
                match holes.iter().find(|(hole, _)| *hole == text) {
                    Some((_, tokens)) => filled.extend((*tokens).clone()),
                    None => filled.extend([TokenTree::Ident(name)]),
                }
            }
            TokenTree::Group(group) => {
                let mut inner = Group::new(group.delimiter(), fill_in(group.stream(), holes));
                inner.set_span(Span::mixed_site());
                filled.extend([TokenTree::Group(inner)]);
            }
            other => filled.extend([other]),
        }
    }
    filled
}

/// A mistake of the caller's, reported at `at`.
pub(crate) fn mistake(at: Span, message: &str) -> TokenStream {
    let error = format!("::core::compile_error! {{ {message:?} }}");
    let error: TokenStream = error.parse().expect("a call is Rust");
    error
        .into_iter()
        .map(|mut token| {
            token.set_span(at);
            token
        })
        .collect()
}
