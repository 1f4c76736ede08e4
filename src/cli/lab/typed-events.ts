/** Takes events that are typed while a lab runs. */
import { createInterface } from 'node:readline';
import { parseScript } from './parse-script.js';
import type { ScriptNames } from './parse-script.js';
import type { LabScript } from './script.js';

/** A keyboard that is listened to. */
export interface TypedEvents {
  /** Writes the line that is being typed again, after something else was drawn. */
  redraw(): void;
  close(): void;
}

/** Listens to the keyboard. Each whole line is an event, as in a script; Ctrl-C ends. */
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
