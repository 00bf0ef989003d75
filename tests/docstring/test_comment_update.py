"""Documentation comments are brought up to date, and what a person said in them stays, letter by letter."""

import random

import pytest

from lsp_server.docstring.edit import CannotDocument
from lsp_server.docstring.target import definition_at
from lsp_server.docstring.write import can_be_updated
from lsp_server.syntax.languages import language_of
from lsp_server.syntax.tokens import code_tokens
from lsp_server.text.document import Document
from tests.docstring.test_write import written

# name → (path, before, after); the definition is on the line with `│`, which is not part of the text.
CASES = {
    "JSDoc": (
        "cart.ts",
        """
/**
 * Pay, and be *done*   with it.
 *
 * @param {number} amount - How much;
 *     in cents.
 * @param {string} curency - See ISO 4217.
 * @param {boolean} verbose - Talks a lot.
 * @example pay(3)
 */
│export function pay(amount: number, currency: string, memo?: string): Receipt {
  if (amount < 0) throw new RangeError("amount");
  return new Receipt(amount);
}
""",
        """
/**
 * Pay, and be *done*   with it.
 *
 * @param {number} amount - How much;
 *     in cents.
 * @param {string} currency - See ISO 4217.
 * @param {*} memo - The memo.
 * @returns The result.
 * @throws {RangeError} See the code for when.
 * @example pay(3)
 */
export function pay(amount: number, currency: string, memo?: string): Receipt {
  if (amount < 0) throw new RangeError("amount");
  return new Receipt(amount);
}
""",
    ),
    "JSDoc above a remark for a linter": (
        "kv.js",
        """
/**
 * Deletes a key.
 *
 * @param gate - The gateway.
 * @param key - Its name.
 */
// eslint-disable-next-line camelcase
│function delete_(gateway, key) {}
""",
        """
/**
 * Deletes a key.
 *
 * @param gateway - The gateway.
 * @param key - Its name.
 */
// eslint-disable-next-line camelcase
function delete_(gateway, key) {}
""",
    ),
    "Javadoc with a comma behind the name": (
        "Views.java",
        """
class Views {
    /**
     * Lists them.
     *
     * @param viewTargetsOld, ordered from target to root
     * @param all, if true, hidden ones too
     */
    │void list(List<View> viewTargets, boolean all) {}
}
""",
        """
class Views {
    /**
     * Lists them.
     *
     * @param viewTargets, ordered from target to root
     * @param all, if true, hidden ones too
     */
    void list(List<View> viewTargets, boolean all) {}
}
""",
    ),
    "Doxygen above a template": (
        "encode.cpp",
        """
/**
 * Encodes it.
 * @param in_start the beginning of the source
 * @param out the destination
 */
│template<typename In,
         typename Out>
static void encode(In in_begin, Out out) {}
""",
        """
/**
 * Encodes it.
 * @param in_begin the beginning of the source
 * @param out the destination
 */
template<typename In,
         typename Out>
static void encode(In in_begin, Out out) {}
""",
    ),
    "JSDoc with properties and brackets": (
        "load.js",
        """
/** Loads.
 * @param {Object} [opts={}] What else.
 * @param {string} opts.name Its name.
 * @return {string} The text. */
│function load(path, options = {}) {
  return read(path);
}
""",
        """
/** Loads.
 * @param {*} path The path.
 * @param {Object} [options={}] What else.
 * @param {string} options.name Its name.
 * @return {string} The text. */
function load(path, options = {}) {
  return read(path);
}
""",
    ),
    "Javadoc": (
        "Cart.java",
        """
class Cart {
    /**
     * Adds it.
     *
     * @param <T>  what it is
     * @param item the item
     * @param old  was never used
     * @see Item
     */
    @Override
│    public <T> int add(T item, int count, boolean isGift) throws IOException {
        return 1;
    }
}
""",
        """
class Cart {
    /**
     * Adds it.
     *
     * @param <T>  what it is
     * @param item the item
     * @param count The count.
     * @param isGift The isGift.
     * @return The result.
     * @throws IOException See the code for when.
     * @see Item
     */
    @Override
    public <T> int add(T item, int count, boolean isGift) throws IOException {
        return 1;
    }
}
""",
    ),
    "Doxygen": (
        "find.cpp",
        """
/// Finds it.
/// \\param[in] key  what to look for
/// \\param[out] found
///        where it is
/// \\exception std::out_of_range if it is not there
│int find(const std::string& key, bool fast, int* found) {
  throw std::out_of_range("key");
}
""",
        """
/// Finds it.
/// \\param[in] key  what to look for
/// \\param fast The fast.
/// \\param[out] found
///        where it is
/// \\return The result.
/// \\exception std::out_of_range if it is not there
int find(const std::string& key, bool fast, int* found) {
  throw std::out_of_range("key");
}
""",
    ),
    "rustdoc": (
        "lib.rs",
        """
impl Cart {
    /// Adds an item.
    ///
    /// # Arguments
    ///
    /// * `itm` - What to add
    ///   to it.
    ///
    /// # Panics
    ///
    /// Never.
    #[inline]
│    pub fn add(&mut self, item: Item, count: u32) -> u32 {
        count
    }
}
""",
        """
impl Cart {
    /// Adds an item.
    ///
    /// # Arguments
    ///
    /// * `item` - What to add
    ///   to it.
    /// * `count` - The count.
    ///
    /// # Panics
    ///
    /// Never.
    #[inline]
    pub fn add(&mut self, item: Item, count: u32) -> u32 {
        count
    }
}
""",
    ),
    "godoc": (
        "cart.go",
        "\n// AddItm adds an item, and AddItm is kept\n// when it is told of again.\n"
        "│func (c *Cart) AddItem(item Item, count int) error {\n\treturn nil\n}\n",
        "\n// AddItem adds an item, and AddItm is kept\n// when it is told of again.\n"
        "func (c *Cart) AddItem(item Item, count int) error {\n\treturn nil\n}\n",
    ),
    "C, Windows line ends": (
        "sum.c",
        "/**\r\n * Sums.\r\n * @param a one\r\n */\r\n│int sum(int a, int b) { return a + b; }\r\n",
        "/**\r\n * Sums.\r\n * @param a one\r\n * @param b The b.\r\n * @return The result.\r\n */\r\n"
        "int sum(int a, int b) { return a + b; }\r\n",
    ),
}


def brought_up_to_date(path: str, marked: str) -> str:
    return written(marked.replace("│", ""), marked.split("│")[0].count("\n"), path)


@pytest.mark.parametrize("name", CASES)
def test_what_is_missing_stale_or_renamed_is_put_right_and_the_rest_stays(name):
    path, before, after = CASES[name]
    assert brought_up_to_date(path, before) == after


@pytest.mark.parametrize("name", CASES)
def test_it_is_offered_where_there_is_something_to_do_and_twice_is_once(name):
    path, before, after = CASES[name]
    lines_behind = before.split("│")[1].count("\n")
    for text, is_offered in ((before.replace("│", ""), True), (after, False)):
        document = Document(path=path, text=text, language=language_of(path))
        at = text.count("\n") - lines_behind
        definition = definition_at(document, at)
        assert can_be_updated(document, definition) is is_offered
        if not is_offered:
            with pytest.raises(CannotDocument, match="agrees with its code"):
                written(text, at, path)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.js", "/** Adds {@link a} to b. */\n│function add(a, b) { return a + b; }\n"),
        ("a.js", "/**\n * Adds.\n * @deprecated\n */\n│function add(a, b) { return a + b; }\n"),
        ("a.js", "/**\n * @param props What it shows.\n */\n│function Box({ width, height }) {}\n"),
        ("a.rs", "/// Adds `a` to b.\n│fn add(a: i32, b: i32) -> i32 { a + b }\n"),
        ("a.go", "// Adding is what it does.\n│func Add(a, b int) int { return a + b }\n"),
        ("a.go", "// Sub is below.\n│func Sum(a int) int { return a }\n\nfunc Sub(a int) int { return a }\n"),
        ("a.sh", "# Adds.\n│add() {\n  echo 1\n}\n"),
        ("a.cpp", "/** Adds. */\n│int add(int a, int b) { return a + b; }\n"),
    ],
)
def test_who_said_nothing_of_parameters_is_left_alone(path, text):
    with pytest.raises(CannotDocument, match="agrees with its code"):
        brought_up_to_date(path, text)


def test_a_string_that_looks_like_a_comment_is_none():
    text = "│const s = `\n/**\n * @param a\n */`; function f(b) { return b; }\n"
    with pytest.raises(CannotDocument):
        brought_up_to_date("a.js", text)


@pytest.mark.parametrize("name", CASES)
def test_comments_in_any_state_keep_their_prose_and_the_code(name):
    """Lines of the comment are lost, doubled and changed about: words stay words, and code stays code."""
    chance = random.Random(11)
    path, before, _ = CASES[name]
    head, code = before.split("│")
    eol = "\r\n" if "\r" in head else "\n"
    lines = head.split(eol)
    changed = 0
    for _ in range(60):
        inner = [it for it in lines[1:-2] if chance.random() < 0.8]
        chance.shuffle(inner)
        text = eol.join([lines[0], *inner, *lines[-2:]]) + code
        try:
            after = written(text, text[: text.rindex(code)].count("\n"), path)
        except CannotDocument:
            continue
        changed += 1
        language = language_of(path)
        assert code_tokens(after, language) == code_tokens(text, language)
        assert after.endswith(code)
        kept = after.split(eol)
        first_tag = next(
            (n for n, it in enumerate(inner) if "@" in it or "\\" in it or "`" in it), len(inner)
        )
        told = inner[(name == "godoc") : first_tag]
        assert kept[1 + (name == "godoc") : 1 + first_tag] == told, "what stands before all tags is nobody's"
    assert changed or name == "godoc"
