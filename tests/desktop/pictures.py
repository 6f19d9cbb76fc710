"""`python -m tests.desktop.pictures FOLDER [name ...]`: draw the README's pictures of the demonstration again.

The clock of this process stands in the days of the demonstrated visit, so that Today is a day of it.
"""

import argparse
import datetime
import os
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
_real_time = time.time


class Clock:
    """The process's clock, moved: `time.time` and `datetime.now` of everything imported after `install`."""

    offset = 0.0

    @classmethod
    def set(cls, moment: str) -> None:
        """It is this moment now (local time, ISO 8601), and time goes on from there."""
        cls.offset = datetime.datetime.fromisoformat(moment).timestamp() - _real_time()

    @classmethod
    def time(cls) -> float:
        return _real_time() + cls.offset

    @classmethod
    def install(cls) -> None:
        class Moved(datetime.datetime):
            @classmethod
            def now(cls, tz: datetime.tzinfo | None = None) -> datetime.datetime:
                return cls.fromtimestamp(Clock.time(), tz)

        time.time = cls.time
        datetime.datetime = Moved  # type: ignore[misc]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.desktop.pictures", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*", help="only these pictures")
    asked = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ["FIELDWORK_KDF_MEMORY"] = "65536"
    os.environ["TZ"] = "Europe/London"
    if hasattr(time, "tzset"):
        time.tzset()
    sys.path[:0] = [str(HERE.parent), str(HERE)]
    Clock.install()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["FIELDWORK_HOME"] = str(Path(folder) / "home")
        from picture_taking import take_all

        asked.folder.mkdir(parents=True, exist_ok=True)
        to, home = asked.folder.resolve(), Path.cwd()
        os.chdir(folder)  # so that a picture shows "stick" and not where this was run
        take_all(Path(folder), to, set(asked.names), Clock.set)
        os.chdir(home)
    return 0


if __name__ == "__main__":
    sys.exit(main())
