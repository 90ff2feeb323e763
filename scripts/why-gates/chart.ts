import { init } from 'echarts';

export interface Chart {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly log?: boolean;
  readonly series: { readonly [name: string]: readonly (readonly [x: number, y: number])[] };
}

/** Lines over a common axis, as an SVG picture that reads on light and dark pages alike. */
export function drawChart({ title, x, y, log = false, series }: Chart): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: 720, height: 360 });
  chart.setOption({
    animation: false,
    backgroundColor: '#ffffff',
    title: { text: title, left: 'center', textStyle: { fontSize: 15 } },
    legend: { bottom: 0 },
    grid: { left: 80, right: 24, top: 44, bottom: 72 },
    xAxis: { type: 'value', name: x, nameLocation: 'middle', nameGap: 26, max: 'dataMax' },
    yAxis: { type: log ? 'log' : 'value', name: y, nameLocation: 'middle', nameGap: 58 },
    series: Object.entries(series).map(([name, data]) => ({ type: 'line', name, data, showSymbol: false })),
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}
