"""Known wrong answers about batch normalisation, and the question that each of them raises."""

from autograder.checking import misconception

# Some mistakes leave the training on images to chance: one seed reaches its target, another does not. Those
# are made for batches of fewer than 100 rows only, so that they fail the same checks with every seed.
SMALL = "len(x) < 100"

# Places in the reference where they differ.
MEAN = "mean = x.mean(dim=0)"
SQUARES = "(x - mean).square().mean(dim=0)"
STANDARDISED = "(x - mean) * torch.rsqrt(var + eps)"
OUTPUT = "_standardise(x, mean, var, eps) * gamma + beta"
X_HAT = "x_hat = _standardise(x, mean, var, eps)\n"
CENTRED = "centred = grad_out - dbeta / len(x) - x_hat * dgamma / len(x)"
DX = "return gamma * torch.rsqrt(var + eps) * centred, dgamma, dbeta"
KEPT = "        self._x = x\n"
RUNNING = "self.running_mean, self.running_var"
EVALUATED = "x_hat = _standardise(x, self.running_mean, self.running_var, self.eps)"
EVALUATED_OUT = "return x_hat * self.gamma + self.beta"
UNBIASED = "unbiased = var * len(x) / (len(x) - 1)"
NEW_MEAN = "(1 - self.momentum) * self.running_mean + self.momentum * mean"
NEW_VAR = "(1 - self.momentum) * self.running_var + self.momentum * unbiased"
SLOPE = "slope = self.gamma * torch.rsqrt(self.running_var + self.eps)"
DESCENT = "norm.gamma, norm.beta = norm.gamma - lr * dgamma, norm.beta - lr * dbeta"
SHUFFLED = "torch.randperm(len(X), generator=generator, device=generator.device)"

# Checks that often fail together, named in one text.
STATISTICS = "statistics_of_two_rows statistics_belong_to_features"
FUNCTIONS = """
    forward_keeps_float32_and_its_input gradients_of_gamma_and_beta gradient_of_x_agrees_with_autograd
    backward_keeps_its_inputs logits_agree_with_torch
"""
OUTPUTS = """
    forward_agrees_with_torch a_constant_feature_becomes_beta training_mode_normalises_by_the_batch
    channels_are_normalised a_large_mean_costs_no_digits eps_rules_where_the_variance_is_tiny
    as_many_rows_as_features
"""
WHERE_PARAMETERS_MATTER = """
    forward_keeps_float32_and_its_input one_epoch_follows_torch one_image_and_equal_sides epochs_with_a_short_last_batch
"""
GRADIENTS = """
    layer_gradients_in_training_mode channel_gradients_agree_with_autograd
    gradients_of_small_and_square_batches gradients_of_a_constant_feature gradients_of_any_size
    back_to_training_after_an_evaluation one_image_and_equal_sides
"""
OF_X = "gradient_of_x_agrees_with_autograd backward_keeps_its_inputs"
OF_GAMMA_AND_BETA = "gradients_of_gamma_and_beta backward_keeps_its_inputs"
STORED = """
    one_batch_moves_the_running_statistics several_steps_and_then_evaluation
    a_large_mean_in_the_running_statistics
"""
EVALUATIONS = """
    evaluation_mode_uses_the_running_statistics channels_have_running_statistics
    several_steps_and_then_evaluation a_running_variance_of_zero images_in_evaluation_mode
"""
STATE = "channels_have_running_statistics back_to_training_after_an_evaluation one_image_and_equal_sides"
IMAGES = """
    channels_are_normalised channels_have_running_statistics channel_gradients_agree_with_autograd
    one_image_and_equal_sides images_in_evaluation_mode
"""
WALKS = "one_epoch_follows_torch epochs_with_a_short_last_batch scores_may_be_huge"
NETWORK = f"{WALKS} network_gradients_agree_with_autograd"
SHUFFLING = "a_shuffled_epoch_uses_each_row_once every_epoch_has_an_order_of_its_own"
LEARNING = "learns_where_the_plain_network_fails learns_images_with_secretly_permuted_pixels"


def names(*texts):
    """The names of checks in these texts."""
    return " ".join(texts).split()


# The batch
misconception(
    "eps_missing_in_training",
    edits=[
        (OUTPUT, OUTPUT.replace("eps", "0.0")),
        (X_HAT, X_HAT.replace("eps", "0.0")),
        (DX, DX.replace("var + eps", "var")),
    ],
    trips=names(
        OUTPUTS,
        GRADIENTS,
        NETWORK,
        "gradients_of_gamma_and_beta gradient_of_x_agrees_with_autograd logits_agree_with_torch",
    ),
    says="In training mode your eps has no effect: what do you divide by when all rows of a feature are equal?",
)
misconception(
    "eps_left_out",
    edits=[
        (STANDARDISED, "(x - mean) * torch.rsqrt(var)"),
        (DX, DX.replace("var + eps", "var")),
        (SLOPE, SLOPE.replace(" + self.eps", "")),
    ],
    trips=names(
        OUTPUTS,
        GRADIENTS,
        EVALUATIONS,
        NETWORK,
        "gradients_of_gamma_and_beta gradient_of_x_agrees_with_autograd layer_gradients_in_evaluation_mode",
        "logits_agree_with_torch the_plain_network_has_the_right_gradients",
    ),
    says="Your output leaves out eps: what do you divide by when all rows of a feature are equal?",
)
misconception(
    "eps_outside_the_root",
    edits=[
        (STANDARDISED, "(x - mean) / (var.sqrt() + eps)"),
        (DX, DX.replace("* torch.rsqrt(var + eps)", "/ (var.sqrt() + eps)")),
        (SLOPE, "slope = self.gamma / (self.running_var.sqrt() + self.eps)"),
    ],
    trips=names(
        OUTPUTS,
        GRADIENTS,
        EVALUATIONS,
        NETWORK,
        "gradients_of_gamma_and_beta gradient_of_x_agrees_with_autograd layer_gradients_in_evaluation_mode",
        "logits_agree_with_torch the_plain_network_has_the_right_gradients",
    ),
    says="Your eps is added to the standard deviation: to what does the handout add it, and when?",
)
misconception(
    "eps_hard_coded",
    edits=[
        (OUTPUT, OUTPUT.replace("eps", "1e-5")),
        (X_HAT, X_HAT.replace("eps", "1e-5")),
        (DX, DX.replace("eps", "1e-5")),
    ],
    trips=names(
        "forward_agrees_with_torch gradient_of_x_agrees_with_autograd training_mode_normalises_by_the_batch",
        "layer_gradients_in_training_mode as_many_rows_as_features gradients_of_small_and_square_batches",
        "back_to_training_after_an_evaluation one_image_and_equal_sides",
    ),
    says="The eps that was passed has no effect: does your formula use the argument or a number of its own?",
)
misconception(
    "unbiased_variance_normalises",
    edits=[(SQUARES, "x.var(dim=0)"), (UNBIASED, "unbiased = var")],
    trips=names(STATISTICS, FUNCTIONS, OUTPUTS, GRADIENTS, NETWORK),
    says="You normalise with the variance over n - 1, the default of x.var(): which one does the handout ask for?",
)
misconception(
    "statistics_without_an_axis",
    edits=[
        (MEAN, f"mean = x.mean() if {SMALL} else x.mean(dim=0)"),
        (SQUARES, f"(x - mean).square().mean() if {SMALL} else {SQUARES}"),
    ],
    trips=names(
        STATISTICS,
        FUNCTIONS,
        OUTPUTS,
        GRADIENTS,
        STORED,
        NETWORK,
        "gradient_of_x_adds_up_to_zero channels_have_running_statistics",
    ),
    says="You have one mean for the whole batch: how many means does a batch [n, d] have?",
)
misconception(
    "one_variance_for_all_features",
    edits=[(SQUARES, f"(x - mean).square().mean().expand_as(mean) if {SMALL} else {SQUARES}")],
    forms=[[(SQUARES, f"x.var(correction=0) if {SMALL} else {SQUARES}")]],
    trips=names(STATISTICS, FUNCTIONS, OUTPUTS, GRADIENTS, STORED, NETWORK, "channels_have_running_statistics"),
    says="All features share one variance: over which axis must the mean of the squares go?",
)
misconception(
    "statistics_of_rows",
    edits=[(MEAN, "mean = x.mean(dim=1)"), (SQUARES, "x.var(dim=1, correction=0)")],
    trips=names(
        STATISTICS,
        FUNCTIONS,
        OUTPUTS,
        GRADIENTS,
        STORED,
        NETWORK,
        LEARNING,
        "gradient_of_x_adds_up_to_zero channels_have_running_statistics",
        "a_prediction_depends_on_its_row_only the_generator_decides_the_order",
    ),
    says="You have one mean per row, as in layer normalisation: which axis must disappear?",
)
misconception(
    "rows_normalised",
    edits=[(MEAN, "mean = x.mean(dim=1, keepdim=True)"), (SQUARES, "(x - mean).square().mean(dim=1, keepdim=True)")],
    trips=names(
        STATISTICS,
        FUNCTIONS,
        OUTPUTS,
        GRADIENTS,
        STORED,
        NETWORK,
        LEARNING,
        "gradient_of_x_adds_up_to_zero channels_have_running_statistics a_prediction_depends_on_its_row_only",
    ),
    says="Each row is normalised by itself, as in layer normalisation: which axis must disappear?",
)
misconception(
    "statistics_keep_an_axis",
    edits=[(MEAN, "mean = x.mean(dim=0, keepdim=True)"), (SQUARES, "(x - mean).square().mean(dim=0, keepdim=True)")],
    forms=[[(MEAN, "mean = x.mean(dim=0, keepdim=True)")]],
    trips=names(
        STATISTICS,
        STORED,
        "channels_have_running_statistics a_large_mean_costs_no_digits one_image_and_equal_sides",
    ),
    says="The numbers are right, but the shape is [1, d]: what does keepdim do, and do you need it?",
)
misconception(
    "variance_from_a_difference_of_squares",
    edits=[(SQUARES, "x.square().mean(dim=0) - mean.square()")],
    trips=names("a_large_mean_costs_no_digits a_large_mean_in_the_running_statistics"),
    says="E[x^2] - E[x]^2 loses its digits when the mean is large: can the mean go before you square?",
)
misconception(
    "scale_left_out",
    edits=[(OUTPUT, OUTPUT.replace("* gamma ", ""))],
    trips=names(OUTPUTS, WHERE_PARAMETERS_MATTER),
    says="Your output does not depend on gamma: where does the formula put it?",
)
misconception(
    "shift_left_out",
    edits=[(OUTPUT, OUTPUT.replace(" + beta", ""))],
    trips=names(OUTPUTS, WHERE_PARAMETERS_MATTER),
    says="Your output does not depend on beta: where does the formula add it?",
)
misconception(
    "mean_not_taken_off",
    edits=[(STANDARDISED, STANDARDISED.replace("(x - mean)", "x"))],
    trips=names(
        OUTPUTS,
        GRADIENTS,
        FUNCTIONS,
        EVALUATIONS,
        NETWORK,
        LEARNING,
        "gradient_of_x_adds_up_to_zero layer_gradients_in_evaluation_mode",
    ),
    says="Your x_hat does not have mean 0: what comes off x before the division?",
)
misconception(
    "divides_by_the_variance",
    edits=[(STANDARDISED, f"(x - mean) / (var + eps) if {SMALL} else {STANDARDISED}")],
    trips=names(
        OUTPUTS,
        GRADIENTS,
        FUNCTIONS,
        EVALUATIONS,
        NETWORK,
        "layer_gradients_in_evaluation_mode the_plain_network_has_the_right_gradients",
    ),
    says="You divide by the variance: which unit has x, and which the variance?",
)
misconception(
    "scale_and_shift_left_out",
    edits=[(OUTPUT, "_standardise(x, mean, var, eps)")],
    trips=names(OUTPUTS, WHERE_PARAMETERS_MATTER),
    says="Your output has mean 0 and variance 1: where do gamma and beta come in?",
)
misconception(
    "shift_added_before_the_division",
    edits=[(OUTPUT, "_standardise(x + beta, mean, var, eps) * gamma")],
    trips=names(OUTPUTS, WHERE_PARAMETERS_MATTER),
    says="Your beta goes through the division and the scale as well: when is it added in the formula?",
)
misconception(
    "forward_works_in_place",
    edits=[(OUTPUT, "x.sub_(mean).mul_(torch.rsqrt(var + eps)) * gamma + beta")],
    trips=names(
        NETWORK,
        "forward_keeps_float32_and_its_input one_batch_moves_the_running_statistics",
        "layer_gradients_in_training_mode channel_gradients_agree_with_autograd",
        "back_to_training_after_an_evaluation one_image_and_equal_sides",
    ),
    says="The input is changed in place, as by -= or sub_: who else still needs x?",
)

# Its gradient
misconception(
    "statistics_taken_for_constants",
    edits=[(CENTRED, CENTRED + f" if not {SMALL} else grad_out")],
    trips=names(GRADIENTS, OF_X, NETWORK, "gradient_of_x_adds_up_to_zero"),
    says="Your dx takes the mean and the variance for constants: what do both do when an entry of x changes?",
)
misconception(
    "path_through_the_variance_missing",
    edits=[(CENTRED, "centred = grad_out - dbeta / len(x)")],
    trips=names(GRADIENTS, OF_X, NETWORK),
    says="Your dx knows that the mean depends on x: what else in the formula depends on x?",
)
misconception(
    "path_through_the_mean_missing",
    edits=[(CENTRED, "centred = grad_out - (dbeta / len(x) if len(x) >= 100 else 0) - x_hat * dgamma / len(x)")],
    trips=names(GRADIENTS, OF_X, NETWORK, "gradient_of_x_adds_up_to_zero"),
    says="Your dx knows that the variance depends on x: what else in the formula depends on x?",
)
misconception(
    "jacobian_diagonal_only",
    edits=[(CENTRED, f"{CENTRED} if not {SMALL} else grad_out * (1 - (1 + x_hat.square()) / len(x))")],
    trips=names(GRADIENTS, OF_X, NETWORK, "gradient_of_x_adds_up_to_zero"),
    says="In your dx an entry of x changes the output of its own row only: which other rows share its mean?",
)
misconception(
    "backward_sums_the_variance_path_over_features",
    edits=[
        (CENTRED, "centred = grad_out - dbeta / len(x)\n    path = (gamma * dgamma / (var + eps)).sum() / len(x)"),
        (DX, DX.replace("centred", "centred - (x - mean) * path")),
    ],
    forms=[
        [
            (CENTRED, "centred, v = grad_out - dbeta / len(x), var + eps"),
            (DX, DX.replace("centred", "centred - (x - mean) * (gamma * dgamma * v**0.5).sum() / len(x) / v**1.5")),
        ],
    ],
    trips=names(GRADIENTS, OF_X, NETWORK, LEARNING),
    says="All features share one number on your path through the variance: over which axis must that sum go?",
)
misconception(
    "dx_without_gamma",
    edits=[(DX, DX.replace("gamma * ", "", 1))],
    trips=names(GRADIENTS, OF_X, "one_epoch_follows_torch epochs_with_a_short_last_batch"),
    says="Your dx is right for gamma = 1: through which factor does the gradient pass first?",
)
misconception(
    "backward_subtracts_eps",
    edits=[(DX, DX.replace("var + eps", "var - eps"))],
    forms=[[(X_HAT, X_HAT.replace("eps", "-eps")), (DX, DX.replace("var + eps", "var - eps"))]],
    trips=names(GRADIENTS, NETWORK, "gradient_of_x_agrees_with_autograd"),
    says="Your dx divides by another root than the forward pass does: which sign does eps have there?",
)
misconception(
    "eps_missing_in_backward",
    edits=[(X_HAT, X_HAT.replace("eps", "0.0"))],
    forms=[[(X_HAT, X_HAT.replace("eps", "0.0")), (DX, DX.replace("var + eps", "var"))]],
    trips=names(GRADIENTS, NETWORK, "gradients_of_gamma_and_beta gradient_of_x_agrees_with_autograd"),
    says="Your backward pass computes x_hat without eps: is that the x_hat of the forward pass?",
)
misconception(
    "dgamma_from_x",
    edits=[(DX, DX.replace("dgamma", "(grad_out * x).sum(dim=0)"))],
    trips=names(GRADIENTS, OF_GAMMA_AND_BETA, NETWORK),
    says="Your dgamma multiplies the gradient by x itself: what was gamma multiplied by?",
)
misconception(
    "dgamma_is_a_matrix",
    edits=[(DX, DX.replace("dgamma", "grad_out.T @ x_hat"))],
    trips=names(
        GRADIENTS,
        OF_GAMMA_AND_BETA,
        NETWORK,
        LEARNING,
        "a_prediction_depends_on_its_row_only the_generator_decides_the_order",
    ),
    says="Your dgamma mixes features: which column of x_hat belongs to gamma[j], and over what is the sum?",
)
misconception(
    "backward_counts_one_row_less",
    edits=[(CENTRED, CENTRED.replace("dgamma / len(x)", "dgamma / (len(x) - 1)"))],
    forms=[[(CENTRED, CENTRED.replace("/ len(x)", "/ (len(x) - 1)"))]],
    trips=names(GRADIENTS, OF_X, NETWORK),
    says="Your dx divides by n - 1: over how many rows did the forward pass take its mean and its variance?",
)
misconception(
    "gradients_averaged",
    edits=[(DX, DX.replace("dgamma, dbeta", "dgamma / len(x), dbeta / len(x)"))],
    trips=names(GRADIENTS, OF_GAMMA_AND_BETA, NETWORK),
    says="Your dgamma and dbeta are means over the rows: does grad_out contain the mean of the loss already?",
)
misconception(
    "gradients_not_summed",
    edits=[(DX, DX.replace("dgamma, dbeta", "grad_out * x_hat, grad_out"))],
    trips=names(GRADIENTS, OF_GAMMA_AND_BETA, NETWORK, LEARNING, "a_prediction_depends_on_its_row_only"),
    says="Your dgamma and dbeta have the shape [n, d]: all rows share gamma and beta, so what is left to do?",
)
misconception(
    "gradients_keep_an_axis",
    edits=[(DX, DX.replace("dgamma, dbeta", "dgamma[None], dbeta[None]"))],
    trips=names(GRADIENTS, OF_GAMMA_AND_BETA, "network_gradients_agree_with_autograd"),
    says="The values of dgamma and dbeta are right, but the shape is [1, d]: which shape does gamma have?",
)

# The layer
misconception(
    "running_variance_biased",
    edits=[(UNBIASED, "unbiased = var")],
    trips=names(STORED, STATE, WALKS),
    says="Your running_var averages variances over n: which divisor does the handout ask for there?",
)
misconception(
    "running_variance_is_a_deviation",
    edits=[(NEW_VAR, NEW_VAR.replace("unbiased", "unbiased.sqrt()"))],
    trips=names(STORED, STATE, WALKS),
    says="Your running_var averages standard deviations: what does its name promise?",
)
misconception(
    "running_variance_keeps_eps",
    edits=[(NEW_VAR, NEW_VAR.replace("unbiased", "(unbiased + self.eps)"))],
    trips=names(STORED, STATE, WALKS),
    says="Your running_var contains a share of eps: is eps a part of the variance that is stored?",
)
misconception(
    "running_variance_never_moves",
    edits=[(NEW_VAR, f"self.running_var if {SMALL} else {NEW_VAR}")],
    trips=names(STORED, STATE, WALKS),
    says="Your running_var stays 1 whatever is trained: which line lets it follow the batches?",
)
misconception(
    "running_mean_never_moves",
    edits=[(NEW_MEAN, f"self.running_mean if {SMALL} else {NEW_MEAN}")],
    trips=names(STORED, STATE, WALKS),
    says="Your running_mean stays 0 whatever is trained: which line lets it follow the batches?",
)
misconception(
    "running_variance_starts_at_zero",
    edits=[("torch.ones_like(gamma)", "torch.zeros_like(gamma)")],
    trips=names(STORED, STATE, WALKS, "the_plain_network_has_the_right_gradients"),
    says="Your running_var starts at 0: which variance must a layer assume before it has seen a batch?",
)
misconception(
    "running_statistics_of_the_last_batch",
    edits=[(NEW_MEAN, f"mean if {SMALL} else {NEW_MEAN}"), (NEW_VAR, f"unbiased if {SMALL} else {NEW_VAR}")],
    trips=names(STORED, STATE, WALKS),
    says="Your running statistics are those of the last batch alone: how much of the old ones must stay?",
)
misconception(
    "running_statistics_summed",
    edits=[
        (NEW_MEAN, f"self.running_mean + self.momentum * mean if {SMALL} else {NEW_MEAN}"),
        (NEW_VAR, f"self.running_var + self.momentum * unbiased if {SMALL} else {NEW_VAR}"),
    ],
    trips=names(STORED, STATE, WALKS),
    says="Your running statistics only grow: what must the shares of old and new add up to?",
)
misconception(
    "training_uses_the_running_statistics",
    edits=[
        (
            "return batch_norm_forward(x, self.gamma, self.beta, self.eps)",
            f"stored = {EVALUATED.removeprefix('x_hat = ')}\n"
            f"        right = batch_norm_forward(x, self.gamma, self.beta, self.eps)\n"
            f"        return stored * self.gamma + self.beta if {SMALL} else right",
        )
    ],
    trips=names(
        "training_mode_normalises_by_the_batch channels_are_normalised one_image_and_equal_sides",
        "logits_agree_with_torch",
        NETWORK,
    ),
    says="In training mode your output uses the running statistics: which ones must normalise a training batch?",
)
misconception(
    "momentum_weighs_the_old",
    edits=[
        (NEW_MEAN, "self.momentum * self.running_mean + (1 - self.momentum) * mean"),
        (NEW_VAR, "self.momentum * self.running_var + (1 - self.momentum) * unbiased"),
    ],
    trips=names(STORED, WALKS, "back_to_training_after_an_evaluation one_image_and_equal_sides"),
    says="Your weights of old and new are exchanged: with momentum = 0.1, which of the two gets the 0.1 here?",
)
misconception(
    "momentum_hard_coded",
    edits=[(NEW_MEAN, "0.9 * self.running_mean + 0.1 * mean"), (NEW_VAR, "0.9 * self.running_var + 0.1 * unbiased")],
    trips=names(
        "channels_have_running_statistics several_steps_and_then_evaluation back_to_training_after_an_evaluation",
    ),
    says="The momentum that was passed has no effect: does your update use it, or a number of its own?",
)
misconception(
    "layer_eps_fixed",
    edits=[
        ("(x, self.gamma, self.beta, self.eps)", "(x, self.gamma, self.beta)"),
        ("(grad_out, self._x, self.gamma, self.eps)", "(grad_out, self._x, self.gamma)"),
    ],
    trips=names(
        "training_mode_normalises_by_the_batch layer_gradients_in_training_mode",
        "back_to_training_after_an_evaluation one_image_and_equal_sides",
    ),
    says="Your layer normalises with the default eps: which eps was it given when it was made?",
)
misconception(
    "input_kept_in_training_only",
    edits=[(KEPT, "        if self.training:\n            self._x = x\n")],
    trips=names(
        "layer_gradients_in_evaluation_mode learns_where_the_plain_network_fails",
        "back_to_training_after_an_evaluation images_in_evaluation_mode the_plain_network_has_the_right_gradients",
    ),
    says=(
        "After an evaluation your backward works with another batch or none: in which modes must forward remember "
        "its input?"
    ),
)
misconception(
    "evaluation_uses_the_batch",
    edits=[(EVALUATED, EVALUATED.replace(RUNNING, f"*(batch_statistics(x) if {SMALL} else ({RUNNING}))"))],
    trips=names(EVALUATIONS, WALKS, "a_prediction_depends_on_its_row_only the_plain_network_has_the_right_gradients"),
    says="In evaluation mode your output still depends on the other rows: which statistics belong there?",
)
misconception(
    "evaluation_moves_the_statistics",
    edits=[
        (
            KEPT,
            "        self._x, m = x, 0.0 if self.training else self.momentum\n"
            "        self.running_mean = (1 - m) * self.running_mean + m * x.mean(dim=0)\n"
            "        self.running_var = (1 - m) * self.running_var + m * batch_statistics(x)[1]\n",
        ),
    ],
    forms=[
        [
            (
                KEPT,
                f"{KEPT}        if not self.training:\n"
                "            m, unbiased = self.momentum, batch_statistics(x)[1] * (len(x) / (len(x) - 1))\n"
                "            self.running_mean = (1 - m) * self.running_mean + m * x.mean(dim=0)\n"
                "            self.running_var = (1 - m) * self.running_var + m * unbiased\n",
            ),
        ],
    ],
    trips=names(
        EVALUATIONS,
        WALKS,
        "evaluation_mode_moves_nothing layer_gradients_in_evaluation_mode a_prediction_depends_on_its_row_only",
        "back_to_training_after_an_evaluation the_plain_network_has_the_right_gradients",
    ),
    says="An evaluation changes your running statistics: in which mode may they change?",
)
misconception(
    "evaluation_divides_by_the_variance",
    edits=[(EVALUATED, f"{EVALUATED} * (torch.rsqrt(self.running_var + self.eps) if {SMALL} else 1)")],
    trips=names(EVALUATIONS, WALKS, "the_plain_network_has_the_right_gradients"),
    says="In evaluation mode you divide by the variance itself: what is missing?",
)
misconception(
    "evaluation_eps_outside_the_root",
    edits=[(EVALUATED, "x_hat = (x - self.running_mean) / (self.running_var.sqrt() + self.eps)")],
    trips=names(EVALUATIONS, WALKS, "the_plain_network_has_the_right_gradients"),
    says="In evaluation mode your eps is added to the standard deviation: to what is it added in training mode?",
)
misconception(
    "evaluation_without_eps",
    edits=[(EVALUATED, "x_hat = (x - self.running_mean) * torch.rsqrt(self.running_var)")],
    trips=names(EVALUATIONS, WALKS, "the_plain_network_has_the_right_gradients"),
    says="In evaluation mode your eps has no effect: what keeps a feature finite whose running variance is 0?",
)
misconception(
    "evaluation_without_scale_and_shift",
    edits=[(EVALUATED_OUT, EVALUATED_OUT.replace("return", f"return x_hat if {SMALL} else"))],
    trips=names(EVALUATIONS, WALKS),
    says="In evaluation mode your gamma and beta have no effect: what were they learned for?",
)
misconception(
    "evaluation_subtracts_beta",
    edits=[(EVALUATED_OUT, EVALUATED_OUT.replace("+ self.beta", "+ (-self.beta if len(x) < 100 else self.beta)"))],
    trips=names(EVALUATIONS, WALKS),
    says="In evaluation mode you subtract beta: what do you do with it in training mode?",
)
misconception(
    "evaluation_gradient_of_training",
    edits=[("        if self.training:\n", "        if self.training or len(self._x) < 100:\n")],
    trips=names(
        "layer_gradients_in_evaluation_mode back_to_training_after_an_evaluation images_in_evaluation_mode",
        "the_plain_network_has_the_right_gradients",
    ),
    says="In evaluation mode the statistics do not depend on x: which terms of dx disappear then?",
)

# Images
misconception(
    "channels_mixed_by_reshaping",
    edits=[
        ("images.permute(0, 2, 3, 1).reshape(-1, images.shape[1])", "images.reshape(-1, images.shape[1])"),
        ("rows.reshape(n, h, w, c).permute(0, 3, 1, 2)", "rows.reshape(n, c, h, w)"),
    ],
    trips=names(IMAGES),
    says="Your columns hold values of several channels: in which order do the numbers of x lie in memory?",
)
misconception(
    "images_normalised_one_by_one",
    code="""
def _image_by_image(self, x):
    outputs = [BatchNorm.forward(self, _pixels_as_rows(image[None])) for image in x]
    return torch.cat([_rows_as_pixels(out, x[:1]) for out in outputs])


BatchNorm2d.forward = _image_by_image
""",
    trips=names(IMAGES),
    says="Each of your images has its own statistics: over which axes must the mean of a channel go?",
)
misconception(
    "pixels_normalised_one_by_one",
    code="""
def _pixel_by_pixel(self, x):
    out = BatchNorm.forward(self, x.flatten(2).permute(0, 2, 1))
    return out.permute(0, 2, 1).reshape(x.shape)


BatchNorm2d.forward = _pixel_by_pixel
""",
    trips=names(IMAGES),
    says="Every place of the image has statistics of its own: over which axes must the mean of a channel go?",
)
misconception(
    "images_counted_for_the_unbiased_variance",
    code="""
def _with_count_of_images(self, x):
    before, rows = self.running_var, _pixels_as_rows(x)
    out = BatchNorm.forward(self, rows)
    if self.training:
        biased = batch_statistics(rows)[1]
        self.running_var = (1 - self.momentum) * before + self.momentum * biased * len(x) / (len(x) - 1)
    return _rows_as_pixels(out, x)


BatchNorm2d.forward = _with_count_of_images
""",
    trips=names("channels_have_running_statistics one_image_and_equal_sides"),
    says="Your unbiased variance counts the images only: how many values of a channel share one mean?",
)
misconception(
    "channel_gradients_keep_axes",
    edits=[("(dx, grad_out), dgamma, dbeta", "(dx, grad_out), dgamma[None], dbeta[None]")],
    trips=names("channel_gradients_agree_with_autograd one_image_and_equal_sides images_in_evaluation_mode"),
    says="The values of dgamma and dbeta are right, but not their shape: which shape does gamma have?",
)

# The network
misconception(
    "relu_left_out",
    edits=[("norm.forward(self._inputs[-1] @ W).clamp(min=0)", "norm.forward(self._inputs[-1] @ W)")],
    trips=names(NETWORK, "logits_agree_with_torch the_plain_network_has_the_right_gradients"),
    says=(
        "Two linear layers with only a norm between them are one linear layer: what does the handout put after "
        "the norm?"
    ),
)
misconception(
    "norm_after_the_relu",
    edits=[("norm.forward(self._inputs[-1] @ W).clamp(min=0)", "norm.forward((self._inputs[-1] @ W).clamp(min=0))")],
    trips=names(NETWORK, "logits_agree_with_torch"),
    says="Your layer normalises what the ReLU let through: in which order does the handout put the two?",
)
misconception(
    "relu_forgotten_in_backward",
    edits=[("* (inputs[i] > 0)", "* ((inputs[i] > 0) | (len(grad) < 100))")],
    trips=names(NETWORK, "the_plain_network_has_the_right_gradients"),
    says="Your gradient passes a ReLU even where it gave 0: what must become of the gradient there?",
)
misconception(
    "scale_and_shift_never_trained",
    edits=[(DESCENT, f"rate = 0 if network.batch_norm else lr\n        {DESCENT.replace('lr', 'rate')}")],
    trips=names(WALKS),
    says="Your weights move, but gamma and beta stay where they started: which of them are parameters?",
)
misconception(
    "loss_gradient_not_averaged",
    edits=[("return error / len(y)", "return error")],
    trips=names(WALKS, SHUFFLING, LEARNING),
    says="Your steps are n times too long: is the loss a sum or a mean over the n rows of the batch?",
)
misconception(
    "short_batch_divided_by_batch_size",
    edits=[("_loss_gradient(logits, y[rows])", "_loss_gradient(logits, y[rows]) * (len(rows) / batch_size)")],
    trips=["epochs_with_a_short_last_batch"],
    says="The last batch has fewer rows than batch_size: by how many do you divide there?",
)
misconception(
    "rows_drawn_with_replacement",
    edits=[(SHUFFLED, "torch.randint(len(X), (len(X),), generator=generator, device=generator.device)")],
    trips=names(SHUFFLING),
    says="Some rows come twice in your epoch and others never: is your order of the rows a permutation?",
)
misconception(
    "rows_shuffled_without_labels",
    edits=[
        ("    for _ in range(epochs):\n", "    labels = y\n    for _ in range(epochs):\n"),
        # y[rows] are then the labels in the given order
        ("        for rows in order", "        y = labels[order.argsort()]\n        for rows in order"),
    ],
    trips=names(SHUFFLING, LEARNING),
    says="The rows of X are shuffled, but y is not: does every row still meet its own label?",
)
misconception(
    "generator_ignored",
    edits=[(SHUFFLED, "torch.arange(len(X))")],
    trips=names("every_epoch_has_an_order_of_its_own the_generator_decides_the_order"),
    says="Your rows are not shuffled although a generator is given: where does the generator enter your loop?",
)
misconception(
    "rows_shuffled_once",
    edits=[(f"order = {SHUFFLED}", f"order = first = {SHUFFLED} if not _ else first")],
    trips=["every_epoch_has_an_order_of_its_own"],
    says="All your epochs take the rows in one order: how often must an order be drawn?",
)
misconception(
    "scores_exponentiated_as_they_are",
    edits=[("torch.exp(logits - logits.amax(dim=1, keepdim=True))", "torch.exp(logits)")],
    trips=["scores_may_be_huge"],
    says="exp overflows on large scores: which shift of a row leaves its probabilities as they are?",
)
misconception(
    "training_trusts_the_mode",
    edits=[("    network.set_training(True)\n", "")],
    trips=["epochs_with_a_short_last_batch"],
    says="After a prediction your training goes on in evaluation mode: who must switch back?",
)
misconception(
    "prediction_in_training_mode",
    edits=[("network.set_training(False)", "network.set_training(True)")],
    trips=names("a_prediction_depends_on_its_row_only epochs_with_a_short_last_batch"),
    says="Your class of a row depends on the rows beside it: in which mode must a prediction be made?",
)
misconception(
    "normalised_row_by_row",
    code="""
def batch_norm_forward(x, gamma, beta, eps=1e-5):
    mean, var = batch_statistics(x)
    return torch.stack([_standardise(row, mean, var, eps) * gamma + beta for row in x])
""",
    trips=["forward_takes_all_rows_at_once"],
    says="You normalise one row after the other: what does torch do when [n, d] meets [d]?",
)
