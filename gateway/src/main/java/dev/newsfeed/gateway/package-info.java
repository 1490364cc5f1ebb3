/** The sites' side: follows the compacted topics and serves feeds, lists, articles and pages. */
@NullMarked
package dev.newsfeed.gateway;

import org.jspecify.annotations.NullMarked;
