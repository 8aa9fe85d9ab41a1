"""Finds the examples in the doc comments of Rust sources.

Called by `prepare` for the `famdoc-*` suites; calls nothing. Gives each fenced block
that rustdoc would test: its file, its line, the words behind the fence, its text.

Why not rustdoc itself? It has no stable way to hand the examples out, and inside
their own package they would be tested against that package's sources, not against
whatever crate a patch put in its place.
"""

import re

DOC_LINE = re.compile(r"^\s*//(?:/|!)(?!/) ?(.*)$")
FENCE = re.compile(r"^\s*(```+|~~~+)\s*(.*)$")

# Words behind a fence that leave a block Rust.
RUST = {"rust", "should_panic", "no_run", "ignore", "compile_fail", "test_harness"}


def is_rust(words):
    """Whether rustdoc takes a block fenced with these words for Rust."""
    words = [word for word in re.split(r"[,\s]+", words) if word]
    return all(
        word in RUST or word.startswith(("ignore-", "edition", "E0", "standalone")) for word in words
    )


def examples(text):
    """Yields (line, words, lines of the example) for the text of one source file."""
    fence = None
    in_block_comment = False
    for number, line in enumerate(text.splitlines(), 1):
        if not in_block_comment and re.match(r"^\s*/\*[*!](?!\*)", line):
            in_block_comment = "*/" not in line
            continue
        if in_block_comment:
            if "*/" in line:
                in_block_comment = False
                fence = None
                continue
            body = re.sub(r"^\s*\* ?", "", line)
        else:
            doc = DOC_LINE.match(line)
            if not doc:
                fence = None
                continue
            body = doc.group(1)
        mark = FENCE.match(body)
        if fence is None:
            if mark:
                fence = (mark.group(1), number, mark.group(2).strip(), [])
        elif mark and mark.group(1).startswith(fence[0]) and not mark.group(2):
            if is_rust(fence[2]):
                yield fence[1], fence[2], fence[3]
            fence = None
        else:
            fence[3].append(body)
