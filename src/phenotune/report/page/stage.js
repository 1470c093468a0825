// @ts-check
// Everything over the time of the song: both spectrograms, what is explained, the clips, the playhead over all of them.

const CLICK_PX = 5;
const MARGIN_S = 0.02;

class Stage {
  /**
   * @param {View} view
   * @param {Player} player
   * @param {any} data
   */
  constructor(view, player, data) {
    this.view = view;
    this.player = player;
    this.data = data;
    this.panels = byId('panels');
    this.overlay = byId('overlay');
    this.tip = byId('tip');
    this.clips = data.clips;
    this.n_clips = this.clips.id.length;
    this.n_lanes = Math.max(8, 1 + this.clips.lane.reduce((/** @type {number} */ a, /** @type {number} */ b) => Math.max(a, b), 0));
    this.loudest = this.clips.gains.map((/** @type {number[]} */ gains) => Math.max(...gains.map(Math.abs)));
    /** Clips in the order in which they are drawn: of one colour after the other. */
    this.order = [...Array(this.n_clips).keys()].sort((a, b) => this.clips.source[a] - this.clips.source[b] || a - b);
    /** The source whose clips are shown alone; -1 for all. */
    this.chosen = -1;
    this.hovered = -1;
    /** @type {number | null} */
    this.pointer_s = null;
    /** @type {[number, number] | null} */
    this.selecting = null;
    /** @type {Map<number, PointerEvent>} */
    this.touches = new Map();
    /** @type {{x: number, time: number, clip: number, moved: boolean} | null} */
    this.pressed = null;
    this.isStale = true;
    this.listen();
  }

  /** Draw anew at the next chance. */
  refresh() {
    this.isStale = true;
  }

  /** Called once a frame. */
  frame() {
    if (this.isStale) {
      this.isStale = false;
      this.drawPicture('target');
      this.drawPicture('mosaic');
      this.drawSong();
      this.drawClips();
      this.drawAxis();
      this.drawOverview();
    }
    this.drawOverlay();
  }

  /** Show the clips of one source alone; of all again when it is the one already. @param {number} source */
  choose(source) {
    this.chosen = this.chosen === source ? -1 : source;
    this.refresh();
  }

  /** @param {string} name */
  drawPicture(name) {
    const canvas = document.querySelector(`#panel-${name} canvas`);
    const image = byId(`picture-${name}`);
    const { pen, width, height } = drawOn(/** @type {HTMLCanvasElement} */ (canvas));
    if (!this.data.spectrograms.has[name] || !image.naturalWidth) return;
    const scale = image.naturalWidth / this.view.duration_s;
    pen.imageSmoothingEnabled = this.view.span * scale > width / 3;
    pen.imageSmoothingQuality = 'high';
    pen.drawImage(image, this.view.start * scale, 0, Math.max(0.5, this.view.span * scale), image.naturalHeight, 0, 0, width, height);
    pen.font = '10px system-ui, sans-serif';
    pen.textAlign = 'right';
    pen.textBaseline = 'middle';
    for (const [hz, at] of this.data.spectrograms.ticks) {
      const y = height * (1 - at);
      if (height < 130 && ![100, 1000, 10000].includes(hz)) continue;
      pen.fillStyle = 'rgba(255,255,255,.28)';
      pen.fillRect(width - 5, y, 5, 1);
      pen.fillStyle = 'rgba(255,255,255,.72)';
      pen.fillText(hz >= 1000 ? `${hz / 1000}k` : `${hz}`, width - 8, y);
    }
  }

  drawSong() {
    const { step_s, explained } = this.data.song;
    const canvas = document.querySelector('#panel-song canvas');
    const { pen, width, height } = drawOn(/** @type {HTMLCanvasElement} */ (canvas));
    const [first, last] = this.visible(step_s, explained.length);
    pen.fillStyle = styleColour('--good');
    for (let i = first; i <= last; i++) {
      const value = explained[i];
      if (value === null) continue;
      const x = this.view.x(i * step_s, width);
      const end = this.view.x(Math.min((i + 1) * step_s, this.view.duration_s), width);
      const tall = Math.max(1.5, height * Math.min(1, Math.max(0, value)));
      pen.globalAlpha = value > 0 ? 0.35 + 0.65 * Math.max(0, value) ** 2 : 1;
      pen.fillRect(x, height - tall, Math.max(0.6, end - x - (end - x > 4 ? 1 : 0)), tall);
    }
    pen.globalAlpha = 1;
    pen.fillStyle = styleColour('--grid');
    pen.fillRect(0, height / 2, width, 1);
  }

  /** @param {number} step_s @param {number} n */
  visible(step_s, n) {
    const first = Math.max(0, Math.floor(this.view.start / step_s));
    return [first, Math.min(n - 1, Math.ceil(this.view.end / step_s))];
  }

  drawClips() {
    const { onset_s, duration_s, source, lane, muted, locked } = this.clips;
    const canvas = document.querySelector('#panel-clips canvas');
    const { pen, width, height } = drawOn(/** @type {HTMLCanvasElement} */ (canvas));
    const tall = height / this.n_lanes;
    const gap = tall > 4 ? 1 : 0.25;
    let colour = '';
    pen.strokeStyle = styleColour('--ink');
    for (const i of this.order) {
      if (onset_s[i] > this.view.end || onset_s[i] + duration_s[i] < this.view.start) continue;
      const x = Math.max(-2, this.view.x(onset_s[i], width));
      const end = Math.min(width + 2, this.view.x(onset_s[i] + duration_s[i], width));
      const wanted = sourceColour(source[i]);
      if (wanted !== colour) pen.fillStyle = colour = wanted;
      const level = Math.min(1, Math.max(0.35, 1 + (20 * Math.log10(this.loudest[i] || 1e-9)) / 50));
      pen.globalAlpha = this.chosen >= 0 && source[i] !== this.chosen ? 0.1 : muted[i] ? 0.15 : level;
      pen.fillRect(x, lane[i] * tall, Math.max(0.8, end - x - (end - x > 3 ? 0.7 : 0)), Math.max(0.6, tall - gap));
      if (muted[i] && tall > 3) pen.globalAlpha = 0.5;
      if ((muted[i] || locked[i]) && tall > 3) pen.strokeRect(x, lane[i] * tall + 0.5, Math.max(0.8, end - x - 1), tall - 1.5);
    }
    pen.globalAlpha = 1;
    if (this.hovered >= 0) this.outline(pen, this.hovered, width, tall);
  }

  /** @param {CanvasRenderingContext2D} pen @param {number} i @param {number} width @param {number} tall */
  outline(pen, i, width, tall) {
    const x = this.view.x(this.clips.onset_s[i], width);
    const wide = (this.clips.duration_s[i] / this.view.span) * width;
    pen.strokeStyle = styleColour('--ink');
    pen.lineWidth = 1.5;
    pen.strokeRect(x - 0.5, this.clips.lane[i] * tall - 0.5, Math.max(3, wide), Math.max(3, tall + 0.5));
  }

  drawAxis() {
    const { pen, width } = drawOn(byId('axis'));
    const { step, times } = this.view.ticks(width);
    const digits = step < 0.1 ? 2 : step < 1 ? 1 : 0;
    pen.font = '11px system-ui, sans-serif';
    pen.fillStyle = styleColour('--faint');
    pen.textBaseline = 'top';
    for (const time of times) {
      const x = this.view.x(time, width);
      pen.textAlign = x < 20 ? 'left' : x > width - 20 ? 'right' : 'center';
      pen.fillRect(Math.min(x, width - 1), 0, 1, 4);
      pen.fillText(clock(time, digits), x, 7);
    }
  }

  drawOverview() {
    const { pen, width, height } = drawOn(byId('overview'));
    const name = this.data.spectrograms.has.mosaic ? 'mosaic' : 'target';
    const image = byId(`picture-${name}`);
    if (this.data.spectrograms.has[name] && image.naturalWidth) {
      pen.imageSmoothingQuality = 'high';
      pen.drawImage(image, 0, 0, width, height);
    }
    const from = (this.view.start / this.view.duration_s) * width;
    const to = (this.view.end / this.view.duration_s) * width;
    pen.fillStyle = 'rgba(10, 12, 18, .62)';
    pen.fillRect(0, 0, from, height);
    pen.fillRect(to, 0, width - to, height);
    pen.strokeStyle = styleColour('--accent');
    pen.lineWidth = 2;
    pen.strokeRect(from + 1, 1, Math.max(2, to - from - 2), height - 2);
  }

  drawOverlay() {
    const { pen, width, height } = drawOn(this.overlay);
    const bottom = height - byId('axis').clientHeight;
    const stretch = this.selecting || this.player.loop;
    if (stretch) {
      const [from, to] = stretch.map((time) => this.view.x(time, width));
      pen.fillStyle = 'rgba(255, 214, 102, .2)';
      pen.fillRect(from, 0, to - from, bottom);
      pen.fillStyle = '#e0a400';
      pen.fillRect(from - 1, 0, 2, bottom);
      pen.fillRect(to - 1, 0, 2, bottom);
    }
    if (this.pointer_s !== null) {
      pen.fillStyle = 'rgba(140, 145, 160, .75)';
      pen.fillRect(this.view.x(this.pointer_s, width), 0, 1, bottom);
    }
    const x = this.view.x(this.player.now_s, width);
    if (x < -2 || x > width + 2) return;
    pen.fillStyle = 'rgba(0, 0, 0, .55)';
    pen.fillRect(x - 2, 0, 4, bottom);
    pen.fillStyle = '#fff';
    pen.fillRect(x - 1, 0, 2, bottom);
    pen.beginPath();
    pen.moveTo(x - 6, 0);
    pen.lineTo(x + 6, 0);
    pen.lineTo(x, 8);
    pen.fill();
  }

  listen() {
    const on = (/** @type {string} */ name, /** @type {(event: any) => void} */ act) => this.panels.addEventListener(name, act, { passive: false });
    on('pointerdown', (event) => this.press(event));
    on('pointermove', (event) => this.move(event));
    on('pointerup', (event) => this.release(event));
    on('pointercancel', (event) => this.drop(event));
    on('pointerleave', () => this.leave());
    on('wheel', (event) => this.roll(event));
    const overview = byId('overview');
    const go = (/** @type {PointerEvent} */ event) => {
      const middle = (event.offsetX / overview.clientWidth) * this.view.duration_s;
      this.view.show(middle - this.view.span / 2, middle + this.view.span / 2);
      if (this.view.isWhole) this.player.seek(middle);
    };
    overview.addEventListener('pointerdown', (/** @type {PointerEvent} */ event) => {
      overview.setPointerCapture(event.pointerId);
      go(event);
    });
    overview.addEventListener('pointermove', (/** @type {PointerEvent} */ event) => event.buttons && go(event));
  }

  /** @param {PointerEvent} event */
  place(event) {
    const box = this.panels.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top, width: box.width };
  }

  /** @param {PointerEvent} event */
  press(event) {
    if (event.button !== 0) return;
    this.touches.set(event.pointerId, event);
    if (this.touches.size === 2) {
      this.pressed = this.selecting = null;
      return;
    }
    const { x, width } = this.place(event);
    this.pressed = { x, time: this.view.time(x, width), clip: this.clipAt(event), moved: false };
  }

  /** @param {PointerEvent} event */
  move(event) {
    if (this.touches.size === 2) {
      this.pinch(event);
      return;
    }
    const { x, width } = this.place(event);
    this.pointer_s = this.view.time(x, width);
    if (this.pressed && Math.abs(x - this.pressed.x) > CLICK_PX && !this.pressed.moved) {
      this.pressed.moved = true;
      this.panels.setPointerCapture(event.pointerId);
    }
    if (this.pressed && this.pressed.moved) {
      const other = Math.min(Math.max(0, this.pointer_s), this.view.duration_s);
      this.selecting = [Math.min(this.pressed.time, other), Math.max(this.pressed.time, other)];
      this.tip.hidden = true;
    } else {
      this.hover(event);
    }
  }

  /** @param {PointerEvent} event */
  release(event) {
    const { pressed, selecting } = this;
    const wasPinched = this.touches.size === 2;
    this.drop(event);
    if (wasPinched || !pressed) return;
    if (pressed.moved && selecting) {
      this.player.setLoop(selecting);
    } else if (pressed.clip >= 0) {
      this.hover(event);
      this.player.seek(Math.max(0, this.clips.onset_s[pressed.clip] - MARGIN_S));
      this.player.play();
    } else {
      this.player.seek(pressed.time);
    }
  }

  /** @param {PointerEvent} event */
  drop(event) {
    this.touches.delete(event.pointerId);
    this.pressed = this.selecting = null;
  }

  leave() {
    if (this.pressed) return;
    this.pointer_s = null;
    this.tip.hidden = true;
    if (this.hovered >= 0) this.refresh();
    this.hovered = -1;
  }

  /** Two fingers: both keep hold of their moment. @param {PointerEvent} event */
  pinch(event) {
    const before = [...this.touches.values()].map((each) => this.place(each).x).sort((a, b) => a - b);
    this.touches.set(event.pointerId, event);
    const after = [...this.touches.values()].map((each) => this.place(each).x).sort((a, b) => a - b);
    const { width } = this.place(event);
    const about = this.view.time((before[0] + before[1]) / 2, width);
    const factor = Math.max(20, before[1] - before[0]) / Math.max(20, after[1] - after[0]);
    this.view.zoom(factor, about);
    this.view.pan((-(after[0] + after[1] - before[0] - before[1]) / 2 / width) * this.view.span);
  }

  /** @param {WheelEvent} event */
  roll(event) {
    const { x, width } = this.place(/** @type {any} */ (event));
    const isSideways = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY);
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      this.view.zoom(Math.exp(Math.max(-60, Math.min(60, event.deltaY)) * 0.01), this.view.time(x, width));
    } else if (isSideways && !this.view.isWhole) {
      event.preventDefault();
      this.view.pan(((event.deltaX || event.deltaY) / width) * this.view.span);
    }
  }

  /** The clip under the pointer; -1 where there is none. @param {PointerEvent} event */
  clipAt(event) {
    const canvas = /** @type {HTMLCanvasElement} */ (document.querySelector('#panel-clips canvas'));
    const box = canvas.getBoundingClientRect();
    const y = event.clientY - box.top;
    if (y < 0 || y >= box.height) return -1;
    const lane = Math.floor((y / box.height) * this.n_lanes);
    const time = this.view.time(event.clientX - box.left, box.width);
    const slack = (2 / box.width) * this.view.span;
    for (let i = 0; i < this.n_clips; i++) {
      const from = this.clips.onset_s[i];
      if (this.clips.lane[i] === lane && time >= from - slack && time <= from + this.clips.duration_s[i] + slack) return i;
    }
    return -1;
  }

  /** @param {PointerEvent} event */
  hover(event) {
    const clip = this.clipAt(event);
    if (clip !== this.hovered) this.refresh();
    this.hovered = clip;
    const box = /** @type {HTMLElement} */ (this.tip.parentElement).getBoundingClientRect();
    const content = clip >= 0 ? this.aboutClip(clip) : this.aboutPlace(event);
    if (!content) {
      this.tip.hidden = true;
      return;
    }
    showTip(this.tip, event.clientX - box.left, event.clientY - box.top, content);
  }

  /** @param {number} i */
  aboutClip(i) {
    const { clips } = this;
    const name = this.data.sources[clips.source[i]].name;
    const genes = clips.genes[i] ? clips.genes[i].split('\n') : [];
    const swatch = element('i');
    swatch.style.background = sourceColour(clips.source[i]);
    return [
      element('b', { textContent: name }),
      element('div', { textContent: `at ${clock(clips.onset_s[i], 3)} for ${clips.duration_s[i].toFixed(3)} s, gain ${clips.gains[i].map(decibels).join(' and ')}${clips.muted[i] ? ', muted' : ''}${clips.locked[i] ? ', locked' : ''}` }),
      element('div', { textContent: `${clips.length_s[i].toFixed(3)} s of the file from ${clips.start_s[i].toFixed(3)} s` }),
      genes.length ? element('ul', {}, ...genes.map((/** @type {string} */ gene) => element('li', { textContent: gene }))) : element('div', { textContent: 'no genes' }),
      element('div', { className: 'faint', textContent: `placement ${clips.id[i]}, cycle ${clips.cycle[i]}, lineage ${clips.lineage[i]}` }),
    ];
  }

  /** @param {PointerEvent} event */
  aboutPlace(event) {
    const over = /** @type {Element} */ (document.elementFromPoint(event.clientX, event.clientY))?.closest('.panel');
    const time = this.pointer_s === null ? 0 : this.pointer_s;
    if (over && over.id === 'panel-song' && this.data.song.explained.length) {
      const { step_s, explained } = this.data.song;
      const value = explained[Math.min(explained.length - 1, Math.max(0, Math.floor(time / step_s)))];
      const said = value === null ? 'the target is silent' : `${percent(value)} explained`;
      return [element('div', { textContent: `${clock(time, 1)}: ${said}` })];
    }
    return null;
  }
}
