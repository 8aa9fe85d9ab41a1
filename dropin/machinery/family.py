"""The crates that the patch replaces: read from dropin/patch.toml, found in a checkout.

Called by `run` and `load/bench`. patch.toml is the one list of packages and places; a
place on it that the checkout lacks is an error, unless the checkout is an older one.
"""

import json
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

PATCH = Path(__file__).resolve().parents[1] / "patch.toml"


@dataclass
class Package:
    # What the line is called: the package's name, and an era's number where two
    # packages share one name.
    key: str
    name: str
    version: str
    path: Path

    @property
    def line(self):
        """The versions that Cargo takes as compatible with ours: `0.1`, or `1`."""
        major, minor, _ = self.version.split(".")
        return f"{major}.{minor}" if major == "0" else major


def packages(checkout, partly=False):
    """What the checkout puts in place of published crates.

    `partly` leaves out what the checkout does not have yet.
    """
    with open(PATCH, "rb") as file:
        table = tomllib.load(file)["patch"]["crates-io"]
    found = []
    for key, entry in table.items():
        path = (checkout / entry["path"]).resolve()
        if not (path / "Cargo.toml").exists():
            if partly:
                continue
            raise SystemExit(f"{checkout} has no {entry['path']}, which {PATCH.name} names")
        with open(path / "Cargo.toml", "rb") as file:
            version = tomllib.load(file)["package"]["version"]
        found.append(Package(key, entry.get("package", key), version, path))
    return found


def names(checkout):
    """The names of all packages of the checkout."""
    folders = [checkout, *(path.parent for path in checkout.glob("*/Cargo.toml"))]
    folders += [path.parent for path in checkout.glob("*/*/Cargo.toml")]
    found = set()
    for folder in folders:
        with open(folder / "Cargo.toml", "rb") as file:
            found.add(tomllib.load(file).get("package", {}).get("name"))
    return found


def replaced(checkout):
    """A pattern for the lines of `cargo tree` about published crates that the patch is to
    replace: those whose version is compatible with ours. mio 1 is not.
    """
    crates = [
        rf"{re.escape(package.name)} v{re.escape(package.line)}\.\S+"
        for package in packages(checkout, partly=True)
    ]
    # Behind a crate that is not from the registry its place stands in parentheses.
    return re.compile(rf"^((?:{'|'.join(crates)}))(?!.*/)", re.M)


def local_patch(checkout, partly=False):
    """The section with absolute paths."""
    lines = ["[patch.crates-io]"]
    for package in packages(checkout, partly):
        name = "" if package.key == package.name else f"package = {json.dumps(package.name)}, "
        lines.append(f"{package.key} = {{ {name}path = {json.dumps(str(package.path))} }}")
    return "\n".join(lines) + "\n"
