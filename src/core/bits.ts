/**
 * The two 32-bit words of a double, as the elementary functions read and write them. The high word holds sign, exponent and the
 * first 20 bits of the fraction: as integers, high words order numbers of one sign.
 */
const float = new Float64Array(1);
const words = new Int32Array(float.buffer);
float[0] = 1;
/** Where the high word stands, which depends on the byte order of the machine. */
const HIGH = words[1] !== 0 ? 1 : 0;
const LOW = 1 - HIGH;

/** The high word. */
export function highWord(x: number): number {
  float[0] = x;
  return words[HIGH];
}

/** x without the last 32 bits of its fraction, so that products of two such numbers are exact. */
export function coarse(x: number): number {
  float[0] = x;
  words[LOW] = 0;
  return float[0];
}

/** 2^k from k = -1022 on. A table, because a double that is read right after its words were written halts the processor. */
const powers = new Float64Array(2046);
for (let k = 0, power = 2.2250738585072014e-308; k < powers.length; k++, power *= 2) powers[k] = power;

/** 2^k for -1022 <= k <= 1023; no number else. */
export const powerOfTwo = (k: number): number => powers[k + 1022];

/** e where x = m 2^e with 1 <= m < 2, for x > 0; -1023 below 2^-1022. */
export const exponentOf = (x: number): number => (highWord(x) >> 20) - 1023;
