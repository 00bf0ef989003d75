"""Fill the holes of a prompt written in plain words, such as prompts/explain_error.md.

The values are source code and messages of compilers: they are put in as they are and never read
as a template themselves.
"""

from functools import cache

from jinja2 import StrictUndefined, Template, TemplateError
from jinja2.sandbox import SandboxedEnvironment

from lsp_server.prompting.folder import PromptInvalid, prompt_text


def render(name: str, /, **values: object) -> str:
    """prompts/*name*.md with *values* in its holes. Raises PromptMissing or PromptInvalid."""
    template = _template(name)
    try:
        return template.render(values).strip() + "\n"
    except TemplateError as error:
        raise PromptInvalid(f"{name}.md", "hole", str(error)) from error


@cache
def _template(name: str) -> Template:
    # Nothing here is HTML, so nothing is escaped: the model must see `<` as `<`.
    environment = SandboxedEnvironment(
        undefined=StrictUndefined, autoescape=False, trim_blocks=True, lstrip_blocks=True
    )
    try:
        return environment.from_string(prompt_text(f"{name}.md"))
    except TemplateError as error:
        raise PromptInvalid(f"{name}.md", "template", str(error)) from error
