"""Fieldwork: inspection notes and case-file examinations, offline, merged without losing a word."""

__version__ = "0.1.0"
