"""Known wrong answers: how each differs from the reference, and what the student reads."""

from autograder.checking import added, change, misconception, replacement

MADE = "value = torch.tensor(value, dtype=torch.float64)"
PRODUCT = "(lambda g: g * other.value, lambda g: g * self.value)"
QUOTIENT = "(lambda g: g / other.value, lambda g: -g * quotient / other.value)"
SUMMED = "Node(self.value + other.value, (self, other), (lambda g: g, lambda g: g))"
POWERED = "lambda g: g * exponent * self.value ** (exponent - 1)"
APPLIED = "lambda g: g * derivative(x.value)"
AT_THE_RESULT = change("elementwise", APPLIED, "lambda g: g * derivative(function(x.value))")
GATE = "(x > 0).to(x.dtype)"
ADDED_UP = "flows[parent] = flows[parent] + share if parent in flows else share"
KEPT = "node.grad = node.grad + flow"
SHARE = "share = sum_to_shape(pull(flow), parent.value.shape)"
BOTH_SIDES = "(f(x + step) - f(x - step)) / (2 * eps)"
HORNER = "total = total * x + c"
FRONT = "    while grad.dim() > len(shape):\n        grad = grad.sum(0)\n"
STRETCHED = "grad = grad.sum(dim, keepdim=True)"
MATRICES = "(lambda g: g @ other.value.T, lambda g: self.value.T @ g)"
COUNT = "total / (self.value.numel() / total.value.numel())"
DOWN = "params = [node.value - lr * node.grad for node in nodes]"
LOSS = "(z.exp().sum(dim=1).log() - (z * chosen).sum(dim=1)).mean()"
STACK = "    stack = [(root, False)]"


def product(new):
    return change("Node.__mul__", PRODUCT, new)


def quotient(new):
    return change("Node.__truediv__", QUOTIENT, new)


def power(new):
    return change("Node.__pow__", POWERED, new)


def back(old, new):
    return change("backward", old, new)


def numerical(new, old=BOTH_SIDES):
    return change("numerical_gradient", old, new)


def derivative(method, old, new):
    return change(f"Node.{method}", old, new)


def gate(new):
    return change("Node.relu", GATE, new)


def loss(old, new):
    return change("softmax_loss", old, new)


def nameless(method):
    return change("Node", f"def {method}(", f"def other{method.strip('_')}(")


OWN_VALUES = product("(lambda g: g * self.value, lambda g: g * other.value)")
# What other styles do by a product: quotients, powers of nodes, squares, powers of x, and logits that are not shifted.
BY_PRODUCTS = (
    change(
        "Node.__truediv__",
        "quotient = self.value / other.value",
        "return self * elementwise(torch.reciprocal, lambda x: -1 / x**2, other)",
    ),
    change("Node.__pow__", "power = self.value**exponent.value", "return (exponent * self.log()).exp()"),
    change("root_and_cosine", "x**2", "x * x"),
    change("polynomial", "total = coefficients[-1] * x + coefficients[-2]", "total, power = coefficients[0], x"),
    change("polynomial", "coefficients[-3::-1]", "coefficients[1:]"),
    change("polynomial", HORNER, "total, power = c * power + total, power * x"),
    loss("    z = z - z.value.amax(dim=1, keepdim=True)\n", "    top = z.value.amax(dim=1)\n"),
    loss("z.exp().sum(dim=1).log()", "(z - top[:, None]).exp().sum(dim=1).log() + top"),
)


misconception("numbers_in_single_precision", change("Node.__init__", MADE, "value = torch.tensor(float(value))")).says(
    "A number becomes a float32 tensor in your node: which dtype does the handout ask for?"
)
misconception("whole_numbers_kept", change("Node.__init__", "if not value.is_floating_point():", "if False:")).says(
    "Your node takes a tensor of integers: what would its gradient be?"
)
misconception(
    "whole_numbers_stay_whole",
    change("Node.__init__", MADE, "value = torch.tensor(value)"),
    forms=[change("Node.__init__", MADE, "value = torch.tensor(value, dtype=None)")],
).says("Your node makes of a number what torch makes of it: which dtype do 3 and 3.0 get from you?")
misconception("grad_starts_as_ones", change("Node.__init__", "torch.zeros_like(value)", "torch.ones_like(value)")).says(
    "The grad of a new node is 1 with you: what is known of its gradient when nobody has asked for one?"
)
misconception(
    "grad_of_another_kind",
    change("Node.__init__", "torch.zeros_like(value)", "torch.tensor(0.0)"),
    forms=[change("Node.__init__", "torch.zeros_like(value)", "torch.zeros(value.shape)")],
).says("The grad of a new node has not the shape and the dtype of its value: which zeros are like a tensor?")
misconception(
    "reverse_operators_missing",
    *(nameless(f"__r{name}__") for name in ("add", "sub", "mul", "truediv", "pow", "matmul")),
    forms=[nameless(f"__r{name}__") for name in ("add", "sub", "mul", "truediv", "pow")],
).says("With a number on the left of a node Python finds no method: which one does 2 * a call if 2 cannot do it?")
misconception("left_product_missing", nameless("__rmatmul__")).says(
    "A tensor cannot be multiplied by a node as a matrix: which method does X @ a call if X cannot do it?"
)
misconception("reverse_difference_turned", change("Node.__rsub__", "-self + other", "self - other")).says(
    "With a number on the left of the minus you subtract it from the node: which of the two is other in 1 - a?"
)
misconception(
    "reverse_quotient_turned", change("Node.__rtruediv__", "as_node(other, self) / self", "self / as_node(other, self)")
).says("With a number on the left of the division you divide the node by it: which of the two is other in 4 / a?")
misconception(
    "difference_turned", change("Node.__sub__", "self + -as_node(other, self)", "-self + as_node(other, self)")
).says("Your difference has the other sign: from which of the two is the other one taken?")
misconception(
    "base_and_exponent_swapped",
    change("Node.__pow__", "Node(self.value**exponent, ", "Node(exponent**self.value, "),
    change("Node.__pow__", "self.value**exponent.value", "exponent.value**self.value"),
    forms=[
        change("Node.__pow__", "Node(self.value**exponent, ", "Node(exponent**self.value, "),
        change("Node.__rpow__", "as_node(base, self) ** self", "self ** as_node(base, self)"),
        change("Node.__pow__", "self.value**exponent.value", "exponent.value**self.value"),
        # Of two nodes only, with the gradients of the power that it is.
        [
            change("Node.__pow__", "power = self.value**exponent.value", "return (self * exponent.log()).exp()"),
            change("Node.__rpow__", "as_node(base, self) ** self", "(self * as_node(base, self).log()).exp()"),
        ],
    ],
).says("Your power has base and exponent exchanged: what is 2 ** 3, and what is 3 ** 2?")
misconception(
    "parents_turned",
    change("Node.__add__", SUMMED, "Node(self.value + other.value, (other, self), (lambda g: g, lambda g: g))"),
    forms=[
        [
            change("Node.__mul__", PRODUCT, "(lambda g: g * self.value, lambda g: g * other.value)"),
            change("Node.__mul__", "(self, other), pulls", "(other, self), pulls"),
        ],
    ],
).says("The parents of your node stand in the other order than its operands: which one was on the left?")
misconception(
    "parents_copied",
    change("Node.__add__", "(self, other), (", "(Node(self.value), Node(other.value)), ("),
    forms=[
        change("Node.__mul__", "(self, other), pulls", "(Node(self.value), Node(other.value)), pulls"),
        change("Node.__neg__", "(self,), (", "(Node(self.value),), ("),
    ],
).says("The parents of your node are new nodes with the same values: where does a gradient go that flows to a copy?")
misconception(
    "each_parent_once",
    change("Node.__init__", "self.parents = tuple(parents)", "self.parents = tuple(dict.fromkeys(parents))"),
    back("strict=True", "strict=False"),
).says("A node that is both operands is only one parent with you: how often does a occur in a * a?")
misconception(
    "numbers_always_double",
    *(
        change(f"Node.{name}", "as_node(other, self)", "other if isinstance(other, Node) else Node(other)")
        for name in ("__add__", "__mul__", "__truediv__")
    ),
).says("A number beside a float32 node makes a float64 node with you: which dtype does the number take?")
misconception(
    "tensors_are_not_numbers",
    change(
        "Node.__mul__", "as_node(other, self)", "as_node(float(other) if not isinstance(other, Node) else other, self)"
    ),
).says("Your product takes a tensor for a number: what can stand beside a node?")
misconception(
    "sum_written_into_its_operand", change("Node.__add__", "self.value + other.value", "self.value.add_(other.value)")
).says("Your sum writes into the value of a: who else needs that value?")
misconception("negative_keeps_its_gradient", change("Node.__neg__", "lambda g: -g", "lambda g: g")).says(
    "The gradient passes your minus without changing its sign: what is the derivative of -a?"
)
misconception(
    "difference_without_minus",
    change(
        "Node.__sub__",
        "return self + -as_node(other, self)",
        "other = as_node(other, self)\n"
        "        return Node(self.value - other.value, (self, other), (lambda g: g, lambda g: g))",
    ),
).says("What is subtracted gets the gradient of what is added: how does a - b change if b grows?")
misconception("factors_get_their_own_value", OWN_VALUES, forms=[[OWN_VALUES, *BY_PRODUCTS]]).says(
    "Each factor gets the gradient times its own value: how does a * b change if a grows by a little?"
)
misconception(
    "product_forgets_the_chain",
    product("(lambda g: other.value + 0 * g, lambda g: self.value + 0 * g)"),
    forms=[product("(lambda g: other.value + 0 * g, lambda g: g * self.value)")],
).says("Your product passes on its own derivative, whatever gradient comes back: what does the chain rule multiply?")
misconception(
    "quotient_without_minus",
    quotient("(lambda g: g / other.value, lambda g: g * quotient / other.value)"),
).says("The gradient for a denominator has the wrong sign: does a / b grow with b, for numbers above 0?")
misconception("quotient_divided_once", quotient("(lambda g: g / other.value, lambda g: -g * quotient)")).says(
    "The gradient for a denominator is too large by a factor b: to which power does b stand in the derivative?"
)
misconception(
    "numerator_forgotten",
    quotient("(lambda g: g / other.value, lambda g: -g / other.value**2)"),
).says("The gradient for a denominator is that of 1 / b: what became of the numerator?")
misconception("numerator_gets_everything", quotient("(lambda g: g, lambda g: -g * quotient / other.value)")).says(
    "The numerator gets the whole gradient: how much does a / b change if a grows by 1?"
)
misconception("power_without_its_factor", power("lambda g: g * self.value ** (exponent - 1)")).says(
    "The derivative of your power lacks a factor: what comes down from the exponent?"
)
misconception("power_not_lowered", power("lambda g: g * exponent * self.value**exponent")).says(
    "The derivative of your power still has the whole exponent: which power is left of a ** 3?"
)
misconception("power_forgets_the_chain", power("lambda g: exponent * self.value ** (exponent - 1) + 0 * g")).says(
    "Your power passes on its own derivative, whatever gradient comes back: what does the chain rule multiply?"
)
misconception(
    "exponent_is_no_variable",
    change("Node.__pow__", "lambda g: g * power * self.value.log()", "lambda g: 0 * g"),
    forms=[change("Node.__pow__", "(self, exponent), pulls", "(self,), pulls[:1]")],
).says("No gradient reaches the exponent of a power of nodes: what is the derivative of a ** b by b?")
misconception(
    "exponent_without_its_logarithm",
    change("Node.__pow__", "lambda g: g * power * self.value.log()", "lambda g: g * power"),
    forms=[
        change("Node.__pow__", "lambda g: g * power * self.value.log()", "lambda g: g * power * exponent.value.log()"),
        change(
            "Node.__pow__",
            "lambda g: g * power * self.value.log()",
            "lambda g: g * exponent.value * power / self.value",
        ),
    ],
).says("The gradient for an exponent is another one: which factor has the derivative of 2 ** b that e ** b has not?")
misconception(
    "every_power_by_a_logarithm",
    change(
        "Node.__pow__", "if not isinstance(exponent, Node):", "exponent = as_node(exponent, self)\n        if False:"
    ),
    change(
        "Node.__pow__", "power = self.value**exponent.value", "power = torch.exp(exponent.value * self.value.log())"
    ),
).says("Your power of a negative number is nan: what does a logarithm say of it, and is it needed for a ** 3?")
misconception(
    "exponential_without_its_logarithm",
    change(
        "Node.__rpow__",
        "return as_node(base, self) ** self",
        "power = base**self.value\n        return Node(power, (self,), (lambda g: g * power,))",
    ),
    forms=[
        change(
            "Node.__rpow__",
            "return as_node(base, self) ** self",
            "return Node(base**self.value, (self,), (lambda g: g * self.value * base ** (self.value - 1),))",
        )
    ],
).says("The derivative of a number to the power of a node is not its own: which factor has 2 ** a that e ** a has not?")
misconception(
    "nodes_listed_for_each_use",
    replacement(
        "def topological_order(root):\n"
        "    below = [node for parent in root.parents for node in topological_order(parent)]\n"
        "    return [*below, root]"
    ),
).says("A node that is used twice is twice in your list: how do you notice that you have been there?")
misconception(
    "every_path_is_walked",
    added(
        "def depth(node):\n"
        "    below = [depth(parent) for parent in node.parents]\n"
        "    return 1 + torch.stack(below).amax() if below else torch.tensor(0)"
    ),
    change("topological_order", "return order", "return sorted(order, key=depth)"),
).says("Your order is right, but every path is walked for it: how often do you visit what lies below a shared node?")
misconception(
    "equal_values_taken_for_one_node",
    change("topological_order", "elif node not in seen:", "elif not any(node.value.equal(one.value) for one in seen):"),
    forms=[
        change(
            "topological_order",
            "elif node not in seen:",
            "elif not any(len(node.parents) == len(one.parents) and node.value.equal(one.value) for one in seen):",
        )
    ],
).says("Two nodes with the same value are one in your list: what makes a node another one?")
misconception(
    "root_comes_first",
    change("topological_order", "return order", "return order[::-1]"),
    back("reversed(topological_order(root))", "topological_order(root)"),
    forms=[
        change("topological_order", "return order", "return order[::-1]"),
        # An order by counting users.
        replacement(
            "def topological_order(root):\n"
            "    users, found = {root: 0}, [root]\n"
            "    for node in found:\n"
            "        for parent in node.parents:\n"
            "            found += [parent] if parent not in users else []\n"
            "            users[parent] = users.get(parent, 0) + 1\n"
            "    order, ready = [], [root]\n"
            "    while ready:\n"
            "        order.append(ready.pop())\n"
            "        for parent in order[-1].parents:\n"
            "            users[parent] -= 1\n"
            "            ready += [parent] if users[parent] == 0 else []\n"
            "    return order"
        ),
    ],
).says("Your list begins with the root: which of its ends does the handout give to the root?")
misconception(
    "layers_for_an_order",
    replacement(
        "def topological_order(root):\n"
        "    found, waiting = {root}, [root]\n"
        "    for node in waiting:\n"
        "        fresh = [parent for parent in dict.fromkeys(node.parents) if parent not in found]\n"
        "        found.update(fresh)\n"
        "        waiting += fresh\n"
        "    return waiting[::-1]"
    ),
    back("flow = flows.pop(node)", "flow = flows.pop(node, torch.zeros_like(node.value))"),
).says("Your list goes by the distance from the root: where is a node that the root uses directly and from afar?")
misconception(
    "listed_when_first_met",
    replacement(
        "def topological_order(root):\n"
        "    found, stack = {}, [root]\n"
        "    while stack:\n"
        "        node = stack.pop()\n"
        "        if node not in found:\n"
        "            found[node] = True\n"
        "            stack += node.parents\n"
        "    return list(found)[::-1]"
    ),
    back("flow = flows.pop(node)", "flow = flows.pop(node, torch.zeros_like(node.value))"),
).says("A node enters your list when it is met: what must have happened to its parents before it may?")
misconception(
    "leaves_left_out",
    change("topological_order", "return order", "return [node for node in order if node.parents]"),
).says("Nodes without parents are missing in your list: do leaves get no gradient?")
misconception("root_left_out", change("topological_order", "return order", "return order[:-1]")).says(
    "The root is missing in your list: does it not depend on itself?"
)
misconception(
    "order_by_recursion",
    replacement(
        "def topological_order(root):\n"
        "    order, seen = [], set()\n\n"
        "    def visit(node):\n"
        "        if node in seen:\n"
        "            return\n"
        "        seen.add(node)\n"
        "        for parent in node.parents:\n"
        "            visit(parent)\n"
        "        order.append(node)\n\n"
        "    visit(root)\n"
        "    return order"
    ),
).says("Your function calls itself for every node of a chain: how many calls within each other does Python allow?")
misconception(
    "users_listed_too",
    change(
        "Node.__init__",
        "self.grad = torch",
        "self.users, self.age = [], 1 + max([parent.age for parent in parents], default=0)\n"
        "        for parent in parents:\n"
        "            parent.users.append(self)\n"
        "        self.grad = torch",
    ),
    replacement(
        "def topological_order(root):\n"
        "    found, stack = {root: True}, [root]\n"
        "    while stack:\n"
        "        node = stack.pop()\n"
        "        fresh = [other for other in (*node.parents, *node.users) if other not in found]\n"
        "        found.update(dict.fromkeys(fresh, True))\n"
        "        stack += fresh\n"
        "    return sorted(found, key=lambda node: node.age)"
    ),
    back("flow = flows.pop(node)", "flow = flows.pop(node, torch.zeros_like(node.value))"),
).says("Your list has nodes that root was not computed from: which way leads from a node to what it depends on?")
# Which use comes first on the way back is up to the order, so the first and the last one kept are one mistake.
misconception(
    "gradient_overwritten",
    back(ADDED_UP, "flows[parent] = share"),
    forms=[back(ADDED_UP, "flows.setdefault(parent, share)")],
).says("A node that is used twice keeps only the gradient of one use: what does the chain rule do with both?")
misconception(
    "calls_overwrite",
    back(KEPT, "node.grad = flow"),
    forms=[back("    flows = {", "    zero_grad(root)\n    flows = {")],
).says("A second call of backward forgets what the first one found: what does the handout ask for in grad?")
misconception(
    "old_gradients_passed_on",
    replacement(
        "def backward(root):\n"
        "    root.grad = torch.ones_like(root.value)\n"
        "    for node in reversed(topological_order(root)):\n"
        "        for parent, pull in zip(node.parents, node.pulls, strict=True):\n"
        "            parent.grad = parent.grad + sum_to_shape(pull(node.grad), parent.value.shape)"
    ),
    forms=[
        replacement(
            "def backward(root):\n"
            "    root.grad = root.grad + torch.ones_like(root.value)\n"
            "    for node in reversed(topological_order(root)):\n"
            "        for parent, pull in zip(node.parents, node.pulls, strict=True):\n"
            "            parent.grad = parent.grad + sum_to_shape(pull(node.grad), parent.value.shape)"
        )
    ],
).says("In a second call your inner nodes pass on what was left of the first: what part has old grad in a new walk?")
misconception("seed_is_zero", back("torch.ones_like(root.value)", "torch.zeros_like(root.value)")).says(
    "Every gradient is 0: what is the derivative of the root by itself?"
)
misconception("seed_is_the_value", back("torch.ones_like(root.value)", "root.value.clone()")).says(
    "Your gradients are those of half the square of the root: what is the derivative of the root by itself?"
)
misconception(
    "seed_is_a_mean",
    back("torch.ones_like(root.value)", "torch.ones_like(root.value) / root.value.numel()"),
).says("With a root of many entries your gradients are those of their mean: which seed does the handout ask for?")
misconception(
    "passed_on_before_complete",
    replacement(
        "def backward(root):\n"
        "    def push(node):\n"
        "        for parent, pull in zip(node.parents, node.pulls, strict=True):\n"
        "            parent.grad = parent.grad + sum_to_shape(pull(node.grad), parent.value.shape)\n"
        "            push(parent)\n\n"
        "    root.grad = root.grad + torch.ones_like(root.value)\n"
        "    push(root)"
    ),
).says("A node passes on what it has, again with each part that comes: when is its gradient complete?")
misconception(
    "only_leaves_keep_gradients", back(KEPT, "if not node.parents:\n            node.grad = node.grad + flow")
).says("Your inner nodes have no gradient after backward: whose grad does the handout ask for?")
misconception(
    "root_gets_no_gradient", back(KEPT, "if node is not root:\n            node.grad = node.grad + flow")
).says("The root's own grad stays 0: what is the derivative of the root by itself?")
misconception(
    "gradients_share_their_memory",
    back(ADDED_UP, "flows[parent] = flows[parent].add_(share) if parent in flows else share"),
    forms=[back(KEPT, "node.grad = node.grad.add_(flow) if node.grad.any() else flow")],
).says("You add in place to a tensor that another node has, too: which operation gives one tensor to both operands?")
misconception(
    "seed_written_into_the_root",
    back("torch.ones_like(root.value)", "root.value.fill_(1)"),
).says("After backward the value of the root is another one: may a gradient be written into a value?")
misconception(
    "only_leaves_are_zeroed",
    change("zero_grad", "node.grad =", "if node.parents:\n            continue\n        node.grad ="),
).says("After zero_grad inner nodes keep what they had: whose grad does it set to zeros?")
misconception("only_the_root_is_zeroed", change("zero_grad", "topological_order(root)", "[root]")).says(
    "After zero_grad only the root has a grad of zeros: what of all the nodes that it depends on?"
)
misconception("zeroed_to_none", change("zero_grad", "torch.zeros_like(node.value)", "None")).says(
    "After zero_grad there is no tensor in grad: what shall backward add to?"
)
misconception(
    "zeros_like_the_root", change("zero_grad", "torch.zeros_like(node.value)", "torch.zeros_like(root.value)")
).says("After zero_grad every node has the zeros of the root: whose shape and dtype has the grad of a matrix?")
misconception(
    "zeroed_to_a_number",
    change("zero_grad", "torch.zeros_like(node.value)", "torch.tensor(0.0)"),
    forms=[change("zero_grad", "torch.zeros_like(node.value)", "0.0")],
).says("After zero_grad the grad of a node has not the shape and dtype of its value: which zeros are like a tensor?")
misconception(
    "derivative_of_the_result",
    AT_THE_RESULT,
    # Powers may be functions of single entries, too.
    change(
        "Node.__pow__",
        "return Node(self.value**exponent, (self,), (lambda g: g * exponent * self.value ** (exponent - 1),))",
        "return elementwise(lambda x: x**exponent, lambda x: exponent * x ** (exponent - 1), self)",
    ),
    change(
        "Node.__rpow__",
        "return as_node(base, self) ** self",
        "return elementwise(lambda x: base**x, lambda x: torch.tensor(base).log() * base**x, self)",
    ),
    forms=[AT_THE_RESULT],
).says("Your derivative is taken at what the function returned: where does the chain rule want it?")
misconception(
    "function_forgets_the_chain",
    change("elementwise", APPLIED, "lambda g: derivative(x.value) + 0 * g"),
).says("Your functions pass on their derivative, whatever gradient comes back: what does the chain rule multiply?")
misconception("function_copies_its_parent", change("elementwise", "(x,), (", "(Node(x.value),), (")).says(
    "The parent of your function is a copy of x: where does a gradient go that flows to a copy?"
)
misconception(
    "derivative_asked_twice",
    change("elementwise", "return Node(", "derivative(x.value)\n    return Node("),
    forms=[change("elementwise", APPLIED, "lambda g: g * (derivative(x.value) + derivative(x.value)) / 2")],
).says("You ask for a derivative twice: which of the two answers do you use?")
misconception(
    "exponential_derivative_lowered",
    derivative("exp", "torch.exp, torch.exp", "torch.exp, lambda x: x * torch.exp(x - 1)"),
    forms=[derivative("exp", "torch.exp, torch.exp", "torch.exp, lambda x: x * torch.exp(x)")],
).says("Your derivative of exp treats it as a power: which function is its own derivative?")
misconception(
    "logarithm_derivative_turned",
    derivative("log", "torch.reciprocal", "lambda x: -torch.reciprocal(x) ** 2"),
    forms=[derivative("log", "torch.reciprocal", "lambda x: x"), derivative("log", "torch.reciprocal", "torch.log")],
).says("Your derivative of log is another one: how steep is a logarithm at 1, and how steep at 2?")
misconception(
    "logarithm_of_another_base",
    derivative("log", "torch.log, torch", "torch.log10, torch"),
    forms=[derivative("log", "torch.log, torch", "torch.log2, torch")],
).says("Your logarithm has another base: what is the natural logarithm of e?")
misconception("sine_with_a_minus", derivative("sin", "torch.cos", "lambda x: -torch.cos(x)")).says(
    "Your derivative of sin has the wrong sign: does the sine rise or fall at 0?"
)
misconception("cosine_without_its_minus", derivative("cos", "-torch.sin(x)", "torch.sin(x)")).says(
    "Your derivative of cos has the wrong sign: does the cosine rise or fall just behind 0?"
)
misconception(
    "root_without_its_half",
    derivative("sqrt", "0.5 / torch.sqrt(x)", "1 / torch.sqrt(x)"),
    forms=[derivative("sqrt", "0.5 / torch.sqrt(x)", "0.5 * torch.sqrt(x)")],
).says("Your derivative of the square root is another one: what does the rule for x to the power of 1/2 say?")
misconception(
    "tanh_not_squared",
    derivative("tanh", "1 - torch.tanh(x) ** 2", "1 - torch.tanh(x)"),
    forms=[derivative("tanh", "1 - torch.tanh(x) ** 2", "1 - x**2")],
).says("Your derivative of tanh is another one: what is it at 0, and how far from 0 is it 1/2?")
misconception(
    "relu_gated_by_the_gradient",
    change(
        "Node.relu",
        "return elementwise(lambda x: x.clamp(min=0), lambda x: (x > 0).to(x.dtype), self)",
        "return Node(self.value.clamp(min=0), (self,), (lambda g: g * (g > 0),))",
    ),
    forms=[
        change(
            "Node.relu",
            "return elementwise(lambda x: x.clamp(min=0), lambda x: (x > 0).to(x.dtype), self)",
            "return Node(self.value.clamp(min=0), (self,), (lambda g: g.clamp(min=0),))",
        )
    ],
).says("Your ReLU lets gradients pass that are above 0: what has to be above 0?")
misconception("relu_open_at_zero", gate("(x >= 0).to(x.dtype)")).says(
    "Your ReLU passes the gradient at exactly 0: which derivative does the handout give it there?"
)
misconception("relu_opens_at_one", gate("(x > 1).to(x.dtype)"), forms=[gate("(x >= 1).to(x.dtype)")]).says(
    "Your ReLU is shut between 0 and 1: where does it begin to rise?"
)
misconception("relu_value_for_its_slope", gate("x.clamp(min=0)")).says(
    "Your ReLU multiplies the gradient by its value: how steep is it where it is open?"
)
misconception("relu_always_open", gate("torch.ones_like(x)")).says(
    "Your ReLU passes every gradient: how steep is it below 0?"
)
misconception("relu_written_into_its_parent", change("Node.relu", "x.clamp(min=0)", "x.clamp_(min=0)")).says(
    "Your ReLU writes into the value of its input: who else needs that value?"
)
misconception(
    "one_sided_difference",
    numerical("(f(x + step) - f(x)) / eps"),
    forms=[numerical("(f(x) - f(x - step)) / eps")],
).says("Your difference is taken on one side of x: on how many sides does the handout look?")
misconception(
    "difference_divided_by_eps",
    numerical("(f(x + step) - f(x - step)) / eps"),
).says("Your slopes are twice as large as they are: how far from each other are the two points?")
misconception("difference_turned_round", numerical("(f(x - step) - f(x + step)) / (2 * eps)")).says(
    "Your slopes have the wrong sign: which value is taken from which?"
)
misconception(
    "all_entries_moved_at_once", numerical("step = x.new_full((x.numel(),), eps)", "step = x.new_zeros(x.numel())")
).says("You move all entries at once: which of them is each slope about?")
misconception(
    "steps_left_in_x",
    numerical("(f(x.add_(step)) - f(x.sub_(2 * step))) / (2 * eps)"),
    forms=[numerical("(f(x.add_(step)) - f(x.sub_(2 * step))) / (2 * eps)\n        x.add_(step)")],
).says("You write into x: what does its owner find in it while you are at work, and afterwards?")
misconception(
    "eps_of_its_own",
    numerical("step[i] += 1e-5", "step[i] += eps"),
    numerical("(f(x + step) - f(x - step)) / 2e-5"),
).says("Your step has the same size whatever eps is: what is eps for?")
misconception("slopes_in_a_row", numerical("return slopes", "return slopes.view(x.shape)")).says(
    "Your slopes come back in a row: which shape has the gradient of a function of a matrix?"
)
misconception("exponential_doubled_for_squared", change("exponentials", "a + a**2", "a + 2 * a")).says(
    "In exponentials you double an exponential: what is exp(2 x) in terms of exp(x)?"
)
misconception("exponentials_with_a_cosine", change("exponentials", "c.sin()", "c.cos()")).says(
    "Your exponentials ends with a cosine: which function stands behind the plus?"
)
misconception(
    "square_outside_of_the_exponential",
    change("root_and_cosine", "square + square.exp()", "square + x.exp()"),
    forms=[change("root_and_cosine", "square + square.exp()", "square + x.exp() ** 2")],
).says("In root_and_cosine the exponential is not that of x^2: is x squared before or after it?")
misconception(
    "common_parts_computed_twice",
    replacement("def exponentials(x):\n    return (x.exp() + (2 * x).exp()).exp() + (x.exp() + (2 * x).exp()).sin()"),
    forms=[
        replacement("def root_and_cosine(x):\n    return (x**2 + (x**2).exp()).sqrt() + (x**2 + (x**2).exp()).cos()")
    ],
).says("Your graph has a node for each time that a part is written: which parts of the formula are the same?")
misconception(
    "coefficients_from_behind",
    change("polynomial", "coefficients[-1]", "coefficients[0]"),
    change("polynomial", "coefficients[-2]", "coefficients[1]"),
    change("polynomial", "coefficients[-3::-1]", "coefficients[2:]"),
).says("Your polynomial takes the first coefficient for the highest power: which power of x belongs to it?")
misconception(
    "constant_forgotten",
    change("polynomial", "coefficients[-3::-1]", "coefficients[-3:0:-1]"),
    forms=[
        change("polynomial", "coefficients[-1] * x + coefficients[-2]", "coefficients[-1] * x"),
        # The loop begins with one coefficient, not with two.
        [
            change("polynomial", "coefficients[-1] * x + coefficients[-2]", "0 * x + coefficients[-1]"),
            change("polynomial", "coefficients[-3::-1]", "coefficients[-2:0:-1]"),
        ],
    ],
).says("Your polynomial leaves a coefficient out: how many times is x multiplied for four of them?")
misconception(
    "polynomial_cut_from_the_graph",
    change("polynomial", HORNER, "total = Node((total * x + c).value)"),
    forms=[change("polynomial", HORNER, "total = Node(total.value) * x + c")],
).says("The value of your polynomial is right, but no gradient comes back to x: where does the graph end?")
misconception(
    "broadcast_not_undone",
    change("sum_to_shape", "if grad.shape == shape:\n        return grad", "return grad"),
).says("The gradient keeps the shape of the result: what shape has the gradient for a bias?")
misconception("stretched_axes_forgotten", change("sum_to_shape", STRETCHED, "grad = grad + 0")).says(
    "Axes of size 1 that were stretched are not summed: in how many places was each of their entries used?"
)
misconception("front_axes_forgotten", change("sum_to_shape", FRONT, "")).says(
    "Axes that were put in front are not summed: how many has the gradient, and how many the tensor?"
)
misconception(
    "broadcast_axes_averaged",
    change("sum_to_shape", "grad.sum(0)", "grad.mean(0)"),
    change("sum_to_shape", "grad.sum(dim, keepdim=True)", "grad.mean(dim, keepdim=True)"),
    forms=[change("sum_to_shape", "grad.sum(0)", "grad.mean(0)")],
).says("You average over the axes that were broadcast: what does the chain rule do with the shares of several uses?")
misconception(
    "one_front_axis_only", change("sum_to_shape", "while grad.dim() > len(shape):", "if grad.dim() > len(shape):")
).says("Of several axes in front you sum one: how many did broadcasting put there?")
misconception("shapes_aligned_at_the_left", change("sum_to_shape", "grad.sum(0)", "grad.sum(-1)")).says(
    "You sum over the last axes where there are too many: at which end does broadcasting align two shapes?"
)
misconception(
    "size_one_dropped",
    change("sum_to_shape", STRETCHED, "grad = grad.sum(dim)"),
    forms=[
        # All of them in one sum, so that none is looked for in the place of the one before.
        [
            change("sum_to_shape", "for dim, size in enumerate(shape):", "if 1 in shape:"),
            change("sum_to_shape", "if size == 1:", "if True:"),
            change("sum_to_shape", STRETCHED, "grad = grad.sum([dim for dim, size in enumerate(shape) if size == 1])"),
        ]
    ],
).says("Axes of size 1 vanish from your sums: which shape was asked for?")
misconception(
    "matrix_gradients_in_the_wrong_order",
    change("Node.__matmul__", MATRICES, "(lambda g: other.value.T @ g, lambda g: g @ self.value.T)"),
).says("The products in your matrix gradients stand in the wrong order: which shapes have A, B and the gradient?")
misconception(
    "matrix_not_transposed",
    change("Node.__matmul__", MATRICES, "(lambda g: g @ other.value, lambda g: self.value @ g)"),
    forms=[change("Node.__matmul__", MATRICES, "(lambda g: g @ other.value, lambda g: self.value.T @ g)")],
).says(
    "Your matrix gradients work with the matrices as they are: how must B lie for the gradient to go back through it?"
)
misconception(
    "matrix_gradients_exchanged",
    change("Node.__matmul__", MATRICES, "(lambda g: self.value.T @ g, lambda g: g @ other.value.T)"),
    forms=[
        # Where B has its turn before A, it is B whose shape does not fit.
        change(
            "Node.__matmul__",
            MATRICES,
            "(lambda g: self.value.T @ g if self.value.shape == other.value.shape else g @ other.value.T, "
            "lambda g: g @ other.value.T)",
        )
    ],
).says("The gradients of both matrices are exchanged: which of them has the shape of A?")
misconception(
    "left_matrix_on_the_right",
    change("Node.__rmatmul__", "as_node(other, self) @ self", "self @ as_node(other, self)"),
    forms=[
        # Another function, which refuses in other words.
        change("Node.__rmatmul__", "as_node(other, self) @ self", 'Node(torch.einsum("nd,dk->nk", self.value, other))')
    ],
).says("A matrix on the left of a node is multiplied from the right: which of the two is other in X @ a?")
misconception(
    "sum_of_everything",
    change("Node.sum", "if dim is None:", "if dim is None or dim is not None:"),
).says("Your sum adds all entries although it was asked for one dimension: what is dim for?")
misconception("sum_gradient_not_spread", change("Node.sum", "g.expand_as(self.value),))", "g,))")).says(
    "The gradient of your sum keeps the shape of the sum: which gradient has each of the entries?"
)
misconception(
    "keepdim_ignored", change("Node.sum", "total if keepdim else total.squeeze(dim)", "total.squeeze(dim)")
).says("Your sum loses its dimension although it was to keep it: what shape has it with keepdim?")
misconception("dimension_always_kept", change("Node.sum", "total if keepdim else total.squeeze(dim)", "total")).says(
    "Your sum keeps a dimension of size 1: when was it asked to?"
)
misconception(
    "sum_gradient_lies_wrong",
    change(
        "Node.sum",
        "g.reshape(total.shape).expand_as(self.value)",
        "g.reshape(-1)[torch.arange(self.value.numel()) % g.numel()].reshape(self.value.shape)",
    ),
    forms=[change("Node.sum", "g.reshape(total.shape).expand_as(self.value)", "g.expand_as(self.value)")],
).says("The gradient of your sum is spread along the wrong dimension: which entries went into which sum?")
misconception("mean_of_all_entries", change("Node.mean", COUNT, "total / self.value.numel()")).says(
    "Your mean along a dimension is divided by the number of all entries: how many went into each mean?"
)
misconception(
    "mean_of_the_rows", change("Node.mean", COUNT, "total / (self.value.shape[dim or 0] if self.value.dim() else 1)")
).says("Your mean of all entries is divided by the number of rows: how many entries are there?")
misconception(
    "mean_with_the_gradient_of_a_sum",
    change(
        "Node.mean",
        f"return {COUNT}",
        "share = total.value.numel() / self.value.numel()\n"
        "        return Node(total.value * share, (total,), (lambda g: g,))",
    ),
    forms=[
        # Along a dimension only.
        change(
            "Node.mean",
            f"return {COUNT}",
            f"if dim is None:\n            return {COUNT}\n"
            "        share = total.value.numel() / self.value.numel()\n"
            "        return Node(total.value * share, (total,), (lambda g: g,))",
        )
    ],
).says("The gradient of your mean is that of a sum: what share has each entry in it?")
misconception(
    "gradients_add_up_over_steps",
    change("minimize", "    losses = []\n", "    losses = []\n    nodes = [Node(param) for param in params]\n"),
    change("minimize", "        nodes = [Node(param) for param in params]\n        root", "        root"),
    change(
        "minimize",
        DOWN,
        "for node in nodes:\n            node.value = node.value - lr * node.grad\n"
        "        params = [node.value for node in nodes]",
    ),
).says("Your second step goes by the gradients of both steps: what is still in grad when it begins?")
misconception("climbs", change("minimize", DOWN, "params = [node.value + lr * node.grad for node in nodes]")).says(
    "Your loss rises with every step: against which direction does descent go?"
)
misconception("rate_left_out", change("minimize", DOWN, "params = [node.value - node.grad for node in nodes]")).says(
    "Your steps are as long as the gradient: what is lr for?"
)
misconception(
    "losses_after_the_step",
    change("minimize", "losses.append(root.value)\n", "pass\n"),
    change("minimize", DOWN, f"{DOWN}\n        losses.append(loss(*[Node(param) for param in params]).value)"),
).says("Your losses are those after each step: with which parameters is the first one computed?")
misconception("one_step_too_few", change("minimize", "range(steps)", "range(max(1, steps - 1))")).says(
    "You make one step less than asked for: how many losses are there after four steps?"
)
misconception(
    "loss_asked_twice", change("minimize", "root = loss(*nodes)", "loss(*nodes)\n        root = loss(*nodes)")
).says("You ask for the loss twice in each step: what do you need the second graph for?")
misconception(
    "parameters_written_into",
    change("minimize", DOWN, "params = [node.value.sub_(lr * node.grad) for node in nodes]"),
).says("Your steps write into the parameters that were given: who else needs them?")
misconception("loss_summed", loss(".mean()", ".sum()")).says(
    "Your loss is the sum over the rows: what does it become if every row is there twice?"
)
misconception("loss_turned", loss(LOSS, "((z * chosen).sum(dim=1) - z.exp().sum(dim=1).log()).mean()")).says(
    "Your loss is below 0: what is the sign of the logarithm of a probability?"
)
misconception("loss_without_the_bias", loss("X @ W + b", "X @ W + 0 * b")).says(
    "The bias plays no part in your loss: what are the logits of a row?"
)
misconception(
    "logits_overflow",
    loss("    z = z - z.value.amax(dim=1, keepdim=True)\n", ""),
).says("Your loss is inf or nan where logits are large: which number may be taken from all logits of a row?")
misconception(
    "one_maximum_for_all_rows",
    loss("z.value.amax(dim=1, keepdim=True)", "z.value.max()"),
).says("You take the largest logit of all rows from each: what becomes of a row that lies far below it?")
misconception("log_of_each_exponential", loss("z.exp().sum(dim=1).log()", "z.exp().log().sum(dim=1)")).says(
    "Your loss takes the logarithm before the sum: what is log(exp(z)), and what is left of the softmax?"
)
misconception(
    "starts_elsewhere",
    change("fit", "[X.new_zeros(X.shape[1], k), X.new_zeros(k)]", "[X.new_ones(X.shape[1], k) / k, X.new_zeros(k)]"),
    forms=[change("fit", "X.new_zeros(X.shape[1], k), X.new_zeros(k)", "X.new_zeros(X.shape[1], k), X.new_ones(k)")],
).says("Your first loss is right by chance or not at all: where do weights and biases start?")
misconception(
    "bias_never_trained",
    change("fit", "return W, b, losses", "return W, 0 * b, losses"),
).says("Your biases are 0 after the training: whose gradient moves them?")
misconception(
    "smallest_logit_predicted",
    change("predict", "argmax", "argmin"),
    forms=[change("predict", "argmax(dim=1)", "argmax(dim=0)[:1].expand(len(X))")],
).says("Your predictions are not the largest logits: along which dimension do the classes lie, and which one wins?")
misconception("predicted_without_the_bias", change("predict", "X @ W + b", "X @ W")).says(
    "You predict without the bias: what are the logits of a row?"
)
