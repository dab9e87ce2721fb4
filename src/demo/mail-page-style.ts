/** Style of the mail page; a file of its own, so that the page needs no inline style. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --ink: #1d2a30; --soft: #5b6b73; --ground: #f4f6f5; --card: #ffffff;
  --line: #d9e0de; --accent: #1f4e5f; --on-accent: #ffffff;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #e6ecee; --soft: #9fb0b7; --ground: #12191c; --card: #1b2428;
    --line: #2d3a40; --accent: #8fc7da; --on-accent: #12191c;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
header { background: var(--accent); color: var(--on-accent); }
header h1 { max-width: 46rem; margin: 0 auto; padding: 0.7rem 1rem; font-size: 1.1rem; }
main { max-width: 46rem; margin: 0 auto; padding: 0.5rem 1rem 3rem; }
.intro, .count, .meta { color: var(--soft); }
article {
  background: var(--card); border: 1px solid var(--line); border-radius: 0.6rem;
  padding: 1rem 1.2rem; margin: 0 0 1rem;
}
h2 { margin: 0; font-size: 1.05rem; line-height: 1.35; overflow-wrap: anywhere; }
.meta { margin: 0.1rem 0 0.6rem; font-size: 0.9rem; overflow-wrap: anywhere; }
.meta b { color: var(--ink); font-weight: 600; }
a { color: var(--accent); text-underline-offset: 0.15em; }
h2 a { color: inherit; text-decoration: none; }
h2 a:hover { text-decoration: underline; }
pre {
  margin: 0; font: 0.9rem/1.5 ui-monospace, monospace;
  white-space: pre-wrap; overflow-wrap: anywhere; unicode-bidi: plaintext; text-align: start;
}
pre.part { max-height: 9rem; overflow: hidden; mask-image: linear-gradient(#000 60%, transparent); }
.links { display: flex; flex-wrap: wrap; gap: 0.6rem 1.2rem; align-items: center; margin: 0.8rem 0 0; }
article .links + pre { margin-top: 1rem; }
.pdf {
  background: var(--accent); color: var(--on-accent); text-decoration: none; font-weight: 600;
  padding: 0.35rem 0.8rem; border-radius: 0.4rem;
}
.empty {
  background: var(--card); border: 1px dashed var(--line); border-radius: 0.6rem;
  padding: 2.5rem 1.5rem; text-align: center; color: var(--soft);
}
`;
