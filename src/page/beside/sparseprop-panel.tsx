/** SparseProp: a raster that runs on, and the spectrum of its exponents. */
import { useEffect, useMemo } from 'preact/hooks';
import { fit, paintMarks } from '../marks.js';
import { Chosen, type PanelProps, Picture, pixelOf, Typed } from '../panels/panel.js';
import { useStore } from '../store.js';
import { Chart, EDGE, HEIGHT, WIDTH } from './chart.js';
import { Command } from './command.js';
import { createNetworkRun, WINDOW } from './network-run.js';
import type { SparseSpectrum } from './sparseprop.js';
import { allOf } from './words.js';

const MODELS = [
  ['lif', 'leaky'],
  ['qif', 'quadratic'],
  ['qif-heterogeneous', 'quadratic, each another drive'],
  ['eif', 'exponential'],
] as const;

export function SparsePropPanel({ studio, state }: PanelProps) {
  const said = state.sparseprop ?? {};
  const run = useMemo(() => createNetworkRun(said), [said]);
  useEffect(() => run.end, [run]);
  const { network, spectrum, error, now, playing } = useStore(run.store);
  const all = allOf('sparseprop', said);
  const change = (name: string) => (text: string) => studio.beside('sparseprop', { ...said, [name]: text });
  const paint = (canvas: HTMLCanvasElement) => {
    fit(canvas);
    if (!network) return;
    const view = { from: now - WINDOW / network.tau, to: now, channels: network.neurons };
    paintMarks(
      canvas,
      view,
      [{ ...run.tape.played(), colors: [pixelOf('ink')] }].map(({ kinds, ...marks }) => marks),
    );
  };
  return (
    <>
      {error && (
        <p class="error" role="alert">
          {error}
        </p>
      )}
      <div class="two">
        <div class="stage">
          <Picture
            paint={paint}
            changes={[network, now, state.theme]}
            label={`spikes of the last ${WINDOW} s, neuron over time`}
            describedBy="summary-sparseprop"
          />
        </div>
        <Spectrum spectrum={spectrum} />
      </div>
      <div class="fields">
        <button type="button" class="main" disabled={!network} aria-pressed={playing} onClick={run.toggle}>
          {playing ? 'pause' : 'play on'}
        </button>
        <Chosen name="sparse-model" label="neurons" among={MODELS} said={all.model} change={change('model')} />
        <Typed name="sparse-n" label="how many" said={all.n} change={change('n')} />
        <Typed name="sparse-k" label="synapses each" said={all.k} change={change('k')} />
        <Typed name="sparse-j0" label="coupling" said={all.j0} change={change('j0')} />
        <Typed name="sparse-rate" label="balance rate (Hz)" said={all.rate} change={change('rate')} />
        <Typed name="sparse-seed" label="seed" said={all.seed} change={change('seed')} />
      </div>
      <p class="summary" id="summary-sparseprop" aria-live="polite">
        {!error && summaryOf(spectrum)}
      </p>
      <Command neighbour="sparseprop" said={said} />
    </>
  );
}

function summaryOf(spectrum: SparseSpectrum | undefined): string {
  if (!spectrum) return 'The raster runs; its spectrum is being found.';
  const { leading, dimension, entropy, bitsPerSpike, exponents } = spectrum;
  const kind = leading > 0 ? 'chaos: what is disturbed grows apart' : 'no chaos: small disturbances die out';
  const size = dimension === undefined ? '' : `, Kaplan-Yorke dimension ${dimension.toFixed(1)}`;
  return `${exponents.length} exponents. The largest but for the neutral one is ${leading.toFixed(1)} per s (${kind})${size}, entropy rate ${entropy.toFixed(1)} per s, ${bitsPerSpike.toFixed(3)} bits per spike.`;
}

/** Room for numbers, left of what is drawn. */
const LEFT = 44;

/** Exponents from the largest on. */
function Spectrum({ spectrum }: { spectrum: SparseSpectrum | undefined }) {
  const exponents = spectrum ? Array.from(spectrum.exponents) : [];
  const high = Math.max(1, ...exponents);
  const low = Math.min(-1, ...exponents);
  const x = (i: number) => LEFT + ((WIDTH - LEFT - EDGE) * i) / Math.max(1, exponents.length - 1);
  const y = (value: number) => EDGE + ((HEIGHT - 2 * EDGE) * (high - value)) / (high - low);
  return (
    <Chart label="Lyapunov exponents, the largest first" panel="sparseprop">
      <line class="zero" x1={LEFT} x2={WIDTH - EDGE} y1={y(0)} y2={y(0)} />
      {spectrum && (
        <>
          <text x={LEFT - 5} y={y(high) + 4}>
            {high.toFixed(0)}
          </text>
          <text x={LEFT - 5} y={y(0) + 4}>
            {high - low > 0 && high / (high - low) > 0.08 ? '0' : ''}
          </text>
          <text x={LEFT - 5} y={y(low) + 4}>
            {low.toFixed(0)}
          </text>
          <text class="unit" x={WIDTH - EDGE} y={EDGE + 10}>
            exponents (per s)
          </text>
          {exponents.map((value, i) => (
            <circle key={i} class={value > 0 ? 'growing' : ''} cx={x(i)} cy={y(value)} r={1.8} />
          ))}
        </>
      )}
    </Chart>
  );
}
