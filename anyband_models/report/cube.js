/* The thinned cube: unpacked once, then read pixel by pixel. */

const [MEASURED, REPAIRED_BAND, REPAIRED_PIXEL, REFUSED, NO_DATA] = [0, 1, 2, 3, 4];
const isRepaired = (entry) => entry.origin === REPAIRED_BAND || entry.origin === REPAIRED_PIXEL;

async function bytesOf(packed) {
  const deflated = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0));
  const stream = new Blob([deflated]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

async function codesOf(packed) {
  const bytes = await bytesOf(packed);
  const half = bytes.length / 2;
  return Uint16Array.from({ length: half }, (_, i) => (bytes[i] << 8) | bytes[half + i]);
}

/** Return a function that gives the spectrum of a pixel, its bands sorted by wavelength. */
async function unpack(data) {
  const [mean, std, state, truth] = await Promise.all([
    codesOf(data.mean.packed), codesOf(data.std.packed), bytesOf(data.state.packed),
    data.truth ? codesOf(data.truth.packed) : null,
  ]);
  const number = (steps, code) => (code === 0 ? NaN : steps.offset + (code - 1) * steps.scale);
  const order = [...data.wavelength.keys()].sort((a, b) => data.wavelength[a] - data.wavelength[b] || a - b);
  return (row, column) => order.map((band) => {
    const i = (row * data.columns + column) * order.length + band;
    return {
      band,
      x: data.wavelength[band],
      mean: number(data.mean, mean[i]),
      sigma: number(data.std, std[i]),
      truth: truth ? number(data.mean, (mean[i] + truth[i]) & 0xffff) : NaN,
      origin: state[i] & ((1 << data.cautionShift) - 1),
      caution: state[i] >> data.cautionShift,
    };
  });
}
