"""The calendar as files: iCalendar, SVG, Markdown."""
