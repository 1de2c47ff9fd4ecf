import { Html } from "../html-escape";

/** The topology: beside its panel on wide screens, above it on narrower ones; on phones the panel is a sheet at the bottom. */
export const TOPOLOGY_STYLE = new Html(`
:root { --to: #175cd3; --from: #b93815; --lane: #f6f7f9; --way: #98a2b3; --mark: #fff; }
@media (prefers-color-scheme: dark) { :root { --to: #84adff; --from: #f79009; --lane: #1d2430; --way: #566176; --mark: #252d3b; } }
.board { display: grid; grid-template-columns: minmax(0, 1fr) 330px; gap: 20px; align-items: start; }
.drawing svg { display: block; width: 100%; height: auto; margin: 0 auto; }
.drawing .narrow { display: none; }
.lane rect { fill: var(--lane); }
.lane text { fill: var(--soft); font-size: 12.5px; font-weight: 600; }
.system rect { fill: var(--mark); stroke: var(--way); }
.system text { fill: var(--ink); font-size: 13px; font-weight: 600; text-anchor: middle; }
.system .kinds { fill: var(--soft); font-size: 10.5px; font-weight: 400; }
.system.outside rect { stroke-dasharray: 4 3; }
.system { cursor: pointer; outline: none; }
.system:hover rect, .system:focus-visible rect { stroke: var(--ink); stroke-width: 2; }
.system[aria-current] rect { stroke: var(--ink); stroke-width: 2.5; }
.edge path { fill: none; }
.edge .line { stroke: var(--way); stroke-width: 1.2; }
.edge .hit { stroke: transparent; stroke-width: 9; pointer-events: stroke; cursor: pointer; }
.edge.quiet { display: none; }
.edge:hover .line { stroke: var(--ink); stroke-width: 2; }
.chosen .edge .line { opacity: .3; }
.chosen .edge.to .line { stroke: var(--to); stroke-width: 2; opacity: 1; }
.chosen .edge.from .line { stroke: var(--from); stroke-width: 2; opacity: 1; }
.chosen .edge.quiet.to, .chosen .edge.quiet.from { display: inline; }
.chosen .system:not(.near):not(:hover):not(:focus-visible) rect { stroke: var(--line); }
.chosen .system:not(.near):not(:hover):not(:focus-visible) text { opacity: .45; }
.panel .tag { min-width: 0; }
.panel { font-size: 13px; border-left: 1px solid var(--line); padding-left: 20px; }
.panel h3 { margin: 0 0 4px; }
.panel h4 { margin: 14px 0 4px; font-size: 13px; }
.panel p { margin: 0 0 6px; }
h4.to::before, .hint .to::before, h4.from::before, .hint .from::before { content: ""; display: inline-block; width: 18px; height: 3px; border-radius: 2px;
  margin-right: 7px; vertical-align: middle; background: var(--to); }
h4.from::before, .hint .from::before { background: var(--from); }
.flows, .flows ul { list-style: none; margin: 0; padding: 0; }
.flows > li { padding: 6px 0; border-top: 1px solid var(--line); }
.flows ul > li { padding-top: 2px; }
.flows a { font-weight: 600; }
.flows code { font-size: 11.5px; }
.panel article { outline: none; }
.panel article + article { border: 0; margin-top: 24px; padding: 0; }
.close, .hint { display: none; }
.live .hint { display: block; color: var(--soft); }
.live.chosen .hint, .live .panel article:not(.shown) { display: none; }
.live .panel { position: sticky; top: 16px; max-height: calc(100vh - 32px); overflow: auto; }
.live .panel article { margin: 0; }
@media (max-width: 1100px) {
  .board { grid-template-columns: minmax(0, 1fr); }
  .panel, .live .panel { position: static; max-height: none; border-left: 0; padding-left: 0; }
}
@media (max-width: 760px) {
  .drawing .wide { display: none; }
  .drawing .narrow { display: block; }
  .live.chosen .panel { position: fixed; z-index: 1; top: auto; left: 0; right: 0; bottom: 0; max-height: 48vh; padding: 14px 18px 20px; background: var(--card);
    border-top: 1px solid var(--line); border-radius: 14px 14px 0 0; box-shadow: 0 -8px 24px rgb(0 0 0 / .18); }
  .live.chosen .close { display: block; float: right; }
}
.close { font: inherit; color: var(--ink); background: var(--free); border: 1px solid var(--line); border-radius: 8px; padding: 6px 12px; cursor: pointer; }
@media print { .drawing .wide { display: block; } .live .panel { display: none; } }
`);
