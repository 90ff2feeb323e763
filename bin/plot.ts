import type { EvaluatedRow } from './evaluateSeries.js';

/** The end of a column beside what was forecast of it. */
export interface Excerpt {
  column: string;
  horizon: number;
  first: number;
  actual: (number | null)[];
  forecast: (number | null)[];
}

const WIDTH = 960;
const HEIGHT = 640;

/**
 * An SVG of the scoreboard (MSE by horizon and model) and of an excerpt. Drawn by Apache ECharts, which needs no DOM for it;
 * it is loaded here only.
 */
export async function drawBoard(board: readonly EvaluatedRow[], excerpt: Excerpt, title: string): Promise<string> {
  const { init } = await import('echarts');
  const horizons = [...new Set(board.map(({ horizon }) => horizon))];
  const models = [...new Set(board.map(({ model }) => model))];
  const forecast = `eddy, ${excerpt.horizon} ahead`;
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height: HEIGHT });
  chart.setOption({
    animation: false,
    backgroundColor: '#fff',
    title: [
      { text: title, left: 48, top: 8, textStyle: { fontSize: 16 } },
      { text: `the end of ${excerpt.column}`, left: 48, top: 330, textStyle: { fontSize: 12, fontWeight: 'normal' } },
    ],
    legend: [
      { top: 38, left: 48, itemGap: 20, data: models },
      { top: 328, right: 30, itemGap: 20, data: ['actual', forecast] },
    ],
    grid: [
      { top: 90, height: 190, left: 60, right: 30 },
      { top: 366, height: 210, left: 60, right: 30 },
    ],
    xAxis: [
      { gridIndex: 0, type: 'category', data: horizons.map((horizon) => `${horizon} ahead`) },
      {
        gridIndex: 1,
        type: 'category',
        name: 'row',
        nameLocation: 'middle',
        nameGap: 28,
        data: excerpt.actual.map((_, i) => excerpt.first + i),
      },
    ],
    yAxis: [
      { gridIndex: 0, type: 'value', name: 'MSE' },
      { gridIndex: 1, type: 'value', scale: true },
    ],
    series: [
      ...models.map((model) => ({
        type: 'bar',
        name: model,
        xAxisIndex: 0,
        yAxisIndex: 0,
        data: horizons.map((horizon) => board.find((row) => row.model === model && row.horizon === horizon)?.mse ?? 0),
      })),
      {
        type: 'line',
        name: 'actual',
        xAxisIndex: 1,
        yAxisIndex: 1,
        showSymbol: false,
        data: excerpt.actual,
        color: '#999',
      },
      {
        type: 'line',
        name: forecast,
        xAxisIndex: 1,
        yAxisIndex: 1,
        showSymbol: false,
        data: excerpt.forecast,
        color: '#d62728',
      },
    ],
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}
