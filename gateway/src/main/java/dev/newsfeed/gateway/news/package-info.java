/** What the gateway knows: the articles, the heads of feeds, the most-read lists. */
@NullMarked
package dev.newsfeed.gateway.news;

import org.jspecify.annotations.NullMarked;
