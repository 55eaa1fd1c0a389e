/** What several aims refuse. */
import { EngramError } from '../../../core/index.js';
import type { Template } from '../../template/index.js';

export function refuseGrid({ grid }: Template): void {
  if (grid !== undefined) {
    throw new EngramError('usage', 'a sampled template has no robust, soft or quantised form; leave out the grid');
  }
}

export function checkShare(share: number): void {
  if (!(share > 0 && share < 1)) {
    throw new EngramError('usage', `the share of the way to the most must be above 0 and below 1; got ${share}`);
  }
}

export function refuseRamp({ shape }: Template): void {
  if (shape === 'ramp') {
    throw new EngramError('usage', 'a ramp has no robust and no quantised form; choose the window');
  }
}
