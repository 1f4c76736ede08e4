/** Names, lengths, folder pages and links: what a reader needs to find a way through the project. */
import { EMPTY_NAMES, EMPTY_WORDS, FILE_LINES_MAX, GENERATED, ROOMS } from './house-map.js';
import type { Source, Violation } from './source.js';

/** Files and folders whose name says nothing about what they hold. */
export function checkNames(paths: readonly string[]): Violation[] {
  return paths.flatMap((path) => {
    const empty = path.split('/').find(isEmptyName);
    return empty === undefined
      ? []
      : [{ path, line: null, sentence: `"${empty}" says nothing; name it for the one noun or verb inside` }];
  });
}

/** Files that are so long that they hold two things. */
export function checkLengths(sources: readonly Source[]): Violation[] {
  return sources.flatMap(({ path, text }) => {
    const lines = text.replace(/\n$/, '').split('\n').length;
    return lines <= FILE_LINES_MAX || GENERATED.includes(path)
      ? []
      : [
          {
            path,
            line: null,
            sentence: `has ${lines} lines; past ${FILE_LINES_MAX} a file holds two things, so part it`,
          },
        ];
  });
}

/** Rooms that exist and have no README.md, or one that is not a title and a single paragraph. */
export function checkRoomPages(sources: readonly Source[]): Violation[] {
  return ROOMS.flatMap(({ name }): Violation[] => {
    const folder = `src/${name}`;
    if (!sources.some(({ path }) => path.startsWith(`${folder}/`))) {
      return [];
    }
    const page = sources.find(({ path }) => path === `${folder}/README.md`);
    if (page === undefined) {
      return [{ path: folder, line: null, sentence: 'has no README.md; write what lives here and what never enters' }];
    }
    const paragraphs = page.text
      .split(/\n\s*\n/)
      .map((part) => part.replace(/^#.*$/gm, '').trim())
      .filter((part) => part !== '');
    return paragraphs.length === 1
      ? []
      : [{ path: page.path, line: null, sentence: `has ${paragraphs.length} paragraphs; a room's page has one` }];
  });
}

/** Links of Markdown pages that lead to no file or folder of the project. */
export function checkLinks(pages: readonly Source[], isThere: (path: string) => boolean): Violation[] {
  return pages.flatMap((page) =>
    page.text.split('\n').flatMap((text, index) =>
      [...text.matchAll(/\]\(([^)\s#]+)(?:#[^)\s]*)?\)/g)].flatMap(([, target = '']): Violation[] => {
        if (/^[a-z]+:/.test(target) || isThere(linkedPath(page.path, target))) {
          return [];
        }
        return [{ path: page.path, line: index + 1, sentence: `links to "${target}", which does not exist` }];
      }),
    ),
  );
}

function isEmptyName(part: string): boolean {
  const [stem = ''] = part.split('.');
  return EMPTY_NAMES.includes(stem) || stem.split('-').some((word) => EMPTY_WORDS.includes(word));
}

function linkedPath(page: string, target: string): string {
  const parts = page.split('/').slice(0, -1);
  for (const part of target.split('/')) {
    if (part === '..') {
      parts.pop();
    } else if (part !== '.' && part !== '') {
      parts.push(part);
    }
  }
  return parts.join('/');
}
