"""Known wrong answers about dropout, and the question that each of them raises."""

from autograder.checking import misconception

# Places in the reference where they differ.
MASK = "return (u >= p).to(x)"
DRAW = "u = torch.rand(x.shape, generator=generator, device=generator.device)"
SCALE = "return 0.0 if p == 1 else 1 / (1 - p)"
FORWARD = "return x * (mask * _scale(p))"
BACKWARD = "return grad_out * (mask * _scale(p))"
DRAWN = "self.mask = dropout_mask(x, self.p, self.generator) if self.training else None"
EVALUATION = "return x if self.mask is None else"
WEIGHTS = "return (1 - p) * W"
TEST_SCORES = "return x @ scale_weights(W, p) + b"
CHANCE = "return (1 - p) ** kept * p ** (masks.shape[1] - kept)"
MEAN = "return softmax((weights[:, None, None] * distributions.log()).sum(0))"
THINNED = "dropped = dropout_forward(hidden, mask, p)"
BACK = 'dropout_backward(dlogits @ params["W2"].T, mask, p)'
FRESH_MASK = 'mask = dropout_mask(X.new_empty(len(X), len(params["b1"])), p, generator)'

# Checks that fail together.
SCALING = ["kept_entries_are_scaled_up", "mean_over_all_masks_is_x", "training_output_is_scaled"]
BOTH_DIRECTIONS = [
    "gradients_match_autograd",
    "scaling_depends_on_p_alone",
    "tiny_and_huge_values_pass",
    "layer_switches_modes",
    "gradients_match_in_other_cases",
]
PASSED_BACK = ["gradient_passes_the_same_mask", "backward_remembers_the_forward_mask"]
EVALUATION_CHECKS = ["evaluation_returns_x", "layer_switches_modes", "evaluation_uses_no_random_numbers"]
WEIGHTS_SCALED = [
    "weights_shrink_by_the_keep_probability",
    "mean_training_scores_are_the_test_scores",
    "inverted_training_agrees_after_conversion",
    "weight_scaling_in_other_shapes",
]
PREDICTIONS = [
    "plain_mean_equals_weight_scaling",
    "weighted_mean_equals_weight_scaling",
    "hundreds_of_members_agree",
]
WEIGHTED = [
    "weighted_mean_equals_weight_scaling",
    "hundreds_of_members_agree",
    "certain_masks_leave_one_member",
    "rare_masks_weigh_little",
]
GRADIENTS = ["gradients_match_autograd", "gradients_match_in_other_cases"]
GAPS = ["dropout_narrows_the_gap", "dropout_narrows_the_gap_on_permuted_pixels"]
TRAINING_MASKS = [*GAPS, "every_row_and_step_has_its_own_mask", "many_masks_reach_nearly_every_unit"]
SHARES = [
    "extremes_keep_all_or_nothing",
    "p_is_the_share_that_is_dropped",
    "share_is_right_for_other_p",
    "training_keeps_the_mean",
    "layer_takes_the_extremes",
    "without_dropout_training_is_gradient_descent",
]
COINS = ["every_entry_tosses_its_own_coin", "distant_entries_are_independent"]
MASK_FORM = [
    *COINS,
    "mask_looks_like_x",
    "generator_decides_the_mask",
    "training_output_is_scaled",
    "share_is_right_for_other_p",
]
TRAINING = [
    "without_dropout_training_is_gradient_descent",
    "every_row_and_step_has_its_own_mask",
    "many_masks_reach_nearly_every_unit",
]


# The mask
misconception(
    "p_is_the_keep_probability",
    edits=[(MASK, "return (u < p).to(x)"), (SCALE, "return 1 / p if p > 0 else 0.0")],
    trips=[
        *SCALING,
        *BOTH_DIRECTIONS,
        *PASSED_BACK,
        *TRAINING_MASKS,
        "extremes_keep_all_or_nothing",
        "p_is_the_share_that_is_dropped",
        "without_dropout_training_is_gradient_descent",
        "share_is_right_for_other_p",
        "layer_takes_the_extremes",
    ],
    says="You keep with probability p and divide by p, as the paper does: which probability is p here?",
)
misconception(
    "keeps_with_probability_p",
    edits=[(MASK, "return (u < p).to(x)")],
    trips=[*TRAINING_MASKS, *SHARES],
    says=(
        "Your mask keeps an entry with probability p, as the paper does: is p here the probability of keeping or of "
        "dropping?"
    ),
)
misconception(
    "normal_in_place_of_uniform",
    edits=[(DRAW, "u = torch.randn(x.shape, generator=generator, device=generator.device)")],
    trips=[*TRAINING_MASKS, *SHARES, *COINS, "every_call_draws_a_new_mask"],
    says="Your coins come from a normal distribution: which share of its draws lies below p?",
)
misconception(
    "fair_coin_whatever_p",
    edits=[(MASK, "return (u >= 0.5).to(x)")],
    trips=[*TRAINING_MASKS, *SHARES, *COINS, "every_call_draws_a_new_mask"],
    says="Half of the entries are dropped whatever p is: where does p enter your comparison?",
)
# Before the next one, which fails in training just like it.
misconception(
    "training_shares_the_mask_among_rows",
    edits=[("X.new_empty(len(X),", "X.new_empty(1,")],
    trips=TRAINING_MASKS,
    says="In training all rows lose the same hidden units: which shape must their mask have?",
)
misconception(
    "one_mask_for_the_batch",
    edits=[("torch.rand(x.shape,", "torch.rand((1, x.shape[1]),"), (MASK, "return (u >= p).to(x).expand(x.shape)")],
    trips=[*TRAINING_MASKS, *COINS, "share_is_right_for_other_p"],
    says="Every row gets the same mask: how many coins must be tossed for n rows of d entries?",
)
misconception(
    "mask_has_one_row",
    edits=[("torch.rand(x.shape,", "torch.rand((1, x.shape[1]),")],
    trips=[*TRAINING_MASKS, *MASK_FORM, "extremes_keep_all_or_nothing"],
    says="Your mask has a single row for the whole batch: which shape does x have?",
)
misconception(
    "one_coin_for_a_row",
    edits=[("torch.rand(x.shape,", "torch.rand((len(x), 1),"), (MASK, "return (u >= p).to(x).expand(x.shape)")],
    trips=[
        *TRAINING_MASKS,
        *COINS,
        "p_is_the_share_that_is_dropped",
        "training_keeps_the_mean",
        "every_call_draws_a_new_mask",
        "share_is_right_for_other_p",
    ],
    says="A row is kept or dropped as a whole: how many coins must be tossed for n rows of d entries?",
)
misconception(
    "fixed_seed_inside",
    edits=[(DRAW, "u = torch.rand(x.shape, generator=torch.Generator().manual_seed(0))")],
    trips=[*TRAINING_MASKS, "generator_decides_the_mask", "every_call_draws_a_new_mask"],
    says="Your mask is the same whichever generator is given: is a seed set inside the function?",
)
misconception(
    "generator_ignored",
    edits=[(DRAW, "u = torch.rand(x.shape)")],
    trips=["generator_decides_the_mask", "evaluation_uses_no_random_numbers"],
    says="Your coins do not come from the generator: how could the same seed then repeat an experiment?",
)
misconception(
    "mask_already_scaled",
    edits=[(MASK, "return (u >= p).to(x) / max(1 - p, 1e-9)")],
    trips=[
        *MASK_FORM,
        "p_is_the_share_that_is_dropped",
        "training_keeps_the_mean",
        "backward_remembers_the_forward_mask",
        "layer_switches_modes",
    ],
    says="Your mask holds a number other than 0 and 1: in which of the two functions does the scaling belong?",
)
misconception(
    "mask_of_booleans",
    edits=[(MASK, "return u >= p")],
    trips=[*MASK_FORM, "p_is_the_share_that_is_dropped"],
    says="Your mask holds True and False: which dtype must it have?",
)

# Inverted dropout
misconception(
    "no_scaling_at_all",
    edits=[(SCALE, "return 1.0")],
    trips=[*SCALING, *BOTH_DIRECTIONS, *PASSED_BACK, "training_keeps_the_mean"],
    says="Nothing is scaled up: how large is the mean of your output compared with the mean of x?",
)
misconception(
    "forward_not_scaled",
    edits=[(FORWARD, "return x * mask")],
    trips=[*SCALING, *BOTH_DIRECTIONS, "training_keeps_the_mean"],
    says="Your forward pass masks but does not scale: how large is the mean of its output compared with that of x?",
)
misconception(
    "divides_by_the_drop_probability",
    edits=[(SCALE, "return 1 / p if p > 0 else 1.0")],
    trips=[*SCALING, *BOTH_DIRECTIONS, *PASSED_BACK, "training_keeps_the_mean"],
    says="You divide by p, the probability of dropping: how often is an entry kept?",
)
misconception(
    "multiplies_by_the_keep_probability",
    edits=[(SCALE, "return 1 - p")],
    trips=[*SCALING, *BOTH_DIRECTIONS, *PASSED_BACK, "training_keeps_the_mean"],
    says="You multiply the kept entries by 1 - p, so the mean shrinks twice: what would bring it back to that of x?",
)
misconception(
    "zero_divided_by_zero",
    edits=[(SCALE, 'return float("inf") if p == 1 else 1 / (1 - p)')],
    trips=["dropping_all_gives_zeros", "layer_takes_the_extremes"],
    says="For p = 1 you compute 0 / 0: what must come out when every entry is dropped?",
)
misconception(
    "rescales_by_the_count_kept",
    edits=[
        (FORWARD, "return x * mask * (mask.numel() / mask.sum())"),
        (BACKWARD, "return grad_out * mask * (mask.numel() / mask.sum())"),
    ],
    forms=[[(FORWARD, "return x * mask * (mask.numel() / mask.sum())")]],
    trips=[*SCALING, *BOTH_DIRECTIONS, *PASSED_BACK, "dropping_all_gives_zeros", "layer_takes_the_extremes"],
    says="Your factor depends on how many entries this one mask kept: does the factor in the handout?",
)
misconception(
    "backward_without_the_mask",
    edits=[("return grad_out * (mask * _scale(p))", "return grad_out * _scale(p)")],
    trips=[*PASSED_BACK, *GRADIENTS, "scaling_depends_on_p_alone", "layer_switches_modes"],
    says="Your gradient passes the dropped entries too: did they have a part in the output?",
)
misconception(
    "scale_under_a_root",
    edits=[("0.0 if p == 1 else 1 / (1 - p)", "0.0 if p == 1 else (1 - p) ** -0.5")],
    trips=[*BOTH_DIRECTIONS, *SCALING, *PASSED_BACK, "training_keeps_the_mean"],
    says="You divide by the root of 1 - p: with which factor does the mean stay that of x?",
)
misconception(
    "backward_not_scaled",
    edits=[(BACKWARD, "return grad_out * mask")],
    trips=[*BOTH_DIRECTIONS, *PASSED_BACK],
    says=(
        "Your gradient passes the mask, but not the factor of the forward pass: what is the derivative of a kept entry?"
    ),
)
misconception(
    "x_changed_in_place",
    edits=[(FORWARD, "return x.mul_(mask * _scale(p))")],
    trips=["inputs_stay_as_they_are"],
    says="Your forward pass writes its result into x: may the caller still need x?",
)

# The layer
misconception(
    "layer_not_scaled",
    edits=[
        ("dropout_forward(x, self.mask, self.p)", "x * self.mask"),
        ("dropout_backward(grad_out, self.mask, self.p)", "grad_out * self.mask"),
    ],
    trips=[
        "training_output_is_scaled",
        "training_keeps_the_mean",
        "backward_remembers_the_forward_mask",
        "layer_switches_modes",
    ],
    says="Your layer masks and does not scale, though your functions do: what must it do with what it keeps?",
)
misconception(
    "classic_dropout_in_the_layer",
    edits=[(SCALE, "return 1.0"), (EVALUATION, "return x * (1 - self.p) if self.mask is None else")],
    trips=[*SCALING, *BOTH_DIRECTIONS, *PASSED_BACK, *EVALUATION_CHECKS, "training_keeps_the_mean"],
    says="Your layer scales in evaluation only, which is classic dropout: when does inverted dropout scale?",
)
misconception(
    "layer_keeps_its_first_mask",
    edits=[
        (
            "        self.mask = dropout_mask",
            "        if self.mask is None or not self.training:\n            self.mask = dropout_mask",
        ),
    ],
    trips=["every_call_draws_a_new_mask"],
    says="Your layer draws a mask once and keeps it: what does every forward pass in training need?",
)
misconception(
    "backward_tosses_new_coins",
    edits=[
        (
            "dropout_backward(grad_out, self.mask, self.p)",
            "dropout_backward(grad_out, dropout_mask(grad_out, self.p, self.generator), self.p)",
        ),
    ],
    trips=["backward_remembers_the_forward_mask", "layer_switches_modes"],
    says="Your backward pass draws another mask: through which entries did the output depend on x?",
)
misconception(
    "backward_asks_the_mode",
    edits=[("return grad_out if self.mask is None else", "return grad_out if not self.training else")],
    trips=["layer_switches_modes"],
    says="Your backward pass asks for the current mode: to which forward pass does it belong?",
)
misconception(
    "evaluation_still_drops",
    edits=[(DRAWN, DRAWN.replace(" if self.training else None", ""))],
    trips=EVALUATION_CHECKS,
    says="Your layer drops units in evaluation too: where do you look at self.training?",
)
misconception(
    "evaluation_keeps_the_old_mask",
    edits=[(DRAWN, DRAWN.replace("None", "self.mask")), (EVALUATION, "return x if not self.training else")],
    trips=["layer_switches_modes"],
    says=(
        "After an evaluation your gradient still passes the mask of the training before it: what did the evaluation "
        "drop?"
    ),
)
misconception(
    "mask_drawn_before_the_mode_is_asked",
    edits=[
        (
            DRAWN,
            "mask = dropout_mask(x, self.p, self.generator)\n        self.mask = mask if self.training else None",
        ),
    ],
    trips=["evaluation_uses_no_random_numbers"],
    says="An evaluation changes what the next training pass drops: does it draw from the generator?",
)
misconception(
    "evaluation_scaled_by_keep_probability",
    edits=[(EVALUATION, "return x * (1 - self.p) if self.mask is None else")],
    trips=EVALUATION_CHECKS,
    says="Your layer scales by 1 - p in evaluation: where has inverted dropout done its scaling already?",
)
misconception(
    "evaluation_scaled_by_p",
    edits=[(EVALUATION, "return x * self.p if self.mask is None else")],
    trips=EVALUATION_CHECKS,
    says="Your layer scales by p in evaluation: what does inverted dropout leave to scale there?",
)

# Weight scaling
misconception(
    "weights_scaled_by_p",
    edits=[(WEIGHTS, "return p * W")],
    trips=[*WEIGHTS_SCALED, "weighted_mean_equals_weight_scaling", "hundreds_of_members_agree"],
    says="Your test-time weights are p times the trained ones: is p the probability that a unit was kept, or dropped?",
)
misconception(
    "weights_divided",
    edits=[(WEIGHTS, "return W / max(1 - p, 1e-9)")],
    trips=[*WEIGHTS_SCALED, *PREDICTIONS],
    says=(
        "You make the test-time weights larger: more inputs are active at test time than in training, so must the "
        "weights grow or shrink?"
    ),
)
misconception(
    "test_weights_not_scaled",
    edits=[(TEST_SCORES, "return x @ W + b")],
    trips=[*PREDICTIONS, "mean_training_scores_are_the_test_scores", "weight_scaling_in_other_shapes"],
    says="Your test scores use the weights as trained: how many inputs were active in training, and how many are now?",
)
misconception(
    "bias_scaled_too",
    edits=[(TEST_SCORES, "return (1 - p) * (x @ W + b)")],
    trips=[*PREDICTIONS, "mean_training_scores_are_the_test_scores", "weight_scaling_in_other_shapes"],
    says="You scale the bias as well: was the bias ever dropped?",
)

# The ensemble
misconception(
    "empty_mask_forgotten",
    edits=[
        (
            "    return (numbers[:, None] >> torch.arange(d, device=x.device) & 1).to(x)",
            "    return (numbers[1:, None] >> torch.arange(d, device=x.device) & 1).to(x)",
        ),
    ],
    trips=[*PREDICTIONS, "all_masks_are_there_once", "certain_masks_leave_one_member"],
    says="One mask is missing, the one that drops every input: can that happen?",
)
misconception(
    "mask_probabilities_swapped",
    edits=[(CHANCE, "return p ** kept * (1 - p) ** (masks.shape[1] - kept)")],
    trips=[*WEIGHTED, "mask_chances_multiply"],
    says="You give each kept entry the factor p: is p the probability of keeping or of dropping?",
)
misconception(
    "dropped_entries_have_no_factor",
    edits=[(CHANCE, "return (1 - p) ** kept")],
    trips=[*WEIGHTED, "mask_chances_multiply", "plain_mean_equals_weight_scaling"],
    says="Your probabilities do not sum to 1: how likely is it that an entry is dropped?",
)
misconception(
    "chances_from_logarithms",
    edits=[
        (
            CHANCE,
            "share, d = masks.new_tensor(p), masks.shape[1]\n"
            "    return (kept * (1 - share).log() + (d - kept) * share.log()).exp()",
        ),
    ],
    trips=["certain_masks_leave_one_member"],
    says="For p = 0 or p = 1 you multiply 0 by an infinite logarithm: what is 0 to the power of 0 here?",
)
misconception(
    "masks_all_equally_likely",
    edits=[(CHANCE, "return torch.full_like(kept, 1 / len(masks))")],
    trips=[*WEIGHTED, "mask_chances_multiply"],
    says="You give every mask the same probability: for which p is that true?",
)
misconception(
    "arithmetic_mean",
    edits=[(MEAN, "return (weights[:, None, None] * distributions).sum(0)")],
    forms=[[(MEAN, "return softmax((weights[:, None, None] * distributions).sum(0))")]],
    trips=[*PREDICTIONS, "geometric_mean_is_a_distribution", "rare_masks_weigh_little"],
    says="You average the probabilities themselves: which mean does the handout ask for?",
)
misconception(
    "mean_not_renormalised",
    edits=[(MEAN, "return (weights[:, None, None] * distributions.log()).sum(0).exp()")],
    trips=[*PREDICTIONS, "geometric_mean_is_a_distribution", "rare_masks_weigh_little"],
    says="Your rows do not sum to 1: what remains to be done after the geometric mean?",
)
misconception(
    "weights_ignored",
    edits=[(MEAN, "return softmax(distributions.log().mean(0))")],
    trips=[*WEIGHTED, "geometric_mean_is_a_distribution"],
    says="Your mean treats all members alike: what are the weights for?",
)
misconception(
    "product_without_root",
    edits=[(MEAN, "return softmax(distributions.log().sum(0))")],
    trips=[*WEIGHTED, "geometric_mean_is_a_distribution", "plain_mean_equals_weight_scaling"],
    says="You multiply the members without taking a root: which exponent does each factor have?",
)

# Training
misconception(
    "mask_drawn_once",
    code="""\
def train(params, X, y, *, p, lr, steps, generator):
    mask = dropout_mask(X.new_empty(len(X), len(params["b1"])), p, generator)
    for _ in range(steps):
        _, gradients = loss_and_gradients(params, X, y, mask, p)
        params = {name: value - lr * gradients[name] for name, value in params.items()}
    return params
""",
    trips=TRAINING_MASKS,
    says="Your training draws one mask and keeps it: when must a new one be drawn?",
)
misconception(
    "training_without_dropout",
    edits=[(FRESH_MASK, 'mask, p = X.new_ones(len(X), len(params["b1"])), 0.0')],
    trips=TRAINING_MASKS,
    says="Your training never drops a hidden unit: where does p reach the mask?",
)
misconception(
    "network_not_scaled",
    edits=[(THINNED, "dropped = hidden * mask"), (BACK, 'dlogits @ params["W2"].T * mask')],
    trips=GRADIENTS,
    says="Your network masks its hidden units but does not scale them: which dropout does the handout ask for here?",
)
misconception(
    "gradient_skips_dropout",
    edits=[(BACK, 'dlogits @ params["W2"].T')],
    trips=GRADIENTS,
    says="Your gradient goes back as if every hidden unit had been kept: which units had a part in the loss?",
)
misconception(
    "second_layer_gradient_before_dropout",
    edits=[('"W2": dropped.T @ dlogits', '"W2": hidden.T @ dlogits')],
    trips=[*GRADIENTS, *TRAINING_MASKS],
    says="Your gradient of W2 uses the activations before dropout: what did W2 multiply?",
)
misconception(
    "relu_forgotten_in_backward",
    edits=[("dz = dhidden * (hidden > 0)", "dz = dhidden")],
    trips=[*GRADIENTS, "without_dropout_training_is_gradient_descent"],
    says="Your gradient passes a ReLU even where it gave 0: what must become of the gradient there?",
)
misconception(
    "gradient_averaged_twice",
    edits=[
        (
            "    # Backward, in the opposite order",
            "    dlogits = dlogits / len(y)\n    # Backward, in the opposite order",
        ),
    ],
    trips=[*GRADIENTS, *GAPS, "without_dropout_training_is_gradient_descent"],
    says="Your gradients are n times too small: does the gradient of the loss contain the mean over the rows already?",
)
misconception(
    "uphill",
    # With few rows only: what a long way up does to the gap is left to chance.
    edits=[("value - lr * gradients[name]", "value - (lr if len(X) > 50 else -lr) * gradients[name]")],
    trips=["without_dropout_training_is_gradient_descent"],
    says="Your training increases the loss: in which direction does the gradient point?",
)
misconception(
    "training_drops_with_the_keep_probability",
    edits=[('len(params["b1"])), p, generator)', 'len(params["b1"])), 1 - p, generator)')],
    trips=TRAINING,
    says="Your training keeps as many hidden units as it should drop: which probability does dropout_mask take?",
)
misconception(
    "training_one_step_too_few",
    edits=[("for _ in range(steps):", "for _ in range(1, steps):")],
    trips=TRAINING,
    says="Your training makes one step fewer than asked for: where does your count start, and where does it end?",
)
misconception(
    "gradients_of_the_start",
    # With few rows only: how far many equal steps lead is left to chance.
    edits=[
        (
            "loss_and_gradients(trained, X, y, mask, p)",
            "loss_and_gradients(trained if len(X) > 50 else params, X, y, mask, p)",
        )
    ],
    trips=["without_dropout_training_is_gradient_descent"],
    says="All your gradients belong to the starting point: which parameters does each step begin with?",
)
misconception(
    "start_changed_in_place",
    edits=[
        (
            "{name: value - lr * gradients[name] for name, value in trained.items()}",
            "{name: value.sub_(lr * gradients[name]) for name, value in trained.items()}",
        ),
    ],
    trips=["without_dropout_training_is_gradient_descent"],
    says="Your training writes into the parameters that it is given: may the caller still need them?",
)
misconception(
    "coins_row_by_row",
    code="""
def dropout_mask(x, p, generator):
    rows = [torch.rand(x.shape[1], generator=generator, device=generator.device) for _ in x]
    return (torch.stack(rows) >= p).to(x)
""",
    trips=["all_coins_are_tossed_at_once"],
    says="You toss the coins of one row after the other: how many numbers can one call draw?",
)
