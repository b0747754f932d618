"""A password planted in the url of a database: nothing that a whole run writes or says has it."""

from urllib.parse import quote

import pytest
import yaml

from icpfit.data.demo.company import write_demo_company

pytestmark = pytest.mark.slow

PLANTED = "pl@nted/s:ecret%41 x"


def traces(root):
    """Files under a folder that hold the secret, in any way that a url writes it."""
    forms = {PLANTED, quote(PLANTED, safe=""), quote(PLANTED), "pl@nted", "pl%40nted", "ecret%"}
    wanted = [form.encode() for form in forms]
    wanted += [form.encode("utf-16-le") for form in forms]
    files = [path for path in root.rglob("*") if path.is_file()]
    assert len(files) > 20
    return [path for path in files if any(form in path.read_bytes() for form in wanted)]


def test_a_whole_run_keeps_the_password_to_itself(database, server, copies, tmp_path, icpfit):
    root, conf = tmp_path / "root", tmp_path / "conf"
    folder = root / "data" / "demo"
    made = write_demo_company(folder, customers=900, prospects=100)
    copies.as_database(folder, database.url)
    for path in folder.glob("*.csv"):
        path.unlink()
    name = f"reader_{database.url[-6:]}"
    database(
        f"CREATE ROLE {name} LOGIN PASSWORD '{PLANTED}'",
        f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {name}",
        f"GRANT USAGE, CREATE ON SCHEMA public TO {name}",
    )
    secret = database.url.replace(
        f"postgres:{server.password}", f"{name}:{quote(PLANTED, safe='')}"
    )
    values = copies.with_database(copies.company_values(made), "${oc.env:ACME_DATABASE}")
    (conf / "data").mkdir(parents=True)
    text = yaml.safe_dump({**values, "company": "acme"}, sort_keys=False)
    (conf / "data" / "acme.yaml").write_text(text, encoding="utf-8")
    words = ["--config-dir", conf, "data=acme", f"root={root}"]
    env = {"ACME_DATABASE": secret, "OMP_NUM_THREADS": "1"}
    heard = []

    def run(job, *more, code=0, env=env, said=""):
        done = icpfit(job, *words, *more, cwd=tmp_path, env=env)
        heard.append(done.stdout + done.stderr)
        assert done.returncode == code, heard[-1]
        assert said in done.stderr, done.stderr
        assert "Traceback" not in heard[-1]
        return done

    # One of the urls stands in the settings in full, as nobody should write it.
    literal = f"data.sources.nps.url='{secret}'"
    run("check", literal)
    run("train", "evidence=quick", literal)
    out = f"out={root / 'scored.parquet'}"
    run("score", "prospects=demo", "model=challenger", out, "out_table=scores")
    [[graded, note]] = database(
        "SELECT count(*) FILTER (WHERE margin_if_won IS NOT NULL), obj_description('scores'::regclass)"
        ' FROM prospects JOIN scores USING ("Prospect ID") GROUP BY 2'
    )
    assert graded > 50
    assert note.startswith("made by icpfit; ")
    shown = run("train", "--cfg", "job").stdout
    assert "${oc.env:ACME_DATABASE}" in shown
    wrong = secret.replace("%2541", "%2542")
    run("check", code=1, env=env | {"ACME_DATABASE": wrong}, said=f"refused user '{name}'")
    away = secret.replace(f":{server.port}/", ":1/")
    run("train", code=1, env=env | {"ACME_DATABASE": away}, said="127.0.0.1:1 can't be reached")
    run(
        "train", code=1, env={"ACME_DATABASE": f"no url {PLANTED}"}, said="can't be read as the url"
    )
    run(
        "check", "data.sources.nps=${oc.env:ACME_DATABASE}", code=1, said="expected keys and values"
    )
    run("check", "data.folder=${oc.env:ACME_DATABASE}", code=0)
    unset = run("check", "data.sources.nps.url=${oc.env:NOT_SET_AT_ALL}", code=1)
    assert "the environment variable 'NOT_SET_AT_ALL' is not set" in unset.stderr
    for text in heard:
        for form in (PLANTED, quote(PLANTED, safe=""), "pl@nted", "pl%40nted"):
            assert form not in text
    assert traces(root) == []
    kept = [path.read_text(encoding="utf-8") for path in root.rglob("config.yaml")]
    assert any("${oc.env:ACME_DATABASE}" in one and ":***@" in one for one in kept)
