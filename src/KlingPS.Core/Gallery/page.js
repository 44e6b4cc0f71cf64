'use strict';
const list = document.querySelector('.videos');
const items = [...list.children].map((li, at) => ({ li, at, text: li.textContent.toLowerCase(), ...li.dataset }));
const [search, status, order] = document.querySelectorAll('.tools input, .tools select');
const count = document.querySelector('.tools output');
const words = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });
const by = {
  given: (a, b) => a.at - b.at,
  title: (a, b) => words.compare(a.title, b.title),
  model: (a, b) => words.compare(a.model || '\uffff', b.model || '\uffff'),
  longest: (a, b) => (b.seconds || 0) - (a.seconds || 0),
  expires: (a, b) => words.compare(a.expires || '\uffff', b.expires || '\uffff'),
};
const cards = () => [...list.querySelectorAll('article')].filter(card => !card.closest('.videos > li').hidden);

function filter() {
  const wanted = search.value.trim().toLowerCase();
  for (const { li, text, statuses } of items) {
    li.hidden = !text.includes(wanted) || !(status.value === '' || statuses.split(' ').includes(status.value));
    if (li.hidden) li.querySelectorAll('video').forEach(video => video.pause());
  }
  const shown = cards();
  count.value = `${shown.length} of ${all.length} shown`;
  stop(shown[0]);
}

// Chains come first, because each takes a whole row.
function sort() {
  const isChain = item => item.li.classList.contains('chain');
  items.sort((a, b) => isChain(b) - isChain(a) || by[order.value](a, b) || a.at - b.at);
  list.append(...items.map(item => item.li));
  filter();
}

// One card at a time is a stop of the Tab key; the arrows move it.
function stop(card) {
  for (const other of list.querySelectorAll('[tabindex="0"]')) other.tabIndex = -1;
  if (card) card.tabIndex = 0;
}

function beside(card, key) {
  const shown = cards();
  const at = shown.indexOf(card);
  if (key === 'Home' || key === 'End') return shown.at(key === 'Home' ? 0 : -1);
  if (key === 'ArrowLeft' || key === 'ArrowRight') return shown[at + (key === 'ArrowRight' ? 1 : -1)];
  const from = card.getBoundingClientRect();
  const row = [];
  // To measure a card lays it out, so it ends with the next row.
  for (const other of key === 'ArrowDown' ? shown.slice(at + 1) : shown.slice(0, at).reverse()) {
    const box = other.getBoundingClientRect();
    if (key === 'ArrowDown' ? box.top < from.bottom - 1 : box.bottom > from.top + 1) continue;
    if (row.length > 0 && Math.abs(box.top - row[0].box.top) >= 2) break;
    row.push({ other, box });
  }
  return row.sort((a, b) => Math.abs(a.box.left - from.left) - Math.abs(b.box.left - from.left))[0]?.other;
}

// A thousand videos would take seconds and much memory: only those near the window have a picture.
function picture(frame) {
  let video = frame.querySelector('video');
  const link = frame.querySelector('a');
  if (link && !video && !frame.classList.contains('gone')) {
    video = Object.assign(document.createElement('video'), {
      playsInline: true, preload: 'metadata', src: link.href + '#t=0.1', ariaLabel: link.title,
    });
    frame.prepend(video);
  }
  return video;
}

function rest(frame) {
  const video = frame.querySelector('video');
  if (video && !video.controls) {
    video.removeAttribute('src');
    video.load();
    video.remove();
  }
}

function play(frame) {
  const video = picture(frame);
  if (!video.controls) {
    frame.querySelector('a').hidden = video.controls = true;
    video.currentTime = 0;
  }
  if (video.paused) video.play().catch(() => {}); else video.pause();
}

const near = new IntersectionObserver(
  seen => seen.forEach(({ target, isIntersecting }) => (isIntersecting ? picture : rest)(target)),
  { rootMargin: '800px 0px' });
for (const link of list.querySelectorAll('.frame > a')) near.observe(link.parentElement);

const all = cards();
for (const card of all) card.tabIndex = -1;
for (const time of document.querySelectorAll('time')) time.title = new Date(time.dateTime).toString();
document.querySelectorAll('.tools, footer').forEach(part => { part.hidden = false; });
search.addEventListener('input', filter);
status.addEventListener('change', filter);
order.addEventListener('change', sort);
list.addEventListener('focusin', event => stop(event.target.closest('article')));
list.addEventListener('click', event => {
  const link = event.target.closest('.frame > a');
  if (!link || link.closest('.gone') || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  play(link.parentElement);
  link.parentElement.querySelector('video').focus();
});
list.addEventListener('play', event => {
  for (const video of list.querySelectorAll('video')) if (video !== event.target) video.pause();
}, true);
list.addEventListener('error', event => {
  const frame = event.target.closest('.frame');
  frame.classList.add('gone');
  frame.querySelector('a').hidden = false;
  if (event.target === document.activeElement) frame.querySelector('a').focus();
  event.target.remove();
}, true);
list.addEventListener('keydown', event => {
  const from = event.target;
  if (event.ctrlKey || event.altKey || event.metaKey || !from.matches('article')) return;
  if (event.key === 'Enter' || event.key === ' ') {
    const link = from.querySelector('.frame:not(.gone) > a');
    if (link) play(link.parentElement);
  } else if (/^(Arrow|Home|End)/.test(event.key)) {
    const next = beside(from, event.key);
    next?.focus();
    next?.scrollIntoView({ block: 'nearest' });
  } else {
    return;
  }
  event.preventDefault();
});
filter();
