/** What the comparison may be asked, and the tasks that follow from it. */
import { z } from 'zod';
import { EngramError } from '../../../src/core/index.js';
import { count, positive, seed, share } from '../../common/config.js';
import { delays, noises } from '../common/config.js';

/** Margin and slope of a template other than the common one. */
const demands = z.strictObject({ margin: positive, slope: z.number().min(0) });
const name = z.string().min(1);
const optimizer = z.enum(['adam', 'rmaxprop']);
/** Learning rates at the begin and at the end, as shares of the weight bound. */
const rates = { optimizer, rate: positive, finalRate: positive };
/** Epochs at most; a budget of multiply-adds may allow fewer, and schedules are stretched over those. */
const epochs = count;

const methods = z.discriminatedUnion('method', [
  z.strictObject({ name, method: z.literal('convex'), template: demands.optional(), soft: z.boolean() }),
  z.strictObject({
    name,
    method: z.literal('hinge'),
    template: demands.optional(),
    epochs,
    ...rates,
    penalty: positive,
    finalPenalty: positive,
  }),
  z.strictObject({
    name,
    method: z.literal('superspike'),
    epochs,
    ...rates,
    steepness: positive,
    noise: z.number().min(0).lt(1),
    draws: count,
  }),
  z.strictObject({ name, method: z.literal('fp'), epochs, rate: positive, tolerance: positive.max(0.5) }),
  z.strictObject({
    name,
    method: z.literal('eventprop'),
    /** The method whose weights it begins with; what that has cost counts. */
    from: name,
    epochs,
    step: z.enum(['newton', 'adam']),
    rate: positive,
    finalRate: positive,
    forced: z.boolean(),
    periods: count,
  }),
  z.strictObject({
    name,
    method: z.literal('bptt'),
    /** The method whose weights it begins with, if any. */
    from: name.optional(),
    epochs,
    rate: positive,
    finalRate: positive,
    steepness: positive,
    gain: share,
    noise: z.number().min(0).lt(1),
    hold: share,
    release: share,
    dt: positive,
    periods: count,
  }),
]);

export type Method = z.infer<typeof methods>;

/** Multiples of the solver's own count of multiply-adds; null: no budget, the cap on epochs alone. */
const budgets = z.array(positive.nullable()).min(1);

export const schema = z.strictObject({
  seed,
  activity: positive,
  delays,
  /** The template of the convex method and of the regression on it; its bound is max(least, perInput / K). */
  template: z.strictObject({ ...demands.shape, zone: positive.max(0.5) }),
  bound: z.strictObject({ least: positive, perInput: positive }),
  /** How near to its time a spike has to be to be counted as right where timing is not scored, as FP learning has it. */
  tolerance: positive.max(0.5),
  methods: z
    .array(methods)
    .min(1)
    .refine((list) => new Set(list.map((method) => method.name)).size === list.length, 'two methods have one name'),
  /** Protocol P0: single neurons that hear the prescribed trains. */
  neurons: z
    .strictObject({
      methods: z.array(name).min(1),
      /** Channels of a score, and how many of them learn. */
      channels: count,
      learners: count,
      inputs: z.array(count).min(1),
      /** T / K: refractory periods per synapse. */
      loads: z.array(positive).min(1),
      seeds: count,
      budgets,
      noises,
      /** Periods that are judged under noise. */
      periods: count,
    })
    .refine(({ noises: list }) => list.includes(0), 'what is learned is judged without noise: noises must contain 0')
    .nullable(),
  /** Protocols P0 to P3: whole networks. */
  networks: z
    .strictObject({
      methods: z.array(name).min(1),
      channels: count,
      inputs: count,
      loads: z.array(positive).min(1),
      seeds: count,
      budgets,
      noises,
      /** Noise at which success is judged, and of recall. */
      noise: z.number().min(0).lt(1),
      /** Free periods of a replay. */
      periods: count,
      trials: count,
      recall: z.strictObject({ prompt: share, prompted: count, free: count, trials: count }),
      perturbed: z.strictObject({
        jitters: z.array(positive),
        deleted: z.array(share),
        periods: count,
        trials: count,
      }),
    })
    .refine(
      ({ noises: list, noise }) => list.includes(noise),
      'the noise at which success is judged must be one of noises',
    )
    .nullable(),
});

export type Config = z.infer<typeof schema>;
export type Part = 'neurons' | 'networks';

export interface Task {
  part: Part;
  inputs: number;
  load: number;
  seed: number;
  method: string;
}

/** Throws `usage` where a method is named that the configuration does not have. */
export function tasksOf(config: Config): Task[] {
  const { neurons, networks } = config;
  for (const { name, ...method } of config.methods) {
    if ('from' in method && typeof method.from === 'string') methodNamed(config, method.from);
  }
  for (const wanted of [neurons, networks]) for (const name of wanted?.methods ?? []) methodNamed(config, name);
  const of = (
    part: Part,
    inputs: number,
    { loads, seeds, methods: names }: NonNullable<Config['neurons' | 'networks']>,
  ) =>
    loads.flatMap((load) =>
      Array.from({ length: seeds }, (_, number) =>
        names.map((method): Task => ({ part, inputs, load, seed: number, method })),
      ).flat(),
    );
  return [
    ...(neurons ? neurons.inputs.flatMap((inputs) => of('neurons', inputs, neurons)) : []),
    ...(networks ? of('networks', networks.inputs, networks) : []),
  ];
}

export const boundFor = ({ bound }: Pick<Config, 'bound'>, inputs: number): number =>
  Math.max(bound.least, bound.perInput / inputs);

export function methodNamed({ methods: list }: Config, wanted: string): Method {
  const found = list.find((method) => method.name === wanted);
  if (!found) {
    const names = list.map((method) => method.name).join(', ');
    throw new EngramError('usage', `there is no method "${wanted}" in the configuration; there are ${names}`);
  }
  return found;
}
