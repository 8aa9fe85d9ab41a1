//! `#[main]` and `#[test]`: an `async fn` whose body is handed to a runtime.

use crate::template::{fill, mistake};
use proc_macro::{Delimiter, Span, TokenStream, TokenTree};

/// What the attribute says.
struct Options {
    /// Where tokio-await is.
    path: TokenStream,
    flavor: Option<Flavor>,
    workers: Option<TokenStream>,
}

/// What runs the function.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flavor {
    MultiThread,
    CurrentThread,
}

/// The function as one that runs its body; on a runtime of `flavor`, unless the options say
/// otherwise.
pub(crate) fn expand(
    options: TokenStream,
    function: TokenStream,
    attribute: &str,
    flavor: Flavor,
) -> TokenStream {
    let expanded =
        parse_options(options).and_then(|options| rebuild(options, flavor, function.clone()));
    match expanded {
        Ok(expanded) => {
            let mut result: TokenStream = attribute.parse().expect("an attribute is Rust");
            result.extend(expanded);
            result
        }
        Err(mistake) => {
            // The function stays, so that its callers add no mistakes of their own.
            let mut result = mistake;
            result.extend(function);
            result
        }
    }
}

/// The function without its `async`, and with its body handed to a runtime.
fn rebuild(
    options: Options,
    flavor: Flavor,
    function: TokenStream,
) -> Result<TokenStream, TokenStream> {
    let mut tokens: Vec<TokenTree> = function.into_iter().collect();
    let Some(TokenTree::Group(body)) = tokens.pop() else {
        return Err(mistake(Span::call_site(), "this attribute needs a function with a body"));
    };
    let of = |tokens: &[TokenTree], word: &str| {
        tokens.iter().position(|t| matches!(t, TokenTree::Ident(i) if i.to_string() == word))
    };
    let Some(start) = of(&tokens, "fn") else {
        return Err(mistake(Span::call_site(), "this attribute needs a function"));
    };
    let Some(asynchronous) = of(&tokens[..start], "async") else {
        return Err(mistake(tokens[start].span(), "this attribute needs an `async fn`"));
    };
    // `fn name (parameters)`: whoever calls this function has nothing to give it.
    let parameters = tokens[start..].iter().find_map(|t| match t {
        TokenTree::Group(g) if g.delimiter() == Delimiter::Parenthesis => Some(g),
        _ => None,
    });
    if let Some(parameters) = parameters.filter(|g| !g.stream().is_empty()) {
        return Err(mistake(parameters.span(), "this function cannot have parameters"));
    }
    tokens.remove(asynchronous);

    // The result type, so that `?` and `return` in the body know it.
    let arrow = tokens.windows(2).position(|pair| {
        matches!(&pair[0], TokenTree::Punct(p) if p.as_char() == '-')
            && matches!(&pair[1], TokenTree::Punct(p) if p.as_char() == '>')
    });
    let result: TokenStream = match arrow {
        Some(at) => tokens[at + 2..]
            .iter()
            .take_while(|t| !matches!(t, TokenTree::Ident(i) if i.to_string() == "where"))
            .cloned()
            .collect(),
        None => "()".parse().expect("a type is Rust"),
    };
    // Who asks for a number of workers asks for workers.
    let workers = options.workers.as_ref();
    let flavor =
        options.flavor.unwrap_or(if workers.is_some() { Flavor::MultiThread } else { flavor });
    let build = match (flavor, workers) {
        (Flavor::CurrentThread, None) => fill(
            "CRATE::runtime::Builder::new_current_thread().enable_all().build()",
            &[("CRATE", &options.path)],
        ),
        (Flavor::CurrentThread, Some(workers)) => {
            let at = workers.clone().into_iter().next().map_or(Span::call_site(), |t| t.span());
            return Err(mistake(at, "a current_thread runtime has no worker threads"));
        }
        (Flavor::MultiThread, Some(workers)) => fill(
            "CRATE::runtime::Builder::new_multi_thread().worker_threads(WORKERS).build()",
            &[("CRATE", &options.path), ("WORKERS", workers)],
        ),
        (Flavor::MultiThread, None) => {
            fill("CRATE::runtime::Runtime::new()", &[("CRATE", &options.path)])
        }
    };
    let body = TokenStream::from(TokenTree::Group(body));
    // A future's output cannot be named `!` on stable Rust, so that goes without.
    let future = if result.to_string().trim() == "!" {
        fill("async BODY", &[("BODY", &body)])
    } else {
        fill(
            "{
                fn typed<F: ::core::future::Future<Output = RESULT>>(future: F) -> F { future }
                typed(async BODY)
            }",
            &[("RESULT", &result), ("BODY", &body)],
        )
    };
    let run = fill(
        "{
            let future = FUTURE;
            BUILD.unwrap_or_else(|e| panic!(\"cannot start a runtime: {e}\")).block_on(future)
        }",
        &[("FUTURE", &future), ("BUILD", &build)],
    );
    let mut rebuilt = TokenStream::from_iter(tokens);
    rebuilt.extend(run);
    Ok(rebuilt)
}

fn parse_options(options: TokenStream) -> Result<Options, TokenStream> {
    let path = "::tokio".parse().expect("a path is Rust");
    let mut parsed = Options { path, flavor: None, workers: None };
    let mut tokens = options.into_iter();
    while let Some(name) = tokens.next() {
        let at = name.span();
        let equals = tokens.next();
        let (Some(TokenTree::Punct(equals)), Some(value)) = (equals, tokens.next()) else {
            return Err(mistake(at, "an option looks like `name = value`"));
        };
        if equals.as_char() != '=' {
            return Err(mistake(at, "an option looks like `name = value`"));
        }
        let text = value.to_string();
        match (name.to_string().as_str(), text.trim_matches('"')) {
            ("flavor", "multi_thread") => parsed.flavor = Some(Flavor::MultiThread),
            ("flavor", "current_thread") => parsed.flavor = Some(Flavor::CurrentThread),
            ("worker_threads", _) => parsed.workers = Some(value.into()),
            ("crate", path) => {
                parsed.path = path.parse().map_err(|_| mistake(at, "this is not a path"))?;
            }
            ("flavor", _) => {
                return Err(mistake(at, "flavor is \"multi_thread\" or \"current_thread\""));
            }
            _ => {
                return Err(mistake(at, "the options are flavor, worker_threads and crate"));
            }
        }
        match tokens.next() {
            None => break,
            Some(TokenTree::Punct(comma)) if comma.as_char() == ',' => {}
            Some(other) => return Err(mistake(other.span(), "a comma parts two options")),
        }
    }
    Ok(parsed)
}
