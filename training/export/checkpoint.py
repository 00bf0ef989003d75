"""Read a checkpoint of a run back as a network."""

from pathlib import Path
from typing import Any

import torch

from training.places import RUNS
from training.train.model import Network, Shape

BASE_RUN = RUNS / "base" / "checkpoint.pt"


def load(path: Path) -> tuple[Network, dict[str, Any]]:
    """Return the network and what else the checkpoint says (`step`, `tokens`, `seconds`)."""
    saved: dict[str, Any] = torch.load(path, weights_only=True, map_location="cpu")
    network = Network(Shape(**saved["shape"]))
    network.load_state_dict(saved["network"])
    return network.eval(), saved
