/** `memorize recall --find-smallest`: how few channels, and how short a prompt, call the memory back. */
import { formatTime } from '../../core/index.js';
import {
  findSmallest,
  isDeterministic,
  ofSize,
  outcomeJob,
  type RecallTest,
  type SmallestSize,
  type TrialPlan,
  type TriedSize,
  WANTED,
} from '../../memory/measure/index.js';
import type { CurvePanel } from '../../plot/index.js';
import { type AskedPrompt, describeChannels } from './prompt.js';
import type { NetworkFindings, NetworkRun } from './run-on-network.js';

export const SMALLEST_NAMES = ['smallest.svg', 'smallest.csv'] as const;

type SearchRun = NetworkRun<(typeof SMALLEST_NAMES)[number]>;

/** What is looked for, at one noise. */
interface Found {
  noise: number;
  channels: SmallestSize;
  /** Sizes are in refractory periods. */
  time: SmallestSize;
}

/** What is tried: everything of a test but its noises and its prompt. */
type Base = Omit<RecallTest, 'trials' | 'promptTime' | 'course'>;

/** @param noisy whether the network has noise besides that of the thresholds */
export async function searchSmallest(
  run: SearchRun,
  base: Base,
  prompt: AskedPrompt,
  noises: readonly number[],
  { trials, noisy }: { trials: number; noisy: boolean },
): Promise<Pick<NetworkFindings, 'summary' | 'figures'>> {
  const { stored, channels, screen } = run;
  const { score, tau0 } = stored;
  const time = prompt.time ?? score.period;
  const { prompt: who } = prompt.plan;
  const most = typeof who === 'object' && 'list' in who ? who.list.length : channels;
  const longest = Math.max(1, Math.ceil(time));
  const steps = (size: number) => Math.ceil(Math.log2(size)) + 1;
  const advance = screen.progress('search', noises.length * (steps(most) + steps(longest)));
  const found: Found[] = [];
  for (const noise of noises) {
    const fixed = !noisy && isDeterministic({ ...prompt.plan, noise });
    const search = async (
      largest: number,
      testOf: (size: number) => { plan: Omit<TrialPlan, 'noise'>; promptTime: number },
    ) => {
      const result = await findSmallest(
        largest,
        (size, from, to) => succeed(run, base, noise, testOf(size), from, to),
        { trials, fixed },
      );
      result.tried.forEach(() => advance());
      return result;
    };
    const few = await search(most, (size) => ({
      plan: { ...prompt.plan, prompt: ofSize(who, size) },
      promptTime: time,
    }));
    const short = await search(longest, (size) => ({ plan: prompt.plan, promptTime: Math.min(size, time) }));
    // In whole refractory periods, but never longer than what was asked for.
    const played = (one: TriedSize) => ({ ...one, size: Math.min(one.size, time) });
    found.push({ noise, channels: few, time: mapped(short, played) });
  }
  screen.stop();
  report(run, found, prompt, time);
  run.write('smallest.csv', triedCsv(found, tau0));
  run.write('smallest.svg', await draw(found, channels, tau0));
  const told = (size: TriedSize | undefined, unit: number) => (size ? { ...size, size: size.size * unit } : null);
  const smallest = found.map(({ noise, channels: few, time: short }) => ({
    noise,
    channels: { smallest: told(few.smallest, 1), failing: told(few.failing, 1) },
    duration_s: { smallest: told(short.smallest, tau0), failing: told(short.failing, tau0) },
  }));
  return { summary: { wanted: WANTED, smallest }, figures: ['smallest.svg'] };
}

/** What a search found, with each size as `each` has it. */
const mapped = ({ smallest, failing, tried }: SmallestSize, each: (one: TriedSize) => TriedSize): SmallestSize => ({
  smallest: smallest && each(smallest),
  failing: failing && each(failing),
  tried: tried.map(each),
});

/** How many of trials `from` to `to` - 1 recall. */
async function succeed(
  { map }: SearchRun,
  base: Base,
  noise: number,
  { plan, promptTime }: { plan: Omit<TrialPlan, 'noise'>; promptTime: number },
  from: number,
  to: number,
): Promise<number> {
  const test: RecallTest = { ...base, promptTime, trials: Array.from({ length: to }, () => ({ ...plan, noise })) };
  let success = 0;
  await map(
    outcomeJob,
    test,
    to,
    (trial) => {
      success += Number(trial.success);
    },
    from,
  );
  return success;
}

function report(
  { stored: { tau0 }, channels, screen }: SearchRun,
  found: readonly Found[],
  prompt: AskedPrompt,
  time: number,
): void {
  const chance = ([low, high]: [number, number]) => `, ${(100 * low).toFixed(0)}-${(100 * high).toFixed(0)} %`;
  const rate = ({ success, trials, interval }: TriedSize) => `${success}/${trials}${interval ? chance(interval) : ''}`;
  const cell = (size: TriedSize | undefined, text: (size: number) => string) =>
    size ? `${text(size.size)} (${rate(size)})` : '-';
  const few = (size: number) => `${size}, ${Number(((100 * size) / channels).toPrecision(3))} %`;
  const short = (size: number) => formatTime(size * tau0);
  screen.plain(
    `the smallest prompt that recalls in ${100 * WANTED} % of the trials, and the largest that does not (success, and its chance at 95 %)`,
  );
  screen.table([
    [
      'noise',
      `channels for ${formatTime(time * tau0)}`,
      'fail',
      `time of ${describeChannels(prompt, channels)}`.replace(/,$/, ''),
      'fails',
    ],
    ...found.map(({ noise, channels: c, time: t }) => [
      String(noise),
      cell(c.smallest, few),
      cell(c.failing, few),
      cell(t.smallest, short),
      cell(t.failing, short),
    ]),
  ]);
}

function triedCsv(found: readonly Found[], tau0: number): string {
  const lines = found.flatMap(({ noise, channels, time }) => [
    ...channels.tried.map((tried) => [noise, 'channels', tried.size, tried] as const),
    ...time.tried.map((tried) => [noise, 'duration_s', tried.size * tau0, tried] as const),
  ]);
  const rows = lines.map(([noise, what, size, { success, trials, interval }]) =>
    [noise, what, size, success, trials, ...(interval ?? ['', ''])].join(','),
  );
  return `noise,what,size,success,trials,low,high\n${rows.join('\n')}\n`;
}

async function draw(found: readonly Found[], channels: number, tau0: number): Promise<string> {
  const { curvesSpec, renderSvg } = await import('../../plot/index.js');
  const panel = (title: string, of: (one: Found) => SmallestSize, unit: number): CurvePanel => ({
    x: { title },
    y: { title: 'share of trials that recall', domain: [0, 1] },
    rules: [{ y: WANTED, label: 'wanted' }],
    curves: found.map((one) => ({
      name: `noise ${one.noise}`,
      points: of(one).tried.map(({ size, success, trials, interval }) => ({
        x: size * unit,
        y: success / trials,
        ...(interval ? { low: interval[0], high: interval[1] } : {}),
      })),
    })),
  });
  const spec = curvesSpec(
    'How small a prompt recalls',
    ['every size that the bisection tried, with 95 % intervals'],
    [
      panel('share of the channels', ({ channels: few }) => few, 1 / channels),
      panel('length of the prompt (ms)', ({ time }) => time, tau0 * 1e3),
    ],
  );
  return renderSvg(spec);
}
