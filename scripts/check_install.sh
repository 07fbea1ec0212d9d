#!/usr/bin/env bash
# Install as a user would who trusts only the lock: hashes checked, wheels only, a fresh virtual
# environment; then do the whole job once. Arguments: a Python, a folder for what is made.
set -euo pipefail
cd "$(dirname "$0")/.."
python="$1" work="$2"
"$python" -m venv "$work/locked"
"$work/locked/bin/python" -m pip install --quiet --require-hashes --only-binary=:all: -r requirements.lock
"$work/locked/bin/python" -m pip install --quiet --no-deps .
export XDG_STATE_HOME="$work/state"
cd "$work" # so that the installed package is what runs, not the tree
locked/bin/esafety drill --out "$work/drill" --json >"$work/drill.log"
tail -n 1 "$work/drill.log" | grep -q '"result": "ok"'
echo "esafety drill, installed from the lock: ok"
