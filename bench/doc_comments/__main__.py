"""Documentation comments of other languages than Python: `python -m bench.doc_comments [--each 300]`

Real functions of pinned projects, no model. *New*: a function loses the comment above it, if it has one, and
is given one. *Lags behind*: in a comment that a person wrote and that names each parameter, one name is left
out, spelt in another way, or added, or in Go the function's own name is spelt in another way; it is brought
up to date. Checked by other means than the product's: that outside of the comment each byte is the same, and
so is the syntax tree with its shape, but for comments; the parameters as an own look at the tree finds them;
and of what lagged behind that each other line of the comment stayed.
"""

import random
from collections import Counter
from pathlib import Path

import click

from bench.doc_comments.functions import cases
from bench.doc_comments.judging import judge_lagging, judge_new
from bench.doc_comments.lagging import lagging
from bench.doc_comments.styles import STYLES
from bench.registries import fetched
from bench.sources import pins
from lsp_server.syntax.languages import language_of

FILE_MAX = 60_000  # bytes
# Comments with parameters are rare in the C of sources.toml.
MORE = {
    "Doxygen": [
        ("react-native", "npm", "0.72.17", "package/ReactCommon"),
        ("llama-cpp-python", "sdist", "0.3.36", "llama_cpp_python-0.3.36/vendor/llama.cpp"),
    ]
}


def files_of(style: str) -> list[tuple[Path, str]]:
    languages = STYLES[style][0]
    roots = [
        fetched(name, registry=it, version=version) / below
        for name, it, version, below in MORE.get(style, ())
    ]
    for table in ("context_report", "context_fit", "errors_report", "errors_develop"):
        for name, pin in pins(table).items():
            assert isinstance(pin, dict)
            if pin["language"] in languages and "archive" not in pin:
                package = fetched(name, registry=pin["registry"], version=pin["version"])
                roots.append(package / pin.get("folder", ""))
    found: list[tuple[Path, str]] = []
    for path in (path for root in roots for path in sorted(root.rglob("*"))):
        language = language_of(path.name)
        is_code = language in languages and not path.name.endswith((".d.ts", ".min.js"))
        if is_code and path.is_file() and path.stat().st_size <= FILE_MAX:
            found.append((path, language))
    return list(dict.fromkeys(found))


@click.command(help=__doc__)
@click.option("--each", default=300, show_default=True, help="Functions of a style, new and lagging behind.")
@click.option("--style", "styles", multiple=True, type=click.Choice(list(STYLES)), help="Repeatable.")
@click.option("--seed", default=1, show_default=True)
@click.option("--per-file", default=10, show_default=True, help="Functions of one file, at most.")
@click.option("--show", is_flag=True, help="Print what was refused or is not as it should be.")
def main(*, each: int, styles: tuple[str, ...], seed: int, per_file: int, show: bool) -> None:
    for style in styles or STYLES:
        rng = random.Random(f"{seed} {style}")
        files = files_of(style)
        rng.shuffle(files)
        count: Counter[str] = Counter()
        for path, language in files:
            found = list(cases(path, language))
            for case in rng.sample(found, min(per_file, len(found))):
                if count["new"] < each:
                    count["new"] += 1
                    judge_new(case, style, count, show=show)
            late = [it for case in found if (it := lagging(case, style, rng)) is not None]
            for one in rng.sample(late, min(per_file, len(late))):
                if count["lagging"] < each:
                    judge_lagging(one, style, count, show=show)
            click.echo(f"{style}: {dict(count)}", err=True)
            if count["new"] >= each and count["lagging"] >= each:
                break
        told(style, count)


def told(style: str, count: Counter[str]) -> None:
    print(f"{style}: {count['new']:,} new, offered {count['offered']:,}")
    print(f"    rest and tree the same {count['same']:,}, parameters or form exact {count['exact']:,}")
    print(f"    {count['lagging']:,} lagging behind, offered {count['updated']:,}")
    print(f"    rest and tree the same {count['updated same']:,}, exact {count['updated exact']:,}")
    print(f"    what a person wrote kept {count['updated kept']:,}", flush=True)
    for why, times in count.most_common():
        if why.startswith("refused"):
            print(f"    {times} × {why}", flush=True)


if __name__ == "__main__":
    main()
