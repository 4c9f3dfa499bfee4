"""The one home of pictures: rows and payloads by date, failures beside their bands, coverage, names by step.

Drawn without a display, narrow enough for a phone, with colours that colour-blind people tell apart and marks or words
beside them. The same facts give the same bytes.
"""

from __future__ import annotations

import base64
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING, Any

from backcourt.backfill.coverage import STATUSES, Cell
from backcourt.integrity.rates import Rate
from backcourt.integrity.status import Month
from backcourt.processors.bands import BANDS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_INCHES = 4.9
_DPI = 200
_INK, _GREY, _BLUE, _ORANGE = "#1f2328", "#d0d5db", "#0072b2", "#e69f00"
_LINES = (("#d55e00", "o", "-"), ("#009e73", "s", "--"), ("#cc79a7", "^", "-."), ("#0072b2", "D", ":"))
_CELLS = {
    "complete": (_BLUE, ""),
    "partial": (_ORANGE, "///"),
    "missing": ("#d55e00", "xxx"),
    "failed": ("#cc79a7", "\\\\\\"),
    "bootstrap": (_GREY, ""),
    "unexpected": ("#000000", "..."),
}
_STYLE = {
    "font.family": "DejaVu Sans",
    "font.size": 12.5,
    "axes.titlesize": 12.5,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": "#8c959f",
    "axes.labelcolor": _INK,
    "text.color": _INK,
    "xtick.color": _INK,
    "ytick.color": _INK,
    "hatch.linewidth": 0.6,
    "svg.hashsalt": "backcourt",
}
_HALF = 70
"""Percent from which a shade is too dark for dark figures on it."""
_FEW = 9
"""Points up to which each one carries its number."""
_FEWEST = 5
"""Dates for which a bar chart has room at least: one date alone is not a wall."""


@dataclass(frozen=True, slots=True, repr=False)
class Picture:
    """A drawn figure.

    Attributes:
        png: The image.
        alt: What it shows, in words.
    """

    png: bytes
    alt: str

    def _repr_html_(self) -> str:
        data = base64.b64encode(self.png).decode()
        return (
            f'<img class="bc-figure" style="width:100%;max-width:600px" alt="{escape(self.alt)}" '
            f'src="data:image/png;base64,{data}">'
        )

    def __repr__(self) -> str:
        """What it shows, in words."""
        return self.alt


def rows_by_date(cells: Sequence[Cell]) -> Picture:
    """Rows of each table by game date, a panel per table."""
    names = _names(cells)
    with _style():
        figure, panels = _panels(len(names), 1.25)
        for axes, name in zip(panels, names, strict=True):
            own = [cell for cell in cells if cell.short == name]
            axes.bar([cell.day for cell in own], [cell.rows for cell in own], width=0.8, color=_BLUE)  # type: ignore[arg-type]
            axes.set_title(f"{name}: {sum(cell.rows for cell in own):,} rows")
            top = max((cell.rows for cell in own), default=0) or 1
            axes.set_ylim(0, top * 1.08)
            axes.set_yticks([0, top])
            axes.yaxis.set_major_formatter("{x:,.0f}")
        days = sorted({cell.day for cell in cells})
        places, labels = _date_ticks(days)
        panels[-1].set_xticks([days[place] for place in places], labels)  # type: ignore[arg-type]
        totals = [(name, sum(cell.rows for cell in cells if cell.short == name)) for name in names]
        text = ", ".join(f"{name} {count:,}" for name, count in totals)
        return _picture(figure, f"Bar charts of rows by game date, one per table. Rows in all: {text}.")


def failures_by_week(shares: Sequence[Rate]) -> Picture:
    """Players under 10 games beside their bands, and every other category, in percent of the candidates."""
    early = [share for share in shares if share.band is not None]
    others = [share for share in shares if share.band is None]
    groups = {
        key: list(group)
        for key, group in groupby(others, key=lambda share: (share.season, share.table, share.category))
    }
    names = list(dict.fromkeys((name, category) for _, name, category in groups))
    with _style():
        figure, (top, bottom) = _panels(2, 3.1 + 0.12 * len(names))
        _bands(top, early)
        for (_, name, category), own in groups.items():
            colour, marker, line = _LINES[names.index((name, category)) % len(_LINES)]
            x = [(share.first_day + share.last_day) / 2 for share in own]
            bottom.plot(x, [share.percent for share in own], color=colour, marker=marker, linestyle=line)
        for place, (name, category) in enumerate(names):
            colour, marker, line = _LINES[place % len(_LINES)]
            bottom.plot([], [], color=colour, marker=marker, linestyle=line, label=f"{name} {category}")
        bottom.set_title("Other failure records, % of candidates")
        _percent(bottom)
        bottom.set_xlabel("days since opening day")
        if names:
            bottom.legend(loc="upper left", bbox_to_anchor=(-0.02, -0.24), frameon=False, fontsize=11.5, handlelength=3)
        said = "; ".join(
            f"days {share.days} {share.percent:g} % (usual {share.band.share})" for share in early[:12] if share.band
        )
        return _picture(
            figure, f"Shares of PSZA candidates under 10 games beside the usual bands: {said or 'none in this range'}."
        )


def coverage(cells: Sequence[Cell]) -> Picture:
    """Table by game date: complete, partial, missing, failed, bootstrap or unexpected."""
    days = sorted({cell.day for cell in cells})
    place = {day: number for number, day in enumerate(days)}
    counts = Counter(cell.status for cell in cells)
    names = _names(cells)
    with _style():
        figure, (axes,) = _panels(1, 1.8 + 0.3 * len(names))
        for status in STATUSES:
            own = [cell for cell in cells if cell.status == status]
            colour, hatch = _CELLS[status]
            axes.bar(
                [place[cell.day] for cell in own],
                [0.86] * len(own),
                width=0.92,
                bottom=[names.index(cell.short) - 0.43 for cell in own],
                color=colour,
                hatch=hatch,
                edgecolor="white",
                linewidth=0,
                label=f"{status} {counts[status]:,}" if own else None,
            )
        axes.set_yticks(range(len(names)), names)
        axes.invert_yaxis()
        axes.tick_params(length=0)
        axes.spines[:].set_visible(False)
        axes.set_title(f"Coverage of {len(days):,} game dates")
        axes.set_xticks(*_date_ticks(days))
        axes.legend(
            loc="upper left",
            bbox_to_anchor=(-0.02, -0.17 if len({day.year for day in days}) > 1 else -0.1),
            ncols=2,
            frameon=False,
            fontsize=12,
        )
        said = ", ".join(f"{counts[status]} {status}" for status in STATUSES if counts[status])
        return _picture(figure, f"Heat map of {len(names)} tables by {len(days)} game dates: {said}.")


def coverage_by_month(months: Sequence[Month]) -> Picture:
    """Table by month: game dates that are done or need no row, in percent; marked where one failed or is damaged."""
    names = list(dict.fromkeys(month.short for month in months))
    columns = sorted({month.month for month in months})
    with _style():
        figure, (axes,) = _panels(1, 4.3)
        for month in months:
            x, y = columns.index(month.month), names.index(month.short)
            worst = "failed" if month.failed else "partial" if month.damaged else ""
            colour = _CELLS[worst][0] if worst else _shade(month.percent)
            axes.bar(x, 0.9, width=0.94, bottom=y - 0.45, color=colour, linewidth=0)
            if len(columns) <= _FEW:
                light = worst or month.percent < _HALF
                words = f"{month.percent}" + {"failed": "✗", "partial": "!"}.get(worst, "")
                axes.text(x, y, words, ha="center", va="center", fontsize=10.5, color=_INK if light else "white")
        axes.set_yticks(range(len(names)), names)
        axes.set_xlim(-0.5, max(len(columns), 1) - 0.5)
        axes.invert_yaxis()
        axes.tick_params(length=0)
        axes.spines[:].set_visible(False)
        axes.set_title("Game dates computed, % (✗ some failed, ! some damaged)")
        step = 1 if len(columns) <= _FEW else -(-len(columns) // _FEW)
        places = range(0, len(columns), step)
        axes.set_xticks(list(places), [f"{columns[place][5:]}\n{columns[place][2:4]}" for place in places], fontsize=11)
        axes.set_xlabel("month, year")
        dates, done, failed = (sum(part) for part in zip(*_counts(months), strict=True)) if months else (0, 0, 0)
        return _picture(
            figure,
            f"Heat map of {len(names)} tables by {len(columns)} months: {done:,} of {dates:,} tables' game dates "
            f"computed, {failed:,} failed.",
        )


def names_by_step(decided: Sequence[tuple[str, int]], waiting: int) -> Picture:
    """How names were decided: a bar per step, in the order of the steps, and one for those that wait."""
    bars = [*decided, ("waiting", waiting)]
    with _style():
        figure, (axes,) = _panels(1, 0.9 + 0.34 * len(bars))
        counts = [count for _, count in bars]
        drawn = axes.barh(range(len(bars)), counts, height=0.72, color=[*[_BLUE] * len(decided), _ORANGE], linewidth=0)
        drawn[-1].set_hatch("///")
        drawn[-1].set_edgecolor("white")
        axes.bar_label(drawn, [f"{count:,}" for count in counts], padding=4)
        axes.set_yticks(range(len(bars)), [name.replace("_", " ") for name, _ in bars])
        axes.invert_yaxis()
        # Room for the figure behind the longest bar.
        axes.set_xlim(0, max(counts) * 1.16 or 1)
        axes.set_xticks([])
        axes.tick_params(length=0)
        axes.spines[:].set_visible(False)
        axes.set_title("Names by the step that decided")
        said = ", ".join(f"{name} {count:,}" for name, count in bars)
        return _picture(figure, f"Bar chart of names by the step that decided: {said}.")


def payloads_by_date(dates: Sequence[tuple[date, int, int]]) -> Picture:
    """Final games by date, those whose payload has landed and those whose has not (date, games, landed)."""
    from matplotlib.ticker import MaxNLocator

    days = [day for day, _, _ in dates]
    landed, left = [found for _, _, found in dates], [games - found for _, games, found in dates]
    with _style():
        figure, (axes,) = _panels(1, 3.1)
        place: Any = range(len(days))
        axes.bar(place, landed, width=0.8, color=_BLUE, label=f"landed {sum(landed):,}")
        axes.bar(
            place,
            left,
            width=0.8,
            bottom=landed,
            color=_ORANGE,
            hatch="///",
            edgecolor="white",
            linewidth=0,
            label=f"not landed {sum(left):,}",
        )
        axes.set_xlim(-0.6, max(len(days), _FEWEST) - 0.4)
        axes.set_xticks(*_date_ticks(days))
        axes.yaxis.set_major_locator(MaxNLocator(integer=True))
        axes.set_title("Payloads of final games, by date")
        axes.legend(loc="upper left", bbox_to_anchor=(-0.02, -0.16), ncols=2, frameon=False, fontsize=12)
        return _picture(
            figure,
            f"Bar chart of final games on {len(days):,} dates: the payload of {sum(landed):,} has landed, that of "
            f"{sum(left):,} has not.",
        )


def months_text(months: Sequence[Month]) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """The same for a terminal: headers and rows of a table, a shade per month."""
    columns = sorted({month.month for month in months})
    rows = []
    for name in dict.fromkeys(month.short for month in months):
        own = {month.month: month for month in months if month.short == name}
        rows.append((name, *(_shade_text(own.get(column)) for column in columns)))
    return ("table", *(column[2:] for column in columns)), rows


MONTHS_LEGEND = "██ all, ▓▓ ▒▒ ░░ less, ·· none, ✗✗ some failed, !! some damaged"
"""What the shades of ``months_text`` mean."""
_SHADES = ((100, "██"), (75, "▓▓"), (50, "▒▒"), (0, "░░"))


def _shade_text(month: Month | None) -> str:
    if month is None:
        return ""
    if month.failed:
        return "✗✗"
    if month.damaged:
        return "!!"
    if not month.done + month.skipped:
        return "··"
    return next(shade for least, shade in _SHADES if month.percent >= least)


def _names(cells: Sequence[Cell]) -> list[str]:
    return list(dict.fromkeys(cell.short for cell in cells))


def _counts(months: Sequence[Month]) -> list[tuple[int, int, int]]:
    return [(month.dates, month.done + month.skipped, month.failed) for month in months]


def _shade(percent: int) -> tuple[float, float, float]:
    """From nearly white for nothing to blue for everything, in steps that a printer keeps apart."""
    from matplotlib.colors import to_rgb

    low, high = to_rgb("#eaeef2"), to_rgb(_BLUE)
    part = 1.0 if percent == 100 else 0.7 * percent / 100  # noqa: PLR2004 - nearly everything must not look like all
    red, green, blue = (a + (b - a) * part for a, b in zip(low, high, strict=True))
    return red, green, blue


def _bands(axes: Axes, early: Sequence[Rate]) -> None:
    """Draw the bands behind the actual shares, over the days that the shares cover."""
    axes.set_title("PSZA candidates under 10 games, %")
    _percent(axes)
    if not early:
        axes.text(0.5, 0.5, "no candidate in this range", transform=axes.transAxes, ha="center", va="center")
        return
    first, last = min(share.first_day for share in early) - 0.5, max(share.last_day for share in early) + 0.5
    for number, band in enumerate(BANDS):
        left = max(first, band.first_day - 0.5)
        right = min(last, last if band.last_day is None else band.last_day + 0.5)
        if left < right:
            low, high = (band.low - 1, band.high + 1) if band.low == band.high else (band.low, band.high)
            label = "usual band" if number == 0 or first > BANDS[number - 1].first_day else None
            axes.fill_between([left, right], low, high, color=_ORANGE, alpha=0.45, linewidth=0, label=label)
    axes.hlines(
        [share.percent for share in early],
        [share.first_day - 0.4 for share in early],
        [share.last_day + 0.4 for share in early],
        color=_INK,
        linewidth=2.5,
        label="this range",
    )
    if len(early) <= _FEW:
        for share in early:
            middle = (share.first_day + share.last_day) / 2
            axes.annotate(
                f"{share.percent:.0f} %",
                (middle, share.percent),
                xytext=(0, 4),
                textcoords="offset points",
                ha="center",
                va="bottom",
                fontsize=11.5,
            )
    handles, labels = axes.get_legend_handles_labels()
    unique = dict(zip(labels, handles, strict=True))
    axes.legend(unique.values(), unique.keys(), loc="upper right", frameon=False, fontsize=11.5)


def _percent(axes: Axes) -> None:
    axes.set_ylim(0, 115)
    axes.set_yticks([0, 25, 50, 75, 100])
    axes.grid(axis="y", color="#eaeef2")
    axes.set_axisbelow(True)


def _style() -> Any:  # noqa: ANN401 - a context manager of a library without types for it
    import matplotlib as mpl

    # The library's defaults first: a matplotlibrc of the machine must not change the bytes.
    given: dict[Any, Any] = {key: value for key, value in mpl.rcParamsDefault.items() if not key.startswith("backend")}
    given.update(_STYLE)
    return mpl.rc_context(given)


def _panels(count: int, inches: float) -> tuple[Figure, Sequence[Axes]]:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(_INCHES, inches * count), layout="constrained")
    FigureCanvasAgg(figure)
    return figure, list(figure.subplots(count, 1, sharex=count > 1, squeeze=False)[:, 0])


def _date_ticks(days: Sequence[date]) -> tuple[list[int], list[str]]:
    """Places and labels of a few of the days, the year with them where there are several."""
    several = len({day.year for day in days}) > 1
    count = 3 if several else 4
    places = sorted({round(part * (len(days) - 1) / (count - 1)) for part in range(count)}) if days else []
    labels = [days[place].strftime("%d %b\n%Y" if several else "%d %b").lstrip("0") for place in places]
    return places, labels


def _picture(figure: Figure, alt: str) -> Picture:
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=_DPI, metadata={"Software": None}, facecolor="white")
    return Picture(file.getvalue(), " ".join(alt.split()))
