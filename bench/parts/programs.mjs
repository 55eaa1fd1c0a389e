// Comparisons on the programs of neurons: ours against peers under the same rows, and with rounds of their own.
import { compare, comparisonTable, PATIENCE, summaryTable } from '../compare.mjs';
import { ourContenders, peerContenders } from '../contenders.mjs';
import { instances } from '../instances.mjs';
import { mean, thrice } from '../measure.mjs';
import { openInstance } from '../neuron.mjs';

const NEURONS = 4;

/** Markdown: a summary and one table per instance, with the given peers ({ name, solve }). */
export async function comparePrograms(peers, log) {
  const slow = new Map();
  const sections = [];
  const tables = [];
  for (const instance of instances()) {
    log(instance.name);
    const open = openInstance(instance);
    // The first runs are also the warm-up.
    const cases = [];
    for (let l = 0; cases.length < NEURONS; l++) {
      const each = open.cutSets(l);
      if (each) cases.push(each);
    }
    const contenders = [...ourContenders(open), ...peers.flatMap((peer) => peerContenders(peer, open, PATIENCE))];
    const ours = ({ neuron }) => thrice(() => open.cold(neuron)).milliseconds;
    const rows = await compare(instance.name, cases, ours, contenders, slow);
    tables.push([instance.name, rows]);
    const size = (key) => mean(cases.map((each) => each[key].m)).toFixed(0);
    const spikes = mean(cases.map((each) => each.signs.length)).toFixed(0);
    sections.push(
      `### ${instance.name}\n\n${cases.length} neurons, on average ${spikes} spikes a period; ` +
        `${size('active')} active rows, ${size('all')} rows in all.\n\n${comparisonTable(rows)}`,
    );
  }
  const summary = (start) =>
    summaryTable(
      tables.map(([name, rows]) => [name, rows.filter((row) => !row.name.startsWith('ours'))]),
      start,
    );
  return [
    'Ours starts from nothing, with all its rounds and scans. How many times as long the others take (in bold where ' +
      'they are faster) that are handed the active rows of the answer at once:',
    summary('the active rows'),
    'That are handed all rows which our run has generated:',
    summary('all rows of our run'),
    'With rounds of their own:',
    summary('its own rounds'),
    ...sections,
  ].join('\n\n');
}
