"""`autograder measure`: a table of what the handout quotes, and exit code 1 where it quotes something else."""

from __future__ import annotations

from pathlib import Path

import pytest

pytestmark = pytest.mark.slow


def test_a_table_shows_what_was_measured_and_quoted(run, own):
    """With the least and the most over the seeds, in 80 columns."""
    done = run(own, "autograder measure scaling --repeat 2")
    assert (done.returncode, done.stderr) == (0, "")
    (row,) = (line for line in done.stdout.splitlines() if "factor of double" in line)
    assert [cell.strip() for cell in row.split("│")[1:-1]] == ["factor of double", "2", "2", "2", "2 ± 0.001"]
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_other_data_sets_have_other_quotes(run, own):
    """What the handout says of digits is not compared with another data set."""
    measure = own / "assignments" / "scaling" / "measure.py"
    measure.write_text(measure.read_text().replace('"digits": 2.0', '"mnist": 7.0'))
    done = run(own, "autograder measure scaling")
    assert done.returncode == 0
    assert "± 0.001" not in done.stdout


def test_a_handout_that_quotes_something_else_ends_with_exit_code_1(run, own):
    """One line on stderr says so."""
    measure = own / "assignments" / "scaling" / "measure.py"
    measure.write_text(measure.read_text().replace('"digits": 2.0', '"digits": 2.1'))
    done = run(own, "autograder measure scaling")
    assert (done.returncode, done.stderr) == (1, "The handout of scaling quotes other numbers.\n")


def test_what_measures_nothing_is_refused(refused, own):
    """There may be no such file."""
    (own / "assignments" / "scaling" / "measure.py").unlink()
    assert "measures nothing" in refused(own, "autograder measure scaling")


def test_a_data_set_without_settings_is_refused(refused, own):
    """Nothing could be trained on it."""
    line = "autograder measure scaling --dataset mnist"
    assert "There are no settings for mnist: scaling trains on digits" in refused(own, line)


def test_a_kit_cannot_be_measured(refused, own):
    """Students have no reference."""
    (own / "solutions" / "scaling.py").unlink()
    assert "holds no reference solutions to measure" in refused(own, "autograder measure scaling")


def test_an_error_of_the_author_is_told_with_its_place(refused, own: Path):
    """As in any other file of an assignment."""
    measure = own / "assignments" / "scaling" / "measure.py"
    measure.write_text("import nothing_of_the_kind\n")
    assert f"{measure}:1: ModuleNotFoundError" in refused(own, "autograder measure scaling")
