"""Reports: a document tree without markup, and its renderers (PDF, HTML, Word, CSV).

Importing this package or `document` loads no third-party library; each renderer loads its own.
"""
