/**
 * What went wrong, as a stable word. Mathematical outcomes (infeasible, stalled) are statuses, never errors.
 * - `usage`: a wrong option or argument
 * - `input`: a file or a data structure that does not say what it must
 * - `output`: results could not be written
 * - `interrupted`: the user asked to stop
 */
export type ErrorCode = 'usage' | 'input' | 'output' | 'interrupted';

/** An error that a person can act upon: one line that says what, where, got, allowed and how to fix it. */
export class EngramError extends Error {
  /** Always `EngramError`. */
  override readonly name = 'EngramError';
  constructor(
    /** What kind of error it is. */
    readonly code: ErrorCode,
    message: string,
  ) {
    // What a broken file holds may be quoted, and must not break the line.
    super(String(message).replace(/\s*[\r\n\u2028\u2029]\s*/g, ' '));
  }
}
