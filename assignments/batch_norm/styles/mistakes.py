"""Single mistakes in the styles beside this file: (style, right text, wrong text, the misconception it is)."""

MISTAKES = [
    # loops
    (
        "loops",
        "math.sqrt(var[j].item() + eps)\n        columns",
        "math.sqrt(var[j].item())\n        columns",
        "eps_missing_in_training",
    ),
    (
        "loops",
        "math.sqrt(var[j].item() + eps)\n        columns",
        "(math.sqrt(var[j].item()) + eps)\n        columns",
        "eps_outside_the_root",
    ),
    (
        "loops",
        "(distance * distance).sum() / n",
        "(distance * distance).sum() / (n - 1)",
        "unbiased_variance_normalises",
    ),
    ("loops", "gamma[j] * x_hat + beta[j]", "x_hat", "scale_and_shift_left_out"),
    (
        "loops",
        "gamma[j] * x_hat + beta[j]",
        "gamma[j] * (x_hat + beta[j] / math.sqrt(var[j].item() + eps))",
        "shift_added_before_the_division",
    ),
    ("loops", "through_x_hat = g * gamma[j]", "through_x_hat = g", "dx_without_gamma"),
    ("loops", "direct + dvar * 2 * centred / n + dmean / n", "direct", "statistics_taken_for_constants"),
    ("loops", "direct + dvar * 2 * centred / n + dmean / n", "direct + dmean / n", "path_through_the_variance_missing"),
    (
        "loops",
        "dgamma[j] = (g * centred).sum() / math.sqrt(inside)",
        "dgamma[j] = (g * x[:, j]).sum()",
        "dgamma_from_x",
    ),
    ("loops", "dbeta[j] = g.sum()", "dbeta[j] = g.sum() / n\n        dgamma[j] = dgamma[j] / n", "gradients_averaged"),
    ("loops", "inside = var[j].item() + eps", "inside = var[j].item() - eps", "backward_subtracts_eps"),
    ("loops", "var[j] * n / (n - 1)", "var[j]", "running_variance_biased"),
    (
        "loops",
        "root = math.sqrt(self.running_var[j].item() + self.eps)\n            out",
        "root = math.sqrt(self.running_var[j].item())\n            out",
        "evaluation_without_eps",
    ),
    (
        "loops",
        "(x[:, j] - self.running_mean[j]) / root * self.gamma[j] + self.beta[j]",
        "(x[:, j] - self.running_mean[j]) / root",
        "evaluation_without_scale_and_shift",
    ),
    (
        "loops",
        "(x[:, j] - self.running_mean[j]) / root * self.gamma[j] + self.beta[j]",
        "(x[:, j] - self.running_mean[j]) / root * self.gamma[j] - self.beta[j]",
        "evaluation_subtracts_beta",
    ),
    ("loops", "e = torch.exp(logits - largest)", "e = torch.exp(logits)", "scores_exponentiated_as_they_are"),
    (
        "loops",
        "network.backward(grad / len(rows))",
        "network.backward(grad / batch_size)",
        "short_batch_divided_by_batch_size",
    ),
    ("loops", "network.backward(grad / len(rows))", "network.backward(grad)", "loss_gradient_not_averaged"),
    ("loops", "                self.running_var[j] += self.momentum * (var[j] * n / (n - 1) - self.running_var[j])\n", "", "running_variance_never_moves"),
    ("loops", "gamma[j] * x_hat + beta[j]", "gamma[j] * x_hat", "shift_left_out"),
    ("loops", "-0.5 * inside**-1.5", "-0.5 / inside", "path_through_the_variance_of_another_power"),
    ("loops", "dmean = -direct.sum()", "dmean = -g.sum() / math.sqrt(inside)", "one_path_without_gamma"),
    ("loops", "n / (n - 1) - self.running_var[j]", "(n - 1) / n - self.running_var[j]", "running_variance_corrected_the_wrong_way"),
    ("loops", "grad_out[:, j] * (self.gamma[j] / root)", "grad_out[:, j] / root", "evaluation_gradient_without_gamma"),
    # vectorised
    (
        "vectorised",
        "    shifted = x - x[0]\n    rest = _sums(shifted) / len(x)\n    deviations = shifted - rest\n"
        '    return x[0] + rest, torch.einsum("nd,nd->d", deviations, deviations) / len(x)',
        "    mean = _sums(x) / len(x)\n    return mean, _sums(x * x) / len(x) - mean * mean",
        "variance_from_a_difference_of_squares",
    ),
    ("vectorised", "_sums(shifted) / len(x)", "(_sums(shifted) / len(x))[None]", "statistics_keep_an_axis"),
    ("vectorised", "deviation = (var + eps) ** 0.5", "deviation = var ** 0.5", "eps_missing_in_backward"),
    (
        "vectorised",
        "- x_hat * dgamma), dgamma, dbeta",
        "- x_hat * dgamma), grad_out * x_hat, grad_out",
        "gradients_not_summed",
    ),
    (
        "vectorised",
        "- x_hat * dgamma), dgamma, dbeta",
        "- x_hat * dgamma), dgamma[None, :], dbeta[None, :]",
        "gradients_keep_an_axis",
    ),
    (
        "vectorised",
        'torch.einsum("nd,nd->d", grad_out, x_hat), _sums',
        'torch.einsum("nd,ne->de", grad_out, x_hat), _sums',
        "dgamma_is_a_matrix",
    ),
    ("vectorised", "torch.lerp(old, both, self.momentum)", "torch.lerp(old, both, 0.1)", "momentum_hard_coded"),
    (
        "vectorised",
        "torch.lerp(old, both, self.momentum)",
        "torch.lerp(both, old, self.momentum)",
        "momentum_weighs_the_old",
    ),
    (
        "vectorised",
        "both[1] *= len(x) / (len(x) - 1)",
        "both[1] = (both[1] * len(x) / (len(x) - 1)).sqrt()",
        "running_variance_is_a_deviation",
    ),
    (
        "vectorised",
        "both[1] *= len(x) / (len(x) - 1)",
        "both[1] = both[1] * len(x) / (len(x) - 1) + self.eps",
        "running_variance_keeps_eps",
    ),
    (
        "vectorised",
        "(self.running_var + self.eps) ** -0.5, self",
        "(self.running_var + self.eps) ** -1, self",
        "evaluation_divides_by_the_variance",
    ),
    ("vectorised", "rows = x.movedim(1, 3).flatten(0, 2)", "rows = x.reshape(-1, c)", "channels_mixed_by_reshaping"),
    ("vectorised", "signal @ W.T * was_open", "signal @ W.T", "relu_forgotten_in_backward"),
    ("vectorised", "network.set_training(False)", "network.set_training(True)", "prediction_in_training_mode"),
    ("vectorised", "torch.lerp(old, both, self.momentum)", "both", "running_statistics_of_the_last_batch"),
    (
        "vectorised",
        "keys = torch.rand(len(X), dtype=torch.float64, generator=generator, device=generator.device).cpu()",
        "pass",
        "generator_ignored",
    ),
    (
        "vectorised",
        "for rows in torch.argsort(keys).to(X.device).split(batch_size):\n"
        "            error = _probabilities(network.forward(X[rows])) - truth[rows]",
        "for rows, labels in zip(torch.argsort(keys).to(X.device).split(batch_size), truth.split(batch_size)):\n"
        "            error = _probabilities(network.forward(X[rows])) - labels",
        "rows_shuffled_without_labels",
    ),
    (
        "vectorised",
        "        keys = torch.arange(len(X), dtype=torch.float64)\n        if generator is not None:\n",
        "        keys = torch.arange(len(X), dtype=torch.float64) if _ == 0 else keys\n"
        "        if generator is not None and _ == 0:\n",
        "rows_shuffled_once",
    ),
    # numpy_round_trip
    (
        "numpy_round_trip",
        "return np.mean(a, axis=0), np.var(a, axis=0)",
        "return np.mean(a, axis=0), np.var(a)",
        "one_variance_for_all_features",
    ),
    (
        "numpy_round_trip",
        "return np.mean(a, axis=0), np.var(a, axis=0)",
        "return np.mean(a), np.var(a)",
        "statistics_without_an_axis",
    ),
    (
        "numpy_round_trip",
        "return np.mean(a, axis=0), np.var(a, axis=0)",
        "return np.mean(a, axis=1), np.var(a, axis=1)",
        "statistics_of_rows",
    ),
    (
        "numpy_round_trip",
        "return np.mean(a, axis=0), np.var(a, axis=0)",
        "return np.mean(a, axis=1, keepdims=True), np.var(a, axis=1, keepdims=True)",
        "rows_normalised",
    ),
    ("numpy_round_trip", "np.sqrt(var + eps)) + beta", "(np.sqrt(var) + eps)) + beta", "eps_outside_the_root"),
    (
        "numpy_round_trip",
        "- a_hat * (d_hat * a_hat).mean(axis=0)) / std",
        ") / std",
        "path_through_the_variance_missing",
    ),
    ("numpy_round_trip", "m * a.var(axis=0, ddof=1)", "m * a.var(axis=0)", "running_variance_biased"),
    ("numpy_round_trip", "m * a.var(axis=0, ddof=1)", "m * a.std(axis=0, ddof=1)", "running_variance_is_a_deviation"),
    (
        "numpy_round_trip",
        "        if self.training:\n            m = self",
        "        if True:\n            m = self",
        "evaluation_uses_the_batch evaluation_moves_the_statistics",
    ),
    (
        "numpy_round_trip",
        "        if self.training:\n            found",
        "        if True:\n            found",
        "evaluation_gradient_of_training",
    ),
    ("numpy_round_trip", "permutation(order)", "choice(order, len(order))", "rows_drawn_with_replacement"),
    ("numpy_round_trip", "std = np.sqrt(var + eps)", "std = np.sqrt(a.var(axis=0, ddof=1) + eps)", "backward_divides_by_the_unbiased_variance"),
    (
        "numpy_round_trip",
        "m * a.mean(axis=0), x)\n            self.running_var = _tensor((1 - m) * var + m * a.var(axis=0, ddof=1)",
        "m * a.mean(axis=0, keepdims=True), x)\n"
        "            self.running_var = _tensor((1 - m) * var + m * a.var(axis=0, ddof=1, keepdims=True)",
        "running_statistics_keep_an_axis",
    ),
    # in_place
    ("in_place", "    out = x.clone()\n    out -= mean", "    out = x\n    out -= mean", "forward_works_in_place"),
    ("in_place", "    out *= gamma\n    out += beta\n", "", "scale_and_shift_left_out"),
    ("in_place", "    dx -= x_hat.mul_(dgamma / n)\n", "", "path_through_the_variance_missing"),
    ("in_place", "    dx *= gamma\n", "", "dx_without_gamma"),
    ("in_place", "var *= len(x) / (len(x) - 1)", "pass", "running_variance_biased"),
    ("in_place", "grad.masked_fill_(self.activations[i] == 0, 0)", "pass", "relu_forgotten_in_backward"),
    (
        "in_place",
        "                norm.gamma.sub_(dgamma, alpha=lr)\n                norm.beta.sub_(dbeta, alpha=lr)",
        "                pass",
        "scale_and_shift_never_trained",
    ),
    ("in_place", "grad.div_(len(rows))", "grad", "loss_gradient_not_averaged"),
    ("in_place", "torch.zeros_like(gamma), torch.ones_like(gamma)", "torch.zeros_like(gamma), torch.zeros_like(gamma)", "running_variance_starts_at_zero"),
    ("in_place", "    out *= gamma\n    out += beta\n", "    out += beta\n", "scale_left_out"),
    ("in_place", "            self.running_mean.mul_(1 - self.momentum).add_(mean, alpha=self.momentum)\n            self.running_var.mul_(1 - self.momentum).add_(var", "            self.running_mean.add_(mean, alpha=self.momentum)\n            self.running_var.add_(var", "running_statistics_summed"),
    (
        "in_place",
        "    def forward(self, x):\n        self.kept = x\n        if self.training:\n            mean, var = batch_statistics(x)\n"
        "            var *= len(x) / (len(x) - 1)\n"
        "            self.running_mean.mul_(1 - self.momentum).add_(mean, alpha=self.momentum)\n"
        "            self.running_var.mul_(1 - self.momentum).add_(var, alpha=self.momentum)\n",
        "    def forward(self, x):\n        self.kept = x\n        mean, var = batch_statistics(x)\n"
        "        var *= len(x) / (len(x) - 1)\n"
        "        self.running_mean.mul_(1 - self.momentum).add_(mean, alpha=self.momentum)\n"
        "        self.running_var.mul_(1 - self.momentum).add_(var, alpha=self.momentum)\n"
        "        if self.training:\n",
        "evaluation_moves_the_statistics",
    ),
    (
        "in_place",
        "        self.kept = x\n        if self.training:\n",
        "        if self.training:\n            self.kept = x\n",
        "input_kept_in_training_only",
    ),
    # class_based
    ("class_based", "return grad - grad.mean(dim=0)", "return grad", "path_through_the_mean_missing"),
    (
        "class_based",
        "grad * self.inverse + through_inverse * 2 / len(grad) * self.centred",
        "grad * self.inverse",
        "path_through_the_variance_missing",
    ),
    (
        "class_based",
        "through_inverse = torch.sum(grad * self.centred, dim=0)",
        "through_inverse = torch.sum(grad * self.centred)",
        "backward_sums_the_variance_path_over_features",
    ),
    (
        "class_based",
        "torch.pow(self.var + self.eps, -0.5)",
        "1 / (torch.sqrt(self.var) + self.eps)",
        "eps_outside_the_root",
    ),
    (
        "class_based",
        "training_chain(self.gamma, self.beta, self.eps)",
        "training_chain(self.gamma, self.beta, 1e-5)",
        "layer_eps_fixed",
    ),
    (
        "class_based",
        "self.dgamma, self.dbeta = torch.sum(grad * self.x_hat, dim=0), torch.sum(grad, dim=0)",
        "self.dgamma, self.dbeta = torch.mean(grad * self.x_hat, dim=0), torch.mean(grad, dim=0)",
        "gradients_averaged",
    ),
    ("class_based", "steps += [linear, layer, Relu()]", "steps += [linear, Relu(), layer]", "norm_after_the_relu"),
    ("class_based", "    network.set_training(True)\n    descent", "    descent", "training_trusts_the_mode"),
    ("class_based", "        self.running_mean = self.running_mean + self.momentum * (centre.mean - self.running_mean)\n", "", "running_mean_never_moves"),
    (
        "class_based",
        "images.transpose(0, 1).flatten(1).T",
        "images.reshape(-1, images.shape[1])",
        "channels_mixed_by_reshaping",
    ),
    (
        "class_based",
        "log_probs = logits - logits.amax(1, keepdim=True)",
        "log_probs = logits",
        "scores_exponentiated_as_they_are",
    ),
]
