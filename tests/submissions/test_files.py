"""autograder.submissions.files: find what was handed in, and read it without being led astray."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from autograder.errors import SubmissionError
from autograder.submissions.files import MAX_BYTES, Submission, read_source, read_submission
from autograder.submissions.finding import find_submissions

SLUGS = ("scaling", "shifting")


@pytest.fixture
def hand_in(tmp_path: Path):
    """Create files by their paths; gives the folder that they are in."""

    def create(*paths: str) -> Path:
        for path in paths:
            file = tmp_path / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text("x = 1\n")
        return tmp_path

    return create


def found(*paths: Path, ignore: tuple[Path, ...] = ()) -> dict[str, tuple[str, ...]]:
    """Student by student, the assignments found."""
    return {s.student: s.slugs(SLUGS) for s in find_submissions(list(paths), SLUGS, ignore=ignore)}


def test_a_folder_with_a_file_is_a_submission(hand_in):
    """The student is called like the folder."""
    assert found(hand_in("ana/scaling.py") / "ana") == {"ana": ("scaling",)}


def test_a_folder_of_submissions_is_a_class(hand_in):
    """Sorted by name; who handed in nothing appears as well."""
    root = hand_in("zoe/scaling.py", "ana/shifting.py", "ana/scaling.py", "ben/notes.txt")
    assert found(root) == {"ana": SLUGS, "ben": (), "zoe": ("scaling",)}
    assert list(found(root)) == ["ana", "ben", "zoe"]


def test_a_single_file_is_a_submission_of_that_assignment(hand_in):
    """Other files of the folder are not graded then."""
    (submission,) = find_submissions([hand_in("ana/scaling.py", "ana/shifting.py") / "ana" / "scaling.py"], SLUGS)
    assert (submission.student, submission.only) == ("ana", "scaling")


@pytest.mark.parametrize("name", [".git", "__pycache__", "assignments", "solutions"])
def test_some_folders_are_no_students(hand_in, name: str):
    """Hidden folders, caches and the folders of a kit."""
    assert found(hand_in("ana/scaling.py", f"{name}/scaling.py")) == {"ana": ("scaling",)}


def test_folders_of_results_are_no_students(hand_in):
    """They may lie among the submissions, also when they are named by another path."""
    root = hand_in("ana/scaling.py", "results/marks.csv", "handed_back/ana/scaling.json")
    assert list(found(root, ignore=(root / "ana" / ".." / "results", root / "handed_back"))) == ["ana"]


def test_paths_may_overlap(hand_in):
    """A submission that is named twice is graded once."""
    root = hand_in("ana/scaling.py")
    assert list(found(root, root / "ana", root / "ana" / "scaling.py")) == ["ana"]


WRONG = {
    "no such path": (["gone"], "There is no "),
    "an empty folder": (["empty"], "holds no submission: neither it nor a folder in it has a file called scaling.py"),
    "a file of another name": (["ana/notes.py"], "is not named after an assignment; known are: scaling, shifting."),
    "two students of one name": (["ana", "group/ana"], "Two submissions are called 'ana': "),
}


@pytest.mark.parametrize(("paths", "says"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_graded_is_an_error(hand_in, paths: list, says: str):
    """The sentence says what was looked for and where."""
    root = hand_in("ana/scaling.py", "ana/notes.py", "group/ana/scaling.py", "empty/x")
    with pytest.raises(SubmissionError) as caught:
        found(*(root / path for path in paths))
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("folder", "student"),
    [
        ("a\x1b[31mna", "a[31mna"),
        ("a\nna\t x", "a na x"),
        (" =1+1", "=1+1"),
        (".\u200b.", "unnamed"),
        ("\u202e", "unnamed"),
        ("Zoë 李", "Zoë 李"),
    ],
    ids=ascii,
)
def test_a_name_of_a_folder_is_made_harmless(hand_in, folder: str, student: str):
    """It becomes a folder among the results and a cell of a table: no escapes, no way up, no empty name."""
    assert list(found(hand_in(f"{folder}/scaling.py") / folder)) == [student]


def test_a_link_counts_as_handed_in(hand_in):
    """So that it is refused with a reason, rather than missing."""
    root = hand_in("ana/shifting.py")
    (root / "ana" / "scaling.py").symlink_to("nowhere")
    assert found(root) == {"ana": SLUGS}


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"x = 1\n", "x = 1\n"),
        (b"\xef\xbb\xbfx = 1\n", "x = 1\n"),
        (b"x = 1\r\ny = 2\r", "x = 1\ny = 2\n"),
        ("é = '李'".encode(), "é = '李'"),
        (b"", ""),
        (b"#" * MAX_BYTES, "#" * MAX_BYTES),
    ],
    ids=["plain", "byte order mark", "line ends", "UTF-8", "empty", "as large as allowed"],
)
def test_a_file_is_read_as_text(tmp_path: Path, data: bytes, text: str):
    """UTF-8 with or without mark, line ends of any system."""
    path = tmp_path / "scaling.py"
    path.write_bytes(data)
    assert read_source(path).text == text


UNREADABLE = {
    "too large": (lambda p: p.write_bytes(b"#" * (MAX_BYTES + 1)), "more than 1048576 are not accepted"),
    "Latin-1": (lambda p: p.write_bytes("# grün\n".encode("latin-1")), "is not UTF-8 text (byte 0xfc in line 1)"),
    "UTF-16": (lambda p: p.write_bytes("x = 1".encode("utf-16")), "is not UTF-8 text (byte 0xff in line 1)"),
    "a null byte": (lambda p: p.write_bytes(b"x\0"), "holds a null byte"),
    "a link": (lambda p: p.symlink_to(__file__), "is a symbolic link: hand in the file itself"),
    "a link to itself": (lambda p: p.symlink_to(p), "is a symbolic link"),
    "a folder": (Path.mkdir, "is no regular file"),
    "a pipe": (os.mkfifo, "is no regular file"),
    "nothing": (lambda p: None, "cannot be read: No such file or directory"),
}  # fmt: skip


@pytest.mark.parametrize(("put", "says"), UNREADABLE.values(), ids=UNREADABLE)
def test_what_is_no_text_is_refused(tmp_path: Path, put, says: str):
    """With the name of the file and the reason, at once and without reading on."""
    put(tmp_path / "scaling.py")
    with pytest.raises(SubmissionError) as caught:
        read_source(tmp_path / "scaling.py")
    assert says in str(caught.value)
    assert str(caught.value).startswith("scaling.py ")


def test_a_file_without_permission_is_refused(tmp_path: Path, monkeypatch):
    """The reason of the operating system is passed on (root may read everything, so it is imitated here)."""

    def refuse(*args: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(SubmissionError, match=r"scaling.py cannot be read: Permission denied\."):
        read_source(tmp_path / "scaling.py")


@pytest.mark.parametrize(
    ("names", "resembling"),
    [
        (["Scaling.py"], "Scaling.py"),
        (["scaling(2).py"], "scaling(2).py"),
        (["scaling.ipynb"], "scaling.ipynb"),
        (["my_scaling.py"], ""),
        (["scaling.pdf"], ""),
        ([], ""),
    ],
    ids=repr,
)
def test_a_file_may_resemble_what_is_missing(hand_in, names: list, resembling: str):
    """Another case, a copy's number, a notebook."""
    root = hand_in("x", *names)
    assert Submission("ana", root).resembling("scaling") == resembling


def test_a_notebook_is_a_submission(hand_in):
    """Beside a Python file or instead of one; the Python file comes first."""
    root = hand_in("ana/scaling.ipynb", "ben/scaling.ipynb", "ben/scaling.py")
    assert found(root) == {"ana": ("scaling",), "ben": ("scaling",)}
    assert [p.name for p in Submission("ben", root / "ben").paths("scaling")] == ["scaling.py", "scaling.ipynb"]


def test_a_single_notebook_counts_alone(hand_in):
    """A Python file beside it was not named."""
    (submission,) = find_submissions([hand_in("ana/scaling.py", "ana/scaling.ipynb") / "ana" / "scaling.ipynb"], SLUGS)
    assert [path.name for path in submission.paths("scaling")] == ["scaling.ipynb"]


@pytest.mark.parametrize("config", ["nbgrader_config.py", "gradebook.db"])
def test_a_course_of_nbgrader_is_a_class(hand_in, config: str):
    """Of it only what was collected; who handed in nothing appears as well."""
    root = hand_in(
        config, "submitted/ana/scaling/scaling.ipynb", "submitted/ben/other/x.ipynb", "source/scaling/scaling.ipynb"
    )
    assert found(root) == {"ana": ("scaling",), "ben": ()}


def test_the_folders_of_nbgrader_are_known_without_its_course(hand_in):
    """A tree of <student>/<assignment>/<assignment>.ipynb, wherever it lies."""
    root = hand_in("ana/scaling/scaling.ipynb", "ana/shifting/shifting.ipynb", "ben/scaling/scaling.ipynb")
    assert found(root) == {"ana": SLUGS, "ben": ("scaling",)}
    assert found(root / "ana") == {"ana": SLUGS}


def test_what_lies_beside_a_notebook_belongs_to_it(hand_in):
    """In nbgrader's folders, to one assignment only."""
    root = hand_in("ana/scaling/scaling.ipynb", "ana/scaling/helper.py", "ana/shifting/other.py")
    cell = {"cell_type": "code", "source": "import helper, other"}
    (root / "ana" / "scaling" / "scaling.ipynb").write_text(json.dumps({"cells": [cell], "nbformat": 4}))
    (submission,) = find_submissions([root / "ana"], SLUGS)
    assert [path.name for path in submission.modules("scaling")] == ["helper.py"]
    assert submission.resembling("shifting") == ""


@pytest.mark.parametrize(
    ("text", "named"),
    {
        "import helpers": {"helpers", "deeper"},
        "from deeper import *": {"deeper"},
        "import ｄｅｅｐｅｒ": {"deeper"},  # noqa: RUF001  Python reads these letters as the usual ones
        "import torch": set(),
        "helpers2 = 1": set(),
    }.items(),
)
def test_the_modules_that_a_text_names_come_with_it(course, tmp_path: Path, text: str, named: set[str]):
    """Directly or through each other; a folder may hold a whole course besides."""
    texts = {"scaling": text, "helpers": "import deeper", "deeper": "x = 1", "shifting": "import helpers"}
    for name, content in texts.items():
        (tmp_path / f"{name}.py").write_text(content, encoding="utf-8")
    source = read_submission(Submission("ana", tmp_path), course.assignment("scaling"))
    assert source.beside == {name: texts[name] for name in {*named, "scaling"}}


def test_a_course_of_nbgrader_without_submissions_is_an_error(hand_in):
    """Nothing was collected yet."""
    with pytest.raises(SubmissionError, match="is a course of nbgrader, but nothing was collected"):
        found(hand_in("nbgrader_config.py", "source/scaling/scaling.ipynb"))
