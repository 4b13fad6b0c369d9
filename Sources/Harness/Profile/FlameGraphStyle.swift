/// How a flame graph looks, and what it does where scripts run.
enum FlameGraphStyle {
  /// The class of a frame. One profile: by the frame's own share, pale where it only calls, hot
  /// where the time is spent. Two profiles: red for more, blue for less, deeper with the difference.
  static func colour(of node: FlameTree.Node) -> String {
    if let change = node.change {
      let size = abs(change)
      if size < 0.005 { return "same" }
      return (change > 0 ? "more" : "less") + (size < 0.05 ? "1" : size < 0.25 ? "2" : "3")
    }
    switch node.ownShare {
    case ..<0.001: return "own0"
    case ..<0.01: return "own1"
    case ..<0.1: return "own2"
    case ..<0.5: return "own3"
    default: return "own4"
    }
  }

  static let css = """

    text { font: 12px ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace; fill: #1d1d1d }
    .heading, .line { font-family: system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif }
    .heading { font-size: 16px; font-weight: 600 }
    .line { fill: #555 }
    #flame { background: #fff; color-scheme: light dark }
    .paper { fill: #fff }
    .frame { cursor: pointer; outline: none }
    .frame.narrow text, .gone { display: none }
    .frame:hover rect, .frame:focus rect { stroke: #1d1d1d; stroke-width: 2 }
    .frame.around { opacity: 0.55 }
    #flame .frame.found rect { fill: #c9a2f2 }
    .own0 rect, .same rect { fill: #ece7df }
    .own1 rect { fill: #f8e3b8 }
    .own2 rect { fill: #fbcb7b }
    .own3 rect { fill: #f9a350 }
    .own4 rect { fill: #f08136 }
    .more1 rect { fill: #f7cfc6 }
    .more2 rect { fill: #f2a08f }
    .more3 rect { fill: #ea7560 }
    .less1 rect { fill: #cddff5 }
    .less2 rect { fill: #9fc3ee }
    .less3 rect { fill: #6fa5e4 }
    #tools input { font: 13px system-ui, sans-serif; box-sizing: border-box; width: 180px;
      height: 24px; padding: 0 6px; border: 1px solid #999; border-radius: 4px;
      background: #fff; color: #1d1d1d }
    @media (prefers-color-scheme: dark) {
      text { fill: #f2f2f2 }
      .line { fill: #b5b5b5 }
      #flame { background: #17181a }
      .paper { fill: #17181a }
      .frame:hover rect, .frame:focus rect { stroke: #fff }
      #flame .frame.found rect { fill: #7d4fb5 }
      .own0 rect, .same rect { fill: #35363a }
      .own1 rect { fill: #4a3f2c }
      .own2 rect { fill: #664a1e }
      .own3 rect { fill: #85501a }
      .own4 rect { fill: #a8501a }
      .more1 rect { fill: #53332f }
      .more2 rect { fill: #7d3a30 }
      .more3 rect { fill: #a83f30 }
      .less1 rect { fill: #2b3d54 }
      .less2 rect { fill: #2b527f }
      .less3 rect { fill: #2a68ab }
      #tools input { background: #26282b; color: #f2f2f2; border-color: #777 }
    }

    """

  static let script = """
    'use strict';
    (() => {
      const root = document.getElementById('flame');
      const area = document.getElementById('frames');
      const details = document.getElementById('details');
      const frames = [...area.children].map(element => ({
        element,
        label: element.querySelector('text'),
        title: element.querySelector('title').textContent,
        name: element.querySelector('text').textContent,
        x: parseFloat(element.getAttribute('x')),
        y: parseFloat(element.getAttribute('y')),
        width: parseFloat(element.getAttribute('width')),
      }));
      let zoomed = frames[0];

      // Names end in an ellipsis where they do not fit.
      const fit = () => {
        const probe = frames[0].label;
        probe.parentNode.classList.remove('narrow');
        probe.textContent = 'mmmmmmmmmm';
        const letter = probe.getComputedTextLength() / 10;
        // Of the window: an inner svg's own rectangle is that of its content.
        const pixels = root.getBoundingClientRect().width * 0.98 / 100;
        for (const { element, label, name } of frames) {
          const room = Math.floor((parseFloat(element.getAttribute('width')) * pixels - 8) / letter);
          element.classList.toggle('narrow', room < 2);
          label.textContent = name.length <= room ? name : name.slice(0, room - 1) + '\\u2026';
        }
      };

      // The zoomed frame fills the width; what calls it is shown faintly, at full width.
      const zoom = target => {
        zoomed = target;
        const scale = 100 / target.width;
        const slack = 5e-4;  // positions are rounded to 1e-4
        for (const { element, x, y, width } of frames) {
          const around = y > target.y && x <= target.x + slack
            && x + width >= target.x + target.width - slack;
          const inside = y <= target.y && x >= target.x - slack
            && x + width <= target.x + target.width + slack;
          element.classList.toggle('gone', !around && !inside);
          element.classList.toggle('around', around);
          element.setAttribute('x', (around ? 0 : (x - target.x) * scale) + '%');
          element.setAttribute('width', (around ? 100 : width * scale) + '%');
        }
        fit();
      };

      // Per cent found: frames that call each other count once.
      const tools = document.getElementById('tools');
      const holder = document.createElementNS('http://www.w3.org/2000/svg', 'foreignObject');
      holder.setAttribute('width', 180);
      holder.setAttribute('height', 26);
      const input = document.createElementNS('http://www.w3.org/1999/xhtml', 'input');
      input.type = 'search';
      input.placeholder = 'Search (regex)';
      input.setAttribute('aria-label', 'Search for frames by regular expression');
      holder.append(input);
      const found = document.createElementNS('http://www.w3.org/2000/svg', 'text');
      found.setAttribute('class', 'line');
      found.setAttribute('x', 190);
      found.setAttribute('y', 17);
      found.setAttribute('aria-live', 'polite');
      tools.append(holder, found);
      const search = () => {
        let pattern = null;
        try {
          pattern = input.value ? new RegExp(input.value, 'i') : null;
        } catch {
          found.textContent = 'no regular expression';
          return;
        }
        const spans = [];
        for (const { element, name, x, width } of frames) {
          const matches = pattern !== null && pattern.test(name);
          element.classList.toggle('found', matches);
          if (matches) spans.push([x, x + width]);
        }
        spans.sort((a, b) => a[0] - b[0]);
        let sum = 0, end = 0;
        for (const [from, to] of spans) {
          sum += Math.max(0, to - Math.max(from, end));
          end = Math.max(end, to);
        }
        found.textContent = pattern === null ? '' : sum.toFixed(2) + ' % found';
      };
      input.addEventListener('input', search);

      for (const frame of frames) {
        const tell = () => { details.textContent = frame.title; };
        frame.element.setAttribute('tabindex', 0);
        frame.element.addEventListener('mouseenter', tell);
        frame.element.addEventListener('focus', tell);
        frame.element.addEventListener('click', () => zoom(frame === zoomed ? frames[0] : frame));
        frame.element.addEventListener('keydown', event => {
          if (event.key === 'Enter') zoom(frame === zoomed ? frames[0] : frame);
        });
      }
      window.addEventListener('keydown', event => {
        if (event.key === 'Escape') { input.value = ''; search(); zoom(frames[0]); }
        if ((event.ctrlKey && event.key === 'f') || (event.key === '/' && event.target !== input)) {
          event.preventDefault();
          input.focus();
        }
      });
      window.addEventListener('resize', fit);
      fit();
    })();

    """
}
