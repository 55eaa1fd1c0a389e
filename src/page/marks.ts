/** Rasters: one short vertical stroke a spike, written into pixels, so that 10^5 of them cost a few milliseconds. */

/** What a canvas shows of channels over time. */
export interface View {
  /** Times at the left and at the right edge. */
  from: number;
  to: number;
  channels: number;
}

/** Marks, each of the colour of its kind. */
export interface Marks {
  times: ArrayLike<number>;
  channels: ArrayLike<number>;
  /** 0xaabbggrr, as pixels lie in memory; by kind, if there are kinds. */
  colors: readonly number[];
  kinds?: ArrayLike<number>;
  /** By how much all are later than they say. */
  shift?: number;
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

const images = new WeakMap<HTMLCanvasElement, ImageData>();

/** The empty pixels of a canvas. */
function blankOf(canvas: HTMLCanvasElement): ImageData {
  const { width, height } = canvas;
  const last = images.get(canvas);
  if (last?.width === width && last.height === height) {
    last.data.fill(0);
    return last;
  }
  const image = new ImageData(width, height);
  images.set(canvas, image);
  return image;
}

/** Paints layers of marks, later ones over earlier ones; channel 0 is the lowest row. */
export function paintMarks(canvas: HTMLCanvasElement, { from, to, channels }: View, layers: readonly Marks[]): void {
  const context = canvas.getContext('2d');
  if (!context) return;
  const { width, height } = canvas;
  const image = blankOf(canvas);
  const pixels = new Uint32Array(image.data.buffer);
  const row = height / channels;
  const stroke = Math.max(1, Math.floor(row) - (row >= 4 ? 1 : 0));
  const thick = Math.max(1, Math.round((window.devicePixelRatio || 1) * (row > 3 ? 2 : 1)));
  const scale = width / (to - from);
  const tops = Int32Array.from({ length: channels }, (_, channel) =>
    Math.max(0, Math.round(height - (channel + 1) * row)),
  );
  for (const { times, channels: rows, colors, kinds, shift = 0 } of layers) {
    for (let i = 0; i < times.length; i++) {
      const x = Math.round((times[i] + shift - from) * scale);
      if (x < 0 || x >= width) continue;
      const color = colors[kinds ? kinds[i] : 0];
      const top = tops[rows[i]];
      const [right, bottom] = [Math.min(width, x + thick), Math.min(height, top + stroke)];
      for (let y = top; y < bottom; y++) {
        for (let at = y * width + x; at < y * width + right; at++) pixels[at] = color;
      }
    }
  }
  context.putImageData(image, 0, 0);
}

const rows = new WeakMap<Uint32Array, Uint32Array>();

/** The channel of every spike. */
export function channelsOf(starts: Uint32Array): Uint32Array {
  const known = rows.get(starts);
  if (known) return known;
  const channels = new Uint32Array(starts[starts.length - 1]);
  for (let channel = 0; channel + 1 < starts.length; channel++) {
    channels.fill(channel, starts[channel], starts[channel + 1]);
  }
  rows.set(starts, channels);
  return channels;
}
