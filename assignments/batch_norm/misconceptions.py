"""Known wrong answers: how each differs from the reference, and what the student reads."""

from autograder.checking import change, misconception

CENTRED = "grad_out - dbeta / len(x) - x_hat * dgamma / len(x)"


def centred(instead):
    return change("batch_norm_backward", CENTRED, instead)


def scaled(instead):
    """dx with gamma in each of its terms, or not."""
    return change(
        "batch_norm_backward", "gamma * torch.rsqrt(var + eps) * centred", f"torch.rsqrt(var + eps) * ({instead})"
    )


def running(old_share, new_share):
    """Edits of both running statistics."""
    shares = "(1 - self.momentum) * self.running_{0} + self.momentum"
    moved = f"{old_share} * self.running_{{0}} + {new_share}"
    return [change("BatchNorm.forward", shares.format(name), moved.format(name)) for name in ("mean", "var")]


def evaluated(x_hat):
    return change("BatchNorm.forward", "_standardise(x, self.running_mean, self.running_var, self.eps)", x_hat)


def of_images(body):
    return change("BatchNorm2d.forward", "return _rows_as_pixels(super().forward(_pixels_as_rows(x)), x)", body)


misconception(
    "eps_missing_in_training",
    change("batch_norm_forward", "var, eps", "var, 0.0"),
    change("batch_norm_backward", "var, eps", "var, 0.0"),
    change("batch_norm_backward", "var + eps", "var"),
    forms=[change("batch_norm_forward", "var, eps", "var, 1e-8")],  # none that counts, and not the one passed
).says("In training mode your eps has no effect: what do you divide by when all rows of a feature are equal?")
misconception(
    "eps_left_out",
    change("_standardise", "torch.rsqrt(var + eps)", "torch.rsqrt(var)"),
    change("batch_norm_backward", "var + eps", "var"),
    change("BatchNorm.backward", "self.running_var + self.eps", "self.running_var"),
).says("Your output leaves out eps: what do you divide by when all rows of a feature are equal?")
misconception(
    "eps_outside_the_root",
    change("_standardise", "(x - mean) * torch.rsqrt(var + eps)", "(x - mean) / (var.sqrt() + eps)"),
    change("batch_norm_backward", "gamma * torch.rsqrt(var + eps)", "gamma / (var.sqrt() + eps)"),
    change(
        "BatchNorm.backward",
        "self.gamma * torch.rsqrt(self.running_var + self.eps)",
        "self.gamma / (self.running_var.sqrt() + self.eps)",
    ),
).says("Your eps is added to the standard deviation: to what does the handout add it, and when?")
misconception(
    "eps_hard_coded",
    change("batch_norm_forward", "var, eps", "var, 1e-5"),
    change("batch_norm_backward", "var, eps", "var, 1e-5"),
    change("batch_norm_backward", "var + eps", "var + 1e-5"),
    forms=[
        change("batch_norm_forward", "var, eps", "var, 1e-5"),
        [
            change("batch_norm_backward", "var, eps", "var, 1e-5"),
            change("batch_norm_backward", "var + eps", "var + 1e-5"),
        ],
    ],
).says("The eps that was passed has no effect: does your formula use the argument or a number of its own?")
misconception(
    "unbiased_variance_normalises",
    change("batch_statistics", "(x - mean).square().mean", "x.var"),
    change("BatchNorm.forward", "var * len(x) / (len(x) - 1)", "var"),
    forms=[
        change(  # the layer that writes the formula out once more
            "BatchNorm.forward",
            "batch_norm_forward(x, self.gamma, self.beta, self.eps)",
            "_standardise(x, mean, unbiased, self.eps) * self.gamma + self.beta",
        )
    ],
).says("You normalise with the variance over n - 1, the default of x.var(): which one does the handout ask for?")
misconception(
    "statistics_without_an_axis",
    change("batch_statistics", "x.mean(dim=0)", "x.mean()"),
    change("batch_statistics", "square().mean(dim=0)", "square().mean()"),
).says("You have one mean for the whole batch: how many means does a batch [n, d] have?")
misconception(
    "one_variance_for_all_features",
    change("batch_statistics", "square().mean(dim=0)", "square().mean().expand_as(mean)"),
    forms=[change("batch_statistics", "(x - mean).square().mean(dim=0)", "x.var(correction=0)")],
).says("All features share one variance: over which axis must the mean of the squares go?")
misconception(
    "statistics_of_rows",
    change("batch_statistics", "x.mean(dim=0)", "x.mean(dim=1)"),
    change("batch_statistics", "(x - mean).square().mean(dim=0)", "x.var(dim=1, correction=0)"),
).says("You have one mean per row, as in layer normalisation: which axis must disappear?")
misconception(
    "statistics_in_the_other_order",
    change(
        "batch_statistics",
        "return mean, (x - mean).square().mean(dim=0)",
        "return (x - mean).square().mean(dim=0), mean",
    ),
    forms=[
        [
            change(
                "batch_statistics",
                "return mean, (x - mean).square().mean(dim=0)",
                "return (x - mean).square().mean(dim=0), mean",
            ),
            change("batch_norm_forward", "mean, var =", "var, mean ="),
            change("batch_norm_backward", "mean, var =", "var, mean ="),
            change("BatchNorm.forward", "mean, var =", "var, mean ="),
        ]
    ],
).says("batch_statistics returns the variance where the mean is expected: in which order does the handout name them?")
misconception(
    "rows_normalised",
    change("batch_statistics", "x.mean(dim=0)", "x.mean(dim=1, keepdim=True)"),
    change("batch_statistics", "square().mean(dim=0)", "square().mean(dim=1, keepdim=True)"),
).says("Each row is normalised by itself, as in layer normalisation: which axis must disappear?")
misconception(
    "statistics_keep_an_axis",
    change("batch_statistics", "x.mean(dim=0)", "x.mean(dim=0, keepdim=True)"),
    change("batch_statistics", "square().mean(dim=0)", "square().mean(dim=0, keepdim=True)"),
    forms=[change("batch_statistics", "x.mean(dim=0)", "x.mean(dim=0, keepdim=True)")],
).says("The numbers are right, but the shape is [1, d]: what does keepdim do, and do you need it?")
misconception(
    "variance_from_a_difference_of_squares",
    change("batch_statistics", "(x - mean).square().mean(dim=0)", "x.square().mean(dim=0) - mean.square()"),
    forms=[
        [  # sums as products with a row of ones, which round in their own way
            change("batch_statistics", "x.mean(dim=0)", "x.new_ones(len(x)) @ x / len(x)"),
            change(
                "batch_statistics",
                "(x - mean).square().mean(dim=0)",
                "x.new_ones(len(x)) @ (x * x) / len(x) - mean * mean",
            ),
        ]
    ],
).says("Your variance loses its digits when the mean is large: can the mean go before you square?")
misconception(
    "statistics_hold_a_deviation",
    change("batch_statistics", "(x - mean).square().mean(dim=0)", "(x - mean).square().mean(dim=0).sqrt()"),
).says("Your batch_statistics returns the standard deviation: what is it before the root is taken?")
misconception("scale_left_out", change("batch_norm_forward", "* gamma + beta", "+ beta")).says(
    "Your output does not depend on gamma: where does the formula put it?"
)
misconception("shift_left_out", change("batch_norm_forward", "gamma + beta", "gamma")).says(
    "Your output does not depend on beta: where does the formula add it?"
)
misconception("mean_not_taken_off", change("_standardise", "(x - mean)", "x")).says(
    "Your x_hat does not have mean 0: what comes off x before the division?"
)
misconception("divides_by_the_variance", change("_standardise", "* torch.rsqrt(var + eps)", "/ (var + eps)")).says(
    "You divide by the variance: which unit has x, and which the variance?"
)
misconception("scale_and_shift_left_out", change("batch_norm_forward", "eps) * gamma + beta", "eps)")).says(
    "Your output has mean 0 and variance 1: where do gamma and beta come in?"
)
misconception(
    "shift_added_before_the_division",
    change(
        "batch_norm_forward",
        "_standardise(x, mean, var, eps) * gamma + beta",
        "_standardise(x + beta, mean, var, eps) * gamma",
    ),
).says("Your beta goes through the division and the scale as well: when is it added in the formula?")
misconception(
    "forward_works_in_place",
    change("batch_norm_forward", "_standardise(x, mean, var, eps)", "x.sub_(mean).mul_(torch.rsqrt(var + eps))"),
).says("The input is changed in place, as by -= or sub_: who else still needs x?")
misconception("statistics_taken_for_constants", centred("grad_out")).says(
    "Your dx takes the mean and the variance for constants: what do both do when an entry of x changes?"
)
misconception("path_through_the_variance_missing", centred("grad_out - dbeta / len(x)")).says(
    "Your dx knows that the mean depends on x: what else in the formula depends on x?"
)
misconception("path_through_the_mean_missing", centred("grad_out - x_hat * dgamma / len(x)")).says(
    "Your dx knows that the variance depends on x: what else in the formula depends on x?"
)
misconception(
    "path_through_the_variance_doubled", centred("grad_out - dbeta / len(x) - 2 * x_hat * dgamma / len(x)")
).says("In your dx the path through the variance counts twice: which factor does the derivative of a root bring?")
misconception(
    "path_through_the_variance_halved", centred("grad_out - dbeta / len(x) - x_hat * dgamma / 2 / len(x)")
).says("In your dx the path through the variance counts half: which factor does the derivative of a square bring?")
misconception("path_through_the_variance_not_averaged", centred("grad_out - dbeta / len(x) - x_hat * dgamma")).says(
    "In your dx the path through the variance is n times too strong: of how many squares is the variance the mean?"
)
misconception("path_through_the_mean_not_averaged", centred("grad_out - dbeta - x_hat * dgamma / len(x)")).says(
    "In your dx the path through the mean is n times too strong: how much does one row move the mean?"
)
misconception(
    "path_through_the_variance_of_another_power",
    centred("grad_out - dbeta / len(x) - x_hat * dgamma / len(x) * (var + eps)"),
    forms=[centred("grad_out - dbeta / len(x) - x_hat * dgamma / len(x) * (var + eps).sqrt()")],
).says("Your dx divides too seldom on the path through the variance: what does a derivative do to an exponent?")
misconception(
    "one_path_without_gamma",
    scaled("gamma * grad_out - dbeta / len(x) - gamma * x_hat * dgamma / len(x)"),
    forms=[
        scaled("gamma * grad_out - gamma * dbeta / len(x) - x_hat * dgamma / len(x)"),
        scaled("gamma * grad_out - dbeta / len(x) - x_hat * dgamma / len(x)"),
    ],
).says("Your dx scales one path by gamma and another one not: which of them begin behind gamma?")
misconception("jacobian_diagonal_only", centred("grad_out * (1 - (1 + x_hat.square()) / len(x))")).says(
    "In your dx an entry of x changes the output of its own row only: which other rows share its mean?"
)
misconception(
    "backward_sums_the_variance_path_over_features",
    change("batch_norm_backward", "len(x) - x_hat * dgamma", "len(x)\n    path = (gamma * dgamma / (var + eps)).sum()"),
    change("batch_norm_backward", "centred, dgamma", "centred - (x - mean) * path, dgamma"),
    forms=[
        [
            change(
                "batch_norm_backward",
                "centred = grad_out - dbeta / len(x) - x_hat * dgamma / len(x)",
                "centred, v = grad_out - dbeta / len(x), var + eps",
            ),
            change(
                "batch_norm_backward",
                "centred, dgamma",
                "centred - (x - mean) * (gamma * dgamma * v**0.5).sum() / len(x) / v**1.5, dgamma",
            ),
        ]
    ],
).says("All features share one number on your path through the variance: over which axis must that sum go?")
misconception("dx_without_gamma", change("batch_norm_backward", "gamma * torch", "torch")).says(
    "Your dx is right for gamma = 1: through which factor does the gradient pass first?"
)
misconception(
    "backward_subtracts_eps",
    change("batch_norm_backward", "var + eps", "var - eps"),
    forms=[
        [
            change("batch_norm_backward", "var, eps", "var, -eps"),
            change("batch_norm_backward", "var + eps", "var - eps"),
        ]
    ],
).says("Your dx divides by another root than the forward pass does: which sign does eps have there?")
misconception(
    "eps_missing_in_backward",
    change("batch_norm_backward", "var, eps", "var, 0.0"),
    forms=[
        [change("batch_norm_backward", "var, eps", "var, 0.0"), change("batch_norm_backward", "var + eps", "var")],
        [
            change("batch_norm_backward", "var, eps", "var, 1e-8"),
            change("batch_norm_backward", "var + eps", "var + 1e-8"),
        ],
    ],
).says("Your backward pass computes x_hat without the eps that was passed: is that the x_hat of the forward pass?")
misconception(
    "dgamma_without_eps",
    change("batch_norm_backward", "(grad_out * x_hat)", "(grad_out * _standardise(x, mean, var, 0.0))"),
    change("batch_norm_backward", "x_hat * dgamma / len(x)", "x_hat * (grad_out * x_hat).sum(dim=0) / len(x)"),
).says("Your dgamma multiplies the gradient by an x_hat without eps: by what was gamma multiplied in the forward pass?")
misconception(
    "dgamma_with_eps_outside_the_root",
    change("batch_norm_backward", "(grad_out * x_hat)", "(grad_out * (x - mean) / (var.sqrt() + eps))"),
    change("batch_norm_backward", "x_hat * dgamma / len(x)", "x_hat * (grad_out * x_hat).sum(dim=0) / len(x)"),
).says("Your dgamma adds eps to the root and not to the variance: is that the x_hat of the forward pass?")
misconception(
    "dgamma_from_x", change("batch_norm_backward", "centred, dgamma", "centred, (grad_out * x).sum(dim=0)")
).says("Your dgamma multiplies the gradient by x itself: what was gamma multiplied by?")
misconception("dgamma_times_gamma", change("batch_norm_backward", "centred, dgamma", "centred, gamma * dgamma")).says(
    "Your dgamma still contains gamma: what is the derivative of gamma * x_hat + beta for gamma?"
)
misconception(
    "dgamma_is_a_matrix",
    change("batch_norm_backward", "centred, dgamma", "centred, grad_out.T @ x_hat"),
    forms=[
        change("batch_norm_backward", "centred, dgamma", "centred, x_hat.T @ grad_out"),
        [
            change("batch_norm_backward", "(grad_out * x_hat).sum(dim=0)", "grad_out.T @ x_hat"),
            change("batch_norm_backward", "x_hat * dgamma", "x_hat @ dgamma"),
        ],
        change("batch_norm_backward", "(grad_out * x_hat).sum(dim=0)", "grad_out.T @ x_hat"),
    ],
).says("Your dgamma mixes features: which column of x_hat belongs to gamma[j], and over what is the sum?")
misconception(
    "backward_counts_one_row_less",
    change("batch_norm_backward", "dgamma / len(x)", "dgamma / (len(x) - 1)"),
    forms=[centred("grad_out - dbeta / (len(x) - 1) - x_hat * dgamma / (len(x) - 1)")],
).says("Your dx divides by n - 1: over how many rows did the forward pass take its mean and its variance?")
misconception(
    "backward_divides_by_the_unbiased_variance",
    change(
        "batch_norm_backward", "batch_statistics(x)\n", "batch_statistics(x)\n    var = var * len(x) / (len(x) - 1)\n"
    ),
).says("Your backward pass has a variance over n - 1, the default of torch: by which one did the forward pass divide?")
misconception(
    "gradients_averaged",
    change("batch_norm_backward", "centred, dgamma, dbeta", "centred, dgamma / len(x), dbeta / len(x)"),
).says("Your dgamma and dbeta are means over the rows: does grad_out contain the mean of the loss already?")
misconception(
    "gradients_not_summed",
    change("batch_norm_backward", "centred, dgamma, dbeta", "centred, grad_out * x_hat, grad_out"),
    forms=[
        change(
            "batch_norm_backward",
            "dgamma, dbeta = (grad_out * x_hat).sum(dim=0), grad_out.sum(dim=0)",
            "dgamma, dbeta = grad_out * x_hat, grad_out",
        )
    ],
).says("Your dgamma and dbeta have the shape [n, d]: all rows share gamma and beta, so what is left to do?")
misconception(
    "gradients_keep_an_axis",
    change("batch_norm_backward", "centred, dgamma, dbeta", "centred, dgamma[None], dbeta[None]"),
).says("The values of dgamma and dbeta are right, but the shape is [1, d]: which shape does gamma have?")
misconception("running_variance_biased", change("BatchNorm.forward", "var * len(x) / (len(x) - 1)", "var")).says(
    "Your running_var averages variances over n: which divisor does the handout ask for there?"
)
misconception(
    "running_variance_corrected_the_wrong_way",
    change("BatchNorm.forward", "len(x) / (len(x) - 1)", "(len(x) - 1) / len(x)"),
).says("Your running_var is below even the variance over n: must its correction make the estimate larger or smaller?")
misconception(
    "running_variance_is_a_deviation",
    change("BatchNorm.forward", "self.momentum * unbiased", "self.momentum * unbiased.sqrt()"),
).says("Your running_var averages standard deviations: what does its name promise?")
misconception(
    "running_variance_keeps_eps",
    change("BatchNorm.forward", "self.momentum * unbiased", "self.momentum * (unbiased + self.eps)"),
).says("Your running_var contains a share of eps: is eps a part of the variance that is stored?")
misconception(
    "running_variance_never_moves",
    change(
        "BatchNorm.forward", "(1 - self.momentum) * self.running_var + self.momentum * unbiased", "self.running_var"
    ),
).says("Your running_var stays 1 whatever is trained: which line lets it follow the batches?")
misconception(
    "running_mean_never_moves",
    change("BatchNorm.forward", "(1 - self.momentum) * self.running_mean + self.momentum * mean", "self.running_mean"),
).says("Your running_mean stays 0 whatever is trained: which line lets it follow the batches?")
misconception(
    "running_variance_starts_at_zero", change("BatchNorm.__init__", "torch.ones_like", "torch.zeros_like")
).says("Your running_var starts at 0: which variance must a layer assume before it has seen a batch?")
misconception(
    "running_statistics_of_the_last_batch",
    change("BatchNorm.forward", "(1 - self.momentum) * self.running_mean + self.momentum * mean", "mean"),
    change("BatchNorm.forward", "(1 - self.momentum) * self.running_var + self.momentum * unbiased", "unbiased"),
).says("Your running statistics are those of the last batch alone: how much of the old ones must stay?")
misconception("running_statistics_summed", *running("1", "self.momentum")).says(
    "Your running statistics only grow: what must the shares of old and new add up to?"
)
misconception(
    "training_uses_the_running_statistics",
    change(
        "BatchNorm.forward",
        "batch_norm_forward(x, self.gamma, self.beta, self.eps)",
        "_standardise(x, self.running_mean, self.running_var, self.eps) * self.gamma + self.beta",
    ),
).says("In training mode your output uses the running statistics: which ones must normalise a training batch?")
misconception(
    "running_statistics_keep_an_axis",
    change("BatchNorm.forward", "self.momentum * mean", "self.momentum * mean[None]"),
    change("BatchNorm.forward", "self.momentum * unbiased", "self.momentum * unbiased[None]"),
).says("Your running statistics have the shape [1, d] after a batch: what does keepdim do, and do you need it?")
misconception("momentum_weighs_the_old", *running("self.momentum", "(1 - self.momentum)")).says(
    "Your weights of old and new are exchanged: with momentum = 0.1, which of the two gets the 0.1?"
)
misconception("momentum_hard_coded", *running("0.9", "0.1")).says(
    "The momentum that was passed has no effect: does your update use it, or a number of its own?"
)
misconception(
    "layer_eps_fixed",
    change("BatchNorm.forward", "beta, self.eps", "beta"),
    change("BatchNorm.backward", "gamma, self.eps", "gamma"),
).says("Your layer normalises with the default eps: which eps was it given when it was made?")
misconception(
    "input_kept_in_training_only", change("BatchNorm.forward", "self._x", "if self.training:\n            self._x")
).says("After an evaluation your backward knows another batch or none: in which modes must forward keep its input?")
misconception(
    "evaluation_uses_the_batch",
    change("BatchNorm.forward", "self.running_mean, self.running_var", "*batch_statistics(x)"),
).says("In evaluation mode your output still depends on the other rows: which statistics belong there?")
misconception(
    "evaluation_moves_the_statistics",
    change(
        "BatchNorm.forward",
        "self._x = x",
        "self._x, m = x, 0.0 if self.training else self.momentum\n"
        "        self.running_mean = (1 - m) * self.running_mean + m * x.mean(dim=0)\n"
        "        self.running_var = (1 - m) * self.running_var + m * batch_statistics(x)[1]",
    ),
    forms=[
        change(
            "BatchNorm.forward",
            "x\n        if not self",
            "x\n"
            "        if not self.training:\n"
            "            m, unbiased = self.momentum, batch_statistics(x)[1] * (len(x) / (len(x) - 1))\n"
            "            self.running_mean = (1 - m) * self.running_mean + m * x.mean(dim=0)\n"
            "            self.running_var = (1 - m) * self.running_var + m * unbiased\n"
            "        if not self",
        )
    ],
).says("An evaluation changes your running statistics: in which mode may they change?")
misconception(
    "evaluation_divides_by_the_variance",
    evaluated("(x - self.running_mean) / (self.running_var + self.eps)"),
    forms=[
        evaluated("(x - self.running_mean) / self.running_var"),
        [
            evaluated("((x - self.running_mean) / (self.running_var + self.eps) + self.beta)"),
            change("BatchNorm.forward", "x_hat * self.gamma + self.beta", "x_hat * self.gamma"),
        ],
    ],
).says("In evaluation mode you divide by the variance itself: what is missing?")
misconception(
    "evaluation_squares_the_variance",
    evaluated("(x - self.running_mean) * torch.rsqrt(self.running_var**2 + self.eps)"),
).says("In evaluation mode you square running_var under the root: does it hold variances or standard deviations?")
misconception(
    "evaluation_works_in_place",
    evaluated("x.sub_(self.running_mean).mul_(torch.rsqrt(self.running_var + self.eps))"),
).says("In evaluation mode your layer writes into x, as by -= or sub_: who else still needs x?")
misconception(
    "evaluation_eps_outside_the_root", evaluated("(x - self.running_mean) / (self.running_var.sqrt() + self.eps)")
).says("In evaluation mode your eps is added to the standard deviation: to what is it added in training mode?")
misconception("evaluation_without_eps", evaluated("(x - self.running_mean) * torch.rsqrt(self.running_var)")).says(
    "In evaluation mode your eps has no effect: what keeps a feature finite whose running variance is 0?"
)
misconception(
    "evaluation_without_scale_and_shift", change("BatchNorm.forward", "x_hat * self.gamma + self.beta", "x_hat")
).says("In evaluation mode your gamma and beta have no effect: what were they learned for?")
misconception(
    "evaluation_subtracts_beta", change("BatchNorm.forward", "self.gamma + self.beta", "self.gamma - self.beta")
).says("In evaluation mode you subtract beta: what do you do with it in training mode?")
misconception("evaluation_gradient_of_training", change("BatchNorm.backward", "if self.training", "if True")).says(
    "In evaluation mode the statistics do not depend on x: which terms of dx disappear then?"
)
misconception(
    "evaluation_gradient_without_gamma",
    change("BatchNorm.backward", "self.gamma * torch", "torch"),
).says("In evaluation mode your dx does not depend on gamma: by what did forward multiply x_hat there?")
misconception(
    "channels_mixed_by_reshaping",
    change("_pixels_as_rows", "permute(0, 2, 3, 1).reshape", "reshape"),
    change("_rows_as_pixels", "(n, h, w, c).permute(0, 3, 1, 2)", "(n, c, h, w)"),
).says("Your columns hold values of several channels: in which order do the numbers of x lie in memory?")
misconception(
    "images_normalised_one_by_one",
    of_images(
        "rows = [_pixels_as_rows(image[None]) for image in x]\n"
        "        return torch.cat([_rows_as_pixels(BatchNorm.forward(self, image), x[:1]) for image in rows])"
    ),
).says("Each of your images has its own statistics: over which axes must the mean of a channel go?")
misconception(
    "pixels_normalised_one_by_one",
    of_images("return super().forward(x.flatten(2).permute(0, 2, 1)).permute(0, 2, 1).reshape(x.shape)"),
    forms=[
        of_images(  # beside running statistics that are right
            "out = _rows_as_pixels(super().forward(_pixels_as_rows(x)), x)\n"
            "        if self.training:\n"
            "            x_hat = _standardise(x, x.mean(dim=0), x.var(dim=0, correction=0), self.eps)\n"
            "            out = x_hat * self.gamma[:, None, None] + self.beta[:, None, None]\n"
            "        return out"
        )
    ],
).says("Every place of the image has statistics of its own: over which axes must the mean of a channel go?")
misconception(
    "images_counted_for_the_unbiased_variance",
    of_images(
        "before, rows = self.running_var, _pixels_as_rows(x)\n"
        "        out = super().forward(rows)\n"
        "        if self.training:\n"
        "            unbiased = batch_statistics(rows)[1] * len(x) / (len(x) - 1)\n"
        "            self.running_var = (1 - self.momentum) * before + self.momentum * unbiased\n"
        "        return _rows_as_pixels(out, x)"
    ),
).says("Your unbiased variance counts the images only: how many values of a channel share one mean?")
misconception(
    "channel_gradients_keep_axes",
    change("BatchNorm2d.backward", "(dx, grad_out), dgamma, dbeta", "(dx, grad_out), dgamma[None], dbeta[None]"),
).says("The values of dgamma and dbeta are right, but not their shape: which shape does gamma have?")
misconception(
    "relu_left_out", change("Network.forward", "(self._inputs[-1] @ W).clamp(min=0)", "(self._inputs[-1] @ W)")
).says("Your hidden layers are linear, so all of them are one linear layer: what stands after the norm in the handout?")
misconception(
    "norm_after_the_relu",
    change("Network.forward", "(self._inputs[-1] @ W).clamp(min=0)", "((self._inputs[-1] @ W).clamp(min=0))"),
    forms=[
        [  # with the gradients that belong to it
            change("Network.forward", "self._inputs = [X]", "self._inputs, self._sums = [X], []"),
            change(
                "Network.forward",
                "self._inputs.append(norm.forward(self._inputs[-1] @ W).clamp(min=0))",
                "self._sums.append(self._inputs[-1] @ W)\n"
                "            self._inputs.append(norm.forward(self._sums[-1].clamp(min=0)))",
            ),
            change("Network.backward", "(grad @ self.weights[i].T) * (inputs[i] > 0)", "grad @ self.weights[i].T"),
            change(
                "Network.backward",
                "gamma.insert(0, dgamma)",
                "grad = grad * (self._sums[i - 1] > 0)\n                gamma.insert(0, dgamma)",
            ),
        ]
    ],
).says("Your layer normalises what the ReLU let through: in which order does the handout put the two?")
misconception(
    "relu_forgotten_in_backward",
    change("Network.backward", "(grad @ self.weights[i].T) * (inputs[i] > 0)", "grad @ self.weights[i].T"),
).says("Your gradient passes a ReLU even where it gave 0: what must become of the gradient there?")
misconception(
    "relu_gradient_passes_at_zero",
    change("Network.forward", "self._inputs = [X]", "self._inputs, self._open = [X], []"),
    change(
        "Network.forward",
        "self._inputs.append(norm.forward(self._inputs[-1] @ W).clamp(min=0))",
        "z = norm.forward(self._inputs[-1] @ W)\n"
        "            self._open.append(z >= 0)\n"
        "            self._inputs.append(z.clamp(min=0))",
    ),
    change("Network.backward", "(inputs[i] > 0)", "self._open[i - 1]"),
).says("Your gradient passes a ReLU whose input is exactly 0: which slope does the handout take there?")
misconception(
    "scale_and_shift_never_trained",
    change(
        "_descend",
        "norm.gamma, norm.beta = norm.gamma - lr * dgamma, norm.beta - lr",
        "rate = 0 if network.batch_norm else lr\n"
        "        norm.gamma, norm.beta = norm.gamma - rate * dgamma, norm.beta - rate",
    ),
).says("Your weights move, but gamma and beta stay where they started: which of them are parameters?")
misconception(
    "bias_gradient_averaged", change("Network.backward", "grad_logits.sum(dim=0)", "grad_logits.mean(dim=0)")
).says("The gradient of your last bias is n times too small: does grad_logits contain the mean of the loss already?")
misconception(
    "bias_gradient_is_a_number",
    change("Network.backward", "grad_logits.sum(dim=0)", "grad_logits.sum().expand(grad_logits.shape[1])"),
).says("All entries of your last bias have the same gradient: over which axis must the sum go?")
misconception(
    "bias_never_moves", change("_descend", '    network.bias = network.bias - lr * grads["bias"]\n', "")
).says("Your weights move, but the bias of the last layer stays 0: what becomes of its gradient?")
misconception("loss_gradient_not_averaged", change("_loss_gradient", "error / len(y)", "error")).says(
    "Your steps are n times too long: is the loss a sum or a mean over the n rows of the batch?"
)
misconception(
    "short_batch_divided_by_batch_size",
    change("train", "(logits, y[rows])", "(logits, y[rows]) * (len(rows) / batch_size)"),
).says("The last batch has fewer rows than batch_size: by how many do you divide there?")
misconception("rows_drawn_with_replacement", change("train", "randperm(len(X),", "randint(len(X), (len(X),),")).says(
    "Some rows come twice in your epoch and others never: is your order of the rows a permutation?"
)
misconception(
    "rows_shuffled_without_labels",
    change("train", "for _", "labels = y\n    for _"),
    change("train", "for rows", "y = labels[order.argsort()]\n        for rows"),
).says("The rows of X are shuffled, but y is not: does every row still meet its own label?")
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
    "scores_exponentiated_as_they_are",
    change("_loss_gradient", "logits - logits.amax(dim=1, keepdim=True)", "logits"),
    forms=[
        [  # by way of the logarithm of the sum
            change("_loss_gradient", "logits.amax(dim=1, keepdim=True)", "logits.exp().sum(dim=1, keepdim=True).log()"),
            change("_loss_gradient", "scores / scores.sum(dim=1, keepdim=True)", "scores"),
        ]
    ],
).says("Your softmax overflows on large logits: which shift of a row leaves its probabilities as they are?")
misconception("training_trusts_the_mode", change("train", "    network.set_training(True)\n", "")).says(
    "After a prediction your training goes on in evaluation mode: who must switch back?"
)
misconception("prediction_in_training_mode", change("predict", "False", "True")).says(
    "Your class of a row depends on the rows beside it: in which mode must a prediction be made?"
)
misconception(
    "normalised_row_by_row",
    change(
        "batch_norm_forward",
        "_standardise(x, mean, var, eps)",
        "torch.stack([_standardise(row, mean, var, eps) for row in x])",
    ),
).says("You normalise one row after the other: what does torch do when [n, d] meets [d]?")
