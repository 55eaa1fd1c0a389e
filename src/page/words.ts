/**
 * What is asked of a memory, as words: the options of `memorize` with their values as typed. Words stand in the address and in the
 * command that repeats the memory; a worker parses them (settings.ts).
 */

/** Options by name, only those that differ from the defaults. */
export type Words = Readonly<Partial<Record<Name, string>>>;

/** What an option says unless it is given; nothing where the command leaves it out. */
export const DEFAULTS = {
  channels: '60',
  duration: '400ms',
  rate: '',
  seed: '1',
  inputs: 'auto',
  delays: '',
  excitatory: '',
  neuron: 'continuation',
  objective: 'l2',
  margin: '1',
  slope: '2',
  bound: '',
  refractory: '5ms',
  design: '',
} as const;

export type Name = keyof typeof DEFAULTS;
export const names = Object.keys(DEFAULTS) as Name[];

/** What an option says, by default or not. */
export const wordOf = (words: Words, name: Name): string => words[name] ?? DEFAULTS[name];

/** The words with one changed; what is as by default goes without saying. */
export function withWord(words: Words, name: Name, text: string): Words {
  const { [name]: _, ...others } = words;
  return text === DEFAULTS[name] ? others : { ...others, [name]: text };
}

const SAMPLED: readonly Name[] = ['channels', 'duration', 'rate'];
const CHOSEN: readonly Name[] = ['objective', 'margin', 'slope'];
const ALWAYS: readonly Name[] = ['channels', 'duration', 'seed'];

const quote = (text: string) => (/^[\w.,:%/=@+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

/** How a file is read, by the names of the command's options. */
export const readingNames = ['window', 'select', 'time-unit', 'columns'] as const;
export type Reading = Readonly<Partial<Record<(typeof readingNames)[number], string>>>;

/** The command that stores the same memory. @param file of the score, where it is not sampled, and how it is read */
export function commandOf(words: Words, file?: string, reading: Reading = {}): string {
  const said = names.filter(
    (name) =>
      (words[name] !== undefined || ALWAYS.includes(name)) &&
      !(file !== undefined && SAMPLED.includes(name)) &&
      !(words.design !== undefined && CHOSEN.includes(name)),
  );
  const options = said.map((name) => `--${name} ${quote(wordOf(words, name))}`);
  const read = readingNames.flatMap((name) => (reading[name] ? [`--${name} ${quote(reading[name])}`] : []));
  return ['npx memorize', ...(file === undefined ? [] : [`--score ${quote(file)}`, ...read]), ...options].join(' ');
}
