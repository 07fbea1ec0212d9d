"""The desk is there before its services: only a call that needs them loads them."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from esafety_tui.casework.desk import services
from esafety_tui.casework.desk.desk import Desk
from esafety_tui.data.officers import FLOOR
from esafety_tui.data.platform import SystemClock


def test_services_are_loaded_by_the_thread_that_calls(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Naming a call, the state, the contacts and the end load nothing; a call does, once."""
    loaded_by = list[str]()
    build = services.build_services

    def build_noted(*args: object) -> services.Services:
        loaded_by.append(threading.current_thread().name)
        return build(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(services, "build_services", build_noted)
    desk = Desk(tmp_path / "vault", SystemClock(), FLOOR, tmp_path / "sheets")
    judge = desk.judge_passphrase
    assert desk.state().session == "closed" and desk.contacts() == ()
    desk.close()
    assert loaded_by == []
    advice = list[str | None]()
    caller = threading.Thread(target=lambda: advice.append(judge("word")), name="caller")
    caller.start()
    caller.join(60)
    assert loaded_by == ["caller"] and advice == [desk.judge_passphrase("word")] != [None]
    assert loaded_by == ["caller"]
