"""Of which kind a record's fields are, where this program relies on it (format.md section 5).

Everything else in a record is words for people, or is looked at so that a wrong kind counts for
nothing. A record in which one of these is of another kind is damaged, whoever signed it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from esafety_tui.kernel.canon import Json

TEXT, NUMBER, TRUTH, TEXTS, NUMBERS = "text", "number", "truth", "texts", "numbers"
_EXHIBIT = {
    "exhibit": TEXT, "sha256": TEXT, "blob": TEXT, "media": TEXT, "name": TEXT, "producer": TEXT,
    "description": TEXT, "provenance": TEXT, "size": NUMBER, "step": TEXT,
}  # fmt: skip
_GENERATION = {
    "generation": NUMBER, "directory": TEXT, "vault_recipient": TEXT, "recipients": TEXTS,
    "changes": TEXTS, "reason": TEXT, "left": TEXTS,
}  # fmt: skip
FIELD_KINDS: Mapping[str, Mapping[str, str]] = {
    "screenshot": _EXHIBIT,
    "file": _EXHIBIT,
    "url": {"url": TEXT, "concern": TEXT, "how_known": TEXT, "producer": TEXT, "step": TEXT},
    "form.rendered": {
        "version": NUMBER, "entries": NUMBERS, "checkpoint": TEXT, "sha256": TEXT, "pdf": TEXT,
        "blob": TEXT, "officers": TEXTS, "order": TEXTS, "directory": TEXTS, "images": NUMBERS,
        "check_code": TEXT, "thoughts": TRUTH, "missing": TEXTS, "reason": TEXT,
    },
    "form.signed": {
        "version": NUMBER, "officer": TEXT, "sha256": TEXT, "pdf": TEXT, "blob": TEXT,
    },
    "incident.opened": {
        "reference": TEXT, "recipient": TEXT, "named_officers": TEXTS, "named_others": TEXT,
        "linked": TEXT, "restricted": TRUTH, "words_only": TRUTH, "procedure": TEXT,
        "procedure_name": TEXT, "policy": TEXT, "profile": TEXT,
    },
    "incident.restricted": {
        "named_officers": TEXTS, "recipient": TEXT, "eligible": TEXTS, "reason": TEXT,
    },
    "stop": {"blobs": TEXTS},
    "frozen": {"blobs": TEXTS},
    "released": {"blob": TEXT, "exhibit": TEXT, "reference": TEXT},
    "pack.exported": {
        "recipient": TEXT, "purpose": TEXT, "plain": TRUTH, "exhibits": TEXTS, "withheld": TEXTS,
        "lacks": TEXTS, "entries": NUMBER,
    },
    "hold.lifted": {"holds": NUMBERS, "reason": TEXT},
    "backup.made": {
        "copy": TEXT, "label": TEXT, "created": TEXT, "root": TEXT, "read_back": TEXT,
        "generation": NUMBER, "size": NUMBER, "files": NUMBER, "bytes": NUMBER,
        "left_out": NUMBER, "keys": TRUTH,
    },
    "restored": {
        "copy": TEXT, "created": TEXT, "root": TEXT, "keys": TEXT, "reason": TEXT,
        "generation": NUMBER, "size": NUMBER, "left_out": TEXTS,
    },
    **dict.fromkeys(
        ("vault.created", "generation.rotated", "officer.enrolled", "officer.removed",
         "machine.enrolled", "profile.adopted", "shredded"),
        _GENERATION,
    ),
}  # fmt: skip
"""Record type to field to kind."""
NEEDED: Mapping[str, tuple[str, ...]] = {
    "form.rendered": ("version", "sha256"),
    "form.signed": ("version", "officer", "sha256"),
}
"""Fields that a record of the type cannot do without; a redacted copy may leave them out."""


def _list_field_kinds(kind: type) -> Callable[[Json], bool]:
    return lambda v: isinstance(v, list | tuple) and all(type(row) is kind for row in v)


_CHECKS: Mapping[str, Callable[[Json], bool]] = {
    TEXT: lambda v: type(v) is str,
    NUMBER: lambda v: type(v) is int,
    TRUTH: lambda v: type(v) is bool,
    TEXTS: _list_field_kinds(str),
    NUMBERS: _list_field_kinds(int),
}


def find_wrong_field(
    record_type: str, fields: Mapping[str, Json], *, redacted: bool = False
) -> str:
    """Return the first field of a record that is of a wrong kind or missing, "" for none."""
    for name, kind in FIELD_KINDS.get(record_type, {}).items():
        if name in fields and not _CHECKS[kind](fields[name]):
            return name
    if redacted:
        return ""
    return next((name for name in NEEDED.get(record_type, ()) if name not in fields), "")
