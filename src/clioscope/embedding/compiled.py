"""The transformer of a sentence encoder, converted from its weights here and run by OpenVINO.

The package ``openvino`` is optional. Its own ``convert_model`` tells its makers about every conversion unless that is
switched off, so the frontend below it is used, which tells nobody.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clioscope.embedding.forward import Forward, unit
from clioscope.errors import ModelError
from clioscope.models.bfloat16 import has_card
from clioscope.models.cores import usable_cores
from clioscope.models.fetch import cache_dir, sha256

KINDS = {"bert", "mpnet"}  # those that are known to give the same vectors
_FAR = -30000.0  # added to the attention to padding; also 16 bits can hold it
_OFF = 1e-3  # more than rounding: a conversion that is so far off is wrong
_SUMS = "sums.json"


def compiles(folder: Path) -> bool:
    """Whether OpenVINO is installed, the model in ``folder`` is of a kind that converts, and no card would run it."""
    if find_spec("openvino") is None:
        return False
    try:
        kind = json.loads((folder / "config.json").read_text(encoding="utf-8")).get("model_type")
    except (OSError, ValueError, AttributeError):
        return False
    return kind in KINDS and not has_card()


def compiled_forward(model: Any, weights: str, *, bfloat16: bool) -> Forward:
    """The pass of a ``SentenceTransformer`` with its transformer in OpenVINO, and pooling and the like in torch.

    ``weights`` names the model and its weights. The conversion is kept in the cache of models under that name and
    OpenVINO's version, with the SHA-256 of its files; one that is damaged is made again. Raises ModelError where it
    cannot be made or written.
    """
    import openvino
    import torch

    try:
        settings = {
            "INFERENCE_PRECISION_HINT": "bf16" if bfloat16 else "f32",
            "INFERENCE_NUM_THREADS": usable_cores(),
            "NUM_STREAMS": 1,
            "ENABLE_CPU_PINNING": False,
        }
        request = openvino.Core().compile_model(_converted(model, weights), "CPU", settings).create_infer_request()
    except (RuntimeError, OSError) as error:
        reason = str(error).strip().splitlines()[-1] if str(error).strip() else type(error).__name__
        raise ModelError(
            f"The encoder {weights.partition('@')[0]} cannot be converted for OpenVINO ({reason.rstrip('.')}); "
            f"without the package openvino it runs in torch."
        ) from error
    after = list(model.children())[1:]
    lock = Lock()  # a request runs once at a time

    def forward(ids: NDArray[np.int64], mask: NDArray[np.int64]) -> NDArray[np.float32]:
        with lock:
            tokens = np.array(request.infer([ids, mask])[0], dtype=np.float32)
        features = {"token_embeddings": torch.from_numpy(tokens), "attention_mask": torch.from_numpy(mask)}
        with torch.inference_mode():
            for part in after:
                features = part(features)
        return unit(features["sentence_embedding"])

    return forward


def convert(model: Any) -> Any:
    """The transformer of a ``SentenceTransformer`` as an OpenVINO model: token ids and mask (b, length) to vectors of
    tokens (b, length, d), for any b and length. Raises RuntimeError where it does not give the same vectors."""
    import openvino
    import torch
    from openvino.frontend import FrontEndManager
    from openvino.frontend.pytorch.ts_decoder import TorchScriptPythonDecoder

    class Transformer(torch.nn.Module):  # type: ignore[misc]
        """With a mask that is added: the masks that transformers makes do not survive a trace."""

        def __init__(self) -> None:
            super().__init__()
            self.inner = model[0].auto_model

        def forward(self, input_ids: Any, attention_mask: Any) -> Any:
            far = (1.0 - attention_mask[:, None, None, :].float()) * _FAR
            return self.inner(input_ids=input_ids, attention_mask=far)[0]

    frontend = FrontEndManager().load_by_framework("pytorch")
    with torch.no_grad():
        ones = torch.ones(2, 9, dtype=torch.int64)
        decoder = TorchScriptPythonDecoder(Transformer().eval(), example_input=(ones, ones.clone()))
        made = frontend.convert(frontend.load(decoder))
        ids, mask = torch.full((3, 14), 5), torch.ones(3, 14, dtype=torch.int64)
        mask[1, 7:] = 0
        expected = model[0].auto_model(input_ids=ids, attention_mask=mask)[0].numpy()
    exact = {"INFERENCE_PRECISION_HINT": "f32"}
    found = openvino.Core().compile_model(made, "CPU", exact)([ids.numpy(), mask.numpy()])[0]
    if float(np.abs(found - expected)[mask.numpy() == 1].max()) > _OFF:
        raise RuntimeError("its vectors differ from those of torch")
    return made


def _converted(model: Any, weights: str) -> Path:
    import openvino

    folder = cache_dir() / "converted" / f"{weights}-openvino-{version('openvino')}"
    if not _whole(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".", dir=folder.parent) as beside:
            work = Path(beside) / "model"
            work.mkdir()
            openvino.save_model(convert(model), work / "model.xml", compress_to_fp16=False)
            sums = {file.name: sha256(file) for file in sorted(work.iterdir())}
            (work / _SUMS).write_text(json.dumps(sums), encoding="utf-8")
            if not _whole(folder):  # another process may have been faster
                shutil.rmtree(folder, ignore_errors=True)
                work.replace(folder)
    return folder / "model.xml"


def _whole(folder: Path) -> bool:
    try:
        sums = json.loads((folder / _SUMS).read_text(encoding="utf-8"))
        return {"model.xml", "model.bin"} <= sums.keys() and all(sha256(folder / name) == sums[name] for name in sums)
    except (OSError, ValueError, AttributeError):
        return False
