/** Recorded potentials, one panel each, with the spikes of their neurons. */
import { demandList, demandNumber, demandObject, demandPositive, refuse } from '../../core/index.js';
import { drawTraces } from '../../plot/index.js';
import { type Id, idOf } from '../score/index.js';
import type { Trace } from '../simulate/index.js';
import { courseOf } from '../template/index.js';

/** Potentials as a simulation recorded them. */
export interface PotentialsInput {
  /** One per recorded neuron. */
  traces: readonly Trace[];
  /** Spikes of the recorded neurons, in the same order. */
  spikes: readonly Float64Array[];
  /** What the neurons of the network are called, where it is not their numbers. */
  ids?: readonly Id[] | undefined;
  /** Begin of the stretch that is drawn, in refractory periods. */
  from: number;
  /** End of the stretch. */
  to: number;
  /** Seconds per refractory period. */
  tau0: number;
}

const SAMPLES = 1500;

/** Draws the potentials of recorded neurons, in thresholds over seconds, one panel each; an SVG. */
export function drawPotentials(input: PotentialsInput): Promise<string> {
  demandObject('what is drawn', input);
  const { traces, spikes, ids, from, to, tau0 } = input;
  demandList('the traces', traces);
  demandList('the spikes', spikes);
  if (traces.length !== spikes.length) refuse('there must be as many trains of spikes as traces');
  demandNumber('the begin', from);
  demandNumber('the end', to, from);
  demandPositive('the refractory period in seconds', tau0);
  const panels = traces.map((trace, i) => {
    // In units of the neuron's time constant its pieces are those of the plain kernel.
    const unit = courseOf({ ...trace, times: trace.times.map((time) => time / trace.beta) });
    return {
      neuron: idOf({ ids }, trace.neuron),
      line: Array.from({ length: SAMPLES + 1 }, (_, sample) => {
        const time = from + ((to - from) * sample) / SAMPLES;
        return { time: time * tau0, value: unit.value(time / trace.beta) };
      }),
      spikes: Array.from(
        spikes[i].filter((time) => time >= from && time < to),
        (time) => time * tau0,
      ),
    };
  });
  return drawTraces({ traces: panels, from: from * tau0, to: to * tau0 });
}
