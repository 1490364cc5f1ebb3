/** What the gateway knows: the archive of articles, the heads of feeds, the most-read lists. */
@NullMarked
package dev.newsfeed.gateway.news;

import org.jspecify.annotations.NullMarked;
