"""The study's report: one page that needs nothing but itself, on a screen or a telephone, by day or by night."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from html import escape

from phenotune.report.charts import Chart, chart_png
from phenotune.study.claim import Claim, Finding, Table, Verdict

MARKS: dict[Verdict, str] = {"holds": "yes", "does not hold": "no", "depends": "partly"}

_HEAD = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>phenotune: the study</title>
<style>
:root { --ground: #ffffff; --ink: #16181d; --faint: #4b5060; --line: #d9dce3; --yes: #00795a; --no: #b3261e;
  --partly: #8a5a00; --link: #0062a3; }
@media (prefers-color-scheme: dark) { :root { --ground: #14161c; --ink: #e8e6e3; --faint: #a3a7b3; --line: #2b2f3a;
  --yes: #2bbf92; --no: #ff8a7a; --partly: #e6b13c; --link: #56b4e9; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 44rem; padding: 1rem; background: var(--ground); color: var(--ink);
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; }
h1 { font-size: 1.6rem; line-height: 1.2; margin: 1rem 0 .5rem; }
h2 { font-size: 1.2rem; line-height: 1.3; margin: 0 0 .4rem; }
section { border-top: 1px solid var(--line); margin-top: 2.2rem; padding-top: 1.4rem; }
p { margin: .5rem 0; }
a { color: var(--link); }
.faint, caption { color: var(--faint); }
.verdict { font-weight: 600; }
.yes { color: var(--yes); } .no { color: var(--no); } .partly { color: var(--partly); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: .9rem; margin: .8rem 0; font-variant-numeric: tabular-nums; }
th, td { border-bottom: 1px solid var(--line); padding: .3rem .7rem .3rem 0; text-align: left; vertical-align: top; }
.figures th:not(:first-child), .figures td:not(:first-child) { text-align: right; padding: .3rem 0 .3rem .9rem; }
img { display: block; width: 100%; height: auto; border-radius: 4px; margin: .8rem 0; }
</style>
</head>
<body>
"""


@dataclass
class Page:
    """What the report shows, added to claim by claim; what has been drawn is kept.

    Parameters
    ----------
    target, library
        Names of what was worked on.
    seed
        Of the study.
    """

    target: str
    library: str
    seed: int
    _overview: list[str] = field(default_factory=list)
    _sections: list[str] = field(default_factory=list)

    def add(self, claim: Claim, finding: Finding) -> None:
        """Add a claim and what came of it."""
        self._overview.append(
            f'<tr><td><a href="#{claim.id}">{claim.id}</a></td><td>{escape(claim.title)}</td>'
            f"<td>{_verdict(finding.judgement.verdict)}</td></tr>"
        )
        self._sections.append(_section(claim, finding))

    @property
    def overview(self) -> str:
        """Rows of the table at the top."""
        return "\n".join(self._overview)

    @property
    def sections(self) -> str:
        """One section for each claim."""
        return "\n".join(self._sections)


def study_page(page: Page) -> str:
    """The whole report as HTML: pictures lie within it, nothing is fetched from anywhere."""
    return (
        f"{_HEAD}<h1>The article&rsquo;s claims, put to the test</h1>\n"
        f'<p class="faint">{escape(page.target)} rebuilt out of {escape(page.library)}, seed {page.seed}. '
        "Each verdict follows from the figures by a rule; the figures are also in study.json.</p>\n"
        f'<div class="scroll"><table><tr><th>claim</th><th>about</th><th>verdict</th></tr>\n{page.overview}\n'
        f"</table></div>\n{page.sections}\n</body>\n</html>\n"
    )


def _section(claim: Claim, finding: Finding) -> str:
    judgement = finding.judgement
    return (
        f'<section id="{claim.id}">\n<h2>{claim.id}. {escape(claim.title)}</h2>\n'
        f"<p>The article: {escape(claim.says)}</p>\n"
        f'<p class="faint">Here: {escape(claim.test)}</p>\n'
        f"{_table(finding.table)}\n{_picture(finding.chart)}\n"
        f"<p>{_verdict(judgement.verdict)}: {escape(judgement.line)}</p>\n</section>"
    )


def _verdict(verdict: Verdict) -> str:
    return f'<span class="verdict {MARKS[verdict]}">{verdict}</span>'


def _table(table: Table) -> str:
    head = "".join(f"<th>{escape(cell)}</th>" for cell in table.header)
    rows = "\n".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in table.rows
    )
    return f'<div class="scroll"><table class="figures"><tr>{head}</tr>\n{rows}\n</table></div>'


def _picture(chart: Chart) -> str:
    dark, light = (_embedded(chart_png(chart, is_dark=is_dark)) for is_dark in (True, False))
    return (
        f'<picture><source media="(prefers-color-scheme: dark)" srcset="{dark}">'
        f'<img alt="{escape(chart.title)}" src="{light}"></picture>'
    )


def _embedded(png: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(png).decode("ascii")
