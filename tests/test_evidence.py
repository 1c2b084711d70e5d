"""autograder.evidence: blocks that survive the way to a file and back."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import jsonschema
import pytest

import autograder
from autograder.evidence import (
    KINDS,
    Array,
    Bars,
    Block,
    CallShown,
    Comparison,
    Curve,
    Entry,
    Frame,
    Frames,
    Question,
    Remark,
    Series,
    Snippet,
    Text,
    Traceback,
    find,
    from_record,
    to_record,
)

SCHEMA = json.loads(Path(autograder.__path__[0], "reports", "result.schema.json").read_text(encoding="utf-8"))
NUMBERS = Array((1, 2), (("1.5", "nan"),))
BLOCKS: tuple[Block, ...] = (
    Question("is a root missing?", "It is the square"),
    Question("is it?"),
    Remark("db is right."),
    CallShown("f([7, 3] float64)"),
    Comparison("dw", 2, 1, Entry((0, 1), "1.5", "2.5", "1", "1e-09"), NUMBERS, NUMBERS, ((0, 0), (0, 1))),
    Comparison("the loss", 1, 1, Entry((), "1.5", "2.5", "1", "1e-09")),
    Comparison("dw", 2, yours=NUMBERS, right=NUMBERS),
    Series("loss", "epoch", "loss", (Curve("yours", ("1", "2"), ("0.5", "nan")),), True),
    Bars("time", "ms", ("f", "g"), ("1.5", "0.2"), True),
    Frames((Frame("f.py, line 3", "return x"), Frame("f.py, line 5", "über ✓"))),
    Text(("one", "two")),
    Snippet("import torch\nprint(f(1))"),
    Traceback("Traceback"),
)


def test_every_kind_has_a_sample():
    """What follows is about all of them."""
    assert {type(block) for block in BLOCKS} == set(KINDS.values())


@pytest.mark.parametrize("block", BLOCKS, ids=repr)
def test_a_block_makes_the_round_trip(block: Block):
    """Through JSON text and back, nothing is lost, and it fits the published schema."""
    record = json.loads(json.dumps(to_record(block), allow_nan=False))
    assert from_record(record) == block
    jsonschema.validate(record, SCHEMA | {"oneOf": [{"$ref": "#/$defs/staff_block"}]})


@pytest.mark.parametrize("block", BLOCKS, ids=repr)
def test_the_schema_describes_exactly_the_fields_of_a_block(block: Block):
    """Every field is required, and none is described that does not exist."""
    record = to_record(block)
    described = SCHEMA["$defs"][record["kind"]]
    assert set(described["properties"]) == set(described["required"]) == set(record)


@pytest.mark.parametrize(("name", "part"), [("entry", Entry), ("array", Array), ("frame", Frame)])
def test_the_schema_describes_exactly_the_fields_of_a_part(name: str, part: type):
    """As those of the blocks."""
    described = SCHEMA["$defs"][name]
    fields = {field.name for field in dataclasses.fields(part)}
    assert set(described["properties"]) == set(described["required"]) == fields


@pytest.mark.parametrize(
    "record",
    [{}, {"kind": "rumour", "text": "x"}, {"kind": "remark"}, {"kind": "remark", "text": "x", "more": 1}, {"kind": []}],
    ids=str,
)
def test_what_is_no_block_is_refused(record: dict):
    """An unknown kind, a field too few, a field too many."""
    with pytest.raises((KeyError, TypeError, ValueError)):
        from_record(record)


def test_a_block_is_found_by_its_kind():
    """The first of several; None if there is none."""
    assert find(BLOCKS, Question) == BLOCKS[0]
    assert find([], Question) is None
