/** The command `validate`: tells every problem of every spec it is given. */
import { writeFileSync } from 'node:fs';
import { describeSystemError, errorCode } from '../host/system-error.js';
import type { Problem } from '../model/problem.js';
import type { CommandCall } from './command.js';
import { CommandFailure, usageFailure } from './command-failure.js';
import { EXIT } from './exit-codes.js';
import type { ExitCode } from './exit-codes.js';
import { paintOf } from './paint.js';
import type { Paint } from './paint.js';
import { reportProblem, summarise, withoutSecrets } from './problem-report.js';
import { checkMetadataDir, problemsOf, validateSpec } from './validated-spec.js';
import type { ValidatedSpec } from './validated-spec.js';

const FORMATS = ['text', 'json'] as const;

/** A form of the answer and where it goes. Shape: `file` is null for stdout. */
interface Output {
  readonly format: (typeof FORMATS)[number];
  readonly file: string | null;
}

/** Validates the specs at the paths. Errors: throws a usage failure for a form of output that there is not. */
export async function runValidate({ operands, flags, terminal }: CommandCall): Promise<ExitCode> {
  const outputs = readOutputs(flags.texts('output'));
  const metadataDir = checkMetadataDir(flags.text('metadata'));
  const specs: ValidatedSpec[] = [];
  for (const path of new Set(operands)) specs.push(await validateSpec(path, { metadataDir }));
  for (const { format, file } of outputs) {
    const paint = paintOf(file === null && terminal.colours('out', flags.text('color')));
    const text = format === 'json' ? reportJson(specs) : reportText(specs, { paint, isVerbose: flags.has('verbose') });
    if (file === null) terminal.out(text);
    else writeReport(file, text);
  }
  return exitCodeOf(specs, flags.has('strict'));
}

function readOutputs(wishes: readonly string[]): Output[] {
  const outputs = wishes.map((wish): Output => {
    const [word = '', ...rest] = wish.split('=');
    const format = FORMATS.find((each) => each === word);
    if (format === undefined) throw usageFailure(`there is no output "${word}"; there are ${FORMATS.join(' and ')}`);
    return { format, file: rest.length === 0 ? null : rest.join('=') };
  });
  if (outputs.filter((output) => output.file === null).length > 1) {
    throw usageFailure('only one form of output can go to stdout', 'give the others a file: -o json=FILE');
  }
  return outputs;
}

function reportText(
  specs: readonly ValidatedSpec[],
  { paint, isVerbose }: { readonly paint: Paint; readonly isVerbose: boolean },
): string {
  const blocks = specs.flatMap(({ path, texts: written, result }) => {
    const problems = problemsOf(result);
    const texts = withoutSecrets(written, problems);
    return [
      ...problems.map((problem) => reportProblem(problem, { texts, paint })),
      ...(isVerbose && result.kind === 'ok'
        ? [[`${path}:`, ...result.facts.map((fact) => `  ${fact}`)].join('\n')]
        : []),
    ];
  });
  return `${[...blocks, summarise(allProblems(specs), fileCount(specs))].join('\n\n')}\n`;
}

function reportJson(specs: readonly ValidatedSpec[]): string {
  const problems = allProblems(specs);
  const report = {
    valid: specs.every(({ result }) => result.kind === 'ok'),
    errors: problems.filter((problem) => problem.severity === 'error').length,
    warnings: problems.filter((problem) => problem.severity === 'warning').length,
    files: fileCount(specs),
    specs: specs.map(({ path, result }) => ({
      path,
      valid: result.kind === 'ok',
      problems: problemsOf(result),
      facts: result.kind === 'ok' ? result.facts : [],
    })),
  };
  return `${JSON.stringify(report, null, 2)}\n`;
}

function writeReport(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    const why = errorCode(error) === 'ENOENT' ? 'its folder does not exist' : describeSystemError(error);
    throw new CommandFailure(EXIT.failed, `cannot write "${file}": ${why}`, { cause: error });
  }
}

function exitCodeOf(specs: readonly ValidatedSpec[], isStrict: boolean): ExitCode {
  if (specs.some(({ result }) => result.kind === 'invalid')) return EXIT.failed;
  return isStrict && allProblems(specs).length > 0 ? EXIT.warnings : EXIT.ok;
}

function allProblems(specs: readonly ValidatedSpec[]): Problem[] {
  return specs.flatMap(({ result }) => [...problemsOf(result)]);
}

/** A path that could not be read counts as one. */
function fileCount(specs: readonly ValidatedSpec[]): number {
  return specs.reduce((sum, { texts }) => sum + Math.max(1, texts.length), 0);
}
