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
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height: HEIGHT });
  chart.setOption({
    animation: false,
    title: { text: title, left: 'center' },
    legend: { top: 30, data: models },
    grid: [
      { top: 70, height: 210, left: 60, right: 30 },
      { top: 360, height: 210, left: 60, right: 30 },
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
      { gridIndex: 1, type: 'value', name: excerpt.column, scale: true },
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
        name: `eddy, ${excerpt.horizon} ahead`,
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
