/** The package `highs`. The build packs it with its WASM into this one module (vendor.mjs), so that it loads anywhere. */
import create from 'highs';

/** A fresh instance of HiGHS. The package's types speak of CommonJS, its module does not. */
export const load = create as unknown as typeof create.default;
