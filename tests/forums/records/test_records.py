"""Records of debates, the chain, removal of texts, and what viewers see."""

import ast
import io
import json
import sys
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser, Group
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.mail import sending
from accounts.profiles import deletion
from forums.models import Category, Notification, Outcome, PendingRecord, Record, RecordText
from forums.models.notifications import outbox
from forums.models.records.canonical import canonical
from forums.notifications import dispatch
from forums.notifications.mail import claiming
from forums.records import files, verify_record, writing
from forums.records.verify_record import main, verify
from tests.cast import moderator

VISITOR = AnonymousUser()


def file_of(record, viewer=VISITOR):
    return json.loads("".join(files.json_file(record, viewer)))


def texts_of(record, viewer=VISITOR):
    return {text["text"] for text in file_of(record, viewer)["records"][0]["texts"].values()}


@pytest.fixture
def chain(record, limes, opening):
    """Four records: that of the debate, and three of debates that nobody took part in."""
    for number in (101, 102, 103):
        PendingRecord.add("debate", limes.pk, topic=limes, address=f"/t/{limes.pk}/summary/")
        with transaction.atomic():
            last = Record.objects.lock_chain()
            about = {"kind": "debate", "number": number, "topic": limes, "address": f"/t/{number}/summary/"}
            Record.objects.append(last, content=canonical({"number": number}), **about)
        PendingRecord.objects.all().delete()
    return list(Record.objects.all())


def test_canonical_json_has_sorted_keys_and_only_whole_numbers():
    assert canonical({"b": [1, None, True], "a": "é\n\x01"}) == '{"a":"é\\n\\u0001","b":[1,null,true]}'
    for wrong in (0.5, 2**53, {"é": 1}, {1: 1}, timezone.now()):
        with pytest.raises(TypeError):
            canonical(wrong)


def test_the_record_of_a_debate_is_found_right(record, ben):
    text = "".join(files.json_file(record, VISITOR))
    document = json.loads(text)
    assert text == canonical(document)
    content = document["records"][0]["content"]
    assert content["debate"]["sides"] == {"for": 0, "undecided": 0, "against": 2}
    assert content["debate"]["early"] == 1
    assert {"Should they stay?", "They are rotten.", "They are old.", "Ben", "Cleo"} <= texts_of(record)
    [comment] = [each for each in content["topic"]["comments"] if each["revisions"]]
    assert comment["revisions"][0]["by_author"] is True
    assert [act["act"] for act in content["topic"]["moderation"]] == []
    assert verify([document]).wrong == []


WRONG_NUMBERS = [
    lambda debate: debate["sides"].update(against=1),
    lambda debate: debate["moves"].pop(),
    lambda debate: debate["choices"].pop(),
    lambda debate: debate.update(early=0),
    lambda debate: debate["choices"].reverse(),
]


def test_other_numbers_of_sides_are_detected(record):
    for change in WRONG_NUMBERS:
        document = file_of(record)
        change(document["records"][0]["content"]["debate"])
        assert [line for line in verify([document]).wrong if line.startswith("not true")] != []


# --- The chain ----------------------------------------------------------------------------------------


def test_each_record_has_the_hash_of_the_one_before(chain):
    assert [record.seq for record in chain] == [1, 2, 3, 4]
    assert [record.previous for record in chain] == ["0" * 64, *(record.hash for record in chain[:3])]
    links = json.loads("".join(files.chain_file(0)))
    assert links == {"links": [record.link for record in chain]}
    assert verify([links], head=chain[-1].hash).wrong == []
    assert json.loads("".join(files.chain_file(3)))["links"] == [chain[3].link]


WRONG_CHAINS = [
    lambda links: links.pop(),  # the head is another one
    lambda links: links[1].update(made_at="2020-01-01T00:00:00+00:00"),
    lambda links: links[2].update(previous="f" * 64),
    lambda links: (links[1].update(seq=3), links[2].update(seq=2)),
    lambda links: links[3].update(seq=9),
    lambda links: links.append(links[0] | {"content": "f" * 64}),
]


def test_another_order_or_another_link_is_detected(chain):
    for change in WRONG_CHAINS:
        links = [record.link for record in chain]
        change(links)
        assert verify([{"links": links}], head=chain[-1].hash).wrong != []

    report = verify([{"links": [chain[0].link, chain[3].link]}])
    assert report.wrong == []
    assert any(line.startswith("that link 4 follows") for line in report.unchecked)


def test_the_program_says_by_its_status_what_it_found(record, tmp_path, capsys):
    good, bad, none = tmp_path / "good.json", tmp_path / "bad.json", tmp_path / "none.json"
    text = "".join(files.json_file(record, VISITOR))
    good.write_text(text)
    bad.write_text(text.replace("They are old.", "They are new."))
    none.write_text('{"links": [], "links": []}')
    assert [main([str(path)]) for path in (good, bad, none)] == [0, 1, 2]
    assert "a text was changed: “They are new.”" in capsys.readouterr().out


def test_the_database_refuses_to_change_a_record(record):
    statements = (
        "UPDATE forums_record SET kind = 'x'",
        "DELETE FROM forums_record",
        "UPDATE forums_recordtext SET text = 'x'",
    )
    for statement in statements:
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_a_record_that_fails_is_tried_again_and_holds_up_no_other(debate, ada, limes):
    PendingRecord.objects.create(kind="debate", number=0, topic=limes, address="/t/0/summary/")
    debate.end(by=ada)
    assert writing.write_due() == 1
    assert [pending.number for pending in PendingRecord.objects.all()] == [0]
    assert Record.objects.get().number == limes.pk


# --- Outcomes -----------------------------------------------------------------------------------------


def test_each_version_of_an_outcome_is_a_record_and_in_the_file_of_what_was_decided(
    record, debate, ada, client
):
    debate.refresh_from_db()
    Outcome.objects.decide(debate, by=ada, version=0, decision="They stay.", carried_by="The gardeners")
    outcome = Outcome.objects.decide(debate, by=ada, version=1, decision="They go.")
    assert writing.write_due() == 2
    assert [each.kind for each in Record.objects.all()] == ["debate", "outcome", "outcome"]
    document = file_of(record)
    assert [each["link"]["seq"] for each in document["records"]] == [1, 2, 3]
    assert verify([document], head=Record.objects.last().hash).wrong == []
    page = client.get(f"/records/{record.seq}/").getvalue().decode()
    assert all(text in page for text in ("They stay.", "They go.", "The gardeners"))
    outcome.withdraw(by=ada)
    writing.write_due()
    document = file_of(record)
    assert [len(each["texts"]) for each in document["records"][1:]] == [0, 0, 0]
    assert verify([document]).wrong == []
    assert "They stay." in texts_of(Record.objects.get(seq=2), moderator("Chief"))


# --- Removal ------------------------------------------------------------------------------------------


def test_the_texts_of_a_deleted_comment_are_removed_and_their_hashes_remain(record, limes, ben):
    comment = limes.comments.get(author=ben)
    content = record.content
    comment.delete_by_author()
    assert not RecordText.objects.filter(text__startswith="They are").exists()
    assert not texts_of(record) & {"They are old.", "They are rotten."}
    assert Record.objects.get().content == content
    report = verify([file_of(record)])
    assert report.wrong == []
    assert any("removed or withheld texts" in line for line in report.unchecked)


def test_a_hidden_comment_is_withheld_with_the_name_of_its_author(record, limes, ben, mod):
    comment = limes.comments.get(author=ben)
    comment.lock_and_refresh()
    comment.set_hidden(mod)
    hidden = file_of(record)["records"][0]
    [entry] = [each for each in hidden["content"]["topic"]["comments"] if each["number"] == comment.pk]
    assert {entry["text"]["sha256"], entry["author"]["sha256"]} & hidden["texts"].keys() == set()
    assert verify([{"records": [hidden]}]).wrong == []
    comment.set_shown()
    assert "They are old." in texts_of(record)


def test_the_name_of_a_member_who_leaves_is_removed(record, ben):
    assert "Ben" in texts_of(record)
    deletion.delete(ben)
    assert "Ben" not in texts_of(record)
    assert not RecordText.objects.filter(member=ben).exists()
    assert verify([file_of(record)]).wrong == []


def test_texts_that_were_deleted_while_they_were_recorded_are_removed_by_the_next_run(record, limes, ben):
    limes.comments.filter(author=ben).update(deleted_at=timezone.now())
    writing.write_due()
    assert not RecordText.objects.filter(comment__author=ben).exists()


def test_an_operator_removes_a_text_and_its_hash_remains(record):
    question = RecordText.objects.get(text="Should they stay?").hash
    with pytest.raises(CommandError, match="Nothing was removed"):
        call_command("remove_record_text", record.seq, question, "f" * 64)
    assert "Should they stay?" in texts_of(record)
    call_command("remove_record_text", record.seq, question, stdout=io.StringIO())
    assert "Should they stay?" not in texts_of(record)
    assert verify([file_of(record)]).wrong == []


# --- Pages --------------------------------------------------------------------------------------------


def test_the_record_of_a_private_topic_is_only_for_those_who_see_it(client, record, limes, ben, sign_in):
    addresses = [f"/records/{record.seq}/", f"/records/{record.seq}.json"]
    assert [client.get(address).status_code for address in addresses] == [200, 200]
    group = Group.objects.create(name="Keepers")
    ben.groups.add(group)
    limes.move(Category.objects.create(name="Vault", slug="vault", see_groups=[group.pk]))
    assert [client.get(address).status_code for address in addresses] == [404, 404]
    assert [sign_in(ben).get(address).status_code for address in addresses] == [200, 200]
    chain = client.get("/records/").text
    assert record.hash in chain
    assert addresses[0] not in chain
    assert client.get("/records/chain.json").getvalue().decode().count(record.hash) == 1


def test_the_page_reads_without_any_other_file_and_without_scripts(client, record):
    answer = client.get(f"/records/{record.seq}/")
    page = answer.getvalue().decode()
    assert all(
        text in page for text in ("They are old.", "They are rotten.", "Should they stay?", record.hash)
    )
    assert not any(part in page for part in ("<script", "<link", "<img", "src="))
    source = answer["Content-Security-Policy"].partition("style-src ")[2].partition(";")[0]
    assert "'sha256-" in source


def test_the_chain_costs_the_same_for_more_records(client, chain):
    with CaptureQueriesContext(connection) as queries:
        assert client.get("/records/?before=2_2").text.count("/summary/") == 1
    with CaptureQueriesContext(connection) as more:
        assert client.get("/records/?before=9_9").text.count("/summary/") == 4
    assert len(more) == len(queries) == 1


def test_the_feed_and_the_footer_have_the_head(client, chain, limes):
    head = chain[-1]
    writing.write_due()
    assert head.hash in client.get("/feed/records/").text
    assert f"<code>{head.hash[:12]}</code>" in client.get("/rules/").text


def test_the_summary_links_its_record(client, record, limes):
    assert f'href="/records/{record.seq}/"' in client.get(f"/t/{limes.pk}/summary/").text


def test_the_mail_about_an_end_has_the_head(record, ben, limes):
    said = {"kind": "ended", "once": "debate", "words": "It is over.", "address": f"/t/{limes.pk}/summary/"}
    outbox.notify([ben.pk], topic=limes, **said)
    dispatch.dispatch_events()
    Notification.objects.filter(member=ben).update(due_at=timezone.now())
    claiming.claim()
    sending.send_due()
    [letter] = [each for each in mail.outbox if ben.email in each.to]
    assert record.hash in letter.body
    assert record.hash in letter.alternatives[0].content


def test_the_verifier_can_be_downloaded(client):
    answer = client.get("/records/verify_record.py")
    assert answer.getvalue().startswith(b'"""Verify records')


def test_the_verifier_runs_on_old_versions_of_python_and_needs_no_other_module():
    source = Path(verify_record.__file__).read_text()
    nodes = list(ast.walk(ast.parse(source, feature_version=(3, 8))))
    named = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    named |= {node.module for node in nodes if isinstance(node, ast.ImportFrom)}
    assert {"json", "hashlib"} < named <= sys.stdlib_module_names
    assert len(source.splitlines()) <= 600
