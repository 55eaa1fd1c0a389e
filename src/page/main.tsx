/** The page begins. */
import { render } from 'preact';
import { App } from './app.js';
import { createStudio } from './studio.js';

const studio = createStudio();
studio.start();
render(<App studio={studio} />, document.getElementById('page') as HTMLElement);
