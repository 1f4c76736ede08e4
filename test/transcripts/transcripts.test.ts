import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { play } from './script.js';
import { playVoters } from './voter-script.js';

const folder = fileURLToPath(new URL('stories/', import.meta.url));
const voterFolder = fileURLToPath(new URL('voters/', import.meta.url));
const storiesIn = (path: string): string[] =>
  readdirSync(path)
    .filter((name) => name.endsWith('.txt'))
    .sort();
const stories = storiesIn(folder);
const voterStories = storiesIn(voterFolder);

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

describe('the transcript of changing voters', () => {
  it.each(voterStories)('R12 is as written: %s', (name) => {
    const written = readFileSync(`${voterFolder}${name}`, 'utf8');
    const played = playVoters(written);
    if (process.env.UPDATE_TRANSCRIPTS === '1') writeFileSync(`${voterFolder}${name}`, played);
    else expect(played).toBe(written);
  });

  it('knows its stories', () => {
    expect(voterStories.length).toBeGreaterThanOrEqual(10);
  });
});
