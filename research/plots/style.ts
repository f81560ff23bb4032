/** Distinguishable with any colour vision (Okabe and Ito, 2008). */
export const COLOURS = [
  '#0072b2',
  '#e69f00',
  '#009e73',
  '#d55e00',
  '#cc79a7',
  '#56b4e9',
  '#8c6d1f',
  '#999999',
  '#000000',
];
export const INK = '#222222';
const FAINT = '#dddddd';
const FONT = 'Helvetica, Arial, sans-serif';

/** How all plots look: no frame, a faint grid, titles at the left. */
const CONFIG = {
  background: 'white',
  font: FONT,
  view: { stroke: null },
  axis: {
    labelColor: INK,
    titleColor: INK,
    labelFontSize: 12,
    titleFontSize: 12,
    titleFontWeight: 'normal',
    gridColor: FAINT,
    domainColor: FAINT,
    tickColor: FAINT,
  },
  title: {
    anchor: 'start',
    fontSize: 15,
    subtitleFontSize: 12,
    color: INK,
    subtitleColor: '#555555',
    offset: 14,
  },
  legend: { labelFontSize: 12, titleFontSize: 12, titleFontWeight: 'normal' },
} as const;

/** What every plot begins with. */
export const FRAME = {
  $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
  padding: 16,
  config: CONFIG,
} as const;
