#!/usr/bin/env python3
"""Writes sources/shapes.csv: the states of the world as light SVG paths and circles, from Natural Earth 1:50m.

Run by hand on the file countries-50m.json of the npm package world-atlas 2.0.2; the build reads only what this writes:

    npm pack world-atlas@2.0.2 && tar xzf world-atlas-2.0.2.tgz
    python tools/map_shapes.py package/countries-50m.json

Borders are simplified once for both neighbours, so that no gap opens between them, and moved to a grid of 8 km in the
Equal Earth projection. What would be too small to see gets a circle; circles that would overlap are moved apart.
"""

from __future__ import annotations

import csv
import heapq
import json
import math
import sys
from pathlib import Path

SOURCES = Path(__file__).resolve().parent.parent / "sources"

MIDDLE = 11.5  # degrees east in the middle of the map: its edge then runs through the Bering Strait and cuts no land
UNIT = 8.0  # kilometres
EARTH = 6371.0088 / UNIT
NORTH, WEST = 83.7, MIDDLE - 180
EUROPE = (-13.0, 29.0, 48.0, 72.0)  # enlarged beside the map, so drawn in more detail: west, south, east, north

# Areas in square units, first in Europe, then elsewhere. A corner that spans less is left out, and so is an island
# that has less; a state whose largest piece has less gets a circle.
LEAST_CORNER = (0.9, 6.5)
LEAST_ISLAND = (5.0, 24.0)
SMALL_STATE = (20.0, 165.0)
LEAST_LAND = 20.0  # land of no country here
RADIUS = (8, 16)
BETWEEN_CIRCLES = 4
SUBJECT, RING = "kosovo", 30  # has a shape, and a ring around it to be found

LEFT_OUT = {"Antarctica"}
# Names of the data source that are not among the names of our registers.
NAMED = {
    "Antigua and Barb.": "antigua-and-barbuda", "Bosnia and Herz.": "bosnia-and-herzegovina",
    "Cabo Verde": "cape-verde", "Central African Rep.": "central-african-republic",
    "Congo": "republic-of-the-congo", "Cook Is.": "cook-islands",
    "Dem. Rep. Congo": "democratic-republic-of-the-congo", "Dominican Rep.": "dominican-republic",
    "Eq. Guinea": "equatorial-guinea", "Macedonia": "north-macedonia", "Marshall Is.": "marshall-islands",
    "N. Cyprus": "northern-cyprus", "S. Sudan": "south-sudan", "Solomon Is.": "solomon-islands",
    "St. Kitts and Nevis": "saint-kitts-and-nevis", "St. Vin. and Gren.": "saint-vincent-and-the-grenadines",
    "São Tomé and Principe": "sao-tome-and-principe", "Vatican": "holy-see", "eSwatini": "eswatini",
}  # fmt: skip
# Those for which the data source has no shape, by longitude and latitude. Western Sahara's land is left to no country.
PLACES = {
    "abkhazia": (41.0, 43.05),
    "sahrawi-arab-democratic-republic": (-10.4, 26.5),
    "south-ossetia": (44.0, 42.35),
    "transnistria": (29.6, 46.85),
    "tuvalu": (179.2, -8.5),
}

Point = tuple[float, float]
Ring = list[tuple[int, int]]
Circles = dict[str, tuple[Point, int]]  # centre and radius by country


def equal_earth(longitude: float, latitude: float) -> Point:
    """The Equal Earth projection (Šavrič, Patterson and Jenny 2018), in units from its middle, y northwards."""
    a1, a2, a3, a4 = 1.340264, -0.081106, 0.000893, 0.003796
    theta = math.asin(math.sqrt(3) / 2 * math.sin(math.radians(latitude)))
    square, sixth = theta**2, theta**6
    slope = a1 + 3 * a2 * square + sixth * (7 * a3 + 9 * a4 * square)
    x = 2 * math.sqrt(3) * math.radians(longitude - MIDDLE) * math.cos(theta) / (3 * slope)
    return EARTH * x, EARTH * theta * (a1 + a2 * square + sixth * (a3 + a4 * square))


def on_map(longitude: float, latitude: float) -> Point:
    """A place in units from the north-west corner of the map, y southwards."""
    (left, _), (_, top) = equal_earth(WEST, 0), equal_earth(MIDDLE, NORTH)
    x, y = equal_earth(longitude, latitude)
    return x - left, top - y


def in_europe(point: Point) -> bool:
    west, south, east, north = EUROPE
    return west <= point[0] <= east and south <= point[1] <= north


def read_arcs(topology: dict) -> list[list[Point]]:
    """The topology's arcs in degrees, each without a jump, and moved as a whole to its side of the map's edge."""
    (x_step, y_step), (west, south) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for steps in topology["arcs"]:
        x = y = 0
        points: list[Point] = []
        for dx, dy in steps:
            x, y = x + dx, y + dy
            longitude = west + x * x_step
            if points:
                longitude += 360 * round((points[-1][0] - longitude) / 360)
            points.append((longitude, south + y * y_step))
        middle = sum(longitude for longitude, _ in points) / len(points)
        turn = 360 if middle < WEST else 0
        arcs.append([(longitude + turn, latitude) for longitude, latitude in points])
    return arcs


def simplified(arc: list[Point]) -> Ring:
    """The arc on the grid without the corners that span least (Visvalingam); its ends, where borders meet, stay."""
    least = LEAST_CORNER[not in_europe(arc[len(arc) // 2])]
    points = [on_map(*point) for point in arc]
    keep = 3 if points[0] == points[-1] else 1  # corners of a ring of one arc, else its ends are enough
    before, after = list(range(-1, len(points) - 1)), list(range(1, len(points) + 1))

    def span(index: int) -> float:
        return area([points[before[index]], points[index], points[after[index]]])

    spans = {index: span(index) for index in range(1, len(points) - 1)}
    heap = [(value, index) for index, value in spans.items()]
    heapq.heapify(heap)
    while heap and len(spans) > keep:
        value, index = heapq.heappop(heap)
        if spans.get(index) != value:
            continue
        if value >= least:
            break
        del spans[index]
        after[before[index]], before[after[index]] = after[index], before[index]
        for neighbour in (before[index], after[index]):
            if neighbour in spans:
                spans[neighbour] = max(span(neighbour), value)
                heapq.heappush(heap, (spans[neighbour], neighbour))
    kept = [0, *sorted(spans), len(points) - 1]
    return [(round(points[index][0]), round(points[index][1])) for index in kept]


def area(ring: list) -> float:
    """What a ring encloses, in square units."""
    return abs(sum(x * v - u * y for (x, y), (u, v) in zip(ring, ring[1:] + ring[:1], strict=True))) / 2


def rings_of(geometry: dict, arcs: list[list]) -> list[list]:
    """The closed rings of a geometry, from arcs that may run either way; the last point is not the first again."""
    polygons = [geometry["arcs"]] if geometry["type"] == "Polygon" else geometry["arcs"]
    rings = []
    for indexes in (ring for polygon in polygons for ring in polygon):
        points: list = []
        for index in indexes:
            arc = arcs[index] if index >= 0 else arcs[~index][::-1]
            points += [point for number, point in enumerate(arc) if not points or number or point != points[-1]]
        rings.append([point for number, point in enumerate(points) if point != points[number - 1]])
    return rings


def path(rings: list[Ring]) -> str:
    """SVG path data with relative steps and no more separators than needed."""
    data, start = "", (0, 0)
    for ring in rings:
        steps, at = [], start
        for x, y in ring:
            steps += [x - at[0], y - at[1]]
            at = (x, y)
        data += "m" + "".join(f" {step}" if number and step >= 0 else f"{step}" for number, step in enumerate(steps))
        data += "z"
        start = ring[0]
    return data


def centre(rings: list[Ring]) -> Point:
    """The middle of the largest ring's box."""
    largest = max(rings, key=area)
    xs, ys = [x for x, _ in largest], [y for _, y in largest]
    return (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2


def drawn(topology: dict, countries: dict[str, str]) -> tuple[dict[str, list[Ring]], Circles, list[Ring]]:
    """Shapes and circles of countries, and the rings of land that belongs to none of them."""
    full = read_arcs(topology)
    light = [simplified(arc) for arc in full]
    exact = [[on_map(*point) for point in arc] for arc in full]
    shapes, circles, land = {}, {}, []
    for geometry in topology["objects"]["countries"]["geometries"]:
        name = geometry["properties"]["name"]
        if name in LEFT_OUT:
            continue
        outline = rings_of(geometry, exact)
        degrees = max(rings_of(geometry, full), key=len)[0]
        elsewhere = not in_europe(degrees)
        rings = [ring for ring in rings_of(geometry, light) if len(ring) > 2]
        country = countries.get(NAMED.get(name, name))
        if country is None:
            land += [ring for ring in rings if area(ring) >= LEAST_LAND]
            continue
        size = sum(area(ring) for ring in outline)
        seen = [ring for ring in rings if area(ring) >= LEAST_ISLAND[elsewhere]]
        if not seen and size >= LEAST_ISLAND[elsewhere] and rings:
            seen = [max(rings, key=area)]
        if seen:
            shapes[country] = seen
        if not seen or max(map(area, outline)) < SMALL_STATE[elsewhere]:
            circles[country] = (centre(outline), RADIUS[elsewhere])
    for country, place in PLACES.items():
        circles[country] = (on_map(*place), RADIUS[not in_europe(place)])
    return shapes, circles, land


def apart(circles: Circles) -> dict[str, tuple[int, int, int]]:
    """The circles moved just as far as needed for none to overlap another, on the grid."""
    at = {country: list(place) for country, (place, _) in circles.items()}
    for _ in range(500):
        for one, (x, y) in at.items():
            for other, (u, v) in at.items():
                wanted = circles[one][1] + circles[other][1] + BETWEEN_CIRCLES
                distance = math.hypot(u - x, v - y) or 0.01
                if one < other and distance < wanted:
                    push = (wanted - distance) / distance / 4
                    for name, sign in ((one, -1), (other, 1)):
                        at[name][0] += sign * push * (u - x)
                        at[name][1] += sign * push * (v - y)
    return {country: (round(x), round(y), circles[country][1]) for country, (x, y) in at.items()}


def read_countries() -> dict[str, str]:
    """{name or id: id} of the countries of the registers."""
    found = {}
    for file, key in (("countries.csv", "id"), ("country_names.csv", "country")):
        with (SOURCES / file).open(encoding="utf-8", newline="") as opened:
            for row in csv.DictReader(opened):
                found[row[key]] = found[row["name"]] = row[key]
    return found


def rows(topology: dict) -> list[tuple]:
    """Land first, then shapes, then what has a circle: the order in which they are drawn."""
    countries = read_countries()
    shapes, circles, land = drawn(topology, countries)
    missing = set(countries.values()) - set(shapes) - set(circles)
    if missing:
        sys.exit(f"neither shape nor place: {', '.join(sorted(missing))}")
    found: list[tuple] = [("", "land", path(land), "", "", "")]
    x, y = centre(shapes[SUBJECT])
    symbols = apart(circles) | {SUBJECT: (round(x), round(y), RING)}
    for country in sorted(set(countries.values()), key=lambda country: (country in symbols, country)):
        if country in shapes:
            found.append((country, "shape", path(shapes[country]), "", "", ""))
        if country in symbols:
            found.append((country, "symbol", "", *symbols[country]))
    return found


def main() -> None:
    topology = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    with (SOURCES / "shapes.csv").open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened, lineterminator="\n")
        writer.writerow(("country", "kind", "d", "x", "y", "r"))
        writer.writerows(rows(topology))


if __name__ == "__main__":
    main()
