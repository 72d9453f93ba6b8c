namespace Gymkhana.Cli.Reports;

/// <summary>The style of a report: light or dark as the reader's system is, narrow or wide.</summary>
internal static class ReportStyle
{
    /// <summary>The style sheet.</summary>
    public const string Css = """
        :root{color-scheme:light dark;--back:#f6f5f2;--card:#ffffff;--rim:#e0ddd6;--text:#1d2127;--quiet:#646d78;--c0:#13895a;--c1:#2f74c8;--c2:#c0472f;--c3:#8355c9;--c4:#0d8f99;--c5:#a3761a;--c6:#b8437f;--c7:#5f6b7a;--plus:#2f9d63;--minus:#d24a4a}
        @media (prefers-color-scheme:dark){:root{--back:#0d1015;--card:#161b22;--rim:#272e38;--text:#e9ecef;--quiet:#8b95a2;--c0:#3fc388;--c1:#5ba4f5;--c2:#f2a14a;--c3:#b48cf2;--c4:#3fc6cf;--c5:#e0c04e;--c6:#f08bbd;--c7:#9aa7b6;--plus:#8fd89c;--minus:#ff7a7a}}
        *{box-sizing:border-box}
        body{margin:0;background:var(--back);color:var(--text);font:16px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif}
        main{max-width:1180px;margin:0 auto;padding:28px 20px 56px}
        h1{font-size:clamp(1.5rem,5vw,2.2rem);line-height:1.15;margin:0 0 4px;letter-spacing:-.015em;overflow-wrap:anywhere}
        h2{font-size:1.1rem;margin:36px 0 12px}
        p{margin:0 0 10px}
        .quiet{color:var(--quiet)}
        .scores{display:grid;grid-template-columns:repeat(auto-fit,minmax(230px,1fr));gap:12px;margin:22px 0}
        .card,figure{background:var(--card);border:1px solid var(--rim);border-radius:14px;padding:16px;margin:0;min-width:0}
        .card .number{font-size:2.1rem;font-weight:650;line-height:1.15;font-variant-numeric:tabular-nums}
        .card .what{color:var(--quiet);font-size:.88rem}
        .film{padding:0;overflow:hidden}
        .film video,.film img{display:block;width:100%;height:auto}
        .film figcaption{padding:10px 16px;font-weight:400;color:var(--quiet);font-size:.88rem}
        .charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,330px),1fr));gap:12px}
        figcaption{font-weight:600;font-size:.95rem}
        svg{display:block;width:100%;height:auto}
        svg text{fill:var(--quiet);font-size:11px;font-family:inherit;font-variant-numeric:tabular-nums}
        .grid{stroke:var(--rim);stroke-width:1}
        .band{stroke:none;opacity:.22}
        .f0{fill:var(--c0)}.f1{fill:var(--c1)}.f2{fill:var(--c2)}.f3{fill:var(--c3)}.f4{fill:var(--c4)}.f5{fill:var(--c5)}.f6{fill:var(--c6)}.f7{fill:var(--c7)}
        .curve{fill:none;stroke-width:1.9;stroke-linejoin:round}
        .s0{stroke:var(--c0)}.s1{stroke:var(--c1)}.s2{stroke:var(--c2)}.s3{stroke:var(--c3)}.s4{stroke:var(--c4)}.s5{stroke:var(--c5)}.s6{stroke:var(--c6)}.s7{stroke:var(--c7)}
        .dot{fill:none;stroke-width:2}
        .legend{margin:2px 0 8px;font-size:.82rem;color:var(--quiet)}
        .key{white-space:nowrap;margin-right:10px}
        .key::before{content:"";display:inline-block;width:14px;height:3px;border-radius:2px;margin-right:5px;vertical-align:middle;background:currentColor}
        .k0::before{background:var(--c0)}.k1::before{background:var(--c1)}.k2::before{background:var(--c2)}.k3::before{background:var(--c3)}
        .k4::before{background:var(--c4)}.k5::before{background:var(--c5)}.k6::before{background:var(--c6)}.k7::before{background:var(--c7)}
        .f0{fill:var(--c0)}.f1{fill:var(--c1)}.f2{fill:var(--c2)}.f3{fill:var(--c3)}.f4{fill:var(--c4)}.f5{fill:var(--c5)}.f6{fill:var(--c6)}.f7{fill:var(--c7)}
        .attention{min-width:300px}.course{min-width:560px}
        .cell,.nobody{fill:var(--rim);opacity:.45}
        .more{fill:var(--c0)}.less{fill:var(--c2)}
        .attention text{fill:var(--text)}
        .attention .value{font-size:15px}
        .scroll{overflow-x:auto}
        .network{min-width:560px}
        .network path{fill:none;stroke-linecap:round}
        .plus{stroke:var(--plus)}.minus{stroke:var(--minus)}
        .network circle{fill:var(--card);stroke:var(--quiet);stroke-width:2}
        .network text{font-size:13px;fill:var(--text)}
        table{border-collapse:collapse;width:100%;font-size:.9rem;font-variant-numeric:tabular-nums}
        th,td{text-align:left;padding:6px 14px 6px 0;border-bottom:1px solid var(--rim);vertical-align:top}
        th{color:var(--quiet);font-weight:500}
        td.given{font-weight:650}
        pre{background:var(--card);border:1px solid var(--rim);border-radius:10px;padding:12px 14px;overflow-x:auto;font:.86rem/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;margin:0 0 10px}
        details summary{cursor:pointer;color:var(--quiet);margin:10px 0}
        """;
}
