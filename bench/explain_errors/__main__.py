"""How often is the cause in the first piece of evidence? `python -m bench.explain_errors [--each 20]`

Real files of held-out projects (bench/sources.toml), each with one mistake of 23 kinds, drawn with a fixed
seed; the message comes from pyflakes, mypy, CPython's parser or its import. Counted: the true cause (the
symbol) in the first piece of evidence and in the first three; a verified fix found; that by the same tool a
message is gone with it and no new one came; that it is the text from before the mistake. Of several messages
an error is asked about before a warning. No model is asked.
"""

import random
import time
from collections import defaultdict
from dataclasses import dataclass

import click

from bench.explain_errors.mutations import OPERATORS, Mutant, mutants
from bench.explain_errors.tools import Said, Tools, added
from bench.sources import project, python_projects
from lsp_server.app.session import Session, open_session
from lsp_server.explanation.kinds import read_message
from lsp_server.explanation.look_up import evidence_for
from lsp_server.explanation.problem import Problem
from lsp_server.explanation.words import words_for
from lsp_server.fixes.find import fixes_for

TRIES_MAX = 60  # files looked at for one more mistake of a kind


@dataclass(frozen=True, slots=True)
class Outcome:
    operator: str
    tool: str
    rank: int | None  # of the cause among the evidence, from 0
    is_fix_offered: bool  # a verified one
    does_fix_hold: bool  # the tool agrees
    is_restored: bool
    evidence_ms: float


def score(session: Session, tools: Tools, mutant: Mutant, said: Said, everything: list[Said]) -> Outcome:
    """*said*: the message asked about, of *everything* that the tool says of the text with the mistake."""
    document = session.document(session.workspace.root / mutant.path, mutant.text)
    start = document.offset_at(said.line - 1, said.column - 1)
    if mutant.tool == "traceback":
        text = document.line_text(said.line - 1)
        start = document.line_starts[said.line - 1] + len(text) - len(text.lstrip())
    problem = Problem(message=said.message, start=start, end=start, source=mutant.tool)
    snapshot = session.snapshot
    began = time.perf_counter()
    reading = read_message(said.message)
    evidence = evidence_for(snapshot, document, problem, reading, words_for("en"))
    took = 1000 * (time.perf_counter() - began)
    rank = next((number for number, it in enumerate(evidence) if it.name in mutant.causes), None)
    fixes = [it for it in fixes_for(problem, document, snapshot) if it.is_verified]
    holds = False
    if fixes:
        after = tools.ask(mutant.tool, mutant.path, fixes[0].after)
        original = tools.ask_of_original(mutant.tool, mutant.path, mutant.original)
        is_gone = bool(added(after, [said]) or added(after, everything))
        holds = is_gone and not added([*everything, *original], after)
    return Outcome(
        operator=mutant.operator,
        tool=mutant.tool,
        rank=rank,
        is_fix_offered=bool(fixes),
        does_fix_hold=holds,
        is_restored=bool(fixes) and fixes[0].after == mutant.original,
        evidence_ms=took,
    )


def is_warning(said: Said) -> bool:
    return "never used" in said.message or "unused" in said.message


def outcomes_of(name: str, each: int, seed: int, chosen: list[str], *, show: bool) -> list[Outcome]:
    root = project(name)
    tools = Tools(root)
    texts = {
        path.relative_to(root).as_posix(): path.read_text("utf-8")
        for path in sorted(root.rglob("*.py"))
        if path.stat().st_size > 1_500
    }
    found: list[Outcome] = []
    with open_session(root, root=root, model=None) as session:
        for operator in chosen:
            rng = random.Random(f"{seed} {name} {operator}")
            done = 0
            for _ in range(TRIES_MAX):
                if done >= each:
                    break
                path = rng.choice(list(texts))
                for mutant in mutants(operator, path, texts[path], rng):
                    before = tools.ask_of_original(mutant.tool, path, texts[path])
                    everything = tools.ask(mutant.tool, path, mutant.text)
                    new = sorted(added(before, everything), key=is_warning)
                    if not new:
                        break
                    outcome = score(session, tools, mutant, new[0], everything)
                    if show and (outcome.rank != 0 or not outcome.does_fix_hold):
                        print(f"{operator}: {path}:{new[0].line} {new[0].message} {outcome}")
                    found.append(outcome)
                    done += 1
                    break
    return found


def markdown(outcomes: list[Outcome]) -> str:
    by_operator: dict[str, list[Outcome]] = defaultdict(list)
    for it in outcomes:
        by_operator[f"{it.operator} ({it.tool})"].append(it)
    by_operator["all"] = outcomes
    by_operator["all with a symbol as cause"] = [it for it in outcomes if it.tool != "cpython"]
    rows = [
        "| mistake (who says so) | n | cause first | in first three | verified fix | it holds | restored |"
    ]
    rows.append("|---" * 7 + "|")
    for name, each in by_operator.items():
        count = max(1, len(each))
        no_symbol = name.endswith("(cpython)") or name == "all"
        first = "" if no_symbol else f"{sum(it.rank == 0 for it in each) / count:.0%}"
        three = "" if no_symbol else f"{sum(it.rank is not None and it.rank < 3 for it in each) / count:.0%}"
        offered = sum(it.is_fix_offered for it in each)
        rows.append(
            f"| {name} | {len(each)} | {first} | {three} | {offered / count:.0%} | "
            f"{sum(it.does_fix_hold for it in each) / max(1, offered):.0%} | "
            f"{sum(it.is_restored for it in each) / count:.0%} |"
        )
    times = sorted(it.evidence_ms for it in outcomes)
    if times:
        late = times[int(0.95 * (len(times) - 1))]
        rows.append(f"\nEvidence ready: {times[len(times) // 2]:.1f} ms (median), {late:.1f} ms (p95)")
    return "\n".join(rows)


@click.command(help=__doc__)
@click.option("--each", default=4, show_default=True, help="Mistakes of one kind in one project.")
@click.option("--seed", default=3, show_default=True)
@click.option("--kind", "kinds", multiple=True, help="Only this kind of mistake; repeatable.")
@click.option("--tool", help="Only mistakes that pyflakes, cpython, traceback or mypy reports.")
@click.option("--show", is_flag=True, help="Print what was missed.")
def main(*, each: int, seed: int, kinds: tuple[str, ...], tool: str | None, show: bool) -> None:
    chosen = [it for it in kinds or OPERATORS if tool in (None, OPERATORS[it][0])]
    outcomes: list[Outcome] = []
    for name in python_projects():
        outcomes += outcomes_of(name, each, seed, chosen, show=show)
    print(markdown(outcomes))


if __name__ == "__main__":
    main()
