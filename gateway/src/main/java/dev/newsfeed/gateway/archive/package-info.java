/** Every published article on disk, to be found by id, address, feed, words and kinship. */
@NullMarked
package dev.newsfeed.gateway.archive;

import org.jspecify.annotations.NullMarked;
