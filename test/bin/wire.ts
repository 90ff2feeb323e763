/** Not a pedal but a wire: nothing is added to its input but `bias`. GuitarML's own JSON, as its trainer writes it. */
export function wire(bias = 0): string {
  const zeros = (...shape: number[]): unknown =>
    shape.length === 1 ? new Array(shape[0]).fill(0) : Array.from({ length: shape[0] }, () => zeros(...shape.slice(1)));
  const file = {
    model_data: {
      model: 'SimpleRNN',
      input_size: 1,
      skip: 1,
      output_size: 1,
      unit_type: 'LSTM',
      num_layers: 1,
      hidden_size: 2,
    },
    state_dict: {
      'rec.weight_ih_l0': zeros(8, 1),
      'rec.weight_hh_l0': zeros(8, 2),
      'rec.bias_ih_l0': zeros(8),
      'rec.bias_hh_l0': zeros(8),
      'lin.weight': zeros(1, 2),
      'lin.bias': [bias],
    },
  };
  return JSON.stringify(file);
}
