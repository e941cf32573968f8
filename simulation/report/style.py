"""The report's style sheet: light, readable on a telephone, printable."""

from __future__ import annotations

CSS = """
:root{--ink:#1f2933;--muted:#5f6b7a;--line:#dfe4ea;--soft:#f5f7f9;--accent:#0b5a8a;--bad:#a31621;--good:#0a7a50}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:#eef1f4;color:var(--ink);
font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
main{max-width:1240px;margin:0 auto;padding:20px 16px 60px}
header.top{background:#fff;border:1px solid var(--line);border-top:5px solid var(--accent);
border-radius:8px;padding:22px 26px;margin-bottom:16px}
h1{font-size:27px;line-height:1.2;margin:0 0 4px}
h2{font-size:20px;margin:0 0 2px}
h3{font-size:15px;margin:14px 0 0}
.fr{color:var(--muted);font-style:italic;font-size:13px;margin:0 0 10px}
.fr-inline{color:var(--muted);font-style:italic;font-size:12px;display:block;font-weight:400}
section{background:#fff;border:1px solid var(--line);border-radius:8px;padding:20px 24px;margin-bottom:16px}
.lead{font-size:18px;margin:14px 0 2px}
.lead b{white-space:nowrap}
.better{color:var(--good)}.worse{color:var(--bad)}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:10px 18px;
margin:18px 0 0;padding:14px 0 0;border-top:1px solid var(--line)}
.facts div{min-width:0}
.facts dt{color:var(--muted);font-size:12px}
.facts dd{margin:0;font-weight:600;overflow-wrap:anywhere}
dl.facts{margin-bottom:0}
.band{border-radius:8px;padding:13px 20px;margin-bottom:16px;border:1px solid}
.band p,.band li{margin:2px 0;overflow-wrap:anywhere}
.band.warning{background:#fdecec;border-color:#d9777f;border-left:7px solid var(--bad);color:#7d0f19}
.band.warning strong{font-size:17px}
.band.mark{background:#fff6e0;border-color:#e3bf66;border-left:7px solid #b97f00;color:#5f4300}
.band.note{background:#eaf2f8;border-color:#b4cfe2;border-left:7px solid var(--accent)}
.band .fr{color:inherit;opacity:.8;margin:0}
.band ul{margin:2px 0;padding-left:20px}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:14px}
th,td{padding:6px 12px 6px 0;text-align:right;border-bottom:1px solid var(--line);vertical-align:top;
font-variant-numeric:tabular-nums}
th:first-child,td:first-child{text-align:left;padding-left:2px;min-width:170px}
thead th{border-bottom:2px solid var(--ink);vertical-align:bottom;overflow-wrap:anywhere}
td.unit,th.unit{text-align:left;color:var(--muted);white-space:nowrap}
td .value{white-space:nowrap}
td .change{display:block;font-size:12px;color:var(--muted);white-space:nowrap}
td.best .value{font-weight:700;color:var(--good)}
td .change.better,td .change.worse{font-weight:600}
td .change.better{color:var(--good)}td .change.worse{color:var(--bad)}
table.words th,table.words td{text-align:left}
table.words td{font-size:13px}
details{margin-top:12px}
summary{cursor:pointer;color:var(--accent);font-weight:600}
.explain-rows{max-height:70vh;overflow-y:auto}
.explain-rows>table>thead th{position:sticky;top:0;background:#fff}
.explain-rows th{overflow-wrap:normal}
.explain-rows th:first-child,.explain-rows td:first-child{min-width:0}
tr[data-kind]>td:nth-child(2),tr[data-kind]>td:nth-child(5){white-space:nowrap}
tr[data-kind] details{margin:0}tr[data-kind] summary{font-weight:400}
tr[data-kind=stay]>td{color:var(--muted)}tr[data-kind=refused]>td{color:var(--bad)}
input[type=search]{font:inherit;font-size:14px;padding:4px 8px;border:1px solid #b6c0cb;border-radius:6px;max-width:100%}
.chart{width:100%;min-width:0}
.wide{overflow-x:auto}
.wide>.chart{min-width:680px}
.grid{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,520px),1fr));gap:8px 22px}
.two{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,500px),1fr));gap:8px 26px}
.controls{display:flex;flex-wrap:wrap;gap:8px 16px;align-items:center;margin:8px 0 2px}
.controls label{font-size:13px;color:var(--muted)}
select{max-width:100%;font:inherit;font-size:14px;padding:4px 8px;border:1px solid #b6c0cb;border-radius:6px;
background:#fff;color:var(--ink);max-width:100%}
.panel{border-top:1px solid var(--line);padding-top:8px;margin-top:8px}
.caption{font-size:13px;color:var(--muted);margin:2px 0 0;overflow-wrap:anywhere}
table.words code{white-space:nowrap}
code{background:var(--soft);border:1px solid var(--line);border-radius:4px;padding:1px 5px;font-size:13px;overflow-wrap:anywhere}
footer{color:var(--muted);font-size:12px;text-align:center}
noscript p{background:#fff6e0;border:1px solid #e3bf66;border-radius:8px;padding:12px 18px}
@media (max-width:640px){section,header.top{padding:16px 12px}h1{font-size:22px}.lead{font-size:16px}}
@media print{body{background:#fff}main{max-width:none;padding:0}section,header.top,.band{border-radius:0}
section{border-width:1px 0 0;padding:12px 0}.panel,.grid>div,.band,tr{break-inside:avoid}h2,h3,.fr,.controls{break-after:avoid}
.modebar-container{display:none}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}}
"""
