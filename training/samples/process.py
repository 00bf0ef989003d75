"""The sampler as a process of its own, so that training never waits for text to be read and tokenized."""

import os
import queue
import time
from multiprocessing import active_children, get_context
from multiprocessing.queues import Queue

from tokenizers import Tokenizer

from training.places import CORPUS, TOKENIZER
from training.samples.stream import Batch, Corpus, batches

LOOK_AGAIN_S = 20
POLL_S = 0.2


def start_sampler(window: int, tokens: int, seed: int) -> "Queue[Batch]":
    """Start a process that keeps a queue filled with batches of *tokens* tokens; it ends with its parent."""
    context = get_context("spawn")
    ready: Queue[Batch] = context.Queue(maxsize=6)
    context.Process(target=fill, args=(ready, window, tokens // window, seed), daemon=True).start()
    return ready


def next_batch(ready: "Queue[Batch]") -> Batch:
    """Return a batch, waited for as long as it takes. Raises RuntimeError if every sampler has died.

    A time limit would tell a dead sampler from a slow one only until somebody stops the process for a while.
    """
    while True:
        try:
            return ready.get(timeout=LOOK_AGAIN_S)
        except queue.Empty:
            if not active_children():
                raise RuntimeError("the sampler has died; --resume goes on") from None


def wait_for_first(ready: "Queue[Batch]") -> None:
    """Return once there is a batch: minutes, if the projects have no index yet. Raises as `next_batch`."""
    while ready.empty():
        if not active_children():
            raise RuntimeError("the sampler has died before its first batch")
        time.sleep(POLL_S)


def fill(ready: "Queue[Batch]", window: int, windows: int, seed: int) -> None:
    ready.cancel_join_thread()  # or leaving would wait for a reader that is gone
    parent = os.getppid()
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    tokenizer = Tokenizer.from_file(str(TOKENIZER))
    for batch in batches(Corpus(CORPUS, tokenizer), tokenizer, window=window, windows=windows, seed=seed):
        while True:
            try:
                ready.put(batch, timeout=30)
                break
            except queue.Full:
                if os.getppid() != parent:  # the training is gone
                    return
