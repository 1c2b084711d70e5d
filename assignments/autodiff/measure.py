"""What the handout quotes: `autograder measure autodiff`."""

from autograder.checking import accuracy, measurement


@measurement(says="At $x = 0.2$ the first has the derivative 59.58", quoted={"digits": 59.58}, tolerance=0.01)
def derivative_of_the_first_function(student, case):
    """derivative of exponentials at 0.2"""
    x = student.Node(0.2)
    student.backward(student.exponentials(x))
    return x.value("grad").item()


@measurement(says="gets 90 % of the digits after 20 steps", quoted={"digits": 0.9}, tolerance=0.03)
def accuracy_of_the_classifier(student, case):
    """test accuracy after the training"""
    settings = case.training
    data = case.subset(settings["rows"])
    k = int(data.y_train.max()) + 1
    W, b, _ = student.fit(data.X_train, data.y_train, k, lr=settings["lr"], steps=settings["steps"])
    return accuracy((data.X_test @ W + b).argmax(1), data.y_test)
