"""The colours of charts, one for every rendering."""

from typing import Final

SERIES: Final = (
    ("293E8E", "FFFFFF"),
    ("E37425", "000000"),
    ("3B0905", "FFFFFF"),
    ("767C84", "000000"),
    ("0B5F6B", "FFFFFF"),
    ("8A4B00", "FFFFFF"),
)
"""(ground, count printed on it) in hexadecimal: fully, partially, not met, then whatever else a chart counts.

The first three stay apart under three kinds of colour blindness and have at least 3:1 against paper.
"""
