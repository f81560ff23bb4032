import type { TopLevelSpec } from 'vega-lite';
import type { Results } from './evaluate.ts';

/** Distinguishable with any colour vision (Okabe and Ito, 2008). */
const COLOURS = [
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
const INK = '#222222';
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

const FRAME = {
  $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
  padding: 16,
  config: CONFIG,
} as const;

/** Speedup of every draft in every context, and of the trained policy. */
export function heatMap({ cells }: Results): TopLevelSpec | undefined {
  if (cells.length === 0) return undefined;
  const contexts = [
    ...new Set(cells.map(({ property, value, requests }) => contextName(property, value, requests))),
  ];
  const drafts = [...new Set(cells.map(({ draft, length }) => `${draft}@${length}`))];
  const values = cells.flatMap(({ property, value, requests, draft, length, speedup, trained }) => {
    const context = contextName(property, value, requests);
    return [
      { context, draft: `${draft}@${length}`, speedup },
      { context, draft: 'trained', speedup: trained },
    ];
  });
  // Speedups are ratios: the middle of the scale is «no gain», and twice as fast is as far as half as fast.
  const span = Math.max(...values.map(({ speedup }) => Math.abs(Math.log2(speedup))));
  return {
    ...FRAME,
    title: {
      text: 'Which draft is fast depends on the context',
      subtitle: 'Speedup over plain decoding on held-out packages; number of requests in brackets',
    },
    data: { values },
    width: { step: 84 },
    height: { step: 24 },
    encoding: {
      x: {
        field: 'draft',
        type: 'nominal',
        sort: [...drafts, 'trained'],
        axis: { orient: 'top', title: null, labelAngle: 0, domain: false, ticks: false },
      },
      y: {
        field: 'context',
        type: 'nominal',
        sort: contexts,
        axis: { title: null, domain: false, ticks: false, labelLimit: 240 },
      },
    },
    layer: [
      {
        mark: { type: 'rect', stroke: 'white', strokeWidth: 2 },
        transform: [{ calculate: 'log(datum.speedup) / LN2', as: 'doublings' }],
        encoding: {
          color: {
            field: 'doublings',
            type: 'quantitative',
            scale: { scheme: 'blueorange', reverse: true, domain: [-span, span] },
            legend: null,
          },
        },
      },
      {
        mark: { type: 'text', fontSize: 12 },
        transform: [{ calculate: `abs(log(datum.speedup) / LN2) / ${span}`, as: 'far' }],
        encoding: {
          text: { field: 'speedup', type: 'quantitative', format: '.2f' },
          color: { condition: { test: 'datum.far > 0.6', value: 'white' }, value: INK },
        },
      },
    ],
  };
}

/** Speedup by number of training prompts. */
export function curvePlot({ curve, scores }: Results): TopLevelSpec | undefined {
  if (curve.length === 0) return undefined;
  const values = curve.map(({ policy, prompts, speedups }) => ({
    policy,
    prompts,
    mean: speedups.reduce((sum, value) => sum + value, 0) / speedups.length,
    low: Math.min(...speedups),
    high: Math.max(...speedups),
  }));
  const most = Math.max(...values.map(({ prompts }) => prompts));
  const rule = scores
    .filter(({ id }) => id === 'oracle per round' || id === 'best fixed')
    .map(({ id, speedup }) => ({ name: id, speedup: speedup.geomean, prompts: most }));
  return {
    ...FRAME,
    title: {
      text: 'How many recorded requests a policy needs',
      subtitle: 'Speedup on held-out packages: mean over seeds; the band spans lowest to highest',
    },
    width: 520,
    height: 280,
    layer: [
      {
        data: { values: rule },
        encoding: { y: { field: 'speedup', type: 'quantitative' } },
        layer: [
          { mark: { type: 'rule', strokeDash: [4, 4], color: '#777777' } },
          {
            mark: { type: 'text', align: 'left', dx: 8, color: '#777777', fontSize: 12 },
            encoding: { x: { field: 'prompts', type: 'quantitative' }, text: { field: 'name' } },
          },
        ],
      },
      {
        data: { values },
        encoding: {
          x: {
            field: 'prompts',
            type: 'quantitative',
            scale: { type: 'log', nice: false },
            axis: {
              title: 'training prompts (logarithmic)',
              values: [...new Set(values.map(({ prompts }) => prompts))],
              grid: false,
              format: 'd',
            },
          },
          color: {
            field: 'policy',
            type: 'nominal',
            scale: { domain: ['trained', 'language router'], range: COLOURS.slice(0, 2) },
            legend: null,
          },
        },
        layer: [
          {
            mark: { type: 'area', opacity: 0.18 },
            encoding: { y: { field: 'low', type: 'quantitative' }, y2: { field: 'high' } },
          },
          {
            mark: { type: 'line', point: true },
            encoding: {
              y: {
                field: 'mean',
                type: 'quantitative',
                scale: { zero: false },
                axis: { title: 'speedup over plain decoding', tickCount: 6 },
              },
            },
          },
          {
            transform: [{ filter: `datum.prompts === ${most}` }],
            mark: { type: 'text', align: 'left', dx: 8, fontSize: 12, fontWeight: 'bold' },
            encoding: { y: { field: 'mean', type: 'quantitative' }, text: { field: 'policy' } },
          },
        ],
      },
    ],
  };
}

/** Tokens of a round against its time: the slope is the speed. */
export function frontPlot({ scores, plainRound }: Results): TopLevelSpec | undefined {
  const values = scores.flatMap(({ id, kind, round }) =>
    round ? [{ id, kind: kindOf(id, kind), time: round.millis / plainRound, tokens: round.tokens }] : [],
  );
  if (values.length === 0) return undefined;
  const path = values.filter(({ kind }) => kind === 'paper').map((value, order) => ({ ...value, order }));
  const [time, tokens] = [Math.max(...values.map((v) => v.time)), Math.max(...values.map((v) => v.tokens))];
  // Lines of equal speed, to read the slope by.
  const rays = [1, 1.5, 2, 2.5, 3, 4].flatMap((speed) => {
    const end = Math.min(1.12 * time, (1.08 * tokens) / speed);
    return [
      { speed, time: 0.9, tokens: 0.9 * speed },
      { speed, time: end, tokens: end * speed, label: `${speed}×` },
    ].filter(() => end > 1);
  });
  return {
    ...FRAME,
    title: {
      text: 'Quality of drafts against their cost',
      subtitle: 'A round’s tokens and time; dashed lines join points of equal speed',
    },
    width: 520,
    height: 380,
    layer: [
      {
        data: { values: rays },
        encoding: {
          x: {
            field: 'time',
            type: 'quantitative',
            scale: { domain: [0.9, 1.18 * time], nice: false },
            axis: { title: 'time of a round, in plain rounds', grid: false },
          },
          y: {
            field: 'tokens',
            type: 'quantitative',
            scale: { domain: [0.9, 1.12 * tokens], nice: false },
            axis: { title: 'tokens a round', grid: false },
          },
        },
        layer: [
          {
            mark: { type: 'line', color: '#bbbbbb', strokeDash: [4, 4], clip: true },
            encoding: { detail: { field: 'speed', type: 'nominal' } },
          },
          {
            transform: [{ filter: 'isDefined(datum.label)' }],
            mark: { type: 'text', align: 'left', dx: 4, color: '#888888', fontSize: 11 },
            encoding: { text: { field: 'label' } },
          },
        ],
      },
      {
        data: { values: path },
        mark: { type: 'line', color: COLOURS[3] as string, opacity: 0.6 },
        encoding: {
          x: { field: 'time', type: 'quantitative' },
          y: { field: 'tokens', type: 'quantitative' },
          order: { field: 'order', type: 'quantitative' },
        },
      },
      {
        data: { values },
        encoding: {
          x: { field: 'time', type: 'quantitative' },
          y: { field: 'tokens', type: 'quantitative' },
          color: {
            field: 'kind',
            type: 'nominal',
            scale: {
              domain: ['trained', 'fixed draft', 'paper', 'rule or router', 'online'],
              range: [COLOURS[0]!, COLOURS[7]!, COLOURS[3]!, COLOURS[2]!, COLOURS[4]!],
            },
            legend: { title: null, orient: 'bottom' },
          },
        },
        layer: [
          { mark: { type: 'point', filled: true, size: 70, opacity: 1 } },
          {
            mark: { type: 'text', align: 'left', dx: 8, dy: -6, fontSize: 11 },
            encoding: { text: { field: 'id' } },
          },
        ],
      },
    ],
  };
}

function kindOf(id: string, kind: string): string {
  if (id.startsWith('paper')) return 'paper';
  if (id === 'language router' || kind === 'rule') return 'rule or router';
  if (kind === 'learned') return 'trained';
  return kind === 'online' ? 'online' : 'fixed draft';
}

/** Time behind the best fixed draft over requests, with a change of language in the middle. */
export function regretPlot({ regret }: Results): TopLevelSpec | undefined {
  if (!regret) return undefined;
  const { from, to, changeAt, curves } = regret;
  const values = curves.flatMap(({ policy, millis }) =>
    millis.map((value, at) => ({ policy, request: at + 1, millis: value })),
  );
  const most = 2 * changeAt;
  return {
    ...FRAME,
    title: {
      text: 'Time lost after a change of language',
      subtitle: `Against the best fixed draft of each language in hindsight: ${changeAt} requests of ${from}, then ${to}`,
    },
    width: 560,
    height: 300,
    layer: [
      {
        data: { values: [{ request: changeAt + 0.5, label: `${from} → ${to}` }] },
        encoding: { x: { field: 'request', type: 'quantitative' } },
        layer: [
          { mark: { type: 'rule', color: '#777777', strokeDash: [4, 4] } },
          {
            mark: { type: 'text', align: 'left', dx: 6, y: 8, color: '#777777', fontSize: 12 },
            encoding: { text: { field: 'label' } },
          },
        ],
      },
      {
        data: { values },
        encoding: {
          x: {
            field: 'request',
            type: 'quantitative',
            scale: { domain: [0, most], nice: false },
            axis: { title: 'requests', grid: false },
          },
          y: {
            field: 'millis',
            type: 'quantitative',
            axis: { title: 'milliseconds behind, in all (below 0: ahead)', tickCount: 6 },
          },
          color: {
            field: 'policy',
            type: 'nominal',
            scale: {
              domain: curves.map(({ policy }) => policy),
              range: COLOURS.slice(0, curves.length),
            },
            legend: null,
          },
        },
        layer: [
          { mark: { type: 'line', strokeWidth: 2 } },
          {
            transform: [{ filter: `datum.request === ${most}` }],
            mark: { type: 'text', align: 'left', dx: 6, fontSize: 12, fontWeight: 'bold' },
            encoding: { text: { field: 'policy' } },
          },
        ],
      },
    ],
  };
}

/** What the trained policy chose in each language. */
export function picksPlot({ picks, drafts }: Results): TopLevelSpec | undefined {
  if (picks.length === 0) return undefined;
  const order = [...drafts.filter((draft) => picks.some((pick) => pick.draft === draft)), 'none'];
  const rank = new Map(order.map((draft, at) => [draft, at]));
  return {
    ...FRAME,
    title: {
      text: 'What the trained policy picked where',
      subtitle: 'Share of rounds by language and draft',
    },
    data: { values: picks.map((pick) => ({ ...pick, rank: rank.get(pick.draft) })) },
    width: 520,
    height: { step: 26 },
    encoding: {
      y: { field: 'language', type: 'nominal', axis: { title: null, domain: false, ticks: false } },
      x: {
        field: 'share',
        type: 'quantitative',
        stack: 'zero',
        scale: { domain: [0, 1] },
        axis: { title: 'share of rounds', format: '%', grid: false },
      },
      order: { field: 'rank', type: 'quantitative' },
    },
    layer: [
      {
        mark: { type: 'bar', stroke: 'white', strokeWidth: 1 },
        encoding: {
          color: {
            field: 'draft',
            type: 'nominal',
            scale: {
              domain: order,
              range: order.map((_, at) => (at === order.length - 1 ? '#cccccc' : COLOURS[at % 7]!)),
            },
            legend: { title: null, orient: 'top', columns: 6 },
          },
        },
      },
      {
        transform: [{ filter: 'datum.share >= 0.06' }],
        mark: { type: 'text', fontSize: 11, color: 'white' },
        encoding: {
          x: { field: 'share', type: 'quantitative', stack: 'zero', bandPosition: 0.5 },
          text: { field: 'share', type: 'quantitative', format: '.0%' },
          color: { condition: { test: "datum.draft === 'none'", value: INK }, value: 'white' },
        },
      },
    ],
  };
}

function contextName(property: string, value: string, requests: number): string {
  return `${property} ${value} (${requests})`;
}
