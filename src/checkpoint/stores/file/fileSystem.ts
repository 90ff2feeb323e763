/**
 * The few calls of node:fs/promises that the file store makes, so that a test can put a failing disk in its place.
 * Every one fails as Node's does, with an error that has a `code`.
 */
export interface FileSystem {
  mkdir(folder: string, options: { recursive: true }): Promise<unknown>;
  readdir(folder: string): Promise<string[]>;
  readFile(path: string): Promise<Uint8Array>;
  open(path: string, flags: 'wx' | 'r'): Promise<OpenFile>;
  /** A second name for a file; fails with EEXIST if the name is taken. */
  link(existing: string, path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
}

export interface OpenFile {
  /** May write fewer bytes than it was given. */
  write(bytes: Uint8Array, offset: number, length: number): Promise<{ bytesWritten: number }>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** The code of a failed call, such as ENOENT; undefined for any other error. */
export function errorCode(error: unknown): string | undefined {
  const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}
