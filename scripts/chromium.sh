#!/usr/bin/env bash
# Say where Chromium is, for the tests in a browser.
#
#   scripts/chromium.sh          print its path; where apt-get may install it (as root), install it first
#   scripts/chromium.sh --find   print its path, or fail: nothing is installed
set -euo pipefail

fail() {
    printf 'chromium: %s\n' "$1" >&2
    exit 1
}

find_it() {
    local name
    for name in chromium chromium-browser google-chrome google-chrome-stable; do
        command -v "$name" && return
    done
    return 1
}

case "${1:-}" in
    '') may_install=yes ;;
    --find) may_install=no ;;
    *) fail "unknown argument '$1'; use no argument, or --find" ;;
esac

find_it && exit
[ "$may_install" = yes ] || fail 'not in the PATH; scripts/chromium.sh installs it where it may'
command -v apt-get >/dev/null || fail 'not in the PATH, and there is no apt-get; install Chromium or Chrome yourself'
[ "$(id -u)" = 0 ] || fail 'not in the PATH; install it: sudo apt-get install chromium'

export DEBIAN_FRONTEND=noninteractive
{ apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium; } >&2 || fail 'apt-get cannot install it'
find_it || fail 'installed, and yet not in the PATH'
