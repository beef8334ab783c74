/** The longest that a timer of this process was kept waiting, in milliseconds. */
export function watchLag(): { longest: () => number; stop: () => number } {
  let last = performance.now();
  let longest = 0;
  const timer = setInterval(() => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
  }, 10);
  // A test that fails must not keep the process alive.
  timer.unref();
  return {
    longest: () => longest,
    stop: () => {
      clearInterval(timer);
      return longest;
    },
  };
}
