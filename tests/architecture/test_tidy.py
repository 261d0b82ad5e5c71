"""Rules of writing that a machine can check; each names its offenders."""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.support.source import OUR_CODE, OUR_TESTS, ROOT, Module, list_files, list_modules

FUNCTION_LINES = 50
PURE_FUNCTION_LINES = 30
MODULE_LINES = 400

BANNED_WORDS = frozenset(
    (
        *("recipe", "formula", "scrap", "organisation", "organization"),
        *("info", "util", "utils", "helper", "helpers", "misc"),
    )
)
"""Words that mean nothing here, or mean what another word means already (see CONTRIBUTING)."""
BANNED_VERBS = frozenset(("handle", "process", "perform", "do"))
BANNED_SUFFIXES = frozenset(("Data", "Manager", "Helper", "Handler", "Processor", "Wrapper"))
SIGNATURES_OF_OTHERS = ("refuse_outside_scope", "bad_request", "forbidden", "not_found")
"""Django calls its execute wrappers by position, and wants its error pages callable so."""

DJANGO_MANAGERS = ("UserManager", "ScopedManager")
"""Django's own word for what it asks to be called `objects`."""

CLOCK_READERS = frozenset(
    ("now", "utcnow", "today", "time", "time_ns", "monotonic", "monotonic_ns", "perf_counter")
)
CLOCK_PLACES = ("web", "api", "cli", "jobs", "config", "database")
"""Only interfaces, jobs and config read the clock; `database` makes ids and asks the server."""

INLINE = re.compile(
    r"""<style\b | \sstyle\s*= | \son[a-z]+\s*= | \shx-on[:-] | javascript:
    | <script\b(?![^>]*\b(?:src=|type="application/json")) """,
    re.IGNORECASE | re.VERBOSE,
)
"""What the content security policy refuses."""

NOT_MARKUP = re.compile(r"{#.*?#}|{%.*?%}|{{.*?}}|<!--.*?-->", re.DOTALL)

LEFT_OVER = re.compile(r"\b(TO[D]O|FIX[M]E|XX[X])\b")

app_modules = list_modules("src/partsemble")
code_modules = list_modules(*OUR_CODE)
all_modules = list_modules(*OUR_CODE, *OUR_TESTS)


def _split_words(name: str) -> list[str]:
    return re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name).lower().strip("_").split("_")


def _list_names(module: Module) -> Iterator[tuple[int, str]]:
    yield 1, module.path.stem
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.lineno, node.name
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id


def find_long_functions(module: Module) -> Iterator[str]:
    limit = PURE_FUNCTION_LINES if module.is_pure else FUNCTION_LINES
    for node in module.list_functions():
        assert node.end_lineno is not None
        if (length := node.end_lineno - node.lineno + 1) > limit:
            yield f"{module.name}:{node.lineno} {node.name} has {length} lines, {limit} is the most"


def find_banned_words(module: Module) -> Iterator[str]:
    if {"qbo", "xero", "emulator"}.intersection(Path(module.name).parts):
        return  # these speak the provider's language
    for line, name in _list_names(module):
        if words := BANNED_WORDS.intersection(_split_words(name)):
            yield f"{module.name}:{line} {name} says {', '.join(words)}"


def find_banned_verbs(module: Module) -> Iterator[str]:
    for node in module.list_functions():
        verb = _split_words(node.name)[0]
        if verb in BANNED_VERBS:
            yield f"{module.name}:{node.lineno} {node.name} does not say what it does"


def find_banned_suffixes(module: Module) -> Iterator[str]:
    for node in ast.walk(module.tree):
        if (
            isinstance(node, ast.ClassDef)
            and node.name.endswith(tuple(BANNED_SUFFIXES))
            and node.name not in DJANGO_MANAGERS
        ):
            yield f"{module.name}:{node.lineno} {node.name} does not say what it is"


def find_unclear_docstrings(module: Module) -> Iterator[str]:
    for node in module.list_public_functions():
        text = ast.get_docstring(node) or ""
        if not text.startswith("This will "):
            yield f"{module.name}:{node.lineno} {node.name}: a docstring completes 'This will …'"


def find_positional_arguments(module: Module) -> Iterator[str]:
    is_door = {"services", "queries"}.intersection(module.path.with_suffix("").parts)
    for node in module.list_public_functions():
        positional = [*node.args.posonlyargs, *node.args.args]
        allowed = 0 if is_door else 1
        if len(positional) > allowed and node.name not in SIGNATURES_OF_OTHERS:
            names = ", ".join(each.arg for each in positional)
            yield f"{module.name}:{node.lineno} {node.name} takes {names} by position"


def find_clock_readers(module: Module) -> Iterator[str]:
    place = module.path.relative_to(module.root / "src/partsemble").parts[0]
    if place in CLOCK_PLACES:
        return
    for node in ast.walk(module.tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in CLOCK_READERS
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id in {"time", "datetime", "date", "timezone"}
        ):
            yield f"{module.name}:{node.lineno} reads the clock instead of being told the time"


def find_row_locks(module: Module) -> Iterator[str]:
    if "locked" in module.path.with_suffix("").parts:
        return
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute) and node.attr == "select_for_update":
            yield f"{module.name}:{node.lineno} locks rows; that belongs into locked"


@pytest.mark.parametrize(
    ("find_offenders", "modules"),
    [
        (find_long_functions, code_modules),
        (find_banned_words, all_modules),
        (find_banned_verbs, code_modules),
        (find_banned_suffixes, code_modules),
        (find_unclear_docstrings, app_modules),
        (find_positional_arguments, app_modules),
        (find_clock_readers, app_modules),
        (find_row_locks, app_modules),
    ],
)
def test_code_is_tidy(
    find_offenders: Callable[[Module], Iterator[str]], modules: tuple[Module, ...]
) -> None:
    assert [offender for module in modules for offender in find_offenders(module)] == []


@pytest.mark.parametrize(
    ("find_offenders", "place", "text"),
    [
        (find_long_functions, "stock/rules.py", "def pick():\n" + "    pass\n" * 30),
        (find_long_functions, "stock/services.py", "def pick():\n" + "    pass\n" * 50),
        (find_banned_words, "stock/types.py", "class BomRecipe: ..."),
        (find_banned_words, "stock/types.py", "def count(*, scrap_quantity): ..."),
        (find_banned_words, "stock/utils.py", ""),
        (find_banned_verbs, "stock/services.py", "def handle_receipt(): ..."),
        (find_banned_suffixes, "stock/types.py", "class LotManager: ..."),
        (find_unclear_docstrings, "stock/types.py", "def name_lot():\n    'Names a lot.'"),
        (find_positional_arguments, "stock/services.py", "def move(lot): ..."),
        (find_positional_arguments, "web/items.py", "def show(request, slug): ..."),
        (find_clock_readers, "stock/services.py", "datetime.now(UTC)"),
        (find_row_locks, "stock/queries.py", "Lot.objects.select_for_update()"),
    ],
)
def test_untidiness_is_noticed(
    tmp_path: Path,
    find_offenders: Callable[[Module], Iterator[str]],
    place: str,
    text: str,
) -> None:
    path = tmp_path / "src/partsemble" / place
    path.parent.mkdir(parents=True)
    path.write_text(text)
    assert len(list(find_offenders(Module(path, root=tmp_path)))) == 1


def test_modules_fit_a_sitting() -> None:
    assert [
        f"{module.name} has {module.line_count} lines"
        for module in all_modules
        if module.line_count > MODULE_LINES
    ] == []


def test_nothing_is_left_over() -> None:
    assert [
        f"{path.relative_to(ROOT)}:{number}"
        for path in list_files()
        if path.suffix not in {".lock", ".png", ".ico", ".woff2"}
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if LEFT_OVER.search(line)
    ] == []


def _list_templates() -> list[Path]:
    return [path for path in list_files() if "templates" in path.parts and path.suffix == ".html"]


def _find_inline(text: str) -> list[str]:
    return [match.group().strip() for match in INLINE.finditer(NOT_MARKUP.sub("", text))]


def test_templates_hold_no_inline_script_or_style() -> None:
    assert {
        str(path.relative_to(ROOT)): found
        for path in _list_templates()
        if (found := _find_inline(path.read_text()))
    } == {}


@pytest.mark.parametrize(
    "text",
    [
        "<style>p {}</style>",
        '<p style="color: red">',
        '<a onclick="go()">',
        '<a hx-on:click="go()">',
        '<a href="javascript:go()">',
        "<script>go()</script>",
        '<script type="module">go()</script>',
    ],
)
def test_inline_script_and_style_are_noticed(text: str) -> None:
    assert _find_inline(text)


@pytest.mark.parametrize(
    "text",
    [
        '<script type="module" src="x.js"></script>',
        '<script type="application/json" id="x">{}</script>',
        '<p class="style" data-on="x">{% if only == 1 %}{{ style }}{% endif %}</p>',
        '<link rel="stylesheet" href="x.css">',
    ],
)
def test_files_and_inert_islands_are_allowed(text: str) -> None:
    assert _find_inline(text) == []
