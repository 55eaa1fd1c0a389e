/**
 * The calendar without transcendental functions, for networks of LIF or of QIF neurons with one drive.
 *
 *   LIF   X = e^{n - T}, so that V = I - (1 + I) X e^{-t}.  The smallest X fires, when e^t = G = X (1 + I) / I; then every target
 *         X += c G,  c = -W / (1 + I),  and the spiker X = G.  Where G passes 2^32, all X are multiplied by 2^-32, which is exact.
 *   QIF   T = tan(psi / 2) and a winding number, psi = phi - 2 a t.  With t of the spiker, D = t - T, M = T t + 1 + (W / a) D:
 *         T' = (M t - D) / (D t + M),  one winding less where inhibition gives T' > T, one more where excitation gives T' < T;
 *         the spiker keeps t and loses a winding. Fires at 2 a n = pi - 2 atan T - 2 pi winding.
 *
 * Neurons wait in a ring of about N / 4 buckets: for LIF the bucket is the leading bits of X, a piecewise linear logarithm, for QIF
 * (1 - T / (1 + |T|)) / 2 of a turn. Beyond the ring they wait in its last bucket. Inhibition only delays, so that a bucket is a
 * lower bound: opening it sends on whom it finds too early, and the heap of the few that are due fires the first.
 *
 * The idea of the two states is Engelken's (arXiv 2312.17216) phase representation, carried to exponentials and tangents.
 */
import { type Arena, createArena, demandArray, demandObject, EngramError, exp, ln, tan } from '../core/index.js';
import { type Circuit, checkCircuit } from './circuit.js';
import { demandCircuit, demandStart } from './demand.js';
import { fill, loadSynapses } from './kernel-memory.js';
import { kernelModule, layouts } from './kernels.generated.js';
import { periodOf } from './neuron.js';

interface Kernel {
  sparsepropCalendarStart(at: number): void;
  sparsepropCalendarRun(at: number, count: number, until: number, times: number, neurons: number): number;
}

/** Where a calendar stands, from which it goes on with the same bits. */
export interface CalendarState {
  /** X or T. */
  values: Float64Array;
  /** Windings; of LIF neurons empty. */
  windings: Int32Array;
  /** LIF: the time of all epochs gone by. */
  base: number;
  /** LIF with excitation: X at the last spike, else empty. */
  fired: Float64Array;
}

/** A calendar at work. */
export interface Calendar {
  /** Goes on for so many spikes or to a time, events at it not included; hands them out in pieces and returns how many there were. */
  run(limit: { spikes?: number; until?: number }, sink: (times: Float64Array, neurons: Uint32Array) => void): number;
  /** A copy of where it stands, from which `createCalendar` goes on. */
  state(): CalendarState;
  /** Next spikes from the run's beginning. */
  next(): Float64Array;
  /** Members of buckets that were looked at. */
  refreshes(): number;
}

const PIECE = 1 << 15;
const HALF = Math.PI / 2;
/** Where tangents end. */
const FAR = 1e150;

/** Whether a circuit can run on a calendar, or why not. */
export function calendarRefusal(circuit: Circuit): string | undefined {
  demandCircuit(circuit);
  const { neuron, drives, delay = 0, input, steps } = circuit;
  if (neuron.name !== 'lif' && neuron.name !== 'qif') return `it takes lif and qif, not ${neuron.name}`;
  if (typeof drives !== 'number') return 'it takes one drive for all neurons';
  if (delay > 0 || input || steps) return 'it takes no delays, no spikes from outside and no steps of the drive';
  return undefined;
}

function refuseOthers(circuit: Circuit): void {
  const refusal = calendarRefusal(circuit);
  if (refusal) throw new EngramError('usage', `the calendar cannot run this: ${refusal}; use time-heap`);
}

/** The state of a calendar at time 0, with given next spikes. */
export function calendarStart(circuit: Circuit, next: Float64Array): CalendarState {
  demandStart(circuit, next);
  refuseOthers(circuit);
  const drive = circuit.drives as number;
  const period = periodOf(circuit.neuron, drive);
  if (circuit.neuron.name === 'lif') {
    return {
      values: next.map((n) => exp(n - period)),
      windings: new Int32Array(0),
      base: 0,
      fired: new Float64Array(0),
    };
  }
  const a = Math.sqrt(drive);
  // cot(a n), finite at both ends; one that has just been reset has a period to go, whichever way that is rounded.
  const cot = (x: number) => (x >= Math.PI ? -FAR : x > 1 ? tan(HALF - x) : 1 / tan(x));
  const values = next.map((n) => Math.max(-FAR, Math.min(FAR, cot(a * n))));
  return { values, windings: new Int32Array(next.length), base: 0, fired: new Float64Array(0) };
}

/** A calendar from a state on. Throws `usage` where the circuit asks for more than it can. */
export function createCalendar(circuit: Circuit, from: CalendarState): Calendar {
  demandCircuit(circuit);
  checkCircuit(circuit);
  demandObject('the state', from);
  demandArray('values of the state', from.values, Float64Array, circuit.connectivity.neurons);
  refuseOthers(circuit);
  const { connectivity } = circuit;
  const n = connectivity.neurons;
  const arena = createArena();
  const kernel = arena.kernels<Kernel>(kernelModule);
  const at = arena.alloc(layouts.Calendar.bytes);
  const fields = load(arena, circuit, from);
  const times = arena.alloc(8 * PIECE);
  const neurons = arena.alloc(4 * PIECE);
  fill(arena, at, layouts.Calendar.fields, fields);
  kernel.sparsepropCalendarStart(at);
  const read = (name: 'base' | 'refreshes') => arena.f64(at + layouts.Calendar.fields[name].at, 1)[0];
  const state = (): CalendarState => ({
    values: arena.f64(fields.values, n).slice(),
    windings: fields.model === 1 ? arena.i32(fields.windings, n).slice() : new Int32Array(0),
    base: read('base'),
    fired: fields.fired ? arena.f64(fields.fired, n).slice() : new Float64Array(0),
  });
  return {
    run({ spikes = Number.POSITIVE_INFINITY, until = Number.POSITIVE_INFINITY }, sink) {
      let count = 0;
      while (count < spikes) {
        const most = Math.min(PIECE, spikes - count);
        const made = kernel.sparsepropCalendarRun(at, most, until, times, neurons);
        if (made < 0) {
          throw new EngramError(
            'input',
            `neuron ${-1 - made} would fire twice at one instant: excitation without delay runs in a circle; make its weights smaller, or give a delay`,
          );
        }
        sink(arena.f64(times, made), arena.u32(neurons, made));
        count += made;
        if (made < most) break;
      }
      return count;
    },
    state,
    next: () => calendarNext(circuit, state()),
    refreshes: () => read('refreshes'),
  };
}

/** Next spikes of a state, from the run's beginning. */
export function calendarNext(circuit: Circuit, { values, windings, base }: CalendarState): Float64Array {
  const drive = circuit.drives as number;
  const period = periodOf(circuit.neuron, drive);
  if (circuit.neuron.name === 'lif') return values.map((x) => base + (period + ln(x)));
  const a = Math.sqrt(drive);
  return values.map((t, i) => circuit.neuron.timeToSpike(a * t, drive) - period * windings[i]);
}

/** Puts a network and a state into an arena; the fields of the kernel's table. */
function load(arena: Arena, { neuron, drives, connectivity }: Circuit, from: CalendarState) {
  const n = connectivity.neurons;
  const drive = drives as number;
  const isLif = neuron.name === 'lif';
  const a = Math.sqrt(drive);
  const period = periodOf(neuron, drive);
  const own = (weight: number) => (isLif ? -weight / (1 + drive) : weight / a);
  const excites = connectivity.weights ? connectivity.weights.some((weight) => weight > 0) : connectivity.weight > 0;
  const f64 = (values: Float64Array) => {
    const pointer = arena.alloc(8 * values.length);
    arena.f64(pointer, values.length).set(values);
    return pointer;
  };
  const u32 = (length: number) => arena.alloc(4 * length);
  const ring = ringOf(n, isLif ? (1.25 * period) / Math.LN2 : 0);
  const windings = u32(isLif ? 0 : n);
  if (!isLif) arena.i32(windings, n).set(from.windings);
  const again = excites && isLif;
  const capacity = excites ? 4 * n + 64 : n + 1;
  return {
    model: isLif ? 0 : 1,
    neurons: n,
    ratio: (1 + drive) / drive,
    scale: isLif ? period : 1 / a,
    base: from.base,
    turn: Math.floor(ring.buckets / 1.125),
    weight: own(connectivity.weight),
    refreshes: 0,
    mask: ring.buckets - 1,
    shift: ring.shift,
    excites: excites ? 1 : 0,
    values: f64(from.values),
    windings,
    links: u32(n),
    previous: u32(excites ? n : 0),
    places: u32(excites ? n : 0),
    heads: u32(ring.buckets),
    capacity,
    heap: arena.alloc(16 * capacity),
    keys: f64(new Float64Array(excites ? n : 0).fill(Number.NaN)),
    fired: again ? f64(from.fired.length === n ? from.fired : new Float64Array(n).fill(-1)) : 0,
    synapses: loadSynapses(arena, connectivity, own),
  };
}

/** A power of two of buckets, and of how many bits of X they take no notice; `octaves` of X are in the ring at least. */
function ringOf(n: number, octaves: number): { buckets: number; shift: number } {
  let [buckets, bits] = [64, 6];
  for (; buckets < n / 4; buckets *= 2) bits++;
  // 2^q octaves, at most 32, so that an epoch is a whole number of rings.
  let [q, span] = [5, 32];
  for (; q > -8 && span / 2 >= octaves; span /= 2) q--;
  return { buckets, shift: 52 - Math.min(20, bits - q) };
}
