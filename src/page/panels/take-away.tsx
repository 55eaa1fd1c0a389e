/** What can be taken along: the network, figures, the link, the command. */
import { useState } from 'preact/hooks';
import { cueOf, type State } from '../state.js';
import { nameOf } from '../taking.js';
import { commandOf } from '../words.js';
import type { PanelProps } from './panel.js';

/** Hands a file to whoever clicked. */
export function download(name: string, data: BlobPart, type: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([data], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

/** A figure as pixels, twice as many as it says. */
async function pngOf(svg: string): Promise<Blob> {
  const image = new Image();
  image.src = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  await image.decode();
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [2 * image.width, 2 * image.height];
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(image.src);
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('this browser makes no PNG')))),
  );
}

/** The command that gives the same network, and plays what is played. */
function commandFor(state: State): string {
  const { words, given, opened, noise, outline } = state;
  const { first, last, from, to } = cueOf(state);
  const prompt =
    state.cue && from === 0 && outline
      ? [`--prompt channels:${first}-${last}`, `--prompt-time ${Number((to * outline.tau0 * 1e3).toPrecision(6))}ms`]
      : [];
  const noisy = noise > 0 ? [`--noise ${noise}`] : [];
  if (opened) return [`npx memorize recall ${opened}`, ...prompt, ...noisy].join(' ');
  const file = given && nameOf(given);
  return [commandOf(words, file, state.reading), ...prompt, ...noisy].join(' ');
}

export function TakeAway({ studio, state }: PanelProps) {
  const [said, say] = useState('');
  const [shown, show] = useState('');
  const copy = (text: string, done: string) => {
    show(text);
    navigator.clipboard?.writeText(text).then(
      () => say(done),
      () => say(''),
    );
  };
  const stored = state.phase === 'stored';
  const figure = async (name: string, draw: () => Promise<string>, png: boolean) => {
    say('drawing');
    try {
      const svg = await draw();
      download(`${name}.${png ? 'png' : 'svg'}`, png ? await pngOf(svg) : svg, png ? 'image/png' : 'image/svg+xml');
      say('');
    } catch (error) {
      say(error instanceof Error ? error.message : `${error}`);
    }
  };
  const link = async () => {
    const { url, whole } = await studio.taking.link();
    history.replaceState(undefined, '', url);
    copy(url, whole ? 'link copied' : 'link copied, without the score, which is too long: send its file along');
  };
  return (
    <div class="take">
      <div class="buttons" role="toolbar" aria-label="take along">
        <button
          type="button"
          class="main"
          disabled={!stored}
          onClick={async () => download('network.npz', await studio.taking.save(), 'application/octet-stream')}
        >
          network.npz
        </button>
        <details class="menu">
          <summary>figures</summary>
          <div>
            {(['svg', 'png'] as const).flatMap((kind) => [
              <button
                key={`r${kind}`}
                type="button"
                disabled={!stored}
                onClick={() => figure('recall', studio.taking.drawRecall, kind === 'png')}
              >
                recall.{kind}
              </button>,
              <button
                key={`n${kind}`}
                type="button"
                disabled={!stored}
                onClick={() => figure('potential', studio.taking.drawNeuron, kind === 'png')}
              >
                potential.{kind}
              </button>,
            ])}
          </div>
        </details>
        <button type="button" onClick={link}>
          link
        </button>
        <button type="button" onClick={() => copy(commandFor(state), 'command copied')}>
          command
        </button>
      </div>
      {shown && (
        <p class="shown">
          <code>{shown}</code> <output>{said}</output>
          <button type="button" aria-label="close" onClick={() => show('')}>
            ×
          </button>
        </p>
      )}
      {!shown && said && <output>{said}</output>}
    </div>
  );
}
