import { EddyError } from '../../core/errors.js';

/** Does what a store's method does; what the host fails with becomes the store's error, with code `host`. */
export async function asHost<T>(what: string, key: string, act: () => Promise<T> | T): Promise<T> {
  try {
    return await act();
  } catch (cause) {
    if (cause instanceof EddyError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new EddyError('host', `checkpoint "${key}": could not ${what} it, ${reason}; those kept before stand`, {
      cause,
    });
  }
}
