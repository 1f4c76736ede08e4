import { describe, it } from 'vitest';
import { expectProblemsOf } from './expect-problems.js';

const HEAD = `apiVersion: fairlead/v1
kind: Cluster
cluster: { name: test }
nodes: { a: { addresses: [10.0.0.1] } }
`;

describe('the text of a spec', () => {
  it('finds a tab that indents', () => {
    expectProblemsOf(
      {
        'a.yaml': `
${HEAD}pings:
\tgateway: { hosts: [10.0.0.9] }
`,
      },
      ['a.yaml:6:1 error yaml-tab "\t": a tab cannot indent YAML | a tab | = use spaces'],
    );
  });

  it('finds a bracket that is not closed', () => {
    expectProblemsOf(
      {
        'a.yaml': `
${HEAD}resources: { x: { type: builtin:noop }
`,
      },
      [
        'a.yaml:5:38 error yaml-syntax "}": this is not YAML | flow map in block collection must be sufficiently indented and end with a } | = a } is missing before this',
      ],
    );
  });

  it.each([
    ['to the end of the file', `resources:\n  x: { type: "builtin:noop }\n  y: { type: script }\n`, '6:14', '"'],
    ['in a block', `resources:\n  x:\n    type: 'builtin:noop\n  y: { type: script }\n`, '7:11', "'"],
    ['before another one', `resources:\n  x:\n    type: "builtin:noop\n  y: { type: "script" }\n`, '7:11', '"'],
    ['of a key', `resources:\n  "x: { type: builtin:noop }\n`, '6:3', '"'],
  ])('finds where a quote opens that is not closed: %s', (_, text, at, sign) => {
    expectProblemsOf({ 'a.yaml': `\n${HEAD}${text}` }, [
      `a.yaml:${at} error yaml-syntax "${sign}": this is not YAML | a quote that is opened here is never closed | = write ${sign} where the text ends`,
    ]);
  });

  it.each([
    ['resources\n  x: { type: builtin:noop }', '5:1', 'resources', 'implicit keys need to be on a single line'],
    ['resources: {}\ngroups {}', '6:1', 'groups {}', 'implicit map keys need to be followed by map values'],
  ])('finds a key without its colon', (text, at, key, words) => {
    expectProblemsOf({ 'a.yaml': `\n${HEAD}${text}\n` }, [
      `a.yaml:${at} error yaml-syntax "${key}": this is not YAML | ${words} | = a key needs a colon behind it`,
    ]);
  });

  it('finds a key that is indented unlike those beside it', () => {
    expectProblemsOf(
      {
        'a.yaml': `
${HEAD}resources:
  x: { type: builtin:noop }
   y: { type: builtin:noop }
`,
      },
      [
        'a.yaml:7:1 error yaml-syntax " ": this is not YAML | all mapping items must start at the same column | = indent it like the keys beside it',
      ],
    );
  });

  it('finds two values on one line', () => {
    expectProblemsOf(
      {
        'a.yaml': `
${HEAD}resources: x: y
`,
      },
      [
        'a.yaml:5:12 error yaml-syntax "x": this is not YAML | nested mappings are not allowed in compact mappings | = put a value that holds a colon in quotes; or the next line is indented too far',
      ],
    );
  });

  it('says where an unquoted IPv6 address broke the YAML', () => {
    expectProblemsOf(
      {
        'a.yaml': `
${HEAD}resources: { x: { type: builtin:vip, params: { address: fd00:: } } }
`,
      },
      [
        'a.yaml:5:57 error yaml-syntax "fd00::": this is not YAML | block collections are not allowed within flow collections | = an IPv6 address that ends in "::" must be in quotes',
      ],
    );
  });

  it('finds a key that stands twice, and names the first', () => {
    expectProblemsOf(
      {
        'a.yaml': `
${HEAD}resources:
  x: { type: builtin:noop }
  y: { type: builtin:noop }
  x: { type: script }
`,
      },
      [
        'a.yaml:8:3 error duplicate-key "x": "x" stands twice in one map | = keep one of them | = note 6: "x" stands here first',
      ],
    );
  });

  it('refuses merge keys', () => {
    expectProblemsOf(
      {
        'a.yaml': `
${HEAD}resources:
  x: &x { type: builtin:noop }
  y: { <<: *x }
`,
      },
      [
        'a.yaml:7:8 error yaml-merge-key "<<": merge keys (`<<`) are not read in specs, since YAML 1.2 has none | = write the keys out, or say them once under `defaults:`',
      ],
    );
  });

  it('reads anchors and aliases', () => {
    expectProblemsOf(
      {
        'a.yaml': `
${HEAD}resources:
  x: &x { type: builtin:noop }
  y: *x
`,
      },
      [],
    );
  });

  it('finds an alias that repeats nothing', () => {
    expectProblemsOf(
      {
        'a.yaml': `
${HEAD}resources:
  x: *nothing
`,
      },
      [
        'a.yaml:6:6 error yaml-alias "*nothing": the alias "*nothing" repeats nothing | = mark a value further up with `&nothing`',
      ],
    );
  });

  it('refuses an alias inside of what it repeats', () => {
    expectProblemsOf(
      {
        'a.yaml': `
${HEAD}resources:
  x: &x { type: *x }
`,
      },
      ['a.yaml:6:17 error yaml-alias "*x": the alias "*x" repeats nothing | = mark a value further up with `&x`'],
    );
  });

  it('refuses tags', () => {
    expectProblemsOf(
      {
        'a.yaml': `
${HEAD}resources:
  x: { type: !secret builtin:noop }
  y: { type: !!binary aGVsbG8= }
`,
      },
      ['a.yaml:6:14 error yaml-tag "!secret": tags such as `!name` mean nothing in a spec | = write the plain value'],
    );
  });

  it('refuses a directive that changes how YAML is read', () => {
    expectProblemsOf(
      {
        'a.yaml': `%YAML 1.1
---
${HEAD}`,
      },
      [
        'a.yaml:1:1 error yaml-directive "%": a line that begins with "%" changes how YAML is read, and specs are always read as YAML 1.2 | = take the line out',
      ],
    );
  });

  it('refuses keys that are no text', () => {
    expectProblemsOf(
      {
        'a.yaml': `
${HEAD}resources:
  ? [x]
  : { type: builtin:noop }
  : { type: builtin:noop }
`,
      },
      [
        'a.yaml:6:5 error yaml-key "[x]": a key must be plain text | = name what the value is for',
        'a.yaml:8:1 error yaml-key " ": a key must be plain text | = name what the value is for',
      ],
    );
  });

  it('finds a file that holds nothing', () => {
    expectProblemsOf(
      {
        'a.yaml': `# only words
`,
      },
      [
        'a.yaml:1:1 error empty-file "#": the file holds no spec | = begin with `apiVersion: fairlead/v1` and `kind: Cluster`, or take the file away',
      ],
    );
  });

  it('warns of words that YAML 1.1 reads as booleans', () => {
    expectProblemsOf(
      {
        'a.yaml': `
${HEAD}resources:
  no: { type: builtin:noop }
  db: { type: builtin:noop, after: [no] }
  off: { type: builtin:noop, after: ["no"] }
`,
      },
      [
        'a.yaml:6:3 warning ambiguous-word "no": "no" is text here, and false for programs that read YAML 1.1 | write "no" in quotes',
        'a.yaml:7:37 warning ambiguous-word "no": "no" is text here, and false for programs that read YAML 1.1 | write "no" in quotes',
        'a.yaml:8:3 warning ambiguous-word "off": "off" is text here, and false for programs that read YAML 1.1 | write "off" in quotes',
      ],
    );
  });

  it('sees a colon without its blank', () => {
    expectProblemsOf({ 'a.yaml': 'apiVersion:fairlead/v1\nkind: Cluster\n' }, [
      'a.yaml:1:1 error yaml-syntax "apiVersion:fairlead/v1": this is not YAML | implicit keys need to be on a single line | = a blank belongs behind the colon: `apiVersion: fairlead/v1`',
    ]);
  });

  it('warns of numbers that YAML 1.1 reads otherwise', () => {
    expectProblemsOf(
      {
        'a.yaml': `
${HEAD}heartbeat: { port: 07418 }
resources:
  x: { type: builtin:noop, monitor: [{ every: 10s, timeout: 5s, depth: 1:30 }] }
`,
      },
      [
        'a.yaml:5:20 warning ambiguous-number "07418": "07418" is another number for programs that read YAML 1.1 | write 7418, or "07418" in quotes',
        'a.yaml:7:72 error wrong-type "1:30": "depth" of entry 1 of "monitor" of resource "x" must be a whole number, and is the text "1:30"',
      ],
    );
  });

  it('leaves what is handed over as text alone', () => {
    expectProblemsOf(
      {
        'a.yaml': `
${HEAD}resources:
  x: { type: "ocf:heartbeat:Dummy", params: { mode: 0755, flag: no, time: 22:30 } }
`,
      },
      [],
    );
  });

  it('tells the first mistake of a document, since the others follow from it', () => {
    expectProblemsOf(
      {
        'a.yaml': `
${HEAD}resources: [{ x: @y, z: \`w\` }
`,
      },
      [
        'a.yaml:5:18 error yaml-syntax "@": this is not YAML | plain value cannot start with reserved character @ | = put the value in quotes',
      ],
    );
  });

  it('tells mistakes of several files in one run', () => {
    expectProblemsOf(
      {
        'a.yaml': `a: [
`,
        'b.yaml': `b: "
`,
      },
      [
        'a.yaml:1:4 error yaml-syntax "[": this is not YAML | flow sequence in block collection must be sufficiently indented and end with a ] | = a ] is missing before this',
        'b.yaml:1:4 error yaml-syntax """: this is not YAML | a quote that is opened here is never closed | = write " where the text ends',
      ],
    );
  });

  it('reads a file with a byte order mark', () => {
    expectProblemsOf(
      {
        'a.yaml': `\ufeff${HEAD}`,
      },
      [],
    );
  });
});
