/** Rasters: one short vertical stroke a spike, written into pixels, so that 10^5 of them cost a few milliseconds. */

/** What a canvas shows of channels over time. */
export interface View {
  /** Times at the left and at the right edge. */
  from: number;
  to: number;
  channels: number;
}

/** Marks of one colour. */
export interface Marks {
  times: ArrayLike<number>;
  channels: ArrayLike<number>;
  /** 0xaabbggrr, as pixels lie in memory. */
  color: number;
  /** If given, only marks of this kind in `kinds`. */
  kind?: number;
  kinds?: ArrayLike<number>;
}

/** Fits the pixels of a canvas to its size on the screen; true if they have changed. */
export function fit(canvas: HTMLCanvasElement): boolean {
  const ratio = window.devicePixelRatio || 1;
  const [width, height] = [canvas.clientWidth, canvas.clientHeight].map((size) =>
    Math.max(1, Math.round(size * ratio)),
  );
  if (canvas.width === width && canvas.height === height) return false;
  [canvas.width, canvas.height] = [width, height];
  return true;
}

/** `#rrggbb` as a pixel. */
export function pixel(color: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16));
  return ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0;
}

/** Paints layers of marks, later ones over earlier ones; channel 0 is the lowest row. */
export function paintMarks(canvas: HTMLCanvasElement, { from, to, channels }: View, layers: readonly Marks[]): void {
  const context = canvas.getContext('2d');
  if (!context) return;
  const { width, height } = canvas;
  const image = context.createImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  const row = height / channels;
  const stroke = Math.max(1, Math.floor(row) - (row >= 4 ? 1 : 0));
  const thick = Math.max(1, Math.round((window.devicePixelRatio || 1) * (row > 3 ? 2 : 1)));
  const scale = width / (to - from);
  for (const { times, channels: rows, color, kind, kinds } of layers) {
    for (let i = 0; i < times.length; i++) {
      if (kinds && kinds[i] !== kind) continue;
      const x = Math.round((times[i] - from) * scale);
      if (x < 0 || x >= width) continue;
      const top = Math.max(0, Math.round(height - (rows[i] + 1) * row));
      const [right, bottom] = [Math.min(width, x + thick), Math.min(height, top + stroke)];
      for (let y = top; y < bottom; y++) pixels.fill(color, y * width + x, y * width + right);
    }
  }
  context.putImageData(image, 0, 0);
}
