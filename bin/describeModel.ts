import { isEmbedding, type ModelDefinition } from '../src/checkpoint/definition.js';
import { weightShapes } from '../src/checkpoint/weights.js';

/** A model in a few lines: its layers with their weights' shapes, and its parameters. */
export function describeModel(definition: ModelDefinition): string[] {
  const shapes = [...weightShapes(definition)];
  const layers = definition.layers.map((layer, l) => {
    const kind = isEmbedding(layer)
      ? `embedding ${layer.symbols} × ${layer.width}`
      : [layer.cell, layer.units, layer.activation, layer.resetAfter === false ? 'reset before' : undefined]
          .filter((word) => word !== undefined)
          .join(' ');
    return `  layers.${l}  ${kind}  ${listOf(shapes, `layers.${l}.`)}`;
  });
  const { output } = definition;
  const readout =
    output && `  output    dense ${output.units} ${output.activation ?? 'linear'}  ${listOf(shapes, 'output.')}`;
  return [
    `input ${definition.input}`,
    ...layers,
    ...(readout ? [readout] : []),
    ...(definition.skip ? ['  skip      its input is added to its output'] : []),
    `${countOf(definition).toLocaleString('en')} parameters`,
  ];
}

/** How many numbers a model has learned or will. */
export function countOf(definition: ModelDefinition): number {
  return [...weightShapes(definition).values()].reduce((sum, shape) => sum + shape.reduce((a, b) => a * b, 1), 0);
}

function listOf(shapes: readonly (readonly [string, readonly number[]])[], prefix: string): string {
  return shapes
    .filter(([name]) => name.startsWith(prefix))
    .map(([name, shape]) => `${name.slice(prefix.length)} [${shape.join(', ')}]`)
    .join(', ');
}
