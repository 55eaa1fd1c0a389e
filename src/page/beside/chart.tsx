/** The frame of a neighbour's chart. */
import type { ComponentChildren } from 'preact';

export const [WIDTH, HEIGHT, EDGE] = [320, 200, 8];

interface ChartProps {
  /** What it shows, for those who do not see it. */
  label: string;
  /** The panel whose summary tells the rest. */
  panel: string;
  children: ComponentChildren;
}

export function Chart({ label, panel, children }: ChartProps) {
  return (
    <svg
      class="chart"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label={label}
      aria-describedby={`summary-${panel}`}
    >
      {children}
    </svg>
  );
}
