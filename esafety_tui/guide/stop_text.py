"""What both faces say while STOP is on, beside its steps."""

from __future__ import annotations

FROZEN = "Frozen: everything taken so far. No view, no print, no export, no new copy."
BY_HAND = "Write the time and what you do on paper. The steps above do not wait for the program."
UNWRITTEN = "Nothing is written down yet. Leave all the same?"
LEAVE_STEPS = "Leave these steps"
WHO_WAS_TOLD = "Who was told?"
SEEN_HERE, SEEN_ELSEWHERE = "Yes, on this one", "No, on another one"
