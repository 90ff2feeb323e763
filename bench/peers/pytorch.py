# PyTorch, one thread: the best of its forms for each work. One sample at a time: an LSTMCell with its readout, scripted and frozen; a window:
# nn.LSTM over the whole of it. Same lines as worker.mjs.
import sys
import time

import numpy as np
import torch
from torch import nn

torch.set_num_threads(1)
torch.set_num_interop_threads(1)
WINDOW, RATE, CLIP, SAMPLES, BATCHES, CHECKED_ROW = 32, 1e-3, 1.0, 1024, 16, 777


def read(path, work, cell, inputs, units, rows):
    numbers = torch.from_numpy(np.fromfile(path, np.float32))
    gates, top = (3 if cell == 'gru' else 4), 0

    def take(*shape):
        nonlocal top
        count = int(np.prod(shape))
        top += count
        return numbers[top - count:top].reshape(shape).clone()

    weights = [take(gates * units, inputs), take(gates * units, units), take(gates * units), take(gates * units), take(1, units), take(1)]
    x = take(BATCHES if work == 'W3' else SAMPLES, rows, inputs)
    return weights, x, take(SAMPLES)


def fill(module, head, weights):
    with torch.no_grad():
        for parameter, value in zip([*module.parameters(), *head.parameters()], weights):
            parameter.copy_(value)


class LstmStep(nn.Module):
    def __init__(self, cell, head):
        super().__init__()
        self.cell, self.head = cell, head

    def forward(self, x, h, c):
        h, c = self.cell(x, (h, c))
        return self.head(h), h, c


class GruStep(nn.Module):
    def __init__(self, cell, head):
        super().__init__()
        self.cell, self.head = cell, head

    def forward(self, x, h, c):
        h = self.cell(x, h)
        return self.head(h), h, c


def stepper(work, cell, inputs, units, rows, weights):
    module, head = (nn.LSTMCell if cell == 'lstm' else nn.GRUCell)(inputs, units), nn.Linear(units, 1)
    fill(module, head, weights)
    step = torch.jit.freeze(torch.jit.script((LstmStep if cell == 'lstm' else GruStep)(module, head).eval()))
    h = c = torch.zeros(rows, units)

    def call(x, y):
        nonlocal h, c
        with torch.inference_mode():
            out, h, c = step(x, h, c)
        return out[CHECKED_ROW].item() if work == 'W3' else out.item()

    return call


def learner(inputs, units, k1, weights):
    module, head = nn.LSTM(inputs, units), nn.Linear(units, 1)
    fill(module, head, weights)
    parameters = [*module.parameters(), *head.parameters()]
    adam = torch.optim.Adam(parameters, lr=RATE, betas=(0.9, 0.999), eps=1e-7, foreach=True)
    xs, ys = [], []
    states = [(torch.zeros(1, 1, units), torch.zeros(1, 1, units))]
    since, total = 0, 0.0

    def update():
        h, last = module(torch.stack(xs), states[0])
        loss = ((head(h[:, 0, :])[:, 0] - torch.stack(ys)) ** 2).mean()
        adam.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(parameters, CLIP)
        adam.step()
        return loss.item(), tuple(s.detach() for s in last)

    def call(x, y):
        nonlocal since, total
        if len(xs) == WINDOW:
            xs.pop(0)
            ys.pop(0)
            if k1 < WINDOW:
                states.pop(0)
        xs.append(x)
        ys.append(y)
        since += 1
        if k1 == WINDOW:
            if since < k1:
                return None
            since = 0
            loss, states[0] = update()
            return loss
        with torch.no_grad():
            h, state = module(x[None], states[-1])
            total += (head(h[0])[0, 0] - y).item() ** 2
        if since == k1:
            update()
            loss, since, total = total / k1, 0, 0.0
        else:
            loss = None
        states.append(state)
        return loss

    return call


class Job:
    def __init__(self, work, cell, inputs, units, k1, rows, path):
        weights, x, y = read(path, work, cell, inputs, units, rows)
        self.x, self.y, self.t = list(x), list(y), 0
        self.call = learner(inputs, units, k1, weights) if work == 'W2' else stepper(work, cell, inputs, units, rows, weights)

    def next(self):
        k = self.t % len(self.x)
        self.t += 1
        return self.call(self.x[k], self.y[k])


def main():
    jobs = {}
    print('hello', flush=True)
    for line in sys.stdin:
        what, name, *rest = line.split(' ')
        try:
            if what == 'open':
                work, cell, inputs, units, k1, rows, path = rest
                job = jobs[name] = Job(work, cell, int(inputs), int(units), int(k1), int(rows), path.strip())
                samples = 64 if work == 'W1' else 8 if work == 'W3' else 96 if int(k1) == 1 else 20 * WINDOW
                values = [job.next() for _ in range(samples)]
                print('opened', [v for v in values if v is not None][-1], flush=True)
            elif what == 'run':
                job, count, start = jobs[name], 0, time.perf_counter()
                end = start + float(rest[0]) / 1e3
                while True:
                    count += job.next() is not None
                    now = time.perf_counter()
                    if now >= end and count:
                        break
                print('ran', count, (now - start) * 1e6, flush=True)
            else:
                jobs.pop(name.strip(), None)
                print('closed', flush=True)
        except Exception as error:
            print('failed', str(error).split('\n')[0][:200], flush=True)


main()
