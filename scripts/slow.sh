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
# Notes written to a real vault while other threads ask, read by
# tests/promises/a_nothing_lost/test_asked_meanwhile.py.
export ESAFETY_THREADS="${ESAFETY_THREADS:-10000}"
# The number of single changes, read by tests/casework/test_bad_files_flips.py.
export ESAFETY_FLIPS="${ESAFETY_FLIPS:-10000}"
# Which system calls fail, read by tests/faults/test_calls.py: "writes" is each that changes the disk
# once and a tenth of the others; "all" is each of all, which takes most of an hour.
export ESAFETY_FAULTS="${ESAFETY_FAULTS:-writes}"
# 5 GiB through pipes to and from age, read by tests/data/test_age_big.py; nothing is stored.
export ESAFETY_BIG="${ESAFETY_BIG:-1}"
# Every procedure at a dumb terminal, both ways of each, read by tests/plain/test_pty.py.
export ESAFETY_PLAIN="${ESAFETY_PLAIN:-1}"
# Random walks through the procedures, read by tests/properties/test_flows.py.
export ESAFETY_WALKS="${ESAFETY_WALKS:-10000}"
# Every action at every place of a form and every leaf of its objects; single changes that need no
# key; read by tests/promises/c_never_a_false_ok/test_pdf_active.py and test_pdf_revisions.py.
export ESAFETY_PDF="${ESAFETY_PDF:-all}"
export ESAFETY_PDF_MUTATIONS="${ESAFETY_PDF_MUTATIONS:-3000}"
# Every expected route in every profile, with STOP at each of its steps and every verb tried there,
# read by tests/casework/test_procedures_attacked.py; every scenario in every profile on a real
# vault, read by tests/cli/test_scenarios.py.
export ESAFETY_ATTACKS="${ESAFETY_ATTACKS:-all}"
# Every step of every procedure drawn at 80x24, read by tests/screens/test_step_layout.py.
export ESAFETY_LAYOUT="${ESAFETY_LAYOUT:-all}"
# Walks of random keys through the screens, read by tests/screens/test_monkey.py.
export ESAFETY_MONKEY="${ESAFETY_MONKEY:-150}"
# Mutated containers, read by tests/promises/c_never_a_false_ok/test_container.py.
export ESAFETY_CONTAINERS="${ESAFETY_CONTAINERS:-2000}"
# What the suite leaves out for its time, see tests/conftest.py.
export ESAFETY_LONG="${ESAFETY_LONG:-all}"
started=$SECONDS
part() {
  echo "## $*"
  local failed=0
  "$python" -m pytest -q --no-header -p no:cacheprovider "$@" 2>&1 || failed=$?
  return "$failed"
}
# Two parts at once; their words one after the other.
both() {
  local out number=0 pids=()
  out="$(mktemp -d)"
  for tests in "$1" "$2"; do
    number=$((number + 1))
    # Word by word on purpose: each is a list of test files and options.
    # shellcheck disable=SC2086
    ESAFETY_FAULTS_PART="$number/2" part -n0 -s -o faulthandler_timeout=0 $tests \
      >"$out/$number" 2>&1 &
    pids+=($!)
  done
  wait "${pids[0]}" || failed=1
  wait "${pids[1]}" || failed=1
  cat "$out/1" "$out/2"
  rm -rf "$out"
}
failed=0
{
  echo "# Last run of \`make slow\`"
  echo
  echo "commit $(git rev-parse --short HEAD), $(date -u '+%d %b %Y %H:%M UTC')," \
    "$("$python" --version), $(uname -s), $(nproc) cores, kill rounds $ESAFETY_KILLS," \
    "changes $ESAFETY_FLIPS, failing calls $ESAFETY_FAULTS"
  echo
  # No capture: the figures are printed by the tests themselves. No hang guard: here a single test
  # takes minutes. Two processes at a time: they wait for the disk and for strace.
  both "tests/faults --durations=3" "tests/faults/test_calls.py --durations=3"
  both "tests/casework/test_kill.py --durations=3" \
    "tests/casework/test_bad_files_flips.py tests/casework/test_backup_cut.py \
    tests/data/test_age_big.py --durations=5"
  both "tests/casework/test_procedures_attacked.py --durations=3" \
    "tests/cli/test_scenarios.py --durations=3"
  both "tests/promises/a_nothing_lost tests/data/test_database.py --durations=5" \
    "tests/promises/b_no_one_in tests/promises/c_never_a_false_ok tests/promises/d_under_load \
    --durations=5"
  both "tests/plain/test_pty.py tests/screens/test_step_layout.py --durations=3" \
    "tests/properties/test_flows.py tests/screens/test_monkey.py --durations=1"
  # What the suite leaves out; tests/architecture/test_long.py holds the folders.
  both "-m long tests/terminal tests/plain tests/output tests/flows tests/verbs --durations=3" \
    "-m long tests/screens tests/casework tests/cli tests/data --durations=3"
  # Branches that ran, of the suite and what it leaves out, without the many rounds of above.
  echo "## make coverage"
  rounds="$(compgen -e | grep '^ESAFETY_' | sed 's/^/-u /' | tr '\n' ' ')"
  # Word by word on purpose: each is an option of env.
  # shellcheck disable=SC2086
  env $rounds make -s coverage PYTHON="$python" 2>&1 || failed=1
  # Every portable test, with what Windows lacks taken away. CI: there, a skip is a failure.
  CI=true part -m portable || failed=1
  echo
  echo "took $((SECONDS - started)) s"
  exit "$failed"
} | tee "$log"
