"""Compile ui/*.ui into src/fieldwork/desktop/forms/ui_*.py with the uic that PySide6 brings.

The output is committed, so that neither building nor the command line needs Qt; a test compares.
Run it after every change of a form: python packaging/build_forms.py
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
FORMS = ROOT / "src/fieldwork/desktop/forms"


def uic() -> Path:
    """The form compiler inside the installed PySide6."""
    import PySide6

    name = "uic.exe" if sys.platform == "win32" else "uic"
    package = Path(PySide6.__path__[0])
    return next(path for path in (package / "Qt/libexec" / name, package / name) if path.exists())


def compiled(source: Path) -> str:
    """The Python of one form, with Unix line ends whatever the platform."""
    done = subprocess.run(
        [uic(), "-g", "python", source.name], cwd=source.parent, check=True, capture_output=True, text=True
    )
    return done.stdout.replace("\r\n", "\n")


def sources() -> list[Path]:
    return sorted((ROOT / "ui").glob("*.ui"))


def target(source: Path) -> Path:
    return FORMS / f"ui_{source.stem}.py"


def main() -> None:
    wanted = set()
    for source in sources():
        target(source).write_text(compiled(source), encoding="utf-8")
        wanted.add(target(source))
    for stale in set(FORMS.glob("ui_*.py")) - wanted:
        stale.unlink()


if __name__ == "__main__":
    main()
