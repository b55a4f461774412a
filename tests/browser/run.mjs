// tests/browser/run.mjs ZENHAR [SCREENSHOTS]: every flow of the web application as a person goes through it, in
// Chromium without scripts, in both languages; axe-core on each page met (scripts on for that alone). TAP.
import { chromium } from 'playwright-core';
import axe from 'axe-core';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const zenhar = resolve(process.argv[2]);
const shots = process.argv[3];
const folder = mkdtempSync(join(tmpdir(), 'zenhar-browser-'));
const pw = join(folder, 'pw');
const kase = join(folder, 'c.zenhar');
let n = 0;
let failed = 0;

const tap = (ok, name, why) => {
  n += 1;
  if (!ok) failed += 1;
  console.log(`${ok ? 'ok' : 'not ok'} ${n} ${name}`);
  if (!ok) console.log(String(why).replace(/^/gm, '# '));
};
const claim = async (name, run) => {
  try {
    await run();
    tap(true, name);
  } catch (why) {
    tap(false, name, why.stack || why);
  }
};
const must = (what, sentence) => {
  if (!what) throw new Error(sentence);
};
// 1 is "done, with something left": records in the quarantine, here on purpose.
const z = (...words) => {
  const { status, stderr } = spawnSync(zenhar, [...words, '--passphrase-file', pw], { cwd: folder, encoding: 'utf8' });
  if (status > 1) throw new Error(stderr);
};

// ---- a case with alarms, doubtful pairs, a quarantine and a box ----

writeFileSync(pw, 'a passphrase of the test\n');
writeFileSync(join(folder, 'box'), 'kept elsewhere\n');
z('init', '--country', 'ir', '--title', 'A made case', '--title-fa', 'پروندهٔ ساختگی', kase);
execFileSync(zenhar, ['generate', '5000', '--out', join(folder, 'made')], { stdio: 'ignore' });
z('import', '--synthetic', join(folder, 'made/reports'), '--case', kase);
writeFileSync(join(folder, 'broken.csv'), 'date,place,kind,text,source\n2025-13-45,تهران,arrest,Broken,A list\n');
z('import', join(folder, 'broken.csv'), '--case', kase);
z('link', '--case', kase);
z('assess', 'run', '--case', kase);
// a second version of the assessment: what came since speaks to an indicator
const lately = (days) => new Date(Date.now() - days * 86400000).toISOString().slice(0, 10);
writeFileSync(join(folder, 'later.csv'), `date,place,kind,text,source\n${lately(9)},Tehran,internet_shutdown,The internet was cut,Made source one\n${lately(8)},Shiraz,internet_shutdown,The internet was cut,Made source two\n`);
z('import', '--synthetic', join(folder, 'later.csv'), '--case', kase);
z('assess', 'run', '--case', kase);
z('appeal', 'load', '--facts', 'iran-2025', '--case', kase);
for (const language of ['en', 'fa']) z('--lang', language, 'appeal', 'letter', '--to', 'SG', '--case', kase);
const drafts = { en: 'AP2', fa: 'AP3' };
z('inbox', 'make', '--case', kase, '--inbox-passphrase-file', join(folder, 'box'));

const server = spawn(zenhar, ['serve', '--case', kase, '--passphrase-file', pw, '--login-link', 'Field office'], { stdio: ['ignore', 'pipe', 'ignore'] });
const lines = await new Promise((resolve, reject) => {
  let text = '';
  server.stdout.on('data', (bytes) => {
    text += bytes;
    if (text.split('\n').length > 3) resolve(text.split('\n'));
  });
  server.on('exit', () => reject(new Error('the server ended')));
});
const [base, persianLink, englishLink] = lines;

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args: ['--no-sandbox'] });
const open = (language, more = {}) =>
  browser.newContext({ javaScriptEnabled: false, locale: language, viewport: { width: 1100, height: 900 }, ...more });
const shot = async (page, name) => {
  if (!shots) return;
  mkdirSync(shots, { recursive: true });
  await page.screenshot({ path: join(shots, `${name}.png`), fullPage: true });
};

// ---- the flows, in a language ----

const WORDS = {
  en: { open: 'Open the case', add: 'Add the report', sent: 'codename', other: 'فارسی' },
  fa: { open: 'گشودن پرونده', add: 'گزارش را بیفزا', sent: 'رمزنام', other: 'English' },
};

const letters = {}; // by language: the letter that the flow made

const flows = async (tag, link) => {
  const context = await open(tag);
  const page = await context.newPage();
  const go = async (path) => {
    const answer = await page.goto(`${base}/${tag}${path}`);
    must(answer.status() === 200, `${path}: ${answer.status()}`);
  };
  const named = (words) => `${tag}: ${words}`;

  await claim(named('a login link opens the case by its button'), async () => {
    await page.goto(link);
    must((await page.textContent('main')).includes('Field office'), 'does not say for whom it is');
    await shot(page, `${tag}-login`);
    await page.click('button[autofocus]');
    must(page.url() === `${base}/${tag}/`, page.url());
    must((await page.getAttribute('html', 'dir')) === (tag === 'fa' ? 'rtl' : 'ltr'), 'direction');
    await shot(page, `${tag}-overview`);
  });
  await claim(named('the same page in the other language'), async () => {
    await go('/reports');
    await page.click('a.language');
    must(page.url().endsWith(tag === 'fa' ? '/en/reports' : '/fa/reports'), page.url());
  });
  await claim(named('a message is pasted'), async () => {
    await go('/add');
    await page.fill('form[action$="/paste"] [name=text]', `On 29 June 2025 two students were arrested in Shiraz, pasted ${tag}.`);
    await page.fill('form[action$="/paste"] [name=source]', 'A made group');
    await page.click('form[action$="/paste"] button');
    must((await page.textContent('p.banner')).match(/[1۱]/), await page.textContent('main'));
  });
  await claim(named('a PDF is uploaded, read, and downloads as it was'), async () => {
    const paper = execFileSync('rsvg-convert', ['-f', 'pdf'], {
      input: `<svg xmlns="http://www.w3.org/2000/svg" width="600" height="100"><text x="9" y="40">On 30 June 2025 a teacher was arrested in Tabriz, said uploaded${tag}.</text></svg>`,
    });
    await go('/add');
    await page.setInputFiles('form[action$="/upload"] [name=file]', { name: `${tag}.pdf`, mimeType: 'application/pdf', buffer: paper });
    await page.fill('form[action$="/upload"] [name=source]', 'A made paper');
    await shot(page, `${tag}-add`);
    await page.click('form[action$="/upload"] button');
    must((await page.textContent('p.banner')).match(/[1۱]/), await page.textContent('main'));
    await go(`/reports?q=uploaded${tag}`);
    await page.click('ol.reports a >> nth=0');
    must((await page.textContent('main')).includes('Tabriz'), 'not read');
    const original = await page.getAttribute('a[href*="/originals/"]', 'href');
    await page.goto(new URL(original, base).href);
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('a[href*="/downloads/"]')]);
    must(Buffer.compare(readFileSync(await download.path()), paper) === 0, 'other bytes');
  });
  await claim(named('a report is added by form and found again by a word'), async () => {
    await go('/add');
    await page.fill('form[action$="/add"] [name=date]', '1404-04-07');
    await page.fill('form[action$="/add"] [name=place]', 'تهران');
    await page.fill('form[action$="/add"] [name=name]', 'سهراب آزمون‌نام');
    await page.fill('form[action$="/add"] [name=text]', `یک دانشجو بازداشت شد، واژهٔ ${tag}نشانه.`);
    await page.fill('form[action$="/add"] [name=source]', 'A made group');
    await page.click('form[action$="/add"] button');
    must((await page.textContent('.banner:last-of-type, p.banner')) !== null, 'no word of it');
    await go(`/reports?q=${encodeURIComponent(`${tag}نشانه`)}`);
    await page.click('ol.reports a >> nth=0');
    must((await page.textContent('main')).includes(`${tag}نشانه`), 'not found');
    must(!(await page.textContent('main')).includes('آزمون‌نام'), 'a name stands on the page');
    await shot(page, `${tag}-report`);
  });
  await claim(named('it is corrected, with a reason'), async () => {
    await page.click('a[href*="/correct/"]');
    await page.fill('[name=grade]', 'B2');
    await page.selectOption('[name=state]', 'reviewed');
    await page.fill('[name=reason]', 'two people said so');
    await page.click('form.form button');
    must(page.url().includes('/reports/R'), page.url());
    must((await page.textContent('main')).includes(tag === 'fa' ? '۲' : '2: probably true') , 'grade');
  });
  await claim(named('sealed fields are shown for a reason'), async () => {
    await page.click('a[href*="/reveal/"]');
    await page.fill('[name=reason]', 'the family asks');
    await page.click('form.form button');
    must((await page.textContent('main')).includes('آزمون‌نام'), 'not shown');
  });
  await claim(named('an alarm is answered'), async () => {
    await go('/alarms');
    await page.click('table a.id >> nth=0');
    await page.fill('[name=reason]', 'we look into it');
    await page.click('form.form button');
    must((await page.textContent('main')).includes('we look into it'), 'no answer');
    await shot(page, `${tag}-alarm`);
  });
  await claim(named('an indicator is rated on evidence'), async () => {
    await go('/rate?indicator=7.8');
    await page.selectOption('[name=decision]', 'rate');
    await page.selectOption('[name=level]', '2');
    await page.selectOption('[name=standard]', 'grounds');
    await page.fill('[name=evidence]', 'R1, R2');
    await page.fill('[name=reason]', 'as they report');
    await page.click('form.form button');
    must(page.url().endsWith('/assessment'), await page.textContent('main'));
  });
  await claim(named('two versions of the assessment are put side by side'), async () => {
    await go('/assessment');
    await page.click('a[href$="/compare"]');
    must((await page.locator('table.sides').count()) > 1, await page.textContent('main'));
    must((await page.locator('table.sides tbody th[scope=row]').count()) > 14, 'rows without heads');
    const changed = page.locator('section:has(#RF7)');
    must((await changed.textContent()).match(/7\.6|۷[.٫]۶/), await changed.textContent());
    must((await changed.locator('a.id').allTextContents()).some((id) => /^R\d/.test(id)), 'no evidence');
    await shot(page, `${tag}-compare`);
    await page.selectOption('[name=before]', 'AS2');
    await page.selectOption('[name=now]', 'AS2');
    await page.click('form.search button');
    must((await page.locator('table.sides').count()) === 0, 'a version beside itself');
  });
  await claim(named('a missing field is told and what was written stays'), async () => {
    await go('/rate?indicator=7.8');
    await page.fill('[name=reason]', 'kept words');
    await page.fill('[name=evidence]', 'nonsense');
    await page.click('form.form button');
    must((await page.inputValue('[name=reason]')) === 'kept words', 'lost');
  });
  await claim(named('two statements are judged with the keyboard alone'), async () => {
    await go('/review');
    await shot(page, `${tag}-review`);
    const before = await page.getAttribute('form.form', 'action');
    await page.keyboard.press('Enter');
    await page.waitForURL(/review\?skip=/);
    must((await page.getAttribute('form.form', 'action')) !== before, 'the same pair');
  });
  await claim(named('a person: the course of things, who says what; a statement is taken out, and it is told'), async () => {
    await go('/persons');
    await shot(page, `${tag}-persons`);
    for (let n = 1; n < 200 && (await page.locator('a[href*="/undo/LK"]').count()) < 3; n++) await go(`/persons/P${n}`);
    must((await page.locator('ol.timeline li').count()) > 0, 'no timeline');
    await shot(page, `${tag}-person`);
    const here = page.url();
    await page.click('a[href*="/undo/LK"] >> nth=-1');
    await page.fill('[name=reason]', 'another father');
    await shot(page, `${tag}-undo`);
    await page.click('form.form button');
    await page.goto(here);
    must((await page.locator('#history').count()) === 1, 'no history');
    await shot(page, `${tag}-person-after`);
    await go('/persons');
    const two = await page.locator('table a.id').allTextContents();
    await page.click('table a.id >> nth=0');
    await page.fill('[name=other]', two[1].trim());
    await page.click('form[action$="/same"] button');
    must(page.url().includes('/pairs/T'), page.url());
    await page.click('button[value=unsure]');
    must(page.url().includes('/persons/P'), page.url());
  });
  await claim(named('an ask is written down from a form; one without a basis is refused and stays as typed'), async () => {
    await go('/ask');
    await shot(page, `${tag}-ask`);
    await page.fill('[name=title]', `Monitoring, asked in ${tag}`);
    await page.fill('[name=text]', 'That the situation be monitored and reported on.');
    await page.fill('[name=offices]', 'SG');
    await page.fill('[name=rests]', 'AL1');
    await page.click('form.form button');
    must((await page.inputValue('[name=title]')).includes(tag), 'lost');
    await page.fill('[name=basis]', 'A/RES/60/1, paragraphs 138 and 139');
    await page.click('form.form button');
    must((await page.textContent('main')).includes(`asked in ${tag}`), await page.textContent('main'));
  });
  await claim(named('a letter is composed from an ask, read in both voices and sealed'), async () => {
    await go('/compose');
    await shot(page, `${tag}-compose`);
    await page.selectOption('[name=to]', { index: 1 });
    await page.fill('[name=date]', tag === 'en' ? '2026-09-01' : '1405-06-11');
    for (const box of (await page.locator('.tick input').all()).slice(1)) await box.uncheck();
    await page.selectOption('[name=voice]', 'case');
    await page.click('form.form button');
    must(page.url().includes('/seal/AP') && page.url().endsWith('voice=case'), `${page.url()}: ${await page.textContent('main')}`);
    letters[tag] = page.url().match(/AP\d+/)[0];
    await shot(page, `${tag}-seal`);
    await page.click('main p a[href*="/seal/"]');
    must((await page.locator('#figures + p.good').count()) === 1, 'a figure does not hold');
    await go(`/letters/${letters[tag]}`);
    const asked = (await page.locator('article.letter p.ask').allTextContents()).filter((words) => /^[0-9۰-۹]+\. /.test(words));
    must(asked.length === 1, `asks: ${asked.length}`);
    await shot(page, `${tag}-letter-draft`);
    await go(`/signatories/${letters[tag]}`);
    must((await page.locator('form.form').count()) === 0, 'a draft can be signed');
    await go(`/seal/${letters[tag]}`);
    await page.click('form.form button');
    must(page.url().endsWith(`/letters/${letters[tag]}`), await page.textContent('main'));
  });
  await claim(named('the text of a draft is looked at, kept, shown line by line beside what it was, and taken up again'), async () => {
    const here = `/draft/${drafts[tag]}`;
    await go(here);
    const first = await page.inputValue('[name=text]');
    await shot(page, `${tag}-draft`);
    await page.fill('[name=text]', `${tag === 'fa' ? 'مسلح شوید، این جمله برای آزمون است.' : 'Take up arms: a sentence of the test.'}\n\n${first}`);
    await page.fill('[name=reason]', `a test in ${tag}`);
    await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]); // the first button: shows, and keeps nothing
    must((await page.locator('#preview').count()) === 1, 'no preview');
    must((await page.locator('#words ~ .wide').count()) === 1, 'nothing is asked about it');
    await shot(page, `${tag}-draft-looked`);
    await page.fill('[name=text]', (await page.inputValue('[name=text]')).replace(/^.*\n/, tag === 'fa' ? 'جملهٔ نخست آزمون.\n' : 'A first sentence of the test.\n'));
    await page.click('form.form p.pages button >> nth=1');
    must(page.url().endsWith(`/letters/${drafts[tag]}`), await page.textContent('main'));
    must((await page.textContent('article.letter')).includes(tag === 'fa' ? 'جملهٔ نخست آزمون.' : 'A first sentence of the test.'), 'not kept');
    await page.click('a[href*="/versions/"]');
    must((await page.textContent('main')).includes(`a test in ${tag}`), 'no reason');
    await page.click('a[href*="?of=1"]');
    must((await page.locator('ins').count()) === 1 && (await page.locator('del').count()) === 0, 'not line by line');
    await shot(page, `${tag}-versions`);
    await page.click('a[href*="?from=1"]');
    must((await page.inputValue('[name=text]')) === first, 'another text');
    await go(`/draft/${letters[tag]}`);
    must((await page.locator('textarea').count()) === 0, 'a sealed letter can be changed');
    await shot(page, `${tag}-draft-sealed`);
  });
  await claim(named('what is no signature of a key over the letter is not taken, and stays as typed'), async () => {
    await go(`/keyed/${letters[tag]}`);
    await shot(page, `${tag}-keyed`);
    await page.fill('[name=name]', 'Holder of a key');
    await page.fill('[name=key]', '0'.repeat(64));
    await page.fill('[name=signature]', '0'.repeat(128));
    await page.click('form.form button');
    must((await page.locator('p.banner').count()) > 0, 'taken');
    must((await page.inputValue('[name=name]')) === 'Holder of a key', 'lost');
  });
  await claim(named('a signatory is asked by a link, signs without an account, and is withdrawn'), async () => {
    await go(`/signatories/${letters[tag]}`);
    await page.fill('[name=name]', `Group ${tag}`);
    await page.click('form.form button');
    const secret = await page.textContent('code.hash');
    await shot(page, `${tag}-invited`);
    const stranger = await open(tag);
    const theirs = await stranger.newPage();
    await theirs.goto(secret);
    await shot(theirs, `${tag}-sign`);
    await theirs.click('form button');
    must((await theirs.goto(secret)).status() === 403, 'signs twice');
    await stranger.close();
    await go(`/signatories/${letters[tag]}`);
    must(!(await page.textContent('main')).includes(secret), 'shown again');
    await shot(page, `${tag}-signatories`);
    await page.click('a[href*="/withdraw/"]');
    await page.fill('[name=reason]', 'they ask for it');
    await shot(page, `${tag}-withdraw`);
    await page.click('form.form button');
    must((await page.locator('a[href*="/withdraw/"]').count()) === 0, 'still there');
  });
  await claim(named('what would go to whom is shown; by post it is printed, posted, and answered'), async () => {
    await go(`/deliver/${letters[tag]}`);
    await shot(page, `${tag}-deliver`);
    must((await page.locator('form.form').count()) === 0, 'nothing goes by mail here');
    await go('/deliveries');
    await shot(page, `${tag}-deliveries`);
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('form[action$="/print"] button')]);
    must(readFileSync(await download.path()).subarray(0, 5).toString() === '%PDF-', 'no PDF');
    await go(`/letters/${letters[tag]}`);
    await page.click('a[href*="/receipts/"]');
    const today = new Date().toISOString().slice(0, 10);
    await page.fill('[name=day]', today);
    await page.setInputFiles('[name=file]', { name: 'receipt.txt', mimeType: 'text/plain', buffer: Buffer.from(`posted ${tag}`) });
    await shot(page, `${tag}-receipt`);
    await page.click('form.form button');
    await page.click('a[href*="/respond/"]');
    await page.fill('[name=day]', today);
    await page.fill(`[name=text${tag === 'fa' ? '_fa' : ''}]`, 'Welcomed, in a made statement.');
    await shot(page, `${tag}-respond`);
    await page.click('form.form button');
    must(page.url().includes('/respond/'), 'taken without a source'); // the browser asks for it
    await page.fill('[name=source]', 'A made statement');
    await page.click('form.form button');
    must(page.url().endsWith('/asks'), await page.textContent('main'));
  });
  await claim(named('ways onto an agenda, and what if; a step of a state'), async () => {
    await go('/agenda');
    await shot(page, `${tag}-agenda`);
    await page.fill('[name=positions]', tag === 'fa' ? 'چین، موافق\nروسیه، ممتنع' : 'China, in favour\nRussia, abstained');
    await page.click('form.form button');
    must((await page.locator('th').allTextContents()).length > 8, await page.textContent('main'));
    await shot(page, `${tag}-what-if`);
    await page.click('tbody th a >> nth=0');
    await shot(page, `${tag}-road`);
    await go('/measures');
    await page.selectOption('[name=state]', 'France');
    await page.selectOption('[name=measure]', 'DIP-17');
    await page.selectOption('[name=status]', 'promised');
    await page.fill('[name=day]', '2026-01-05');
    await page.fill('[name=text]', 'Said it would.');
    await page.fill('[name=source]', 'A made source');
    await page.click('form.form button');
    must((await page.locator('#states ~ div table tbody tr').count()) > 0, await page.textContent('main'));
    await shot(page, `${tag}-measures`);
  });
  await claim(named('pages fit a narrow screen'), async () => {
    const narrow = await open(tag, { viewport: { width: 360, height: 740 }, storageState: await context.storageState() });
    const small = await narrow.newPage();
    for (const path of ['/', '/reports', '/persons', '/persons/P1', '/add', '/alarms', '/review', '/quarantine', '/account', '/users', '/audit', '/asks', '/ask', '/compose', `/seal/${letters[tag]}`, `/letters/${letters[tag]}`, `/signatories/${letters[tag]}`, `/deliver/${letters[tag]}`, '/deliveries', '/respond/AK1', '/agenda', '/agenda/SC-MEETING', '/measures', '/assessment', '/compare', `/draft/${drafts[tag]}`, `/versions/${drafts[tag]}?of=1`, `/keyed/${letters[tag]}`, '/figures']) {
      await small.goto(`${base}/${tag}${path}`);
      const box = await small.locator('main').boundingBox();
      must(box.width <= 360, `${path} is ${box.width} wide`);
      await shot(small, `${tag}-narrow${path.replace(/\//g, '-')}`);
    }
    await narrow.close();
  });
  return { context, page, go, named };
};

const english = await flows('en', englishLink);
const persian = await flows('fa', persianLink);

await claim('the quarantine: a record is mended and becomes a report', async () => {
  const { page, go } = english;
  await go('/quarantine');
  await page.click('table tr:has-text("broken.csv") a.id >> nth=0');
  const text = await page.inputValue('[name=text]');
  must(text.includes('2025-13-45'), text);
  await page.fill('[name=text]', text.replace('2025-13-45', '2025-06-28'));
  await page.click('form.form button');
  must(page.url().includes('/reports/R'), `${page.url()}: ${await page.textContent('main')}`);
  await go('/quarantine');
  must(!(await page.textContent('main')).includes('broken.csv'), 'it still waits');
});

await claim('an account is made, gets in by its password, and only where its role may', async () => {
  const { page, go } = english;
  await go('/users');
  await page.fill('[name=name]', 'sara');
  await page.selectOption('[name=role]', 'analyst');
  await page.click('form.form button');
  const password = await page.textContent('code.hash');
  const other = await open('en');
  const hers = await other.newPage();
  await hers.goto(`${base}/en/login`);
  await hers.fill('[name=name]', 'sara');
  await hers.fill('[name=password]', password);
  await hers.click('form[action$="/enter"] button');
  must(hers.url() === `${base}/en/`, hers.url());
  must((await hers.goto(`${base}/en/rate`)).status() === 200, 'rate');
  must((await hers.goto(`${base}/en/add`)).status() === 403, 'add');
  must((await hers.locator('nav a[href$="/add"]').count()) === 0, 'a link that leads nowhere');
  await other.close();
});

await claim('somebody writes without an account and comes back', async () => {
  const stranger = await open('fa');
  const page = await stranger.newPage();
  await page.goto(`${base}/fa/send`);
  await shot(page, 'fa-send');
  await page.fill('[name=text]', 'در روز ۷ تیر ۱۴۰۴ کسی را در شیراز بردند.');
  await page.click('form[action$="/send"] button');
  const codename = await page.textContent('code.codename');
  await shot(page, 'fa-send-codename');
  must((await stranger.cookies()).length === 0, 'a cookie');
  z('inbox', 'answer', '--case', kase, 'SD1', 'چه کسی دید؟');
  await page.goto(`${base}/fa/send`);
  await page.fill('[name=codename]', codename);
  await page.click('form[action$="/send/back"] button');
  must((await page.textContent('main')).includes('چه کسی دید؟'), 'no answer');
  must(!(await page.textContent('main')).includes('شیراز'), 'readable again');
  await stranger.close();
});

await claim('the audit trail tells all of it', async () => {
  const { page, go } = english;
  await go('/audit');
  const text = await page.textContent('main');
  must((await page.locator('td:has-text("Field office") .tag').count()) > 10, 'not in the name of the link');
  for (const words of ['the family asks', 'two people said so', 'corrected', 'came in', 'we look into it', 'as they report', 'judged a pair', 'mended', 'composed a letter', 'changed the text of a draft', 'a test in fa', 'sealed a letter', 'they ask for it', 'printed letters', 'wrote an answer down', 'wrote down a step of a state']) must(text.includes(words), words);
  await shot(page, 'en-audit');
  await persian.go('/audit');
  await shot(persian.page, 'fa-audit');
});

// ---- what is published, without the case ----

await claim('what is published is served apart: no cookie, no script, narrow and wide, in both languages', async () => {
  z('appeal', 'publish', '--case', kase, '--out', join(folder, 'site'), '--letters', `${letters.en},${letters.fa}`);
  const apart = spawn(zenhar, ['serve', '--public', join(folder, 'site')], { cwd: tmpdir(), stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    const address = await new Promise((resolve) => apart.stdout.once('data', (bytes) => resolve(String(bytes).trim())));
    for (const width of [360, 1100]) {
      const anybody = await open('fa', { viewport: { width, height: 800 } });
      const page = await anybody.newPage();
      for (const path of ['', 'fa.html', 'en.html', `${letters.fa}.html`, `${letters.en}.html`]) {
        const answer = await page.goto(`${address}/${path}`);
        must(answer.status() === 200 && answer.headers()['cache-control'].startsWith('public'), path);
        must((await page.locator('main').boundingBox()).width <= width, `${path} is too wide`);
        await shot(page, `public-${width}-${path || 'index'}`);
      }
      must((await anybody.cookies()).length === 0, 'a cookie');
      await anybody.close();
    }
    const tried = await browser.newContext({ bypassCSP: true });
    const page = await tried.newPage();
    for (const path of ['', 'fa.html', 'en.html', `${letters.fa}.html`]) {
      await page.goto(`${address}/${path}`);
      await page.evaluate(axe.source);
      const found = await page.evaluate(() => globalThis.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] }));
      const bad = found.violations.filter((v) => v.impact === 'serious' || v.impact === 'critical');
      must(bad.length === 0, bad.map((v) => `${path} ${v.id}: ${v.help}\n${v.nodes.slice(0, 3).map((x) => x.html).join('\n')}`).join('\n'));
    }
    await tried.close();
  } finally {
    apart.kill('SIGTERM');
  }
});

// ---- axe-core: scripts on, in this test only ----

for (const [tag, { context }] of [['en', english], ['fa', persian]]) {
  const tried = await browser.newContext({ bypassCSP: true, storageState: await context.storageState() });
  const page = await tried.newPage();
  for (const path of ['/', '/reports', '/reports/R1', '/persons', '/persons/P1', '/acts/A1', '/uploading', '/add', '/correct/R1', '/alarms', '/alarms/AL1', '/assessment', '/compare', '/rate', `/draft/${drafts[tag]}`, `/draft/${letters[tag]}`, `/versions/${drafts[tag]}?of=1`, `/keyed/${letters[tag]}`, '/figures', '/asks', '/ask', '/compose', `/seal/${letters[tag]}`, `/letters/${letters[tag]}`, `/signatories/${letters[tag]}`, `/deliver/${letters[tag]}`, '/deliveries', '/respond/AK1', '/agenda', '/agenda/SC-MEETING', '/measures', '/review', '/quarantine', '/account', '/users', '/audit', '/about', '/login', '/send', '/reveal/T1']) {
    await claim(`${tag}${path}: axe finds nothing serious`, async () => {
      await page.goto(`${base}/${tag}${path}`);
      await page.evaluate(axe.source);
      const found = await page.evaluate(() => globalThis.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] }));
      const bad = found.violations.filter((v) => v.impact === 'serious' || v.impact === 'critical');
      must(bad.length === 0, bad.map((v) => `${v.id}: ${v.help}\n${v.nodes.slice(0, 3).map((x) => x.html).join('\n')}`).join('\n'));
    });
  }
  await tried.close();
}

await browser.close();
server.kill('SIGTERM');
rmSync(folder, { recursive: true, force: true });
console.log(`1..${n}`);
process.exit(failed > 0 ? 1 : 0);
