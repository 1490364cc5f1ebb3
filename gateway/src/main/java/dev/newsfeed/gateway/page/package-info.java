/** The pages that readers see. */
@NullMarked
package dev.newsfeed.gateway.page;

import org.jspecify.annotations.NullMarked;
