// What test files take from vitest, for tests that run in this process (runner.mjs): it collects them, and has vitest's own `expect`.
import { ASYMMETRIC_MATCHERS_OBJECT, chai, JestAsymmetricMatchers, JestChaiExpect, JestExtend } from '@vitest/expect';

for (const plugin of [JestExtend, JestChaiExpect, JestAsymmetricMatchers]) chai.use(plugin);
export const expect = Object.assign(
  (value, message) => chai.expect(value, message),
  chai.expect,
  globalThis[ASYMMETRIC_MATCHERS_OBJECT],
);

const newSuite = (name, parent) => ({ name, parent, beforeAll: [], afterAll: [], beforeEach: [], afterEach: [] });
let suite = newSuite('');
let tests = [];

/** The tests of a file, in order, which `load` brings in: each a name, a function, and the suite around it. */
export async function collect(load) {
  suite = newSuite('');
  tests = [];
  await load();
  return tests;
}

const named = (name, body) => tests.push({ name: suite.name + name, body, suite });
const grouped = (name, body) => {
  const parent = suite;
  suite = newSuite(`${parent.name}${name} > `, parent);
  body();
  suite = parent;
};

/** `each`, `for` and `skipIf` of a function that takes a name and a body; names are told apart by number. */
function withCases(add) {
  const options = (rest) => rest.find((part) => typeof part === 'function');
  const plain = (name, ...rest) => add(name, options(rest));
  const cases =
    (spread) =>
    (list) =>
    (name, ...rest) =>
      list.forEach((one, i) =>
        add(`${name} #${i}`, () => options(rest)(...(spread && Array.isArray(one) ? one : [one]))),
      );
  return Object.assign(plain, {
    each: cases(true),
    for: cases(false),
    skip: () => {},
    skipIf: (condition) => (condition ? Object.assign(() => {}, { each: () => () => {} }) : withCases(add)),
  });
}

export const it = withCases(named);
export const test = it;
export const describe = withCases(grouped);
export const beforeAll = (hook) => suite.beforeAll.push(hook);
export const afterAll = (hook) => suite.afterAll.push(hook);
export const beforeEach = (hook) => suite.beforeEach.push(hook);
export const afterEach = (hook) => suite.afterEach.push(hook);
