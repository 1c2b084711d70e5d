"""Known wrong answers: how each differs from the reference, and what the student reads."""

from autograder.checking import change, misconception, replacement

FORWARD = "x_hat, _ = _standardise(x, eps)"
THROUGH = "factor * (grad_hat - grad_hat.mean(dim=-1, keepdim=True) - x_hat * along)"
DX = "_through_the_statistics(grad_out * gamma, x_hat, factor)"
RETURNED = "return dx, dgamma, dbeta"
RMS_DX = "factor * (grad_hat - x_hat * along)"


def forward(*lines):
    """The statistics and x_hat of layer_norm_forward, in other lines."""
    return change("layer_norm_forward", FORWARD, "\n    ".join(lines))


def dx(instead):
    return change("layer_norm_backward", DX, instead)


def returned(dgamma, dbeta):
    return change("layer_norm_backward", RETURNED, f"return dx, {dgamma}, {dbeta}")


def own_rows(body):
    """A depends_on_other_rows with another body."""
    return replacement(f"def depends_on_other_rows(normalise, x):\n{body}\n")


misconception(
    "normalises_over_the_batch",
    forward("mean, var = x.mean(dim=0), x.var(dim=0, correction=0)", "x_hat = (x - mean) * torch.rsqrt(var + eps)"),
).says("Each feature is normalised over the rows, as in batch normalisation: whose mean does one row need here?")
misconception(
    "statistics_of_columns",
    change("layer_statistics", "x.mean(dim=-1)", "x.mean(dim=0)"),
    change("layer_statistics", "(x - mean[..., None]).square().mean(dim=-1)", "x.var(dim=0, correction=0)"),
).says("Your statistics have one entry per feature: over which axis do the features of a row lie?")
misconception(
    "statistics_of_the_whole_tensor",
    change("layer_statistics", "x.mean(dim=-1)", "x.mean().expand(x.shape[:-1])"),
    change("layer_statistics", "square().mean(dim=-1)", "square().mean().expand(x.shape[:-1])"),
).says("All rows share one mean and one variance: how many means does a batch [n, d] have here?")
misconception(
    "statistics_of_the_sequence",
    forward(
        "axes = tuple(range(1, x.dim()))",
        "var, mean = torch.var_mean(x, dim=axes, keepdim=True, correction=0)",
        "x_hat = (x - mean) * torch.rsqrt(var + eps)",
    ),
).says("The rows of one sequence share their statistics: does a row of a sequence know its neighbours?")
misconception(
    "statistics_along_the_sequence",
    forward(
        "var, mean = torch.var_mean(x, dim=1, keepdim=True, correction=0)",
        "x_hat = (x - mean) * torch.rsqrt(var + eps)",
    ),
).says("With [n, t, d] you average over t, the axis with number 1: which number has the last axis in both shapes?")
misconception(
    "unbiased_variance",
    change("layer_statistics", "(x - mean[..., None]).square().mean(dim=-1)", "x.var(dim=-1)"),
    forms=[
        # As a deviation that eps is added to.
        forward("var, mean = torch.var_mean(x, dim=-1, keepdim=True)", "x_hat = (x - mean) / (var.sqrt() + eps)")
    ],
).says("Your variance is divided by d - 1, the default of torch: which divisor does the handout ask for?")
misconception(
    "variance_from_a_difference_of_squares",
    change(
        "layer_statistics", "(x - mean[..., None]).square().mean(dim=-1)", "x.square().mean(dim=-1) - mean.square()"
    ),
    forms=[
        # What is left of the digits is rounding, so it depends on the order in which features are added.
        [
            change("layer_statistics", "mean = x.mean(dim=-1)", "mean = sum(x.unbind(-1)) / x.shape[-1]"),
            change(
                "layer_statistics",
                "(x - mean[..., None]).square().mean(dim=-1)",
                "sum(feature**2 for feature in x.unbind(-1)) / x.shape[-1] - mean**2",
            ),
        ]
    ],
).says("Your variance loses its digits when the mean is large: which two huge numbers do you subtract?")
misconception(
    "statistics_keep_an_axis",
    change(
        "layer_statistics",
        "return mean, (x - mean[..., None]).square().mean(dim=-1)",
        "return mean[..., None], (x - mean[..., None]).square().mean(dim=-1)[..., None]",
    ),
    change("_standardise", "(var + eps)[..., None]", "(var + eps)"),
    change("_standardise", "(x - mean[..., None])", "(x - mean)"),
).says("The values are right, but the shape has an axis of size 1 at its end: which shape does the handout state?")
misconception(
    "eps_outside_the_root",
    change("_standardise", "torch.rsqrt(var + eps)", "(1 / (var.sqrt() + eps))"),
    forms=[forward("mean, var = layer_statistics(x)", "x_hat = (x - mean[..., None]) / (var.sqrt() + eps)[..., None]")],
).says("Your eps is added to the standard deviation: which quantity does it join in the handout, and when?")
misconception(
    "eps_after_the_division",
    forward("mean, var = layer_statistics(x)", "x_hat = (x - mean[..., None]) / var.sqrt()[..., None] + eps"),
).says("Your eps is added to x_hat: which division by zero can it prevent there?")
misconception("eps_left_out", change("_standardise", "torch.rsqrt(var + eps)", "torch.rsqrt(var)")).says(
    "Your eps has no effect: what do you divide by when all features of a row are equal?"
)
misconception(
    "eps_hard_coded",
    forward("x_hat, _ = _standardise(x, 1e-5)"),
    change("layer_norm_backward", "_standardise(x, eps)", "_standardise(x, 1e-5)"),
).says("The eps that was passed has no effect: does your code use the argument, or a number of its own?")
misconception("divides_by_the_variance", change("_standardise", "torch.rsqrt(var + eps)", "(1 / (var + eps))")).says(
    "You divide by the variance: in which unit is x, and in which the variance?"
)
misconception(
    "mean_not_taken_off",
    forward("_, factor = _standardise(x, eps)", "x_hat = x * factor"),
).says("Your x_hat does not have mean 0: what happens to x before the division?")
misconception("scale_left_out", change("layer_norm_forward", "x_hat * gamma + beta", "x_hat + beta")).says(
    "Your output does not depend on gamma: where does the formula put it?"
)
misconception("shift_left_out", change("layer_norm_forward", "x_hat * gamma + beta", "x_hat * gamma")).says(
    "Your output does not depend on beta: where does the formula add it?"
)
misconception("scale_and_shift_left_out", change("layer_norm_forward", "x_hat * gamma + beta", "x_hat")).says(
    "Your rows have mean 0 and variance 1: what are gamma and beta for?"
)
misconception("shift_scaled_too", change("layer_norm_forward", "x_hat * gamma + beta", "(x_hat + beta) * gamma")).says(
    "Your beta is multiplied by gamma: which of the two comes first in the formula?"
)
misconception(
    "forward_works_in_place",
    forward(
        "mean, var = layer_statistics(x)",
        "x_hat = x.sub_(mean[..., None]).mul_(torch.rsqrt(var + eps)[..., None])",
    ),
).says("Your function writes into the x that it was given, as -= and sub_ do: who else needs that tensor?")
misconception(
    "rows_normalised_in_a_loop",
    forward(
        "rows = [_standardise(row, eps)[0] for row in x.reshape(-1, x.shape[-1])]",
        "x_hat = torch.stack(rows).reshape(x.shape)",
    ),
).says("You go through the rows one by one: what does torch do when [n, d] meets [n, 1]?")
misconception(
    "backward_of_batch_norm",
    dx(
        "gamma * factor * (grad_out - grad_out.mean(dim=0, keepdim=True)"
        " - x_hat * (grad_out * x_hat).mean(dim=0, keepdim=True))"
    ),
    forms=[dx("gamma * factor * (grad_out - dbeta / len(x) - x_hat * dgamma / len(x))")],
).says("Your dx averages over the rows, as that of batch normalisation does: which entries share a mean here?")
misconception(
    "backward_divides_by_n",
    dx(
        "factor * (grad_out * gamma - (grad_out * gamma).sum(dim=-1, keepdim=True) / len(x)"
        " - x_hat * (grad_out * gamma * x_hat).sum(dim=-1, keepdim=True) / len(x))"
    ),
).says("Your sums over a row are divided by the number of rows: over how many entries did the mean of a row go?")
misconception(
    "scale_after_the_sums",
    dx("gamma * _through_the_statistics(grad_out, x_hat, factor)"),
).says("Your dx is right only where gamma is the same for all features: when does the gradient pass gamma?")
misconception("dx_without_gamma", dx("_through_the_statistics(grad_out, x_hat, factor)")).says(
    "Your dx does not depend on gamma: what does the gradient meet first on its way back?"
)
misconception("statistics_taken_for_constants", dx("factor * grad_out * gamma")).says(
    "Your dx takes mean and variance for constants: do they stay when an entry of x moves?"
)
misconception(
    "path_through_the_mean_missing",
    dx("factor * (grad_out * gamma - x_hat * (grad_out * gamma * x_hat).mean(dim=-1, keepdim=True))"),
).says("The rows of your dx do not sum to 0: which path to the output is missing beside the one through the variance?")
misconception(
    "path_through_the_variance_missing",
    dx("factor * (grad_out * gamma - (grad_out * gamma).mean(dim=-1, keepdim=True))"),
).says("Your dx knows that the mean depends on x: what else in the formula does?")
misconception(
    "eps_missing_in_backward",
    change("layer_norm_backward", "_standardise(x, eps)", "_standardise(x, 0.0)"),
).says("Your backward pass leaves out eps: is the x_hat that it uses the one of the forward pass?")
misconception("dgamma_times_gamma", returned("dgamma * gamma", "dbeta")).says(
    "Your dgamma is gamma times too large: which factor stands beside gamma in the output, x_hat or what came of it?"
)
misconception("dgamma_from_x", returned("(grad_out * x).sum(dim=shared)", "dbeta")).says(
    "Your dgamma multiplies the gradient by x: what was gamma multiplied by?"
)
misconception(
    "gradients_summed_over_features",
    returned("(grad_out * x_hat).sum(dim=-1)", "grad_out.sum(dim=-1)"),
).says("Your dgamma has one entry per row: which shape does gamma have, and who shares it?")
misconception("gradients_not_summed", returned("grad_out * x_hat", "grad_out")).says(
    "Your dgamma and dbeta have the shape of x: how many rows use the same gamma?"
)
misconception("gradients_keep_an_axis", returned("dgamma[None]", "dbeta[None]")).says(
    "The values of dgamma and dbeta are right, but the shape is [1, d]: which shape does gamma have?"
)
misconception(
    "gradients_averaged", returned("dgamma * x.shape[-1] / x.numel()", "dbeta * x.shape[-1] / x.numel()")
).says("Your dgamma and dbeta are means over the rows: where is the mean of the loss already?")
misconception(
    "gradients_of_every_position",
    change("layer_norm_backward", "tuple(range(x.dim() - 1))", "0"),
).says("For sequences your dgamma has the shape [t, d]: does every position have a gamma of its own?")
misconception(
    "backward_loops_over_rows",
    replacement(
        "def layer_norm_backward(grad_out, x, gamma, eps=1e-5):\n"
        "    rows, slopes = x.reshape(-1, x.shape[-1]), grad_out.reshape(-1, x.shape[-1])\n"
        "    dx, dgamma, dbeta = [], torch.zeros_like(gamma), torch.zeros_like(gamma)\n"
        "    for row, slope in zip(rows, slopes):\n"
        "        x_hat, factor = _standardise(row, eps)\n"
        "        dx.append(_through_the_statistics(slope * gamma, x_hat, factor))\n"
        "        dgamma, dbeta = dgamma + slope * x_hat, dbeta + slope\n"
        "    return torch.stack(dx).reshape(x.shape), dgamma, dbeta\n"
    ),
).says("Your backward pass takes the rows one by one: which sums can run over one axis of the whole tensor?")
misconception("backward_works_in_place", dx("_through_the_statistics(grad_out.mul_(gamma), x_hat, factor)")).says(
    "Your backward pass writes into grad_out: who else needs that gradient?"
)
misconception(
    "running_statistics_kept",
    change(
        "LayerNorm.forward",
        "return layer_norm_forward(x, self.gamma, self.beta, self.eps)",
        "mean, var = (s.mean() for s in layer_statistics(x))\n"
        "        old = getattr(self, 'running', (0.0, 1.0))\n"
        "        self.running = 0.9 * old[0] + 0.1 * mean, 0.9 * old[1] + 0.1 * var\n"
        "        x_hat = (x - self.running[0]) * torch.rsqrt(self.running[1] + self.eps)\n"
        "        return x_hat * self.gamma + self.beta",
    ),
).says("Your output depends on what the layer saw before: why would a row need averages over other rows?")
misconception(
    "layer_eps_fixed",
    change("LayerNorm.forward", "self.beta, self.eps", "self.beta"),
    change("LayerNorm.backward", "self.gamma, self.eps", "self.gamma"),
).says("Your layer normalises with the default eps: which eps was it given when it was made?")
misconception(
    "backward_without_the_eps_of_the_layer", change("LayerNorm.backward", "self.gamma, self.eps", "self.gamma")
).says("Your backward pass uses another eps than your forward pass: from where does each of them take it?")
misconception("first_input_kept", change("LayerNorm.forward", "self._x = x", "self._x = getattr(self, '_x', x)")).says(
    "Your backward pass belongs to the first call of forward: which call is it asked about?"
)
misconception(
    "layer_moves_its_scale",
    change(
        "LayerNorm.backward",
        "return layer_norm_backward(grad_out, self._x, self.gamma, self.eps)",
        "found = layer_norm_backward(grad_out, self._x, self.gamma, self.eps)\n"
        "        self.gamma, self.beta = self.gamma - 0.01 * found[1], self.beta - 0.01 * found[2]\n"
        "        return found",
    ),
).says("Your backward pass changes gamma and beta: who trains the layer?")
misconception(
    "rms_takes_the_mean_off",
    change("rms_norm_forward", "x * _inverse_rms(x, eps)", "_standardise(x, eps)[0]"),
    change(
        "rms_norm_backward",
        "factor = _inverse_rms(x, eps)\n    x_hat = x * factor",
        "x_hat, factor = _standardise(x, eps)",
    ),
    forms=[
        change(
            "rms_norm_forward", "x * _inverse_rms(x, eps)", "(x - x.mean(dim=-1, keepdim=True)) * _inverse_rms(x, eps)"
        )
    ],
).says("Your RMSNorm takes the mean off first: what is left out of layer normalisation to get RMSNorm?")
misconception(
    "rms_without_the_root",
    change(
        "_inverse_rms",
        "torch.rsqrt(x.square().mean(dim=-1, keepdim=True) + eps)",
        "1 / (x.square().mean(dim=-1, keepdim=True) + eps)",
    ),
).says("You divide by the mean square itself: what does the R of RMS stand for?")
misconception(
    "rms_divides_by_the_length",
    change("_inverse_rms", "square().mean(dim=-1, keepdim=True)", "square().sum(dim=-1, keepdim=True)"),
).says("Your rows come out with length 1: is the sum of the squares asked for, or their mean?")
misconception(
    "rms_eps_outside_the_root",
    change(
        "_inverse_rms",
        "torch.rsqrt(x.square().mean(dim=-1, keepdim=True) + eps)",
        "1 / (x.square().mean(dim=-1, keepdim=True).sqrt() + eps)",
    ),
).says("In your RMSNorm eps is added to the root: to what does the handout add it?")
misconception("rms_eps_left_out", change("_inverse_rms", "keepdim=True) + eps", "keepdim=True)")).says(
    "In your RMSNorm eps has no effect: what becomes of a row of zeros?"
)
misconception(
    "rms_over_the_whole_tensor",
    change("_inverse_rms", "square().mean(dim=-1, keepdim=True)", "square().mean()"),
).says("All rows are divided by one number: whose root mean square does a row need?")
misconception(
    "rms_of_columns",
    change("_inverse_rms", "square().mean(dim=-1, keepdim=True)", "square().mean(dim=0, keepdim=True)"),
).says("Each feature is divided by its own root mean square over the rows: over which axis must the squares go?")
misconception(
    "rms_scale_left_out", change("rms_norm_forward", "_inverse_rms(x, eps) * gamma", "_inverse_rms(x, eps)")
).says("Your RMSNorm does not depend on gamma: where does the formula put it?")
misconception(
    "rms_gradient_of_layer_norm",
    change("rms_norm_backward", RMS_DX, "factor * (grad_hat - grad_hat.mean(dim=-1, keepdim=True) - x_hat * along)"),
).says("The rows of your dx sum to 0: which of the paths of layer normalisation does RMSNorm not have?")
misconception("rms_taken_for_a_constant", change("rms_norm_backward", RMS_DX, "factor * grad_hat")).says(
    "Your dx takes the root mean square for a constant: does it stay when an entry of x moves?"
)
misconception(
    "rms_scale_after_the_sums",
    change("rms_norm_backward", "grad_hat = grad_out * gamma", "grad_hat = grad_out"),
    change("rms_norm_backward", RMS_DX, "gamma * factor * (grad_hat - x_hat * along)"),
).says("Your dx of RMSNorm is right only for a constant gamma: when does the gradient pass gamma?")
misconception("rms_dgamma_from_x", change("rms_norm_backward", "(grad_out * x_hat).sum", "(grad_out * x).sum")).says(
    "Your dgamma of RMSNorm multiplies the gradient by x: what was gamma multiplied by?"
)
misconception("rms_dgamma_of_every_position", change("rms_norm_backward", "tuple(range(x.dim() - 1))", "0")).says(
    "For sequences your dgamma of RMSNorm has the shape [t, d]: does every position have a gamma of its own?"
)
misconception(
    "rms_works_in_place",
    change("rms_norm_forward", "x * _inverse_rms(x, eps) * gamma", "x.mul_(_inverse_rms(x, eps)) * gamma"),
).says("Your RMSNorm writes into the x that it was given: who else needs that tensor?")
misconception(
    "batch_norm_over_rows",
    change("batch_norm_forward", "_standardise(x.T, eps)", "_standardise(x, eps)"),
    change("batch_norm_forward", "x_hat.T * gamma", "x_hat * gamma"),
).says("Your batch normalisation normalises each row by itself: over which axis do the examples of a batch lie?")
misconception(
    "batch_norm_scaled_before_the_way_back",
    change("batch_norm_forward", "x_hat.T * gamma + beta", "(x_hat * gamma[:, None]).T + beta[0]"),
).says("Your beta is the same for all features: to what does each of its entries belong?")
misconception(
    "batch_norm_gradient_of_rows",
    change(
        "batch_norm_backward",
        "_through_the_statistics((grad_out * gamma).T, x_hat, factor).T",
        "_through_the_statistics(grad_out * gamma, *_standardise(x, eps))",
    ),
).says("Your dx of batch normalisation averages over the features of a row: which entries share a mean there?")
misconception(
    "batch_norm_statistics_taken_for_constants",
    change(
        "batch_norm_backward",
        "_through_the_statistics((grad_out * gamma).T, x_hat, factor).T",
        "grad_out * gamma * factor.T",
    ),
).says("Your dx of batch normalisation takes the statistics for constants: what moves them?")
misconception(
    "batch_norm_eps_left_out",
    change("batch_norm_forward", "_standardise(x.T, eps)", "_standardise(x.T, 0.0)"),
    change("batch_norm_backward", "_standardise(x.T, eps)", "_standardise(x.T, 0.0)"),
    # On the way back only, and there for x alone.
    forms=[
        change("batch_norm_backward", "_standardise(x.T, eps)", "_standardise(x.T, 0.0)"),
        change("batch_norm_backward", "gamma).T, x_hat, factor).T", "gamma).T, *_standardise(x.T, 0.0)).T"),
    ],
).says("In your batch normalisation eps has no effect: what becomes of a constant feature?")
misconception(
    "rows_exchanged_only",
    own_rows(
        "    order = torch.arange(len(x) - 1, -1, -1)\n"
        "    return bool((normalise(x)[order] - normalise(x[order])).abs().max() > 1e-6)"
    ),
).says("You only exchange the rows: which statistics of a batch change when its rows trade places?")
misconception(
    "first_row_asked_only",
    own_rows("    return bool((normalise(x)[:1] - normalise(x[:1])).abs().max() > 1e-6)"),
).says("You look at the first row only: can another row depend on its neighbours while the first one does not?")
misconception(
    "own_row_changed",
    own_rows("    return bool((normalise(x) - normalise(x * x)).abs().max() > 1e-6)"),
).says("You change the row itself as well: would its output not move anyway?")
misconception(
    "answer_turned_round",
    change("depends_on_other_rows", "abs().max() > 1e-6", "abs().max() <= 1e-6"),
).says("Your answer is the opposite of the right one: does True mean that rows depend on each other?")
misconception(
    "rounding_taken_for_dependence", change("depends_on_other_rows", "abs().max() > 1e-6", "abs().max() > 0")
).says("A difference in the last digits is enough for you to say yes: from which size on does the handout count one?")
misconception(
    "average_difference_asked",
    change("depends_on_other_rows", "(together - alone).abs().max()", "(together - alone).mean().abs()"),
).says("Your differences cancel before you look at them: what is the mean of a normalised feature?")
misconception(
    "scale_and_shift_left_to_the_norms",
    change("_forward", "return z * gamma + beta", "return z"),
    change("_backward", "grad_out * gamma, (grad_out * z)", "grad_out, (grad_out * z)"),
    forms=[change("_forward", "return z * gamma + beta", "return z")],
).says("With norm none your gamma and beta have no effect: what is left of a norm that does not normalise?")
misconception(
    "plain_network_normalised",
    change("_forward", 'if norm == "layer"', 'if norm != "batch"'),
    change("_backward", 'if norm == "layer"', 'if norm != "batch"'),
).says("With norm none you normalise all the same: what does your branch for it do?")
misconception(
    "batch_and_layer_exchanged",
    change("_forward", 'norm == "layer"', 'norm == "swap"'),
    change("_forward", 'norm == "batch"', 'norm == "layer"'),
    change("_forward", 'norm == "swap"', 'norm == "batch"'),
    change("_backward", 'norm == "layer"', 'norm == "swap"'),
    change("_backward", 'norm == "batch"', 'norm == "layer"'),
    change("_backward", 'norm == "swap"', 'norm == "batch"'),
).says(
    "Your network normalises over the batch when layer is asked for, and the other way round: which name calls which?"
)
misconception(
    "relu_forgotten_in_backward",
    change(
        "network_gradients",
        '(grad @ params["weights"][i + 1].T) * (inputs[i + 1] > 0)',
        'grad @ params["weights"][i + 1].T',
    ),
).says("Your gradient passes a ReLU even where it gave 0: what must become of the gradient there?")
misconception(
    "norm_after_the_relu",
    change("network_gradients", "inputs[-1] @ W)\n", "(inputs[-1] @ W).clamp(min=0))\n"),
    change("network_gradients", "sums[-1], gamma, beta).clamp(min=0))", "sums[-1], gamma, beta))"),
    change(
        "network_gradients",
        '(grad @ params["weights"][i + 1].T) * (inputs[i + 1] > 0)',
        'grad @ params["weights"][i + 1].T',
    ),
    change(
        "network_gradients",
        'sums[i], params["gamma"][i])',
        'sums[i], params["gamma"][i])\n        grad = grad * (sums[i] > 0)',
    ),
).says("Your norm comes after the ReLU: in which order does the handout put the two?")
misconception(
    "loss_summed_over_rows",
    change("_cross_entropy", "mean(), error / len(y)", "sum(), error"),
    forms=[
        change("_cross_entropy", "error / len(y)", "error"),
        change("_cross_entropy", "mean(), error", "sum(), error"),
    ],
).says("Your loss or its gradient is n times too large: is the loss a sum or a mean over the rows?")
misconception(
    "scores_exponentiated_as_they_are",
    change("_cross_entropy", "logits - logits.amax(dim=1, keepdim=True)", "logits"),
).says("Your softmax overflows on large logits: which shift of a row leaves its probabilities as they are?")
misconception(
    "scale_and_shift_never_trained",
    change(
        "_moved",
        '    for name in ("weights", "gamma", "beta"):',
        '    after |= {name: params[name] for name in ("gamma", "beta")}\n    for name in ("weights",):',
    ),
).says("Your weights move, but gamma and beta stay where they were: which of them are parameters?")
misconception(
    "start_changed_in_place",
    change("_moved", "[value - lr * slope for", "[value.sub_(lr * slope) for"),
).says("Your training writes into the parameters it was given: what will the next training start from?")
misconception(
    "short_batch_counts_like_a_whole_one",
    change("train", "total + loss * len(rows)", "total + loss * min(batch_size, len(X))"),
    forms=[
        [
            change("train", "total + loss * len(rows)", "total + loss"),
            change("train", "total / len(X)", "total / len(order.split(batch_size))"),
        ]
    ],
).says("A short batch counts in your loss as much as a whole one: over what is the loss of an epoch a mean?")
misconception("loss_of_the_last_batch", change("train", "total + loss * len(rows)", "loss * len(X)")).says(
    "Your loss of an epoch is that of its last batch: what about the rows before it?"
)
misconception(
    "loss_after_the_epoch",
    change("train", "losses.append(total / len(X))", "losses.append(network_gradients(params, X, y, norm)[0])"),
).says("Your loss is taken when the epoch is over: when does the handout look at the loss of a batch?")
misconception("rows_drawn_with_replacement", change("train", "randperm(len(X),", "randint(len(X), (len(X),),")).says(
    "Some rows come twice in your epoch and others never: is your order of the rows a permutation?"
)
misconception(
    "rows_shuffled_without_labels",
    change("train", "y[rows]", "y[torch.sort(rows).values]"),
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
misconception("epochs_counted_from_zero", change("epochs_to", "start=1", "start=0")).says(
    "Your number of epochs is one too small: how many epochs are over when the first loss is there?"
)
misconception("target_must_be_undercut", change("epochs_to", "loss <= target", "loss < target")).says(
    "A loss that equals the target is not enough for you: what does at most say?"
)
misconception(
    "last_epoch_below_the_target",
    replacement(
        "def epochs_to(losses, target):\n"
        "    reached = [epoch for epoch, loss in enumerate(losses.tolist(), 1) if loss <= target]\n"
        "    return reached[-1] if reached else None\n"
    ),
).says("You give the last epoch with a small loss: which of them does the handout ask for?")
misconception("never_counts_as_the_last_epoch", change("epochs_to", "return None", "return len(losses)")).says(
    "A target that is never reached looks like one that the last epoch reached: which answer tells them apart?"
)
misconception(
    "epochs_below_the_target_counted",
    replacement(
        "def epochs_to(losses, target):\n"
        "    reached = losses <= target\n"
        "    return int((~reached).sum()) + 1 if bool(reached.any()) else None\n"
    ),
).says("You count the epochs above the target: what if the loss rises again after it was reached?")
misconception(
    "start_not_the_same",
    change("compare_norms", "_, losses = train", "params, losses = train"),
).says("Each of your trainings goes on where the one before ended: what must all three have in common?")
misconception("one_norm_for_all", change("compare_norms", "norm=norm", 'norm="layer"')).says(
    "Your three numbers are those of one norm: which argument differs between the three trainings?"
)
