// Stores a score, asks whether it comes back from a part of itself, and how stable it is: node docs/examples/library.mjs
// after `npm run build`. The same text runs in a browser, in Bun and in Deno.
import {
  defaultTemplate,
  jitterMap,
  memorize,
  recallJob,
  sampleScore,
  serialMap,
  stabilityOf,
  wireFixedIn,
} from 'engram';

const score = sampleScore(30, 40, 0.2, 1); // 30 channels, a period of 40 refractory periods, the activity, the seed
const wiring = wireFixedIn({ neurons: 30, inputs: 500, delays: [0.1, 10], seed: 1 });
const { network, neurons } = await memorize({ score, wiring, template: defaultTemplate, objective: 'l2' }, serialMap);
console.log(`${neurons.filter(({ status }) => status === 'solved').length} of 30 neurons stored`);

// Half of the channels play for one period, with noisy thresholds; then all are free for three.
const trials = [{ prompt: 15, noise: 0.05 }];
await serialMap(
  recallJob,
  { score, network, seed: 1, promptTime: 40, periods: 3, trials },
  1,
  ({ success, periods }) => {
    const last = periods[2];
    console.log(`recalled: ${success}, precision ${last.precision.toFixed(3)}, recall ${last.recall.toFixed(3)}`);
  },
);

const { radius } = stabilityOf(jitterMap(score, network));
console.log(`small shifts of its spikes shrink to ${radius.toPrecision(2)} of their size each period`);
