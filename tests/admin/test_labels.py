"""Fields of the admin that Django leaves without a label have one."""

import re

from forums.models import Category
from tests.admin.factories import make_row


def test_editable_fields_in_a_list_have_a_name(sign_in, root):
    make_row(Category)
    page = sign_in(root).get("/admin/forums/category/").text
    fields = re.findall(r'<input type="number"[^>]*>', page)
    assert [re.search('aria-label="(.*?)"', field)[1] for field in fields] == ["Position"]


def test_date_and_time_have_a_name_each(sign_in, root):
    page = sign_in(root).get("/admin/accounts/block/add/").text
    fields = [re.search(rf'<input[^>]*name="until_{part}"[^>]*>', page)[0] for part in (0, 1)]
    assert [re.search('aria-label="(.*?)"', field)[1] for field in fields] == ["Date", "Time"]
