"""Random recurrent models of PyTorch as files: what importPytorch and importOnnx are tested on.

    python3 scripts/torch_models.py FOLDER [SEED]      needs torch (1.13 or later)

For each model: NAME.safetensors, its state_dict; NAME.onnx, torch.onnx.export's file; NAME.json, a sequence and the outputs for it.
    python3 scripts/torch_models.py --load FILE CELL IN UNITS LAYERS OUT < sequence.json
loads a state_dict that exportPytorch wrote and prints its outputs as JSON.
"""
import json
import os
import struct
import sys

import torch
from torch import nn

DTYPES = {torch.float32: "F32", torch.float64: "F64", torch.float16: "F16"}
STEPS = 12


class Model(nn.Module):
    def __init__(self, cell, inputs, units, layers, outputs, last=False, symbols=0, **options):
        super().__init__()
        self.symbols = symbols
        self.last = last
        if symbols:
            self.embedding = nn.Embedding(symbols, inputs)
        self.rnn = getattr(nn, cell)(inputs, units, layers, **options)
        self.fc = nn.Linear(units, outputs)

    def forward(self, x):
        if self.symbols:
            x = self.embedding(x)
        y, _ = self.rnn(x)
        if self.last:
            y = y[:, -1] if self.rnn.batch_first else y[-1]
        return self.fc(y)


MODELS = {
    "lstm": dict(cell="LSTM", inputs=3, units=5, layers=2, outputs=2),
    "gru": dict(cell="GRU", inputs=2, units=4, layers=1, outputs=1),
    "rnn_relu": dict(cell="RNN", inputs=2, units=6, layers=2, outputs=1, nonlinearity="relu"),
    "lstm_batch_last": dict(cell="LSTM", inputs=1, units=7, layers=1, outputs=1, batch_first=True, last=True),
    "gru_no_bias": dict(cell="GRU", inputs=3, units=4, layers=2, outputs=2, bias=False, dropout=0.3),
    "lstm_embedding": dict(cell="LSTM", inputs=4, units=5, layers=1, outputs=9, symbols=9),
}


def write_safetensors(path, tensors):
    header, at = {"__metadata__": {"format": "pt"}}, 0
    for name, tensor in tensors.items():
        end = at + tensor.numel() * tensor.element_size()
        header[name] = {"dtype": DTYPES[tensor.dtype], "shape": list(tensor.shape), "data_offsets": [at, end]}
        at = end
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for tensor in tensors.values():
            file.write(tensor.contiguous().numpy().tobytes())


def read_safetensors(path):
    with open(path, "rb") as file:
        data = file.read()
    (length,) = struct.unpack("<Q", data[:8])
    tensors = {}
    for name, entry in json.loads(data[8 : 8 + length]).items():
        if name == "__metadata__":
            continue
        begin, end = entry["data_offsets"]
        flat = torch.frombuffer(bytearray(data[8 + length + begin : 8 + length + end]), dtype=torch.float32)
        tensors[name] = flat.reshape(entry["shape"])
    return tensors


def make(folder, seed):
    torch.manual_seed(seed)
    os.makedirs(folder, exist_ok=True)
    for name, about in MODELS.items():
        model = Model(**about).eval()
        batch_first = about.get("batch_first", False)
        if about.get("symbols"):
            x = torch.randint(about["symbols"], (STEPS, 1))
        else:
            x = torch.randn((1, STEPS, about["inputs"]) if batch_first else (STEPS, 1, about["inputs"]))
        with torch.no_grad():
            y = model(x)
        write_safetensors(f"{folder}/torch_{name}.safetensors", model.state_dict())
        axes = {"x": {1 if batch_first else 0: "steps"}}
        names = dict(input_names=["x"], output_names=["y"], dynamic_axes=axes)
        torch.onnx.export(model, x, f"{folder}/torch_{name}.onnx", opset_version=14, **names)
        sequence = [row if isinstance(row, list) else [row] for row in x.squeeze(0 if batch_first else 1).tolist()]
        case = {"about": about, "x": sequence, "y": y.reshape(-1, about["outputs"]).tolist()}
        with open(f"{folder}/torch_{name}.json", "w") as file:
            json.dump(case, file)


def load(path, cell, inputs, units, layers, outputs):
    model = Model(cell, int(inputs), int(units), int(layers), int(outputs))
    model.load_state_dict(read_safetensors(path))
    with torch.no_grad():
        print(json.dumps(model(torch.tensor(json.load(sys.stdin)).unsqueeze(1)).squeeze(1).tolist()))


if __name__ == "__main__":
    if sys.argv[1] == "--load":
        load(*sys.argv[2:])
    else:
        make(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 7)
