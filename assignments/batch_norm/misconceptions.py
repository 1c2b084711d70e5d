"""Known wrong answers: the BatchNorm list of design/misconceptions.md and the slips around it."""

from autograder.checking import misconception

STANDARDISED = "(x - mean) * torch.rsqrt(var + eps)"
EVALUATED = "x_hat = _standardise(x, self.running_mean, self.running_var, self.eps)"
OUTPUT = "_standardise(x, mean, var, eps) * gamma + beta"
DX = "return gamma * torch.rsqrt(var + eps) * centred, dgamma, dbeta"
CENTRED = "centred = grad_out - dbeta / len(x) - x_hat * dgamma / len(x)"
SLOPE = "slope = self.gamma * torch.rsqrt(self.running_var + self.eps)"
UNBIASED = "unbiased = var * len(x) / (len(x) - 1)"
NEW_MEAN = "(1 - self.momentum) * self.running_mean + self.momentum * mean"
NEW_VAR = "(1 - self.momentum) * self.running_var + self.momentum * unbiased"
SQUARES = "(x - mean).square().mean(dim=0)"
DESCENT = "norm.gamma, norm.beta = norm.gamma - lr * dgamma, norm.beta - lr * dbeta"

misconception(
    "eps_left_out",
    edits=[
        (STANDARDISED, "(x - mean) * torch.rsqrt(var)"),
        (DX, DX.replace("var + eps", "var")),
        (SLOPE, SLOPE.replace(" + self.eps", "")),
    ],
    trips=[],
    says="This is the output without eps: what do you divide by when all rows of a feature agree?",
)
misconception(
    "eps_outside_the_root",
    edits=[
        (STANDARDISED, "(x - mean) / (var.sqrt() + eps)"),
        (DX, DX.replace("* torch.rsqrt(var + eps)", "/ (var.sqrt() + eps)")),
        (SLOPE, SLOPE.replace("* torch.rsqrt(self.running_var + self.eps)", "/ (self.running_var.sqrt() + self.eps)")),
    ],
    trips=[],
    says="Your eps is added to the standard deviation: what does the handout add it to, and before which step?",
)
misconception(
    "unbiased_variance_normalises",
    edits=[(SQUARES, "x.var(dim=0)"), (UNBIASED, "unbiased = var")],
    trips=[],
    says="You normalise with the variance over n - 1 (x.var() does so unless told otherwise): which one is asked here?",
)
misconception(
    "one_variance_for_all_features",
    edits=[(SQUARES, "(x - mean).square().mean().expand_as(mean)")],
    trips=[],
    says="All features share one variance: over which axis do you take the mean of the squares?",
)
misconception(
    "statistics_of_rows",
    edits=[("mean = x.mean(dim=0)", "mean = x.mean(dim=1)"), (SQUARES, "x.var(dim=1, correction=0)")],
    trips=[],
    says="You have one mean for each row, which is layer normalisation: which axis should disappear?",
)
misconception(
    "statistics_keep_an_axis",
    edits=[("mean = x.mean(dim=0)", "mean = x.mean(dim=0, keepdim=True)"), (SQUARES, SQUARES[:-1] + ", keepdim=True)")],
    trips=[],
    says="The numbers are right, the shape is [1, d]: what does keepdim do, and do you need it?",
)
misconception(
    "variance_from_a_difference_of_squares",
    edits=[(SQUARES, "x.square().mean(dim=0) - mean.square()")],
    trips=[],
    says="E[x^2] - E[x]^2 loses every digit when the mean is large: can you remove the mean before you square?",
)
misconception(
    "scale_and_shift_left_out",
    edits=[(OUTPUT, "_standardise(x, mean, var, eps)")],
    trips=[],
    says="Your output has mean 0 and variance 1: where do gamma and beta come in?",
)
misconception(
    "shifted_before_scaled",
    edits=[(OUTPUT, "(_standardise(x, mean, var, eps) + beta) * gamma")],
    trips=[],
    says="Your beta is multiplied by gamma: which of the two comes first?",
)
misconception(
    "forward_works_in_place",
    edits=[(OUTPUT, "x.sub_(mean).mul_(torch.rsqrt(var + eps)) * gamma + beta")],
    trips=[],
    says="The input is changed in place (-= and sub_ do that): the caller still needs x, and so does backward.",
)
misconception(
    "statistics_taken_for_constants",
    edits=[(CENTRED, "centred = grad_out")],
    trips=[],
    says="Your dx treats mean and variance as constants, but both move when an entry of x moves: two paths are missing.",
)
misconception(
    "path_through_the_variance_missing",
    edits=[(CENTRED, "centred = grad_out - dbeta / len(x)")],
    trips=[],
    says="Your dx knows that the mean depends on x: what else in the formula depends on it?",
)
misconception(
    "path_through_the_mean_missing",
    edits=[(CENTRED, "centred = grad_out - x_hat * dgamma / len(x)")],
    trips=[],
    says="Your dx knows that the variance depends on x: what else in the formula depends on it?",
)
misconception(
    "dx_without_gamma",
    edits=[(DX, DX.replace("gamma * ", "", 1))],
    trips=[],
    says="Your dx is right for gamma = 1: through which factor does the gradient pass first?",
)
misconception(
    "eps_missing_in_backward",
    edits=[
        (
            "x_hat = _standardise(x, mean, var, eps)\n    # Every",
            "x_hat = _standardise(x, mean, var, 0.0)\n    # Every",
        )
    ],
    trips=[],
    says="The x_hat of your backward pass lacks eps: is it the one that the forward pass computed?",
)
misconception(
    "dgamma_from_x",
    edits=[(DX, DX.replace("dgamma", "(grad_out * x).sum(dim=0)"))],
    trips=[],
    says="Your dgamma multiplies the gradient with x itself: what was gamma multiplied with?",
)
misconception(
    "dgamma_is_a_matrix",
    edits=[(DX, DX.replace("dgamma", "grad_out.T @ x_hat"))],
    trips=[],
    says="Your dgamma mixes features: gamma[j] only meets column j, so which product is this, and over what is its sum?",
)
misconception(
    "gradients_averaged",
    edits=[(DX, DX.replace("dgamma, dbeta", "dgamma / len(x), dbeta / len(x)"))],
    trips=[],
    says="Your dgamma and dbeta are means over the rows: the mean, if any, is already in grad_out.",
)
misconception(
    "running_variance_biased",
    edits=[(UNBIASED, "unbiased = var")],
    trips=[],
    says="You store the variance over n; the handout asks for another divisor in running_var than in the output.",
)
misconception(
    "running_variance_is_a_deviation",
    edits=[(NEW_VAR, NEW_VAR.replace("unbiased", "unbiased.sqrt()"))],
    trips=[],
    says="Your running_var averages standard deviations: what does its name promise?",
)
misconception(
    "momentum_weighs_the_old",
    edits=[(NEW_MEAN, NEW_MEAN.replace("(1 - self.momentum) * self.running_mean + self.momentum", "self.momentum * self.running_mean + (1 - self.momentum)")), (NEW_VAR, NEW_VAR.replace("(1 - self.momentum) * self.running_var + self.momentum", "self.momentum * self.running_var + (1 - self.momentum)"))],
    trips=[],
    says="Old and new have swapped weights: here momentum = 0.1 is the weight of the new batch, as in torch.",
)
misconception(
    "momentum_fixed",
    edits=[(NEW_MEAN, NEW_MEAN.replace("self.momentum", "0.1")), (NEW_VAR, NEW_VAR.replace("self.momentum", "0.1"))],
    trips=[],
    says="Your layer always uses momentum 0.1: what was it given when it was made?",
)
misconception(
    "layer_eps_fixed",
    edits=[
        ("batch_norm_forward(x, self.gamma, self.beta, self.eps)", "batch_norm_forward(x, self.gamma, self.beta)"),
        ("batch_norm_backward(grad_out, self._x, self.gamma, self.eps)", "batch_norm_backward(grad_out, self._x, self.gamma)"),
    ],
    trips=[],
    says="Your layer normalises with the default eps: what was it given when it was made?",
)
misconception(
    "evaluation_uses_the_batch",
    edits=[(EVALUATED, "x_hat = _standardise(x, *batch_statistics(x), self.eps)")],
    trips=[],
    says="In evaluation mode your output still depends on the other rows: which statistics belong there?",
)
misconception(
    "evaluation_moves_the_statistics",
    edits=[
        (
            "        self._x = x\n",
            "        self._x = x\n"
            "        if not self.training:\n"
            "            m = self.momentum\n"
            "            self.running_mean = self.running_mean * (1 - m) + m * x.mean(dim=0)\n"
            "            self.running_var = self.running_var * (1 - m) + m * x.var(dim=0, correction=int(len(x) > 1))\n",
        )
    ],
    trips=[],
    says="A look at test data changes your running statistics: in which mode may they move?",
)
misconception(
    "evaluation_divides_by_the_variance",
    edits=[(EVALUATED, "x_hat = (x - self.running_mean) / (self.running_var + self.eps)")],
    trips=[],
    says="In evaluation mode you divide by the variance itself: what is missing?",
)
misconception(
    "evaluation_without_eps",
    edits=[(EVALUATED, "x_hat = (x - self.running_mean) * torch.rsqrt(self.running_var)")],
    trips=[],
    says="Evaluation mode has lost its eps: it belongs under the root in both modes.",
)
misconception(
    "evaluation_without_scale_and_shift",
    edits=[("return x_hat * self.gamma + self.beta", "return x_hat")],
    trips=[],
    says="In evaluation mode your output has lost gamma and beta: they were learned to be used.",
)
misconception(
    "evaluation_gradient_of_training",
    edits=[("        if self.training:\n            return batch", "        if True:\n            return batch")],
    trips=[],
    says="In evaluation mode the statistics do not depend on x: which terms of dx are then gone?",
)
misconception(
    "channels_mixed_by_reshaping",
    edits=[
        ("images.permute(0, 2, 3, 1).reshape(-1, images.shape[1])", "images.reshape(-1, images.shape[1])"),
        ("rows.reshape(n, h, w, c).permute(0, 3, 1, 2)", "rows.reshape(n, c, h, w)"),
    ],
    trips=[],
    says="Your columns hold values of several channels: in which order do the numbers of [n, c, h, w] lie in memory?",
)
misconception(
    "images_normalised_one_by_one",
    code='''
def _image_by_image(self, x):
    outputs = [BatchNorm.forward(self, _pixels_as_rows(image[None])) for image in x]
    return torch.cat([_rows_as_pixels(out, x[:1]) for out in outputs])


BatchNorm2d.forward = _image_by_image
''',
    trips=[],
    says="Each of your images has its own statistics: over which axes does one channel's mean go?",
)
misconception(
    "channel_gradients_keep_axes",
    edits=[("return _rows_as_pixels(dx, grad_out), dgamma, dbeta", "return _rows_as_pixels(dx, grad_out), dgamma.reshape(1, -1, 1, 1), dbeta.reshape(1, -1, 1, 1)")],
    trips=[],
    says="The values of dgamma and dbeta are right, their shape must be that of gamma: [c].",
)
misconception(
    "relu_forgotten_in_backward",
    edits=[("(grad @ self.weights[i].T) * (inputs[i] > 0)", "grad @ self.weights[i].T")],
    trips=[],
    says="Your gradient passes a ReLU that was closed: where must it become 0?",
)
misconception(
    "scale_and_shift_never_trained",
    edits=[(DESCENT, "norm.gamma, norm.beta = norm.gamma + 0 * dgamma, norm.beta + 0 * dbeta")],
    trips=[],
    says="Your weights move, but gamma and beta stay where they started: they are parameters too.",
)
misconception(
    "loss_gradient_not_averaged",
    edits=[("return error / len(y)", "return error")],
    trips=[],
    says="Your steps are larger by the number of rows: is the loss a sum or a mean over the batch?",
)
misconception(
    "short_batch_divided_by_batch_size",
    edits=[("_loss_gradient(logits, y[rows])", "_loss_gradient(logits, y[rows]) * (len(rows) / batch_size)")],
    trips=[],
    says="The last batch has fewer rows than batch_size: by how many do you divide there?",
)
misconception(
    "scores_exponentiated_as_they_are",
    edits=[("torch.exp(logits - logits.amax(dim=1, keepdim=True))", "torch.exp(logits)")],
    trips=[],
    says="exp overflows on large scores: which shift of a row leaves its probabilities as they are?",
)
misconception(
    "training_trusts_the_mode",
    edits=[("    network.set_training(True)\n", "")],
    trips=[],
    says="After a prediction your training goes on in evaluation mode: who switches back?",
)
misconception(
    "prediction_in_training_mode",
    edits=[("network.set_training(False)", "network.set_training(True)")],
    trips=[],
    says="The class of a row depends on the rows beside it: in which mode should a prediction be made?",
)
