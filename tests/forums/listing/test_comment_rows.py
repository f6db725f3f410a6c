"""Rows of comments are rendered once, and follow all that they show."""

from forums.models import Bookmark


def test_a_bookmark_follows_the_text_the_title_and_the_names(limes, opening, town, ada, ben, sign_in):
    browser = sign_in(ben)
    Bookmark.objects.create(member=ben, comment=opening)

    def shown():
        page = browser.get("/bookmarks/").text
        assert page.count("Forget this bookmark") == 1
        words = (opening.topic.title, "What do you think?", ">Ada<", ">Town<", "Limes or oaks?", ">Green<")
        return [each.strip("<>") for each in words if each in page]

    assert shown() == shown() == ["Shall we plant limes?", "What do you think?", "Ada", "Town"]
    opening.edit(by=ada, body="Limes or oaks?", title="Trees")
    opening.topic.refresh_from_db()
    assert shown() == ["Trees", "Ada", "Town", "Limes or oaks?"]
    town.name = "Green"
    town.save()
    ada.username = "Adele"
    ada.save()
    assert shown() == ["Trees", "Limes or oaks?", "Green"]


def test_who_may_no_longer_see_a_comment_does_not_see_its_row(opening, stewards, ben, cleo, sign_in):
    for member in (ben, cleo):
        Bookmark.objects.create(member=member, comment=opening)
        assert "What do you think?" in sign_in(member).get("/bookmarks/").text
    stewards.user_set.add(cleo)
    category = opening.topic.category
    category.see_groups = [stewards.pk]
    category.save()
    assert "What do you think?" not in sign_in(ben).get("/bookmarks/").text
    assert "What do you think?" in sign_in(cleo).get("/bookmarks/").text
