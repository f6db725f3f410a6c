"""Turns Markdown and imported HTML into safe HTML, once, when a text is written.

Pure functions without models, settings or queries, safe in several threads; start with `renderer`. Only importers load
`markdown_writer`, whose parser is large.
"""

# clean(text)        typed text -> the text to store, or ValueError with a sentence for its author
# clean_body(text)   the same for a comment, whose rendered size is limited, too
# shortened(html)    HTML cut to that limit
# render(body)       stored Markdown -> Rendered(html, mentions, excerpt, quotes)
# sanitise(html)     HTML from another forum -> HTML under the same rules
# calls(html)        stored HTML -> the names it mentions, and the comments it quotes
# names(html)        stored HTML -> all names it mentions
# link_names(html, ids)  the same HTML with the mentions of members linked to their ids
# absolute_links(html, base)  stored HTML -> the same with complete links, for feeds
# without_remote_pictures(html)  stored HTML -> the same without images of other sites
# excerpt(html)      stored HTML -> a sentence or two of plain text for lists, mails and feeds

from forums.markup.absolute_links import absolute_links
from forums.markup.names import link_names, names
from forums.markup.renderer import Rendered, calls, excerpt, render, without_remote_pictures
from forums.markup.sanitiser import sanitise
from forums.markup.size import clean_body, shortened
from forums.markup.text import LONGEST, clean

__all__ = [
    "LONGEST",
    "Rendered",
    "absolute_links",
    "calls",
    "clean",
    "clean_body",
    "excerpt",
    "link_names",
    "names",
    "render",
    "sanitise",
    "shortened",
    "without_remote_pictures",
]
