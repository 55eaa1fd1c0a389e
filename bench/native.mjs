// npm run bench:native -- python3: ours against native QP codes through their Python packages, interleaved, and their
// sections of docs/benchmarks.md. More interpreters may follow as name=path: the name is added to their codes' names.
import { machineLine, writeSections } from './document.mjs';
import { comparePrograms } from './parts/programs.mjs';
import { compareRows } from './parts/rows.mjs';
import { nativePeers } from './peers/native.mjs';

const log = (text) => console.error(text);
const asked = process.argv.slice(2);

const interpreters = [];
for (const argument of asked.length > 0 ? asked : ['python3']) {
  const [, tag, path] = /^(?:([^=]+)=)?(.+)$/.exec(argument);
  const interpreter = await nativePeers(path, tag);
  for (const [code, reason] of Object.entries(interpreter.missing)) log(`${argument}: ${code} is left out: ${reason}`);
  interpreters.push({ tag, ...interpreter });
}
const peers = interpreters.flatMap((interpreter) => interpreter.peers);
if (peers.length === 0) throw new Error('no package is installed; see bench/native/requirements.txt');

const packages = interpreters.map(({ tag, python, versions }) => {
  const list = [...new Set(Object.values(versions))].join(', ');
  return tag ? `${tag}: ${list}` : `Python ${python}: ${list}`;
});
for (const [name, part] of Object.entries({ 'native-rows': compareRows, 'native-programs': comparePrograms })) {
  const line = machineLine('npm run bench:native', packages);
  const text = await part(peers, log);
  console.log(`${text}\n`);
  writeSections({ [name]: `${line}\n\n${text}` });
}
for (const { stop } of interpreters) stop();
