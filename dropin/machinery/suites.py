"""The list of suites, `suites.tsv`, and what its lines ask for.

Read by `run`; calls nothing. A line that cannot be understood is an error with its
number, never a suite left out.
"""

import re
import shlex
from dataclasses import dataclass, field
from pathlib import Path

COLUMNS = ["name", "version", "stock", "ours", "fails", "needs", "note"]

# A semicolon in double quotes ends none.
NEED = re.compile(r'(?:[^;"]|"(?:\\.|[^"\\])*")+')

# What `needs` may say, and how many words follow.
DIRECTIVES = {
    "dependency": 2,  # CRATE VERSION: for the tests, one that the manifest does not mention
    "stand-in": 1,  # CRATE: for the tests, one that is not published: ours is in stand-ins/
    "pin": 1,  # CRATE=VERSION: hold a dependency back
    "drop": 1,  # PATH: remove from Cargo.toml, see manifest.drop
    "remove": 1,  # FILE
    "feature": 1,  # NAME: build with this feature of the package
    "target": 1,  # NAME: only this test target
    "skip": 1,  # TEST: leave this test out
    "tests-only": 0,  # leave the doc examples out
    "env": 1,  # NAME=VALUE: for the tests
    "self-patch": 0,  # the package also stands in for its own published self
    "one-thread": 0,  # tests of a binary one after the other
    "copy": 3,  # CRATE@VERSION FROM TO: a folder of another published package
    "replace": 3,  # FILE OLD NEW: text of a source
    "program": 1,  # NAME: must be in PATH
    "server": 1,  # PORT, or PATH of a socket: something must listen there, on localhost
    "internet": 0,  # some tests want it: what fails without is in `fails`
    "timeout": 1,  # SECONDS: for each test binary
    "cfg": 1,  # NAME: build everything with `--cfg NAME`
}


@dataclass
class Counts:
    """Passed, failed, ignored tests; aborted test binaries."""

    passed: int = 0
    failed: int = 0
    ignored: int = 0
    aborted: int = 0

    def __str__(self):
        text = f"{self.passed}/{self.failed}/{self.ignored}"
        return f"{text} aborted {self.aborted}" if self.aborted else text

    @staticmethod
    def parse(text):
        words = text.split()
        passed, failed, ignored = (int(number) for number in words[0].split("/"))
        if len(words) == 1:
            return Counts(passed, failed, ignored)
        if len(words) == 3 and words[1] == "aborted":
            return Counts(passed, failed, ignored, int(words[2]))
        raise ValueError(f"cannot read counts {text!r}")


@dataclass
class Suite:
    name: str
    version: str
    stock: Counts
    ours: Counts
    fails: list = field(default_factory=list)
    needs: list = field(default_factory=list)
    note: str = ""

    @property
    def package(self):
        """The published package that the suite comes from."""
        name = self.name.removeprefix("famdoc-").removeprefix("fam-")
        # Where one package has several suites, their names end in the versions, and in what else
        # tells them apart.
        return name.partition("+")[0].removesuffix(f"-{self.version}")

    def wants(self, directive):
        """The arguments of each use of a directive."""
        return [words[1:] for words in self.needs if words[0] == directive]

    def values(self, directive):
        """The same for a directive of one argument."""
        return [words[0] for words in self.wants(directive)]


def load(path):
    suites = []
    for number, line in enumerate(Path(path).read_text().splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        try:
            suites.append(_suite(line))
        except ValueError as error:
            raise SystemExit(f"{path}:{number}: {error}") from None
    return suites


def _suite(line):
    cells = ["" if cell == "-" else cell for cell in line.split("\t")]
    if len(cells) != len(COLUMNS):
        raise ValueError(f"expected {len(COLUMNS)} columns, got {len(cells)}")
    row = dict(zip(COLUMNS, cells))
    needs = [shlex.split(part) for part in NEED.findall(row["needs"]) if part.strip()]
    for words in needs:
        if DIRECTIVES.get(words[0]) != len(words) - 1:
            raise ValueError(f"cannot understand need {' '.join(words)!r}")
    return Suite(
        name=row["name"],
        version=row["version"],
        stock=Counts.parse(row["stock"]),
        ours=Counts.parse(row["ours"]),
        fails=[part.strip() for part in row["fails"].split(";") if part.strip()],
        needs=needs,
        note=row["note"],
    )
