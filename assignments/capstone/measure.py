"""What the handout quotes: `autograder measure capstone --repeat 20`. The tolerances are for a few starts."""

from autograder.checking import measurement


def reached(student, case, rows, epochs):
    """The test accuracy of the student's own network, with a sixth of the rows held out."""
    data = case.subset(rows)
    held = rows // 6
    train, validation = (data.X_train[held:], data.y_train[held:]), (data.X_train[:held], data.y_train[:held])
    network = student.my_network(data.X_train.shape[1], data.classes, case.generator())
    student.my_training(network, train, validation, epochs=epochs, generator=case.generator())
    return student.evaluate(network, data.X_test, data.y_test)[1]


@measurement(says="to be right on 92 % of the others", quoted={"digits": 0.92}, tolerance=0.03)
def accuracy_of_the_check(student, case):
    """test accuracy after the training that checks ask for"""
    return reached(student, case, case.training["rows"], case.training["epochs"])


@measurement(says="1,437 digits and 15 epochs it reaches 99 %", quoted={"digits": 0.99}, tolerance=0.015)
def accuracy_with_all_digits(student, case):
    """test accuracy after 15 epochs with all digits"""
    return reached(student, case, len(case.data.X_train), 15)
