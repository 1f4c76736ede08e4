/**
 * The language of stories about changing voters, played by whole minds: one command a line, `#` for remarks. What each brings about is printed under it.
 *
 *     begin n1 n2 n3 n4 n5 voters n1 n2 n3     a cluster with one group, web
 *     voters n1: n1 n2 n3 n4 n5                the file of n1 wants these voters now
 *     run 500                                  let so many milliseconds pass
 *     cut n1 · cut n1>n2 · heal                lose everything of a node, or one way; end every cut
 *     kill n1 · crash n1 · start n1            end the daemon, or reset the host; start the daemon with what was kept
 *     history n3: n3 n4 n5                     write another history into what n3 keeps: set 1 is this one
 *     show                                     who counts whom, who runs web, and what is said of it
 */
import type { Message } from '../../src/model/message.js';
import { finishedLine, firstLine, joinedLine } from '../../src/ownership/line.js';
import { freshChooser } from '../../src/ownership/succession.js';
import { Cluster } from '../reconciler/cluster.js';
import type { SpecWish } from '../reconciler/specs.js';

/** Steps in which time passes between two looks. Shape: milliseconds. */
const LOOK_MS = 1;

/** Plays a story and returns it with the outputs of this run. Lines that begin with a space are outputs and are replaced. */
export function playVoters(text: string): string {
  const out: string[] = [];
  const story = new Story(out);
  for (const line of text.split('\n')) {
    if (line.startsWith(' ')) continue;
    out.push(line);
    if (line !== '' && !line.startsWith('#')) story.command(line.replace(':', '').split(/\s+/));
  }
  return out.join('\n');
}

class Story {
  readonly #out: string[];
  #cluster: Cluster | null = null;
  #names: readonly string[] = [];
  #beganMs = 0;
  #heard = 0;
  readonly #seen = new Map<string, string>();

  constructor(out: string[]) {
    this.#out = out;
  }

  get #here(): Cluster {
    if (this.#cluster === null) throw new Error('a story begins with `begin`');
    return this.#cluster;
  }

  command([verb = '', ...words]: readonly string[]): void {
    const [first = ''] = words;
    switch (verb) {
      case 'begin':
        return this.#begin(words);
      case 'voters':
        this.#here.edit(first, this.#wish(words.slice(1)));
        return this.#look();
      case 'run':
        for (let left = Number(first); left > 0; left -= LOOK_MS) {
          this.#here.run(Math.min(LOOK_MS, left));
          this.#look();
        }
        return;
      case 'cut':
        if (first.includes('>')) this.#here.cut.add(first);
        else this.#here.isolate(first);
        return;
      case 'heal':
        this.#here.cut.clear();
        return;
      case 'kill':
        return this.#here.host(first).kill();
      case 'crash':
        return this.#here.host(first).reset();
      case 'start':
        this.#here.start(first);
        return this.#look();
      case 'history':
        return this.#rewrite(first, words.slice(1));
      case 'show':
        return this.#show();
      default:
        throw new Error(`no command "${verb}"`);
    }
  }

  #begin(words: readonly string[]): void {
    const at = words.indexOf('voters');
    this.#names = words.slice(0, at);
    this.#cluster = Cluster.begin(this.#wish(words.slice(at + 1)));
    this.#beganMs = this.#cluster.nowMs;
    this.#look();
  }

  #wish(voters: readonly string[]): SpecWish {
    const nodes = Object.fromEntries(this.#names.map((name) => [name, { votes: voters.includes(name) }]));
    return { nodes, groups: { web: { prefer: this.#names.slice(0, 1) } } };
  }

  /** As if the daemons of some nodes had been made to agree with each other apart from the rest. */
  #rewrite(name: string, voters: readonly string[]): void {
    const host = this.#here.host(name);
    const { line } = JSON.parse(host.kept.get('voters.json') ?? '{}');
    const first = firstLine({ voters: line.sets[0], revision: line.revision, isFounded: true });
    const other = finishedLine(joinedLine(first, { voters, revision: line.revision }), 0);
    host.kept.set('voters.json', JSON.stringify({ line: other, chooser: freshChooser, seal: null }));
  }

  #say(line: string): void {
    this.#out.push(`  ${String(this.#here.nowMs - this.#beganMs).padStart(5)}  ${line}`);
  }

  /** Prints what is new. */
  #look(): void {
    const cluster = this.#here;
    for (const { from, to, message } of cluster.heard.slice(this.#heard)) {
      const words = sayMessage(message);
      if (words !== null) this.#say(`${from} > ${to}  ${words}`);
    }
    this.#heard = cluster.heard.length;
    const moved = this.#names.filter((name) => this.#seen.get(`${name} counts`) !== this.#counts(name));
    for (const [words, names] of groupedBy(moved, (name) => this.#counts(name))) {
      this.#say(`${names.join(' ')}: ${words}`);
      for (const name of names) this.#seen.set(`${name} counts`, words);
    }
    for (const name of this.#names) {
      this.#note(name, 'lease', this.#lease(name));
      for (const { kind, sentence } of cluster.host(name).mind?.conditions.values() ?? []) {
        if (kind === 'voters-forked') this.#note(name, sentence.split(' ')[1] ?? '', sentence);
      }
    }
  }

  #note(name: string, what: string, words: string): void {
    const key = `${name} ${what}`;
    if (this.#seen.get(key) === words) return;
    if (this.#seen.has(key) || words !== '') this.#say(`${name}: ${words === '' ? 'has no lease of web' : words}`);
    this.#seen.set(key, words);
  }

  #counts(name: string): string {
    const line = this.#here.host(name).mind?.voters.kept.line;
    if (line === undefined) return 'is down';
    if (!line.isFounded) return 'has no voters yet';
    const sets = line.sets.map((set) => set.join(' '));
    return `counts ${sets.join(' and ')} (${sets.length > 1 ? `from set ${line.number} to` : 'set'} ${line.number + line.sets.length - 1})`;
  }

  #lease(name: string): string {
    const held = this.#here.host(name).mind?.holder.held.get('web');
    if (held === undefined || held.state === 'claim') return '';
    return held.state === 'lapsed' ? 'LAPSED web' : `OWNS web, epoch ${held.epoch}`;
  }

  #show(): void {
    for (const [words, names] of groupedBy(this.#names, (name) => this.#counts(name)))
      this.#out.push(`  ${names.join(' ')}: ${words}`);
    const conditions = this.#names.flatMap((name) =>
      [...(this.#here.host(name).mind?.conditions.values() ?? [])]
        .filter(({ kind }) => kind !== 'spec-differs')
        .map(({ kind, severity, sentence }) => ({ name, words: `${severity} ${kind}: ${sentence}` })),
    );
    for (const [words, each] of groupedBy(conditions, (condition) => condition.words))
      this.#out.push(`  ${each.map(({ name }) => name).join(' ')}: ${words}`);
    this.#out.push(`  web runs on ${this.#here.whereRuns('web').join(' and ') || 'no node'}`);
  }
}

function groupedBy<T>(values: readonly T[], wordsOf: (value: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const value of values) groups.set(wordsOf(value), [...(groups.get(wordsOf(value)) ?? []), value]);
  return groups;
}

function sayMessage(message: Message): string | null {
  switch (message.kind) {
    case 'proposal': {
      const { ballot, offer } = message;
      return offer === null ? `asks, round ${ballot.round}` : `offers ${offer.voters.join(' ')}, round ${ballot.round}`;
    }
    case 'vote': {
      const { ballot, promised, accepted } = message;
      if (promised.round !== ballot.round || promised.node !== ballot.node)
        return `refuses round ${ballot.round} for round ${promised.round} of ${promised.node}`;
      if (accepted === null) return `promises round ${ballot.round}`;
      const { voters } = accepted.offer;
      return accepted.ballot.round === ballot.round && accepted.ballot.node === ballot.node
        ? `accepts ${voters.join(' ')}`
        : `promises round ${ballot.round}, and has accepted ${voters.join(' ')}`;
    }
    default:
      return null;
  }
}
