/** Properties are drawn from a fixed seed, so that a run can be repeated; ENGRAM_SEED draws others. */
import fc from 'fast-check';

fc.configureGlobal({ seed: Number(process.env.ENGRAM_SEED ?? 1) });
