import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { play } from './script.js';

const folder = fileURLToPath(new URL('stories/', import.meta.url));
const stories = readdirSync(folder)
  .filter((name) => name.endsWith('.txt'))
  .sort();

describe('the transcript of the ownership protocol', () => {
  it.each(stories)('is as written: %s', (name) => {
    const written = readFileSync(`${folder}${name}`, 'utf8');
    const played = play(written);
    if (process.env.UPDATE_TRANSCRIPTS === '1') writeFileSync(`${folder}${name}`, played);
    else expect(played).toBe(written);
  });

  it('knows its stories', () => {
    expect(stories.length).toBeGreaterThanOrEqual(15);
  });
});
