"""Decide from a package's own metadata whether its text may be trained on.

Only what the metadata says is judged, not the files; a package that says nothing is refused.
"""

import re
from email.message import Message

PERMISSIVE = {
    "0BSD", "APACHE-2.0", "BSD-2-CLAUSE", "BSD-3-CLAUSE", "CC0-1.0", "ISC", "MIT", "MIT-0", "MIT-CMU",
    "PSF-2.0", "PUBLIC-DOMAIN", "PYTHON-2.0", "PYTHON-2.0.1", "UNLICENSE", "ZLIB",
}  # fmt: skip
BY_SMALL_LETTERS = {
    it.lower(): it
    for it in ("Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "Unlicense", "Zlib", "PSF-2.0")
}
# Older packages write prose instead of an SPDX expression; these are the spellings met in practice.
SPELLINGS = [
    (r"\b(l?gpl|agpl|mpl|mozilla|general public|eupl|epl|sspl|commercial|proprietary)", None),
    (r"apache[ -]*v?2|apache software|apache licen[sc]e|^apache$", "Apache-2.0"),
    (r"\bbsd\b.*\b2\b|\b2[- ]clause|simplified bsd", "BSD-2-Clause"),
    (r"\bbsd\b", "BSD-3-Clause"),
    (r"\bmit\b", "MIT"),
    (r"\bisc\b", "ISC"),
    (r"python software foundation|\bpsf\b", "PSF-2.0"),
    (r"unlicense", "Unlicense"),
]  # fmt: skip


def permissive_licence(metadata: Message) -> str | None:
    """Return the licence a Python package declares if it is permissive, else None."""
    if expression := metadata.get("License-Expression"):
        return expression if is_permissive(expression) else None
    classifiers = [
        value.rsplit("::", 1)[-1].strip()
        for value in metadata.get_all("Classifier", [])
        if value.startswith("License ::") and not value.endswith("OSI Approved")
    ]
    declared = classifiers or [metadata.get("License", "").strip()[:100]]
    named = [spelled(text) for text in declared]
    return " AND ".join(sorted({name for name in named if name})) if all(named) else None


def permissive_copyright(text: str) -> str | None:
    """Return the licences that Debian's machine-readable `copyright` names for a package's own files.

    None if one of them is not permissive, or if the file is prose. What Debian adds (`debian/*`) is not in
    the package. Format: Debian's "Machine-readable debian/copyright file", version 1.0.
    """
    found: set[str] = set()
    for paragraph in re.split(r"\n\s*\n", text):
        files = re.search(r"^Files:((?:.|\n[ \t])*)", paragraph, re.M)
        licence = re.search(r"^License:[ \t]*(\S.*)$", paragraph, re.M)
        if files is None or all(it.startswith("debian/") for it in files[1].split()):
            continue
        if licence is None:
            return None
        found.add(_as_spdx(licence[1].strip()))
    if not found or not all(map(is_permissive, found)):
        return None
    return " AND ".join(f"({it})" if " OR " in it and len(found) > 1 else it for it in sorted(found))


def _as_spdx(name: str) -> str:
    """Debian's short names are SPDX's but for a few: Expat is MIT, and words join them in small letters."""
    joined = re.sub(r",? or |/|\|", " OR ", re.sub(r"\bExpat\b", "MIT", name))
    joined = re.sub(r",? and |, ", " AND ", joined)
    return re.sub(r"[\w.-]+", lambda it: BY_SMALL_LETTERS.get(it[0].lower(), it[0]), joined)


def is_permissive(expression: str) -> bool:
    """Judge an SPDX expression: of alternatives one must be permissive, of a conjunction every part."""
    flat = expression.replace("(", " ").replace(")", " ")
    if re.search(r"\bAND\b", flat):
        return all(is_permissive(part) for part in re.split(r"\bAND\b", flat))
    return any(part.strip().upper() in PERMISSIVE for part in re.split(r"\bOR\b", flat))


def spelled(text: str) -> str | None:
    """Return the SPDX name of a licence written as prose; None if unknown or not permissive."""
    if text.upper() in PERMISSIVE:
        return text
    for pattern, name in SPELLINGS:
        if re.search(pattern, text, re.IGNORECASE):
            return name
    return None
