// Opens the HTML report in a browser as its readers do: node report.mjs STAGECHECK CHROMIUM [--screenshot FILE]; `.ci/browser` runs it.
// Each page is opened light, dark and as narrow as a phone, by keyboard, without a script, and on paper. Whatever the page asks of the network,
// every message on its console, and every fault that axe-core finds, fails. These tests see whatever needs a browser; what can be seen in the page's
// text alone is tested in src/render/html/tests.rs.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import assert from 'node:assert/strict'
import { chromium } from 'playwright-core'

const [stagecheck, executablePath, option, screenshot] = process.argv.slice(2)
if (!stagecheck || !executablePath) throw new Error('usage: node report.mjs STAGECHECK CHROMIUM [--screenshot FILE]')
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const accounts = fileURLToPath(new URL('../../fixtures/accounts/', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'stagecheck-browser-'))

/** The page of a snapshot's report. */
function report(name, snapshot, ...options) {
  const page = join(folder, `${name}.html`)
  const args = ['audit', '--snapshot', '-', '--quiet', '--output', page, ...options]
  try {
    execFileSync(stagecheck, args, { input: snapshot, cwd: folder, stdio: ['pipe', 'ignore', 'inherit'] })
  } catch (error) {
    // The verdict, which is no error here.
    assert.ok([1, 3].includes(error.status), `${name}: ${error.message}`)
  }
  return pathToFileURL(page).href
}

const read = (story) => readFileSync(join(accounts, `${story}.json`), 'utf8')
const EVIL = `<img src=https://evil.example/x onerror=alert(1)><script>alert(2)</script><style>*{color:red}</style>'\\" onload=alert(3) </pre></details>`
const pages = {
  'not ready': report('not-ready', read('alarm-in-the-wrong-region')),
  nothing: report('nothing', read('empty')),
  undetermined: report('undetermined', read('denied-auditor')),
  ready: report('ready', read('ready')),
  warned: report('warned', read('ready-with-warnings'), '--strict'),
  selected: report('selected', read('root-with-keys'), '--only', 'billing-alarm,ec2-ssm-role'),
  hostile: report('hostile', read('weak-role').replaceAll('EC2-Metrics', JSON.stringify(EVIL).slice(1, -1)))
}

let held = 0
const tests = []
const test = (name, run) => tests.push({ name, run })

/** Opens a page, runs `look`, and holds that nothing was asked for and nothing was said. */
async function open(browser, url, options, look) {
  const context = await browser.newContext(options)
  const page = await context.newPage()
  const said = []
  page.on('console', (message) => said.push(`console: ${message.text()}`))
  page.on('pageerror', (error) => said.push(`error: ${error.message}`))
  page.on('dialog', (dialog) => (said.push(`dialog: ${dialog.message()}`), dialog.dismiss()))
  page.on('request', (request) => request.url() !== url && said.push(`request: ${request.url()}`))
  await page.goto(url)
  await look(page)
  await context.close()
  assert.deepEqual(said, [])
  held += 1
}

for (const [name, url] of Object.entries(pages)) {
  for (const [colorScheme, width] of [['light', 1200], ['dark', 1200], ['light', 390]]) {
    test(`${name}, ${colorScheme}, ${width} wide: axe-core finds no fault`, (browser) =>
      open(browser, url, { colorScheme, viewport: { width, height: 900 } }, async (page) => {
        // What is folded is read too.
        await page.evaluate(() => document.querySelectorAll('details').forEach((details) => (details.open = true)))
        await page.evaluate(axe)
        const { violations, passes } = await page.evaluate(() => axe.run({ resultTypes: ['violations', 'passes'] }))
        const faults = violations.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.html}: ${node.failureSummary}`))
        assert.deepEqual(faults, [])
        const passed = passes.map((rule) => rule.id)
        for (const rule of ['color-contrast', 'region', 'landmark-one-main', 'page-has-heading-one', 'heading-order', 'html-has-lang']) {
          assert.ok(passed.includes(rule), `${rule} was not checked`)
        }
        assert.equal(await page.evaluate(() => document.querySelectorAll('h1').length), 1)
        const wide = await page.evaluate(() => document.documentElement.scrollWidth)
        assert.ok(wide <= width, `${wide} pixels wide`)
        const background = await page.evaluate(() => getComputedStyle(document.body).backgroundColor)
        const [red] = background.match(/\d+/).map(Number)
        assert.ok(colorScheme === 'dark' ? red < 64 : red > 192, `its style sheet is in force: ${background}`)
      }))
  }
}

test('by keyboard, with scripts switched off, a detail folds and unfolds', (browser) =>
  open(browser, pages['not ready'], { javaScriptEnabled: false }, async (page) => {
    const details = page.locator('#billing-alarm')
    const commands = details.locator('pre').first()
    const isOpen = async () => (await details.getAttribute('open')) !== null
    assert.ok((await isOpen()) && (await commands.isVisible()), 'what fails stands open')
    for (let presses = 0; !(await details.locator('> summary:focus').count()); presses += 1) {
      assert.ok(presses < 50, 'it is reached by the tabulator')
      await page.keyboard.press('Tab')
    }
    const outline = await details.locator('> summary').evaluate((summary) => getComputedStyle(summary).outlineStyle)
    assert.equal(outline, 'solid', 'one sees where the focus is')
    await page.keyboard.press('Enter')
    assert.ok(!(await isOpen()) && !(await commands.isVisible()), 'folded')
    await page.keyboard.press('Space')
    assert.ok((await isOpen()) && (await commands.isVisible()), 'unfolded')
  }))

test('a click on a check in the table leads to its details', (browser) =>
  open(browser, pages['not ready'], { javaScriptEnabled: false }, async (page) => {
    await page.locator('table a[href="#trail-bucket-policy"]').focus()
    await page.keyboard.press('Enter')
    assert.ok(page.url().endsWith('#trail-bucket-policy'))
    assert.ok(await page.locator('#trail-bucket-policy').isVisible())
  }))

test('on paper what does not pass is unfolded', (browser) =>
  open(browser, pages['not ready'], {}, async (page) => {
    const proof = page.locator('#root-mfa .evidence dd').first()
    assert.ok(!(await proof.isVisible()), 'on a screen what passes is folded')
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' })
    const hidden = await page.evaluate(() =>
      [...document.querySelectorAll('details.check:not(.pass) :is(dd, pre, p)')].filter((element) => !element.checkVisibility()).length)
    assert.equal(hidden, 0)
    assert.ok(!(await page.locator('#root-mfa').isVisible()), 'the table has what passes')
    const background = await page.evaluate(() => getComputedStyle(document.body).backgroundColor)
    assert.equal(background, 'rgb(255, 255, 255)', 'nobody prints the night')
  }))

test('a name that is markup is text', (browser) =>
  open(browser, pages.hostile, {}, async (page) => {
    assert.equal(await page.locator('img, script').count(), 0)
    assert.equal(await page.locator('style').count(), 1)
    assert.ok((await page.locator('body').textContent()).includes('<script>alert(2)</script>'))
  }))

test('a command is selected by one click, as it is', (browser) =>
  open(browser, pages['not ready'], { viewport: { width: 390, height: 900 } }, async (page) => {
    const command = page.locator('#billing-alarm pre', { hasText: 'put-metric-alarm' })
    await command.click()
    const [selected, whole] = await Promise.all([page.evaluate(() => getSelection().toString().trim()), command.textContent()])
    assert.equal(selected, whole)
    assert.ok(!selected.includes('\n'), 'wrapped on the screen only')
  }))

if (option === '--screenshot') {
  test('the picture for the README', (browser) =>
    open(browser, pages['not ready'], { viewport: { width: 960, height: 1560 } }, (page) => page.screenshot({ path: screenshot })))
}

const browser = await chromium.launch({
  executablePath,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']
})
let failed = 0
for (const { name, run } of tests) {
  try {
    await run(browser)
  } catch (error) {
    failed += 1
    console.error(`FAILED ${name}\n${error.message}\n`)
  }
}
console.log(`${tests.length - failed} of ${tests.length} held, in Chromium ${browser.version()}`)
await browser.close()
rmSync(folder, { recursive: true })
process.exit(failed === 0 && held > 0 ? 0 : 1)
