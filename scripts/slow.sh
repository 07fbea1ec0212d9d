#!/usr/bin/env bash
# The long runs: kills, failing system calls, changed bytes and rows, all with many rounds. Keeps
# their closing lines in docs/slow.log, which is committed, so that a reader can see when they last
# passed.
set -euo pipefail
cd "$(dirname "$0")/.."
python="${PYTHON:-python}"
log=docs/slow.log
# One variable for the number of rounds, read by tests/casework/test_kill.py.
export ESAFETY_KILLS="${ESAFETY_KILLS:-1000}"
# The number of single changes, read by tests/casework/test_bad_files_flips.py.
export ESAFETY_FLIPS="${ESAFETY_FLIPS:-10000}"
# How many system calls fail, or "all" for each of them once, read by tests/faults/test_calls.py.
export ESAFETY_FAULTS="${ESAFETY_FAULTS:-all}"
# 5 GiB through pipes to and from age, read by tests/data/test_age_big.py; nothing is stored.
export ESAFETY_BIG="${ESAFETY_BIG:-1}"
started=$SECONDS
part() {
  echo "## $*"
  local failed=0
  "$python" -m pytest -q --no-header -p no:cacheprovider "$@" 2>&1 || failed=$?
  return "$failed"
}
{
  echo "# Last run of \`make slow\`"
  echo
  echo "commit $(git rev-parse --short HEAD), $(date -u '+%d %b %Y %H:%M UTC')," \
    "$("$python" --version), $(uname -s), $(nproc) cores, kill rounds $ESAFETY_KILLS," \
    "changes $ESAFETY_FLIPS, failing calls $ESAFETY_FAULTS"
  echo
  # No capture: the figures are printed by the tests themselves. No hang guard: here a single test
  # takes minutes. The failing calls take longest, so they run beside everything else.
  faults="$(mktemp)"
  part -n0 -s -o faulthandler_timeout=0 tests/faults --durations=3 >"$faults" 2>&1 &
  calls=$!
  failed=0
  part -n0 -s -o faulthandler_timeout=0 tests/casework/test_kill.py \
    tests/casework/test_bad_files_flips.py tests/casework/test_backup_cut.py \
    tests/data/test_age_big.py --durations=5 || failed=$?
  wait "$calls" || failed=$?
  echo
  cat "$faults"
  rm -f "$faults"
  echo
  echo "took $((SECONDS - started)) s"
  exit "$failed"
} | tee "$log"
