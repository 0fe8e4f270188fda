/** The report's style sheet: light, dark and print from one set of colours. */

/**
 * Verdict colours are Okabe and Ito's, darkened or lightened to 4.5:1 against the page; a shape
 * and a word stand beside every colour.
 */
export const STYLE = `
:root{
  color-scheme:light dark;--page:light-dark(#fbfbfa,#14171a);--panel:light-dark(#fff,#1b1f23);
  --line:light-dark(#dfe1e3,#32383e);--ink:light-dark(#1c2126,#e4e7ea);
  --soft:light-dark(#59626b,#9aa4ad);--code:light-dark(#f3f4f5,#22272c);
  --pass:light-dark(#00694c,#35c79a);--fail:light-dark(#b23c00,#ff8f5a);
  --inconclusive:light-dark(#7d5700,#e6ad3a);--error:light-dark(#92316f,#e79cc8);
  --idle:light-dark(#59626b,#9aa4ad);--accent:light-dark(#005f9e,#6cb9f0);
  --failtint:light-dark(#fdf1ea,#2c1f18);
  --mono:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace
}
:root[data-theme=light]{color-scheme:light}
:root[data-theme=dark]{color-scheme:dark}
*{box-sizing:border-box}
html{scroll-padding-top:4.5rem}
body{
  margin:0;background:var(--page);color:var(--ink);
  font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;-webkit-text-size-adjust:100%
}
code,pre,.mono{font-family:var(--mono);font-size:.87em}
pre,dd,p,h3,header{overflow-wrap:anywhere}
td,th,td *,th *{overflow-wrap:break-word}
a{color:var(--accent);text-decoration-thickness:1px;text-underline-offset:2px}
h1,h2,h3,h4{line-height:1.25;margin:0;font-weight:650}
h2{font-size:1.3rem;margin:2.75rem 0 .9rem}
h2 small,h3 small{font-weight:400;color:var(--soft);font-size:.8em;margin-left:.4em}
h3{font-size:1.05rem}
h3+.scroll{margin-top:.6rem}
section h3{margin-top:1.6rem}
.failure h3{margin-top:0}
h4.name{text-transform:none;letter-spacing:0;font-family:var(--mono)}
h4{
  font-size:.78rem;letter-spacing:.05em;text-transform:uppercase;color:var(--soft);
  margin:1.1rem 0 .4rem
}
p{margin:.4rem 0}
.soft{color:var(--soft)}
.bar{position:sticky;top:0;z-index:5;background:var(--page);border-bottom:1px solid var(--line)}
.bar>div,main{max-width:76rem;margin:auto;padding:0 1.5rem}
.bar>div{
  display:flex;flex-wrap:wrap;gap:.3rem 1.1rem;align-items:center;padding-top:.6rem;
  padding-bottom:.6rem
}
.bar b{white-space:nowrap}
.bar nav{display:flex;flex-wrap:wrap;gap:0 1rem;flex:1;font-size:.9rem}
.bar nav a{text-transform:capitalize;color:var(--soft);text-decoration:none;white-space:nowrap}
.bar nav a:hover{color:var(--ink)}
input,button{
  font:inherit;font-size:.9rem;color:inherit;background:var(--panel);border:1px solid var(--line);
  border-radius:6px;padding:.25rem .6rem
}
button{cursor:pointer}
button:hover{border-color:var(--soft)}
:focus-visible{outline:2px solid var(--accent);outline-offset:1px}
input[type=search]{width:13rem}
label{font-size:.9rem;white-space:nowrap}
.script{display:none!important}
.scripted .script{display:revert!important}
main{padding-bottom:5rem}
.card{
  margin-top:1.5rem;background:var(--panel);border:1px solid var(--line);
  border-left:6px solid var(--idle);border-radius:10px;padding:1.5rem 1.75rem
}
.card.good{border-left-color:var(--pass)}
.card.bad{border-left-color:var(--fail)}
.card.open{border-left-color:var(--inconclusive)}
.card h1{font-size:2rem;letter-spacing:-.01em}
.card.good h1{color:var(--pass)}
.card.bad h1{color:var(--fail)}
.card.open h1{color:var(--inconclusive)}
.card h1 span{font-weight:400;color:var(--soft);font-size:.62em;letter-spacing:0;margin-left:.5em}
.card>p{font-size:1.05rem;max-width:60rem}
dl{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.25rem 1.2rem;margin:1rem 0 0}
dt{color:var(--soft)}
dd{margin:0}
.scroll{
  overflow-x:auto;border:1px solid var(--line);border-radius:8px;background:var(--panel);
  margin:.6rem 0
}
table{border-collapse:collapse;width:100%;font-size:.92rem}
th,td{text-align:left;vertical-align:top;padding:.4rem .75rem;border-top:1px solid var(--line)}
tr:first-child>*{border-top:0}
thead+tbody tr:first-child>*{border-top:1px solid var(--line)}
thead th{
  font-weight:600;font-size:.82rem;color:var(--soft);white-space:nowrap;vertical-align:bottom
}
thead th b{display:block;color:var(--ink);font-size:.92rem}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}
.w{white-space:nowrap}
tbody th{font-weight:400}
tr.suite th{background:var(--code);font-weight:600;font-size:.86rem}
tr.suite th span{font-weight:400;color:var(--soft);margin-left:.8em}
.matrix td{width:10.5rem}
.matrix td:nth-child(2){width:5rem;color:var(--soft)}
.matrix small{display:block;color:var(--soft);line-height:1.35}
.matrix th p{margin:.1rem 0 0}
:target{background:var(--failtint);outline:2px solid var(--accent);outline-offset:-2px}
.p,.f,.i,.e,.n0,.na,.m,.v{font-weight:600}
.p{font-weight:400}
.p::before,.f::before,.i::before,.e::before,.n0::before,.na::before,.m::before,.v::before{
  display:inline-block;width:1.35em;font-weight:700
}
.p::before{content:"\\2713"}
.f::before{content:"\\2715"}
.i::before{content:"?"}
.e::before{content:"!"}
.n0::before{content:"\\25CB"}
.na::before{content:"\\2013"}
.m::before{content:"\\2026"}
.v::before{content:"\\25B3"}
.p{color:var(--pass)}
.f{color:var(--fail)}
.i,.v{color:var(--inconclusive)}
.e{color:var(--error)}
.n0,.na,.m{color:var(--idle)}
.f a,.v a{color:inherit}
.na,.n0{white-space:nowrap}
.mix{
  display:flex;height:.6rem;min-width:9rem;border-radius:3px;overflow:hidden;gap:1px;
  margin-top:.4rem
}
.mix i{display:block;background:currentColor}
.mix i::before{content:none}
.failure{
  background:var(--panel);border:1px solid var(--line);border-left:6px solid var(--fail);
  border-radius:10px;padding:1.1rem 1.4rem 1.3rem;margin:1rem 0
}
.failure.v{border-left-color:var(--inconclusive);color:inherit;font-weight:inherit}
.failure.v::before{content:none}
.failure header{display:flex;flex-wrap:wrap;gap:.2rem 1rem;align-items:baseline}
.failure header .on{color:var(--soft)}
.tag{
  border:1px solid var(--line);border-radius:99px;padding:0 .6em;font-size:.82rem;
  color:var(--soft);white-space:nowrap
}
.two{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:0 1.2rem}
pre{
  background:var(--code);border-radius:6px;padding:.55rem .8rem;margin:0;white-space:pre-wrap;
  max-height:22rem;overflow:auto
}
ol.seq{
  background:var(--code);border-radius:6px;padding:.55rem .8rem .55rem 2.8rem;margin:0;
  font-family:var(--mono);font-size:.87em
}
ol.seq li::marker{color:var(--soft)}
.run{display:flex;gap:.5rem;align-items:flex-start}
.run pre{flex:1}
.rule{border-left:3px solid var(--fail);padding-left:.8rem;margin:.5rem 0}
.journal{font-family:var(--mono);font-size:.82rem}
.journal td{padding:.22rem .75rem}
.journal .n{width:1%}
.journal td:nth-child(4){min-width:13em}
.journal .bad{background:var(--failtint)}
.journal .bad td:first-child::before{content:"\\25B6 ";color:var(--fail)}
.field{display:inline-block;margin-right:.9em}
.field b{font-weight:600}
.bits{
  display:inline-flex;position:relative;height:1.05rem;border:1px solid var(--line);
  vertical-align:middle;background:var(--code)
}
.bits::after{
  content:"";position:absolute;inset:0;
  background:repeating-linear-gradient(90deg,transparent 0 9px,var(--panel) 9px 10px)
}
.bits i{display:block}
.b1{background:linear-gradient(var(--accent) 45%,transparent 45%)}
.b0{background:linear-gradient(transparent 55%,var(--accent) 55%)}
.b2{background:var(--accent)}
.legend{
  display:flex;flex-wrap:wrap;gap:.3rem 1.4rem;font-size:.86rem;color:var(--soft);
  align-items:center
}
.legend .bits{margin-right:.45em}
.seen0{color:var(--soft);text-decoration:line-through}
figure{margin:0}
figcaption{font-size:.84rem;overflow-wrap:anywhere}
.pictures{display:grid;grid-template-columns:repeat(auto-fill,minmax(16rem,1fr));gap:1.1rem}
.pictures svg{width:100%;display:block;border-radius:4px;shape-rendering:crispEdges}
.pictures rect{fill:#0b1016}
.pictures path{fill:#8fd3ff}
footer{margin-top:3rem;color:var(--soft);font-size:.86rem}
[hidden]{display:none!important}
@media(max-width:46rem){
  .two{grid-template-columns:1fr}
  .bar>div,main{padding-left:1rem;padding-right:1rem}
  .card{padding:1.1rem}
  dl{grid-template-columns:1fr;gap:0}
  dd{margin-bottom:.45rem}
  .bar nav{order:3;flex-basis:100%}
}
@media print{
  :root,:root[data-theme]{color-scheme:light}
  @page{margin:14mm}
  body{font-size:9.5pt;background:#fff}
  .bar,.script,.scripted .script{display:none!important}
  td,th,td *,th *{overflow-wrap:anywhere}
  .w,thead th{overflow-wrap:normal}
  thead th{white-space:normal}
  tr.suite{break-after:avoid}
  th,td{padding-left:.45rem;padding-right:.45rem}
  main{max-width:none;padding:0}
  .card,tr,.rule,.run,.two,figure{break-inside:avoid}
  h2,h3,h4{break-after:avoid}
  .mix{display:none}
  thead{display:table-header-group}
  .scroll,pre{overflow:visible;max-height:none}
  .card,.failure,.mix,.pictures,.b0,.b1,.b2,.bits,.bad,tr.suite th,pre{
    print-color-adjust:exact;-webkit-print-color-adjust:exact
  }
  a{color:inherit;text-decoration:none}
  :target{outline:0;background:none}
}
`;
