//! The house rules that a program can check: words, headers, lengths, places of `#[cfg]`,
//! and that the documents name what exists.
//!
//! Reads the checkout's own sources as text. What a rule lets through is listed beside it
//! with the reason; a new exception is a line here, and so shows in the change.
//!
//! Why not lints? Clippy knows nothing of our words, files and documents.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

#[path = "tidy/docs.rs"]
mod docs;

struct Source {
    path: String,
    text: String,
}

impl Source {
    fn is_test(&self) -> bool {
        ["tests/", "/tests.rs", "_tests", "models", "testing", "test-support", "benches/"]
            .iter()
            .any(|part| self.path.contains(part))
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Files of the checkout with one of these endings, by path.
fn files(endings: &[&str]) -> Vec<Source> {
    let mut found = Vec::new();
    let mut folders = vec![root().to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            if path.is_dir() {
                if !["target", ".git", ".dropin", "corpus", "artifacts"].contains(&name) {
                    folders.push(path);
                }
            } else if endings.iter().any(|ending| name.ends_with(ending)) {
                found.push(Source {
                    path: relative(&path),
                    text: fs::read_to_string(&path).unwrap(),
                });
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(found.len() > 5, "no sources below {}", root().display());
    found
}

fn relative(path: &Path) -> String {
    path.strip_prefix(root()).unwrap().to_str().unwrap().to_owned()
}

/// Fails with one line for each place.
fn none(rule: &str, places: Vec<String>) {
    let mut text = String::new();
    for place in &places {
        writeln!(text, "  {place}").unwrap();
    }
    assert!(places.is_empty(), "{rule}: {} places\n{text}", places.len());
}

/// Home-made words for which the field has a term: see the glossary in ARCHITECTURE.md.
const FORBIDDEN: &[&str] = &[
    "bell",
    "bells",
    "call help",
    "call_help",
    "calls for help",
    "clapper",
    "crossing",
    "crossings",
    "debt",
    "dress",
    "floors",
    "give way",
    "gives way",
    "giving way",
    "guest",
    "have_watched",
    "hears",
    "hog",
    "keeps watch",
    "knows better",
    "hold_back",
    "look_outside",
    "lookout",
    "looks outside",
    "news",
    "optimistic",
    "orphanage",
    "parcel",
    "presumed",
    "probe.rs",
    "seat",
    "seats",
    "shelf",
    "shelves",
    "sit_down",
    "stand_by",
    "stand by",
    "standby",
    "stands by",
    "stood by",
    "stock",
    "stranger",
    "tally",
    "under watch",
    "unjoin",
    "vain",
    "who asks",
];

/// Where such a word has its plain meaning.
const PLAIN_MEANING: &[(&str, &str)] = &[
    ("examples/chat-combinator.rs", "guest"), // a person in a chat
    ("tests/examples.rs", "guest"),
    ("benches/", "crossings"), // the name of a section
    ("docs/BENCHMARKS.md", "crossings"),
    ("docs/BENCHMARKS.md", "crossing"),
    ("benches/", "crossing"),
    ("benches/", "stock"), // the name of a column and of a peer
    ("docs/BENCHMARKS.md", "stock"),
    ("dropin/", "stock"), // the name of a side
    ("docs/DROPIN.md", "stock"),
];

#[test]
fn the_field_s_terms_are_used() {
    let mut places = Vec::new();
    for source in files(&[".rs", ".md"]) {
        if source.path == "tests/tidy.rs" {
            continue;
        }
        for (number, line) in source.text.lines().enumerate() {
            let lower = line.to_lowercase();
            for word in FORBIDDEN {
                let plain = PLAIN_MEANING
                    .iter()
                    .any(|(at, plain)| source.path.starts_with(at) && plain == word);
                if has_word(&lower, word) && !plain {
                    places.push(format!("{}:{}: {word}", source.path, number + 1));
                }
            }
        }
    }
    none("a home-made word stands where the field has a term", places);
}

/// Where a slot is a worker's LIFO slot.
const LIFO_SLOT: &[&str] = &["tokio-threadpool/", "benches/src/simulate.rs"];

/// Files where the word stands in an interface of upstream's.
const SLOTS_OF_OTHERS: &[&str] = &["facades/mio/", "facades/tokio-await/", "tests/tidy.rs"];

#[test]
fn a_slot_is_a_lifo_slot() {
    let mut places = Vec::new();
    for source in files(&[".rs"]) {
        let of = |paths: &[&str]| paths.iter().any(|path| source.path.starts_with(path));
        if of(LIFO_SLOT) || of(SLOTS_OF_OTHERS) {
            continue;
        }
        for (number, line) in source.text.lines().enumerate() {
            let lower = line.to_lowercase();
            if has_word(&lower, "slot") || has_word(&lower, "slots") {
                places.push(format!("{}:{}: {}", source.path, number + 1, line.trim()));
            }
        }
    }
    none("a slot is a worker's LIFO slot; others are entries, buckets, cells, permits", places);
}

fn has_word(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let letter = |c: Option<char>| c.is_some_and(char::is_alphabetic);
        !letter(line[..at].chars().next_back()) && !letter(line[at + word.len()..].chars().next())
    })
}

/// What says in a header who calls a file.
const CALLERS: &[&str] = &[
    "Called by ",
    "called by ",
    "Used by ",
    "used by ",
    "Made by ",
    "made by ",
    "Held by ",
    "Named by ",
    "Polled by ",
    "Shared by ",
    "Implemented by ",
    "Programs ",
    " call it",
    " calls it",
    " call them",
    " expand the macro",
];

/// Which of the four questions a header leaves open: what is it, who calls it, what always holds,
/// why not simpler.
fn unanswered(text: &str) -> Vec<&'static str> {
    let lines: Vec<&str> = text.lines().map_while(|line| line.strip_prefix("//!")).collect();
    let paragraphs: Vec<String> =
        lines.split(|line| line.is_empty()).map(|lines| lines.concat()).collect();
    let header = paragraphs.concat();
    let mut open = Vec::new();
    if lines.is_empty() {
        open.push("what is it");
    }
    if !CALLERS.iter().any(|caller| header.contains(caller)) {
        open.push("who calls it (\"Called by\")");
    }
    if !header.contains("Always true") {
        open.push("what always holds (\"Always true:\")");
    }
    let asks = |paragraph: &String| paragraph.starts_with(" Why ") && paragraph.contains('?');
    if !paragraphs.iter().any(asks) {
        open.push("why not simpler (a paragraph \"Why not ..? ..\")");
    }
    open
}

#[test]
fn the_header_of_a_long_file_answers_four_questions() {
    let mut places = Vec::new();
    let mut headers = 0;
    for source in files(&[".rs"]) {
        let ours = ["src/", "tokio-", "facades/", "eras/"]
            .iter()
            .any(|folder| source.path.starts_with(folder));
        if !ours || source.is_test() || source.text.lines().count() <= 150 {
            continue;
        }
        headers += 1;
        for question in unanswered(&source.text) {
            places.push(format!("{}: {question}", source.path));
        }
    }
    assert!(headers > 200, "only {headers} long files were found");
    none("a header of a file over 150 lines leaves a question open", places);
}

#[test]
fn no_file_is_longer_than_700_lines() {
    let mut places = Vec::new();
    for source in files(&[".rs"]) {
        let lines = source.text.lines().count();
        if lines > 700 {
            places.push(format!("{}: {lines} lines", source.path));
        }
    }
    none("a file has at most 700 lines", places);
}

#[test]
fn comments_fit_in_a_hundred_columns() {
    let mut places = Vec::new();
    for source in files(&[".rs"]) {
        for (number, line) in source.text.lines().enumerate() {
            let comment = line.trim_start().starts_with("//");
            if comment && line.chars().count() > 100 && !line.contains("http") {
                places.push(format!("{}:{}", source.path, number + 1));
            }
        }
    }
    none("a comment is at most 100 columns wide", places);
}

/// `#[cfg]` on something else than a `mod` or `use` line, each with its reason.
const CFG_ELSEWHERE: &[(&str, &str)] = &[
    ("facades/tokio-await/src/fs/open_options.rs", "a macro lists the options of each system"),
    ("src/inspect/endpoint.rs", "a socket of Unix, and the error elsewhere"),
    ("src/inspect/env.rs", "signals of Unix, and the error elsewhere"),
    ("src/lib.rs", "`spawn_std` is of the crate's root"),
    ("src/runtime.rs", "a field of a runtime, for `inspect`"),
    ("src/runtime/builder.rs", "a runtime registers itself if `inspect` is on"),
    ("src/sync/rwlock.rs", "a constructor that is there to be `const`, which is none under loom"),
];

#[test]
fn cfg_stands_on_mod_and_use_lines() {
    let mut places = Vec::new();
    let mut excepted = BTreeSet::new();
    for source in files(&[".rs"]) {
        let engine = source.path.contains("src/") && !source.path.starts_with("benches");
        if !engine || source.is_test() {
            continue;
        }
        let exception = CFG_ELSEWHERE.iter().find(|(path, _)| *path == source.path);
        let lines: Vec<&str> = source.text.lines().map(str::trim).collect();
        for (number, line) in lines.iter().enumerate() {
            if !line.starts_with("#[cfg(") {
                continue;
            }
            // The attribute may go over several lines, and others may follow it.
            let end = lines[number..].iter().position(|line| line.contains(")]")).unwrap_or(0);
            let item = lines[number + end + 1..]
                .iter()
                .find(|line| !line.starts_with("#[") && !line.starts_with("//"));
            let allowed = [
                "mod ",
                "use ",
                "pub mod ",
                "pub use ",
                "pub(crate) mod ",
                "pub(super) mod ",
                "pub(crate) use ",
                "pub(super) use ",
                "extern crate ",
                "compile_error!",
                "loom_models!",
            ];
            let inline = line.contains(")] mod ")
                || line.contains(")] use ")
                || line.contains(")] pub use ");
            if !inline
                && !item.is_some_and(|item| allowed.iter().any(|start| item.starts_with(start)))
            {
                if let Some((path, _)) = exception {
                    excepted.insert(*path);
                    continue;
                }
                places.push(format!("{}:{}: {}", source.path, number + 1, item.unwrap_or(&"")));
            }
        }
    }
    let unused = CFG_ELSEWHERE.iter().filter(|(path, _)| !excepted.contains(path));
    places.extend(unused.map(|(path, _)| format!("{path}: is no exception any more")));
    none("a platform or feature is a file, chosen on a `mod` or `use` line", places);
}

#[test]
fn files_that_documents_name_exist() {
    let sources: BTreeSet<String> =
        files(&[".rs", ".md", ".toml", ".py"]).into_iter().map(|source| source.path).collect();
    let mut places = Vec::new();
    for document in files(&[".md"]) {
        for word in document.text.split('`').skip(1).step_by(2) {
            let path = word.split_whitespace().next().unwrap_or("");
            let plain = path.chars().all(|c| c.is_alphanumeric() || "/_-.".contains(c));
            let known = path.ends_with(".rs") || path.ends_with(".md") || path.ends_with(".py");
            let found =
                || sources.iter().any(|source| source.ends_with(path.trim_start_matches("../")));
            if plain && known && path.len() > 4 && !found() {
                places.push(format!("{}: `{path}`", document.path));
            }
        }
    }
    none("a document names a file that is not there", places);
}

/// Modules that are let in to use `unsafe`: the `mod` line behind each `expect`.
fn unsafe_modules() -> Vec<(String, String)> {
    let mut found = Vec::new();
    for source in files(&[".rs"]) {
        if source.is_test() || source.path.starts_with("benches") {
            continue;
        }
        let lines: Vec<&str> = source.text.lines().map(str::trim).collect();
        for (number, line) in lines.iter().enumerate() {
            if line.contains("expect(unsafe_code") || line.contains("allow(unsafe_code") {
                let item = lines[number..].iter().find_map(|line| {
                    line.split_once("mod ")
                        .filter(|(before, _)| before.is_empty() || before.starts_with("pub"))
                });
                if let Some((_, name)) = item {
                    let name = name.trim_end_matches([';', ' ', '{']).to_owned();
                    found.push((source.path.clone(), name));
                }
            }
        }
    }
    assert!(found.len() > 10, "the list of unsafe modules is too short: {found:?}");
    found
}

#[test]
fn the_table_of_unsafe_modules_is_complete() {
    let text = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let table = text.split("## Unsafe code").nth(1).unwrap().split("\n## ").next().unwrap();
    let places = unsafe_modules()
        .into_iter()
        .filter(|(_, name)| {
            !table.split('`').skip(1).step_by(2).any(|word| word.rsplit("::").next() == Some(name))
        })
        .map(|(path, name)| format!("{path}: {name}"))
        .collect();
    none("a module uses unsafe code and is not in ARCHITECTURE's table", places);
}

#[test]
fn the_table_of_unsafe_modules_names_no_other() {
    let text = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let table = text.split("## Unsafe code").nth(1).unwrap().split("\n## ").next().unwrap();
    let modules: BTreeSet<String> = unsafe_modules().into_iter().map(|(_, name)| name).collect();
    let rows = table.lines().filter(|line| line.starts_with("| ")).skip(2);
    let places = rows
        .flat_map(|row| row.split('|').nth(1).unwrap().split('`').skip(1).step_by(2))
        .filter(|word| *word != "tokio" && !word.contains('-'))
        .filter(|word| !modules.contains(word.rsplit("::").next().unwrap()))
        .map(str::to_owned)
        .collect();
    none("ARCHITECTURE's table names a module without unsafe code", places);
}

/// Tests that are passed by being compiled: what they say is in their bounds.
const COMPILING: &[(&str, &str)] = &[
    ("tests/both_worlds.rs", "which types are futures and streams of which kind"),
    ("tests/sync_auto_traits.rs", "which types are `Send` and `Sync`"),
];

/// What shows that a test looks at something.
const LOOKS: &[&str] = &[
    "assert",
    "unwrap",
    "expect",
    "panic!",
    "check",
    "?;",
    "forall",
    "model",
    "try_all",
    "unreachable!",
    "prove",
    "verify",
];

/// The functions of a file: line number, name, text.
fn functions(text: &str) -> Vec<(usize, String, String)> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (number, line) in lines.iter().enumerate() {
        let Some((before, after)) = line.split_once("fn ") else {
            continue;
        };
        let plain = before.chars().all(|c| c.is_alphanumeric() || " ()_\"".contains(c));
        if !plain || line.trim_end().ends_with(';') {
            continue;
        }
        let name: String = after.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        let end = format!("{}}}", " ".repeat(line.len() - line.trim_start().len()));
        let one_line = line.trim_end().ends_with('}');
        let rest = lines[number + 1..].iter().take_while(|line| **line != end && !one_line);
        let body: Vec<&str> = std::iter::once(line).chain(rest).copied().collect();
        found.push((number, name, body.join("\n")));
    }
    found
}

/// The names of functions in these texts that look at something, or call one that does.
fn looking(functions: &[(usize, String, String)]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    loop {
        let before = names.len();
        for (_, name, text) in functions {
            if looks(text, &names) {
                names.insert(name.clone());
            }
        }
        if names.len() == before {
            return names;
        }
    }
}

fn looks(text: &str, helpers: &BTreeSet<String>) -> bool {
    let body = text.split_once('{').map_or("", |(_, body)| body);
    LOOKS.iter().any(|word| body.contains(word))
        || helpers.iter().any(|name| {
            body.match_indices(&format!("{name}("))
                .any(|(at, _)| !body[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_'))
        })
}

#[test]
fn every_test_asserts_something() {
    let mut places = Vec::new();
    for source in files(&[".rs"]) {
        let lines: Vec<&str> = source.text.lines().collect();
        let functions = functions(&source.text);
        let mut helpers = looking(&functions);
        if source.path == "tests/tidy.rs" {
            helpers.insert("none".to_owned());
        }
        for (number, name, text) in &functions {
            let attributes: Vec<&str> = lines[..*number]
                .iter()
                .rev()
                .map(|line| line.trim())
                .take_while(|line| line.starts_with("#[") || line.starts_with("//"))
                .collect();
            let starts = |start: &str| attributes.iter().any(|line| line.starts_with(start));
            if !starts("#[test]") && !starts("#[tokio::test") {
                continue;
            }
            let compiles = COMPILING.iter().any(|(path, _)| *path == source.path);
            if !looks(text, &helpers) && !starts("#[should_panic") && !compiles {
                places.push(format!("{}:{}: {name}", source.path, number + 1));
            }
            if starts("#[ignore") {
                places.push(format!("{}:{}: {name} is ignored", source.path, number + 1));
            }
        }
    }
    none("a test cannot fail, or does not run", places);
}

/// How many in a hundred of a crate's documented types and functions have an example, at the
/// least.
const LEAST_EXAMPLES: [(&str, usize); 2] = [("type", 60), ("function", 40)];

/// The crates that programs are written against, and what in them programs do not reach: it is
/// exported by the hidden `internals` only.
const WITH_EXAMPLES: &[(&str, &[&str])] = &[
    ("facades/tokio-await/src/", &[]),
    ("facades/tokio-era-02/src/", &[]),
    ("facades/net2/src/", &[]),
    ("src/", &[]),
    ("tokio-threadpool/src/", &["park/sleeper.rs", "park/worker_park.rs", "stuck.rs", "worker.rs"]),
    ("tokio-reactor/src/", &["nested.rs", "shared.rs", "sys/"]),
    // The paths of old, which are hidden.
    ("tokio-io/src/", &["codec/"]),
    // And what an executor of ours is made of: its lists, runs and references.
    (
        "tokio-executor/src/",
        &[
            "convert.rs",
            "inspect",
            "park/wait.rs",
            "poll_times.rs",
            "pooled.rs",
            "sys",
            "task/list.rs",
            "task/owner.rs",
            "task/runnable.rs",
            "task/task_ref.rs",
            "task/woken_keys.rs",
            "unwind.rs",
            "wait_list.rs",
            "yields.rs",
        ],
    ),
];

/// The documented public items of a file that are not hidden: what it is, and whether it has an
/// example.
fn documented(text: &str) -> Vec<(&'static str, bool)> {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let mut found = Vec::new();
    for (number, line) in lines.iter().enumerate() {
        let Some(mut item) = line.strip_prefix("pub ") else { continue };
        for word in ["const ", "async ", "unsafe "] {
            item = item.strip_prefix(word).unwrap_or(item);
        }
        let kind = match item.split(' ').next() {
            Some("fn") => "function",
            Some("struct" | "enum" | "trait") => "type",
            _ => continue,
        };
        // Attributes, one of which may go over several lines, and above them the comment.
        let above: Vec<&str> = lines[..number]
            .iter()
            .rev()
            .take_while(|line| {
                let ends_another = line.is_empty() || line.ends_with(['{', '}', ';', ',']);
                line.starts_with("///") || !ends_another
            })
            .copied()
            .collect();
        let documented = above.iter().any(|line| line.starts_with("///"));
        if documented && !above.contains(&"#[doc(hidden)]") {
            found.push((kind, above.iter().any(|line| line.starts_with("/// ```"))));
        }
    }
    found
}

#[test]
fn what_programs_start_from_has_an_example() {
    let sources = files(&[".rs"]);
    let mut places = Vec::new();
    for (folder, internal) in WITH_EXAMPLES {
        let items: Vec<_> = sources
            .iter()
            .filter(|source| source.path.starts_with(folder) && !source.is_test())
            .filter(|source| {
                !internal.iter().any(|part| source.path[folder.len()..].starts_with(part))
            })
            .flat_map(|source| documented(&source.text))
            .collect();
        for (kind, least) in LEAST_EXAMPLES {
            let all = items.iter().filter(|(of, _)| *of == kind).count();
            let with = items.iter().filter(|(of, example)| *of == kind && *example).count();
            assert!(all > 2, "only {all} items of kind {kind} were found in {folder}");
            if with * 100 < all * least {
                places.push(format!("{folder}: {with} of {all} {kind}s, less than {least} %"));
            }
        }
    }
    none("too few of what programs start from have an example", places);
}

/// Places on the net that documents and comments may point to.
const KNOWN_HOSTS: &[&str] = &[
    "apache.org",
    "arxiv.org",
    "cbloom.com",
    "contributor-covenant.org",
    "cppreference.com",
    "crates.io",
    "crossbeam-rs",
    "doc.rust-lang.org",
    "docs.rs",
    "dl.acm.org",
    "example.com",
    "example.org",
    "github.com/crossbeam-rs",
    "github.com/EmbarkStudios",
    "github.com/golang",
    "github.com/libuv",
    "github.com/joyent",
    "github.com/rust-lang",
    "github.com/rustsec",
    "github.com/tokio-rs",
    "go.dev",
    "golang.org",
    "iana.org",
    "ietf.org",
    "kernel.org",
    "localhost",
    "man7.org",
    "microsoft.com",
    "opengroup.org",
    "oxide.computer",
    "prometheus.io",
    "rayon-rs",
    "rfc-editor.org",
    "rustsec.org",
    "semver.org",
    "keepachangelog.com",
    "127.0.0.1",
    "tokio.rs",
    "unicode.org",
    "w3.org",
    "wikipedia.org",
];

#[test]
fn no_path_of_a_machine_and_no_invented_address() {
    let mut places = Vec::new();
    for source in files(&[".rs", ".md", ".toml", ".py", ".html", ".js"]) {
        if source.path == "tests/tidy.rs" {
            continue;
        }
        for (number, line) in source.text.lines().enumerate() {
            let place = || format!("{}:{}: {}", source.path, number + 1, line.trim());
            let folders = ["/work/", "/root/", "/home/"];
            if folders.iter().any(|folder| line.contains(folder)) {
                places.push(place());
            }
            for (at, _) in line.match_indices("https://") {
                let rest = &line[at + 8..];
                let end = rest.find([')', ' ', '>', '"', '`', ']']).unwrap_or(rest.len());
                // `https://...` stands for any.
                let any = rest.starts_with("...");
                if !any && !KNOWN_HOSTS.iter().any(|host| rest[..end].contains(host)) {
                    places.push(place());
                }
            }
        }
    }
    none("a path of one machine, or an address that nobody of ours owns", places);
}

#[test]
fn examples_are_listed_where_readers_look() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let places: Vec<String> = fs::read_dir(root().join("docs"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path: &PathBuf| path.extension().is_some_and(|ending| ending == "md"))
        .map(|path| relative(&path))
        .filter(|path| !readme.contains(path))
        .collect();
    none("README names every document", places);
}
