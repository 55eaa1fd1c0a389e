// The windowed simulator once more, in plain JavaScript over typed arrays: the same algorithm as
// src/memory/simulate/kernel, step for step, as the peer that shows what WASM gains. No noise.

const TOUCH = 2e-13;

/** Loads a network and returns run({ from, to, imposed, releases }) with its count of arrivals. */
export function plainSimulator(network, window) {
  const neurons = network.starts.length - 1;
  const synapses = network.sources.length;
  const lists = Array.from({ length: neurons }, () => []);
  for (let target = 0; target < neurons; target++) {
    for (let k = network.starts[target]; k < network.starts[target + 1]; k++)
      lists[network.sources[k]].push([k, target]);
  }
  const first = new Uint32Array(neurons + 1);
  const delay = new Float64Array(synapses);
  const scaled = new Float64Array(synapses);
  const targets = new Uint32Array(synapses);
  lists.forEach((list, source) => {
    list.sort(([i], [j]) => network.delays[i] - network.delays[j]);
    first[source + 1] = first[source] + list.length;
    list.forEach(([k, target], i) => {
      delay[first[source] + i] = network.delays[k];
      scaled[first[source] + i] = network.weights[k] * Math.exp(1 + network.delays[k]);
      targets[first[source] + i] = target;
    });
  });
  const D = window;
  const shrink = Math.exp(-D);

  return ({ from, to, imposed, releases }) => {
    const a = new Float64Array(neurons);
    const b = new Float64Array(neurons);
    const freshA = new Float64Array(neurons);
    const freshB = new Float64Array(neurons);
    const size = new Float64Array(neurons);
    const readyWindow = new Float64Array(neurons);
    const readyOffset = new Float64Array(neurons);
    for (let l = 0; l < neurons; l++) {
      readyWindow[l] = Math.floor(Math.max(0, releases[l] - from) / D);
      readyOffset[l] = Math.max(0, releases[l] - from) - readyWindow[l] * D;
    }
    const capacity = 1 << 16;
    const cursor = {
      offset: new Float64Array(capacity),
      growth: new Float64Array(capacity),
      window: new Float64Array(capacity),
      next: new Uint32Array(capacity),
      end: new Uint32Array(capacity),
      begin: new Uint32Array(capacity),
    };
    let cursors = 0;
    let events = 0;
    let forced = 0;
    const times = [];
    const fired = [];
    const emit = (l, n, offset) => {
      times.push(from + (n * D + offset));
      fired.push(l);
      const i = cursors++;
      cursor.offset[i] = offset;
      cursor.growth[i] = Math.exp(offset);
      cursor.window[i] = n;
      cursor.next[i] = cursor.begin[i] = first[l];
      cursor.end[i] = first[l + 1];
      if (offset + 1 > (readyWindow[l] - n) * D + readyOffset[l]) {
        readyWindow[l] = n;
        readyOffset[l] = offset + 1;
      }
    };
    for (let n = 0; from + n * D < to; n++) {
      let kept = 0;
      for (let i = 0; i < cursors; i++) {
        const begin = cursor.next[i];
        const stop = cursor.end[i];
        if (begin === stop) continue;
        const age = n - cursor.window[i];
        const scale = cursor.growth[i] * Math.exp(-D * age);
        const base = cursor.offset[i] - age * D;
        const limit = D - base;
        let k = begin;
        for (; k < stop; k++) {
          const d = delay[k];
          if (d >= limit) break;
          const c = scaled[k] * scale;
          const target = targets[k];
          freshA[target] -= c * (d + base);
          freshB[target] += c;
          size[target] += Math.abs(c);
        }
        events += k - begin;
        cursor.offset[kept] = cursor.offset[i];
        cursor.growth[kept] = cursor.growth[i];
        cursor.window[kept] = cursor.window[i];
        cursor.next[kept] = k;
        cursor.end[kept] = stop;
        cursor.begin[kept++] = begin;
      }
      cursors = kept;
      const end = from + (n + 1) * D;
      for (; forced < imposed.times.length && imposed.times[forced] < end; forced++) {
        emit(imposed.neurons[forced], n, Math.max(0, imposed.times[forced] - from - n * D));
      }
      const marked = [];
      for (let l = 0; l < neurons; l++) {
        const rise = b[l] + 0.5 * (freshB[l] + size[l]) - 1;
        if (a[l] - 1 + D * Math.max(0, rise) < -TOUCH) continue;
        if ((readyWindow[l] - n) * D + readyOffset[l] >= D) continue;
        marked.push(l);
        size[l] = -1;
      }
      if (marked.length > 0) {
        const arrivals = new Map(marked.map((l) => [l, []]));
        for (let i = 0; i < cursors; i++) {
          const age = n - cursor.window[i];
          const scale = cursor.growth[i] * Math.exp(-D * age);
          const base = cursor.offset[i] - age * D;
          for (let k = cursor.begin[i]; k < cursor.next[i]; k++) {
            if (size[targets[k]] < 0) arrivals.get(targets[k]).push([delay[k] + base, scaled[k] * scale]);
          }
        }
        const spikes = [];
        for (const l of marked) {
          const offset = fire(a[l], b[l], arrivals.get(l), Math.max(0, (readyWindow[l] - n) * D + readyOffset[l]), D);
          if (offset >= 0) spikes.push([offset, l]);
        }
        spikes.sort((p, q) => p[0] - q[0]);
        for (const [offset, l] of spikes) emit(l, n, offset);
      }
      for (let l = 0; l < neurons; l++) {
        const drive = b[l] + freshB[l];
        a[l] = (a[l] + freshA[l] + drive * D) * shrink;
        b[l] = drive * shrink;
        freshA[l] = freshB[l] = size[l] = 0;
      }
    }
    return { times, fired, events };
  };
}

function fire(a, b, arrivals, x, D) {
  arrivals.sort((p, q) => p[0] - q[0]);
  for (let i = 0; i <= arrivals.length; i++) {
    const next = i < arrivals.length ? Math.min(arrivals[i][0], D) : D;
    if (next >= x) {
      const t = crossing(a, b, x, next);
      if (t < D) return t;
      x = next;
    }
    if (i < arrivals.length) {
      a -= arrivals[i][1] * arrivals[i][0];
      b += arrivals[i][1];
    }
  }
  return Number.NaN;
}

function crossing(a, b, from, to) {
  const f = (x) => a + b * x - Math.exp(x);
  if (f(from) >= 0) return from;
  let top = to;
  if (b < Math.exp(to)) top = b > Math.exp(from) ? Math.log(b) : from;
  top = Math.min(Math.max(top, from), to);
  const height = f(top);
  if (!(height >= -TOUCH * Math.exp(top))) return Number.NaN;
  if (height <= 0) return top;
  let x = from;
  for (let i = 0; i < 100; i++) {
    const growth = Math.exp(x);
    const next = x - (a + b * x - growth) / (b - growth);
    if (!(next > x)) break;
    x = Math.min(next, top);
  }
  return x;
}
