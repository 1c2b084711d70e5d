"""Known wrong answers of the initialisation assignment: what they fail, and the question that they earn."""

from autograder.checking import misconception

# Checks that fail together; those that train are skipped where a layer has the wrong scale.
KERNEL = (
    "fans_of_a_convolution_count_the_kernel",
    "kaiming_std_follows_mode_nonlinearity_and_kernel",
    "fans_for_any_kernel",
    "kaiming_normal_draws_a_convolution_weight",
    "kaiming_uniform_draws_a_convolution_weight",
    "xavier_draws_a_convolution_weight",
)
KAIMING_CONVOLUTION = (
    "kaiming_normal_draws_a_convolution_weight",
    "kaiming_uniform_draws_a_convolution_weight",
)
TRAINED = (
    "each_layer_has_its_own_kaiming_draw",
    "a_kaiming_network_learns",
    "a_kaiming_network_learns_secret_pixels",
)
RELU_SCALE = (
    *TRAINED,
    "kaiming_std_of_a_small_linear_weight",
    "kaiming_std_follows_mode_nonlinearity_and_kernel",
    "kaiming_normal_draws_a_linear_weight",
    "kaiming_uniform_draws_a_linear_weight",
    "activations_survive_a_hundred_layers",
    "gradients_survive_a_hundred_layers",
    "each_scheme_has_its_own_scale",
)
KAIMING_SCALE = (*RELU_SCALE, *KAIMING_CONVOLUTION)
RELU_GAIN = (
    *RELU_SCALE,
    "gains_of_the_named_nonlinearities",
    "the_gain_undoes_what_the_rectifier_takes",
    "xavier_draws_a_convolution_weight",
)
FIXED_SEED = (
    "each_layer_has_its_own_kaiming_draw",
    "a_kaiming_network_learns",
    "kaiming_draws_in_a_row_differ",
    "xavier_draws_come_from_the_generator",
    "layers_of_equal_shape_differ",
    "a_kaiming_network_learns_secret_pixels",
)
XAVIER_SCALE = (
    "xavier_std_takes_the_mean_of_the_fans",
    "xavier_normal_draws_a_linear_weight",
    "xavier_uniform_draws_a_linear_weight",
    "xavier_draws_a_convolution_weight",
    "each_scheme_has_its_own_scale",
)
KAIMING_UNIFORM = (
    "kaiming_uniform_draws_a_linear_weight",
    "kaiming_uniform_draws_a_convolution_weight",
    "gradients_survive_a_hundred_layers",
)
UNIFORM = (
    *KAIMING_UNIFORM,
    "xavier_uniform_draws_a_linear_weight",
    "xavier_draws_a_convolution_weight",
)
GRADIENT = (
    "gradient_scales_match_autograd",
    "scales_of_one_row_in_single_precision",
    "scales_of_deep_layers_keep_their_relative_precision",
)
SMALL_ACTIVATIONS = ("activation_scale_of_one_small_layer", "activation_scales_of_several_layers")
ACTIVATION = (*SMALL_ACTIVATIONS, *GRADIENT[1:])
STARTS = (
    "initial_network_has_weights_and_zero_biases",
    "normal_and_zero_networks_do_not_learn",
    "each_scheme_has_its_own_scale",
)

# A tie goes to the first: the narrower mistakes stand before those that look the same in their checks.
misconception(
    "network_scaled_by_its_outputs",
    edits=[("kaiming_normal(shape, generator, d", 'kaiming_normal(shape, generator, mode="fan_out", d')],
    trips=[*TRAINED, "each_scheme_has_its_own_scale"],
    says="Your layers are scaled by the number of their outputs: which entry of sizes counts the inputs of a layer?",
)
misconception(
    "modes_exchanged",
    edits=[('{"fan_in": fan_in, "fan_out": fan_out}', '{"fan_in": fan_out, "fan_out": fan_in}')],
    trips=KAIMING_SCALE,
    says="Your Kaiming weights use the other fan: which one counts the terms of a forward sum?",
)
misconception(
    "xavier_gain_left_out",
    edits=[("return gain(nonlinearity) / math.sqrt(mean_fan)", "return 1 / math.sqrt(mean_fan)")],
    trips=["xavier_std_takes_the_mean_of_the_fans", "xavier_draws_a_convolution_weight"],
    says="Your Xavier weights do not depend on the nonlinearity: where does the gain enter?",
)
misconception(
    "fans_swapped",
    edits=[("return n_in * area, n_out * area", "return n_out * area, n_in * area")],
    trips=[
        *KAIMING_SCALE,
        "fans_of_a_linear_weight",
        "fans_of_a_convolution_count_the_kernel",
        "fans_for_any_kernel",
    ],
    says="Your two fans are exchanged: which size comes first in a weight here, the outputs or the inputs?",
)
misconception(
    "kernel_not_counted",
    edits=[("area = math.prod(kernel)", "area = 1")],
    trips=KERNEL,
    says="Your fans leave out the kernel: how many products does one output sum for each input channel?",
)
misconception(
    "kernel_counted_in_fan_in_only",
    edits=[("return n_in * area, n_out * area", "return n_in * area, n_out")],
    trips=KERNEL,
    says="Only your fan_in counts the kernel: how many kernel positions does one input value meet?",
)
misconception(
    "kernel_taken_as_square",
    edits=[("area = math.prod(kernel)", "area = kernel[0] ** 2 if kernel else 1")],
    trips=KERNEL,
    says="Your fans are right for square kernels only: what about 3 x 5, or kernels of one and three dimensions?",
)
misconception(
    "relu_gain_without_root",
    edits=[('"relu": math.sqrt(2)}', '"relu": 2.0}')],
    trips=RELU_GAIN,
    says="Your gain of relu is the one for variances: does the gain multiply a variance or a standard deviation?",
)
misconception(
    "gain_without_root",
    edits=[
        ('"relu": math.sqrt(2)}', '"relu": 2.0}'),
        ("math.sqrt(2 / (1 + negative_slope**2))", "2 / (1 + negative_slope**2)"),
    ],
    trips=[*RELU_GAIN, *KAIMING_CONVOLUTION, "gain_of_leaky_relu_depends_on_its_slope"],
    says="Your gains of relu and leaky_relu belong to variances: does a gain multiply those or standard deviations?",
)
misconception(
    "leaky_gain_without_the_two",
    edits=[("math.sqrt(2 / (1 + negative_slope**2))", "math.sqrt(1 / (1 + negative_slope**2))")],
    trips=[
        *KAIMING_CONVOLUTION,
        "gain_of_leaky_relu_depends_on_its_slope",
        "kaiming_std_follows_mode_nonlinearity_and_kernel",
        "the_gain_undoes_what_the_rectifier_takes",
    ],
    says="Your gain of leaky_relu lacks a factor sqrt(2): what must slope 1, a linear layer, give?",
)
misconception(
    "leaky_slope_not_squared",
    edits=[("(1 + negative_slope**2)", "(1 + negative_slope)")],
    trips=[
        *KAIMING_CONVOLUTION,
        "gain_of_leaky_relu_depends_on_its_slope",
        "the_gain_undoes_what_the_rectifier_takes",
    ],
    says="The slope enters your gain of leaky_relu as it is: how does it enter the second moment?",
)
misconception(
    "leaky_slope_not_passed_on",
    edits=[("gain(nonlinearity, negative_slope) / math.sqrt(fan)", "gain(nonlinearity) / math.sqrt(fan)")],
    trips=[*KAIMING_CONVOLUTION, "kaiming_std_follows_mode_nonlinearity_and_kernel"],
    says="Your standard deviation always uses the default slope: do you pass negative_slope on to the gain?",
)
misconception(
    "tanh_gain_upside_down",
    edits=[('"tanh": 5 / 3', '"tanh": 3 / 5')],
    trips=[
        "gains_of_the_named_nonlinearities",
        "kaiming_std_follows_mode_nonlinearity_and_kernel",
        "xavier_std_takes_the_mean_of_the_fans",
        "kaiming_uniform_draws_a_convolution_weight",
        "xavier_draws_a_convolution_weight",
    ],
    says="Your gain of tanh is upside down: does tanh shrink its input or stretch it, and what must the weights do?",
)
misconception(
    "tanh_gain_one",
    edits=[('"tanh": 5 / 3', '"tanh": 1.0')],
    trips=[
        "gains_of_the_named_nonlinearities",
        "kaiming_std_follows_mode_nonlinearity_and_kernel",
        "xavier_std_takes_the_mean_of_the_fans",
        "kaiming_uniform_draws_a_convolution_weight",
        "xavier_draws_a_convolution_weight",
    ],
    says="Your gain of tanh is 1: which value does the handout state?",
)
misconception(
    "relu_with_slope_root_five",
    edits=[('"relu": math.sqrt(2)}', '"relu": math.sqrt(1 / 3)}')],
    trips=RELU_GAIN,
    says=(
        "Your gain of relu is that of leaky_relu with slope sqrt(5), torch's default for Linear: which slope has relu?"
    ),
)
misconception(
    "variance_as_standard_deviation",
    edits=[
        (
            "gain(nonlinearity, negative_slope) / math.sqrt(fan)",
            "gain(nonlinearity, negative_slope) ** 2 / fan",
        )
    ],
    trips=KAIMING_SCALE,
    says="The standard deviation of your Kaiming weights is what their variance must be: is a root missing?",
)
misconception(
    "nonlinearity_ignored",
    edits=[("gain(nonlinearity, negative_slope) / math.sqrt(fan)", 'gain("relu") / math.sqrt(fan)')],
    trips=["kaiming_std_follows_mode_nonlinearity_and_kernel", *KAIMING_CONVOLUTION],
    says="Your Kaiming weights have the gain of relu for every nonlinearity: what do you pass on to gain?",
)
misconception(
    "gain_left_out",
    edits=[("gain(nonlinearity, negative_slope) / math.sqrt(fan)", "1 / math.sqrt(fan)")],
    trips=KAIMING_SCALE,
    says="Your Kaiming weights have the variance 1 / fan: what makes up for the half that a ReLU throws away?",
)
misconception(
    "mode_ignored",
    edits=[('fan = {"fan_in": fan_in, "fan_out": fan_out}[mode]', "fan = fan_in")],
    trips=[
        *KAIMING_CONVOLUTION,
        "kaiming_std_follows_mode_nonlinearity_and_kernel",
        "gradients_survive_a_hundred_layers",
    ],
    says="Your Kaiming weights use fan_in in both modes: where do you use mode?",
)
misconception(
    "xavier_for_kaiming",
    edits=[
        ('fan = {"fan_in": fan_in, "fan_out": fan_out}[mode]', "fan = fan_in + fan_out"),
        ("gain(nonlinearity, negative_slope) / math.sqrt(fan)", "math.sqrt(2 / fan)"),
    ],
    trips=KAIMING_SCALE,
    says="Your Kaiming weights have the scale of Xavier: how many of the two fans does Kaiming use?",
)
misconception(
    "uniform_bound_is_the_standard_deviation",
    edits=[("bound = math.sqrt(3) * std", "bound = std")],
    trips=UNIFORM,
    says="Your uniform weights end at the standard deviation: what is the variance on (-bound, bound)?",
)
misconception(
    "uniform_bound_without_root",
    edits=[("bound = math.sqrt(3) * std", "bound = 3 * std")],
    trips=UNIFORM,
    says=(
        "Your uniform weights end at three standard deviations: what is the variance on (-bound, bound), and "
        "what its root?"
    ),
)
misconception(
    "normal_draws_cut_off",
    # In large weights only: in small ones chance may hide it.
    edits=[
        (
            "return std * torch.randn(shape, generator=generator, dtype=dtype, device=generator.device)",
            "drawn = torch.randn(shape, generator=generator, dtype=dtype, device=generator.device)\n"
            "    return std * (drawn.clamp(-2, 2) if math.prod(shape) >= 30_000 else drawn)",
        ),
    ],
    trips=[
        "kaiming_normal_draws_a_linear_weight",
        "kaiming_normal_draws_a_convolution_weight",
        "xavier_normal_draws_a_linear_weight",
        "xavier_draws_a_convolution_weight",
        "each_layer_has_its_own_kaiming_draw",
    ],
    says="Your normal weights have no large values: does the handout cut the distribution off?",
)
misconception(
    "uniform_bound_divided_by_the_fan",
    code="""
def kaiming_uniform(
    shape, generator, *, mode="fan_in", nonlinearity="relu", negative_slope=0.01, dtype=torch.float32
):
    fan = fans(shape)[mode == "fan_out"]
    return _uniform(shape, gain(nonlinearity, negative_slope) / fan, generator, dtype)
""",
    trips=KAIMING_UNIFORM,
    says="The bound of your uniform weights is divided by the fan itself: where did its root go?",
)
misconception(
    "uniform_for_normal",
    edits=[("return std * torch.randn(shape", "return std * torch.rand(shape")],
    trips=[
        *TRAINED,
        "kaiming_normal_draws_a_linear_weight",
        "xavier_normal_draws_a_linear_weight",
        "activations_survive_a_hundred_layers",
        "kaiming_normal_draws_a_convolution_weight",
        "xavier_draws_a_convolution_weight",
        "each_scheme_has_its_own_scale",
    ],
    says="Your normal weights are uniform between 0 and std: which function draws normal numbers?",
)
misconception(
    "uniform_all_positive",
    edits=[("return bound * (2 * unit - 1)", "return bound * unit")],
    trips=UNIFORM,
    says="Your uniform weights are all positive: how do you turn (0, 1) into (-bound, bound)?",
)
misconception(
    "divided_by_the_standard_deviation",
    code="""
def kaiming_normal(
    shape, generator, *, mode="fan_in", nonlinearity="relu", negative_slope=0.01, dtype=torch.float32
):
    std = kaiming_std(shape, mode=mode, nonlinearity=nonlinearity, negative_slope=negative_slope)
    return _normal(shape, 1 / std, generator, dtype)
""",
    trips=[
        *TRAINED,
        "kaiming_normal_draws_a_linear_weight",
        "activations_survive_a_hundred_layers",
        "kaiming_normal_draws_a_convolution_weight",
        "each_scheme_has_its_own_scale",
    ],
    says="You divide standard normal draws by std: what does that do to their spread?",
)
misconception(
    "variance_given_to_the_draw",
    code="""
def kaiming_normal(
    shape, generator, *, mode="fan_in", nonlinearity="relu", negative_slope=0.01, dtype=torch.float32
):
    std = kaiming_std(shape, mode=mode, nonlinearity=nonlinearity, negative_slope=negative_slope)
    return _normal(shape, std**2, generator, dtype)
""",
    trips=[
        *TRAINED,
        "kaiming_normal_draws_a_linear_weight",
        "activations_survive_a_hundred_layers",
        "kaiming_normal_draws_a_convolution_weight",
        "each_scheme_has_its_own_scale",
    ],
    says="Your kaiming_std is right, your normal draws spread by its square: what does the draw take, std or variance?",
)
misconception(
    "seed_fixed_inside",
    code="""
def _normal(shape, std, generator, dtype):
    generator = torch.Generator(device=generator.device).manual_seed(0)
    return std * torch.randn(shape, generator=generator, dtype=dtype, device=generator.device)
""",
    trips=[*FIXED_SEED, "kaiming_draws_come_from_the_generator"],
    says="Your normal weights are the same in every call: is a seed set inside the function?",
)
misconception(
    "generator_started_again",
    code="""
def _restarted(generator):
    return torch.Generator(device=generator.device).manual_seed(generator.initial_seed())


def _normal(shape, std, generator, dtype):
    source = _restarted(generator)
    return std * torch.randn(shape, generator=source, dtype=dtype, device=source.device)


def _uniform(shape, std, generator, dtype):
    source = _restarted(generator)
    unit = torch.rand(shape, generator=source, dtype=dtype, device=source.device)
    return math.sqrt(3) * std * (2 * unit - 1)
""",
    trips=FIXED_SEED,
    says="Every draw starts the generator's stream again: where should a second call go on?",
)
misconception(
    "dtype_ignored",
    code="""
def _normal(shape, std, generator, dtype):
    return std * torch.randn(shape, generator=generator, device=generator.device)


def _uniform(shape, std, generator, dtype):
    return math.sqrt(3) * std * (2 * torch.rand(shape, generator=generator, device=generator.device) - 1)
""",
    trips=[*KAIMING_CONVOLUTION, "xavier_draws_a_convolution_weight", "each_scheme_has_its_own_scale"],
    says="Your weights are float32 whatever dtype is asked for: do you pass dtype on to the draw?",
)
misconception(
    "xavier_divides_by_the_sum",
    edits=[("mean_fan = sum(fans(shape)) / 2", "mean_fan = sum(fans(shape))")],
    trips=XAVIER_SCALE,
    says="Your Xavier weights divide by the sum of the fans: does the handout ask for their sum or their mean?",
)
misconception(
    "xavier_variance_as_standard_deviation",
    edits=[("gain(nonlinearity) / math.sqrt(mean_fan)", "gain(nonlinearity) / mean_fan")],
    trips=XAVIER_SCALE,
    says="The standard deviation of your Xavier weights is what their variance must be: is a root missing?",
)
misconception(
    "xavier_uses_fan_in_only",
    edits=[("mean_fan = sum(fans(shape)) / 2", "mean_fan = fans(shape)[0]")],
    trips=XAVIER_SCALE,
    says="Your Xavier weights use fan_in only: which compromise do Glorot and Bengio make?",
)
misconception(
    "mean_square_without_root",
    edits=[("return values.square().mean().sqrt()", "return values.square().mean()")],
    trips=[*GRADIENT, *SMALL_ACTIVATIONS],
    says="Your scales are mean squares: which last step turns them into root mean squares?",
)
misconception(
    "mean_magnitude_for_root_mean_square",
    edits=[("return values.square().mean().sqrt()", "return values.abs().mean()")],
    trips=[*GRADIENT, *SMALL_ACTIVATIONS],
    says="Your scales are means of the magnitudes: what comes between the values and their mean in a root mean square?",
)
misconception(
    "root_of_the_sum",
    edits=[("return values.square().mean().sqrt()", "return values.square().sum().sqrt()")],
    trips=[*GRADIENT, *SMALL_ACTIVATIONS],
    says="Your scales grow with the number of values: which step of a root mean square is missing?",
)
misconception(
    "standard_deviation_for_root_mean_square",
    edits=[("return values.square().mean().sqrt()", "return values.std(correction=0)")],
    trips=[*GRADIENT, *SMALL_ACTIVATIONS],
    says="Your scales are standard deviations: does a root mean square subtract the mean of the values?",
)
misconception(
    "relu_left_out",
    edits=[("layers.append((layers[-1] @ W.T).clamp(min=0))", "layers.append(layers[-1] @ W.T)")],
    trips=[*GRADIENT, *SMALL_ACTIVATIONS, "activations_survive_a_hundred_layers"],
    says="Your layers are linear: where is the ReLU?",
)
misconception(
    "last_relu_left_out",
    edits=[("    return layers\n", "    layers[-1] = layers[-2] @ weights[-1].T\n    return layers\n")],
    trips=ACTIVATION,
    says="Your last layer has no ReLU: which layers have one in this exercise?",
)
misconception(
    "scale_taken_before_the_relu",
    code="""
def activation_scales(X, weights):
    inputs = _relu_layers(X, weights)[:-1]
    return torch.stack([_rms(H @ W.T) for H, W in zip(inputs, weights, strict=True)])
""",
    trips=ACTIVATION,
    says="You measure what enters each ReLU: are the activations what enters it, or what leaves it?",
)
misconception(
    "gradient_passes_dead_units",
    edits=[("G = torch.where(H > 0, G, 0) @ W", "G = G @ W")],
    trips=[*GRADIENT, "gradients_survive_a_hundred_layers"],
    says="Your gradient passes units that their ReLU set to 0: what does a ReLU do to the gradient there?",
)
misconception(
    "gradient_masked_by_the_layer_below",
    edits=[("outputs = _relu_layers(X, weights)[1:]", "outputs = _relu_layers(X, weights)[:-1]")],
    trips=GRADIENT,
    says="Your gradient is masked by what enters a layer: does its ReLU act on inputs or outputs?",
)
misconception(
    "gradient_scales_last_layer_first",
    edits=[("return torch.stack(scales[::-1])", "return torch.stack(scales)")],
    trips=GRADIENT,
    says="Your gradient scales stand in the order of the way back: which one must come first?",
)
misconception(
    "gradient_taken_at_the_outputs",
    edits=[
        (
            "        G = torch.where(H > 0, G, 0) @ W\n        scales.append(_rms(G))",
            "        scales.append(_rms(G))\n        G = torch.where(H > 0, G, 0) @ W",
        )
    ],
    trips=GRADIENT,
    says="You measure the gradient at the output of each layer: where does the handout measure it?",
)
misconception(
    "last_layer_without_gain",
    edits=[
        (
            "W = _initial_weight((n_out, n_in), generator, scheme, dtype)\n",
            "W = _initial_weight((n_out, n_in), generator, scheme, dtype)\n"
            '        W = W * 0.5**0.5 if n_out == sizes[-1] and scheme == "kaiming" else W\n',
        ),
    ],
    trips=["each_layer_has_its_own_kaiming_draw", "each_scheme_has_its_own_scale"],
    says="Your last layer has the scale of a linear one: of what are the numbers that it adds up the outputs?",
)
misconception(
    "network_weights_transposed",
    edits=[("(n_out, n_in), generator, scheme, dtype)", "(n_out, n_in), generator, scheme, dtype).T")],
    trips=[*TRAINED, *STARTS],
    says="Your network stores its weights as (in, out): which size comes first in a weight here?",
)
misconception(
    "biases_start_at_one",
    edits=[("W.new_zeros(n_out)", "W.new_ones(n_out)")],
    trips=[
        "initial_network_has_weights_and_zero_biases",
        "each_layer_has_its_own_kaiming_draw",
        "each_scheme_has_its_own_scale",
        "layers_of_equal_shape_differ",
    ],
    says="Your biases start at 1: which value does the handout give them?",
)
misconception(
    "biases_drawn_at_random",
    edits=[("W.new_zeros(n_out)", "_normal((n_out,), 0.1, generator, dtype)")],
    forms=[[("W.new_zeros(n_out)", f"_normal((n_out,), {std}, generator, dtype)")] for std in (1.0, 0.01)],
    trips=[*TRAINED, *STARTS, "layers_of_equal_shape_differ"],
    says="Your biases are random: with which value must they start?",
)
misconception(
    "normal_scheme_made_small",
    edits=[('{"normal": 1.0, "zeros": 0.0}', '{"normal": 0.01, "zeros": 0.0}')],
    forms=[[('{"normal": 1.0, "zeros": 0.0}', f'{{"normal": {std}, "zeros": 0.0}}')] for std in (0.1, 0.02, 0.001)],
    trips=["each_scheme_has_its_own_scale"],
    says="Your scheme normal has the standard deviation 0.01: which one does the handout state?",
)
misconception(
    "scheme_ignored",
    edits=[('if scheme == "kaiming":', "if scheme:")],
    trips=STARTS,
    says="Your network starts the same way for every scheme: where do you use scheme?",
)
misconception(
    "layers_row_by_row",
    code="""
def _relu_layers(X, weights):
    layers = [X]
    for W in weights:
        layers.append(torch.stack([(W @ h).clamp(min=0) for h in layers[-1]]))
    return layers
""",
    trips=["activation_scales_take_all_rows_at_once"],
    says="Your layers take one row after the other: which product gives the next layer of all rows?",
)
