import type { Stretch } from './thinned.js';

/**
 * An SVG of a series, its forecast, the forecast's band and the alarms. Drawn by Apache ECharts, which needs no DOM for it;
 * it is loaded here only.
 */
export async function drawAnomalies(stretches: readonly Stretch[], title: string): Promise<string> {
  const { init } = await import('echarts');
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: 1200, height: 480 });
  const line = (name: string, color: string, data: (number | null)[]) => ({
    type: 'line',
    name,
    color,
    data,
    showSymbol: false,
    lineStyle: { width: 1 },
  });
  // A band is an area stacked on an invisible line.
  const band = { type: 'line', stack: 'band', stackStrategy: 'all', showSymbol: false, lineStyle: { opacity: 0 } };
  chart.setOption({
    animation: false,
    title: { text: title, left: 'center' },
    legend: { top: 28, data: ['band', 'forecast', 'value', 'alarm'] },
    grid: { top: 64, left: 70, right: 30, bottom: 48 },
    xAxis: {
      type: 'category',
      name: 'row',
      nameLocation: 'middle',
      nameGap: 28,
      data: stretches.map(({ row }) => row),
    },
    yAxis: { type: 'value', scale: true },
    series: [
      { ...band, name: 'low', data: stretches.map(({ low }) => low) },
      {
        ...band,
        name: 'band',
        color: '#9ecae1',
        areaStyle: { color: '#9ecae1', opacity: 0.5 },
        data: stretches.map(({ low, high }) => (low === null || high === null ? null : high - low)),
      },
      line(
        'forecast',
        '#3182bd',
        stretches.map(({ forecast }) => forecast),
      ),
      line(
        'value',
        '#333',
        stretches.map(({ value }) => value),
      ),
      { type: 'scatter', name: 'alarm', color: '#d62728', symbolSize: 9, data: stretches.map(({ alarm }) => alarm) },
    ],
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}
