# Read by each step: settings and a few functions. A step runs from the top directory.
# shellcheck shell=bash
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export CARGO_TERM_COLOR=never
export RUST_BACKTRACE=1
# A backtrace names its functions all the same; and nothing here is built twice.
export CARGO_PROFILE_DEV_DEBUG="${CARGO_PROFILE_DEV_DEBUG:-0}" CARGO_PROFILE_RELEASE_DEBUG="${CARGO_PROFILE_RELEASE_DEBUG:-0}"
export CARGO_INCREMENTAL="${CARGO_INCREMENTAL:-0}"
# Each step that builds in a way of its own has a directory of its own below this one.
targets=$(realpath -m "${CARGO_TARGET_DIR:-target}")
host=$(rustc -vV | sed -n 's/^host: //p')
# Packages with a workspace and a lock file of their own.
shells=(eras/tokio-1/Cargo.toml eras/tokio-02/Cargo.toml examples/mixed/Cargo.toml)
outside=(benches/Cargo.toml benches/inspect-cost/Cargo.toml "${shells[@]}")
engine=(-p tokio-executor -p tokio-reactor -p tokio-threadpool)

# True in `.ci/all`; `.ci/run` takes a fixed sample of what is long.
is_full() { [ -n "${CI_FULL:-}" ]; }

skip() {
    echo "skipped: $*"
    exit 0
}

# need_nightly: skips the step where no nightly toolchain is installed.
need_nightly() {
    cargo +nightly --version >/dev/null 2>&1 || skip 'no nightly toolchain is installed (rustup toolchain install nightly)'
}

# need FILE PACKAGE...: FILE is there, or Debian packages bring it; else the step is skipped.
need() {
    local file=$1
    shift
    [ -e "$file" ] && return
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        { apt-get update -qq && apt-get install -y -qq --no-install-recommends "$@"; } >/dev/null 2>&1 || true
    fi
    [ -e "$file" ] || skip "$file is missing (apt-get install $*)"
}

# use_std_source: a compiler that comes with the source of std, so that std can be built
# for another target or with a sanitizer, by way of nightly's Cargo: Debian's rustc-web.
# Afterwards `std_cargo` is that Cargo.
use_std_source() {
    need_nightly
    need /usr/bin/rustc rustc-web
    need "$(/usr/bin/rustc --print sysroot)/lib/rustlib/src/rust/library/std/src/lib.rs" rust-web-src libstd-rust-web-dev
    std_cargo=$(rustup which --toolchain nightly cargo)
    export RUSTC=/usr/bin/rustc RUSTDOC=/usr/bin/rustdoc RUSTC_BOOTSTRAP=1
}

# parity CARGO [ARGUMENT...]: the programs of `dropin/parity` print what they do elsewhere, though
# they are built by CARGO as the environment says.
parity() {
    CARGO=$1 dropin/parity/run --scratch "$targets/parity" "${@:2}"
}

# copy_tree DIR: the tree as Git knows it, without its lock file, in DIR.
copy_tree() {
    rm -rf "$1"
    mkdir -p "$1"
    git ls-files -z | grep -zv '^Cargo.lock$' | xargs -0 cp -p --parents -t "$1"
}
