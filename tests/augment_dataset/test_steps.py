import pytest
from hypothesis import given
from hypothesis import strategies as st

from balatro.augment_dataset.steps import KINDS, LARGEST_SEED, Step, format_steps, parse_steps
from balatro.errors import LabelError


@st.composite
def some_steps(draw: st.DrawFn) -> tuple[Step, ...]:
    steps = []
    for name in draw(st.lists(st.sampled_from(list(KINDS)), max_size=6)):
        kind = KINDS[name]
        values = tuple(draw(st.floats(low, high)) for low, high in kind.limits)
        steps.append(Step(name, values, draw(st.integers(0, LARGEST_SEED)) if kind.seeded else None))
    return tuple(steps)


@given(some_steps())
def test_what_is_written_is_read_again(steps: tuple[Step, ...]):
    assert parse_steps(format_steps(steps)) == steps


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("", ()),
        ("rotate+15", (Step("rotate", (15.0,)),)),
        ("rotate-7.31;brightness-0.1", (Step("rotate", (-7.31,)), Step("brightness", (-0.1,)))),
        ("crop0.03,0,0.01,0", (Step("crop", (0.03, 0.0, 0.01, 0.0)),)),
        ("noise3.2@17;flip", (Step("noise", (3.2,), 17), Step("flip"))),
    ],
)
def test_the_text_is_what_one_would_write(text: str, steps: tuple[Step, ...]):
    assert parse_steps(text) == steps
    assert format_steps(steps) == text


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("twirl3", "'twirl3' is no step; there are negative, foil"),
        ("rotate", "'rotate' has 0 numbers, expected 1: degrees, clockwise"),
        ("rotate+1,2", "has 2 numbers, expected 1"),
        ("rotate+200", "200 in 'rotate+200' is not within -180 to 180"),
        ("rotate+nan", "'+nan' is no number"),
        ("rotate+1_0", "'+1_0' is no number"),
        ("blur1e9", "is not within 0 to 20"),
        ("noise3", "needs a seed behind an @"),
        ("noise3@99999999999", "is no step"),
        ("noise3@2147483648", "needs a seed"),
        ("rotate+3@5", "needs no seed"),
        ("flip;", "'' is no step"),
        ("Flip", "'Flip' is no step"),
        ("flip;" * 5000, "is no step"),
    ],
)
def test_a_damaged_text_is_told_in_one_short_line(text: str, fault: str):
    with pytest.raises(LabelError) as caught:
        parse_steps(text)
    assert fault in str(caught.value)
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 500
