"""ImageNet weights: from a cache, or a clear word at once. No test uses the network."""

import socket
import time
from pathlib import Path

import huggingface_hub
import pytest
import timm
import torch
from safetensors.torch import save_file

from balatro.errors import SettingsError
from balatro.models import pretrained
from balatro.models.backbones import build_backbone
from balatro.models.multi_head import MultiHeadModel
from balatro.models.pretrained import load_imagenet

torch.set_num_threads(1)
NAME = "mobilenetv4_conv_small"


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object) -> None:
        raise OSError("no network in tests")

    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(huggingface_hub, "try_to_load_from_cache", lambda repository, file: None)


def test_offline_auto_starts_from_scratch_at_once(offline: None) -> None:
    backbone = build_backbone(NAME)
    before = {name: value.clone() for name, value in backbone.state_dict().items()}
    began = time.monotonic()
    assert load_imagenet(backbone, "auto") == f"no network, no cached weights: {NAME} starts from scratch"
    assert time.monotonic() - began < 2 * pretrained.PATIENCE
    assert all(torch.equal(value, before[name]) for name, value in backbone.state_dict().items())


def test_offline_yes_is_one_line(offline: None) -> None:
    with pytest.raises(SettingsError, match="^no pretrained weights: no network, no cached weights; choose `auto` or `no`"):
        load_imagenet(build_backbone(NAME), "yes")


def test_a_network_that_hangs_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def hang(*args: object) -> None:
        time.sleep(0.5)
        raise OSError("too late")

    monkeypatch.setattr(pretrained, "PATIENCE", 0.05)
    monkeypatch.setattr(huggingface_hub, "try_to_load_from_cache", lambda repository, file: None)
    monkeypatch.setattr(socket, "create_connection", hang)
    began = time.monotonic()
    assert load_imagenet(build_backbone(NAME)).startswith("no network")
    assert time.monotonic() - began < 0.45


def test_a_download_that_fails_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object, **more: object) -> str:
        raise ConnectionError("403 Forbidden\nand so on")

    monkeypatch.setattr(huggingface_hub, "try_to_load_from_cache", lambda repository, file: None)
    monkeypatch.setattr(pretrained, "_is_reachable", lambda address: True)
    monkeypatch.setattr(huggingface_hub, "hf_hub_download", fail)
    told = load_imagenet(build_backbone(NAME))
    assert told.endswith(f"cannot be downloaded (403 Forbidden): {NAME} starts from scratch")


def test_cached_weights_are_taken_for_any_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    torch.manual_seed(1)
    weights = timm.create_model("vit_tiny_patch16_224").state_dict()
    save_file({name: value.contiguous() for name, value in weights.items()}, tmp_path / "model.safetensors")
    monkeypatch.setattr(huggingface_hub, "try_to_load_from_cache", lambda repository, file: str(tmp_path / file))
    backbone = build_backbone("vit_tiny", (96, 128))
    torch.manual_seed(2)
    wanted = torch.rand(3)
    torch.manual_seed(2)
    assert load_imagenet(backbone, "yes") == "vit_tiny starts from ImageNet weights"
    assert torch.equal(torch.rand(3), wanted)  # the run's random numbers are those of a run from scratch
    have = backbone.state_dict()
    assert torch.equal(have["body.blocks.0.attn.qkv.weight"], weights["blocks.0.attn.qkv.weight"])
    assert have["body.pos_embed"].shape == (1, 1 + 6 * 8, 192)
    assert torch.equal(have["body.pos_embed"][:, 0], weights["pos_embed"][:, 0])


def test_damaged_cache_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"half of a fi")
    monkeypatch.setattr(huggingface_hub, "try_to_load_from_cache", lambda repository, file: str(tmp_path / file))
    with pytest.raises(SettingsError, match=f"not readable as weights of {NAME}") as caught:
        load_imagenet(build_backbone(NAME), "yes")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("wanted", "told"), [("auto", "has no ImageNet weights: cardnet_tiny starts"), ("no", "from scratch")])
def test_cardnets_have_none(wanted: str, told: str) -> None:
    assert told in load_imagenet(build_backbone("cardnet_tiny"), wanted)


def test_asking_for_them_is_an_error() -> None:
    with pytest.raises(SettingsError, match="no pretrained weights: cardnet has no ImageNet weights"):
        MultiHeadModel("cardnet", {"modifier": 5}, pretrained=True)
    with pytest.raises(SettingsError, match="pretrained is 'maybe'; choose one of: auto, yes, no"):
        load_imagenet(build_backbone("cardnet_tiny"), "maybe")


@pytest.mark.parametrize(
    ("proxies", "asked"),
    [({}, ("hub.example", 443)), ({"https": "http://proxy.example:3128"}, ("proxy.example", 3128))],
)
def test_a_proxy_is_asked_in_its_place(
    proxies: dict[str, str], asked: tuple[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[str, int]] = []

    def connect(address: tuple[str, int], timeout: float) -> socket.socket:
        seen.append(address)
        return socket.socket()

    monkeypatch.setattr(pretrained.urllib.request, "getproxies", lambda: proxies)
    monkeypatch.setattr(socket, "create_connection", connect)
    assert pretrained._is_reachable("https://hub.example")
    assert seen == [asked]
