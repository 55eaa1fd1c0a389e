// Triangular solves with a metric that falls into blocks, each on variables of its own that may lie anywhere.
//
// Block table, 16 bytes a block: size i32 | pointer to the numbers of its variables u32 | pointer to its factor L, lower
// triangular by rows, u32 | doubles from row to row of L i32.

/** L^-1 x in place, block by block. */
export function blocksForward(table: usize, count: i32, x: usize): void {
  const end = table + 16 * count;
  for (let at = table; at < end; at += 16) {
    const size = load<i32>(at);
    const variables: usize = load<u32>(at, 4);
    const stride: usize = 8 * load<i32>(at, 12);
    let row: usize = load<u32>(at, 8);
    for (let i = 0; i < size; i++, row += stride) {
      const own = x + 8 * load<u32>(variables + 4 * i);
      let value = load<f64>(own);
      for (let j = 0; j < i; j++) value -= load<f64>(row + 8 * j) * load<f64>(x + 8 * load<u32>(variables + 4 * j));
      store<f64>(own, value / load<f64>(row + 8 * i));
    }
  }
}

/** L^-T x in place, block by block. */
export function blocksBackward(table: usize, count: i32, x: usize): void {
  const end = table + 16 * count;
  for (let at = table; at < end; at += 16) {
    const size = load<i32>(at);
    const variables: usize = load<u32>(at, 4);
    const stride: usize = 8 * load<i32>(at, 12);
    const first: usize = load<u32>(at, 8);
    for (let i = size - 1; i >= 0; i--) {
      const row = first + stride * i;
      const own = x + 8 * load<u32>(variables + 4 * i);
      const value = load<f64>(own) / load<f64>(row + 8 * i);
      store<f64>(own, value);
      for (let j = 0; j < i; j++) {
        const other = x + 8 * load<u32>(variables + 4 * j);
        store<f64>(other, load<f64>(other) - load<f64>(row + 8 * j) * value);
      }
    }
  }
}
