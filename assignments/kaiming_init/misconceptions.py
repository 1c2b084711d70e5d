"""Known wrong answers: how each differs from the reference, and what the student reads."""

from autograder.checking import change, misconception

misconception(
    "network_scaled_by_its_outputs",
    change(
        "_initial_weight",
        "kaiming_normal(shape, generator, dtype=dtype)",
        'kaiming_normal(shape, generator, mode="fan_out", dtype=dtype)',
    ),
).says("Your layers are scaled by the number of their outputs: which entry of sizes counts the inputs of a layer?")
misconception(
    "modes_exchanged", change("kaiming_std", 'fan_in, "fan_out": fan_out', 'fan_out, "fan_out": fan_in')
).says("Your Kaiming weights use the other fan: which one counts the terms of a forward sum?")
misconception("xavier_gain_left_out", change("xavier_std", "gain(nonlinearity)", "1")).says(
    "Your Xavier weights do not depend on the nonlinearity: where does the gain enter?"
)
misconception("fans_swapped", change("fans", "n_in * area, n_out", "n_out * area, n_in")).says(
    "Your two fans are exchanged: which size comes first in a weight here, the outputs or the inputs?"
)
misconception("kernel_not_counted", change("fans", "math.prod(kernel)", "1")).says(
    "Your fans leave out the kernel: how many products does one output sum for each input channel?"
)
misconception("kernel_counted_in_fan_in_only", change("fans", "n_out * area", "n_out")).says(
    "Only your fan_in counts the kernel: how many kernel positions does one input value meet?"
)
misconception(
    "kernel_taken_as_square",
    change("fans", "math.prod(kernel)", "kernel[0] ** 2 if kernel else 1"),
    forms=[change("fans", "math.prod(kernel)", "kernel[-1] ** 2 if kernel else 1")],
).says("Your fans are right for square kernels only: what about 3 x 5, or kernels of one and three dimensions?")
misconception("relu_gain_without_root", change("gain", "math.sqrt(2)", "2.0")).says(
    "Your gain of relu is the one for variances: does the gain multiply a variance or a standard deviation?"
)
misconception(
    "gain_without_root",
    change("gain", "math.sqrt(2)", "2.0"),
    change("gain", "math.sqrt(2 / (1 + negative_slope**2))", "2 / (1 + negative_slope**2)"),
).says("Your gains of relu and leaky_relu belong to variances: does a gain multiply those or standard deviations?")
misconception(
    "gain_of_relu_for_every_name",
    change(
        "gain", '{"linear": 1.0, "sigmoid": 1.0, "tanh": 5 / 3, "relu": math.sqrt(2)}[nonlinearity]', "math.sqrt(2)"
    ),
    forms=[change("gain", '"linear": 1.0, "sigmoid": 1.0', '"linear": math.sqrt(2), "sigmoid": math.sqrt(2)')],
).says("Your gain of linear is that of relu: which half of its input does a linear layer throw away?")
misconception("leaky_gain_without_the_two", change("gain", "2 /", "1 /")).says(
    "Your gain of leaky_relu lacks a factor sqrt(2): what must slope 1, a linear layer, give?"
)
misconception("leaky_slope_not_squared", change("gain", "negative_slope**2", "negative_slope")).says(
    "The slope enters your gain of leaky_relu as it is: how does it enter the second moment?"
)
misconception("leaky_slope_not_passed_on", change("kaiming_std", "nonlinearity, negative_slope", "nonlinearity")).says(
    "Your standard deviation always uses the default slope: do you pass negative_slope on to the gain?"
)
misconception("tanh_gain_upside_down", change("gain", "5 / 3", "3 / 5")).says(
    "Your gain of tanh is upside down: does tanh shrink its input or stretch it, and what must the weights do?"
)
misconception("tanh_gain_one", change("gain", "5 / 3", "1.0")).says(
    "Your gain of tanh is 1: which value does the handout state?"
)
misconception("relu_with_slope_root_five", change("gain", "math.sqrt(2)", "math.sqrt(1 / 3)")).says(
    "Your gain of relu is that of leaky_relu with slope sqrt(5), torch's default for Linear: which slope has relu?"
)
misconception("variance_as_standard_deviation", change("kaiming_std", "/ math.sqrt(fan)", "** 2 / fan")).says(
    "The standard deviation of your Kaiming weights is what their variance must be: is a root missing?"
)
misconception("nonlinearity_ignored", change("kaiming_std", "nonlinearity, negative_slope", '"relu"')).says(
    "Your Kaiming weights have the gain of relu for every nonlinearity: what do you pass on to gain?"
)
misconception("gain_left_out", change("kaiming_std", "gain(nonlinearity, negative_slope)", "1")).says(
    "Your Kaiming weights have the variance 1 / fan: what makes up for the half that a ReLU throws away?"
)
misconception(
    "kaiming_draws_ignore_the_fan",
    # Not by 0.01, the slope that leaky_relu has by default: a kaiming_std that returns it leads to the same draws.
    change("kaiming_normal", "_normal(shape, std,", "_normal(shape, 0.02,"),
    forms=[change("kaiming_normal", "_normal(shape, std,", f"_normal(shape, {std},") for std in ("0.1", "1.0")],
).says("Your Kaiming draws have the same spread for every shape: where does the fan enter?")
misconception("mode_ignored", change("kaiming_std", '{"fan_in": fan_in, "fan_out": fan_out}[mode]', "fan_in")).says(
    "Your Kaiming weights use fan_in in both modes: where do you use mode?"
)
misconception(
    "xavier_for_kaiming",
    change("kaiming_std", '{"fan_in": fan_in, "fan_out": fan_out}[mode]', "fan_in + fan_out"),
    change("kaiming_std", "gain(nonlinearity, negative_slope) / math.sqrt(fan)", "math.sqrt(2 / fan)"),
).says("Your Kaiming weights have the scale of Xavier: how many of the two fans does Kaiming use?")
misconception("uniform_bound_is_the_standard_deviation", change("_uniform", "math.sqrt(3) * std", "std")).says(
    "Your uniform weights end at the standard deviation: what is the variance on (-bound, bound)?"
)
misconception("uniform_bound_without_root", change("_uniform", "math.sqrt(3)", "3")).says(
    "Your uniform weights end at three standard deviations: what is the variance on (-bound, bound)?"
)
misconception("normal_draws_cut_off", change("_normal", "generator.device)", "generator.device).clamp(-2, 2)")).says(
    "Your normal weights have no large values: does the handout cut the distribution off?"
)
misconception(
    "uniform_bound_divided_by_the_fan",
    change(
        "kaiming_uniform",
        "std = kaiming_std(shape, mode=mode, nonlinearity=nonlinearity, negative_slope=negative_slope)",
        'std = gain(nonlinearity, negative_slope) / fans(shape)[mode == "fan_out"]',
    ),
    forms=[change("kaiming_uniform", "_uniform(shape, std,", "_uniform(shape, 3**0.5 * std**2,")],
).says("The bound of your uniform weights is divided by the fan itself: where did its root go?")
misconception("uniform_for_normal", change("_normal", "torch.randn", "torch.rand")).says(
    "Your normal weights are uniform between 0 and std: which function draws normal numbers?"
)
misconception("uniform_all_positive", change("_uniform", "(2 * unit - 1)", "unit")).says(
    "Your uniform weights are all positive: how do you turn (0, 1) into (-bound, bound)?"
)
misconception(
    "divided_by_the_standard_deviation", change("kaiming_normal", "_normal(shape, std,", "_normal(shape, 1 / std,")
).says("You divide standard normal draws by std: what does that do to their spread?")
misconception(
    "variance_given_to_the_draw", change("kaiming_normal", "_normal(shape, std,", "_normal(shape, std**2,")
).says("Your kaiming_std is right, your normal draws spread by its square: what does the draw take, std or variance?")
misconception(
    "seed_fixed_inside",
    change("_normal", "generator=generator", "generator=torch.Generator(generator.device).manual_seed(0)"),
).says("Your normal weights are the same in every call: is a seed set inside the function?")
misconception(
    "generator_started_again",
    *(
        change(name, "generator=generator", "generator=generator.manual_seed(generator.initial_seed())")
        for name in ("_normal", "_uniform")
    ),
).says("Every draw starts the generator's stream again: where should a second call go on?")
misconception("dtype_ignored", change("_normal", "dtype=dtype, ", ""), change("_uniform", "dtype=dtype, ", "")).says(
    "Your weights are float32 whatever dtype is asked for: do you pass dtype on to the draw?"
)
misconception("xavier_divides_by_the_sum", change("xavier_std", "sum(fans(shape)) / 2", "sum(fans(shape))")).says(
    "Your Xavier weights divide by the sum of the fans: does the handout ask for their sum or their mean?"
)
misconception("xavier_variance_as_standard_deviation", change("xavier_std", "math.sqrt(mean_fan)", "mean_fan")).says(
    "The standard deviation of your Xavier weights is what their variance must be: is a root missing?"
)
misconception(
    "xavier_bound_as_standard_deviation", change("xavier_std", "sum(fans(shape)) / 2", "sum(fans(shape)) / 6")
).says("Your xavier_std is the bound of the uniform draw: which part of its bound is the spread of a uniform number?")
misconception("xavier_uses_fan_in_only", change("xavier_std", "sum(fans(shape)) / 2", "fans(shape)[0]")).says(
    "Your Xavier weights use fan_in only: which compromise do Glorot and Bengio make?"
)
misconception("mean_square_without_root", change("_rms", "mean().sqrt()", "mean()")).says(
    "Your scales are mean squares: which last step turns them into root mean squares?"
)
misconception("mean_magnitude_for_root_mean_square", change("_rms", "square().mean().sqrt()", "abs().mean()")).says(
    "Your scales are means of the magnitudes: what comes between the values and their mean in a root mean square?"
)
misconception("root_of_the_sum", change("_rms", "mean()", "sum()")).says(
    "Your scales grow with the number of values: which step of a root mean square is missing?"
)
misconception(
    "standard_deviation_for_root_mean_square", change("_rms", "square().mean().sqrt()", "std(correction=0)")
).says("Your scales are standard deviations: does a root mean square subtract the mean of the values?")
misconception("relu_left_out", change("_relu_layers", "(layers[-1] @ W.T).clamp(min=0)", "layers[-1] @ W.T")).says(
    "Your layers are linear: where is the ReLU?"
)
misconception(
    "last_relu_left_out",
    change("_relu_layers", "return layers", "layers[-1] = layers[-2] @ weights[-1].T\n    return layers"),
).says("Your last layer has no ReLU: which layers have one in this exercise?")
misconception(
    "scale_taken_before_the_relu",
    change(
        "activation_scales",
        "_rms(H) for H in _relu_layers(X, weights)[1:]",
        "_rms(H @ W.T) for H, W in zip(_relu_layers(X, weights), weights)",
    ),
).says("You measure what enters each ReLU: are the activations what enters it, or what leaves it?")
misconception("gradient_passes_dead_units", change("gradient_scales", "torch.where(H > 0, G, 0)", "G")).says(
    "Your gradient passes units that their ReLU set to 0: what does a ReLU do to the gradient there?"
)
misconception("gradient_masked_by_the_layer_below", change("gradient_scales", "1:", ":-1")).says(
    "Your gradient is masked by what enters a layer: does its ReLU act on inputs or outputs?"
)
misconception("gradient_scales_last_layer_first", change("gradient_scales", "scales[::-1]", "scales")).says(
    "Your gradient scales stand in the order of the way back: which one must come first?"
)
misconception(
    "gradient_taken_at_the_outputs",
    change(
        "gradient_scales",
        "G = torch.where(H > 0, G, 0) @ W\n        scales.append(_rms(G))",
        "scales.append(_rms(G))\n        G = torch.where(H > 0, G, 0) @ W",
    ),
).says("You measure the gradient at the output of each layer: where does the handout measure it?")
misconception(
    "last_layer_without_gain",
    change(
        "initial_network",
        "((n_out, n_in), generator, scheme, dtype)\n        params",
        "((n_out, n_in), generator, scheme, dtype)\n"
        '        W = W * 0.5**0.5 if n_out == sizes[-1] and scheme == "kaiming" else W\n'
        "        params",
    ),
).says("Your last layer has the scale of a linear one: of what are the numbers that it adds up the outputs?")
misconception(
    "network_weights_transposed",
    change(
        "initial_network", "((n_out, n_in), generator, scheme, dtype)", "((n_out, n_in), generator, scheme, dtype).T"
    ),
).says("Your network stores its weights as (in, out): which size comes first in a weight here?")
misconception("biases_start_at_one", change("initial_network", "W.new_zeros", "W.new_ones")).says(
    "Your biases start at 1: which value does the handout give them?"
)
misconception(
    "biases_drawn_at_random",
    change("initial_network", "W.new_zeros(n_out)", "_normal((n_out,), 0.1, generator, dtype)"),
    forms=[
        change("initial_network", "W.new_zeros(n_out)", f"_normal((n_out,), {std}, generator, dtype)")
        for std in (1.0, 0.01)
    ],
).says("Your biases are random: with which value must they start?")
misconception(
    "normal_scheme_made_small",
    change("_initial_weight", "1.0", "0.01"),
    forms=[change("_initial_weight", "1.0", std) for std in ("0.1", "0.02", "0.001")],
).says("Your scheme normal has the standard deviation 0.01: which one does the handout state?")
misconception("scheme_ignored", change("_initial_weight", 'scheme == "kaiming"', "scheme")).says(
    "Your network starts the same way for every scheme: where do you use scheme?"
)
misconception(
    "layers_row_by_row",
    change(
        "_relu_layers", "(layers[-1] @ W.T).clamp(min=0)", "torch.stack([(W @ h).clamp(min=0) for h in layers[-1]])"
    ),
).says("Your layers take one row after the other: which product gives the next layer of all rows?")
