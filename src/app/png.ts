/** Figures as PNG, with a font of our own, so that they look the same everywhere. Loaded when used. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const SCALE = 2;
let ready: Promise<typeof import('@resvg/resvg-wasm')> | undefined;

/** Draws SVG as PNG. */
export type PngOf = (svg: string) => Uint8Array;

/** Loads what draws. */
export async function loadPng(): Promise<PngOf> {
  const resolve = createRequire(import.meta.url).resolve;
  ready ??= import('@resvg/resvg-wasm').then(async (resvg) => {
    await resvg.initWasm(readFileSync(resolve('@resvg/resvg-wasm/index_bg.wasm')));
    return resvg;
  });
  const { Resvg } = await ready;
  return (svg) => drawWith(Resvg, svg);
}

function drawWith(Resvg: typeof import('@resvg/resvg-wasm').Resvg, svg: string): Uint8Array {
  const font = (name: string) => readFileSync(new URL(`fonts/${name}.ttf`, import.meta.url));
  const drawing = new Resvg(svg, {
    fitTo: { mode: 'zoom', value: SCALE },
    font: {
      fontBuffers: ['DejaVuSans', 'DejaVuSans-Bold'].map(font),
      defaultFontFamily: 'DejaVu Sans',
      sansSerifFamily: 'DejaVu Sans',
    },
  });
  const image = drawing.render();
  const png = image.asPng();
  image.free();
  drawing.free();
  return png;
}
