/** The number behind the colon of an objective, within limits beyond which rounding decides; `usual` if it is left out. */
export const parameterWithin =
  (least: number, most: number) =>
  (text: string | undefined, usual: number): number | undefined => {
    const parameter = text === undefined ? usual : /^[\d.]+(e-?\d+)?$/.test(text) ? Number(text) : Number.NaN;
    return parameter >= least && parameter <= most ? parameter : undefined;
  };
