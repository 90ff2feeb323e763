import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/** A folder of a test file's own, gone when its tests have run. */
export function temporaryFiles() {
  const folder = mkdtempSync(join(tmpdir(), 'eddy-test-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const at = (name: string) => join(folder, name);
  return {
    folder,
    at,
    /** Writes a file; where it is. */
    write(name: string, content: string | Uint8Array): string {
      writeFileSync(at(name), content);
      return at(name);
    },
  };
}
