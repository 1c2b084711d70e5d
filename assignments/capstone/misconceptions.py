"""Known mistakes: parts that are not what they were asked to be, and parts that are put together in a wrong way."""

from autograder.checking import added, change, misconception


def of(part, code):
    """A part that came out wrong: a definition in the place of the one that is imported."""
    return added(f"{part}_as_it_was = {part}\n\n\n{code}")


# Your own parts.

misconception("linear_without_its_bias", of("linear", "def linear(X, W, b):\n    return X @ W")).says(
    "Your linear layer leaves its bias out: what does softmax_backprop.py add to X @ W?"
)
misconception(
    "linear_bias_gradient_averaged",
    of(
        "linear_backward",
        "def linear_backward(grad, X, W):\n    return grad @ W.T, X.T @ grad, grad.mean(dim=0)",
    ),
).says("The gradient of the bias is a mean over the rows: does b serve every row, and is the loss divided already?")
misconception(
    "cross_entropy_summed",
    of(
        "cross_entropy",
        "def cross_entropy(logits, labels):\n    return len(labels) * cross_entropy_as_it_was(logits, labels)",
    ),
).says("Your loss grows with the number of rows: is it a mean over them?")
misconception(
    "cross_entropy_gradient_not_averaged",
    of(
        "cross_entropy_backward",
        "def cross_entropy_backward(logits, labels):\n"
        "    return len(labels) * cross_entropy_backward_as_it_was(logits, labels)",
    ),
).says("The gradient of the loss is as many times too large as there are rows: where does the mean come in?")
misconception(
    "slope_of_the_value",
    of("tanh_derivative", "def tanh_derivative(z):\n    return tanh_derivative_as_it_was(tanh(z))"),
).says("The derivative of tanh is taken at the value of tanh: which argument does it expect?")
misconception("leak_left_out", of("leaky_relu", "def leaky_relu(z, leak=0.01):\n    return z.clamp(min=0)")).says(
    "Below 0 your leaky ReLU is 0: where has the leak gone?"
)
misconception(
    "spread_without_the_root",
    of(
        "kaiming_normal",
        "def kaiming_normal(shape, generator, **how):\n"
        "    return kaiming_normal_as_it_was(shape, generator, **how) * (shape[1] ** -0.5)",
    ),
).says("The spread of your weights is far too small: is a root missing?")
misconception(
    "xavier_by_the_inputs_alone",
    of(
        "xavier_normal",
        "def xavier_normal(shape, generator, **how):\n    return kaiming_normal(shape, generator, **how)",
    ),
).says("Your Xavier initialisation has the spread of Kaiming's: do both fans count?")
misconception(
    "batch_norm_always_by_the_batch",
    of(
        "BatchNorm",
        "class BatchNorm(BatchNorm_as_it_was):\n"
        "    def forward(self, x):\n"
        "        before = self.training\n"
        "        self.training = True\n"
        "        out = BatchNorm_as_it_was.forward(self, x)\n"
        "        self.training = before\n"
        "        return out",
    ),
).says("Your batch norm takes the batch's statistics in evaluation mode too: what are the running ones for?")
misconception(
    "layer_norm_over_the_rows",
    of(
        "LayerNorm",
        "class LayerNorm(LayerNorm_as_it_was):\n"
        "    def forward(self, x):\n"
        "        self._x = x\n"
        "        centred = x - x.mean(0)\n"
        "        return self.gamma * centred / (x.var(0, correction=0) + self.eps).sqrt() + self.beta",
    ),
).says("Your layer norm takes its statistics over the rows: over which axis are they in layer_norm.py?")
misconception(
    "dropout_not_scaled",
    of(
        "Dropout",
        "class Dropout(Dropout_as_it_was):\n"
        "    def forward(self, x):\n"
        "        out = Dropout_as_it_was.forward(self, x)\n"
        "        return out * (1 - self.p) if self.training else out",
    ),
).says("What dropout keeps is as large as before: who makes up for what is dropped?")
misconception(
    "decay_left_out",
    of(
        "AdamW",
        "class AdamW(AdamW_as_it_was):\n"
        "    def __init__(self, params, lr=1e-3, **how):\n"
        "        AdamW_as_it_was.__init__(self, params, lr, **how)\n"
        "        self.weight_decay = 0.0",
    ),
).says("Your AdamW does not shrink the weights: where does the decay come in?")
misconception(
    "rate_of_the_beginning",
    of(
        "SGD",
        "class SGD(SGD_as_it_was):\n"
        "    def __init__(self, params, lr, **how):\n"
        "        SGD_as_it_was.__init__(self, params, lr, **how)\n"
        "        self.first_lr = lr\n\n"
        "    def step(self, grads):\n"
        "        self.lr = self.first_lr\n"
        "        SGD_as_it_was.step(self, grads)",
    ),
).says("Your SGD keeps the rate that it was made with: does a step look at `lr` as it is now?")
misconception(
    "cosine_never_restarts",
    of(
        "cosine_restarts",
        "def cosine_restarts(step, *, lr, lr_min, period, factor=1):\n"
        "    step = torch.as_tensor(step, dtype=torch.float64)\n"
        "    return lr_min + (lr - lr_min) * (1 + torch.cos(torch.pi * step / period)) / 2",
    ),
).says("Behind its period your cosine rises again instead of starting anew: how far is a step into its period?")
misconception(
    "warm_up_begins_with_nothing",
    of(
        "warmed_up",
        "def warmed_up(step, *, schedule, warmup):\n"
        "    step = torch.as_tensor(step, dtype=torch.float64)\n"
        "    goal = schedule(torch.zeros_like(step))\n"
        "    following = schedule((step - warmup).clamp(min=0))\n"
        "    return torch.where(step < warmup, step / warmup * goal, following)",
    ),
).says("The first step of your warm-up has the rate 0: which share of the goal is step 0?")
misconception(
    "best_kept_by_reference",
    of(
        "EarlyStopping",
        "class EarlyStopping(EarlyStopping_as_it_was):\n    def restore(self, params):\n        return list(params)",
    ),
).says("Your early stopping gives back what it was handed last: where does it keep the best parameters?")

# One network of all parts.

misconception(
    "activation_before_the_normalisation",
    change(
        "Network.forward",
        """            if self.norms:
                z = self.norms[i].forward(z)
            self._sums.append(z)
            self._inputs.append(self.dropouts[i].forward(activate(z)))
""",
        """            self._sums.append(z)
            a = activate(z)
            if self.norms:
                a = self.norms[i].forward(a)
            self._inputs.append(self.dropouts[i].forward(a))
""",
    ),
    change(
        "Network.backward",
        """                grad = self.dropouts[i].backward(grad) * slope(self._sums[i])
                if self.norms:
                    grad, dgamma, dbeta = self.norms[i].backward(grad)
                    of_layer = [dgamma, dbeta]
""",
        """                grad = self.dropouts[i].backward(grad)
                if self.norms:
                    grad, dgamma, dbeta = self.norms[i].backward(grad)
                    of_layer = [dgamma, dbeta]
                grad = grad * slope(self._sums[i])
""",
    ),
).says("Your network normalises what the activation gives: which of the two comes first in a hidden layer?")
misconception(
    "activation_on_the_logits",
    change(
        "Network.forward",
        "        return linear(self._inputs[-1], self.weights[-1], self.biases[-1])",
        "        return activate(linear(self._inputs[-1], self.weights[-1], self.biases[-1]))",
    ),
).says("The logits went through the activation: may a logit be negative?")
misconception(
    "activation_left_out",
    change("Network.forward", "forward(activate(z))", "forward(z)"),
    # Where the way back follows from the way there, it lacks the slope too.
    forms=[
        [
            change("Network.forward", "forward(activate(z))", "forward(z)"),
            change("Network.backward", "backward(grad) * slope(self._sums[i])", "backward(grad)"),
        ]
    ],
).says("Between your linear layers nothing bends: where is the activation?")
misconception(
    "dropout_on_the_logits",
    change(
        "Network.forward",
        "        return linear(self._inputs[-1], self.weights[-1], self.biases[-1])",
        "        logits = linear(self._inputs[-1], self.weights[-1], self.biases[-1])\n"
        "        return self.dropouts[-1].forward(logits) if self.dropouts else logits",
    ),
).says("Logits are dropped too: behind which layers does dropout stand?")
misconception(
    "dropout_left_out",
    change(
        "Network.forward",
        "self._inputs.append(self.dropouts[i].forward(activate(z)))",
        "self._inputs.append(activate(z))",
    ),
).says("In training mode nothing is dropped: is each Dropout asked on the way?")
misconception(
    "dropouts_stand_aside",
    change(
        "Network.forward",
        "self._inputs.append(self.dropouts[i].forward(activate(z)))",
        "self._inputs.append(activate(z))",
    ),
    change("Network.backward", "self.dropouts[i].backward(grad) * slope", "grad * slope"),
    change("Network.set_mode", "(*self.norms, *self.dropouts)", "self.norms"),
).says("Your dropouts are asked for nothing, and no mode reaches them: do they stand among the parts of the network?")
misconception(
    "dropout_forgotten_on_the_way_back",
    change("Network.backward", "self.dropouts[i].backward(grad) * slope", "grad * slope"),
).says("On the way back the masks are forgotten: does a gradient reach what was dropped?")
misconception(
    "slope_at_the_value",
    change("Network.backward", "slope(self._sums[i])", "slope(self._inputs[i + 1])"),
).says("The slope is taken at what the activation gave: at which numbers does it belong?")
misconception(
    "slope_left_out",
    change(
        "Network.backward", "self.dropouts[i].backward(grad) * slope(self._sums[i])", "self.dropouts[i].backward(grad)"
    ),
).says("On the way back the activation is passed over: what does the chain rule multiply by there?")
misconception(
    "normalisation_passed_over",
    change(
        "Network.backward",
        "grad, dgamma, dbeta = self.norms[i].backward(grad)",
        "_, dgamma, dbeta = self.norms[i].backward(grad)",
    ),
).says("On the way back the normalisation is passed over: what does its backward give besides dgamma and dbeta?")
misconception(
    "gradients_from_the_last_layer_on",
    change("Network.backward", "grads = [dW, *of_layer, *grads]", "grads = [*grads, dW, *of_layer]"),
).says("The gradients stand from the last layer to the first: which order does `parameters` have?")
misconception(
    "gamma_and_beta_exchanged",
    change("Network.backward", "of_layer = [dgamma, dbeta]", "of_layer = [dbeta, dgamma]"),
).says("The gradients of gamma and beta are exchanged: in which order does your norm give them?")
misconception(
    "bias_gradient_though_there_is_none",
    change(
        "Network.backward",
        "            if self.bias:\n                of_layer.insert(0, db)",
        "            of_layer.insert(0, db)",
    ),
).says("A network without biases has gradients for some: how long is the list of `parameters`?")
misconception(
    "bias_though_it_is_off",
    change(
        "Network.parameters",
        "            if self.bias:\n                in_order.append(self.biases[i])",
        "            in_order.append(self.biases[i])",
    ),
    change(
        "Network.set_parameters",
        "            if self.bias:\n                self.biases[i] = next(following)",
        "            self.biases[i] = next(following)",
    ),
    change(
        "Network.backward",
        "            if self.bias:\n                of_layer.insert(0, db)",
        "            of_layer.insert(0, db)",
    ),
).says("With bias=False your network still has biases: what does the setting change?")
misconception(
    "last_layer_for_an_activation",
    change("Network.__init__", '"linear" if i == self._last else activation', "activation"),
).says("The last weight has the gain of the activation: what follows the last layer?")
misconception(
    "every_layer_for_a_relu",
    change(
        "Network.__init__", '"linear" if i == self._last else activation', '"linear" if i == self._last else "relu"'
    ),
).says("The weights have ReLU's gain whatever the activation: is its name handed on?")
misconception(
    "every_layer_for_no_activation",
    change("Network.__init__", '"linear" if i == self._last else activation', '"linear"'),
).says("The weights have no gain: which activation follows a hidden layer?")
misconception(
    "init_ignored",
    change("Network.__init__", "INITIALISATIONS[init]((h, d)", "kaiming_normal((h, d)"),
).says("The weights are Kaiming's though Xavier's were asked for: is `init` looked at?")
misconception(
    "fans_exchanged",
    change("Network.__init__", "INITIALISATIONS[init]((h, d), generator", "INITIALISATIONS[init]((d, h), generator"),
    change("Network.__init__", "self.weights.append(weight.T.contiguous())", "self.weights.append(weight)"),
).says("The spread follows the wrong fan: which size comes first in a shape of kaiming_normal?")
misconception(
    "one_seed_for_all_layers",
    change(
        "Network.__init__",
        "        for i, (d, h) in enumerate(pairwise(sizes)):\n",
        """        seed = generator.initial_seed()
        for i, (d, h) in enumerate(pairwise(sizes)):
            generator.manual_seed(seed)
""",
    ),
).says("Layers of one shape begin with the same weights: is the generator set back for each?")
misconception(
    "generator_of_its_own",
    change(
        "Network.__init__",
        "        _known(activation, ACTIVATIONS)\n",
        "        _known(activation, ACTIVATIONS)\n        generator = torch.Generator().manual_seed(0)\n",
    ),
).says("Every network begins with the same weights: is the generator that you were given used?")
misconception(
    "names_not_looked_at",
    change(
        "Network.__init__",
        "        _known(activation, ACTIVATIONS)\n",
        '        activation = activation if activation in ACTIVATIONS else "relu"\n',
    ),
).says("A name that does not exist is taken for another one: who tells somebody who mistypes?")
misconception(
    "norms_keep_their_mode",
    change("Network.set_mode", "(*self.norms, *self.dropouts)", "self.dropouts"),
).says("Batch norms do not learn that the mode has changed: which parts of the network have one?")
misconception(
    "dropouts_keep_their_mode",
    change("Network.set_mode", "(*self.norms, *self.dropouts)", "self.norms"),
).says("In evaluation mode entries are dropped: which parts of the network have a mode?")
misconception(
    "mode_not_noted",
    change("Network.set_mode", "        self.training = bool(training)\n", ""),
).says("The attribute `training` does not follow set_mode: who reads it later?")
misconception(
    "gamma_and_beta_not_set",
    change(
        "Network.set_parameters",
        "                self.norms[i].gamma, self.norms[i].beta = next(following), next(following)",
        "                next(following), next(following)",
    ),
).says("Gamma and beta stay what they were: where do the norms keep them?")
misconception(
    "statistics_not_in_the_state",
    change("Network.state", "return self.parameters() + statistics", "return self.parameters()"),
).says("A state lacks the running statistics: what else does a prediction depend on?")
misconception(
    "statistics_not_loaded",
    change(
        "Network.load_state",
        "                each.running_mean, each.running_var = next(statistics), next(statistics)",
        "                pass",
    ),
).says("A state that is loaded does not bring its running statistics back: who puts them into the batch norms?")
misconception(
    "mean_and_variance_exchanged",
    change(
        "Network.load_state",
        "each.running_mean, each.running_var = next(statistics), next(statistics)",
        "each.running_var, each.running_mean = next(statistics), next(statistics)",
    ),
).says("Running mean and variance are exchanged when a state is loaded: which comes first in `state`?")

# How good is it?

misconception(
    "evaluated_in_training_mode",
    change("evaluate", "    network.set_mode(training=False)\n    logits", "    logits"),
).says("Your network is rated in training mode: which mode is it used in?")
misconception(
    "left_in_evaluation_mode",
    change("evaluate", "    network.set_mode(training=before)\n", ""),
).says("After evaluate the network stays in evaluation mode: in which mode did it come?")
misconception(
    "always_back_to_training",
    change("evaluate", "network.set_mode(training=before)", "network.set_mode(training=True)"),
).says("After evaluate the network is in training mode, whatever it was before: did you look first?")
misconception(
    "accuracy_in_per_cent",
    change(
        "evaluate",
        "(logits.argmax(dim=1) == y).double().mean().item()",
        "100 * (logits.argmax(dim=1) == y).double().mean().item()",
    ),
).says("The accuracy is a hundred times too large: is it a share or per cent?")
misconception(
    "right_rows_counted",
    change(
        "evaluate", "(logits.argmax(dim=1) == y).double().mean().item()", "float((logits.argmax(dim=1) == y).sum())"
    ),
).says("The accuracy is the number of right rows: of how many?")
misconception(
    "loss_stays_a_tensor",
    change("evaluate", "cross_entropy(logits, y).item()", "cross_entropy(logits, y)"),
).says("The loss is a tensor: how does a Python float come out of it?")
misconception(
    "gradient_of_the_probabilities",
    change(
        "loss_and_gradients",
        "network.backward(cross_entropy_backward(logits, y))",
        "network.backward(cross_entropy_backward(logits, y) * len(y))",
    ),
).says(
    "All gradients are as many times too large as there are rows: is the mean taken into account twice, or not at all?"
)

# Training, and when to stop.

misconception(
    "new_tensors_not_taken_back",
    change("fit", "            network.set_parameters(optimizer.params)\n", ""),
).says("The network does not move: whose tensors did the optimizer replace?")
misconception(
    "schedule_asked_once_an_epoch",
    change("fit", "            step += 1\n", ""),
    change("fit", "        measured = (", "        step += 1\n        measured = ("),
).says("The schedule is asked for the number of the epoch: does it count steps or epochs?")
misconception(
    "schedule_begins_with_one",
    change("fit", "    step = 0\n", "    step = 1\n"),
).says("The schedule is asked for step 1 first: from which number are steps counted?")
misconception(
    "count_begins_anew",
    change("fit", "    for _ in range(epochs):\n", "    for _ in range(epochs):\n        step = 0\n"),
).says("In each epoch the schedule is asked for step 0 again: over what does the count go on?")
misconception(
    "rate_set_after_the_step",
    change(
        "fit",
        """            if schedule is not None:
                optimizer.lr = float(schedule(step))
            optimizer.step(grads)
""",
        """            optimizer.step(grads)
            if schedule is not None:
                optimizer.lr = float(schedule(step))
""",
    ),
).says("Each step has the rate of the one before: when is the schedule asked?")
misconception(
    "schedule_not_used",
    change("fit", "optimizer.lr = float(schedule(step))", "float(schedule(step))"),
).says("The schedule is asked, and nothing follows from it: where does the optimizer keep its rate?")
misconception(
    "shuffled_once",
    change(
        "fit",
        """    for _ in range(epochs):
        order = torch.randperm(len(X), generator=generator, device=generator.device).to(X.device)
""",
        "    order = torch.arange(len(X))\n    for _ in range(epochs):\n",
    ),
).says("The rows come in the same order whatever the generator: who shuffles them?")
misconception(
    "short_batch_dropped",
    change(
        "fit",
        "order.split(batch_size):\n",
        "order.split(batch_size):\n            if len(rows) < min(batch_size, len(X)):\n                continue\n",
    ),
).says("The last, shorter batch is left out: does every row count once in an epoch?")
misconception(
    "labels_in_another_order",
    change("fit", "X[rows], y[rows])", "X[rows], y[: len(rows)])"),
).says("Rows meet labels that are not theirs: are both taken in the same order?")
misconception(
    "rows_drawn_again_and_again",
    change(
        "fit",
        "order = torch.randperm(len(X), generator=generator, device=generator.device).to(X.device)",
        "order = torch.randint(len(X), (len(X),), generator=generator)",
    ),
).says("In an epoch some rows come twice and others never: is the order a permutation?")
misconception(
    "history_in_training_mode",
    change(
        "fit",
        "        measured = (*evaluate(network, *train), *evaluate(network, *validation))\n",
        """        measured = []
        for rows_and_labels in (train, validation):
            logits = network.forward(rows_and_labels[0])
            measured.append(cross_entropy(logits, rows_and_labels[1]).item())
            measured.append((logits.argmax(dim=1) == rows_and_labels[1]).double().mean().item())
""",
    ),
).says("The history is measured in training mode: in which mode is a network rated?")
misconception(
    "history_from_before_the_epoch",
    change(
        "fit",
        "        order = torch.randperm",
        """        measured = (*evaluate(network, *train), *evaluate(network, *validation))
        order = torch.randperm""",
    ),
    change(
        "fit",
        "            step += 1\n        measured = (*evaluate(network, *train), *evaluate(network, *validation))\n",
        "            step += 1\n",
    ),
).says("Each entry of the history is that of the epoch before: when is it measured?")
misconception(
    "validation_measured_on_training_rows",
    change("fit", "*evaluate(network, *validation))", "*evaluate(network, *train))"),
).says("Training and validation have the same history: which rows is each measured on?")
misconception(
    "stopped_by_the_training_loss",
    change("fit", 'early_stopping.update(history["validation_loss"][-1]', 'early_stopping.update(history["loss"][-1]'),
).says("Early stopping looks at the rows that are learned from: which loss tells when to stop?")
misconception(
    "stopped_by_the_accuracy",
    change(
        "fit",
        'early_stopping.update(history["validation_loss"][-1]',
        'early_stopping.update(history["validation_accuracy"][-1]',
    ),
).says("Early stopping is told the accuracy, and takes a small one for good: what does it expect?")
misconception(
    "best_parameters_without_statistics",
    change("fit", "network.state()):\n", "network.parameters()):\n"),
    change(
        "fit",
        "network.load_state(early_stopping.restore(network.state()))",
        "network.set_parameters(early_stopping.restore(network.parameters()))",
    ),
).says("The best parameters meet the running statistics of the last epoch: what belongs to a state?")
misconception(
    "last_state_kept",
    change(
        "fit",
        "    if early_stopping is not None:\n        network.load_state(early_stopping.restore(network.state()))\n",
        "",
    ),
).says("Your network ends with its last parameters: who asks for the best ones?")
misconception(
    "restored_only_when_stopped",
    change(
        "fit",
        """            break
    if early_stopping is not None:
        network.load_state(early_stopping.restore(network.state()))
""",
        "            network.load_state(early_stopping.restore(network.state()))\n            break\n",
    ),
).says("The best state comes back only if training was stopped: and when the epochs are over?")
misconception(
    "never_stopped",
    change("fit", "            break\n", "            pass\n"),
).says("Training goes on although early stopping has said stop: what does `update` return?")
misconception(
    "trained_in_evaluation_mode",
    change("fit", "    network.set_mode(training=True)\n", ""),
).says("A network that comes in evaluation mode is trained in it: which mode does training need?")
misconception(
    "left_in_training_mode",
    change("fit", "    network.set_mode(training=False)\n", ""),
).says("After fit the network is in training mode: how will it be used next?")
misconception(
    "validation_learned_from",
    change(
        "fit",
        "    X, y = train\n",
        "    X, y = torch.cat([train[0], validation[0]]), torch.cat([train[1], validation[1]])\n",
    ),
).says("The validation rows are learned from: what are they kept for?")

# A network of your own.

misconception(
    "own_network_of_one_layer",
    change("my_network", "[d, 256, 128, k]", "[d, 1, k]"),
).says("Your network cannot tell the images apart: how many numbers does its hidden layer hold?")
misconception(
    "own_training_at_a_tiny_rate",
    change("my_training", "lr=3e-3, lr_min=1e-5", "lr=3e-8, lr_min=1e-8"),
    change("my_training", "lr=3e-3, weight_decay", "lr=3e-8, weight_decay"),
).says("Your training hardly moves the network: how large are its steps?")
misconception(
    "own_sizes_for_other_images",
    change("my_network", "[d, 256, 128, k]", "[784, 256, 128, 10]"),
    forms=[change("my_network", "[d, 256, 128, k]", "[64, 256, 128, 10]")],
).says("Your network has sizes of its own for the images: where do d and k come in?")
