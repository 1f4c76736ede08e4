/** Secrets of programs and requests: read right before they are used, and kept out of everything that is told. */
import type { MaybeSecret, SecretReference } from '../model/cluster-spec.js';

/** A secret's bytes, or why it cannot be read. */
export type ReadSecret = (
  reference: SecretReference,
) => { readonly kind: 'secret'; readonly bytes: Uint8Array } | { readonly kind: 'unreadable'; readonly why: string };

/** A text as it is, or a secret without the line end that files have. */
export function secretText(value: MaybeSecret, readSecret: ReadSecret): string | { readonly why: string } {
  if (typeof value === 'string') return value;
  const secret = readSecret(value);
  if (secret.kind === 'unreadable') return secret;
  return Buffer.from(secret.bytes)
    .toString('utf8')
    .replace(/\r?\n$/, '');
}

/** Texts by name, those among them that are secret, or the first that cannot be read. */
export type SecretTexts =
  | { readonly kind: 'texts'; readonly texts: Readonly<Record<string, string>>; readonly secrets: readonly string[] }
  | { readonly kind: 'unreadable'; readonly why: string };

/** Reads what is secret among texts. */
export function secretTexts(values: Readonly<Record<string, MaybeSecret>>, readSecret: ReadSecret): SecretTexts {
  const texts: Record<string, string> = {};
  const secrets: string[] = [];
  for (const [name, value] of Object.entries(values)) {
    const text = secretText(value, readSecret);
    if (typeof text !== 'string') return { kind: 'unreadable', why: `${name} cannot be read: ${text.why}` };
    if (typeof value !== 'string') secrets.push(text);
    texts[name] = text;
  }
  return { kind: 'texts', texts, secrets };
}

/** Takes secrets out of a text, as they are and in the forms in which programs print and send them. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  const forms = secrets.flatMap((secret) => (secret === '' ? [] : formsOf(secret)));
  // The longest first, so that no part of one is left beside what stands for another.
  const inOrder = [...new Set(forms)].sort((a, b) => b.length - a.length);
  return inOrder.reduce((left, form) => left.replaceAll(form, '[secret]'), text);
}

function formsOf(secret: string): string[] {
  const quoted = JSON.stringify(secret).slice(1, -1);
  const base64 = Buffer.from(secret).toString('base64');
  return [
    secret,
    quoted,
    quoted.replaceAll("'", "\\'"),
    secret.replaceAll("'", "\\'"),
    secret.replaceAll("'", `'\\''`),
    secret.replaceAll("'", `'"'"'`),
    encodeURIComponent(secret),
    encodeURI(secret),
    new URLSearchParams([['', secret]]).toString().slice(1),
    base64,
    base64.replace(/=+$/, ''),
  ];
}
