"""Every command of the window, in one table: name, words, keys, where it holds, icon.

The table makes the QActions, the key sheet, the palette and the caps on buttons. A page binds its handlers by
name (`Page.commands`); a command without a handler does nothing and is shown nowhere.

Keys of one letter or digit work only while no text field has the focus: a text field takes them first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cache

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

EVERYWHERE = ""


@dataclass(frozen=True)
class Command:
    """`keys` in Qt's portable words, alternatives apart by a space; `scope` "" or a page's `scope`."""

    name: str
    words: str
    keys: str = ""
    scope: str = EVERYWHERE
    icon: str = ""

    @property
    def first_key(self) -> str:
        return self.keys.split()[0] if self.keys else ""


COMMANDS: tuple[Command, ...] = (
    # places
    Command("go.1", "Today", "Ctrl+1", icon="sun"),
    Command("go.2", "Visits", "Ctrl+2", icon="calendar-days"),
    Command("go.3", "Interviews", "Ctrl+3", icon="messages-square"),
    Command("go.4", "Files", "Ctrl+4", icon="folder-open"),
    Command("go.5", "Evidence", "Ctrl+5", icon="search"),
    Command("go.6", "Findings", "Ctrl+6", icon="lightbulb"),
    Command("go.7", "Team", "Ctrl+7", icon="users"),
    Command("go.8", "Reports", "Ctrl+8", icon="file-text"),
    Command("go.9", "Set-up", "Ctrl+9", icon="settings-2"),
    # everywhere
    Command("note.new", "New note", "Ctrl+N", icon="plus"),
    Command("palette", "Find or do anything", "Ctrl+K", icon="search"),
    Command("undo", "Undo", "Ctrl+Z"),
    Command("redo", "Redo", "Ctrl+Shift+Z"),
    Command("history", "History of what one is at", "Ctrl+H", icon="clock"),
    Command("file.next", "Next file", "F4", icon="arrow-right"),
    Command("file.previous", "Previous file", "Shift+F4"),
    Command("moderate.waiting", "Files to moderate", icon="eye"),
    Command("pair.waiting", "Files to reconcile", "Ctrl+Shift+E", icon="scale"),
    Command("pair.release", "Open the answers", "Shift+O", icon="check"),
    Command("package.make", "Make a package", "Ctrl+P", icon="package"),
    Command("results", "Results: bars, table, heat map", "Ctrl+R", icon="table-2"),
    Command("workspace.open", "Another inspection", "Ctrl+O", icon="folder-open"),
    Command("lock", "Lock", "Ctrl+L", icon="lock"),
    Command("passphrase", "Change the passphrase", "Ctrl+Shift+P", icon="key-round"),
    Command("recovery", "Make a recovery key", "Ctrl+Shift+R", icon="key-round"),
    Command("blank", "Blank the screen", "F9", icon="eye"),
    Command("keys", "Keys of this screen", "F1", icon="circle-help"),
    Command("text.larger", "Larger text", "Ctrl++ Ctrl+="),
    Command("text.smaller", "Smaller text", "Ctrl+-"),
    Command("text.usual", "Usual text size", "Ctrl+0"),
    Command("appearance", "Light, dark, high contrast", "Ctrl+Shift+D", icon="sun"),
    Command("quit", "Quit", "Ctrl+Q"),
    # today
    Command("today.session", "Start the session", "i", "today", "play"),
    Command("today.file", "Open the file", "f", "today", "folder-open"),
    Command("today.resume", "Carry on", "r", "today", "corner-down-left"),
    Command("today.week", "My week", "w", "today", "calendar-days"),
    Command("today.open", "All that is still open", "o", "today"),
    Command("today.wash_up", "Wash up", "u", "today", "pin"),
    Command("today.share", "Make a package", "p", "today", "package"),
    Command("today.plan", "Plan a visit", "v", "today", "calendar-days"),
    # visits
    Command("visit.new", "New visit", "n", "visits", "plus"),
    Command("visit.keep", "Keep the visit", "Ctrl+Return", "visits", "check"),
    Command("visit.session", "Plan a session", "n", "visits", "plus"),
    Command("visit.walk_in", "Add a walk-in", "a", "visits", "plus"),
    Command("visit.start", "Start the session", "i", "visits", "play"),
    Command("visit.swap", "Cancel", "x", "visits", "x"),
    Command("visit.replace", "Another instead", "Shift+X", "visits", "arrow-right"),
    Command("visit.move", "Move", "m", "visits", "calendar-days"),
    Command("visit.diary", "Sealed diary", "d", "visits", "lock"),
    Command("visit.import", "Read a schedule in", "Shift+I", "visits", "file-input"),
    Command("visit.export", "Write the schedule", "Shift+R", "visits", "calendar-check"),
    Command("visit.browse", "Browse", "Alt+B", "visits", "folder-open"),
    Command("visit.point", "New point", "p", "visits", "plus"),
    Command("visit.reword", "Reword", "r", "visits"),
    Command("visit.pin", "Find evidence for it", "e", "visits", "pin"),
    Command("visit.view", "Week or list", "v", "visits", "calendar-days"),
    Command("visit.up", "Point up", "Alt+Up", "visits"),
    Command("visit.down", "Point down", "Alt+Down", "visits"),
    Command("visit.summary", "Visit summary", "s", "visits", "file-text"),
    Command("visit.board", "Go to the board", "b", "visits", "layers"),
    Command("visit.back", "All visits", "Esc", "visits"),
    # interviews
    Command("session.new", "New session", "n", "interviews", "plus"),
    Command("session.header", "Session header", "F2", "interviews", "clipboard-check"),
    Command("session.topics", "Asked for in this note", "F6", "interviews"),
    Command("session.view", "Everybody, mine, by time, side by side", "F7", "interviews"),
    Command("session.nods", "How many nod", "Alt+N", "interviews", "users"),
    Command("session.paper", "Noted on paper, typed later", "Alt+P", "interviews", "clock"),
    Command("session.tick", "Tick off, or open again", "Ctrl+D", "interviews", "check"),
    Command("session.guide", "Topic guide", "Shift+F6", "interviews", "clipboard-check"),
    Command("session.guide_in", "Read a topic guide in", "", "interviews", "file-input"),
    Command("session.tidy", "Tidy or translate the line", "Ctrl+T", "interviews", "quote"),
    Command("session.tidied", "As typed, or tidied", "Ctrl+Shift+T", "interviews", "eye"),
    Command("session.find", "Find and replace in this note", "Ctrl+F", "interviews", "search"),
    Command("session.find_next", "The next place found", "F3", "interviews"),
    Command("session.find_previous", "The place found before", "Shift+F3", "interviews"),
    Command("session.short", "Your abbreviations", "F8", "interviews"),
    Command("session.spelling", "What may be meant", "Ctrl+.", "interviews"),
    Command("session.spell", "Spelling looked at, or not", "Alt+S", "interviews"),
    Command("session.finish", "Finish the session", "Ctrl+Return", "interviews", "circle-check"),
    Command("session.back", "All sessions", "Esc", "interviews"),
    # files
    Command("answer.1", "Fully met", "1", "files"),
    Command("answer.2", "Partially met", "2", "files"),
    Command("answer.3", "Not met", "3", "files"),
    Command("answer.4", "Not applicable", "4", "files"),
    Command("answer.5", "Not known", "5", "files"),
    Command("answer.next", "Next unanswered", "Return", "files", "arrow-right"),
    Command("answer.comment", "Comment", "c", "files"),
    Command("answer.theme", "Theme", "t", "files", "tag"),
    Command("answer.pin", "Pin to a point", "p", "files", "pin"),
    Command("answer.guidance", "Full guidance", "?", "files"),
    Command("answer.note", "How we mark this", "n", "files", "circle-help"),
    Command("answer.go", "Go to a question", "g", "files"),
    Command("answer.rest", "Rest of section not applicable", "x", "files"),
    Command("answer.finish", "Finish the file", "f Ctrl+Return", "files", "circle-check"),
    Command("answer.down", "Next question", "j", "files"),
    Command("answer.up", "Previous question", "k", "files"),
    Command("instance.add", "Add one more (suspect, submission)", "+", "files", "plus"),
    Command("instance.next", "The next of several", "]", "files"),
    Command("instance.previous", "The one before, of several", "[", "files"),
    Command("instance.drop", "Drop one of several", "Shift+Del", "files", "x"),
    Command("answer.clear", "Take the answer back", "0", "files"),
    Command("answer.language", "Language of the questions", "Alt+L", "files"),
    Command("answer.retry", "Save again", "F5", "files"),
    Command("files.find", "Filter the files", "/", "files", "search"),
    Command("file.claim", "Take this file", "a", "files", "check"),
    Command("file.take", "Take several files", "Shift+T", "files", "check"),
    Command("file.again", "Look at the file again on a day", "Shift+L", "files", "calendar-days"),
    Command("files.resume", "Carry on", "o", "files", "corner-down-left"),
    Command("files.behind", "Back to the results", "Esc", "files", "table-2"),
    Command("file.head", "Facts and dates of the file", "h", "files"),
    Command("file.timer", "Pause the time worked, or go on", "Alt+T", "files", "clock"),
    Command("file.dates", "Dates of the file", "d", "files", "calendar-days"),
    Command("file.back", "All files", "Esc", "files"),
    Command("moderate.open", "Moderate the file", "m", "files", "eye"),
    Command("moderate.dip", "Draw the dip sample", "Shift+D", "files"),
    Command("moderate.calibrate", "Mark the file for calibration", "Shift+C", "files", "users"),
    Command("moderate.agree", "Agree", "=", "files", "check"),
    Command("moderate.keep", "The examiner's stands", "e", "files"),
    Command("moderate.reason", "Reason", "r", "files"),
    Command("moderate.next", "Next", "Return", "files", "arrow-right"),
    Command("moderate.finish", "Finish the moderation", "f Ctrl+Return", "files", "circle-check"),
    Command("pair.up", "Pair examiners for the file", "Shift+P", "files", "users"),
    Command("pair.call_off", "Call the pair off", "Shift+X", "files", "x"),
    Command("pair.alone", "Let one examination stand alone", "Shift+A", "files"),
    Command("reconcile.open", "Reconcile the file", "Shift+R", "files", "scale"),
    Command("reconcile.one", "Police's stands", "1", "files"),
    Command("reconcile.other", "Prosecution's stands", "2", "files"),
    Command("reconcile.another", "Another answer", "3", "files"),
    Command("reconcile.cards", "Back to the two answers", "b", "files"),
    Command("reconcile.settle", "Settle and go on", "Return", "files", "check"),
    Command("reconcile.later", "Decide later", "l", "files"),
    Command("reconcile.history", "History", "h", "files", "clock"),
    Command("reconcile.call_in", "Call in a third", "w", "files", "users"),
    # evidence
    Command("evidence.find", "Search", "Ctrl+F /", "evidence", "search"),
    Command("evidence.theme", "Theme", "t", "evidence", "tag"),
    Command("evidence.pin", "Pin to the point", "p", "evidence", "pin"),
    Command("evidence.board", "Themes beside", "b", "evidence", "layers"),
    Command("evidence.table", "Themes by body and method", "Shift+B", "evidence", "table-2"),
    Command("board.back", "Back to the evidence", "Esc", "evidence"),
    Command("board.columns", "By body or by method", "c", "evidence"),
    Command("board.only", "Only one of them", "o", "evidence"),
    Command("evidence.scope", "Notes, answers or findings", "Alt+S", "evidence"),
    Command("evidence.narrow", "Narrow by", "f", "evidence"),
    Command("evidence.untagged", "Only what has no theme yet", "u", "evidence"),
    Command("evidence.unpinned", "Only what is not pinned yet", "Shift+U", "evidence"),
    Command("evidence.finding", "A finding from it", "n", "evidence", "lightbulb"),
    Command("evidence.save", "Save this search", "s", "evidence"),
    Command("evidence.saved", "Saved searches", "l", "evidence"),
    Command("evidence.unsave", "Take a saved search out", "Shift+L", "evidence"),
    Command("evidence.ask", "Ask about it next time", "q", "evidence", "circle-help"),
    Command("evidence.clear", "Everything again", "x", "evidence"),
    # documents and figures, which stand under evidence
    Command("evidence.sources", "Documents and figures", "d", "evidence", "file-text"),
    Command("source.document", "Log a document", "a", "evidence", "plus"),
    Command("source.figure", "Log a figure", "g", "evidence", "plus"),
    Command("source.come", "It has come: log it", "r", "evidence", "check"),
    Command("source.change", "Change it", "e", "evidence", "quote"),
    Command("source.pin", "Pin to a point or a finding", "p", "evidence", "pin"),
    Command("source.remove", "Take it off the log", "x", "evidence", "x"),
    Command("source.attach", "Attach a picture or a PDF", "Shift+A", "evidence", "file-input"),
    Command("source.open", "Look at the file", "o", "evidence", "eye"),
    Command("source.copy", "Save a copy of the file", "w", "evidence"),
    Command("source.wish", "Ask colleagues for the file", "r", "evidence"),
    Command("source.detach", "Take the file off", "Shift+X", "evidence"),
    Command("source.back", "Back to the evidence", "Esc", "evidence"),
    # team
    Command("team.take", "Take packages in", "i", "team", "file-input"),
    Command("team.make", "Make a package", "p", "team", "package"),
    Command("team.hub", "Send and fetch by the hub", "h", "team", "hard-drive"),
    Command("team.pack", "Hand out a pack", "o", "team", "users"),
    Command("team.admit", "Admit the laptop", "a", "team", "check"),
    Command("team.accept", "Accept what it wrote since", "c", "team", "check"),
    Command("team.appoint", "Make it a lead's", "m", "team", "users"),
    Command("team.keys", "Give it the keys of sealed files", "k", "team", "key-round"),
    Command("team.remove", "Remove the laptop", "r", "team", "x"),
    Command("team.unmerge", "Take back the merge", "u", "team", "corner-down-left"),
    Command("team.again", "Merge again what was taken back", "g", "team", "git-merge"),
    Command("team.approve", "Approve the erasure", "y", "team", "check"),
    Command("team.certificate", "Certificate of the erasure", "f", "team", "file-text"),
    Command("team.decide", "Look at what waits for a decision", "v", "team", "eye"),
    Command("team.browse", "Browse", "b", "team", "folder-open"),
    Command("team.place", "Where", "w", "team"),
    Command("team.write", "Make the package", "Return", "team", "package"),
    Command("team.hand", "Write the pack", "Return", "team", "package"),
    Command("team.merge", "Merge", "Return", "team", "git-merge"),
    Command("team.stop", "Stop, and change nothing", "Alt+X", "team", "x"),
    Command("conflict.settle", "Settle and go to the next", "Return", "team", "check"),
    Command("conflict.ours", "Keep ours", "1", "team"),
    Command("conflict.theirs", "Keep theirs", "2", "team"),
    Command("conflict.both", "Keep both, one after the other", "3", "team"),
    Command("conflict.write", "Write a new text", "4", "team"),
    Command("conflict.third", "Keep the third", "3", "team"),
    Command("conflict.fourth", "Keep the fourth", "4", "team"),
    Command("conflict.fifth", "Keep the fifth", "5", "team"),
    Command("conflict.sixth", "Keep the sixth", "6", "team"),
    Command("conflict.seventh", "Keep the seventh", "7", "team"),
    Command("conflict.eighth", "Keep the eighth", "8", "team"),
    Command("conflict.ninth", "Keep the ninth", "9", "team"),
    Command("conflict.all", "Keep all, one after the other", "b", "team"),
    Command("conflict.new", "Write a new text", "n", "team"),
    Command("conflict.quick_ours", "Keep ours, and on to the next", "o", "team"),
    Command("conflict.quick_theirs", "Keep theirs, and on to the next", "t", "team"),
    Command("conflict.quick_shown", "Keep what shows, and on to the next", "s", "team"),
    Command("conflict.combine", "Combine both, word by word", "Alt+C", "team", "git-merge"),
    Command("conflict.alike", "Settle all like this", "Alt+A", "team", "layers"),
    Command("conflict.kind", "Only one kind", "f", "team"),
    Command("conflict.colleague", "Only one colleague", "c", "team"),
    Command("conflict.later", "Decide later", "l", "team"),
    Command("conflict.next", "Next conflict", "j", "team"),
    Command("conflict.previous", "Previous conflict", "k", "team"),
    Command("conflict.further", "Further down", "PgDown", "team"),
    Command("conflict.earlier", "Further up", "PgUp", "team"),
    Command("conflict.history", "History", "h", "team", "clock"),
    Command("conflict.undo", "Look at the last decision again", "u", "team"),
    Command("team.twice", "Look at what was entered twice", "t", "team", "eye"),
    Command("team.agreement", "Agreement in calibration", "e", "team", "users"),
    Command("team.drift", "Drift of examiners", "d", "team", "eye"),
    Command("team.span", "Longer or shorter spans", "s", "team"),
    Command("twice.same", "The same", "1", "team", "check"),
    Command("twice.apart", "Not the same", "2", "team"),
    Command("twice.later", "Decide later", "l", "team"),
    Command("twice.right", "Take the other's value", "r", "team", "corner-down-left"),
    Command("twice.next", "Next", "j", "team"),
    Command("twice.previous", "Previous", "k", "team"),
    Command("team.words", "Look at words that are not found", "w", "team", "tag"),
    Command("lost.these", "These words", "1", "team", "check"),
    Command("lost.whole", "The whole line", "2", "team"),
    Command("lost.later", "Decide later", "l", "team"),
    Command("lost.open", "Open where they are from", "o", "team", "arrow-right"),
    Command("lost.next", "Next", "j", "team"),
    Command("lost.previous", "Previous", "k", "team"),
    Command("team.coding", "Coding checks", "q", "team", "tag"),
    Command("coding.new", "New coding check", "n", "team", "plus"),
    Command("coding.theme", "Put a theme on", "t", "team", "tag"),
    Command("coding.off", "Take the last theme off", "x", "team"),
    Command("coding.finish", "Finished", "f", "team", "check"),
    Command("coding.again", "Go on with it", "g", "team"),
    Command("coding.adopt", "Put the agreed themes on for the team", "a", "team", "check"),
    Command("coding.open", "Open the line", "o", "team", "arrow-right"),
    Command("coding.next", "Next check", "j", "team"),
    Command("team.back", "Back", "Esc", "team"),
    # reports
    Command("report.export", "Export", "e", "reports", "file-text"),
    Command("report.kind", "Which report", "k", "reports"),
    Command("report.subject", "About what", "a", "reports"),
    Command("report.place", "Where to", "w", "reports", "folder-open"),
    Command("report.browse", "Browse", "b", "reports", "folder-open"),
    Command("report.published", "Without evidence references", "p", "reports"),
    Command("report.preview", "Preview", "v", "reports", "eye"),
    Command("report.earlier", "Page before", "PgUp", "reports", "chevron-left"),
    Command("report.further", "Page after", "PgDown", "reports", "chevron-right"),
    Command("report.mask", "Keep words out", "m", "reports"),
    Command("report.leave", "Leave them in", "Esc", "reports"),
    Command("report.reference", "Next evidence reference", "n", "reports"),
    Command("report.follow", "Open what it names", "o", "reports", "arrow-right"),
    Command("report.wider", "Larger pages", "+ =", "reports"),
    Command("report.slimmer", "Smaller pages", "-", "reports"),
    # set-up
    Command("findings.new", "New finding", "n", "findings", "plus"),
    Command("findings.reword", "Reword", "r", "findings", "quote"),
    Command("findings.pin", "Pin evidence", "a", "findings", "pin"),
    Command("findings.turn", "For it, or against it", "-", "findings", "scale"),
    Command("findings.answer", "Answer it", "w", "findings", "messages-square"),
    Command("findings.unpin", "Unpin", "Del", "findings", "x"),
    Command("findings.release", "Release its words", "q", "findings", "quote"),
    Command("findings.unrelease", "Release them no more", "Shift+Q", "findings"),
    Command("findings.plan", "Plan the gaps", "g", "findings", "circle-help"),
    Command("findings.sign", "Sign", "s", "findings", "shield-check"),
    Command("findings.withdraw", "Withdraw the signature", "Shift+S", "findings"),
    Command("findings.version", "Open a new version", "v", "findings", "plus"),
    Command("findings.list", "The list", "l", "findings"),
    Command("findings.further", "Further down", "PgDown", "findings"),
    Command("findings.back", "Back to the list", "Esc", "findings"),
    Command("setup.questions", "Question set", "q", "setup", "clipboard-check"),
    Command("setup.sample", "Sample", "s", "setup", "layers"),
    Command("setup.codebook", "Codebook", "t", "setup", "tag"),
    Command("setup.read", "Read in", "i", "setup", "file-input"),
    Command("setup.write", "Write out", "w", "setup", "table-2"),
    Command("setup.print", "Print a form", "p", "setup", "file-text"),
    Command("setup.compare", "Compare with the one in use", "c", "setup", "scale"),
    Command("setup.use", "Put it in use", "Ctrl+Return", "setup", "check"),
    Command("setup.leave", "Leave it, and change nothing", "Esc", "setup"),
    Command("setup.versions", "Versions", "v", "setup", "clock"),
    Command("setup.list", "The list", "l", "setup"),
    Command("setup.browse", "Browse", "Alt+B", "setup", "folder-open"),
    Command("setup.further", "Further down", "PgDown", "setup"),
    Command("setup.earlier", "Further up", "PgUp", "setup"),
    Command("setup.draw", "Draw a sample", "n", "setup", "plus"),
    Command("setup.replace", "Replace the file", "r", "setup", "x"),
    Command("setup.theme", "New theme", "a", "setup", "plus"),
    Command("setup.below", "New theme below", "Shift+A", "setup", "plus"),
    Command("setup.describe", "Describe", "e", "setup", "quote"),
    Command("setup.up", "Theme up", "Alt+Up", "setup"),
    Command("setup.down", "Theme down", "Alt+Down", "setup"),
    Command("setup.inwards", "Below the one before", "Alt+Right", "setup"),
    Command("setup.outwards", "Out by one level", "Alt+Left", "setup"),
    Command("setup.merge", "Merge into another", "m", "setup", "git-merge"),
    Command("setup.split", "Split off a new theme", "Shift+S", "setup"),
    Command("setup.part", "Part what is read as it", "Shift+M", "setup"),
    Command("setup.withdraw", "Offer it no more, or again", "x", "setup", "x"),
    Command("setup.evidence", "Its evidence", "g", "setup", "search"),
    Command("setup.findings", "Findings", "f", "setup", "lightbulb"),
    Command("setup.kind", "New kind of finding", "a", "setup", "plus"),
    Command("setup.rename", "Change it", "e", "setup", "quote"),
    Command("setup.support", "When one is supported", "h", "setup", "scale"),
    Command("setup.offer", "Offer it no more, or again", "x", "setup", "x"),
    Command("setup.kind_up", "Kind up", "Alt+Up", "setup"),
    Command("setup.kind_down", "Kind down", "Alt+Down", "setup"),
    Command("setup.by", "By stratum, visit or examiner", "b", "setup", "layers"),
    Command("report.results", "Results on screen", "r", "reports", "table-2"),
    # results, which stand under reports
    Command("result.by", "By body, stratum, phase, unit, flag", "b", "reports", "layers"),
    Command("result.table", "Table or bars", "t", "reports", "table-2"),
    Command("result.heat", "Heat map", "m", "reports"),
    Command("result.open", "Files behind the figure", "Return", "reports", "folder-open"),
    Command("result.section", "Only one section", "/", "reports"),
    Command("result.visit", "Only one visit", "v", "reports", "calendar-days"),
    Command("result.export", "Export", "e", "reports", "file-text"),
    Command("result.report", "Put in a report", "r", "reports", "file-text"),
    Command("result.save", "Save this table", "s", "reports", "file-input"),
    Command("result.compare", "Saved and earlier results", "c", "reports", "layers"),
    Command("result.back", "All reports", "Esc", "reports"),
    Command("kept.open", "Open as it is kept", "Return", "reports", "folder-open"),
    Command("kept.compare", "Compare with now", "c", "reports", "layers"),
    Command("kept.import", "Bring in earlier results", "i", "reports", "file-input"),
    Command("kept.back", "Back to the results", "Esc", "reports"),
)

_CAPS = {"Return": "Enter", "Escape": "Esc", "Del": "Delete", "Ins": "Insert", "-": "\u2212"}


def caps(key: str) -> str:
    """A key as it is printed on a button: "Ctrl+Shift+Z" is "Ctrl Shift Z"."""
    parts = key.replace("++", "+plus").split("+") if len(key) > 1 else [key]
    return " ".join("+" if part == "plus" else _CAPS.get(part, part) for part in parts)


@cache
def _by_name() -> dict[str, Command]:
    return {command.name: command for command in COMMANDS}


def find(name: str) -> Command:
    """The table's line of that name; a name that is not in the table is a mistake of the programmer."""
    return _by_name()[name]


def clashes(names: Iterable[str]) -> list[str]:
    """Keys that two of these commands would share; bound together, neither would work."""
    seen: dict[str, str] = {}
    found = []
    for name in dict.fromkeys(names):
        for key in find(name).keys.split():
            other = seen.setdefault(QKeySequence(key).toString(), name)
            if other != name:
                found.append(f"{key}: {other} and {name}")
    return found


class CommandSet(QObject):
    """The commands of one window, bound to handlers; those of a page only while it is shown."""

    changed = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._actions: dict[str, QAction] = {}
        self._global: dict[str, Callable[[], object]] = {}
        self._local: dict[str, Callable[[], object]] = {}
        self._held: frozenset[str] | None = None
        self._words: dict[str, str] = {}

    def reword(self, name: str, words: str) -> None:
        """Say more of what a command does now; "" for no more than the table says."""
        whole = words or find(name).words
        if self._words.get(name, find(name).words) != whole:
            self._words[name] = whole
            self.action(name).setText(whole)

    def bind(self, name: str, handler: Callable[[], object]) -> None:
        """Give a command that holds everywhere its handler."""
        find(name)
        self._global[name] = handler
        self._renew()

    def enter(self, handlers: dict[str, Callable[[], object]]) -> None:
        """A page is shown: its commands hold, those of the last one no longer do."""
        shared = clashes([*handlers, *self._global])
        if shared:
            raise ValueError(f"two commands of one screen share a key: {'; '.join(shared)}")
        self._local = dict(handlers)
        self._renew()

    def hold(self, only: Iterable[str] | None) -> None:
        """Let only these work (a blanked screen); None lets all work again."""
        self._held = None if only is None else frozenset(only)
        self._renew()

    def run(self, name: str) -> None:
        handler = self._local.get(name) or self._global.get(name)
        if handler is not None and (self._held is None or name in self._held):
            handler()

    def available(self) -> list[Command]:
        """What can be done now: this screen's first, then what holds everywhere, in the table's order."""
        local = [command for command in COMMANDS if command.name in self._local and command.scope]
        rest = [c for c in COMMANDS if not c.scope and (c.name in self._global or c.name in self._local)]
        return [replace(c, words=self._words.get(c.name, c.words)) for c in local + rest]

    def action(self, name: str) -> QAction:
        """The QAction of a command, made on first use."""
        if name not in self._actions:
            command = find(name)
            action = QAction(command.words, self._window)
            action.setObjectName(name)
            action.setShortcuts([QKeySequence(key) for key in command.keys.split()])
            action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
            action.setAutoRepeat(name in ("undo", "redo"))
            action.triggered.connect(lambda _=False: self.run(name))
            self._window.addAction(action)
            self._actions[name] = action
        return self._actions[name]

    def _renew(self) -> None:
        bound = self._global.keys() | self._local.keys()
        for name in bound | self._actions.keys():
            works = name in bound and (self._held is None or name in self._held)
            self.action(name).setEnabled(works)
        self.changed.emit()
