"""Are the checks of an assignment proven? Its reference is changed in many small ways, and each change must be caught.

places       what of a reference students write, and every place in it that can be changed
expressions  operators on arithmetic, comparisons, constants and displays
calls        operators on calls, arguments, axes, copies and roots
statements   operators on assignments, loops and conditions
generating   all mutants of a reference
carriers     who would make a mistake alone, with a copy of what it calls
trial        the checks on one mutant, in a process of its own
measure      all mutants of a course: caught, equivalent, survivors
"""
