/** What the figures need of Vega and Vega-Lite. The build packs both into this one module (vendor.mjs). */

export { parse, View } from 'vega';
export { compile } from 'vega-lite';
