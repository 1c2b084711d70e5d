"""A convolutional network: convolution, pooling and dropout of channels, all forward and backward by hand.

Shapes: x [n, c, height, width] n images of c channels, W [f, c, kh, kw] f filters and b [f] their biases,
out [n, f, oh, ow] n maps for each filter. A `size`, `stride`, `padding` or `window` is one number for both directions
or a tuple of two, the first for the height. Everything works for any float dtype on any device, and nothing
changes the tensors it is given.
Sources: LeCun, Bottou, Bengio and Haffner, Gradient-Based Learning Applied to Document Recognition, 1998; Dumoulin and
Visin, A guide to convolution arithmetic for deep learning, 2016, arXiv:1603.07285; He, Zhang, Ren and Sun, Delving
Deep into Rectifiers, 2015, arXiv:1502.01852; Tompson et al., Efficient Object Localization Using Convolutional
Networks, 2015, arXiv:1411.4280.
"""

import math
from collections.abc import Iterator

import torch
from torch import Tensor


def cross_entropy(logits: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """Mean cross-entropy of the softmax over a batch, and its gradient.

    Args:
        logits: [n, k] raw scores, one row per image.
        y: [n] int64 labels in 0..k-1.
    Returns:
        loss: [] mean over the rows, in nats.
        grad: [n, k] derivative of that mean for the logits.
    """
    # Shifted by the largest logit of its row, so that exp cannot overflow.
    z = logits - logits.max(dim=1, keepdim=True).values
    log_p = z - z.exp().sum(dim=1, keepdim=True).log()
    target = torch.zeros_like(logits).scatter_add_(1, y[:, None], torch.ones_like(logits[:, :1]))
    return -(target * log_p).sum() / len(y), (log_p.exp() - target) / len(y)


def conv_output_size(size: int, kernel: int, stride: int = 1, padding: int = 0) -> int:
    """The number of places at which a window fits, along one direction.

    Source: Dumoulin and Visin, section 2.4, relationship 6.

    Args:
        size: of the image, in pixels.
        kernel: size of the window, in pixels.
        stride: pixels from one place to the next.
        padding: zeros in front of the image, and as many behind it.
    Returns:
        the number of places, an int that is at least 1.
    Raises:
        ValueError: the window is larger than the padded image.
    """
    # How far the window can be pushed from its first place. A last step that does not fit is not made.
    room = size + 2 * padding - kernel
    if room < 0:
        raise ValueError(f"A window of {kernel} pixels is larger than an image of {size + 2 * padding}.")
    return room // stride + 1


def _pair(value: int | tuple[int, int]) -> tuple[int, int]:
    """The numbers for height and width, of which a single one is both."""
    return value if isinstance(value, tuple) else (value, value)


def _padded(x: Tensor, padding: int | tuple[int, int]) -> Tensor:
    """The images in a frame of zeros, above and below, left and right."""
    down, across = _pair(padding)
    n, c, height, width = x.shape
    frame = x.new_zeros(n, c, height + 2 * down, width + 2 * across)
    frame[:, :, down : down + height, across : across + width] = x
    return frame


def _moves(x: Tensor, size: tuple[int, int], stride: tuple[int, int]) -> Iterator[tuple[slice, slice]]:
    """For each entry of a window, row by row, the pixels that it meets while the window moves."""
    reach = []
    for axis in range(2):
        places = conv_output_size(x.shape[2 + axis], size[axis], stride[axis])
        reach.append(stride[axis] * (places - 1) + 1)
    for i in range(size[0]):
        for j in range(size[1]):
            yield slice(i, i + reach[0], stride[0]), slice(j, j + reach[1], stride[1])


def _patches(x: Tensor, size: tuple[int, int], stride: tuple[int, int]) -> Tensor:
    """[n, c, entries of the window, oh, ow]: what the window sees at each of its places."""
    # The loop is over the window, which is small; the images and places are slices.
    return torch.stack([x[:, :, rows, columns] for rows, columns in _moves(x, size, stride)], dim=2)


def _put_back(patches: Tensor, x: Tensor, size: tuple[int, int], stride: tuple[int, int]) -> Tensor:
    """Images like x into which every patch is added where it came from, the backward pass of `_patches`."""
    total = torch.zeros_like(x)
    for entry, (rows, columns) in enumerate(_moves(x, size, stride)):
        total[:, :, rows, columns] += patches[:, :, entry]
    return total


def conv2d(
    x: Tensor, W: Tensor, b: Tensor, stride: int | tuple[int, int] = 1, padding: int | tuple[int, int] = 0
) -> Tensor:
    """Slide every filter over every image, as it stands: the cross-correlation that networks call convolution.

    Source: LeCun, Bottou, Bengio and Haffner, section II.A; Dumoulin and Visin, section 1.1 and 2.4.

    Args:
        x: [n, c, height, width] images.
        W: [f, c, kh, kw] filters, each with a kernel for every channel.
        b: [f] number that each filter adds.
        stride: pixels from one place of the filter to the next.
        padding: zeros around every image.
    Returns:
        [n, f, oh, ow] the map of each filter, in the dtype of x.
    """
    # With the patches as columns, all filters at all places are one product of matrices.
    patches = _patches(_padded(x, padding), W.shape[2:], _pair(stride))
    maps = W.flatten(1) @ patches.flatten(1, 2).flatten(2) + b[:, None]
    return maps.reshape(len(x), len(W), *patches.shape[3:])


def conv2d_backward(
    grad_out: Tensor, x: Tensor, W: Tensor, stride: int | tuple[int, int] = 1, padding: int | tuple[int, int] = 0
) -> tuple[Tensor, Tensor, Tensor]:
    """Gradients of a loss through `conv2d`, for the images, the filters and their biases.

    Source: LeCun, Bottou, Bengio and Haffner, section II.A, differentiated.

    Args:
        grad_out: [n, f, oh, ow] gradient of the loss for the maps.
        x: [n, c, height, width] the images that the forward function got.
        W: [f, c, kh, kw] the filters that it got.
        stride: the stride that it got.
        padding: the padding that it got.
    Returns:
        dx: [n, c, height, width] gradient for the images.
        dW: [f, c, kh, kw] gradient for the filters.
        db: [f] gradient for the biases.
    """
    frame, size, steps = _padded(x, padding), W.shape[2:], _pair(stride)
    patches = _patches(frame, size, steps)
    grad = grad_out.flatten(2)
    # A filter and its bias are the same at every place of every image, so their gradients are sums over all of these.
    dW = (grad @ patches.flatten(1, 2).flatten(2).transpose(1, 2)).sum(dim=0)
    db = grad.sum(dim=(0, 2))
    # A pixel lies in several patches. What each of them gets is added up, and the frame of zeros is cut off.
    dpatches = (W.flatten(1).T @ grad).reshape(patches.shape)
    down, across = _pair(padding)
    dframe = _put_back(dpatches, frame, size, steps)
    dx = dframe[:, :, down : down + x.shape[2], across : across + x.shape[3]]
    return dx, dW.reshape(W.shape), db


def max_pool2d(x: Tensor, window: int | tuple[int, int], stride: int | tuple[int, int] | None = None) -> Tensor:
    """The largest entry below a window that moves over every channel by itself.

    Source: Goodfellow, Bengio and Courville, Deep Learning, 2016, section 9.3.

    Args:
        x: [n, c, height, width] images.
        window: size of the window.
        stride: pixels from one place of the window to the next; None means the size of the window.
    Returns:
        [n, c, oh, ow] the largest entries.
    """
    steps = _pair(window if stride is None else stride)
    return _patches(x, _pair(window), steps).amax(dim=2)


def max_pool2d_backward(
    grad_out: Tensor, x: Tensor, window: int | tuple[int, int], stride: int | tuple[int, int] | None = None
) -> Tensor:
    """Gradient of a loss through `max_pool2d`, for its input.

    Source: Goodfellow, Bengio and Courville, section 9.3, differentiated.

    Args:
        grad_out: [n, c, oh, ow] gradient of the loss for the largest entries.
        x: [n, c, height, width] the images that the forward function got.
        window: the window that it got.
        stride: the stride that it got.
    Returns:
        [n, c, height, width] gradient for x; of equal largest entries in a window, one gets all.
    """
    size, steps = _pair(window), _pair(window if stride is None else stride)
    patches = _patches(x, size, steps)
    # Only the winner of a window sends its value on. An entry that wins in several windows gets several gradients.
    winner = patches.argmax(dim=2, keepdim=True)
    shares = torch.zeros_like(patches).scatter_add_(2, winner, grad_out[:, :, None])
    return _put_back(shares, x, size, steps)


def dropout2d(
    x: Tensor, p: float, training: bool = True, generator: torch.Generator | None = None
) -> tuple[Tensor, Tensor]:
    """Drop whole channels of single images, and scale up those that stay.

    Source: Tompson et al., section 3.2 (SpatialDropout), with the scaling at training time.

    Args:
        x: [n, c, height, width] images.
        p: probability that a channel of an image is dropped, at least 0 and below 1.
        training: False leaves everything as it is.
        generator: source of the coins, one for each channel of each image.
    Returns:
        out: [n, c, height, width] the images, scaled.
        factors: [n, c] the number by which each channel of each image was multiplied.
    """
    # Neighbouring pixels of a map know nearly the same: dropping single ones would hide nothing.
    factors = x.new_ones(x.shape[:2])
    if training:
        device = x.device if generator is None else generator.device
        coins = torch.rand(x.shape[:2], generator=generator, device=device).to(x.device)
        factors = (coins >= p).to(x.dtype) / (1 - p)
    return x * factors[:, :, None, None], factors


def dropout2d_backward(grad_out: Tensor, factors: Tensor) -> Tensor:
    """Gradient of a loss through `dropout2d`, for its input.

    Source: Tompson et al., section 3.2 (SpatialDropout), differentiated.

    Args:
        grad_out: [n, c, height, width] gradient of the loss for the output.
        factors: [n, c] what the forward function returned.
    Returns:
        [n, c, height, width] gradient for x.
    """
    return grad_out * factors[:, :, None, None]


def init_kernels(
    filters: int, channels: int, size: int | tuple[int, int], generator: torch.Generator, leak: float = 0.0
) -> tuple[Tensor, Tensor]:
    """Filters and biases, float32, that keep the size of activations; He's normal initialisation.

    Source: He, Zhang, Ren and Sun, section 2.2, equations 10 and 15.

    Args:
        filters: number of filters.
        channels: number of channels of the images.
        size: of each kernel.
        generator: source of the random numbers.
        leak: slope below 0 of the activation that follows; 0 for a ReLU, 1 for none.
    Returns:
        W: [f, c, kh, kw] filters, normal with mean 0 and variance 2 / ((1 + leak^2) fan_in).
        b: [f] zeros.
    """
    # An entry of a map is a sum over a patch: all channels, and in each of them the whole kernel.
    kh, kw = _pair(size)
    std = math.sqrt(2 / ((1 + leak**2) * channels * kh * kw))
    W = std * torch.randn(filters, channels, kh, kw, generator=generator, device=generator.device)
    return W, W.new_zeros(filters)


def flatten(x: Tensor) -> Tensor:
    """Every image as one row: channel by channel, and each of them row by row.

    Args:
        x: [n, c, height, width] images.
    Returns:
        [n, d] rows, with d = c * height * width.
    """
    return x.reshape(len(x), -1)


def flat_size(image_shape: tuple[int, int], channels: tuple[int, int], kernel: int, padding: int, window: int) -> int:
    """The number of features behind both convolutions and poolings of the network: its first matrix has so many rows.

    Source: LeCun, Bottou, Bengio and Haffner, section II.B.

    Args:
        image_shape: height and width of the images.
        channels: number of filters of the first and of the second convolution.
        kernel: height and width of all kernels; their stride is 1.
        padding: zeros around what a convolution gets.
        window: height and width of the pooling windows, and their stride.
    Returns:
        the number, an int.
    """
    features = channels[1]
    for size in image_shape:
        for _ in channels:
            size = conv_output_size(size, kernel, padding=padding)
            size = conv_output_size(size, window, stride=window)
        features *= size
    return features


def init_network(
    image_shape: tuple[int, int],
    *,
    channels: tuple[int, int] = (10, 20),
    kernel: int = 5,
    padding: int = 0,
    window: int = 2,
    hidden: int = 60,
    classes: int = 10,
    generator: torch.Generator,
) -> list[tuple[Tensor, Tensor]]:
    """The start of a network for images with one channel, float32.

    Source: He, Zhang, Ren and Sun, section 2.2, equation 10.

    Args:
        image_shape: height and width of the images.
        channels: number of filters of the first and of the second convolution.
        kernel: height and width of all kernels.
        padding: zeros around what a convolution gets.
        window: height and width of the pooling windows.
        hidden: number of hidden units between the two matrices.
        classes: number of classes.
        generator: source of the random numbers.
    Returns:
        a list of four pairs (W, b): two of filters, then two of a matrix [d, h] with its bias [h]. Variances are
        2 / fan_in, that of the last matrix 1 / fan_in, and biases 0.
    """
    first, second = channels
    d = flat_size(image_shape, channels, kernel, padding, window)
    pairs = [init_kernels(first, 1, kernel, generator), init_kernels(second, first, kernel, generator)]
    # No ReLU comes behind the last matrix, so that nothing is lost that a 2 would have to make up for.
    for rows, columns, gain in ((d, hidden, 2), (hidden, classes, 1)):
        W = math.sqrt(gain / rows) * torch.randn(rows, columns, generator=generator, device=generator.device)
        pairs.append((W, W.new_zeros(columns)))
    return pairs


def _forward(
    params: list[tuple[Tensor, Tensor]], X: Tensor, padding: int, window: int, dropped: tuple
) -> tuple[Tensor, list[Tensor]]:
    """The logits, and what every layer was given and gave; `dropped` are the arguments of dropout2d."""
    (W1, b1), (W2, b2), (W3, b3), (W4, b4) = params
    maps1 = conv2d(X, W1, b1, padding=padding)
    a1 = max_pool2d(maps1, window).clamp(min=0)
    maps2, factors = dropout2d(conv2d(a1, W2, b2, padding=padding), *dropped)
    a2 = max_pool2d(maps2, window).clamp(min=0)
    a3 = (flatten(a2) @ W3 + b3).clamp(min=0)
    return a3 @ W4 + b4, [maps1, a1, maps2, factors, a2, a3]


def network_gradients(
    params: list[tuple[Tensor, Tensor]],
    X: Tensor,
    y: Tensor,
    *,
    padding: int = 0,
    window: int = 2,
    p: float = 0.0,
    generator: torch.Generator | None = None,
) -> tuple[Tensor, list[tuple[Tensor, Tensor]]]:
    """Mean cross-entropy of the network in training mode, and its gradients.

    Source: Goodfellow, Bengio and Courville, section 6.5.4, algorithms 6.3 and 6.4.

    Args:
        params: four pairs (W, b) as in `init_network`.
        X: [n, 1, height, width] images.
        y: [n] int64 labels.
        padding: zeros around what a convolution gets.
        window: height and width of the pooling windows, and their stride.
        p: probability that a channel of the second convolution is dropped.
        generator: source of the coins.
    Returns:
        loss: [] mean cross-entropy over the images, in nats.
        grads: four pairs like params.
    """
    logits, (maps1, a1, maps2, factors, a2, a3) = _forward(params, X, padding, window, (p, True, generator))
    loss, grad = cross_entropy(logits, y)
    _, (W2, _), (W3, _), (W4, _) = params
    # Backwards through the two matrices, as in every network.
    last = a3.T @ grad, grad.sum(dim=0)
    grad = grad @ W4.T * (a3 > 0)
    third = flatten(a2).T @ grad, grad.sum(dim=0)
    # The rows become images again, and meet the layers in the opposite order: ReLU, pooling, dropout, convolution.
    grad = (grad @ W3.T).reshape(a2.shape) * (a2 > 0)
    grad = dropout2d_backward(max_pool2d_backward(grad, maps2, window), factors)
    grad, *second = conv2d_backward(grad, a1, W2, padding=padding)
    grad = max_pool2d_backward(grad * (a1 > 0), maps1, window)
    _, *first = conv2d_backward(grad, X, params[0][0], padding=padding)
    return loss, [tuple(first), tuple(second), third, last]


def train(
    params: list[tuple[Tensor, Tensor]],
    X: Tensor,
    y: Tensor,
    *,
    lr: float,
    epochs: int,
    batch_size: int,
    padding: int = 0,
    window: int = 2,
    p: float = 0.0,
    generator: torch.Generator | None = None,
) -> list[tuple[Tensor, Tensor]]:
    """Train the network by mini-batch gradient descent.

    Source: Goodfellow, Bengio and Courville, section 8.3.1, algorithm 8.1.

    Args:
        params: the start, four pairs (W, b); it stays as it is.
        X: [n, 1, height, width] images.
        y: [n] int64 labels.
        lr: learning rate of every step.
        epochs: number of passes over all images.
        batch_size: images in a batch; the last batch of an epoch keeps what is left over.
        padding: zeros around what a convolution gets.
        window: height and width of the pooling windows, and their stride.
        p: probability that a channel of the second convolution is dropped.
        generator: draws a new order of the images for every epoch, and the coins; None means the given order each
            time, and coins from torch's own generator.
    Returns:
        four pairs like the start.
    """
    pairs = params
    for _ in range(epochs):
        order = torch.arange(len(X), device=X.device)
        if generator is not None:
            order = torch.randperm(len(X), generator=generator, device=generator.device).to(X.device)
        for rows in order.split(batch_size):
            how = {"padding": padding, "window": window, "p": p, "generator": generator}
            _, grads = network_gradients(pairs, X[rows], y[rows], **how)
            # All pairs move at once, by the gradients of the parameters that they were.
            pairs = [(W - lr * dW, b - lr * db) for (W, b), (dW, db) in zip(pairs, grads, strict=True)]
    return pairs


def predict(params: list[tuple[Tensor, Tensor]], X: Tensor, *, padding: int = 0, window: int = 2) -> Tensor:
    """The class with the largest logit for each image, with no channel dropped.

    Args:
        params: four pairs (W, b).
        X: [n, 1, height, width] images.
        padding: zeros around what a convolution gets.
        window: height and width of the pooling windows, and their stride.
    Returns:
        [n] int64 class of each image.
    """
    logits, _ = _forward(params, X, padding, window, (0.0, False))
    return logits.argmax(dim=1)
