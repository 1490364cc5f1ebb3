/** The WebSub hub: who wants a feed's documents gets each newest state of them by POST. */
@NullMarked
package dev.newsfeed.gateway.websub;

import org.jspecify.annotations.NullMarked;
