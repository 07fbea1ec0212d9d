"""Vectors of what guards keys and memory: key files, paper keys, sidecars."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.reader import jcs
from tests.vectors.making.keys import (
    ORIGIN,
    PEOPLE,
    STRANGER,
    Maker,
    b64,
    case,
    hkdf,
    loose,
    seed,
    without,
)
from tests.vectors.making.lines import Cases

_WORDS = "five invented words for vectors"
_COMPOSED, _DECOMPOSED = "caf\u00e9 \u2460 five words here", "cafe\u0301 1 five words here"


def _outer(person: Maker, **kdf: Any) -> dict[str, Any]:
    cost = {"alg": "argon2id", "v": 19, "m": 19456, "t": 1, "p": 1}
    return {
        "v": 1, "typ": "evidence-officer-key", "name": person.name, "sign_spki": b64(person.spki),
        "enc_pub": person.recipient, "kdf": cost | {"salt": b64(seed("salt")[:16])} | kdf,
    }  # fmt: skip


def _sealed(outer: dict[str, Any], inner: dict[str, Any], words: str = _WORDS) -> dict[str, Any]:
    """Seal the secrets under what the outer object says, as far as that can be done at all."""
    kdf = outer["kdf"]
    key = Argon2id(
        salt=seed("salt")[:16], length=32, iterations=max(1, min(int(kdf["t"]), 16)),
        lanes=max(1, min(int(kdf["p"]), 8)), memory_cost=19456,
    ).derive(words.encode())  # fmt: skip
    nonce = hashlib.sha256(jcs.dump(outer)).digest()[:12]
    box = ChaCha20Poly1305(key).encrypt(nonce, jcs.dump(inner), jcs.dump(outer))
    return outer | {"ct": b64(nonce + box)}


def _inner(person: Maker) -> dict[str, Any]:
    return {"sign": b64(person.pkcs8), "enc": person.identity}


def keyfiles() -> Cases:
    """Yield the vectors of key files. ``id``: whose it is."""
    person, other = PEOPLE[0], PEOPLE[1]
    good = _sealed(_outer(person), _inner(person))
    head = [("passphrase", _WORDS), ("id", person.id)]
    cases = _edited(good) | _made(person, other)
    cases["ok"] = ("ok", good)
    for name, (expect, value) in cases.items():
        yield name, case(expect, name.replace("-", " "), jcs.dump(value), *head)
    for name, (expect, data) in loose(good).items():
        yield name, case(expect, name.replace("-", " "), data, *head)
    for name, words in {"case": _WORDS.upper(), "space": _WORDS + " ", "empty": ""}.items():
        wrong = case("wrong passphrase", name, jcs.dump(good), ("passphrase", words), head[1])
        yield f"wrong-passphrase-{name}", wrong
    composed = jcs.dump(_sealed(_outer(person), _inner(person), "caf\u00e9 1 five words here"))
    for name, words in {"composed": _COMPOSED, "decomposed": _DECOMPOSED}.items():
        yield f"ok-{name}", case("ok", f"NFKC, {name}", composed, ("passphrase", words), head[1])


def _edited(good: dict[str, Any]) -> dict[str, tuple[str, dict[str, Any]]]:
    """Return a sound file with one thing edited by somebody without the passphrase."""
    kdf = good["kdf"]

    def cost(**changed: Any) -> dict[str, Any]:
        return good | {"kdf": kdf | changed}

    ct = good["ct"]
    wrong = {
        "m-of-4-tib": cost(m=2**32), "m-below-floor": cost(m=19455), "m-zero": cost(m=0),
        "m-below-zero": cost(m=-1), "m-above-bound": cost(m=2097153), "t-zero": cost(t=0),
        "t-17": cost(t=17), "t-a-million": cost(t=10**6), "p-zero": cost(p=0), "p-9": cost(p=9),
    }  # fmt: skip
    malformed = {
        "m-as-text": cost(m="19456"), "t-true": cost(t=True), "argon2d": cost(alg="argon2d"),
        "scrypt": cost(alg="scrypt"), "argon2-16": cost(v=16),
        "salt-short": cost(salt=b64(bytes(8))),
        "salt-not-base64": cost(salt="*" * 24), "kdf-a-list": good | {"kdf": []},
        "kdf-one-more": cost(pepper=""), "kdf-no-salt": good | {"kdf": without(kdf, "salt")},
        "other-typ": good | {"typ": "evidence-heads"}, "name-a-number": good | {"name": 1},
        "ct-not-base64": good | {"ct": "*" + ct[1:]},
        "ct-with-a-line-feed": good | {"ct": ct + "\n"},
        "no-ct": without(good, "ct"),
    }  # fmt: skip
    edited = {
        "name-changed": good | {"name": "Ada Bellwether"},
        "spki-of-another": good | {"sign_spki": b64(STRANGER.spki)},
        "recipient-of-another": good | {"enc_pub": STRANGER.recipient},
        "salt-changed": cost(salt=b64(seed("other")[:16])), "t-changed": cost(t=2),
        "ct-cut": good | {"ct": b64(b"x" * 20)}, "ct-empty": good | {"ct": ""},
        "ct-of-another": good | {"ct": _sealed(_outer(STRANGER), _inner(STRANGER))["ct"]},
    }  # fmt: skip
    out: dict[str, tuple[str, dict[str, Any]]] = {}
    for expect, group in (("out of bounds", wrong), ("malformed", malformed),
                          ("wrong passphrase", edited)):  # fmt: skip
        out |= {name: (expect, value) for name, value in group.items()}
    return out


def _made(person: Maker, other: Maker) -> dict[str, tuple[str, dict[str, Any]]]:
    """Return files whose maker knew the passphrase and put other keys inside."""
    curve = ec.derive_private_key(7, ec.SECP384R1())
    p384 = curve.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    outer = _outer(person)
    return {
        "other-signing-key-inside": (
            "wrong key", _sealed(outer, _inner(person) | {"sign": b64(other.pkcs8)})
        ),
        "other-identity-inside": (
            "wrong key", _sealed(outer, _inner(person) | {"enc": other.identity})
        ),
        "p-384-inside": ("malformed", _sealed(outer, _inner(person) | {"sign": b64(p384)})),
        "identity-in-small-letters": (
            "malformed", _sealed(outer, _inner(person) | {"enc": person.identity.lower()})
        ),
        "one-more-inside": ("malformed", _sealed(outer, _inner(person) | {"x": ""})),
        "ok-four-lanes": ("ok", _sealed(_outer(person, p=4, t=2), _inner(person))),
    }  # fmt: skip


def papers() -> Cases:
    """Yield the vectors of paper keys: ``signing`` and ``identity`` as they are printed."""
    person = PEOPLE[0]
    signing, identity = b64(person.pkcs8), person.identity
    flipped = identity[:-1] + ("Q" if identity[-1] != "Q" else "P")
    spki = b64(person.spki)
    texts = {
        "ok": ("ok", signing, identity),
        "identity-mistyped": ("malformed", signing, flipped),
        "identity-cut": ("malformed", signing, identity[:-1]),
        "identity-in-small-letters": ("malformed", signing, identity.lower()),
        "recipient-instead": ("malformed", signing, person.recipient),
        "signing-cut": ("malformed", signing[:-4], identity),
        "signing-public": ("malformed", spki, identity),
        "signing-not-base64": ("malformed", "*" + signing[1:], identity),
    }
    for name, (expect, first, second) in texts.items():
        head = [("signing", first), ("identity", second), ("id", person.id)]
        yield name, case(expect, name.replace("-", " "), b"", *head)


def _heads(person: Maker, **fields: Any) -> dict[str, Any]:
    heads = {ORIGIN: f"205:{seed('root').hex()}", "abc.example/evidence": "0:" + seed("0").hex()}
    body = {"v": 1, "typ": "evidence-heads", "heads": heads} | fields
    key = hkdf(person.identity.encode(), b"evidence-heads/v1")
    return body | {"mac": hmac.digest(key, jcs.dump(body), "sha256").hex()}


def sidecars() -> Cases:
    """Yield the vectors of sidecars. ``signing``, ``identity``: the officer; ``origin``: whose."""
    person, other = PEOPLE[0], PEOPLE[1]
    good = _heads(person)
    root = seed("root").hex()
    looked = {"seen": 205, "entries": [7, 99]}
    values: dict[str, tuple[str, dict[str, Any]]] = {
        "ok": ("ok", good),
        "ok-nothing-remembered": ("ok", _heads(person, heads={})),
        "ok-accepted": ("ok", _heads(person, accepted={ORIGIN: looked})),
        "ok-generations": ("ok", _heads(person, generations={ORIGIN: 3})),
        "generations-as-text": ("malformed", _heads(person, generations={ORIGIN: "3"})),
        "generations-zero": ("malformed", _heads(person, generations={ORIGIN: 0})),
        "accepted-a-list": ("malformed", _heads(person, accepted=[])),
        "accepted-seen-as-text": (
            "malformed",
            _heads(person, accepted={ORIGIN: looked | {"seen": "205"}}),
        ),
        "accepted-entry-as-text": (
            "malformed",
            _heads(person, accepted={ORIGIN: looked | {"entries": ["7"]}}),
        ),
        "accepted-one-field-more": (
            "malformed",
            _heads(person, accepted={ORIGIN: looked | {"zzz": 1}}),
        ),
        "of-another-officer": ("wrong key", _heads(other)),
        "size-changed": ("wrong key", good | {"heads": {ORIGIN: f"204:{root}"}}),
        "head-left-out": ("wrong key", good | {"heads": {}}),
        "mac-of-zeros": ("wrong key", good | {"mac": "0" * 64}),
        "mac-in-capitals": ("wrong key", good | {"mac": good["mac"].upper()}),
        "mac-cut": ("wrong key", good | {"mac": good["mac"][:32]}),
        "mac-empty": ("wrong key", good | {"mac": ""}),
        "mac-a-number": ("malformed", good | {"mac": 0}),
        "no-mac": ("malformed", without(good, "mac")),
        "other-typ": ("malformed", _heads(person, typ="evidence-vault")),
        "heads-a-list": ("malformed", _heads(person, heads=[])),
        "head-a-number": ("malformed", _heads(person, heads={ORIGIN: 205})),
        "head-without-root": ("malformed", _heads(person, heads={ORIGIN: "205"})),
        "head-below-zero": ("malformed", _heads(person, heads={ORIGIN: f"-1:{root}"})),
        "head-leading-zero": ("malformed", _heads(person, heads={ORIGIN: f"0205:{root}"})),
        "root-in-capitals": ("malformed", _heads(person, heads={ORIGIN: f"205:{root.upper()}"})),
        "one-field-more-with-its-mac": ("malformed", _heads(person, zzz="")),
        "version-2-with-its-mac": ("newer version", _heads(person, v=2)),
        "version-true-with-its-mac": ("malformed", _heads(person, v=True)),
    }
    head = [("signing", b64(person.pkcs8)), ("identity", person.identity), ("origin", ORIGIN)]
    for name, (expect, value) in values.items():
        yield name, case(expect, name.replace("-", " "), jcs.dump(value), *head)
    edits = loose(good)
    del edits["nothing"]  # an empty file is a loss, not a contradiction: a warning, no alarm
    for name, (expect, data) in edits.items():
        yield name, case(expect, name.replace("-", " "), data, *head)
