// @ts-check
"use strict";

/**
 * Plays all sounds of the page at once, and lets one of them be heard.
 *
 * Every sound is a buffer source of its own behind a gain, and all are started at the same time of the audio clock, so
 * that they stay together to the sample. A switch fades one gain down and another up.
 */

const FADE_S = 0.012;
const AHEAD_S = 0.03;
const STEP_S = 5;
const TURN_S = 4;
const SHORTEST_STRETCH_S = 0.1;

/** @type {{rate_hz: number, duration_s: number, first_key: number, sounds: {name: string, gain_db: number}[]}} */
const facts = JSON.parse(element("facts").textContent || "{}");

/** @param {string} id @returns {HTMLElement} */
function element(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no #${id}`);
  return found;
}

/** @param {string} text @returns {ArrayBuffer} */
function bytesOf(text) {
  const letters = atob(text);
  const bytes = new Uint8Array(letters.length);
  for (let i = 0; i < letters.length; i++) bytes[i] = letters.charCodeAt(i);
  return bytes.buffer;
}

/** @param {number} seconds */
function clock(seconds) {
  const tenths = Math.floor(seconds * 10 + 1e-6);
  const whole = Math.floor(tenths / 10);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}.${tenths % 10}`;
}

class Player {
  /** @param {AudioBuffer[]} buffers */
  constructor(buffers) {
    this.buffers = buffers;
    this.heard = 0;
    this.isPlaying = false;
    this.isMatched = true;
    /** @type {[number, number] | null} */
    this.stretch = null;
    /** @type {AudioContext | null} */
    this.context = null;
    /** @type {GainNode[]} */
    this.gains = [];
    /** @type {AudioBufferSourceNode[]} */
    this.sources = [];
    this.offsetS = 0; // where playing began
    this.beganS = 0; // and when, by the clock of the context
  }

  /** Where in the song we are, in seconds. */
  get positionS() {
    if (!this.isPlaying || !this.context) return this.offsetS;
    const at = this.offsetS + Math.max(0, this.context.currentTime - this.beganS);
    if (!this.stretch) return Math.min(at, facts.duration_s);
    const [from, to] = this.stretch;
    return at < to ? at : from + ((at - from) % (to - from));
  }

  async play() {
    if (this.isPlaying) return;
    if (!this.context) this._open();
    const context = /** @type {AudioContext} */ (this.context);
    await context.resume();
    if (this.isPlaying) return;
    let at = this.offsetS >= facts.duration_s - 0.05 ? 0 : this.offsetS;
    if (this.stretch && (at < this.stretch[0] || at >= this.stretch[1])) at = this.stretch[0];
    this.offsetS = at;
    this.beganS = context.currentTime + AHEAD_S;
    this.isPlaying = true;
    this._level(0);
    this.sources = this.buffers.map((buffer, i) => {
      const source = context.createBufferSource();
      source.buffer = buffer;
      if (this.stretch) [source.loop, source.loopStart, source.loopEnd] = [true, ...this.stretch];
      source.connect(this.gains[i]);
      source.start(this.beganS, at);
      return source;
    });
    const sources = this.sources;
    sources[0].onended = () => {
      if (this.sources === sources) this.pause();
    };
  }

  pause() {
    if (!this.isPlaying) return;
    this.offsetS = this.positionS;
    this.isPlaying = false;
    const sources = this.sources;
    this.sources = [];
    for (const source of sources) {
      source.onended = null;
      source.stop();
    }
  }

  /** @param {number} seconds */
  seek(seconds) {
    const wasPlaying = this.isPlaying;
    this.pause();
    this.offsetS = Math.min(Math.max(0, seconds), facts.duration_s);
    if (this.stretch && (this.offsetS < this.stretch[0] || this.offsetS >= this.stretch[1])) this.stretch = null;
    if (wasPlaying) this.play();
  }

  /** @param {number} number */
  hear(number) {
    if (number < 0 || number >= this.buffers.length) return;
    this.heard = number;
    this._level(FADE_S);
  }

  /** @param {boolean} isMatched */
  match(isMatched) {
    this.isMatched = isMatched;
    this._level(FADE_S);
  }

  /** @param {[number, number] | null} stretch */
  repeat(stretch) {
    const at = this.positionS;
    const wasPlaying = this.isPlaying;
    this.pause();
    this.stretch = stretch;
    this.offsetS = stretch ? stretch[0] : at;
    if (wasPlaying) this.play();
  }

  _open() {
    this.context = new AudioContext({ sampleRate: facts.rate_hz, latencyHint: "interactive" });
    for (let i = 0; i < this.buffers.length; i++) {
      const gain = this.context.createGain();
      gain.gain.value = 0;
      gain.connect(this.context.destination);
      this.gains.push(gain);
    }
  }

  /** @param {number} fadeS */
  _level(fadeS) {
    if (!this.context) return;
    const now = this.context.currentTime;
    this.gains.forEach((gain, i) => {
      const loud = this.isMatched ? 10 ** (facts.sounds[i].gain_db / 20) : 1;
      const wanted = i === this.heard ? loud : 0;
      gain.gain.cancelScheduledValues(now);
      gain.gain.setValueAtTime(gain.gain.value, now);
      gain.gain.linearRampToValueAtTime(wanted, now + fadeS);
    });
  }
}

/** @param {Player} player */
function show(player) {
  const rows = [...document.querySelectorAll(".sound-row")];
  const playheads = /** @type {HTMLElement[]} */ ([...document.querySelectorAll(".playhead")]);
  const stretches = /** @type {HTMLElement[]} */ ([...document.querySelectorAll(".stretch")]);
  const play = /** @type {HTMLButtonElement} */ (element("play"));
  const matched = /** @type {HTMLInputElement} */ (element("match"));
  const turns = /** @type {HTMLInputElement} */ (element("turns"));
  let turnedAt = 0;
  /** @type {[number, number] | null} what is being dragged over just now */
  let dragged = null;

  function draw() {
    const at = player.positionS;
    element("time").textContent = clock(at);
    for (const line of playheads) line.style.left = `${(100 * at) / facts.duration_s}%`;
    const stretch = dragged || player.stretch;
    for (const area of stretches) {
      area.style.display = stretch ? "block" : "none";
      if (!stretch) continue;
      area.style.left = `${(100 * stretch[0]) / facts.duration_s}%`;
      area.style.width = `${(100 * (stretch[1] - stretch[0])) / facts.duration_s}%`;
    }
    play.classList.toggle("plays", player.isPlaying);
    play.setAttribute("aria-label", player.isPlaying ? "Pause" : "Play");
    rows.forEach((row, i) => {
      row.classList.toggle("heard", i === player.heard);
      row.querySelector(".pick")?.setAttribute("aria-pressed", String(i === player.heard));
    });
    const name = facts.sounds[player.heard].name;
    if (element("now").textContent !== name) element("now").textContent = name;
  }

  function frame() {
    if (player.isPlaying && turns.checked && performance.now() - turnedAt > 1000 * TURN_S) {
      hear((player.heard + 1) % rows.length);
    }
    draw();
    requestAnimationFrame(frame);
  }

  /** @param {number} number */
  function hear(number) {
    player.hear(number);
    turnedAt = performance.now();
    draw();
  }

  function toggle() {
    turnedAt = performance.now();
    if (player.isPlaying) player.pause();
    else player.play();
  }

  /** @param {Element} strip @param {PointerEvent} event */
  function momentAt(strip, event) {
    const box = strip.getBoundingClientRect();
    return (Math.min(Math.max(0, event.clientX - box.left), box.width) / box.width) * facts.duration_s;
  }

  /**
   * What is repeated after dragging from one moment to another; null where the hand has only trembled.
   * @param {number} from @param {number} to @returns {[number, number] | null}
   */
  function stretchBetween(from, to) {
    const isOne = Math.abs(to - from) >= Math.max(SHORTEST_STRETCH_S, facts.duration_s * 0.008);
    return isOne ? [Math.min(from, to), Math.max(from, to)] : null;
  }

  rows.forEach((row, i) => {
    row.querySelector(".pick")?.addEventListener("click", () => hear(i));
    const strip = /** @type {HTMLElement} */ (row.querySelector(".strip"));
    /** @type {number | null} */
    let from = null;
    strip.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      from = momentAt(strip, event);
      strip.setPointerCapture(event.pointerId);
    });
    strip.addEventListener("pointermove", (event) => {
      dragged = from === null ? null : stretchBetween(from, momentAt(strip, event));
    });
    strip.addEventListener("pointerup", (event) => {
      if (from === null) return;
      const stretch = stretchBetween(from, momentAt(strip, event));
      hear(i);
      if (stretch) player.repeat(stretch);
      else player.seek(from);
      player.play();
      from = dragged = null;
    });
    strip.addEventListener("pointercancel", () => (from = dragged = null));
  });
  play.addEventListener("click", toggle);
  matched.addEventListener("change", () => player.match(matched.checked));
  turns.addEventListener("change", () => (turnedAt = performance.now()));

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    // Space plays wherever the focus is, but on a switch or on the button that plays anyway.
    const onControl = event.target instanceof HTMLElement && event.target.closest("#play, input");
    const digit = /^[0-9]$/.test(event.key) ? Number(event.key) - facts.first_key : null;
    if (digit !== null) hear(digit < rows.length && digit >= 0 ? digit : player.heard);
    else if (event.key === " " && !onControl) toggle();
    else if (event.key === "ArrowUp") hear(Math.max(0, player.heard - 1));
    else if (event.key === "ArrowDown") hear(Math.min(rows.length - 1, player.heard + 1));
    else if (event.key === "ArrowLeft") player.seek(player.positionS - STEP_S);
    else if (event.key === "ArrowRight") player.seek(player.positionS + STEP_S);
    else if (event.key === "Escape") player.repeat(null);
    else if (event.key.toLowerCase() === "l") matched.click();
    else if (event.key.toLowerCase() === "t") turns.click();
    else return;
    event.preventDefault();
  });
  document.addEventListener("keyup", (event) => {
    const onName = event.target instanceof HTMLElement && event.target.closest(".pick");
    if (event.key === " " && onName) event.preventDefault();
  });
  play.disabled = false;
  draw();
  requestAnimationFrame(frame);
}

async function begin() {
  const decoder = new OfflineAudioContext(2, 1, facts.rate_hz);
  const texts = [...document.querySelectorAll("script.sound")];
  /** @type {AudioBuffer[]} */
  const buffers = [];
  for (const text of texts) {
    element("now").textContent = `reading sound ${buffers.length + 1} of ${texts.length}`;
    buffers.push(await decoder.decodeAudioData(bytesOf(text.textContent || "")));
    text.remove();
  }
  const player = new Player(buffers);
  Object.assign(window, { phenotune: player });
  show(player);
}

begin().catch((error) => {
  element("now").textContent = `this browser cannot play the sounds (${error.message})`;
});
