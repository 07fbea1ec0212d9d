"""Words that were typed and not sealed yet: where they belong, and what stands there.

On screen they are called a draft. They are nobody's record and prove nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

NOTE = "note"
STEP, REASON, TICK, WORDS = "step ", "reason ", "tick ", "words "
"""How places begin; the id of a step or a number follows."""


@dataclass(frozen=True, slots=True)
class UnsentText:
    """What stands at one place of an incident and is not sealed.

    Attributes:
        place: ``note``; ``step <id>``; ``reason <id>``, why the answer to that step is changed;
            ``tick <n>``, what is said of a step of STOP; ``words <n>``, anything else.
        values: what was typed by the name of its field, as ``Values`` has it.
        at: the name of the field that was written in last, "" for none.
        after: number of the newest entry its writers had seen. An entry after it that belongs to
            the same place takes its place.
        by: ids of the officers who typed it; () while only the screen knows of it.
    """

    place: str
    values: Mapping[str, str | Sequence[str]] = field(repr=False)
    at: str = ""
    after: int = -1
    by: tuple[str, ...] = ()

    @property
    def step_of_place(self) -> str:
        """The id of the step it belongs to, "" where it belongs to none."""
        kind, _, rest = self.place.partition(" ")
        return rest if kind in ("step", "reason") else ""

    @property
    def is_blank(self) -> bool:
        """Whether nothing stands there that anybody would miss."""
        return not any(text.strip() for text in list_texts(self.values.values()))


def list_texts(values: Iterable[str | Sequence[str]]) -> list[str]:
    """Return every text of some values, one after another."""
    return [t for v in values for t in ([v] if isinstance(v, str) else v)]
