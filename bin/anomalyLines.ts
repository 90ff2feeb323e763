import type { Anomaly } from '../operators/forecasting/detectAnomalies.js';
import { EddyError } from '../src/core/errors.js';
import { quoted } from './formats/csv.js';
import type { TableFormat, TableRow } from './formats/format.js';

export interface LineOptions {
  nab: boolean;
  explain: boolean;
}

const EXPLAINED = ['forecast', 'low', 'high', 'alarm', 'cause'] as const;

/**
 * Writes a row back with its score. CSV comes with a header before the first.
 *
 * @throws EddyError `invalid-file` where the row has a column of such a name already.
 */
export function createAnomalyLines({ nab, explain }: LineOptions, format: TableFormat) {
  const explained = explain ? EXPLAINED : [];
  const added = ['anomaly_score', ...explained];
  return {
    head({ cells }: TableRow): string {
      if (nab) return 'timestamp,value,anomaly_score\n';
      return format.head([...cells.keys(), ...added]);
    },
    line({ number, cells }: TableRow, scored: Anomaly, column: string, time: string): string {
      const { score, index } = scored;
      if (nab) return `${[cells.get(time) ?? index, cells.get(column), score].map(quoted).join(',')}\n`;
      const taken = added.find((name) => cells.has(name));
      if (taken !== undefined) {
        throw new EddyError(
          'invalid-file',
          `row ${number} must have no column '${taken}', which eddy anomaly adds, it has one; rename it or take it out`,
        );
      }
      const all: [string, unknown][] = [...cells, ['anomaly_score', score]];
      for (const name of explained) all.push([name, scored[name]]);
      return format.line(all);
    },
  };
}
