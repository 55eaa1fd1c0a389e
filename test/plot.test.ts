import { describe, expect, it } from 'vitest';
import { serialMap } from '../src/core/index.js';
import { drawPotential } from '../src/memory/figures/index.js';
import { memorize } from '../src/memory/memorize/index.js';
import { sampleScore, spikesOf } from '../src/memory/score/index.js';
import { defaultTemplate } from '../src/memory/template/index.js';
import { drawRaster } from '../src/plot/index.js';
import { smallProblem } from './helpers.js';

const score = sampleScore(30, 50, 0.2, 1);
const trains = Array.from({ length: 30 }, (_, c) => {
  const spikes = spikesOf(score, c);
  return Float64Array.from([...spikes, ...spikes.map((time) => time + 50)]);
});
const common = { score, prompt: 15, promptTime: 50, periods: 1, tau0: 0.005, subtitle: ['sub'] };
const count = (svg: string, color: string) => svg.split(`fill="${color}"`).length - 1;

describe('the raster', () => {
  it('draws every spike once, black where recalled, coloured where missed or extra', async () => {
    const perfect = await drawRaster({ ...common, trains });
    expect(count(perfect, '#1b1b1b')).toBeGreaterThanOrEqual(2 * score.times.length);
    const black = count(perfect, '#1b1b1b');
    const damaged = trains.map((train, c) => (c === 3 ? train.slice(1) : c === 4 ? train.map((t) => t + 0.7) : train));
    const marked = await drawRaster({ ...common, trains: damaged });
    const moved = spikesOf(score, 4).length * 2;
    expect(black - count(marked, '#1b1b1b')).toBe(1 + moved);
    expect(count(marked, '#d1495b') - count(perfect, '#d1495b')).toBe(1 + moved);
    expect(count(marked, '#e08e0b') - count(perfect, '#e08e0b')).toBe(trains[4].filter((t) => t + 0.7 < 100).length);
  });

  it('is the same bytes every time', async () => {
    expect(await drawRaster({ ...common, trains })).toBe(await drawRaster({ ...common, trains }));
  });

  it('thins out channels evenly above 20 000 marks, and says so', async () => {
    const many = sampleScore(200, 200, 0.2, 1);
    const long = Array.from({ length: 200 }, (_, c) => {
      const spikes = spikesOf(many, c);
      return Float64Array.from([0, 200, 400, 600].flatMap((turn) => Array.from(spikes, (time) => time + turn)));
    });
    const svg = await drawRaster({ ...common, score: many, trains: long, prompt: 100, promptTime: 200, periods: 3 });
    expect(svg).toContain('every 2nd of 200 channels is drawn');
    expect(count(svg, '#1b1b1b')).toBeLessThan(20000);
  });
});

describe('the potential', () => {
  it('is drawn inside its template, with its active moments', async () => {
    const problem = { ...smallProblem(6, 60, 400, 2), template: defaultTemplate, objective: 'l2' as const };
    const { network, neurons } = await memorize(problem, serialMap);
    const [first, last] = [network.starts[2], network.starts[3]];
    const inputs = { sources: network.sources.subarray(first, last), delays: network.delays.subarray(first, last) };
    const { weights, cuts } = neurons[2];
    const svg = await drawPotential({
      score: problem.score,
      inputs,
      weights,
      neuron: 2,
      template: defaultTemplate,
      cuts,
      tau0: 0.005,
    });
    for (const text of ['Channel 2', 'threshold', 'silent level', 'firing zone (steep)', 'prescribed spike']) {
      expect(svg).toContain(text);
    }
    expect(svg).not.toMatch(/NaN|undefined|…/);
  });
});
