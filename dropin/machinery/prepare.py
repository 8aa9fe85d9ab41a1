"""Makes a folder with a Cargo project that is one suite.

Called by `run`; calls `manifest` and `doctests`, and Cargo to fetch the published
package. Three kinds of suite, by name:

- `X`: the published package as it is, with the edits that its line asks for;
- `fam-X`: the integration tests of X, in a package that depends on X;
- `famdoc-X`: the doc examples of X, likewise.

`X-VERSION` in place of X tells apart the suites of one package, and `X-VERSION+WORD` those of one
version.

Always true: nothing outside the scratch folder is written, and the folder is made
anew each time, so one run cannot colour the next.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path

from . import doctests, manifest

STAND_INS = Path(__file__).resolve().parents[1] / "stand-ins"


class Unprepared(Exception):
    """The suite cannot be set up; says why."""


def published(package, version):
    """The unpacked sources of a published package, in Cargo's own cache."""
    found = _unpacked(package, version)
    if not found:
        # `info` downloads the one package and unpacks it, without resolving the
        # dependencies that this package had years ago.
        done = subprocess.run(
            ["cargo", "info", "--quiet", f"{package}@{version}"],
            cwd="/",
            capture_output=True,
            text=True,
        )
        found = _unpacked(package, version)
        if not found:
            raise Unprepared(f"cannot fetch {package} {version}: {done.stderr.strip()}")
    return found


def _unpacked(package, version):
    home = Path(os.environ.get("CARGO_HOME", Path.home() / ".cargo"))
    for folder in sorted((home / "registry" / "src").glob(f"*/{package}-{version}")):
        if (folder / ".cargo-ok").exists():
            return folder
    return None


def prepare(suite, folder):
    """Fills `folder` with the project of `suite`."""
    source = published(suite.package, suite.version)
    shutil.rmtree(folder, ignore_errors=True)
    if suite.name.startswith("famdoc-"):
        tree = _doc_examples(suite, source, folder)
    elif suite.name.startswith("fam-"):
        tree = _integration_tests(suite, source, folder)
    else:
        shutil.copytree(source, folder, ignore=_litter)
        tree = manifest.load(folder / "Cargo.toml")
    _edit(suite, tree, folder)
    (folder / "Cargo.toml").write_text(manifest.dump(tree))


def _litter(_, names):
    """Files that do not belong into the project; a toolchain file would choose another compiler."""
    litter = ("Cargo.lock", "Cargo.toml.orig", ".cargo-ok", ".cargo", "rust-toolchain", "rust-toolchain.toml")
    return [name for name in names if name in litter]


def _edit(suite, tree, folder):
    for pattern in suite.values("drop"):
        if not manifest.drop(tree, pattern):
            raise Unprepared(f"nothing in Cargo.toml is called {pattern!r}")
    if not suite.name.startswith("fam"):
        for name, version in suite.wants("dependency"):
            tree.setdefault("dev-dependencies", {}).setdefault(name, {"version": version})
    for name in suite.values("stand-in"):
        tree.setdefault("dev-dependencies", {})[name] = {"path": str(STAND_INS / name)}
    for file in suite.values("remove"):
        (folder / file).unlink()
    for package, start, end in suite.wants("copy"):
        name, _, version = package.partition("@")
        shutil.copytree(published(name, version) / start, folder / end)
    for file, old, new in suite.wants("replace"):
        text = (folder / file).read_text()
        if old not in text:
            raise Unprepared(f"{file} does not contain {old!r}")
        (folder / file).write_text(text.replace(old, new))
    # Packages are published without folders that their manifests still mention.
    for kind, default in (("test", "tests"), ("bench", "benches"), ("example", "examples")):
        for table in list(tree.get(kind, [])):
            name = table.get("name")
            places = [table["path"]] if "path" in table else [f"{default}/{name}.rs", f"{default}/{name}/main.rs"]
            if not any((folder / place).exists() for place in places):
                tree[kind].remove(table)
    # A workspace of its own: the scratch folder may lie inside another.
    tree["workspace"] = {}
    if suite.wants("self-patch"):
        tree["patch"] = {"crates-io": {suite.package: {"path": "."}}}


def _consumer(suite, source, named):
    """A manifest that depends on the package under its published name.

    `named` is the text of the tests. Only the dependencies it mentions are kept: the
    rest would be built for nothing, or no longer builds at all.
    """
    theirs = manifest.load(source / "Cargo.toml")
    wanted = {suite.package: {"version": suite.version}}
    for kind, table in manifest.dependency_tables(theirs):
        for name, entry in table.items():
            entry = dict(entry) if isinstance(entry, dict) else {"version": entry}
            entry.pop("optional", None)
            if kind != "build-dependencies" and re.search(rf"\b{name.replace('-', '_')}\b", named):
                # A dev-dependency's features are the ones the tests count on.
                wanted.setdefault(name, {}).update(entry)
    package = {"name": re.sub(r"[.+]", "-", suite.name), "version": suite.version, "autobenches": False}
    edition = theirs["package"].get("edition")
    if edition:
        package["edition"] = edition
    for name, version in suite.wants("dependency"):
        wanted.setdefault(name, {"version": version})
    tree = {"package": package, "lib": {"path": "src/lib.rs"}, "dependencies": wanted}
    # Tests ask which of the package's features are on: the consumer's stand for them.
    asked = set(re.findall(r'feature\s*=\s*"([^"]+)"', named)) & set(theirs.get("features", {}))
    if asked:
        tree["features"] = {"default": _turned_on_by("default", theirs["features"], asked)}
        for name in sorted(asked - {"default"}):
            others = _turned_on_by(name, theirs["features"], asked)
            tree["features"][name] = [f"{suite.package}/{name}", *others]
    return tree


def _turned_on_by(name, features, asked):
    """The other features that come with one, among those that the tests ask for."""
    found, left = set(), [name]
    while left:
        for other in features.get(left.pop(), []):
            if other in features and other not in found:
                found.add(other)
                left.append(other)
    return sorted(found & asked - {name})


def _integration_tests(suite, source, folder):
    (folder / "src").mkdir(parents=True)
    (folder / "src/lib.rs").write_text("")
    shutil.copytree(source / "tests", folder / "tests")
    if (source / "src/bin").exists():
        # Programs that the tests start.
        shutil.copytree(source / "src/bin", folder / "src/bin")
    text = []
    for file in sorted(folder.rglob("*.rs")):
        body = file.read_text()
        if re.search(r'#\[path\s*=\s*"\.\./src/', body):
            # Looks inside X's own sources: not the business of a consumer.
            file.unlink()
        else:
            text.append(body)
    return _consumer(suite, source, "\n".join(text))


def _doc_examples(suite, source, folder):
    (folder / "src").mkdir(parents=True)
    lines = ["#![allow(non_snake_case)]"]
    text = []
    for file in sorted((source / "src").rglob("*.rs")):
        inside = file.relative_to(source / "src")
        if any(re.match(r"(windows|fuchsia|kqueue)", part) for part in inside.parts):
            continue
        for line, words, body in doctests.examples(file.read_text()):
            name = re.sub(r"\W", "_", str(inside))
            lines.append(f"\n/// ```{words}")
            lines.extend(f"/// {row}".rstrip() for row in _naming(suite.package, body))
            lines.append(f"/// ```\npub mod D_{name}_l{line} {{}}")
            text.extend(body)
    (folder / "src/lib.rs").write_text("\n".join(lines) + "\n")
    return _consumer(suite, source, "\n".join(text))


def _naming(package, body):
    """The example with the crate named that rustdoc, at home, would name by itself."""
    crate = package.replace("-", "_")
    if any(re.search(rf"extern crate {crate}\b", row) for row in body):
        return body
    first = 0
    while first < len(body) and re.match(r"\s*(# )?#!\[", body[first]):
        first += 1
    return body[:first] + [f"# extern crate {crate};"] + body[first:]
