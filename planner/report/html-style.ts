import { Html } from "./html-escape";

/** Light and dark theme, by the browser's setting. `--tone` is the saturation and lightness of every pod's colour. */
export const STYLE = new Html(`
:root { --ink: #1b2230; --soft: #667085; --paper: #f6f7f9; --card: #fff; --line: #e4e7ec; --ok: #067647; --bad: #b42318; --warn: #b54708;
  --tone: 62% 52%; --existing: #98a2b3; --free: #eef0f3; --link: #175cd3; --meter: #53b1fd; }
@media (prefers-color-scheme: dark) { :root { --ink: #e7eaf0; --soft: #98a2b3; --paper: #0f131a; --card: #171c26; --line: #2a3140;
  --ok: #47cd89; --bad: #f97066; --warn: #fdb022; --tone: 55% 58%; --existing: #667085; --free: #232a37; --link: #84adff; --meter: #2e90fa; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
main { max-width: 1320px; margin: 0 auto; padding: 40px 24px 64px; }
header { border-left: 6px solid var(--ok); padding-left: 18px; margin-bottom: 28px; }
header.bad { border-color: var(--bad); }
h1 { font-size: 34px; line-height: 1.15; margin: 0; letter-spacing: -.02em; }
h2 { font-size: 17px; margin: 0 0 14px; }
h3 { font-size: 15px; margin: 0 0 10px; }
h2 small, h3 small { color: var(--soft); font-weight: 400; font-size: 13px; margin-left: 6px; }
.eyebrow { margin: 0; color: var(--soft); font-size: 13px; }
.verdict { margin: 6px 0 0; font-size: 18px; font-weight: 600; color: var(--ok); }
.bad .verdict { color: var(--bad); }
section, .tiles > div { background: var(--card); border: 1px solid var(--line); border-radius: 12px; }
section { padding: 20px 22px; margin-top: 16px; overflow-wrap: anywhere; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(200px, 1fr)); gap: 16px; margin: 0; }
.tiles > div { padding: 16px 20px; }
dt, .note, .soft { color: var(--soft); }
dt, .note { font-size: 13px; }
dd { margin: 0; font-size: 26px; font-weight: 650; letter-spacing: -.01em; }
dd.note { font-weight: 400; letter-spacing: 0; }
.alert { border-color: var(--bad); }
.alert h2 { color: var(--bad); }
.alert ul { margin: 0; padding-left: 18px; }
.alert li + li { margin-top: 6px; }
.usage { display: grid; grid-template-columns: 56px 1fr 176px; gap: 12px; align-items: center; margin-top: 6px; font-size: 13px; }
.usage > span:first-child { color: var(--soft); }
.bar { display: flex; gap: 0; height: 18px; border-radius: 5px; overflow: hidden; background: var(--free); }
.bar i { flex: none; box-shadow: inset -1px 0 var(--card); }
.amount { text-align: right; font-variant-numeric: tabular-nums; }
.amount b { display: inline-block; min-width: 52px; }
.full { color: var(--warn); }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: 4px 16px; margin: 10px 0 0 68px; padding: 0; font-size: 13px; }
.legend i { display: inline-block; width: 10px; height: 10px; border-radius: 3px; margin-right: 6px; }
nav { display: flex; flex-wrap: wrap; gap: 4px 18px; margin: -8px 0 20px; font-size: 14px; }
a { color: var(--link); text-underline-offset: 3px; }
.nodes { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 520px), 1fr)); gap: 20px 40px; }
.nodes + details { margin-top: 18px; }
.scroll { overflow-x: auto; overflow-wrap: normal; }
.scroll table { min-width: 760px; }
th { text-align: left; font-weight: 600; font-size: 13px; color: var(--soft); padding: 0 12px 7px 0; }
tbody tr:first-child td { border-top: 1px solid var(--line); }
.meter { width: 50%; vertical-align: middle; }
.meter i { display: block; height: 8px; min-width: 2px; border-radius: 4px; background: var(--meter); }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 380px), 1fr)); gap: 0 16px; align-items: start; }
table { border-collapse: collapse; width: 100%; font-size: 14px; }
td { padding: 7px 12px 7px 0; border-top: 1px solid var(--line); vertical-align: top; }
tr:first-child td { border-top: 0; }
td:last-child { padding-right: 0; }
.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
.total td { font-weight: 650; }
.columns .soft.soft { width: 50%; }
code { font: 12.5px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
.tag { display: inline-block; min-width: 76px; white-space: nowrap; text-align: center; padding: 1px 8px; border-radius: 999px; border: 1px solid var(--line);
  font-size: 12px; color: var(--soft); }
.tag.bad, .tag.delete, .loses strong { color: var(--bad); }
.tag.bad, .tag.delete { border-color: var(--bad); }
.tag.replace { color: var(--warn); border-color: var(--warn); }
.tag.create { color: var(--ok); border-color: var(--ok); }
del { color: var(--bad); text-decoration: none; }
del::before { content: "− "; }
ins { color: var(--ok); text-decoration: none; }
ins::before { content: "+ "; }
ins, del { font: 12.5px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
summary { cursor: pointer; }
summary h2 { display: inline-block; margin: 0; }
details[open] summary { margin-bottom: 12px; }
@media (max-width: 640px) { .usage { grid-template-columns: 1fr; } .legend { margin-left: 0; } .columns { grid-template-columns: minmax(0, 1fr); } .amount { text-align: left; } }
@media print { body { background: #fff; } section { break-inside: avoid; } }
`);
