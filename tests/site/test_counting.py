"""How many countries have a status is said so that nobody takes a sum of all for the number of UN members."""

import pytest

from recognition.site.counting import breakdown

MEMBER = {"kind": "UN member", "name": "Oz", "represented_by": None}
OTHER = {"kind": "UN observer", "name": "Narnia", "represented_by": None}
GROUP = {"kind": "other group", "name": "the Order", "represented_by": None}
UTOPIA = {"kind": "territory", "name": "Utopia", "represented_by": "the Arcadian Union"}
SARK = {"kind": "territory", "name": "Sark", "represented_by": "Oz"}


@pytest.mark.parametrize(
    ("countries", "said"),
    [
        ([], ""),
        ([MEMBER], "1 UN member"),
        ([MEMBER] * 10, "10 UN members"),
        ([MEMBER, OTHER, GROUP], "1 UN member and 2 others"),
        ([OTHER, MEMBER, MEMBER], "2 UN members and 1 other"),
        ([UTOPIA, *[MEMBER] * 108, *[OTHER] * 3], "108 UN members, 3 others and Utopia, through the Arcadian Union"),
        ([MEMBER, UTOPIA], "1 UN member and Utopia, through the Arcadian Union"),
        ([MEMBER, UTOPIA, SARK], "1 UN member, Utopia, through the Arcadian Union, and Sark, through Oz"),
        ([OTHER], "no UN member and 1 other"),
        ([UTOPIA], "Utopia, through the Arcadian Union"),
    ],
)
def test_countries_are_counted_by_what_they_are(countries, said):
    assert breakdown(countries) == said
