/**
 * The interval of probabilities that `success` out of `trials` leaves plausible (Wilson 1927), at 95 %:
 *
 *   (p + z^2 / 2n +- z sqrt(p (1 - p) / n + z^2 / 4n^2)) / (1 + z^2 / n),    z = 1.96.
 *
 * Unlike p +- z sqrt(p (1 - p) / n) it says something when all trials succeed or none.
 */
const Z = 1.959963984540054;

/** [0, 1] without trials. */
export function wilson(success: number, trials: number): [number, number] {
  if (trials === 0) return [0, 1];
  const p = success / trials;
  const spread = (Z * Z) / trials;
  const half = Z * Math.sqrt((p * (1 - p)) / trials + spread / (4 * trials));
  const bound = (x: number) => Math.min(1, Math.max(0, x / (1 + spread)));
  return [bound(p + spread / 2 - half), bound(p + spread / 2 + half)];
}
