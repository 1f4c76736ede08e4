import { fileURLToPath } from 'node:url';

/** The file of this very program, for processes of its own kind. */
export const PROGRAM = fileURLToPath(new URL('../cli/main.js', import.meta.url));
