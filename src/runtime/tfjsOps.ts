// tfjs's own kernels come when its backend is first used.
export {};
