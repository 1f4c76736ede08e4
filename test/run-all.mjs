/**
 * What `npm test` runs: build, types, lint, then every test, the e2e ones included, the simulated clusters, and a minute of chaos.
 *
 * The last line is the tally, alone: `N passed, N failed`, with `, N skipped` when something was. Before it each failure has a line, `FAILED: ...`. A step that fails
 * counts as one failure; so does a run in which no test ran. The simulated clusters and the chaos count as one test each. The exit code is 0 only when nothing failed.
 *
 * `--unit` leaves out the steps, the simulated clusters, the e2e suite, the chaos, what judges the sources alone (test/house), and the files that wait for programs of Debian, through
 * parts that other files try as well; `.ci/run` uses it to try the unit tests on a second Node.
 * `--e2e WORDS...` runs the e2e suite alone: all of it, or the files that have a word in their path, as vitest takes them.
 *
 * The e2e suite and the chaos need root and Debian packages. Where they are missing they are skipped with the reason, and each file
 * of the suite counts as skipped; with CI=true a missing one is a failure.
 */
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { missingForChaos, missingPrerequisites } from './house/prerequisites.mjs';
import { tallyReport, tallyText } from './house/tally.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const unitOnly = process.argv.includes('--unit');
const e2eOnly = process.argv.includes('--e2e');
/** The set-up whose example has a lease of half a minute. It waits for minutes and computes next to nothing, so it runs beside the two files that the suite runs at once. */
const SLOW_FILE = 'test/e2e/seeds/memcached-failover.test.ts';
/** What shows how programs of Debian behave: our part in it (starting a program and waiting for it) is tried by their neighbours too, so a second Node adds nothing. */
const OF_DEBIAN = [
  'test/agents/debian-agents.test.ts',
  'test/agents/systemd-agent.test.ts',
  'test/aws/awscli.test.ts',
  'test/cli/systemd-restart.test.ts',
  'test/daemon/unit-keeper.test.ts',
];
const isCi = process.env.CI === 'true';
/** @type {import('./house/tally.mjs').Tally} */
const total = { passed: 0, failures: [], skipped: 0 };

/** What the simulated clusters must survive with every change, and must notice. */
const SOAK = ['--schedules', '2000', '--seed', '1', '--mutants'];

/** Long enough for every kind of fault to have its turn on every host. */
const CHAOS_SECONDS = 60;

if (!unitOnly && !e2eOnly) {
  for (const step of ['build', 'typecheck', 'lint']) {
    heading(step);
    if (!runs('npm', ['run', '--silent', step])) {
      total.failures.push(`npm run ${step}`);
    }
  }
}

if (!e2eOnly) {
  runSuite('unit', unitOnly ? filesForSecondNode() : []);
}
if (!unitOnly && !e2eOnly) {
  // By its own command and not in vitest, under which the same code takes a quarter longer; beside what else computes, which would leave a core idle.
  const soak = beginCommand('soak', SOAK);
  runSuite('sim');
  await soak.end();
}
if (!unitOnly && e2eFiles().length > 0) {
  const missing = missingPrerequisites();
  const files = e2eFiles().length;
  await runOrSkip({ what: 'tests: e2e', missing, weight: files, run: runE2e });
  if (!e2eOnly) {
    await runOrSkip({
      what: 'chaos',
      missing: [...missing, ...missingForChaos()],
      weight: 1,
      run: () => runCommand('chaos', ['--seconds', String(CHAOS_SECONDS)]),
    });
  }
}

if (total.passed + total.failures.length === 0) {
  total.failures.push('no test ran');
}
process.exitCode = total.failures.length === 0 ? 0 : 1;
console.log(`\n${tallyText(total)}`);

/**
 * Runs what needs root and packages, or says why not. `weight` is what it counts for when it is skipped.
 *
 * @param {{ what: string, missing: readonly string[], weight: number, run: () => void | Promise<void> }} part
 */
async function runOrSkip({ what, missing, weight, run }) {
  if (missing.length === 0) {
    await run();
    return;
  }
  heading(what);
  console.log(`${isCi ? 'Cannot run' : 'SKIPPED'}, because:`);
  for (const reason of missing) {
    console.log(`  ${reason}`);
  }
  if (isCi) {
    total.failures.push(`${what} (see there what is missing)`);
  } else {
    total.skipped += weight;
  }
}

/**
 * A command that counts as one test. It ends with another code than 0 on a violation, and when too little happened.
 *
 * @param {string} name @param {readonly string[]} words
 */
function runCommand(name, words) {
  heading(name);
  count(name, runs('npm', npmWords(name, words)));
}

/**
 * The same for one that runs beside what comes next. What it says is shown at its end.
 *
 * @param {string} name @param {readonly string[]} words
 */
function beginCommand(name, words) {
  const command = begin('npm', npmWords(name, words));
  return { end: async () => count(name, await command.end(name)) };
}

/**
 * Starts a program, of which what it says is shown at its end, under a heading. Whether it ended with code 0 is the answer.
 *
 * @param {string} program @param {readonly string[]} args
 */
function begin(program, args) {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-command-'));
  const said = openSync(join(folder, 'said'), 'w');
  const child = spawn(program, args, { cwd: root, stdio: ['ignore', said, said] });
  const ended = new Promise((resolve) => {
    child.once('error', () => resolve(null));
    child.once('close', resolve);
  });
  return {
    /** @param {string} title */
    end: async (title) => {
      const code = await ended;
      closeSync(said);
      heading(title);
      console.log(readFileSync(join(folder, 'said'), 'utf8').trimEnd());
      rmSync(folder, { recursive: true, force: true });
      return code === 0;
    },
  };
}

/** The e2e suite: the files that were asked for, or all of them. */
async function runE2e() {
  if (e2eOnly) {
    runSuite('e2e', process.argv.slice(process.argv.indexOf('--e2e') + 1));
    return;
  }
  const slow = prepareSuite('e2e', [SLOW_FILE]);
  const running = begin(process.execPath, slow.args);
  runSuite('e2e', [`--exclude=${SLOW_FILE}`]);
  slow.count(await running.end(`tests: e2e, ${SLOW_FILE}`));
}

/** @param {string} name @param {boolean} isFine */
function count(name, isFine) {
  if (isFine) {
    total.passed += 1;
  } else {
    total.failures.push(`npm run ${name}`);
  }
}

/** @param {string} name @param {readonly string[]} words */
function npmWords(name, words) {
  return ['run', '--silent', name, '--', ...words];
}

/** @param {string} project @param {readonly string[]} words */
function runSuite(project, words = []) {
  heading(`tests: ${project}`);
  const suite = prepareSuite(project, words);
  suite.count(runs(process.execPath, suite.args));
}

/**
 * What Node is to be told to run a suite, and how its tests are counted then.
 *
 * @param {string} project @param {readonly string[]} words
 */
function prepareSuite(project, words) {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-tally-'));
  const reportFile = join(folder, 'report.json');
  return {
    args: [
      join(root, 'node_modules/vitest/vitest.mjs'),
      'run',
      `--project=${project}`,
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${reportFile}`,
      ...words,
    ],
    /** @param {boolean} isFine */
    count: (isFine) => {
      const report = existsSync(reportFile) ? JSON.parse(readFileSync(reportFile, 'utf8')) : null;
      rmSync(folder, { recursive: true, force: true });
      const tally = tallyReport({ what: `tests: ${project}`, report, isFine });
      total.passed += tally.passed;
      total.failures.push(...tally.failures);
      total.skipped += tally.skipped;
    },
  };
}

/** The test files but those of test/house, which read the sources and run none of them, and those of {@link OF_DEBIAN}; of other suites too, which the project leaves out. */
function filesForSecondNode() {
  return readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
    .map((name) => `test/${name}`)
    .filter((path) => path.endsWith('.test.ts') && !path.startsWith('test/house/') && !OF_DEBIAN.includes(path));
}

/** The test files of the e2e suite, by the pattern that vitest.config.ts uses. */
function e2eFiles() {
  const folder = 'test/e2e';
  if (!existsSync(join(root, folder))) {
    return [];
  }
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => `${folder}/${name}`)
    .filter((path) => path.endsWith('.test.ts'));
}

/** @param {string} command @param {readonly string[]} args */
function runs(command, args) {
  const { status } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  return status === 0;
}

/** @param {string} text */
function heading(text) {
  console.log(`\n== ${text}`);
}
