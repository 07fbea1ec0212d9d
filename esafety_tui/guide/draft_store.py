"""Words typed and not sealed, by incident and place: what the screens know of drafts.

Rule: whoever shows a box or a field says what stands in it; here it stays until it is sealed or
put away, whatever screen comes and goes. It writes nothing: the application does, behind screens.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, MutableMapping, Sequence
from typing import TYPE_CHECKING, Protocol

from esafety_tui.kernel.unsent import STEP, UnsentText

if TYPE_CHECKING:
    from esafety_tui.kernel.views import Values


class UnsentDrafts:
    """The unsent words of every incident; ``changed`` is called after each change."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self._words: dict[str, dict[str, UnsentText]] = {}
        self._seen: dict[str, int] = {}

    def note_last_entry(self, inc: str, seq: int) -> None:
        """Take note that the screens know of the entries up to ``seq``."""
        self._seen[inc] = max(seq, self._seen.get(inc, -1))

    def merge_saved_drafts(self, inc: str, words: Iterable[UnsentText]) -> None:
        """Take up what the desk kept; what a screen has meanwhile is newer."""
        known = self._words.get(inc, {})
        said = [one.values for one in known.values()]
        self._words[inc] = {o.place: o for o in words if o.values not in said} | known

    def put_draft(self, inc: str, place: str, values: Values, at: str = "") -> None:
        """Say what stands at a place; that one comes last from here on."""
        here = self._words.setdefault(inc, {})
        before = here.get(place)
        kept = {name: v if isinstance(v, str) else tuple(v) for name, v in values.items()}
        one = UnsentText(place, kept, at, self._seen.get(inc, -1))
        if one.is_blank:
            self.drop_draft(inc, place)
        elif before is None or (before.values, before.at) != (kept, at):
            here.pop(place, None)
            here[place] = one
            self._changed()

    def drop_draft(self, inc: str, place: str) -> None:
        """Forget a place: it is sealed, or empty, or was put away."""
        if self._words.get(inc, {}).pop(place, None) is not None:
            self._changed()

    def get_draft(self, inc: str, place: str) -> UnsentText | None:
        """Return what stands at a place."""
        return self._words.get(inc, {}).get(place)

    def get_draft_text(self, inc: str, place: str) -> str:
        """Return the words of a place that has but one box, "" for none."""
        one = self.get_draft(inc, place)
        return str(one.values.get("text", "")) if one else ""

    def list_drafts_of(self, inc: str) -> tuple[UnsentText, ...]:
        """Return everything of an incident, the place written in last at the end."""
        return tuple(self._words.get(inc, {}).values())

    @property
    def list_incidents(self) -> tuple[str, ...]:
        """Every incident that something was typed in."""
        return tuple(self._words)

    def move_drafts(self, old: str, new: str) -> None:
        """Give what was typed before an incident was opened to the one that was."""
        for place, one in self._words.pop(old, {}).items():
            self._words.setdefault(new, {})[place] = one
        self._changed()

    def clear_drafts(self) -> None:
        """Forget everything: other people come."""
        self._words.clear()
        self._seen.clear()


class StepDrafts(MutableMapping[str, "Values"]):
    """What was typed for the steps of one incident, by the step's id."""

    def __init__(self, kept: UnsentDrafts, inc: str) -> None:
        self._kept, self._inc = kept, inc

    def __getitem__(self, step_id: str) -> Values:
        one = self._kept.get_draft(self._inc, STEP + step_id)
        if one is None:
            raise KeyError(step_id)
        return one.values

    def __setitem__(self, step_id: str, values: Values) -> None:
        before = self._kept.get_draft(self._inc, STEP + step_id)
        self._kept.put_draft(self._inc, STEP + step_id, values, before.at if before else "")

    def __delitem__(self, step_id: str) -> None:
        self[step_id]
        self._kept.drop_draft(self._inc, STEP + step_id)

    def __iter__(self) -> Iterator[str]:
        places = (one.place for one in self._kept.list_drafts_of(self._inc))
        return (place.removeprefix(STEP) for place in places if place.startswith(STEP))

    def __len__(self) -> int:
        return sum(1 for _ in self)


class DraftPort(Protocol):
    """As much of the desk as keeps words that were typed and are not sealed."""

    def keep_unsent(self, inc: str, words: Sequence[UnsentText]) -> None:
        """Keep all that is unsent in an incident on the disk; nothing removes its draft.

        Waits for no other call. Raises StorageFailed, Refused where it is locked.
        """
        ...

    def unsent(self, inc: str) -> tuple[UnsentText, ...]:
        """Return what was typed and not sealed, the place written in last at the end."""
        ...
