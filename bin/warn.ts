/** Says something to the person at the terminal, and goes on. */
export function warn(text: string): void {
  process.stderr.write(`eddy: ${text}\n`);
}
