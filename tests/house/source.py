"""The project's own source as these tests read it: modules with their syntax trees and imports."""

import ast
import functools
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Module:
    """One file of the product: `name` is dotted, `path` is relative to the checkout."""

    name: str
    path: Path
    tree: ast.Module

    def imports(self) -> tuple[tuple[int, str], ...]:
        """Return (line, dotted name) of everything imported, wherever in the file it stands.

        `from a import b` gives `a.b`, for b may be a module.
        """
        return _imports(self.tree)

    def at(self, line: int) -> str:
        """Return the place as an editor understands it."""
        return f"{self.path}:{line}"


@functools.cache
def _imports(tree: ast.Module) -> tuple[tuple[int, str], ...]:
    found: list[tuple[int, str]] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found += [(node.lineno, f"{node.module}.{alias.name}") for alias in node.names]
    return tuple(found)


@functools.cache
def modules() -> tuple[Module, ...]:
    """Return every Python file of the product: the package, config.py and wsgi.py."""
    files = [*sorted((ROOT / "caseflow").rglob("*.py")), ROOT / "config.py", ROOT / "wsgi.py"]
    return tuple(_module(file) for file in files if file.exists())


def _module(file: Path) -> Module:
    path = file.relative_to(ROOT)
    parts = path.with_suffix("").parts
    name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    return Module(name, path, ast.parse(file.read_text(encoding="utf-8"), str(path)))


def templates() -> list[Path]:
    """Return every template."""
    return sorted(path for path in (ROOT / "templates").rglob("*") if path.is_file())
