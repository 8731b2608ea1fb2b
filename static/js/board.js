/* The board: arrows walk between cards, m opens a card's moves (in place, or on its page), a drag fills the page's one move form, and the board
   refreshes itself. It invents nothing: a card names its moves (`data-moves`) and which of them ask no question
   (`data-moves-direct`); a move that does ask opens the card's own page. Without it every move is a form there. */
(function () {
  'use strict';
  let dragged = null;
  let moved = null;
  const board = () => document.getElementById('board');
  const link = (card) => card.querySelector('.card-title a');
  const words = (text) => (text || '').split(' ').filter(Boolean);
  const cardOf = (node) => node instanceof Element && node.closest('#board [data-hazard]');
  const columnOf = (node) => node instanceof Element && node.closest('#board [data-column]');

  function focusCard(card) { if (card) { link(card).focus(); card.scrollIntoView({ block: 'nearest' }); } }

  function move(card, to) {
    const form = document.getElementById('move-form');
    if (!form || !words(card.dataset.movesDirect).includes(to)) {
      location.assign(link(card).pathname + '?to=' + encodeURIComponent(to));
      return;
    }
    moved = card.dataset.hazard;
    form.action = '/hazards/' + moved + '/moves';
    form.elements.to.value = to;
    form.elements.version.value = card.dataset.version;
    form.requestSubmit();
  }

  /* Drag, with a mouse only. The columns that the card names light up; the others take nothing. */
  document.addEventListener('pointerdown', (event) => {
    const card = event.pointerType === 'mouse' && cardOf(event.target);
    if (card) card.draggable = Boolean(card.dataset.moves) && !event.target.closest('.moves, input, textarea, select');
  });
  document.addEventListener('dragstart', (event) => {
    dragged = cardOf(event.target);
    if (!dragged) return;
    event.dataTransfer.setData('text/plain', dragged.dataset.hazard);
    event.dataTransfer.effectAllowed = 'move';
    const moves = words(dragged.dataset.moves);
    board().querySelectorAll('[data-column]').forEach((column) => {
      column.classList.toggle('may-drop', moves.includes(column.dataset.column));
    });
  });
  const target = (event) => {
    const column = dragged && columnOf(event.target);
    return column && column.classList.contains('may-drop') ? column : null;
  };
  document.addEventListener('dragover', (event) => { if (target(event)) event.preventDefault(); });
  document.addEventListener('drop', (event) => {
    const column = target(event);
    if (!column) return;
    event.preventDefault();
    move(dragged, column.dataset.column);
  });
  document.addEventListener('dragend', () => {
    dragged = null;
    document.querySelectorAll('.may-drop').forEach((column) => column.classList.remove('may-drop'));
  });

  document.addEventListener('keydown', (event) => {
    const card = cardOf(event.target);
    if (!card || event.ctrlKey || event.metaKey || event.altKey || event.target.matches('input, select, textarea')) return;
    const moves = card.querySelector('details.moves');
    if (event.key === 'Escape' && moves && moves.open) { moves.open = false; focusCard(card); return; }
    const foot = card.querySelector('.card-foot');
    if (event.key === 'm' && foot) { event.preventDefault(); foot.click(); return; }
    if (event.key === 'm' && moves) {
      event.preventDefault();
      if (!moves.open) moves.querySelector('summary').click();
      moves.querySelector('summary').focus();
      return;
    }
    const next = neighbour(card, event.key);
    if (next) { event.preventDefault(); focusCard(next); }
  });
  function neighbour(card, key) {
    const column = columnOf(card);
    const cards = (of) => Array.from(of.querySelectorAll('[data-hazard]'));
    const at = cards(column).indexOf(card);
    if (key === 'ArrowDown' || key === 'ArrowUp') return cards(column)[at + (key === 'ArrowDown' ? 1 : -1)];
    if (key !== 'ArrowRight' && key !== 'ArrowLeft') return null;
    const columns = Array.from(board().querySelectorAll('[data-column]')).filter((one) => one.offsetParent && cards(one).length);
    const beside = columns[columns.indexOf(column) + (key === 'ArrowRight' ? 1 : -1)];
    return beside && (cards(beside)[at] || cards(beside).pop());
  }

  /* Refresh: asks with the ETag it has, swaps by morph so that focus stays, says which cards have moved. It waits
     while nobody looks, while a card is held, and while moves are open, which a swap would close. */
  let etag = null;
  const places = () => {
    const found = new Map();
    board().querySelectorAll('[data-hazard]').forEach((card) => {
      found.set(card.dataset.hazard, link(card).textContent + ' → ' + columnOf(card).querySelector('h2').textContent);
    });
    return found;
  };
  function busy() { return document.hidden || dragged || document.querySelector('#board details[open], form[data-sent]'); }
  async function refresh() {
    const root = board();
    if (!root || !root.dataset.refresh || busy()) return;
    const headers = { 'HX-Request': 'true', 'Accept': 'text/html' };
    if (root.dataset.etag || etag) headers['If-None-Match'] = root.dataset.etag || etag;
    const answer = await fetch(root.dataset.refresh, { headers, cache: 'no-store', credentials: 'same-origin', redirect: 'error' });
    if (answer.status !== 200) return;
    const text = await answer.text();
    if (board() !== root || busy()) return;
    etag = answer.headers.get('ETag');
    await htmx.swap({ sourceElement: root, target: root, swap: 'outerMorph', select: '#board', text });
  }
  let before = null;
  let held = null;
  document.addEventListener('htmx:before:swap', () => {
    before = board() && places();
    const card = cardOf(document.activeElement);
    held = moved || (card && card.dataset.hazard);
  });
  document.addEventListener('htmx:after:swap', (event) => {
    const response = event.detail.ctx.response;
    if (response && response.status >= 400) moved = before = null; // the message has the focus, not the card
    if (!board() || !before) return;
    const after = places();
    const said = Array.from(after).filter(([id, text]) => before.has(id) && before.get(id) !== text).map(([, text]) => text);
    if (said.length) window.anwang.announce(said.slice(0, 3).join(', '));
    const card = held && board().querySelector('[data-hazard="' + held + '"]');
    if (card && !board().contains(document.activeElement)) focusCard(card);
    moved = before = null;
  });
  setInterval(() => refresh().catch(() => {}), 20000);
  document.addEventListener('visibilitychange', () => refresh().catch(() => {}));
  window.anwang.refresh = refresh;
})();
