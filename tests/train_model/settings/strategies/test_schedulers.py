"""Schedulers: the curves, and that a stopped run goes on along the same one."""

import io
import math
from collections.abc import Callable

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from balatro.errors import SettingsError
from balatro.train_model.settings.strategies.schedulers import (
    LEAST_WARMUP,
    SCHEDULERS,
    Cosine,
    OneCycle,
    Plateau,
    Restarts,
    Schedule,
    Step,
    Warmup,
    WarmupCurve,
)
from balatro.utils.flags.pick import pick

EPOCHS, STEPS = 4, 5
SAMPLES = {
    "cosine": Cosine(eta_min=1e-6),
    "plateau": Plateau(factor=0.5, patience=0),
    "step": Step(step_size=2, gamma=0.1),
    "none": SCHEDULERS["none"](),
    "onecycle": OneCycle(),
    "restarts": Restarts(t0=1, tmult=2),
    "warmup": Warmup(warmup=3),
}


def make_optimizer() -> torch.optim.Optimizer:
    one, other = nn.Parameter(torch.ones(2)), nn.Parameter(torch.ones(2))
    return torch.optim.AdamW(
        [{"params": [one], "lr": 1e-3, "name": "backbone"}, {"params": [other], "lr": 1e-2, "name": "heads"}]
    )


def loss_of(epoch: int) -> float:
    return (1.0, 2.0, 0.5, 0.7, 0.6, 0.6)[epoch]


def walk(optimizer: torch.optim.Optimizer, schedule: Schedule, first: int, last: int) -> list[dict[str, float]]:
    """The rates of every step of the epochs from first to before last."""
    rates = []
    for epoch in range(first, last):
        for _ in range(STEPS):
            rates.append(schedule.rates())
            optimizer.step()
            schedule.after_step()
        schedule.after_epoch(loss_of(epoch))
    return rates


def begin(name: str, epochs: int = EPOCHS) -> tuple[torch.optim.Optimizer, Schedule]:
    optimizer = make_optimizer()
    return optimizer, SAMPLES[name].build(optimizer, epochs, STEPS)


def test_every_scheduler_is_sampled() -> None:
    assert {name: type(record) for name, record in SAMPLES.items()} == SCHEDULERS


@pytest.mark.parametrize("optimizer_first", [True, False])
@pytest.mark.parametrize("name", SAMPLES)
def test_stopped_and_resumed_is_the_same(name: str, optimizer_first: bool) -> None:
    whole = walk(*begin(name), 0, EPOCHS)
    optimizer, schedule = begin(name)
    before = walk(optimizer, schedule, 0, 2)
    file = io.BytesIO()
    torch.save({"optimizer": optimizer.state_dict(), "schedule": schedule.state_dict()}, file)
    state = torch.load(io.BytesIO(file.getvalue()), weights_only=True)
    optimizer, schedule = begin(name)
    for part in ("optimizer", "schedule") if optimizer_first else ("schedule", "optimizer"):
        (optimizer if part == "optimizer" else schedule).load_state_dict(state[part])
    after = walk(optimizer, schedule, 2, EPOCHS)
    assert before + after == whole
    assert (len({rates["heads"] for rates in whole}) > 1) is (name != "none")


@pytest.mark.parametrize("name", SAMPLES)
def test_groups_keep_their_ratio(name: str) -> None:
    rates = walk(*begin(name), 0, EPOCHS)
    if name != "cosine":  # which ends at one lowest rate for all
        assert all(values["heads"] == pytest.approx(10 * values["backbone"]) for values in rates)
    assert max(values["heads"] for values in rates) <= 1e-2 * (1 + 1e-9)


@pytest.mark.parametrize("name", ["cosine", "onecycle", "warmup"])
def test_a_longer_run_takes_the_longer_curve(name: str) -> None:
    whole = walk(*begin(name, 6), 0, 6)
    optimizer, schedule = begin(name, 4)
    walk(optimizer, schedule, 0, 4)
    state, old = schedule.state_dict(), optimizer.state_dict()
    optimizer, schedule = begin(name, 6)
    optimizer.load_state_dict(old)
    schedule.load_state_dict(state)
    after = walk(optimizer, schedule, 4, 6)
    for got, want in zip(after, whole[4 * STEPS :], strict=True):
        assert got == pytest.approx(want, abs=1e-12)
    assert after[0]["heads"] > 1e-4


@pytest.mark.parametrize("name", ["cosine", "onecycle", "warmup"])
def test_beyond_the_end_the_last_rates_stay(name: str) -> None:
    optimizer, schedule = begin(name)
    walk(optimizer, schedule, 0, EPOCHS)
    last = schedule.rates()
    walk(optimizer, schedule, 0, 2)
    assert schedule.rates() == last and last["heads"] <= 1.01e-4


CURVES: list[tuple[str, object, Callable[[int], float]]] = [
    ("cosine", Cosine(tmax=8, eta_min=1e-4), lambda epoch: 1e-4 + (1e-2 - 1e-4) * (1 + math.cos(math.pi * epoch / 8)) / 2),
    ("step", Step(step_size=2, gamma=0.5), lambda epoch: 1e-2 * 0.5 ** (epoch // 2)),
    ("restarts", Restarts(t0=3), lambda epoch: 1e-2 * (1 + math.cos(math.pi * (epoch % 3) / 3)) / 2),
    (
        "plateau",
        Plateau(factor=0.1, patience=1),
        lambda epoch: 1e-2 * (0.1 if epoch >= 5 else 1),
    ),  # losses: 3 and 4 are no better
    ("none", SCHEDULERS["none"](), lambda epoch: 1e-2),
]


@pytest.mark.parametrize(("name", "record", "curve"), CURVES, ids=[name for name, *_ in CURVES])
def test_curves_by_epoch(name: str, record: object, curve: Callable[[int], float]) -> None:
    optimizer = make_optimizer()
    schedule = record.build(optimizer, EPOCHS, STEPS)  # type: ignore[attr-defined]
    rates = walk(optimizer, schedule, 0, 6)
    assert [values["heads"] for values in rates[::STEPS]] == pytest.approx([curve(epoch) for epoch in range(6)])


@pytest.mark.parametrize(("max_lr", "highest"), [(None, (1e-3, 1e-2)), (0.5, (0.05, 0.5))])
def test_one_cycle_peaks_once(max_lr: float | None, highest: tuple[float, float]) -> None:
    optimizer = make_optimizer()
    rates = walk(optimizer, OneCycle(max_lr).build(optimizer, EPOCHS, STEPS), 0, EPOCHS)
    heads = [values["heads"] for values in rates]
    peak = heads.index(max(heads))
    assert (rates[peak]["backbone"], heads[peak]) == pytest.approx(highest)
    assert 0 < peak < EPOCHS * STEPS // 2
    assert heads[:peak] == sorted(heads[:peak]) and heads[peak:] == sorted(heads[peak:], reverse=True)


@given(warmup=st.integers(0, 200), steps=st.integers(1, 400))
def test_warmup_curve(warmup: int, steps: int) -> None:
    curve = WarmupCurve(warmup, steps)
    rates = [curve(step) for step in range(steps + 2)]
    up = min(warmup, steps // 5)
    assert rates[:up] == [(step + 1) / up for step in range(up)]
    assert rates[up] == 1 and rates[up:] == sorted(rates[up:], reverse=True)
    assert rates[steps] == rates[steps + 1] == pytest.approx(0.01)


def test_the_length_may_become_known_later() -> None:
    optimizer = make_optimizer()
    schedule = Warmup(warmup=40).build(optimizer, 0, 0)
    unknown = WarmupCurve(40, 0)
    for step in range(LEAST_WARMUP):
        assert schedule.rates()["heads"] == 1e-2 * unknown(step)
        optimizer.step()
        schedule.after_step()
    schedule.set_total(120)
    known = WarmupCurve(40, 120)
    state = schedule.state_dict()
    for step in range(LEAST_WARMUP, 120):
        assert schedule.rates()["heads"] == 1e-2 * known(step)
        optimizer.step()
        schedule.after_step()
    again = Warmup(warmup=40).build(optimizer, 0, 0)  # resumed: the length is in the state
    again.load_state_dict(state)
    assert again.rates()["heads"] == 1e-2 * known(LEAST_WARMUP)
    optimizer.step()
    again.after_step()
    assert again.rates()["heads"] == 1e-2 * known(LEAST_WARMUP + 1)


def test_a_changed_strategy_puts_its_own_rates_back() -> None:
    optimizer, schedule = begin("step")
    walk(optimizer, schedule, 0, 4)
    old = optimizer.state_dict()
    optimizer, schedule = begin("onecycle")
    wanted = walk(*begin("onecycle"), 0, EPOCHS)
    optimizer.load_state_dict(old)
    assert schedule.rates() != wanted[0]
    schedule.write_rates()
    assert walk(optimizer, schedule, 0, EPOCHS) == wanted


@pytest.mark.parametrize("name", ["cosine", "onecycle"])
def test_some_must_know_the_length(name: str) -> None:
    with pytest.raises(SettingsError, match=f"`{name}` must know how long the run is"):
        SAMPLES[name].build(make_optimizer(), 0, STEPS)


@pytest.mark.parametrize(
    ("name", "given", "told"),
    [
        ("cosine", {"tmax": 0}, "tmax is 0; give 1 or more"),
        ("plateau", {"factor": 1.0}, "factor is 1.0; give more than 0 and less than 1"),
        ("plateau", {"patience": -1}, "patience is -1"),
        ("step", {"step_size": 0}, "step_size is 0"),
        ("step", {"gamma": 0.0}, "gamma is 0.0"),
        ("onecycle", {"max_lr": 0.0}, "max_lr is 0.0; give more than 0"),
        ("restarts", {"tmult": 0}, "tmult is 0"),
        ("warmup", {"warmup": -1}, "warmup is -1"),
        ("cosine", {"gamma": 0.1}, "--scheduler-gamma was given, but .* it uses --scheduler-tmax, --scheduler-eta-min"),
    ],
)
def test_mistakes(name: str, given: dict[str, float], told: str) -> None:
    with pytest.raises(SettingsError, match=told):
        pick(SCHEDULERS, name, "scheduler", given)
