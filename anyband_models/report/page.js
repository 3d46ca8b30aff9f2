/* What is chosen, what is said of it, and the hands that choose. */

(async () => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const at = (id) => document.getElementById(id);
  const plot = makePlot(at("spectrum"), data);
  if (!window.DecompressionStream) {
    at("where").textContent = "This browser is too old to unpack the spectra; one from 2023 or later can.";
    return;
  }
  const spectrumAt = await unpack(data);

  // What is chosen

  const chosen = { row: 0, column: 0, spectrum: [], place: -1 };

  const draw = () => plot.draw(chosen.spectrum, chosen.place);

  function choose(row, column) {
    chosen.row = Math.min(Math.max(row, 0), data.rows - 1);
    chosen.column = Math.min(Math.max(column, 0), data.columns - 1);
    chosen.spectrum = spectrumAt(chosen.row, chosen.column);
    chosen.place = -1;
    const [width, height] = data.extent;
    at("pictures").style.setProperty("--cross-x", (chosen.column * data.stride + 0.5) / width);
    at("pictures").style.setProperty("--cross-y", (chosen.row * data.stride + 0.5) / height);
    for (const button of at("presets").children) {
      const { row, column } = button.dataset;
      button.setAttribute("aria-pressed", Number(row) === chosen.row && Number(column) === chosen.column);
    }
    describePixel();
    draw();
  }

  const show = (value) => (Number.isFinite(value) ? String(Number(value.toPrecision(4))).replace("-", "−") : "–");

  function describePixel() {
    const { spectrum } = chosen;
    const [column, row] = [chosen.column * data.stride, chosen.row * data.stride];
    at("where").textContent = `Pixel x ${column}, y ${row}`;
    at("where").title = "column and row, counted from 0 at the upper left";
    const lines = data.origins
      .map((word, origin) => [word, spectrum.filter((entry) => entry.origin === origin).length])
      .filter(([, count]) => count)
      .map(([word, count]) => [word, `${count} band${count === 1 ? "" : "s"}`]);
    const repaired = spectrum.filter(isRepaired);
    if (repaired.length) lines.push(["mean σ", show(average(repaired.map((entry) => entry.sigma)))]);
    const errors = repaired.map((entry) => (entry.mean - entry.truth) ** 2).filter(Number.isFinite);
    if (errors.length) lines.push(["error (RMSE)", show(Math.sqrt(average(errors)))]);
    at("counts").replaceChildren(...lines.map(([word, value]) => item(word, value)));
    at("cautions").replaceChildren(...cautionsOf(spectrum).map((words) => item(words)));
    at("band").textContent = "\u00a0";
  }

  const average = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

  function item(words, value) {
    const li = document.createElement("li");
    if (value === undefined) li.textContent = words;
    else {
      li.appendChild(document.createElement("span")).textContent = words;
      li.append(value);
    }
    return li;
  }

  function cautionsOf(spectrum) {
    return data.cautions.flatMap((words, bit) => {
      const here = spectrum.filter((entry) => entry.caution & (1 << bit));
      if (!here.length) return [];
      const [low, high] = [here[0].x, here.at(-1).x].map((value) => Math.round(value));
      const span = low === high ? `${low}` : `${low}–${high}`;
      const count = `${here.length} band${here.length === 1 ? "" : "s"}`;
      return [`Caution, ${count} (${span} nm): ${words}.`];
    });
  }

  function describeBand() {
    const entry = chosen.spectrum[chosen.place];
    if (!entry) return;
    const place = `${Number(entry.x.toFixed(2))} nm`;
    const name = data.names[entry.band];
    const parts = [`band ${entry.band + 1}${name ? ` “${name}”` : ""}`, place, data.origins[entry.origin]];
    if (Number.isFinite(entry.mean)) {
      parts.splice(2, 0, show(entry.mean) + (isRepaired(entry) ? ` ± ${show(entry.sigma)} (1 σ)` : ""));
    }
    if (isRepaired(entry) && Number.isFinite(entry.truth)) parts.push(`truth ${show(entry.truth)}`);
    parts.push(...data.cautions.filter((_, bit) => entry.caution & (1 << bit)));
    at("band").textContent = parts.join(" · ");
  }

  // Hands

  function point(place) {
    chosen.place = Math.min(Math.max(place, 0), data.wavelength.length - 1);
    describeBand();
    draw();
  }

  at("pictures").addEventListener("click", (event) => {
    const frame = event.target.closest(".frame");
    if (!frame) return;
    const box = frame.getBoundingClientRect();
    const nearest = (share, extent) => Math.round((share * extent - 0.5) / data.stride);
    choose(
      nearest((event.clientY - box.top) / box.height, data.extent[1]),
      nearest((event.clientX - box.left) / box.width, data.extent[0]),
    );
  });

  at("pictures").addEventListener("keydown", (event) => {
    const move = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    if (!move) return;
    event.preventDefault();
    const far = event.shiftKey ? 10 : 1;
    choose(chosen.row + far * move[0], chosen.column + far * move[1]);
  });

  at("spectrum").addEventListener("pointermove", (event) => {
    point(plot.placeAt(event.offsetX));
  });

  at("spectrum").addEventListener("keydown", (event) => {
    const move = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!move) return;
    event.preventDefault();
    point(chosen.place + move);
  });

  for (const preset of data.presets) {
    const button = document.createElement("button");
    button.textContent = preset.name;
    Object.assign(button.dataset, { row: preset.row, column: preset.column });
    button.addEventListener("click", () => choose(preset.row, preset.column));
    at("presets").append(button);
  }
  for (const image of document.querySelectorAll(".frame img")) {
    image.classList.toggle("coarse", image.naturalWidth < 2 * image.clientWidth);
  }
  new ResizeObserver(draw).observe(at("spectrum"));
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  window.addEventListener("beforeprint", () => { document.documentElement.dataset.print = ""; draw(); });
  window.addEventListener("afterprint", () => { delete document.documentElement.dataset.print; draw(); });
  choose(data.presets[0].row, data.presets[0].column);
})();
