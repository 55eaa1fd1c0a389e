/**
 * The two 32-bit words of a double, as the elementary functions read and write them. The high word holds sign, exponent and the
 * first 20 bits of the fraction: as integers, high words order numbers of one sign.
 */
const float = new Float64Array(1);
const words = new Uint32Array(float.buffer);
float[0] = 1;
/** Where the high word stands, which depends on the byte order of the machine. */
const HIGH = words[1] !== 0 ? 1 : 0;
const LOW = 1 - HIGH;

/** The high word, as a signed integer. */
export function highWord(x: number): number {
  float[0] = x;
  return words[HIGH] | 0;
}

/** x with another high word. */
export function withHighWord(x: number, high: number): number {
  float[0] = x;
  words[HIGH] = high;
  return float[0];
}

/** x without the last 32 bits of its fraction, so that products of two such numbers are exact. */
export function coarse(x: number): number {
  float[0] = x;
  words[LOW] = 0;
  return float[0];
}

/** 2^k for -1022 <= k <= 1023. */
export function powerOfTwo(k: number): number {
  words[LOW] = 0;
  words[HIGH] = (k + 1023) << 20;
  return float[0];
}
