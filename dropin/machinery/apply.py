"""Writes the patch into a program's own files and moves its lock file.

Called by `dropin/apply`; calls `family` for what this checkout replaces, and Cargo.

Always true: a run that fails leaves manifest, configuration and lock file as they were;
what stood there before the first run is kept in `.dropin/` until `--undo`.

Why not `cargo update -p tokio` alone? Cargo keeps every other locked version, and if one
of those is older than we need, it keeps the published tokio as well and says nothing. Why
not let everything go that we share? A program of its time may not build on the newest of all.
"""

import json
import os
import re
import shutil
import subprocess
import tomllib
from dataclasses import dataclass
from pathlib import Path

from . import family

BEGIN = "# Written by dropin/apply; `dropin/apply --undo` removes it."
END = "# End of what dropin/apply wrote."
KEEP = ".dropin"
REGISTRY = "registry+"


class Refused(Exception):
    """The program cannot be patched; says why and names who is in the way."""


@dataclass
class Source:
    """Where the replacing crates come from: a folder, or a repository at a revision."""

    checkout: Path
    git: str | None
    rev: str | None

    def entry(self, package, root):
        fields = []
        if package.key != package.name:
            fields.append(f'package = "{package.name}"')
        if self.git:
            fields.append(f"git = {json.dumps(self.git)}")
            fields.append(f"rev = {json.dumps(self.rev)}")
            # A repository holds several packages named tokio; a folder holds one.
            fields.append(f'version = "={package.version}"')
        else:
            path = package.path
            if self.checkout.is_relative_to(root):
                # A checkout inside the project moves with it.
                path = os.path.relpath(path, root)
            fields.append(f"path = {json.dumps(str(path))}")
        return "{ " + ", ".join(fields) + " }"


@dataclass
class Locked:
    """One package of a lock file."""

    name: str
    version: str
    source: str
    dependencies: list

    @property
    def published(self):
        return self.source.startswith(REGISTRY)

    @property
    def spec(self):
        return f"{self.name}@{self.version}"

    def is_of_line(self, line):
        """Whether Cargo takes `line` (`0.1`, `1`) as compatible with this version."""
        return "-" not in self.version and (self.version + ".").startswith(line + ".")

    def depends_on(self, other):
        return other.name in self.dependencies or f"{other.name} {other.version}" in self.dependencies


class Project:
    """The program: its workspace's root, manifest, configuration and lock file."""

    def __init__(self, root):
        self.root = root
        self.manifest = root / "Cargo.toml"
        self.lock = root / "Cargo.lock"
        self.config = root / ".cargo/config.toml"
        self.keep = root / KEEP

    @staticmethod
    def find(directory):
        if not (directory / "Cargo.toml").exists():
            raise Refused(f"{directory} has no Cargo.toml")
        run = _cargo(directory, "locate-project", "--workspace", "--message-format=plain")
        if run.returncode != 0:
            raise Refused(f"cargo finds no workspace in {directory}: {run.stderr.strip()}")
        return Project(Path(run.stdout.strip()).parent)

    def locked(self):
        with open(self.lock, "rb") as file:
            packages = tomllib.load(file).get("package", [])
        return [
            Locked(
                package["name"],
                package["version"],
                package.get("source", ""),
                [re.sub(r" \(.*\)$", "", name) for name in package.get("dependencies", [])],
            )
            for package in packages
        ]

    def files(self):
        return [self.manifest, self.lock, self.config]

    def save(self):
        """Keeps what stood here before the first run."""
        if self.keep.exists():
            return
        self.keep.mkdir()
        (self.keep / ".gitignore").write_text("*\n")
        for file in self.files():
            if file.exists():
                shutil.copy2(file, self.keep / file.name)

    def undo(self):
        if not self.keep.exists():
            raise Refused(f"nothing to undo in {self.root}: it has no {KEEP} folder")
        for file in (self.manifest, self.config):
            _remove_section(file)
        kept = self.keep / self.lock.name
        if kept.exists():
            shutil.copy2(kept, self.lock)
        else:
            self.lock.unlink(missing_ok=True)
        if not (self.keep / self.config.name).exists() and self.config.exists():
            if not self.config.read_text().strip():
                self.config.unlink()
                _remove_if_empty(self.config.parent)
        shutil.rmtree(self.keep)
        print(f"put back as it was: {self.root}")


def apply(project, source, into):
    if not project.lock.exists() and project.keep.exists():
        shutil.rmtree(project.keep)
    first = not project.keep.exists()
    project.save()
    before = {file: file.read_bytes() if file.exists() else None for file in project.files()}
    try:
        _apply(project, source, into)
    except Refused:
        for file, content in before.items():
            if content is None:
                file.unlink(missing_ok=True)
            else:
                file.write_bytes(content)
        if first:
            shutil.rmtree(project.keep)
            _remove_if_empty(project.config.parent)
        raise


def _apply(project, source, into):
    ours = family.packages(source.checkout)
    target = project.config if into == "config" else project.manifest
    other = project.manifest if into == "config" else project.config
    _remove_section(other)
    _remove_section(target)
    if not project.lock.exists():
        _must(project, "cannot resolve the program as it is", "generate-lockfile")
    wanted = []
    # A moved package may bring in another that we replace: at most one round a package.
    for _ in range(len(ours) + 1):
        present = [package for package in ours if _is_asked_for(project.locked(), package, source)]
        if present == wanted:
            break
        wanted = present
        _write_section(target, project.root, source, wanted)
        if not _move(project, wanted, source.checkout):
            break
    if not wanted:
        raise Refused("the lock file holds none of the crates that this checkout replaces")
    _check(project, ours)
    print(f"{target}: {', '.join(package.key for package in wanted)}")
    print(f"{project.lock.name}: no published crate is left that this checkout replaces")
    for one in project.locked():
        if one.published and "-" in one.version and one.name in family.names(source.checkout):
            print(f"{one.spec} stays as published: ours replace releases, and this came before one")


def _is_asked_for(locked, package, source):
    """Whether the published package is in the tree, or a package that is not ours uses ours."""
    own = family.names(source.checkout)
    return any(
        one.published or any(user.depends_on(one) and user.name not in own for user in locked)
        for one in _versions(locked, package)
    )


def _versions(locked, package):
    """What the lock file holds of the line of versions that `package` replaces."""
    return [one for one in locked if one.name == package.name and one.is_of_line(package.line)]


def _move(project, wanted, checkout):
    """Moves the replaced packages, and of the others as few and as little as that takes;
    whether that could be done.

    Cargo may leave all that is locked where it is, and then, if some of it is too old for
    ours, it keeps the published package without a word. Or it moves what is locked, and then
    as far as what comes in new asks for. So it is made to take ours first, and what it moved
    is put back after that.
    """
    file = project.lock.read_bytes()
    before = [one for one in project.locked() if one.published]
    replaced = {one.spec for package in wanted for one in _versions(before, package)}
    if not replaced:
        return True
    others = [one for one in before if one.spec not in replaced]
    needs = _needs(checkout)
    too_old = {one.spec for one in others if _is_below(one, _least(one, needs))}
    names = _names_in_lock_file(checkout)
    shared = {one.spec for one in others if one.name in names}
    for free in (set(), too_old, too_old | shared):
        project.lock.write_bytes(file)
        if _update(project, replaced | free) and not _left(project, wanted):
            _Settling(project, wanted, others, needs).run()
            return True
    return False


class _Settling:
    """Puts back, one by one, what an update moved without need.

    Each step is kept only if ours are still in place after it.
    """

    def __init__(self, project, wanted, before, needs):
        self.project, self.wanted, self.before, self.needs = project, wanted, before, needs

    def run(self):
        self.put_back()
        if not self.too_far():
            return
        # What came in new may ask for more than ours do. Each goes to the oldest that ours
        # work with, and forward again if that moves nothing.
        lowered = [one for one in self.entrants() if self.step(one.spec, _least(one, self.needs))]
        self.put_back()
        for one in lowered:
            self.step(f"{one.name}@{_least(one, self.needs)}", None)

    def put_back(self):
        locked = self.project.locked()
        for one in self.before:
            now = _same_line(locked, one)
            if not now or now.version == one.version:
                continue
            least = _least(one, self.needs)
            if not self.step(now.spec, one.version) and _is_below(one, least) and now.version != least:
                self.step(now.spec, least)
            locked = self.project.locked()

    def step(self, spec, version):
        """Moves one package, to the newest version if none is named; whether it could."""
        file, far = self.project.lock.read_bytes(), self.too_far()
        words = ["--precise", version] if version else []
        moved = _update(self.project, {spec}, *words)
        if moved and not _left(self.project, self.wanted) and self.too_far() <= far:
            return True
        self.project.lock.write_bytes(file)
        return False

    def too_far(self):
        """How many are further than they were, and further than ours ask for."""
        locked = self.project.locked()
        nows = [(one, _same_line(locked, one)) for one in self.before]
        return sum(bool(now) and now.version not in (one.version, _least(one, self.needs)) for one, now in nows)

    def entrants(self):
        """What ours ask for that the program did not have, and that could be older."""
        return [
            one
            for one in self.project.locked()
            if one.published and not _same_line(self.before, one) and _least(one, self.needs) not in (None, one.version)
        ]


def _same_line(locked, one):
    """The package of that name and line of versions, if there is one and no other."""
    line = _line(one.version)
    found = [other for other in locked if other.name == one.name and other.is_of_line(line)]
    return found[0] if len(found) == 1 else None


def _least(one, needs):
    """The version that ours ask for at least, of the line of that package."""
    asked = [_number(least) for name, least in needs if name == one.name and one.is_of_line(_line(least))]
    return ".".join(map(str, max(asked))) if asked else None


def _is_below(one, least):
    return least is not None and _number(one.version) < _number(least)


def _names_in_lock_file(checkout):
    with open(checkout / "Cargo.lock", "rb") as file:
        return {package["name"] for package in tomllib.load(file)["package"]}


def _update(project, specs, *words):
    named = [word for spec in sorted(specs) for word in ("-p", spec)]
    return _cargo(project.root, "update", *named, *words).returncode == 0


def _left(project, packages):
    """Published packages in the lock file that a patch was to replace."""
    locked = project.locked()
    return [one for package in packages for one in _versions(locked, package) if one.published]


def _check(project, ours):
    locked = project.locked()
    complaints = []
    for one in _left(project, ours):
        held = [user.spec for user in locked if user.depends_on(one)]
        complaints.append(f"the published {one.spec} is still in the tree, held by {', '.join(held) or 'the lock file'}")
        complaints.append(f"cargo says: {_reason(project, one, ours)}")
    for package in ours:
        if len(_versions(locked, package)) > 1 and not complaints:
            both = ", ".join(one.version for one in _versions(locked, package))
            complaints.append(f"there are two {package.name} of the line {package.line}: {both}")
    if complaints:
        complaints.append("what holds it, such as an exact requirement (`= \"=0.1.22\"`), must be relaxed first")
        raise Refused("; ".join(complaints))


def _reason(project, one, ours):
    """Why Cargo does not take ours in place of the published package."""
    [version] = {package.version for package in ours if one in _versions([one], package)}
    run = _cargo(project.root, "update", "-p", one.spec, "--precise", version)
    lines = [line.strip() for line in run.stderr.splitlines()]
    first = next((number for number, line in enumerate(lines) if line.startswith("error")), len(lines))
    return " ".join(line for line in lines[first:] if line).removeprefix("error: ") or "nothing"


def _needs(checkout):
    """What our packages ask of published ones: pairs of a name and the least version."""
    least = set()
    packages = {package.path / "Cargo.toml" for package in family.packages(checkout)}
    # What those build on, and no program names.
    packages |= {checkout / "Cargo.toml", *checkout.glob("facades/*/Cargo.toml")}
    for manifest in packages:
        with open(manifest, "rb") as file:
            tree = tomllib.load(file)
        for table in _dependency_tables(tree):
            for name, entry in table.items():
                entry = entry if isinstance(entry, dict) else {"version": entry}
                if "version" in entry and "path" not in entry:
                    least.add((entry.get("package", name), entry["version"].lstrip("^=~ ")))
    return sorted(least)


def _dependency_tables(tree):
    yield tree.get("workspace", {}).get("dependencies", {})
    for parent in [tree, *tree.get("target", {}).values()]:
        yield parent.get("dependencies", {})


def _number(version):
    parts = re.match(r"\d+(?:\.\d+)*", version)
    numbers = [int(part) for part in parts.group().split(".")] if parts else [0]
    return numbers + [0] * (3 - len(numbers))


def _line(version):
    major, minor, _ = _number(version)
    return f"{major}.{minor}" if major == 0 else str(major)


def _write_section(file, root, source, packages):
    """Puts our lines into the `[patch.crates-io]` section, which may be there already."""
    _remove_section(file)
    text = file.read_text() if file.exists() else ""
    taken = tomllib.loads(text).get("patch", {}).get("crates-io", {})
    lines = [BEGIN]
    for package in packages:
        key = package.key
        entry = source.entry(package, root)
        if key in taken:
            # The owner patches another version of it; a key is only a name.
            if taken[key].get("package", key) != package.name:
                raise Refused(f"{file} has a patch called {key!r} for another package")
            key = f"{package.name}-{package.line.replace('.', '-')}-patched"
            if "package" not in entry:
                entry = entry.replace("{ ", f'{{ package = "{package.name}", ', 1)
        lines.append(f"{key} = {entry}")
    lines.append(END)
    heading = re.search(r"^\[patch\.(?:crates-io|\"crates-io\"|'crates-io')\][^\n]*\n", text, re.M)
    if heading:
        text = text[: heading.end()] + "\n".join(lines) + "\n" + text[heading.end() :]
    elif taken:
        raise Refused(f"{file} patches crates-io in a form that this cannot extend: make it a [patch.crates-io] section")
    else:
        lines.insert(1, "[patch.crates-io]")
        if text and not text.endswith("\n"):
            text += "\n"
        text += ("\n" if text else "") + "\n".join(lines) + "\n"
    file.parent.mkdir(exist_ok=True)
    file.write_text(text)


def _remove_section(file):
    """Removes our lines, and the blank line that `_write_section` put before them."""
    if not file.exists():
        return
    text = file.read_text()
    with_blank = rf"(?:(?<=\n)\n)?{re.escape(BEGIN)}\n\[patch\.crates-io\]\n.*?{re.escape(END)}\n"
    inside = rf"{re.escape(BEGIN)}\n.*?{re.escape(END)}\n"
    without = re.sub(inside, "", re.sub(with_blank, "", text, flags=re.S), flags=re.S)
    if without != text:
        file.write_text(without)


def _remove_if_empty(folder):
    if folder.exists() and not any(folder.iterdir()):
        folder.rmdir()


def _cargo(folder, *words):
    return subprocess.run(["cargo", *words], cwd=folder, capture_output=True, text=True)


def _must(project, complaint, *words):
    run = _cargo(project.root, *words)
    if run.returncode != 0:
        raise Refused(f"{complaint}: {run.stderr.strip()}")
