"""Figures for the pages of others: small pages to be framed, the code to copy, and oEmbed for programs that ask for it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qsl, urlencode

from datasette import hookimpl
from datasette.app import Datasette
from datasette.utils.asgi import BadRequest, NotFound, Request, Response

try:
    from recognition.serving.addresses import on_site
    from recognition.site import charts, colours, embedding
    from recognition.site.asked import CHOICES, Asked, asked, chosen_among, onward, question, value_among
    from recognition.site.cards import SHARED
    from recognition.site.database import Row, rows
    from recognition.site.embedding import THEMES, Framed, code_of, code_within, size_within
    from recognition.site.formats import edition_headers
    from recognition.site.named_edition import edition_named
    from recognition.site.opening import country_on_day
    from recognition.site.spelling import plain_address
    from recognition.site.tallies import HISTORY
    from recognition.site.telling import rule_and_day, source_told, tally_on_day, tally_told
    from recognition.vocabulary import UN
except ModuleNotFoundError as missing:
    raise SystemExit(f"Error: {missing}. Install what the site needs: pip install -r requirements.txt") from None

LONGEST_URL = 2_000  # characters of one that oEmbed is asked for
PICTURE_OF = {"tally": "tallies", "country": "countries"}  # by the kind of a figure, the kind of its preview


async def frame_page(datasette: Datasette, request: Request) -> Response:
    """A figure without the head and foot of the site, to be shown in a frame: rule, day, source, and where there is more."""
    ask, variables = await question(datasette, request), request.url_vars
    key = variables.get("organisation") or variables.get("country") or ""
    figure = await embedding.framed(datasette, ask, variables["figure"], key)
    if figure is None:
        raise NotFound(f"There is no country {key[:40]!r}.")
    theme = chosen_among(request, "theme", THEMES)
    context = {
        **ask.context, "figure": figure, "theme": theme, "source": await source_told(datasette),
        "rule_and_day": rule_and_day(ask), **await SHOWN[figure.kind](datasette, ask, key),
    }  # fmt: skip
    return Response.html(await datasette.render_template(f"embed_{figure.kind}.html", context, request=request))


async def shown_map(datasette: Datasette, ask: Asked, _: str) -> Row:
    return {"told": tally_told(await tally_on_day(datasette, ask, UN), ask)}


async def shown_chart(datasette: Datasette, ask: Asked, _: str) -> Row:
    """The line of the chosen organisation from the first day to the one that is asked for; no `axes` where it had no members."""
    organisation = ask.organisation or UN
    tally = await tally_on_day(datasette, ask, organisation)
    history = await rows(datasette, HISTORY, organisation=organisation, rule=ask.rule, as_of=ask.as_of)
    told = {"told": tally_told(tally, ask), "tally": tally, "members_shown": organisation}
    if not history:
        return told
    axes = charts.Axes(ask.subject["first_day"], ask.as_of, max(step["members"] for step in history))
    lines = {name: charts.written(axes.steps(history, name)) for name in ("recognising", "withdrawn")}
    return {**told, "axes": axes, "grid": charts.grid(axes), "lines": lines, "last": history[-1]}


async def shown_tally(datasette: Datasette, ask: Asked, key: str) -> Row:
    tally = await tally_on_day(datasette, ask, key)
    return {"told": tally_told(tally, ask), "tally": tally}


async def shown_country(datasette: Datasette, ask: Asked, key: str) -> Row:
    found = await country_on_day(datasette, ask, key)
    return {"told": found.told, "standing": found.standing} if found else {}


SHOWN: dict[str, Callable[[Datasette, Asked, str], Awaitable[Row]]] = {
    "map": shown_map, "chart": shown_chart, "tally": shown_tally, "country": shown_country,
}  # fmt: skip


async def theme_style(datasette: Datasette, request: Request) -> Response:
    """The colours of a theme that is chosen in the address of a frame, whatever the reader's own setting."""
    tokens, theme = colours.colours(datasette), request.url_vars["theme"]
    css = colours.as_css(tokens.dark if theme == "dark" else tokens.light, theme)
    return Response(css, content_type="text/css; charset=utf-8")


async def oembed(datasette: Datasette, request: Request) -> Response:
    """What a program shows for the address of a page of this site (oEmbed 1.0): its figure in a frame."""
    args = request.args
    if args.get("format") not in (None, "", "json"):
        raise BadRequest("oEmbed is answered as JSON here: leave format out, or say json.")
    path, asked_of = path_asked_for(datasette, args.get("url") or "")
    ask = await asked(datasette, asked_of.get("rule"), asked_of.get("as_of"), organisation=asked_of.get("organisation"))
    if theme := asked_of.get("theme"):
        asked_of["theme"] = value_among(theme, "theme", THEMES)
    if edition := asked_of.get("edition", "").strip():
        asked_of["edition"] = str(await edition_named(datasette, edition))
    figure = await embedding.framed_at(datasette, ask, path)
    if figure is None and (plain := await plain_address(datasette, path)):
        figure = await embedding.framed_at(datasette, ask, plain)
    if figure is None:
        raise NotFound("The page at this url has no figure to embed. Map, timeline, tallies and dossiers have one.")
    size = size_within(figure, number(args, "maxwidth"), number(args, "maxheight"))
    told = await oembed_of(datasette, ask, figure, asked_of, size)
    return Response.json(told, headers=await edition_headers(datasette))


async def oembed_of(
    datasette: Datasette, ask: Asked, figure: Framed, asked_of: dict[str, str], size: tuple[int, int]
) -> Row:
    """The keys of oEmbed's type 'rich'; `asked_of` are the parameters of the page that was asked for."""
    kind = PICTURE_OF.get(figure.kind, "site")
    preview = onward(
        datasette, f"/preview/{kind}/{figure.key or SHARED}.png", embedding.chosen(figure, ask), organisation=None
    )
    return {
        "version": "1.0", "type": "rich", "title": figure.title, "width": size[0], "height": size[1],
        "html": code_within(datasette, figure, asked_of, size),
        "provider_name": (datasette.metadata() or {})["title"], "provider_url": datasette.absolute_url(None, "/"),
        "thumbnail_url": datasette.absolute_url(None, preview), "thumbnail_width": 1200, "thumbnail_height": 630,
    }  # fmt: skip


def path_asked_for(datasette: Datasette, url: str) -> tuple[str, dict[str, str]]:
    """The path of a page of this site, and what of its question a frame knows, of each the first. NotFound for the address of another site."""
    if not url:
        raise BadRequest("oEmbed needs url, the address of a page of this site.")
    found = on_site(datasette, url.strip()) if len(url) <= LONGEST_URL else None
    if found is None:
        raise NotFound("This url is not the address of a page of this site.")
    path, query = found
    known = (*CHOICES, *embedding.PARAMETERS)
    asked_of: dict[str, str] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        if name in known:
            asked_of.setdefault(name, value)  # as pages do
    return path, asked_of


def number(args: Any, name: str) -> int:
    """A limit in pixels; as good as none where it is left out or no number of pixels."""
    text = args.get(name) or ""
    return int(text) if text.isascii() and text.isdigit() and 0 < len(text) < 6 and int(text) else 10**6


async def oembed_address(datasette: Datasette, request: Request | None) -> str | None:
    """The address at which oEmbed answers for a page; None for a page without a figure, or a site without a public address."""
    if request is None or datasette.public_address is None:
        return None
    try:
        ask = await question(datasette, request)
    except (BadRequest, NotFound):
        return None
    if request.path.startswith("/embed/") or not await embedding.framed_at(datasette, ask, request.path):
        return None
    page = datasette.absolute_url(request, onward(datasette, request.path, ask.carried))
    return str(datasette.absolute_url(request, datasette.urls.path("/oembed"))) + "?" + urlencode({"url": page})


async def codes(
    datasette: Datasette, kind: str, key: str, rule: str | None, as_of: str | None, organisation: str | None, told: int
) -> Row:
    """What templates/_embed.html shows of a figure: codes that follow today and that are pinned, paths of its pictures."""
    ask = await asked(datasette, rule, as_of, organisation=organisation)
    figure = await embedding.framed(datasette, ask, kind, key)
    if figure is None:
        raise NotFound(f"There is no figure {kind} {key!r}.")
    along = embedding.chosen(figure, ask)
    pins = await embedding.pinned(datasette, ask)
    return {
        "figure": figure, "as_of": ask.as_of, "follows": code_of(datasette, figure, along, told), "edition": pins["edition"],
        "pinned": code_of(datasette, figure, along | pins, told),
    }  # fmt: skip


@hookimpl
def extra_template_vars(datasette: Datasette, request: Request | None) -> dict[str, Callable[..., Awaitable[Any]]]:
    """Give templates `page_oembed()`, an address, and `embed_codes(kind, key, rule, as_of, organisation, told)`."""

    async def page_oembed() -> str | None:
        return await oembed_address(datasette, request)

    async def embed_codes(
        kind: str, key: str, rule: str | None, as_of: str | None, organisation: str | None, told: int
    ) -> Row:
        return await codes(datasette, kind, key, rule, as_of, organisation, told)

    return {"page_oembed": page_oembed, "embed_codes": embed_codes}


@hookimpl
def register_routes() -> list[tuple[str, Callable[..., object]]]:
    return [
        (r"^/embed/(?P<figure>map|chart)$", frame_page),
        (r"^/embed/(?P<figure>tally)/(?P<organisation>[^/.]+)$", frame_page),
        (r"^/embed/(?P<figure>country)/(?P<country>[^/.]+)$", frame_page),
        (r"^/embed/(?P<theme>light|dark)\.css$", theme_style),
        (r"^/oembed$", oembed),
    ]
