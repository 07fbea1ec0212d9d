"""Expected routes through the shipped procedures: what is answered, the steps it leads to, why.

A row is (answers, steps before the end, clause, what is offered to carry on with). N0 to N28 are
the boxes of the flowchart, P1 to P9 the steps of a policy's "Other Incidents"; "domain" is the
study of the policies that the procedures were written from.
"""

TAIL = "review sign export end"
START = "reported danger triage"
FROZEN = "secure seen account answer"
LOOK = "two-seniors designated watched isolated urls files findings substance"
AFTER = "logged debrief policy-review monitor informed"
NUDES = "do-not-look danger told-dsl reported adult"
NUDES_END = "device described seen takedown parents support informed"
VICTIM_END = "platform support employer outcome debrief"
NAMED = "account measures person-told outcome support informed"

Route = tuple[str, str, str, str]
"""Answers, steps before the end, clause, what is offered to carry on with."""

MISUSE: list[Route] = [
    ("triage=1 risk=1 answer=1", f"{START} told-a risk told-child {FROZEN}", "N12, N15", ""),
    ("triage=1 risk=2 answer=1", f"{START} told-a risk {FROZEN}", "N11, N14", ""),
    ("triage=1 risk=3 answer=1", f"{START} told-a risk told-adult {FROZEN}", "N13, N16", ""),
    ("triage=1 risk=4 answer=3", f"{START} told-a risk told-child {FROZEN}", "N12: unsure", ""),
    ("danger=1 triage=1 risk=2 answer=1", f"{START} told-a risk {FROZEN}", "Kent clause: 999", ""),
    ("triage=3 risk=2 answer=3", f"{START} told-unsure risk {FROZEN}", "Kent clause: unsure", ""),
    ("triage=3 risk=3 answer=2", f"{START} told-unsure risk told-adult {FROZEN}", "N19a", "misuse"),
    ("triage=3 risk=2 answer=4 staff-named=2 afterwards=2",
     f"{START} told-unsure risk {FROZEN} confirmed staff-named afterwards", "N19b", ""),
    ("triage=1 risk=3 answer=4 staff-named=1 afterwards=1",
     f"{START} told-a risk told-adult {FROZEN} confirmed staff-named suspension afterwards",
     "N19c", "words-only"),
    ("triage=1 risk=3 answer=4 staff-named=3 afterwards=2",
     f"{START} told-a risk told-adult {FROZEN} confirmed staff-named suspension afterwards",
     "N19c: unsure", ""),
    ("triage=2 advice=1 staff=2 substance=1",
     f"{START} told-b advice staff {LOOK} action informed", "crockerne: police list; N18", ""),
    ("triage=2 advice=2", f"{START} told-b advice account-words", "N18", ""),
    ("triage=2 advice=3 risk=2 answer=1",
     f"{START} told-b advice told-a risk {FROZEN}", "s.66AE: no screenshot", ""),
    ("triage=2 advice=4", f"{START} told-b advice account-words", "N18", ""),
    ("triage=4 staff=2 substance=1", f"{START} told-c staff {LOOK} action informed", "P1-P7", ""),
    ("triage=4 staff=2 substance=2",
     f"{START} told-c staff {LOOK} no-substance informed", "P6: no substance", ""),
    ("triage=4 staff=2 substance=3 risk=2 answer=1",
     f"{START} told-c staff {LOOK} told-unsure risk {FROZEN}", "STOP rule", ""),
    ("triage=4 staff=2 substance=4 concerned=1 category=rule decide=1",
     f"{START} told-c staff {LOOK} concerned category decide sanctions {AFTER}", "N20-N28", ""),
    ("triage=4 staff=2 substance=4 concerned=1 category=rule decide=2",
     f"{START} told-c staff {LOOK} concerned category decide {AFTER}", "N22: support", ""),
    ("triage=4 staff=2 substance=4 concerned=1 category=rule decide=3",
     f"{START} told-c staff {LOOK} concerned category decide told-authority sanctions {AFTER}",
     "P7: LA or MAT", ""),
    ("triage=4 staff=2 substance=4 concerned=1 category=illegal risk=2 answer=1",
     f"{START} told-c staff {LOOK} concerned category told-unsure risk {FROZEN}", "row 1", ""),
    ("triage=4 staff=2 substance=4 concerned=2 category-staff=rule decide-staff=1",
     f"{START} told-c staff {LOOK} concerned told-staff category-staff decide-staff "
     f"sanctions-staff {AFTER}", "staff matrix", ""),
    ("triage=4 staff=2 substance=4 concerned=3 category-staff=rule decide-staff=3",
     f"{START} told-c staff {LOOK} concerned told-staff category-staff decide-staff {AFTER}",
     "staff and pupil kept apart", "misuse"),
    ("triage=4 staff=2 substance=4 concerned=2 category-staff=illegal risk=3 answer=1",
     f"{START} told-c staff {LOOK} concerned told-staff category-staff told-unsure risk "
     f"told-adult {FROZEN}", "staff matrix row 1", ""),
    ("triage=4 staff=2 substance=4 concerned=4 decide=2",
     f"{START} told-c staff {LOOK} concerned decide {AFTER}", "N22: outside", ""),
    ("triage=4 staff=1 lado=1 substance=1",
     f"{START} told-c staff told-lado lado {LOOK} action informed", "LADO before enquiry", ""),
    ("triage=4 staff=1 lado=2",
     f"{START} told-c staff told-lado lado account-words", "LADO before enquiry", ""),
    ("triage=4 staff=3 doubt=1",
     f"{START} told-c staff told-doubt doubt account-words", "unsure: LADO way", "misuse"),
    ("triage=4 staff=3 doubt=2",
     f"{START} told-c staff told-doubt doubt account-words", "unsure: LADO way", "allegation"),
    ("triage=4 staff=4 lado=3",
     f"{START} told-c staff told-chair lado account-words", "head accused: chair", ""),
]  # fmt: skip
NUDE: list[Route] = [
    ("adult=2 coercion=2 content=2 under-13=2 harm=2 own-way=2 parents=1",
     f"{NUDES} coercion content under-13 harm own-way {NUDES_END}", "UKCIS: none met", ""),
    ("adult=2 coercion=2 content=2 under-13=2 harm=2 own-way=1 police-said=1 parents=1",
     f"{NUDES} coercion content under-13 harm own-way told-police police-said {NUDES_END}",
     "UKCIS: can escalate any time", ""),
    ("adult=2 coercion=2 content=2 under-13=2 harm=3 police-said=2 parents=3",
     f"{NUDES} coercion content under-13 harm told-police police-said {NUDES_END}",
     "UKCIS, test 5", ""),
    ("adult=2 coercion=2 content=2 under-13=1 police-said=1 parents=1",
     f"{NUDES} coercion content under-13 told-police police-said {NUDES_END}",
     "UKCIS, test 4", ""),
    ("adult=2 coercion=2 content=3 police-said=3 parents=1",
     f"{NUDES} coercion content told-police police-said {NUDES_END}", "UKCIS, test 3", ""),
    ("adult=2 coercion=1 police-said=1 parents=1",
     f"{NUDES} coercion told-police police-said {NUDES_END}", "UKCIS, test 2", ""),
    ("adult=1 adult-who=2 police-said=1 parents=1",
     f"{NUDES} told-adult adult-who police-said {NUDES_END}", "UKCIS, test 1", ""),
    ("adult=3 adult-who=1 police-said=1 parents=1",
     f"{NUDES} told-adult adult-who police-said {NUDES_END}", "KCSIE: LADO", "allegation"),
    ("danger=3 adult=1 adult-who=2 police-said=4 parents=1",
     f"{NUDES.replace('danger', 'danger told-danger')} told-adult adult-who police-said "
     f"{NUDES_END}", "unsure: as in danger", "misuse"),
    ("adult=1 adult-who=2 police-said=1 parents=2",
     f"{NUDES} told-adult adult-who police-said "
     f"{NUDES_END.replace('parents', 'parents parents-later')}", "N18: await the police", ""),
]  # fmt: skip
ALLEGATION: list[Route] = [
    ("danger=1 named=1 threshold=1 lado-said=1 measures=2 outcome=2",
     f"danger told-danger reported named told-head threshold told-lado lado-said {NAMED}",
     "KCSIE part four: immediate harm", ""),
    ("named=1 threshold=3 lado-said=4 measures=4 outcome=1",
     f"danger reported named told-head threshold told-lado lado-said {NAMED}",
     "KCSIE part four: harm test, unsure", ""),
    ("named=2 lado-said=2 measures=1 outcome=3",
     f"danger reported named told-chair told-lado lado-said {NAMED}",
     "KCSIE part four: chair if the head is accused", ""),
    ("named=4 lado-said=3 measures=3 outcome=4",
     f"danger reported named told-chair told-lado lado-said {NAMED}",
     "general practice: conflict, unsure", ""),
    ("named=1 threshold=2 pattern=2",
     "danger reported named told-head threshold low-level pattern conduct told-low",
     "KCSIE part four: low-level concern", ""),
    ("named=3 threshold=2 pattern=3 lado-said=1 measures=4 outcome=1",
     "danger reported named told-head threshold low-level pattern told-lado lado-said "
     f"{NAMED}", "KCSIE part four: reviewed for patterns", ""),
]  # fmt: skip
VICTIM: list[Route] = [
    ("triage=1 answer=1 outcome=3",
     f"{START} told-a secure account answer {VICTIM_END}", "SOA 2003 s.66B", ""),
    ("triage=3 answer=2 outcome=3",
     f"{START} told-unsure secure account answer {VICTIM_END}", "Kent clause", "staff-victim"),
    ("danger=1 triage=2 advice=2 outcome=3",
     "reported danger told-danger triage told-b advice account-words " + VICTIM_END,
     "OSA 2023 s.181 threats", ""),
    ("triage=2 advice=3 answer=1 outcome=3",
     f"{START} told-b advice told-a secure account answer {VICTIM_END}", "SOA 2003 s.66B", ""),
    ("triage=2 advice=1 colleague=2 substance=1 outcome=3",
     f"{START} told-b advice colleague {LOOK} {VICTIM_END}", "N18: police advice", ""),
    ("triage=4 colleague=2 substance=1 outcome=1",
     f"{START} told-c colleague {LOOK} {VICTIM_END}", "P1-P5", "misuse"),
    ("triage=4 colleague=2 substance=3 answer=3 outcome=4",
     f"{START} told-c colleague {LOOK} told-unsure secure account answer {VICTIM_END}",
     "STOP rule", ""),
    ("triage=4 colleague=3 colleague-said=1 outcome=3",
     f"{START} told-c colleague told-colleague colleague-said account-words {VICTIM_END}",
     "LADO before enquiry", "allegation"),
]  # fmt: skip
HARASSMENT: list[Route] = [
    ("triage=1 answer=1", f"{START} told secure account answer", "milestone: not illegal", ""),
    ("triage=2 answer=3", f"{START} told secure account answer", "milestone", "misuse"),
    ("triage=3 answer=3", f"{START} told secure account answer", "milestone: unsure", ""),
    ("triage=4 staff=2 substance=1 decide=1",
     f"{START} told-c staff {LOOK} decide action informed", "milestone: more than one", ""),
    ("triage=4 staff=2 substance=2",
     f"{START} told-c staff {LOOK} no-substance informed", "P6", ""),
    ("triage=4 staff=2 substance=3 answer=2",
     f"{START} told-c staff {LOOK} told secure account answer", "STOP rule", "harassment"),
    ("triage=4 staff=3 lado=1",
     f"{START} told-c staff told-lado lado account-words informed", "LADO", "allegation"),
]  # fmt: skip
BREACH: list[Route] = [
    ("crime=2 risk=2 people=3",
     "reported contain told-dpo crime account risk told-ico people lessons informed",
     "ICO: 72 hours", ""),
    ("crime=3 risk=3 people=1",
     "reported contain told-dpo crime told-police account risk told-ico people lessons informed",
     "ICO: unsure is a risk", ""),
    ("crime=2 risk=4 ico=1 people=3",
     "reported contain told-dpo crime account risk ico people lessons informed",
     "ICO: reasons if not reported", ""),
    ("crime=2 risk=4 ico=3 people=2",
     "reported contain told-dpo crime account risk ico told-ico people lessons informed",
     "ICO: unsure", ""),
]  # fmt: skip
LOST: list[Route] = [
    ("stolen=2 encrypted=1 evidence=2 personal=2 found=2",
     "reported stolen encrypted lock evidence personal account found lessons informed",
     "crockerne, milestone: encrypted", ""),
    ("stolen=3 encrypted=3 evidence=3 personal=3 ico=1 found=1",
     "reported stolen told-police encrypted told-open lock evidence which-evidence "
     "told-evidence personal told-dpo ico account found lessons informed",
     "general practice: 72 hours; unsure", "breach"),
    ("stolen=1 encrypted=1 evidence=1 personal=1 ico=2 found=3",
     "reported stolen told-police encrypted lock evidence which-evidence told-evidence "
     "personal told-dpo ico account found lessons informed", "general practice", ""),
]  # fmt: skip
ROUTES = [
    (name, *row)
    for name, rows in {
        "misuse": MISUSE, "nudes": NUDE, "allegation": ALLEGATION, "staff-victim": VICTIM,
        "harassment": HARASSMENT, "breach": BREACH, "lost-media": LOST,
        "words-only": [("", "reported referrals police others done", "general practice", "")],
    }.items()
    for row in rows
]  # fmt: skip

SAME = {
    "allegation": "danger 3=1, pattern 1=3, outcome 5=2",
    "breach": "crime 1=3, risk 1=3, ico 2=3",
    "harassment": "danger 1=2, danger 3=1, staff 1=3, lado 2=1, lado 3=1, decide 2=1, decide 3=1, "
    "decide 4=1",
    "lost-media": "encrypted 2=3, ico 3=1",
    "misuse": "danger 3=1, doubt 3=1, decide-staff 2=3",
    "nudes": "danger 1=3, adult-who 3=1, coercion 3=1, content 1=3, under-13 3=1, harm 1=3, "
    "own-way 3=1",
    "staff-victim": "danger 3=1, advice 4=2, colleague 1=3, colleague-said 2=1, "
    "colleague-said 3=1, colleague-said 4=1, substance 2=3, outcome 2=1",
}
"""Answers that lead on as another answer to the same question does: ``step key=other key``."""
