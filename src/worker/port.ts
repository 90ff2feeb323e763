/** One end of a browser's channel: a Worker, the worker's own global, or a MessagePort. */
export interface WebPort {
  postMessage(message: unknown, options: { transfer: ArrayBuffer[] }): void;
  addEventListener(type: string, listener: (event: Event) => void): void;
  removeEventListener(type: string, listener: (event: Event) => void): void;
  start?(): void;
  close?(): void;
  terminate?(): unknown;
}

/** The same of node:worker_threads: a Worker, `parentPort`, or a MessagePort. */
export interface NodePort {
  postMessage(message: unknown, transfer: readonly ArrayBuffer[]): void;
  on(event: string, listener: (value: unknown) => void): unknown;
  off(event: string, listener: (value: unknown) => void): unknown;
  close?(): void;
  terminate?(): unknown;
}

/** One end of a channel to another thread, in Node or in a browser. */
export type Port = WebPort | NodePort;

/** Posts a message; the buffers are the receiver's from then on. */
export function post(port: Port, message: object, transfer: ArrayBuffer[] = []): void {
  if ('on' in port) port.postMessage(message, transfer);
  else port.postMessage(message, { transfer });
}

/** Hears every message, and how the other side ended if it did so by itself. @returns what stops listening. */
export function listen(port: Port, hear: (message: unknown) => void, ended: (how: string) => void): () => void {
  const unreadable = () => ended('sent what cannot be read here');
  const closed = () => ended('closed its port');
  if ('on' in port) {
    const listeners: Record<string, (value: unknown) => void> = {
      message: hear,
      messageerror: unreadable,
      close: closed,
      error: (error) => ended(`failed: ${error instanceof Error ? error.message : String(error)}`),
      exit: (code) => ended(`exited with code ${String(code)}`),
    };
    for (const [event, listener] of Object.entries(listeners)) port.on(event, listener);
    return () => {
      // Node ends the process for an `error` that no one hears.
      for (const [event, listener] of Object.entries(listeners)) if (event !== 'error') port.off(event, listener);
    };
  }
  const listeners: Record<string, (event: Event) => void> = {
    message: (event) => hear('data' in event ? event.data : undefined),
    messageerror: unreadable,
    close: closed,
    error: (event) => ended(`failed: ${'message' in event ? String(event.message) : 'its script cannot be loaded'}`),
  };
  for (const [type, listener] of Object.entries(listeners)) port.addEventListener(type, listener);
  port.start?.();
  return () => {
    for (const [type, listener] of Object.entries(listeners)) port.removeEventListener(type, listener);
  };
}

/** Ends the other side where it is a worker, else this end of the channel. */
export function close(port: Port): void {
  if (port.terminate) port.terminate();
  else port.close?.();
}
