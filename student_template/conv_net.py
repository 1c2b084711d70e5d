# Generated from the course by `autograder build`; in your own copy this file is yours to edit.
"""A convolutional network.

Read assignments/conv_net/handout.html, then write the functions below. `autograder check conv_net` tells how you are doing.
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


# Exercise 1: How often does a window fit? (5 points)


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
    # YOUR CODE HERE
    raise NotImplementedError


# Exercise 2: The convolution (16 points)


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
    # YOUR CODE HERE
    raise NotImplementedError


# Exercise 3: The gradients of a convolution (18 points)


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
    # YOUR CODE HERE
    raise NotImplementedError


# Exercise 4: Max pooling (16 points)


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
    # YOUR CODE HERE
    raise NotImplementedError


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
    # YOUR CODE HERE
    raise NotImplementedError


# Exercise 5: Dropping whole channels (9 points)


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
    # YOUR CODE HERE
    raise NotImplementedError


def dropout2d_backward(grad_out: Tensor, factors: Tensor) -> Tensor:
    """Gradient of a loss through `dropout2d`, for its input.

    Source: Tompson et al., section 3.2 (SpatialDropout), differentiated.

    Args:
        grad_out: [n, c, height, width] gradient of the loss for the output.
        factors: [n, c] what the forward function returned.
    Returns:
        [n, c, height, width] gradient for x.
    """
    # YOUR CODE HERE
    raise NotImplementedError


# Exercise 6: Kaiming's start for kernels (8 points)


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
    # YOUR CODE HERE
    raise NotImplementedError


# Exercise 7: The network (18 points)


def flatten(x: Tensor) -> Tensor:
    """Every image as one row: channel by channel, and each of them row by row.

    Args:
        x: [n, c, height, width] images.
    Returns:
        [n, d] rows, with d = c * height * width.
    """
    # YOUR CODE HERE
    raise NotImplementedError


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
    # YOUR CODE HERE
    raise NotImplementedError


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
    # YOUR CODE HERE
    raise NotImplementedError


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
    # YOUR CODE HERE
    raise NotImplementedError


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
    # YOUR CODE HERE
    raise NotImplementedError


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
    # YOUR CODE HERE
    raise NotImplementedError
