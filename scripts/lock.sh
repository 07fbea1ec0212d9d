#!/usr/bin/env bash
# Write requirements.lock, every dependency of the product with its hashes, for every system, and
# requirements-dev.lock, the same versions with what the tests and checks need.
# No download address and no path of the machine that made it gets into the files.
set -euo pipefail
cd "$(dirname "$0")/.."
uv="${UV:-uv}"
made="$(mktemp -d)"
trap 'rm -rf "$made"' EXIT
compile() {
  "$uv" pip compile --quiet --generate-hashes --no-emit-index-url --no-emit-find-links --no-header \
    --no-annotate --universal --python-version 3.11 --only-binary :all: "$@" pyproject.toml
}
# bagit, an oracle of the tests, has no wheel.
compile -o "$made/requirements.lock"
compile --extra dev --no-binary bagit -c "$made/requirements.lock" -o "$made/requirements-dev.lock"
for lock in requirements.lock requirements-dev.lock; do
  {
    echo "# Made by \`make lock\` from pyproject.toml. Install: pip install --require-hashes -r $lock"
    cat "$made/$lock"
  } > "$lock"
done
