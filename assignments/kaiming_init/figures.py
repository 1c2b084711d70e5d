"""Pictures of the handout. `autograder build` draws them."""

import torch

LAYERS, WIDTH, ROWS = 100, 256, 64


def sizes_by_depth(figure):
    """The size of the activations in a hundred layers with ReLU, for three scales of the weights."""
    axes = figure.subplots()
    starts = (("N(0, 1)", 1.0, "-"), ("Kaiming", (2 / WIDTH) ** 0.5, "--"), ("Xavier", (1 / WIDTH) ** 0.5, "-."))
    for (name, std, line), colour in zip(starts, ("C1", "C0", "C3"), strict=True):
        sizes = _sizes(std)
        axes.semilogy(range(1, LAYERS + 1), sizes, line, color=colour)
        axes.text(LAYERS + 1, sizes[-1], f"{name}: {_power(sizes[-1])}", color=colour, va="center")
    axes.set(xlim=(0, 126), xlabel="layer", ylabel="root mean square", title="what is left of N(0, 1) after each layer")
    axes.set_xticks(range(0, LAYERS + 1, 20))
    axes.set_yticks([1e-15, 1e0, 1e30, 1e60, 1e90])
    axes.minorticks_off()


def _sizes(std):
    """The root mean square of the activations after each layer."""
    generator = torch.Generator().manual_seed(0)
    hidden = torch.randn(ROWS, WIDTH, generator=generator, dtype=torch.float64)
    sizes = []
    for _ in range(LAYERS):
        weight = std * torch.randn(WIDTH, WIDTH, generator=generator, dtype=torch.float64)
        hidden = (hidden @ weight.T).relu()
        sizes.append(hidden.square().mean().sqrt().item())
    return sizes


def _power(size):
    """A size as a power of ten."""
    exponent = round(torch.tensor(size, dtype=torch.float64).log10().item())
    return "about 1" if exponent == 0 else f"$10^{{{exponent}}}$"
