#!/usr/bin/env bash
# Build the bundled WASM modules, or prove that the committed ones are what the source gives.
#
#   scripts/build_modules.sh [NAME...]           build, and put each .wasm into its package folder
#   scripts/build_modules.sh --check [NAME...]   build, and compare byte for byte with the committed .wasm
#
# Without names it is all of them. The same bytes come out wherever the clone lies: the compiler is pinned by
# modules/rust-toolchain.toml, every crate by modules/crates.sums, and folder names are mapped away. Nothing is written
# into the clone but Cargo.lock and the .wasm files; build output goes to ${AION_CACHE:-$HOME/.cache/aion}.
set -euo pipefail

readonly TARGET=wasm32-wasip1
readonly STACK_BYTES=262144

fail() {
    printf 'build_modules: %s\n' "$1" >&2
    exit 1
}

mode=build
if [ "${1:-}" = --check ]; then
    mode=check
    shift
fi

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
modules=("$@")
if [ ${#modules[@]} = 0 ]; then
    for manifest in "$root"/modules/*/manifest.yaml; do
        modules+=("$(basename "$(dirname "$manifest")")")
    done
fi
for module in "${modules[@]}"; do
    [ -f "$root/modules/$module/manifest.yaml" ] || fail "there is no module '$module'; it would be modules/$module/manifest.yaml"
done
cache=${AION_CACHE:-$HOME/.cache/aion}
export CARGO_TARGET_DIR="$cache/modules-target"

command -v cargo >/dev/null || fail 'cargo is missing; install Rust with rustup, then run this again'
cd "$root/modules"

toolchain=$(sed -n 's/^channel = "\(.*\)"$/\1/p' rust-toolchain.toml)
if command -v rustup >/dev/null; then
    if ! rustup target list --installed --toolchain "$toolchain" 2>/dev/null | grep -qx "$TARGET"; then
        rustup toolchain install "$toolchain" --profile minimal --no-self-update
        rustup target add "$TARGET" --toolchain "$toolchain"
    fi
fi
version=$(rustc --version | cut -d' ' -f2)
[ "$version" = "$toolchain" ] || fail "rustc $version is not the pinned $toolchain; other compilers give other bytes"

"$root/scripts/rust_lock.sh"

# Flags of the caller's environment would change the bytes; this form survives spaces in folder names.
unset RUSTFLAGS CARGO_BUILD_RUSTFLAGS
flags=(
    "--remap-path-prefix=$root/modules=/src"
    "--remap-path-prefix=$(rustc --print sysroot)=/rust"
    "--remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=/cargo"
)
# The folder of fetched crates is named after the address they came from. The last prefix that matches rules.
for crates in "${CARGO_HOME:-$HOME/.cargo}"/registry/src/*; do
    flags+=("--remap-path-prefix=$crates=/crates")
done
flags+=(
    "-Clink-arg=-zstack-size=$STACK_BYTES"
)
CARGO_ENCODED_RUSTFLAGS=$(IFS=$'\x1f'; printf '%s' "${flags[*]}")
export CARGO_ENCODED_RUSTFLAGS

for module in "${modules[@]}"; do
    # One by one: built together, one module's choice of a crate's features would change the bytes of another.
    cargo build --quiet --release --locked --offline --target "$TARGET" --package "$module"
    built="$CARGO_TARGET_DIR/$TARGET/release/$module.wasm"
    committed="$root/modules/$module/$module.wasm"
    if [ "$mode" = check ]; then
        cmp -s "$built" "$committed" ||
            fail "modules/$module/$module.wasm is not what the source gives; run scripts/build_modules.sh and commit the result"
        printf '%s.wasm is what the source gives\n' "$module"
    else
        cp "$built" "$committed"
        printf 'modules/%s/%s.wasm  %s bytes\n' "$module" "$module" "$(wc -c <"$committed")"
    fi
done
