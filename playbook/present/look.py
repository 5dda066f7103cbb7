"""Colours, letters and one stylesheet.

The palette is Okabe and Ito's, made for colour-blind readers. Each colour stands twice: darkened
where the original is too pale for white paper (marks need 3:1), lightened where it is too dark
for a black page. A thing keeps its colour everywhere, and never has only its colour to be known
by: cases have a shape, gates a sign and a word.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

_LATIN = '"Noto Sans", "Helvetica Neue", Arial, "Liberation Sans"'
_CHINESE = (
    '"PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", '
    '"Source Han Sans SC", "WenQuanYi Micro Hei"'
)
#: Faces of every usual system; a browser looks for each sign in turn.
FONT = f"{_LATIN}, {_CHINESE}, sans-serif"
#: A drawing program takes the first face for all, so a Chinese picture names a Chinese one first.
FONT_ZH = f"{_CHINESE}, {_LATIN}, sans-serif"


@dataclass(frozen=True)
class Colour:
    """One colour, for a white page and for a black one."""

    light: str
    dark: str


BLUE = Colour("#0072B2", "#56A9E8")
VERMILLION = Colour("#C24E00", "#F08A4B")
GREEN = Colour("#008A64", "#2FC89B")
PURPLE = Colour("#B3548A", "#DE94BC")
ORANGE = Colour("#A86F00", "#E69F00")
SKY = Colour("#2384B8", "#7CC8F2")
YELLOW = Colour("#857A00", "#F0E442")
INK = Colour("#1A1A1A", "#F2F2F2")

#: Everything that has a colour of its own, by the name of its CSS variable (`--pb-<name>`).
PALETTE: dict[str, Colour] = {
    "interest": BLUE,
    "structure": VERMILLION,
    "output": GREEN,
    "operate": PURPLE,
    "copy": ORANGE,
    "pinduoduo": SKY,
    "fandeng": YELLOW,
    "xiaomi": Colour("#4A4A4A", "#CFCFCF"),
    "ink": INK,
    "muted": Colour("#5A5A5A", "#B4B4B4"),
    "ground": Colour("#FFFFFF", "#111111"),
    "raised": Colour("#F6F6F4", "#1E1E1E"),
    "line": Colour("#D0D0CC", "#454545"),
    "edge": Colour("#767676", "#8F8F8F"),
    "context": Colour("#8A8A8A", "#8A8A8A"),
    "accent": Colour("#00669F", "#6DB8F0"),
    "on-accent": Colour("#FFFFFF", "#101418"),
    "soft": Colour("#E9F2F8", "#17293A"),
    "good": Colour("#00714F", "#4FD3AB"),
    "bad": Colour("#A83E00", "#F59A66"),
    "open": Colour("#5A5A5A", "#B4B4B4"),
}

#: Cases beyond the first three share colours with the dimensions; their shape tells them apart.
_OTHER_CASES = (GREEN, VERMILLION, PURPLE, BLUE, ORANGE)
_SHAPES = ("square", "diamond", "triangle-up", "cross", "triangle-down", "triangle-right")
_FIRST_CASES = ("pinduoduo", "fandeng", "xiaomi")


def colour(name: str) -> Colour:
    """Which colour has a dimension, a case, or a part of the page? An unknown name has a fixed one.

    >>> colour("interest").light
    '#0072B2'
    """
    if name in PALETTE:
        return PALETTE[name]
    return _OTHER_CASES[_place(name) % len(_OTHER_CASES)]


def tint(name: str) -> str:
    """The style that gives an element the colour of a dimension."""
    return f"--pb-card-colour:var(--pb-{name},var(--pb-accent))"


def shape(name: str) -> str:
    """Which mark has a case? (`circle` is the community that is assessed.)

    >>> shape("xiaomi")
    'triangle-up'
    """
    if name in _FIRST_CASES:
        return _SHAPES[_FIRST_CASES.index(name)]
    return _SHAPES[3 + _place(name) % 3]


def _place(name: str) -> int:
    # Not hash(): that differs from one Python process to the next.
    return sum(name.encode("utf-8", "replace"))


def _variables(dark: bool) -> str:
    return "".join(
        f"--pb-{name}:{pair.dark if dark else pair.light};" for name, pair in PALETTE.items()
    )


@cache
def css() -> str:
    """
    Which styles does everything we show need? One sheet, every class begins with `pb`.

    Put the class `pb` on the outermost element. Inside JupyterLab and Voilà the page's theme
    decides between light and dark; an element that also has `pb-page` (the report) follows the
    reader's system, and is light on paper.
    """
    light, dark = _variables(dark=False), _variables(dark=True)
    inside_lab = (
        "--pb-ground:var(--jp-layout-color0,{0});--pb-ink:var(--jp-ui-font-color0,{1});".format
    )
    light_lab = light + inside_lab(PALETTE["ground"].light, INK.light)
    dark_lab = dark + inside_lab(PALETTE["ground"].dark, INK.dark)
    return (
        f".pb{{{light_lab}color-scheme:light}}"
        f'[data-jp-theme-light="false"] .pb,body.theme-dark .pb,.pb.pb-dark'
        f"{{{dark_lab}color-scheme:dark}}"
        f".pb.pb-page{{{light}color-scheme:light}}"
        f"@media screen and (prefers-color-scheme:dark){{.pb.pb-page{{{dark}color-scheme:dark}}}}"
        + _SHEET.replace("{FONT}", FONT)
    )


_SHEET = """
.pb,.pb *{box-sizing:border-box}
.pb{font-family:{FONT};font-size:16px;line-height:1.55;color:var(--pb-ink);
  background:var(--pb-ground);overflow-wrap:anywhere}
.pb h1,.pb h2,.pb h3,.pb h4{line-height:1.25;font-weight:650;margin:0;color:inherit;
  text-wrap:balance;font-family:inherit;letter-spacing:normal}
.pb h1{font-size:1.8em}.pb h2{font-size:1.35em}.pb h3{font-size:1.1em}.pb h4{font-size:1em}
.pb p{margin:.5em 0}
.pb ul,.pb ol{margin:.4em 0;padding-inline-start:1.3em}
.pb a{color:var(--pb-accent);text-decoration:underline;text-underline-offset:.15em}
.pb :focus-visible{outline:3px solid var(--pb-accent);outline-offset:2px;border-radius:3px}
.pb-muted,.pb-hint{color:var(--pb-muted)}
.pb-small{font-size:.875em}
.pb-hidden{position:absolute!important;width:1px;height:1px;margin:-1px;padding:0;overflow:hidden;
  clip-path:inset(50%);white-space:nowrap;border:0}
.pb .pb-sentence{font-size:1.25em;line-height:1.4;font-weight:600;margin:.3em 0}
.pb .pb-sentences>p{margin:.2em 0;max-width:44em}
.pb-notice{border-inline-start:4px solid var(--pb-accent);background:var(--pb-soft);
  padding:.6em .9em;margin:.8em 0;border-radius:0 6px 6px 0}
.pb .pb-notice>:first-child{margin-top:0}.pb .pb-notice>:last-child{margin-bottom:0}
.pb-error{border-inline-start:4px solid var(--pb-bad);padding:.5em .9em;margin:.6em 0;
  color:var(--pb-ink);background:var(--pb-raised);border-radius:0 6px 6px 0}
.pb-error strong,.pb-wrong{color:var(--pb-bad)}
.pb-card{background:var(--pb-raised);border:1px solid var(--pb-line);border-radius:10px;
  padding:1.1em 1.2em;margin:.8em 0}
.pb .pb-card>:first-child{margin-top:0}.pb .pb-card>:last-child{margin-bottom:0}
.pb .pb-cards{display:grid;gap:.9em;margin:.8em 0;padding:0;list-style:none;
  grid-template-columns:repeat(auto-fit,minmax(min(100%,16.5em),1fr))}
.pb .pb-cards>*{margin:0;border-top:4px solid var(--pb-card-colour,var(--pb-accent))}
.pb .pb-card dl{margin:.6em 0;display:grid;grid-template-columns:max-content 1fr;gap:.25em .8em}
.pb-card dt{color:var(--pb-muted);font-size:.875em;padding-top:.1em}
.pb-card dd{margin:0}
.pb-why{border-top:1px solid var(--pb-line);padding-top:.6em;font-size:.9em}
.pb-badge{display:inline-block;border:1px solid currentColor;border-radius:1em;padding:0 .6em;
  font-size:.8125em;line-height:1.6;white-space:nowrap}
.pb-letter{display:inline-block;min-width:1.7em;text-align:center;border-radius:5px;
  font-weight:700;color:var(--pb-ground);background:var(--pb-card-colour,var(--pb-accent));
  padding:0 .3em;margin-inline-end:.5em}
.pb-pass{color:var(--pb-good)}.pb-fail{color:var(--pb-bad)}.pb-open{color:var(--pb-open)}
.pb .pb-gates{list-style:none;margin:.5em 0;padding:0}
.pb .pb-gates>li{display:grid;grid-template-columns:1.5em 5.2em 1fr;gap:.15em .5em;
  padding:.35em 0;border-bottom:1px solid var(--pb-line);align-items:baseline}
.pb .pb-gates>li>:first-child{font-weight:700;text-align:center}
.pb-table{border-collapse:collapse;width:100%;font-size:.9em;font-variant-numeric:tabular-nums}
.pb-table caption{text-align:start;color:var(--pb-muted);padding:.4em 0;font-size:.95em}
.pb .pb-table th,.pb .pb-table td{text-align:start;padding:.4em .7em .4em 0;vertical-align:top;
  border-bottom:1px solid var(--pb-line);background:none;font-weight:400;white-space:normal;
  max-width:none}
.pb-table th{font-weight:600}
.pb .pb-table .pb-number{text-align:end}
.pb-scroll{overflow-x:auto;max-width:100%}
.pb-figure{margin:1em 0;padding:0;container-type:inline-size}
.pb-figure figcaption{margin:0}
.pb .pb-figure-title{font-weight:650;font-size:1.1em;line-height:1.3;margin:0;text-wrap:balance}
.pb .pb-figure-subtitle{color:var(--pb-muted);margin:.1em 0 .6em;font-size:.9em}
.pb .pb-figure-foot{color:var(--pb-muted);font-size:.8125em;margin:.5em 0 .2em}
.pb-chart svg{display:block;width:100%;height:auto;max-width:760px;overflow:visible}
.pb .pb-key{list-style:none;display:flex;flex-wrap:wrap;gap:.1em 1.2em;margin:.2em 0 .5em;
  padding:0;font-size:.875em}
.pb-key svg{vertical-align:-.15em;margin-inline-end:.35em}
.pb-chart .pb-narrow{display:none}
@container (max-width:540px){.pb-chart .pb-narrow{display:block;max-width:520px}
  .pb-chart .pb-wide{display:none}}
.pb-tools{display:flex;flex-wrap:wrap;gap:.2em 1.2em;font-size:.875em;align-items:baseline}
.pb-tools details{flex:1 1 100%;order:2}
.pb details>summary{cursor:pointer;color:var(--pb-accent)}
.pb-progress{height:8px;border-radius:4px;background:var(--pb-line);overflow:hidden}
.pb-progress>*{display:block;height:100%;background:var(--pb-accent)}
.pb .pb-steps{display:flex;flex-wrap:wrap;gap:.3em 1em;list-style:none;margin:.5em 0;padding:0}
.pb-button{font:inherit;font-weight:600;min-height:44px;padding:.5em 1.1em;border-radius:8px;
  border:2px solid var(--pb-accent);background:var(--pb-ground);color:var(--pb-accent);
  cursor:pointer}
.pb-button:hover{background:var(--pb-soft)}
.pb-button.pb-main{background:var(--pb-accent);color:var(--pb-on-accent)}
.pb-button[disabled],.pb-button[aria-disabled="true"]{border-color:var(--pb-line);
  background:var(--pb-ground);color:var(--pb-muted);cursor:not-allowed}
.pb-button[aria-pressed="true"]{background:var(--pb-soft);
  box-shadow:inset 0 0 0 2px var(--pb-accent)}
.pb-field{display:block;margin:.7em 0}
.pb-field>label,.pb-label{display:block;font-weight:600;margin-bottom:.2em}
.pb-input{font:inherit;width:100%;max-width:34em;min-height:44px;padding:.45em .6em;
  color:var(--pb-ink);background:var(--pb-ground);border:2px solid var(--pb-edge);border-radius:6px}
.pb-input[aria-invalid="true"]{border-color:var(--pb-bad)}
.pb-choice{border:0;margin:.6em 0;padding:0;min-width:0}
.pb-choice>legend{font-size:1.25em;font-weight:650;line-height:1.3;padding:0;margin-bottom:.2em}
.pb-option{display:flex;gap:.8em;align-items:flex-start;width:100%;min-height:48px;
  padding:.7em .9em;margin:.45em 0;border:2px solid var(--pb-line);border-radius:8px;
  background:var(--pb-ground);cursor:pointer}
.pb-option:hover{border-color:var(--pb-edge)}
.pb-option input{width:1.35em;height:1.35em;margin:.08em 0 0;flex:none;
  accent-color:var(--pb-accent)}
.pb-option:has(input:checked){border-color:var(--pb-accent);background:var(--pb-soft)}
.pb-option:has(input:focus-visible){outline:3px solid var(--pb-accent);outline-offset:2px}
.pb-apart{margin-top:1.1em;padding-top:.5em;border-top:1px dashed var(--pb-edge)}
@media (prefers-reduced-motion:reduce){.pb *{transition:none!important;animation:none!important}}
@media print{.pb-tools,.pb-screen{display:none!important}
  .pb-card,.pb-figure,.pb-gates>li,.pb-table tr,.pb-notice{break-inside:avoid}
  .pb h2,.pb h3,.pb figcaption{break-after:avoid}}
"""
