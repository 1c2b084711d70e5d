"""Known wrong answers: how each differs from the reference, and what the student reads."""

from autograder.checking import added, change, misconception, replacement

misconception(
    "p_is_the_keep_probability",
    change("dropout_mask", "u >= p", "u < p"),
    change("_scale", "0.0 if p == 1 else 1 / (1 - p)", "1 / p if p > 0 else 0.0"),
    forms=[
        [
            change("dropout_mask", "u >= p", "u < p"),
            change("_scale", "0.0 if p == 1 else 1 / (1 - p)", "1 / p"),
        ]
    ],
).says("You keep with probability p and divide by p, as the paper does: which probability is p here?")
misconception("keeps_with_probability_p", change("dropout_mask", "u >= p", "u < p")).says(
    "Your mask keeps an entry with probability p, as the paper does: what is p the probability of here?"
)
misconception(
    "normal_in_place_of_uniform",
    change("dropout_mask", "u = torch.rand", "u = torch.randn"),
    forms=[[change("dropout_mask", "u = torch.rand", "u = torch.randn"), change("dropout_mask", "u >= p", "u < p")]],
).says("Your coins come from a normal distribution: which share of its draws lies below p?")
misconception("fair_coin_whatever_p", change("dropout_mask", "u >= p", "u >= 0.5")).says(
    "Half of the entries are dropped whatever p is: where does p enter your comparison?"
)
misconception("training_shares_the_mask_among_rows", change("train", "len(X)", "1")).says(
    "In training all rows lose the same hidden units: which shape must their mask have?"
)
misconception(
    "one_mask_for_the_batch",
    change("dropout_mask", "x.shape", "(1, x.shape[1])"),
    change("dropout_mask", "to(x)", "to(x).expand(x.shape)"),
).says("Every row gets the same mask: how many coins must be tossed for n rows of d entries?")
misconception("mask_has_one_row", change("dropout_mask", "x.shape", "(1, x.shape[1])")).says(
    "Your mask has a single row for the whole batch: which shape does x have?"
)
misconception(
    "one_coin_for_a_row",
    change("dropout_mask", "x.shape", "(len(x), 1)"),
    change("dropout_mask", "to(x)", "to(x).expand(x.shape)"),
).says("A row is kept or dropped as a whole: how many coins must be tossed for n rows of d entries?")
misconception(
    "a_fixed_number_dropped",
    change("dropout_mask", "(u >= p)", "(u.argsort(0).argsort(0) >= round(p * len(x)))"),
    forms=[
        change("dropout_mask", "(u >= p)", "(u.argsort(1).argsort(1) >= round(p * x.shape[1]))"),
        change(
            "dropout_mask", "(u >= p)", "(u.flatten().argsort().argsort().reshape(x.shape) >= round(p * x.numel()))"
        ),
    ],
).says("Your mask always drops the same number of entries: are its coins independent of each other?")
misconception(
    "fixed_seed_inside",
    change("dropout_mask", "generator, device=generator.device", "torch.Generator().manual_seed(0)"),
    forms=[
        change("dropout_mask", "generator, device=generator.device", "torch.Generator().manual_seed(1)"),
        change("dropout_mask", "generator, device=generator.device", "torch.Generator().manual_seed(42)"),
        change(
            "dropout_mask",
            "(u >= p)",
            "torch.full(x.shape, 1 - p, dtype=torch.float64).bernoulli(generator=torch.Generator().manual_seed(0))",
        ),
        [
            added("import numpy"),
            change("dropout_mask", "(u >= p)", "(torch.tensor(numpy.random.default_rng(1).random(x.shape)) >= p)"),
        ],
    ],
).says("Your mask is the same whichever generator is given: is a seed set inside the function?")
misconception(
    "generator_ignored", change("dropout_mask", "x.shape, generator=generator, device=generator.device", "x.shape")
).says("Your coins do not come from the generator: how could the same seed then repeat an experiment?")
misconception(
    "mask_already_scaled",
    change("dropout_mask", "to(x)", "to(x) / max(1 - p, 1e-9)"),
    forms=[change("dropout_mask", "(u >= p).to(x)", "(u < p).to(x) / (p or 1.0)")],  # p of the paper, twice
).says("Your mask holds a number other than 0 and 1: in which of the two functions does the scaling belong?")
misconception("mask_of_booleans", change("dropout_mask", "(u >= p).to(x)", "u >= p")).says(
    "Your mask holds True and False: which dtype must it have?"
)
misconception("no_scaling_at_all", change("_scale", "0.0 if p == 1 else 1 / (1 - p)", "1.0")).says(
    "Nothing is scaled up: how large is the mean of your output compared with the mean of x?"
)
misconception("forward_not_scaled", change("dropout_forward", "(mask * _scale(p))", "mask")).says(
    "Your forward pass masks but does not scale: how large is the mean of its output compared with that of x?"
)
misconception(
    "divides_by_the_drop_probability",
    change("_scale", "0.0 if p == 1 else 1 / (1 - p)", "1 / p if p > 0 else 1.0"),
    forms=[
        change("_scale", "0.0 if p == 1 else 1 / (1 - p)", "1 / p"),
        change("Dropout.forward", "dropout_forward(x, self.mask, self.p)", "x * self.mask / self.p"),
        change("dropout_forward", "(mask * _scale(p))", "mask / p"),
    ],
).says("You divide by p, the probability of dropping: how often is an entry kept?")
misconception("multiplies_by_the_keep_probability", change("_scale", "0.0 if p == 1 else 1 / (1 - p)", "1 - p")).says(
    "You multiply the kept entries by 1 - p, so the mean shrinks twice: what would bring it back to that of x?"
)
misconception("zero_divided_by_zero", change("_scale", "0.0", 'float("inf")')).says(
    "For p = 1 you compute 0 / 0: what must come out when every entry is dropped?"
)
misconception(
    "rescales_by_the_count_kept",
    change("dropout_forward", "(mask * _scale(p))", "mask * (mask.numel() / mask.sum())"),
    change("dropout_backward", "(mask * _scale(p))", "mask * (mask.numel() / mask.sum())"),
    forms=[change("dropout_forward", "(mask * _scale(p))", "mask * (mask.numel() / mask.sum())")],
).says("Your factor depends on how many entries this one mask kept: does the factor in the handout?")
misconception("backward_without_the_mask", change("dropout_backward", "(mask * _scale(p))", "_scale(p)")).says(
    "Your gradient passes the dropped entries too: did they have a part in the output?"
)
misconception(
    "backward_passes_the_dropped_entries",
    change("dropout_backward", "(mask * _scale(p))", "(1 - mask)"),
    forms=[change("dropout_backward", "(mask * _scale(p))", "((1 - mask) * _scale(p))")],
).says("Your gradient passes just the entries that were dropped: through which ones did the output depend on x?")
misconception(
    "backward_works_in_place",
    change("dropout_backward", "grad_out * (mask * _scale(p))", "grad_out.mul_(mask * _scale(p))"),
).says("Your dropout_backward writes into the gradient that it is given, as by *=: may the caller still need it?")
misconception("scale_under_a_root", change("_scale", "1 / (1 - p)", "(1 - p) ** -0.5")).says(
    "You divide by the root of 1 - p: with which factor does the mean stay that of x?"
)
misconception("backward_not_scaled", change("dropout_backward", "(mask * _scale(p))", "mask")).says(
    "Your gradient passes the mask, but not the factor of the forward pass: what is the derivative of a kept entry?"
)
misconception(
    "backward_divides_by_p", change("dropout_backward", "(mask * _scale(p))", "(mask / p if p > 0 else mask)")
).says("Your gradient divides by the probability of dropping: by what did the forward pass divide?")
misconception(
    "x_changed_in_place", change("dropout_forward", "x * (mask * _scale(p))", "x.mul_(mask * _scale(p))")
).says("Your forward pass writes its result into x: may the caller still need x?")
misconception(
    "layer_not_scaled",
    change("Dropout.forward", "dropout_forward(x, self.mask, self.p)", "x * self.mask"),
    change("Dropout.backward", "dropout_backward(grad_out, self.mask, self.p)", "grad_out * self.mask"),
).says("Your layer masks and does not scale, though your functions do: what must it do with what it keeps?")
misconception(
    "layer_keeps_a_scaled_mask",
    change("Dropout.forward", "self.generator) if", "self.generator) * _scale(self.p) if"),
    change("Dropout.forward", "dropout_forward(x, self.mask, self.p)", "x * self.mask"),
    forms=[
        [  # with a backward pass that fits
            change("Dropout.forward", "self.generator) if", "self.generator) * _scale(self.p) if"),
            change("Dropout.forward", "dropout_forward(x, self.mask, self.p)", "x * self.mask"),
            change("Dropout.backward", "dropout_backward(grad_out, self.mask, self.p)", "grad_out * self.mask"),
        ]
    ],
).says("Your layer scales its mask before it stores it: which two numbers may the mask of a layer hold?")
misconception(
    "classic_dropout_in_the_layer",
    change("_scale", "0.0 if p == 1 else 1 / (1 - p)", "1.0"),
    change("Dropout.forward", "x if self", "x * (1 - self.p) if self"),
).says("Your layer scales in evaluation only, which is classic dropout: when does inverted dropout scale?")
misconception(
    "layer_keeps_its_first_mask",
    change("Dropout.forward", "self.mask =", "if self.mask is None or not self.training:\n            self.mask ="),
).says("Your layer draws a mask once and keeps it: what does every forward pass in training need?")
misconception(
    "backward_tosses_new_coins",
    change("Dropout.backward", "self.mask, self.p", "dropout_mask(grad_out, self.p, self.generator), self.p"),
).says("Your backward pass draws another mask: through which entries did the output depend on x?")
misconception("backward_asks_the_mode", change("Dropout.backward", "self.mask is None", "not self.training")).says(
    "Your backward pass asks for the current mode: to which forward pass does it belong?"
)
misconception(
    "evaluation_still_drops",
    change("Dropout.forward", "(x, self.p, self.generator) if self.training else None", "(x, self.p, self.generator)"),
).says("Your layer drops units in evaluation too: where do you look at self.training?")
misconception(
    "evaluation_keeps_the_old_mask",
    change("Dropout.forward", "else None", "else self.mask"),
    change("Dropout.forward", "self.mask is None", "not self.training"),
).says("After an evaluation your gradient passes the mask of the training before: what did the evaluation drop?")
misconception(
    "mask_drawn_before_the_mode_is_asked",
    change("Dropout.forward", "self.mask = dropout_mask", "mask = dropout_mask"),
    change("Dropout.forward", "if self.training", "\n        self.mask = mask if self.training"),
).says("An evaluation changes what the next training pass drops: does it draw from the generator?")
misconception(
    "evaluation_scaled_by_keep_probability", change("Dropout.forward", "x if self", "x * (1 - self.p) if self")
).says("Your layer scales by 1 - p in evaluation: where has inverted dropout done its scaling already?")
misconception("evaluation_scaled_by_p", change("Dropout.forward", "x if self", "x * self.p if self")).says(
    "Your layer scales by p in evaluation: what does inverted dropout leave to scale there?"
)
misconception("weights_scaled_by_p", change("scale_weights", "(1 - p)", "p")).says(
    "Your test-time weights are p times the trained ones: is p the probability that a unit was kept, or dropped?"
)
misconception("weights_divided", change("scale_weights", "(1 - p) * W", "W / max(1 - p, 1e-9)")).says(
    "You make the test-time weights larger, though more inputs are active than in training: must weights grow or "
    "shrink?"
)
misconception("test_weights_not_scaled", change("weight_scaled_logits", "scale_weights(W, p)", "W")).says(
    "Your test scores use the weights as trained: how many inputs were active in training, and how many are now?"
)
misconception("training_scores_without_the_mask", change("classic_logits", "x * mask", "x + 0 * mask")).says(
    "Your training scores do not depend on the mask: which inputs have a part in them?"
)
misconception(
    "bias_scaled_too", change("weight_scaled_logits", "x @ scale_weights(W, p) + b", "(1 - p) * (x @ W + b)")
).says("You scale the bias as well: was the bias ever dropped?")
misconception("empty_mask_forgotten", change("all_masks", "numbers[:, None]", "numbers[1:, None]")).says(
    "One mask is missing, the one that drops every input: can that happen?"
)
misconception(
    "mask_probabilities_swapped", change("mask_probabilities", "(1 - p) ** kept * p", "p ** kept * (1 - p)")
).says("You give each kept entry the factor p: is p the probability of keeping or of dropping?")
misconception(
    "dropped_entries_have_no_factor", change("mask_probabilities", "kept * p ** (masks.shape[1] - kept)", "kept")
).says("Your probabilities do not sum to 1: how likely is it that an entry is dropped?")
misconception(
    "chances_from_logarithms",
    change(
        "mask_probabilities",
        "return (1 - p) ** kept * p ** (masks.shape[1] - kept)",
        "share, d = masks.new_tensor(p), masks.shape[1]\n"
        "    return (kept * (1 - share).log() + (d - kept) * share.log()).exp()",
    ),
).says("For p = 0 or p = 1 you multiply 0 by an infinite logarithm: what is 0 to the power of 0 here?")
misconception(
    "masks_all_equally_likely",
    change(
        "mask_probabilities", "(1 - p) ** kept * p ** (masks.shape[1] - kept)", "torch.full_like(kept, 1 / len(masks))"
    ),
).says("You give every mask the same probability: for which p is that true?")
misconception(
    "members_scale_what_they_keep", change("member_distributions", "masks[:, None]", "masks[:, None] / masks.mean()")
).says("Your members scale up the inputs that they keep: which weights does a member of the ensemble have?")
misconception(
    "arithmetic_mean",
    change(
        "geometric_mean",
        "softmax((weights[:, None, None] * distributions.log()).sum(0))",
        "(weights[:, None, None] * distributions).sum(0)",
    ),
    forms=[change("geometric_mean", "distributions.log()", "distributions")],
).says("You average the probabilities themselves: which mean does the handout ask for?")
misconception(
    "mean_not_renormalised",
    change(
        "geometric_mean",
        "softmax((weights[:, None, None] * distributions.log()).sum(0))",
        "(weights[:, None, None] * distributions.log()).sum(0).exp()",
    ),
).says("Your rows do not sum to 1: what remains to be done after the geometric mean?")
misconception(
    "weights_ignored",
    change("geometric_mean", "(weights[:, None, None] * distributions.log()).sum", "distributions.log().mean"),
).says("Your mean treats all members alike: what are the weights for?")
misconception(
    "product_without_root",
    change("geometric_mean", "(weights[:, None, None] * distributions.log())", "distributions.log()"),
).says("You multiply the members without taking a root: which exponent does each factor have?")
misconception(
    "mask_drawn_once",
    replacement("""
def train(params, X, y, *, p, lr, steps, generator):
    mask = dropout_mask(X.new_empty(len(X), len(params["b1"])), p, generator)
    for _ in range(steps):
        _, gradients = loss_and_gradients(params, X, y, mask, p)
        params = {name: value - lr * gradients[name] for name, value in params.items()}
    return params
"""),
).says("Your training draws one mask and keeps it: when must a new one be drawn?")
misconception(
    "training_without_dropout",
    change("train", "p, generator", "0.0, generator"),
    change("train", "mask, p", "mask, 0.0"),
).says("Your training never drops a hidden unit: where does p reach the mask?")
misconception(
    "network_not_scaled",
    change("loss_and_gradients", "dropout_forward(hidden, mask, p)", "hidden * mask"),
    change(
        "loss_and_gradients", 'dropout_backward(dlogits @ params["W2"].T, mask, p)', 'dlogits @ params["W2"].T * mask'
    ),
).says("Your network masks its hidden units but does not scale them: which dropout does the handout ask for here?")
misconception(
    "gradient_skips_dropout",
    change("loss_and_gradients", 'dropout_backward(dlogits @ params["W2"].T, mask, p)', 'dlogits @ params["W2"].T'),
).says("Your gradient goes back as if every hidden unit had been kept: which units had a part in the loss?")
misconception("second_layer_gradient_before_dropout", change("loss_and_gradients", "dropped.T", "hidden.T")).says(
    "Your gradient of W2 uses the activations before dropout: what did W2 multiply?"
)
misconception("prediction_without_relu", change("predict_logits", ".clamp(min=0)", "")).says(
    "Your prediction leaves out the ReLU: which layers was the network trained with?"
)
misconception("relu_forgotten_in_backward", change("loss_and_gradients", "dhidden * (hidden > 0)", "dhidden")).says(
    "Your gradient passes a ReLU even where it gave 0: what must become of the gradient there?"
)
misconception(
    "gradient_averaged_twice",
    change("loss_and_gradients", "# Backward,", "dlogits = dlogits / len(y)\n    # Backward,"),
).says("Your gradients are n times too small: does the gradient of the loss contain the mean over the rows already?")
misconception("uphill", change("train", "value - lr", "value + lr")).says(
    "Your training increases the loss: in which direction does the gradient point?"
)
misconception("training_drops_with_the_keep_probability", change("train", "p, generator", "1 - p, generator")).says(
    "Your training keeps as many hidden units as it should drop: which probability does dropout_mask take?"
)
misconception("training_one_step_too_few", change("train", "range(steps)", "range(1, steps)")).says(
    "Your training makes one step fewer than asked for: where does your count start, and where does it end?"
)
misconception(
    "gradients_of_the_start", change("train", "loss_and_gradients(trained,", "loss_and_gradients(params,")
).says("All your gradients belong to the starting point: which parameters does each step begin with?")
misconception(
    "start_changed_in_place", change("train", "value - lr * gradients[name]", "value.sub_(lr * gradients[name])")
).says("Your training writes into the parameters that it is given: may the caller still need them?")
misconception(
    "coins_row_by_row",
    change(
        "dropout_mask",
        "torch.rand(x.shape, generator=generator, device=generator.device)",
        "torch.stack([torch.rand(len(row), generator=generator, device=generator.device) for row in x])",
    ),
).says("You toss the coins of one row after the other: how many numbers can one call draw?")
