//! `#[async_test]`, the attribute of redis' asynchronous tests.
//!
//! Called by those tests; the code that it makes calls their module `support`.
//!
//! Always true: a test runs on a runtime of tokio. Its parameter is a connection to a server of
//! its own, or a `bool`, and then the test runs twice.

use proc_macro::{Delimiter, Group, TokenStream, TokenTree};

/// Makes a test of an asynchronous function with one parameter or none.
#[proc_macro_attribute]
pub fn async_test(_: TokenStream, function: TokenStream) -> TokenStream {
    let mut tokens: Vec<TokenTree> = function.into_iter().collect();
    let body = group(tokens.pop());
    let parameters: Vec<TokenTree> = group(tokens.pop()).into_iter().collect();
    let word = tokens.iter().position(|token| token.to_string() == "async");
    tokens.remove(word.expect("the function is async"));

    let mut runs = TokenStream::new();
    if parameters.is_empty() {
        runs.extend(run(body));
    } else {
        let colon = parameters.iter().position(|token| token.to_string() == ":");
        let (pattern, of_type) = parameters.split_at(colon.expect("a parameter has a type"));
        let with = |value: &str| {
            let mut all = parse("let");
            all.extend(pattern.iter().cloned());
            all.extend(parse(value));
            all.extend(body.clone());
            all
        };
        if of_type.iter().any(|token| token.to_string() == "bool") {
            runs.extend([run(with("= false;")), run(with("= true;"))]);
        } else {
            let mut all = parse("let context = crate::support::TestContext::new();");
            all.extend(with("= context.async_connection().await.unwrap();"));
            runs.extend(run(all));
        }
    }
    let mut test = parse("#[test]");
    test.extend(tokens);
    test.extend(parse("()"));
    test.extend([within(Delimiter::Brace, runs)]);
    test
}

/// A statement that runs `body` to its end.
fn run(body: TokenStream) -> TokenStream {
    let mut arguments = parse("async move");
    arguments.extend([within(Delimiter::Brace, body)]);
    arguments.extend(parse(", crate::support::RuntimeType::Tokio"));
    let mut statement = parse("crate::support::block_on_all");
    statement.extend([within(Delimiter::Parenthesis, arguments)]);
    statement.extend(parse(";"));
    statement
}

fn group(token: Option<TokenTree>) -> TokenStream {
    let Some(TokenTree::Group(group)) = token else {
        panic!("a function that returns nothing ends with its parameters and its body")
    };
    group.stream()
}

fn within(delimiter: Delimiter, tokens: TokenStream) -> TokenTree {
    Group::new(delimiter, tokens).into()
}

fn parse(text: &str) -> TokenStream {
    text.parse().expect("valid tokens")
}
