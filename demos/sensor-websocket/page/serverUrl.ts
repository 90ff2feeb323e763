/** An address of the server that this page came from; the page's token, if it has one, goes along. */
export function serverUrl(path: string, kind: 'http' | 'ws', query: Readonly<Record<string, string>> = {}): string {
  const url = new URL(path, location.href);
  if (kind === 'ws') url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  const token = new URLSearchParams(location.search).get('token');
  for (const [name, value] of Object.entries({ ...query, ...(token !== null && { token }) }))
    url.searchParams.set(name, value);
  return url.href;
}
