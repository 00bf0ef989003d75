"""How often is the cause in the first piece of evidence? `python -m bench.explain_errors [--each 20]`

Real files of held-out projects (bench/sources.toml), each with one mistake, drawn with a fixed seed; the
message comes from the real checker: for Python pyflakes, mypy, pyright, CPython's parser or its import, for
others tsc, go, rustc, javac or gcc. Counted: the true cause (the symbol) in the first piece of evidence and
in the first three; a verified fix found; that by the same tool a message is gone with it and no new one came;
that it is the text from before the mistake. Of several messages an error is asked about before a warning. No
model is asked.
"""

import random
import time
from collections.abc import Iterator

import click

from bench.explain_errors import mutations, slips
from bench.explain_errors.checkers.per_language import LANGUAGES, Tools, tools_for
from bench.explain_errors.mutations import Mutant
from bench.explain_errors.projects import ErrorProject, projects_of, texts_of
from bench.explain_errors.said import added
from bench.explain_errors.scoring import Outcome, markdown, score, shown
from lsp_server.app.session import Session, open_session

TRIES_MAX = 60  # files looked at for one more mistake of a kind
MUTANTS_MAX = 8  # of one file, until one is noticed


def mistakes(
    operator: str, tool: str, path: str, text: str, session: Session, rng: random.Random
) -> Iterator[Mutant]:
    document = session.document(session.workspace.root / path, text)
    if document.language == "python":
        yield from mutations.mutants(operator, tool, path, text, rng)
    else:
        yield from slips.slips(operator, tool, document, session.snapshot, rng)


def outcomes_of(
    project: ErrorProject, jobs: list[tuple[str, str]], each: int, seed: int, seconds: float, *, show: bool
) -> list[Outcome]:
    """*jobs*: (operator, tool); what is not done after *seconds* is left out."""
    end = time.monotonic() + seconds
    root = project.root()
    texts = texts_of(project)
    found: list[Outcome] = []
    with open_session(root, root=root, model=None) as session, tools_for(project) as tools:
        for operator, tool in jobs:
            rng = random.Random(f"{seed} {project.name} {operator}")
            done = 0
            for _ in range(TRIES_MAX):
                if done >= each or time.monotonic() > end:
                    break
                path = rng.choice(list(texts))
                outcome = _first_noticed(
                    session, tools, mistakes(operator, tool, path, texts[path], session, rng), show=show
                )
                if outcome is not None:
                    found.append(outcome)
                    done += 1
    return found


def _first_noticed(session: Session, tools: Tools, made: Iterator[Mutant], *, show: bool) -> Outcome | None:
    for _, mutant in zip(range(MUTANTS_MAX), made, strict=False):
        checker = tools.checker(mutant.tool)
        everything = checker.ask(mutant.path, mutant.text)
        original = tools.of_original(mutant)
        new = sorted(added(original, everything), key=lambda it: it.is_warning)
        if new:
            outcome = score(session, checker, mutant, new[0], everything, original)
            if show and outcome.rank != 0:
                print(shown(outcome, mutant, new[0]), flush=True)
            return outcome
    return None


@click.command(help=__doc__)
@click.option("--language", type=click.Choice(LANGUAGES), default="python", show_default=True)
@click.option("--each", default=4, show_default=True, help="Mistakes of one kind in one project.")
@click.option("--seed", default=3, show_default=True)
@click.option("--minutes", default=600.0, help="At most, shared by the projects; the rest is left out.")
@click.option("--kind", "kinds", multiple=True, help="Only this kind of mistake; repeatable.")
@click.option("--tool", help="Only mistakes that this tool reports, such as mypy.")
@click.option("--develop", is_flag=True, help="The projects to develop on, which are never reported.")
@click.option("--show", is_flag=True, help="Print where the cause was not first.")
def main(
    *,
    language: str,
    each: int,
    seed: int,
    minutes: float,
    kinds: tuple[str, ...],
    tool: str | None,
    develop: bool,
    show: bool,
) -> None:
    all_jobs = (
        mutations.jobs()
        if language == "python"
        else [(it, LANGUAGES[language]) for it in slips.operators_of(language)]
    )
    jobs = [it for it in all_jobs if (not kinds or it[0] in kinds) and tool in (None, it[1])]
    outcomes: list[Outcome] = []
    projects = projects_of(language, "errors_develop" if develop else "errors_report")
    for project in projects:
        seconds = 60 * minutes / len(projects)
        outcomes += outcomes_of(project, jobs, each, seed, seconds, show=show)
    print(markdown(outcomes))


if __name__ == "__main__":
    main()
