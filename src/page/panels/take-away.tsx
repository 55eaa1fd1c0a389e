/** What can be taken along: the network, the link, the command. */
import { useState } from 'preact/hooks';
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

export function TakeAway({ studio, state }: PanelProps) {
  const [said, say] = useState('');
  const copy = async (text: string, done: string) => {
    try {
      await navigator.clipboard.writeText(text);
      say(done);
    } catch {
      say(text);
    }
  };
  const stored = state.phase === 'stored';
  return (
    <div class="take" role="toolbar" aria-label="take along">
      <button
        type="button"
        disabled={!stored}
        onClick={async () => download('network.npz', await studio.save(), 'application/octet-stream')}
      >
        network.npz
      </button>
      <button
        type="button"
        onClick={() => {
          const { url } = studio.link();
          history.replaceState(undefined, '', url);
          copy(url, 'link copied');
        }}
      >
        link
      </button>
      <button type="button" onClick={() => copy(commandOf(state.words), 'command copied')}>
        command
      </button>
      <output>{said}</output>
    </div>
  );
}
