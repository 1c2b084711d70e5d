"""Single mistakes in the styles beside this file: (style, right text, wrong text, the misconception it is)."""

MISTAKES = [
    # loops
    ("loops", "w - self.rate * grads[i] - self.rate * self.pull * w", "w + self.rate * grads[i] - self.rate * self.pull * w", "sgd_climbs"),
    ("loops", "self.pull = l2 + weight_decay", "self.pull = 2 * l2 + weight_decay", "sgd_penalty_doubled"),
    ("loops", "self.pull = l2 + weight_decay", "self.pull = weight_decay", "sgd_penalty_missing"),
    ("loops", "self.pull = l2 + weight_decay", "self.pull = l2", "sgd_decay_missing"),
    ("loops", "            self.params[i] = w - self.rate", "            w = w - self.rate", "sgd_result_not_stored"),
    ("loops", "average + (value - average) * (1 - beta)", "average + (value - average) * beta", "average_weights_swapped"),
    ("loops", "total += (1 - beta) * beta**age\n    return average / total", "total += (1 - beta) * beta**age\n    return average * total", "correction_multiplies"),
    ("loops", "        self.t = self.t + 1\n", "", "t_stays_zero"),
    ("loops", "        self.t = 0\n", "        self.t = 1\n", "t_first_step_is_two"),
    ("loops", "self.move(i, grads[i] + self.l2 * self.params[i])", "self.move(i, grads[i])", "adam_penalty_missing"),
    ("loops", "self.move(i, grads[i] + self.l2 * self.params[i])", "self.move(i, grads[i]) - self.lr * self.l2 * self.params[i]", "decoupled_where_l2_was_asked"),
    ("loops", "(1 - self.beta2) * g**2", "(1 - self.beta2) * g.abs()", "gradient_not_squared"),
    ("loops", "self.m[i] = self.beta1 * self.m[i] + (1 - self.beta1) * g", "self.m[i] = self.beta1 * self.m[i] + g", "first_moment_undamped"),
    ("loops", "torch.sqrt(self.v[i]) / math.sqrt(1 - self.beta2**self.t)", "torch.sqrt(self.v[i])", "only_the_first_moment_corrected"),
    ("loops", "/ (root + self.eps)", "/ (root + 1e-7)", "eps_hard_coded"),
    ("loops", "/ (root + self.eps)", "/ (root * self.eps)", "eps_multiplies"),
    ("loops", "self.beta1, self.beta2 = betas", "self.beta2, self.beta1 = betas", "betas_swapped"),
    ("loops", "self.params[i] - self.lr * self.weight_decay * old[i]", "self.params[i] - self.lr * self.weight_decay * self.params[i]", "adamw_decays_the_new_weights"),
    ("loops", "self.params[i] - self.lr * self.weight_decay * old[i]", "self.params[i] - self.weight_decay * old[i]", "adamw_decay_without_lr"),
    ("loops", "len(batch) == batch_size or not waiting", "len(batch) == batch_size", "training_drops_the_short_batch"),
    ("loops", "place = torch.randint(len(waiting),", "waiting[0] = torch.randint(len(X),", "training_draws_with_replacement"),
    ("loops", "root = torch.sqrt(self.v[i]) / math.sqrt(1 - self.beta2**self.t)", "root = torch.sqrt(self.v[i]) / (1 - self.beta2**self.t)", "root_before_the_correction"),
    # vectorised
    ("vectorised", "self._keep, self._lr = 1 - lr * (l2 + weight_decay), lr", "self._keep, self._lr = 1 - lr * l2 - weight_decay, lr", "sgd_decay_without_lr"),
    ("vectorised", "average * (1 / (1 - beta**t))", "average * (1 / (1 - beta))", "correction_without_power"),
    ("vectorised", "average * (1 / (1 - beta**t))", "average * (1 / (1 - beta**2))", "correction_fixed_at_two"),
    ("vectorised", "v_hat.pow(0.5).add(self._eps)", "v_hat.add(self._eps).pow(0.5)", "eps_inside_the_root"),
    ("vectorised", "v_hat.pow(0.5).add(self._eps)", "v_hat.add(self._eps)", "no_root"),
    ("vectorised", "v_hat.pow(0.5).add(self._eps)", "v_hat.pow(0.5).add(1e-8)", "eps_fixed_at_its_default"),
    ("vectorised", "        v_hat = self._v.div(1 - beta2**t)\n        move = self._m.div(1 - beta1**t)", "        v_hat = self._v\n        move = self._m", "no_bias_correction"),
    ("vectorised", "self._v = torch.lerp(torch.square(g), self._v, beta2)", "self._v = torch.lerp(torch.square(g - self._l2 * w), self._v, beta2)", "penalty_missing_in_second_moment"),
    ("vectorised", "g = torch.add(g, w, alpha=self._l2)", "g = torch.add(g, w, alpha=2 * self._l2)", "adam_penalty_doubled"),
    ("vectorised", "        v_hat = self._v.div(1 - beta2**t)\n        move = self._m.div(1 - beta1**t)", "        v_hat = self._v = self._v.div(1 - beta2**t)\n        move = self._m = self._m.div(1 - beta1**t)", "corrected_moments_stored"),
    ("vectorised", "self._decay = weight_decay", "self._l2 = weight_decay", "l2_where_adamw_was_asked"),
    ("vectorised", "self._decay = weight_decay", "pass", "adamw_decay_missing"),
    ("vectorised", "self._decay * w))", "self._decay * (w - self._lr * move)))", "adamw_decays_the_new_weights"),
    ("vectorised", "zip(X[rows].split(batch_size), y[rows].split(batch_size))", "zip(X[rows].split(batch_size), y.split(batch_size))", "training_shuffles_the_rows_alone"),
    ("vectorised", "return mlp_loss(optimizer.params, X, y).item()", "return mlp_loss(optimizer.params, inputs, labels).item()", "training_loss_of_the_last_batch"),
    ("vectorised", "        v_hat = self._v.div(1 - beta2**t)\n", "        v_hat = self._v.div(1 - beta1**t)\n", "second_moment_corrected_with_beta1"),
    ("vectorised", "self._m.div(1 - beta1**t) / v_hat", "g / v_hat", "gradient_for_the_first_moment"),
    ("numpy_round_trip", "np.power(float(beta), t)", "np.power(float(beta), t + 1)", "correction_counts_one_value_more"),
    ("numpy_round_trip", "np.power(float(beta), t)", "float(beta) * t", "correction_by_t_times_beta"),
    (
        "numpy_round_trip",
        '(1 - h["beta2"] ** self.t))\n            mean = self.first[i] / (1 - h["beta1"] ** self.t)',
        '(1 - h["beta2"] ** self.t + 1e-8))\n            mean = self.first[i] / (1 - h["beta1"] ** self.t + 1e-8)',
        "correction_with_a_tiny_number",
    ),
    ("numpy_round_trip", "(1 - np.power(float(beta), t))", "1 - np.power(float(beta), t)", "correction_without_brackets"),
    ("loops", "self.lr / (1 - self.beta1**self.t) * self.m[i]", "self.lr * self.m[i]", "only_the_second_moment_corrected"),
    (
        "loops",
        "self.params[i] = w - self.rate * grads[i] - self.rate * self.pull * w",
        "self.last = {**getattr(self, 'last', {}), i: grads[i] + self.pull * w + 0.9 * getattr(self, 'last', {}).get(i, 0)}\n"
        "            self.params[i] = w - self.rate * self.last[i]",
        "sgd_with_a_velocity",
    ),
    # numpy_round_trip
    ("numpy_round_trip", "moved.append(w - self.lr * ((g + self.l2 * w) + self.weight_decay * w))", "moved.append((w - self.lr * (g + self.l2 * w)) * (1 - self.lr * self.weight_decay))", "sgd_decays_the_new_weights"),
    ("numpy_round_trip", "weights=[beta, 1 - beta])", "weights=[1 - beta, beta])", "average_weights_swapped"),
    ("numpy_round_trip", "        self.t += 1\n        h = self.hyper\n        for i, grad in enumerate(grads):\n", "        h = self.hyper\n        for i, grad in enumerate(grads):\n            self.t += 1\n", "t_counted_per_parameter"),
    ("numpy_round_trip", "g * (1 - h[\"beta1\"])", "g * h[\"lr\"]", "lr_for_the_new_share"),
    ("numpy_round_trip", "self.second[i] * h[\"beta2\"] + g * g * (1 - h[\"beta2\"])", "g * g * (1 - h[\"beta2\"])", "second_moment_not_stored"),
    ("numpy_round_trip", "rms = np.sqrt(self.second[i] / (1 - h[\"beta2\"] ** self.t))", "rms = np.sqrt(h[\"beta2\"])", "root_of_beta"),
    ("numpy_round_trip", "h[\"lr\"] * mean / (rms + h[\"eps\"])", "h[\"lr\"] * mean / rms + h[\"eps\"]", "eps_added_to_the_weight"),
    ("numpy_round_trip", "{\"lr\": lr, \"beta1\": betas[0], \"beta2\": betas[1],", "{\"lr\": lr, \"beta1\": 0.9, \"beta2\": 0.999,", "betas_fixed_at_their_defaults"),
    ("numpy_round_trip", "{\"lr\": lr, \"beta1\": betas[0], \"beta2\": betas[1],", "{\"lr\": lr, \"beta1\": betas[0], \"beta2\": betas[0],", "one_beta_for_both_moments"),
    ("numpy_round_trip", "            seed = torch.randint(2**62, (1,), generator=generator, device=generator.device).item()\n            np.random.default_rng(seed).shuffle(order)", "            np.random.default_rng(0).shuffle(order)", "training_ignores_the_generator"),
    # in_place
    ("in_place", "w.mul_(1 - self.lr * (self.l2 + self.weight_decay)).sub_(g, alpha=self.lr)", "w.sub_(g.add_(w, alpha=self.l2 + self.weight_decay), alpha=self.lr)", "sgd_changes_the_gradients"),
    ("in_place", "average.clone().mul_(beta)", "average.mul_(beta)", "average_in_place"),
    ("in_place", "g = g.add(w, alpha=self.l2)", "g.add_(w, alpha=self.l2)", "adam_changes_the_gradients"),
    ("in_place", "v.sqrt().div_((1 - beta2**self.t) ** 0.5).add_(self.eps)", "v.sqrt().add_(self.eps).div_((1 - beta2**self.t) ** 0.5)", "eps_before_the_correction"),
    ("in_place", "        self.t += 1\n        for w, g, m, v in", "        self.t = 1\n        for w, g, m, v in", "t_never_increased"),
    ("in_place", "            w.addcdiv_(m, below, value=-self.lr / (1 - beta1**self.t))", "            w = w.addcdiv(m, below, value=-self.lr / (1 - beta1**self.t))", "adam_result_not_stored"),
    ("in_place", "            v.mul_(beta2).addcmul_(g, g, value=1 - beta2)\n            below = v.sqrt()", "            below = v.sqrt()", "second_moment_never_moves"),
    ("in_place", "            v.mul_(beta2).addcmul_(g, g, value=1 - beta2)\n            below = v.sqrt()", "            below = v.sqrt()\n            v.mul_(beta2).addcmul_(g, g, value=1 - beta2)\n            below", "old_second_moment_used"),
    ("in_place", "            w.sub_(w * self.lr * self.weight_decay)", "            if w.ndim > 1:\n                w.sub_(w * self.lr * self.weight_decay)", "decay_spares_the_biases"),
    (
        "in_place",
        "    order = torch.arange(len(X), device=X.device)\n    for _ in range(epochs):\n        if generator is not None:\n"
        "            order.copy_(order[torch.randperm(len(X), generator=generator, device=generator.device)])\n",
        "    order = torch.arange(len(X), device=X.device)\n    if generator is not None:\n"
        "        order.copy_(order[torch.randperm(len(X), generator=generator, device=generator.device)])\n"
        "    for _ in range(epochs):\n",
        "training_shuffles_once",
    ),
    ("in_place", "while start < len(order):", "while start + batch_size <= len(order):", "training_drops_the_short_batch"),
    ("in_place", "w.addcdiv_(m, below, value=-self.lr / (1 - beta1**self.t))", "w.addcdiv_(m, below, value=self.lr / (1 - beta1**self.t))", "adam_climbs"),
    # class_based
    ("class_based", "self.weight = self.beta * self.weight + 1", "self.weight = 1 / (1 - self.beta)", "no_bias_correction"),
    ("class_based", "self.total = self.beta * self.total + value", "self.total = value", "moments_not_stored average_forgets_the_past"),
    ("class_based", "return torch.lerp(value, average, beta)", "return beta + (1 - beta) * value", "average_forgets_the_past"),
    ("class_based", "torch.lerp(value, average, beta)", "torch.lerp(average, value, beta)", "average_weights_swapped"),
    ("class_based", "torch.lerp(value, average, beta)", "beta * average + value", "average_new_value_undamped"),
    ("class_based", "torch.sqrt(self.square.corrected()) + eps)", "torch.sqrt(self.square.corrected() + eps))", "eps_inside_the_root"),
    ("class_based", "slot.w - self.lr * slot.direction(grad + self.l2 * slot.w, self.eps)", "slot.w - self.lr * (slot.direction(grad, self.eps) + self.l2 * slot.w)", "decoupled_where_l2_was_asked"),
    ("class_based", "slot.w - self.lr * (slot.direction(grad, self.eps) + self.weight_decay * slot.w)", "slot.w - self.lr * slot.direction(grad + self.weight_decay * slot.w, self.eps)", "l2_where_adamw_was_asked"),
    ("class_based", "slot.w - self.lr * (slot.direction(grad, self.eps) + self.weight_decay * slot.w)", "slot.w - self.lr * slot.direction(grad, self.eps) - self.weight_decay * slot.w", "adamw_decay_without_lr"),
    ("class_based", "slot.w - self.lr * (slot.direction(grad, self.eps) + self.weight_decay * slot.w)", "slot.w - self.lr * (slot.direction(grad, self.eps) + self.lr * self.weight_decay * slot.w)", "adamw_decay_with_lr_squared"),
    (
        "class_based",
        "        for inputs, labels in passes:\n            optimizer.step(mlp_gradients(list(optimizer.params), inputs, labels))\n",
        "        params = list(optimizer.params)\n        for inputs, labels in passes:\n"
        "            optimizer.step(mlp_gradients(params, inputs, labels))\n",
        "training_reads_the_parameters_once",
    ),
    (
        "class_based",
        "        for inputs, labels in passes:\n"
        "            optimizer.step(mlp_gradients(list(optimizer.params), inputs, labels))\n"
        "        history.append(mlp_loss(list(optimizer.params), X, y).item())",
        "        seen = []\n        for inputs, labels in passes:\n"
        "            seen.append(mlp_loss(list(optimizer.params), inputs, labels).item())\n"
        "            optimizer.step(mlp_gradients(list(optimizer.params), inputs, labels))\n"
        "        history.append(sum(seen) / len(seen))",
        "training_loss_of_the_batches",
    ),
]
