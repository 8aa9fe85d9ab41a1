//! Rules for the comments of public functions and types.
//!
//! Why not lints? Clippy asks for `# Errors` and `# Panics`; it knows neither verbs nor what is
//! lost when a future is dropped.

use super::{files, none, Source};
use std::collections::BTreeSet;

/// A documented item, by its text.
struct Item<'a> {
    line: usize,
    /// What stands before its name: `pub async fn`.
    kind: &'a str,
    name: &'a str,
    /// Its comment, without the slashes.
    comment: Vec<&'a str>,
    attributes: Vec<&'a str>,
}

impl Item<'_> {
    fn is_public(&self) -> bool {
        self.kind.starts_with("pub ") && !self.attributes.contains(&"#[doc(hidden)]")
    }

    fn has(&self, section: &str) -> bool {
        self.comment.iter().any(|line| line.trim() == section)
    }
}

/// The documented functions and types of a file.
fn items(text: &str) -> Vec<Item<'_>> {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let mut found = Vec::new();
    for (number, line) in lines.iter().enumerate() {
        let Some(end) = ["fn ", "struct ", "enum "].iter().find_map(|kind| {
            let at = line.find(kind)?;
            let before = line[..at].split_whitespace();
            before
                .into_iter()
                .all(|word| ["pub", "const", "async", "unsafe"].contains(&word))
                .then_some(at + kind.len())
        }) else {
            continue;
        };
        let name = line[end..].split(['(', '<', ' ', ';', '{']).next().unwrap_or("");
        // Attributes, one of which may go over several lines, and above them the comment.
        let above: Vec<&str> = lines[..number]
            .iter()
            .rev()
            .take_while(|line| {
                let ends_another = line.is_empty() || line.ends_with(['{', '}', ';', ',']);
                line.starts_with("//") || !ends_another
            })
            .copied()
            .collect();
        let comment: Vec<&str> =
            above.iter().rev().filter_map(|line| line.strip_prefix("///")).collect();
        if !comment.is_empty() {
            found.push(Item {
                line: number + 1,
                kind: &line[..end],
                name,
                comment,
                attributes: above,
            });
        }
    }
    found
}

/// The sources that make the packages: no tests, benchmarks or examples.
fn sources() -> Vec<Source> {
    let others = ["benches/", "dropin/", "fuzz/", "examples/", "facades/tokio-await/programs/"];
    let mut found = files(&[".rs"]);
    found.retain(|source| {
        let path = &source.path;
        let other = others.iter().any(|folder| path.starts_with(folder));
        !other && (!source.is_test() || path.starts_with("test-support/"))
    });
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
    for source in sources() {
        for item in items(&source.text) {
            if !item.kind.starts_with("pub ") || !item.kind.ends_with("fn ") {
                continue;
            }
            let first = item.comment.iter().find(|line| !line.trim().is_empty());
            let word = first.and_then(|line| line.split_whitespace().next()).unwrap_or("");
            all += 1;
            // In a macro, the comment starts in its calls.
            if !is_verb(word) && !item.name.starts_with('$') {
                places.push(format!("{}:{}: {word}", source.path, item.line));
            }
        }
    }
    assert!(all > 2000, "only {all} functions were found");
    none("a function's comment starts with a verb in the third person", places);
}

/// A future, or what does something when it is dropped.
fn matters_when_dropped(item: &Item<'_>, text: &str) -> bool {
    if item.kind.ends_with("fn ") {
        return item.kind.contains("async ");
    }
    let for_it = |of: &str| {
        text.match_indices(&format!("{of} for {}", item.name)).any(|(at, found)| {
            !text[at + found.len()..].starts_with(|c: char| c.is_alphanumeric() || c == '_')
        })
    };
    let kinds = ["Guard", "JoinHandle", "AbortHandle", "SpawnHandle", "Permit"];
    let must_use = item.attributes.iter().any(|line| line.contains("\"futures do nothing"));
    must_use
        || kinds.iter().any(|kind| item.name.ends_with(kind))
        || for_it("Future")
        || for_it("Drop")
}

/// The folder of the package, and the name.
type Known = BTreeSet<(String, String)>;

fn package(path: &str) -> String {
    path.split_once("/src/").map_or("", |(folder, _)| folder).to_owned()
}

/// Whether the comment leads to a function of the package which has the section.
fn leads_to(item: &Item<'_>, package: &str, known: &Known) -> bool {
    let text = item.comment.join(" ");
    text.split("[`").skip(1).any(|link| {
        let name = link.split('`').next().unwrap_or("").rsplit("::").next().unwrap_or("");
        let name = name.trim_end_matches(['(', ')', '!']);
        known.contains(&(package.to_owned(), name.to_owned()))
    })
}

#[test]
fn what_is_lost_in_a_drop_is_documented() {
    let sources = sources();
    let mut known = Known::new();
    for source in &sources {
        let items = items(&source.text).into_iter();
        let with = items.filter(|item| item.kind.ends_with("fn ") && item.has("# Dropping"));
        known.extend(with.map(|item| (package(&source.path), item.name.to_owned())));
    }
    let mut places = Vec::new();
    let (mut functions, mut types) = (0, 0);
    for source in &sources {
        // What is for tests alone.
        if source.path.starts_with("test-support/") {
            continue;
        }
        for item in items(&source.text) {
            if !item.is_public() || !matters_when_dropped(&item, &source.text) {
                continue;
            }
            let is_function = item.kind.ends_with("fn ");
            *if is_function { &mut functions } else { &mut types } += 1;
            let led = !is_function && leads_to(&item, &package(&source.path), &known);
            if !item.has("# Dropping") && !led {
                places.push(format!("{}:{}: {}", source.path, item.line, item.name));
            }
        }
    }
    assert!(functions > 150, "only {functions} async functions were found");
    assert!(types > 90, "only {types} futures, guards and handles were found");
    none("futures, guards and handles say under `# Dropping` what is lost", places);
}

/// The lines of attributes and comments around line `at`, and in them.
fn around<'a>(lines: &'a [&'a str], at: usize) -> Vec<&'a str> {
    let belongs = |line: &&&str| {
        let starts = ["#[", "//", "since = ", "note = ", "reason = ", "clippy::", ")]"];
        starts.iter().any(|start| line.starts_with(start))
    };
    let before = lines[..at].iter().rev().take_while(belongs);
    before.chain(lines[at..].iter().take_while(belongs)).copied().collect()
}

#[test]
fn what_is_hidden_has_a_reason() {
    let mut places = Vec::new();
    let mut all = 0;
    for source in sources() {
        let lines: Vec<&str> = source.text.lines().map(str::trim).collect();
        for (number, line) in lines.iter().enumerate() {
            if *line != "#[doc(hidden)]" {
                continue;
            }
            all += 1;
            let around = around(&lines, number);
            let has_reason = |line: &&str| {
                line.starts_with("// Hidden: ")
                    || line.starts_with("#[deprecated")
                    || line.starts_with("#[allow(deprecated)")
            };
            if !around.iter().any(has_reason) {
                places.push(format!("{}:{}", source.path, number + 1));
            }
        }
    }
    assert!(all > 100, "only {all} hidden items were found");
    none("what is public and hidden, and not deprecated, says why under `// Hidden:`", places);
}
