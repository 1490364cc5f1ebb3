/** Server-sent events: what happened to articles, told to whoever listens. */
@NullMarked
package dev.newsfeed.gateway.push;

import org.jspecify.annotations.NullMarked;
