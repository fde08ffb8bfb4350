"""The official client of the Model Context Protocol calls every tool, and gets what the site's own JSON says."""

import json

import pytest

# Both revisions: without a handshake, which the client tries first, and with one.
CALLS = """
import asyncio, json, sys
from jsonschema import Draft202012Validator
from mcp.client.client import Client

address, mode, calls = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])

async def main():
    async with Client(address, mode=mode) as client:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        told = {"version": client.protocol_version, "server": client.server_info.version, "tools": sorted(tools), "results": []}
        for tool in tools.values():
            Draft202012Validator.check_schema(tool.input_schema)
            Draft202012Validator.check_schema(tool.output_schema)
        for name, arguments in calls:
            result = await client.call_tool(name, arguments)
            if not result.is_error:
                Draft202012Validator(tools[name].output_schema).validate(result.structured_content)
                assert json.loads(result.content[0].text) == result.structured_content
            told["results"].append([result.is_error, result.structured_content or result.content[0].text])
        print(json.dumps(told))

asyncio.run(main())
"""
CALLED = [
    ("search", {"q": "ghana", "rule": "serbia"}), ("country", {"country": "Burma", "as_of": "2013-07-01"}),
    ("tally", {"organisation": "EU", "members": True}), ("tally", {"as_of": "2013-07-01"}),
    ("compare", {"a": "latest", "b": "serbia", "organisation": "nato"}), ("count", {"year": "2020"}),
    ("count", {"count": "kosovo-2025-12", "by": "serbia"}), ("sql", {"sql": "select id, name from countries order by id", "rows": 3}),
    ("country", {"country": "Congo"}), ("sql", {"sql": "delete from countries"}),
]  # fmt: skip


@pytest.mark.parametrize(("mode", "version"), [("auto", "2026-07-28"), ("legacy", "2025-11-25")])
def test_every_tool_answers_the_official_client_as_the_site_does(run, server, ask, mode, version):
    told = json.loads(run(CALLS, f"http://127.0.0.1:{server[0]}/mcp", mode, json.dumps(CALLED)))
    assert (told["version"], told["tools"]) == (version, sorted({name for name, _ in CALLED}))
    assert [failed for failed, _ in told["results"]] == [False] * 8 + [True] * 2
    search, country, members, tallies, compared, counts, counted, rows, unclear, refused = (
        result for _, result in told["results"]
    )

    def at(path):
        return ask(path).json()

    hits = at("/search.json?q=ghana&rule=serbia")
    assert (search["total"], search["rule"]) == (hits["total"], "serbia")
    assert [(hit["id"], hit["status"]) for hit in search["results"]] == [
        (hit["id"], hit["status"]) for hit in hits["results"]
    ]
    un = {member["country"]: member for member in at("/tallies/un.json?as_of=2013-07-01")["members"]}
    assert (country["country"]["id"], country["status"]["status"]) == ("myanmar", un["myanmar"]["status"])
    eu = at("/tallies/eu.json")
    assert members["tallies"] == [eu["tally"]]
    assert [member["status"] for member in members["members"]] == [member["status"] for member in eu["members"]]
    assert tallies["tallies"] == at("/tallies.json?as_of=2013-07-01")["tallies"]
    other = at("/tallies/compare.json?a=latest&b=serbia&organisation=nato")
    assert compared["counted_b"] == other["counted_b"]
    assert [state["country"] for state in compared["states"]] == [state["country"] for state in other["states"]]
    assert [one["id"] for one in counts["counts"]] == [one["id"] for one in at("/counts.json?year=2020")["counts"]]
    ledger = at("/counts/kosovo-2025-12.json?by=serbia")
    assert (counted["counted"], counted["unexplained"]) == (ledger["counted"], ledger["unexplained"])
    assert rows["rows"] == at("/recognition.json?sql=select+id,+name+from+countries+order+by+id+limit+3")["rows"]
    for result in (search, country, members, tallies, compared, counts, counted, rows):
        assert result["edition"]["checksum"] == eu["edition"] and result["known_until"] == eu["known_until"]
        assert all(link.startswith("http://localhost/") for link in result["links"].values())
    assert "democratic-republic-of-the-congo" in unclear and "SELECT" in refused
