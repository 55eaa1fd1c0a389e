/** What need not be drawn again. */
import { Component, type FunctionComponent } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { State } from '../state.js';
import type { PanelProps } from './panel.js';

/** A component that is drawn again only when one of its properties is another one. */
export function memo<Properties extends object>(draw: FunctionComponent<Properties>): FunctionComponent<Properties> {
  class Memo extends Component<Properties> {
    override shouldComponentUpdate(next: Readonly<Properties>): boolean {
      return (Object.keys(next) as (keyof Properties)[]).some((name) => next[name] !== this.props[name]);
    }
    override render() {
      return draw(this.props as Properties);
    }
  }
  return Memo as unknown as FunctionComponent<Properties>;
}

/** A panel that is fetched when it is first drawn. */
export function later(fetch: () => Promise<FunctionComponent<PanelProps>>): FunctionComponent<PanelProps> {
  let found: FunctionComponent<PanelProps> | undefined;
  return (parts) => {
    const [, redraw] = useState(0);
    useEffect(() => {
      fetch().then((panel) => {
        found = panel;
        redraw(1);
      });
    }, []);
    const Panel = found;
    return Panel ? <Panel {...parts} /> : null;
  };
}

interface Kept extends PanelProps {
  panel: FunctionComponent<PanelProps>;
  /** All of the state that the panel looks at. */
  looksAt: readonly (keyof State)[];
}

/** A panel that is drawn again only when something that it looks at has changed. */
export function Kept({ panel: Panel, looksAt, studio, state }: Kept) {
  return useMemo(
    () => <Panel studio={studio} state={state} />,
    looksAt.map((name) => state[name]),
  );
}
