/** Recall: some channels play, the others fall in. */
import { useRef } from 'preact/hooks';
import type { Cue } from '../address.js';
import { channelsOf, fit, type Marks, paintMarks } from '../marks.js';
import { channelsIn, cueOf, type State, stretchOf } from '../state.js';
import { IMPOSED, KEPT, STRAY } from '../tape.js';
import { milliseconds, Panel, type PanelProps, Picture, pixelOf } from './panel.js';
import { Sparkline } from './sparkline.js';

/** A brush that is smaller than this, in pixels, is a click. */
const SMALLEST = 4;

export function RecallPanel(parts: PanelProps) {
  const { outline, tape, now, theme } = parts.state;
  return (
    <Panel name="recall" title="Recall" summary={summaryOf(parts.state)}>
      <div class="stage">
        <Picture
          paint={(canvas) => paintRecall(canvas, parts.state)}
          changes={[outline, tape, now, theme, parts.state.cue]}
          label="what is played, channel over time"
          describedBy="summary-recall"
        />
        <Brush {...parts} />
      </div>
      <Axis {...parts.state} />
      <ul class="key" aria-label="colours">
        <li class="imposed">prompted</li>
        <li class="kept">as prescribed</li>
        <li class="stray">not prescribed</li>
        <li class="ghost">prescribed</li>
      </ul>
      <Controls {...parts} />
    </Panel>
  );
}

function summaryOf(state: State): string {
  const { periods, outline, noise } = state;
  const last = periods.at(-1);
  if (!last || !outline) return outline ? 'Waits until the network is stored.' : '';
  const { first, last: end, from, to } = cueOf(state);
  const ms = (time: number) => milliseconds(time, outline.tau0);
  const lag =
    last.lag === null
      ? ''
      : `, ${Math.abs(last.lag * outline.tau0 * 1e3).toFixed(2)} ms ${last.lag < 0 ? 'early' : 'late'}`;
  return `Channels ${first} to ${end} play from ${ms(from)} to ${ms(to)}, noise ${noise}. Free period ${periods.length}: precision ${last.precision.toFixed(3)}, recall ${last.recall.toFixed(3)}${lag}.`;
}

function paintRecall(canvas: HTMLCanvasElement, state: State): void {
  const { outline, tape } = state;
  if (!outline) return;
  fit(canvas);
  const { period, starts, times: prescribed } = outline.score;
  const stretch = stretchOf(state);
  const layers: Marks[] = [];
  const channels = channelsOf(starts);
  const ghost = [pixelOf('ghost')];
  for (let turn = Math.floor(stretch.from / period); turn * period < stretch.to; turn++) {
    layers.push({ times: prescribed, channels, colors: ghost, shift: turn * period });
  }
  const colors: number[] = [];
  [colors[IMPOSED], colors[KEPT], colors[STRAY]] = [pixelOf('accent'), pixelOf('ink'), pixelOf('stray')];
  if (tape) layers.push({ ...tape.played(), colors });
  paintMarks(canvas, { ...stretch, channels: channelsIn(outline) }, layers);
}

/** The stretch that prompts, which a pointer draws anew. */
function Brush({ studio, state }: PanelProps) {
  const begun = useRef<{ x: number; y: number }>(undefined);
  const channels = channelsIn(state.outline);
  const { from, to } = stretchOf(state);
  const cue = cueOf(state);
  const share = (time: number) => Math.min(100, Math.max(0, (100 * (time - from)) / (to - from)));
  const brushed = (box: DOMRect, x: number, y: number): Cue | undefined => {
    const start = begun.current;
    if (!start || Math.abs(x - start.x) < SMALLEST || Math.abs(y - start.y) < SMALLEST) return undefined;
    const time = (at: number) =>
      from + ((to - from) * (Math.min(box.right, Math.max(box.left, at)) - box.left)) / box.width;
    const row = (at: number) =>
      Math.min(channels - 1, Math.max(0, Math.floor((channels * (box.bottom - at)) / box.height)));
    const tidy = (value: number) => Math.round(value * 10) / 10;
    const [begin, end] = [Math.min(start.x, x), Math.max(start.x, x)].map((at) => tidy(time(at)));
    const most = state.outline?.score.period ?? 1;
    return {
      first: Math.min(row(start.y), row(y)),
      last: Math.max(row(start.y), row(y)),
      from: Math.min(begin, most),
      to: Math.max(Math.min(begin, most) + 1, Math.min(end, 2 * most)),
    };
  };
  const follow = ({
    currentTarget,
    clientX,
    clientY,
  }: {
    currentTarget: Element;
    clientX: number;
    clientY: number;
  }) => {
    const next = brushed(currentTarget.getBoundingClientRect(), clientX, clientY);
    if (next) studio.cue(next);
  };
  const shown = state.outline && cue.to > from;
  return (
    <div
      class="brush"
      title="drag over channels and time: they prompt"
      onPointerDown={(event) => {
        if (state.playing) studio.playback.toggle();
        begun.current = { x: event.clientX, y: event.clientY };
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={(event) => begun.current && follow(event)}
      onPointerUp={(event) => {
        follow(event);
        begun.current = undefined;
      }}
    >
      {shown && (
        <div
          class="cue"
          style={{
            left: `${share(cue.from)}%`,
            width: `${share(cue.to) - share(cue.from)}%`,
            bottom: `${(100 * cue.first) / channels}%`,
            height: `${(100 * (cue.last - cue.first + 1)) / channels}%`,
          }}
        />
      )}
    </div>
  );
}

/** Periods under the raster. */
function Axis(state: State) {
  const { outline } = state;
  if (!outline) return <div class="axis" />;
  const { from, to } = stretchOf(state);
  const { period } = outline.score;
  const ticks: number[] = [];
  for (let turn = Math.ceil(from / period - 1e-9); turn * period <= to + 1e-9; turn++) ticks.push(turn * period);
  return (
    <div class="axis" aria-hidden="true">
      {ticks.map((time) => (
        <span key={time} style={{ left: `${(100 * (time - from)) / (to - from)}%` }}>
          {milliseconds(time, outline.tau0)}
        </span>
      ))}
    </div>
  );
}

function Controls(parts: PanelProps) {
  const { studio, state } = parts;
  const { noise, playing, phase, periods, outline } = state;
  const ready = phase === 'stored';
  const cue = cueOf(state);
  const last = Math.max(0, channelsIn(outline) - 1);
  const tau0 = outline?.tau0 ?? 0.005;
  const number = (
    name: string,
    label: string,
    value: number,
    most: number,
    change: (value: number) => Partial<Cue>,
  ) => (
    <label>
      <span>{label}</span>
      <input
        type="number"
        name={name}
        min="0"
        max={Math.round(most)}
        value={Math.round(value)}
        onChange={({ currentTarget }) => {
          const next = { ...cue, ...change(Math.min(most, Math.max(0, Number(currentTarget.value)))) };
          if (next.first <= next.last && next.from < next.to) studio.cue(next);
        }}
      />
    </label>
  );
  return (
    <div class="fields">
      <div class="transport" role="toolbar" aria-label="playing">
        <button type="button" class="main" disabled={!ready} aria-pressed={playing} onClick={studio.playback.toggle}>
          {playing ? 'pause' : 'play on'}
        </button>
        <button type="button" disabled={!ready || playing} onClick={studio.playback.step}>
          step
        </button>
        <button type="button" disabled={!ready} onClick={() => studio.cue(undefined)}>
          again
        </button>
      </div>
      <label class="wide">
        <span>noise {noise.toFixed(2)}</span>
        <input
          type="range"
          name="noise"
          min="0"
          max="0.5"
          step="0.01"
          value={noise}
          onInput={(event) => studio.noise(Number(event.currentTarget.value))}
        />
      </label>
      {number('first', 'from channel', cue.first, last, (first) => ({ first }))}
      {number('last', 'to channel', cue.last, last, (end) => ({ last: end }))}
      {number('until', 'until (ms)', cue.to * tau0 * 1e3, 2e3 * (outline?.score.period ?? 1) * tau0, (ms) => ({
        to: ms / 1e3 / tau0,
      }))}
      <Sparkline name="precision" values={periods.map(({ precision }) => precision)} low={0} high={1} />
      <Sparkline name="lag (ms)" values={periods.map(({ lag }) => (lag ?? Number.NaN) * tau0 * 1e3)} />
    </div>
  );
}
