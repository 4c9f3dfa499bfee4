"""One command of a page held against the program that it calls."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from docref.commands import scripts
from docref.commands.foreign import notebook_call, pip_call
from docref.commands.model import MANY, Command
from docref.globs import matches
from docref.model import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docref.commands.programs import Programs
    from docref.commands.words import CommandWord
    from docref.model import Judgement
    from docref.repository import Repository


_PLACEHOLDER = re.compile(r"[A-Z][A-Z0-9_.-]*|.*(?:<[^>]*>|\.\.\.|…|\{[^}]*\}|\*).*|your[-_].*|path/to/.*")
_PYTHON = re.compile(r"python(?:\d(?:\.\d+)?)?")
_FAMILIAR = frozenset({"git", "pip", "pip3", "make", "pytest", "docker", "cd", "ls", "cat", "cp", "mv", "rm", "mkdir"})
_SHELLS = {"bash", "sh", "zsh"}
_RUN = frozenset({"hatch", "pdm", "pipenv", "pipx", "pixi", "poetry", "rye", "uv"})
"""Programs whose subcommand ``run`` starts the program that follows."""
_START = frozenset({"ionice", "setsid", "stdbuf", "timeout", "uvx", "watch"})
"""Programs that start the program that follows, after options of their own."""
_SHORTEST_MISSPELT = 5


def is_placeholder(word: str, repository: Repository) -> bool:
    """Whether a word stands for something that the reader fills in."""
    return _PLACEHOLDER.fullmatch(word) is not None or word in repository.config.placeholders


class Caller:
    """Judges calls against the programs of one repository."""

    def __init__(self, repository: Repository, programs: Programs) -> None:
        """Remember both."""
        self.repository = repository
        self.programs = programs

    def knows(self, word: str) -> bool:
        """Whether a word names a program of the repository, also by the path of its environment."""
        return self._name(word) in self.programs.names

    def is_foreign(self, word: str) -> bool:
        """Whether a program is somebody else's: no program, script or interpreter of the repository."""
        plain = PurePosixPath(word.removeprefix("./"))
        return not (self.knows(word) or _PYTHON.fullmatch(word) or word in _SHELLS or plain in self.repository.files)

    @staticmethod
    def _name(word: str) -> str:
        return word.rpartition("/")[2] if word.rpartition("/")[0].endswith("bin") or ")/" in word else word

    def judge(self, words: Sequence[CommandWord], page: PurePosixPath) -> Iterator[Judgement]:
        """Judge one command: what it leaves out is never reported, only what does not exist."""
        started = self._started(words)
        if started is not None:
            yield from self.judge(started, page)
            words = words[: len(words) - len(started)]
        first, rest = words[0], words[1:]
        name = self._name(first.text)
        command = self.programs.named(name)
        if command is not None:
            yield first.judged("command", Outcome.GOOD)
            yield from self._call(command, name, rest)
        elif _PYTHON.fullmatch(name):
            yield from self._python(words, page)
        elif name in _SHELLS:
            script = next((word for word in rest if not word.text.startswith("-")), None)
            if script is not None and script.text != "-c":
                yield from self._script(script, rest[rest.index(script) + 1 :], page)
        elif name in {"make", "gmake"}:
            yield from self._make(rest, page)
        elif name == "papermill":
            yield from notebook_call(self.repository, rest, page)
        elif name in {"pip", "pip3", "uv"}:
            yield from pip_call(self.repository, rest)
        elif "/" in name or name.endswith((".py", ".sh")):
            yield from self._script(first, rest, page)
        else:
            yield self._foreign(first, name)

    def _started(self, words: Sequence[CommandWord]) -> Sequence[CommandWord] | None:
        """The call that a foreign program starts (``uv run PROGRAM ...``); None if there is none that can be judged."""
        name = self._name(words[0].text)
        # An option in front is one of a wrapper that has been cut off: sudo -E, nice -n 5.
        starts = name in _START or name.startswith("-") or (name in _RUN and any(each.text == "run" for each in words))
        if not starts or self.knows(words[0].text):
            return None
        for at, word in enumerate(words[1:], 1):
            plain = PurePosixPath(word.text.removeprefix("./"))
            if self.knows(word.text) or _PYTHON.fullmatch(word.text) or plain in self.repository.files:
                return words[at:]
        return None

    def _foreign(self, word: CommandWord, name: str) -> Judgement:
        near = self.repository.nearest(name, self.programs.names)
        alike = near and self.repository.alike(name, near) > 1 - 1.5 / max(len(name), len(near))
        if alike and len(name) >= _SHORTEST_MISSPELT and name not in _FAMILIAR and word.text == name:
            return word.judged("command", Outcome.MISSING, f"no program '{name}'", near)
        return word.judged("command", Outcome.SKIPPED, "a foreign program")

    def _python(self, words: Sequence[CommandWord], page: PurePosixPath) -> Iterator[Judgement]:
        rest = list(words[1:])
        while rest and rest[0].text.startswith("-") and rest[0].text != "-m":
            if rest[0].text == "-c":
                return
            rest = rest[2 if rest[0].text in {"-X", "-W"} else 1 :]
        if not rest:
            return
        if rest[0].text != "-m":
            yield from self._script(rest[0], rest[1:], page)
            return
        if len(rest) == 1:
            return
        module = rest[1]
        if module.text == "pip":
            yield from pip_call(self.repository, rest[2:])
        elif module.text in self.programs.names or self.programs.has_package(module.text):
            command = self.programs.module(module.text)
            if command is None:
                message = f"no module '{module.text}'" + (" that runs" if self.programs.has_module(module.text) else "")
                yield module.judged("command", Outcome.MISSING, message)
            else:
                yield module.judged("command", Outcome.GOOD)
                yield from self._call(command, module.text, rest[2:])
        else:
            yield self._foreign(module, module.text)

    def _script(self, word: CommandWord, rest: Sequence[CommandWord], page: PurePosixPath) -> Iterator[Judgement]:
        """A file that is run; whether it is there is the business of the rule about paths."""
        plain = word.text.removeprefix("./")
        for base in (PurePosixPath(), page.parent):
            path = base / plain
            if path in self.repository.files:
                yield word.judged("command", Outcome.GOOD)
                yield from self._call(self.programs.script(path), plain, rest)
                return
        yield word.judged("command", Outcome.SKIPPED, "not a file of the repository")

    def _make(self, rest: Sequence[CommandWord], page: PurePosixPath) -> Iterator[Judgement]:
        folder = PurePosixPath()
        words = list(rest)
        while words:
            word = words.pop(0)
            if word.text in {"-C", "-f", "-j", "-o", "-I"}:
                if words and (word.text != "-j" or words[0].text.isdigit()):
                    value = words.pop(0).text
                    folder = PurePosixPath(value) if word.text == "-C" else folder
                continue
            if word.text.startswith("-") or "=" in word.text or word.open or is_placeholder(word.text, self.repository):
                continue
            yield self._target(word, folder, page)

    def _target(self, word: CommandWord, folder: PurePosixPath, page: PurePosixPath) -> Judgement:
        places = [base / folder / name for base in (PurePosixPath(), page.parent) for name in ("Makefile", "makefile")]
        path = next((place for place in places if place in self.repository.files), None)
        if path is None:
            return word.judged("command", Outcome.SKIPPED, "no Makefile")
        known, others = scripts.targets(self.repository, path)
        patterns = [re.escape(each).replace("%", ".+") for each in known if "%" in each]
        if word.text in known or PurePosixPath(word.text) in self.repository.files:
            return word.judged("command", Outcome.GOOD)
        if any(re.fullmatch(pattern, word.text) for pattern in patterns):
            return word.judged("command", Outcome.GOOD)
        if others:
            return word.judged("command", Outcome.UNKNOWN, "not judged: the Makefile has targets that it computes")
        near = self.repository.nearest(word.text, known)
        return word.judged("command", Outcome.MISSING, f"{path} has no target '{word.text}'", near)

    def _call(self, program: Command, called: str, words: Sequence[CommandWord]) -> Iterator[Judgement]:
        """Judge the words after a program."""
        command, given, plain = program, 0, False
        waiting = list(words)
        while waiting:
            word = waiting.pop(0)
            text = word.text
            if not word.quoted and text[:1] == "[" and len(text) > 1:
                text = text.lstrip("[")  # a synopsis: [--option VALUE]
            if not word.quoted:
                text = text.rstrip("]") or text
            if text == "--" and not plain:
                plain = True
            elif text.startswith("-") and len(text) > 1 and not plain and not re.fullmatch(r"-\d.*", text):
                yield from self._option(command, called, word, text, waiting)
            elif command.is_group:
                inner = command.command(text)
                if inner is not None:
                    yield word.judged("command", Outcome.GOOD)
                    command, called = inner, f"{called} {text}"
                    continue
                if word.open or is_placeholder(text, self.repository) or "|" in text:
                    yield word.judged("command", Outcome.SKIPPED, "a placeholder")
                elif command.open_commands:
                    yield word.judged("command", Outcome.UNKNOWN, f"not judged: {called} may have more commands")
                else:
                    near = self.repository.nearest(text, (*command.commands, *command.aliases))
                    yield word.judged("command", Outcome.MISSING, f"{called} has no command '{text}'", near)
                return
            else:
                yield from self._positional(command, called, word, text, given)
                given += 1

    def _option(
        self, command: Command, called: str, word: CommandWord, text: str, waiting: list[CommandWord]
    ) -> Iterator[Judgement]:
        name, _, value = text.partition("=")
        option = command.option(name)
        if option is None and not name.startswith("--") and len(name) > len("-x"):
            letters = [command.option(f"-{letter}") for letter in name[1:]]
            first = letters[0]
            if first is not None and (first.values or all(letters)):
                yield word.judged("flag", Outcome.GOOD)
                last = letters[-1]
                if not first.values and last is not None and last.values and waiting:
                    waiting.pop(0)
                return
        if option is None:
            if is_placeholder(name.lstrip("-"), self.repository) or name.strip("-") in {"option", "flag"} or word.open:
                yield word.judged("flag", Outcome.SKIPPED, "a placeholder")
            elif command.open_options or command.extra:
                yield word.judged("flag", Outcome.UNKNOWN, f"not judged: {called} may have more options")
            else:
                near = self.repository.nearest(name, command.option_names())
                yield word.judged("flag", Outcome.MISSING, f"{called} has no option '{name}'", near)
            return
        yield word.judged("flag", Outcome.GOOD)
        if "=" in text:
            yield from self._choice(option.choices, value, word, name, fold=option.ignore_case)
            return
        count = 0
        while waiting and (option.values == MANY or count < option.values):
            if waiting[0].text.startswith("-") and len(waiting[0].text) > 1 and not waiting[0].text[1].isdigit():
                break
            value_word = waiting.pop(0)
            count += 1
            text = value_word.text if value_word.quoted else value_word.text.rstrip("]")
            yield from self._choice(option.choices, text, value_word, name, fold=option.ignore_case)

    def _positional(
        self, command: Command, called: str, word: CommandWord, text: str, given: int
    ) -> Iterator[Judgement]:
        pattern = self.repository.config.arguments.get(called)
        if pattern and not given and not word.open and not is_placeholder(text, self.repository):
            known = {path.stem for path in self.repository.files if matches(path.as_posix(), pattern)}
            if text not in known:
                near = self.repository.nearest(text, known)
                yield word.judged("command", Outcome.MISSING, f"no file of {pattern} has the name '{text}'", near)
        room = 0
        for argument in command.arguments:
            if argument.most is None or given < room + argument.most:
                yield from self._choice(argument.choices, text, word, argument.name, fold=argument.ignore_case)
                return
            room += argument.most
        if command.open_commands or command.open_options or command.extra:
            return
        if word.open or is_placeholder(text, self.repository):
            return
        takes = f"takes {room} argument{'s' * (room != 1)}" if room else "takes no argument"
        yield word.judged("command", Outcome.MISSING, f"{called} {takes}; '{text}' is one too many")

    def _choice(
        self, choices: tuple[str, ...], value: str, word: CommandWord, name: str, *, fold: bool
    ) -> Iterator[Judgement]:
        if not choices or word.open or is_placeholder(value, self.repository):
            return
        known = {choice.casefold() for choice in choices} if fold else set(choices)
        for part in value.split("|"):
            if (part.casefold() if fold else part) not in known:
                near = self.repository.nearest(part, choices)
                message = f"'{part}' is not a value of {name} ({', '.join(choices)})"
                yield word.judged("flag", Outcome.MISSING, message, near)
