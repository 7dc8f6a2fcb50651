#!/usr/bin/env bash
# The page of runs in a real browser: tests/page/browser_test.sh SHOAL SOURCES
# Makes small runs of the three exercises, opens their pages in headless Chromium, and that of a run at work; ends with 77 (skipped) where there is
# no chromium, no node, or no playwright-core and axe-core: `npm install playwright-core axe-core` in $SHOAL_NODE, then
# SHOAL_NODE=that folder. CI does without: a browser is 300 MB, and what the page holds is tested without one (page_test).
set -euo pipefail
shoal=$1 sources=$2
here=$(dirname "$(readlink -f "$0")")
modules=${SHOAL_NODE:-$here}
skip() { echo "skipped: $*"; exit 77; }
command -v node >/dev/null || skip "no node"
command -v "${CHROMIUM:-chromium}" >/dev/null || skip "no chromium (Debian's package chromium)"
[[ -d $modules/node_modules/playwright-core && -d $modules/node_modules/axe-core ]] ||
  skip "no playwright-core and axe-core in $modules (npm install playwright-core axe-core; SHOAL_NODE names another folder)"
[[ -e $sources/data/mnist/t10k-images-idx3-ubyte.gz ]] || skip "no MNIST in data/mnist"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export SHOAL_STORE=$work/store SHOAL_DATA=$sources/data
"$shoal" run "$here/supervised.yaml" --out "$work/supervised" -q
"$shoal" run "$here/variance.yaml" --out "$work/variance" -q
"$shoal" run "$here/deepcluster.yaml" --out "$work/deepcluster" -q
node "$here/browser_test.mjs" "$modules" "$work/supervised" "$work/variance" "$work/deepcluster"

# A run's page while it works, where this Shoal serves one.
[[ -e $(dirname "$shoal")/shoal-watch ]] || exit 0
"$shoal" run "$here/live.yaml" --out "$work/live" -q --threads 1 --no-cache --live 0 2>"$work/live.txt" &
run=$!
trap 'kill -KILL $run 2>/dev/null || true; rm -rf "$work"' EXIT
until grep -q http:// "$work/live.txt"; do
  kill -0 $run 2>/dev/null || { cat "$work/live.txt"; exit 1; }
  sleep 0.1
done
node "$here/live_test.mjs" "$modules" "$(grep -o 'http://[^ ]*' "$work/live.txt")" $run
