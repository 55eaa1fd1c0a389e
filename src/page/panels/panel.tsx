/** What all panels have: a title, a picture with a summary in words, and settings. */
import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { pixel } from '../marks.js';
import type { State } from '../state.js';
import type { Studio } from '../studio.js';
import { type Name, wordOf } from '../words.js';

export interface PanelProps {
  studio: Studio;
  state: State;
}

interface Frame {
  name: string;
  title: string;
  /** What the picture shows, for those who do not see it. */
  summary: string;
  children: ComponentChildren;
}

export function Panel({ name, title, summary, children }: Frame) {
  return (
    <section class={`panel ${name}`} aria-labelledby={`title-${name}`}>
      <h2 id={`title-${name}`}>{title}</h2>
      {children}
      <p class="summary" id={`summary-${name}`} aria-live="polite">
        {summary}
      </p>
    </section>
  );
}

interface FieldProps extends PanelProps {
  name: Name;
  label: string;
  title?: string;
  disabled?: boolean;
  placeholder?: string;
}

/** A setting of the memory that is typed. */
export function Field({ studio, state, name, ...how }: FieldProps) {
  return <Typed {...how} name={name} said={wordOf(state.words, name)} change={(text) => studio.change(name, text)} />;
}

interface TypedProps extends Omit<FieldProps, 'studio' | 'state' | 'name'> {
  name: string;
  said: string;
  change(text: string): void;
}

/** A setting that is typed. */
export function Typed({ name, label, title, disabled, placeholder, said, change }: TypedProps) {
  const [text, type] = useState(said);
  useEffect(() => type(said), [said]);
  const tell = () => {
    if (text !== said) change(text.trim());
  };
  return (
    <label title={title}>
      <span>{label}</span>
      <input
        name={name}
        value={text}
        disabled={disabled}
        placeholder={placeholder ?? ''}
        autocomplete="off"
        spellcheck={false}
        onInput={(event) => type(event.currentTarget.value)}
        onChange={tell}
        onBlur={tell}
        onKeyDown={(event) => event.key === 'Enter' && tell()}
      />
    </label>
  );
}

interface ChoiceProps extends FieldProps {
  /** Words and what they are called. */
  among: readonly (readonly [word: string, called: string])[];
}

/** A setting of the memory that is chosen. */
export function Choice({ studio, state, name, ...how }: ChoiceProps) {
  return <Chosen {...how} name={name} said={wordOf(state.words, name)} change={(text) => studio.change(name, text)} />;
}

/** A setting that is chosen. */
export function Chosen({ name, label, title, disabled, among, said, change }: TypedProps & Pick<ChoiceProps, 'among'>) {
  const known = among.some(([word]) => word === said);
  return (
    <label title={title} class="wide">
      <span>{label}</span>
      <select name={name} value={said} disabled={disabled} onChange={(event) => change(event.currentTarget.value)}>
        {(known ? among : [...among, [said, said] as const]).map(([word, called]) => (
          <option key={word} value={word} selected={word === said}>
            {called}
          </option>
        ))}
      </select>
    </label>
  );
}

/** A canvas that is painted again whenever something of it, or its size, changes. */
export function Picture({
  paint,
  changes,
  label,
  describedBy,
}: {
  paint(canvas: HTMLCanvasElement): void;
  changes: readonly unknown[];
  label: string;
  describedBy: string;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const latest = useRef(paint);
  latest.current = paint;
  useLayoutEffect(() => {
    if (canvas.current) latest.current(canvas.current);
  }, changes);
  useEffect(() => {
    const watch = new ResizeObserver(() => canvas.current && latest.current(canvas.current));
    if (canvas.current) watch.observe(canvas.current);
    return () => watch.disconnect();
  }, []);
  return <canvas ref={canvas} role="img" aria-label={label} aria-describedby={describedBy} />;
}

const colors = new Map<string, string>();
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => colors.clear());

/** A colour of the style sheet. */
export function colorOf(name: string): string {
  const root = document.documentElement;
  const key = `${root.dataset.theme} ${name}`;
  const color = colors.get(key) ?? getComputedStyle(root).getPropertyValue(`--${name}`).trim();
  colors.set(key, color);
  return color;
}

/** The same as a pixel lies in memory. */
export const pixelOf = (name: string): number => pixel(colorOf(name));

/** 1234567 as 1,234,567. */
export const grouped = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, ',');

/** Milliseconds of a time in refractory periods. */
export const milliseconds = (time: number, tau0: number): string => `${Number((time * tau0 * 1e3).toPrecision(4))} ms`;
