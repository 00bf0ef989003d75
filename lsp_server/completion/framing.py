"""The prompt for a cursor: an earlier frame with what was typed since, or a new one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from lsp_server.completion.anchoring import Decision, PromptSpeed, decide, quick_tokens, typed_tokens
from lsp_server.completion.beside import texts_beside
from lsp_server.completion.frames import BEHIND_CHARACTERS, Fit, Frame, Frames
from lsp_server.completion.limits import CompletionLimits
from lsp_server.completion.remembered import RememberedFrames
from lsp_server.context.gather import gather
from lsp_server.context.recent import Recent
from lsp_server.context.snippet import Snippet
from lsp_server.index.snapshot import Snapshot
from lsp_server.model.port import Generation, Model
from lsp_server.prompting.comments import comment_mark
from lsp_server.prompting.families import Family
from lsp_server.prompting.fim import fim_pieces, snippet_pieces
from lsp_server.prompting.pieces import Piece
from lsp_server.prompting.window import fit as fit_window
from lsp_server.prompting.window import visible_range
from lsp_server.text.document import Document
from lsp_server.text.secrets import redact

# Text further away than this is in no prompt, so nobody looks through it for secrets. The steps keep what a
# window begins with the same while lines are typed.
FAR_LINES, FAR_STEP_LINES = 2_048, 64
FAR_CHARACTERS = 100_000

Source = Literal["new", "quick", "kept", "remembered"]

FRAMES_KEPT = 8  # as many as the host keeps sequences


@dataclass(frozen=True, slots=True, kw_only=True)
class FramedPrompt:
    pieces: tuple[Piece, ...]
    snippets: tuple[Snippet, ...]
    beside: tuple[str, ...]  # texts to copy from that are not in it
    source: Source
    could_be_better: bool  # a new frame should be made when nobody types


class FramedPrompts:
    """*can_wait* says that `refreshed` will be called when nobody types."""

    def __init__(
        self,
        model: Model,
        family: Family,
        limits: CompletionLimits,
        exclude: Sequence[str],
        *,
        can_wait: bool,
        remembered: RememberedFrames | None,
        recent: Callable[[], Recent],
    ) -> None:
        self._model = model
        self._family = family
        self._limits = limits
        self._exclude = tuple(exclude)
        self._can_wait = can_wait
        self._remembered = remembered
        self._recent = recent
        self._frames = Frames(kept=FRAMES_KEPT, known=() if remembered is None else remembered.read())
        self._written = {*map(id, self._frames.all())}
        self._speed = PromptSpeed.guessed(model.info.parameters)
        self._room = typed_tokens(limits.prompt_tokens)
        self._frame_tokens = limits.prompt_tokens - self._room

    def saw(self, generation: Generation) -> None:
        """Learn how fast the model reads."""
        self._speed.saw(generation.tokens.evaluated, generation.prompt_ms)

    def prompt(
        self,
        snapshot: Snapshot,
        document: Document,
        offset: int,
        *,
        may_be_quick: bool,
        on_cold: Callable[[], None] = lambda: None,
    ) -> FramedPrompt:
        """*may_be_quick*: rather soon than with all that could be shown. *on_cold* is called before a new
        frame is made, which the model will have to read."""
        can_wait = self._can_wait and may_be_quick
        fit = self._frames.fit(
            document.path, document.text, offset, is_contiguous=self._family.continues_prefix
        )
        full_ms = self._speed.expected_ms(self._frame_tokens)
        if fit is not None:
            decision = decide(
                fit,
                snapshot,
                appended_tokens=self._tokens_at_most(fit.appended),
                room_tokens=self._room,
                full_ms=full_ms,
                can_wait=can_wait,
            )
            if decision is not Decision.REPLACE:
                is_for_now = decision is Decision.KEEP_FOR_NOW
                return self._framed(snapshot, document, offset, fit, "kept", could_be_better=is_for_now)
        on_cold()
        tokens = quick_tokens(self._frame_tokens, full_ms) if can_wait else None
        if tokens is None:
            frame = self._new(snapshot, document, offset)
        else:
            before = self._frames.newest(document.path)
            frame = self._quick(snapshot, document, offset, before, tokens)
        self._frames.add(frame)
        source: Source = "quick" if frame.is_quick else "new"
        fit = _at_anchor(frame, document, offset)
        return self._framed(snapshot, document, offset, fit, source, could_be_better=frame.is_quick)

    def refreshed(self, snapshot: Snapshot, document: Document, offset: int) -> tuple[Frame, FramedPrompt]:
        """A new frame, as good as can be, for `keep` once the model has read its prompt."""
        frame = self._new(snapshot, document, offset)
        fit = _at_anchor(frame, document, offset)
        return frame, self._framed(snapshot, document, offset, fit, "new", could_be_better=False)

    def keep(self, frame: Frame) -> None:
        self._frames.add(frame)

    def remember(self) -> None:
        """Have the frames there after a restart, too."""
        frames = self._frames.all()
        if self._remembered is not None and {*map(id, frames)} != self._written:
            self._remembered.write(frames)
            self._written = {*map(id, frames)}

    def _new(self, snapshot: Snapshot, document: Document, offset: int) -> Frame:
        snippets: Sequence[Snippet] = ()
        if self._limits.context_tokens > 0:
            before = self._frames.newest(document.path)
            snippets = gather(
                snapshot,
                document,
                offset,
                budget_tokens=self._limits.context_tokens,
                count_tokens=self._model.count_tokens,
                exclude=self._exclude,
                previous=() if before is None else before.window.snippets,
                previous_offset=None if before is None else before.start + len(before.before),
                recent=self._recent(),
                visible=visible_range(
                    document,
                    offset,
                    tokens=self._frame_tokens - self._limits.context_tokens,
                    suffix_share=self._limits.suffix_share,
                ),
            )
        return self._frame(snapshot, document, offset, snippets, self._frame_tokens)

    def _quick(
        self, snapshot: Snapshot, document: Document, offset: int, before: Frame | None, tokens: int
    ) -> Frame:
        """With the snippets of the frame *before*, which the model knows, and *tokens* of new text."""
        snippets = before.window.snippets if before is not None and not before.is_quick else ()
        mark = comment_mark(document.language, document.path)
        shown = ["".join(map(str, snippet_pieces(self._family, snippet, mark))) for snippet in snippets]
        known = sum(self._model.count_tokens(shown))
        size = min(self._frame_tokens, known + tokens)
        frame = self._frame(snapshot, document, offset, snippets, size, snippet_tokens=known)
        return replace(frame, is_quick=True)

    def _frame(
        self,
        snapshot: Snapshot,
        document: Document,
        offset: int,
        snippets: Sequence[Snippet],
        tokens: int,
        snippet_tokens: int | None = None,
    ) -> Frame:
        text = document.text
        line_start = document.line_starts[document.line_of(offset)]
        anchor = offset if self._family.continues_prefix else line_start
        far = _far_before(document, offset)
        # Both sides at once: a secret may have the cursor in it, and neither half look like one.
        both = redact(text[far : offset + FAR_CHARACTERS])
        shown = both[: offset - far]
        window = fit_window(
            self._family,
            prefix=shown[: len(shown) - (offset - anchor)],
            suffix=both[offset - far :],
            snippets=snippets,
            header=f"{snapshot.name}\n{document.path}\n",
            mark=comment_mark(document.language, document.path),
            prompt_tokens=tokens,
            suffix_share=self._limits.suffix_share,
            count_tokens=self._model.count_tokens,
            snippet_tokens=snippet_tokens,
        )
        start = anchor - len(window.prefix)
        rows = document.line_of(start), document.line_of(offset + len(window.suffix))
        # Where snippets leave room, the text around the cursor takes it, and more than was foreseen.
        once = [it for it in window.snippets if not it.touches(document.path, *rows)]
        window = replace(window, snippets=tuple(once))
        return Frame(
            path=document.path,
            start=start,
            before=text[start:anchor],
            after=text[offset : offset + len(window.suffix)],
            window=window,
            line=text[line_start:offset],
            is_whole=snapshot.is_complete,
            is_quick=False,
        )

    def _framed(
        self,
        snapshot: Snapshot,
        document: Document,
        offset: int,
        fit: Fit,
        source: Source,
        *,
        could_be_better: bool,
    ) -> FramedPrompt:
        window = fit.frame.window
        pieces = fim_pieces(
            self._family,
            repository=snapshot.name,
            path=document.path,
            language=document.language,
            prefix=fit.prefix,
            suffix=window.suffix,
            snippets=window.snippets,
            typed=fit.typed,
        )
        return FramedPrompt(
            pieces=pieces,
            snippets=window.snippets,
            beside=texts_beside(snapshot, document, offset, window.snippets),
            source=source,
            could_be_better=could_be_better,
        )

    def _tokens_at_most(self, text: str) -> int:
        """Without asking the model at each keystroke: a line of code has more than two characters a token."""
        size = len(text.encode("utf-8", "replace"))
        if size <= self._room // 2:
            return size
        lines, end, last = text.rpartition("\n")
        return self._model.count_tokens([lines + end])[0] + len(last) // 2


def _at_anchor(frame: Frame, document: Document, offset: int) -> Fit:
    shown = redact(document.text[frame.start : offset + BEHIND_CHARACTERS])
    typed = shown[len(frame.before) : offset - frame.start]
    return Fit(frame=frame, prefix=frame.window.prefix, typed=typed, appended="")


def _far_before(document: Document, offset: int) -> int:
    line = max(0, document.line_of(offset) - FAR_LINES) // FAR_STEP_LINES * FAR_STEP_LINES
    return document.line_starts[line]
