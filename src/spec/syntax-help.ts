/** What most often stands behind an error of the YAML library, in words for who wrote the text. */
import type { YAMLError } from 'yaml';

/** What to do. Shape: no help for an error that says it itself. */
export function syntaxHelp({ code, message }: YAMLError): { readonly help?: string } {
  const closing = /end with a ([\]}])/.exec(message)?.[1];
  if (closing !== undefined) return { help: `a ${closing} is missing before this` };
  switch (code) {
    case 'MULTILINE_IMPLICIT_KEY':
      return { help: 'a key needs a colon behind it' };
    case 'MISSING_CHAR':
      return message.startsWith('Implicit map keys') ? { help: 'a key needs a colon behind it' } : {};
    case 'BAD_INDENT':
      return message.startsWith('All mapping items') ? { help: 'indent it like the keys beside it' } : {};
    case 'BLOCK_AS_IMPLICIT_KEY':
      return { help: 'put a value that holds a colon in quotes; or the next line is indented too far' };
    case 'BAD_SCALAR_START':
      return { help: 'put the value in quotes' };
    default:
      return {};
  }
}
