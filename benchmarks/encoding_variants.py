"""Ways to run one sentence encoder on a CPU; benchmarks/encoding.py measures them.

A variant is a function of a loaded ``SentenceTransformer``, a folder for files that are made of its weights, and a
number of threads. It gives a function from token ids and mask (b, length) to token vectors (b, length, d) or to unit
vectors (b, d).
"""

from __future__ import annotations

import copy
import importlib.metadata
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

Run = Callable[[np.ndarray, np.ndarray], np.ndarray]
FAR = -30000.0  # added to what attention must not see; in the range of 16 bits
PACKAGES = {"onnx": ("onnxruntime", "onnx"), "openvino": ("openvino",), "nncf": ("nncf", "pandas", "pymoo")}


def torch32(model: Any, folder: Path, threads: int) -> Run:
    return _in_torch(model)


def torch16(model: Any, folder: Path, threads: int) -> Run:
    """autocast alone, which rounds the weights anew for every batch."""
    return _in_torch(model, cast=True)


def torch16_once(model: Any, folder: Path, threads: int) -> Run:
    """autocast, with weights that are rounded once: what SentenceEncoder does."""
    import torch

    for part in model.modules():
        if isinstance(part, torch.nn.Linear):
            part.to(torch.bfloat16)
    return _in_torch(model, cast=True)


def torch16_all(model: Any, folder: Path, threads: int) -> Run:
    """Everything in 16 bits, sums of layer norms too."""
    return _in_torch(model.bfloat16())


def torch8(model: Any, folder: Path, threads: int) -> Run:
    """torch's dynamic quantisation: one scale for the activations of a batch."""
    import torch

    model[0].auto_model = torch.ao.quantization.quantize_dynamic(
        model[0].auto_model, {torch.nn.Linear}, dtype=torch.qint8
    )
    return _in_torch(model)


def torch8_tokens(model: Any, folder: Path, threads: int) -> Run:
    """Eight bits, with one scale per token and per output."""
    import torch

    class Eight(torch.nn.Module):
        def __init__(self, linear: Any) -> None:
            super().__init__()
            weight = linear.weight.detach()
            self.scales = weight.abs().amax(1) / 127
            self.rounded = (weight / self.scales[:, None]).round().to(torch.int8).t().contiguous()
            self.bias = linear.bias.detach()

        def forward(self, x: Any) -> Any:
            rows = x.reshape(-1, x.shape[-1])
            scales = rows.abs().amax(1, keepdim=True).clamp_min(1e-6) / 127
            product = torch._int_mm((rows / scales).round().to(torch.int8), self.rounded)
            return torch.addcmul(self.bias, product * scales, self.scales).reshape(*x.shape[:-1], -1)

    def swap(module: Any) -> None:
        for name, child in list(module.named_children()):
            if isinstance(child, torch.nn.Linear):
                setattr(module, name, Eight(child))
            else:
                swap(child)

    swap(model[0].auto_model)
    return _in_torch(model)


def onnx32(model: Any, folder: Path, threads: int) -> Run:
    return _in_onnx(_onnx_file(model, folder), threads)


def onnx8(model: Any, folder: Path, threads: int) -> Run:
    """Dynamic quantisation, weights by output: what sentence-transformers offers. One scale for a batch."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    file = folder / "dynamic8.onnx"
    if not file.exists():
        quantize_dynamic(_onnx_file(model, folder), file, per_channel=True, weight_type=QuantType.QInt8)
    return _in_onnx(file, threads)


def onnx8_blocks(model: Any, folder: Path, threads: int) -> Run:
    """Weights and activations in blocks of 128, each with its scale (MatMulNBits)."""
    import onnx
    from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer

    file = folder / "blocks8.onnx"
    if not file.exists():
        made = MatMulNBitsQuantizer(
            onnx.load(_onnx_file(model, folder)), bits=8, block_size=128, is_symmetric=True, accuracy_level=4
        )
        made.process()
        made.model.save_model_to_file(str(file))
    return _in_onnx(file, threads)


def openvino32(model: Any, folder: Path, threads: int) -> Run:
    return _in_openvino(_openvino_file(model, folder), threads, "f32")


def openvino16(model: Any, folder: Path, threads: int) -> Run:
    return _in_openvino(_openvino_file(model, folder), threads, "bf16")


def openvino8(model: Any, folder: Path, threads: int, texts: Sequence[str] = ()) -> Run:
    """Static quantisation by NNCF, calibrated with 256 of the texts that are measured; the rest in 16 bits."""
    import nncf
    import openvino

    file = folder / "static8.xml"
    if not file.exists():
        found = [model.tokenizer(text, truncation=True, max_length=model.max_seq_length) for text in texts]
        given = [{name: np.array([one[name]]) for name in ("input_ids", "attention_mask")} for one in found]
        core = openvino.Core()
        made = nncf.quantize(
            core.read_model(_openvino_file(model, folder)),
            nncf.Dataset(given),
            model_type=nncf.ModelType.TRANSFORMER,
            subset_size=len(given),
        )
        openvino.save_model(made, file)
    return _in_openvino(file, threads, "bf16")


WAYS = (torch32, torch16, torch16_once, torch16_all, torch8, torch8_tokens)
WAYS += (onnx32, onnx8, onnx8_blocks, openvino32, openvino16, openvino8)
VARIANTS: dict[str, Callable[..., Run]] = {one.__name__.replace("_", "-"): one for one in WAYS}


def megabytes(variant: str) -> float:
    """What the packages of a variant take on the disk beside torch and sentence-transformers."""
    names = [name for key, names in PACKAGES.items() if variant.startswith(key) for name in names]
    if variant == "openvino8":
        names += PACKAGES["nncf"]
    files = [file for name in names for file in importlib.metadata.files(name) or ()]
    return sum(Path(str(file.locate())).stat().st_size for file in files if Path(str(file.locate())).exists()) / 1e6


def _in_torch(model: Any, cast: bool = False) -> Run:
    import torch

    def run(ids: np.ndarray, mask: np.ndarray) -> np.ndarray:
        with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16, enabled=cast):
            found = model({"input_ids": torch.from_numpy(ids), "attention_mask": torch.from_numpy(mask)})
            return torch.nn.functional.normalize(found["sentence_embedding"].float(), dim=1).numpy()

    return run


def _inner(model: Any) -> Any:
    """The transformer with a mask that is added: a trace of the masks of transformers would keep their shape."""
    import torch

    class Inner(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner = copy.deepcopy(model[0].auto_model)

        def forward(self, input_ids: Any, attention_mask: Any) -> Any:
            far = (1.0 - attention_mask[:, None, None, :].float()) * FAR
            return self.inner(input_ids=input_ids, attention_mask=far)[0]

    return Inner().eval()


def _onnx_file(model: Any, folder: Path) -> Path:
    import torch

    file = folder / "whole.onnx"
    if not file.exists():
        example = torch.ones(2, 9, dtype=torch.int64)
        axes = {0: "rows", 1: "tokens"}
        torch.onnx.export(
            *(_inner(model), (example, example), str(file)),
            input_names=["input_ids", "attention_mask"],
            output_names=["tokens"],
            dynamic_axes={"input_ids": axes, "attention_mask": axes, "tokens": axes},
            opset_version=17,
            dynamo=False,
        )
    return file


def _in_onnx(file: Path, threads: int) -> Run:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    session = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
    return lambda ids, mask: _mean(session.run(None, {"input_ids": ids, "attention_mask": mask})[0], mask)


def _openvino_file(model: Any, folder: Path) -> Path:
    import openvino

    from clioscope.embedding.compiled import convert

    file = folder / "whole.xml"
    if not file.exists():
        openvino.save_model(convert(model), file, compress_to_fp16=False)
    return file


def _in_openvino(file: Path, threads: int, precision: str) -> Run:
    import openvino

    settings = {"INFERENCE_PRECISION_HINT": precision, "INFERENCE_NUM_THREADS": threads, "NUM_STREAMS": 1}
    request = openvino.Core().compile_model(file, "CPU", settings).create_infer_request()
    return lambda ids, mask: _mean(np.array(request.infer([ids, mask])[0], dtype=np.float32), mask)


def _mean(tokens: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Unit means of token vectors (b, length, d) under a mask."""
    weights = mask[..., None].astype(np.float32)
    mean = (tokens * weights).sum(axis=1) / weights.sum(axis=1)
    return mean / np.linalg.norm(mean, axis=1, keepdims=True)
