// @ts-check
// The player: both sounds always play, piece after piece, at the same samples; a switch only changes who is heard.

const FADE_S = 0.008; // from piece to piece, and at the ends of a loop
const SWITCH_S = 0.012; // from one sound to the other
const AHEAD_S = 4; // a page in the background is woken once a second at best
const PULSE_MS = 120;
const MAX_DECODED = 8; // pairs of pieces
const MP3_DELAY_SAMPLES = 1105; // what an encoder and a decoder of MP3 put in front, where a browser leaves it in

class Player {
  /**
   * @param {any} facts as page.py tells them: has, piece_s, overlap_s, rate_hz, duration_s, matched
   */
  constructor(facts) {
    this.facts = facts;
    /** @type {AudioContext | null} */
    this.context = null;
    this.names = ['target', 'mosaic'].filter((name) => facts.has[name]);
    this.heard = facts.has.mosaic ? 'mosaic' : 'target';
    this.isMatched = true;
    this.isPlaying = false;
    /** @type {[number, number] | null} */
    this.loop = null;
    this.place_s = 0;
    /** @type {Map<number, Promise<any>>} */
    this.decoding = new Map();
    /** @type {Map<number, any>} */
    this.decoded = new Map();
    /** What has been scheduled: when, from where in the song, how much. @type {{at: number, from: number, length: number, nodes: any[]}[]} */
    this.parts = [];
    this.next = { at: 0, from: 0 };
    this.turn = 0;
    /** @type {Record<string, GainNode>} */
    this.gains = {};
    /** @type {ReturnType<typeof setInterval> | undefined} */
    this.pulse = undefined;
    /** Called when it begins, stops, or changes what is heard. */
    this.onchange = () => {};
    /** @param {string} message */
    this.onproblem = (message) => console.warn(message);
  }

  get canPlay() {
    return this.names.length > 0;
  }

  get duration_s() {
    return this.facts.duration_s;
  }

  /** Where in the song it is, in seconds. */
  get now_s() {
    if (!this.isPlaying || !this.context) return this.place_s;
    // What is heard now left the page a little ago.
    const at = this.context.currentTime - (this.context.outputLatency || 0);
    let place = this.place_s;
    for (const part of this.parts) {
      if (part.at > at) break;
      place = part.from + Math.min(at - part.at, part.length);
    }
    return place;
  }

  async play() {
    if (!this.canPlay || this.isPlaying) return;
    this.open();
    if (this.place_s >= this.duration_s - 0.05) this.place_s = this.loop ? this.loop[0] : 0;
    this.isPlaying = true;
    this.onchange();
    await /** @type {AudioContext} */ (this.context).resume();
    await this.begin();
  }

  pause() {
    if (!this.isPlaying) return;
    this.place_s = this.now_s;
    this.isPlaying = false;
    this.silence();
    this.onchange();
  }

  toggle() {
    return this.isPlaying ? this.pause() : this.play();
  }

  /** Go to a place; playing goes on from there. @param {number} place_s */
  seek(place_s) {
    this.place_s = Math.min(Math.max(0, place_s), this.duration_s);
    if (this.isPlaying) {
      this.silence();
      this.begin();
    }
    this.onchange();
  }

  /** Play a stretch again and again, or no more. @param {[number, number] | null} loop */
  setLoop(loop) {
    this.loop = loop && loop[1] - loop[0] > 0.05 ? loop : null;
    const now = this.now_s;
    const isOutside = this.loop && (now < this.loop[0] || now >= this.loop[1]);
    this.seek(isOutside && this.loop ? this.loop[0] : now);
  }

  /** Be heard from now on: 'target' or 'mosaic'. @param {string} name */
  listen(name) {
    if (!this.facts.has[name]) return;
    this.heard = name;
    this.balance();
    this.onchange();
  }

  /** @param {boolean} isMatched */
  match(isMatched) {
    this.isMatched = isMatched;
    this.balance();
    this.onchange();
  }

  // Below here is how it is done.

  open() {
    if (this.context) return;
    const Context = window.AudioContext || /** @type {any} */ (window).webkitAudioContext;
    try {
      this.context = new Context({ sampleRate: this.facts.rate_hz, latencyHint: 'interactive' });
    } catch {
      this.context = new Context();
    }
    const context = /** @type {AudioContext} */ (this.context);
    for (const name of this.names) {
      this.gains[name] = context.createGain();
      this.gains[name].connect(context.destination);
      this.gains[name].gain.value = this.gainOf(name);
    }
  }

  /** @param {string} name */
  gainOf(name) {
    if (name !== this.heard) return 0;
    return this.isMatched ? this.facts.matched[name] : 1;
  }

  balance() {
    if (!this.context) return;
    const now = this.context.currentTime;
    for (const name of this.names) {
      const gain = this.gains[name].gain;
      gain.cancelScheduledValues(now);
      gain.setValueAtTime(gain.value, now);
      gain.linearRampToValueAtTime(this.gainOf(name), now + SWITCH_S);
    }
  }

  async begin() {
    const turn = ++this.turn;
    const context = /** @type {AudioContext} */ (this.context);
    if (this.loop && (this.place_s < this.loop[0] || this.place_s >= this.loop[1])) this.place_s = this.loop[0];
    try {
      await this.piece(this.numberAt(this.place_s));
    } catch (error) {
      this.fail(error);
      return;
    }
    if (turn !== this.turn || !this.isPlaying) return;
    this.next = { at: context.currentTime + 0.03, from: this.place_s };
    this.parts = [];
    clearInterval(this.pulse);
    this.pulse = setInterval(() => this.pump(), PULSE_MS);
    this.pump();
  }

  silence() {
    this.turn++;
    clearInterval(this.pulse);
    const context = /** @type {AudioContext} */ (this.context);
    const now = context.currentTime;
    for (const part of this.parts) {
      for (const { source, fade } of part.nodes) {
        fade.gain.cancelScheduledValues(now);
        fade.gain.setValueAtTime(part.at > now ? 0 : fade.gain.value, now);
        fade.gain.linearRampToValueAtTime(0, now + FADE_S);
        source.stop(now + FADE_S);
      }
    }
    this.parts = [];
  }

  /** Schedule what is to be heard within the next seconds. */
  pump() {
    const context = /** @type {AudioContext} */ (this.context);
    const turn = this.turn;
    const heardUntil = context.currentTime - 1;
    while (this.parts.length > 1 && this.parts[1].at < heardUntil) this.parts.shift();
    if (this.next.from >= this.duration_s - 1e-3) {
      if (context.currentTime - (context.outputLatency || 0) >= this.next.at) this.finish();
      return;
    }
    while (this.next.at < context.currentTime + AHEAD_S && this.next.from < this.duration_s - 1e-3) {
      const number = this.numberAt(this.next.from);
      const pair = this.decoded.get(number);
      if (!pair) {
        this.piece(number).then(() => turn === this.turn && this.isPlaying && this.pump(), (error) => this.fail(error));
        return;
      }
      // Where decoding has not kept up, the song waits.
      if (this.next.at < context.currentTime) this.next.at = context.currentTime + 0.02;
      this.schedule(number, pair);
    }
    const number = this.numberAt(this.next.from);
    if (!this.decoded.has(number)) this.piece(number).catch((error) => this.fail(error));
  }

  /** Schedule the rest of a piece, or of the loop. @param {number} number @param {any} pair */
  schedule(number, pair) {
    const { at, from } = this.next;
    const pieceEnd = (number + 1) * this.facts.piece_s;
    const isLooped = this.loop && from < this.loop[1];
    const end = Math.min(pieceEnd, this.duration_s, isLooped && this.loop ? this.loop[1] : Infinity);
    const length = Math.max(0.001, end - from);
    const nodes = this.names.map((name) => this.voice(name, pair[name], number, at, from, length));
    this.parts.push({ at, from, length, nodes });
    const wraps = isLooped && this.loop && end >= this.loop[1] - 1e-6;
    this.next = { at: at + length, from: wraps && this.loop ? this.loop[0] : end };
  }

  /**
   * One sound for a while, faded in and out around its ends.
   * @param {string} name @param {{buffer: AudioBuffer, lead_s: number}} piece @param {number} number
   * @param {number} at @param {number} from @param {number} length
   */
  voice(name, piece, number, at, from, length) {
    const context = /** @type {AudioContext} */ (this.context);
    const source = context.createBufferSource();
    const fade = context.createGain();
    source.buffer = piece.buffer;
    source.connect(fade).connect(this.gains[name]);
    const half = FADE_S / 2;
    const begin = Math.max(at - half, context.currentTime);
    const offset = piece.lead_s + this.facts.overlap_s + from - number * this.facts.piece_s;
    fade.gain.setValueAtTime(0, begin);
    fade.gain.linearRampToValueAtTime(1, begin + FADE_S);
    fade.gain.setValueAtTime(1, Math.max(begin + FADE_S, at + length - half));
    fade.gain.linearRampToValueAtTime(0, Math.max(begin + FADE_S, at + length - half) + FADE_S);
    source.start(begin, Math.max(0, offset + (begin - at)));
    source.stop(at + length + half + 0.005);
    return { source, fade };
  }

  finish() {
    this.silence();
    this.isPlaying = false;
    this.place_s = this.duration_s;
    this.onchange();
  }

  /** @param {unknown} error */
  fail(error) {
    this.isPlaying = false;
    clearInterval(this.pulse);
    this.onproblem(`This browser could not decode the sound of the page (${error instanceof Error ? error.message : error}).`);
    this.onchange();
  }

  /** @param {number} place_s */
  numberAt(place_s) {
    const last = Math.max(0, Math.ceil(this.duration_s / this.facts.piece_s - 1e-9) - 1);
    return Math.min(last, Math.max(0, Math.floor(place_s / this.facts.piece_s + 1e-9)));
  }

  /** Both sounds of a piece, decoded; the same promise for all who ask. @param {number} number */
  piece(number) {
    let promise = this.decoding.get(number);
    if (!promise) {
      promise = Promise.all(this.names.map((name) => this.decode(name, number))).then((buffers) => {
        const pair = Object.fromEntries(this.names.map((name, i) => [name, buffers[i]]));
        this.decoded.set(number, pair);
        return pair;
      });
      this.decoding.set(number, promise);
      this.forget(number);
    }
    return promise;
  }

  /** Let go of the pieces that are farthest from one. @param {number} number */
  forget(number) {
    const numbers = [...this.decoding.keys()].sort((a, b) => Math.abs(b - number) - Math.abs(a - number));
    for (const other of numbers.slice(0, Math.max(0, numbers.length - MAX_DECODED))) {
      this.decoding.delete(other);
      this.decoded.delete(other);
    }
  }

  /** @param {string} name @param {number} number */
  async decode(name, number) {
    const place = document.getElementById(`${name}-${number}`);
    if (!place) {
      // A big page is still being read.
      if (document.readyState !== 'loading') throw new Error(`piece ${number} is missing`);
      await new Promise((resolve) => document.addEventListener('DOMContentLoaded', resolve, { once: true }));
      return this.decode(name, number);
    }
    const text = atob(place.textContent || '');
    const bytes = new Uint8Array(text.length);
    for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
    const context = /** @type {AudioContext} */ (this.context);
    const buffer = await context.decodeAudioData(bytes.buffer);
    return { buffer, lead_s: this.leadOf(buffer) };
  }

  /** What a decoder of MP3 has left in front of a piece, in seconds. @param {AudioBuffer} buffer */
  leadOf(buffer) {
    if (this.facts.kind !== 'mp3') return 0;
    const expected = this.facts.piece_s + 2 * this.facts.overlap_s;
    return buffer.duration - expected > 0.01 ? MP3_DELAY_SAMPLES / this.facts.rate_hz : 0;
  }
}
