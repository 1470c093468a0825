// @ts-check
// Words and elements. Whatever comes from a file goes through here, and into the page as text alone.

/** What the page tells; page.py writes it. @type {any} */
const DATA = JSON.parse(/** @type {HTMLElement} */ (document.getElementById('data')).textContent || '{}');

/** Okabe and Ito's palette and some between, light enough for a dark ground and dark enough for a light one. */
const COLOURS = ['#3f9bd8', '#e08a1a', '#1fa37d', '#cf6fa6', '#d8543a', '#8577e6', '#b7a015', '#2fb3c2', '#a2673f', '#6fae3e', '#c25fd0', '#5f7fa3'];
const OTHERS = '#8b90a0';

/**
 * The element of an id, which page.html has.
 * @param {string} id
 * @returns {any}
 */
function byId(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`no element #${id}`);
  return found;
}

/**
 * A new element with text, and with others in it.
 * @param {string} tag
 * @param {Record<string, any>} [properties]
 * @param {(Node | string)[]} children
 * @returns {any}
 */
function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

/** A time as a clock shows it. @param {number} seconds @param {number} [digits] */
function clock(seconds, digits = 0) {
  const scale = 10 ** digits;
  const whole = Math.floor(Math.max(0, seconds) * scale + 1e-6) / scale;
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  const rest = (whole % 60).toFixed(digits).padStart(digits ? digits + 3 : 2, '0');
  return hours ? `${hours}:${String(minutes).padStart(2, '0')}:${rest}` : `${minutes}:${rest}`;
}

/** A number with commas. @param {number} value */
const counted = (value) => value.toLocaleString('en');

/** A share as percent. @param {number | null} value @param {number} [digits] */
const percent = (value, digits = 1) => (value === null ? 'unknown' : `${(100 * value).toFixed(digits)}%`);

/** A gain in decibels. @param {number} gain */
function decibels(gain) {
  const level = gain === 0 ? '-∞' : (20 * Math.log10(Math.abs(gain))).toFixed(1);
  return `${level} dB${gain < 0 ? ' (turned)' : ''}`;
}

/** The colour of a source, those that are used most first; the others are paler. @param {number} index */
const sourceColour = (index) => (index < COLOURS.length ? COLOURS[index] : `hsl(${Math.round(index * 137.5) % 360}, 24%, 56%)`);

/** A colour of the style that is in force. @param {string} name */
const styleColour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/**
 * Make a canvas as fine as the screen and give what to draw with, cleared, in units of the page.
 * @param {HTMLCanvasElement} canvas
 * @returns {{ pen: CanvasRenderingContext2D, width: number, height: number }}
 */
function drawOn(canvas) {
  const ratio = Math.min(window.devicePixelRatio || 1, 3);
  const width = canvas.clientWidth;
  const height = canvas.clientHeight;
  const [w, h] = [Math.max(1, Math.round(width * ratio)), Math.max(1, Math.round(height * ratio))];
  if (canvas.width !== w || canvas.height !== h) Object.assign(canvas, { width: w, height: h });
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, width, height);
  return { pen, width, height };
}

/**
 * Show a note beside a place within its parent, where there is room.
 * @param {HTMLElement} tip
 * @param {number} x
 * @param {number} y
 * @param {(Node | string)[]} content
 */
function showTip(tip, x, y, content) {
  tip.replaceChildren(...content);
  tip.hidden = false;
  const around = /** @type {HTMLElement} */ (tip.parentElement);
  const left = x + 14 + tip.offsetWidth > around.clientWidth ? x - 14 - tip.offsetWidth : x + 14;
  const room = window.innerHeight - around.getBoundingClientRect().top;
  const top = y + 14 + tip.offsetHeight > room ? y - 14 - tip.offsetHeight : y + 14;
  tip.style.left = `${Math.max(0, Math.min(left, around.clientWidth - tip.offsetWidth))}px`;
  tip.style.top = `${top}px`;
}
