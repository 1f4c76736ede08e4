/**
 * Writes what the spec room has of `cluster.schema.json`: the type of the raw document, and the check of its shape as a program.
 *
 * The check is written ahead of time because compiling the schema takes a good part of the time that `fairlead validate` may have. `npm run schema` writes both files; a
 * test fails when one of them is stale.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import standalone from 'ajv/dist/standalone/index.js';
import { compile } from 'json-schema-to-typescript';

const SCHEMA = fileURLToPath(new URL('cluster.schema.json', import.meta.url));

/** The generated files, by path from the project's root. */
export const OUTPUTS = { type: 'src/spec/raw-document.ts', check: 'src/spec/raw-shape.ts' };

/** Keywords that only people and editors read. */
const WORDS = ['description', 'examples', 'default', 'title', '$schema'];

/** Keywords of editors that say what is expected; the messages of the validator use them too. */
const EXPECTATIONS = ['errorMessage', 'patternErrorMessage'];

/** The text of each generated file. @returns {Promise<{ type: string, check: string }>} */
export async function generate() {
  const text = readFileSync(SCHEMA, 'utf8');
  return { type: await generateType(JSON.parse(text)), check: generateCheck(JSON.parse(text)) };
}

/** @param {object} schema */
function generateType(schema) {
  return compile(schema, 'ClusterDocument', {
    bannerComment:
      '/** The spec as it is written. Generated from schemas/cluster.schema.json by `npm run schema`; do not edit. */',
    additionalProperties: false,
    strictIndexSignatures: false,
    ignoreMinAndMaxItems: true,
    style: { singleQuote: true, printWidth: 120 },
  });
}

/** @param {object} schema */
function generateCheck(schema) {
  const ajv = new Ajv({
    allErrors: true,
    verbose: true,
    strict: true,
    allowUnionTypes: true,
    inlineRefs: false,
    code: { source: true, esm: true },
    formats: {},
  });
  ajv.addVocabulary(EXPECTATIONS);
  const code = standalone.default(ajv, ajv.compile(withoutWords(schema)));
  if (code.includes('require('))
    throw new Error('the check needs a part of ajv at run time; take the keyword that does out of the schema');
  return `// @ts-nocheck\n// Generated from schemas/cluster.schema.json by \`npm run schema\`; do not edit.\n${code}\n`;
}

/** The schema without what no check needs. Names of properties are no keywords, whatever they are. @param {any} schema @returns {any} */
function withoutWords(schema) {
  if (Array.isArray(schema)) return schema.map(withoutWords);
  if (typeof schema !== 'object' || schema === null) return schema;
  const kept = Object.entries(schema).filter(([key]) => !WORDS.includes(key));
  return Object.fromEntries(
    kept.map(([key, value]) => {
      const isNamed = key === 'properties' || key === 'definitions';
      return [key, isNamed ? mapValues(value, withoutWords) : withoutWords(value)];
    }),
  );
}

/** @param {object} object @param {(value: any) => any} change */
function mapValues(object, change) {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { type, check } = await generate();
  /** @param {string} path @param {string} text */
  const write = (path, text) => writeFileSync(fileURLToPath(new URL(`../${path}`, import.meta.url)), text);
  write(OUTPUTS.type, type);
  write(OUTPUTS.check, check);
}
