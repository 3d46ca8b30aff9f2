/* The spectrum of one pixel, drawn on a canvas. */

/** Return { draw(spectrum, place), placeAt(left) }; `place` is the band under the cursor, or -1. */
function makePlot(canvas, data) {
  const edge = { left: 62, right: 14, top: 12, bottom: 60 };
  const x = [...data.wavelength].sort((a, b) => a - b);
  const steps = x.slice(1).map((value, i) => value - x[i]).filter((step) => step > 0);
  const typical = steps.sort((a, b) => a - b)[steps.length >> 1] || 1;
  const far = 4 * typical; // a wider gap, with nothing repaired in it, breaks the curve
  const span = [x[0] - typical / 2, x.at(-1) + typical / 2];
  let spectrum = [];
  let plot = null;

  function colour(name) {
    return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  }

  /** Low and high of what is drawn; a wide ± 2 σ may double the room, not swallow it. */
  function valueRange() {
    const values = spectrum.flatMap((entry) => [entry.mean, entry.truth]).filter(Number.isFinite);
    if (!values.length) return [0, 1];
    const [low, high] = [Math.min(...values), Math.max(...values)];
    const room = high - low || Math.abs(high) || 1;
    const sure = spectrum.filter((entry) => Number.isFinite(entry.mean + entry.sigma));
    const bottom = Math.min(low, ...sure.map((entry) => entry.mean - 2 * entry.sigma));
    const top = Math.max(high, ...sure.map((entry) => entry.mean + 2 * entry.sigma));
    return [Math.max(bottom, low - room / 2) - 0.05 * room, Math.min(top, high + room / 2) + 0.05 * room];
  }

  function ticks(low, high, about) {
    const raw = (high - low) / about;
    const power = 10 ** Math.floor(Math.log10(raw));
    const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= raw);
    const count = Math.floor((high - low) / step) + 2;
    const start = Math.ceil(low / step);
    return Array.from({ length: count }, (_, i) => Number(((start + i) * step).toPrecision(12)))
      .filter((value) => value <= high);
  }

  function layOut() {
    const { clientWidth: width, clientHeight: height } = canvas;
    const [low, high] = valueRange();
    const dots = window.devicePixelRatio || 1;
    canvas.width = Math.round(width * dots);
    canvas.height = Math.round(height * dots);
    const pen = canvas.getContext("2d");
    pen.scale(dots, dots);
    const right = width - edge.right, bottom = height - edge.bottom;
    plot = {
      pen, width, height, low, high, right, bottom,
      px: (value) => edge.left + ((value - span[0]) / (span[1] - span[0])) * (right - edge.left),
      py: (value) => bottom - ((value - low) / (high - low)) * (bottom - edge.top),
    };
  }

  /** Left and right end of a band on the screen: half-way to its neighbours, if they are near. */
  function ends(place) {
    const reach = (to) => Math.min(Math.abs((x[to] ?? Infinity) - x[place]), 2 * typical) / 2;
    const left = plot.px(x[place] - (place ? reach(place - 1) : typical / 2));
    const right = plot.px(x[place] + (place < x.length - 1 ? reach(place + 1) : typical / 2));
    return [Math.round(left), Math.max(Math.round(right), Math.round(left) + 1)];
  }

  function draw(entries, place) {
    spectrum = entries;
    if (!spectrum.length || !canvas.clientWidth) return;
    layOut();
    const { pen } = plot;
    drawTints();
    drawAxes();
    pen.save();
    pen.beginPath();
    pen.rect(edge.left, edge.top, plot.right - edge.left, plot.bottom - edge.top);
    pen.clip();
    for (const run of runs()) drawSpread(run);
    drawLine("mean", "faint", 1, (a, b) => connected(a, b) && !isRepaired(a) && !isRepaired(b));
    drawLine("truth", "truth", 1.25, truthMatters);
    drawLine("mean", "band", 2, (a, b) => connected(a, b) && (isRepaired(a) || isRepaired(b)));
    pen.restore();
    drawPoints();
    drawCursor(spectrum[place]);
  }

  function drawTints() {
    const { pen } = plot;
    const fills = { [REPAIRED_BAND]: colour("band-tint"), [REPAIRED_PIXEL]: colour("gap-tint"), [REFUSED]: hatch(), [NO_DATA]: colour("none") };
    const share = colour("soft");
    spectrum.forEach((entry, place) => {
      const [left, right] = ends(place);
      if (entry.origin !== MEASURED) {
        pen.fillStyle = fills[entry.origin];
        pen.fillRect(left, edge.top, right - left, plot.bottom - edge.top);
      }
      pen.globalAlpha = data.missing[entry.band];
      pen.fillStyle = share;
      pen.fillRect(left, plot.bottom + 3, right - left, 5);
      pen.globalAlpha = 1;
    });
  }

  function hatch() {
    const tile = document.createElement("canvas");
    tile.width = tile.height = 6;
    const pen = tile.getContext("2d");
    pen.strokeStyle = colour("refused");
    pen.beginPath();
    for (const shift of [-6, 0, 6]) {
      pen.moveTo(shift, 6);
      pen.lineTo(shift + 6, 0);
    }
    pen.stroke();
    return plot.pen.createPattern(tile, "repeat");
  }

  function drawAxes() {
    const { pen, right, bottom } = plot;
    pen.font = `12px ${getComputedStyle(document.body).fontFamily}`;
    pen.fillStyle = colour("soft");
    pen.strokeStyle = colour("rule");
    pen.lineWidth = 1;
    pen.textBaseline = "middle";
    pen.textAlign = "right";
    for (const value of ticks(plot.low, plot.high, 5)) {
      line(edge.left, plot.py(value), right, plot.py(value));
      pen.fillText(String(value).replace("-", "−"), edge.left - 8, plot.py(value));
    }
    pen.textAlign = "center";
    pen.textBaseline = "top";
    for (const value of ticks(span[0], span[1], Math.max(3, (right - edge.left) / 110))) {
      pen.fillText(String(value).replace("-", "−"), plot.px(value), bottom + 15);
    }
    pen.fillText("wavelength [nm]", (edge.left + right) / 2, bottom + 36);
    pen.strokeStyle = colour("soft");
    line(edge.left, bottom, right, bottom);
    pen.save();
    pen.translate(10, (edge.top + bottom) / 2);
    pen.rotate(-Math.PI / 2);
    pen.textBaseline = "middle";
    pen.fillText(data.yLabel, 0, 0);
    pen.restore();
  }

  function line(x0, y0, x1, y1) {
    plot.pen.beginPath();
    plot.pen.moveTo(x0, y0);
    plot.pen.lineTo(x1, y1);
    plot.pen.stroke();
  }

  /** Whether the curve runs on from one band to the next. */
  function connected(a, b) {
    const known = Number.isFinite(a.mean) && Number.isFinite(b.mean);
    return known && (isRepaired(a) || isRepaired(b) || b.x - a.x <= far);
  }

  const pairs = () => spectrum.slice(1).map((entry, i) => [spectrum[i], entry]);

  /** Stretches of the curve that hold a repaired entry, with the measured ones at their ends. */
  function runs() {
    const found = [];
    for (const [a, b] of pairs()) {
      if (!connected(a, b) || !(isRepaired(a) || isRepaired(b))) continue;
      if (found.at(-1)?.at(-1) === a) found.at(-1).push(b);
      else found.push([a, b]);
    }
    return found;
  }

  function drawSpread(run) {
    const { pen } = plot;
    const side = (entry, sign) => [plot.px(entry.x), plot.py(entry.mean + sign * 2 * (entry.sigma || 0))];
    pen.beginPath();
    for (const entry of run) pen.lineTo(...side(entry, 1));
    for (const entry of [...run].reverse()) pen.lineTo(...side(entry, -1));
    pen.closePath();
    pen.fillStyle = colour("band");
    pen.globalAlpha = 0.28;
    pen.fill();
    pen.globalAlpha = 1;
  }

  /** A line through `key` of neighbouring bands, wherever `wanted` says so of the two. */
  function drawLine(key, name, width, wanted) {
    const { pen } = plot;
    pen.strokeStyle = colour(name);
    pen.lineWidth = width;
    pen.beginPath();
    for (const [a, b] of pairs()) {
      if (!wanted(a, b)) continue;
      pen.moveTo(plot.px(a.x), plot.py(a[key]));
      pen.lineTo(plot.px(b.x), plot.py(b[key]));
    }
    pen.stroke();
  }

  /** Whether the truth between two bands is known, and says more than the measured dots do. */
  function truthMatters(a, b) {
    const apart = (entry) => Math.abs(plot.py(entry.truth) - plot.py(entry.mean)) > 1.5;
    const news = (entry) => entry.origin !== MEASURED || apart(entry);
    const near = b.x - a.x <= far || isRepaired(a) || isRepaired(b);
    return Number.isFinite(a.truth + b.truth) && near && (news(a) || news(b));
  }

  function drawPoints() {
    const size = x.length > 80 ? 1.6 : 2.8;
    for (const entry of spectrum) {
      if (Number.isFinite(entry.mean)) drawPoint(entry, size);
    }
  }

  function drawPoint(entry, size) {
    const { pen } = plot;
    const [left, top] = [plot.px(entry.x), plot.py(entry.mean)];
    pen.beginPath();
    if (entry.origin === REPAIRED_PIXEL) {
      const reach = size + 1.8;
      pen.moveTo(left - reach, top);
      for (const [dx, dy] of [[0, -reach], [reach, 0], [0, reach]]) pen.lineTo(left + dx, top + dy);
      pen.closePath();
    } else pen.arc(left, top, isRepaired(entry) ? size + 0.8 : size, 0, 2 * Math.PI);
    pen.fillStyle = colour(isRepaired(entry) ? "paper" : "measured");
    pen.fill();
    if (!isRepaired(entry)) return;
    pen.strokeStyle = colour(entry.origin === REPAIRED_PIXEL ? "gap" : "band");
    pen.lineWidth = 1.5;
    pen.stroke();
  }

  function drawCursor(entry) {
    if (!entry) return;
    const { pen } = plot;
    pen.strokeStyle = colour("ink");
    pen.lineWidth = 1;
    pen.globalAlpha = 0.5;
    line(plot.px(entry.x), edge.top, plot.px(entry.x), plot.bottom);
    pen.globalAlpha = 1;
    if (!Number.isFinite(entry.mean)) return;
    pen.beginPath();
    pen.arc(plot.px(entry.x), plot.py(entry.mean), 7, 0, 2 * Math.PI);
    pen.stroke();
  }

  function placeAt(left) {
    const away = x.map((value) => Math.abs(plot.px(value) - left));
    return away.indexOf(Math.min(...away));
  }

  return { draw, placeAt };
}
