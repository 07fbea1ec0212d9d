#!/usr/bin/env bash
# mypy --strict as on Linux, Windows and macOS, all at once: what no test here runs, branches of
# sys.platform, is read by the type checker with the standard library of that system. Each keeps a
# cache of its own, because mypy throws away what it kept for another system.
set -euo pipefail
cd "$(dirname "$0")/.."
out="$(mktemp -d)"
trap 'rm -rf "$out"' EXIT
systems=(linux win32 darwin)
pids=()
for system in "${systems[@]}"; do
  mypy --strict --platform "$system" --cache-dir ".mypy_cache/$system" >"$out/$system" 2>&1 &
  pids+=($!)
done
failed=0
for number in "${!systems[@]}"; do
  wait "${pids[$number]}" || failed=1
  sed "s/^/${systems[$number]}: /" "$out/${systems[$number]}"
done
exit "$failed"
