/** What to type to do the same. */
import { besideCommand, type Neighbour, type Said } from './words.js';

export const Command = ({ neighbour, said }: { neighbour: Neighbour; said: Said }) => (
  <p class="same">
    The same by the command: <code>{besideCommand(neighbour, said)}</code>
  </p>
);
