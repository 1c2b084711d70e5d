"""`autograder list`."""

from __future__ import annotations

import json

from autograder.course import Course


def test_the_course_is_listed_in_its_order(run, clone):
    """Every assignment has one line of at most 80 columns with title and points, the first assignment first."""
    course = Course(clone)
    done = run(clone, "autograder list", COLUMNS="80")
    assert (done.returncode, done.stderr) == (0, "")
    assert max(map(len, done.stdout.splitlines())) <= 80
    places = [done.stdout.index(f" {slug} ") for slug in course.slugs]
    assert places == sorted(places)
    for slug in course.slugs:
        assignment = course.assignment(slug)
        (line,) = [line for line in done.stdout.splitlines() if f" {slug} " in line]
        assert assignment.title in line
        assert line.split()[-2:] == [f"{assignment.points:g}", str(len(assignment.exercises))]
    assert "\x1b" not in done.stdout


def test_the_exercises_of_an_assignment_are_listed(run, clone):
    """With title and points; those of other assignments are not."""
    course = Course(clone)
    first, second = course.slugs[-2:]
    done = run(clone, f"autograder list {first}", COLUMNS="80")
    assert (done.returncode, done.stderr) == (0, "")
    for number, exercise in enumerate(course.assignment(first).exercises, start=1):
        (line,) = [line for line in done.stdout.splitlines() if line.split()[:2] == [str(number), exercise.id]]
        assert exercise.title in line
        assert line.split()[-1] == f"{exercise.points:g}"
    assert "Data sets: digits" in done.stdout
    assert course.assignment(second).title not in done.stdout


def test_json_lists_the_same(run, clone):
    """`--json` gives slug, title, points, data sets and the functions that each exercise asks for."""
    course = Course(clone)
    done = run(clone, "autograder list --json")
    records = json.loads(done.stdout)
    assert [record["slug"] for record in records] == list(course.slugs)
    for record in records:
        asked = course.assignment(record["slug"])
        assert (record["title"], record["points"]) == (asked.title, asked.points)
        assert record["datasets"] == list(asked.training)
        assert [e["functions"] for e in record["exercises"]] == [list(e.functions) for e in asked.exercises]


def test_a_course_is_found_from_inside_it(run, own):
    """In a folder of a course, that course is listed and not the one beside the engine."""
    done = run(own / "assignments" / "scaling", "autograder list --json")
    assert [record["slug"] for record in json.loads(done.stdout)] == ["scaling"]


def test_a_course_can_be_named(run, own, clone):
    """`--course` names another one than where the user is."""
    done = run(clone, f"autograder list --json --course {own}")
    assert [record["slug"] for record in json.loads(done.stdout)] == ["scaling"]


def test_a_folder_without_a_course_is_refused(refused, tmp_path):
    """The line says which folder was searched, and for what."""
    said = refused(tmp_path, f"autograder list --course {tmp_path}")
    assert f"There is no course in {tmp_path}: no assignments/SLUG/assignment.toml was found." in said


def test_an_assignment_that_does_not_exist_is_refused(refused, own):
    """With the one that was probably meant."""
    assert "Did you mean scaling?" in refused(own, "autograder list scalling")


def test_an_unknown_key_is_told_with_file_and_line(refused, own):
    """A typing mistake in assignment.toml is shown where it is, with the key that was probably meant."""
    path = own / "assignments" / "scaling" / "assignment.toml"
    path.write_text(path.read_text().replace("points = 4", "pionts = 4"))
    line = path.read_text().splitlines().index("pionts = 4") + 1
    said = refused(own, "autograder list")
    assert said == f"Error: {path}:{line}: unknown key 'pionts'; did you mean 'points'?\n"
