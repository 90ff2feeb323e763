/** What the server has to say to the person who runs it: one line on standard error. */
export const warn = (text: string): void => console.error(text);
