// Philox4x32-10 (Salmon, Moraes, Dror, Shaw 2011): a counter-based generator. A draw depends on
// (key, index, count) and on nothing else, so that streams never touch and order never matters.

const M0: u64 = 0xd2511f53;
const M1: u64 = 0xcd9e8d57;

let x0: u32 = 0;
let x1: u32 = 0;
let x2: u32 = 0;
let x3: u32 = 0;

function philox(c0: u32, c1: u32, c2: u32, c3: u32, k0: u32, k1: u32): void {
  for (let round = 0; round < 10; round++) {
    const p0 = M0 * <u64>c0;
    const p1 = M1 * <u64>c2;
    c0 = <u32>(p1 >> 32) ^ c1 ^ k0;
    c2 = <u32>(p0 >> 32) ^ c3 ^ k1;
    c1 = <u32>p1;
    c3 = <u32>p0;
    k0 += 0x9e3779b9;
    k1 += 0xbb67ae85;
  }
  x0 = c0;
  x1 = c1;
  x2 = c2;
  x3 = c3;
}

/** 53 random bits as a number in [0, 1). */
function unit(high: u32, low: u32): f64 {
  return (<f64>(high >> 5) * 67108864.0 + <f64>(low >> 6)) / 9007199254740992.0;
}

/** Writes the four raw words of one block: the test against the published vectors. */
export function philoxBlock(out: usize, c0: u32, c1: u32, c2: u32, c3: u32, k0: u32, k1: u32): void {
  philox(c0, c1, c2, c3, k0, k1);
  store<u32>(out, x0, 0);
  store<u32>(out, x1, 4);
  store<u32>(out, x2, 8);
  store<u32>(out, x3, 12);
}

/** Writes `pairs` pairs of uniform numbers in [0, 1), from block `first` of stream `index` on. */
export function fillUniform(out: usize, pairs: i32, k0: u32, k1: u32, index: u32, first: u32): void {
  for (let i = 0; i < pairs; i++) {
    philox(first + i, index, 0, 0, k0, k1);
    store<f64>(out + 16 * i, unit(x0, x1), 0);
    store<f64>(out + 16 * i, unit(x2, x3), 8);
  }
}

/** Draw number `count` of a standard normal stream (Box and Muller). */
export function normalDraw(k0: u32, k1: u32, index: u32, count: u32): f64 {
  philox(count, index, 1, 0, k0, k1);
  const radius = Math.sqrt(-2.0 * Math.log(1.0 - unit(x0, x1)));
  return radius * Math.cos(6.283185307179586 * unit(x2, x3));
}

/** ln x, for other modules, which then need no tables of their own. */
export function randomLn(x: f64): f64 {
  return Math.log(x);
}
