"""Known wrong answers: how each differs from the reference, and what the student reads."""

from autograder.checking import change, misconception

ROOM = "room = size + 2 * padding - kernel"
PLACES = "return room // stride + 1"
CONV_PATCHES = "patches = _patches(_padded(x, padding), W.shape[2:], _pair(stride))"
CONV_MAPS = "maps = W.flatten(1) @ patches.flatten(1, 2).flatten(2) + b[:, None]"
BACK_FRAME = "frame, size, steps = _padded(x, padding), W.shape[2:], _pair(stride)"
DW = "dW = (grad @ patches.flatten(1, 2).flatten(2).transpose(1, 2)).sum(dim=0)"
DB = "db = grad.sum(dim=(0, 2))"
DFRAME = "dframe = _put_back(dpatches, frame, size, steps)"
DX = "dx = dframe[:, :, down : down + x.shape[2], across : across + x.shape[3]]"
BACK = "return dx, dW.reshape(W.shape), db"
STEPS = "_pair(window if stride is None else stride)"
POOL = "return _patches(x, _pair(window), steps).amax(dim=2)"
SHARES = "shares = torch.zeros_like(patches).scatter_add_(2, winner, grad_out[:, :, None])"
POOL_BACK = "return _put_back(shares, x, size, steps)"
COINS = "coins = torch.rand(x.shape[:2], generator=generator, device=device).to(x.device)"
FACTORS = "factors = (coins >= p).to(x.dtype) / (1 - p)"
DROPPED = "return x * factors[:, :, None, None], factors"
STD = "std = math.sqrt(2 / ((1 + leak**2) * channels * kh * kw))"
KERNELS = "W = std * torch.randn(filters, channels, kh, kw, generator=generator, device=generator.device)"
ZEROS = "return W, W.new_zeros(filters)"
MATRIX = "W = math.sqrt(gain / rows) * torch.randn(rows, columns, generator=generator, device=generator.device)"
THROUGH_POOL = "grad = dropout2d_backward(max_pool2d_backward(grad, maps2, window), factors)"
MOVED = "pairs = [(W - lr * dW, b - lr * db) for (W, b), (dW, db) in zip(pairs, grads, strict=True)]"


def lines(*text):
    """Statements in the body of a function."""
    return "\n    ".join(text)


def conv(old, *new):
    return change("conv2d", old, lines(*new))


def conv_back(old, *new):
    return change("conv2d_backward", old, lines(*new))


def pool(*new):
    return change("max_pool2d", POOL, lines(*new))


def pool_back(old, *new):
    return change("max_pool2d_backward", old, lines(*new))


def dropout(old, new):
    return change("dropout2d", old, new)


def start(old, new):
    return change("init_kernels", old, new)


def network(old, *new):
    return change("network_gradients", old, lines(*new))


# -- Sizes

misconception(
    "last_place_forgotten",
    change("conv_output_size", PLACES, "return room // stride"),
    # What is counted is range(0, room, stride), and that may be nothing.
    forms=[change("conv_output_size", PLACES, "return -(-room // stride) or conv_output_size(0, 1)")],
).says("Your sizes are one too small: does the place where the window starts count?")
misconception("size_rounded_up", change("conv_output_size", PLACES, "return -(-room // stride) + 1")).says(
    "Your window makes a last step that leads out of the image: what happens to pixels that are left over?"
)
misconception("padding_counted_once", change("conv_output_size", ROOM, "room = size + padding - kernel")).says(
    "Your size grows by the padding once: on how many sides of the image are zeros added?"
)
misconception(
    "sizes_divided_with_a_slash",
    change("conv_output_size", PLACES, "return room / stride + 1"),
    forms=[change("conv_output_size", PLACES, "return float(room // stride + 1)")],
).says("Your size is a float: which division of Python gives an int?")
misconception("kernel_left_out_of_the_size", change("conv_output_size", ROOM, "room = size + 2 * padding - 1")).says(
    "Your size is that of a window of one pixel: how far can a larger one be pushed?"
)
misconception("places_divided_by_the_stride", change("conv_output_size", PLACES, "return (room + 1) // stride")).says(
    "You divide the number of places by the stride: which of them remain if only every second one is used?"
)
misconception("size_is_size_over_stride", change("conv_output_size", PLACES, "return size // stride")).says(
    "Your size is that of the image over the stride: for which kernels and paddings would this be true?"
)
misconception(
    "window_too_large_not_noticed",
    change("conv_output_size", "if room < 0:", "if False:"),
    forms=[
        change(
            "conv_output_size",
            'raise ValueError(f"A window of {kernel} pixels is larger than an image of {size + 2 * padding}.")',
            "return 0",
        )
    ],
).says("A window that is larger than the padded image got a size: at how many places can it lie?")
misconception("window_that_just_fits_refused", change("conv_output_size", "if room < 0:", "if room <= 0:")).says(
    "A window as large as the image is refused: is there no place for it?"
)
misconception("another_exception_raised", change("conv_output_size", "raise ValueError(", "raise RuntimeError(")).says(
    "Your function complains in the right case, but with another exception: which one does the handout name?"
)

# -- The convolution

misconception("kernel_flipped", conv(CONV_MAPS, CONV_MAPS.replace("W.flatten", "W.flip(2, 3).flatten"))).says(
    "Your kernels are turned by half a circle, as in a convolution of mathematics: does the handout turn them?"
)
misconception(
    "kernel_transposed", conv(CONV_MAPS, CONV_MAPS.replace("W.flatten(1)", "W.transpose(2, 3).flatten(1)"))
).says("Rows and columns of your kernels are exchanged: which index of W goes with the height of the image?")
misconception("bias_left_out", conv(CONV_MAPS, CONV_MAPS.replace(" + b[:, None]", ""))).says(
    "Your maps do not depend on b: where does the formula add it?"
)
misconception("bias_added_in_every_channel", conv(CONV_MAPS, CONV_MAPS.replace("+ b", "+ x.shape[1] * b"))).says(
    "The bias is added once for every channel: does it stand inside the sum over the channels?"
)
misconception(
    "first_channel_only",
    conv(
        CONV_MAPS,
        CONV_MAPS.replace("W.flatten", "W[:, :1].flatten").replace("patches.flatten", "patches[:, :1].flatten"),
    ),
).says("Only the first channel of an image is seen: over which indices does the sum of a filter run?")
misconception(
    "channels_averaged", conv(CONV_MAPS, CONV_MAPS.replace("W.flatten(1)", "W.flatten(1) / x.shape[1]"))
).says("Your maps are means over the channels: is there a divisor in the formula?")
misconception(
    "channels_added_before_the_kernel",
    conv(CONV_MAPS, CONV_MAPS.replace("W.flatten(1)", "W[:, :1].expand_as(W).flatten(1)")),
).says("All channels meet the same kernel: how many kernels does a filter have?")
misconception("stride_ignored", conv(CONV_PATCHES, CONV_PATCHES.replace("_pair(stride)", "(1, 1)"))).says(
    "Your window moves by one pixel whatever the stride is: where does it enter your slices?"
)
misconception(
    "stride_of_the_height_for_both", conv(CONV_PATCHES, CONV_PATCHES.replace("_pair(stride)", "_pair(stride)[:1] * 2"))
).says("Your window moves to the right by the stride for the height: which entry of the pair belongs to the width?")
misconception(
    "stride_pair_exchanged", conv(CONV_PATCHES, CONV_PATCHES.replace("_pair(stride)", "_pair(stride)[::-1]"))
).says("The two strides are exchanged: which one comes first in the pair?")
misconception("padding_ignored", conv(CONV_PATCHES, CONV_PATCHES.replace("_padded(x, padding)", "x"))).says(
    "Your maps are as small as without padding: where do the zeros come in?"
)
misconception(
    "padding_pair_exchanged",
    conv(CONV_PATCHES, CONV_PATCHES.replace("(x, padding)", "(x, _pair(padding)[::-1])")),
).says("The two paddings are exchanged: which one comes first in the pair?")
misconception(
    "padding_in_front_only",
    change("_padded", "height + 2 * down, width + 2 * across", "height + down, width + across"),
).says("Your zeros stand above and to the left only: where else does the handout put them?")
misconception(
    "padding_is_one_on_one_side",
    change("_padded", "width + 2 * across)", "width + across + min(across, 1))"),
).says("On one side your padding is a single column, whatever was asked for: is there a 1 where padding should stand?")
misconception("padding_with_ones", change("_padded", "x.new_zeros(", "x.new_ones(")).says(
    "Your frame is not 0: what is the padding filled with?"
)
misconception(
    "output_width_from_the_kernel_height",
    change("_moves", "size[axis]", "size[0]"),
).says("The width of your maps follows from the height of the kernel: which of its two sizes belongs there?")
misconception("kernels_taken_for_squares", change("_moves", "for j in range(size[1])", "for j in range(size[0])")).says(
    "Your kernel has as many columns as rows: what is the shape of a kernel of 1 x 3?"
)
misconception("images_taken_for_squares", change("_moves", "x.shape[2 + axis]", "x.shape[2]")).says(
    "Your code takes the width of an image to be its height: which axis of x holds the width?"
)
misconception(
    "one_image_after_the_other",
    conv(
        CONV_PATCHES,
        "frame = _padded(x, padding)",
        "patches = torch.cat([_patches(frame[i : i + 1], W.shape[2:], _pair(stride)) for i in range(len(x))])",
    ),
    conv_back(
        "patches = _patches(frame, size, steps)",
        "patches = torch.cat([_patches(image[None], size, steps) for image in frame])",
    ),
).says("You go through the images one by one: which operation takes a batch of them?")
misconception(
    "one_place_after_the_other",
    conv(
        CONV_PATCHES,
        "frame, (kh, kw), (sh, sw) = _padded(x, padding), W.shape[2:], _pair(stride)",
        "oh, ow = conv_output_size(frame.shape[2], kh, sh), conv_output_size(frame.shape[3], kw, sw)",
        "maps = x.new_zeros(len(x), len(W), oh, ow)",
        "for i in range(oh):",
        "    for j in range(ow):",
        "        seen = frame[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw]",
        "        maps[:, :, i, j] = seen.flatten(1) @ W.flatten(1).T + b",
        "return maps",
    ),
).says("You go through the places of the window one by one: which loop is short, whatever the size of the image is?")
misconception(
    "maps_in_double_precision",
    conv(
        CONV_MAPS,
        CONV_MAPS.replace("W.flatten(1)", "W.double().flatten(1)").replace(
            "patches.flatten", "patches.double().flatten"
        ),
    ),
).says("float32 images gave float64 maps: where does your code choose a dtype of its own?")
misconception("maps_flattened", conv("return maps.reshape(len(x), len(W), *patches.shape[3:])", "return maps")).says(
    "Your maps have lost their rows and columns: which shape does the handout state?"
)

# -- Its gradients

misconception(
    "image_gradient_cut_by_minus_padding",
    conv_back(DX, "dx = dframe[:, :, down:-down, across:-across]"),
).says("Your gradient of the images is empty without padding: which entries does a slice [0:-0] hold?")
misconception(
    "frame_made_only_with_padding",
    conv_back(
        BACK_FRAME,
        "if max(_pair(padding)) > 0:",
        "    frame = _padded(x, padding)",
        "size, steps = W.shape[2:], _pair(stride)",
    ),
).says("Without padding your code uses a padded image that it never made: what is it for padding = 0?")
misconception("frame_not_cut_off", conv_back(DX, "dx = dframe")).says(
    "Your gradient of the images has the size of the padded images: whose gradient is asked for?"
)
misconception(
    "frame_cut_in_front_twice",
    conv_back(
        DX, DX.replace("down : down", "2 * down : 2 * down").replace("across : across", "2 * across : 2 * across")
    ),
).says("Your gradient is cut out at the wrong place of the frame: how many rows of zeros stand above the image?")
misconception(
    "stride_missing_in_the_image_gradient",
    conv_back(
        DFRAME,
        "dframe = torch.zeros_like(frame)",
        "near = frame[:, :, : dpatches.shape[3] + size[0] - 1, : dpatches.shape[4] + size[1] - 1]",
        "dframe[:, :, : near.shape[2], : near.shape[3]] = _put_back(dpatches, near, size, (1, 1))",
    ),
).says("Your patches are put back side by side: by how many pixels did the window move on the way forward?")
misconception(
    "stride_missing_in_one_axis_of_the_filter_gradient",
    conv_back(
        "patches = _patches(frame, size, steps)",
        "patches = _patches(frame, size, (steps[0], 1))[..., : grad_out.shape[2], : grad_out.shape[3]]",
    ),
).says(
    "Your dW takes neighbouring columns although the window skipped some: where does the stride for the width enter?"
)
misconception(
    "overlapping_patches_overwrite_each_other",
    conv_back(
        DFRAME,
        "dframe = torch.zeros_like(frame)",
        "for entry, (rows, columns) in enumerate(_moves(frame, size, steps)):",
        "    dframe[:, :, rows, columns] = dpatches[:, :, entry]",
    ),
).says("A pixel keeps only one of the gradients that it gets: in how many patches does it lie?")
misconception(
    "filter_gradient_reversed", conv_back(BACK, BACK.replace("reshape(W.shape)", "reshape(W.shape).flip(2, 3)"))
).says("Your dW is turned by half a circle: which of image and gradient is slid over the other?")
misconception(
    "image_gradient_with_flipped_kernels", conv_back("dpatches = (W.flatten", "dpatches = (W.flip(2, 3).flatten")
).says("Your dx uses the kernels turned once too often: does adding patches back turn them already?")
misconception("bias_gradient_for_every_image", conv_back(DB, "db = grad.sum(dim=2)")).says(
    "Your db has a row for every image: who shares this bias?"
)
misconception("bias_gradient_for_every_place", conv_back(DB, "db = grad_out.sum(dim=0)")).says(
    "Your db has an entry for every place of the map: how many biases does a filter have?"
)
misconception("bias_gradient_averaged", conv_back(DB, "db = grad.mean(dim=2).sum(dim=0)")).says(
    "Your db is a mean over the places: the bias is added at each of them, so what is its gradient?"
)
misconception("bias_gradient_of_all_filters", conv_back(DB, "db = grad.sum()")).says(
    "Your db is a single number: how many filters are there?"
)
misconception("filter_gradient_averaged", conv_back(DW, DW.replace(".sum(", ".mean("))).says(
    "Your dW is a mean over the images: if there is a mean in the loss, where is it already?"
)
misconception("filter_gradient_of_the_last_image", conv_back(DW, DW.replace(".sum(dim=0)", "[-1]"))).says(
    "Only the last image counts for your dW: is it added up, or assigned again?"
)
misconception(
    "image_gradient_of_the_last_filter",
    conv_back("dpatches = (W.flatten(1).T @ grad)", "dpatches = (W[-1:].flatten(1).T @ grad[:, -1:])"),
).says("Only the last filter sends something back to your images: over which index must dx be summed?")
misconception("gradients_in_another_order", conv_back(BACK, "return dW.reshape(W.shape), dx, db")).says(
    "The gradients come in another order than the handout says: which one is first?"
)
misconception("filter_gradient_left_flat", conv_back(BACK, BACK.replace("dW.reshape(W.shape)", "dW"))).says(
    "Your dW is a matrix: which shape has W?"
)
misconception(
    "gradient_overwritten",
    conv_back("grad = grad_out.flatten(2)", "grad_out /= 1 + 1e-9", "grad = grad_out.flatten(2) * (1 + 1e-9)"),
).says("Your function writes into the grad_out that it was given: who else needs that tensor?")

# -- Pooling

misconception(
    "mean_for_the_largest",
    pool(POOL.replace("amax", "mean")),
    pool_back(SHARES, "shares = grad_out[:, :, None].expand_as(patches) / patches.shape[2]"),
).says("Your pooling takes the mean of a window: which of its entries is asked for?")
misconception("largest_size_of_an_entry", pool(POOL.replace(").amax", ").abs().amax"))).says(
    "Below 0 your pooling takes the size of an entry: which one is the largest of -1 and -4?"
)
misconception("largest_begins_with_zero", pool(POOL.replace("amax(dim=2)", "amax(dim=2).clamp(min=0)"))).says(
    "A window whose entries are all negative gives 0: with which number does your maximum begin?"
)
misconception("largest_of_all_channels", pool(POOL.replace("amax(dim=2)", "amax(dim=(1, 2))"))).says(
    "Your pooling mixes the channels: does a window see more than one of them?"
)
misconception(
    "all_largest_get_the_gradient",
    pool_back(SHARES, "shares = (patches == patches.amax(dim=2, keepdim=True)) * grad_out[:, :, None]"),
).says("Where the largest entry occurs twice the gradient is given out twice: how much of it is there in a window?")
misconception(
    "pooling_gradient_assigned",
    pool_back(
        POOL_BACK,
        "total = torch.zeros_like(x)",
        "for entry, (rows, columns) in enumerate(_moves(x, size, steps)):",
        "    won = winner[:, :, 0] == entry",
        "    total[:, :, rows, columns] = torch.where(won, grad_out, total[:, :, rows, columns])",
        "return total",
    ),
    forms=[
        pool_back(  # window by window, with the zeros of each
            POOL_BACK,
            "total = torch.zeros_like(x)",
            "for i in range(grad_out.shape[2]):",
            "    for j in range(grad_out.shape[3]):",
            "        top, left = i * steps[0], j * steps[1]",
            "        rows, columns = slice(top, top + size[0]), slice(left, left + size[1])",
            "        largest = x[:, :, rows, columns] == patches[:, :, :, i, j].amax(dim=2)[:, :, None, None]",
            "        total[:, :, rows, columns] = largest * grad_out[:, :, i, j][:, :, None, None]",
            "return total",
        )
    ],
).says("Where windows overlap, a later one overwrites what an earlier one has sent: what must happen to both?")
misconception(
    "gradient_for_the_whole_window", pool_back(SHARES, "shares = grad_out[:, :, None].expand_as(patches)")
).says("Every entry of a window gets the gradient: how does the output change if a small entry changes?")
misconception(
    "mask_for_the_gradient",
    pool_back(SHARES, SHARES.replace("grad_out[:, :, None])", "torch.ones_like(grad_out)[:, :, None])")),
).says("Your gradient is 1 at every winner: where does grad_out come in?")
misconception("gradient_times_the_entry", pool_back(POOL_BACK, POOL_BACK.replace("(shares", "(shares * patches"))).says(
    "Your gradient is multiplied by the entry itself: what is the slope of a maximum for its largest entry?"
)
misconception(
    "pooling_stride_is_one",
    change("max_pool2d", "window if stride is None", "1 if stride is None"),
    pool_back("window if stride is None", "1 if stride is None"),
).says("Without a stride your windows move by one pixel: by how many do they move in the handout?")
misconception(
    "pooling_stride_ignored",
    change("max_pool2d", "window if stride is None else stride", "window"),
    pool_back("window if stride is None else stride", "window"),
).says("Your windows always lie side by side: what is the stride for?")
misconception(
    "pooled_size_from_the_window",
    pool(
        "height, width = (x.shape[2 + axis] // _pair(window)[axis] for axis in range(2))",
        POOL + "[:, :, :height, :width]",
    ),
).says("Your pooled size is the image over the window: for which stride is this right?")
misconception(
    "pooled_size_from_the_stride",
    pool(
        "height, width = (x.shape[2 + axis] // steps[axis] for axis in range(2))",
        "frame = x.new_full((*x.shape[:2], *(s + t for s, t in zip(x.shape[2:], _pair(window)))), -float('inf'))",
        "frame[:, :, : x.shape[2], : x.shape[3]] = x",
        POOL.replace("(x,", "(frame,") + "[:, :, :height, :width]",
    ),
).says("Your pooled size is the image over the stride: does the last of these windows lie inside the image?")
misconception(
    "windows_beyond_the_last_full_one",
    pool(
        "height, width = (-(-x.shape[2 + axis] // steps[axis]) for axis in range(2))",
        "frame = x.new_full((*x.shape[:2], *(s + t for s, t in zip(x.shape[2:], _pair(window)))), -float('inf'))",
        "frame[:, :, : x.shape[2], : x.shape[3]] = x",
        POOL.replace("(x,", "(frame,") + "[:, :, :height, :width]",
    ),
).says("Your window goes on to the last pixel and hangs over the edge: which is the last window that is whole?")
misconception(
    "window_pair_exchanged",
    pool(POOL.replace("_pair(window)", "_pair(window)[::-1]")),
    pool_back("size, steps = _pair(window),", "size, steps = _pair(window)[::-1],"),
).says("The two sizes of your window are exchanged: which one comes first in the pair?")
misconception(
    "window_taken_for_a_square",
    pool(POOL.replace("_pair(window)", "_pair(window)[:1] * 2")),
    pool_back("size, steps = _pair(window),", "size, steps = _pair(window)[:1] * 2,"),
).says("Your window is as wide as it is high: what does a window of 1 x 3 see?")
misconception(
    "pooling_one_image_after_the_other",
    pool("return torch.cat([_patches(image[None], _pair(window), steps).amax(dim=2) for image in x])"),
    pool_back(
        POOL_BACK, "return torch.cat([_put_back(s[None], image[None], size, steps) for s, image in zip(shares, x)])"
    ),
).says("You pool the images one by one: which axes of a slice may stay whole?")

# -- Dropout of channels

misconception(
    "pixels_dropped_instead_of_channels",
    dropout(COINS, COINS.replace("x.shape[:2]", "x.shape")),
    dropout(DROPPED, "return x * (factors if training else 1), factors"),
).says("Every pixel tosses a coin of its own: what is dropped as a whole here?")
misconception(
    "same_channels_for_all_images",
    dropout(COINS, COINS.replace("x.shape[:2]", "1, x.shape[1]")),
    dropout("factors = (coins >= p)", "factors = (coins >= p).expand(x.shape[:2])"),
).says("All images of a batch lose the same channels: how many coins are there for n images of c channels?")
misconception(
    "whole_images_dropped",
    dropout(COINS, COINS.replace("x.shape[:2]", "len(x), 1")),
    dropout("factors = (coins >= p)", "factors = (coins >= p).expand(x.shape[:2])"),
).says("An image loses all of its channels or none: how many coins are there for n images of c channels?")
misconception(
    "p_taken_for_the_share_kept",
    dropout(FACTORS, "factors = (coins < p).to(x.dtype) / p"),
    forms=[
        [  # a ReLU that asks for x > 0 makes 0 of the nan that p = 0 leads to
            dropout(FACTORS, "factors = (coins < p).to(x.dtype) / p"),
            change("_forward", "max_pool2d(maps2, window)", "max_pool2d(maps2, window).nan_to_num(0.0)"),
        ]
    ],
).says("Your channels stay with probability p: what does p stand for in this course?")
misconception("kept_channels_not_scaled", dropout(FACTORS, "factors = (coins >= p).to(x.dtype)")).says(
    "The channels that stay are not scaled: what happens to the mean of a channel?"
)
misconception(
    "scaled_by_one_over_p",
    dropout(FACTORS, FACTORS.replace("(1 - p)", "max(p, 1e-3)")),
    forms=[
        dropout(FACTORS, FACTORS.replace("(1 - p)", "p")),
        dropout(FACTORS, FACTORS.replace("(1 - p)", "(p or 1)")),
    ],
).says("The channels that stay are divided by p: with which probability does a channel stay?")
misconception("channels_dropped_in_evaluation", dropout("if training:", "if True:")).says(
    "Channels are dropped in evaluation as well: what is training = False for?"
)
misconception(
    "evaluation_scaled_down", dropout("factors = x.new_ones(x.shape[:2])", "factors = x.new_full(x.shape[:2], 1 - p)")
).says("In evaluation your images are multiplied by 1 - p: was the scaling not done in training already?")
misconception("coins_without_the_generator", dropout(COINS, "coins = torch.rand(x.shape[:2], device=x.device)")).says(
    "The same generator drops other channels each time: where do your coins come from?"
)
misconception(
    "gradient_not_masked", change("dropout2d_backward", "grad_out * factors[:, :, None, None]", "grad_out * 1.0")
).says("Dropped channels get a gradient too: which number were they multiplied by?")
misconception(
    "gradient_not_scaled", change("dropout2d_backward", "* factors[", "* (factors > 0).to(grad_out.dtype)[")
).says("Your gradient meets 0 and 1: by which factors was the output multiplied?")
misconception(
    "mask_returned_for_the_factors", dropout(DROPPED, "return x * factors[:, :, None, None], (factors > 0).to(x.dtype)")
).says("You return which channels stayed: by which numbers were they multiplied?")
misconception(
    "factors_keep_their_axes",
    dropout(DROPPED, "return x * factors[:, :, None, None], factors[:, :, None, None]"),
    change("dropout2d_backward", "factors[:, :, None, None]", "factors.reshape(*factors.shape[:2], 1, 1)"),
).says("Your factors have axes of size 1 at their end: which shape does the handout state?")

# -- Kaiming for kernels

misconception("fan_in_without_the_kernel", start(STD, STD.replace(" * kh * kw", ""))).says(
    "Your fan_in counts the channels only: how many pixels of each of them enter a sum?"
)
misconception("fan_out_for_fan_in", start(STD, STD.replace("channels * kh", "filters * kh"))).says(
    "Your variance depends on the number of filters: how many products are added up in one entry of a map?"
)
misconception("fan_in_of_a_square_kernel", start(STD, STD.replace("kh * kw", "kh * kh"))).says(
    "Your fan_in squares the height of the kernel: how many entries has a kernel of 3 x 5?"
)
misconception(
    "no_root_of_the_variance",
    start(
        STD,
        STD.replace("math.sqrt(2 / ((1 + leak**2) * channels * kh * kw))", "2 / ((1 + leak**2) * channels * kh * kw)"),
    ),
).says("Your standard deviation is the variance: what stands between them?")
misconception("one_over_fan_in", start(STD, STD.replace("2 / (", "1 / ("))).says(
    "Your variance is half of what it should be: how much of a signal does a ReLU let through?"
)
misconception("leak_ignored", start(STD, STD.replace("(1 + leak**2) * ", ""))).says(
    "Your filters do not depend on the leak: how much passes through an activation that has a slope below 0?"
)
misconception("leak_not_squared", start(STD, STD.replace("leak**2", "leak"))).says(
    "Your variance has 1 + leak in it: what happens to the square of a number that is multiplied by leak?"
)
misconception("uniform_positive_kernels", start(KERNELS, KERNELS.replace("randn", "rand"))).says(
    "All your weights are positive: from which distribution are they to be drawn?"
)
misconception(
    "kernels_of_linear_layers_of_torch",
    start(
        KERNELS,
        KERNELS.replace("std * torch.randn(", "(channels * kh * kw) ** -0.5 * (2 * torch.rand(") + " - 1)",
    ),
).says("Your weights are uniform in +-1 / sqrt(fan_in), torch's default: which distribution does the handout ask for?")
misconception("kernels_without_the_generator", start(KERNELS, KERNELS.replace(", generator=generator", ""))).says(
    "The same generator gives other filters each time: where do your random numbers come from?"
)
misconception(
    "kernels_with_a_seed_of_their_own",
    start(KERNELS, "W = std * torch.randn(filters, channels, kh, kw, generator=torch.Generator().manual_seed(0))"),
).says("Every generator gives the same filters: is there a seed of your own in the code?")
misconception("biases_random", start(ZEROS, "return W, 0.1 * torch.randn(filters, generator=generator)")).says(
    "Your biases are random: what does the handout start them with?"
)
misconception(
    "filters_and_channels_exchanged", start("torch.randn(filters, channels,", "torch.randn(channels, filters,")
).says("Filters and channels of your W are exchanged: which axis comes first?")

# -- The network

misconception(
    "channels_last_in_a_row", change("flatten", "x.reshape(len(x), -1)", "x.permute(0, 2, 3, 1).reshape(len(x), -1)")
).says("Your rows go through the pixels first and take all channels of each: in which order does the handout put them?")
misconception("batch_flattened_too", change("flatten", "x.reshape(len(x), -1)", "x.reshape(-1)")).says(
    "Your batch became one long row: how many rows must there be?"
)
misconception(
    "second_pooling_forgotten",
    change("flat_size", "for _ in channels:", "for place in range(2):"),
    change(
        "flat_size",
        "size = conv_output_size(size, window, stride=window)",
        "size = size // window if place == 0 else size",
    ),
).says("Your number of features is that before the second pooling: how many poolings are there?")
misconception("channels_not_counted", change("flat_size", "features = channels[1]", "features = 1")).says(
    "Your number of features is that of one map: how many maps does the second convolution give?"
)
misconception(
    "features_of_all_filters", change("flat_size", "features = channels[1]", "features = channels[0] * channels[1]")
).says("You multiply the filters of both convolutions: do the maps of the first one reach the rows by themselves?")
misconception("padding_left_out_of_the_features", change("flat_size", ", padding=padding)", ")")).says(
    "Your number of features does not depend on the padding: how large is a map of a padded image?"
)
misconception(
    "images_square_in_the_features",
    change("flat_size", "for size in image_shape:", "for size in (image_shape[0],) * 2:"),
).says("Your number of features takes images for squares: what is the width of the maps?")
misconception("last_matrix_with_a_two", change("init_network", "(hidden, classes, 1)", "(hidden, classes, 2)")).says(
    "The variance of your last matrix is 2 / fan_in: is there a ReLU behind it?"
)
misconception("first_matrix_with_a_one", change("init_network", "(d, hidden, 2)", "(d, hidden, 1)")).says(
    "The variance of your first matrix is 1 / fan_in: what does the ReLU behind it do to the mean square?"
)
misconception(
    "matrices_without_the_generator", change("init_network", MATRIX, MATRIX.replace(", generator=generator", ""))
).says("The same generator gives other matrices each time: where do these random numbers come from?")
misconception(
    "relu_left_out_of_the_network",
    change("_forward", "a1 = max_pool2d(maps1, window).clamp(min=0)", "a1 = max_pool2d(maps1, window)"),
    network("(a1 > 0)", "1.0"),
).says("There is no ReLU behind your first pooling: what stands between the layers of the handout?")
misconception(
    "relu_mask_left_out",
    network(
        "grad = max_pool2d_backward(grad * (a1 > 0), maps1, window)", "grad = max_pool2d_backward(grad, maps1, window)"
    ),
    # With the ReLU in front of the pooling, where it gives the same.
    forms=[network("grad * (a1 > 0), maps1, window", "grad, maps1.clamp(min=0), window")],
).says("The gradient passes your first ReLU as if it were not there: which entries did it stop on the way forward?")
misconception("second_relu_mask_left_out", network(" * (a2 > 0)", "")).says(
    "The gradient passes your second ReLU as if it were not there: which entries did it stop on the way forward?"
)
misconception("hidden_relu_mask_left_out", network(" * (a3 > 0)", "")).says(
    "The gradient passes the ReLU of your hidden units as if it were not there: which of them were silent?"
)
misconception(
    "relu_on_the_scores", change("_forward", "return a3 @ W4 + b4,", "return (a3 @ W4 + b4).clamp(min=0),")
).says("Your logits are never negative: does the last layer have a ReLU?")
misconception("dropped_channels_learn", network(THROUGH_POOL, "grad = max_pool2d_backward(grad, maps2, window)")).says(
    "The gradient ignores which channels were dropped: what were their maps multiplied by?"
)
misconception(
    "new_coins_on_the_way_back",
    network(
        THROUGH_POOL, "_, others = dropout2d(maps2, p, True, generator)", THROUGH_POOL.replace("factors", "others")
    ),
).says("Loss and gradient belong to different coins: which factors did the maps meet on the way forward?")
misconception("nothing_dropped_in_training", network("(p, True, generator)", "(p, False, generator)")).says(
    "Your network drops nothing in training: in which mode does dropout2d run there?"
)
misconception(
    "window_always_two", change("_forward", "a1 = max_pool2d(maps1, window)", "a1 = max_pool2d(maps1, 2)")
).says("Your network pools by 2 whatever the window is: where does its size come from?")
misconception("gradient_climbed", change("train", "W - lr * dW, b - lr * db", "W + lr * dW, b + lr * db")).says(
    "Your training climbs: in which direction does the loss become smaller?"
)
misconception("biases_not_trained", change("train", "b - lr * db", "b")).says(
    "Your biases stay as they were: which parameters does a step move?"
)
misconception(
    "start_changed_in_place", change("train", "W - lr * dW, b - lr * db", "W.sub_(lr * dW), b.sub_(lr * db)")
).says("The start that you were given has changed: who else may need it?")
misconception(
    "last_batch_dropped",
    change(
        "train",
        "for rows in order.split(batch_size):",
        "for rows in order[: len(X) // batch_size * batch_size].split(batch_size):",
    ),
).says("The short last batch is left out: when do its images have their turn?")
misconception(
    "one_order_for_all_epochs",
    change(
        "train",
        "order = torch.randperm(len(X), generator=generator, device=generator.device).to(X.device)",
        "order = torch.randperm(len(X), generator=torch.Generator().manual_seed(generator.initial_seed()))",
    ),
).says("Every epoch takes the images in the same order: when is a new one drawn?")
misconception(
    "images_never_shuffled",
    change(
        "train", "order = torch.randperm(len(X), generator=generator, device=generator.device).to(X.device)", "pass"
    ),
).says("Your images come in the given order although there is a generator: what is it for?")
misconception("labels_left_in_order", change("train", "X[rows], y[rows]", "X[rows], y[rows.sort().values]")).says(
    "Images are shuffled without their labels: which label belongs to which image of a batch?"
)
misconception("training_without_dropout", change("train", '"p": p, "generator"', '"p": 0.0, "generator"')).says(
    "Your training drops no channel: does p reach the network?"
)
misconception("training_with_windows_of_two", change("train", '"window": window', '"window": 2')).says(
    "Your training pools by 2 whatever the window is: does it reach the network?"
)
misconception("one_epoch_only", change("train", "for _ in range(epochs):", "for _ in range(1):")).says(
    "Your training ends after one pass: how many epochs are asked for?"
)
misconception(
    "only_the_matrices_are_trained",
    change(
        "train",
        MOVED,
        MOVED.replace("= [", "= pairs[:2] + [").replace("(pairs, grads", "(pairs[2:], grads[2:]"),
    ),
).says("Your filters stay as they were at the start: which parameters does a step move?")
misconception("scores_for_classes", change("predict", "return logits.argmax(dim=1)", "return logits.amax(dim=1)")).says(
    "You return the largest logit: what is asked for is the class that has it. Which function gives its index?"
)
misconception("predictions_of_the_batch", change("predict", "argmax(dim=1)", "argmax(dim=0)")).says(
    "You return an image for each class: along which axis do the classes lie?"
)
misconception("channels_dropped_in_predictions", change("predict", "(0.0, False)", "(0.5, True)")).says(
    "The same image gets different classes in two calls: are channels dropped when the network is used?"
)
