"""When a member leaves, every row of theirs is either deleted or stays for a known reason."""

from django.apps import apps

from accounts.models import Footprint, Note, Sanction, User
from accounts.profiles import deletion
from forums.models import Action, Case, Report, Side, SideChange, Vote
from polls.models import Ballot, Elector, Voter
from tests.admin.factories import make_row
from tests.cast import member

STAYS = {
    Vote, Ballot, Elector, Voter, Side, SideChange,  # they are counted
    Footprint, Sanction,  # until they expire; otherwise leaving would lift a sanction
}  # fmt: skip
ABOUT_A_MEMBER = {Action, Case, Report}
"""Their `member` is not the owner of the row."""
OWNED = [
    model
    for app in ("accounts", "forums", "polls")
    for model in apps.get_app_config(app).get_models()
    if model not in ABOUT_A_MEMBER
    and any(field.name == "member" and field.related_model is User for field in model._meta.concrete_fields)
]


def test_rows_of_a_member_who_leaves_are_deleted_or_stay_for_a_reason(db):
    ada = member("Ada")
    for model in OWNED:
        row = make_row(model)
        assert model._base_manager.filter(pk=row.pk).update(member=ada) == 1
    assert Note in OWNED
    deletion.delete(ada)
    assert {model for model in OWNED if model._base_manager.filter(member=ada).exists()} == STAYS
