"""JUnit's XML, which CI servers read: a suite for each result, and a test case for each check.

Every check has its test case, so that none vanishes from the counts.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree

from ..grading.marks import number
from ..model import CheckResult, Outcome, Result
from .formats import Export, Format, as_told, explained, tell_what_is_no_mark

NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, section 2.2
KINDS = {Outcome.GRADER_FAULT: "error"}  # an error of the test itself; all else that did not pass is a failure


def suite(result: Result) -> ElementTree.Element:
    """A result as a suite of tests."""
    element = ElementTree.Element("testsuite", name=_xml(f"{result.student}/{result.assignment}"))
    _properties(element, student=result.student, score=number(result.score), max_score=number(result.max_score))
    for check in as_told(result):
        element.append(_case(check, result))
    for kind, plural in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
        element.set(plural, str(len(element.findall(f"testcase/{kind}"))))
    element.set("tests", str(len(result.checks)))
    if result.notes:
        ElementTree.SubElement(element, "system-out").text = _xml("\n".join(result.notes))
    return element


def _case(check: CheckResult, result: Result) -> ElementTree.Element:
    case = ElementTree.Element("testcase", classname=f"{result.assignment}.{check.exercise}", name=_xml(check.title))
    _properties(case, points=number(check.points), max_points=number(check.max_points))
    if not result.handed_in:
        ElementTree.SubElement(case, "skipped", message=_xml(check.message))
    elif check.outcome is not Outcome.PASSED:
        text = _xml(explained(check))
        kind = KINDS.get(check.outcome, "failure")
        problem = ElementTree.SubElement(case, kind, type=str(check.outcome), message=text.partition("\n")[0])
        problem.text = text
    return case


def _properties(parent: ElementTree.Element, **values: str) -> None:
    properties = ElementTree.SubElement(parent, "properties")
    for name, value in values.items():
        ElementTree.SubElement(properties, "property", name=name, value=_xml(value))


def _xml(text: str) -> str:
    """Text without what no XML may hold, not even escaped."""
    return NOT_IN_XML.sub("\ufffd", text)


def _write(export: Export) -> None:
    root = ElementTree.Element("testsuites", name="autograder")
    for _, result in export.results():
        root.append(suite(result))
    for count in ("tests", "failures", "errors", "skipped"):
        root.set(count, str(sum(int(of_result.get(count, "0")) for of_result in root)))
    ElementTree.indent(root)
    text = ElementTree.tostring(root, encoding="unicode")
    export.write("junit.xml", f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n')
    tell_what_is_no_mark(export)


FORMAT = Format("junit", "junit.xml for CI servers", _write)
