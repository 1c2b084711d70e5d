"""autograder.submissions.finding: downloads of learning platforms, zips of a class and zips inside."""

from __future__ import annotations

import io
import stat
import zipfile
from pathlib import Path

import pytest

from autograder.errors import SubmissionError
from autograder.submissions import archives
from autograder.submissions.files import MAX_NOTEBOOK_BYTES, Submission
from autograder.submissions.finding import find_submissions
from autograder.submissions.layouts import gradescope_owners, without_number
from autograder.submissions.roster import with_names

SLUGS = ("scaling", "shifting")
TEXT = "x = 1\n"


@pytest.fixture
def found(tmp_path: Path):
    """Find what was handed in under some paths; gives the submissions by student."""
    workplace = tmp_path / "workplace"
    workplace.mkdir()

    def find(*paths: Path) -> dict[str, Submission]:
        return {each.student: each for each in find_submissions(list(paths), SLUGS, workplace=workplace)}

    return find


def put(folder: Path, **files: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text)
    return folder


def zipped(files: dict[str, bytes | str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def text_of(submission: Submission, slug: str = "scaling") -> str:
    return submission.path(slug).read_text()


def test_canvas_puts_everybody_into_one_folder(tmp_path: Path, found):
    """A file's name tells whose it is; what was late or handed in again is told."""
    folder = put(
        tmp_path / "submissions",
        **{
            "lovelaceada_12345_67890_scaling.py": "ada = 1\n",
            "lovelaceada_12345_67891_shifting.py": TEXT,
            "hopper_LATE_222_67892_scaling-1.py": "second = 1\n",
            "hopper_LATE_222_67893_scaling.py": "first = 1\n",
            "noether_333_67894_report.pdf": "x",
        },
    )
    students = found(folder)
    assert {name: each.slugs(SLUGS) for name, each in students.items()} == {
        "hopper_222": ("scaling",),
        "lovelaceada_12345": SLUGS,
        "noether_333": (),
    }
    assert text_of(students["lovelaceada_12345"]) == "ada = 1\n"
    assert text_of(students["hopper_222"]) == "second = 1\n"
    assert "scaling-1.py counts; scaling.py is an earlier copy." in students["hopper_222"].notes
    assert "scaling.py was handed in late, says Canvas." in students["hopper_222"].notes
    assert (students["noether_333"].folder / "report.pdf").is_file()


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("scaling-2.py", ("scaling.py", 2)),
        ("scaling (1).ipynb", ("scaling.ipynb", 1)),
        ("scaling.py", ("scaling.py", 0)),
        ("hw-1", ("hw-1", 0)),
    ],
)
def test_a_copy_has_a_number(name: str, plain: tuple[str, int]):
    """Canvas and browsers write it in their own ways."""
    assert without_number(name) == plain


def test_moodle_makes_a_folder_for_each_student(tmp_path: Path, found):
    """With the student's name and number in its name; what was typed in has a folder of its own."""
    root = tmp_path / "moodle"
    put(root / "Ada Lovelace_1234567_assignsubmission_file_", **{"scaling.py": TEXT})
    put(root / "Ada Lovelace_1234567_assignsubmission_onlinetext_", **{"onlinetext.html": "x"})
    put(root / "Ada Lovelace_7654321_assignsubmission_file_", **{"scaling.py": TEXT})
    put(root, **{"Grace Hopper_222_assignsubmission_file_scaling.py": "grace = 1\n"})
    students = found(root)
    assert sorted(students) == ["Ada Lovelace_1234567", "Ada Lovelace_7654321", "Grace Hopper_222"]
    assert text_of(students["Ada Lovelace_1234567"]) == TEXT
    assert text_of(students["Grace Hopper_222"]) == "grace = 1\n"


GRADESCOPE = """---
submission_11:
  :submitters:
  - :name: Ada Lovelace
    :sid: '1001'
    :email: ada@example.org
  - :name: Grace Hopper
    :sid: '1002'
    :email: grace@example.org
  :created_at: 2026-01-31 13:59:00.000000000 Z
  :results:
    :tests:
    - :name: Somebody Else
submission_12:
  :submitters:
  - :name: Emmy Noether
    :email: emmy@example.org
  :score: 0.0
"""


def test_gradescope_tells_who_handed_in_what(tmp_path: Path, found):
    """A group hands in together; other names in the metadata are nobody's."""
    root = put(tmp_path / "export", **{"submission_metadata.yml": GRADESCOPE})
    put(root / "submission_11", **{"scaling.py": TEXT})
    put(root / "submission_12", **{"scaling.py": TEXT})
    assert sorted(found(root)) == ["Ada Lovelace_1001", "Emmy Noether_emmy", "Grace Hopper_1002"]


@pytest.mark.parametrize("text", ["", "submission_1:\n", "- x\n: :\n", "submission_1:\n  :submitters: []\n", "\x00"])
def test_metadata_may_be_anything(text: str):
    """Nobody is found then, and nothing breaks."""
    assert not any(gradescope_owners(text).values())


def test_a_class_may_be_a_zip_with_zips_in_it(tmp_path: Path, found):
    """Of folders, of zips, and of a download whose files are zips; what Macs add is no student."""
    of_ada = zipped({"work/scaling.py": "ada = 1\n", "__MACOSX/work/._scaling.py": "x"})
    whole = {
        "class/ben/scaling.py": "ben = 1\n",
        "class/ada.zip": of_ada,
        "class/cara_333_444_work.zip": zipped({"scaling/scaling.ipynb": "{}", "shifting/shifting.py": TEXT}),
        "__MACOSX/class/._ben": "x",
        "class/.DS_Store": "x",
    }
    path = tmp_path / "class.zip"
    path.write_bytes(zipped(whole))
    students = found(path)
    assert sorted(students) == ["ada", "ben", "cara_333"]
    assert text_of(students["ada"]) == "ada = 1\n"
    assert students["cara_333"].slugs(SLUGS) == SLUGS
    assert students["cara_333"].notes == ("work.zip was unpacked.",)


def test_a_student_may_hand_in_a_zip(tmp_path: Path, found):
    """In a folder of their own, which has no file for an assignment beside it."""
    put(tmp_path / "class" / "ben", **{"scaling.py": TEXT})
    folder = put(tmp_path / "class" / "ada")
    (folder / "hand in.ZIP").write_bytes(zipped({"hw1/scaling.py": "ada = 1\n"}))
    other = put(tmp_path / "class" / "cy", **{"report.pdf": "x"})
    (other / "work.zip").write_bytes(zipped({"hw1/mine.py": TEXT}))
    ben = put(tmp_path / "class" / "ben")
    (ben / "old.zip").write_bytes(zipped({"scaling.py": "old = 1\n"}))
    students = found(tmp_path / "class")
    assert text_of(students["ada"]) == "ada = 1\n"
    cy = students["cy"].folder
    assert (cy / "report.pdf").is_file()  # for the remark on what is not graded
    assert (cy / "hw1" / "mine.py").is_file()
    assert (text_of(students["ben"]), students["ben"].notes) == (TEXT, ())


def test_archives_stay_closed_without_a_place_for_them(tmp_path: Path):
    """As at a desk."""
    put(tmp_path / "ben", **{"scaling.py": TEXT})
    (put(tmp_path / "ada") / "x.zip").write_bytes(zipped({"scaling.py": TEXT}))
    students = {each.student: each.slugs(SLUGS) for each in find_submissions([tmp_path], SLUGS)}
    assert students == {"ada": (), "ben": ("scaling",)}


def link(name: str, target: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        info = zipfile.ZipInfo(name)
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, target)
        archive.writestr("shifting.py", TEXT)
    return buffer.getvalue()


EVIL = {
    "a way up": zipped({"../../scaling.py": "x", "shifting.py": TEXT}),
    "an absolute path": zipped({"/tmp/scaling.py": "x", "shifting.py": TEXT}),
    "a drive": zipped({"C:\\scaling.py": "x", "shifting.py": TEXT}),
    "a link": link("scaling.py", "/etc/passwd"),
    "a long name": zipped({"x" * 300 + "/scaling.py": "x", "shifting.py": TEXT}),
    "a large file": zipped({"scaling.py": b"\0" * (MAX_NOTEBOOK_BYTES + 1), "shifting.py": TEXT}),
}


@pytest.mark.parametrize("archive", EVIL.values(), ids=EVIL)
def test_what_leads_out_of_an_archive_is_left_out(tmp_path: Path, found, archive: bytes):
    """It is told, the rest counts, and nothing is written anywhere else."""
    root = put(tmp_path / "class" / "ada").parent
    (root / "ada" / "work.zip").write_bytes(archive)
    before = sorted(path for path in tmp_path.rglob("*") if "workplace" not in path.parts)
    (ada,) = found(root).values()
    assert ada.slugs(SLUGS) == ("shifting",)
    assert any("in an archive was left out: it" in note for note in ada.notes)
    assert sorted(path for path in tmp_path.rglob("*") if "workplace" not in path.parts) == before
    assert not any(path.is_symlink() for path in (tmp_path / "workplace").rglob("*"))


def test_bombs_do_not_go_off(tmp_path: Path, found, monkeypatch):
    """Bytes, files and archives in archives are bounded, for one student without harm to the others."""
    monkeypatch.setattr(archives.Unpacking, "__init__", _small)
    root = put(tmp_path / "class" / "ben", **{"scaling.py": TEXT}).parent
    deep = zipped({"scaling.py": TEXT})
    for _ in range(4):
        deep = zipped({"deeper.zip": deep})
    bombs = {
        "bytes": zipped({"scaling.py": b"\0" * 2_000_000}),
        "files": zipped({f"{number}.py": "" for number in range(60)}),
        "deep": deep,
        "broken": deep[: len(deep) // 2],
    }
    for name, content in bombs.items():
        (put(root / name) / "work.zip").write_bytes(content)
    students = found(root)
    assert {name: each.slugs(SLUGS) for name, each in students.items() if each.slugs(SLUGS)} == {"ben": ("scaling",)}
    assert any("hold more than" in note for note in students["bytes"].notes)
    assert any("hold more than" in note for note in students["files"].notes)
    assert (students["deep"].folder / "deeper" / "deeper.zip").is_file()
    assert any("is no zip, or a damaged one" in note for note in students["broken"].notes)


def _small(self: archives.Unpacking) -> None:
    self.files = 50
    self.size = 1_000_000
    self.notes = []


def test_a_class_that_cannot_be_unpacked_is_refused(tmp_path: Path, found):
    """In one sentence."""
    (tmp_path / "class.zip").write_bytes(b"no zip")
    with pytest.raises(SubmissionError, match=r"^class.zip is no zip, or a damaged one"):
        found(tmp_path / "class.zip")


ROSTERS = {
    "canvas": "Student,ID,SIS Login ID,Section\n    Points Possible,,,\n"
    '"Lovelace, Ada",12345,al,A\n"Hopper, Grace",222,gh,A\n"Noether, Emmy",9,en,A\n',
    "plain": "id;First name;Surname\n12345;Ada;Lovelace\n222;Grace;Hopper\n9;Emmy;Noether\n",
}


@pytest.mark.parametrize("text", ROSTERS.values(), ids=ROSTERS)
def test_a_roster_says_who_is_who_and_who_is_missing(tmp_path: Path, found, text: str):
    """Ids become names; whoever is not in it keeps the name of the download."""
    files = [f"{name}_67890_scaling.py" for name in ("lovelaceada_12345", "hoppergrace_222", "somebody_777")]
    folder = put(tmp_path / "class", **dict.fromkeys(files, TEXT))
    roster = tmp_path / "roster.csv"
    roster.write_text(text)
    notes: list[str] = []
    named = with_names(list(found(folder).values()), roster, notes)
    assert [each.student for each in named] == ["Ada Lovelace", "Grace Hopper", "somebody_777"]
    assert f"{roster} has no row for somebody_777: is that name right?" in notes
    assert "Nothing was handed in by 1 of roster.csv: Emmy Noether." in notes


def test_the_gradebook_of_nbgrader_gets_the_name_as_it_is(tmp_path: Path, found):
    """It knows the student by the name of the folder, blanks and all; shown is a clean one."""
    root = put(tmp_path / "course", **{"nbgrader_config.py": ""})
    put(root / "submitted" / "Cara  Dorn\u200b" / "scaling", **{"scaling.ipynb": "{}"})
    ((student, submission),) = found(root).items()
    assert (student, submission.account) == ("Cara Dorn", "Cara  Dorn\u200b")
