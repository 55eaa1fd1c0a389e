/** The largest magnitude among numbers, 0 for none. */
export const largest = (values: Float64Array): number =>
  values.reduce((size, value) => Math.max(size, Math.abs(value)), 0);
