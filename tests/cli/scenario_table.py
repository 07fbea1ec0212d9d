"""What each scenario leads to in each profile: written down by hand from the policies.

``domain`` is the study of the policies, by section; P1 to P9 are the steps of a policy's "Other
Incidents". A profile that is not named in a row has what stands under "": Winchelsea is the school
whose policy forbids it to look for itself.
"""

from __future__ import annotations

PROFILES = ("generic", "chepstow", "crockerne", "west-derby", "winchelsea", "milestone")

TAIL = " review sign export end"
START = "reported danger triage"
LOOK = "two-seniors designated watched isolated urls files findings substance"
AFTER = "logged debrief policy-review monitor informed" + TAIL
MANAGED = "account-words managed " + AFTER
TABLE = f"{START} told-c staff {LOOK} concerned category decide sanctions {AFTER}"
NOT_LOOKED = f"{START} told-c staff told-managed {MANAGED}"
STOPPED = "secure seen account answer" + TAIL
POLICE = f"{START} told-b advice account-words" + TAIL
NUDES = "do-not-look danger told-dsl reported adult coercion content under-13 harm own-way"
NUDES_END = "device described seen takedown parents support informed" + TAIL
VICTIM_END = "platform support employer outcome debrief" + TAIL

ROUTES = {
    "bullying": {"": TABLE, "winchelsea": NOT_LOOKED},
    "csam-mid-review": {
        "": f"{START} told-c staff two-seniors designated watched isolated urls {STOPPED}",
        "winchelsea": f"{START} told-c staff told-managed {STOPPED}",
    },
    "grooming": {"": POLICE, "winchelsea": f"{START} told-b advice {MANAGED}"},
    "staff-data": {
        "": f"{START} told-c staff told-lado lado {LOOK} concerned told-staff category-staff "
        f"decide-staff sanctions-staff {AFTER}",
        "winchelsea": f"{START} told-c staff told-lado lado {MANAGED}",
    },
    "head-accused": {
        "": "danger reported named told-chair told-lado lado-said account measures person-told "
        "outcome support informed" + TAIL
    },
    "radicalisation": {"": POLICE, "winchelsea": f"{START} told-b advice {MANAGED}"},
    "nude-shared": {
        "": f"{NUDES} {NUDES_END}",
        "winchelsea": f"{NUDES} told-police police-said {NUDES_END}",
    },
    "filter-bypass": {"": TABLE, "winchelsea": NOT_LOOKED},
    "lost-stick": {
        "": "reported stolen told-police encrypted lock evidence personal told-dpo ico account "
        "found lessons informed" + TAIL
    },
    "staff-abused": {
        "": f"{START} told-b advice colleague {LOOK} {VICTIM_END}",
        "winchelsea": f"{START} told-b advice account-words {VICTIM_END}",
    },
    "harassment": {
        "": f"{START} told-c staff {LOOK} decide action informed" + TAIL,
        "winchelsea": f"{START} told-c staff told-managed account-words informed" + TAIL,
    },
    "data-astray": {
        "": "reported contain told-dpo crime account risk told-ico people lessons informed" + TAIL
    },
}
"""Ids of the steps of the way."""

MUST = {
    "bullying": {"": "dsl", "winchelsea": "dsl police lado"},
    "csam-mid-review": {"": "dsl police", "winchelsea": "dsl police lado"},
    "grooming": {"": "dsl police"},
    "staff-data": {"": "dsl lado"},
    "head-accused": {"": "chair lado"},
    "radicalisation": {"": "dsl police"},
    "nude-shared": {"": "dsl", "winchelsea": "dsl police"},
    "filter-bypass": {"": "dsl", "winchelsea": "dsl police lado"},
    "lost-stick": {"": "police dpo ico"},
    "staff-abused": {"": "dsl police"},
    "harassment": {"": "dsl", "winchelsea": "dsl police lado"},
    "data-astray": {"": "dpo ico technician"},
}
"""Who has to be told, and is: the policies and KCSIE. Parents stand in no matrix of Crockerne."""

LADO_TOO = {"csam-mid-review", "bullying", "filter-bypass", "grooming", "radicalisation"}
"""Winchelsea, section 7, paragraph 4: police and LADO at once; nobody looks or judges."""

BULLYING = {
    "": "? teacher head parents access",
    "crockerne": "teacher head access ?",
}
"""rows of Crockerne's table are 1, 3, 7; a generic table is all to be confirmed."""
ILLEGAL = {"": "senior head police ?"}
CARELESS = {
    "": "? line-manager head technical",
    "crockerne": "? line-manager head",
    "winchelsea": "line-manager disciplinary ? lado social-care hr data",
}
"""Crockerne's copy lost a column; Winchelsea, section 10."""
NAMED = {
    "bullying": BULLYING, "staff-abused": BULLYING, "harassment": BULLYING,
    "csam-mid-review": ILLEGAL, "grooming": ILLEGAL, "radicalisation": ILLEGAL,
    "nude-shared": ILLEGAL,
    "staff-data": CARELESS, "lost-stick": CARELESS, "data-astray": CARELESS,
    "head-accused": {
        "": "? head lado disciplinary",
        "crockerne": "? line-manager head",
        "winchelsea": "line-manager disciplinary ? lado social-care hr data",
    },
    "filter-bypass": {
        "": "? senior technical parents access",
        "crockerne": "head ?",
    },
}  # fmt: skip
"""Columns of the policy's table, before the question mark named, after it to be confirmed."""

TEMPLATE = "SWGfL policy template, "
NO_TABLE = "policy has no table of sanctions; this one is generic, to be confirmed"
SANCTIONS = {
    "": NO_TABLE,
    "generic": "no policy yet; this table is generic, to be confirmed",
    "crockerne": 'policy, "School / Academy Actions & Sanctions"',
}
NOT_TO_LOOK = "policy, section 7, paragraph 4"
TRIAGE = {
    "generic": TEMPLATE + '"Illegal Incidents"',
    "chepstow": 'policy, "Illegal incidents"',
    "crockerne": 'policy, "Illegal Incidents"',
    "west-derby": 'policy, "Illegal Incidents"',
    "winchelsea": NOT_TO_LOOK,
    "milestone": 'policy, "Responding to incidents of misuse"',
}
TOLD_B = {
    "": TEMPLATE + '"Other Incidents"',
    "chepstow": 'policy, "Illegal incidents" and "Policy breaches"',
    "crockerne": 'policy, "Other Incidents"',
    "west-derby": 'policy, "Illegal Incidents"',
    "winchelsea": NOT_TO_LOOK,
}
ICO = {"": "ICO accountability framework", "crockerne": 'policy, "Data Protection"'}
CLAUSE = {
    "bullying": ("sanctions", SANCTIONS),
    "filter-bypass": ("category", SANCTIONS),
    "csam-mid-review": ("triage", TRIAGE),
    "harassment": (
        "triage",
        {**TRIAGE, "generic": TEMPLATE + '"Responding to incidents of misuse"'},
    ),
    "grooming": ("told-b", TOLD_B),
    "radicalisation": ("told-b", TOLD_B),
    "staff-abused": ("told-b", TOLD_B),
    "staff-data": (
        "told-lado",
        {
            "": "local authority guidance on allegations",
            "chepstow": "policy says nothing; Wales Safeguarding Procedures, section 5",
            "crockerne": 'policy, "Schedule for Development / Monitoring / Review"',
            "winchelsea": NOT_TO_LOOK,
        },
    ),
    "head-accused": (
        "told-chair",
        {
            "": "Keeping children safe in education, an older edition",
            "chepstow": "policy says nothing; Keeping Learners Safe, to be confirmed",
        },
    ),
    "nude-shared": (
        "do-not-look",
        {
            "": "UKCIS, sharing nudes; DfE advice on not deleting evidence",
            "chepstow": 'policy, "Inappropriate digital activities"; '
            "Protection of Children Act 1978, section 1",
            "winchelsea": "policy, section 7, paragraph 4; DfE advice on not deleting evidence",
        },
    ),
    "lost-stick": ("told-dpo", {**ICO, "winchelsea": "policy, section 6, paragraph 7"}),
    "data-astray": ("told-ico", ICO),
}
"""The step that matters most on the way, and the clause it comes from in each school."""

TOUCHES = [
    ("radicalisation", "crockerne", "Promotion of terrorism or extremism goes to the police"),
    ("radicalisation", "west-derby", "Promotion of terrorism or extremism goes to the police"),
    ("radicalisation", "milestone", "Terrorism, extremism and grooming are not in its list"),
    ("csam-mid-review", "crockerne", "The police are 999 in danger and 101 otherwise"),
    ("csam-mid-review", "winchelsea", "Nobody in school looks for evidence"),
    ("grooming", "winchelsea", "Nobody in school looks for evidence"),
    ("bullying", "crockerne", "Parents are shown with every action"),
    ("bullying", "chepstow", "Whether and when parents are told"),
    ("staff-data", "crockerne", "For staff, from careless use of data on"),
    ("harassment", "milestone", "Procedure for Reviewing Internet Sites"),
    ("head-accused", "crockerne", "What happens when a co-headteacher is accused"),
    ("head-accused", "milestone", "What happens when the head is accused"),
    ("nude-shared", "west-derby", "Nudes and semi-nudes"),
    ("lost-stick", "milestone", "The law of data protection is that of today"),
]  # fmt: skip
"""Safe readings and gaps that are told: of the profiles."""
