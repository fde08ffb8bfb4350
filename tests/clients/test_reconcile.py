"""What /reconcile answers fits the published schemas of the Reconciliation Service API 0.2.

They are read from `.venv-clients/reconciliation-0.2/`, or fetched from where the community group publishes them.
"""

import json
import urllib.request
from urllib.parse import urlencode

import pytest

PUBLISHED = "https://reconciliation-api.github.io/specs/0.2/schemas/"
NAMES = (
    "manifest", "type", "reconciliation-query-batch", "reconciliation-result-batch", "suggest-entities-response",
    "suggest-properties-response", "suggest-types-response", "data-extension-query", "data-extension-response",
)  # fmt: skip
VALIDATE = """
import json, sys
from pathlib import Path
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

folder, published, checks = Path(sys.argv[1]), sys.argv[2], json.load(open(sys.argv[3]))
schemas = {path.name: json.loads(path.read_text()) for path in folder.glob("*.json")}
registry = Registry().with_resources(
    (published + name, Resource.from_contents(schema, default_specification=DRAFT202012)) for name, schema in schemas.items()
)
for name, data in checks:
    schema = {key: value for key, value in schemas[name + ".json"].items() if key != "$schema"} | {"$id": published + name + ".json"}
    Draft202012Validator(schema, registry=registry).validate(data)
print(len(checks))
"""
QUERIES = {
    "q0": {"query": "Burma"}, "q1": {"query": "Congo", "limit": 3}, "q2": {"query": "Gemany"}, "q3": {"query": "x"},
    "q4": {"query": "Korea", "properties": [{"pid": "iso3", "v": ["KOR"]}], "type": "country", "type_strict": "any"},
    "q5": {"properties": [{"pid": "iso2", "v": "DE"}]}, "q6": {"query": "NATO", "type": ["organisation", "country"]},
}  # fmt: skip
EXTENSION = {
    "ids": ["germany", "suriname", "eu", "atlantis"],
    "properties": [
        {"id": "iso3"}, {"id": "organisations"}, {"id": "members"}, {"id": "recognising:latest"}, {"id": "recognised_on:serbia"},
        {"id": "status:serbia", "settings": {"as_of": "2018-01-01"}},
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def schemas(root):
    """The folder with the published schemas."""
    folder = root / ".venv-clients/reconciliation-0.2"
    folder.mkdir(exist_ok=True)
    for name in NAMES:
        path = folder / f"{name}.json"
        if not path.exists():
            try:
                with urllib.request.urlopen(f"{PUBLISHED}{path.name}", timeout=20) as answer:
                    path.write_bytes(answer.read())
            except OSError as error:  # of the network, and every answer that is none
                pytest.skip(f"{PUBLISHED} cannot be reached ({error}): put its files into {folder}")
    return folder


def test_all_answers_fit_the_published_schemas(run, ask, schemas, tmp_path):
    def at(path, **parameters):
        answer = ask(f"{path}?{urlencode(parameters)}" if parameters else path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    checks = [
        ("manifest", at("/reconcile")),
        ("reconciliation-query-batch", QUERIES),
        ("reconciliation-result-batch", at("/reconcile", queries=json.dumps(QUERIES))),
        ("data-extension-query", EXTENSION),
        ("data-extension-response", at("/reconcile", extend=json.dumps(EXTENSION))),
        *(
            ("suggest-entities-response", at("/reconcile/suggest/entity", prefix=prefix))
            for prefix in ("burm", "e", "zzz")
        ),
        ("suggest-properties-response", at("/reconcile/suggest/property", prefix="iso")),
        ("suggest-types-response", at("/reconcile/suggest/type", prefix="org")),
    ]
    (tmp_path / "checks.json").write_text(json.dumps(checks))
    assert run(VALIDATE, schemas, PUBLISHED, tmp_path / "checks.json").strip() == str(len(checks))
    # and they are more than a form: what does not fit is found
    damaged = [("reconciliation-result-batch", {"q0": {"result": [{"id": "x", "name": "X"}]}})]
    (tmp_path / "damaged.json").write_text(json.dumps(damaged))
    with pytest.raises(AssertionError, match="'score' is a required property"):
        run(VALIDATE, schemas, PUBLISHED, tmp_path / "damaged.json")
