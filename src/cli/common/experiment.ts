/** `memorize experiment`: begins, joins, continues and reports campaigns of experiments, which are loaded when one is asked for. */
import { defineCommand, launcherOptions, option, quietOption, shardOption, workersOption } from '../../app/index.js';
import type { BeginOptions, ShareOptions } from './experiment-work.js';

const load = () => import('./experiment-work.js');

const shareOptions = [workersOption, shardOption, ...launcherOptions, quietOption];

export const experimentCommand = defineCommand<BeginOptions>({
  name: 'experiment',
  about: 'answers a question with figures; can be stopped, resumed and shared',
  argument: ['[name]', 'an experiment (see: memorize experiment list)'],
  options: [
    option('--config <name|file>', 'a configuration of the experiment, or a file (default: quick)'),
    option('--set <key=value...>', 'changes of the configuration, such as trials=50 or base.bound=0.4'),
    option('--out <dir>', 'directory of the campaign (default: <name>-<config>)'),
    ...shareOptions,
  ],
  commands: [
    defineCommand({ name: 'list', about: 'what there is', work: async () => (await load()).list() }),
    defineCommand({
      name: 'status',
      about: 'how far a campaign is',
      argument: ['<dir>'],
      work: async (_, invocation, directory) => (await load()).status(directory, invocation),
    }),
    defineCommand<ShareOptions>({
      name: 'resume',
      about: 'goes on with a campaign',
      argument: ['<dir>'],
      options: shareOptions,
      work: async (options, invocation, directory) => (await load()).resume(directory, options, invocation),
    }),
    defineCommand<{ png?: boolean }>({
      name: 'report',
      about: 'writes results and report of a finished campaign again',
      argument: ['<dir>'],
      options: [option('--png', 'also every figure as PNG')],
      work: async ({ png = false }, invocation, directory) => (await load()).report(directory, png, invocation),
    }),
  ],
  work: async (options, invocation, name: string | undefined) => {
    const { list, begin } = await load();
    return name === undefined ? list() : begin(name, options, invocation);
  },
});
