/** The page's element of this id, of the kind that is expected there. */
export function element<T extends Element>(id: string, kind: new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`the page must have a ${kind.name} with id ${id}`);
  return found;
}

type Attributes = Readonly<Record<string, string>>;

/** A new element; what is in it is text or elements, never markup. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...content: (string | Node)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...content);
  return made;
}

/** Sets an element's text where it differs: what stands need not be drawn again, nor read out. */
export function write(to: Element, text: string): void {
  if (to.textContent !== text) to.textContent = text;
}
