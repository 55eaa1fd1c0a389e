/** A course of numbers, a word high. */

const [WIDTH, HEIGHT] = [88, 22];
/** The latest values that are drawn. */
const SHOWN = 60;

interface Course {
  name: string;
  values: readonly number[];
  low?: number;
  high?: number;
}

export function Sparkline({ name, values, low, high }: Course) {
  const shown = values.slice(-SHOWN);
  const known = shown.filter(Number.isFinite);
  const least = low ?? Math.min(-1, ...known);
  const most = high ?? Math.max(1, ...known);
  const x = (i: number) => 3 + ((WIDTH - 6) * i) / Math.max(1, shown.length - 1);
  const y = (value: number) => HEIGHT - 3 - ((HEIGHT - 6) * (value - least)) / (most - least);
  const points = shown.flatMap((value, i) =>
    Number.isFinite(value) ? [`${x(i).toFixed(1)},${y(value).toFixed(1)}`] : [],
  );
  const last = known.at(-1);
  const said = last === undefined ? '–' : last.toFixed(low === undefined ? 2 : 3);
  return (
    <figure class="spark">
      <figcaption>
        {name} <b>{said}</b>
      </figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} width={WIDTH} height={HEIGHT} aria-hidden="true">
        <polyline points={points.join(' ')} />
        {points.length > 0 && <circle cx={points.at(-1)?.split(',')[0]} cy={points.at(-1)?.split(',')[1]} r="2.2" />}
      </svg>
    </figure>
  );
}
