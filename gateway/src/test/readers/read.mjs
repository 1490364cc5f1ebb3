// Prints what a reader makes of a feed, as FeedReadersTest expects it: read.mjs READER FILE
import { readFileSync } from 'node:fs'
import { parseFeed, parseOpml } from 'feedsmith'
import RssParser from 'rss-parser'

const [reader, file] = process.argv.slice(2)
const text = readFileSync(file, 'utf8')

const instant = date => date && new Date(date).toISOString().replace(/\.\d+Z$/, 'Z')

async function rssParser () {
  const media = ['media:content', 'photos', { keepArray: true }]
  const feed = await new RssParser({ customFields: { item: [media] } }).parseString(text)
  return {
    title: feed.title,
    items: feed.items.map(item => ({
      id: item.guid ?? item.id,
      title: item.title,
      url: item.link,
      html: item['content:encoded'] ?? item.content,
      published: instant(item.isoDate ?? item.pubDate),
      photos: (item.photos ?? []).map(photo => photo.$.url),
      credit: item.photos?.[0]?.['media:credit']?.[0]
    }))
  }
}

function feedsmith () {
  const { format, feed } = parseFeed(text)
  return {
    title: feed.title?.value ?? feed.title,
    items: (feed.items ?? feed.entries).map(item => ({
      id: item.guid?.value ?? item.id,
      title: item.title?.value ?? item.title,
      url: item.link ?? item.url ?? item.links?.find(link => link.rel === 'alternate')?.href,
      html: item.content?.encoded ?? item.content?.value ?? item.content_html,
      published: instant(item.pubDate ?? item.published ?? item.date_published),
      photos: (item.media?.contents ?? item.attachments ?? []).map(photo => photo.url),
      credit: item.media?.contents?.[0]?.credits?.[0]?.value
    })),
    format
  }
}

function opml () {
  const outlines = list => list.flatMap(one => one.outlines ? outlines(one.outlines) : [one])
  return {
    title: parseOpml(text).head.title,
    items: outlines(parseOpml(text).body.outlines).map(one => ({ title: one.text, url: one.xmlUrl }))
  }
}

const readers = { 'rss-parser': rssParser, feedsmith, opml }
process.stdout.write(JSON.stringify(await readers[reader]()))
