"""Changes to the files of a sources folder that are made on purpose, each a function that damages the folder."""

import json

ARTICLE = "article.txt"


def rewritten(change, file=ARTICLE):
    """A damage: the file's bytes become what `change` makes of them."""

    def damage(folder):
        path = folder / file
        before = path.read_bytes()
        path.write_bytes(change(before))
        assert path.read_bytes() != before

    return damage


def edited(change, file=ARTICLE):
    """A damage: `change` edits the list of the file's lines."""

    def lines_changed(data):
        lines = data.decode().split("\n")
        change(lines)
        return "\n".join(lines).encode()

    return rewritten(lines_changed, file)


def words(number, old, new, file=ARTICLE):
    """A damage: on one line other words stand in the place of some that must be there."""

    def change(lines):
        assert lines[number - 1].count(old) >= 1, f"{file}:{number} has no {old!r}: {lines[number - 1]!r}"
        lines[number - 1] = lines[number - 1].replace(old, new, 1)

    return edited(change, file)


def line(number, text, file=ARTICLE):
    return edited(lambda lines: lines.__setitem__(number - 1, text), file)


def blank(*numbers):
    """A damage: lines lose their text; the others keep their numbers."""
    return edited(lambda lines: [lines.__setitem__(number - 1, "") for number in numbers])


def inserted(number, text, file=ARTICLE):
    """A damage: `text` becomes line `number`, all that follows moves down."""
    return edited(lambda lines: lines.insert(number - 1, text), file)


def cut(number, characters=None):
    """A damage: the article ends with line `number`, or in the middle of it."""

    def change(lines):
        lines[number:] = []
        lines[-1] = lines[-1][:characters]

    return edited(change)


def described(name, change):
    """A damage: `change` alters what datapackage.json says of a register."""

    def altered(data):
        package = json.loads(data)
        change(next(resource for resource in package["resources"] if resource["name"] == name))
        return json.dumps(package, ensure_ascii=False).encode()

    return rewritten(altered, "datapackage.json")


def without(file):
    return lambda folder: (folder / file).unlink()


def all_of(*damages):
    def damage(folder):
        for one in damages:
            one(folder)

    return damage


def missing_headings(first_line, *titles):
    return [
        f"outline.csv:{number}: heading is not in article.txt: {title!r}"
        for number, title in enumerate(titles, first_line)
    ]
