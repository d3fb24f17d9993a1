"""Imports go only to a lower layer; units of one layer do not import each other."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

LAYERS = {
    "retrieval": {
        0: ["types", "errors"],
        1: ["language", "shingles", "spawning"],
        2: ["segment", "copies"],
        3: ["sources", "store", "index", "query", "stories"],
        4: ["asking", "ingest", "follower", "percolator", "retriever"],
        5: ["answering", "engines", "exporting", "feeds"],
        6: ["desk"],
        7: ["evaluation", "expiry"],
    },
    "bot": {
        0: ["errors", "environment"],
        1: ["messages", "settings", "demo", "redaction"],
        2: ["ledger", "followups"],
        3: ["alerts"],
        4: ["render"],
        5: ["conversation"],
        6: ["services"],
        7: ["repl", "telegram"],
        8: ["commands"],
        9: ["cli"],
    },
}


def unit_of(module: str) -> tuple[str, str] | None:
    """('retrieval', 'store') of 'retrieval.store.rows'; None for others and for package roots."""
    package, _, rest = module.partition(".")
    return (package, rest.partition(".")[0]) if package in LAYERS and rest else None


def layer_of(unit: tuple[str, str]) -> int:
    for layer, units in LAYERS[unit[0]].items():
        if unit[1] in units:
            return layer
    raise AssertionError(f"{'.'.join(unit)} has no layer; add it to LAYERS")


def imports_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"relative import in {path}"
            assert node.module is not None
            yield node.module
            # `from retrieval import store` names the unit behind the package.
            yield from (f"{node.module}.{a.name}" for a in node.names if node.module in LAYERS)


def modules() -> list[Path]:
    return sorted(p for package in LAYERS for p in (ROOT / package).rglob("*.py"))


def is_unit(unit: tuple[str, str]) -> bool:
    """Whether it is a module or a folder, and not a name defined in the package itself."""
    path = ROOT.joinpath(*unit)
    return path.is_dir() or path.with_suffix(".py").exists()


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_go_down(path: Path) -> None:
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    own = unit_of(name)
    for imported in imports_of(path):
        if name.startswith("retrieval"):
            assert imported.partition(".")[0] != "bot", f"{name} imports {imported}"
        other = unit_of(imported)
        if own and other and own != other and own[0] == other[0] and is_unit(other):
            assert layer_of(other) < layer_of(own), f"{name} imports {imported}"


def test_every_unit_has_a_layer() -> None:
    for package in LAYERS:
        for path in (ROOT / package).iterdir():
            if path.suffix == ".py" and path.stem != "__init__":
                layer_of((package, path.stem))
            elif path.is_dir() and (path / "__init__.py").exists():
                layer_of((package, path.name))


def test_the_library_reads_no_environment() -> None:
    for path in (ROOT / "retrieval").rglob("*.py"):
        text = path.read_text()

        assert "os.environ" not in text, path
        assert "getenv" not in text, path
