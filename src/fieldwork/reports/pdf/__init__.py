"""Tagged PDF (PDF/UA-1 and PDF/A-3a in one file): see `render.render_pdf`.

How it is made, in the order of the modules:

- `style`: sizes, colours, and the page.
- `fonts`: which face has which character; widths.
- `tags`: the structure tree, which is the reading order.
- `pen`: drawing on reportlab's canvas, where nothing can be drawn outside a tag or an artifact.
- `text`, `tables`, `charts`, `contents`: pieces of a page that know their height and how to split.
- `flow`: pieces to pages. Layout is finished before the first line is drawn, so "page 3 of 12" and the page
  numbers in the contents are known and nothing is laid out twice.
- `story`: the report's blocks as such pieces; `render`: all of it in order.
- `finish`, `saving`: pikepdf adds the structure tree, links, bookmarks, metadata and attachments to the
  drawn pages.
"""
