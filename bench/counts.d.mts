export interface MacCount {
  product: string;
  macs: number;
  adds: number;
  loads: number;
  stores: number;
  all: number;
}
export function perMac(text: string): MacCount[];
