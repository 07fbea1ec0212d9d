#!/usr/bin/env bash
# Do as a stranger does: a copy of what lies here, no environment active, README's command with the
# drill in place of practice, which wants a terminal. Wheels only, hashes checked, in a .venv that
# start.py makes. Arguments: a Python, by its path, and a folder for what is made.
set -euo pipefail
cd "$(dirname "$0")/.."
python="$1" work="$2"
mkdir "$work/copy"
tar --exclude=./.git --exclude=./.venv --exclude=./.*_cache -cf - . | tar -C "$work/copy" -xf -
export XDG_STATE_HOME="$work/state" PIP_ONLY_BINARY=:all:
cd "$work/copy"
"$python" start.py drill --out "$work/drill" --json >"$work/drill.log"
tail -n 1 "$work/drill.log" | grep -q '"result": "ok"'
[ -x .venv/bin/esafety ]
echo "python start.py drill, installed from the lock into .venv: ok"
