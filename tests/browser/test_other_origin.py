"""A script in a page of another site reads answers, their headers and parts of the file. `make clients` does more with them."""

from tests.browser.other_site import other_site

ASK = """
async ([site, path, headers, method]) => {
  const answer = await fetch(site + path, {headers, method, cache: 'no-store'});
  return {status: answer.status, url: answer.url, text: (await answer.text()).slice(0, 5000), headers: [...answer.headers]};
}
"""


def test_a_script_of_another_site_reads_data_headers_and_parts(browser, address, built):
    with other_site() as elsewhere, browser.new_context() as context:
        page = context.new_page()
        page.goto(elsewhere)
        assert page.evaluate("location.origin") != address

        def ask(path, method="GET", **headers):
            sent = {name.replace("_", "-"): value for name, value in headers.items()}
            answer = page.evaluate(ASK, [address, path, sent, method])
            return answer | {"headers": dict(answer["headers"])}

        data = ask("/tallies/eu.json?as_of=2020-01-01")
        assert data["status"] == 200 and '"edition_number"' in data["text"]
        assert data["headers"]["dataset-edition"] and data["headers"]["last-modified"]
        tag = data["headers"]["etag"]
        # what a browser asks leave for: it sends OPTIONS first
        assert ask("/tallies/eu.json?as_of=2020-01-01", if_none_match=tag)["status"] == 304
        assert ask("/tallies/eu.json?as_of=2020-01-01", if_match='"x"', x_anything="1")["status"] == 412
        assert ask("/tallies.csv?as_of=2020-01-01")["text"].startswith("rule,as_of,")
        # errors and redirects
        missing = ask("/tallies/none.json")
        assert missing["status"] == 404 and '"ok": false' in missing["text"]
        assert ask("/tallies/EU.json")["url"] == f"{address}/tallies/eu.json"
        # the file
        size = built.stat().st_size
        head = ask("/recognition.db", "HEAD")
        assert (head["headers"]["accept-ranges"], head["headers"]["content-length"]) == ("bytes", str(size))
        part = ask("/recognition.db", range="bytes=0-15", if_range=head["headers"]["etag"])
        assert (part["status"], part["text"]) == (206, "SQLite format 3\0")
        assert part["headers"]["content-range"] == f"bytes 0-15/{size}"
        assert ask("/recognition.db", range="bytes=0-15", if_match='"another edition"')["status"] == 412
