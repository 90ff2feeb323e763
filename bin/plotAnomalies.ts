import type { CloseUp } from './closeUps.js';
import type { Stretch } from './decimated.js';

export interface Picture {
  title: string;
  /** The whole series. */
  stretches: readonly Stretch[];
  closeUps: readonly CloseUp[];
}

const WIDTH = 1200;
const HEIGHT = 720;
const LEFT = 70;
const RIGHT = 24;
const BAND = '#9ecae1';
const FORECAST = '#1f77b4';
const VALUE = '#333';
const ALARM = '#d62728';

/**
 * An SVG of a series: the whole with its band and alarms, the score below, and at the bottom the highest alarms from near, each
 * with its forecast. Drawn by Apache ECharts, which needs no DOM for it; it is loaded here only.
 */
export async function drawAnomalies({ title, stretches, closeUps }: Picture): Promise<string> {
  const { init } = await import('echarts');
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height: HEIGHT });
  const dated = stretches.every(({ time }, i) => !Number.isNaN(time) && (i === 0 || time > stretches[i - 1].time));
  const at = ({ row, time }: Stretch) => (dated ? time : row);
  const axis = dated ? { type: 'time' } : { type: 'value', min: 'dataMin', max: 'dataMax' };
  const each = (WIDTH - LEFT - RIGHT + LEFT) / Math.max(closeUps.length, 2);
  const labels = closeUps.map(({ alarm, rows }) => titleOf(alarm, rows, dated));
  const panels = [stretches, ...closeUps.map(({ rows }) => rows)];
  chart.setOption({
    useUTC: true,
    animation: false,
    backgroundColor: '#fff',
    title: [
      { text: title, left: LEFT - 12, top: 8, textStyle: { fontSize: 16 } },
      ...labels.map((text, i) => ({
        text,
        left: LEFT - 12 + i * each,
        top: 448,
        textStyle: { fontSize: 12, fontWeight: 'normal' },
      })),
    ],
    legend: { top: 12, right: RIGHT, itemGap: 20, data: ['value', 'forecast', 'band', 'alarm'] },
    grid: [
      { left: LEFT, right: RIGHT, top: 48, height: 270 },
      { left: LEFT, right: RIGHT, top: 350, height: 60 },
      ...closeUps.map((_, i) => ({ left: LEFT + i * each, width: each - LEFT, top: 484, height: 190 })),
    ],
    xAxis: [
      { ...axis, gridIndex: 0, splitLine: { show: false } },
      { ...axis, gridIndex: 1, splitLine: { show: false }, axisLabel: { show: false } },
      ...closeUps.map((_, i) => ({ ...axis, gridIndex: 2 + i, splitNumber: 3, splitLine: { show: false } })),
    ],
    yAxis: [
      { type: 'value', scale: true, gridIndex: 0 },
      {
        type: 'value',
        min: 0,
        max: 1,
        interval: 0.5,
        gridIndex: 1,
        name: 'score',
        nameLocation: 'middle',
        nameGap: 40,
      },
      ...closeUps.map((_, i) => ({ type: 'value', scale: true, splitNumber: 4, gridIndex: 2 + i })),
    ],
    series: [
      ...panels.flatMap((rows, i) => seriesOf(rows, at, i === 0 ? 0 : i + 1)),
      {
        type: 'line',
        name: 'score',
        xAxisIndex: 1,
        yAxisIndex: 1,
        showSymbol: false,
        lineStyle: { width: 1, color: '#777' },
        data: stretches.map((stretch) => [at(stretch), stretch.score]),
      },
    ],
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}

/** The series of one panel. */
function seriesOf(rows: readonly Stretch[], at: (stretch: Stretch) => number, index: number) {
  const place = { xAxisIndex: index, yAxisIndex: index };
  const line = { ...place, type: 'line', showSymbol: false };
  // A band is an area stacked on an invisible line.
  const band = { ...line, stack: `band ${index}`, stackStrategy: 'all', lineStyle: { opacity: 0 }, silent: true };
  const reach = ({ low, high }: Stretch) => (low === null || high === null ? null : high - low);
  return [
    { ...band, name: 'low', data: rows.map((row) => [at(row), row.low]) },
    {
      ...band,
      name: 'band',
      color: BAND,
      areaStyle: { color: BAND, opacity: 0.5 },
      data: rows.map((row) => [at(row), reach(row)]),
    },
    {
      ...line,
      name: 'forecast',
      color: FORECAST,
      lineStyle: { width: 1.2, color: FORECAST },
      data: rows.map((row) => [at(row), row.forecast]),
    },
    {
      ...line,
      name: 'value',
      color: VALUE,
      lineStyle: { width: 1, color: VALUE },
      data: rows.flatMap((row) => valuesOf(row).map((value) => [at(row), value])),
    },
    {
      ...place,
      type: 'scatter',
      name: 'alarm',
      z: 3,
      color: ALARM,
      itemStyle: { opacity: 1 },
      symbolSize: 9,
      data: rows.filter(({ alarm }) => alarm !== null).map((row) => [at(row), row.alarm]),
    },
  ];
}

const valuesOf = ({ least, most }: Stretch) => (least === most ? [most] : [least, most]);

function titleOf(alarm: CloseUp['alarm'], rows: readonly Stretch[], dated: boolean): string {
  if (!alarm) return 'no alarm; the last rows';
  const time = rows.find(({ row }) => row === alarm.row)?.time ?? Number.NaN;
  const when = dated ? new Date(time).toISOString().slice(0, 16).replace('T', ' ') : `row ${alarm.row}`;
  return `${when}: ${alarm.cause}, score ${alarm.score.toFixed(2)}`;
}
