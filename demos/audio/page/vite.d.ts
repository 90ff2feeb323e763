/** A module that vite bundles on its own, as the place where it stands. */
declare module '*?worker&url' {
  const url: string;
  export default url;
}
declare module '*?url' {
  const url: string;
  export default url;
}
