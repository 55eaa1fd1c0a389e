/**
 * Neurons of one variable: between spikes dV/dt = f(V) + I, and V goes to `reset` when it reaches `threshold`.
 *
 *   r(V) = int_V^threshold dv / (f(v) + I)     the time to the spike if nothing arrives,     v(r) its inverse,
 *   T = r(reset)                               the period without input,
 *   kick of weight W:   V = v(r),  X = V + W,  r' = r(X),   r' = 0 where X reaches a finite threshold.
 *
 * The state of a neuron is n, the time of its next spike: a kick at time t makes r = n - t and n' = t + r'. With F = f + I and
 * p(V) = dr/dI at V,
 *
 *   dn'/dn = d = F(V) / F(X),   dn'/dt = 1 - d,   dn'/dW = -1 / F(X),   dn'/dI = p(X) - d p(V),
 *   dd/dr = -d c,   dd/dW = -d f'(X) / F(X),   dd/dI = d p(V) c + (1 - d) / F(X),   c = f'(V) - d f'(X).
 *
 * Times are in membrane time constants. (Engelken 2023, arXiv 2312.17216, for the phase picture; the derivatives are ours.)
 */
import { demandNumber, EngramError } from '../core/index.js';
import { demandNeuron } from './demand.js';

/** Where a kick leads to first order. */
export interface Slopes {
  /** dn'/dn = F(V) / F(X). */
  d: number;
  /** dn'/dW. */
  weight: number;
  /** dn'/dI, of the neuron's own drive. */
  drive: number;
}

/** A neuron of one variable; every function takes the drive I, so that neurons may differ in it. */
export interface Neuron {
  /** Its name in messages and files. */
  readonly name: string;
  /** May be -Infinity. */
  readonly reset: number;
  /** May be Infinity. */
  readonly threshold: number;
  /** F(V) = dV/dt. */
  flow(v: number, drive: number): number;
  /** f'(V). */
  curvature(v: number, drive: number): number;
  /** r(V). */
  timeToSpike(v: number, drive: number): number;
  /** v(r). */
  voltage(r: number, drive: number): number;
  /** p(V) = dr/dI at fixed V. */
  driveSlope(v: number, drive: number): number;
  /** r' of r after a kick of weight W. */
  kick(r: number, weight: number, drive: number): number;
  /** Writes what a kick from r to r' > 0 does to first order. */
  slopes(r: number, after: number, weight: number, drive: number, out: Slopes): void;
  /** Throws `usage` if this drive makes no neuron that fires by itself. */
  check(drive: number): void;
}

/** A neuron with a drive. */
function demandDriven(neuron: Neuron, drive: number): void {
  demandNeuron(neuron);
  demandNumber('the drive', drive);
}

/** T, the period without input. */
export function periodOf(neuron: Neuron, drive: number): number {
  demandDriven(neuron, drive);
  return neuron.timeToSpike(neuron.reset, drive);
}

/** dT/dI. */
export function periodSlope(neuron: Neuron, drive: number): number {
  demandDriven(neuron, drive);
  return neuron.driveSlope(neuron.reset, drive);
}

/** The kick by way of the voltage, for neurons that know no shorter one. */
export function kickByVoltage(neuron: Neuron, r: number, weight: number, drive: number): number {
  const x = neuron.voltage(r, drive) + weight;
  return x >= neuron.threshold ? 0 : neuron.timeToSpike(x, drive);
}

/** The slopes by way of the voltage. */
export function slopesByVoltage(neuron: Neuron, r: number, weight: number, drive: number, out: Slopes): void {
  const v = neuron.voltage(r, drive);
  const x = v + weight;
  const flow = neuron.flow(x, drive);
  out.d = neuron.flow(v, drive) / flow;
  out.weight = -1 / flow;
  out.drive = neuron.driveSlope(x, drive) - out.d * neuron.driveSlope(v, drive);
}

/** The derivatives of d itself: to r, to W and to the drive. */
export function bend(neuron: Neuron, r: number, weight: number, drive: number): [number, number, number] {
  demandDriven(neuron, drive);
  const v = neuron.voltage(r, drive);
  const x = v + weight;
  const [flowV, flowX] = [neuron.flow(v, drive), neuron.flow(x, drive)];
  if (!Number.isFinite(flowX)) return [0, 0, 0];
  const d = flowV / flowX;
  const c = neuron.curvature(v, drive) - d * neuron.curvature(x, drive);
  return [-d * c, (-d * neuron.curvature(x, drive)) / flowX, d * c * neuron.driveSlope(v, drive) + (1 - d) / flowX];
}

/** Beyond them products of drives and weights leave the range of numbers. */
const [LEAST_DRIVE, MOST_DRIVE] = [1e-100, 1e100];

/** Refuses a drive that is not above a limit, or with which there is nothing to compute. */
export function needDrive(name: string, drive: number, least: number, why: string, most = MOST_DRIVE): void {
  if (!(drive > least && Number.isFinite(drive))) {
    throw new EngramError('usage', `${name} neurons need a drive above ${least}, ${why}; got ${drive}`);
  }
  if ((least === 0 && drive < LEAST_DRIVE) || drive > most) {
    throw new EngramError(
      'usage',
      `${name} neurons take drives from ${least === 0 ? LEAST_DRIVE : least} to ${most}; got ${drive}`,
    );
  }
}
