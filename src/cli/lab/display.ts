/** Shows a lab: as a page that is drawn again and again on a screen, or as a line for each thing that happens. */
import { drawFrame } from '../frame.js';
import type { Paint } from '../paint.js';
import { paintOf, printable } from '../paint.js';
import { renderStatus } from '../status-report.js';
import type { Terminal } from '../terminal.js';
import type { LabCluster } from './lab-cluster.js';

/** What shows a lab. */
export interface LabDisplay {
  /** Something happened. */
  tell(sentence: string): void;
  /** Begins to show the cluster itself, where that is done at all. */
  begin(cluster: LabCluster): void;
  /** Shows no more. */
  end(): void;
}

/** How a lab is shown. */
export interface LabDisplayOptions {
  readonly terminal: Terminal;
  readonly color: boolean;
  readonly title: string;
  /** What to try: all of it is told once in lines; the page keeps showing the first two. */
  readonly hints: readonly string[];
  /** Called after each page was drawn. */
  readonly onDrawn?: () => void;
}

/** Time between two pages. */
const DRAW_EVERY_MS = 500;

/** Newest events on the page. */
const EVENTS_SHOWN = 7;

/** Hints on the page. */
const HINTS_SHOWN = 2;

/** Width of the column of times. */
const TIME_WIDTH = 8;

/** A page on a screen, lines anywhere else. */
export function labDisplay(options: LabDisplayOptions): LabDisplay {
  return options.terminal.isScreen ? new Page(options) : new Lines(options);
}

/** A line for each thing that happens, with the seconds since the beginning. */
class Lines implements LabDisplay {
  readonly #options: LabDisplayOptions;
  readonly #startMs = performance.now();

  constructor(options: LabDisplayOptions) {
    this.#options = options;
    options.terminal.out(`${options.title}\n${options.hints.map((hint) => `${hint}\n`).join('')}`);
  }

  tell(sentence: string): void {
    const { terminal, color } = this.#options;
    terminal.out(`${eventLine({ sentence, startMs: this.#startMs, paint: paintOf(color) })}\n`);
  }

  begin(): void {
    // The lines say it all.
  }

  end(): void {
    // Nothing is left to be drawn.
  }
}

/** The lab's own state, the newest events, and the status that a node with a majority gives. */
class Page implements LabDisplay {
  readonly #options: LabDisplayOptions;
  readonly #startMs = performance.now();
  readonly #events: string[] = [];
  #timer: NodeJS.Timeout | null = null;
  #isFirst = true;

  constructor(options: LabDisplayOptions) {
    this.#options = options;
  }

  tell(sentence: string): void {
    const paint = paintOf(this.#options.color);
    for (const line of eventLine({ sentence, startMs: this.#startMs, paint }).split('\n')) this.#events.push(line);
    this.#events.splice(0, Math.max(0, this.#events.length - EVENTS_SHOWN));
  }

  begin(cluster: LabCluster): void {
    this.#timer = setInterval(() => this.#draw(cluster), DRAW_EVERY_MS);
    this.#draw(cluster);
  }

  end(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  #draw(cluster: LabCluster): void {
    const { terminal, color, title, hints, onDrawn } = this.#options;
    const paint = paintOf(color);
    const { width } = terminal.size();
    const statuses = cluster.view.sightings.flatMap(({ status }) => status ?? []);
    const best = statuses.find(({ quorum }) => quorum.quorate) ?? statuses[0];
    const cut = cluster.cuts.describe();
    const hosts = cluster.hosts.map(
      ({ node, state }) => `${node} ${state === 'up' ? paint.good(state) : paint.bad(state)}`,
    );
    const text = [
      paint.bold(title),
      `${hosts.join(' · ')}${cut === null ? '' : ` · ${paint.bad(`cut: ${cut}`)}`}`,
      ...hints.slice(0, HINTS_SHOWN),
      '',
      ...this.#events,
      '',
      best === undefined ? 'no node answers' : renderStatus(best, { color, width }).trimEnd(),
    ].join('\n');
    drawFrame(terminal, { text, isFirst: this.#isFirst });
    this.#isFirst = false;
    onDrawn?.();
  }
}

function eventLine(options: { readonly sentence: string; readonly startMs: number; readonly paint: Paint }): string {
  const { sentence, startMs, paint } = options;
  const time = `${((performance.now() - startMs) / 1000).toFixed(1)} s`.padStart(TIME_WIDTH);
  const [first = '', ...rest] = sentence.split('\n').map(printable);
  const isBad = /^(FAILED|TWO OWNERS|the daemon of)/.test(first);
  const shown = isBad ? paint.bad(first) : first.startsWith('> ') ? paint.bold(first) : first;
  return [`${paint.dim(time)}  ${shown}`, ...rest.map((line) => `${' '.repeat(TIME_WIDTH + 4)}${line}`)].join('\n');
}
