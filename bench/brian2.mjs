// node bench/brian2.mjs [python with brian2 2.9 and a C++ compiler] [neurons] (after npm run build): the calendar beside Brian2's C++ standalone on the same
// LIF network (K = 100, CSR, one thread, spikes recorded by both), in turns; processor time of the run alone, spikes per second, ratios.
// python -m pip install "brian2==2.9.0" "numpy<2"
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { npyBytes } from '../dist/src/files/index.js';
import { drawnStart, generated, inMemory, lif, startSession } from '../dist/src/sparseprop/index.js';
import { median } from './measure.mjs';

const [K, DRIVE, WEIGHT, TAU, TURNS] = [100, 0.1, -0.1, 0.01, 3];
const python = process.argv[2] ?? 'python3';
const folder = mkdtempSync(join(tmpdir(), 'engram-brian2-'));
const said = (command, args, cwd = folder) => {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr.slice(-2000)}`);
  return stdout;
};

/** Spikes per second of processor time of a turn of each, and their ratio. */
function compare(n, dt, seconds) {
  const circuit = {
    neuron: lif,
    drives: DRIVE,
    connectivity: inMemory(generated({ neurons: n, degree: K, weight: WEIGHT, seed: 1 })),
  };
  const { starts, targets } = circuit.connectivity;
  const first = startSession(circuit, drawnStart(circuit, 1));
  first.skip({ spikes: 5 * n });
  const offset = first.time();
  const start = first.next().map((time) => time - offset);
  const sources = Int32Array.from(targets);
  for (let j = 0; j < n; j++) sources.fill(j, starts[j], starts[j + 1]);
  const arrays = {
    voltages: start.map((r) => lif.voltage(r, DRIVE)),
    sources,
    targets: Int32Array.from(targets),
    constants: Float64Array.of(TAU, DRIVE, WEIGHT),
  };
  for (const [name, values] of Object.entries(arrays)) {
    const dtype = values instanceof Float64Array ? 'f8' : 'i4';
    writeFileSync(join(folder, `${name}.npy`), npyBytes({ dtype, shape: [values.length], values }));
  }
  const build = join(folder, `build-${n}-${dt}`);
  said(python, [new URL('brian2-program.py', import.meta.url).pathname, folder, build, String(dt), String(seconds)]);
  const rates = { ours: [], brian2: [] };
  const counts = {};
  for (let turn = 0; turn < TURNS; turn++) {
    const [spikes, spent] = said(join(build, 'main'), [], build).trim().split('\n').at(-1).split(' ').map(Number);
    rates.brian2.push(spikes / spent / 1e3);
    const session = startSession(circuit, start, { queue: 'calendar' });
    const before = process.cpuUsage();
    const { times } = session.record({ until: seconds / TAU });
    rates.ours.push((times.length * 1e3) / process.cpuUsage(before).user);
    Object.assign(counts, { brian2: spikes, ours: times.length });
  }
  const [ours, brian2] = [median(rates.ours), median(rates.brian2)];
  console.log(
    `N = ${n}, dt = ${dt * 1e3} ms, ${seconds} s: ${counts.ours} exact spikes, ${counts.brian2} of Brian2; calendar ${ours.toFixed(0)}, Brian2 ${brian2.toFixed(0)} thousand spikes per second: ${(ours / brian2).toFixed(1)} x`,
  );
}

try {
  for (const n of process.argv[3] ? [Number(process.argv[3])] : [10000, 100000]) {
    compare(n, 1e-4, n === 10000 ? 4 : 0.5);
    compare(n, 1e-5, n === 10000 ? 2 : 0.1);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
