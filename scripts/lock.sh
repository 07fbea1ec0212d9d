#!/usr/bin/env bash
# Write requirements.lock: every dependency of the product with its hashes, for every system.
# No download address and no path of the machine that made it gets into the file.
set -euo pipefail
cd "$(dirname "$0")/.."
uv="${UV:-uv}"
made="$(mktemp)"
trap 'rm -f "$made"' EXIT
"$uv" pip compile --quiet --generate-hashes --no-emit-index-url --no-emit-find-links --no-header \
  --no-annotate --universal --python-version 3.11 --only-binary :all: pyproject.toml -o "$made"
{
  echo "# Made by \`make lock\` from pyproject.toml. Install: pip install --require-hashes -r requirements.lock"
  cat "$made"
} > requirements.lock
