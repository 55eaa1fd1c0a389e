export { type Journal, openJournal } from './journal.js';
export {
  birthOf,
  guard,
  isAlive,
  openResults,
  PLAN,
  partialOf,
  type Results,
  type Sink,
  writeThrough,
  writeWhole,
} from './results.js';
