/** Takes events that are typed while a lab runs. */
import { createInterface } from 'node:readline';
import { parseScript, SCRIPT_FORMS } from './parse-script.js';
import type { ScriptNames } from './parse-script.js';
import type { LabScript } from './script.js';

/** A keyboard that is listened to. */
export interface TypedEvents {
  /** Writes the line that is being typed again, after something else was drawn. */
  redraw(): void;
  close(): void;
}

/** Columns of a line of help beside its time, on a terminal of 80. */
const HELP_WIDTH = 70;

/** Listens to the keyboard. Each whole line is an event, as in a script, or asks for help; Ctrl-C ends. */
export function listenForEvents(options: {
  readonly names: ScriptNames;
  readonly play: (script: LabScript) => void;
  readonly complain: (sentence: string) => void;
  readonly onInterrupt: () => void;
}): TypedEvents {
  const lines = createInterface({ input: process.stdin, output: process.stdout, prompt: 'event> ', terminal: true });
  lines.on('SIGINT', options.onInterrupt);
  lines.on('close', options.onInterrupt);
  lines.on('line', (line) => {
    if (isCallForHelp(line)) {
      for (const each of helpLines()) options.complain(each);
      return;
    }
    const parsed = parseScript(line, options.names);
    if (parsed.kind === 'script') options.play(parsed.script);
    else for (const { message } of parsed.problems) options.complain(message);
  });
  return {
    redraw: () => lines.prompt(true),
    close: () => {
      lines.off('close', options.onInterrupt);
      lines.close();
    },
  };
}

/** Whether a line asks which events there are. */
export function isCallForHelp(line: string): boolean {
  return /^\s*(help|\?)\s*$/.test(line);
}

/** The forms of events, in as few lines as a page of the lab shows. */
export function helpLines(): string[] {
  const lines = ['events:'];
  for (const [form] of SCRIPT_FORMS) {
    const last = lines.at(-1) ?? '';
    const joined = `${last}${last.endsWith(':') ? '' : ','} ${form}`;
    if (joined.length <= HELP_WIDTH) lines[lines.length - 1] = joined;
    else lines.push(form);
  }
  return lines;
}
