"""The benchmark's data never joins a real forum."""

import pytest

from accounts.models import User
from config.management.operator_error import OperatorError
from forums.models import Category
from tests.load.data import fill
from tests.load.data.corpus import ORDINARY


def test_a_real_forum_is_left_alone(ada):
    with pytest.raises(OperatorError, match="holds a real forum"):
        fill.fill(ORDINARY)
    assert (User.objects.count(), Category.objects.count()) == (1, 0)
