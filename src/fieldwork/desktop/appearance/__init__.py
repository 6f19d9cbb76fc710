"""How everything looks: sizes and colours (tokens), the style that draws Qt's own controls, and icons."""
