/**
 * How forecasts are made where nothing else is asked for: by the operator, the command line and the demos alike. The values are those that
 * docs/accuracy.md measures.
 */
export const FORECAST_DEFAULTS = {
  /** Networks beside the other base forecasters; their mean is one prediction. Seeds are `seed`, `seed` + 1 … */
  networks: 2,
  /** Of the networks' first weights. */
  seed: 1,
  /** Cells of a layer. */
  units: 32,
  layers: 1,
  /** Rows between updates: TBPTT(k1, k2), Williams & Peng 1990. */
  k1: 1,
  /** Rows that an update goes back. */
  k2: 8,
  /** Adam's learning rate at the start: the default of Kingma & Ba 2015. */
  rate: 1e-3,
  /** The global norm that gradients are clipped to: Pascanu et al. 2013. */
  clipNorm: 1,
} as const;
