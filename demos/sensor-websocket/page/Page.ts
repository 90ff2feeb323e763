import type { ViewerMessage } from '../protocol.js';
import type { Store } from './Store.js';

/** What a view needs of the page: what is known, a way to act, and to be drawn again in the next frame. */
export interface Page {
  readonly store: Store;
  send(message: ViewerMessage): boolean;
  ask(): void;
}

/** Opens a part of the page; what it returns draws that part when something of it has changed. */
export type View = (page: Page) => () => void;
