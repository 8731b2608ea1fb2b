/* Writing one's name with a finger. The lines go as bounded JSON in a hidden field: [[x, y, x, y, …], …], in
   thousandths of the pad's width as it stands upright, so that a phone that is turned keeps them. What was written stays
   in this tab for this very file until it is sent: the way to the file and back loads the page anew.

   <form data-signature> … <div data-pad hidden><canvas></canvas><input type="hidden" name="strokes">
   <button data-undo> <button data-clear></div>     without this script the pad stays hidden and the typed name stands
   ES2017, no modules, nothing evaluated. */
(function () {
  'use strict';
  const UNIT = 1000;
  const HIGH = 400; // of the unit: what a pad that stands upright shows at least
  const STEP = 4; // units: nearer points say nothing
  const MOST = 1200; // points in all
  const MOST_LINES = 100;
  const MOST_SIGNS = 9500; // of the field; the portal takes no more

  function pad(box) {
    const canvas = box.querySelector('canvas');
    const field = box.querySelector('[name=strokes]');
    const pen = canvas.getContext && canvas.getContext('2d');
    if (!pen || !window.PointerEvent) return;
    const form = box.closest('form');
    const name = 'anwang.signature.' + form.getAttribute('action') + (form.elements.seen ? form.elements.seen.value : '');
    const tab = (() => { try { return window.sessionStorage; } catch (blocked) { return null; } })();
    if (!field.value && tab) field.value = tab.getItem(name) || '';
    let lines = read(field.value);
    let line = null;
    box.hidden = false;

    function scale() { return Math.min(canvas.clientWidth / UNIT, canvas.clientHeight / HIGH) || 1; }
    function draw() {
      const dots = window.devicePixelRatio || 1;
      canvas.width = Math.round(canvas.clientWidth * dots);
      canvas.height = Math.round(canvas.clientHeight * dots);
      pen.setTransform(dots * scale(), 0, 0, dots * scale(), 0, 0);
      pen.strokeStyle = getComputedStyle(canvas).color;
      pen.lineWidth = 7;
      pen.lineCap = pen.lineJoin = 'round';
      lines.concat(line ? [line] : []).forEach((one) => {
        pen.beginPath();
        for (let i = 0; i < one.length; i += 2) pen.lineTo(one[i], one[i + 1]);
        if (one.length === 2) pen.lineTo(one[0] + 1, one[1]);
        pen.stroke();
      });
    }
    function points() { return lines.reduce((sum, one) => sum + one.length / 2, line ? line.length / 2 : 0); }
    function keep() {
      field.value = lines.length ? JSON.stringify(lines) : '';
      try { if (tab) tab.setItem(name, field.value); } catch (full) { /* then a way to the file and back loses it */ }
    }
    form.addEventListener('submit', () => { if (tab) tab.removeItem(name); });
    function place(event) {
      const rect = canvas.getBoundingClientRect();
      const at = (n, most) => Math.round(Math.max(0, Math.min(n / scale(), most)));
      return [at(event.clientX - rect.left - canvas.clientLeft, 4 * UNIT), at(event.clientY - rect.top - canvas.clientTop, 4 * UNIT)];
    }
    function add(event) {
      const [x, y] = place(event);
      const last = line.length;
      if (last && Math.hypot(x - line[last - 2], y - line[last - 1]) < STEP) return;
      if (points() < MOST) line.push(x, y);
    }
    canvas.addEventListener('pointerdown', (event) => {
      if (event.button || line || lines.length >= MOST_LINES) return;
      event.preventDefault();
      line = [];
      try { canvas.setPointerCapture(event.pointerId); } catch (gone) { /* the finger is off already */ }
      add(event);
      draw();
    });
    canvas.addEventListener('pointermove', (event) => {
      if (!line) return;
      (event.getCoalescedEvents ? event.getCoalescedEvents() : [event]).forEach(add);
      draw();
    });
    function end() {
      if (!line) return;
      if (line.length) lines.push(line);
      line = null;
      while (JSON.stringify(lines).length > MOST_SIGNS) lines.pop();
      keep();
      draw();
    }
    ['pointerup', 'pointercancel', 'lostpointercapture'].forEach((name) => canvas.addEventListener(name, end));
    box.querySelector('[data-undo]').addEventListener('click', () => { lines.pop(); keep(); draw(); });
    box.querySelector('[data-clear]').addEventListener('click', () => { lines = []; keep(); draw(); });
    window.addEventListener('resize', draw);
    window.addEventListener('pageshow', () => { lines = read(field.value); draw(); });
    draw();
  }
  function read(text) {
    try {
      const found = JSON.parse(text || '[]');
      return Array.isArray(found) ? found.filter((one) => Array.isArray(one) && one.every(Number.isFinite)) : [];
    } catch (broken) { return []; }
  }
  function begin(root) {
    Array.from(root.querySelectorAll('[data-signature] [data-pad][hidden]')).forEach(pad);
  }
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', () => begin(document));
  else begin(document);
  document.addEventListener('htmx:after:swap', () => begin(document));
})();
