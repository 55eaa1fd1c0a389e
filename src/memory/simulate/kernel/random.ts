// Kernels of src/core/random, which have a module of their own that this one calls (build-kernels.mjs).

@external("random", "fillUniform")
export declare function fillUniform(out: usize, pairs: i32, k0: u32, k1: u32, index: u32, first: u32): void;

@external("random", "normalDraw")
export declare function normalDraw(k0: u32, k1: u32, index: u32, count: u32): f64;

@external("random", "randomLn")
export declare function randomLn(x: f64): f64;
