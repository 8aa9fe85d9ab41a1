"""Builds one suite on one side, runs its test binaries, and says what came out.

Called by `run`; calls Cargo. Each test binary is run by itself with a time limit,
so one that dies or hangs costs its own tests and no others; its tests are then run
one by one to name those that did it.

Why not `cargo test` as a whole? It stops at the first binary that fails, and has no
time limit.
"""

import json
import os
import re
import signal
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from .suites import Counts

BUILD_LIMIT_SECS = 3600
TEST_BINARY_LIMIT_SECS = 300
LONE_TEST_LIMIT_SECS = 60
RESOLVE_LIMIT_SECS = 600

TEST_LINE = re.compile(r"^test (.+?)(?: - should panic)? \.\.\. (ok|FAILED|ignored)\b", re.M)
SUMMARY = re.compile(r"^test result: \w+\. (\d+) passed; (\d+) failed; (\d+) ignored", re.M)

VERDICTS = {"ok": "ok", "FAILED": "fails", "ignored": "ignored"}


@dataclass
class Outcome:
    built: bool = False
    counts: Counts = field(default_factory=Counts)
    # "ok", "fails", "ignored", "aborts", "hangs" or "does not build", by test; the binary's name, `unit`
    # or `doc` stands in front.
    tests: dict = field(default_factory=dict)
    # Published crates in the tree that a patch was to replace.
    left_over: list = field(default_factory=list)
    trouble: str = ""
    secs: int = 0


@dataclass
class Run:
    # None: the time limit ended it.
    status: int | None
    output: str
    errors: str


def limited(command, limit_secs, log, **options):
    """Runs a command in a process group of its own; gives a `Run`.

    Whatever the command started and left behind is ended too.
    """
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        **options,
    )
    try:
        output, errors = process.communicate(timeout=limit_secs)
        status = process.returncode
    except subprocess.TimeoutExpired:
        status = None
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    if status is None:
        output, errors = process.communicate()
    run = Run(status, output.decode("utf-8", "replace"), errors.decode("utf-8", "replace"))
    with open(log, "a") as file:
        file.write(f"\n$ {' '.join(map(str, command))}\n{run.errors}{run.output}")
        file.write("# time limit\n" if status is None else f"# status {status}\n")
    return run


class Side:
    """One of the two families: how Cargo is called for it, and where it builds.

    The build folder is shared by all suites of a side: most of their dependencies
    are the same.
    """

    def __init__(self, name, scratch, patch=None, replaced=None):
        self.name = name
        self.scratch = scratch
        self.config = ["--config", str(patch)] if patch else []
        self.replaced = replaced
        self.env = dict(
            os.environ,
            CARGO_TARGET_DIR=str(scratch / name / "target"),
            CARGO_INCREMENTAL="0",
            CARGO_PROFILE_DEV_DEBUG="0",
            CARGO_TERM_COLOR="never",
            CARGO_NET_RETRY="5",
            # Old packages deny warnings that newer compilers have added.
            RUSTFLAGS="--cap-lints warn",
            RUSTDOCFLAGS="--cap-lints warn",
            RUST_BACKTRACE="0",
        )
        # A hanging doc example ends alone.
        host = _host().upper().replace("-", "_")
        self.doc_runner = {f"CARGO_TARGET_{host}_RUNNER": f"timeout -k 5 {LONE_TEST_LIMIT_SECS}"}

    def env_of(self, suite):
        """The environment in which a suite is built; with a `cfg`, in a folder of its own."""
        env = dict(self.env)
        for name in suite.values("cfg"):
            env["CARGO_TARGET_DIR"] += f"-{name}"
            for flags in ("RUSTFLAGS", "RUSTDOCFLAGS"):
                env[flags] += f" --cfg {name}"
        return env

    def run(self, suite, folder, keep=False):
        """Everything about one suite whose project lies in `folder`."""
        log = folder.with_name(folder.name + ".log")
        log.unlink(missing_ok=True)
        job = _Job(self, suite, folder, log)
        try:
            for binary in job.build():
                job.test_binary(binary)
                if not keep:
                    # Cargo links it again should it be asked to; space counts more.
                    Path(binary["executable"]).unlink(missing_ok=True)
            job.doc_tests()
        except _Stopped as stop:
            job.outcome.trouble = str(stop)
        return job.outcome


class _Stopped(Exception):
    pass


class _Job:
    def __init__(self, side, suite, folder, log):
        self.side, self.suite, self.folder, self.log = side, suite, folder, log
        self.env = side.env_of(suite)
        self.outcome = Outcome()

    def cargo(self, *words, limit_secs, env=None):
        command = ["cargo", *self.side.config, *words]
        return limited(command, limit_secs, self.log, cwd=self.folder, env=env or self.env)

    def cargo_or_stop(self, complaint, *words, limit_secs=RESOLVE_LIMIT_SECS):
        run = self.cargo(*words, limit_secs=limit_secs)
        if run.status is None:
            raise _Stopped(f"{complaint}: takes more than {limit_secs} s")
        if run.status != 0:
            raise _Stopped(f"{complaint}: {_gist(run.errors)}")
        return run.output

    def selection(self):
        words = []
        for name in self.suite.values("feature"):
            words += ["--features", name]
        for name in self.suite.values("target"):
            words += ["--test", name]
        return words

    def harness(self):
        """Words for the test binary itself."""
        words = ["--test-threads=1"] if self.suite.wants("one-thread") else []
        for name in self.suite.values("skip"):
            words += ["--skip", name]
        return words

    def test_env(self, base):
        env = dict(base, CARGO_MANIFEST_DIR=str(self.folder))
        for value in self.suite.values("env"):
            name, _, env[name] = value.partition("=")
        return env

    def build(self):
        """Builds the tests and gives Cargo's messages about their binaries."""
        self.cargo_or_stop("does not resolve", "generate-lockfile")
        for pin in self.suite.values("pin"):
            name, _, version = pin.partition("=")
            self.cargo_or_stop(f"cannot pin {pin}", "update", "-p", name, "--precise", version)
        self.outcome.left_over = self.published_leftovers()
        how = ["--message-format=json-render-diagnostics", *self.selection()]
        run = self.cargo("test", "--no-run", *how, limit_secs=BUILD_LIMIT_SECS)
        if run.status not in (0, None):
            # Once more, for what builds beside the target that does not.
            run = self.cargo("build", "--tests", "--keep-going", *how, limit_secs=BUILD_LIMIT_SECS)
        messages = [json.loads(line) for line in run.output.splitlines() if line.startswith("{")]
        binaries = [
            message
            for message in messages
            if message["reason"] == "compiler-artifact"
            and message["executable"]
            and message["profile"]["test"]
        ]
        # A test target that does not build costs its own tests and no others.
        broken = set(re.findall(r'could not compile `\S+` \(test "([^"]+)"\)', run.errors))
        for name in broken:
            self.outcome.tests[f"{name}::(the whole target)"] = "does not build"
            self.outcome.counts.aborted += 1
        if run.status != 0 and not (broken and binaries):
            raise _Stopped(f"does not build: {_gist(run.errors)}")
        self.outcome.built = True
        return binaries

    def published_leftovers(self):
        """Crates from the registry, in this platform's tree, that the patch replaces."""
        if not self.side.replaced:
            return []
        tree = self.cargo_or_stop("cannot list the tree", "tree", "--prefix=none")
        return sorted(set(self.side.replaced.findall(tree)))

    def test_binary(self, binary):
        target = binary["target"]
        name = "unit" if {"lib", "rlib", "proc-macro"} & set(target["kind"]) else target["name"]

        def run(limit_secs, *words):
            return limited(
                [binary["executable"], *words],
                limit_secs,
                self.log,
                cwd=self.folder,
                env=self.test_env(self.env),
            )

        limit_secs = int((self.suite.values("timeout") or [TEST_BINARY_LIMIT_SECS])[-1])
        whole = run(limit_secs, *self.harness())
        self.note_verdicts(name, whole.output)
        if self.add_summary(whole.output):
            return
        self.outcome.counts.aborted += 1
        # Which of its tests was it? This also gives a verdict to those that it took
        # down with it, and they are not counted: `cargo test` would not show them.
        listing = run(LONE_TEST_LIMIT_SECS, *self.harness(), "--list", "--format=terse")
        for test in re.findall(r"^(.+): test$", listing.output, re.M):
            key = f"{name}::{test}"
            if key not in self.outcome.tests:
                alone = run(LONE_TEST_LIMIT_SECS, "--exact", test, "--test-threads=1")
                self.note_verdicts(name, alone.output)
                if not SUMMARY.search(alone.output):
                    self.outcome.tests[key] = "hangs" if alone.status is None else "aborts"

    def doc_tests(self):
        left_out = self.suite.values("target") or self.suite.wants("tests-only")
        if left_out or not (self.folder / "src/lib.rs").exists():
            return
        run = self.cargo(
            "test",
            "--doc",
            *self.selection(),
            "--",
            *self.harness(),
            limit_secs=BUILD_LIMIT_SECS,
            env=self.test_env(self.env | self.side.doc_runner),
        )
        self.note_verdicts("doc", run.output)
        if not self.add_summary(run.output) and "Doc-tests" in run.errors:
            raise _Stopped(f"doc examples do not run: {_gist(run.errors)}")

    def add_summary(self, output):
        """Counts a binary that came to its end; whether it did."""
        summary = SUMMARY.search(output)
        if summary:
            passed, failed, ignored = map(int, summary.groups())
            self.outcome.counts.passed += passed
            self.outcome.counts.failed += failed
            self.outcome.counts.ignored += ignored
        return bool(summary)

    def note_verdicts(self, binary, output):
        for test, verdict in TEST_LINE.findall(output):
            self.outcome.tests[f"{binary}::{test}"] = VERDICTS[verdict]
        # What a test printed may have torn its line apart; here it is whole.
        listed = re.search(r"\nfailures:\n((?:    .+\n)+)\ntest result", output)
        for test in listed.group(1).splitlines() if listed else []:
            self.outcome.tests[f"{binary}::{test.strip()}"] = "fails"


def _gist(output):
    """The first error of a long output."""
    lines = [line.strip() for line in output.splitlines()]
    for number, line in enumerate(lines):
        if line.startswith("error"):
            return " ".join(lines[number : number + 3])[:300]
    return " ".join(lines[-2:])[:300]


def _host():
    version = subprocess.run(["rustc", "-vV"], capture_output=True, text=True, check=True).stdout
    return re.search(r"^host: (.+)$", version, re.M).group(1)
