"""Build the shipped question set, resources/questions/joint-case-building.xlsx, from its CSV.

    python packaging/build_question_set.py QUESTIONS.csv [WORKBOOK.xlsx]

The CSV has the columns code, section, lead, answer_type, applies_when, wording and guidance. Conditions are
written there in a small language of their own (`CODE in X,Y`, `CODE notin X,Y`, `and`, `or`, named
predicates, `flag x`) and become XLSForm expressions here. `and` binds tighter than `or`. `notin` needs an
answer: a question that was not asked or not yet answered does not bring its follow-up.
"""

import csv
import re
import sys
from pathlib import Path

from fieldwork.domain.question_set import (
    CHOICE_KINDS,
    MET_POINTS,
    Choice,
    Group,
    Question,
    QuestionSet,
    Section,
    Wording,
)
from fieldwork.questions.writing import write_form

WORKBOOK = Path(__file__).parents[1] / "resources" / "questions" / "joint-case-building.xlsx"
LANGUAGE = "English (en)"
VERSION = "1"

ROUTE = "A01"
FLAGS = "A03"
REFERRED = ("cps_charge_fct", "cps_charge_tt", "cps_nfa", "advice_only", "admin_finalised", "live_pre_charge")
CPS_CHARGED = ("cps_charge_fct", "cps_charge_tt")

MET_LABELS = {
    "FM": "Fully met",
    "PM": "Partially met",
    "NM": "Not met",
    "NA": "Not applicable",
    "NK": "Not known",
}
THEMES = (
    "governance",
    "relationships",
    "capability",
    "file_quality",
    "disclosure",
    "decisions",
    "it",
    "victims",
)
TRIGGERS = {"I01": ("NM",), "M04": ("NM",), "N04": ("Y",)}
OPTIONAL = frozenset({"N03"})

LABELS = {
    "999": "999 call",
    "action_plan": "Action plan",
    "address": "Address",
    "admin_finalised": "Administratively finalised by the CPS",
    "advice_only": "CPS advice only",
    "bail": "On bail",
    "bank": "Bank details",
    "both": "Overbuilt in parts and underbuilt in others",
    "cc_volume": "Crown Court, volume",
    "ccu": "Complex casework unit",
    "cctv_bwv": "CCTV or body-worn video",
    "charge_list": "List of proposed charges",
    "child_abuse": "Child abuse",
    "copied_text": "Text copied from elsewhere",
    "cps_allocation": "Waiting for a CPS lawyer to be allocated",
    "cps_charge_fct": "Charged by the CPS, full code test",
    "cps_charge_tt": "Charged by the CPS, threshold test",
    "cps_nfa": "No further action decided by the CPS",
    "cps_review": "Time taken by the CPS review",
    "custody": "In custody",
    "date_of_birth": "Date of birth",
    "decisions": "Decisions",
    "digital": "Digital examination",
    "disclosure": "Disclosure",
    "dmd_imd": "Disclosure or investigation management document",
    "domestic_abuse": "Domestic abuse",
    "face_to_face": "Face to face",
    "file_quality": "File quality",
    "forensic": "Forensic evidence",
    "forensics": "Forensic examination",
    "hate": "Hate crime",
    "interface_message": "Message through the two-way interface",
    "interview": "Interview record or summary",
    "it": "IT",
    "key_statement": "Key witness statement",
    "live_pre_charge": "Live, before a charging decision",
    "mc_volume": "Magistrates' court, volume",
    "medical": "Medical evidence",
    "mg2": "Special measures assessment (MG2)",
    "mg6e": "Disclosure officer's report (MG6E)",
    "named_individual": "Name of a person",
    "nhs_number": "NHS number",
    "ni_number": "National Insurance number",
    "none_recorded": "None recorded",
    "none_visible": "No supervision visible",
    "not_together": "They did not work on it together",
    "oocd": "Out-of-court disposal",
    "one_sided": "One-sided",
    "overbuilt": "Overbuilt: more than any reader needed at that stage",
    "personal_data": "Personal data that should not be there",
    "phone": "Phone number",
    "phone_digital": "Phone or other digital evidence",
    "pncs": "Police National Computer records",
    "points_to_prove": "Points to prove not covered",
    "police_charge": "Charged by the police",
    "police_nfa": "No further action decided by the police",
    "rape": "Rape",
    "rasso": "Rape and serious sexual offences",
    "rui": "Released under investigation",
    "schedule_mg6c": "Schedule of non-sensitive unused material (MG6C)",
    "schedule_mg6d": "Schedule of sensitive material (MG6D)",
    "third_party": "Third-party material",
    "tick_box": "A tick-box exercise",
    "too_thin": "Too thin",
    "triage_returns": "Returned at CPS triage",
    "underbuilt": "Underbuilt: less than its reader needed",
    "vehicle": "Vehicle registration",
    "victim_contact": "Contact with the victim",
    "voluntary": "Voluntary attendance",
    "vps": "Victim personal statement",
    "youth": "Youth court",
}
"""Labels of choice codes whose code alone does not read well; the others are spelled out."""


def main(arguments: list[str]) -> int:
    """Write the workbook and say what is in it."""
    if not 1 <= len(arguments) <= 2:
        print(__doc__, file=sys.stderr)
        return 2
    target = Path(arguments[1]) if len(arguments) == 2 else WORKBOOK
    question_set = built(Path(arguments[0]))
    target.parent.mkdir(parents=True, exist_ok=True)
    write_form(question_set, target)
    print(
        f"{target}: {len(question_set.questions)} questions in {len(question_set.sections)} sections, "
        f"{len(question_set.scored)} of them scored"
    )
    return 0


def built(source: Path) -> QuestionSet:
    """The question set of the CSV. Raises ValueError on a cell that cannot be understood."""
    with source.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    sections: dict[str, Section] = {}
    for row in rows:
        code, _space, title = row["section"].partition(" ")
        sections.setdefault(code, Section(code, words(title)))
    return QuestionSet(
        form_id="joint-case-building",
        version=VERSION,
        title="Joint case building: examination of a case file",
        languages=(LANGUAGE,),
        default_language=LANGUAGE,
        sections=tuple(sections.values()),
        groups=tuple(Group(section.code, section.label) for section in sections.values()),
        questions=tuple(question(row) for row in rows),
        headers=headers(),
    )


def words(text: str) -> Wording:
    """A text in the set's one language."""
    return Wording(((LANGUAGE, text),)) if text else Wording()


def headers() -> tuple[Question, ...]:
    """The facts of a file that conditions read and that are no questions of the examination."""
    facts = {
        "has_victim": ("Is there a victim in this case?", "A person or people harmed by the offence."),
        "file_prepared": (
            "Was a case file prepared?",
            "If the police decided on no further action without a file, questions about it are not asked.",
        ),
    }
    return tuple(
        Question(
            code,
            "select_one",
            label=words(label),
            guidance=words(guidance),
            list_name="yes_no",
            choices=yes_no(),
        )
        for code, (label, guidance) in facts.items()
    )


def question(row: dict[str, str]) -> Question:
    """One row of the CSV as a question."""
    code = row["code"]
    section = row["section"].split(" ", 1)[0]
    kind = {
        "FPN": "select_one",
        "YN": "select_one",
        "CH": "select_one",
        "MS": "select_multiple",
        "NUM": "integer",
        "TXT": "text",
    }[row["answer_type"]]
    list_name, choices, guidance = answers(row)
    constraint, message = limits(kind, choices)
    return Question(
        code=code,
        kind=kind,
        label=words(row["wording"]),
        guidance=words(guidance),
        required="" if code in OPTIONAL else "true()",
        relevant=condition(row["applies_when"]),
        constraint=constraint,
        constraint_message=words(message),
        appearance={"FPN": "likert", "TXT": "multiline"}.get(row["answer_type"], ""),
        section=section,
        groups=(section,),
        lead=row["lead"],
        scale="met" if row["answer_type"] == "FPN" else "",
        trigger=TRIGGERS.get(code, ()),
        list_name=list_name if kind in CHOICE_KINDS else "",
        choices=choices,
    )


def limits(kind: str, choices: tuple[Choice, ...]) -> tuple[str, str]:
    """The constraint of a question and its message: "none" stands alone, counts are not negative."""
    if kind == "integer":
        return ". >= 0", "Give a number of 0 or more."
    if kind == "select_multiple" and any(choice.code == "none" for choice in choices):
        return "not(selected(., 'none') and count-selected(.) > 1)", "None cannot go with another choice."
    return "", ""


def answers(row: dict[str, str]) -> tuple[str, tuple[Choice, ...], str]:
    """The choice list's name, its choices, and the guidance that is left when they are taken out of it."""
    kind, guidance = row["answer_type"], row["guidance"]
    if kind == "FPN":
        return "met", met_scale(), guidance
    if kind == "YN":
        return "yes_no", yes_no(), guidance
    if kind not in ("CH", "MS"):
        return "", (), guidance
    list_name = row["code"].lower()
    if row["code"] == "N02":
        return "themes", tuple(Choice(code, words(label_of(code))) for code in THEMES), guidance
    listed, _stop, rest = guidance.partition(".")
    codes = [code.strip() for code in listed.split(",")]
    if not all(re.fullmatch(r"[a-z0-9_]+", code) for code in codes):
        raise ValueError(f"{row['code']}: the guidance does not begin with a list of choices")
    return list_name, tuple(Choice(code, words(label_of(code))) for code in codes), rest.strip()


def met_scale() -> tuple[Choice, ...]:
    """The five-point met scale with its points; not applicable and not known have none."""
    points = {code: float(score) for code, score in MET_POINTS.items()}
    return tuple(Choice(code, words(label), points.get(code)) for code, label in MET_LABELS.items())


def yes_no() -> tuple[Choice, ...]:
    """Yes and no."""
    return Choice("Y", words("Yes")), Choice("N", words("No"))


def label_of(code: str) -> str:
    """What a person reads for a choice code."""
    return LABELS.get(code) or code.replace("_", " ").capitalize()


def condition(applies_when: str) -> str:
    """An XLSForm expression for a cell of the column applies_when, "" for always."""
    if applies_when.strip() == "always":
        return ""
    alternatives = [
        " and ".join(term(part) for part in re.split(r"\s+and\s+", alternative))
        for alternative in re.split(r"\s+or\s+", applies_when.strip())
    ]
    if len(alternatives) == 1:
        return alternatives[0]
    return " or ".join(f"({part})" if " and " in part else part for part in alternatives)


def term(text: str) -> str:
    """One predicate or comparison as an XLSForm expression. Raises ValueError on an unknown one."""
    predicates = {
        "referred": one_of(ROUTE, REFERRED),
        "cps_charged": one_of(ROUTE, CPS_CHARGED),
        "charged": one_of(ROUTE, (*CPS_CHARGED, "police_charge")),
        "cps_decision": one_of(ROUTE, (*CPS_CHARGED, "cps_nfa")),
        "has_file": f"${{{ROUTE}}} != '' and (${{{ROUTE}}} != 'police_nfa' or ${{file_prepared}} = 'Y')",
        "has_victim": "${has_victim} = 'Y'",
    }
    if text in predicates:
        return predicates[text]
    if flag := re.fullmatch(r"flag (\w+)", text):
        return f"selected(${{{FLAGS}}}, '{flag[1]}')"
    comparison = re.fullmatch(r"(\w+) (in|notin) ([\w,]+)", text)
    if comparison is None:
        raise ValueError(f'"{text}" is not a condition')
    code = ROUTE if comparison[1] == "route" else comparison[1]
    values = tuple(comparison[3].split(","))
    if comparison[2] == "in":
        return one_of(code, values)
    return " and ".join([f"${{{code}}} != ''", *(f"${{{code}}} != '{value}'" for value in values)])


def one_of(code: str, values: tuple[str, ...]) -> str:
    """An expression that is true when the answer is one of these."""
    choices = " or ".join(f"${{{code}}} = '{value}'" for value in values)
    return f"({choices})" if len(values) > 1 else choices


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
