/** Recall: some channels play, the others fall in. */
import { fit, type Marks, paintMarks, pixel } from '../marks.js';
import { cueOf, stretchOf } from '../state.js';
import { IMPOSED, KEPT, STRAY } from '../tape.js';
import { colorOf, Panel, type PanelProps, Picture } from './panel.js';
import { channelsOf } from './score.js';

export function RecallPanel({ studio, state }: PanelProps) {
  const { outline, tape, periods, noise } = state;
  const cue = cueOf(state);
  const last = periods.at(-1);
  const summary = last
    ? `Channels ${cue.first} to ${cue.last} play; the last free period has precision ${last.precision.toFixed(3)}, recall ${last.recall.toFixed(3)}.`
    : '';
  const paint = (canvas: HTMLCanvasElement) => {
    if (!outline) return;
    fit(canvas);
    const { score } = outline;
    const { from, to } = stretchOf(state);
    const view = { from, to, channels: score.starts.length - 1 };
    const layers: Marks[] = [];
    const rows = channelsOf(score.starts);
    for (let turn = Math.floor(from / score.period); turn * score.period < to; turn++) {
      const times = score.times.map((time) => time + turn * score.period);
      layers.push({ times, channels: rows, color: pixel(colorOf('ghost')) });
    }
    if (tape) {
      const { times, channels, kinds } = tape;
      const colors = [
        [KEPT, 'ink'],
        [STRAY, 'stray'],
        [IMPOSED, 'accent'],
      ] as const;
      for (const [kind, name] of colors) layers.push({ times, channels, kinds, kind, color: pixel(colorOf(name)) });
    }
    paintMarks(canvas, view, layers);
  };
  return (
    <Panel name="recall" title="Recall" summary={summary}>
      <Picture paint={paint} changes={[outline, tape, state.now]} label="what is played" describedBy="summary-recall" />
      <div class="fields">
        <label>
          <span>noise {noise.toFixed(2)}</span>
          <input
            type="range"
            name="noise"
            min="0"
            max="0.3"
            step="0.01"
            value={noise}
            onInput={(event) => studio.noise(Number(event.currentTarget.value))}
          />
        </label>
      </div>
    </Panel>
  );
}
