import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts processors' time in hundredths of a second. */
const TICKS = 100;

/** Seconds of processors' time that Chromium's processes under this one have taken so far (Linux). */
export function processorTime() {
  const processes = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => read(Number(pid)) ?? []);
  const ours = new Set([process.pid]);
  for (let known = 0; known < ours.size; ) {
    known = ours.size;
    for (const { pid, parent } of processes) if (ours.has(parent)) ours.add(pid);
  }
  return processes
    .filter(({ pid, command }) => ours.has(pid) && /chrom/.test(command))
    .reduce((sum, { seconds }) => sum + seconds, 0);
}

function read(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // After the name, which may have anything in it: state, parent, … user time and system time as the 12th and 13th.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const seconds = (Number(fields[11]) + Number(fields[12])) / TICKS;
    return { pid, parent: Number(fields[1]), seconds, command: readFileSync(`/proc/${pid}/cmdline`, 'utf8') };
  } catch {
    return undefined; // it has ended meanwhile
  }
}
