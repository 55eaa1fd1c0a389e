// The same solver in a browser: fits a line under points by least squares, in the page. Bundle it, because browsers do
// not resolve the names of packages, and serve the folder:
//   npx rolldown docs/examples/browser.mjs --file docs/examples/browser.bundle.js
//   npx vite docs/examples        (or any other static server), then open browser.html
import { solveQp } from 'engram/solvers';

const points = Array.from({ length: 12 }, (_, i) => [i / 11, 0.3 + (i / 11) * 0.5 + 0.2 * ((i * 7) % 5)]);

// minimize sum (a t + b - s)^2 subject to a t + b <= s at every point (t, s).
const P = new Float64Array(4);
const q = new Float64Array(2);
for (const [t, s] of points) {
  P[0] += 2 * t * t;
  P[1] += 2 * t;
  P[2] += 2 * t;
  P[3] += 2;
  q[0] -= 2 * t * s;
  q[1] -= 2 * s;
}
const A = Float64Array.from(points.flatMap(([t]) => [t, 1]));
const u = Float64Array.from(points, ([, s]) => s);
const { status, x } = solveQp({ P, q, A, u });

document.querySelector('#answer').textContent = `${status}: ${x[0]} t + ${x[1]}`;
const svg = document.querySelector('svg');
const place = (t, s) => [20 + 260 * t, 180 - 100 * s];
const add = (name, attributes) => {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  svg.append(element);
};
for (const [t, s] of points) add('circle', { cx: place(t, s)[0], cy: place(t, s)[1], r: 3 });
const [[x1, y1], [x2, y2]] = [place(0, x[1]), place(1, x[0] + x[1])];
add('line', { x1, y1, x2, y2, stroke: 'black' });
