"""The README shows real output, and names only what is there."""

import re
from pathlib import Path

import pytest
import yaml

PROJECT = Path(__file__).parents[2]
README = (PROJECT / "README.md").read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_output_in_the_readme_is_what_the_demo_prints(demo):
    """May change with the demo company or the model: then run `icpfit demo` and paste its last table."""
    root, done = demo
    printed = done.stdout[done.stdout.rindex("the demo company\n") :].replace(f"{root}/", "")
    shown = README.partition("<!-- demo -->")[2].partition("<!-- /demo -->")[0]
    assert [line.strip() for line in shown.strip().splitlines()] == [
        line.strip() for line in printed.strip().splitlines()
    ]


def test_links_lead_somewhere():
    for page in [PROJECT / "README.md", PROJECT / "CONTRIBUTING.md", *PROJECT.glob("docs/**/*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_every_command_in_the_readme_exists():
    from icpfit.pipelines.dispatch import JOBS

    named = set(re.findall(r"\bicpfit (\w+) +(?:--|data=)", README))
    assert named
    assert named <= set(JOBS)


def test_every_setting_of_a_job_has_its_comment():
    """The comment is the help: a key without one has none."""
    for job in PROJECT.glob("conf/*.yaml"):
        text = job.read_text(encoding="utf-8")
        for key in set(yaml.safe_load(text)) - {"defaults", "hydra"}:
            # YAML reads a bare `yes` as true, so such a key stands in quotes.
            starts = (f"{key}:", f'"{key}":')
            line = next(line for line in text.splitlines() if line.startswith(starts))
            assert "#" in line, f"{job.name}: {key}"
