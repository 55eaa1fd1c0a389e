/** Where the activity of both networks goes, by what was asked, and the eigenvalues of the weights. */
import { renderSvg, type Spec } from '../../plot/index.js';
import {
  type Activity,
  AXES,
  eigenvaluesOf,
  principalComponents,
  type RateNetwork,
  type Targeted,
} from '../../spikernn/index.js';

/** Samples of a path that are drawn. */
const POINTS = 150;

/** A panel of paths in a plane; every path is drawn from its ring on. */
function plane(
  title: string,
  x: string,
  y: string,
  paths: readonly { name: string; points: readonly Float64Array[] }[],
): Spec {
  const values = paths.flatMap(({ name, points: [first, second] }) => {
    const stride = Math.ceil(first.length / POINTS);
    return Array.from({ length: Math.ceil(first.length / stride) }, (_, k) => ({
      name,
      order: k,
      x: first[k * stride],
      y: second[k * stride],
    }));
  });
  const encoding = {
    x: { field: 'x', type: 'quantitative' as const, title: x, scale: { zero: false } },
    y: { field: 'y', type: 'quantitative' as const, title: y, scale: { zero: false } },
    color: { field: 'name', type: 'nominal' as const, title: null, legend: { orient: 'bottom' as const, columns: 2 } },
  };
  return {
    title: { text: title, fontSize: 12 },
    width: 300,
    height: 260,
    data: { values },
    layer: [
      { mark: { type: 'line' as const }, encoding: { ...encoding, order: { field: 'order' } } },
      { transform: [{ filter: 'datum.order === 0' }], mark: { type: 'point' as const, size: 50 }, encoding },
    ],
  };
}

/** Mean activity by label, in the first two principal components of all of them. */
function principalPlane(
  title: string,
  units: number,
  labels: readonly (string | number)[],
  runs: readonly Activity[],
): Spec {
  const kinds = [...new Set(labels)].sort();
  const means = kinds.map((kind) => {
    const own = runs.filter((_, k) => labels[k] === kind);
    return own[0].rates.map((_, e) => own.reduce((sum, { rates }) => sum + rates[e] / own.length, 0));
  });
  const all = new Float64Array(means.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const mean of means) {
    all.set(mean, at);
    at += mean.length;
  }
  const { vectors, shares, mean } = principalComponents(all, units, 3);
  const paths = kinds.map((kind, k) => ({
    name: String(kind),
    points: vectors.map((vector) =>
      Float64Array.from({ length: means[k].length / units }, (_, t) =>
        vector.reduce((sum, v, i) => sum + v * (means[k][t * units + i] - mean[i]), 0),
      ),
    ),
  }));
  const axis = (c: number) => `component ${c + 1} (${(100 * shares[c]).toFixed(0)} %)`;
  const three = shares.reduce((a, b) => a + b, 0);
  return plane(`${title}: three components hold ${(100 * three).toFixed(1)} %`, axis(0), axis(1), paths);
}

/** Both networks, and the spiking one on the axes of choice and evidence where they are known. */
export function drawPaths(
  units: number,
  labels: readonly (string | number)[],
  rate: readonly Activity[],
  spiking: readonly Activity[],
  targeted: Targeted | undefined,
): Promise<string> {
  const panels = [
    principalPlane('rate network', units, labels, rate),
    principalPlane('spiking network', units, labels, spiking),
  ];
  const sign = (value: number) => (value > 0 ? '+' : '-');
  const planes = targeted
    ? ([1, 2] as const).map((context) => {
        const paths = targeted.paths
          .filter((path) => path.context === context)
          .map(({ signs, points }) => ({
            name: `modality 1 ${sign(signs[0])}, 2 ${sign(signs[1])}`,
            points: [points[0], points[context]],
          }));
        return plane(`spiking network, attends modality ${context}`, AXES[0], AXES[context], paths);
      })
    : [];
  const resolve = { scale: { color: 'independent' as const } };
  const rows = [panels, planes].filter(({ length }) => length > 0).map((row) => ({ hconcat: row, resolve }));
  return renderSvg({
    title: { text: 'Where the activity goes', subtitle: 'means over trials; rings: where they begin' },
    vconcat: rows,
    resolve,
  });
}

/** Eigenvalues of the weights, before training and after, of what is known and asked for. */
export function drawEigenvalues({
  initial,
  trained,
}: {
  initial?: RateNetwork;
  trained?: RateNetwork;
}): Promise<string> {
  const networks = [
    ...(initial ? [['as drawn', initial] as const] : []),
    ...(trained ? [['as trained', trained] as const] : []),
  ];
  const values = networks.flatMap(([name, one]) => eigenvaluesOf(one).map(([re, im]) => ({ name, re, im })));
  return renderSvg({
    title: {
      text: 'Eigenvalues of the weights of the rate network',
      subtitle: 'the spiking network has them divided by 1/lambda',
    },
    width: 420,
    height: 380,
    data: { values },
    mark: { type: 'point' as const, filled: true, size: 25, opacity: 0.7 },
    encoding: {
      x: { field: 're', type: 'quantitative' as const, title: 'real part' },
      y: { field: 'im', type: 'quantitative' as const, title: 'imaginary part' },
      color: {
        field: 'name',
        type: 'nominal' as const,
        title: null,
        scale: { domain: networks.map(([name]) => name) },
        legend: { orient: 'bottom' as const },
      },
    },
  });
}
