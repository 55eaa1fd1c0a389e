// npm run bench: all that needs only Node, ours and its peers interleaved in one process, and docs/benchmarks.md.
//   npm run bench                  every part
//   npm run bench -- scaling       one part: programs, rows, scaling or simulator
//   npm run bench -- simulation    noise, long runs, measures, the spectrum; printed only
//   npm run bench -- models        neurons of every model; printed only
import { machineLine, writeFigure, writeSections } from './document.mjs';
import { benchModels } from './models.mjs';
import { comparePrograms } from './parts/programs.mjs';
import { compareRows } from './parts/rows.mjs';
import { benchScaling } from './parts/scaling.mjs';
import { benchSimulator, networkAtHand } from './parts/simulator.mjs';
import * as highs from './peers/highs.mjs';
import * as quadprog from './peers/quadprog.mjs';
import * as scs from './peers/scs.mjs';
import { benchSimulation } from './simulation.mjs';

const log = (text) => console.error(text);
const peers = [quadprog, highs, scs];

const parts = {
  scaling: async () => {
    const { text, figure } = await benchScaling(log);
    writeFigure(figure);
    return text;
  },
  simulator: async () => benchSimulator(),
  rows: () => compareRows(peers, log),
  programs: () => comparePrograms(peers, log),
};

const [only] = process.argv.slice(2);
if (only === 'simulation') {
  benchSimulation(networkAtHand());
  process.exit();
}
if (only === 'models') {
  benchModels(50, 500, 40);
  benchModels(200, 2000, 8);
  process.exit();
}
if (only && !parts[only]) throw new Error(`no part ${only}; there are ${Object.keys(parts).join(', ')}`);
for (const name of only ? [only] : Object.keys(parts)) {
  const line = machineLine('npm run bench');
  const text = await parts[name]();
  console.log(`${text}\n`);
  writeSections({ [name]: `${line}\n\n${text}` });
}
