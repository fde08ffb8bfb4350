"""What a reader gets of an answer, as text in reading order: `seen(status, headers, body)`.

HTML becomes headings, sentences, lists, rows of tables, links with their addresses, controls with their states, and
the numbers that charts are drawn from. JSON is printed over lines; CSV, XML and plain text stay as they are.

    # Heading                    a heading of level 1, ## of level 2
    [text](address)              a link
    ! cell | cell                a row of a table; ! before a header cell
    ‹text›                       shown, but not read by screen readers (aria-hidden)
    «text»                       read by screen readers, but not shown (class hidden)
    {hidden: text}               neither shown nor read (attribute hidden)
    text{title}                  what a pointer that rests on it is told
    ▸ summary                    a part that is folded away; ▾ one that is open
    (polyline.recognising 0,1 …) a part of a chart
    (svg.bar 0 0 27 1: recognises 0,0 22×1) a drawing of bars: what they are, their place and size
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping

from bs4 import BeautifulSoup, NavigableString, Tag
from bs4.element import PreformattedString

SCORE = re.compile(r'("score": -?\d+)\.\d+')  # its fraction moves with every word that is indexed
WIDTH = 140  # characters of a line of JSON that is not broken
LONG = 60  # characters of path data that are printed whole
HEADERS = ("content-type", "cache-control", "location", "content-disposition", "link", "content-security-policy")
BLOCK_NAMES = (
    "p div section article main header footer nav aside figure figcaption blockquote pre form fieldset legend ul ol li dl dt dd"
    " table caption thead tbody tr th td details summary h1 h2 h3 h4 h5 h6 hr option"
)
BLOCKS = frozenset(BLOCK_NAMES.split())
LANDMARKS = frozenset(("header", "footer", "main", "nav", "aside", "section", "article", "form", "div", "figure"))
CONTROLS = frozenset(("select", "input", "button", "textarea"))
# Of an element of a drawing: what is seen. Classes say which part of the chart it is.
GEOMETRY = (
    "viewBox preserveAspectRatio x y width height x1 x2 y1 y2 cx cy r points d text-anchor transform patternTransform role"
    " aria-label aria-hidden"
)

NOTHING_NEW = {("preserveAspectRatio", "none"), ("aria-hidden", "true"), ("role", "img")}

# What differs between two runs or two machines, though nothing that the project says has changed.
MASKS = (
    (re.compile(r"\b[0-9a-f]{64}\b"), "<sha256>"),
    (re.compile(r"(/static/[\w./-]+\.(?:css|js|svg)|app\.css|\.js|\.css)\?[\w=.-]+"), r"\1?<hash>"),
    (re.compile(r"\d+(?:\.\d+)? ?ms\b"), "<time> ms"),
    (re.compile(r'"query_ms": [\d.]+'), '"query_ms": <time>'),
    (re.compile(r"\bmax-age=[12]?\d?\d\b"), "max-age=300"),  # what is left of the day, shortly before midnight
    (re.compile(r"\d+\.\d+ MB\b"), "<size> MB"),
    (re.compile(r'"contentSize": "\d+ B"'), '"contentSize": "<size> B"'),
    (re.compile(r"\b[\d,]+ bytes in [\d.]+ s\b"), "<size> bytes in <time> s"),
)


def masked(text: str, masks: Mapping[str, str] | None = None) -> str:
    """The text without what differs between runs; `masks` are further words and what replaces them."""
    for pattern, instead in MASKS:
        text = pattern.sub(instead, text)
    for word, instead in (masks or {}).items():
        text = text.replace(word, instead)
    return text


def seen(status: int, headers: Mapping[str, str], body: str, frame: Callable[[str, str], str] | None = None) -> str:
    """What a reader gets of an answer. `frame(part, text)` may shorten the header and the footer of a page."""
    lines = [str(status)] + [f"{name}: {headers[name]}" for name in HEADERS if name in headers]
    kind = headers.get("content-type", "").split(";")[0]
    if kind == "text/html":
        text = page(body, frame)
    elif kind.endswith("json"):
        text = SCORE.sub(r"\1", printed_json(json.loads(body)))
    else:
        text = body.replace("\r\n", "\n").rstrip("\n")
    return "\n".join([*lines, "", text])


def printed_json(value: object, indent: str = "") -> str:
    """JSON over lines: what fits into one line is on one line."""
    line = json.dumps(value, ensure_ascii=False)
    if len(line) + len(indent) <= WIDTH or not isinstance(value, (dict, list)):
        return line
    deeper = indent + " "
    if isinstance(value, dict):
        parts = [f"{deeper}{json.dumps(key)}: {printed_json(one, deeper)}" for key, one in value.items()]
        return "{\n" + ",\n".join(parts) + f"\n{indent}}}"
    return "[\n" + ",\n".join(deeper + printed_json(one, deeper) for one in value) + f"\n{indent}]"


def page(html: str, frame: Callable[[str, str], str] | None = None) -> str:
    """A page of HTML in reading order: what machines read of its head, then its body."""
    soup = BeautifulSoup(html, "html.parser")
    lines = head(soup)
    body = soup.body or soup
    for name in ("header", "footer"):
        part = body.find(name, class_="site" if name == "header" else "ft")
        if frame and isinstance(part, Tag):
            said = frame(name, Reading(part).text())
            part.clear()
            part.append(soup.new_tag("lines", string=said))
    return "\n".join([*lines, "", Reading(body).text()])


def head(soup: BeautifulSoup) -> list[str]:
    """Title, description, canonical address, alternates and the data for machines."""
    title = plain(soup.title.get_text()) if soup.title else "none"
    lines = [f"title: {title}"]
    described = ""
    for meta in soup.find_all("meta"):
        name, content = str(meta.get("name") or meta.get("property") or ""), plain(str(meta.get("content", "")))
        if name == "description":
            described = content
        if name in ("description", "robots") or (name.startswith("og:") and content not in (title, described)):
            lines.append(f"{name}: {content}")
    for link in soup.find_all("link"):
        if set(link.get("rel") or ()) & {"canonical", "alternate", "next", "prev", "search"}:
            lines.append(f"{' '.join(link['rel'])}: {link.get('href')}")
    for script in soup.find_all("script"):
        if script.get("type") == "application/ld+json":
            lines.append(f"data: {printed_json(json.loads(script.get_text()))}")
        elif script.get("src"):
            lines.append(f"script: {script['src']}")
        elif script.get_text().strip():
            lines.append(f"script inside the page: {plain(script.get_text())[:100]}")
    return lines


def plain(text: str) -> str:
    return " ".join(text.split())


def classes(element: Tag) -> list[str]:
    found = element.get("class") or []
    return found.split() if isinstance(found, str) else list(found)


class Reading:
    """The lines of an element, gathered while its children are read from the first to the last."""

    def __init__(self, element: Tag) -> None:
        self.lines: list[str] = []
        self.line = ""
        self.children(element)
        self.end()

    def text(self) -> str:
        return "\n".join(self.lines)

    def end(self) -> None:
        """The end of a line of text."""
        if said := plain(self.line):
            self.lines.append(said)
        self.line = ""

    def children(self, element: Tag) -> None:
        for child in element.children:
            if isinstance(child, Tag):
                self.element(child)
            elif isinstance(child, NavigableString) and not isinstance(child, PreformattedString):
                self.line += re.sub(r"\s+", " ", child)

    def inside(self, element: Tag, between: str = " / ") -> str:
        """An element as one line; its blocks are parted by `between`."""
        return between.join(filter(None, Reading(element).lines))

    def block(self, lines: list[str], first: str = "", rest: str = "") -> None:
        """Lines of their own, the first of them after `first`, the others after `rest`."""
        self.end()
        self.lines += [(rest if number else first) + line for number, line in enumerate(lines)]

    def element(self, element: Tag) -> None:
        name = element.name
        if name in ("script", "style", "template", "noscript", "head"):
            return
        if name == "lines":  # read already
            self.block(element.get_text().split("\n"))
        elif element.has_attr("hidden"):
            self.apart(element, "{hidden: ", "}")
        elif name == "svg":
            self.drawing(element)
        elif "hidden" in classes(element) and name not in CONTROLS:
            self.apart(element, "«", "»")
        elif element.get("aria-hidden") == "true":
            self.apart(element, "‹", "›")
        elif name in CONTROLS:
            self.line += f" {self.control(element)} "
        elif name in BLOCKS:
            self.a_block(element)
        else:
            self.inline(element)

    def apart(self, element: Tag, before: str, after: str) -> None:
        """What is not both shown and read."""
        if element.name in BLOCKS:
            self.block(Reading(element).lines, f"{before}{element.name} ")
            if self.lines:
                self.lines[-1] += after
        else:
            self.line += before + self.inside(element) + after

    def inline(self, element: Tag) -> None:
        name, said = element.name, self.inside(element)
        if name == "br":
            self.end()
            return
        if name == "a" and element.has_attr("href"):
            role = " download" if element.has_attr("download") else ""
            label = f" aria-label={element['aria-label']}" if element.has_attr("aria-label") else ""
            current = f" current={element['aria-current']}" if element.has_attr("aria-current") else ""
            said = f"[{said}]({element['href']}{role}{label}{current})"
        elif name == "img":
            said = f"![{element.get('alt')}]({str(element.get('src'))[:LONG]})"
        elif name == "time" and element.get("datetime") != said:
            said += f"{{{element.get('datetime')}}}"
        else:
            before, after = {
                "strong": ("**", "**"), "b": ("**", "**"), "em": ("*", "*"), "i": ("*", "*"), "code": ("`", "`"),
                "q": ("‘", "’"), "mark": ("==", "=="), "small": ("(", ")"), "sup": ("^", ""),
            }.get(name, ("", ""))  # fmt: skip
            said = before + said + after
            if name == "bdi" and element.get("lang"):
                said += f"{{{element['lang']}}}"
        if element.has_attr("title"):
            said += f"{{{element['title']}}}"
        lead = " " if self.line and self.line[-1].isspace() else ""
        text = element.get_text()
        self.line += ("" if lead else " " if text[:1].isspace() else "") + said + (" " if text[-1:].isspace() else "")

    def a_block(self, element: Tag) -> None:
        name = element.name
        mark = f" {{#{element['id']}}}" if element.has_attr("id") else ""
        if name[0] == "h" and name[1:].isdigit():
            self.block(["", f"{'#' * int(name[1:])} {self.inside(element)}{mark}"])
        elif name in ("ul", "ol"):
            self.end()
            listed = [child for child in element.children if isinstance(child, Tag)]
            for number, item in enumerate(listed, 1):
                self.item(item, f"{number}. " if name == "ol" else "- ")
        elif name == "table":
            self.table(element, mark)
        elif name == "dt":
            self.block([f"{self.inside(element)}:"])
        elif name == "dd":
            self.block(Reading(element).lines, "  ", "  ")
        elif name == "pre":
            self.block([line.rstrip() for line in element.get_text().strip("\n").split("\n")], "    ", "    ")
        elif name == "details":
            summary = element.find("summary")
            said = self.inside(summary) if isinstance(summary, Tag) else "(no summary)"
            if isinstance(summary, Tag):
                summary.extract()
            self.block([f"{'▾' if element.has_attr('open') else '▸'} {said}{mark}"])
            self.block(Reading(element).lines, "  ", "  ")
        elif name == "hr":
            self.block(["----"])
        elif name == "caption":
            self.block([f"(caption: {self.inside(element)})"])
        else:
            self.landmark(element, mark)

    def landmark(self, element: Tag, mark: str) -> None:
        """A part of the page, with its name where it has one."""
        name, lines = element.name, Reading(element).lines
        label = element.get("aria-label")
        if name == "form":
            address = f"{str(element.get('method', 'get')).upper()} {element.get('action')}"
            role = f" role={element['role']}" if element.has_attr("role") else ""
            self.block(["", f"(form {address}{role}{mark}{f': {label}' if label else ''})"])
            self.block(lines, "  ", "  ")
            return
        live = "".join(f" {key}={element[key]}" for key in ("role", "aria-live") if element.has_attr(key))
        if (label or live) and name in LANDMARKS | {"p", "ul"}:
            self.block([f"({name}{live}{mark}{f': {label}' if label else ''})"])
        elif name in ("main", "nav", "aside", "footer", "header", "article"):
            self.block(["", f"({name}{mark})"])
        elif mark and lines:
            lines[-1] += mark
        self.block(lines, "> " if name == "blockquote" else "", "> " if name == "blockquote" else "")

    def item(self, item: Tag, mark: str) -> None:
        lines = [line for number, line in enumerate(Reading(item).lines) if number or line]
        if item.has_attr("hidden"):
            lines = ["{hidden: " + " / ".join(lines) + "}"]
        states = [f"{key}={item[key]}" for key in ("role", "aria-selected") if item.has_attr(key)]
        address = f" {{#{item['id']}}}" if item.has_attr("id") else ""
        if lines and (states or address):
            lines[-1] += address + (f" {{{' '.join(states)}}}" if states else "")
        self.block(lines, mark, " " * len(mark))

    def table(self, table: Tag, mark: str) -> None:
        self.block(["", f"(table{mark})"])
        for part in table.find_all(("caption", "tr")):
            if part.find_parent("table") is not table:
                continue
            if part.name == "caption":
                hidden = "«»" if "hidden" in classes(part) else "()"
                self.lines.append(f"{hidden[0]}caption: {self.inside(part)}{hidden[1]}")
                continue
            cells = [self.cell(cell) for cell in part.find_all(("th", "td"), recursive=False)]
            row = " | ".join(cells)
            for owner in (part, part.parent):
                if owner is not None and owner.has_attr("id") and owner.find("tr") in (None, part):
                    row += f" {{#{owner['id']}}}"
            self.lines.append(row)

    def cell(self, cell: Tag) -> str:
        said = self.inside(cell)
        spans = "".join(f"{{{key} {cell[key]}}}" for key in ("rowspan", "colspan") if cell.has_attr(key))
        title = f"{{{cell['title']}}}" if cell.has_attr("title") else ""
        return f"{'! ' if cell.name == 'th' else ''}{said}{spans}{title}"

    def control(self, control: Tag) -> str:
        """A control of a form, with its state."""
        name = control.get("name", "")
        keys = ("aria-label", "min", "max", "placeholder", "aria-expanded", "aria-pressed", "aria-valuetext")
        more = "".join(f" {key}={control[key]}" for key in keys if control.has_attr(key))
        more += "".join(f" {key}" for key in ("disabled", "required", "readonly") if control.has_attr(key))
        if control.name == "select":
            options = [self.option(option) for option in control.find_all("option")]
            return f"[choice {name}{more}: {' | '.join(options)}]"
        if control.name == "button":
            return f"[button {self.inside(control)}{more}]"
        if control.name == "textarea":
            lines = control.get_text().strip("\n").split("\n")
            return f"[text {name}{more}: {' ⏎ '.join(line.strip() for line in lines)}]"
        kind = control.get("type", "text")
        if kind in ("checkbox", "radio"):
            value = f"={control['value']}" if control.has_attr("value") else ""
            return f"[{'x' if control.has_attr('checked') else ' '}] {name}{value}{more}"
        return f"[{kind} {name}{more} = {control.get('value', '')!r}]"

    def option(self, option: Tag) -> str:
        said = plain(option.get_text())
        if option.has_attr("value") and option["value"] != said:
            said += f" = {option['value']!r}"
        return f"▶{said}" if option.has_attr("selected") else said

    def drawing(self, svg: Tag) -> None:
        """A chart, a bar or a map as the numbers that it is drawn from."""
        rects = svg.find_all("rect")
        if rects and len(rects) == len(svg.find_all(True)):
            bars = "; ".join(self.bar(rect) for rect in rects)
            self.beside(svg, [f"({self.part(svg, 'svg')}: {bars})"])
            return
        parts = [self.part(svg, "svg")]
        states: list[str] = []
        for part in svg.find_all(True):
            if part.find_parent("a") is not None and part.find_parent("a").find_parent("svg") is svg:
                continue  # told with the state that it draws
            if part.name == "a":
                states.append(self.state(part))
            elif part.name not in ("g", "title") or part.attrs:
                text = f" ‘{plain(part.get_text())}’" if part.name in ("text", "title", "tspan") else ""
                parts.append(self.part(part, part.name) + text)
        self.beside(svg, [f"({part})" for part in parts])
        self.block(states, "  ", "  ")

    def beside(self, svg: Tag, drawn: list[str]) -> None:
        """A drawing within a sentence or cell stays in its line."""
        if svg.find_parent(("td", "th", "li", "p", "a", "dt", "dd", "label")) is not None:
            self.line += " " + " ".join(drawn) + " "
        else:
            self.block(drawn)

    def bar(self, rect: Tag) -> str:
        x, y, width, height = (rect.get(key, "0") for key in ("x", "y", "width", "height"))
        return f"{'.'.join(classes(rect))} {x},{y} {width}×{height}"

    def part(self, element: Tag, name: str) -> str:
        known = {key.lower(): value for key, value in element.attrs.items()}
        found = []
        for key in GEOMETRY.split():
            if key.lower() in known:
                value = str(known[key.lower()])
                if (key, value) in NOTHING_NEW:
                    continue
                found.append(f"{key}={digest(value) if key == 'd' else value}")
        if name == "use":
            found.append(f"href={element.get('href')}")
        if name in ("polyline", "polygon") and found:
            found = [value.removeprefix("points=") for value in found]
        return " ".join([".".join([name, *classes(element)]), *found])

    def state(self, link: Tag) -> str:
        """A state of the map: its class, what it says, the shapes that it is made of."""
        title = link.find("title")
        shapes = " ".join(
            f"circle {shape.get('cx')},{shape.get('cy')} r {shape.get('r')}"
            if shape.name == "circle"
            else digest(str(shape.get("d")))
            for shape in link.find_all(("path", "circle"))
        )
        said = plain(title.get_text()) if title else str(link.get("aria-label"))
        return f"{' '.join(classes(link))}: [{said}]({link.get('href')}) {shapes}"


def digest(path: str) -> str:
    """Path data, shortened to its beginning and a checksum where it is long."""
    return path if len(path) <= LONG else f"{path[:20]}…{hashlib.sha256(path.encode()).hexdigest()[:8]}"
