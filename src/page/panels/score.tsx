/** The score: what is to be stored. */
import { fit, paintMarks, pixel } from '../marks.js';
import { colorOf, Field, milliseconds, Panel, type PanelProps, Picture } from './panel.js';

export function ScorePanel({ studio, state }: PanelProps) {
  const { outline, given } = state;
  const channels = outline ? outline.score.starts.length - 1 : 0;
  const summary = outline
    ? `${channels} channels, ${outline.score.times.length} spikes in a period of ${milliseconds(outline.score.period, outline.tau0)}.`
    : 'No score yet.';
  const paint = (canvas: HTMLCanvasElement) => {
    if (!outline) return;
    fit(canvas);
    const { score } = outline;
    const rows = channelsOf(score.starts);
    paintMarks(canvas, { from: 0, to: score.period, channels }, [
      { times: score.times, channels: rows, color: pixel(colorOf('ink')) },
    ]);
  };
  return (
    <Panel name="score" title="Score" summary={summary}>
      <Picture paint={paint} changes={[outline]} label="the score, channel over time" describedBy="summary-score" />
      <div class="fields">
        <Field studio={studio} state={state} name="channels" label="channels" disabled={given !== undefined} />
        <Field studio={studio} state={state} name="duration" label="period" disabled={given !== undefined} />
        <Field studio={studio} state={state} name="seed" label="seed" />
        <button type="button" onClick={() => studio.change('seed', `${Number(state.words.seed ?? 1) + 1}`)}>
          another
        </button>
      </div>
    </Panel>
  );
}

/** The channel of every spike. */
export function channelsOf(starts: Uint32Array): Uint32Array {
  const channels = new Uint32Array(starts[starts.length - 1]);
  for (let channel = 0; channel + 1 < starts.length; channel++) {
    channels.fill(channel, starts[channel], starts[channel + 1]);
  }
  return channels;
}
