/** A row that a member of a family has in its table in the docs, as Markdown writes it; a test holds the page to it. */
export interface DocsRow {
  readonly call: string;
  readonly formula: string;
  readonly source: string;
  /** What it needs, or refuses. */
  readonly needs?: string;
}
