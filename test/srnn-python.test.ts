/**
 * The rule network beside Python: numpy reads what is recorded, and a network typed anew from its equations, which loads a checkpoint by the names of the
 * original, has the same spikes and readouts, and by automatic differentiation (autograd) the same loss and gradient of a whole batch.
 */
import { appendFileSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type Sink, writeRecording } from '../src/cli/srnn/recordings.js';
import { streamKey } from '../src/core/index.js';
import { createGroup } from '../src/srnn/group.js';
import {
  checkpointBytes,
  cyclePlan,
  DEFAULTS,
  drawWeights,
  here,
  prepared,
  runBatch,
  type SrnnSettings,
  TRAINED,
} from '../src/srnn/index.js';
import { blankGradients } from '../src/srnn/network.js';
import { askPython, pythonWith } from './python.js';

const N = 20;
const settings: SrnnSettings = {
  ...DEFAULTS,
  neurons: N,
  batch: 8,
  task: { ...DEFAULTS.task, fixation: 0.02, cue: 0.04, delay: 0.04 },
  walkNoise: 0,
  voltageNoise: 0,
  rates: 1e-4,
  seed: 4,
};
const drawn = drawWeights(settings, 4);
// Stronger inputs, so that the excitatory neurons take part.
const weights = { ...drawn, stimulus: drawn.stimulus.map((w) => 3 * w), cue: drawn.cue.map((w) => 6 * w) };
const steps = prepared(settings).steps;
const plan = cyclePlan(prepared(settings), 'test', 0, 8);

/** A folder with the checkpoint and the recording of eight trials, and the voltages that they start from, 8 x N. */
function recorded() {
  const folder = mkdtempSync(join(tmpdir(), 'engram-srnn-'));
  const write = (name: string, data: string | Uint8Array | ((sink: Sink) => void)) => {
    const path = join(folder, name);
    if (typeof data === 'function') data((bytes) => appendFileSync(path, bytes));
    else writeFileSync(path, data);
  };
  write('net.npz', checkpointBytes(weights));
  writeRecording({ write }, 'test', settings, weights, 'test', 8, 'all');
  const group = createGroup(settings, steps, 'f32', false);
  group.load(weights);
  group.start(
    plan.conditions.map((_, index) => ({ input: new Float64Array(5 * steps), key: streamKey(4, 'test'), index })),
  );
  const state = group.state('v');
  const voltages = Array.from({ length: 8 }, (_, lane) => Array.from({ length: N }, (_, n) => state[8 * n + lane]));
  write('start.json', JSON.stringify(voltages));
  return folder;
}

const reading = `
import json, sys, numpy as np
load = lambda name: np.load(sys.argv[1] + '/test_' + name + '.npy')
z, v, desc = load('lif0_z'), load('lif0_v'), json.load(open(sys.argv[1] + '/test_desc.json'))
print(json.dumps({
  'arrays': {n: [str(load(n).dtype), list(load(n).shape)] for n in ['trials', 'lif0_z', 'lif0_v', 'lif0_i', 'readout_v', 'readout_i', 'targets', 'preds', 'wrec']},
  'reset': bool((v[z == 1] == np.float32(-0.065)).all()),
  'chosen': bool((load('preds') == load('readout_v')[-1].argmax(1)).all()),
  'targets': bool((load('targets') == np.array([d['truth'] for d in desc])).all()),
  'order': [[d['c'], d['aud'], d['light']] for d in desc],
}))`;

const numpy = pythonWith('numpy');
it.skipIf(!numpy)('recordings are read by numpy', () => {
  const at = [steps, 8];
  expect(askPython(numpy as string, reading, recorded())).toEqual({
    arrays: {
      trials: ['float32', [...at, 5]],
      lif0_z: ['uint8', [...at, N]],
      lif0_v: ['float64', [...at, N]],
      lif0_i: ['float64', [...at, N]],
      readout_v: ['float64', [...at, 2]],
      readout_i: ['float64', [...at, 2]],
      targets: ['int64', [8]],
      preds: ['int64', [8]],
      wrec: ['float64', [N, N]],
    },
    reset: true,
    chosen: true,
    targets: true,
    order: [0, 1].flatMap((c) => [0, 1].flatMap((aud) => [0, 1].map((light) => [c, aud, light]))),
  });
});

const loading = `
import json, sys, numpy, torch
from torch import nn
N = 20
empty = lambda *shape, dtype=torch.double: nn.Parameter(torch.empty(*shape, dtype=dtype))
class Cell(nn.Module):
    def __init__(self):
        super().__init__()
        self.input_weights = empty(N, 5, dtype=torch.float)
        self.recurrent_weights = empty(N, N)
        self.sinput_weights, self.cinput_weights = empty(4, N), empty(1, N)
        self.recurrent_base, self.sfa_mask = empty(1, N), empty(N)
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.l1, self.fc_out = Cell(), nn.Linear(N, 2, bias=False).double()
class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.snn = Net()
arrays, model = numpy.load(sys.argv[1] + '/net.npz'), Model()
said = str(model.load_state_dict({name: torch.as_tensor(arrays[name]) for name in arrays}))
print(json.dumps([said, model.snn.l1.cinput_weights.ravel().tolist()]))`;

const torch = pythonWith('torch', 'numpy');
it.skipIf(!torch)('torch loads a checkpoint into modules of the names and shapes of the original', () => {
  expect(askPython(torch as string, loading, recorded())).toEqual([
    '<All keys matched successfully>',
    [...weights.cue],
  ]);
});

const network = `
import json, sys, autograd.numpy as np, numpy
from autograd import value_and_grad
from autograd.extend import primitive, defvjp
folder = sys.argv[1]
p = dict(numpy.load(folder + '/net.npz'))
load = lambda name: numpy.load(folder + '/test_' + name + '.npy').astype(float)
x, target = load('trials'), numpy.eye(2)[numpy.load(folder + '/test_targets.npy')]
base, mask = p.pop('snn.l1.recurrent_base'), p.pop('snn.l1.sfa_mask')
p.pop('snn.l1.input_weights')
T, B, _ = x.shape
N, dt = mask.size, .002
E = int(.8 * N)
D = numpy.where(numpy.arange(N) < E, 1, -4.)
D /= numpy.sqrt((D ** 2).sum())
keep = 1 - dt / numpy.where(numpy.arange(N) < E, .035, .040)
step = primitive(lambda a: (a > 0) * 1.)
defvjp(step, lambda out, a: lambda g: g / (1000 * np.abs(a) + 1) ** 2)
relu = lambda a: np.where(a > 0, a, 0)
seen = {}
def loss(p):
    M = np.abs(p['snn.l1.recurrent_weights']) * D * (1 - numpy.eye(N))
    fc = p['snn.fc_out.weight'] * (numpy.arange(N) < E)
    v = numpy.array(json.load(open(folder + '/start.json')))
    z = i = rho = s = numpy.zeros((B, N))
    ov = oi = numpy.zeros((B, 2))
    outputs, spikes, d = [], [], numpy.exp(-dt / .4)
    for t in range(T):
        s = d * s + (1 - d) * z
        vd = v + dt / .02 * (-.065 - v + .01 * i)
        zt = step(vd - (-.05 + 1.6 * mask * s))
        v1 = (1 - zt) * vd + zt * -.065
        i = i * keep + np.dot(x[t, :, :4], p['snn.l1.sinput_weights']) + np.dot(x[t, :, 4:], p['snn.l1.cinput_weights']) + np.dot(z, M.T) + .041 * base
        m = step(rho)
        v = (1 - m) * v1 + m * v
        z = (1 - m) * zt
        rho = (1 - z) * relu(rho - m) + 3 * z
        ov, oi = ov + .2 * (oi - ov), .6 * oi + np.dot(z, fc.T)
        outputs.append(ov)
        spikes.append(z)
    z, o = np.stack(spikes), np.stack(outputs)
    seen.update(z=z, o=o)
    rate = np.sum(np.reshape(z, (T // 5, -1)), 1) / (N * B * .01)
    return np.mean((o[-5:] - target) ** 2) + 1e-4 * np.sum(rate ** 2)
value, g = value_and_grad(loss)(p)
plain = lambda a: getattr(a, '_value', a)
print(json.dumps({
  'loss': value, 'spikes': int(plain(seen['z']).sum()), 'read': int(plain(seen['z'])[:, :, :E].sum()),
  'others': int((plain(seen['z']) != load('lif0_z')).sum()), 'apart': float(abs(plain(seen['o']) - load('readout_v')).max()),
  'gradients': [g[n].ravel().tolist() for n in ['snn.l1.recurrent_weights', 'snn.l1.sinput_weights', 'snn.l1.cinput_weights', 'snn.fc_out.weight']],
}))`;

interface Differentiated {
  loss: number;
  spikes: number;
  read: number;
  /** Spikes that only one of both has, and the largest difference of the readouts. */
  others: number;
  apart: number;
  gradients: number[][];
}

const autograd = pythonWith('numpy', 'autograd');
it.skipIf(!autograd)('a batch has the spikes, loss and gradient that automatic differentiation finds', () => {
  const theirs = askPython(autograd as string, network, recorded()) as Differentiated;
  expect(theirs.read).toBeGreaterThan(20);
  expect(theirs.others).toBe(0);
  expect(theirs.apart).toBeLessThan(1e-6);
  const gradients = blankGradients(N);
  const { loss } = here(runBatch(settings, weights, plan, gradients));
  expect(loss).toBeCloseTo(theirs.loss, 6);
  TRAINED.forEach((name, k) => {
    const largest = Math.max(...theirs.gradients[k].map(Math.abs));
    expect(largest, name).toBeGreaterThan(0);
    theirs.gradients[k].forEach((value, e) =>
      expect(Math.abs(gradients[name][e] - value), `${name} ${e}`).toBeLessThan(1e-4 * largest),
    );
  });
});
