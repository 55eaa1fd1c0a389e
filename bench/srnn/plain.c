// The same batch in plain C, f32: forward by spikes, backward by one dense product a step, trial by trial. Prints CPU seconds of a batch and the rate.
//   gcc -O3 -march=native -ffast-math plain.c -lm -o plain && ./plain N B batches
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { T = 400 };
static uint64_t word = 88172645463325252ull;
static float uniform(void) {
  word ^= word << 13;
  word ^= word >> 7;
  word ^= word << 17;
  return ((word >> 40) + 1) * 0x1p-24f;
}
static void pair(float *a, float *b) {
  float r = sqrtf(-2 * logf(uniform())), turn = 6.2831853f * uniform();
  *a = r * cosf(turn);
  *b = r * sinf(turn);
}
static float *floats(size_t n) { return calloc(n, sizeof(float)); }
static float slope(float x) {
  float root = 1000 * fabsf(x) + 1;
  return 1 / (root * root);
}

int main(int argc, char **argv) {
  int n = atoi(argv[1]), trials = atoi(argv[2]), batches = argc > 3 ? atoi(argv[3]) : 1, e = n * 4 / 5;
  float *m = floats((size_t)n * n), *dm = floats((size_t)n * n), *in = floats(5 * n), *din = floats(5 * n), *fc = floats(2 * n), *dfc = floats(2 * n);
  float *base0 = floats(n), *keep = floats(n), *beta = floats(n), norm = sqrtf(e + 16.f * (n - e));
  for (int pre = 0; pre < n; pre++)
    for (int post = 0; post < n; post++)
      m[pre * n + post] = pre == post ? 0 : fabsf(2 * uniform() - 1) * 2.6f / sqrtf(n) * (pre < e ? 1 : -4) / norm;
  for (int k = 0; k < 5 * n; k++) in[k] = (2 * uniform() - 1) * sqrtf(6.f / (4 + n));
  for (int k = 0; k < 2 * n; k++) fc[k] = (2 * uniform() - 1) / sqrtf(n);
  for (int k = 0; k < n; k++) {
    float a, b;
    pair(&a, &b);
    base0[k] = 2 + .1f * a;
    keep[k] = 1 - .002f / (k < e ? .035f : .04f);
    beta[k] = k % 4 ? 0 : 1.6f;
  }
  float *x = floats((size_t)(T + 1) * n), *vd = floats((size_t)(T + 1) * n), *rho = floats((size_t)(T + 1) * n), *state = floats(6 * n), *adjoint = floats(6 * n);
  int *spikes = malloc(sizeof(int) * (T + 1) * n), starts[T + 1];
  float d = expf(-.005f), outputs[T][2];
  long fired = 0;
  clock_t begin = clock();
  for (int trial = 0; trial < trials * batches; trial++) {
    float *v = state, *i = v + n, *r = i + n, *s = r + n, *b = s + n, *z = b + n, ov[2] = {0}, oi[2] = {0};
    memset(state, 0, sizeof(float) * 6 * n);
    for (int k = 0; k < n; k++) v[k] = vd[k] = -.065f + .015f * uniform(), x[k] = -1, rho[k] = 0, b[k] = base0[k];
    int count = starts[0] = 0;
    for (int t = 0; t < T; t++) {
      float *xt = x + (t + 1) * n, *vt = vd + (t + 1) * n, *rt = rho + (t + 1) * n;
      int from = t ? starts[t - 1] : 0, until = count;
      for (int k = 0; k < n; k++) {
        float noise, walk;
        pair(&noise, &walk);
        s[k] = d * s[k] + (1 - d) * z[k];
        vt[k] = v[k] + .1f * (-.065f - v[k] + .01f * i[k]) + 1.789e-4f * noise;
        xt[k] = vt[k] + .05f - beta[k] * s[k];
        rt[k] = r[k];
        b[k] += .002f * walk;
        i[k] = i[k] * keep[k] + .041f * b[k];
        int held = r[k] > 0, above = xt[k] > 0, fires = above && !held;
        if (!held) v[k] = above ? -.065f : vt[k];
        r[k] = fires ? 3 : fmaxf(r[k] - held, 0);
        z[k] = fires;
        if (fires) spikes[count++] = k;
      }
      starts[t + 1] = count;
      for (int q = from; q < until; q++)
        for (int k = 0; k < n; k++) i[k] += m[spikes[q] * n + k];
      if (t >= 350 && t % 6 == 0)
        for (int c = 0; c < 4; c++)
          for (int k = 0; k < n; k++) i[k] += in[c * n + k];
      for (int c = 0; c < 2; c++) {
        ov[c] += .2f * (oi[c] - ov[c]), oi[c] *= .6f;
        for (int q = until; q < count && spikes[q] < e; q++) oi[c] += fc[c * n + spikes[q]];
        outputs[t][c] = ov[c];
      }
    }
    fired += count;
    float *az = adjoint, *av = az + n, *ai = av + n, *ar = ai + n, *as = ar + n, *back = as + n, aov[2] = {0}, aoi[2] = {0};
    memset(adjoint, 0, sizeof(float) * 6 * n);
    for (int t = T - 1; t >= 0; t--) {
      float *xt = x + (t + 1) * n, *vt = vd + (t + 1) * n, *rt = rho + (t + 1) * n, *xp = xt - n, *vp = vt - n, *rp = rt - n;
      if (t > 0)
        for (int q = starts[t - 1]; q < starts[t]; q++)
          for (int k = 0; k < n; k++) dm[spikes[q] * n + k] += ai[k];
      if (t >= 350 && t % 6 == 0)
        for (int c = 0; c < 4; c++)
          for (int k = 0; k < n; k++) din[c * n + k] += ai[k];
      for (int pre = 0; pre < n; pre++) {
        float sum = 0;
        for (int k = 0; k < n; k++) sum += m[pre * n + k] * ai[k];
        back[pre] = sum;
      }
      for (int c = 0; c < 2; c++) {
        if (t >= T - 5) aov[c] += .2f * (outputs[t][c] - c) / trials;
        for (int q = starts[t]; q < starts[t + 1] && spikes[q] < e; q++) dfc[c * n + spikes[q]] += aoi[c];
      }
      for (int k = 0; k < n; k++) {
        float a = az[k] + (k < e ? fc[k] * aoi[0] + fc[n + k] * aoi[1] : 0);
        int above = xt[k] > 0, held = rt[k] > 0;
        float counted = fmaxf(rt[k] - held, 0), before = xp[k] > 0 || rp[k] > 0 ? -.065f : vp[k], v1 = above ? -.065f : vt[k];
        float g = a + ar[k] * (3 - counted), keepr = counted > 0 ? ar[k] : 0, mu = av[k] * (before - v1) - keepr - (above ? g : 0);
        float av1 = held ? 0 : av[k], ax = ((held ? 0 : g) + av1 * (-.065f - vt[k])) * slope(xt[k]), avd = (above ? 0 : av1) + ax, bb = as[k] - ax * beta[k];
        av[k] = (held ? av[k] : 0) + avd * .9f;
        ai[k] = avd * .001f + ai[k] * keep[k];
        ar[k] = keepr + mu * slope(rt[k]);
        as[k] = d * bb;
        az[k] = (1 - d) * bb + back[k];
      }
      for (int c = 0; c < 2; c++) aoi[c] = .6f * aoi[c] + .2f * aov[c], aov[c] *= .8f;
    }
  }
  double seconds = (double)(clock() - begin) / CLOCKS_PER_SEC / batches;
  printf("%.4f %.2f %g\n", seconds, fired / (.8 * n * trials * batches), dm[1] + din[0] + dfc[0]);
  return 0;
}
