"""The suite every registered model inherits, plugins included: subclass, and say which card."""

import pytest
import torch
import torch.nn.functional as F

from segstudio.models.cards import ModelCard
from segstudio.models.measure import measure
from segstudio.models.registry import Registry, default_registry
from segstudio.models.weights import load_into, load_state, save_state

ODD = (45, 83)
CLASSES = 4


class ModelSuite:
    """What a card promises, held against the net it builds."""

    learning_rate = 2e-3

    @pytest.fixture
    def registry(self) -> Registry:
        return default_registry()

    @pytest.fixture
    def card(self, card_id: str, registry: Registry) -> ModelCard:
        return registry.card(card_id)

    def bands(self, card):
        return card.in_bands or max(2, card.min_bands)

    def build(self, registry, card, *, class_count=CLASSES, in_bands=None):
        torch.manual_seed(0)
        return registry.create_model(card.id, class_count=class_count, in_bands=in_bands or self.bands(card))

    @torch.no_grad()
    def test_scores_and_depth_have_the_size_of_any_input(self, registry, card):
        net = self.build(registry, card).eval()
        for size in (ODD, (32, 32), (1, 1)):
            out = net(torch.rand(2, self.bands(card), *size))
            assert out.logits.shape == (2, CLASSES, *size)
            assert bool(torch.isfinite(out.logits).all())
            if card.has_depth:
                assert out.depth.shape == (2, 1, *size)
            else:
                assert out.depth is None

    @torch.no_grad()
    @pytest.mark.parametrize("bands", [1, 2, 8])
    def test_the_gray_adapter_takes_any_number_of_bands(self, registry, card, bands):
        wrapped = registry.card(f"gray:{card.base_id}")
        net = self.build(registry, wrapped, in_bands=bands).eval()
        assert net(torch.rand(1, bands, 64, 64)).logits.shape == (1, CLASSES, 64, 64)

    def test_a_few_steps_lower_the_loss(self, registry, card):
        net = self.build(registry, card).train()
        pixels, target = toy_batch(self.bands(card))
        optimiser = torch.optim.AdamW(net.parameters(), lr=self.learning_rate)
        losses = [step(net, optimiser, pixels, target) for _ in range(8)]
        assert losses[-1] < 0.9 * losses[0]

    def test_every_parameter_learns(self, registry, card):
        net = self.build(registry, card).train()
        pixels, target = toy_batch(self.bands(card))
        loss_of(net, pixels, target).backward()
        idle = [name for name, each in net.named_parameters() if each.grad is None]
        assert idle == []

    @torch.no_grad()
    def test_saved_and_loaded_weights_give_the_same_answer(self, registry, card, tmp_path):
        net, other = self.build(registry, card).eval(), self.build(registry, card).eval()
        for each in other.parameters():
            each.add_(0.1)
        save_state(tmp_path / "weights.safetensors", net.state_dict())
        assert load_into(other, load_state(tmp_path / "weights.safetensors")).is_whole
        x = torch.rand(1, self.bands(card), *ODD)
        assert torch.equal(net(x).logits, other(x).logits)

    @torch.no_grad()
    def test_half_precision_gives_finite_scores(self, registry, card):
        net = self.build(registry, card).eval()
        with torch.autocast("cpu", dtype=torch.bfloat16):
            out = net(torch.rand(1, self.bands(card), 64, 64))
        assert bool(torch.isfinite(out.logits).all())

    def test_the_card_tells_the_truth_about_size_and_memory(self, registry, card):
        found = measure(card, registry)
        assert card.parameters_m == pytest.approx(found.parameters_m, rel=1e-3, abs=1e-5)
        assert card.memory_mb == pytest.approx(found.memory_mb, rel=0.1, abs=2)
        assert card.multiply_adds_g == pytest.approx(found.multiply_adds_g, rel=0.02, abs=1e-3)

    def test_the_last_convolutions_are_named_and_nothing_else_depends_on_the_classes(self, registry, card):
        few, many = (self.shapes(registry, card, class_count=count) for count in (3, 7))
        changed = {name.rsplit(".", 1)[0] for name in few if few[name] != many[name]}
        assert changed == {f"body.{each}" for each in self.classifiers(registry, card)}

    def test_encoder_and_head_share_out_all_parameters(self, registry, card):
        with torch.device("meta"):
            net = self.build(registry, card)
        encoder = {id(each) for each in net.encoder_parameters()}
        head = {id(each) for each in net.head_parameters()}
        assert not encoder & head
        assert len(encoder) + len(head) == len(list(net.parameters()))

    def classifiers(self, registry, card):
        with torch.device("meta"):
            return self.build(registry, card).body.classifiers

    def shapes(self, registry, card, *, class_count):
        with torch.device("meta"):
            state = self.build(registry, card, class_count=class_count).state_dict()
        return {name: tuple(value.shape) for name, value in state.items()}


class MetaSuite(ModelSuite):
    """For nets too large to run in every check: shapes, sizes and names without a single number."""

    def test_scores_and_depth_have_the_size_of_any_input(self, registry, card):
        with torch.device("meta"), torch.no_grad():
            out = self.build(registry, card).eval()(torch.empty(2, self.bands(card), *ODD))
        assert out.logits.shape == (2, CLASSES, *ODD)
        assert (out.depth is not None) == card.has_depth

    def test_every_parameter_learns(self, registry, card):
        with torch.device("meta"):
            net = self.build(registry, card).train()
            out = net(torch.empty(2, self.bands(card), 64, 64))
            (out.logits.sum() + (0 if out.depth is None else out.depth.sum())).backward()
        assert [name for name, each in net.named_parameters() if each.grad is None] == []

    @pytest.mark.parametrize("bands", [1, 8])
    def test_the_gray_adapter_takes_any_number_of_bands(self, registry, card, bands):
        with torch.device("meta"), torch.no_grad():
            wrapped = registry.card(f"gray:{card.base_id}")
            net = self.build(registry, wrapped, in_bands=bands).eval()
            assert net(torch.empty(1, bands, 64, 64)).logits.shape == (1, CLASSES, 64, 64)

    test_a_few_steps_lower_the_loss = None
    test_saved_and_loaded_weights_give_the_same_answer = None
    test_half_precision_gives_finite_scores = None


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
