"""Reads, edits and writes Cargo.toml.

Called by `prepare`; calls nothing. The standard library reads TOML but does not
write it, so `dump` writes the small part that published manifests use.

Why not text edits? A published manifest is normalised by Cargo, but tables come in
several spellings; edits on the parsed tree do not care.
"""

import fnmatch
import json
import re
import tomllib


def load(path):
    with open(path, "rb") as file:
        return tomllib.load(file)


def dump(tree):
    lines = []
    _table(lines, [], tree)
    return "\n".join(lines) + "\n"


def _key(key):
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else json.dumps(key)


def _value(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, list):
        return "[" + ", ".join(_value(item) for item in value) + "]"
    if isinstance(value, dict):
        fields = (f"{_key(key)} = {_value(item)}" for key, item in value.items())
        return "{ " + ", ".join(fields) + " }"
    # JSON's escapes are TOML's, for every character a manifest holds.
    return json.dumps(str(value), ensure_ascii=False)


def _is_tables(value):
    return isinstance(value, list) and value and all(isinstance(item, dict) for item in value)


def _table(lines, path, tree):
    nested = [
        (key, value) for key, value in tree.items() if isinstance(value, dict) or _is_tables(value)
    ]
    # A table's own values come before its sub tables, as TOML wants it.
    for key, value in tree.items():
        if (key, value) not in nested:
            lines.append(f"{_key(key)} = {_value(value)}")
    for key, value in nested:
        name = ".".join(_key(part) for part in path + [key])
        for table in value if isinstance(value, list) else [value]:
            lines.append(f"\n[[{name}]]" if isinstance(value, list) else f"\n[{name}]")
            _table(lines, path + [key], table)


def drop(tree, pattern):
    """Removes what `pattern` names: path segments with shell wildcards, by `/`.

    A list of tables (`example`) is searched by the tables' `name`. Says how many
    entries went.
    """
    head, _, rest = pattern.partition("/")
    gone = 0
    for key in [key for key in tree if fnmatch.fnmatchcase(key, head)]:
        value = tree[key]
        if not rest:
            del tree[key]
            gone += 1
        elif isinstance(value, dict):
            gone += drop(value, rest)
        elif _is_tables(value):
            kept = [item for item in value if not fnmatch.fnmatchcase(item.get("name", ""), rest)]
            gone += len(value) - len(kept)
            tree[key] = kept
    return gone


def dependency_tables(tree):
    """Every dependency table, those of the platforms included."""
    for parent in [tree, *tree.get("target", {}).values()]:
        for kind in ("dependencies", "dev-dependencies", "build-dependencies"):
            if kind in parent:
                yield kind, parent[kind]
