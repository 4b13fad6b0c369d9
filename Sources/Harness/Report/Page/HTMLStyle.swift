/// The look of a report's page, in light and dark, on wide and narrow screens, and on paper.
enum HTMLStyle {
  static let sheet = """
    :root{--page:#ffffff;--text:#1c2128;--muted:#5a6470;--rule:#dfe3e8;--panel:#f6f7f9;
    --accent:#0b62b8;--alarm:#b42318;--alarm-panel:#fdf0ee;--caution:#8a5a00;--caution-panel:#fdf6e3}
    @media (prefers-color-scheme:dark){:root{--page:#12161c;--text:#e4e9ef;--muted:#9aa5b1;
    --rule:#2c343e;--panel:#191f27;--accent:#64b0ff;--alarm:#ff8f80;--alarm-panel:#2c1a19;
    --caution:#e8bd63;--caution-panel:#282114}}
    *{box-sizing:border-box}
    html{-webkit-text-size-adjust:100%}
    body{margin:0;background:var(--page);color:var(--text);
    font:16px/1.6 system-ui,-apple-system,'Segoe UI',Roboto,'Liberation Sans',Arial,sans-serif}
    main{max-width:1088px;margin:0 auto;padding:40px 24px 96px}
    h1{font-size:30px;line-height:1.2;letter-spacing:-.01em;margin:0 0 4px}
    h2{font-size:22px;line-height:1.3;margin:64px 0 12px;padding-top:20px;border-top:1px solid var(--rule)}
    h3{font-size:17px;margin:36px 0 8px}
    p,ul,dl{margin:0 0 14px}
    p,li,dd{max-width:76ch}
    ul{padding-left:20px}
    li{margin-bottom:8px}
    h1+p{color:var(--muted);margin-bottom:24px;max-width:none}
    code,pre{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,'Liberation Mono',monospace}
    code{font-size:.9em}
    pre{font-size:13px;line-height:1.5;overflow-x:auto;padding:16px;background:var(--panel);border-radius:6px}
    nav{display:flex;flex-wrap:wrap;gap:4px 20px;margin:28px 0 0;font-size:15px}
    a{color:var(--accent);text-decoration:none}
    a:hover{text-decoration:underline}
    .notice{max-width:none;padding:10px 16px;border-left:3px solid var(--caution);
    background:var(--caution-panel);border-radius:0 6px 6px 0;font-size:15px;overflow-wrap:anywhere}
    .notice.alarm{border-color:var(--alarm);background:var(--alarm-panel)}
    .cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(250px,1fr));gap:16px;margin:24px 0}
    .card{padding:16px 20px 18px;background:var(--panel);border-radius:8px}
    .card h3{margin:0;font-size:14px;font-weight:600;color:var(--muted)}
    .card p{margin:0;font-size:14.5px;line-height:1.5}
    .card code{white-space:nowrap}
    .card .large{font-size:32px;line-height:1.3;font-weight:650;letter-spacing:-.01em;
    font-variant-numeric:tabular-nums}
    figure{margin:24px 0 32px}
    figure svg{display:block;width:100%;height:auto;border:1px solid var(--rule);border-radius:8px}
    figure svg.narrow{display:none}
    figcaption{margin-top:10px;font-size:14.5px;line-height:1.55;color:var(--muted);max-width:84ch}
    .scroll{overflow-x:auto;margin:16px 0 24px}
    table{border-collapse:collapse;font-size:14px;line-height:1.35;min-width:min(100%,640px);
    font-variant-numeric:tabular-nums}
    .broad{min-width:100%}
    caption{text-align:left;color:var(--muted);padding-bottom:8px;white-space:nowrap}
    th,td{padding:4px 10px;text-align:left;white-space:nowrap;vertical-align:baseline}
    .number{text-align:right}
    thead th{vertical-align:bottom;font-weight:600;color:var(--muted);border-bottom:1px solid var(--rule)}
    tbody th{font-weight:400;position:sticky;left:0;background:var(--page)}
    thead th:first-child{position:sticky;left:0;background:var(--page)}
    tbody+tbody tr:first-child th,tbody+tbody tr:first-child td{border-top:1px solid var(--rule)}
    tbody tr:hover th,tbody tr:hover td{background:var(--panel)}
    td.notes{color:var(--muted)}
    td.tail{white-space:normal;min-width:24ch}
    .key{margin-right:10px;vertical-align:-1px;overflow:visible}
    dl{display:grid;grid-template-columns:max-content 1fr;gap:4px 24px;font-size:15px}
    dt{color:var(--muted)}
    dd{margin:0;overflow-wrap:anywhere}
    details{margin:12px 0 24px}
    summary{cursor:pointer;color:var(--accent);font-size:15px}
    @media (max-width:720px){main{padding:24px 16px 64px}
    h1{font-size:25px}h2{font-size:20px;margin-top:48px}
    figure svg.wide{display:none}figure svg.narrow{display:block}
    th,td{padding:4px 7px}dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:10px}
    thead th{white-space:normal}.key,.minor{display:none}}
    @media print{main{max-width:none;padding:0}figure,tbody{break-inside:avoid}nav{display:none}}
    """
}
