"""The sampler as a process of its own, so that training never waits for text to be read and tokenized."""

import os
import queue
from multiprocessing import get_context
from multiprocessing.queues import Queue

from tokenizers import Tokenizer

from training.places import CORPUS, TOKENIZER
from training.samples.stream import Batch, Corpus, batches


def start_sampler(window: int, tokens: int, seed: int) -> "Queue[Batch]":
    """Start a process that keeps a queue filled with batches of *tokens* tokens; it ends with its parent."""
    context = get_context("spawn")
    ready: Queue[Batch] = context.Queue(maxsize=6)
    context.Process(target=fill, args=(ready, window, tokens // window, seed), daemon=True).start()
    return ready


def fill(ready: "Queue[Batch]", window: int, windows: int, seed: int) -> None:
    ready.cancel_join_thread()  # or leaving would wait for a reader that is gone
    parent = os.getppid()
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    tokenizer = Tokenizer.from_file(str(TOKENIZER))
    for batch in batches(Corpus(CORPUS), tokenizer, window=window, windows=windows, seed=seed):
        while True:
            try:
                ready.put(batch, timeout=30)
                break
            except queue.Full:
                if os.getppid() != parent:  # the training is gone
                    return
