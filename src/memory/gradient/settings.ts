/** The settings of each method where nothing else is asked; learning rates are shares of the weight bound. */
import type { BpttSettings } from './bptt.js';
import type { EventPropSettings } from './eventprop.js';
import type { FlossSettings } from './floss.js';
import type { FpSettings } from './fp.js';
import type { HingeSettings } from './hinge.js';
import type { SuperSpikeSettings } from './superspike.js';

export const neuronDefaults = {
  superspike: {
    method: 'superspike',
    epochs: 1000,
    optimizer: 'adam',
    rate: 0.03,
    finalRate: 1e-4,
    steepness: 3,
    noise: 0.15,
    draws: 4,
  } satisfies SuperSpikeSettings as SuperSpikeSettings,
  hinge: {
    method: 'hinge',
    epochs: 3000,
    optimizer: 'adam',
    rate: 0.02,
    finalRate: 1e-4,
    penalty: 10,
    finalPenalty: 1e3,
  } satisfies HingeSettings as HingeSettings,
  fp: { method: 'fp', epochs: 10000, rate: 0.02, tolerance: 0.1 } satisfies FpSettings as FpSettings,
};

export const networkDefaults = {
  bptt: {
    method: 'bptt',
    epochs: 2000,
    rate: 0.01,
    finalRate: 1e-4,
    steepness: 10,
    gain: 0.1,
    noise: 0.1,
    hold: 0.5,
    release: 0.8,
    dt: 0.05,
    periods: 1,
  } satisfies BpttSettings as BpttSettings,
  eventprop: {
    method: 'eventprop',
    epochs: 50,
    step: 'newton',
    rate: 0.003,
    finalRate: 1e-5,
    forced: true,
    periods: 1,
  } satisfies EventPropSettings as EventPropSettings,
  floss: {
    method: 'floss',
    epochs: 30,
    exponent: 0,
    exponents: 1,
    periods: 20,
  } satisfies FlossSettings as FlossSettings,
};
