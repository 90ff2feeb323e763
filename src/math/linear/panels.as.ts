/**
 * The three products a recurrent layer is made of, over one packed weight matrix W [R rows × N columns], N = 4·V:
 *
 *   project      y_m = a_m + Σ_r x_mr W_r        forward
 *   projectBack  x̄_mr = Σ_n ȳ_mn W_rn            gradient of the input
 *   accumulate   W̄_rn += Σ_m x_mr ȳ_mn           gradient of the weights
 *
 * Layout   W is cut into ⌈V/7⌉ panels of columns, as even as can be, each panel R rows of K ≤ 7 vectors, back to back: a panel
 *          streams through once with K sums and K weights in registers (an eighth would not fit into the 15 of x86-64 beside the
 *          splat). Gradients and optimizer moments share the layout.
 * Order    every y_mn sums its products in the order of r, alone or in a batch: the same bits. Strides are in bytes.
 * Cost     M·R·N multiply-adds; per multiply-add of four lanes 1 weight load (alone) or ½ (in pairs of rows).
 */

// @ts-ignore: decorator
@inline export function mac(sum: v128, a: v128, b: v128): v128 {
  return f32x4.add(sum, f32x4.mul(a, b));
}

/** Panels of V vectors of columns; the first V mod P of them have one vector more. */
// @ts-ignore: decorator
@inline export function panels(V: u32): u32 {
  return (V + 6) / 7;
}
