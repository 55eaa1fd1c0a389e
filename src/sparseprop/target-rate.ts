/**
 * The drive at which a network fires at a given rate: bisection of its logarithm around the balance equation's, until the measured rate
 * is within 1 %, in at most 30 runs (as LEquipe does).
 */
import { demandFunction, demandInteger, demandPositive, EngramError } from '../core/index.js';
import type { Circuit } from './circuit.js';
import { drawnStart, startSession } from './simulate.js';

const [MOST_RUNS, CLOSE] = [30, 0.01];

/** A drive and what it does. */
export interface FoundDrive {
  /** I, at which the measured rate is within 1 % of the wanted one. */
  readonly drive: number;
  /** Spikes per time constant, as measured. */
  readonly rate: number;
  /** How many runs it took, 1 to 30. */
  readonly runs: number;
}

/**
 * Finds the drive.
 * @param circuitOf the network with a drive
 * @param rate in spikes per time constant
 * @param each spikes per neuron of a run; as many again are run before
 */
export function driveForRate(
  circuitOf: (drive: number) => Circuit,
  first: number,
  rate: number,
  seed: number,
  each = 10,
): FoundDrive {
  demandFunction('the network of a drive', circuitOf);
  demandPositive('the first drive', first);
  demandPositive('a rate to aim at', rate);
  demandInteger('the seed', seed);
  demandPositive('spikes per neuron', each);
  const measure = (drive: number): number => {
    const circuit = circuitOf(drive);
    const n = circuit.connectivity.neurons;
    const session = startSession(circuit, drawnStart(circuit, seed));
    session.skip({ spikes: each * n });
    const from = session.time();
    session.skip({ spikes: each * n });
    return each / (session.time() - from);
  };
  let [low, high] = [0, Number.POSITIVE_INFINITY];
  let drive = first;
  for (let runs = 1; runs <= MOST_RUNS; runs++) {
    const got = measure(drive);
    if (Math.abs(got - rate) <= CLOSE * rate) return { drive, rate: got, runs };
    if (got < rate) low = drive;
    else high = drive;
    drive = high === Number.POSITIVE_INFINITY ? 2 * drive : low === 0 ? drive / 2 : (low + high) / 2;
  }
  throw new EngramError(
    'input',
    `no drive was found in ${MOST_RUNS} runs at which the network fires ${rate} times per time constant; the last was ${drive}`,
  );
}
