import torch
from torch import nn

from training.loop import Gradients


def test_threads_take_the_mean_of_their_batches():
    torch.manual_seed(0)
    module = nn.Linear(8, 3)
    pages = torch.randn(4, 5, 8)

    def compute_loss(batch):
        return module(pages[batch]).float().square().mean()

    losses = [Gradients(module, compute_loss, 1).fill(batch) for batch in (2, 3)]
    alone = []
    for batch in (2, 3):
        Gradients(module, compute_loss, 1).fill(batch)
        alone.append(module.weight.grad.clone())
    assert Gradients(module, compute_loss, 2).fill(1) == sum(losses) / 2
    torch.testing.assert_close(module.weight.grad, (alone[0] + alone[1]) / 2)
