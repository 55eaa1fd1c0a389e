export { type Journal, openJournal } from './journal.js';
export {
  birthOf,
  checkTarget,
  guard,
  isAlive,
  openResults,
  PLAN,
  partialOf,
  type Results,
  refuseDangling,
  type Sink,
  writeThrough,
  writeWhole,
} from './results.js';
