"""autograder.exporters.autograded: the copy that formgrader shows has the answers, what was found, and no more."""

from __future__ import annotations

import os
from pathlib import Path

import nbformat
import pytest
from nbgrader.nbgraderformat import MetadataValidator

from .conftest import RIGHT, Classroom

pytestmark = pytest.mark.slow

SQUARE = "def double(x):\n    print('<b>loud</b>')\n    return x * x\n"


def by_id(notebook: dict) -> dict[str, dict]:
    """The cells of the assignment by their ids."""
    marks = [(cell["metadata"].get("nbgrader", {}).get("grade_id"), cell) for cell in notebook["cells"]]
    assert len({id for id, _ in marks if id}) == sum(id is not None for id, _ in marks)
    return {id: cell for id, cell in marks if id}


@pytest.fixture
def copied(classroom: Classroom):
    """Hand in a notebook, grade it; gives the copy."""

    def grade_and_copy(answers: dict[str, str] = RIGHT, edit=None) -> dict:
        classroom.hand_in("ana", answers, edit=edit)
        done = classroom.grade()
        assert done.exit_code == 0, done.output
        return classroom.autograded("ana")

    return grade_and_copy


def test_answers_are_as_they_were_handed_in(copied):
    """Code and text."""
    cells = by_id(copied(RIGHT))
    assert {id: cells[id]["source"] for id in RIGHT} == RIGHT


def test_findings_stand_below_the_tests(copied):
    """As HTML in which nothing of a submission is HTML; hidden checks without details."""
    cells = by_id(copied(RIGHT | {"answer-double": SQUARE}))
    visible, hidden = (cells[id]["outputs"][0]["data"]["text/html"] for id in ("test-double", "hidden-double"))
    assert "double(x) is x + x." in visible
    assert "called: double(" in visible
    assert "&lt;b&gt;loud&lt;/b&gt;" in visible
    assert "<b>loud" not in visible
    assert "called:" not in hidden


def test_read_only_cells_are_restored(copied):
    """Whatever a student made of them."""

    def tamper(notebook: dict) -> None:
        for cell in notebook["cells"]:
            if cell["metadata"].get("nbgrader", {}).get("locked"):
                cell["source"] = "6.0"

    cells = by_id(copied(edit=tamper))
    assert cells["test-double"]["source"] == 'check("scaling.double", points=4.5)'
    assert "check_hidden" in cells["hidden-double"]["source"]


def test_missing_cells_are_added(copied):
    """So that every mark can be seen and changed."""
    cells = by_id(copied(edit=lambda notebook: notebook["cells"].clear() or notebook["cells"].append({})))
    graded = {"test-double", "hidden-double", "test-counter", "hidden-counter", "written-linear"}
    assert set(cells) == graded | {"answer-double", "answer-counter"}


def test_of_copies_the_last_keeps_the_id(copied):
    """As nbgrader has it."""

    def double(notebook: dict) -> None:
        notebook["cells"].append(by_id(notebook)["answer-double"] | {"source": "x = 1"})

    assert by_id(copied(edit=double))["answer-double"]["source"] == "x = 1"


def test_notes_come_first(copied):
    """What is to be said about the notebook."""
    cells = copied(edit=lambda notebook: notebook["cells"].reverse())["cells"]
    assert cells[0]["source"].startswith("**Notes of the grader**\n\n- The cells are not in their old order")


def test_nothing_else_gets_into_it(copied):
    """Neither outputs nor metadata of what was handed in."""

    def load(notebook: dict) -> None:
        notebook["metadata"]["secret"] = "LEAK"
        for cell in notebook["cells"]:
            cell["metadata"]["secret"] = "LEAK"
            cell["outputs"] = [{"output_type": "display_data", "data": {"text/html": "LEAK"}, "metadata": {}}]

    assert "LEAK" not in str(copied(edit=load))


def test_pictures_of_a_text_are_kept(copied):
    """A derivation may be a photograph."""

    def photograph(notebook: dict) -> None:
        cell = notebook["cells"][-1]
        cell |= {"cell_type": "markdown", "attachments": {"p.png": {"image/png": "AAAA", "text/html": "x"}}}

    assert copied(edit=photograph)["cells"][-1]["attachments"] == {"p.png": {"image/png": "AAAA"}}


def odd(notebook: dict) -> None:
    notebook["cells"] += [{"cell_type": "sound", "source": "\x1b\ud800"}, {}, 3]
    notebook["nbformat"] = 3


@pytest.mark.parametrize("edit", [None, odd], ids=["honest", "odd"])
def test_it_is_a_notebook_in_the_eyes_of_jupyter_and_nbgrader(copied, edit):
    """Whatever was handed in."""
    notebook = nbformat.from_dict(copied(edit=edit))
    nbformat.validate(notebook)
    MetadataValidator().validate_nb(notebook)


def test_files_beside_the_notebook_are_copied(classroom: Classroom):
    """A text may show them; links are not followed, and other notebooks are not ours."""
    folder = classroom.hand_in("ana", RIGHT, when="2026-01-02 03:04:05 UTC")
    (folder / "pictures").mkdir()
    (folder / "pictures" / "proof.png").write_bytes(b"png")
    (folder / "link.txt").symlink_to("/etc/passwd")
    (folder / "folder").symlink_to("/etc")
    (folder / "other.ipynb").write_text("{}")
    os.mkfifo(folder / "pipe")
    classroom.grade()
    copy = classroom.root / "autograded" / "ana" / "scaling"
    found = sorted(str(path.relative_to(copy)) for path in copy.rglob("*") if path.is_file())
    assert found == ["pictures/proof.png", "scaling.ipynb", "timestamp.txt"]
    assert (copy / "timestamp.txt").read_text() == "2026-01-02 03:04:05 UTC"
    assert {path.stat().st_mode & 0o777 for path in copy.rglob("*.*")} == {0o444}


@pytest.mark.parametrize("part", ["ana", "ana/scaling"])
def test_a_linked_folder_is_not_copied(classroom: Classroom, tmp_path: Path, part: str):
    """Somebody else's files may lie where it leads."""
    classroom.hand_in("ana", RIGHT)
    folder = classroom.root / "submitted" / part
    folder.rename(tmp_path / "elsewhere")
    (tmp_path / "elsewhere" / ("secret" if part != "ana" else "scaling/secret")).write_text("s3cret")
    folder.symlink_to(tmp_path / "elsewhere")
    classroom.grade()
    copies = classroom.root / "autograded"
    assert [path.name for path in copies.rglob("*") if path.is_file()] == ["scaling.ipynb"]


def test_a_file_that_is_no_notebook_is_shown_by_its_marks(classroom: Classroom):
    """The note says what is wrong with it."""
    (classroom.hand_in("ana", RIGHT) / "scaling.ipynb").write_text("{")
    classroom.grade()
    copy = classroom.autograded("ana")
    assert "is no notebook, or a damaged one" in copy["cells"][0]["source"]
    assert "test-double" in by_id(copy)
