/* What is wrong with this page on a phone of 360 px: wider than the screen, also with text at 200 %; targets under 44 px. */
() => {
  const faults = [];
  const root = document.documentElement;
  const short = (node) => node.outerHTML.replace(/\s+/g, ' ').slice(0, 140);
  const scrolls = (node) => node && node !== document.body
    && (/auto|scroll|hidden|clip/.test(getComputedStyle(node).overflowX) || scrolls(node.parentElement));
  const sticking = () => Array.from(document.body.querySelectorAll('*'))
    .filter((node) => node.getBoundingClientRect().right > 360.5 && !scrolls(node.parentElement) && node.checkVisibility())
    .slice(-2).map(short).join(' | ');
  if (root.scrollWidth > 360) faults.push(root.scrollWidth + ' px wide: ' + sticking());
  root.style.fontSize = '200%';
  if (root.scrollWidth > 360) faults.push('at 200 % text ' + root.scrollWidth + ' px wide: ' + sticking());
  root.style.fontSize = '';

  const rect = (node) => {
    const label = node.matches('input[type=checkbox], input[type=radio]') && node.closest('label');
    const own = node.getBoundingClientRect();
    const around = label ? label.getBoundingClientRect() : own;
    return { width: Math.max(own.width, around.width), height: Math.max(own.height, around.height) };
  };
  /* A link inside a sentence is as high as its line: words of the same paragraph stand beside it. */
  const inSentence = (node) => node.tagName === 'A' && getComputedStyle(node).display === 'inline'
    && Array.from(node.parentElement.childNodes).some((near) => near.nodeType === 3 && near.textContent.trim().length > 1);
  document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary').forEach((node) => {
    if (node.matches('.skip') || node.closest('.vh') || !node.checkVisibility({ visibilityProperty: true })) return;
    const { width, height } = rect(node);
    if (!width || !height || inSentence(node)) return;
    if (width < 43.5 || height < 43.5) faults.push(`${width.toFixed(0)} × ${height.toFixed(0)} px: ${short(node)}`);
  });
  return faults;
}
