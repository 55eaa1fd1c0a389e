/** Frames of the screen. */

/** A page that was in the background does not catch up. */
const LONGEST = 0.1;

/** Seconds since the frame before, frame after frame, for as long as it goes on. */
export async function* frames(goesOn: () => boolean): AsyncGenerator<number, void> {
  let last = performance.now();
  while (goesOn()) {
    const time = await new Promise<number>(requestAnimationFrame);
    yield Math.min(LONGEST, Math.max(0, time - last) / 1e3);
    last = time;
  }
}
