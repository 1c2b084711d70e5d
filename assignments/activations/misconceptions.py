"""Known wrong answers: how each differs from the reference, and what the student reads."""

from autograder.checking import change, misconception

LOGISTIC = "return _sigma(steepness * z)"
LOGISTIC_SLOPE = "return steepness * _sigma(steepness * z) * _sigma(-steepness * z)"
TANH = "return 2 * _sigma(2 * z) - 1"
TANH_SLOPE = "return 4 * _sigma(2 * z) * _sigma(-2 * z)"
ARCTAN = "2 / math.pi * torch.atan(math.pi / 2 * z)"
ARCTAN_SLOPE = "1 / (1 + (math.pi / 2 * z).square())"
ALGEBRAIC = "z * torch.rsqrt(1 + z.square())"
ALGEBRAIC_SLOPE = "(1 + z.square()) ** -1.5"
SOFTSIGN = "z / (1 + z.abs())"
SOFTSIGN_SLOPE = "(1 + z.abs()) ** -2.0"
LEAKY = "torch.where(z > 0, z, leak * z)"
LEAKY_SLOPE = "torch.where(z > 0, torch.ones_like(z), torch.full_like(z, leak))"
ELU = "z.clamp(min=0) + alpha * torch.expm1(z.clamp(max=0))"
ELU_SLOPE = "torch.where(z > 0, torch.ones_like(z), alpha * torch.exp(z))"
SOFTPLUS = "z.clamp(min=0) + torch.log1p(torch.exp(-z.abs()))"
BINARY = "losses = z.clamp(min=0) - target * z + torch.log1p(torch.exp(-z.abs()))"
SMOOTH = "(1 - alpha) * target + alpha / target.shape[1]"
RETURNED = "return outputs, losses.sum() / len(z), (outputs - target) / len(z)"
SMOOTHED = 'output_layer("classes", logits, smooth_labels(one_hot, alpha))'
NETWORK = "return torch.ones_like(corners), -corners, slopes - before, ys[0]"
DEAD = "dead = (X @ W + b <= 0).all(dim=0)"
BACK = "grad = (grad * derivative(z)) @ W.T"
STEP = "params = tuple(p - lr * g for p, g in zip(params, grads, strict=True))"


def slope(name, right, wrong):
    """A derivative that computes something else."""
    return change(f"{name}_derivative", right, wrong)


misconception("steepness_ignored", change("logistic", LOGISTIC, "return _sigma(z)")).says(
    "Your logistic function is the same for every steepness: what does the steepness multiply?"
)
misconception("steepness_outside", change("logistic", LOGISTIC, "return steepness * _sigma(z)")).says(
    "Your steepness multiplies the value of the logistic function: what are the limits of the function then?"
)
misconception(
    "steepness_divides",
    change("logistic", LOGISTIC, "return _sigma(z / steepness)"),
).says("Your logistic function becomes flatter as the steepness grows: is z multiplied by it, or divided?")
misconception("logistic_turned_round", change("logistic", LOGISTIC, "return _sigma(-steepness * z)")).says(
    "Your logistic function falls where it must rise: which sign has z in the exponent?"
)
misconception(
    "logistic_overflows",
    change("logistic", LOGISTIC, "return torch.exp(steepness * z) / (1 + torch.exp(steepness * z))"),
).says("Far from 0 your logistic function is not a number: which exponential becomes infinite there, above and below?")
misconception(
    "logistic_slope_overflows",
    slope(
        "logistic",
        LOGISTIC_SLOPE,
        "small = torch.exp(-steepness * z)\n    return steepness * small / (1 + small) ** 2",
    ),
    forms=[
        slope(
            "logistic",
            LOGISTIC_SLOPE,
            "large = torch.exp(steepness * z)\n    return steepness * large / (1 + large) ** 2",
        )
    ],
).says("Far from 0 your slope of the logistic function is not a number: what is inf / inf?")
misconception(
    "steepness_lost_by_the_slope",
    slope("logistic", LOGISTIC_SLOPE, LOGISTIC_SLOPE.replace("steepness * ", "", 1)),
).says("Your slope of the logistic function lacks a factor: what does the chain rule say of steepness * z?")
misconception(
    "steepness_squared_by_the_slope",
    slope("logistic", LOGISTIC_SLOPE, LOGISTIC_SLOPE.replace("steepness", "steepness**2", 1)),
).says("Your slope has the factor steepness twice: how often does the chain rule meet steepness * z?")
misconception(
    "steepness_ignored_by_the_slope", slope("logistic", LOGISTIC_SLOPE, "return _sigma(z) * _sigma(-z)")
).says("Your slope is that of a steepness of 1: where does the argument enter?")
misconception(
    "slope_with_its_steepness_outside_only",
    slope("logistic", LOGISTIC_SLOPE, "return steepness * _sigma(z) * _sigma(-z)"),
).says("Your slope knows the steepness as a factor only: at which place does it ask the logistic function?")
misconception(
    "logistic_slope_of_the_value",
    slope("logistic", LOGISTIC_SLOPE, "z = logistic(z, steepness)\n    " + LOGISTIC_SLOPE),
    forms=[slope("logistic", LOGISTIC_SLOPE, "a = _sigma(logistic(z, steepness))\n    return a * (1 - a)")],
).says(
    "You ask for the slope at the value of the function: which of the two, z or logistic(z), does your function get?"
)
misconception(
    "input_taken_for_the_value",
    slope("logistic", LOGISTIC_SLOPE, "return steepness * z * (1 - z)"),
    forms=[slope("logistic", LOGISTIC_SLOPE, "return z * (1 - z)")],
).says("You use z as if it were the value of the function already: what is handed to a derivative here?")
misconception(
    "square_forgotten_in_the_slope",
    slope("logistic", LOGISTIC_SLOPE, "return steepness * logistic(z, steepness)"),
    forms=[slope("logistic", LOGISTIC_SLOPE, "return steepness * (1 - logistic(z, steepness))")],
).says("Only one of the two factors of the logistic slope is there: what becomes of the slope far out on both sides?")
misconception(
    "tanh_is_a_sigmoid",
    change("tanh", TANH, "return logistic(z)"),
    forms=[change("tanh", TANH, "return logistic(z, steepness=2.0)")],
).says("Your tanh lies between 0 and 1: what is tanh of 0, and what is it far to the left?")
misconception(
    "tanh_without_a_two",
    change("tanh", TANH, "return 2 * logistic(z) - 1"),
    forms=[
        change("tanh", TANH, "return logistic(z, steepness=2.0) - 1"),
        change("tanh", TANH, "return logistic(z) - 1"),
    ],
).says("A 2 of the formula for tanh is missing: which one makes the curve steeper, and which one higher?")
misconception("tanh_not_shifted", change("tanh", TANH, "return 2 * logistic(z, steepness=2.0)")).says(
    "Your tanh lies between 0 and 2: what brings an odd function to 0 at 0?"
)
misconception(
    "tanh_overflows",
    change("tanh", TANH, "return (torch.exp(z) - torch.exp(-z)) / (torch.exp(z) + torch.exp(-z))"),
    forms=[
        change("tanh", TANH, "return (torch.exp(2 * z) - 1) / (torch.exp(2 * z) + 1)"),
        change("tanh", TANH, "return torch.sinh(z) / torch.cosh(z)"),
    ],
).says("Far from 0 your tanh is not a number: what is inf / inf, and which exponential can you do without?")
misconception(
    "tanh_slope_without_a_two",
    slope("tanh", TANH_SLOPE, "return logistic_derivative(z, steepness=2.0)"),
    forms=[slope("tanh", TANH_SLOPE, "return 2 * logistic_derivative(z)")],
).says("Your slope of tanh is not 1 at 0: two factors of 2 stand in the formula, and which does the chain rule add?")
misconception(
    "tanh_slope_of_a_sigmoid",
    slope("tanh", TANH_SLOPE, "a = tanh(z)\n    return a * (1 - a)"),
    forms=[slope("tanh", TANH_SLOPE, "return logistic_derivative(z)")],
).says("Your slope of tanh is written like that of the logistic function: which expression in tanh(z) is 1 at z = 0?")
misconception("tanh_slope_without_a_square", slope("tanh", TANH_SLOPE, "return 1 - tanh(z)")).says(
    "Your slope of tanh grows to 2 on the left: which power of tanh(z) is taken from 1?"
)
misconception(
    "tanh_slope_of_the_value",
    slope("tanh", TANH_SLOPE, "return 1 - tanh(tanh(z)) ** 2"),
).says("You ask tanh for its slope at its value: does your derivative get z, or tanh(z)?")
misconception("tanh_slope_takes_its_input_for_the_value", slope("tanh", TANH_SLOPE, "return 1 - z**2")).says(
    "Your slope of tanh becomes negative: is z what stands in the formula, or the value of the function?"
)
misconception(
    "arctan_not_scaled",
    change("arctan", ARCTAN, "torch.atan(z)"),
    forms=[change("arctan", ARCTAN, "torch.atan(math.pi / 2 * z)")],
).says("Your arctan leaves the range from -1 to 1: what is the limit of the arc tangent, and what brings it to 1?")
misconception("arctan_not_stretched", change("arctan", ARCTAN, "2 / math.pi * torch.atan(z)")).says(
    "Your arctan has the right limits, but not the slope 1 at 0: what happens to z before the arc tangent?"
)
misconception("arctan_factors_swapped", change("arctan", ARCTAN, "math.pi / 2 * torch.atan(2 / math.pi * z)")).says(
    "Your arctan has slope 1, but its limits are not 1: which of the two factors stands outside?"
)
misconception(
    "arctan_slope_not_stretched",
    slope("arctan", ARCTAN_SLOPE, "1 / (1 + z.square())"),
    forms=[slope("arctan", ARCTAN_SLOPE, "2 / math.pi / (1 + z.square())")],
).says("Your slope is that of another arc tangent: what stands inside the brackets of this one?")
misconception(
    "arctan_slope_without_the_inner_factor",
    slope("arctan", ARCTAN_SLOPE, "2 / math.pi / (1 + (math.pi / 2 * z).square())"),
    forms=[slope("arctan", ARCTAN_SLOPE, "math.pi / 2 / (1 + (math.pi / 2 * z).square())")],
).says("Your slope of arctan is not 1 at 0: what do its outer and its inner factor make together?")
misconception(
    "arctan_slope_of_the_value", slope("arctan", ARCTAN_SLOPE, "1 / (1 + (math.pi / 2 * arctan(z)).square())")
).says("You ask arctan for its slope at its value: does your derivative get z, or arctan(z)?")
misconception("algebraic_without_the_root", change("algebraic", ALGEBRAIC, "z / (1 + z.square())")).says(
    "Your algebraic sigmoid comes back to 0 far out: what is missing around 1 + z^2?"
)
misconception(
    "algebraic_slope_of_another_power",
    slope("algebraic", ALGEBRAIC_SLOPE, "(1 + z.square()) ** -0.5"),
    forms=[slope("algebraic", ALGEBRAIC_SLOPE, "1 / (1 + z.square())")],
).says(
    "Your slope of the algebraic sigmoid is a wrong power of 1 + z^2: what is left of the quotient rule's numerator?"
)
misconception(
    "algebraic_slope_of_the_value", slope("algebraic", ALGEBRAIC_SLOPE, "(1 + algebraic(z).square()) ** -1.5")
).says("You ask the algebraic sigmoid for its slope at its value: does your derivative get z, or the value?")
misconception("softsign_without_the_bars", change("softsign", SOFTSIGN, "z / (1 + z)")).says(
    "Your softsign is wrong below 0: what does the formula take of z before it adds 1?"
)
misconception("softsign_of_both_sizes", change("softsign", SOFTSIGN, "z.abs() / (1 + z.abs())")).says(
    "Your softsign is never negative: which z in the formula has bars?"
)
misconception(
    "softsign_slope_without_the_square",
    slope("softsign", SOFTSIGN_SLOPE, "1 / (1 + z.abs())"),
).says("Your slope of softsign falls too slowly: which power does the quotient rule leave below the line?")
misconception("softsign_slope_without_the_bars", slope("softsign", SOFTSIGN_SLOPE, "(1 + z) ** -2.0")).says(
    "Your slope of softsign is wrong below 0: is an odd function's slope not the same on both sides?"
)
misconception("softsign_slope_odd", slope("softsign", SOFTSIGN_SLOPE, "z.sign() * (1 + z.abs()) ** -2.0")).says(
    "Your slope of softsign is negative below 0: does the function fall there?"
)
misconception("softsign_slope_of_the_value", slope("softsign", SOFTSIGN_SLOPE, "(1 + softsign(z).abs()) ** -2.0")).says(
    "You ask softsign for its slope at its value: does your derivative get z, or softsign(z)?"
)
misconception("relu_of_size", change("relu", "z.clamp(min=0)", "z.abs()")).says(
    "Your relu lets negative numbers pass with their sign turned: what must become of them?"
)
misconception("relu_of_negatives", change("relu", "z.clamp(min=0)", "z.clamp(max=0)")).says(
    "Your relu keeps the negative half: which of min and max keeps a number above 0?"
)
misconception("relu_in_place", change("relu", "z.clamp(min=0)", "z.clamp_(min=0)")).says(
    "Your relu writes into the tensor that it was given: who else needs these sums?"
)
misconception(
    "relu_slope_one_at_zero",
    slope("relu", "z > 0", "z >= 0"),
    forms=[slope("relu", "(z > 0).to(z.dtype)", "(z.sign() + 1) / 2")],
).says("Your slope of relu is not 0 at exactly 0: from which side does the handout take it?")
misconception("relu_slope_is_relu", slope("relu", "(z > 0).to(z.dtype)", "z.clamp(min=0)")).says(
    "Your slope of relu grows with z: how steep is the line z?"
)
misconception("relu_slope_is_a_sign", slope("relu", "(z > 0).to(z.dtype)", "z.sign()")).says(
    "Your slope of relu is -1 on the left: does relu fall there?"
)
misconception("relu_slope_is_a_truth_value", slope("relu", "(z > 0).to(z.dtype)", "z > 0")).says(
    "Your slope of relu consists of True and False: which dtype does a slope have?"
)
misconception(
    "leak_on_both_sides",
    change("leaky_relu", LEAKY, "leak * z"),
).says("Your leaky_relu multiplies every number by the leak: on which side is the leak?")
misconception("leak_on_the_wrong_side", change("leaky_relu", LEAKY, "torch.where(z > 0, leak * z, z)")).says(
    "Your leaky_relu leaks above 0: on which side does the rectifier cut?"
)
misconception(
    "leak_hard_coded",
    change("leaky_relu", LEAKY, "torch.where(z > 0, z, 0.01 * z)"),
    forms=[change("leaky_relu", LEAKY, "torch.where(z > 0, z, 0.1 * z)")],
).says("Your leaky_relu has the same leak whatever it is told: does your code use its argument?")
misconception("leak_without_z", change("leaky_relu", LEAKY, "torch.where(z > 0, z, torch.full_like(z, leak))")).says(
    "Your leaky_relu is constant below 0: what is multiplied by the leak?"
)
misconception("leak_turned_up", change("leaky_relu", LEAKY, "torch.where(z > 0, z, leak * z.abs())")).says(
    "Your leaky_relu rises to the left: which sign has leak times z below 0?"
)
misconception("leaky_relu_in_place", change("leaky_relu", LEAKY, "z.sub_((1 - leak) * z.clamp(max=0))")).says(
    "Your leaky_relu writes into the tensor that it was given: who else needs these sums?"
)
misconception("leaky_by_the_larger", change("leaky_relu", LEAKY, "torch.maximum(z, leak * z)")).says(
    "Your leaky_relu takes the larger of z and leak * z: which is larger if the leak is above 1?"
)
misconception("leaky_slope_without_leak", slope("leaky_relu", LEAKY_SLOPE, "(z > 0).to(z.dtype)")).says(
    "Your slope of leaky_relu is 0 below 0: what is the leak for?"
)
misconception(
    "leaky_slope_one_at_zero",
    slope("leaky_relu", "z > 0", "z >= 0"),
).says("Your slope of leaky_relu is 1 at exactly 0: from which side does the handout take it?")
misconception(
    "leaky_slope_hard_coded",
    slope("leaky_relu", "torch.full_like(z, leak)", "torch.full_like(z, 0.01)"),
    forms=[slope("leaky_relu", "torch.full_like(z, leak)", "torch.full_like(z, 0.1)")],
).says("Your slope of leaky_relu does not know the leak that it is given: which number stands in its place?")
misconception(
    "leaky_slope_times_z", slope("leaky_relu", LEAKY_SLOPE, "torch.where(z > 0, torch.ones_like(z), leak * z)")
).says("Your slope of leaky_relu changes along a straight line: how steep is leak * z?")
misconception(
    "elu_without_the_one",
    change("elu", ELU, "torch.where(z > 0, z, alpha * torch.exp(z.clamp(max=0)))"),
).says("Your elu jumps at 0: what is taken off the exponential so that both halves meet?")
misconception(
    "elu_one_outside_alpha",
    change("elu", ELU, "torch.where(z > 0, z, alpha * torch.exp(z.clamp(max=0)) - 1)"),
).says("Your elu is right for alpha = 1 only: is the 1 inside the brackets that alpha multiplies?")
misconception("elu_alpha_ignored", change("elu", "alpha * torch.expm1", "torch.expm1")).says(
    "Your elu is the same for every alpha: where does its limit on the left come from?"
)
misconception(
    "elu_alpha_on_both_sides", change("elu", ELU, "alpha * (z.clamp(min=0) + torch.expm1(z.clamp(max=0)))")
).says("Your elu multiplies the right half by alpha, too: how steep is it there?")
misconception(
    "elu_alpha_in_the_exponent", change("elu", ELU, "z.clamp(min=0) + torch.expm1(alpha * z.clamp(max=0))")
).says("Your alpha stands in the exponent: what is the limit of your elu far to the left?")
misconception(
    "elu_multiplies_an_infinity",
    change("elu", ELU, "(z > 0) * z + (z <= 0) * alpha * (torch.exp(z) - 1)"),
    forms=[change("elu", ELU, "z * (z > 0).to(z.dtype) + alpha * (torch.exp(z) - 1) * (z <= 0).to(z.dtype)")],
).says("Far to the right your elu is not a number: what is 0 times the half that is not needed there?")
misconception("elu_slope_without_alpha", slope("elu", "alpha * torch.exp", "torch.exp")).says(
    "Your slope of elu is the same for every alpha: what stands in front of the exponential?"
)
misconception(
    "elu_slope_is_elu",
    slope("elu", ELU_SLOPE, "torch.where(z > 0, torch.ones_like(z), alpha * torch.expm1(z.clamp(max=0)))"),
).says("Your slope of elu is negative below 0: what does differentiation do to the -1?")
misconception("elu_slope_one_at_zero", slope("elu", "z > 0", "z >= 0")).says(
    "Your slope of elu is 1 at exactly 0 whatever alpha is: from which side does the handout take it?"
)
misconception("elu_slope_exponential_everywhere", slope("elu", ELU_SLOPE, "alpha * torch.exp(z)")).says(
    "Your slope of elu grows to the right: how steep is the line z?"
)
misconception(
    "elu_slope_multiplies_an_infinity",
    slope("elu", ELU_SLOPE, "(z > 0).to(z.dtype) + (z <= 0).to(z.dtype) * alpha * torch.exp(z)"),
).says("Far to the right your slope of elu is not a number: what is 0 times inf?")
misconception(
    "softplus_overflows",
    change("softplus", SOFTPLUS, "torch.log(1 + torch.exp(z))"),
    forms=[change("softplus", SOFTPLUS, "torch.log1p(torch.exp(z))")],
).says("Your softplus is infinite for large z: what is log(1 + e^z) nearly equal to there?")
misconception(
    "softplus_clipped",
    change("softplus", SOFTPLUS, "torch.log1p(torch.exp(z.clamp(-20, 20)))"),
    forms=[
        change("softplus", SOFTPLUS, f"torch.log1p(torch.exp(z.clamp(-{bound}, {bound})))")
        for bound in (10, 30, 50, 100, 500, 700)
    ],
).says("Your softplus never exceeds a bound: what does it become for large z if you clip them?")
misconception(
    "softplus_of_another_sign", change("softplus", SOFTPLUS, "(-z).clamp(min=0) + torch.log1p(torch.exp(-z.abs()))")
).says("Your softplus is that of -z: on which side does a rectifier rise?")
misconception("softplus_without_the_one", change("softplus", SOFTPLUS, "torch.log(torch.exp(z.clamp(max=700)))")).says(
    "Your softplus is z itself: what is added to the exponential before the logarithm?"
)
misconception(
    "softplus_slope_of_the_value",
    slope("softplus", "_sigma(z)", "logistic(softplus(z))"),
).says("You ask softplus for its slope at its value: does your derivative get z, or softplus(z)?")
misconception(
    "softplus_slope_of_a_corner",
    slope("softplus", "_sigma(z)", "(z > 0).to(z.dtype)"),
).says("Your slope of softplus is a step: how steep is a round corner in its middle?")
misconception("softplus_slope_is_a_logistic_slope", slope("softplus", "_sigma(z)", "logistic_derivative(z)")).says(
    "Your slope of softplus goes back to 0 on the right: how steep is softplus there, and which function is that?"
)
misconception(
    "softplus_slope_overflows",
    slope("softplus", "_sigma(z)", "torch.exp(z) / (1 + torch.exp(z))"),
).says("Your slope of softplus is not a number for large z: what is inf / inf?")
misconception(
    "squared_error_without_the_half", change("output_layer", "(z - target).square() / 2", "(z - target).square()")
).says("Your loss of regression is twice too large: which factor does the table have in front of the sum?")
misconception(
    "squared_error_with_a_two_in_its_gradient",
    change(
        "output_layer",
        "return outputs,",
        'outputs_minus = (outputs - target) * (2 if task == "regression" else 1)\n    return outputs,',
    ),
    change("output_layer", "(outputs - target) / len(z)", "outputs_minus / len(z)"),
).says("Your gradient of regression is twice too large: what does the half in front of the square become?")
misconception(
    "mean_over_all_entries",
    change("output_layer", RETURNED, "return outputs, losses.mean(), (outputs - target) / z.numel()"),
    forms=[change("output_layer", "losses.sum() / len(z)", "losses.mean()")],
).says("Your loss is a mean over all entries: over what does the handout take the mean?")
misconception(
    "sum_over_the_rows",
    change("output_layer", RETURNED, "return outputs, losses.sum(), outputs - target"),
    forms=[
        change("output_layer", "(outputs - target) / len(z)", "outputs - target"),
        change("output_layer", "losses.sum() / len(z)", "losses.sum()"),
    ],
).says("Your loss or its gradient is n times too large: is it a sum or a mean over the rows?")
misconception(
    "output_gradient_turned_round", change("output_layer", "(outputs - target) / len(z)", "(target - outputs) / len(z)")
).says("Your gradient points the other way: in which direction does the loss rise?")
misconception(
    "slope_of_the_output_once_more",
    change(
        "output_layer",
        "return outputs,",
        'error = outputs - target\n    if task == "binary":\n'
        "        error = error * outputs * (1 - outputs)\n    return outputs,",
    ),
    change("output_layer", "(outputs - target) / len(z)", "error / len(z)"),
).says("Your binary gradient has the slope of the logistic function as a factor: what does the cross-entropy do to it?")
misconception(
    "binary_logarithm_of_a_rounded_output",
    change(
        "output_layer",
        BINARY,
        "losses = -target * torch.log(outputs) - (1 - target) * torch.log(1 - outputs)",
    ),
).says("Your binary loss is infinite or no number where an output rounds to 0 or 1: can you write it by z itself?")
misconception(
    "binary_forgets_the_other_answer",
    change("output_layer", BINARY, "losses = target * softplus(-z)"),
).says("Your binary loss counts the target's yes only: what does an output cost when the answer is no?")
misconception(
    "classes_by_a_logistic",
    change("output_layer", "outputs = log_probs.exp()", "outputs = logistic(z)"),
).says("Your outputs of classes do not sum to 1: which output function shares one probability among k classes?")
misconception(
    "softmax_over_the_batch",
    change("output_layer", "z.amax(dim=1, keepdim=True)", "z.amax(dim=0, keepdim=True)"),
    change("output_layer", "shifted.exp().sum(dim=1, keepdim=True)", "shifted.exp().sum(dim=0, keepdim=True)"),
    forms=[change("output_layer", "shifted.exp().sum(dim=1, keepdim=True)", "shifted.exp().sum(dim=0, keepdim=True)")],
).says("Your softmax sums over the rows: which entries compete with each other?")
misconception(
    "logarithm_of_a_rounded_softmax",
    change(
        "output_layer",
        "losses = -target * log_probs",
        "losses = -target * outputs.log()",
    ),
).says("Your loss of classes is infinite or no number where a probability rounds to 0: can you do without it?")
misconception(
    "softmax_overflows",
    change("output_layer", "shifted = z - z.amax(dim=1, keepdim=True)", "shifted = z"),
).says("Your softmax overflows on large sums: which shift of a row leaves its probabilities as they are?")
misconception(
    "only_the_largest_target_counts",
    change(
        "output_layer",
        "losses = -target * log_probs",
        "losses = -log_probs[torch.arange(len(z)), target.argmax(dim=1)]",
    ),
).says("Your loss of classes looks at one class of each row: what if the target is shared among several?")
misconception("outputs_left_as_sums", change("output_layer", "outputs = log_probs.exp()", "outputs = z.clone()")).says(
    "Your outputs of classes are the sums themselves: which function makes probabilities of them?"
)
misconception(
    "spread_over_the_others",
    change("smooth_labels", SMOOTH, "(1 - alpha) * target + alpha / (target.shape[1] - 1) * (1 - target)"),
    forms=[change("smooth_labels", SMOOTH, "(1 - alpha) * target + alpha / (target.shape[1] - 1)")],
).says("You share alpha among k - 1 classes: does the true class get none of it in the formula?")
misconception(
    "alpha_turned_round", change("smooth_labels", SMOOTH, "alpha * target + (1 - alpha) / target.shape[1]")
).says("The smaller your alpha, the smoother are your labels: which share does the true class keep?")
misconception(
    "alpha_not_taken_off",
    change("smooth_labels", SMOOTH, "target + alpha / target.shape[1]"),
).says("Your smoothed rows sum to more than 1: where does the share that is spread come from?")
misconception("alpha_not_shared", change("smooth_labels", SMOOTH, "(1 - alpha) * target + alpha")).says(
    "Every class gets the whole of alpha: among how many classes is it shared?"
)
misconception("alpha_shared_among_rows", change("smooth_labels", "target.shape[1]", "len(target)")).says(
    "You divide alpha by the number of rows: how many classes share it?"
)
misconception("labels_cut_only", change("smooth_labels", SMOOTH, "(1 - alpha) * target")).says(
    "You take alpha from the labels and give it to nobody: what do the rows sum to?"
)
misconception(
    "smoothed_after_the_logarithm",
    change(
        "smoothed_cross_entropy",
        "return loss, grad",
        "mean = (logits - logits.logsumexp(dim=1, keepdim=True)).mean()\n"
        "    return loss + alpha * mean + alpha / logits.shape[1], grad",
    ),
    forms=[
        change(
            "smoothed_cross_entropy",
            "return loss, grad",
            "_, plain, _ = output_layer('classes', logits, one_hot)\n"
            "    return (1 - alpha) * plain + alpha / logits.shape[1], grad",
        )
    ],
).says("You smooth the loss and not the labels: what is multiplied by the logarithm of each probability?")
misconception(
    "smoothed_loss_only",
    change("smoothed_cross_entropy", "_, loss, grad = ", "_, loss, _ = "),
    change("smoothed_cross_entropy", "return loss, grad", 'return loss, output_layer("classes", logits, one_hot)[2]'),
).says("Your loss is smoothed and your gradient is not: which target stands in the gradient of this loss?")
misconception(
    "smoothed_gradient_only",
    change("smoothed_cross_entropy", "return loss, grad", 'return output_layer("classes", logits, one_hot)[1], grad'),
).says("Your gradient is smoothed and your loss is not: do the two belong together?")
misconception("smoothing_left_out", change("smoothed_cross_entropy", "smooth_labels(one_hot, alpha)", "one_hot")).says(
    "Your loss is the plain cross-entropy: where does alpha enter?"
)
misconception(
    "logits_smoothed",
    change("smoothed_cross_entropy", SMOOTHED, 'output_layer("classes", smooth_labels(logits, alpha), one_hot)'),
).says("You smooth the logits: which of the two rows that the loss compares is to be smoothed?")
misconception(
    "slopes_for_changes",
    change("relu_interpolant", NETWORK, NETWORK.replace("slopes - before", "slopes")),
).says(
    "Your network is right up to the second corner: what do the units that are awake already add to the slope there?"
)
misconception(
    "corners_one_too_late",
    change("relu_interpolant", "corners = xs[:-1]", "corners = xs[1:]"),
).says("Your units wake up one point too late: at which end of its segment must a unit begin?")
misconception("corners_on_the_other_side", change("relu_interpolant", "-corners, slopes", "corners, slopes")).says(
    "Your corners lie on the other side of 0: for which bias is x + b zero at the corner?"
)
misconception(
    "start_height_forgotten", change("relu_interpolant", "slopes - before, ys[0]", "slopes - before, ys[0] * 0")
).says("Your network is off by the same height everywhere: where must it be before its first unit wakes up?")
misconception(
    "height_of_the_last_point", change("relu_interpolant", "slopes - before, ys[0]", "slopes - before, ys[-1]")
).says("Your network begins at the height of the last point: which units are awake at the first one?")
misconception(
    "points_taken_as_sorted",
    change("relu_interpolant", "order = xs.argsort()\n    xs, ys = xs[order], ys[order]\n", ""),
    forms=[
        [
            change("relu_interpolant", "order = xs.argsort()\n    xs, ys = xs[order], ys[order]\n", ""),
            change("relu_interpolant", "slopes - before, ys[0]", "slopes - before, ys[xs.argmin()]"),
        ]
    ],
).says("Your network is wrong when the points come unordered: which points are neighbours?")
misconception(
    "heights_sorted_by_themselves",
    change("relu_interpolant", "xs, ys = xs[order], ys[order]", "xs, ys = xs.sort().values, ys.sort().values"),
).says("You sort the heights as well as the places: does every point keep its own height?")
misconception(
    "slopes_turned_over",
    change("relu_interpolant", "(ys[1:] - ys[:-1]) / (xs[1:] - xs[:-1])", "(xs[1:] - xs[:-1]) / (ys[1:] - ys[:-1])"),
).says("You divide steps to the right by steps up: which quotient is a slope?")
misconception(
    "corners_between_the_points",
    change(
        "relu_interpolant",
        NETWORK,
        "corners = (xs[1:] + xs[:-1]) / 2\n"
        "    reached = (xs[1:, None] - corners).clamp(min=0)\n"
        "    v = torch.linalg.solve(reached, ys[1:] - ys[0])\n"
        "    return torch.ones_like(corners), -corners, v, ys[0]",
    ),
).says("Your network goes through all points, but bends between them: where may a straight line have its corners?")
misconception("steps_for_slopes", change("relu_interpolant", " / (xs[1:] - xs[:-1])", "")).says(
    "Your slopes are right only for points that are 1 apart: what is a step up divided by?"
)
misconception(
    "dead_entries_counted",
    change("dead_share", DEAD, "dead = X @ W + b <= 0"),
).says("You count the entries that are 0: what must hold of all rows for a unit to be dead?")
misconception(
    "dead_for_any_row",
    change("dead_share", "all(dim=0)", "any(dim=0)"),
).says("For you one row that a unit does not answer makes it dead: what if it answers another one?")
misconception("rows_without_an_answer", change("dead_share", "all(dim=0)", "all(dim=1)")).says(
    "You count rows that no unit answers: along which axis do the rows of a unit lie?"
)
misconception(
    "living_units_counted", change("dead_share", "dead.to(X.dtype).mean()", "1 - dead.to(X.dtype).mean()")
).says("Your share is that of the living units: which of the two is asked for?")
misconception("dead_units_not_shared", change("dead_share", "mean()", "sum()")).says(
    "You give the number of dead units: what is a share?"
)
misconception("dead_without_the_bias", change("dead_share", "X @ W + b <= 0", "X @ W <= 0")).says(
    "Your bias has no effect on who is dead: what enters the rectifier?"
)
misconception("dead_on_average", change("dead_share", DEAD, "dead = (X @ W + b).mean(dim=0) <= 0")).says(
    "You look at the mean of a unit's sums: can one row wake a unit whose mean is negative?"
)
misconception("zero_counts_as_an_answer", change("dead_share", "<= 0", "< 0")).says(
    "A unit whose sums are exactly 0 lives for you: what is its slope there?"
)
misconception(
    "scale_without_the_slopes",
    change("gradient_scale", BACK, "grad = grad @ W.T"),
).says("Your gradient passes the activations as if they were not there: which factor does each of them add?")
misconception(
    "slopes_at_the_values",
    change("gradient_scale", "derivative(z)", "derivative(activation(z))"),
).says("You ask for the slopes at what the activation answered: of which numbers is derivative a function?")
misconception(
    "slopes_at_the_inputs_of_the_matrix",
    change(
        "gradient_scale",
        "sums.append(X @ W)\n        X = activation(sums[-1])",
        "sums.append(X)\n        X = activation(X @ W)",
    ),
    change("gradient_scale", BACK, "grad = (grad @ W.T) * derivative(z)"),
).says("You ask for the slopes at what a layer was given: at which sums was the activation asked?")
misconception("values_for_slopes", change("gradient_scale", "derivative(z)", "activation(z)")).says(
    "You multiply by the value of the activation: which function gives its slope?"
)
misconception(
    "matrix_before_the_slope", change("gradient_scale", BACK, "grad = grad @ W.T * derivative(z).mean()")
).says("You multiply by a mean slope: has not every unit a slope of its own?")
misconception(
    "scales_in_the_order_of_their_coming",
    change("gradient_scale", "scales[::-1]", "scales"),
).says("Your scales begin with the last layer: which gradient does the handout list first?")
misconception(
    "scales_behind_the_activation",
    change(
        "gradient_scale",
        BACK + "\n        scales.append(grad.square().mean().sqrt())",
        "scales.append(grad.square().mean().sqrt())\n        " + BACK,
    ),
).says("Your scales are those of the outputs of the layers: which gradient must the first entry be?")
misconception(
    "mean_size_for_the_root_mean_square", change("gradient_scale", "grad.square().mean().sqrt()", "grad.abs().mean()")
).says("Your scale is a mean of sizes: which mean has squares and a root in it?")
misconception(
    "norm_for_the_root_mean_square",
    change("gradient_scale", "grad.square().mean().sqrt()", "grad.square().sum().sqrt()"),
).says("Your scale grows with the number of entries: is there a mean under your root?")
misconception(
    "mean_square_without_the_root", change("gradient_scale", "grad.square().mean().sqrt()", "grad.square().mean()")
).says("Your scale is the square of the right one: what comes after the mean of the squares?")
misconception(
    "deviation_for_the_root_mean_square",
    change("gradient_scale", "grad.square().mean().sqrt()", "grad.std(correction=0)"),
).says("You take off the mean of the gradient first: does a root mean square do that?")
misconception(
    "gradient_averaged_at_the_top",
    change("gradient_scale", "torch.ones_like(X)", "torch.ones_like(X) / len(X)"),
).says("Your gradient begins with 1 / n: how large is it for each output in the handout?")
misconception(
    "activation_fixed",
    change("network_gradients", "hidden = activation(z)", "hidden = relu(z)"),
    change("network_gradients", "derivative(z)", "relu_derivative(z)"),
    forms=[
        [
            change("network_gradients", "hidden = activation(z)", "hidden = tanh(z)"),
            change("network_gradients", "derivative(z)", "tanh_derivative(z)"),
        ],
        [
            change("network_gradients", "hidden = activation(z)", "hidden = logistic(z)"),
            change("network_gradients", "derivative(z)", "logistic_derivative(z)"),
        ],
    ],
).says("Your network is the same for every activation that it is given: which function does it call?")
misconception(
    "derivative_at_the_hidden_values",
    change("network_gradients", "derivative(z)", "derivative(hidden)"),
).says("You ask for the slope at the hidden values: at which numbers was the activation asked?")
misconception(
    "derivative_forgotten",
    change("network_gradients", "(error @ W2.T) * derivative(z)", "error @ W2.T"),
).says("Your gradient passes the hidden layer without its slope: what stands between the two matrices?")
misconception(
    "slope_from_the_value_of_the_logistic",
    change("network_gradients", "derivative(z)", "hidden * (1 - hidden)"),
    forms=[
        change("network_gradients", "derivative(z)", "(1 - hidden**2)"),
        change("network_gradients", "derivative(z)", "(hidden > 0)"),
    ],
).says("Your slope is that of one certain activation: which function were you given for it?")
misconception(
    "activation_on_the_scores",
    change("network_gradients", "hidden @ W2 + b2", "activation(hidden @ W2 + b2)"),
).says("Your scores pass the activation as well: what stands behind the last linear map?")
misconception("first_bias_forgotten", change("network_gradients", "z = X @ W1 + b1", "z = X @ W1")).says(
    "The first bias has no effect in your network: what does the handout add to X W1?"
)
misconception(
    "bias_gradient_averaged",
    change("network_gradients", "back.sum(dim=0)", "back.mean(dim=0)"),
    change("network_gradients", "error.sum(dim=0)", "error.mean(dim=0)"),
    forms=[
        change("network_gradients", "back.sum(dim=0)", "back.mean(dim=0)"),
        change("network_gradients", "error.sum(dim=0)", "error.mean(dim=0)"),
    ],
).says("Your gradient of a bias is a mean over the rows: where is the mean of the loss already?")
misconception(
    "bias_gradient_not_summed",
    change("network_gradients", "back.sum(dim=0)", "back"),
    change("network_gradients", "error.sum(dim=0)", "error"),
).says("Your gradient of a bias has a row for each example: which shape does the bias have?")
misconception("gradient_of_the_inputs", change("network_gradients", "hidden.T @ error", "z.T @ error")).says(
    "Your gradient for W2 uses the sums in front of the activation: what does W2 multiply?"
)
misconception(
    "second_layer_moves_first",
    change(
        "train",
        STEP,
        "W1, b1, W2, b2 = params\n"
        "            W2, b2 = W2 - lr * grads[2], b2 - lr * grads[3]\n"
        "            _, grads = network_gradients((W1, b1, W2, b2), X[rows], target[rows], activation, derivative)\n"
        "            params = W1 - lr * grads[0], b1 - lr * grads[1], W2, b2",
    ),
).says("Your first layer moves by a gradient of the second layer's new weights: which parameters does a step ask?")
misconception("start_changed_in_place", change("train", "p - lr * g for", "p.sub_(lr * g) for")).says(
    "Your training writes into the parameters it was given: what will the next training start from?"
)
misconception("step_uphill", change("train", "p - lr * g for", "p + lr * g for")).says(
    "Your training climbs: in which direction does the loss fall?"
)
misconception("biases_never_trained", change("train", "p - lr * g for", "p - lr * g * (p.ndim > 1) for")).says(
    "Your weights move, but the biases stay where they were: which of the four are parameters?"
)
misconception(
    "short_batch_dropped",
    change(
        "train",
        "for rows in order.split(batch_size):",
        "for rows in order[: len(X) // batch_size * batch_size].split(batch_size):",
    ),
).says("The rows that are left over never come: what happens to the last, shorter batch?")
misconception("rows_shuffled_without_targets", change("train", "target[rows]", "target[rows.sort().values]")).says(
    "The rows of X are shuffled, but the targets are not: does every row still meet its own target?"
)
misconception("rows_drawn_with_replacement", change("train", "randperm(len(X),", "randint(len(X), (len(X),),")).says(
    "Some rows come twice in your epoch and others never: is your order of the rows a permutation?"
)
misconception(
    "generator_ignored",
    change("train", "torch.randperm(len(X), generator=generator, device=generator.device)", "torch.arange(len(X))"),
).says("Your rows are not shuffled although a generator is given: where does the generator enter your loop?")
misconception(
    "rows_shuffled_once",
    change(
        "train",
        "torch.randperm(len(X), generator=generator, device=generator.device)",
        "first = torch.randperm(len(X), generator=generator, device=generator.device) if not _ else first",
    ),
).says("All your epochs take the rows in one order: how often must an order be drawn?")
misconception(
    "one_step_an_epoch",
    change("train", "for rows in order.split(batch_size):", "for rows in [order]:"),
).says("Your training takes one step an epoch: how many rows does a batch have?")
