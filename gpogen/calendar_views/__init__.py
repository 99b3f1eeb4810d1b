"""Views of the calendar: table, Markdown, JSON, iCalendar, SVG."""
