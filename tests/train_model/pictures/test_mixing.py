import numpy as np
import pytest
import torch

from balatro.errors import SettingsError
from balatro.train_model.pictures.mixing import MIXES, mix


def batch(num: int = 8, dtype: torch.dtype = torch.uint8) -> dict[str, torch.Tensor]:
    cards = torch.arange(num).mul(20).view(-1, 1, 1, 1).expand(num, 16, 12, 3).to(dtype)
    return {"cards": cards, "label.modifier": torch.arange(num)}


def rng() -> np.random.Generator:
    return np.random.default_rng([4, 2])


@pytest.mark.parametrize("dtype", [torch.uint8, torch.float32])
@pytest.mark.parametrize("kind", MIXES)
@pytest.mark.parametrize("num", [1, 7, 8])
def test_shares_tell_what_is_in_the_picture(kind: str, dtype: torch.dtype, num: int) -> None:
    before = batch(num, dtype)
    mixed, other, share = mix(before, kind, 1.0, rng())
    own = before["cards"].float().mean((1, 2, 3))
    expected = share * own + (1 - share) * own[other]
    assert mixed["cards"].dtype == dtype and share.dtype == torch.float32
    torch.testing.assert_close(mixed["cards"].float().mean((1, 2, 3)), expected, atol=0.51, rtol=0)
    assert (mixed["label.modifier"] == before["label.modifier"]).all()
    assert (before["cards"] == batch(num, dtype)["cards"]).all()
    if num == 8:
        assert (other == torch.tensor([1, 0, 3, 2, 5, 4, 7, 6])).all()
        assert (share < 0.95).any() == (kind != "none")


@pytest.mark.parametrize("kind", MIXES)
def test_processes_that_share_a_batch_mix_as_one_would(kind: str) -> None:
    whole = batch(8)
    mixed, other, share = mix(whole, kind, 0.4, rng())
    for part in (slice(0, 4), slice(4, 8)):
        own = {name: tensor[part] for name, tensor in whole.items()}
        its, its_other, its_share = mix(own, kind, 0.4, rng(), 8, part)
        assert (its["cards"] == mixed["cards"][part]).all() and (its_share == share[part]).all()
        assert (its_other + part.start == other[part]).all()


def test_cutmix_leaves_one_rectangle() -> None:
    mixed, _, share = mix(batch(), "cutmix", 1.0, rng())
    foreign = mixed["cards"][..., 0] != batch()["cards"][..., 0]
    for row in foreign:
        lines, columns = row.any(1).sum(), row.any(0).sum()
        assert row.sum() == lines * columns
    torch.testing.assert_close(1 - foreign.float().mean((1, 2)), share)


@pytest.mark.parametrize(("kind", "alpha", "match"), [("mixcut", 1.0, "choose one of: none"), ("mixup", 0.0, "above 0")])
def test_wrong_settings_are_one_line(kind: str, alpha: float, match: str) -> None:
    with pytest.raises(SettingsError, match=match):
        mix(batch(), kind, alpha, rng())


@pytest.mark.parametrize("part", [slice(1, 5), slice(0, 8, 2), slice(0, 2)])
def test_parts_that_tear_pairs_are_refused(part: slice) -> None:
    with pytest.raises(ValueError, match="pairs must stay together"):
        mix(batch(4), "mixup", 1.0, rng(), 8, part)
