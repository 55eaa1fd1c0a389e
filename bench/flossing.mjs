// node bench/flossing.mjs (after npm run build): processor time of an epoch on the task and of a flossing update, N = 80, batch 16, beside native code
// of the same (C, one core of a quiet machine), in milliseconds.
import { advanceFlossing, DEFAULTS, flossOnly, startFlossing } from '../dist/src/flossing/index.js';
import { median } from './measure.mjs';

const NATIVE = { task: { 60: 2.7, 300: 14 }, flossing: { 1: 4, 16: 9, 32: 18, 75: 61 } };
const spent = (work) => {
  const before = process.cpuUsage();
  work();
  return process.cpuUsage(before).user / 1e3;
};
const said = (what, per, native) =>
  console.log(`${what}: ${per.toFixed(1)} ms (native ${native}: ${(per / native).toFixed(1)} x)`);

for (const [steps, native] of Object.entries(NATIVE.task)) {
  // Epoch 0 of so many is looked at more closely, and left out.
  const settings = { ...DEFAULTS, steps: Number(steps), delay: 9, epochs: 1e5, seed: 1 };
  const trained = startFlossing(settings);
  advanceFlossing(trained, settings, 100);
  const turns = Array.from({ length: 7 }, () => {
    const until = trained.epoch + 20;
    return spent(() => advanceFlossing(trained, settings, until)) / 20;
  });
  said(`task, ${steps} steps`, median(turns), native);
}
for (const [k, native] of Object.entries(NATIVE.flossing)) {
  const settings = { ...DEFAULTS, exponents: Number(k), mode: 'pre', seed: 1 };
  const trained = startFlossing(settings);
  flossOnly(trained, settings, 50);
  const turns = Array.from({ length: 7 }, () => spent(() => flossOnly(trained, settings, 10)) / 10);
  said(`flossing, k = ${k}`, median(turns), native);
}
