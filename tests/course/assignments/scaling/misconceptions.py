"""Known wrong answers of the miniature assignment."""

from autograder.checking import misconception

misconception(
    "squared",
    edits=[("return 2 * x", "return x**2")],
    trips=["doubles_each_entry", "keeps_its_input", "doubles_real_images"],
    says="Your result is the square of x: is twice the same as squared?",
)
misconception(
    "in_place",
    code="def double(x):\n    x *= 2\n    return x\n",
    trips=["keeps_its_input"],
    says="Your function writes into x: who else still needs it?",
)
misconception(
    "counter_forgets",
    edits=[("self.total += amount", "self.total = amount")],
    trips=["adds_up"],
    says="Your counter holds only the last amount: what became of the ones before?",
)
misconception(
    "adds_two",
    edits=[("return 2 * x", "return x + 2")],
    trips=["doubles_each_entry", "keeps_its_input", "doubles_real_images"],
    says="Your result is x plus 2: twice means another operation.",
)
misconception(
    "start_is_lost",
    edits=[("self.total = start", "self.total = 0")],
    trips=["adds_up"],
    says="Your counter always starts at 0: what was `start` for?",
)
