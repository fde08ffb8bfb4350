"""The page of each published count says of what, on which day and in whose words."""

from bs4 import BeautifulSoup

COUNTS = """
select c.id, c.publisher, c.note, c.earliest_day <> c.latest_day as window, h.name as held_against, h.id <> c.organisation_id as other_group
from published_counts c join count_explanations x on x.count_id = c.id left join organisations h on h.id = x.organisation_id
"""


def text(tag):
    return " ".join(tag.get_text(" ").split())


def test_each_page_says_whose_the_note_is_and_of_which_group_and_day_the_rules_count(get, db):
    rows = db.execute(COUNTS).fetchall()
    table = BeautifulSoup(get("/counts").text, "html.parser")
    held_against_another = 0
    for key, publisher, note, window, held_against, other_group in rows:
        page = text(BeautifulSoup(get(f"/counts/{key}").text, "html.parser").select_one("main"))
        if note:  # it is in words of ours
            assert f"Note: {note}." in page and f"{publisher}: {note}" not in page, key
        if other_group:
            explained = (
                table.select_one(f'th[data-published="{key}"]').find_parent("tr").select_one('[data-name="Explained"]')
            )
            assert text(explained).endswith(f", counted of {held_against} members"), key
            assert f", counted of {held_against} members." in page.replace(" .", "."), key
            held_against_another += 1
        if held_against:  # a number of a month or a year is held against a day that it does not name
            assert ("on which it comes nearest" in page) == bool(window), key
    assert held_against_another
