import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.telegram.presses import Press

ACTIONS = ("answer", "context", "more", "sources", "good", "bad")

presses = st.builds(
    Press,
    st.sampled_from(ACTIONS),
    st.integers(0, 10**18 - 1),
    st.integers(0, 9_999),
    st.integers(0, 99),
)


@given(presses)
def test_a_press_comes_back_as_it_went(press: Press) -> None:
    assert Press.parse(press.data) == press
    assert 1 <= len(press.data.encode()) <= 30


@given(st.one_of(st.text(), st.from_regex(r"[a-z]:\w*:\w*:\w*")))
def test_any_other_text_is_no_press(data: str) -> None:
    press = Press.parse(data)

    if press is not None:  # by chance: it means what it says, whatever zeros it begins with
        letter, *numbers = data.split(":")
        assert data.isascii()
        assert [press.answer_id, press.place, press.width] == [int(n) for n in numbers]
        assert press.data[0] == letter


@pytest.mark.parametrize(
    "data",
    [
        "",
        "a",
        "a:1",
        "a:1:2",
        "a:1:2:3:4",
        "x:1:2:3",
        "A:1:2:3",
        "a:-1:0:0",
        "a:+1:0:0",
        "a:1_0:0:0",
        "a: 1:0:0",
        "a:1:0:0\n",
        " a:1:0:0",
        "a:١:0:0",
        "a:１:0:0",
        f"a:{10**18}:0:0",
        "a:1:10000:0",
        "a:1:0:100",
        "l:en",
        "a:1:0:0\x00",
    ],
)
def test_nothing_near_a_press_is_one(data: str) -> None:
    assert Press.parse(data) is None
