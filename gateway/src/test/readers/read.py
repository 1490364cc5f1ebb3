"""Prints what feedparser makes of a feed, as FeedReadersTest expects it: read.py FILE"""

import json
import sys
import time

import feedparser

with open(sys.argv[1], "rb") as file:
    feed = feedparser.parse(file.read())


def instant(parsed):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", parsed) if parsed else None


json.dump(
    {
        "problem": str(feed.bozo_exception) if feed.bozo else None,
        "title": feed.feed.get("title"),
        "items": [
            {
                "id": entry.get("id"),
                "title": entry.get("title"),
                "url": entry.get("link"),
                "html": entry.content[0].value if "content" in entry else None,
                "published": instant(entry.get("published_parsed")),
                "photos": [photo["url"] for photo in entry.get("media_content", [])],
                "credit": (entry.get("media_credit") or [{}])[0].get("content"),
            }
            for entry in feed.entries
        ],
    },
    sys.stdout,
)
