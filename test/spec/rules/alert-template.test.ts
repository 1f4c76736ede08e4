import { describe, it } from 'vitest';
import { expectProblems } from '../expect-problems.js';

describe('alert-template', () => {
  it('finds names that no alert has, wherever they stand in the body', () => {
    expectProblems(
      `
alerts:
  hook:
    webhook: "https://chat.example.net/"
    body: { text: "{{cluster}}: {{ sentense }}", deep: [{ more: "{{who}}" }] }
`,
      [
        '4:11 error alert-template "{ text: "{{cluster}}: {{ sentense }}", deep: [{ more: "{{who}}" }] }": the body for receiver "hook" names "sentense", which no alert has | did you mean "sentence"? | = it can name cluster, event, severity, node, group, resource, from, sentence, by, at, number',
        '4:11 error alert-template "{ text: "{{cluster}}: {{ sentense }}", deep: [{ more: "{{who}}" }] }": the body for receiver "hook" names "who", which no alert has | = it can name cluster, event, severity, node, group, resource, from, sentence, by, at, number',
      ],
    );
  });

  it('finds JSON that is written as text', () => {
    expectProblems(
      `
alerts:
  hook:
    webhook: "https://chat.example.net/"
    headers: { content-type: application/json }
    body: '{"text": "{{sentence}}"}'
`,
      [
        '5:11 error alert-template "\'{"text": "{{sentence}}"}\'": the body for receiver "hook" is text, and is sent as JSON | a quote in an alert would break it | = write the body as a map, which is sent as JSON by itself',
      ],
    );
  });
});
