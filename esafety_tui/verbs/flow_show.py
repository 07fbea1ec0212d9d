"""``esafety flow show``: what a profile holds, in words that a safeguarding lead can check.

Every instruction is shown with its source; what is to be confirmed and what is missing stand out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from textwrap import wrap

from esafety_tui.flows.profile.profile import Profile
from esafety_tui.flows.profile.sanction_tables import SanctionMatrix
from esafety_tui.flows.profile.timers import Timer

_WIDTH = 78


def list_profile_lines(profile: Profile) -> Iterator[str]:
    """Yield the profile line by line, at most 78 characters each."""
    yield f"{profile.title} ({profile.name}), {profile.nation}"
    yield from _list_policy_source(profile)
    for title, rows in (
        ("Roles", _list_roles(profile)),
        ("What people are called", [f"{key}: {word}" for key, word in profile.names.items()]),
        ("Who acts instead", _list_conflicts(profile)),
        ("Whom to call", _list_contacts(profile)),
        ("Against the law", _list_illegal_content(profile)),
        ("What users may do", [f"{u.activity}: {u.verdict}. {u.note}" for u in profile.uses]),
        ("Who is informed", [f"{i.who}: {i.when} ({i.source})" for i in profile.informs]),
        ("Logs", _list_log_rules(profile)),
        ("Times", [f"{t.label}: {_format_duration(t)} ({t.source})" for t in profile.timers]),
        (
            "Read on the safe side",
            [
                f"{r.text} Because: {r.because} {_name_shown_steps(r.steps)}"
                for r in profile.readings
            ],
        ),
        (
            "Not in your policy",
            [f"{g.text} Offered: {g.offered} {_name_shown_steps(g.steps)}" for g in profile.gaps],
        ),
    ):
        yield from _list_section(title, rows)
    for matrix in profile.matrices:
        yield from _list_matrix_rows(matrix)


def _name_shown_steps(steps: Sequence[str]) -> str:
    """Return where a reading or gap is shown: ``Shown in misuse: told-a, told-b.``"""
    found: dict[str, list[str]] = {}
    for name in steps:
        procedure, _, step = name.partition(".")
        found.setdefault(procedure, []).append(step or "every step the policy is silent on")
    said = "; ".join(f"{procedure}: {', '.join(named)}" for procedure, named in found.items())
    return f"Shown in {said}." if said else "About the whole policy."


def _list_conflicts(profile: Profile) -> list[str]:
    called = {c.kind: c.label for c in profile.contacts} | {r.key: r.label for r in profile.roles}
    return [
        f"{called[c.who]}, if named in an incident: {called[c.then]}. {c.source}"
        for c in profile.conflicts
    ]


def _list_policy_source(profile: Profile) -> Iterator[str]:
    policy = profile.policy
    if policy.title:
        yield from _wrap_paragraph(f"Policy: {policy.title}, of {_format_date(policy.date)}")
    yield f"Review of the policy due: {_format_date(policy.review_due)}"
    review = "yes, by two" if profile.review_allowed else "no, others do"
    yield f"The school may look for itself: {review}"
    yield from _wrap_paragraph(f"How evidence is carried: {profile.media_rule}")
    if profile.external_record:
        yield f"Also kept in: {profile.external_record}"


def _list_roles(profile: Profile) -> list[str]:
    return [f"{r.label}{', may be one of the two' if r.reviewer else ''}" for r in profile.roles]


def _list_contacts(profile: Profile) -> list[str]:
    rows = []
    for contact in profile.contacts:
        number = contact.number or "to be filled in by the school"
        rows.append(f"{contact.label}: {number}. {contact.about}".rstrip(". ") + ".")
    return rows


def _list_illegal_content(profile: Profile) -> list[str]:
    rows = []
    for entry in profile.illegal:
        statute = f", {entry.statute}" if entry.statute else ""
        rows.append(f"class {entry.incident_class}: {entry.label}{statute} ({entry.source})")
    return rows


def _list_log_rules(profile: Profile) -> list[str]:
    return [
        f"{log.what}: {log.audience}{' Nobody is named.' if log.anonymous else ''}"
        for log in profile.logs
    ]


def _list_matrix_rows(matrix: SanctionMatrix) -> Iterator[str]:
    labels = {column.key: column.label for column in matrix.columns}
    rows = []
    for row in matrix.rows:
        named = ", ".join(labels[key] for key in row.marks) or "nothing by name"
        unsure = ", ".join(labels[key] for key in row.uncertain)
        words = f"{row.label}: {named}."
        words += f" Confirm with school: {unsure}." if unsure else ""
        words += " May be a crime: advice first." if row.illegal else ""
        rows.append(f"{words} {row.note}".rstrip())
    yield from _list_section(f"{matrix.title} ({matrix.source})", rows)


def _list_section(title: str, rows: list[str]) -> Iterator[str]:
    yield ""
    yield from wrap(title, _WIDTH)
    if not rows:
        yield "  nothing"
    for row in rows:
        yield from _wrap_paragraph(row)


def _wrap_paragraph(text: str) -> list[str]:
    # Ids of steps stay whole: they are copied from here into a file.
    return wrap(text, _WIDTH, initial_indent="  ", subsequent_indent="    ", break_on_hyphens=False)


def _format_duration(timer: Timer) -> str:
    if timer.hours:
        return f"{timer.hours} hours"
    return f"{timer.working_days} working day{'s' if timer.working_days > 1 else ''}"


def _format_date(day: date | None) -> str:
    return f"{day.day} {day:%b %Y}" if day else "not said"
