/** A share of the neurons at random, exactly so many; from equal streams a larger share holds the smaller one. */
export function chosen(neurons: number, share: number, uniform: () => number): Set<number> {
  const order = Array.from({ length: neurons }, (_, neuron) => neuron);
  const count = Math.round(share * neurons);
  for (let i = 0; i < count; i++) {
    const j = i + Math.floor(uniform() * (neurons - i));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return new Set(order.slice(0, count));
}
