"""Facts that a text tells about itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.sources.facts import agencies_in, aliases_in
from retrieval.types import Alias


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ()),
        ("The harbour froze, Reuters and AFP said; Reuters later withdrew it.", ("Reuters", "AFP")),
        ("Itar-Tass said so, Tass repeated it.", ("Itar-Tass", "Tass")),
        (
            "A letter in Le Parisien, then one in the New York Times.",
            ("Le Parisien", "New York Times"),
        ),
        ("He APpeared on a RAP record; CAPE and AFPs are not agencies.", ()),
        ("Thomson Reuters, not Reuters: AP.", ("Thomson Reuters", "Reuters", "AP")),
        ("中央社與路透社同日報導", ("中央社", "路透社")),
        ("Об этом сообщает ТАСС, а не Интерфаксик.", ("ТАСС",)),
        ("قالت رويترز إن الميناء أغلق", ("رويترز",)),
        ("😀 Xinhua 😀", ("Xinhua",)),
    ],
)
def test_agencies_are_found_as_written_in_text_order(text: str, expected: tuple[str, ...]) -> None:
    assert agencies_in(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ()),
        ("The shop Lantern (燈籠) opened.", (Alias("Lantern", "燈籠"),)),
        ("Figures by councillor Ho Man-lik (何文力) differ.", (Alias("Ho Man-lik", "何文力"),)),
        ("It was late. Mr. Ho (何文) left.", (Alias("Ho", "何文"),)),
        ("The Courier and Lantern (燈籠) agreed.", (Alias("Lantern", "燈籠"),)),
        ("Stone and Lantern (石與燈籠) opened.", (Alias("Stone and Lantern", "石與燈籠"),)),
        (
            "The Velmish Directorate General for Ports, Quays and Harbour Safety (DGPQSR) met.",
            (Alias("Directorate General for Ports, Quays and Harbour Safety", "DGPQSR"),),
        ),
        ("「燈籠（Lantern）」開張", (Alias("燈籠", "Lantern"),)),
        ("很久以前有一個很長很長的句子燈籠（Lantern）開張", ()),
        (
            "The North Harbour Safety Board (NHSB) met.",
            (Alias("North Harbour Safety Board", "NHSB"),),
        ),
        ("At the Museum of Old Maps, or MOM, nobody spoke.", (Alias("Museum of Old Maps", "MOM"),)),
        (
            "The Bureau for Rivers, Lakes and Canals (BRLC) met.",
            (Alias("Bureau for Rivers, Lakes and Canals", "BRLC"),),
        ),
        ("The Office Central des Ports (DGPX) met.", ()),
        ("The Harbour (XY) met.", ()),
        ("In Geneva (2001) she (who knew) left (AFP).", ()),
        ("all small words (何文)", ()),
        (" (何文)", ()),
        ("Velm closed. Roth (何文) left it to the Board. (何文)", (Alias("Roth", "何文"),)),
        ("In 2001 the 90% (何文)", ()),
        ("He came late.Then Quay Velm. Roth (何文)", (Alias("Roth", "何文"),)),
        ("tea, or coffee, then. Ships, or SH, sail", ()),
        ("Lantern (燈籠) and again Lantern (燈籠)", (Alias("Lantern", "燈籠"),)),
    ],
)
def test_aliases_are_pairs_of_names(text: str, expected: tuple[Alias, ...]) -> None:
    assert aliases_in(text) == expected


@given(st.text(alphabet="Ab (（)）何文,or .\n"))
def test_both_names_of_an_alias_stand_in_the_text(text: str) -> None:
    for alias in aliases_in(text):
        assert alias.alias in text
        assert alias.name in " ".join(text.split())
