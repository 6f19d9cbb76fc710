"""The command that lists erasures and writes their certificates."""

import argparse
from pathlib import Path

from fieldwork.commandline.answer import Add, Answer, open_workspace
from fieldwork.domain.faults import Fault


def add_commands(add: Add) -> None:
    parser = add("erasures", erasures, "what was erased or is to be, and its certificate as a PDF")
    parser.add_argument("workspace", type=Path)
    parser.add_argument("--certificate", metavar="ERASURE", help="the start of its id")
    parser.add_argument("--to", type=Path, metavar="FILE.pdf")


def erasures(options: argparse.Namespace) -> Answer:
    from fieldwork.work import certificates, leading

    if (options.certificate is None) != (options.to is None):
        raise Fault("Give both --certificate ERASURE and --to FILE.pdf, or neither.")
    written = None
    with open_workspace(options) as workspace:
        found = leading.erasures(workspace)
        if options.certificate is not None:
            id = leading.find_erasure(workspace, options.certificate)
            written = certificates.write_certificate(workspace, id, options.to)
    data = [
        {
            "id": one.id.hex(),
            "scope": one.scope,
            "cause": one.cause,
            "records": one.records,
            "approved": list(one.approved),
            "in_force": one.in_force,
        }
        for one in found
    ]
    lines = [
        f"{one.id.hex()}  {'in force' if one.in_force else 'waits for approval'}: {one.scope}; {one.cause}; "
        f"said yes: {', '.join(one.approved)}"
        for one in found
    ]
    lines = lines or ["Nothing was erased."]
    if written is not None:
        lines = [f"{written}: the certificate"]
    return Answer({"erasures": data, "certificate": str(written) if written else None}, lines)
