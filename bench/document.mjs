// docs/benchmarks.md: fixed words here, and sections that the runs fill in. A run replaces its own sections and leaves
// those of other runs as they are.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';

const DOCUMENT = fileURLToPath(new URL('../docs/benchmarks.md', import.meta.url));
const FIGURE = fileURLToPath(new URL('../docs/figures/benchmarks-scaling.svg', import.meta.url));

const words = (section) => `# Benchmarks

All numbers on this page are written by two commands, which replace their own sections:

    npm run bench
    npm run bench:native -- python3

The first needs Node only. The second needs Python with the packages of \`bench/native/requirements.txt\`, or some of
them (it says which are missing); further interpreters can follow as \`name=path\`, for other builds of the same
packages: *compiled here* is DAQP from its source package, \`CFLAGS="-O3 -march=native" pip install --no-binary daqp
daqp\`, which is faster than the wheel. \`npm run bench -- scaling\` runs one part (\`programs\`, \`rows\`, \`scaling\`, \`simulator\`).

**How it is measured.** Everything runs on one thread. Every measurement of a code follows one of ours on the same
case, and the table gives the median of these ratios; absolute times vary with what else the machine does. Short
runs are repeated three times and the median counts. Preparing the data in the form that a code wants is not counted,
setup and solve are; for DAQP the lesser of the wall clock and its own timer counts. A code that takes longer than
5 seconds for one solve is not tried on larger instances, and 10 seconds are a failure where a code can be told.
Slow codes run fewer times: none is started anew on an instance on which it has spent 2.5 seconds.

**What is solved.** minimize half the squared length of the weights under rows and bounds: the program of a neuron
([theory](theory.md)), named inputs / period / hazard; a hazard *h* is the activity *h* e^*h* of the score sampler.
Ours runs

- *from nothing*: it sets up the program, makes rounds, scans the potential exactly after each, to 1e-9; *verified*
  adds the independent judge, as \`memorize\` does;
- *warm*: handed the cuts that are active in the answer, it scans all the same until nothing is violated;
- *rows only*: handed rows as numbers, it only solves.

The others know no template. They get the rows that are active in the answer, which is as much help as anyone could
give them; or all rows that our run has generated; or they make rounds of their own, beginning with the rows that ours
begins with, one row for every violated run, to a violation of 1e-6 (easier than ours), each round solved from scratch.

**Where ours loses** stands in bold in the summaries, and that is against DAQP. Handed the rows, DAQP is faster on small
programs; compiled for the machine, with instructions that WebAssembly does not have, it is two to four times as fast there, and a little
faster, or about as fast, on those of 1000 and 2000 inputs. With rounds of its own it is slower, compiled as fast on the smallest. On problems without structure it is faster up to a few hundred variables,
by far on the smallest, where setting up ours costs more than solving; there PIQP, \`quadprog\` and Clarabel can be
faster too.

**What counts as an answer.** The same judge for all (\`solvers/verify.ts\`) takes the residual of the optimality
conditions on the rows that were handed over, relative to 1 + the largest weight, multiplier or right-hand side.
All codes are asked for 1e-9 where they take a tolerance: DAQP's primal tolerance; feasibility and gap of PIQP and
Clarabel; SCS, OSQP (with polishing) and ProxQP absolute (SCS relative too); HiGHS's feasibilities, its
regularization set to zero. \`quadprog\` takes none. A code whose own tolerance speaks of other norms may think itself
done and miss ours: the tables say so in bold. In the summaries, *not all right* means that some answers missed 1e-9 or
that the code gave up on some cases, *none* that it has no answer or was not tried. \`quadprog\` does not tell the signs of multipliers of equalities;
they are taken from ours.

## Programs of neurons, codes in JavaScript and WASM

${section('programs')}

## Programs of neurons, native codes

${section('native-programs')}

## Problems without structure, codes in JavaScript and WASM

Random rows, all there from the start. Ours is \`solveMinNorm\` of \`engram/solvers\` as a user calls it: a fresh
WASM memory, copies and the judge are in its time. On the smallest problems that is nearly all of it.

${section('rows')}

## Problems without structure, native codes

${section('native-rows')}

## Scaling

![Time per neuron against inputs, period and activity](figures/benchmarks-scaling.svg)

One neuron from nothing, without the judge.

${section('scaling')}

## Simulator

${section('simulator')}
`;

const mark = (name) => [`<!-- bench: ${name} -->`, `<!-- end of bench: ${name} -->`];

/** Replaces sections of the document: { name: Markdown }. */
export function writeSections(sections) {
  const old = existsSync(DOCUMENT) ? readFileSync(DOCUMENT, 'utf8') : '';
  const kept = (name) => {
    const [begin, end] = mark(name);
    const from = old.indexOf(begin);
    return from < 0 ? 'Not measured yet.' : old.slice(from + begin.length, old.indexOf(end)).trim();
  };
  const section = (name) => {
    const [begin, end] = mark(name);
    return `${begin}\n\n${sections[name] ?? kept(name)}\n\n${end}`;
  };
  writeFileSync(DOCUMENT, words(section));
}

export const writeFigure = (svg) => writeFileSync(FIGURE, svg);

/** What ran where, in a line. */
export function machineLine(command, more = []) {
  const load = loadavg()[0].toFixed(1);
  const machine = `${cpus()[0].model.trim()}, ${availableParallelism()} cores, load ${load}`;
  return `*\`${command}\` on ${[machine, `Node ${process.versions.node}`, ...more].join('; ')}.*`;
}
