// @ts-check
// The page comes to life.

const MEASURES = {
  lmsd_db: ['log-mel distance', 'dB, lower is better', 2],
  sc: ['spectral convergence', 'lower is better', 3],
  mrstft: ['multi-resolution distance', 'lower is better', 3],
  chroma: ['chroma', 'of 1, higher is better', 3],
  chroma_c: ['chroma, centred', 'of 1, higher is better', 3],
  onset_r: ['onsets', 'correlation, higher is better', 3],
  mel_expl: ['mel amplitude explained', '%, higher is better', 1],
  mel_expl_c: ['compressed', '%, higher is better', 1],
  gain_db: ['best gain', 'dB', 1],
  lag_ms: ['lag', 'ms', 1],
};
const SEEK_S = 5;

const player = new Player(DATA.sound);
const view = new View(DATA.duration_s);
const stage = new Stage(view, player, DATA);
const charts = [curveChart(DATA), lineageChart(DATA)];

/** One figure of a list. @param {HTMLElement} list @param {string} title @param {string} value @param {string} [note] @param {string} [className] */
function figure(list, title, value, note, className) {
  const said = element('dd', {}, value);
  if (note) said.append(element('small', { textContent: note }));
  list.append(element('div', { className: className || '' }, element('dt', { textContent: title }), said));
}

function showHead() {
  byId('name').textContent = DATA.name;
  byId('state').textContent = `${DATA.state} Run folder: ${DATA.run}`;
  const list = byId('figures');
  const how = [DATA.preset && `preset ${DATA.preset}`, DATA.style && `style ${DATA.style}`].filter(Boolean).join(', ');
  if (DATA.explained !== null) figure(list, 'explained', percent(DATA.explained), 'of the target', 'first');
  const sum = (/** @type {number[]} */ flags) => flags.reduce((a, b) => a + b, 0);
  const [n_muted, n_locked] = [sum(DATA.clips.muted), sum(DATA.clips.locked)];
  const about = [DATA.landed && `of ${counted(DATA.landed)} that landed`, n_locked && `${counted(n_locked)} locked`, n_muted && `${counted(n_muted)} more muted`];
  if (DATA.clips.id.length) figure(list, 'clips', counted(DATA.clips.id.length - n_muted), about.filter(Boolean).join(', '));
  const n_sources = DATA.sources.filter((/** @type {any} */ row) => row.n_placements > 0).length;
  if (n_sources) figure(list, 'sources', counted(n_sources));
  figure(list, 'song', clock(DATA.duration_s, DATA.duration_s < 60 ? 1 : 0));
  if (DATA.cycles) figure(list, 'evolved for', clock(DATA.elapsed_s), `${counted(DATA.cycles)} cycles`);
  if (DATA.seed !== null) figure(list, 'seed', DATA.seed, how);
  byId('remarks').append(...DATA.remarks.map((/** @type {string} */ text) => element('li', { textContent: text })));
  byId('remarks').hidden = DATA.remarks.length === 0;
  byId('footer').textContent = `Made by phenotune ${DATA.version}. This page holds all that it shows and plays, and asks the network nothing.`;
}

function showMeasures() {
  byId('measures-section').hidden = !DATA.measures;
  for (const [name, [title, note, digits]] of Object.entries(MEASURES)) {
    if (DATA.measures && name in DATA.measures) {
      figure(byId('measures'), String(title), (DATA.measures[name] + 0).toFixed(Number(digits)), String(note));
    }
  }
}

function showStageNotes() {
  const { spectrograms, sound, sources, clips, song } = DATA;
  for (const name of ['target', 'mosaic']) byId(`panel-${name}`).hidden = !spectrograms.has[name];
  byId('panel-song').hidden = song.explained.length === 0;
  byId('panel-clips').hidden = clips.id.length === 0;
  byId('song-note').textContent = `in each ${song.step_s === 1 ? 'second' : `${song.step_s} s`} of the song`;
  byId('clips-note').textContent = `up to ${1 + Math.max(-1, ...clips.lane)} at once`;
  byId('overview').hidden = !(spectrograms.has.target || spectrograms.has.mosaic);
  byId('scale').style.background = `linear-gradient(90deg, ${spectrograms.ramp})`;
  byId('scale-low').textContent = `−${spectrograms.range_db} dB`;
  byId('scale').parentElement.hidden = byId('overview').hidden;
  const named = sources.slice(0, COLOURS.length).map((/** @type {any} */ source, /** @type {number} */ index) => element('span', {}, swatchOf({ index }), source.name));
  if (sources.length > COLOURS.length) named.push(element('span', { className: 'faint', textContent: `and ${counted(sources.length - COLOURS.length)} others, paler` }));
  byId('legend').replaceChildren(...named);
  const { target, mosaic } = sound.matched;
  const softer = target < 1 ? 'target' : 'mosaic';
  const by = -20 * Math.log10(Math.min(target, mosaic));
  byId('match-note').textContent = by < 0.05 ? '(they are)' : `(${softer} turned down by ${by.toFixed(1)} dB)`;
  byId('stage').hidden = DATA.duration_s === 0;
}

function showPlayer() {
  const name = player.heard;
  byId('play').setAttribute('aria-label', player.isPlaying ? 'Pause' : 'Play');
  byId('play-icon').setAttribute('d', player.isPlaying ? 'M6 4.5h4v15H6zM14 4.5h4v15h-4z' : 'M7 4.5v15l13-7.5z');
  for (const radio of document.querySelectorAll('[name="heard"]')) {
    const input = /** @type {HTMLInputElement} */ (radio);
    input.checked = input.value === name;
  }
  for (const each of ['target', 'mosaic']) byId(`panel-${each}`).classList.toggle('heard', each === name && player.canPlay);
  byId('match').checked = player.isMatched;
  const { loop } = player;
  byId('unloop').hidden = !loop;
  if (loop) byId('unloop').textContent = `loop ${clock(loop[0], 1)} to ${clock(loop[1], 1)} ×`;
}

let shownTenths = -1;
function showTime() {
  const now = player.now_s;
  const tenths = Math.floor(now * 10);
  if (tenths === shownTenths) return;
  shownTenths = tenths;
  byId('now').textContent = clock(now, 1);
  stage.panels.setAttribute('aria-valuenow', now.toFixed(1));
  stage.panels.setAttribute('aria-valuetext', `${clock(now)} of ${clock(view.duration_s)}`);
  const isLost = now < view.start || now > view.end;
  if (player.isPlaying && isLost && !view.isWhole && !stage.pressed) view.show(now - 0.05 * view.span, now + 0.95 * view.span);
}

function connectControls() {
  byId('end').textContent = clock(view.duration_s, 1);
  stage.panels.setAttribute('aria-valuemax', view.duration_s.toFixed(1));
  byId('play').addEventListener('click', () => player.toggle());
  byId('play').disabled = byId('match').disabled = !player.canPlay;
  for (const radio of document.querySelectorAll('[name="heard"]')) {
    const input = /** @type {HTMLInputElement} */ (radio);
    input.disabled = !DATA.sound.has[input.value];
    input.addEventListener('change', () => player.listen(input.value));
  }
  byId('match').addEventListener('change', () => player.match(byId('match').checked));
  byId('unloop').addEventListener('click', () => player.setLoop(null));
  byId('zoom-in').addEventListener('click', () => zoom(0.5));
  byId('zoom-out').addEventListener('click', () => zoom(2));
  byId('zoom-all').addEventListener('click', () => view.all());
  // Whoever clicks goes on by keys: space is to play then, and not to press the button once more.
  document.addEventListener('click', (event) => {
    const control = /** @type {Element} */ (event.target).closest('button, [name="heard"], #match');
    if (event.detail > 0 && control) /** @type {HTMLElement} */ (control).blur();
  });
}

/** @param {number} factor */
function zoom(factor) {
  const now = player.now_s;
  view.zoom(factor, now >= view.start && now <= view.end ? now : (view.start + view.end) / 2);
}

/** @param {KeyboardEvent} event */
function onKey(event) {
  const at = /** @type {HTMLElement} */ (event.target);
  if (event.ctrlKey || event.metaKey || event.altKey || at.closest('[type="search"], textarea, select')) return;
  const isControl = at.closest('button, input, summary, a');
  const step = event.shiftKey ? 1 : SEEK_S;
  /** @type {Record<string, () => void>} */
  const acts = {
    a: () => player.listen('target'),
    b: () => player.listen('mosaic'),
    x: () => player.listen(player.heard === 'mosaic' ? 'target' : 'mosaic'),
    '+': () => zoom(0.5),
    '=': () => zoom(0.5),
    '-': () => zoom(2),
    0: () => view.all(),
    escape: () => player.setLoop(null),
  };
  if (!isControl) {
    acts[' '] = () => void player.toggle();
    acts.arrowleft = () => player.seek(player.now_s - step);
    acts.arrowright = () => player.seek(player.now_s + step);
    acts.home = () => player.seek(0);
    acts.end = () => player.seek(player.duration_s);
  }
  const act = acts[event.key.toLowerCase()];
  if (!act) return;
  event.preventDefault();
  act();
}

function everyFrame() {
  showTime();
  stage.frame();
  requestAnimationFrame(everyFrame);
}

function drawAll() {
  stage.refresh();
  for (const draw of charts) draw();
}

showHead();
showMeasures();
showStageNotes();
sourcesTable(DATA, stage);
operatorsTable(DATA);
genesTable(DATA);
settingsTables(DATA);
showCommands(DATA);
connectControls();
showPlayer();
player.onchange = showPlayer;
player.onproblem = (message) => {
  byId('player-note').textContent = message;
  byId('player-note').hidden = false;
};
view.onchange = () => stage.refresh();
document.addEventListener('keydown', onKey);
new ResizeObserver(drawAll).observe(document.body);
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', drawAll);
for (const name of ['target', 'mosaic']) byId(`picture-${name}`).addEventListener('load', drawAll);
drawAll();
requestAnimationFrame(everyFrame);
