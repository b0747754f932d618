"""The demo company with a help desk that has its own ids, and names as somebody else typed them."""

import csv
import random
import re

FORMS = re.compile(
    r" (GmbH & Co\. KG|GmbH|AG|KG|AB|B\.V\.|N\.V\.|A/S|ApS|Sàrl|s\.r\.o\.|Sp\. z o\.o\.)$"
)


def dirty(name, rng):
    """A name as another system has it: without umlauts or legal form, in capitals, misspelt."""
    way = rng.random()
    if way < 0.4:
        for umlaut, letters in (("ä", "ae"), ("ö", "oe"), ("ü", "ue")):
            name = name.replace(umlaut, letters)
    elif way < 0.6:
        name = name.translate(str.maketrans("äöüÄÖÜ", "aouAOU"))
    if rng.random() < 0.4:
        name = FORMS.sub("", name)
    case = rng.random()
    name = name.upper() if case < 0.2 else name.lower() if case < 0.3 else name
    if rng.random() < 0.25 and len(name) > 6:
        at = rng.randrange(1, len(name) - 2)
        swapped = name[:at] + name[at + 1] + name[at] + name[at + 2 :]
        name = swapped if rng.random() < 0.5 else name[:at] + name[at + 1 :]
    if rng.random() < 0.1:
        first, _, rest = name.partition(" ")
        name = f"{rest} {first}".strip()
    return name


def rewrite(path, delimiter, column, change):
    """Put each cell of a column through `change`."""
    with path.open(encoding="utf-8-sig", newline="") as handle:
        header, *rows = list(csv.reader(handle, delimiter=delimiter))
    at = header.index(column)
    for row in rows:
        if len(row) == len(header):
            row[at] = change(row[at])
    with path.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle, delimiter=delimiter, lineterminator="\n").writerows([header, *rows])


def give_own_ids(folder, share_of_domains=0.7, seed=7):
    """Give tickets.csv ids of its own, and list who they are in organizations.csv.

    Returns the truth: their id to the account number.
    """
    rng = random.Random(seed)
    with (folder / "accounts.csv").open(encoding="utf-8-sig", newline="") as handle:
        accounts = {row["Account Number"]: row for row in csv.DictReader(handle)}
    numbers = sorted(set(accounts))
    rng.shuffle(numbers)
    # Leading zeros and more digits than a spreadsheet keeps: both must come back whole.
    theirs = {n: f"{i:06d}" if i % 2 else f"9007199254{i:09d}" for i, n in enumerate(numbers)}
    rewrite(folder / "tickets.csv", ";", "Account Number [txt]", lambda n: theirs.get(n, n))
    with (folder / "organizations.csv").open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(["Id", "Name", "Domains", "Country"])
        for number in numbers:
            row = accounts[number]
            domain = row["Website"] if rng.random() < share_of_domains else ""
            mail = f"info@{domain}" if domain and rng.random() < 0.3 else domain
            name = dirty(row["Account Name"], rng)
            writer.writerow([theirs[number], name, mail, row["Billing Country Code"]])
    return {one: number for number, one in theirs.items()}
