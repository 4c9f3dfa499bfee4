"""Makefile targets and the options of shell scripts."""

import pytest
from repositories import report

MAKEFILE = (
    ".PHONY: all test\nNAME := x\nall: test\ntest: ## words\n\techo $(NAME)\nbuild/out.txt: Makefile\n\ttouch $@\n"
)
SCRIPT = (
    '#!/bin/sh\nwhile [ $# -gt 0 ]; do\n  case "$1" in\n    -f|--force) F=1 ;;\n    --name=*) N=1 ;;\n  esac\ndone\n'
)


@pytest.mark.parametrize(
    "call",
    [
        "make test",
        "make",
        "make -j4 all test",
        "make test NAME=y",
        "make build/out.txt",
        "make TARGET",
        "make -C sub run",
    ],
)
def test_targets_that_exist_are_silent(tmp_path, call):
    """Targets, variables, options, placeholders and other folders' Makefiles give no finding."""
    files = {"Makefile": MAKEFILE, "sub/Makefile": "run:\n", "README.md": f"Say `{call}`.\n\n```bash\n{call}\n```\n"}
    assert report(tmp_path, files, "command").findings == []


def test_a_missing_target_is_found(tmp_path):
    """A target that is not there is found in its line and column, with the nearest one."""
    (found,) = report(tmp_path, {"Makefile": MAKEFILE, "README.md": "a\n\n```\nmake tset\n```\n"}, "command").findings
    assert (found.line, found.column, found.ref, found.suggestion) == (4, 6, "tset", "test")


def test_included_and_patterned_targets(tmp_path):
    """Includes are read, also by pattern; a target by pattern is one; where an include is absent nothing is judged."""
    files = {"Makefile": "include more.mk\n", "more.mk": "more:\n", "README.md": "`make more` and `make less`\n"}
    assert [each.ref for each in report(tmp_path, files, "command").findings] == ["less"]
    page = "`make more`, `make x-up`, `make up`, `make m/deep`\n"
    patterned = {
        "Makefile": "-include local.mk\ninclude m/*.mk\nx-%:\n",
        "m/a.mk": "more:\n",
        "m/b.mk": "m/deep:\n",
        "README.md": page,
    }
    found = report(tmp_path / "p", patterned, "command")
    assert [each.ref for each in found.findings] == ["up"]
    absent = report(tmp_path / "a", {"Makefile": "include gone.mk\n", "README.md": page}, "command")
    assert absent.findings == []
    assert absent.counts["command"]["not_judged"] == 4


def test_options_of_shell_scripts(tmp_path):
    """Options in `case` and getopts are known; a script that handles none is not judged."""
    files = {
        "run.sh": SCRIPT,
        "get.sh": 'while getopts "ab:" o; do :; done\n',
        "free.sh": 'exec other "$@"\n',
        "README.md": "```bash\n./run.sh --force --name=x\nbash run.sh --fource\nsh get.sh -a -b 3\nsh get.sh -z\n"
        "./free.sh --any\n```\n",
    }
    found = report(tmp_path, files, "flag")
    assert [(each.line, each.ref, each.suggestion) for each in found.findings] == [
        (3, "--fource", "--force"),
        (5, "-z", ""),
    ]
    assert found.counts["flag"]["not_judged"] == 1
