// @ts-check
// The tables of the page, some of which are sorted by a click on the head of a column.

/**
 * @typedef {object} Column
 * @property {string} title
 * @property {(row: any) => any} value what rows are sorted by
 * @property {(row: any) => Node | string} [show]
 * @property {boolean} [isNumber]
 * @property {string} [className]
 */

/**
 * Fill a table; its heads sort it where that makes sense.
 * @param {HTMLTableElement} table
 * @param {Column[]} columns
 * @param {any[]} rows
 * @param {{ isSortable?: boolean, onrow?: (line: HTMLTableRowElement, row: any) => void }} [options]
 */
function fillTable(table, columns, rows, options = {}) {
  let sortedBy = -1;
  let isDown = false;
  const body = element('tbody');
  const lines = new Map(rows.map((row) => [row, tableRow(columns, row)]));
  lines.forEach((line, row) => options.onrow && options.onrow(line, row));
  const heads = columns.map((column, i) => {
    const head = element('th', { scope: 'col', className: column.isNumber ? 'number' : '' });
    if (!options.isSortable) {
      head.textContent = column.title;
      return head;
    }
    const button = element('button', { type: 'button', textContent: column.title });
    button.addEventListener('click', () => {
      isDown = sortedBy === i ? !isDown : Boolean(column.isNumber);
      sortedBy = i;
      order();
    });
    head.append(button);
    return head;
  });
  const order = () => {
    const sorted = [...rows];
    if (sortedBy >= 0) {
      const value = columns[sortedBy].value;
      sorted.sort((a, b) => compare(value(a), value(b)) * (isDown ? -1 : 1));
    }
    heads.forEach((head, i) => (i === sortedBy ? head.setAttribute('aria-sort', isDown ? 'descending' : 'ascending') : head.removeAttribute('aria-sort')));
    body.append(...sorted.map((row) => /** @type {Node} */ (lines.get(row))));
  };
  table.replaceChildren(element('thead', {}, element('tr', {}, ...heads)), body);
  order();
}

/** @param {Column[]} columns @param {any} row */
function tableRow(columns, row) {
  const cells = columns.map((column) => {
    const cell = element('td', { className: [column.isNumber ? 'number' : '', column.className || ''].join(' ').trim() });
    cell.append(column.show ? column.show(row) : String(column.value(row)));
    return cell;
  });
  return element('tr', {}, ...cells);
}

/** @param {any} a @param {any} b */
function compare(a, b) {
  return typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b), undefined, { numeric: true, sensitivity: 'base' });
}

/** A bar of a share. @param {number} share */
function bar(share) {
  const made = element('div');
  made.style.width = `${(100 * Math.min(1, Math.max(0, share))).toFixed(1)}%`;
  return made;
}

/** @param {any} data @param {Stage} stage */
function sourcesTable(data, stage) {
  const rows = data.sources.map((/** @type {any} */ row, /** @type {number} */ index) => ({ ...row, index }));
  byId('sources-section').hidden = rows.length === 0;
  if (rows.length === 0) return;
  const n_heard = rows.filter((/** @type {any} */ row) => row.n_placements > 0).length;
  const n_doubts = rows.filter((/** @type {any} */ row) => row.doubt && row.n_placements > 0).length;
  byId('sources-note').textContent =
    `${counted(n_heard)} files sound in the mosaic; of each is told how many of its own seconds are used, each counted once. Click a row to see its clips alone in the timeline.` +
    (n_doubts ? ` ${counted(n_doubts)} state no licence, or one that forbids to change them: find out before you publish.` : '');
  const longest = Math.max(...rows.map((/** @type {any} */ row) => row.used_s), 1e-9);
  /** @type {Map<any, HTMLTableRowElement>} */
  const lines = new Map();
  const columns = [
    { title: '', value: (/** @type {any} */ row) => row.index, show: swatchOf },
    { title: 'sound', value: (/** @type {any} */ row) => row.name, className: 'name' },
    { title: 'seconds used', value: (/** @type {any} */ row) => row.used_s, show: (/** @type {any} */ row) => row.used_s.toFixed(1), isNumber: true },
    { title: 'placements', value: (/** @type {any} */ row) => row.n_placements, show: (/** @type {any} */ row) => counted(row.n_placements), isNumber: true },
    { title: '', value: (/** @type {any} */ row) => row.used_s, show: (/** @type {any} */ row) => bar(row.used_s / longest), className: 'bar' },
    { title: 'credit', className: 'help', value: (/** @type {any} */ row) => row.credit || '', show: (/** @type {any} */ row) => row.credit || element('span', { className: 'unknown', textContent: 'unknown' }) },
    { title: 'licence', value: (/** @type {any} */ row) => row.licence || '', show: licenceOf },
  ];
  const onrow = (/** @type {HTMLTableRowElement} */ line, /** @type {any} */ row) => {
    lines.set(row, line);
    line.className = 'pick';
    line.tabIndex = 0;
    const choose = () => {
      stage.choose(row.index);
      lines.forEach((each, other) => each.classList.toggle('chosen', stage.chosen === other.index));
    };
    line.addEventListener('click', choose);
    line.addEventListener('keydown', (event) => event.key === 'Enter' && choose());
  };
  fillTable(byId('sources'), columns, rows, { isSortable: true, onrow });
  byId('sources-filter').addEventListener('input', (/** @type {any} */ event) => {
    const wanted = event.target.value.toLocaleLowerCase();
    lines.forEach((line, row) => (line.hidden = !`${row.name} ${row.credit || ''} ${row.licence || ''}`.toLocaleLowerCase().includes(wanted)));
  });
}

/** @param {any} row */
function licenceOf(row) {
  const text = row.licence || 'none stated';
  return row.doubt ? element('span', { className: 'unknown', textContent: text, title: row.doubt }) : text;
}

/** @param {any} row */
function swatchOf(row) {
  const swatch = element('i');
  swatch.style.background = sourceColour(row.index);
  return swatch;
}

/** @param {any} data */
function operatorsTable(data) {
  byId('operators-section').hidden = data.operators.length === 0;
  if (data.operators.length === 0) return;
  const most = Math.max(...data.operators.map((/** @type {any} */ row) => row.n_better), 1);
  const share = (/** @type {any} */ row) => row.n_better / Math.max(1, row.n_children);
  const columns = [
    { title: 'variation', value: (/** @type {any} */ row) => row.name.replace(/_/g, ' '), className: 'name' },
    { title: 'children', value: (/** @type {any} */ row) => row.n_children, show: (/** @type {any} */ row) => counted(row.n_children), isNumber: true },
    { title: 'fitter than their parent', value: (/** @type {any} */ row) => row.n_better, show: (/** @type {any} */ row) => counted(row.n_better), isNumber: true },
    { title: '', value: (/** @type {any} */ row) => row.n_better, show: (/** @type {any} */ row) => bar(row.n_better / most), className: 'bar' },
    { title: 'share', value: share, show: (/** @type {any} */ row) => percent(share(row), 1), isNumber: true },
  ];
  fillTable(byId('operators'), columns, data.operators, { isSortable: true });
}

/** @param {any} data */
function genesTable(data) {
  byId('genes-section').hidden = data.genes.length === 0;
  if (data.genes.length === 0) return;
  const n_clips = data.clips.muted.filter((/** @type {number} */ flag) => !flag).length;
  const total = data.clips.fitness_sum;
  const most = Math.max(...data.genes.map((/** @type {any} */ row) => row.fitness), 1e-12);
  byId('genes-note').textContent =
    'What each clip was worth when it landed, by the genes that it has: in how many of the mosaic\'s clips a gene is, and what share of all their fitness these clips have. A clip with several genes counts for each of them.';
  const columns = [
    { title: 'gene', value: (/** @type {any} */ row) => (row.tag ? row.tag.replace(/_/g, ' ') : 'none: the clip as it was cut'), className: 'name' },
    { title: 'clips', value: (/** @type {any} */ row) => row.n_placements, show: (/** @type {any} */ row) => counted(row.n_placements), isNumber: true },
    { title: 'of all clips', value: (/** @type {any} */ row) => row.n_placements / n_clips, show: (/** @type {any} */ row) => percent(row.n_placements / n_clips, 0), isNumber: true },
    { title: 'of all fitness', value: (/** @type {any} */ row) => row.fitness, show: (/** @type {any} */ row) => (total > 0 ? percent(row.fitness / total, 0) : 'unknown'), isNumber: true },
    { title: '', value: (/** @type {any} */ row) => row.fitness, show: (/** @type {any} */ row) => bar(row.fitness / most), className: 'bar' },
    { title: 'for a clip with it, times the mean', value: worth, show: (/** @type {any} */ row) => (total > 0 && row.n_known ? worth(row).toFixed(2) : ''), isNumber: true },
    { title: 'drawn with weight', value: (/** @type {any} */ row) => row.weight ?? -1, show: (/** @type {any} */ row) => (row.weight === null ? '' : row.weight === 0 ? 'solved or proposed' : String(row.weight)), isNumber: true },
  ];
  fillTable(byId('genes'), columns, data.genes, { isSortable: true });
  /** @param {any} row */
  function worth(row) {
    const mean = total / Math.max(1, data.clips.n_known);
    return row.n_known && mean > 0 ? row.fitness / row.n_known / mean : 0;
  }
}

/** @param {any} data */
function settingsTables(data) {
  byId('settings-section').hidden = data.settings.length === 0;
  if (data.settings.length === 0) return;
  const changed = data.settings.filter((/** @type {any} */ row) => row.value !== row.default);
  const usual = data.settings.filter((/** @type {any} */ row) => row.value === row.default);
  const columns = [
    { title: 'setting', value: (/** @type {any} */ row) => row.name, show: (/** @type {any} */ row) => element('code', { textContent: row.name }) },
    { title: 'value', value: (/** @type {any} */ row) => row.value, show: (/** @type {any} */ row) => element('code', { textContent: `${row.value} ${row.unit}`.trim() }) },
    { title: 'default', value: (/** @type {any} */ row) => row.default, show: (/** @type {any} */ row) => element('code', { textContent: row.default }) },
    { title: 'what it does', value: (/** @type {any} */ row) => row.help, className: 'help' },
  ];
  byId('settings-note').textContent = changed.length
    ? `${counted(changed.length)} of ${counted(data.settings.length)} differ from the defaults:`
    : `All ${counted(data.settings.length)} are at their defaults.`;
  byId('settings-changed').hidden = changed.length === 0;
  fillTable(byId('settings-changed'), columns, changed);
  byId('settings-more').firstElementChild.textContent = `The ${counted(usual.length)} that are at their defaults`;
  fillTable(byId('settings-usual'), columns.filter((column) => column.title !== 'default'), usual);
}

/** @param {any} data */
function showCommands(data) {
  byId('repeat-section').hidden = data.commands.length === 0;
  for (const command of data.commands) {
    const code = element('pre', { textContent: command.line });
    const copy = element('button', { type: 'button', className: 'small', textContent: 'copy' });
    copy.addEventListener('click', async () => {
      try {
        await navigator.clipboard.writeText(command.line);
        copy.textContent = 'copied';
      } catch {
        // Not every browser lets a page from the disk do this: then it is marked, to be copied by hand.
        const marked = document.createRange();
        marked.selectNodeContents(code);
        const selection = /** @type {Selection} */ (getSelection());
        selection.removeAllRanges();
        selection.addRange(marked);
        copy.textContent = 'marked';
      }
      setTimeout(() => (copy.textContent = 'copy'), 1600);
    });
    byId('commands').append(element('div', { className: 'command' }, element('span', { textContent: command.title }), copy), code);
  }
}
