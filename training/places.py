"""Where the pipeline keeps what it makes. Everything but the shipped model may be deleted and made again."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / ".cache" / "training"
DOWNLOADS = WORK / "downloads"
CORPUS = WORK / "corpus"
HELD_OUT = WORK / "held_out"
INDEXES = WORK / "indexes"
TOKENIZER = WORK / "tokenizer.json"
RUNS = WORK / "runs"
SHIPPED_MODEL = ROOT / "lsp_server" / "models" / "kibitz-base.gguf"
MANIFEST = ROOT / "training" / "corpus" / "manifest.json"
