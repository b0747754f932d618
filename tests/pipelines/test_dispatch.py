"""The dispatcher: paths reach the job to the letter, and every mistake is one line."""

import subprocess
import sys

import pytest

from icpfit.pipelines import dispatch

HOSTILE_NAMES = [
    "Q3 list (EMEA), v2.csv",
    "Größe & Umsatz.csv",
    "it's a list.csv",
    'the "best" ones.csv',
    "a=b.csv",
    "[1,2]{x:3}.csv",
    "${not_a_key}.csv",
    "back\\slash.csv",
    "100% sure? yes!.csv",
    "  spaces  everywhere .csv",
    "null",
    "comma,separated,values.csv",
    "colon: hash # at @ star *.csv",
    "quote at the end'",
    "backslash before a quote\\'.csv",
]


@pytest.mark.parametrize("name", HOSTILE_NAMES)
@pytest.mark.parametrize("key", ["prospects", "+prospects", "data.folder"])
def test_a_path_reaches_the_job_to_the_letter(name, key):
    from hydra.core.override_parser.overrides_parser import OverridesParser
    from omegaconf import OmegaConf

    override = OverridesParser.create().parse_override(dispatch.quoted(f"{key}={name}"))
    # Hydra hands the value to OmegaConf, which resolves ${...}: both must leave it alone.
    config = OmegaConf.create({"value": override.value()})
    assert config.value == name


@pytest.mark.parametrize(
    "word", ["seed=7", "-m", "--cfg", "prospects=", "data=acme", "prospects='x'"]
)
def test_other_words_are_left_alone(word):
    assert dispatch.quoted(word) == word


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["trian", "data=demo"], "there is no job 'trian'; did you mean 'train'?"),
        (["train"], "data: which company?"),
        (["train", "data=nobody"], "data: there is no company 'nobody'; here are demo, olist"),
        (["train", "data=demo", "sed=7"], "sed: there is no such key; did you mean 'seed'?"),
        (["check", "data=demo", "+sed=7"], "check.sed: there is no such key"),
        (["check", "data=demo", "data.horizn=12mo"], "did you mean 'horizon'?"),
        (
            ["check", "data=demo", "+data.horizn=12mo"],
            "data.horizn: there is no such key; did you mean 'horizon'?",
        ),
        (["check", "data=demo", "root=no/such/folder"], "root: there is no folder"),
        (["check", "data=demo", "data.lag=[60d"], "[60d: can't be read; a value with"),
        (
            ["score", "data=demo", "prospects=Q3", "list", "(EMEA).csv", "out=s.csv"],
            'prospects: came in 3 words; put quotes around it: prospects="Q3 list (EMEA).csv"',
        ),
        (["score", "demo", "prospects=a.csv"], "demo: expected key=value, such as data=demo"),
        (
            ["score", "data=demo", "data.prospects.format={decimal: ','}"],
            "is not in the YAML yet; +data.prospects.format=… adds it",
        ),
        (["score", "data=demo"], "prospects: is missing; say icpfit score prospects="),
        (["check", "data=demo", "--config-dir", "nowhere"], "name the folder that holds"),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_1(words, said, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert dispatch.main(words) == 1
    shown = capsys.readouterr().err
    assert said in shown
    assert shown.startswith("icpfit: ")
    assert shown.count("\n") == 1
    assert "Traceback" not in shown
    assert list(tmp_path.iterdir()) == []


def test_help_comes_from_the_conf_files(capsys):
    assert dispatch.main(["score", "--help"]) == 0
    shown = capsys.readouterr().out
    for key in ("data:", "prospects:", "out:", "model:", "icp:", "threads:", "root:"):
        assert key in shown
    assert "  data: required     # the company: data=demo takes data/demo.yaml" in shown


@pytest.mark.parametrize("job", dispatch.JOBS)
def test_help_speaks_no_hydra(job, capsys):
    dispatch.main([job, "--help"])
    shown = capsys.readouterr().out
    assert "???" not in shown
    assert "required#" not in shown


def test_help_does_not_wait_for_heavy_imports():
    program = (
        "import sys; from icpfit.pipelines import dispatch; dispatch.main(['--help']); "
        "dispatch.main(['train', '--help']); "
        "heavy = {'mlflow', 'shap', 'lightgbm', 'pandas', 'sklearn', 'matplotlib', 'duckdb'}; "
        "sys.exit(str(sorted(heavy & set(sys.modules))) if heavy & set(sys.modules) else 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_composed_settings_are_shown_without_running(icpfit, tmp_path):
    done = icpfit("train", "data=demo", "--cfg", "job", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "objective: margin" in done.stdout
    assert "as_of:" in done.stdout
    assert list(tmp_path.iterdir()) == []
