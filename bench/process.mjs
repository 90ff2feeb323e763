// A contestant's process: alive for the whole bench, so that what it compiled and cached stays.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

const oneThread = { OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1', MKL_NUM_THREADS: '1' };

/** Starts it; `ask(line)` gives the words of its answer, the first of which says what it is. */
export function startContestant({ command, arguments: args }) {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'ignore'], env: { ...process.env, ...oneThread } });
  let answer;
  let gone;
  const end = (reason) => {
    gone ??= reason;
    answer?.(['failed', gone]);
  };
  child.on('error', (error) => end(error.message));
  child.on('exit', (code, signal) => end(`ended with ${signal ?? code}`));
  child.stdin.on('error', () => {});
  createInterface({ input: child.stdout }).on('line', (line) => {
    const [what, ...rest] = line.split(' ');
    // Libraries print too.
    if (['hello', 'opened', 'ran', 'closed', 'failed', 'peak'].includes(what)) {
      answer?.(what === 'failed' ? [what, rest.join(' ')] : [what, ...rest]);
    }
  });
  return {
    ask(line, limit = 120_000) {
      if (gone) return Promise.resolve(['failed', gone]);
      return new Promise((resolve) => {
        const timer = setTimeout(() => {
          child.kill('SIGKILL');
          end(`no answer in ${limit / 1000} s`);
        }, limit);
        answer = (words) => {
          clearTimeout(timer);
          answer = undefined;
          resolve(words);
        };
        if (line) child.stdin.write(`${line}\n`);
      });
    },
    stop: () => child.stdin.end(),
  };
}
