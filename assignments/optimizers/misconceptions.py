"""Known wrong answers: how each differs from the reference, and what the student reads."""

from autograder.checking import change, misconception, replacement

misconception(
    "beale_without_squares", change("beale", "first**2 + second**2 + third**2", "first + second + third")
).says("Your Beale function adds the brackets as they are, so that it falls below 0: what makes a sum of gaps a loss?")
misconception("beale_third_power_left_out", change("beale", "2.625 - x + x * y**3", "2.625 - x + x * y**2")).says(
    "Your third bracket has the power of the second: which power of y belongs to 2.625?"
)
misconception(
    "beale_powers_of_the_product",
    change("beale", "2.25 - x + x * y**2", "2.25 - x + (x * y) ** 2"),
    change("beale", "2.625 - x + x * y**3", "2.625 - x + (x * y) ** 3"),
).says("Your brackets raise x y to a power: does the power belong to y alone?")
misconception("beale_signs_of_x", change("beale", "first = 1.5 - x + x * y", "first = 1.5 - x - x * y")).says(
    "Your first bracket subtracts x y: which of its two terms with x has the plus?"
)
misconception("beale_coordinates_exchanged", change("beale", "w[..., 0], w[..., 1]", "w[..., 1], w[..., 0]")).says(
    "Your Beale function takes y for x: which entry of a point comes first?"
)
misconception("beale_of_one_point_only", change("beale", "w[..., 0], w[..., 1]", "w[0], w[1]")).says(
    "Your Beale function takes the first two points for x and y: along which dimension do the coordinates lie?"
)
misconception(
    "beale_mean_of_squares", change("beale", "first**2 + second**2 + third**2", "(first**2 + second**2 + third**2) / 3")
).says("Your Beale function is a third of what it must be: is it a mean of the three squares or their sum?")
misconception(
    "gradient_without_the_twos",
    change(
        "beale_gradient",
        "2 * first * (y - 1) + 2 * second * (y**2 - 1) + 2 * third * (y**3 - 1)",
        "first * (y - 1) + second * (y**2 - 1) + third * (y**3 - 1)",
    ),
    change(
        "beale_gradient",
        "2 * first * x + 2 * second * 2 * x * y + 2 * third * 3 * x * y**2",
        "first * x + second * 2 * x * y + third * 3 * x * y**2",
    ),
).says("Your gradient is half of what it must be: what does the derivative of a square bring to the front?")
misconception(
    "gradient_without_inner_derivatives",
    change(
        "beale_gradient",
        "2 * first * (y - 1) + 2 * second * (y**2 - 1) + 2 * third * (y**3 - 1)",
        "2 * (first + second + third)",
    ),
    change(
        "beale_gradient",
        "2 * first * x + 2 * second * 2 * x * y + 2 * third * 3 * x * y**2",
        "2 * (first + second + third)",
    ),
).says("Your derivatives stop at the squares: what does the chain rule multiply each bracket with?")
misconception(
    "derivative_by_x_without_minus_one",
    change(
        "beale_gradient",
        "2 * first * (y - 1) + 2 * second * (y**2 - 1) + 2 * third * (y**3 - 1)",
        "2 * first * y + 2 * second * y**2 + 2 * third * y**3",
    ),
).says("Your derivative by x forgets one of the two x in each bracket: what is the derivative of -x + x y by x?")
misconception(
    "derivative_by_y_without_powers",
    change(
        "beale_gradient",
        "2 * second * 2 * x * y + 2 * third * 3 * x * y**2",
        "2 * second * x * y + 2 * third * x * y**2",
    ),
).says("Your derivative by y lacks the factors 2 and 3: what is the derivative of y**3?")
misconception(
    "derivative_by_y_keeps_the_powers",
    change(
        "beale_gradient",
        "2 * second * 2 * x * y + 2 * third * 3 * x * y**2",
        "2 * second * 2 * x * y**2 + 2 * third * 3 * x * y**3",
    ),
    forms=[
        change(
            "beale_gradient",
            "2 * first * x + 2 * second * 2 * x * y + 2 * third * 3 * x * y**2",
            "2 * first * x * y + 2 * second * 2 * x * y**2 + 2 * third * 3 * x * y**3",
        )
    ],
).says("Your derivative by y keeps the powers of y: which power is left of y**3?")
misconception("gradient_exchanged", change("beale_gradient", "[by_x, by_y]", "[by_y, by_x]")).says(
    "Your gradient has the derivative by y in front: in which order are the entries of w?"
)
misconception("gradient_points_down", change("beale_gradient", "[by_x, by_y]", "[-by_x, -by_y]")).says(
    "Your gradient points downhill: who turns it round, the gradient or the step?"
)
misconception("gradient_stacked_in_front", change("beale_gradient", "dim=-1", "dim=0")).says(
    "Your gradients of several points have the two derivatives in the first dimension: where are the coordinates of w?"
)

for owner, name in (("Momentum", "momentum"), ("Nesterov", "nesterov")):
    where = f"{owner}.step"
    misconception(
        f"{name}_climbs", change(where, "self.gamma * v - self.lr * g for", "self.gamma * v + self.lr * g for")
    ).says(f"Your {owner} goes uphill: which sign has the gradient in the velocity?")
    misconception(
        f"{name}_dampened",
        change(where, "self.gamma * v - self.lr * g for", "self.gamma * v - (1 - self.gamma) * self.lr * g for"),
        forms=[
            [  # with a v that is the mean of the gradients
                change(where, "self.gamma * v - self.lr * g for", "self.gamma * v + (1 - self.gamma) * g for"),
                change(
                    where,
                    "[w + v for w, v in zip(params, self.v, strict=True)]",
                    "[w - self.lr * v for w, v in zip(params, self.v, strict=True)]",
                ),
                *(
                    [change(where, "w + self.gamma * v for", "w - self.lr * self.gamma * v for")]
                    if owner == "Nesterov"
                    else []
                ),
            ]
        ],
    ).says(f"The gradient enters your {owner} with a factor 1 - gamma: is the velocity a mean of steps, or their sum?")
    misconception(
        f"{name}_velocity_forgotten",
        change(
            where,
            "self.v = [self.gamma * v - self.lr * g for v, g in zip(self.v, grads, strict=True)]",
            "moves = [self.gamma * v - self.lr * g for v, g in zip(self.v, grads, strict=True)]",
        ),
        change(
            where,
            "[w + v for w, v in zip(params, self.v, strict=True)]",
            "[w + v for w, v in zip(params, moves, strict=True)]",
        ),
    ).says(f"Every step of your {owner} begins from rest: where does the velocity wait for the next step?")
    misconception(
        f"{name}_gamma_for_lr",
        change(where, "self.gamma * v - self.lr * g for", "self.lr * v - self.gamma * g for"),
    ).says(f"Your {owner} has gamma and lr in each other's place: which of them keeps a share of the velocity?")
    misconception(
        f"{name}_velocity_not_kept_as_moved",
        change(where, "self.gamma * v - self.lr * g for", "self.gamma * v + g for"),
        change(
            where,
            "[w + v for w, v in zip(params, self.v, strict=True)]",
            "[w - self.lr * v for w, v in zip(params, self.v, strict=True)]",
        ),
        *([change(where, "w + self.gamma * v for", "w - self.lr * self.gamma * v for")] if owner == "Nesterov" else []),
    ).says(
        f"Your {owner} keeps v without lr and moves by -lr v: the path is right, but what does the handout keep in v?"
    )
    misconception(
        f"{name}_velocity_kept_with_the_other_sign",
        change(where, "self.gamma * v - self.lr * g for", "self.gamma * v + self.lr * g for"),
        change(
            where,
            "[w + v for w, v in zip(params, self.v, strict=True)]",
            "[w - v for w, v in zip(params, self.v, strict=True)]",
        ),
        *([change(where, "w + self.gamma * v for", "w - self.gamma * v for")] if owner == "Nesterov" else []),
    ).says(f"Your {owner} keeps a v that points uphill and subtracts it: the path is right, but which sign has v?")
    misconception(
        f"{name}_one_velocity_for_all",
        change(where, "self.v = [torch.zeros_like(w) for w in params]", "self.v = [torch.zeros(())] * len(params)"),
        change(
            where,
            "self.v = [self.gamma * v - self.lr * g for v, g in zip(self.v, grads, strict=True)]",
            "self.v = [self.gamma * self.v[0].mean() - self.lr * g for g in grads]",
        ),
    ).says(f"The parameters of your {owner} share one velocity: does each of them need its own?")
    misconception(
        f"{name}_writes_into_its_parameters",
        change(
            where,
            "[w + v for w, v in zip(params, self.v, strict=True)]",
            "[w.add_(v) for w, v in zip(params, self.v, strict=True)]",
        ),
    ).says(f"Your {owner} changes the tensors that it is given: which tensors does a step write into?")
misconception(
    "momentum_moves_before_the_gradient",
    replacement(
        """
class Momentum:
    def __init__(self, lr, gamma=0.9):
        self.lr, self.gamma, self.v = lr, gamma, []

    def step(self, params, gradients):
        if not self.v:
            self.v = [torch.zeros_like(w) for w in params]
        moved = [w + v for w, v in zip(params, self.v, strict=True)]
        self.v = [self.gamma * v - self.lr * g for v, g in zip(self.v, gradients(params), strict=True)]
        return moved
"""
    ),
).says(
    "Your Momentum moves by the old velocity, so that the first step goes nowhere: which velocity moves the parameters?"
)
misconception("nesterov_does_not_look_ahead", change("Nesterov.step", "gradients(ahead)", "gradients(params)")).says(
    "Your Nesterov asks for the gradient where it stands, which is the heavy ball: where does the velocity alone lead?"
)
misconception("nesterov_looks_back", change("Nesterov.step", "w + self.gamma * v", "w - self.gamma * v")).says(
    "Your Nesterov asks for the gradient behind itself: in which direction does the velocity lead?"
)
misconception("nesterov_looks_too_far", change("Nesterov.step", "w + self.gamma * v", "w + v")).says(
    "Your Nesterov looks ahead by the whole velocity: which share of it will be left in this step?"
)
misconception(
    "nesterov_moves_from_ahead",
    change(
        "Nesterov.step",
        "[w + v for w, v in zip(params, self.v, strict=True)]",
        "[w + v for w, v in zip(ahead, self.v, strict=True)]",
    ),
).says("Your Nesterov moves on from the point at which it only looked: from where does a step begin?")
misconception(
    "nesterov_looks_after_the_step",
    change(
        "Nesterov.step", "ahead = [w + self.gamma * v for w, v in zip(params, self.v, strict=True)]", "ahead = params"
    ),
    change(
        "Nesterov.step",
        "[w + v for w, v in zip(params, self.v, strict=True)]",
        "[w + self.gamma * v - self.lr * g for w, v, g in zip(params, self.v, grads, strict=True)]",
    ),
    forms=[
        [  # with the new velocity where the rewritten formula has the old one
            change(
                "Nesterov.step",
                "ahead = [w + self.gamma * v for w, v in zip(params, self.v, strict=True)]",
                "ahead = params",
            ),
            change(
                "Nesterov.step",
                "[w + v for w, v in zip(params, self.v, strict=True)]",
                "[\n"
                "            w + self.gamma**2 * v - (1 + self.gamma) * self.lr * g\n"
                "            for w, v, g in zip(params, self.v, grads, strict=True)\n"
                "        ]",
            ),
        ]
    ],
).says(
    "Your Nesterov looks ahead after the gradient was asked for, as libraries do: where does the handout ask for it?"
)
misconception("adagrad_decays", change("Adagrad.step", "cache + g**2", "0.9 * cache + 0.1 * g**2")).says(
    "Your Adagrad forgets old gradients: is its cache a sum or a moving average?"
)
misconception(
    "rmsprop_never_forgets", change("RMSprop.step", "self.decay * cache + fresh * g**2", "cache + g**2")
).says("Your RMSprop adds up all squares, as Adagrad does: which share of the old cache stays?")
for owner, name in (("Adagrad", "adagrad"), ("RMSprop", "rmsprop")):
    where = f"{owner}.step"
    misconception(
        f"{name}_eps_outside_the_root", change(where, "torch.sqrt(cache + self.eps)", "(torch.sqrt(cache) + self.eps)")
    ).says(f"The eps of your {owner} is added to the root, as libraries do: where does the handout put it?")
    misconception(f"{name}_without_a_root", change(where, "torch.sqrt(cache + self.eps)", "(cache + self.eps)")).says(
        f"Your {owner} divides by the squares themselves: which size must the gradient be compared with?"
    )
    misconception(
        f"{name}_eps_hard_coded",
        change(where, "cache + self.eps", "cache + 1e-8"),
        forms=[
            change(where, "cache + self.eps", "cache"),
            change(where, "torch.sqrt(cache + self.eps)", "(torch.sqrt(cache) + 1e-7)"),
        ],
    ).says(f"Your {owner} does not use its eps: which number is added inside the root?")
    misconception(
        f"{name}_divides_by_the_old_cache",
        change(where, "grads = gradients(params)", "grads, old = gradients(params), self.cache"),
        change(
            where,
            "for cache, g in zip(self.cache, grads, strict=True)]\n        return",
            "for cache, g in zip(old, grads, strict=True)]\n        return",
        ),
    ).says(
        f"Your {owner} divides by the cache from before the step: does the gradient of a step count in its own rate?"
    )
    misconception(
        f"{name}_cache_forgotten",
        change(where, "if not self.cache:", "if True:"),
    ).says(f"The cache of your {owner} begins anew in every step: where does it wait for the next one?")
    misconception(f"{name}_gradient_not_squared", change(where, "g**2", "g.abs()")).says(
        f"The cache of your {owner} adds sizes, not squares: what does the root undo?"
    )
    misconception(f"{name}_ignores_lr", change(where, "self.lr * move", "move")).says(
        f"Your {owner} moves by whole units: where does lr come in?"
    )
    misconception(f"{name}_climbs", change(where, "w - self.lr", "w + self.lr")).says(
        f"Your {owner} goes uphill: which way does the gradient point?"
    )
    misconception(f"{name}_moves_by_the_sign", change(where, "g / torch.sqrt(cache + self.eps)", "g.sign()")).says(
        f"Your {owner} moves every entry by the same amount in every step: what does the cache change about it?"
    )
    misconception(
        f"{name}_writes_into_its_parameters", change(where, "[w - self.lr * move for", "[w.sub_(self.lr * move) for")
    ).says(f"Your {owner} changes the tensors that it is given: which tensors does a step write into?")
misconception(
    "rmsprop_decay_swapped",
    change("RMSprop.step", "self.decay * cache + fresh * g**2", "fresh * cache + self.decay * g**2"),
).says("Your RMSprop keeps 1 - decay of the cache: which of the two shares belongs to the old one?")
misconception("rmsprop_squares_undamped", change("RMSprop.step", "fresh * g**2", "g**2")).says(
    "The squares enter the cache of your RMSprop whole: what must the two shares add up to?"
)
misconception(
    "rmsprop_lr_for_the_fresh_share", change("RMSprop.step", "fresh = 1 - self.decay", "fresh = self.lr")
).says("The squares enter the cache of your RMSprop with lr: which share is left beside decay?")
misconception(
    "rmsprop_bias_corrected",
    change("RMSprop.__init__", "self.cache: list[torch.Tensor] = []", "self.cache, self.t = [], 0"),
    change("RMSprop.step", "grads = gradients(params)", "grads, self.t = gradients(params), self.t + 1"),
    change("RMSprop.step", "torch.sqrt(cache + self.eps)", "torch.sqrt(cache / (1 - self.decay**self.t) + self.eps)"),
).says("Your RMSprop corrects its cache for the zeros that it began with, as Adam does: does RMSprop?")
misconception(
    "rmsprop_averages_the_gradient_first",
    change("RMSprop.step", "self.decay * cache + fresh * g**2", "(self.decay * cache.sqrt() + fresh * g.abs()) ** 2"),
).says("Your RMSprop averages sizes and squares the mean: which comes first, the square or the mean?")
misconception("adamax_without_max", change("Adamax.step", "torch.maximum(beta2 * u, g.abs())", "g.abs()")).says(
    "Your u is the size of the last gradient alone: which of two sizes is kept?"
)
misconception(
    "adamax_adds", change("Adamax.step", "torch.maximum(beta2 * u, g.abs())", "beta2 * u + (1 - beta2) * g.abs()")
).says("Your u is a moving average, as in Adam: what does Adamax take in its place?")
misconception(
    "adamax_squares", change("Adamax.step", "torch.maximum(beta2 * u, g.abs())", "torch.maximum(beta2 * u, g**2)")
).says("Your u compares with the square of the gradient: which size has the dimension of the average above it?")
misconception("adamax_u_never_decays", change("Adamax.step", "beta2 * u, g", "u, g")).says(
    "Your u only grows: what becomes of an old maximum in each step?"
)
misconception(
    "adamax_decays_the_maximum",
    change("Adamax.step", "torch.maximum(beta2 * u, g.abs())", "beta2 * torch.maximum(u, g.abs())"),
).says("Your u discounts the newest gradient too: which of the two sizes is multiplied by beta2?")
misconception("adamax_signed_maximum", change("Adamax.step", "g.abs()", "g")).says(
    "Your u compares with the gradient itself, and a negative one never counts: is u a size?"
)
misconception(
    "adamax_u_of_the_parameters",
    change(
        "Adamax.step",
        "self.u = [torch.maximum(beta2 * u, g.abs()) for u, g in zip(self.u, grads, strict=True)]",
        "self.u = [torch.maximum(beta2 * u, w.abs()) for u, w in zip(self.u, params, strict=True)]",
    ),
).says("Your u follows something else than the gradient: whose largest size does the paper take?")
misconception("adamax_uncorrected", change("Adamax.step", "self.lr / (1 - beta1**self.t)", "self.lr")).says(
    "Your first steps are too short: what still sits on the zeros that m began with?"
)
misconception("adamax_correction_without_power", change("Adamax.step", "beta1**self.t", "beta1")).says(
    "Your correction is the same in every step: which power of beta1 is left after t steps?"
)
misconception("adamax_counts_from_zero", change("Adamax.step", "1 - beta1**self.t", "1 - beta1 ** (self.t + 1)")).says(
    "Your correction is a step ahead: what is t in the first step?"
)
misconception(
    "adamax_corrects_u_too", change("Adamax.step", "(u + self.eps)", "(u / (1 - beta2**self.t) + self.eps)")
).says("Your u is corrected too: does a maximum remember the zero that it began with?")
misconception(
    "adamax_moves_by_the_gradient",
    change(
        "Adamax.step",
        "rate * m / (u + self.eps) for w, m, u in zip(params, self.m, self.u, strict=True)",
        "rate * g / (u + self.eps) for w, g, u in zip(params, grads, self.u, strict=True)",
    ),
).says("Your step is that of the last gradient alone: which average stands above u?")
misconception(
    "adamax_betas_exchanged", change("Adamax.step", "beta1, beta2 = self.betas", "beta2, beta1 = self.betas")
).says("Your betas are in each other's place: which of them belongs to the average?")
misconception("adamax_eps_hard_coded", change("Adamax.step", "u + self.eps", "u + 1e-8")).says(
    "Your Adamax does not use its eps: which number is added to u?"
)
misconception("adamax_climbs", change("Adamax.step", "w - rate", "w + rate")).says(
    "Your Adamax goes uphill: which way does the gradient point?"
)
misconception("path_with_its_start", change("descend", "visited = []", "visited = [start]")).says(
    "Your path begins with the start: does the handout count it as a point after a step?"
)
misconception(
    "path_from_the_start_each_time",
    change("descend", "optimizer.step(point, gradients)", "optimizer.step(start, gradients)"),
).says("Every step of your path begins at the start: where does the next step begin?")
misconception("path_of_the_end_only", change("descend", "return visited", "return visited[-1:]")).says(
    "Your path holds the last point only: what must be kept after each step?"
)
misconception("path_a_step_short", change("descend", "range(steps)", "range(steps - 1)")).says(
    "Your path has a point too few: how many steps were asked for?"
)
