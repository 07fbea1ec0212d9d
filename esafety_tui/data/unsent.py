"""Drafts: words of one incident that are not sealed in a record yet (format.md section 5a).

A draft names who typed it and is signed by them, since age names no sender: what one officer alone
puts there is never shown as the words of two. It is padded, so that its size says nothing.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from esafety_tui.data.age import (
    BadAgeHeader,
    Identity,
    NoMatchingKey,
    Recipient,
    decrypt_file,
    encrypt_to,
)
from esafety_tui.data.incident_keys import IncidentKeys
from esafety_tui.data.officers import OfficerKeys, verify_with_key
from esafety_tui.kernel.canon import (
    Json,
    canonical_bytes,
    decode_base64,
    parse_canonical,
    require_fields,
)
from esafety_tui.kernel.errors import EvidenceError, NewerVersion, Refused, Tampered
from esafety_tui.kernel.unsent import UnsentText

PREFIX = b"evidence-draft/v1\n"
PAD = 64 * 1024
"""A draft's plaintext is a multiple of so many bytes."""
LIMIT = 16 * PAD
"""Most bytes of a draft's plaintext."""

_WORDS = {"place": str, "field": str, "values": dict, "after": int, "by": list}


def seal_draft(
    inc: str,
    words: Sequence[UnsentText],
    officers: Sequence[OfficerKeys],
    recipients: Sequence[Recipient],
) -> bytes:
    """Return the draft of an incident as an age file, signed by ``officers``.

    Raises Refused where there are more words than a draft holds.
    """
    rows: list[Json] = [
        {
            "place": one.place, "field": one.at, "after": one.after, "by": sorted(one.by),
            "values": {k: v if isinstance(v, str) else list(v) for k, v in one.values.items()},
        }
        for one in words
    ]  # fmt: skip
    draft: dict[str, Json] = {
        "v": 1, "inc": inc, "by": sorted(o.id for o in officers), "words": rows,
    }  # fmt: skip
    message = PREFIX + canonical_bytes(draft)
    sigs: Json = {o.id: base64.b64encode(o.sign_message(message)).decode() for o in officers}
    plain = canonical_bytes({"draft": draft, "sigs": sigs})
    if len(plain) > LIMIT:
        raise Refused(
            "These are more words than a draft can keep.", "Write down a part of them first."
        )
    return encrypt_to(plain + bytes(-len(plain) % PAD), recipients)


def reseal_draft(data: bytes, keys: IncidentKeys) -> bytes:
    """Return a draft that only an older key of its incident opens, sealed to the newest as signed.

    b"" where the newest opens it. Raises NoMatch, BadHeader, Tampered.
    """
    try:
        decrypt_file(data, [keys.newest])
    except NoMatchingKey:
        new = keys.newest.recipient
        return encrypt_to(decrypt_file(data, [identity for _, identity in keys.before]), [new, new])
    return b""


def open_draft(
    data: bytes, keys: Iterable[Identity], inc: str, key_of: Callable[[str], bytes]
) -> tuple[UnsentText, ...]:
    """Return the words of a draft of the incident ``inc``, in the order they were typed.

    Args:
        keys: of which one may open it.
        key_of: id of an officer to their public key (SPKI DER); KeyError for a stranger.

    Raises:
        NoMatch: it is sealed for others. Tampered: it is no sound draft of this incident.
        NewerVersion.
    """
    try:
        plain = decrypt_file(data, list(keys))
    except BadAgeHeader as err:
        raise _unsound_draft() from err
    return read_draft(plain, inc, key_of)


def read_draft(plain: bytes, inc: str, key_of: Callable[[str], bytes]) -> tuple[UnsentText, ...]:
    """Return the words in an opened draft. Raises as :func:`open_draft`."""
    text = plain.rstrip(b"\0")
    try:
        if not text or len(plain) % PAD or len(plain) - len(text) >= PAD or len(plain) > LIMIT:
            raise ValueError("not padded")
        outer = require_fields(parse_canonical(text), {"draft": dict, "sigs": dict})
        version = outer["draft"].get("v")
        if type(version) is int and version > 1:
            raise NewerVersion("A draft here is of a newer version.", "Update this program.")
        draft = require_fields(outer["draft"], {"v": int, "inc": str, "by": list, "words": list})
        by = _parse_ids(draft["by"])
        if draft["inc"] != inc or not 1 <= len(by) <= 2:
            raise ValueError("another incident's")
        message = PREFIX + canonical_bytes(draft)
        for who, sig in require_fields(outer["sigs"], dict.fromkeys(by, str)).items():
            verify_with_key(key_of(who), decode_base64(sig), message)
        words = tuple(_parse_words(row) for row in draft["words"])
        if len(by) == 1 and any(one.by != by for one in words):
            raise ValueError("one officer alone speaks for nobody else")
    except NewerVersion:
        raise
    except (EvidenceError, KeyError, TypeError, ValueError) as err:
        raise _unsound_draft() from err
    return words


def _unsound_draft() -> Tampered:
    return Tampered(
        "A draft of this incident was damaged or altered, so it is not shown.",
        "What was sealed is not affected.",
    )


def _parse_ids(value: Any) -> tuple[str, ...]:
    if not value or any(type(who) is not str for who in value) or value != sorted(set(value)):
        raise ValueError("no ids")
    return tuple(value)


def _parse_words(row: Any) -> UnsentText:
    found = require_fields(row, _WORDS)
    values: dict[str, str | tuple[str, ...]] = {}
    for name, value in found["values"].items():
        given = [value] if isinstance(value, str) else value
        if type(given) is not list or any(type(text) is not str for text in given):
            raise ValueError("no words")
        values[name] = value if isinstance(value, str) else tuple(given)
    return UnsentText(
        found["place"], values, found["field"], found["after"], _parse_ids(found["by"])
    )
