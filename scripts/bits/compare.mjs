/**
 * @param {{ host: string, all: string, cases: string[][] }[]} hosts
 * @returns {string[]} a line for each host whose bits are not those of the first
 */
export function compare([first, ...others]) {
  return others
    .filter(({ all }) => all !== first.all)
    .map(({ host, cases }) => {
      const names = cases.filter(([, hash], k) => hash !== first.cases[k][1]).map(([name]) => name);
      return `${host} differs from ${first.host} in: ${names.join('; ')}`;
    });
}
