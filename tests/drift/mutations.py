"""Changes to the program that leave a page behind, and the lines that name what was changed.

Candidates are found by searching the text of the pages, and the truth about the program comes from the program itself
(its command tree, its catalog, its behaviours), never from the checker.
"""

from __future__ import annotations

import ast
import inspect
import json
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import typer

from backcourt.catalog import TABLES
from backcourt.cli.app import app
from backcourt.mode import BEHAVIOURS

Place = tuple[str, int]


@dataclass(frozen=True)
class Mutation:
    """One change.

    Attributes:
        kind: What is changed: "flag", "subcommand", ...
        name: The name that goes.
        apply: Makes the change in a tree.
        places: Page and line of every place that must be found; empty if the generated page must follow instead.
        follows: Text that stands in the generated part before, and not after.
        path: The file that is changed or goes; "" if the change is made wherever a name stands.
        part: The text in the file that is replaced or taken out; "" if the whole file goes.
    """

    kind: str
    name: str
    path: str
    part: str
    apply: Callable[[Path], None]
    places: tuple[Place, ...]
    follows: str = ""

    @property
    def word(self) -> str:
        """What a finding must speak of, so that it is not the finding of another mutation in the same line."""
        name = self.name.removesuffix("-gone")
        return {
            "flag": f"--{name.rpartition('--')[2]}",
            "subcommand": name.rpartition(" ")[2],
            "file": Path(self.path).stem,
            "heading": name.removeprefix(f"{self.path}-"),
            "parameter": name.rpartition("-")[2],
            "function": name.rpartition(".")[2],
        }.get(self.kind, name)

    def __str__(self) -> str:
        """For the test's name."""
        return f"{self.kind}-{self.name}".replace("/", "_")


def edit(path: str, old: str, new: str, *, count: int = 1, pattern: bool = False) -> Callable[[Path], None]:
    """A change of one file: text (or a regular expression) that must occur is replaced."""

    def apply(tree: Path) -> None:
        file = tree / path
        text = file.read_text(encoding="utf-8")
        after = re.sub(old, new, text, count=count) if pattern else text.replace(old, new, count or -1)
        assert after != text, f"{old!r} is not in {path}"
        file.write_text(after, encoding="utf-8")

    return apply


def together(mutations: list[Mutation]) -> list[list[Mutation]]:
    """Mutations that one check can judge, because each line that must be found belongs to one of them.

    They change different files or different parts of one, and no line that must be found stands in a file of another.
    Behaviours stay among themselves, since their page is written by the changed program; columns come last, since they
    change text everywhere.
    """
    batches: list[list[Mutation]] = []
    for mutation in sorted(mutations, key=lambda each: each.kind == "column"):
        alone = mutation.kind == "behaviour"
        for batch in batches:
            if alone == (batch[0].kind == "behaviour") and all(_apart(mutation, other) for other in batch):
                batch.append(mutation)
                break
        else:
            batches.append([mutation])
    return batches


def _apart(one: Mutation, other: Mutation) -> bool:
    nested = one.path == other.path and (one.part in other.part or other.part in one.part)
    moved = any(page == b.path for a, b in ((one, other), (other, one)) for page, _ in a.places)
    # Without a file of the program's commands nobody knows what any of them takes.
    lost = any(
        a.kind == "file" and a.path.startswith("src/backcourt/cli/") and b.kind in {"flag", "subcommand"}
        for a, b in ((one, other), (other, one))
    )
    return not nested and not moved and not lost and not set(one.places) & set(other.places)


def pages(tree: Path) -> dict[str, list[str]]:
    """The lines of every page that people write."""
    found = [*tree.glob("*.md"), *tree.glob("docs/**/*.md"), *tree.glob("runbooks/*.ipynb")]
    found = [path for path in found if "assets" not in path.parts and path.name != "CHANGELOG.md"]
    return {p.relative_to(tree).as_posix(): p.read_text(encoding="utf-8").splitlines() for p in sorted(found)}


def commands() -> dict[tuple[str, ...], typer.core.TyperCommand]:
    """Every command of the program by its words."""
    found: dict[tuple[str, ...], object] = {}

    def walk(command: object, words: tuple[str, ...]) -> None:
        found[words] = command
        for name, inner in getattr(command, "commands", {}).items():
            walk(inner, (*words, name))

    walk(typer.main.get_command(app), ())
    return found


_CALL = re.compile(r"(?<![\w/-])backcourt((?: [a-z][a-z-]*)+)([^`\"|&;]*)")


def calls(tree: Path) -> Iterator[tuple[Place, tuple[str, ...], str]]:
    """Every call of the program in the pages: place, the command's words, and the rest of the line."""
    tree_of_commands = commands()
    for page, lines in pages(tree).items():
        for number, line in enumerate(lines, 1):
            for match in _CALL.finditer(line):
                words = tuple(match[1].split())
                while words and words not in tree_of_commands:
                    words = words[:-1]
                if words:
                    yield (page, number), words, line[match.start() + len("backcourt " + " ".join(words)) : match.end()]


def flags(tree: Path) -> Iterator[Mutation]:
    """An option that a page gives to a command is renamed in the source of the command."""
    seen: dict[tuple[tuple[str, ...], str], list[Place]] = {}
    for place, words, rest in calls(tree):
        for flag in re.findall(r"(?<!\S)--[a-z][a-z-]+", rest):
            seen.setdefault((words, flag), []).append(place)
    by_words = commands()
    shared: dict[str, list[Place]] = {}
    for (words, flag), places in sorted(seen.items()):
        for parameter in by_words[words].params:
            if flag in (*parameter.opts, *parameter.secondary_opts) and flag != "--help":
                found = list(_flag(tree, words, flag, parameter.name, by_words[words].callback, tuple(places)))
                yield from found
                if not found:
                    shared.setdefault(flag, []).extend(places)
    for flag, places in sorted(shared.items()):
        yield from _shared_flag(tree, flag, tuple(places))


def _shared_flag(tree: Path, flag: str, places: tuple[Place, ...]) -> Iterator[Mutation]:
    """An option that several commands share is renamed where it is declared, if that is one place."""
    plain = f'"--{flag.removeprefix("--").removeprefix("no-")}'
    sources = {path: path.read_text(encoding="utf-8") for path in (tree / "src/backcourt/cli").glob("*.py")}
    declared = [(path, line) for path, text in sources.items() for line in text.splitlines() if plain in line]
    if len(declared) == 1:
        path, line = declared[0]
        name = path.relative_to(tree).as_posix()
        changed = line.replace(plain, f"{plain}x").replace(f"/--no-{plain[3:]}", f"/--no-{plain[3:]}x")
        yield Mutation("flag", f"shared{flag}", name, line, edit(name, line, changed), places)


def _flag(
    tree: Path, words: tuple[str, ...], flag: str, name: str, callback: Callable[..., object], places: tuple[Place, ...]
) -> Iterator[Mutation]:
    function = inspect.unwrap(callback)
    path = "src/" + Path(inspect.getsourcefile(function)).as_posix().rpartition("/src/")[2]
    text = (tree / path).read_text(encoding="utf-8")
    start = text.index(f"def {function.__name__}(")
    end = text.index('"""', start)
    signature = text[start:end]
    plain = flag.removeprefix("--").removeprefix("no-")
    if f'"--{plain}' in signature:
        changed = signature.replace(f'"--{plain}', f'"--{plain}x').replace(f"/--no-{plain}", f"/--no-{plain}x")
    elif re.search(rf"\b{name}: (Annotated|\w+Option)", signature) and f"{name}: Annotated" in signature:
        changed = re.sub(rf"\b{name}: Annotated", f"{name}x: Annotated", signature)
    else:
        return  # declared elsewhere, for several commands
    if changed != signature:
        yield Mutation("flag", "-".join((*words, flag)), path, signature, edit(path, signature, changed), places)
    definition = next(n for n in ast.parse(text).body if isinstance(n, ast.FunctionDef) and n.name == function.__name__)
    for argument, default in zip(
        definition.args.args, definition.args.defaults[-len(definition.args.args) :], strict=False
    ):
        del default
        if argument.arg == name and argument.lineno > definition.lineno:  # a line of its own
            last, body = argument.end_lineno, definition.body[0].lineno
            while last < body and not text.splitlines()[last - 1].rstrip().endswith(","):
                last += 1
            if last == body:
                continue  # another argument stands on its line
            yield _without("flag", "-".join((*words, flag, "gone")), tree, path, (argument.lineno, last), places)


def _without(
    kind: str, name: str, tree: Path, path: str, span: tuple[int, int], places: tuple[Place, ...], follows: str = ""
) -> Mutation:
    """The lines from the first to the last are emptied; all others stay where they are."""
    start, end = span
    lines = (tree / path).read_text(encoding="utf-8").splitlines(keepends=True)
    part = "".join(lines[start - 1 : end])

    def apply(tree: Path) -> None:
        lines = (tree / path).read_text(encoding="utf-8").splitlines(keepends=True)
        assert "".join(lines[start - 1 : end]) == part
        lines[start - 1 : end] = ["\n"] * (end - start + 1)
        (tree / path).write_text("".join(lines), encoding="utf-8")

    return Mutation(kind, name, path, part, apply, places, follows)


def subcommands(tree: Path) -> Iterator[Mutation]:
    """A command that a page names is renamed where it is declared, or taken away."""
    seen: dict[tuple[str, ...], list[Place]] = {}
    for place, words, _ in calls(tree):
        seen.setdefault(words, []).append(place)
    main = "src/backcourt/cli/app.py"
    for words, places in sorted(seen.items()):
        under = tuple(p for other, ps in seen.items() if other[: len(words)] == words for p in ps)
        source = (tree / main).read_text(encoding="utf-8")
        group = f'name="{words[0]}")'
        top = re.search(rf"app\.command\(\)\(\w+\.{words[0].replace('-', '_')}\)", source)
        if len(words) == 1 and group in source:
            yield Mutation("subcommand", words[0], main, group, edit(main, group, f'name="{words[0]}x")'), under)
            line = next(each for each in source.splitlines() if group in each)
            yield Mutation("subcommand", words[0] + "-gone", main, line, edit(main, line + "\n", ""), under)
        elif len(words) == 1 and top:
            yield Mutation(
                "subcommand",
                words[0],
                main,
                top[0],
                edit(main, top[0], top[0].replace("()(", f'("{words[0]}x")(')),
                under,
            )
            yield Mutation("subcommand", words[0] + "-gone", main, top[0], edit(main, top[0] + "\n", ""), under)
        elif len(words) == 2:
            function = inspect.unwrap(commands()[words].callback)
            path = "src/" + Path(inspect.getsourcefile(function)).as_posix().rpartition("/src/")[2]
            declared = f'.command("{words[1]}"'
            if declared in (tree / path).read_text(encoding="utf-8"):
                yield Mutation(
                    "subcommand",
                    " ".join(words),
                    path,
                    declared,
                    edit(path, declared, f'.command("{words[1]}x"'),
                    tuple(places),
                )


_LINK = re.compile(r"\]\(([^)#\s]*)(#[^)\s]*)?\)")


def files(tree: Path) -> Iterator[Mutation]:
    """A file that a page links to or names with its path is renamed or deleted."""
    seen: dict[str, list[Place]] = {}
    for page, lines in pages(tree).items():
        for number, line in enumerate(lines, 1):
            here = (tree / page).parent
            named = [here / m[1] for m in _LINK.finditer(line) if m[1] and "://" not in m[1]]
            runbooks = re.findall(r"backcourt runbook (?:run|show) ([a-z][\w-]*)", line)
            named += [tree / "runbooks" / f"{name}.ipynb" for name in runbooks]
            named += [tree / m for m in re.findall(r"`((?:src|docs|tests|runbooks|benchmarks)/[\w/.-]+\.\w+)`", line)]
            for target in named:
                resolved = target.resolve()
                if resolved.is_file() and resolved.is_relative_to(tree):
                    seen.setdefault(resolved.relative_to(tree).as_posix(), []).append((page, number))
    for path, places in sorted(seen.items()):
        if path.startswith("build/"):
            continue
        outside = tuple(place for place in places if place[0] != path)
        if outside:
            yield Mutation("file", path, path, "", _move(path), outside)
            yield Mutation("file", path + "-gone", path, "", lambda tree, path=path: _delete(tree, path), outside)


def _move(path: str) -> Callable[[Path], None]:
    def apply(tree: Path) -> None:
        old = tree / path
        shutil.copy(old, old.with_name("moved_away_" + old.name))
        _delete(tree, path)

    return apply


def _delete(tree: Path, path: str) -> None:
    """The file, and the page that the next build would no longer make from it."""
    (tree / path).unlink()
    (tree / "build/pages" / path).unlink(missing_ok=True)


def headings(tree: Path) -> Iterator[Mutation]:
    """A heading that a page links to is reworded."""
    seen: dict[tuple[str, str], list[Place]] = {}
    for page, lines in pages(tree).items():
        for number, line in enumerate(lines, 1):
            for match in _LINK.finditer(line):
                if match[2] and "://" not in match[1]:
                    target = ((tree / page).parent / match[1]).resolve() if match[1] else (tree / page).resolve()
                    if target.is_file() and target.suffix == ".md":
                        seen.setdefault((target.relative_to(tree).as_posix(), match[2][1:]), []).append((page, number))
    for (path, anchor), places in sorted(seen.items()):
        for line in (tree / path).read_text(encoding="utf-8").splitlines():
            slug = re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", line.lstrip("# ")).strip().lower())
            if line.startswith("#") and slug == anchor:
                yield Mutation(
                    "heading", f"{path}-{anchor}", path, line, edit(path, line, line + " reworded"), tuple(places)
                )
                outside = tuple(place for place in places if place[0] != path)  # its own lines move up
                if outside:
                    yield Mutation("heading", f"{path}-{anchor}-gone", path, line, edit(path, line + "\n", ""), outside)


def parameters(tree: Path) -> Iterator[Mutation]:
    """A parameter of a notebook, which a page gives to papermill, is renamed in the notebook."""
    call = re.compile(r"papermill (?:\S*/)?runbooks/([\w-]+)\.ipynb[^`]*")
    seen: dict[tuple[str, str], list[Place]] = {}
    for page, lines in pages(tree).items():
        for number, line in enumerate(lines, 1):
            for match in call.finditer(line):
                for name in re.findall(r" -p (\w+)", match[0]):
                    seen.setdefault((match[1], name), []).append((page, number))
    for (notebook, name), places in sorted(seen.items()):
        path = f"runbooks/{notebook}.ipynb"
        yield Mutation(
            "parameter",
            f"{notebook}-{name}",
            path,
            f'"{name}',
            edit(path, rf'"{name}( ?[:=])', rf'"{name}_renamed\1', pattern=True),
            tuple(places),
        )


def functions(tree: Path) -> Iterator[Mutation]:
    """A public function or class that a page or a runbook's cell names is renamed where it is defined."""
    seen: dict[str, list[Place]] = {}
    for page, lines in pages(tree).items():
        for number, line in enumerate(lines, 1):
            for name in re.findall(r"[`: ](backcourt(?:\.\w+)+)", line):
                seen.setdefault(name, []).append((page, number))
            if page.endswith(".ipynb"):
                for name in re.findall(r"\b(\w+\.\w+)\(parameters\)", line):
                    seen.setdefault(f"backcourt.runbooks.{name}", []).append((page, number))
    for dotted, places in sorted(seen.items()):
        module, _, name = dotted.rpartition(".")
        path = "src/" + module.replace(".", "/") + ".py"
        if (tree / path).is_file():
            text = (tree / path).read_text(encoding="utf-8")
            found = re.search(rf"^(def|class) {name}\b", text, re.MULTILINE)
            if found:
                yield Mutation(
                    "function", dotted, path, found[0], edit(path, found[0], found[0] + "_renamed"), tuple(places)
                )
                node = next(n for n in ast.parse(text).body if getattr(n, "name", "") == name)
                first = min([node.lineno, *(item.lineno for item in node.decorator_list)])  # type: ignore[attr-defined]
                yield _without("function", dotted + "-gone", tree, path, (first, node.end_lineno), tuple(places))


def columns(tree: Path) -> Iterator[Mutation]:
    """A column that a page names is renamed in the catalog, in every table that has it."""
    known = {column.name for table in TABLES for column in table.columns if "_" in column.name}
    seen: dict[str, list[Place]] = {}
    for page, lines in pages(tree).items():
        for number, line in enumerate(lines, 1):
            spans = re.findall(r"`([a-z]\w*)(?: = '\w+')?`", line) + re.findall(r"`\w+\.([a-z]\w*)`", line)
            if "SELECT " in line:
                query = line[line.index("SELECT ") :]
                # A name that the query gives itself, or is given, is its own, even if a column has it, too.
                spans += set(re.findall(r"(?<!@)\b\w+", query)) - set(re.findall(r"\bAS (\w+)", query))
            for name in {*spans} & known:
                seen.setdefault(name, []).append((page, number))
    for name, places in sorted(seen.items()):
        yield Mutation("column", name, "", name, lambda tree, name=name: _rename_column(tree, name), tuple(places))


def _rename_column(tree: Path, name: str) -> None:
    """In the schema as the generator writes it from the catalog: every table's column of that name."""
    path = tree / "build/pages/reference/tables/schema.json"
    schema = {table: [f"{c}x" if c == name else c for c in cs] for table, cs in json.loads(path.read_text()).items()}
    path.write_text(json.dumps(schema))
    for file in (tree / "src/backcourt").rglob("*"):
        if file.suffix in {".py", ".sql"}:
            text = file.read_text(encoding="utf-8")
            if name in text:
                file.write_text(re.sub(rf"\b{name}\b", f"{name}x", text), encoding="utf-8")


def behaviours(tree: Path) -> Iterator[Mutation]:
    """A behaviour's key, title or text is changed, or its decider renamed: the generated page follows."""
    path = "src/backcourt/mode.py"
    linked = {
        key: [
            (page, n)
            for page, ls in pages(tree).items()
            for n, line in enumerate(ls, 1)
            if f"backfill-mode.md#{key}" in line
        ]
        for key in (b.key for b in BEHAVIOURS)
    }
    for behaviour in BEHAVIOURS:
        key, title = behaviour.key, behaviour.title
        yield Mutation(
            "behaviour",
            key,
            path,
            f'"{key}"',
            edit(path, f'"{key}"', f'"{key}-x"'),
            tuple(linked[key]),
            follows=f"#{key} ",
        )
        yield Mutation(
            "behaviour", title, path, f'"{title}"', edit(path, f'"{title}"', f'"{title} x"'), (), follows=f"{title} {{"
        )
    tree_of_mode = ast.parse((tree / path).read_text(encoding="utf-8"))
    listed = [n for n in ast.walk(tree_of_mode) if isinstance(n, ast.Call) and ast.unparse(n.func) == "Behaviour"]
    for node in listed:
        title = node.args[2].value  # type: ignore[attr-defined]
        yield _without("behaviour", title + "-gone", tree, path, (node.lineno, node.end_lineno), (), f"{title} {{")
    yield Mutation(
        "behaviour",
        "decider",
        "src/backcourt/backfill/checks.py",
        "def admit(",
        edit("src/backcourt/backfill/checks.py", "def admit(", "def let_in("),
        (),
        follows="checks.admit<",
    )


KINDS = (flags, subcommands, files, headings, parameters, functions, columns, behaviours)
