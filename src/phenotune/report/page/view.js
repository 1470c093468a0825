// @ts-check
// Which part of the song is looked at: all that has a time axis shares it.

const SHORTEST_S = 0.25;

class View {
  /** @param {number} duration_s */
  constructor(duration_s) {
    this.duration_s = Math.max(duration_s, 0.01);
    this.start = 0;
    this.end = this.duration_s;
    this.onchange = () => {};
  }

  get span() {
    return this.end - this.start;
  }

  get isWhole() {
    return this.span >= this.duration_s - 1e-9;
  }

  /** @param {number} time_s @param {number} width */
  x(time_s, width) {
    return ((time_s - this.start) / this.span) * width;
  }

  /** @param {number} x @param {number} width */
  time(x, width) {
    return this.start + (x / Math.max(width, 1)) * this.span;
  }

  /** Look at a part. @param {number} start @param {number} end */
  show(start, end) {
    const span = Math.min(Math.max(end - start, Math.min(SHORTEST_S, this.duration_s)), this.duration_s);
    const middle = (start + end) / 2;
    const from = Math.min(Math.max(0, middle - span / 2), this.duration_s - span);
    if (from === this.start && from + span === this.end) return;
    this.start = from;
    this.end = from + span;
    this.onchange();
  }

  /** Look closer, by a factor below 1, about a moment that stays where it is. @param {number} factor @param {number} about_s */
  zoom(factor, about_s) {
    const span = Math.min(Math.max(this.span * factor, SHORTEST_S), this.duration_s);
    const share = (about_s - this.start) / this.span;
    const start = Math.min(Math.max(0, about_s - share * span), this.duration_s - span);
    this.show(start, start + span);
  }

  /** @param {number} by_s */
  pan(by_s) {
    const start = Math.min(Math.max(0, this.start + by_s), this.duration_s - this.span);
    this.show(start, start + this.span);
  }

  all() {
    this.show(0, this.duration_s);
  }

  /** Moments to mark, as a clock has them. @param {number} width @returns {{step: number, times: number[]}} */
  ticks(width) {
    const steps = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600];
    const most = Math.max(2, width / 90);
    const step = steps.find((each) => this.span / each <= most) || 3600;
    const times = [];
    for (let i = Math.ceil(this.start / step - 1e-9); i * step <= this.end + 1e-9; i++) times.push(i * step);
    return { step, times };
  }
}
