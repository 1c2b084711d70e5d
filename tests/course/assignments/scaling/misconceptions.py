"""Known wrong answers of the miniature assignment."""

from autograder.checking import change, misconception, replacement

misconception("squared", change("double", "return 2 * x", "return x**2")).says(
    "Your result is the square of x: is twice the same as squared?"
)
misconception("in_place", replacement("def double(x):\n    x *= 2\n    return x\n")).says(
    "Your function writes into x: who else still needs it?"
)
misconception("counter_forgets", change("Counter.add", "+= amount", "= amount")).says(
    "Your counter holds only the last amount: what became of the ones before?"
)
misconception("adds_two", change("double", "return 2 * x", "return x + 2")).says(
    "Your result is x plus 2: twice means another operation."
)
misconception("start_is_lost", change("Counter.__init__", "= start", "= 0")).says(
    "Your counter always starts at 0: what was `start` for?"
)
misconception(
    "one_sum_for_all",
    change("Counter.__init__", "self.total", "Counter.total"),
    change("Counter.add", "self.total +=", "Counter.total +="),
).says("Your counters share one sum: to whom does the total belong, the class or the object?")
