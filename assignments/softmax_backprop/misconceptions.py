"""Known wrong answers: the change in the reference, the checks that fail with it, what the student reads."""

from autograder.checking import misconception

# Checks that often fail together.
STEPS = [
    "the_first_step_uses_the_full_learning_rate",
    "train_follows_the_batches_in_the_given_order",
    "shuffling_keeps_each_row_with_its_label",
    "a_longer_training_ends_where_autograd_does",
]
ACCURACY = [
    "training_reaches_the_accuracy",
    "training_reaches_the_accuracy_on_permuted_pixels",
]
MLP_BACKWARD = [
    "mlp_backward_agrees_with_autograd",
    "deep_and_square_networks_agree_with_autograd",
]
LOSS = [
    "cross_entropy_agrees_with_torch",
    "cross_entropy_counts_a_certain_mistake",
    "cross_entropy_holds_for_squares_and_large_logits",
]
LOSS_BACKWARD = [
    "cross_entropy_backward_agrees_with_autograd",
    "cross_entropy_backward_holds_for_squares_and_large_logits",
]
SOFTMAX = [
    "softmax_agrees_with_torch",
    "softmax_stays_finite_at_a_thousand",
    "softmax_treats_each_row_on_its_own",
    "softmax_holds_for_squares_and_large_scales",
]
LINEAR_BACKWARD = [
    "linear_backward_agrees_with_autograd",
    "layers_hold_for_squares_and_float32",
]
FAR_LOGSUMEXP = [
    "logsumexp_holds_for_far_rows_and_large_scales",
    "logsumexp_backward_holds_for_large_logits",
    "log_softmax_holds_for_squares_and_large_scales",
    "cross_entropy_holds_for_squares_and_large_logits",
]
PREDICT = [
    "predict_names_the_largest_logit",
    "predict_holds_for_squares_and_single_rows",
]

misconception(
    "logsumexp_not_shifted",
    edits=[("top = logits.amax(dim=1, keepdim=True)", "top = torch.zeros_like(logits[:, :1])")],
    trips=["logsumexp_stays_finite_at_a_thousand", "log_softmax_agrees_with_torch", *FAR_LOGSUMEXP],
    says="exp of a large logit is inf, and of a very negative one 0. What can you take off a row without loss?",
)
misconception(
    "logsumexp_shifted_by_the_batch",
    edits=[("top = logits.amax(dim=1, keepdim=True)", "top = logits.max().expand(len(logits), 1)")],
    trips=[*FAR_LOGSUMEXP],
    says="Which maximum do you take off? A row that lies far under another one loses all its terms.",
)
misconception(
    "logsumexp_shift_not_undone",
    edits=[("return top[:, 0] + torch.exp(logits - top).sum(dim=1).log()",
            "return torch.exp(logits - top).sum(dim=1).log()")],
    trips=[
        "logsumexp_agrees_with_torch",
        "logsumexp_stays_finite_at_a_thousand",
        "logsumexp_backward_agrees_with_autograd",
        "log_softmax_agrees_with_torch",
        "log_softmax_is_finite_where_softmax_is_zero",
        "logsumexp_holds_for_far_rows_and_large_scales",
        "logsumexp_backward_holds_for_large_logits",
        "log_softmax_holds_for_squares_and_large_scales",
        *LOSS,
    ],
    says="You took a number off every logit. Where does it come back?",
)
misconception(
    "logsumexp_gradient_unweighted",
    edits=[("return grad[:, None] * torch.exp(logits - logsumexp(logits)[:, None])",
            "return torch.exp(logits - logsumexp(logits)[:, None])")],
    trips=["logsumexp_backward_agrees_with_autograd", "logsumexp_backward_holds_for_large_logits"],
    says="This is the derivative of logsumexp alone. How does the gradient that comes in change it, row by row?",
)
misconception(
    "softmax_not_shifted",
    edits=[("torch.exp(logits - logits.amax(dim=1, keepdim=True))", "torch.exp(logits)")],
    trips=[
        "softmax_stays_finite_at_a_thousand",
        "softmax_treats_each_row_on_its_own",
        "softmax_holds_for_squares_and_large_scales",
        "cross_entropy_backward_holds_for_squares_and_large_logits",
    ],
    says="inf / inf and 0 / 0 are nan. Which shift of the logits leaves the quotient as it is and avoids both?",
)
misconception(
    "softmax_shifted_by_the_batch",
    edits=[("torch.exp(logits - logits.amax(dim=1, keepdim=True))", "torch.exp(logits - logits.max())")],
    trips=["softmax_treats_each_row_on_its_own", "cross_entropy_backward_holds_for_squares_and_large_logits"],
    says="Is your maximum that of the whole batch? In a row far below it, every exponential becomes 0.",
)
misconception(
    "softmax_over_the_rows",
    edits=[("return scores / scores.sum(dim=1, keepdim=True)", "return scores / scores.sum(dim=0, keepdim=True)")],
    trips=["a_batch_may_be_larger_than_the_data", *STEPS, *ACCURACY, *LOSS_BACKWARD, *SOFTMAX],
    says="Your columns sum to 1. Should the classes compete within a row, or the rows within a class?",
)
misconception(
    "softmax_over_everything",
    edits=[("return scores / scores.sum(dim=1, keepdim=True)", "return scores / scores.sum()")],
    trips=["a_batch_may_be_larger_than_the_data", *STEPS, *ACCURACY, *LOSS_BACKWARD, *SOFTMAX],
    says="All entries together sum to 1. How many distributions should there be?",
)
misconception(
    "softmax_gradient_of_the_diagonal",
    edits=[("return probs * (grad - (grad * probs).sum(dim=1, keepdim=True))", "return grad * probs * (1 - probs)")],
    trips=["softmax_backward_agrees_with_autograd", "both_gradients_hold_for_squares_and_certain_rows"],
    says="That is the diagonal of the Jacobian. Raising one logit also lowers all other probabilities of its row.",
)
misconception(
    "log_of_the_softmax",
    edits=[("return logits - logsumexp(logits)[:, None]", "return softmax(logits).log()")],
    trips=[
        "log_softmax_is_finite_where_softmax_is_zero",
        "cross_entropy_counts_a_certain_mistake",
        "log_softmax_holds_for_squares_and_large_scales",
        "cross_entropy_holds_for_squares_and_large_logits",
    ],
    says="A probability that rounds to 0 has the logarithm -inf. Can you get its logarithm without forming it?",
)
misconception(
    "log_softmax_gradient_without_the_sum",
    edits=[("return grad - torch.exp(log_probs) * grad.sum(dim=1, keepdim=True)",
            "return grad - torch.exp(log_probs)")],
    trips=["log_softmax_backward_agrees_with_autograd", "both_gradients_hold_for_squares_and_certain_rows"],
    says="You took off the probabilities as if grad summed to 1 in each row. What if it does not?",
)
misconception(
    "log_softmax_gradient_with_log_probabilities",
    edits=[("return grad - torch.exp(log_probs) * grad.sum(dim=1, keepdim=True)",
            "return grad - log_probs * grad.sum(dim=1, keepdim=True)")],
    trips=["log_softmax_backward_agrees_with_autograd", "both_gradients_hold_for_squares_and_certain_rows"],
    says="The argument holds log-probabilities. Does the Jacobian contain them, or the probabilities?",
)
misconception(
    "cross_entropy_summed",
    edits=[("gather(1, labels[:, None]).mean()", "gather(1, labels[:, None]).sum()")],
    trips=[*LOSS],
    says="Your loss grows with the number of rows. Is it to be a sum or a mean?",
)
misconception(
    "cross_entropy_over_all_entries",
    edits=[("gather(1, labels[:, None]).mean()", "gather(1, labels[:, None]).sum() / logits.numel()")],
    trips=[*LOSS],
    says="Your loss is k times too small: is the mean over the rows, or over all entries of a one-hot matrix?",
)
misconception(
    "softmax_of_softmax",
    edits=[("-log_softmax(logits).gather", "-log_softmax(softmax(logits)).gather")],
    trips=[*LOSS],
    says="The loss takes logits. How often does a softmax run in yours?",
)
misconception(
    "cross_entropy_gradient_not_averaged",
    edits=[("return error / len(labels)", "return error")],
    trips=["a_batch_may_be_larger_than_the_data", *STEPS, *ACCURACY, *LOSS_BACKWARD],
    says="Your gradient is n times too large: the loss is a mean over n rows.",
)
misconception(
    "cross_entropy_gradient_turned",
    edits=[("return error / len(labels)", "return -error / len(labels)")],
    trips=["a_batch_may_be_larger_than_the_data", *STEPS, *ACCURACY, *LOSS_BACKWARD],
    says="The sign is turned. Should a step down the gradient raise or lower the logit of the true class?",
)
misconception(
    "cross_entropy_gradient_without_the_truth",
    edits=[("error[torch.arange(len(labels), device=labels.device), labels] -= 1",
            "error.clone()[torch.arange(len(labels), device=labels.device), labels] -= 1")],
    trips=["a_batch_may_be_larger_than_the_data", *STEPS, *ACCURACY, *LOSS_BACKWARD],
    says="Your gradient does not depend on the labels: did the 1 come off a copy, or not at all?",
)
misconception(
    "cross_entropy_gradient_without_the_true_probability",
    edits=[("error[torch.arange(len(labels), device=labels.device), labels] -= 1",
            "error[torch.arange(len(labels), device=labels.device), labels] = -1")],
    trips=["a_batch_may_be_larger_than_the_data", *STEPS, *ACCURACY, *LOSS_BACKWARD],
    says="The entry of the true class is always -1/n in yours. Should it not vanish for a sure, right prediction?",
)
misconception(
    "bias_gradient_averaged",
    edits=[("X.T @ grad, grad.sum(dim=0)\n\n\ndef relu(", "X.T @ grad, grad.mean(dim=0)\n\n\ndef relu(")],
    trips=[*STEPS, *MLP_BACKWARD, *LINEAR_BACKWARD],
    says="Your db is n times too small. The mean is already inside grad; here each row adds its share.",
)
misconception(
    "bias_gradient_summed_to_a_number",
    edits=[("X.T @ grad, grad.sum(dim=0)\n\n\ndef relu(", "X.T @ grad, grad.sum()\n\n\ndef relu(")],
    trips=[*STEPS, *MLP_BACKWARD, *LINEAR_BACKWARD],
    says="b has h entries, and so has its gradient. Over which dimension is the sum?",
)
misconception(
    "weight_gradient_averaged_again",
    edits=[("X.T @ grad, grad.sum(dim=0)\n\n\ndef relu(",
            "X.T @ grad / len(X), grad.sum(dim=0) / len(X)\n\n\ndef relu(")],
    trips=[*STEPS, *MLP_BACKWARD, *LINEAR_BACKWARD],
    says="dW and db are n times too small. Does grad not contain the 1/n of the mean already?",
)
misconception(
    "relu_masked_by_the_gradient",
    edits=[("return grad * (z > 0)", "return grad * (grad > 0)")],
    trips=[
        "relu_and_its_gradient_agree_with_torch",
        "relu_backward_leaves_its_arguments_alone",
        "layers_hold_for_squares_and_float32",
        *STEPS,
        *ACCURACY,
        *MLP_BACKWARD,
    ],
    says="You let positive gradients pass. What decides here: the sign of the gradient, or that of the input?",
)
misconception(
    "relu_backward_in_place",
    edits=[("return grad * (z > 0)", "grad[z <= 0] = 0\n    return grad")],
    trips=["relu_backward_leaves_its_arguments_alone"],
    says="relu_backward writes into the gradient it was given, which its caller may still need.",
)
misconception(
    "mse_summed_over_the_columns",
    edits=[("return (predictions - targets).square().mean()",
            "return (predictions - targets).square().sum() / len(targets)")],
    trips=["mse_and_its_gradient_agree_with_torch"],
    says="Your loss is k times too large: the mean here is over all n k entries, not over the n rows.",
)
misconception(
    "mse_gradient_without_the_two",
    edits=[("(2 / predictions.numel())", "(1 / predictions.numel())")],
    trips=["mse_and_its_gradient_agree_with_torch", "layers_hold_for_squares_and_float32"],
    says="Half the gradient: what is the derivative of a square, and does this loss have a 1/2 in front?",
)
misconception(
    "mse_gradient_over_the_rows",
    edits=[("(2 / predictions.numel())", "(2 / len(predictions))")],
    trips=["mse_and_its_gradient_agree_with_torch", "layers_hold_for_squares_and_float32"],
    says="The gradient is k times too large: how many numbers is the mean taken over?",
)
misconception(
    "relu_on_the_logits",
    edits=[("return linear(inputs[-1], *params[-1]), inputs", "return relu(linear(inputs[-1], *params[-1])), inputs")],
    trips=[
        "mlp_forward_agrees_with_torch",
        "deep_and_square_networks_agree_with_autograd",
        "a_batch_may_be_larger_than_the_data",
        *STEPS,
    ],
    says="No logit of yours is negative. Does a ReLU follow the last layer too?",
)
misconception(
    "no_relu_between_layers",
    edits=[("inputs.append(relu(linear(inputs[-1], W, b)))", "inputs.append(linear(inputs[-1], W, b))")],
    trips=[
        "mlp_forward_agrees_with_torch",
        "predict_names_the_largest_logit",
        "deep_and_square_networks_agree_with_autograd",
        *STEPS,
    ],
    says="Without anything between them, two linear layers are one. What goes in between?",
)
misconception(
    "relu_missing_on_the_way_back",
    edits=[("grad = relu_backward(dX, layer_input)", "grad = dX")],
    trips=[*STEPS, *MLP_BACKWARD],
    says="The last layer is right, the others are not. What closes the way back, also where a ReLU gave 0?",
)
misconception(
    "weights_moved_before_the_gradient_passed",
    code='''
def train(X, y, params, *, epochs, batch_size, lr, generator=None):
    params = [(W.clone(), b.clone()) for W, b in params]
    steps, step = epochs * -(-len(X) // batch_size), 0
    for _ in range(epochs):
        for rows in _order(X, generator).split(batch_size):
            logits, inputs = mlp_forward(X[rows], params)
            grad, rate = cross_entropy_backward(logits, y[rows]), lr * (1 - step / steps)
            for (W, b), before in zip(params[::-1], inputs[::-1]):
                W -= rate * before.T @ grad
                b -= rate * grad.sum(dim=0)
                grad = relu_backward(grad @ W.T, before)
            step += 1
    return params
''',
    trips=[*STEPS, *ACCURACY],
    says="Does the gradient reach the first layer through weights that have already been moved in this very step?",
)
misconception(
    "last_batch_dropped",
    edits=[("    for step, rows in enumerate(batches):\n",
            "    steps = epochs * (len(X) // batch_size) or 1\n"
            "    for step, rows in enumerate(b for b in batches if len(b) == batch_size):\n")],
    trips=[
        "train_follows_the_batches_in_the_given_order",
        "a_longer_training_ends_where_autograd_does",
        "a_batch_may_be_larger_than_the_data",
    ],
    says="What happens to the rows left over when batch_size does not divide n?",
)
misconception(
    "short_batch_divided_by_batch_size",
    edits=[("cross_entropy_backward(logits, y[rows]), inputs",
            "cross_entropy_backward(logits, y[rows]) * len(rows) / batch_size, inputs")],
    trips=[
        "train_follows_the_batches_in_the_given_order",
        "a_longer_training_ends_where_autograd_does",
        "a_batch_may_be_larger_than_the_data",
    ],
    says="The last batch is shorter. By what do you divide its gradient: by batch_size, or by the rows it has?",
)
misconception(
    "learning_rate_not_lowered",
    edits=[("rate = lr * (1 - step / steps)", "rate = lr")],
    trips=[
        "train_follows_the_batches_in_the_given_order",
        "shuffling_keeps_each_row_with_its_label",
        "a_longer_training_ends_where_autograd_does",
        "a_batch_may_be_larger_than_the_data",
    ],
    says="Every step of yours has the same learning rate. What becomes of lr from step to step?",
)
misconception(
    "learning_rate_lowered_by_epoch",
    edits=[("rate = lr * (1 - step / steps)", "rate = lr * (1 - step * epochs // steps / epochs)")],
    trips=[
        "train_follows_the_batches_in_the_given_order",
        "a_longer_training_ends_where_autograd_does",
        "a_batch_may_be_larger_than_the_data",
    ],
    says="Your learning rate falls once per epoch. How often should it fall?",
)
misconception(
    "learning_rate_one_step_ahead",
    edits=[("rate = lr * (1 - step / steps)", "rate = lr * (1 - (step + 1) / steps)")],
    trips=["a_batch_may_be_larger_than_the_data", *STEPS],
    says="With which learning rate does your first step go, and with which your last? Steps count from 0.",
)
misconception(
    "start_changed_in_place",
    edits=[("params = [(W.clone(), b.clone()) for W, b in params]", "params = list(params)")],
    trips=["the_first_step_uses_the_full_learning_rate"],
    says="After train the caller's start parameters are changed too. Whose tensors do you write into?",
)
misconception(
    "labels_not_shuffled",
    edits=[("cross_entropy_backward(logits, y[rows])",
            "cross_entropy_backward(logits, y[step % (steps // epochs) * batch_size :][: len(rows)])")],
    trips=["shuffling_keeps_each_row_with_its_label", *ACCURACY],
    says="The rows are shuffled; do their labels come along?",
)
misconception(
    "rows_drawn_with_replacement",
    edits=[("return torch.randperm(len(X), generator=generator, device=generator.device).to(X.device)",
            "return torch.randint(len(X), (len(X),), generator=generator, device=generator.device).to(X.device)")],
    trips=["shuffling_keeps_each_row_with_its_label"],
    says="Does an epoch of yours visit every row once, or some rows twice and others never?",
)
misconception(
    "generator_ignored",
    edits=[("    if generator is None:\n        return torch.arange", "    if True:\n        return torch.arange")],
    trips=["a_generator_changes_the_order_of_the_rows"],
    says="Your training is the same with a generator and without. Who shuffles the rows?",
)
misconception(
    "largest_over_the_rows",
    edits=[("return mlp_forward(X, params)[0].argmax(dim=1)", "return mlp_forward(X, params)[0].argmax(dim=0)")],
    trips=[*ACCURACY, *PREDICT],
    says="You give one number per class. Over which dimension is the largest sought?",
)
misconception(
    "probabilities_for_classes",
    edits=[("return mlp_forward(X, params)[0].argmax(dim=1)", "return softmax(mlp_forward(X, params)[0]).amax(dim=1)")],
    trips=[*ACCURACY, *PREDICT],
    says="You return how sure the network is. Which class is it sure of?",
)
misconception(
    "linear_gradient_row_by_row",
    code='''
def linear_backward(grad, X, W):
    dW = sum(x[:, None] * g for x, g in zip(X, grad, strict=True))
    return grad @ W.T, dW, grad.sum(dim=0)
''',
    trips=["linear_layers_take_all_rows_at_once"],
    says="Your layer visits the rows one after the other: a sum of outer products is which product of matrices?",
)
