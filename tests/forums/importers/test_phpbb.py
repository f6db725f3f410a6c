"""Dumps of phpBB: what members could read comes, in whatever way the dump writes it."""

import gzip

import pytest

from config.management.operator_error import OperatorError
from forums.importers.phpbb import bbcode, sql, stored_text
from forums.models import Category, Comment, OldAddress, Picture, Topic
from forums.tree import recount
from polls.models import Poll
from tests.forums.pictures.files import picture

TABLES = {
    "attachments": "attach_id post_msg_id in_message is_orphan physical_filename real_filename mimetype",
    "acl_groups": "group_id forum_id auth_option_id auth_role_id auth_setting",
    "acl_options": "auth_option_id auth_option",
    "acl_roles_data": "role_id auth_option_id auth_setting",
    "config": "config_name config_value",
    "forums": "forum_id parent_id left_id forum_name forum_desc forum_password",
    "groups": "group_id group_name",
    "poll_options": "poll_option_id topic_id poll_option_text poll_option_total",
    "poll_votes": "topic_id poll_option_id vote_user_id",
    "posts": "post_id topic_id forum_id poster_id post_time post_username post_subject post_text bbcode_uid"
    " post_visibility post_edit_time",
    "topics": "topic_id forum_id topic_title topic_time topic_last_post_time topic_status topic_type"
    " topic_visibility topic_moved_id poll_title poll_start poll_max_options",
    "users": "user_id username user_regdate user_email group_id",
}
TIME = 1_588_327_200


class Board:
    """Builds a dump as mysqldump writes it. `add(table, value, …)` adds a row."""

    def __init__(self, path):
        self.path, self.rows = path / "board.sql", {table: [] for table in TABLES}
        self.add("config", "server_name", "trees.example.org")
        for pk, name in enumerate(("GUESTS", "REGISTERED", "ADMINISTRATORS"), 1):
            self.add("groups", pk, name)
        self.add("acl_options", 20, "f_read")
        self.add("acl_roles_data", 15, 20, 1)
        self.add("users", 1, "Anonymous", 0, "", 1)
        self.add("users", 2, "Grace H", TIME, "grace@example.org", 3)
        self.add("users", 3, "Spam", TIME, "spam@example.org", 2)
        self.forum(1, "Trees")

    def add(self, table, *values):
        self.rows[table].append(values)

    def forum(self, pk, name, *, guests=True, registered=True, parent=0, password=""):
        self.add("forums", pk, parent, pk, name, f"<t>About {name}</t>", password)
        if guests:
            self.add("acl_groups", 1, pk, 20, 0, 1)
        if registered:
            self.add("acl_groups", 2, pk, 0, 15, 0)

    def topic(self, pk=1, forum=1, title="Oak &amp; elm", kind=0, status=0, visible=1, poll=""):
        self.add("topics", pk, forum, title, TIME, TIME + 99, status, kind, visible, 0, poll, TIME, 1)

    def post(
        self, pk=1, text="Hello.", *, topic=1, forum=1, by=2, name="", subject="", uid="", visible=1, edited=0
    ):
        self.add("posts", pk, topic, forum, by, TIME + pk, name, subject, text, uid, visible, edited)

    def write(self, prefix="phpbb_"):
        lines = ["-- MySQL dump 10.13"]
        for table, columns in TABLES.items():
            names = columns.split()
            lines += [f"CREATE TABLE `{prefix}{table}` ("]
            lines += [f"  `{name}` mediumint(8) unsigned NOT NULL DEFAULT '0'," for name in names]
            lines += ["  PRIMARY KEY (`x`),", "  KEY `y` (`z`)", ") ENGINE=InnoDB;"]
            if self.rows[table]:
                rows = ",".join(f"({','.join(map(_literal, row))})" for row in self.rows[table])
                lines.append(f"INSERT INTO `{prefix}{table}` VALUES {rows};")
        self.path.write_text("\n".join(lines) + "\n")


def _literal(value):
    escaped = str(value).replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n")
    return str(value) if isinstance(value, int) else f"'{escaped}'"


@pytest.fixture
def board(tmp_path):
    return Board(tmp_path)


@pytest.fixture
def read(board, bring):
    """Writes the dump and imports it."""

    def read(**said):
        board.write()
        return bring("phpbb", **said)

    return read


def test_topics_posts_quotes_and_names_of_guests_come(board, read):
    board.topic(kind=1, status=1)
    board.post(1, "<t>Oaks?<br/>\nOr elms?</t>", subject="Oak &amp; elm")
    board.post(2, "<t>Elms.</t>", by=1, name="Ben", subject="Re: Oak &amp; elm")
    quote = (
        "<r><QUOTE><s>[quote=&quot;Grace H&quot; post_id=1 user_id=2]</s>Oaks?<e>[/quote]</e></QUOTE>\n"
        "Why <B><s>[b]</s>not<e>[/b]</e></B></r>"
    )
    board.post(4, quote, subject="A new idea", edited=TIME + 50)
    report = read()
    assert +report.added == {"members": 1, "topics": 1, "posts": 3, "categories": 1}
    assert report.staff == ["Grace-H"]
    opening, guest, reply = Comment.objects.order_by("seq")
    assert (opening.body, guest.body, guest.author) == ("Oaks?  \nOr elms?", "Elms.\n\n— Ben", None)
    assert reply.body == (
        f"**A new idea**\n\n> @Grace-H [wrote](/comments/{opening.pk}/):\n>\n> Oaks?\n\nWhy **not**"
    )
    assert (reply.parent, reply.author.username, reply.edited_at is None) == (opening, "Grace-H", False)
    topic = Topic.objects.get()
    assert (topic.title, topic.is_locked, topic.is_pinned) == ("Oak & elm", True, True)
    assert recount.differences() == []
    assert set(read().added.values()) == {0}
    keys = set(OldAddress.objects.filter(host="trees.example.org").values_list("key", flat=True))
    assert keys == {"t=1", "p=1", "p=2", "p=4", "u=2", "f=1"}


def test_only_forums_that_guests_or_members_could_read_come(board, read, client):
    board.forum(2, "Members", guests=False)
    board.forum(3, "Staff", guests=False, registered=False)
    board.forum(4, "Locked", password="hash")
    board.forum(5, "Never")
    board.add("acl_groups", 1, 5, 20, 0, 0)
    for forum in range(1, 6):
        board.topic(forum, forum, f"Topic {forum}")
        board.post(forum, topic=forum, forum=forum)
    report = read()
    assert list(Category.objects.order_by("pk").values_list("name", "see_groups")) == [
        ("Trees", []),
        ("Members", [0]),
        ("Never", [0]),
    ]
    private = {"in forums that members could not read": 2}
    assert report.skipped == {"topics": private, "posts": private}
    assert client.get(Topic.objects.get(title="Topic 2").get_absolute_url()).status_code == 404


def test_forums_below_each_other_become_two_levels(board, read):
    board.forum(2, "Oaks", parent=1)
    board.forum(3, "Acorns", parent=2)
    board.topic()
    board.post()
    read()
    assert list(Category.objects.order_by("pk").values_list("name", "parent__name", "description")) == [
        ("Trees", None, "About Trees"),
        ("Oaks", "Trees", "About Oaks"),
        ("Acorns", "Trees", "About Acorns"),
    ]


def test_deleted_and_moved_things_are_left_out(board, read):
    board.topic(1)
    board.post(1)
    board.post(2, visible=2)
    board.topic(2, visible=0)
    board.post(3, topic=2)
    board.topic(3, status=2)
    report = read()
    assert (report.added["topics"], report.added["posts"]) == (1, 1)
    assert report.skipped == {
        "topics": {"deleted or not approved there": 1, "pointers to moved topics": 1},
        "posts": {"deleted or not approved there": 1, "on what was skipped": 1},
    }


def test_a_poll_comes_as_totals(board, read):
    board.topic(poll="Oak or elm?")
    board.post()
    for pk, (wording, votes) in enumerate({"Oak": 3, "Elm": 1}.items(), 1):
        board.add("poll_options", pk, 1, wording, votes)
    assert read().added["polls"] == 1
    assert Poll.objects.get().question == "Oak or elm?"


def test_attached_pictures_come_from_the_directory_files(board, read, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "media"
    board.topic()
    board.post(1, "<t>Look [attachment=0]oak.png[/attachment] and<br/>\nread</t>")
    for pk, name, kind in (
        (5, "elm.png", "image/png"),
        (6, "oak.png", "image/png"),
        (7, "a.pdf", "application/pdf"),
    ):
        board.add("attachments", pk, 1, 0, 0, f"2_{pk}", name, kind)
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "2_6").write_bytes(picture())
    report = read()
    address = "https://trees.example.org/download/file.php?id="
    assert Comment.objects.get().body == f"Look ![oak.png]({address}6) and  \nread\n\n![elm.png]({address}5)"
    assert (report.read["pictures"], report.added["pictures"]) == (2, 1)
    assert report.skipped["attachments"] == {"files that are no pictures": 1}
    assert Picture.objects.get().source == f"{address}6"


def test_a_dump_without_rights_is_refused(board, bring):
    board.rows["acl_groups"] = []
    board.topic()
    board.post()
    board.write()
    with pytest.raises(OperatorError, match="has no rows of acl_groups, so nobody can tell which forums"):
        bring("phpbb")


def test_links_between_topics_lead_to_comments(board, read):
    board.topic()
    board.post(1, "<t>See http://trees.example.org/viewtopic.php?f=1&amp;t=1#p2 there</t>")
    board.post(2, "[url=http://trees.example.org/viewtopic.php?p=1#p1:u1]this[/url:u1]", uid="u1")
    read()
    first, second = Comment.objects.order_by("seq")
    assert first.body_html.startswith(f'<p>See <a href="/comments/{second.pk}/"')
    assert second.body == f"[this](/comments/{first.pk}/)"


def test_rows_are_read_in_every_spelling(tmp_path):
    file = tmp_path / "x.sql.gz"
    text = (
        "INSERT INTO a (`x`, `y`) VALUES ('it''s', NULL),\n('two\nlines; (really)', -1.5);\n"
        "INSERT INTO b VALUES (9);\nCREATE TABLE `c` (\n  `x` int,\n  KEY (`x`)\n);\n"
        "INSERT INTO `c` VALUES (0x41),(_binary 'a\\\\\\'\\n');\n"
    )
    file.write_bytes(gzip.compress(text.encode()))
    assert list(sql.rows(file, {"a", "c"})) == [
        ("a", {"x": "it's", "y": None}),
        ("a", {"x": "two\nlines; (really)", "y": "-1.5"}),
        ("c", {"x": "A"}),
        ("c", {"x": "a\\'\n"}),
    ]


def test_a_dump_that_breaks_off_is_refused(board, bring):
    board.topic()
    board.write()
    text = board.path.read_text()
    board.path.write_text(text[: text.rindex("'Grace H")])
    with pytest.raises(OperatorError, match="the dump ends in the middle of a row"):
        bring("phpbb")


@pytest.mark.parametrize(
    ("stored", "uid", "typed"),
    [
        ("<t>a &lt; b<br/>\nc</t>", "", "a < b\nc"),
        ("<r><B><s>[b]</s>x<e>[/b]</e></B> <E>:)</E></r>", "", "[b]x[/b] :)"),
        (
            "[b:1a2]x[/b:1a2] [list=1:1a2][*:1a2]y[/*:m:1a2][/list:o:1a2]",
            "1a2",
            "[b]x[/b] [list=1][*]y[/*][/list]",
        ),
        ("[quote=&quot;Ben&quot;:z9]q[/quote:z9]\nt", "z9", '[quote="Ben"]q[/quote]\nt'),
        ('<!-- s:) --><img src="{P}/s.gif" alt=":)" /><!-- s:) --> x', "", ":) x"),
        (
            '<!-- m --><a class="postlink" href="http://a.org/long">http://a ... ng</a><!-- m -->',
            "",
            "http://a.org/long",
        ),
        ('<!-- e --><a href="mailto:a@b.c">a@b.c</a><!-- e -->', "", "a@b.c"),
    ],
)
def test_stored_texts_are_read_as_they_were_typed(stored, uid, typed):
    assert stored_text.typed(stored, uid) == typed


BOX, END = '<aside class="quote"><blockquote>', "</blockquote></aside>"


@pytest.mark.parametrize(
    ("typed", "html"),
    [
        ("a\nb\n\nc", "<p>a<br>b</p><p>c</p>"),
        ("[b]x [i]y[/i][/b]", "<p><strong>x <em>y</em></strong></p>"),
        ("[b]x [unknown]y[/unknown] [/i]", "<p>[b]x [unknown]y[/unknown] [/i]</p>"),
        ("[color=red]x[/color] < y", "<p>x &lt; y</p>"),
        ("[code]a [b]b[/b]\n  c[/code]d", "<pre><code>a [b]b[/b]\n  c\n</code></pre><p>d</p>"),
        ("[list=1][*]a\n[*][b]b[/b][/list]", "<ol><li>a</li><li><strong>b</strong></li></ol>"),
        ("[url]http://a.org/?b&c[/url]", '<p><a href="http://a.org/?b&amp;c">http://a.org/?b&amp;c</a></p>'),
        ("[url=http://a.org]b[/url]", '<p><a href="http://a.org">b</a></p>'),
        ("[url=javascript:x]b[/url]", "<p>b (javascript:x)</p>"),
        ("[img]https://a.org/b.png[/img]", '<p><img src="https://a.org/b.png" alt=""></p>'),
        (
            "[b]a[quote]b[/quote][/b]",
            '<p>a</p><aside class="quote"><blockquote><p>b</p></blockquote></aside>',
        ),
        (
            "[quote][quote]a[/quote]",
            f"{BOX}{BOX}<p>a</p>{END}{END}",
        ),
        ("[spoiler=End]x[/spoiler]", '<details class="spoiler"><summary>End</summary><p>x</p></details>'),
        ("[quote]" * 200 + "x" + "[/quote]" * 200, None),
    ],
)
def test_bbcode_becomes_html(typed, html):
    found = bbcode.to_html(typed, lambda name, post: "")
    assert html is None or found == html
