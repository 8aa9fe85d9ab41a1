//! What `select!` expands to.
//!
//! Every branch gets a pinned future and a bit in a set of those that are out. One
//! `poll_fn` polls them in turn, from a branch that chance picks, and ends with the first
//! output whose pattern matches, as a variant of an enum made for the occasion. The
//! futures are gone before the handler runs, which is outside of the `poll_fn`, so that
//! it may await, break and return.

use crate::template::{fill, mistake};
use proc_macro::{Delimiter, Group, Span, TokenStream, TokenTree};
use std::iter::Peekable;

/// Branches that fit into the set of those that are out.
const MOST: usize = 64;

struct Branch {
    pattern: TokenStream,
    future: TokenStream,
    condition: Option<TokenStream>,
    handler: TokenStream,
}

struct Select {
    /// Where tokio-await is.
    path: TokenStream,
    biased: bool,
    branches: Vec<Branch>,
    otherwise: Option<TokenStream>,
}

type Tokens = Peekable<proc_macro::token_stream::IntoIter>;

pub(crate) fn expand(input: TokenStream) -> TokenStream {
    match parse(input) {
        Ok(select) => generate(&select),
        Err(mistake) => mistake,
    }
}

fn parse(input: TokenStream) -> Result<Select, TokenStream> {
    let mut tokens = input.into_iter().peekable();
    let Some(TokenTree::Group(path)) = tokens.next() else {
        return Err(mistake(Span::call_site(), "call this as `select!`"));
    };
    let mut select =
        Select { path: path.stream(), biased: false, branches: Vec::new(), otherwise: None };
    while tokens.peek().is_some() {
        if let Some(at) = take_word(&mut tokens, "else") {
            if !take_arrow(&mut tokens) {
                return Err(mistake(at, "`else` in a select! is followed by `=>`"));
            }
            select.otherwise = Some(handler(&mut tokens));
            if let Some(more) = tokens.next() {
                return Err(mistake(more.span(), "nothing follows the `else` of a select!"));
            }
            break;
        }
        let pattern = until(&mut tokens, |tokens, before| {
            // The `=` of `..=` belongs to a pattern.
            before != Some('.') && at_lone_equals(tokens)
        });
        if select.branches.is_empty() && !select.biased {
            if let Some(rest) = strip_biased(&pattern) {
                // `biased;` was read as the head of the first pattern.
                select.biased = true;
                if rest.is_empty() && tokens.peek().is_none() {
                    break;
                }
                branch(&mut select, rest, &mut tokens)?;
                continue;
            }
        }
        branch(&mut select, pattern, &mut tokens)?;
    }
    if select.branches.is_empty() && select.otherwise.is_none() {
        return Err(mistake(Span::call_site(), "a select! has one branch at least"));
    }
    if select.branches.len() > MOST {
        return Err(mistake(Span::call_site(), "a select! has 64 branches at most"));
    }
    Ok(select)
}

/// Reads the rest of a branch; its pattern has been read.
fn branch(
    select: &mut Select,
    pattern: TokenStream,
    tokens: &mut Tokens,
) -> Result<(), TokenStream> {
    let at = pattern.clone().into_iter().next().map_or(Span::call_site(), |t| t.span());
    let looks = "a branch of select! looks like `pattern = future => handler`";
    // The `=`.
    if tokens.next().is_none() || pattern.is_empty() {
        return Err(mistake(at, looks));
    }
    let future = until(tokens, |tokens, _| at_arrow(tokens) || at_condition(tokens));
    let mut condition = None;
    if !at_arrow(tokens) && tokens.next().is_some() {
        // The comma, then the `if`.
        tokens.next();
        condition = Some(until(tokens, |tokens, _| at_arrow(tokens)));
    }
    if future.is_empty() || !take_arrow(tokens) {
        return Err(mistake(at, looks));
    }
    let handler = handler(tokens);
    select.branches.push(Branch { pattern, future, condition, handler });
    Ok(())
}

/// What follows `biased;`, if `pattern` begins so.
fn strip_biased(pattern: &TokenStream) -> Option<TokenStream> {
    let mut tokens = pattern.clone().into_iter();
    let word = matches!(tokens.next()?, TokenTree::Ident(i) if i.to_string() == "biased");
    let mark = matches!(tokens.next()?, TokenTree::Punct(p) if p.as_char() == ';');
    (word && mark).then(|| tokens.collect())
}

/// The tokens before the first place where `end` says yes. It is told the punctuation
/// mark just before.
fn until(tokens: &mut Tokens, end: impl Fn(&mut Tokens, Option<char>) -> bool) -> TokenStream {
    let mut taken = TokenStream::new();
    let mut before = None;
    while tokens.peek().is_some() && !end(tokens, before) {
        let token = tokens.next().expect("it was seen");
        before = match &token {
            TokenTree::Punct(p) => Some(p.as_char()),
            _ => None,
        };
        taken.extend([token]);
    }
    taken
}

/// A handler: a block, or an expression up to the next comma.
fn handler(tokens: &mut Tokens) -> TokenStream {
    let is_block =
        matches!(tokens.peek(), Some(TokenTree::Group(g)) if g.delimiter() == Delimiter::Brace);
    if is_block {
        let block = tokens.next().into_iter().collect();
        if at_mark(tokens, ',') {
            tokens.next();
        }
        return block;
    }
    let mut expression = TokenStream::new();
    // Inside `::<` and `>` a comma parts types.
    let (mut angles, mut colons) = (0_u32, 0);
    for token in tokens.by_ref() {
        if let TokenTree::Punct(p) = &token {
            match p.as_char() {
                ',' if angles == 0 => break,
                '<' if colons == 2 || angles > 0 => angles += 1,
                '>' if angles > 0 => angles -= 1,
                _ => {}
            }
            colons = if p.as_char() == ':' { colons + 1 } else { 0 };
        } else {
            colons = 0;
        }
        expression.extend([token]);
    }
    expression
}

fn at_mark(tokens: &mut Tokens, mark: char) -> bool {
    matches!(tokens.peek(), Some(TokenTree::Punct(p)) if p.as_char() == mark)
}

/// Whether the token after the next is this.
fn second(tokens: &Tokens, is: impl Fn(&TokenTree) -> bool) -> bool {
    tokens.clone().nth(1).is_some_and(|t| is(&t))
}

fn is_mark(token: &TokenTree, mark: char) -> bool {
    matches!(token, TokenTree::Punct(p) if p.as_char() == mark)
}

fn at_lone_equals(tokens: &mut Tokens) -> bool {
    at_mark(tokens, '=') && !second(tokens, |t| is_mark(t, '>') || is_mark(t, '='))
}

fn at_arrow(tokens: &mut Tokens) -> bool {
    at_mark(tokens, '=') && second(tokens, |t| is_mark(t, '>'))
}

fn at_condition(tokens: &mut Tokens) -> bool {
    at_mark(tokens, ',')
        && second(tokens, |t| matches!(t, TokenTree::Ident(i) if i.to_string() == "if"))
}

fn take_arrow(tokens: &mut Tokens) -> bool {
    let there = at_arrow(tokens);
    if there {
        tokens.next();
        tokens.next();
    }
    there
}

fn take_word(tokens: &mut Tokens, word: &str) -> Option<Span> {
    let at = match tokens.peek() {
        Some(TokenTree::Ident(i)) if i.to_string() == word => i.span(),
        _ => return None,
    };
    tokens.next();
    Some(at)
}

/// `pattern` as it is matched against a reference, to see whether it fits: without its
/// `mut` and `ref`.
fn by_reference(pattern: TokenStream) -> TokenStream {
    let word = |t: &TokenTree| matches!(t, TokenTree::Ident(i) if ["mut", "ref"].contains(&i.to_string().as_str()));
    pattern
        .into_iter()
        .filter(|t| !word(t))
        .map(|token| match token {
            TokenTree::Group(group) => {
                let mut inner = Group::new(group.delimiter(), by_reference(group.stream()));
                inner.set_span(group.span());
                TokenTree::Group(inner)
            }
            other => other,
        })
        .collect()
}

fn generate(select: &Select) -> TokenStream {
    let path = &select.path;
    let count = select.branches.len();
    let (mut places, mut arms, mut variants, mut parameters, mut handlers) = (
        TokenStream::new(),
        TokenStream::new(),
        TokenStream::new(),
        TokenStream::new(),
        TokenStream::new(),
    );
    for (i, branch) in select.branches.iter().enumerate() {
        let looked = by_reference(branch.pattern.clone());
        parameters.extend(fill(&format!("T{i},"), &[]));
        variants.extend(fill(&format!("V{i}(T{i}),"), &[]));
        if let Some(condition) = &branch.condition {
            let bit = format!("if !(CONDITION) {{ out |= 1 << {i}; }}");
            places.extend(fill(&bit, &[("CONDITION", condition)]));
        }
        arms.extend(fill(
            &format!(
                "{i} => {{
                    let ::core::task::Poll::Ready(output) =
                        CRATE::macros::Future::poll(place{i}.as_mut(), cx)
                    else {{
                        pending = true;
                        continue;
                    }};
                    out |= 1 << {i};
                    #[allow(unused_variables, unreachable_patterns)]
                    match &output {{
                        PATTERN => {{}}
                        _ => continue,
                    }}
                    return ::core::task::Poll::Ready(__Selected::V{i}(output));
                }}"
            ),
            &[("CRATE", path), ("PATTERN", &looked)],
        ));
        handlers.extend(fill(
            &format!("__Selected::V{i}(PATTERN) => HANDLER,"),
            &[("PATTERN", &branch.pattern), ("HANDLER", &branch.handler)],
        ));
    }
    // After all conditions: they may look at what the futures take.
    for (i, branch) in select.branches.iter().enumerate() {
        places.extend(fill(
            &format!(
                "let mut place{i} =
                    CRATE::macros::pin!(CRATE::macros::IntoFuture::into_future(FUTURE));"
            ),
            &[("CRATE", path), ("FUTURE", &branch.future)],
        ));
    }
    let otherwise = match &select.otherwise {
        Some(handler) => handler.clone(),
        None => {
            fill("::core::panic!(\"all branches of a select! are out, and it has no else\")", &[])
        }
    };
    let first = if select.biased || count < 2 {
        fill("0", &[])
    } else {
        fill(&format!("CRATE::macros::first_branch({count})"), &[("CRATE", path)])
    };
    fill(
        &format!(
            "{{
                enum __Selected<PARAMETERS> {{ VARIANTS None }}
                let selected = {{
                    #[allow(unused_mut)]
                    let mut out: u64 = 0;
                    PLACES
                    CRATE::macros::poll_fn(|cx| {{
                        let mut pending = false;
                        let first: u32 = FIRST;
                        for i in 0..{count}_u32 {{
                            #[allow(clippy::modulo_one)]
                            let i = (first + i) % {count}_u32;
                            if out & (1 << i) != 0 {{
                                continue;
                            }}
                            match i {{
                                ARMS
                                _ => ::core::unreachable!(),
                            }}
                        }}
                        if pending {{
                            ::core::task::Poll::Pending
                        }} else {{
                            ::core::task::Poll::Ready(__Selected::None)
                        }}
                    }})
                    .await
                }};
                #[allow(unreachable_patterns)]
                match selected {{
                    HANDLERS
                    __Selected::None => OTHERWISE,
                    _ => ::core::unreachable!(\"the pattern of a branch did match\"),
                }}
            }}"
        ),
        &[
            ("CRATE", path),
            ("PARAMETERS", &parameters),
            ("VARIANTS", &variants),
            ("PLACES", &places),
            ("FIRST", &first),
            ("ARMS", &arms),
            ("HANDLERS", &handlers),
            ("OTHERWISE", &otherwise),
        ],
    )
}
