// A Python beside the benchmark that answers one line of JSON with another.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** Infinite limits are null there; typed arrays are lists. */
const plain = (_, value) =>
  ArrayBuffer.isView(value) ? Array.from(value, (v) => (Number.isFinite(v) ? v : null)) : value;

/** Asks `script`, a file of this folder. Where no answer comes in time, the question is answered by undefined, and the next one by a new process. */
export function asking(python, script) {
  let child;
  let lines;
  return {
    async ask(question, seconds = 3600) {
      if (!child) {
        child = spawn(python, [new URL(script, import.meta.url).pathname], { stdio: ['pipe', 'pipe', 'inherit'] });
        child.stdin.on('error', () => {});
        lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
      }
      const asked = child;
      const timer = setTimeout(() => asked.kill('SIGKILL'), 1000 * seconds);
      child.stdin.write(`${JSON.stringify(question, plain)}\n`);
      const { value } = await lines.next();
      clearTimeout(timer);
      if (value === undefined) child = undefined;
      return value && JSON.parse(value);
    },
    end: () => child?.stdin.end(),
  };
}
