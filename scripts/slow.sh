#!/usr/bin/env bash
# The long runs: the kill loop with many rounds, and every test marked slow. Keeps their closing
# lines in docs/slow.log, which is committed, so that a reader can see when they last passed.
set -euo pipefail
cd "$(dirname "$0")/.."
python="${PYTHON:-python}"
log=docs/slow.log
# One variable for the number of rounds, read by tests/casework/test_kill.py.
export ESAFETY_KILLS="${ESAFETY_KILLS:-1000}"
export ESAFETY_SLOW=1
started=$SECONDS
part() {
  echo "## $*"
  local failed=0
  "$python" -m pytest -q --no-header -p no:cacheprovider "$@" 2>&1 || failed=$?
  # 5: pytest found no such test; said here, and no failure of the product.
  [ "$failed" -eq 5 ] && { echo "no test is marked so"; failed=0; }
  return "$failed"
}
{
  echo "# Last run of \`make slow\`"
  echo
  echo "commit $(git rev-parse --short HEAD), $(date -u '+%d %b %Y %H:%M UTC')," \
    "$("$python" --version), $(uname -s), $(nproc) cores, kill rounds $ESAFETY_KILLS"
  echo
  part tests/casework/test_kill.py --durations=5
  echo
  part -m slow --durations=10
  echo
  echo "took $((SECONDS - started)) s"
} | tee "$log"
