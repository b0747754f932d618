"""A page taken apart as machines read it: its elements in order, and its text."""

from html.parser import HTMLParser

VOID = {"meta", "br", "hr", "img", "link", "input"}
BLOCKS = {"p", "h1", "h2", "h3", "li", "tr", "caption", "figcaption", "dt", "dd", "title", "figure"}


class Page(HTMLParser):
    """The page's elements in order, and the text outside pictures."""

    def __init__(self, page) -> None:
        super().__init__()
        self.elements, self.open, self.lines = [], [], [""]
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs), tuple(self.open)))
        if tag in BLOCKS:
            self.lines.append("")
        if tag in {"td", "th"} and self.lines[-1]:
            self.lines[-1] += " | "
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs), tuple(self.open)))

    def handle_endtag(self, tag):
        assert self.open, f"</{tag}> closes nothing"
        assert self.open[-1] == tag, f"</{tag}> closes <{self.open[-1]}>"
        self.open.pop()

    def handle_data(self, data):
        if not {"svg", "style"} & set(self.open):
            self.lines[-1] += data

    def named(self, tag):
        return [attrs for found, attrs, _ in self.elements if found == tag]

    @property
    def text(self):
        lines = (" ".join(line.split()) for line in self.lines)
        return "\n".join(line for line in lines if line)
