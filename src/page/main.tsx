/** The page begins. */
import { render } from 'preact';
import { App } from './app.js';
import { createStudio } from './studio.js';

const studio = createStudio();
studio.start().finally(() => {
  // What works offline is fetched when nobody waits.
  navigator.serviceWorker?.register('./offline.js').catch(() => {});
});
render(<App studio={studio} />, document.getElementById('page') as HTMLElement);
