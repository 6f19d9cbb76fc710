"""Here so that pytest puts this folder on the import path: tests of any room may import `pdf_gate`."""
