import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EventFeed } from '../../src/agents/event-feed.js';
import type { FeedEvents } from '../../src/agents/event-feed.js';
import { limits } from '../../src/model/limits.js';

/** What happened, in order: `open`, `close`, `ready`, `lost: why`, `again`. */
let story: string[];
let events: FeedEvents;
let feed: EventFeed;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  story = [];
  feed = new EventFeed({
    open: (given) => {
      events = given;
      story.push('open');
      return () => story.push('close');
    },
    onReady: () => story.push('ready'),
    onLost: (why) => story.push(why === null ? 'again' : `lost: ${why}`),
  });
});
afterEach(() => {
  feed.close();
  vi.useRealTimers();
});

describe('a source of events', () => {
  it('is open while it is needed, and a while longer', () => {
    feed.need(true);
    events.ready();
    feed.need(false);
    vi.advanceTimersByTime(20_000);
    feed.need(true);
    vi.advanceTimersByTime(60_000);
    expect(story).toEqual(['open', 'ready']);
    feed.need(false);
    vi.advanceTimersByTime(60_000);
    expect(story).toEqual(['open', 'ready', 'close']);
  });

  it('that breaks is said to be lost, is opened again, and said to be there again when it is', () => {
    feed.need(true);
    events.ready();
    events.broken('it ended');
    expect(story).toEqual(['open', 'ready', 'close', 'lost: it ended']);
    vi.advanceTimersByTime(1000);
    events.ready();
    expect(story.slice(4)).toEqual(['open', 'again', 'ready']);
  });

  it('that cannot be opened is lost, and opened again', () => {
    const lost: (string | null)[] = [];
    let tries = 0;
    const other = new EventFeed({
      open: () => {
        tries += 1;
        throw new Error('no more processes');
      },
      onReady: () => undefined,
      onLost: (why) => lost.push(why),
    });
    other.need(true);
    vi.advanceTimersByTime(1000);
    expect(tries).toBe(2);
    expect(lost).toEqual(['no more processes', 'no more processes']);
    other.close();
  });

  it('that breaks again and again is opened after longer and longer pauses, a minute at most', () => {
    feed.need(true);
    const pauses = [1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000];
    for (const pauseMs of pauses) {
      events.broken('it ended');
      story.length = 0;
      vi.advanceTimersByTime(pauseMs - 1);
      expect(story).toEqual([]);
      vi.advanceTimersByTime(1);
      expect(story).toEqual(['open']);
    }
  });

  it('that was sound for a minute is opened again soon', () => {
    feed.need(true);
    for (const pauseMs of [1000, 2000, 4000]) {
      events.broken('it ended');
      vi.advanceTimersByTime(pauseMs);
    }
    events.ready();
    vi.advanceTimersByTime(60_000);
    events.broken('it ended');
    story.length = 0;
    vi.advanceTimersByTime(1000);
    expect(story).toEqual(['open']);
  });

  it('that tells too much is left alone for a minute', () => {
    feed.need(true);
    events.ready();
    for (let count = 0; count < limits.eventsPerWindowMax; count += 1) events.event();
    vi.advanceTimersByTime(limits.eventsWindowMs);
    for (let count = 0; count < limits.eventsPerWindowMax; count += 1) events.event();
    expect(story).toEqual(['open', 'ready']);
    events.event();
    expect(story.slice(2)).toEqual(['close', 'lost: there were more than 5000 within 10 s']);
    vi.advanceTimersByTime(59_999);
    expect(story).toHaveLength(4);
    vi.advanceTimersByTime(1);
    expect(story.slice(4)).toEqual(['open']);
  });

  it('has no say any more when it was closed', () => {
    feed.need(true);
    const former = events;
    feed.close();
    former.ready();
    former.broken('it ended');
    expect(story).toEqual(['open', 'close']);
  });

  it('that is lost when nobody needs it any more is no matter', () => {
    feed.need(true);
    events.broken('it ended');
    feed.need(false);
    vi.advanceTimersByTime(60_000);
    expect(story).toEqual(['open', 'close', 'lost: it ended', 'again']);
  });
});
