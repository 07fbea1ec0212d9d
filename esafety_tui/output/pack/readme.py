"""README.txt of a pack: how to check it with ordinary programs, line by line.

Every command is alone on an indented line, so that it can be copied, and tests run them.
Nothing typed by a person goes in; only the reference, ids and fixed sentences.
"""

from __future__ import annotations

from esafety_tui.output.pack import layout
from esafety_tui.output.pack.source import PackSource

_TOP = """\
EVIDENCE PACK {reference}
{practice}
What this is
  A school's record of one incident, with a signed statement over every file.
  It is a school record. It is not a forensic report.
  Start with START-HERE.pdf. The form is data/form.pdf.

Check it without any program of the school
  Open verify.html in a browser. It works without a network.
  It asks for the check code that is printed on the signed paper form.
  Only with that code does a check show where the pack comes from. Take the code
  from the paper, never from a file in this pack.

Check it with ordinary programs, in this folder
  Files are complete and unchanged (coreutils; sha256sum is also in Git for Windows):
    sha256sum -c manifest-sha256.txt
    sha256sum -c tagmanifest-sha256.txt
  The same by BagIt (Library of Congress, bagit.py; ask in the folder above):
    bagit.py --validate {reference}
  Two officers signed the statement (OpenSSL):
"""

_FOLLOWED = {
    layout.PROCEDURE: ("flowchart that was followed", "Procedure followed"),
    layout.PROFILE: ("school's policy, as the program knows it", "Policy of the school"),
}
NOT_IN_PACK = "is not in this pack: the school's vault could not give the file."
"""Said of a file of flowchart or policy, after its name."""

_END = """\
  Each officer's certificate comes from the school's own authority:
{certs}
  The form carries two signatures (poppler-utils):
    pdfsig data/form.pdf
  pdfsig does not know the school's authority. It says so until certs/ca.pem is
  imported as a trusted issuer.
{followed}
What these commands do not show
  bagit.py and sha256sum accept a pack with a file added outside data/, and
  openssl does not compare the statement with the files. verify.html does both.
  data/limits.pdf says what this pack proves and what it does not.
"""


def readme_text(source: PackSource) -> bytes:
    """Return README.txt in UTF-8."""
    practice = "PRACTICE - made for training. Not evidence.\n" if source.practice else ""
    signers = sorted(signer.id[:16] for signer in source.signers)
    lines = [
        f"    openssl dgst -sha256 -verify keys/{id16}.pem -signature statement.{id16}.sig"
        f" {layout.PAE}\n"
        for id16 in signers
    ]
    certs = "\n".join(
        f"    openssl verify -CAfile {layout.CA_CERT} certs/{id16}.pem" for id16 in signers
    )
    top = _TOP.format(reference=source.reference, practice=practice)
    return (
        top + "".join(lines) + _END.format(certs=certs, followed=_followed_files_text(source))
    ).encode()


def _followed_files_text(source: PackSource) -> str:
    """Return how each of the two files is compared with the paper, or that it is not here."""
    said = []
    for name, (what, label) in _FOLLOWED.items():
        if name in source.followed_files:
            said.append(
                f"  The {what}. The form prints the same hash beside\n"
                f'  "{label}":\n    sha256sum {name}\n'
            )
        else:
            said.append(f'  {name} {NOT_IN_PACK}\n  The form prints its hash beside "{label}".\n')
    return "".join(said)
