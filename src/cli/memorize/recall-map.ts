/** The recall map of `memorize stability`: what share of the spikes falls into time when a share of the channels plays. */
import { carriesFrom, type MapPoint, meanMap, recallMapJob } from '../../memory/measure/index.js';
import type { NetworkRun } from './run-on-network.js';

const SHARES = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];
const SAMPLES = 2;

type MapRun = NetworkRun<'recall-map.svg'>;

/** Computes, prints and draws it; for summary.json. */
export async function mapRecall(run: MapRun): Promise<{ map: MapPoint[]; carries_from: number | null }> {
  const { stored, channels, seed, screen, map } = run;
  const { score, network, model } = stored;
  const shares = SHARES.flatMap((share) => Array.from({ length: SAMPLES }, () => share));
  const advance = screen.progress('recall map', shares.length);
  const points: MapPoint[] = [];
  await map(recallMapJob, { score, network, model, seed, shares }, shares.length, (point) => {
    points.push(point);
    advance();
  });
  const found = meanMap(points);
  const from = carriesFrom(found);
  const percent = (value: number) => `${Math.round(100 * value)} %`;
  screen.plain('recall map: while some channels play and the rest is out of step, so many spikes fall into time');
  screen.table([
    ['playing', ...found.map(({ playing }) => percent(playing))],
    ['hit', ...found.map(({ hit }) => percent(hit))],
  ]);
  const verdict =
    from === undefined
      ? 'fewer are hit than play: no share carries itself in one step'
      : `more are hit than play from ${Math.round(from * channels)} of ${channels} channels on`;
  screen.line('', verdict);
  run.write('recall-map.svg', await drawMap(found, verdict));
  return { map: found, carries_from: from ?? null };
}

async function drawMap(found: readonly MapPoint[], verdict: string): Promise<string> {
  const { curvesSpec, renderSvg } = await import('../../plot/index.js');
  const share = (title: string) => ({ title, domain: [0, 1] as [number, number] });
  const panel = {
    x: share('share of the channels that play'),
    y: share('share of the spikes within 1/4 refractory period'),
    curves: [
      { name: 'recall map', points: found.map(({ playing, hit }) => ({ x: playing, y: hit })) },
      {
        name: 'as many as play',
        points: [],
        line: [
          { x: 0, y: 0 },
          { x: 1, y: 1 },
        ],
      },
    ],
  };
  return renderSvg(
    curvesSpec('What one step makes of a prompt, the rest at random phases', [verdict], [panel], {
      width: 420,
      height: 420,
    }),
  );
}
