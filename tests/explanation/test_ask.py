"""A question is answered from what the repository has; one that names nothing, with a question."""

import pytest

from lsp_server.cancellation import Cancellation
from lsp_server.chat.local import LocalChat
from lsp_server.explanation.ask import ask, names_nothing
from lsp_server.explanation.problem import Explanation
from lsp_server.explanation.story import Storyteller
from lsp_server.model.scripted import ScriptedModel
from lsp_server.prompting.chat import chat_families
from tests.explanation.test_explain import SNAPSHOT


def asked(question: str, says: str = "", language: str = "en") -> tuple[Explanation, ScriptedModel]:
    model = ScriptedModel([says])
    chat = LocalChat(model, next(it for it in chat_families() if it.name == "chatml"))
    answer = ask(
        question,
        snapshot=SNAPSHOT,
        storyteller=Storyteller(chat=chat) if says else None,
        language=language,
        cancellation=Cancellation(),
        on_text=lambda text: None,
    )
    return answer, model


@pytest.mark.parametrize(
    "question",
    ["do something with this", "fix it", "help", "", "???", "Please make the code better", "what is wrong?"],
)
def test_a_question_that_names_nothing_is_answered_with_a_question(question: str):
    assert names_nothing(question)
    answer, model = asked(question, says="Certainly!")
    assert "What is it about?" in answer.markdown
    assert not model.requests, "no model guesses at it"


@pytest.mark.parametrize(
    "question", ["what does net do", "fix the VAT", "Why is gros unknown?", "净价在哪里计算"]
)
def test_one_that_names_something_is_not_asked_back(question: str):
    assert not names_nothing(question)


def test_what_the_repository_has_under_its_words_is_listed_the_likeliest_first():
    answer, _ = asked("how is the net price made?")
    assert {it.place for it in answer.evidence[:2]} == {"shop/price.py:1", "shop/cart.py:8"}
    assert "`shop/price.py:1` `def net(gross, vat_rate):`" in answer.markdown


def test_where_nothing_is_found_that_is_said_and_a_model_may_still_answer():
    answer, model = asked("where is the dragon?", says="Nowhere.")
    assert "No definition here says any of these words." in answer.markdown
    assert "Nowhere." in answer.markdown
    assert "where is the dragon?" in "".join(it for it in model.requests[0].pieces if isinstance(it, str))


def test_the_reader_s_language_is_spoken():
    assert "您问的是什么" in asked("do something", language="zh")[0].markdown
