#!/usr/bin/env bash
# Build the bundled WASM modules, or prove that the committed ones are what the source gives.
#
#   scripts/build_modules.sh           build, and put each .wasm into its package folder
#   scripts/build_modules.sh --check   build, and compare byte for byte with the committed .wasm
#
# The same bytes come out wherever the clone lies: the compiler is pinned by modules/rust-toolchain.toml,
# folder names are mapped away, and there is no dependency outside the workspace. Nothing is written into
# the clone but the .wasm files; build output goes to ${AION_CACHE:-$HOME/.cache/aion}.
set -euo pipefail

readonly TARGET=wasm32-wasip1
readonly MODULES=(summarize redact)
readonly STACK_BYTES=262144

fail() {
    printf 'build_modules: %s\n' "$1" >&2
    exit 1
}

mode=build
case "${1:-}" in
    '') ;;
    --check) mode=check ;;
    *) fail "unknown argument '$1'; use no argument, or --check" ;;
esac

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
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

# Flags of the caller's environment would change the bytes; this form survives spaces in folder names.
unset RUSTFLAGS CARGO_BUILD_RUSTFLAGS
flags=(
    "--remap-path-prefix=$root/modules=/src"
    "--remap-path-prefix=$(rustc --print sysroot)=/rust"
    "--remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=/cargo"
    "-Clink-arg=-zstack-size=$STACK_BYTES"
)
CARGO_ENCODED_RUSTFLAGS=$(IFS=$'\x1f'; printf '%s' "${flags[*]}")
export CARGO_ENCODED_RUSTFLAGS
packages=()
for module in "${MODULES[@]}"; do
    packages+=(--package "$module")
done
cargo build --release --locked --offline --target "$TARGET" "${packages[@]}"

for module in "${MODULES[@]}"; do
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
