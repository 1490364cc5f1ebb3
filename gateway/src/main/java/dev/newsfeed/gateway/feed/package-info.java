/** Feeds as JSON Feed, RSS, Atom and ninjs, and the lists of what there is: OPML, sitemap. */
@NullMarked
package dev.newsfeed.gateway.feed;

import org.jspecify.annotations.NullMarked;
