"""Markdown and imported HTML into safe HTML: done once, when something is written, never when it is read.

    clean(text)        what a member typed -> the text that is stored, or ValueError with a sentence for them
    render(body)       stored Markdown -> Rendered(html, mentions, excerpt, quotes)
    sanitise(html)     HTML from another forum -> HTML under the same rules
    to_markdown(html)  sanitised HTML -> Markdown that a member can edit
    calls(html)        whom a stored comment mentions, and which comments it quotes
    excerpt(html)      a sentence or two of plain text for lists, mails and feeds

Pure functions without models, settings or queries; safe to call from several threads.
"""

from forums.markup.editable import to_markdown
from forums.markup.imported import sanitise
from forums.markup.plain import LONGEST, clean
from forums.markup.rendered import Rendered, calls, excerpt, render

__all__ = ["LONGEST", "Rendered", "calls", "clean", "excerpt", "render", "sanitise", "to_markdown"]
