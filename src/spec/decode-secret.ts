import type { SecretReference } from '../model/cluster-spec.js';
import type { Secret } from './raw-document.js';
import type { PathPart, SourceIndex } from './source-index.js';

/** Where a secret is read from; null where neither a file nor a variable is named. */
export function decodeSecret(secret: Secret, source: SourceIndex, path: readonly PathPart[]): SecretReference | null {
  const { place } = source.value(...path);
  if (secret.file !== undefined) return { kind: 'file', path: secret.file, place };
  return secret.env === undefined ? null : { kind: 'environment', name: secret.env, place };
}
