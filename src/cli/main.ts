#!/usr/bin/env node
/** The program `memorize`. */
import { launch } from '../app/index.js';
import { memorize } from './memorize/index.js';

await launch(memorize, process.argv.slice(2));
