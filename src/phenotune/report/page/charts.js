// @ts-check
// Charts over the time of the run: what was explained, and whose descendants the population consisted of.

/** @param {HTMLCanvasElement} canvas @param {any} curve */
function drawCurve(canvas, curve) {
  const { pen, width, height } = drawOn(canvas);
  const inner = { left: 40, right: width - 10, top: 8, bottom: height - 24 };
  const longest = Math.max(curve.elapsed_s[curve.elapsed_s.length - 1], 1e-3);
  const lowest = Math.min(0, ...curve.explained);
  const x = (/** @type {number} */ time) => inner.left + (time / longest) * (inner.right - inner.left);
  const y = (/** @type {number} */ share) => inner.bottom - ((share - lowest) / (1 - lowest)) * (inner.bottom - inner.top);
  drawGrid(pen, inner, longest, y, width);
  pen.beginPath();
  pen.moveTo(x(0), y(0));
  curve.elapsed_s.forEach((/** @type {number} */ time, /** @type {number} */ i) => pen.lineTo(x(time), y(curve.explained[i])));
  pen.strokeStyle = styleColour('--good');
  pen.lineWidth = 2;
  pen.lineJoin = 'round';
  pen.stroke();
  pen.lineTo(x(longest), y(0));
  pen.closePath();
  pen.globalAlpha = 0.14;
  pen.fillStyle = styleColour('--good');
  pen.fill();
  pen.globalAlpha = 1;
  return { x, y, longest, inner };
}

/** @param {CanvasRenderingContext2D} pen @param {any} inner @param {number} longest @param {(share: number) => number} y @param {number} width */
function drawGrid(pen, inner, longest, y, width) {
  pen.font = '11px system-ui, sans-serif';
  pen.fillStyle = styleColour('--faint');
  pen.textBaseline = 'middle';
  pen.textAlign = 'right';
  for (const share of [0, 0.25, 0.5, 0.75, 1]) {
    pen.globalAlpha = 0.25;
    pen.fillRect(inner.left, y(share), inner.right - inner.left, 1);
    pen.globalAlpha = 1;
    pen.fillText(percent(share, 0), inner.left - 6, y(share));
  }
  const { times, step } = Object.assign(new View(longest), {}).ticks(width);
  pen.textBaseline = 'top';
  for (const time of times) {
    const at = inner.left + (time / longest) * (inner.right - inner.left);
    pen.textAlign = time === 0 ? 'left' : at > inner.right - 16 ? 'right' : 'center';
    pen.fillText(clock(time, step < 0.1 ? 2 : step < 1 ? 1 : 0), at, inner.bottom + 7);
  }
}

/** The curve of the run, and what it says of the cycle under the pointer. @param {any} data */
function curveChart(data) {
  const canvas = byId('curve');
  const { curve } = data;
  const n = curve.elapsed_s.length;
  byId('curve-section').hidden = n === 0;
  if (n === 0) return () => {};
  canvas.setAttribute('aria-label', `Explained rose to ${percent(curve.explained[n - 1])} after ${clock(curve.elapsed_s[n - 1])} and ${curve.cycle[n - 1]} cycles`);
  const tip = canvas.parentElement.querySelector('.tip');
  /** @type {any} */
  let drawn = null;
  const draw = () => {
    drawn = drawCurve(canvas, curve);
  };
  canvas.addEventListener('pointermove', (/** @type {PointerEvent} */ event) => {
    const time = ((event.offsetX - drawn.inner.left) / (drawn.inner.right - drawn.inner.left)) * drawn.longest;
    const found = curve.elapsed_s.findIndex((/** @type {number} */ each) => each >= time);
    const i = found < 0 ? n - 1 : found;
    showTip(tip, event.offsetX, event.offsetY, [
      element('b', { textContent: percent(curve.explained[i], 2) }),
      element('div', { textContent: `cycle ${counted(curve.cycle[i])}, after ${clock(curve.elapsed_s[i], 1)}, ${counted(curve.placements[i])} clips` }),
    ]);
  });
  canvas.addEventListener('pointerleave', () => (tip.hidden = true));
  const marks = data.marks.map((/** @type {any} */ mark) => element('li', { textContent: `after cycle ${mark.cycle}: ${mark.text}` }));
  byId('marks').append(...marks);
  byId('marks').hidden = marks.length === 0;
  return draw;
}

/** What a lineage is called. @param {any} lineage */
const lineageName = (lineage) => (lineage.founder ? `${lineage.number}: ${lineage.founder}` : `lineage ${lineage.number}`);

/** Areas of the biggest lineages, stacked. @param {any} data */
function lineageChart(data) {
  const { lineages } = data;
  byId('lineages-section').hidden = !lineages;
  if (!lineages) return () => {};
  const canvas = byId('lineages');
  const n = lineages.named.length;
  const columns = lineages.edges.length - 1;
  const colourOf = (/** @type {number} */ row) => (row < n ? COLOURS[row % COLOURS.length] : OTHERS);
  const entries = lineages.named.map((/** @type {any} */ each, /** @type {number} */ row) => {
    const swatch = element('i');
    swatch.style.background = colourOf(row);
    return element('span', {}, swatch, `${lineageName(each)} (${counted(lineages.landed[row])} landed)`);
  });
  const rest = element('i');
  rest.style.background = OTHERS;
  byId('lineages-legend').replaceChildren(...entries, element('span', {}, rest, `another that led its generation (${counted(lineages.landed[n])} landed of all others)`));
  canvas.setAttribute('aria-label', `Shares of the population over ${counted(lineages.generations)} generations; the biggest: ${lineages.named.map(lineageName).join(', ')}`);
  const tip = canvas.parentElement.querySelector('.tip');
  const column = (/** @type {number} */ x) => Math.min(columns - 1, Math.max(0, Math.floor((x / canvas.clientWidth) * columns)));
  canvas.addEventListener('pointermove', (/** @type {PointerEvent} */ event) => {
    const at = column(event.offsetX);
    const shown = lineages.named
      .map((/** @type {any} */ each, /** @type {number} */ row) => ({ each, share: lineages.shares[row][at] }))
      .filter((/** @type {any} */ one) => one.share > 0.005)
      .sort((/** @type {any} */ a, /** @type {any} */ b) => b.share - a.share);
    const about = shown.map((/** @type {any} */ one) => element('div', { textContent: `${percent(one.share, 0)} ${lineageName(one.each)}` }));
    showTip(tip, event.offsetX, event.offsetY, [element('b', { textContent: `generation ${Math.ceil(lineages.edges[at])}` }), ...about]);
  });
  canvas.addEventListener('pointerleave', () => (tip.hidden = true));
  return () => {
    const { pen, width, height } = drawOn(canvas);
    pen.fillStyle = styleColour('--well');
    pen.fillRect(0, 0, width, height);
    const top = ceiling(lineages.shares);
    for (let i = 0; i < columns; i++) {
      let below = 0;
      const from = Math.floor((i / columns) * width);
      const to = Math.ceil(((i + 1) / columns) * width);
      for (let row = 0; row <= n; row++) {
        const share = Math.min(1 - below, lineages.shares[row][i]);
        pen.fillStyle = colourOf(row);
        pen.globalAlpha = row < n ? 1 : 0.55;
        pen.fillRect(from, height * (1 - (below + share) / top), to - from, (height * share) / top);
        below += share;
      }
    }
    pen.globalAlpha = 1;
    pen.fillStyle = styleColour('--faint');
    pen.font = '11px system-ui, sans-serif';
    pen.textBaseline = 'top';
    pen.fillText(`${percent(top, 0)} of the population`, 6, 6);
  };
}

/** Up to which share the areas are drawn: where nobody ever takes over, all would be a thin line. @param {number[][]} shares */
function ceiling(shares) {
  const sums = shares[0].map((_, i) => shares.reduce((sum, row) => sum + row[i], 0));
  const most = sums.reduce((a, b) => Math.max(a, b), 0);
  return [0.05, 0.1, 0.2, 0.5].find((each) => most <= each) || 1;
}
