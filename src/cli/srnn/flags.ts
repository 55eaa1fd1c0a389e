/**
 * The flags of the original, as data: under which module of parameters.json each stands, which setting it is, and how it is typed. Booleans are typed
 * `--x`, `--nox`, `--x=True`, `--x True`; names with dashes are taken as well.
 */
import { integer, type OptionSpec, option, type Parser, path } from '../../app/index.js';
import { EngramError } from '../../core/index.js';
import { DEFAULTS, type SrnnSettings } from '../../srnn/index.js';

export type Value = number | boolean | string;

export interface Flag {
  readonly name: string;
  readonly module: 'network' | 'task' | 'training' | 'program';
  readonly about: string;
  readonly kind: 'integer' | 'number' | 'boolean' | 'text' | readonly string[];
  readonly byDefault: Value;
}

const flag = (module: Flag['module'], name: string, kind: Flag['kind'], byDefault: Value, about: string): Flag => ({
  name,
  module,
  about,
  kind,
  byDefault,
});

const { task } = DEFAULTS;

/** In the order of the help. */
export const FLAGS: readonly Flag[] = [
  flag('network', 'hidden_size', 'integer', DEFAULTS.neurons, 'neurons N'),
  flag('network', 'dale', 'boolean', DEFAULTS.dale, 'whether a neuron only excites or only inhibits'),
  flag('network', 'ei_ratio', 'number', DEFAULTS.excitatory, 'share of excitatory neurons'),
  flag('network', 'beta', 'number', DEFAULTS.beta, 'adaptation: rise of the threshold, in V'),
  flag('network', 'sfa_ratio', 'number', DEFAULTS.adapting, 'share of neurons that adapt'),
  flag('network', 'rho', 'number', DEFAULTS.radius, 'spectral radius of the weights at the start'),
  flag('network', 'current_base_scale', 'number', DEFAULTS.baseScale, 'factor of the base currents'),
  flag('network', 'current_base_lower', 'number', DEFAULTS.baseLower, 'least base current'),
  flag('network', 'current_base_upper', 'number', DEFAULTS.baseUpper, 'largest base current'),
  flag('network', 'current_base_mu', 'number', DEFAULTS.baseMean, 'mean of the base currents'),
  flag('network', 'current_base_sigma', 'number', DEFAULTS.baseDeviation, 'deviation of the base currents'),
  flag('network', 'rand_current_std', 'number', DEFAULTS.walkNoise, 'deviation of a step of their walk'),
  flag('network', 'rand_voltage_std', 'number', DEFAULTS.voltageNoise, 'noise of the voltage, V per root of a second'),
  flag('network', 'rand_walk_alpha', 'number', DEFAULTS.walk, 'what the walk keeps in a step'),
  flag('network', 'rho_reset', 'number', DEFAULTS.refractory, 'silent steps after a spike'),
  flag(
    'network',
    'tau_ex_syn_inv',
    'number',
    DEFAULTS.synapseE,
    '1 / synaptic time constant of excitatory neurons, per s',
  ),
  flag('network', 'tau_ih_syn_inv', 'number', DEFAULTS.synapseI, 'the same of inhibitory ones'),
  flag('network', 'tau_mem_inv', 'number', DEFAULTS.membrane, '1 / membrane time constant'),
  flag('network', 'tau_adaptation_inv', 'number', DEFAULTS.adaptation, '1 / time constant of the adaptation'),
  flag('network', 'R', 'number', DEFAULTS.resistance, 'resistance'),
  flag('network', 'v_leak', 'number', DEFAULTS.leak, 'leak voltage, in V'),
  flag('network', 'v_th', 'number', DEFAULTS.threshold, 'threshold at rest'),
  flag('network', 'v_reset', 'number', DEFAULTS.reset, 'voltage after a spike'),
  flag(
    'network',
    'sg_gradient',
    ['super', 'heaviside', 'tanh', 'circ', 'tent', 'logistic'],
    'super',
    'surrogate derivative; only super trains',
  ),
  flag('network', 'alpha', 'number', DEFAULTS.sharpness, 'its sharpness, per V'),
  flag(
    'network',
    'counter',
    ['attached', 'detached'],
    DEFAULTS.counter,
    'detached: gradients do not pass through the refractory counter',
  ),
  flag(
    'network',
    'readout',
    ['late', 'early'],
    DEFAULTS.readout,
    'early: the readout sees spikes of its own step (norse after 0.0.3)',
  ),
  flag('task', 'dt', 'number', task.dt, 'step, in s'),
  flag('task', 'cueing_context_num', 'integer', task.cues, 'pairs of cues, 1 or 2'),
  flag('task', 'fixation', 'number', task.fixation, 'fixation, in s'),
  flag('task', 'cueing', 'number', task.cue, 'cue, in s'),
  flag('task', 'cueing_delay', 'number', task.delay, 'delay, in s'),
  flag('task', 'stimulus', 'number', task.stimulus, 'stimuli, in s'),
  flag('task', 'decision', 'number', task.decision, 'time after the stimuli, in s'),
  flag('task', 'mix_coh', 'number', task.coherence, 'coherence of the cues, 0 to 1'),
  flag('task', 'if_base_line', 'boolean', DEFAULTS.baseline, 'show nothing at all'),
  flag('training', 'epochs', 'integer', DEFAULTS.epochs, 'epochs'),
  flag('training', 'batch_num', 'integer', DEFAULTS.batches, 'batches of an epoch'),
  flag('training', 'batch_size', 'integer', DEFAULTS.batch, 'trials of a batch'),
  flag('training', 'optimizer', ['adam', 'sgd'], DEFAULTS.optimizer, 'optimizer'),
  flag('training', 'learning_rate', 'number', DEFAULTS.rate, 'learning rate'),
  flag(
    'training',
    'schedule',
    ['constant', 'cosine'],
    DEFAULTS.schedule,
    'cosine: the rate falls to 0 over all batches',
  ),
  flag('training', 'adam_eps', 'number', DEFAULTS.epsilon, 'what Adam adds to the root'),
  flag(
    'training',
    'draw',
    ['uniform', 'balanced'],
    DEFAULTS.draw,
    'balanced: every condition equally often in a batch',
  ),
  flag('training', 'loss_fun', ['mse', 'nll'], 'mse', 'loss; nll is unusable in the original and refused'),
  flag('training', 'loss_step', 'integer', DEFAULTS.lossSteps, 'last readouts that the loss takes'),
  flag('training', 'l2_reg', 'boolean', false, 'penalize recurrent weights'),
  flag('training', 'l2_reg_value', 'number', 1e-3, 'strength of that'),
  flag('training', 'fr_reg', 'boolean', true, 'penalize rates'),
  flag('training', 'fr_reg_value', 'number', DEFAULTS.rates, 'strength of that'),
  flag('training', 'clip_grad', 'boolean', false, 'clip the norm of the gradient'),
  flag('training', 'grad_clip_value', 'number', 1.5, 'largest norm'),
  flag('training', 'clip_weights', 'boolean', false, 'clip recurrent weights'),
  flag('training', 'weights_clip_value', 'number', 1, 'their largest size'),
  flag('training', 'freeze_recurrent', 'boolean', DEFAULTS.frozen, 'leave recurrent weights as drawn'),
  flag('training', 'early_stop', 'boolean', DEFAULTS.early, 'stop when ten epochs have not improved the tests'),
  flag('program', 'train', 'boolean', true, 'does nothing, as in the original'),
  flag('program', 'log_interval', 'integer', 50, 'batches of a row of scalars.csv'),
  flag('program', 'save_model', 'boolean', true, 'write checkpoints on the way'),
  flag('program', 'model_save_interval', 'integer', 5, 'epochs from one to the next'),
  flag('program', 'only_test', 'boolean', false, 'test a loaded network instead'),
  flag('program', 'load', 'boolean', false, 'begin with the network of --load_path'),
  flag('program', 'load_path', 'text', '', 'checkpoint'),
  flag('program', 'do_plot', 'boolean', true, 'draw figures'),
  flag('program', 'save_recording', 'boolean', false, 'write recordings of the tests'),
];

const BOOLEANS = new Set(FLAGS.filter(({ kind }) => kind === 'boolean').map(({ name }) => name));
const NAMES = new Set(FLAGS.map(({ name }) => name));
const WORDS: Record<string, boolean> = {
  true: true,
  t: true,
  1: true,
  yes: true,
  false: false,
  f: false,
  0: false,
  no: false,
};

/** Arguments in their one spelling: `--x=True` for booleans, underscores in the names of these flags. */
export function spelled(args: readonly string[]): string[] {
  const out: string[] = [];
  for (let k = 0; k < args.length; k++) {
    const [, dashed = '', value] = /^--([^=]+)(?:=(.*))?$/s.exec(args[k]) ?? [];
    const name = dashed.replaceAll('-', '_');
    const denied = name.startsWith('no') && BOOLEANS.has(name.slice(2)) && value === undefined ? name.slice(2) : '';
    if (denied) out.push(`--${denied}=False`);
    else if (BOOLEANS.has(name) && value === undefined) {
      const next = WORDS[(args[k + 1] ?? '').toLowerCase()];
      out.push(`--${name}=${next === undefined || next ? 'True' : 'False'}`);
      if (next !== undefined) k++;
    } else if (NAMES.has(name)) out.push(value === undefined ? `--${name}` : `--${name}=${value}`);
    else out.push(args[k]);
  }
  return out;
}

const boolean: Parser<boolean> = (text, flag) => {
  const value = WORDS[text.toLowerCase()];
  if (value === undefined) throw new EngramError('usage', `${flag} must be True or False; got "${text}"`);
  return value;
};

const decimal: Parser<number> = (text, flag) => {
  const value = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
  if (!Number.isFinite(value)) throw new EngramError('usage', `${flag} must be a number; got "${text}"`);
  return value;
};

const PARSERS = { integer: integer(0), number: decimal, boolean, text: path } as const;

/** Of the flags of the network those that are of its beginning or its training: one that is trained already does not change with them. */
const UNTRAINED = new Set([
  ...['sfa_ratio', 'rho', 'current_base_lower', 'current_base_upper', 'current_base_mu', 'current_base_sigma'],
  ...['sg_gradient', 'alpha', 'counter'],
]);

/** Flags that change what a trained network does. */
export const optionsOfTrained = (): OptionSpec[] =>
  optionsFor(['network', 'task']).filter(({ flags }) => !UNTRAINED.has(flags.slice(2).split(' ')[0]));

/** Flags as options; without a default of their own, so that a recipe knows what was asked. */
export function optionsFor(modules: readonly Flag['module'][]): OptionSpec[] {
  return FLAGS.filter(({ module }) => modules.includes(module)).map(({ name, kind, about, byDefault }): OptionSpec => {
    const shown = kind === 'boolean' ? (byDefault ? 'True' : 'False') : `${byDefault}`;
    const told = shown === '' ? about : `${about} (default: ${shown})`;
    const argument =
      typeof kind !== 'string' ? '<name>' : kind === 'boolean' ? '<bool>' : kind === 'text' ? '<file>' : '<n>';
    const parse = typeof kind === 'string' ? (PARSERS[kind] as Parser<unknown>) : undefined;
    const spec = { ...option(`--${name} ${argument}`, told, parse), reads: name === 'load_path' };
    return typeof kind === 'string' ? spec : { ...spec, choices: kind };
  });
}

export type Given = Readonly<Partial<Record<string, Value>>>;

/** All flags with their values: those given, those of a recipe, or the defaults. */
export const completed = (given: Given, recipe: Given = {}): Record<string, Value> =>
  Object.fromEntries(FLAGS.map(({ name, byDefault }) => [name, given[name] ?? recipe[name] ?? byDefault]));

/** Settings, of a seed. Throws `usage` for what the original names and cannot do. */
export function settingsFrom(flags: Readonly<Record<string, Value>>, seed: number): SrnnSettings {
  const f = flags as Record<string, never>;
  if (flags.loss_fun === 'nll') {
    throw new EngramError(
      'usage',
      '--loss_fun nll is not offered: in the original it compares readouts with no probabilities; take mse',
    );
  }
  if (flags.sg_gradient !== 'super') {
    throw new EngramError(
      'usage',
      `--sg_gradient ${flags.sg_gradient} does not train: with the sharpness of the flags all but super fail in the original; take super`,
    );
  }
  return {
    neurons: f.hidden_size,
    dale: f.dale,
    excitatory: f.ei_ratio,
    beta: f.beta,
    adapting: f.sfa_ratio,
    radius: f.rho,
    baseScale: f.current_base_scale,
    baseLower: f.current_base_lower,
    baseUpper: f.current_base_upper,
    baseMean: f.current_base_mu,
    baseDeviation: f.current_base_sigma,
    walkNoise: f.rand_current_std,
    walk: f.rand_walk_alpha,
    voltageNoise: f.rand_voltage_std,
    refractory: f.rho_reset,
    synapseE: f.tau_ex_syn_inv,
    synapseI: f.tau_ih_syn_inv,
    membrane: f.tau_mem_inv,
    adaptation: f.tau_adaptation_inv,
    resistance: f.R,
    leak: f.v_leak,
    threshold: f.v_th,
    reset: f.v_reset,
    sharpness: f.alpha,
    counter: f.counter,
    readout: f.readout,
    epochs: f.epochs,
    batches: f.batch_num,
    batch: f.batch_size,
    optimizer: f.optimizer,
    rate: f.learning_rate,
    schedule: f.schedule,
    epsilon: f.adam_eps,
    draw: f.draw,
    lossSteps: f.loss_step,
    l2: f.l2_reg ? f.l2_reg_value : 0,
    rates: f.fr_reg ? f.fr_reg_value : 0,
    clipGradient: f.clip_grad ? f.grad_clip_value : Number.POSITIVE_INFINITY,
    clipWeights: f.clip_weights ? f.weights_clip_value : Number.POSITIVE_INFINITY,
    early: f.early_stop,
    frozen: f.freeze_recurrent,
    task: {
      dt: f.dt,
      fixation: f.fixation,
      cue: f.cueing,
      delay: f.cueing_delay,
      stimulus: f.stimulus,
      decision: f.decision,
      cues: f.cueing_context_num,
      coherence: f.mix_coh,
    },
    baseline: f.if_base_line,
    seed,
  };
}

/** parameters.json: flags by module, and the seed. */
export function parametersText(flags: Readonly<Record<string, Value>>, seed: number): string {
  const modules = [...new Set(FLAGS.map(({ module }) => module))];
  const of = (module: string) =>
    Object.fromEntries(FLAGS.filter((known) => known.module === module).map(({ name }) => [name, flags[name]]));
  return `${JSON.stringify({ ...Object.fromEntries(modules.map((module) => [module, of(module)])), seed }, null, 2)}\n`;
}

/** The flags of a parameters.json, and the seed. Throws `input` for another file. */
export function readParameters(text: string, file: string): { flags: Record<string, Value>; seed: number } {
  const fail = (problem: string): never => {
    throw new EngramError('input', `${file}: ${problem}; take parameters.json of engram srnn train`);
  };
  let json: Record<string, unknown>;
  try {
    json = JSON.parse(text) as Record<string, unknown>;
  } catch {
    return fail('not JSON');
  }
  const flags: Record<string, Value> = {};
  for (const { name, module, byDefault } of FLAGS) {
    const value = (json[module] as Record<string, unknown> | undefined)?.[name];
    if (typeof value !== typeof byDefault) fail(`${module}.${name} must be a ${typeof byDefault}; got ${value}`);
    flags[name] = value as Value;
  }
  if (!Number.isSafeInteger(json.seed)) fail(`seed must be a whole number; got ${json.seed}`);
  return { flags, seed: json.seed as number };
}
