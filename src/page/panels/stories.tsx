/** Stories beside each other: whichever is scrolled to, the screen shows. */
import { useEffect, useRef } from 'preact/hooks';
import { STORIES } from '../stories.js';
import type { PanelProps } from './panel.js';

export function Stories({ studio, state }: PanelProps) {
  const track = useRef<HTMLDivElement>(null);
  const told = state.story ?? 1;
  const latest = useRef(told);
  latest.current = told;
  const go = (number: number) => {
    const card = track.current?.children[number - 1];
    const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
    card?.scrollIntoView({ behavior: calm ? 'auto' : 'smooth', block: 'nearest', inline: 'start' });
  };
  useEffect(() => {
    const box = track.current;
    if (!box) return;
    // The one that the screen shows, also when the window has another width.
    const place = () => box.scrollTo({ left: box.clientWidth * (latest.current - 1), behavior: 'instant' });
    place();
    const resize = new ResizeObserver(place);
    resize.observe(box);
    const watch = new IntersectionObserver(
      (entries) => {
        const seen = entries.find(({ isIntersecting }) => isIntersecting)?.target;
        if (seen) studio.tell(Array.from(box.children).indexOf(seen) + 1);
      },
      { root: box, threshold: 0.7 },
    );
    for (const card of box.children) watch.observe(card);
    return () => {
      watch.disconnect();
      resize.disconnect();
    };
  }, []);
  return (
    <section class="stories" aria-label="stories">
      <button type="button" disabled={told <= 1} aria-label="the story before" onClick={() => go(told - 1)}>
        ‹
      </button>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys */}
      <div class="track" ref={track} tabIndex={0}>
        {STORIES.map(({ title, text }, i) => (
          <article key={title} aria-current={told === i + 1}>
            <h2>
              <small>
                {i + 1} of {STORIES.length}
              </small>{' '}
              {title}
            </h2>
            <p>{text}</p>
          </article>
        ))}
      </div>
      <button type="button" disabled={told >= STORIES.length} aria-label="the next story" onClick={() => go(told + 1)}>
        ›
      </button>
      <button type="button" aria-label="close the stories" onClick={() => studio.tell(undefined)}>
        ×
      </button>
    </section>
  );
}
