"""The rules of the house, as tests: imports one way, one name for each thing, nothing left out of the wheel."""

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
MODULES = sorted([*PROJECT.glob("icpfit/**/*.py"), *PROJECT.glob("pipelines/*.py")])


def test_imports_flow_one_way():
    done = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"],
        cwd=PROJECT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout


def test_every_folder_is_in_the_wheel():
    listed = tomllib.loads((PROJECT / "pyproject.toml").read_text())["tool"]["setuptools"][
        "packages"
    ]
    on_disk = {
        ".".join(p.parent.relative_to(PROJECT).parts) for p in PROJECT.glob("icpfit/**/__init__.py")
    }
    assert set(listed) == on_disk | {"icpfit.conf", "icpfit.pipelines"}


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(PROJECT)))
def test_a_module_is_one_thing(module):
    assert module.stem not in {"utils", "util", "helpers", "helper", "common", "base", "misc"}
    assert len(module.read_text(encoding="utf-8").splitlines()) <= 400


def _public_functions():
    for module in MODULES:
        tree = ast.parse(module.read_text(encoding="utf-8"))
        for node in tree.body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
                yield module, node


@pytest.mark.parametrize(
    ("module", "node"),
    [pytest.param(m, n, id=f"{m.stem}.{n.name}") for m, n in _public_functions()],
)
def test_a_public_function_says_what_it_takes_and_gives(module, node):
    text = ast.get_docstring(node)
    assert text, f"{node.name} has no docstring"
    if isinstance(node, ast.FunctionDef) and module.parent.name != "pipelines":
        arguments = [
            a.arg for a in [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        ]
        if arguments:
            assert "Parameters\n----------" in text
            undocumented = [
                a
                for a in arguments
                if f"{a} : " not in text and f"{a}, " not in text and f", {a} : " not in text
            ]
            assert not undocumented, f"not described: {undocumented}"
        returns = node.returns is not None and ast.unparse(node.returns) not in {"None", "NoReturn"}
        if returns:
            assert "Returns\n-------" in text or "Yields\n------" in text


def test_versions_agree():
    from icpfit import __version__

    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    assert project["version"] == __version__
    changelog = (PROJECT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert changelog.split("\n## ")[1].startswith(__version__)


def test_the_conf_has_no_code_in_it():
    for file in PROJECT.glob("conf/**/*.yaml"):
        assert "_target_" not in file.read_text(encoding="utf-8"), file
