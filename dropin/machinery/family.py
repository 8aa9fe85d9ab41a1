"""The crates that the patch replaces: read from patch.toml, found in a checkout.

Called by `run`, `patch` and `hyper/bench`. patch.toml is the one list of names;
a name on it that the checkout lacks is an error.
"""

import json
import re
import tomllib
from pathlib import Path

PATCH = Path(__file__).resolve().parents[2] / "patch.toml"


def names():
    with open(PATCH, "rb") as file:
        return sorted(tomllib.load(file)["patch"]["crates-io"])


def places(checkout):
    """The folder of each crate in a checkout, by name."""
    return {package["name"]: path for path, package in _packages(checkout)}


def replaced(checkout):
    """A pattern for the lines of `cargo tree` about published crates that the patch is to
    replace: those whose version is compatible with ours. tokio 1 and mio 1 are not.
    """
    crates = []
    for _, package in _packages(checkout):
        if package["name"] in names():
            major, minor, _ = package["version"].split(".")
            line = f"{major}.{minor}" if major == "0" else major
            crates.append(rf"{re.escape(package['name'])} v{re.escape(line)}\.\S+")
    # Behind a crate that is not from the registry its place stands in parentheses.
    return re.compile(rf"^((?:{'|'.join(crates)}))(?!.*/)", re.M)


def _packages(checkout):
    for path in [checkout, *checkout.glob("tokio-*"), *checkout.glob("facades/*")]:
        if (path / "Cargo.toml").exists():
            with open(path / "Cargo.toml", "rb") as file:
                yield path, tomllib.load(file)["package"]


def local_patch(checkout, partly=False):
    """The section with paths in place of the git address.

    `partly` leaves out what the checkout does not have yet.
    """
    found = places(checkout)
    lacking = [name for name in names() if name not in found]
    if lacking and not partly:
        raise SystemExit(f"{checkout} has no crate {', '.join(lacking)}")
    lines = ["[patch.crates-io]"]
    for name in names():
        if name in found:
            lines.append(f"{name} = {{ path = {json.dumps(str(found[name]))} }}")
    return "\n".join(lines) + "\n"
