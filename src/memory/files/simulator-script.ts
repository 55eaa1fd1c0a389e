/**
 * A stored network as a script for another simulator, Brian2 or NEST, with its arrays beside it: ms, mV, pA and pF. The
 * script runs as it is: every neuron hears the prescribed spikes of its sources, and the script says of each whether it
 * fires at every prescribed spike within one time step.
 *
 * Units. A threshold is V_th - E_L; a weight w of a leaky integrate-and-fire neuron becomes the peak of its current,
 * w (V_th - E_L) C_m / height in pA, height being that of the response to a current of peak 1 (`responsePeak`).
 */
import { demandObject, demandOneOf, demandPositive, EngramError } from '../../core/index.js';
import type { NpyArray } from '../../files/index.js';
import {
  checkNetwork,
  checkNeurons,
  type LifModel,
  NEST,
  type Network,
  type NeuronModel,
  neuronCount,
  ofNeuron,
  type PerNeuron,
  picoamperes,
  responsePeak,
} from '../network/index.js';
import { channelCount, demandChannels, demandScore, type Score } from '../score/index.js';

/** A script for another simulator, with its data. */
export interface SimulatorScript {
  /** Its text. */
  script: string;
  /** What the script loads, as the arrays of an npz. */
  data: Record<string, NpyArray>;
}

/** A network that another simulator is to play. */
export interface Playable {
  /** What it stores. */
  score: Score;
  /** Its synapses. */
  network: Network;
  /** What its neurons are. */
  model: NeuronModel;
  /** Seconds per refractory period of the score. */
  tau0: number;
  /** The name of the data file. */
  dataFile: string;
  /** The program that wrote it. */
  program: string;
}

/** Throws `usage` for neurons that the simulator does not have. */
export function simulatorScript(simulator: 'brian2' | 'nest', stored: Playable): SimulatorScript {
  demandOneOf('the simulator', simulator, ['brian2', 'nest']);
  demandObject('what is to be played', stored);
  const { model, dataFile, program, score, network, tau0 } = stored;
  demandScore(score);
  checkNetwork(network);
  demandChannels(score, neuronCount(network));
  checkNeurons(model, neuronCount(network));
  demandPositive('the refractory period in seconds', tau0);
  const period = number(score.period * tau0 * 1e3);
  const neurons = channelCount(score);
  const title = `${neurons} ${NAMES[model.model]} neurons with a score of ${period} ms, written by ${program}`;
  const step = model.model === 'reset' ? RESET_STEP : USUAL_STEP;
  const head = { dataFile, title, neurons, period, step };
  if (simulator === 'brian2') return { script: brian2Script(head, model, tau0), data: arrays(stored) };
  if (model.model === 'lif') return { script: nestScript(head, model, tau0), data: arrays(stored) };
  throw new EngramError(
    'usage',
    `NEST has no neurons of the ${model.model} model, only leaky integrate-and-fire ones; Brian2 takes them: --to brian2`,
  );
}

const NAMES = { continuation: 'spike-response', reset: 'resetting spike-response', lif: 'leaky integrate-and-fire' };

/** The shortest text that reads as the same number to 15 digits. */
const number = (value: number): string => String(Number(value.toPrecision(15)));

/** Constants in ms: one number for the script, or an array in the data file. */
const constant = (name: string, value: PerNeuron, tau0: number): string =>
  typeof value === 'number' ? number(value * tau0 * 1e3) : `data['${name}'].tolist()`;

function arrays({ score, network, model, tau0 }: Playable): Record<string, NpyArray> {
  const milliseconds = (values: Float64Array) => values.map((value) => value * tau0 * 1e3);
  const neurons = neuronCount(network);
  const owners = (starts: Uint32Array) => {
    const owner = new Uint32Array(starts[starts.length - 1]);
    for (let l = 0; l + 1 < starts.length; l++) owner.fill(l, starts[l], starts[l + 1]);
    return owner;
  };
  const weights = network.weights.slice();
  if (model.model === 'lif') {
    const units = {
      refractoryPeriod: tau0 * 1e3,
      threshold: NEST.threshold - NEST.rest,
      capacitance: NEST.capacitance,
    };
    for (let l = 0; l < neurons; l++) {
      const { height } = responsePeak(model.current, ofNeuron(model.membrane, l), ofNeuron(model.synapse, l));
      for (let k = network.starts[l]; k < network.starts[l + 1]; k++) {
        weights[k] = picoamperes(weights[k], height, units);
      }
    }
  }
  const each = (name: string, value: PerNeuron | undefined) =>
    typeof value === 'object' ? { [name]: milliseconds(value) } : {};
  return {
    source: network.sources,
    target: owners(network.starts),
    delay_ms: milliseconds(network.delays),
    weight: weights,
    spike_channel: owners(score.starts),
    spike_ms: milliseconds(score.times),
    ...(model.model === 'lif'
      ? { ...each('tau_m_ms', model.membrane), ...each('tau_syn_ms', model.synapse) }
      : each('beta_ms', model.beta)),
  };
}

/** Time step in ms. */
const USUAL_STEP = 0.01;
/**
 * Of neurons that forget at a spike what arrived before it: an arrival that is rounded across a reset is kept or lost whole, and at
 * the usual step so are 8 to 16 spikes of a network of 200 neurons.
 */
const RESET_STEP = 0.002;

interface Head {
  step: number;
  dataFile: string;
  title: string;
  neurons: number;
  period: string;
}

/** What is the same in both scripts: the begin, and what is said of each neuron at the end. */
const opening = (
  { dataFile, title, neurons, period, step }: Head,
  simulator: string,
  free: boolean,
  memory: string,
): string => `\
"""${title}, for ${simulator}.

Every neuron hears the prescribed spikes of its sources, period after period, and fires by itself. The script says of
each whether it fires at every prescribed spike within one time step.${
  free ? ' With --free the neurons then hear each other\nand nothing else: the network plays what it has stored.' : ''
}
"""
import argparse
import sys
from pathlib import Path

import numpy as np
${simulator === 'Brian2' ? 'from brian2 import *' : 'import nest'}

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument('--periods', type=int, default=2, help='periods that are checked')
parser.add_argument('--dt', type=float, default=${step}, help='time step in ms${step < USUAL_STEP ? '; a larger one puts arrivals on the wrong side of resets' : ''}')
${
  free
    ? `parser.add_argument('--free', action='store_true', help='let the network run by itself in these periods')
parser.add_argument('--codegen', default='auto', help='how Brian2 runs: numpy, cython')
`
    : ''
}options = parser.parse_args()
dt = options.dt
data = np.load(Path(__file__).with_name('${dataFile}'))
source, target, delay_ms, weight = (data[name] for name in ('source', 'target', 'delay_ms', 'weight'))
channel, spike_ms = data['spike_channel'], data['spike_ms']
neurons = ${neurons}
period = ${period}  # ms

# So many periods before those that are checked: what was before them has been forgotten.
memory_ms = delay_ms.max(initial=0) + ${memory}
warm_up = 1 + int(np.ceil(memory_ms / period))


def prescribed(first, last):
    """Channels and times in ms of the prescribed spikes of periods first to last - 1."""
    turns = np.arange(first, last)
    return np.tile(channel, len(turns)), (spike_ms[None, :] + period * turns[:, None]).ravel()

`;

const checking = (free: boolean): string => `\

# Of senders and times in ms, the middles of the steps in which a neuron fired.
begin, end = warm_up * period, (warm_up + options.periods) * period
all_channels, all_times = prescribed(warm_up - 1, warm_up + options.periods + 1)
missing = 0
for neuron in range(neurons):
    fired = times[senders == neuron]
    near = all_times[all_channels == neuron]
    wanted = near[(near >= begin) & (near < end)]
    errors = np.array([np.abs(fired - time).min(initial=np.inf) for time in wanted])
    free = fired[(fired >= begin) & (fired < end)]
    other = len([time for time in free if np.abs(near - time).min(initial=np.inf) > dt])
    found = int((errors <= dt).sum())
    missing += len(wanted) - found
    worst = f', largest error {errors.max():.4f} ms' if len(errors) else ''
    print(f'neuron {neuron}: {found} of {len(wanted)} prescribed spikes within {dt:g} ms, {other} others{worst}')
print(f'not found within one time step: {missing} prescribed spikes' if missing else 'found every prescribed spike')
sys.exit(0 if missing == 0${free ? ' or options.free' : ''} else 1)
`;

const lifConstants = (model: LifModel, tau0: number) => ({
  rest: number(NEST.rest),
  threshold: number(NEST.threshold),
  reset: number(NEST.rest + model.reset * (NEST.threshold - NEST.rest)),
  capacitance: number(NEST.capacitance),
  refractory: number(model.refractory * tau0 * 1e3),
});

/** How long a neuron remembers, in ms, to 1e-7. */
function memoryOf(model: NeuronModel, tau0: number): string {
  const most = (value: PerNeuron) => (typeof value === 'number' ? value : value.reduce((a, b) => Math.max(a, b), 0));
  const longest = model.model === 'lif' ? most(model.membrane) + most(model.synapse) : most(model.beta ?? 1);
  return number(Math.ceil(16 * longest * tau0 * 1e3));
}

/** The equations of a model in Brian2: names, equations, what a spike does, what an arrival does. */
function brian2Cells(model: NeuronModel, tau0: number) {
  const own = (name: string, value: PerNeuron) =>
    typeof value === 'number'
      ? { given: `${name} = ${number(value * tau0 * 1e3)} * ms\n`, equation: '', set: '' }
      : { given: '', equation: `${name} : second (constant)\n`, set: `cells.${name} = data['${name}_ms'] * ms\n` };
  if (model.model === 'lif') {
    const { rest, threshold, reset, capacitance, refractory } = lifConstants(model, tau0);
    const [membrane, synapse] = [own('tau_m', model.membrane), own('tau_syn', model.synapse)];
    const current =
      model.current === 'exp'
        ? 'dI/dt = -I / tau_syn : amp\n'
        : 'dI/dt = (exp(1) * x - I) / tau_syn : amp\ndx/dt = -x / tau_syn : amp\n';
    return {
      given: `E_L, V_th, V_reset = ${rest} * mV, ${threshold} * mV, ${reset} * mV
C_m, t_ref = ${capacitance} * pF, ${refractory} * ms
${membrane.given}${synapse.given}`,
      equations: `dv/dt = (E_L - v) / tau_m + I / C_m : volt (unless refractory)
${current}${membrane.equation}${synapse.equation}`,
      // A spike belongs to the end of the step that it is found in; the membrane is held from there on.
      group: `threshold='v >= V_th', reset='v = V_reset', refractory=t_ref + dt * ms`,
      set: `cells.v = E_L\n${membrane.set}${synapse.set}`,
      arrival: model.current === 'exp' ? 'I_post += w' : 'x_post += w',
      unit: { name: 'amp', of: 'pA' },
      method: nearlyEqual(model) ? 'rk4' : 'exact',
    };
  }
  const beta = own('beta', model.beta ?? 1);
  const resets = model.model === 'reset';
  return {
    given: `${beta.given}${resets ? `z_reset = ${number(model.reset)}\n` : `t_ref = ${number(tau0 * 1e3)} * ms\n`}`,
    equations: `dz/dt = (exp(1) * x - z) / beta : 1
dx/dt = -x / beta : 1
${beta.equation}`,
    group: resets ? `threshold='z >= 1', reset='z = z_reset; x = 0'` : `threshold='z >= 1', reset='', refractory=t_ref`,
    set: beta.set,
    arrival: 'x_post += w',
    unit: { name: '1', of: '1' },
    method: 'exact',
  };
}

/** The exact solution of Brian2 divides by the difference of the time constants. */
function nearlyEqual({ membrane, synapse }: LifModel): boolean {
  const neurons = Math.max(...[membrane, synapse].map((value) => (typeof value === 'number' ? 1 : value.length)));
  return Array.from({ length: neurons }, (_, l) => ofNeuron(membrane, l) / ofNeuron(synapse, l) - 1).some(
    (difference) => Math.abs(difference) < 1e-3,
  );
}

function brian2Script(head: Head, model: NeuronModel, tau0: number): string {
  const { given, equations, group, set, arrival, unit, method } = brian2Cells(model, tau0);
  return `${opening(head, 'Brian2', true, memoryOf(model, tau0))}
prefs.codegen.target = options.codegen
defaultclock.dt = dt * ms
${given}
cells = NeuronGroup(neurons, """
${equations}""", ${group}, method='${method}')
${set}

def connect(group, late):
    """The synapses from a group to the cells; \`late\`: by how many steps its spikes are sent late, on average."""
    synapses = Synapses(group, cells, 'w : ${unit.name}', on_pre='${arrival}')
    synapses.connect(i=source.astype(int), j=target.astype(int))
    synapses.w = weight * ${unit.of}
    synapses.delay = np.maximum(np.rint(delay_ms / dt - late), 0) * dt * ms
    return synapses


# What happens in a step shows at its end: a prescribed spike is sent in the step before.
channels, at = prescribed(0, warm_up if options.free else warm_up + options.periods)
steps = np.rint(at / dt).astype(int) - 1
driver = SpikeGeneratorGroup(neurons, channels[steps >= 0], steps[steps >= 0] * dt * ms)
monitor = SpikeMonitor(cells)
network = Network(cells, driver, monitor, connect(driver, 0))
# What arrives at the end of the step of a spike outlives it.
network.schedule = ['start', 'groups', 'thresholds', 'resets', 'synapses', 'end']
if options.free:
    recurrent = connect(cells, 0.5)
    recurrent.active = False
    network.add(recurrent)
network.run(warm_up * period * ms)
if options.free:
    recurrent.active = True
network.run((options.periods * period + 1) * ms)
senders, times = np.array(monitor.i), np.array(monitor.t / ms) + dt / 2
${checking(true)}`;
}

function nestScript(head: Head, model: LifModel, tau0: number): string {
  const { rest, threshold, reset, capacitance, refractory } = lifConstants(model, tau0);
  return `${opening(head, 'NEST', false, memoryOf(model, tau0))}
nest.ResetKernel()
nest.resolution = dt
cells = nest.Create('iaf_psc_${model.current}', neurons, params={
    'E_L': ${rest}, 'V_th': ${threshold}, 'V_reset': ${reset}, 'V_m': ${rest}, 'C_m': ${capacitance}, 't_ref': ${refractory},
    'tau_m': ${constant('tau_m_ms', model.membrane, tau0)},
    'tau_syn_ex': ${constant('tau_syn_ms', model.synapse, tau0)}, 'tau_syn_in': ${constant('tau_syn_ms', model.synapse, tau0)},
})
channels, at = prescribed(0, warm_up + options.periods)
steps = np.maximum(np.rint(at / dt), 1)
driver = nest.Create('spike_generator', neurons, params=[
    {'spike_times': np.sort(steps[channels == neuron]) * dt} for neuron in range(neurons)
])
nest.Connect(np.array(driver.tolist())[source], np.array(cells.tolist())[target], 'one_to_one', {
    'weight': weight, 'delay': np.maximum(np.rint(delay_ms / dt), 1) * dt,
})
recorder = nest.Create('spike_recorder')
nest.Connect(cells, recorder)
nest.Simulate(np.ceil((warm_up + options.periods) * period + 1))
senders, times = recorder.events['senders'] - cells[0].global_id, recorder.events['times'] - dt / 2
${checking(false)}`;
}
