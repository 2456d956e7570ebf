"""The suite every registered model inherits, plugins included: subclass, and say which card."""

import copy
import functools

import pytest
import torch
import torch.nn.functional as F

from segstudio.errors import ModelError
from segstudio.models.cards import ModelCard
from segstudio.models.measure import measure
from segstudio.models.nets.gray_adapter import GrayAdapter
from segstudio.models.registry import Registry, default_registry
from segstudio.models.weights import load_into, load_state, save_state

ODD = (45, 83)
CLASSES = 4


@functools.lru_cache(maxsize=4)
def fresh(registry, card_id, class_count, in_bands, device):
    """One net with random weights, shared by the checks that do not change it."""
    torch.manual_seed(0)
    with torch.device(device):
        return registry.create_model(card_id, class_count=class_count, in_bands=in_bands)


class ModelSuite:
    """What a card promises, held against the net it builds."""

    learning_rate = 2e-3
    device = "cpu"

    @pytest.fixture
    def registry(self) -> Registry:
        return default_registry()

    @pytest.fixture
    def card(self, card_id: str, registry: Registry) -> ModelCard:
        return registry.card(card_id)

    def bands(self, card):
        return card.in_bands or max(2, card.min_bands)

    def build(self, registry, card, *, class_count=CLASSES, in_bands=None, device=None):
        bands = in_bands or self.bands(card)
        return fresh(registry, card.id, class_count, bands, device or self.device).eval()

    def build_own(self, registry, card):
        """One that may be changed."""
        return copy.deepcopy(self.build(registry, card))

    @torch.no_grad()
    def test_scores_and_depth_have_the_size_of_any_input(self, registry, card):
        net = self.build(registry, card)
        for size in (ODD, (1, 1)):
            out = net(torch.rand(2, self.bands(card), *size))
            assert out.logits.shape == (2, CLASSES, *size)
            assert bool(torch.isfinite(out.logits).all())
            if card.has_depth:
                assert out.depth.shape == (2, 1, *size)
            else:
                assert out.depth is None

    @torch.no_grad()
    def test_the_gray_adapter_takes_one_band_and_many(self, registry, card):
        for bands in (1, 8):
            wrapped = copy.deepcopy(self.build(registry, card, in_bands=3))  # what the adapter gives
            wrapped.adapter = GrayAdapter(bands)
            x = torch.rand(1, bands, 32, 48)
            assert wrapped(x).logits.shape == (1, CLASSES, 32, 48)
            if card.in_bands == 3 and not card.has_adapter:
                seen = x.expand(-1, 3, -1, -1) if bands == 1 else x[:, :3]
                assert torch.equal(wrapped(x).logits, self.build(registry, card)(seen).logits)

    def test_the_card_is_wrapped_for_any_number_of_bands_and_else_says_what_it_takes(self, registry, card):
        wrapped = registry.card(f"gray:{card.base_id}")
        assert wrapped.takes(1)
        assert wrapped.takes(13)
        if card.in_bands is not None:
            with pytest.raises(ModelError, match="gray adapter"):
                registry.create_model(card.id, class_count=2, in_bands=card.in_bands + 1)

    def test_a_few_steps_lower_the_loss_and_every_parameter_learns(self, registry, card):
        net = self.build_own(registry, card).train()
        pixels, target = toy_batch(self.bands(card))
        optimiser = torch.optim.AdamW(net.parameters(), lr=self.learning_rate)
        losses = [step(net, optimiser, pixels, target) for _ in range(6)]
        assert losses[-1] < 0.9 * losses[0]
        assert [name for name, each in net.named_parameters() if each.grad is None] == []

    @torch.no_grad()
    def test_saved_and_loaded_weights_give_the_same_answer(self, registry, card, tmp_path):
        net, other = self.build(registry, card), self.build_own(registry, card)
        for each in other.parameters():
            each.add_(0.1)
        save_state(tmp_path / "weights.safetensors", net.state_dict())
        assert load_into(other, load_state(tmp_path / "weights.safetensors")).is_whole
        x = torch.rand(1, self.bands(card), *ODD)
        assert torch.equal(net(x).logits, other(x).logits)

    @torch.no_grad()
    def test_half_precision_gives_finite_scores(self, registry, card):
        net = self.build(registry, card)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            out = net(torch.rand(1, self.bands(card), 64, 64))
        assert bool(torch.isfinite(out.logits).all())

    @pytest.mark.cuda
    @pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
    @torch.no_grad()
    def test_half_precision_on_cuda_gives_finite_scores_near_those_of_full_precision(self, registry, card):
        net, x = self.build_own(registry, card).cuda(), torch.rand(1, self.bands(card), 64, 64).cuda()
        full = net(x).logits
        with torch.autocast("cuda", dtype=torch.float16):
            half = net(x).logits.float()
        assert bool(torch.isfinite(half).all())
        assert (half - full).abs().max() <= 0.05 * full.abs().max() + 0.05

    def test_the_card_tells_the_truth_about_size_and_memory(self, registry, card):
        found = measure(card, registry)
        assert card.parameters_m == pytest.approx(found.parameters_m, rel=1e-3, abs=1e-5)
        assert card.memory_mb == pytest.approx(found.memory_mb, rel=0.1, abs=2)
        assert card.multiply_adds_g == pytest.approx(found.multiply_adds_g, rel=0.02, abs=1e-3)

    def test_the_last_convolutions_are_named_and_nothing_else_depends_on_the_classes(self, registry, card):
        few = self.build(registry, card, device="meta")
        many = self.build(registry, card, class_count=CLASSES + 3, device="meta").state_dict()
        own = few.state_dict()
        changed = {name.rsplit(".", 1)[0] for name in own if own[name].shape != many[name].shape}
        assert changed == {f"body.{each}" for each in few.body.classifiers}

    def test_encoder_and_head_share_out_all_parameters(self, registry, card):
        net = self.build(registry, card)
        encoder = {id(each) for each in net.encoder_parameters()}
        head = {id(each) for each in net.head_parameters()}
        assert not encoder & head
        assert len(encoder) + len(head) == len(list(net.parameters()))


class MetaSuite(ModelSuite):
    """For nets too large to run in every check: shapes, sizes and names without a single number."""

    device = "meta"

    def test_scores_and_depth_have_the_size_of_any_input(self, registry, card):
        with torch.device("meta"), torch.no_grad():
            out = self.build(registry, card)(torch.empty(2, self.bands(card), *ODD))
        assert out.logits.shape == (2, CLASSES, *ODD)
        assert (out.depth is not None) == card.has_depth

    test_the_gray_adapter_takes_one_band_and_many = None
    test_a_few_steps_lower_the_loss_and_every_parameter_learns = None
    test_saved_and_loaded_weights_give_the_same_answer = None
    test_half_precision_gives_finite_scores = None
    test_half_precision_on_cuda_gives_finite_scores_near_those_of_full_precision = None


class TinySuite(ModelSuite):
    """The same network, narrow or on a small encoder: all but the figures, which are another card's."""

    test_the_card_tells_the_truth_about_size_and_memory = None


def toy_batch(bands):
    """Four images of coloured squares; the class is the brightest band."""
    generator = torch.Generator().manual_seed(1)
    squares = F.interpolate(torch.rand(4, bands, 4, 4, generator=generator), scale_factor=16)
    noise = 0.05 * torch.randn(squares.shape, generator=generator)
    return (squares + noise).clamp(0, 1), squares.argmax(dim=1) % CLASSES


def loss_of(net, pixels, target):
    out = net(pixels)
    loss = F.cross_entropy(out.logits, target)
    return loss if out.depth is None else loss + F.mse_loss(out.depth, pixels.mean(dim=1, keepdim=True))


def step(net, optimiser, pixels, target):
    loss = loss_of(net, pixels, target)
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return loss.item()
