"""What the handout quotes: `autograder measure regularisation`, also with the other data sets."""

from autograder.checking import measurement

from .checks import accuracy_on_test, memory_of, noisy_training, trained_early


@measurement(
    says="about 79 % of the digits' test rows, 61 % of MNIST's and 59 % of Fashion-MNIST's",
    quoted={"digits": 0.79, "mnist": 0.61, "fashion_mnist": 0.59},
    tolerance=0.03,
)
def accuracy_of_the_restored_network(student, case):
    """test accuracy after early stopping, with false labels"""
    return trained_early(student, case)


@measurement(
    says="and it is 65 %, 55 % and 55 %",
    quoted={"digits": 0.65, "mnist": 0.55, "fashion_mnist": 0.55},
    tolerance=0.03,
)
def accuracy_without_a_stop(student, case):
    """test accuracy after 400 epochs, with false labels"""
    plan = case.training
    given, _, data = noisy_training(case)
    params = student.fit_network(*given, lr=plan["lr"], epochs=400, strength=plan["strength"])
    return accuracy_on_test(params, data)


@measurement(says="A network with 64 hidden units knows all of them by heart", quoted={"digits": 1.0}, tolerance=0.01)
def memory_of_a_wide_network(student, case):
    """share of random labels that 64 units remember"""
    return memory_of(student, case, 64)
