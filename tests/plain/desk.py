"""The desk in memory, with the school's policy read once and STOP placed among the answers."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from esafety_tui.guide.ports import StopResult
from esafety_tui.kernel.guidance import PolicyView
from tests.screens.fake_desk import FakeDesk


@cache
def _policy() -> PolicyView:
    return FakeDesk().policy()


@cache
def _source(digest: str) -> bytes:
    return FakeDesk().flow_source(digest)


class Desk(FakeDesk):
    """FakeDesk for many short sittings."""

    def policy(self) -> PolicyView:
        self._call("policy")
        return _policy()

    def flow_source(self, digest: str) -> bytes:
        self._call("flow_source", digest)
        return _source(digest)

    def stop(self, inc: str | None) -> StopResult:
        stopped = super().stop(inc)
        case = self.cases[stopped.inc]
        self.cases[stopped.inc] = replace(case, before_stop=len(case.answers))
        return stopped
