/** What is asked of the two neighbours, as typed: options of their commands. What is not said is as by default. */

export const DEFAULTS = {
  sparseprop: { model: 'qif', n: '100', k: '20', j0: '1', rate: '3', seed: '1' },
  spikernn: { task: 'go-nogo', N: '60', seed: '1' },
} as const;

export type Neighbour = keyof typeof DEFAULTS;
export const neighbours = Object.keys(DEFAULTS) as Neighbour[];

export type Said = Readonly<Record<string, string>>;

/** Everything that is asked, defaults included; names that are no options are dropped. */
export const allOf = <N extends Neighbour>(neighbour: N, said: Said): Record<keyof (typeof DEFAULTS)[N], string> =>
  Object.fromEntries(
    Object.entries(DEFAULTS[neighbour]).map(([name, byDefault]) => [name, said[name] ?? byDefault]),
  ) as Record<keyof (typeof DEFAULTS)[N], string>;

/** `n:100,k:20`, and back. */
export const writeSaid = (said: Said): string =>
  Object.entries(said)
    .map(([name, text]) => `${name}:${text.replace(/[,:]/g, '')}`)
    .join(',');
export const readSaid = (text: string): Said =>
  Object.fromEntries(
    text
      .slice(0, 200)
      .split(',')
      .map((pair) => pair.split(':', 2))
      .filter(([name, value]) => name && value !== undefined),
  );

/** The command whose figures are those of a panel. */
export function besideCommand(neighbour: Neighbour, said: Said): string {
  if (neighbour === 'sparseprop') {
    const { seed, n, ...others } = allOf('sparseprop', said);
    const options = Object.entries({ ...others, n }).map(([name, text]) => `--${name} ${text}`);
    const exponents = Number(n) <= MOST_FULL ? '--full' : `--exponents ${MOST_FULL}`;
    return ['npx engram sparseprop lyapunov', ...options, `--seed-ic ${seed} --seed-net ${seed}`, exponents].join(' ');
  }
  const options = Object.entries(allOf('spikernn', said)).map(([name, text]) => `--${name} ${text}`);
  return ['npx engram spikernn train', ...options, '--batch 4 --squared --clip 1 --balanced --least 0'].join(' ');
}

/** Networks of up to so many neurons have a whole spectrum; of larger ones come this many exponents. */
export const MOST_FULL = 150;
