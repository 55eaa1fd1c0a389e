/**
 * A mapped network as a script for another simulator, Brian2 or NEST, with its arrays beside it. The script plays one trial of each kind from
 * the same potentials on, compares the output with ours trial by trial, and says whether the answers are right. All is without noise, so that
 * there is something to compare; Brian2 adds it where asked. In both currents are in mV: 1 pA into 10 pF with 10 ms is 1 mV.
 *
 * NEST has no double exponential of current, but two single ones whose difference it is:
 *
 *   J / (tau_r tau_d) (e^{-t/tau_d} - e^{-t/tau_r}) / (1/tau_r - 1/tau_d) = J / (tau_d - tau_r) (e^{-t/tau_d} - e^{-t/tau_r})
 *
 * It integrates exactly what we do in Euler steps, delivers a step later, and does not hold potentials for the first 2 ms, as ours are.
 */
import { demandInteger, demandObject, demandOneOf, refuse, streamKey } from '../core/index.js';
import type { NpyEntry } from '../files/index.js';
import { checkNetwork, connectionsOf, type RateNetwork, tausOf } from './network.js';
import { type Mapping, mapNetwork, RATE_STEP, type SpikingModel } from './spiking.js';
import { judgedSteps, type RateTask } from './tasks.js';

/** What another simulator is to play. */
export interface PlayedNetwork {
  /** The rate network. */
  readonly network: RateNetwork;
  /** How it is mapped. */
  readonly mapping: Mapping;
  /** Units of the spiking network. */
  readonly model: SpikingModel;
  /** What it does. */
  readonly task: RateTask;
  /** Seed of trials and beginnings. */
  readonly seed: number;
  /** Name of the data file. */
  readonly dataFile: string;
  /** The program that writes it. */
  readonly program: string;
}

/** A script, and what it loads. */
export interface SpikingScript {
  /** Its text. */
  readonly script: string;
  /** The arrays of an npz. */
  readonly data: Record<string, NpyEntry>;
}

/** Trials among which one of each kind is looked for. */
const LOOKED_AT = 64;

/** Throws `usage` for units that the simulator does not have. */
export function simulatorScript(simulator: 'brian2' | 'nest', played: PlayedNetwork): SpikingScript {
  demandOneOf('the simulator', simulator, ['brian2', 'nest']);
  demandObject('what is to be played', played);
  const { network, model, seed, task } = played;
  checkNetwork(network);
  demandInteger('a seed', seed);
  demandObject('the task', task);
  if (simulator === 'nest' && model.neuron !== 'lif') {
    refuse('NEST has no quadratic integrate-and-fire units of this form; Brian2 takes them: --to brian2');
  }
  const script = `${opening(simulator, played)}${simulator === 'brian2' ? brian2(model) : nest(model)}${closing}`;
  return { script, data: arraysOf(played) };
}

function arraysOf({ network, mapping, model, task, seed }: PlayedNetwork): Record<string, NpyEntry> {
  const { units: n, inputs, wIn } = network;
  const { starts, senders, weights } = connectionsOf(network);
  const scaleOf = (j: number) => (typeof mapping.scale === 'number' ? mapping.scale : mapping.scale[j]);
  const target = new Uint32Array(senders.length);
  for (let i = 0; i < n; i++) target.fill(i, starts[i], starts[i + 1]);
  const spiking = mapNetwork(network, mapping, { ...model, noise: 0 });
  const key = streamKey(seed, 'spikernn spiking');
  const shown = new Map<string | number, number>();
  for (let trial = 0; trial < LOOKED_AT; trial++) {
    const { label } = task.longer.trial(seed, trial);
    if (!shown.has(label)) shown.set(label, trial);
  }
  const trials = [...shown].map(([label, trial], k) => {
    const { input } = task.longer.trial(seed, trial);
    const run = spiking.run(input, key, trial);
    const columns = run.steps / 100 + 1;
    const drive = new Float64Array(columns * n);
    for (let c = 0; c < columns; c++) {
      for (let i = 0; i < n; i++) {
        for (let m = 0; m < inputs; m++)
          drive[c * n + i] += wIn[i * inputs + m] * input[c * model.downsample * inputs + m];
      }
    }
    // The script counts steps from 1.
    const answers = judgedSteps(task, label, run.outputs, model.downsample).flatMap(({ from, to, wanted }) => [
      from + 1,
      to,
      wanted,
    ]);
    return {
      [`trial_${k}_label`]: String(label),
      [`trial_${k}_input`]: { dtype: 'f8' as const, shape: [columns, n], values: drive },
      [`trial_${k}_begin`]: spiking.begin(key, trial),
      [`trial_${k}_output`]: run.outputs,
      [`trial_${k}_spikes`]: Uint32Array.of(run.spikeUnits.length),
      [`trial_${k}_answers`]: Int32Array.from(answers),
    };
  });
  return {
    source: senders.slice(),
    target,
    weight: weights.map((w, e) => w / scaleOf(senders[e])),
    tau_d: tausOf(network).map((tau) => (RATE_STEP * tau) / 1e3),
    readout: network.wOut.map((w, i) => w / scaleOf(i)),
    offset: Float64Array.of(mapping.offset ? network.bOut[0] : 0),
    trials: Uint32Array.of(trials.length),
    ...Object.assign({}, ...trials),
  };
}

const opening = (simulator: 'brian2' | 'nest', { network, model, task, dataFile, program }: PlayedNetwork): string => `\
"""${network.units} ${model.neuron} units that do the task ${task.name}, for ${simulator === 'brian2' ? 'Brian2' : 'NEST'}; written by ${program}.

Plays one trial of each kind and compares the output with that of the program that wrote it. Ends with 1 where an output correlates
less than 0.9 with it or an answer is another one.
"""
import argparse
import sys
from pathlib import Path

import numpy as np
${simulator === 'brian2' ? 'from brian2 import *' : 'import nest'}

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
${
  simulator === 'brian2'
    ? `parser.add_argument('--noise', type=float, default=0, help='standard deviation that a step adds to a potential, mV; ${model.noise} in training and tests')
parser.add_argument('--codegen', default='auto', help='how Brian2 runs: numpy, cython')
`
    : ''
}options = parser.parse_args()
data = np.load(Path(__file__).with_name('${dataFile}'))
source, target, weight = data['source'].astype(int), data['target'].astype(int), data['weight']
units, tau_d, tau_r = ${network.units}, data['tau_d'], ${model.rise / 1e3}  # s
dt = ${0.05 * model.downsample}  # ms; an input lasts 100 steps, the first one 50
tau_m, t_ref = ${model.membrane}, ${model.refractory}  # ms
threshold, reset, bias = ${model.threshold}, ${model.reset}, ${model.bias}  # mV
double = ${model.filter === 'double' ? 'True' : 'False'}
`;

const brian2 = (model: SpikingModel): string => `
prefs.codegen.target = options.codegen
defaultclock.dt = dt * ms
noise = options.noise


def play(drive, begin):
    """Steps and units of the spikes of a trial; drive in mV by column and unit."""
    inputs, half = TimedArray(drive, dt=100 * dt * ms), 50 * dt * ms
    # Brian2's own refractory units do not fire; these do, where something lifts them.
    hold = (np.floor(t_ref / dt + 1e-9) + 0.5) * dt * ms
    drift = '${model.neuron === 'qif' ? 'v * v + c' : 'c - v'}'
    # Euler steps by these rates are the exact decay of a step.
    synapse = 'dI/dt = h - I * decay : 1\\ndh/dt = -h * rise : hertz' if double else 'dI/dt = -I * decay : 1'
    cells = NeuronGroup(units, f'''
        dv/dt = ({drift}) * int(t - last > hold) / (tau_m * ms) : 1
        last : second
        c = I + bias + inputs(t + half, i) : 1
        {synapse}
        td : second (constant)
        tr : second (constant)
        decay : hertz (constant)
        rise : hertz (constant)
        ''', threshold='v >= threshold', reset='v = reset; last = t', method='euler')
    cells.v, cells.td, cells.tr = begin, tau_d * second, tau_r * second
    rate = lambda tau: (1 - np.exp(-dt / 1e3 / tau)) / (dt / 1e3) * hertz
    cells.decay, cells.rise = rate(tau_d), rate(tau_r)
    # As if all had fired just before: potentials are held, but those above the threshold fire at once, as every held one may.
    cells.last = -dt * ms
    noisy = cells.run_regularly('v += noise * randn()', when='before_thresholds')
    arrival = 'h_post += w / (td_post * tr_post)' if double else 'I_post += w / td_post'
    synapses = Synapses(cells, cells, 'w : second', on_pre=arrival)
    synapses.connect(i=source, j=target)
    synapses.w = weight * second
    monitor = SpikeMonitor(cells)
    Network(cells, synapses, monitor).run((len(drive) - 1) * 100 * dt * ms)
    return np.rint(np.array(monitor.t / ms) / dt).astype(int), np.array(monitor.i)

`;

const nest = (_: SpikingModel): string => `

def play(drive, begin):
    """Steps and units of the spikes of a trial; drive in mV by column and unit."""
    nest.ResetKernel()
    nest.resolution = dt
    decay, rise = 1e3 * tau_d, 1e3 * tau_r
    cells = nest.Create('iaf_psc_exp_multisynapse', units, params=[{
        'E_L': float(bias), 'V_th': float(threshold), 'V_reset': float(reset), 'C_m': float(tau_m), 'tau_m': float(tau_m),
        't_ref': float(t_ref), 'V_m': v, 'tau_syn': [decay[i], rise] if double else [decay[i]],
    } for i, v in enumerate(begin)])
    # Each column of the drive begins half a column before its time.
    times = np.maximum(np.arange(len(drive)) * 100 * dt - 50 * dt, dt)
    generators = nest.Create('step_current_generator', units, params=[
        {'amplitude_times': times, 'amplitude_values': drive[:, i]} for i in range(units)
    ])
    nest.Connect(generators, cells, 'one_to_one')
    ids = np.array(cells.tolist())
    factor = 1 / (tau_d - tau_r)[target] if double else 1 / tau_d[target]
    for port, sign in ((1, 1), (2, -1)) if double else ((1, 1),):
        nest.Connect(ids[source], ids[target], 'one_to_one', {
            'weight': sign * weight * factor, 'delay': np.full(len(source), dt), 'receptor_type': np.full(len(source), port),
        })
    recorder = nest.Create('spike_recorder')
    nest.Connect(cells, recorder)
    nest.Simulate((len(drive) - 1) * 100 * dt)
    return np.rint(recorder.events['times'] / dt).astype(int) - 1, recorder.events['senders'] - ids[0]

`;

const closing = `
def output_of(steps, senders, count):
    """What is read out of the spikes: each unit filters its own as its synapses do."""
    r, h = np.zeros(units), np.zeros(units)
    fired = [[] for _ in range(count)]
    for step, unit in zip(steps, senders):
        fired[step].append(unit)
    output, second = np.empty(count), dt / 1e3
    keep, keep_rise = np.exp(-second / tau_d), np.exp(-second / tau_r)
    for step in range(count):
        r = r * keep + h * second
        h *= keep_rise
        if double:
            h[fired[step]] += 1 / (tau_r * tau_d[fired[step]])
        else:
            r[fired[step]] += 1 / tau_d[fired[step]]
        output[step] = data['readout'] @ r + data['offset'][0]
    return output


def right(output, answers):
    """Whether all answers are given."""
    says = {1: lambda part: part.max() > 0.7, -1: lambda part: part.min() < -0.7, 0: lambda part: part.max() < 0.3}
    return bool(np.all([says[wanted](output[max(0, begin - 1):end]) for begin, end, wanted in answers.reshape(-1, 3)]))


failed = 0
for k in range(int(data['trials'][0])):
    of = lambda name: data[f'trial_{k}_{name}']
    steps, senders = play(of('input'), of('begin'))
    output = output_of(steps, senders, len(of('output')))
    likeness = np.corrcoef(output, of('output'))[0, 1]
    ours, theirs = right(output, of('answers')), right(of('output'), of('answers'))
    # An output that is to stay at 0 is noise around it: its shape says nothing.
    silent = not of('answers').reshape(-1, 3)[:, 2].any()
    failed += ours != theirs or (not silent and likeness < 0.9)
    print(f"{of('label').item().decode()}: {len(steps)} spikes ({of('spikes')[0]} where it was written), output correlates {likeness:.3f},",
          'right' if ours else 'not right')
sys.exit(1 if failed else 0)
`;
