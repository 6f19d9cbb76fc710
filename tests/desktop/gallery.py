"""Every kit widget on one page, with invented contents, for the tests that look at all of them."""

from fieldwork.desktop.desk import Desk
from fieldwork.desktop.frame import Place
from fieldwork.desktop.kit import (
    AnswerBar,
    Badge,
    Bar,
    Button,
    Card,
    Chip,
    Choice,
    ChoiceColumn,
    DateTrack,
    Empty,
    Field,
    GlanceMark,
    GlanceSection,
    GlanceStrip,
    KeyHint,
    OptionFlow,
    Pane,
    Progress,
    Row,
    RowList,
    Rule,
    Runs,
    Segments,
    Tag,
    Text,
    TextArea,
    Version,
    VersionPair,
    col,
    flow,
    page_head,
    row,
    scroll,
    section,
)
from fieldwork.desktop.page import Page

CODES = [
    "FM FM FM FM FM FM",
    "FM FM PM FM",
    "FM NM PM",
    "FM FM PM PM . . .",
    ". . . . . .",
    "FM NK NA dormant 12 .",
]
NAMES = [
    "Case facts",
    "Investigation and supervision",
    "Early advice",
    "Referral and gatekeeping",
    "File content",
    "Triage",
]

ROWS = [
    Row("To do today", head=True),
    Row(
        "Reality testing, custody suite",
        "Unannounced. 2 records, 31 lines",
        "08:15",
        "circle-check",
        done=True,
        trail="done",
        ident="a",
    ),
    Row(
        "Detective sergeant, response",
        "Interview, in person, room 3",
        "14:30",
        "circle",
        "outline",
        trail="in 27 min",
        on=True,
        ident="b",
    ),
    Row("Who decides when a summary goes back to the officer?", "Focus group, 13:52", mark="!", ident="c"),
    Row("D04, the answer itself", answer="PM", trail="the same on both", ident="d"),
    Row("RASSO, charged", progress=(17, 24), ident="e"),
    Row("Feedback comes late", chips=(("feedback", "concern"), ("timeliness", "mixed")), key="1", ident="f"),
]


def sections():
    return [
        GlanceSection(
            letter,
            name,
            tuple(
                GlanceMark(f"{letter}{i:02}", "" if code == "." else code)
                for i, code in enumerate(codes.split(), 1)
            ),
        )
        for letter, name, codes in zip("ABCDEF", NAMES, CODES, strict=True)
    ]


class Gallery(Page):
    title = "Gallery"
    scope = "files"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.done: list[str] = []
        self.rows = RowList(ROWS, lead=56, name="Schedule")
        self.answers = AnswerBar("PM", "Answer to D04")
        self.reason = TextArea(
            "Summary and both key statements there. The interview summary leaves out the prepared statement, "
            "and body-worn video is named on the list but not linked.",
            "Reason for partially met",
        )
        self.field = Field("", "Search notes and answers", icon="search")
        self.column = ChoiceColumn(
            [
                ("fct", "CPS charge, full code test"),
                ("tt", "CPS charge, threshold test"),
                ("nfa", "No further action"),
            ],
            "fct",
            "Route",
        )
        self.options = OptionFlow(
            [
                ("sum", "summary"),
                ("key", "key statement"),
                ("int", "interview"),
                ("bwv", "CCTV or body-worn video"),
            ],
            ["int"],
            "What was missing",
        )
        self.glance = GlanceStrip(sections(), "D04")
        self.versions = VersionPair(
            Version(
                "Ours: HMCPSI laptop 4",
                "today 11:42:10, prosecution examiner",
                "Summary and both key statements there. Body-worn video is named but not linked.",
                "Keep ours",
            ),
            Version(
                "Theirs: HMICFRS laptop 2",
                "today 12:05:31, had not seen ours",
                "Summary and both key statements present and good. Body-worn video is linked, no timings.",
                "Keep theirs",
            ),
        )
        label = Text("Reason for partially met", "label", weight=600)
        label.setBuddy(self.reason)
        body = col(
            page_head(
                "File A-R-018",
                "18 of 24 for you on this visit",
                self.button("file.head", "quiet"),
                self.button("answer.next", "primary"),
                back="Files",
            ),
            DateTrack(
                [("Reported", "4 Mar"), ("Submitted", "2 Jun"), ("Returned", "4 Jun"), ("Charged", "14 Jul")],
                [90, 2, None],
            ),
            self.glance,
            Rule(),
            Text(
                "Was the first submission complete for its category under the charging guidance?",
                "question",
                wrap=True,
            ),
            row(
                Bar(),
                (Text("Use the material list in force on that date.", "small", "quiet", wrap=True), 1),
                space=12,
            ),
            self.answers,
            label,
            self.reason,
            flow(
                Button("Comment", "c"),
                Button("Theme", "t", icon="tag"),
                Button("Keep ours", "1", "chosen", "check"),
                Chip("feedback", "concern"),
                Chip("contact with CPS", "strength", on=True),
                Tag("emerging", "circle-dot"),
                Tag("contested", "triangle-alert", "warn"),
                KeyHint("Enter", "next unanswered"),
                space=8,
            ),
            self.column,
            self.options,
            row(self.field, Choice([("a", "Force A"), ("b", "CPS Area 1")], "Body"), space=8),
            Segments("Mine", "Side by side", "By time"),
            flow(Badge("2,318", "new"), Badge("9", "to decide", "accent"), space=40),
            row((Progress(17, 24, name="Files"), 1), Text("17 of 24", "caption", "quiet")),
            section("Today's schedule", "planned and achieved"),
            self.rows,
            Card(
                Runs(
                    [
                        ("Before: ", "strong"),
                        ("Summary there. ", "quiet"),
                        ("prepared", "mark"),
                        (" statement \U0001f642 ok", ""),
                    ]
                ),
                pad=16,
            ),
            self.versions,
            Empty(
                "lightbulb",
                "No finding yet",
                "A finding is a sentence that can be tested.",
                Button("Open the theme board", "B", "primary", "layers", big=True),
            ),
            None,
            space=12,
            margins=(32, 24, 32, 24),
        )
        self.inner = Pane(body)
        self.area = scroll(self.inner, "Gallery")
        self.fill(self.area)

    def commands(self):
        return {
            "answer.next": lambda: self.done.append("next"),
            "answer.comment": lambda: self.done.append("comment"),
            "answer.2": lambda: self.answers.press(2),
            "file.head": lambda: self.done.append("head"),
        }

    def take_focus(self):
        self.answers.buttons[1].setFocus()


class Plain(Page):
    title = "Plain"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.refreshed: list[object] = []
        self.left = 0
        self.field = Field(name="Words")
        self.fill(col(Text("Plain", "title"), self.field, None, margins=(32, 24, 32, 24)))

    def refresh(self, changed=None):
        self.refreshed.append(changed)

    def take_focus(self):
        self.field.setFocus()

    def leave(self):
        self.left += 1

    def open(self, target):
        self.field.setText(str(target))


KEYS = "123456789"  # as in the window
ICONS = {
    "Today": "sun",
    "Visits": "calendar-days",
    "Interviews": "messages-square",
    "Files": "folder-open",
    "Evidence": "search",
    "Findings": "lightbulb",
    "Team": "users",
    "Reports": "file-text",
    "Set-up": "settings-2",
}


def places():
    return [
        Place(name, icon, key, Gallery if name == "Files" else Plain)
        for key, (name, icon) in zip(KEYS, ICONS.items(), strict=True)
    ]
