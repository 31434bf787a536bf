#!/usr/bin/env bash
# Make modules/Cargo.lock from modules/crates.sums, or write crates.sums anew.
#
#   scripts/rust_lock.sh            make Cargo.lock; fail unless every crate has the version and checksum of crates.sums
#   scripts/rust_lock.sh --renew    take the newest crates that Cargo.toml allows, and write crates.sums
#
# Cargo.lock itself stays out of git: it names the address that crates come from, which a mirror may replace. What has
# to be pinned, name, version and SHA-256 of every crate, is in crates.sums.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../modules"

fail() {
    printf 'rust_lock: %s\n' "$1" >&2
    exit 1
}

sums() {
    awk '/^\[\[package\]\]$/ { name = version = "" }
         /^name = / { name = $3 } /^version = / { version = $3 } /^checksum = / { print name, version, $3 }' Cargo.lock |
        tr -d '"' | LC_ALL=C sort
}

case "${1:-}" in
    --renew)
        rm -f Cargo.lock
        cargo generate-lockfile --quiet
        sums >crates.sums
        exit
        ;;
    '') ;;
    *) fail "unknown argument '$1'; use no argument, or --renew" ;;
esac

if [ -f Cargo.lock ] && cargo metadata --locked --offline --format-version 1 >/dev/null 2>&1 && sums | cmp -s - crates.sums; then
    exit
fi
rm -f Cargo.lock
cargo generate-lockfile --quiet
while read -r name version _; do
    grep -A1 -Fx "name = \"$name\"" Cargo.lock | grep -qFx "version = \"$version\"" ||
        cargo update --quiet --package "$name" --precise "$version"
done <crates.sums
sums | diff crates.sums - >&2 || fail 'these crates are not those of modules/crates.sums; see the lines above'
cargo fetch --quiet --locked
