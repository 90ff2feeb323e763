import { WebSocket } from 'ws';

const AGAIN_MS = 1000;

/** A WebSocket that opens again by itself; what is sent while it is closed is lost, as a real sensor's readings are. */
export class Client {
  /** It has been open once. */
  readonly ready: Promise<void>;
  #isReady = () => {};
  #socket: WebSocket | undefined;
  #again: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(
    private readonly url: URL,
    private readonly events: { open?: (client: Client) => void; message?: (data: Buffer, isBinary: boolean) => void },
    private readonly options: { token?: string | undefined; trustsOwnServer?: boolean } = {},
  ) {
    this.ready = new Promise((resolve) => {
      this.#isReady = resolve;
    });
    this.#open();
  }

  /** False if nobody would hear it, or too much is still on its way. */
  send(text: string | Uint8Array): boolean {
    const socket = this.#socket;
    if (socket?.readyState !== WebSocket.OPEN || socket.bufferedAmount > 1024 * 1024) return false;
    socket.send(text);
    return true;
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#again);
    this.#socket?.close();
  }

  #open(): void {
    const { token, trustsOwnServer = false } = this.options;
    const socket = new WebSocket(this.url, {
      maxPayload: 64 * 1024,
      ...(token !== undefined && { headers: { authorization: `Bearer ${token}` } }),
      // The demo's own server, in this very process: its certificate may be made out to any name.
      ...(trustsOwnServer && { rejectUnauthorized: false }),
    });
    this.#socket = socket;
    socket.on('open', () => {
      this.#isReady();
      this.events.open?.(this);
    });
    socket.on('message', (data: Buffer, isBinary) => this.events.message?.(data, isBinary));
    socket.on('error', () => {}); // it closes next
    socket.on('close', () => {
      if (!this.#closed) this.#again = setTimeout(() => this.#open(), AGAIN_MS);
    });
  }
}
