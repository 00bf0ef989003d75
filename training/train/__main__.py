"""`python -m training.train --minutes 90`: train for a time budget; a broken run goes on with --resume."""

import argparse
import csv
import json
import math
import os
import signal
import time
from dataclasses import asdict
from multiprocessing.queues import Queue
from pathlib import Path
from threading import Event

os.environ.setdefault("OMP_WAIT_POLICY", "passive")
os.environ.setdefault("KMP_BLOCKTIME", "0")

import torch
import torch._inductor.config
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional

from training.export.checkpoint import load
from training.places import RUNS, TOKENIZER
from training.samples.process import next_batch, start_sampler, wait_for_first
from training.samples.stream import Batch
from training.train.clock import RunningClock
from training.train.grow import grown
from training.train.model import Network, Shape
from training.train.optimizer import optimizers, scale_rates
from training.train.plot import plot_loss
from training.train.schedule import is_long, rate
from training.train.threads import FreeCores

CHECKPOINT_EVERY_S = 240
torch._inductor.config.cpp.dynamic_threads = True  # compiled code follows torch.set_num_threads


def main() -> None:
    options = read_options()
    folder = RUNS / options.name
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = Tokenizer.from_file(str(TOKENIZER))
    torch.manual_seed(options.seed)
    device = torch.device(options.device)
    network = Network(shape_of(options, tokenizer)).to(device)
    steppers = optimizers(network)
    step, tokens, seconds_before = 0, 0, 0.0
    if options.from_model:
        network.load_state_dict(grown(load(options.from_model)[0], network.shape).state_dict())
    if options.resume and (folder / "checkpoint.pt").exists():
        saved = torch.load(folder / "checkpoint.pt", weights_only=True)
        network.load_state_dict(saved["network"])
        for stepper, state in zip(steppers, saved["optimizers"], strict=True):
            stepper.load_state_dict(state)
        step, tokens, seconds_before = saved["step"], saved["tokens"], saved["seconds"]
    print(f"{sum(it.numel() for it in network.parameters()) / 1e6:.2f} M parameters", flush=True)

    def save(seconds: float) -> None:
        state = {
            "network": network.state_dict(),
            "optimizers": [it.state_dict() for it in steppers],
            "shape": asdict(network.shape),
            "step": step, "tokens": tokens, "seconds": seconds,
        }  # fmt: skip
        torch.save(state, folder / "checkpoint.tmp")
        (folder / "checkpoint.tmp").replace(folder / "checkpoint.pt")

    budget = options.minutes * 60
    free = FreeCores(options.threads)
    short = start_sampler(options.first_window, options.tokens_per_step, options.seed + step)
    wait_for_first(short)
    clock, saved_at = RunningClock(), 0.0
    long: Queue[Batch] | None = None
    log = Log(folder / "loss.csv", steps_kept=step)
    stop = Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    while (spent := (seconds_before + clock.seconds) / budget) < 1.0:
        is_soon_long = is_long(spent + 0.01)  # reading the corpus takes a while
        if is_soon_long and long is None and options.window != options.first_window:
            long = start_sampler(options.window, options.tokens_per_step, options.seed + step + 1)
        source = long if long is not None and is_long(spent) else short
        if device.type == "cpu":
            torch.set_num_threads(threads := free.count())
        else:
            threads = 1
        begun = time.monotonic()
        batch = next_batch(source)
        waited = time.monotonic() - begun
        factor = options.rate * rate(step, spent)
        scale_rates(steppers, factor)
        loss, middle_loss = gradients(network, batch, options.windows_at_once * options.first_window, device)
        for stepper in steppers:
            stepper.step()
            stepper.zero_grad()
        step, tokens = step + 1, tokens + batch.ids.size
        now, seconds = time.monotonic(), clock.seconds
        log.write(
            step=step, tokens=tokens, seconds=round(seconds_before + seconds, 1), loss=round(loss, 4),
            middle_loss=round(middle_loss, 4), rate=round(factor, 4), threads=threads,
            tokens_per_s=round(batch.ids.size / (now - begun)), waited_s=round(waited, 2),
        )  # fmt: skip
        if not math.isfinite(loss):
            raise SystemExit(f"the loss is {loss} at step {step}; the last checkpoint is good")
        if stop.is_set() or seconds - saved_at > CHECKPOINT_EVERY_S:
            save(seconds_before + seconds)
            plot_loss(folder / "loss.csv", folder / "loss.png")
            saved_at = seconds
        if stop.is_set():
            os._exit(0)
    save(budget)
    plot_loss(folder / "loss.csv", folder / "loss.png")
    (folder / "done.json").write_text(json.dumps({"step": step, "tokens": tokens}))
    os._exit(0)  # the samplers are endless and hold nothing


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--minutes",
        type=float,
        required=True,
        help="the whole budget, decay included; a stopped process spends none",
    )
    parser.add_argument("--name", default="base", help="folder of the run")
    parser.add_argument("--resume", action="store_true", help="go on from the run's checkpoint")
    parser.add_argument(
        "--from", dest="from_model", type=Path, help="checkpoint to start from; may have fewer layers"
    )
    parser.add_argument("--rate", type=float, default=1.0, help="factor on all learning rates")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1, help="most cores to use")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--tokens-per-step", type=int, default=8192)
    parser.add_argument("--windows-at-once", type=int, default=8, help="windows of one forward pass")
    parser.add_argument("--first-window", type=int, default=512, help="tokens of a sequence at first")
    parser.add_argument("--window", type=int, default=1024, help="tokens of a sequence at last")
    parser.add_argument("--width", type=int, default=256)
    parser.add_argument("--layers", type=int, default=6)
    parser.add_argument("--hidden", type=int, default=640)
    return parser.parse_args()


def shape_of(options: argparse.Namespace, tokenizer: Tokenizer) -> Shape:
    return Shape(
        vocabulary=tokenizer.get_vocab_size(), window=options.window, width=options.width,
        layers=options.layers, hidden=options.hidden,
        heads=options.width // 64, key_value_heads=options.width // 128, head_width=64,
        rope_base=10_000.0, norm_epsilon=1e-6,
    )  # fmt: skip


def gradients(
    network: Network, batch: Batch, tokens_at_once: int, device: torch.device
) -> tuple[float, float]:
    """Add the gradients of one batch; return its weighted loss and the plain loss of its middles."""
    ids, weights, samples = (
        torch.from_numpy(it).to(device) for it in (batch.ids, batch.weights, batch.samples)
    )
    # A token is predicted from the one before it, if that belongs to the same sample.
    targets = ids.roll(-1, dims=1)
    counted = weights.roll(-1, dims=1) * (samples == samples.roll(-1, dims=1))
    counted[:, -1] = 0
    total = counted.sum()
    loss, middle_loss = 0.0, 0.0
    middles = counted > 2.0
    rows = max(1, tokens_at_once // ids.shape[1])
    for at in range(0, len(ids), rows):
        part = slice(at, at + rows)
        each = losses(network, ids[part], samples[part], targets[part])
        share = (each * counted[part]).sum() / total
        share.backward()  # type: ignore[no-untyped-call]
        loss += share.item()
        middle_loss += (each.detach() * middles[part]).sum().item()
    return loss, middle_loss / max(1, int(middles.sum()))


# Measured on two cores: 2.0 to 2.5 times the tokens per second, for a minute of compiling for each length.
@torch.compile(dynamic=False)
def losses(network: Network, ids: Tensor, samples: Tensor, targets: Tensor) -> Tensor:
    with torch.autocast(ids.device.type, torch.bfloat16):
        logits = network(ids, samples)
    return functional.cross_entropy(logits.flatten(0, 1).float(), targets.flatten(), reduction="none").view(
        targets.shape
    )


class Log:
    """The loss, one line a step."""

    def __init__(self, path: Path, *, steps_kept: int) -> None:
        """Go on after step *steps_kept*; later ones were lost with the run that made them."""
        kept = path.read_text("utf-8").splitlines(keepends=True)[: steps_kept + 1] if steps_kept else []
        self._file = path.open("w", newline="", encoding="utf-8")
        self._file.writelines(kept)
        self._writer = csv.writer(self._file, lineterminator="\n")
        self._has_head = bool(kept)

    def write(self, **figures: float) -> None:
        if not self._has_head:
            self._writer.writerow(figures)
            self._has_head = True
        self._writer.writerow(figures.values())
        self._file.flush()


if __name__ == "__main__":
    main()
