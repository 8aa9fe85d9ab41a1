//! Rules for the comments of public functions.
//!
//! Why not lints? Clippy asks for `# Errors` and `# Panics`; it knows neither verbs nor what is
//! lost when a future is dropped.

use super::{files, none};

/// A documented function that can be reached from outside, by its text.
pub(super) struct Function<'a> {
    pub(super) line: usize,
    pub(super) name: &'a str,
    /// Its comment, without the slashes.
    pub(super) comment: Vec<&'a str>,
}

/// The documented public functions of a file.
pub(super) fn public_functions(text: &str) -> Vec<Function<'_>> {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let mut found = Vec::new();
    for (number, line) in lines.iter().enumerate() {
        let Some(mut item) = line.strip_prefix("pub ") else { continue };
        for word in ["const ", "async ", "unsafe "] {
            item = item.strip_prefix(word).unwrap_or(item);
        }
        let Some(item) = item.strip_prefix("fn ") else { continue };
        let name = item.split(['(', '<']).next().unwrap_or(item);
        let mut comment: Vec<&str> = lines[..number]
            .iter()
            .rev()
            .take_while(|line| {
                let ends_another = line.is_empty() || line.ends_with(['{', '}', ';', ',']);
                line.starts_with("//") || !ends_another
            })
            .filter_map(|line| line.strip_prefix("///"))
            .collect();
        comment.reverse();
        if !comment.is_empty() {
            found.push(Function { line: number + 1, name, comment });
        }
    }
    found
}

/// "Returns", "Waits"; but not what ends like a verb.
fn is_verb(word: &str) -> bool {
    let word = word.trim_end_matches([',', ':', '.']);
    let letters = |mut word: std::str::Chars<'_>| word.all(|c| c.is_ascii_lowercase());
    word.starts_with(|c: char| c.is_ascii_uppercase())
        && word.ends_with('s')
        && letters(word[1..].chars())
        && !["As", "This", "Its", "Those", "Lots"].contains(&word)
}

#[test]
fn comments_of_functions_start_with_a_verb() {
    let mut places = Vec::new();
    let mut all = 0;
    for source in files(&[".rs"]) {
        let ours = !["benches/", "dropin/", "fuzz/", "examples/"]
            .iter()
            .any(|folder| source.path.starts_with(folder));
        if source.is_test() && !source.path.starts_with("test-support") || !ours {
            continue;
        }
        for function in public_functions(&source.text) {
            // In a macro, the comment starts in its calls.
            let first = function.comment.iter().find(|line| !line.trim().is_empty());
            let word = first.and_then(|line| line.split_whitespace().next()).unwrap_or("");
            all += 1;
            if !is_verb(word) && !function.name.starts_with('$') {
                places.push(format!("{}:{}: {word}", source.path, function.line));
            }
        }
    }
    assert!(all > 2000, "only {all} functions were found");
    none("a function's comment starts with a verb in the third person", places);
}
