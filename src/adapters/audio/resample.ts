/** Zero crossings of the filter on each side of its centre. */
const CROSSINGS = 24;
/** Table entries between two zero crossings. Interpolated linearly, the table is exact to −106 dB, below 16 bits. */
const RESOLUTION = 512;
/** Shape of the Kaiser window: the stop band lies at −90 dB. */
const BETA = 9;
/** The filter's cutoff, relative to the lower Nyquist frequency. The rest is the transition band. */
const CUTOFF = 0.94;

/**
 * Changes the sampling rate of a sound with a low-pass filter below both Nyquist frequencies, so that nothing aliases:
 *
 *     y(t) = c Σₙ x[n] h(c (t − n)),   h(u) = sinc(u) · Kaiser(u / CROSSINGS)
 *
 * Time t counts samples of x, and c ≤ 1 is the cutoff relative to the Nyquist frequency of x.
 *
 * @see Smith, Digital Audio Resampling, https://ccrma.stanford.edu/~jos/resample
 */
export function resample(x: Float32Array, from: number, to: number): Float32Array {
  if (from === to) return x;
  const cutoff = CUTOFF * Math.min(1, to / from);
  const reach = CROSSINGS / cutoff;
  const y = new Float32Array(Math.round((x.length * to) / from));
  for (let i = 0; i < y.length; i++) {
    const t = (i * from) / to;
    const [first, last] = [Math.max(0, Math.ceil(t - reach)), Math.min(x.length - 1, Math.floor(t + reach))];
    let sum = 0;
    for (let n = first; n <= last; n++) {
      const at = Math.abs(t - n) * cutoff * RESOLUTION;
      const below = Math.floor(at);
      const left = filter[below] as number;
      sum += (x[n] as number) * (left + (at - below) * ((filter[below + 1] as number) - left));
    }
    y[i] = cutoff * sum;
  }
  return y;
}

/** h at steps of 1 / RESOLUTION from its centre; two entries more, because interpolation reads the next one. */
const filter = Float64Array.from({ length: CROSSINGS * RESOLUTION + 2 }, (_, i) => {
  const u = i / RESOLUTION;
  if (u >= CROSSINGS) return 0;
  const sinc = u === 0 ? 1 : Math.sin(Math.PI * u) / (Math.PI * u);
  return (sinc * bessel(BETA * Math.sqrt(1 - (u / CROSSINGS) ** 2))) / bessel(BETA);
});

/** The modified Bessel function of order 0, by its power series. */
function bessel(x: number): number {
  let [sum, term] = [1, 1];
  for (let k = 1; term > 1e-12 * sum; k++) {
    term *= (x / 2 / k) ** 2;
    sum += term;
  }
  return sum;
}
