#!/usr/bin/env bash
# The gates of the bundled modules' Rust source: form, lints and its own tests, native.
#
# What it builds goes to ${AION_CACHE:-$HOME/.cache/aion}, beside the output of build_modules.sh.
set -euo pipefail

command -v cargo >/dev/null || {
    printf 'test_modules: cargo is missing; install Rust with rustup, then run this again\n' >&2
    exit 1
}
CARGO_TARGET_DIR="${AION_CACHE:-$HOME/.cache/aion}/modules-target"
export CARGO_TARGET_DIR
cd "$(dirname "${BASH_SOURCE[0]}")/../modules"
../scripts/rust_lock.sh

cargo fmt --all --check
cargo clippy --quiet --workspace --all-targets --locked --offline -- -D warnings
cargo test --quiet --workspace --locked --offline
