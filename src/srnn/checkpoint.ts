/**
 * Networks and trainings as npz. A checkpoint has the names and shapes of the source's state_dict, so that its code loads it:
 *
 *   snn.l1.recurrent_weights (N, N) [post, pre]   snn.l1.sinput_weights (4, N)   snn.l1.cinput_weights (1, N)   snn.fc_out.weight (2, N)
 *   snn.l1.recurrent_base (1, N)   snn.l1.sfa_mask (N)   float64;   snn.l1.input_weights (N, 5) float32, zeros: nothing uses it
 *
 * A state is all that a training has come to.
 */
import { demandArray, demandList, demandObject, demandText, EngramError } from '../core/index.js';
import { npzBytes, numbersOf, readTensors, type Tensor } from '../files/index.js';
import { demandWeights, type Gradients, TRAINED, type Weights } from './network.js';
import type { SrnnSettings } from './settings.js';
import { demandTraining, startTraining, type Trained } from './train.js';

const NAMES: Record<keyof Weights, { name: string; shape: (n: number) => number[] }> = {
  recurrent: { name: 'snn.l1.recurrent_weights', shape: (n) => [n, n] },
  stimulus: { name: 'snn.l1.sinput_weights', shape: (n) => [4, n] },
  cue: { name: 'snn.l1.cinput_weights', shape: (n) => [1, n] },
  readout: { name: 'snn.fc_out.weight', shape: (n) => [2, n] },
  base: { name: 'snn.l1.recurrent_base', shape: (n) => [1, n] },
  adapting: { name: 'snn.l1.sfa_mask', shape: (n) => [n] },
};

const double = (shape: readonly number[], values: Float64Array): Tensor => ({ dtype: 'f8', shape, values });

/** A network as an archive. */
export function checkpointBytes(weights: Weights): Uint8Array {
  demandObject('the weights', weights);
  demandArray('the weights `base`', weights.base, Float64Array);
  const n = weights.base.length;
  demandWeights(weights, n);
  const entries = Object.entries(NAMES).map(([key, { name, shape }]) => [
    name,
    double(shape(n), weights[key as keyof Weights]),
  ]);
  const unused: Tensor = { dtype: 'f4', shape: [n, 5], values: new Float32Array(5 * n) };
  return npzBytes({ ...Object.fromEntries(entries), 'snn.l1.input_weights': unused });
}

/**
 * A network from an archive. Throws `input` if an array is missing or has another shape.
 * @param neurons how many it must have
 */
export function readCheckpoint(bytes: Uint8Array, file: string, neurons?: number): Weights {
  demandArray('the bytes of a checkpoint', bytes, Uint8Array);
  demandText('the name of the file', file);
  const wanted = Object.values(NAMES).map(({ name }) => name);
  const arrays = readTensors(bytes, file, wanted);
  const first = arrays[NAMES.recurrent.name];
  if (first === undefined || typeof first === 'string') {
    throw new EngramError(
      'input',
      `${file}: there is no array ${NAMES.recurrent.name}; a checkpoint has ${wanted.join(', ')}`,
    );
  }
  const n = first.shape[0];
  if (neurons !== undefined && n !== neurons) {
    throw new EngramError(
      'input',
      `${file}: the network has ${n} neurons, and --hidden_size is ${neurons}; give --hidden_size ${n}`,
    );
  }
  const read = ({ name, shape }: (typeof NAMES)[keyof Weights]): Float64Array => {
    const array = arrays[name];
    const got = array === undefined || typeof array === 'string' ? 'none' : `(${array.shape.join(', ')})`;
    if (array === undefined || typeof array === 'string' || got !== `(${shape(n).join(', ')})`) {
      throw new EngramError('input', `${file}: ${name} must be (${shape(n).join(', ')}); got ${got}`);
    }
    const values = numbersOf(array, `${file}: ${name}`);
    const wrong = values.findIndex((value) => !Number.isFinite(value));
    if (wrong >= 0) throw new EngramError('input', `${file}: ${name} must be finite numbers; got ${values[wrong]}`);
    return values;
  };
  return Object.fromEntries(Object.entries(NAMES).map(([key, spec]) => [key, read(spec)])) as unknown as Weights;
}

/** A training as an archive. */
export function stateBytes(trained: Trained, notes: readonly number[] = []): Uint8Array {
  demandTraining(trained);
  demandList('the notes', notes);
  const { weights, optimizer, log, tests, batch, skipped, gradients } = trained;
  const prefixed = (prefix: string, arrays: object) =>
    Object.fromEntries(Object.entries(arrays).map(([name, values]) => [`${prefix}.${name}`, values as Float64Array]));
  return npzBytes({
    ...prefixed('weights', weights),
    ...prefixed('gradients', gradients),
    'optimizer.mean': optimizer.mean,
    'optimizer.square': optimizer.square,
    'optimizer.steps': Float64Array.of(optimizer.steps, ...optimizer.powers),
    log: Float64Array.from(log),
    tests: Float64Array.from(tests),
    counts: Float64Array.of(batch, skipped),
    notes: Float64Array.from(notes),
  });
}

/** A training that goes on as if it had not been written down. Throws `input` for another archive. */
export function readState(
  bytes: Uint8Array,
  file: string,
  settings: SrnnSettings,
): {
  /** The training. */
  trained: Trained;
  /** What was noted beside it. */
  notes: number[];
} {
  demandArray('the bytes of a state', bytes, Uint8Array);
  demandText('the name of the file', file);
  const blank = startTraining(settings);
  const arrays = readTensors(bytes, file);
  const read = (name: string, length?: number): Float64Array => {
    const array = arrays[name];
    if (array === undefined || typeof array === 'string' || (length !== undefined && array.values.length !== length)) {
      throw new EngramError('input', `${file}: the state of a training has ${length ?? 'some'} numbers in ${name}`);
    }
    return numbersOf(array, `${file}: ${name}`);
  };
  const named = <Arrays extends object>(prefix: string, like: Arrays): Arrays =>
    Object.fromEntries(
      Object.entries(like).map(([name, values]) => [name, read(`${prefix}.${name}`, (values as Float64Array).length)]),
    ) as Arrays;
  const [steps, first, second] = read('optimizer.steps', 3);
  blank.optimizer.mean.set(read('optimizer.mean', blank.optimizer.mean.length));
  blank.optimizer.square.set(read('optimizer.square', blank.optimizer.square.length));
  const [batch, skipped] = read('counts', 2);
  const gradients: Gradients = named(
    'gradients',
    Object.fromEntries(TRAINED.map((name) => [name, blank.weights[name]])) as unknown as Gradients,
  );
  return {
    trained: {
      ...blank,
      weights: named('weights', blank.weights),
      optimizer: Object.assign(blank.optimizer, { steps, powers: [first, second] as [number, number] }),
      log: [...read('log')],
      tests: [...read('tests')],
      batch,
      skipped,
      gradients,
    },
    notes: [...read('notes')],
  };
}
